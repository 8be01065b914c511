"""Optimisers: how parameters move, given their gradients; and learning-rate schedules.

A learning rate is a number, or a schedule: a function of the number of steps taken so far.
"""

import math
from collections.abc import Callable, Iterable
from typing import TypeAlias

from .checking import AT_LEAST_ONE, BELOW_ONE, NOT_NEGATIVE, POSITIVE, Rule, listed, number, several
from .engine import Value, forget_gradient, is_constant, stored_gradient

Schedule: TypeAlias = Callable[[int], float]


def step_decay(lr: float, every: int, factor: float = 0.1) -> Schedule:
    """lr, multiplied by `factor` after each `every` steps.

    >>> schedule = step_decay(1.0, every=10, factor=0.5)
    >>> schedule(0), schedule(9), schedule(10), schedule(25)
    (1.0, 1.0, 0.5, 0.25)
    """
    lr = number("step_decay", "lr", lr, POSITIVE)
    number("step_decay", "every", every, AT_LEAST_ONE)
    factor = number("step_decay", "factor", factor, POSITIVE)
    return lambda step: lr * factor ** (step // every)


def cosine_decay(lr: float, steps: int, final: float = 0.0) -> Schedule:
    """From lr down to `final` along half a cosine over `steps` steps, then `final`.

    Source: I. Loshchilov and F. Hutter (2016), without restarts.

    >>> schedule = cosine_decay(1.0, steps=10)
    >>> schedule(0), round(schedule(5), 12), schedule(10), schedule(99)
    (1.0, 0.5, 0.0, 0.0)
    """
    lr = number("cosine_decay", "lr", lr, POSITIVE)
    number("cosine_decay", "steps", steps, AT_LEAST_ONE)
    up_to_lr: Rule = ("from 0 to lr", lambda x: 0 <= x <= lr)
    final = number("cosine_decay", "final", final, up_to_lr)

    def schedule(step: int) -> float:
        done = min(step / steps, 1.0)
        return final + 0.5 * (lr - final) * (1.0 + math.cos(math.pi * done))

    return schedule


class Optimiser:
    """Base of the optimisers: the parameters, the learning rate, the count of steps.

    `lr` may be assigned between steps. Each step first computes every new value and then assigns,
    so that an error leaves the parameters as they were.
    """

    def __init__(self, parameters: Iterable[Value], lr: float | Schedule) -> None:
        name = type(self).__name__
        self.parameters = _values(name, parameters)
        for parameter in self.parameters:
            if is_constant(parameter) or parameter._prev:
                raise ValueError(
                    f"{name}: a parameter must be a leaf, made as Value(number), "
                    f"got {parameter!r}, which is computed or constant"
                )
        if not self.parameters:
            raise ValueError(f"{name}: there is no parameter to optimise; pass model.parameters()")
        self.lr = lr
        self.steps = 0
        self.current_lr()

    def current_lr(self) -> float:
        """The learning rate of the next step."""
        if type(self.lr) is float and 0.0 < self.lr < math.inf:  # as nearly always
            return self.lr
        # A schedule may end at 0; a constant rate of 0 learns nothing.
        lr, rule = (self.lr(self.steps), NOT_NEGATIVE) if callable(self.lr) else (self.lr, POSITIVE)
        return number(type(self).__name__, "the learning rate", lr, rule)

    def zero_grad(self) -> None:
        """Set the gradient of every parameter back to 0.0, "not computed yet"."""
        for parameter in self.parameters:
            forget_gradient(parameter)

    def step(self) -> None:
        """Move every parameter once, by its `grad`."""
        self._move(self.current_lr())
        self.steps += 1

    def _move(self, lr: float) -> None:
        raise NotImplementedError


class SGD(Optimiser):
    """Stochastic gradient descent, with momentum, Nesterov's variant and weight decay.

    With g = grad + weight_decay * p and the velocity v = momentum * v + g, a parameter moves by
    -lr * v (Nesterov: -lr * (g + momentum * v)).

    Source: H. Robbins and S. Monro (1951); B. Polyak (1964); Y. Nesterov (1983), in the form of
    I. Sutskever et al. (2013) that PyTorch uses.

    >>> p = Value(1.0)
    >>> optimiser = SGD([p], lr=0.1)
    >>> (p * p).backward()
    >>> optimiser.step()
    >>> p.data
    0.8
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float | Schedule = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr)
        self.momentum = number("SGD", "momentum", momentum, BELOW_ONE)
        self.weight_decay = number("SGD", "weight_decay", weight_decay, NOT_NEGATIVE)
        self.nesterov = nesterov
        if nesterov and not momentum:
            raise ValueError("SGD: nesterov=True needs a momentum greater than 0")
        self.velocities = [0.0] * len(self.parameters)

    def _move(self, lr: float) -> None:
        if not (self.momentum or self.weight_decay):
            _assign(self.parameters, [p.data - lr * (p.grad or 0.0) for p in self.parameters])
            return
        moved, velocities = [], []
        for p, velocity in zip(self.parameters, self.velocities, strict=True):
            g = (p.grad or 0.0) + self.weight_decay * p.data
            velocity = self.momentum * velocity + g
            velocities.append(velocity)
            moved.append(
                p.data - lr * (g + self.momentum * velocity if self.nesterov else velocity)
            )
        _assign(self.parameters, moved)
        self.velocities = velocities


class Adam(Optimiser):
    """Adam: each parameter has its own step size, from running means of its gradient and its
    square.

    `weight_decay` adds weight_decay * p to the gradient (L2); `AdamW` decays the parameter itself.

    Source: D. Kingma and J. Ba (2014).

    >>> p = Value(1.0)
    >>> optimiser = Adam([p], lr=0.1)
    >>> (p * p).backward()
    >>> optimiser.step()
    >>> round(p.data, 6)
    0.9
    """

    decoupled = False

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float | Schedule = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr)
        name = type(self).__name__
        two = list(betas) if several(betas) else []
        if len(two) != 2:
            raise ValueError(f"{name}: betas must be two such as (0.9, 0.999), got {betas!r}")
        self.betas = tuple([number(name, "each beta", beta, BELOW_ONE) for beta in two])
        self.eps = number(name, "eps", eps, POSITIVE)
        self.weight_decay = number(name, "weight_decay", weight_decay, NOT_NEGATIVE)
        self.means = [0.0] * len(self.parameters)
        self.squares = [0.0] * len(self.parameters)

    def _move(self, lr: float) -> None:
        beta1, beta2 = self.betas
        correction1 = 1.0 - beta1 ** (self.steps + 1)
        correction2 = 1.0 - beta2 ** (self.steps + 1)
        decay = self.weight_decay
        moved, means, squares = [], [], []
        for p, mean, square in zip(self.parameters, self.means, self.squares, strict=True):
            g, data = p.grad or 0.0, p.data
            if self.decoupled:
                data = data - lr * decay * data
            else:
                g = g + decay * data
            mean = beta1 * mean + (1.0 - beta1) * g
            square = beta2 * square + (1.0 - beta2) * g * g
            means.append(mean)
            squares.append(square)
            size = math.sqrt(square / correction2) + self.eps
            moved.append(data - lr * (mean / correction1) / size)
        _assign(self.parameters, moved)
        self.means, self.squares = means, squares


class AdamW(Adam):
    """Adam with decoupled weight decay: p shrinks by lr * weight_decay * p, apart from the
    gradient.

    Source: I. Loshchilov and F. Hutter (2017).

    >>> p = Value(1.0)
    >>> optimiser = AdamW([p], lr=0.1, weight_decay=0.5)
    >>> optimiser.step()
    >>> p.data
    0.95
    """

    decoupled = True

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float | Schedule = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(parameters, lr, betas, eps, weight_decay)


def clip_gradient_norm(parameters: Iterable[Value], largest: float) -> float:
    """Scale all gradients down together so that their Euclidean norm is at most `largest`.

    **Returns** the norm before. Gradients whose norm is not finite are left and reported so; a
    `largest` of `math.inf` only measures.

    >>> p, q = Value(0.0), Value(0.0)
    >>> p.grad, q.grad = 3.0, 4.0
    >>> clip_gradient_norm([p, q], 1.0), round(p.grad, 12), round(q.grad, 12)
    (5.0, 0.6, 0.8)
    """
    if largest != math.inf:
        largest = number("clip_gradient_norm", "largest", largest, POSITIVE)
    parameters = _values("clip_gradient_norm", parameters)
    norm = math.hypot(*(p.grad for p in parameters))
    if largest < norm < math.inf:
        scale = largest / norm
        for p in parameters:
            if stored_gradient(p) is not None:
                p.grad = p.grad * scale
    return norm


def _assign(parameters: list[Value], moved: list[float]) -> None:
    for parameter, data in zip(parameters, moved, strict=True):
        parameter.data = data


def _values(name: str, parameters: Iterable[Value]) -> list[Value]:
    found = listed(name, "parameters", parameters, "a list of Values such as model.parameters()")
    for parameter in found:
        if not isinstance(parameter, Value):
            raise TypeError(f"{name}: a parameter must be a Value, got {parameter!r}")
    return found
