"""Values that no function expects, made anew each time."""

import decimal
import fractions
import math
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_neuron import Value


class Anything:
    """Has every attribute that it is asked for, as a mock has."""

    def __getattr__(self, name: str) -> "Anything":
        return Anything()


class Index:
    """Counts as 2, and does nothing else."""

    def __index__(self) -> int:
        return 2


class Unwritable:
    """Has no text."""

    def __repr__(self) -> str:
        raise RuntimeError("this cannot be written")


class Undecided:
    """Neither true nor false."""

    def __bool__(self) -> bool:
        raise RuntimeError("this is neither true nor false")


class Incomparable(list[float]):
    """Compares with nothing."""

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("this is compared with nothing")

    __hash__ = None  # type: ignore[assignment]  # as of every list


class Longer(list[float]):
    """Says that it is longer than it is."""

    def __len__(self) -> int:
        return 10


class Float(float):
    """A float of a class of its own."""


def _deep() -> Any:
    nested: Any = 1.0
    for _ in range(5000):
        nested = [nested]
    return nested


def _endless() -> Any:
    holds_itself: list[Any] = []
    holds_itself.append(holds_itself)
    return holds_itself


HOSTILE: dict[str, Callable[[], Any]] = {
    "None": lambda: None,
    "True": lambda: True,
    "False": lambda: False,
    "0": lambda: 0,
    "1": lambda: 1,
    "-1": lambda: -1,
    "2.5": lambda: 2.5,
    "nan": lambda: math.nan,
    "inf": lambda: math.inf,
    "-inf": lambda: -math.inf,
    "10**400": lambda: 10**400,
    "10**9": lambda: 10**9,
    "1j": lambda: 1j,
    "fraction": lambda: fractions.Fraction(1, 3),
    "decimal": lambda: decimal.Decimal("0.1"),
    "empty text": lambda: "",
    "text": lambda: "abc",
    "text with a zero byte": lambda: "a\0b",
    "lone surrogate": lambda: "\ud800",
    "bytes": lambda: b"abc",
    "[]": list,
    "[1]": lambda: [1],
    "[[1]]": lambda: [[1]],
    "[None]": lambda: [None],
    "['a']": lambda: ["a"],
    "ragged": lambda: [[1.0], [1.0, 2.0]],
    "holds itself": _endless,
    "()": lambda: (),
    "(1, 2)": lambda: (1, 2),
    "{}": dict,
    "{'a': 1}": lambda: {"a": 1},
    "set": lambda: {1.0, 2.0},
    "range": lambda: range(3),
    "generator": lambda: (x for x in [1.0, 2.0]),
    "object": object,
    "class": lambda: int,
    "function": lambda: lambda *given: given,
    "Value": lambda: Value(1.0),
    "Value nan": lambda: Value(math.nan),
    "array": lambda: np.array([1.0, 2.0]),
    "NumPy scalar": lambda: np.float64(0.5),
    "Ellipsis": lambda: ...,
    "module": lambda: types,
    # of a stranger's own classes, and what libraries have
    "nested without end": _deep,
    "has every attribute": Anything,
    "an index": Index,
    "cannot be written": Unwritable,
    "[cannot be written]": lambda: [Unwritable()],
    "neither true nor false": Undecided,
    "list that compares with nothing": lambda: Incomparable([1.0, 2.0]),
    "list that lies about its length": lambda: Longer([1.0]),
    "float of a class of its own": lambda: Float(0.5),
    "the class Value": lambda: Value,
    "an iterator that fails": lambda: (1 / x for x in [1.0, 0.0]),
    "memoryview": lambda: memoryview(b"ab"),
    "array without dimensions": lambda: np.array(1.0),
    "array of arrays": lambda: np.ones((2, 2)),
    "array of objects": lambda: np.array([None, 1.0], dtype=object),
    "array of records": lambda: np.zeros(2, dtype=[("a", float)]),
    "truth of NumPy's": lambda: np.bool_(True),
    "10**5000": lambda: 10**5000,
    "1e308": lambda: 1e308,
    "signalling NaN": lambda: decimal.Decimal("sNaN"),
}
