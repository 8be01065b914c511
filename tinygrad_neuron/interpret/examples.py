"""Which examples excite a neuron, and of how many classes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any

from ..checking import a_function, described, listed, number, positive_integer, whole
from ..compiler import compile
from ..engine import Value
from ..nn.shapes import lists
from ..public import named_options


@dataclass(frozen=True)
class Excitation:
    """An example and how active a neuron is for it; `place`: where it stands in the data.

    >>> from tinygrad_neuron import nn
    >>> neuron = nn.Neuron(1, activation="identity", weights=[2.0])
    >>> top_examples(neuron, [([1.0], 0), ([3.0], 1)], count=1)[0][0].place
    1
    """

    activation: float
    place: int
    input: Any
    target: Any


@named_options
def top_examples(
    unit: Callable[[Any], Value],
    data: Iterable[Sequence[Any]],
    count: int = 5,
    *,
    target: str = "python",
) -> tuple[list[Excitation], list[Excitation]]:
    """The examples for which a neuron is most active, and those for which it is least.

    **Arguments:** `unit`: a function of an input that returns the neuron's activation; `data`: a
    `Dataset` or pairs (input, target); `count`: how many of each; `target`: what the unit is
    compiled to, "python" or "c".

    >>> most, least = top_examples(lambda x: 2.0 * x[0], [([1], 0), ([3], 1), ([2], 0)], count=1)
    >>> most[0].activation, most[0].place, least[0].place
    (6.0, 1, 0)
    """
    count = positive_integer("top_examples", "count", count)
    a_function("top_examples", "unit", unit)
    pairs = _pairs("top_examples", data)
    (activations,) = _activations(lambda x: [unit(x)], pairs, target)
    found = [
        Excitation(activation, place, x, t)
        for place, (activation, (x, t)) in enumerate(zip(activations, pairs, strict=True))
    ]
    ordered = sorted(found, key=lambda one: one.activation, reverse=True)
    return ordered[:count], ordered[::-1][:count]


@dataclass(frozen=True)
class Responses:
    """How a neuron answers to classes.

    **Attributes:** `means`: its mean activation for each class, from its least mean 0 to its
    largest 1; `classes`: those that it answers to, the strongest first.

    >>> from tinygrad_neuron import nn
    >>> neuron = nn.Neuron(1, activation="identity", weights=[2.0])
    >>> (found,) = responses(neuron, [([1.0], 0), ([3.0], 1)])
    >>> found.classes, found.means
    ((1,), (0.0, 1.0))
    """

    means: tuple[float, ...]
    classes: tuple[int, ...]

    @property
    def polysemantic(self) -> bool:
        """Whether it answers to more than one class."""
        return len(self.classes) > 1


@named_options
def responses(
    units: Callable[[Any], Iterable[Value]],
    data: Iterable[Sequence[Any]],
    threshold: float = 0.5,
    *,
    target: str = "python",
) -> list[Responses]:
    """For each of several neurons, the classes that it answers to.

    A neuron answers to a class if its mean activation for it is at least `threshold` of the way
    from the class for which that is least to the class for which it is most. A neuron that answers
    to one class alone is a detector of it; one that answers to several is polysemantic. One whose
    means are all the same answers to none.

    **Arguments:** `units`: a function of an input that returns the neurons' activations, as
    `model.layers[0]`; `data`: a `Dataset` or pairs (input, class); `threshold`, from 0 to 1;
    `target`: "python" or "c".

    >>> data = [([1, 0], 0), ([0, 1], 1), ([0, 0], 2)]
    >>> found = responses(lambda x: [2.0 * x[0], x[0] + x[1] + 1.0], data)
    >>> [one.classes for one in found]
    [(0,), (0, 1)]
    """
    number("responses", "threshold", threshold, ("from 0 to 1", lambda x: 0 <= x <= 1))
    a_function("responses", "units", units)
    pairs = _pairs("responses", data)
    for _, t in pairs:
        if whole(t) is None or t < 0:
            raise ValueError(f"responses: a target must be a class, counted from 0, got {t!r}")
    classes = 1 + max(t for _, t in pairs)
    found = []
    for activations in _activations(units, pairs, target):
        means = []
        for k in range(classes):
            of_class = [a for a, (_, t) in zip(activations, pairs, strict=True) if t == k]
            means.append(fsum(of_class) / len(of_class) if of_class else float("-inf"))
        least = min(m for m in means if m > float("-inf"))
        spread = max(means) - least
        scaled = tuple((max(m, least) - least) / spread if spread else 0.0 for m in means)
        order = sorted(range(classes), key=scaled.__getitem__, reverse=True)
        found.append(
            Responses(scaled, tuple(k for k in order if spread and scaled[k] >= threshold))
        )
    return found


def _pairs(where: str, data: Iterable[Sequence[Any]]) -> list[tuple[Any, Any]]:
    found = []
    for example in listed(where, "data", data, "a Dataset or pairs"):
        if not isinstance(example, tuple | list) or len(example) != 2:
            raise TypeError(
                f"{where}: an example must be a pair (input, target), got {described(example)}"
            )
        found.append((lists(example[0]), example[1]))
    if not found:
        raise ValueError(f"{where}: data has no examples; it takes at least one")
    return found


def _activations(
    units: Callable[[Any], Iterable[Value]], pairs: list[tuple[Any, Any]], target: str
) -> list[list[float]]:
    """Of each unit, for each example."""

    def run(x: Any) -> list[Value]:
        found = units(x)
        found = [found] if isinstance(found, Value) else found
        if not isinstance(found, list | tuple) or not all(isinstance(v, Value) for v in found):
            raise TypeError(f"a unit must return a Value for an input, got {described(found)}")
        return list(found)

    rows = compile(run, target=target).map([(x,) for x, _ in pairs])
    return [list(column) for column in zip(*rows, strict=True)]
