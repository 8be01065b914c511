"""Rosenblatt's perceptron (1958): a threshold unit that learns from its mistakes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..checking import FINITE, NOT_NEGATIVE, POSITIVE, described, listed, number, positive_integer
from ..engine import Number
from ..init import Initialiser, Seed
from ..interruption import uninterrupted
from .neuron import Neuron, input_vector
from .shapes import Inputs

_NAN = "is there a NaN in the input?"


@dataclass(frozen=True)
class PerceptronRun:
    """What happened while a perceptron learned.

    `mistakes`: how many in each epoch; `converged`: whether an epoch passed without any; `updates`:
    the weights and the bias after each mistake, `((w0, w1, ...), b)`.

    >>> from tinygrad_neuron.nn import Perceptron
    >>> from tinygrad_neuron import datasets
    >>> run = Perceptron(2).fit(datasets.gate("AND"))
    >>> run.converged, run.mistakes[-1]
    (True, 0)
    """

    mistakes: list[int]
    converged: bool
    updates: list[tuple[tuple[float, ...], float]] = field(repr=False)


class Perceptron(Neuron):
    """A neuron with the step activation and Rosenblatt's learning rule.

    **Arguments:** `nin`: the number of inputs; `lr`: the learning rate, greater than 0; `init`,
    `weights`, `bias`, `seed`: as for `Neuron` (default: all zeros).

    Source: F. Rosenblatt, "The perceptron" (1958); the convergence theorem: A. Novikoff (1962).

    >>> from tinygrad_neuron import datasets
    >>> perceptron = Perceptron(2)
    >>> perceptron.fit(datasets.gate("and")).converged
    True
    >>> [perceptron.predict(x) for x, _ in datasets.gate("and")]
    [0, 0, 0, 1]
    """

    def __init__(
        self,
        nin: int,
        lr: Number = 1.0,
        *,
        init: str | Initialiser = "zeros",
        weights: Sequence[Number] | None = None,
        bias: Number = 0.0,
        seed: Seed = None,
    ) -> None:
        super().__init__(nin, activation="step", init=init, weights=weights, bias=bias, seed=seed)
        self.lr = number("Perceptron", "lr", lr, POSITIVE)

    def predict(self, x: Inputs) -> int:
        """1 where w·x + b > 0, else 0."""
        return int(number("Perceptron", "the output", self(x).data, NOT_NEGATIVE, _NAN))

    def fit(
        self, examples: Iterable[tuple[Sequence[Number], Number]], epochs: int = 100
    ) -> PerceptronRun:
        """Learn: at each mistake add lr * (target - output) * x to the weights, and the same
        without x to the bias. Stops after an epoch without a mistake, or after `epochs`.

        **Arguments:** `examples`, pairs of `nin` numbers and a target, 0 or 1. On separable data it
        converges; on any other it never does (and says so).

        >>> run = Perceptron(2).fit([((0, 0), 0), ((0, 1), 1), ((1, 0), 1), ((1, 1), 0)])
        >>> run.converged, len(run.mistakes)
        (False, 100)
        """
        checked = []
        for example in listed("Perceptron", "examples", examples, "pairs (inputs, target)"):
            if not isinstance(example, tuple | list) or len(example) != 2:
                raise TypeError(
                    "Perceptron: an example must be a pair (inputs, target), got "
                    f"{described(example)}"
                )
            x, target = example
            inputs: list[Any] = input_vector("Perceptron", self.nin, x)
            if getattr(target, "ndim", 0) or target not in (0, 1):
                raise ValueError(f"Perceptron: a target must be 0 or 1, got {target!r}")
            numbers = [number("Perceptron", "an input", v, FINITE) for v in inputs]
            checked.append((numbers, float(target)))
        if not checked:
            raise ValueError("Perceptron: fit needs at least one example, got none")
        epochs = positive_integer("Perceptron", "epochs", epochs)
        mistakes: list[int] = []
        updates = []
        while len(mistakes) < epochs and (not mistakes or mistakes[-1]):
            mistakes.append(0)
            for numbers, target in checked:
                error = target - self.predict(numbers)
                if error:
                    mistakes[-1] += 1
                    with uninterrupted():
                        for weight, v in zip(self.w, numbers, strict=True):
                            weight.data += self.lr * error * v
                        self.b.data += self.lr * error
                    updates.append((tuple(w.data for w in self.w), self.b.data))
        return PerceptronRun(mistakes, mistakes[-1] == 0, updates)

    def __repr__(self) -> str:
        return f"Perceptron({self.nin}, lr={self.lr})"
