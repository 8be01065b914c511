"""scikit-learn's solvers as optimisers of ours: `sgd` and `adam`, by its formulas.

They differ from `optim.SGD` and `optim.Adam` in three places, and each changes the numbers: the
penalty reaches weights and not biases, and is divided by the size of the batch; a velocity holds
the learning rates of its steps; Adam's epsilon stands beside the uncorrected square root.
"""

import math
from collections.abc import Sequence

from ..engine import Value
from ..optim import Optimiser


class Solver(Optimiser):
    """What both have: the penalty alpha / size * w on the gradient of each weight w.

    `weights`, the parameters that are penalised, of all `parameters`; `sizes`, how many examples
    the steps of an epoch have, one after the other. The squares of the weights are added up along
    the way, for the loss that is reported has the penalty of each step.
    """

    state = {"penalised": "penalised", "square_sum": "square_sums"}  # noqa: RUF012  # as the base's
    first_lines = ("square_sum = square_sum + penalised * p * p", "g = g + decay * penalised * p")

    def __init__(
        self, parameters: Sequence[Value], weights: Sequence[Value], lr: float, alpha: float
    ) -> None:
        super().__init__(parameters, lr)
        penalised = set(weights)
        self.penalised = [float(p in penalised) for p in self.parameters]
        self.square_sums, self._squares = [0.0] * len(self.parameters), 0.0
        self.alpha = alpha
        self.plan([1])

    def plan(self, sizes: Sequence[int]) -> None:
        """Say how many examples the steps from now on have, epoch by epoch the same."""
        self.sizes, self._first = list(sizes), self.steps

    def penalty(self) -> float:
        """The penalties of the steps since this was last asked, each times its examples."""
        before, self._squares = self._squares, math.fsum(self.square_sums)
        return 0.5 * self.alpha * (self._squares - before)

    def numbers(self, lr: float) -> dict[str, float]:
        size = self.sizes[(self.steps - self._first) % len(self.sizes)]
        return {"lr": lr, "decay": self.alpha / size}


class SGD(Solver):
    """Stochastic gradient descent with momentum, or Nesterov's variant of it.

    >>> w = Value(1.0)
    >>> optimiser = SGD([w], [w], lr=0.1, alpha=0.0, momentum=0.5, nesterov=False)
    >>> (w * w).backward()
    >>> optimiser.step()
    >>> w.data
    0.8
    """

    state = Solver.state | {"velocity": "velocities"}

    def __init__(
        self,
        parameters: Sequence[Value],
        weights: Sequence[Value],
        lr: float,
        alpha: float,
        momentum: float,
        nesterov: bool,
    ) -> None:
        super().__init__(parameters, weights, lr, alpha)
        self.momentum, self.nesterov = momentum, nesterov
        self.velocities = [0.0] * len(self.parameters)

    def rule(self) -> list[str]:
        return [
            *self.first_lines,
            "velocity = momentum * velocity - lr * g",
            f"p = p + {'momentum * velocity - lr * g' if self.nesterov else 'velocity'}",
        ]

    def numbers(self, lr: float) -> dict[str, float]:
        return super().numbers(lr) | {"momentum": self.momentum}


class Adam(Solver):
    """Adam: each parameter has its own step size, from running means of its gradient and square.

    Source: D. Kingma and J. Ba (2014), the form at the end of their section 2.

    >>> w = Value(1.0)
    >>> optimiser = Adam([w], [w], lr=0.1, alpha=0.0, betas=(0.9, 0.999), eps=1e-8)
    >>> (w * w).backward()
    >>> optimiser.step()
    >>> round(w.data, 6)
    0.9
    """

    state = Solver.state | {"mean": "means", "square": "squares"}

    def __init__(
        self,
        parameters: Sequence[Value],
        weights: Sequence[Value],
        lr: float,
        alpha: float,
        betas: tuple[float, float],
        eps: float,
    ) -> None:
        super().__init__(parameters, weights, lr, alpha)
        self.betas, self.eps = betas, eps
        self.means = [0.0] * len(self.parameters)
        self.squares = [0.0] * len(self.parameters)

    def rule(self) -> list[str]:
        return [
            *self.first_lines,
            "mean = beta1 * mean + one_minus_beta1 * g",
            "square = beta2 * square + one_minus_beta2 * (g * g)",
            "p = p - lr * mean / (sqrt(square) + eps)",
        ]

    def numbers(self, lr: float) -> dict[str, float]:
        beta1, beta2 = self.betas
        steps = self.steps + 1
        return super().numbers(lr) | {
            "lr": lr * math.sqrt(1.0 - beta2**steps) / (1.0 - beta1**steps),
            "beta1": beta1,
            "beta2": beta2,
            "one_minus_beta1": 1.0 - beta1,
            "one_minus_beta2": 1.0 - beta2,
            "eps": self.eps,
        }
