"""Which input excites a neuron most: gradient ascent on the input itself."""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..checking import (
    NOT_NEGATIVE,
    POSITIVE,
    a_function,
    described,
    listed,
    number,
    positive_integer,
    to_float,
    whole,
)
from ..compiler import compile
from ..engine import Value
from ..functions import sum
from ..init import Seed, generator_of
from ..nn.shapes import each, flat
from ..optim import Adam
from ..public import named_options


@dataclass(frozen=True)
class Maximised:
    """An input that excites a neuron, and how it was found.

    **Attributes:** `input`: nested lists of numbers; `activation`: the neuron's for it;
    `activations`: those on the way, step by step.

    >>> from tinygrad_neuron import nn
    >>> neuron = nn.Neuron(2, activation="identity", weights=[3.0, 4.0])
    >>> found = maximise(neuron, 2, norm=1.0)
    >>> [round(x, 2) for x in found.input], round(found.activation, 2)
    ([1.5, 2.0], 12.5)
    """

    input: Any
    activation: float
    activations: list[float] = field(repr=False)


@named_options
def maximise(
    unit: Callable[[Any], Value],
    shape: tuple[int, ...] | int,
    *,
    steps: int = 200,
    lr: float = 0.1,
    norm: float = 0.1,
    total_variation: float = 0.0,
    bounds: tuple[float, float] | None = None,
    seed: Seed = 0,
    target: str = "python",
) -> Maximised:
    """The input for which a neuron is most active, found by gradient ascent from small noise.

    Without a penalty an input grows without bound wherever the neuron is linear: `norm` times the
    sum of the squares holds it back. `total_variation` times the sum of the squared differences of
    neighbours (along the last two axes) makes an image smooth.

    **Arguments:** `unit`: a function of the input that returns the neuron's activation (its
    pre-activation, where the activation is flat), as `lambda x: model(x)[3]`; `shape`: of the
    input; `steps` and `lr`: of Adam; `bounds`: what every number of the input is kept within, as
    (0, 1) for ink; `seed`: of the noise; `target`: "python" or "c".

    Source: D. Erhan et al. (2009); the penalties: A. Mahendran and A. Vedaldi (2015).

    >>> found = maximise(lambda x: 3.0 * x[0] - 4.0 * x[1], 2, norm=0.5)
    >>> [round(v, 2) for v in found.input], round(found.activation, 1)
    ([3.0, -4.0], 25.0)
    """
    where = "maximise"
    a_function(where, "unit", unit)
    lengths: tuple[Any, ...] = (shape,)
    if whole(shape) is None:
        lengths = tuple(listed(where, "shape", shape, "an integer or a tuple of integers"))
    if not lengths:
        raise ValueError(f"{where}: shape must have one length or more, got {shape!r}")
    lengths = tuple(positive_integer(where, "each length of the shape", n) for n in lengths)
    steps = positive_integer(where, "steps", steps)
    number(where, "lr", lr, POSITIVE)
    number(where, "norm", norm, NOT_NEGATIVE)
    number(where, "total_variation", total_variation, NOT_NEGATIVE)
    generator = generator_of(seed)
    low, high = (-math.inf, math.inf) if bounds is None else _bounds(where, bounds)
    start = 0.0 if bounds is None else (low + high) / 2

    def noise(rest: tuple[int, ...]) -> Any:
        if rest:
            return [noise(rest[1:]) for _ in range(rest[0])]
        return Value(start + generator.gauss(0.0, 0.01))

    x = noise(lengths)
    pixels, neighbours = flat(x), _neighbours(x, len(lengths))

    def cost() -> Value:
        activation = unit(x)
        if not isinstance(activation, Value):
            raise TypeError(f"maximise: unit must return a Value, got {described(activation)}")
        terms = [-activation]
        if norm:
            terms.append(norm * sum([v * v for v in pixels]))
        if total_variation and neighbours:
            terms.append(total_variation * sum([(a - b) ** 2 for a, b in neighbours]))
        return sum(terms)

    compiled, activation = compile(cost, target=target), compile(lambda: unit(x), target=target)
    passed = []
    with compiled.trainer(Adam(pixels, lr)) as trainer:  # to the model's parameters it does nothing
        for _ in range(steps):
            trainer.step([()])
            trainer.write_back()
            if bounds is not None:
                for pixel in pixels:
                    pixel.data = min(max(pixel.data, low), high)
                trainer.read()
            passed.append(activation().data)
    return Maximised(each(lambda v: v.data, x), passed[-1], passed)


def _bounds(where: str, bounds: tuple[float, float]) -> tuple[float, float]:
    given = listed(where, "bounds", bounds, "(low, high)")
    if len(given) != 2:
        raise ValueError(f"{where}: bounds must be (low, high), got {described(bounds)}")
    low, high = (to_float(v, where, "a bound") for v in given)
    if not low < high:
        raise ValueError(f"{where}: bounds must be (low, high) with low < high, got {bounds}")
    return low, high


def _neighbours(x: Any, axes: int) -> list[tuple[Value, Value]]:
    """The pairs of numbers that are next to one another along the last two axes."""
    if axes > 2:
        return [pair for part in x for pair in _neighbours(part, axes - 1)]
    if not axes:
        return []
    rows = x if axes == 2 else [x]
    across = [(a, b) for row in rows for a, b in itertools.pairwise(row)]
    down = [
        pair for above, below in itertools.pairwise(rows) for pair in zip(above, below, strict=True)
    ]
    return across + down
