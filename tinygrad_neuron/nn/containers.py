"""Modules in a row, and what stands between layers of different shapes."""

import math
from collections.abc import Callable, Iterator
from typing import Any, overload

from ..checking import described, listed, whole
from ..reflexes import is_of_torch
from .module import Module
from .shapes import Array, flat, lists, sizes, written


class Sequential(Module):
    """Modules (or functions) in a row, each fed with what the one before returns.

    >>> from tinygrad_neuron import nn
    >>> model = Sequential(nn.Linear(2, 3, seed=0), nn.Tanh(), nn.Linear(3, 1, seed=1))
    >>> model
    Sequential(Linear(2, 3), Tanh(), Linear(3, 1))
    >>> len(model([0.5, -1.0])), len(model), model[1]
    (1, 3, Tanh())
    """

    def __init__(self, *layers: Callable[..., Any]) -> None:
        self.layers = [_checked(k, layer) for k, layer in enumerate(layers)]

    def __call__(self, x: Array) -> Any:
        for layer in self.layers:
            x = layer(x)
        return x

    def append(self, layer: Callable[..., Any]) -> "Sequential":
        """Put a layer behind the others; returns the Sequential.

        >>> Sequential().append(abs)
        Sequential(<built-in function abs>)
        """
        place = len(self.layers)
        self.layers.append(_checked(place, layer))
        if isinstance(layer, Module):
            self._adopt(f"layers[{place}]", layer)
        return self

    @overload
    def __getitem__(self, place: int) -> Any: ...
    @overload
    def __getitem__(self, place: slice) -> "Sequential": ...
    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return Sequential(*self.layers[place])
        return self.layers[place]

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Callable[..., Any]]:
        return iter(self.layers)

    def __repr__(self) -> str:
        return f"Sequential({', '.join(map(repr, self.layers))})"


def _checked(place: int, layer: Any) -> Callable[..., Any]:
    """What can stand in a Sequential."""
    if isinstance(layer, type) or not callable(layer) or is_of_torch(layer):
        got = described(layer) + ("; write Sequential(*layers)" if type(layer) is list else "")
        raise TypeError(f"Sequential: layer {place} must be a module or a function, got {got}")
    return layer  # type: ignore[no-any-return]  # it can be called


class Flatten(Module):
    """Nested lists as one list, row by row; it records nothing.

    **Arguments:** `start_dim`: how many of the outer axes stay. PyTorch's default is 1, for the
    axis of the batch, which is not here: 0.

    >>> Flatten()([[1, 2], [3, 4]])
    [1, 2, 3, 4]
    """

    def __init__(self, start_dim: int = 0) -> None:
        found = whole(start_dim)
        if found is None or found < 0:
            raise ValueError(
                f"Flatten: start_dim must be an integer of 0 or more, got {start_dim!r}"
            )
        self.start_dim = found

    def __call__(self, x: Array) -> Any:
        return _flattened(lists(x), self.start_dim)

    def __repr__(self) -> str:
        return f"Flatten({self.start_dim or ''})"


class Unflatten(Module):
    """A flat list as nested lists, row by row: the way back from `Flatten`; it records nothing.

    **Arguments:** `dim`: the axis to part, 0 for the outermost; `unflattened_size`: the lengths.

    >>> Unflatten(0, (2, 3))([1, 2, 3, 4, 5, 6])
    [[1, 2, 3], [4, 5, 6]]
    """

    def __init__(self, dim: int, unflattened_size: tuple[int, ...]) -> None:
        found = whole(dim)
        if found is None or found < 0:
            raise ValueError(f"Unflatten: dim must be an integer of 0 or more, got {dim!r}")
        self.dim = found
        given = tuple(listed("Unflatten", "unflattened_size", unflattened_size, "a tuple"))
        self.unflattened_size = sizes("Unflatten", "unflattened_size", given, len(given))

    def __call__(self, x: Array) -> Any:
        return self._nested(lists(x), self.dim)

    def _nested(self, x: Any, dim: int) -> Any:
        if dim:
            return [self._nested(item, dim - 1) for item in x]
        area = math.prod(self.unflattened_size)
        if not isinstance(x, list) or len(x) != area:
            got = len(x) if isinstance(x, list) else described(x)
            raise ValueError(
                f"Unflatten: {written(self.unflattened_size)} takes {area} numbers, got {got}"
            )
        for length in reversed(self.unflattened_size[1:]):
            x = [x[k : k + length] for k in range(0, len(x), length)]
        return x

    def __repr__(self) -> str:
        return f"Unflatten({self.dim}, {written(self.unflattened_size)})"


def _flattened(x: Any, start: int) -> Any:
    return flat(x) if start == 0 else [_flattened(item, start - 1) for item in x]
