"""The structure of a compiled function's inputs: nested containers around numbers and Values.

Two calls have the same structure if their arguments are nested alike (lists, tuples and
dictionaries of the same lengths and keys) around the same kinds of leaves: plain numbers, which get
no gradient, and Values, which do. A structure is a hashable key; one variant serves all calls
that share it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from ..checking import described, to_float
from ..engine import Value
from ..passes import is_constant

# A key is "number", "value", ("same", n) for the n-th Value again, ("live", value) for one
# that the traced function reads as a parameter too, or ("list" | "tuple" | "dict", ...).
Key = Any

NUMBER, VALUE = "number", "value"


def flatten(
    argument: Any, live: frozenset[Value], leaves: list[Any], seen: dict[Value, int], path: str
) -> Key:
    """The key of an argument; its numbers (as floats) and Values are appended to `leaves`."""
    kind = type(argument)
    if kind is float:
        leaves.append(argument)
        return NUMBER
    if kind is list or kind is tuple:
        name = "list" if kind is list else "tuple"
        return (
            name,
            *(flatten(x, live, leaves, seen, f"{path}[{i}]") for i, x in enumerate(argument)),
        )
    if kind is dict:
        return (
            "dict",
            *((k, flatten(x, live, leaves, seen, f"{path}[{k!r}]")) for k, x in argument.items()),
        )
    if isinstance(argument, Value):
        if is_constant(argument):
            leaves.append(argument.data)
            return NUMBER
        if argument in live:
            return ("live", argument)
        if argument in seen:
            return ("same", seen[argument])
        seen[argument] = len(seen)
        leaves.append(argument)
        return VALUE
    try:
        leaves.append(to_float(argument, "compile", path))
    except TypeError:
        way_out = "let the function close over anything else, or use functools.partial"
        if hasattr(type(argument), "tolist"):  # x + x is not the same of an array and of a list
            way_out = "give an array as lists, .tolist(); " + way_out
        raise TypeError(
            f"the argument {path} of a compiled function must be made of numbers, Values, lists, "
            f"tuples and dictionaries, got {described(argument)}; {way_out}"
        ) from None
    return NUMBER


def reader(key: Key) -> Callable[[Iterable[Any]], list[list[float]] | None]:
    """A fast `flatten` for many argument tuples that are to have a known key, of numbers only.

    The function returns the numbers of each example; None where one does not fit, or where it takes
    `flatten` to say.

    >>> read = reader((("list", "number", "number"), "number"))
    >>> read([([1.0, 2], 3)]), read([([1.0], 3)]), read([([1.0, "2"], 3)])
    ([[1.0, 2.0, 3.0]], None, None)
    """
    checks = [f"type(e) in (tuple, list) and len(e) == {len(key)}"]
    parts = []

    def walk(part: Key, path: str) -> bool:
        if part == NUMBER:
            parts.append(f"{path} * 1.0")  # an int becomes a float
            return True
        if part == VALUE or part[0] not in ("list", "tuple"):
            return False
        checks.append(f"type({path}) is {part[0]} and len({path}) == {len(part) - 1}")
        if len(part) > 1 and all(item == NUMBER for item in part[1:]):
            parts.append(f"*{path}")
            return True
        return all(walk(item, f"{path}[{i}]") for i, item in enumerate(part[1:]))

    if not all(walk(part, f"e[{i}]") for i, part in enumerate(key)):
        return lambda examples: None
    row = f"[{', '.join(parts)}] if {' and '.join(checks)} else None"
    read: Callable[[Iterable[Any]], list[list[Any]]] = eval(f"lambda es: [{row} for e in es]")

    def numbers(examples: Iterable[Any]) -> list[list[float]] | None:
        try:
            rows = read(examples)
            if None in rows:
                return None
            kinds = set(map(type, chain.from_iterable(rows)))
            if kinds <= _FLOAT:
                return rows
            return [list(map(float, row)) for row in rows] if kinds <= _FLOAT_INT else None
        except (TypeError, OverflowError):
            return None  # `flatten` says what is wrong

    return numbers


_FLOAT, _FLOAT_INT = frozenset({float}), frozenset({float, int})


def rebuild(key: Key, fresh: Callable[[str, str], Any], path: str, seen: list[Any]) -> Any:
    """The containers of a key, new, around what `fresh(kind, path)` returns for each leaf."""
    if key == NUMBER:
        return fresh(NUMBER, path)
    if key == VALUE:
        seen.append(fresh(VALUE, path))
        return seen[-1]
    kind, *items = key
    if kind == "live":
        return items[0]
    if kind == "same":
        return seen[items[0]]
    if kind == "dict":
        return {k: rebuild(item, fresh, f"{path}_{k}", seen) for k, item in items}
    parts = [
        rebuild(item, fresh, f"{path}{_joined(path)}{i}", seen) for i, item in enumerate(items)
    ]
    return parts if kind == "list" else tuple(parts)


def _joined(path: str) -> str:
    return "_" if path[-1:].isdigit() else ""


def values_in(result: Any, path: str = "the result") -> Iterator[Value]:
    """The Values of a result, from left to right; anything else in it is refused.

    >>> [v.data for v in values_in([Value(1.0), {"loss": Value(2.0)}])]
    [1.0, 2.0]
    """
    if isinstance(result, Value):
        yield result
    elif isinstance(result, list | tuple):
        for i, item in enumerate(result):
            yield from values_in(item, f"{path}[{i}]")
    elif isinstance(result, dict):
        for key, item in result.items():
            yield from values_in(item, f"{path}[{key!r}]")
    else:
        raise TypeError(
            "a compiled function must return a Value, or lists, tuples and dicts of Values; "
            f"{path} is {described(result)}, which would be frozen as it is now"
        )


def refill(result: Any, others: Mapping[Value, Any]) -> Any:
    """The containers of a result, new, around what `others` has in place of each Value."""
    if isinstance(result, Value):
        return others[result]
    if isinstance(result, dict):
        return {key: refill(item, others) for key, item in result.items()}
    parts = [refill(item, others) for item in result]
    if hasattr(result, "_fields"):  # a named tuple
        return type(result)(*parts)
    return parts if isinstance(result, list) else tuple(parts)
