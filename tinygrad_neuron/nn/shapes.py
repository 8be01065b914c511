"""Nested lists in place of arrays: their shape, checked; and sums over them."""

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, TypeAlias

from ..checking import MOST, as_list, described, several, to_float, whole
from ..engine import Operand, Value, constant
from ..functions import sum

Vector: TypeAlias = list[Value]
Matrix: TypeAlias = list[Vector]
Array: TypeAlias = Any  # numbers and Values in lists of lists, to any depth; NumPy's arrays too


class HasList(Protocol):
    """An array or a tensor: what gives its numbers as lists."""

    def tolist(self) -> Any: ...


Inputs: TypeAlias = Sequence[Operand] | HasList  # one vector


def lists(x: Array) -> Any:
    """An array, a frame, or anything nested, as lists of lists of what stands in them.

    >>> lists(((1, 2), range(2)))
    [[1, 2], [0, 1]]
    """
    try:
        return _as_lists(x)
    except RecursionError:
        raise ValueError(_ENDLESS) from None


_ENDLESS = "lists are nested too deeply, or one holds itself"


def _as_lists(x: Array) -> Any:
    if isinstance(x, Value):
        return x
    if hasattr(
        type(x), "to_numpy"
    ):  # a frame: going through it would give the names of its columns
        x = x.to_numpy()
    x = as_list("the input", x)
    return [_as_lists(item) for item in x] if several(x) else x


def shape(x: Array) -> tuple[int, ...]:
    """The lengths of nested lists, the outermost first; () for one number.

    >>> shape([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    (2, 3)

    Raises a `ValueError` where lists that stand side by side differ in length.
    """
    if isinstance(x, Value) or not several(x):
        return ()
    return _around([shape(item) for item in x])


