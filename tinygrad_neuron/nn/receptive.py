"""What a neuron can see of an input."""

from typing import Any

from ..checking import described
from ..engine import Value, topological_order
from .shapes import Array


def receptive_field(unit: Value, inputs: Array) -> list[tuple[int, ...]]:
    """The places of the inputs that a neuron's value was computed from.

    **Arguments:** `unit`: any Value, as one of a feature map; `inputs`: the nested lists of Values
    that the network was run on. **Returns** the places, in order: (row, column) in a list of lists.

    >>> from tinygrad_neuron import Value
    >>> from tinygrad_neuron import nn
    >>> signal = [[Value(0.0) for _ in range(8)]]
    >>> twice = nn.Sequential(nn.Conv1d(1, 1, 3), nn.Conv1d(1, 1, 3))
    >>> receptive_field(twice(signal)[0][2], signal)
    [(0, 2), (0, 3), (0, 4), (0, 5), (0, 6)]
    """
    if not isinstance(unit, Value):
        raise TypeError(
            f"receptive_field: unit must be a Value, such as one number of a feature map, got "
            f"{described(unit)}"
        )
    try:
        places = list(_places(inputs, ()))
    except RecursionError:
        raise ValueError("receptive_field: a list in the inputs holds itself") from None
    if not any(isinstance(v, Value) for _, v in places):
        raise TypeError(
            "receptive_field: the inputs must be Values (plain numbers become new constants in "
            "every layer): run the network on [Value(x) for x in ...]"
        )
    seen = set(map(id, topological_order(unit)))
    return [place for place, v in places if id(v) in seen]


def _places(x: Any, place: tuple[int, ...]) -> Any:
    if isinstance(x, list | tuple):
        for k, item in enumerate(x):
            yield from _places(item, (*place, k))
    else:
        yield place, x