def _around(inner: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """The shape of a list of things of these shapes, which must be alike."""
    for k, other in enumerate(inner):
        if other != inner[0]:
            raise ValueError(
                f"lists of different shapes stand side by side: {written(inner[0])} at position 0, "
                f"{written(other)} at position {k}; all must be alike"
            )
    return (len(inner), *inner[0]) if inner else (0,)


def written(lengths: Sequence[int | str]) -> str:
    """A shape as Python writes it, names without quotes.

    >>> written([3]), written(["length", 3])
    ('(3,)', '(length, 3)')
    """
    return f"({', '.join(map(str, lengths))}{',' if len(lengths) == 1 else ''})"


def values(where: str, what: str, x: Array, *expected: int | str, rule: str = "") -> Any:
    """Nested lists of Values of the expected shape; a plain number becomes a constant.

    **Arguments:** `expected`: for each axis its length, or a name where any length of 1 or more is
    allowed; the name "..." stands for any number of axes. `rule`: what to say besides.

    >>> values("Linear", "the input", [1.0, 2.0], "...", 3)
    Traceback (most recent call last):
    ...
    ValueError: Linear: the input must have the shape (..., 3), got (2,)
    """
    try:
        found, got = _converted(where, what, x)
    except RecursionError:
        raise ValueError(f"{where}: {what}: {_ENDLESS}") from None
    wanted = expected
    if expected[0] == "...":
        free = len(got) - (len(expected) - 1)
        wanted = (*["..."] * free, *expected[1:])
    fits = len(wanted) == len(got) and all(
        length == size if isinstance(size, int) else length >= 1
        for length, size in zip(got, wanted, strict=True)
    )
    if not fits:
        received = written(got) if got else described(x)
        hint = f"; {rule}" if rule else ""
        raise ValueError(
            f"{where}: {what} must have the shape {written(expected)}, got {received}{hint}"
        )
    return found


def _converted(where: str, what: str, x: Array) -> tuple[Any, tuple[int, ...]]:
    """Nested lists of Values, and their shape."""
    if not isinstance(x, list | tuple):
        x = lists(x)
        if not isinstance(x, list):
            return x if isinstance(x, Value) else constant(to_float(x, where, what)), ()
    kinds = set(map(type, x))
    if x and all(issubclass(kind, Value) for kind in kinds):  # as always within a network
        return list(x), (len(x),)
    parts = [_converted(where, what, item) for item in x]
    try:
        got = _around([length for _, length in parts])
    except ValueError as error:
        raise ValueError(f"{where}: {what}: {error}") from None
    return [part for part, _ in parts], got


def leaves_of(where: str, x: Array, name: str = "") -> Any:
    """The numbers of nested lists as Values, in lists of the same shape; Values stay as they are.

    **Arguments:** `name`: what their labels begin with; without it they have none.

    >>> leaves_of("walkthrough", [[0.5], [2]], "x")
    [[Value(data=0.5, label='x[0][0]')], [Value(data=2.0, label='x[1][0]')]]
    >>> leaves_of("walkthrough", [0.5], "x")
    [Value(data=0.5, label='x0')]
    """
    nested = lists(x)
    even = isinstance(nested, list) and not any(isinstance(item, list) for item in nested)
    short = even and len(name) == 1  # as a neuron calls its inputs

    def leaf(item: Any, label: str) -> Any:
        if isinstance(item, list):
            place = (label + ("{}" if short else "[{}]")) if name else ""
            return [leaf(one, place.format(k)) for k, one in enumerate(item)]
        if isinstance(item, Value):
            return item
        return Value(to_float(item, where, "an argument"), label=label)

    return leaf(nested, name)


def each(function: Callable[[Any], Any], x: Any) -> Any:
    """The function of every number in nested lists, in lists of the same shape.

    >>> each(lambda v: 2 * v, [[1, 2], [3]])
    [[2, 4], [6]]
    """
    return [each(function, item) for item in x] if isinstance(x, list | tuple) else function(x)


def each_vector(function: Callable[[Vector], Any], x: Any) -> Any:
    """The function of every innermost list.

    >>> each_vector(len, [[1, 2], [3]])
    [2, 1]
    """
    if x and isinstance(x[0], list):
        return [each_vector(function, item) for item in x]
    return function(x)


def flat(x: Array) -> list[Any]:
    """All numbers of nested lists, one after another.

    >>> flat([[1, 2], [3, [4]]])
    [1, 2, 3, 4]
    """
    if isinstance(x, list | tuple):
        return list(itertools.chain.from_iterable(map(flat, x)))
    return [x]


def added(terms: Sequence[Value]) -> Value:
    """The sum of terms as one node; of a single term the term itself."""
    return terms[0] if len(terms) == 1 else sum(terms)


def dot(a: Iterable[Operand], b: Iterable[Operand]) -> Value:
    """The sum of the products: one multiply for each, one sum.

    >>> dot([1.0, 2.0], [Value(3.0), Value(4.0)]).data
    11.0
    """
    return added([p * q for p, q in zip(a, b, strict=True)])  # type: ignore[misc]  # one is a Value


def affine(rows: Matrix, x: Sequence[Value], biases: Vector | None) -> Vector:
    """For each row of weights the weighted sum of x, plus its bias if there are any."""
    sums = [dot(row, x) for row in rows]
    return sums if biases is None else plus(sums, biases)


def plus(a: Sequence[Value], b: Sequence[Operand]) -> Vector:
    """Two vectors added, element by element."""
    return [p + q for p, q in zip(a, b, strict=True)]


def sizes(where: str, what: str, x: Any, axes: int, least: int = 1) -> tuple[int, ...]:
    """One whole number for each axis, from a number for all or from a tuple.

    >>> sizes("Conv2d", "kernel_size", 3, 2)
    (3, 3)
    """
    given = list(x) if several(x) else [x] * axes
    found = [whole(v) for v in given]
    if len(found) != axes or any(v is None or not least <= v <= MOST for v in found):
        several_too = "" if axes == 1 else f", or {axes} of them"
        raise ValueError(
            f"{where}: {what} must be an integer of {least} or more{several_too}, got {x!r}"
        )
    return tuple(v for v in found if v is not None)
