"""What the arguments of figures may be, by their names: one check for all figures that take one."""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeAlias, TypeVar

from ...checking import (
    FINITE,
    a_function,
    described,
    flag,
    integer,
    listed,
    number,
    positive_integer,
    to_float,
    whole,
)
from ...checking import text as a_text
from ...public import named_options

_Function = TypeVar("_Function", bound=Callable[..., Any])
# What is asked of an argument: the figure, the argument's name and it; it returns what is drawn.
Check: TypeAlias = Callable[[str, str, Any], Any]


def checked(**rules: Check) -> Callable[[_Function], _Function]:
    """Ask of every argument of a function what `BY_NAME` does, or a rule of its own; an option that
    it does not have is answered with the nearest.

    >>> @checked()
    ... def draw(curves, title=""):
    ...     return sorted(curves), title
    >>> draw({"loss": (1, 0.5)})
    (['loss'], '')
    >>> draw([1.0], title=3)
    Traceback (most recent call last):
    ...
    TypeError: draw: curves must be a dictionary of names and lists of numbers, got list [1.0]
    """

    def around(function: _Function) -> _Function:
        function = named_options(function)
        names = list(inspect.signature(function).parameters)
        own = {name: rule for name, rule in (BY_NAME | rules).items() if name in names}
        where = function.__name__

        @wraps(function)
        def call(*given: Any, **options: Any) -> Any:
            places = [*names, *(["?"] * len(given))]  # Python says where there are too many
            seen = zip(places, given, strict=False)
            given = tuple(own[n](where, n, x) if n in own else x for n, x in seen)
            options = {n: own[n](where, n, x) if n in own else x for n, x in options.items()}
            return function(*given, **options)

        return call  # type: ignore[return-value]  # the same signature

    return around


def text(where: str, what: str, x: Any) -> str:
    """A text that can be written."""
    found = a_text(where, what, x)
    if any("\ud800" <= c <= "\udfff" for c in found):
        raise ValueError(f"{where}: {what} holds characters that cannot be written, {found!r}")
    return found


def texts(where: str, what: str, x: Any) -> list[str]:
    """Names, or the letters of one text."""
    given = list(x) if isinstance(x, str) else listed(where, what, x, "a list of texts")
    return [text(where, f"{what}[{i}]", each) for i, each in enumerate(given)]


def named(of: str, item: Check) -> Check:
    """A dictionary of names and something."""

    def check(where: str, what: str, x: Any) -> dict[str, Any]:
        if not isinstance(x, Mapping):
            raise TypeError(
                f"{where}: {what} must be a dictionary of names and {of}, got {described(x)}"
            )
        return {str(name): item(where, f"{what}[{name!r}]", each) for name, each in x.items()}

    return check


def numbers(where: str, what: str, x: Any) -> list[Any]:
    """Numbers, or Values, which have one."""
    found = listed(where, what, x, "a list of numbers")
    for i, each in enumerate(found):
        if not hasattr(each, "_operation"):
            to_float(each, where, f"{what}[{i}]")
    return found


def rows(where: str, what: str, x: Any) -> list[list[Any]]:
    """Lists of numbers."""
    found = listed(where, what, x, "a list of lists of numbers")
    return [numbers(where, f"{what}[{i}]", each) for i, each in enumerate(found)]


def pairs(where: str, what: str, x: Any) -> list[tuple[float, float]]:
    """Points of the plane."""
    found = []
    for i, each in enumerate(listed(where, what, x, "a list of pairs of numbers")):
        pair = listed(where, f"{what}[{i}]", each, "a pair of numbers")
        if len(pair) != 2:
            raise ValueError(f"{where}: {what}[{i}] must be a pair of numbers, got {pair!r}")
        found.append((to_float(pair[0], where, what), to_float(pair[1], where, what)))
    return found


def places(where: str, what: str, x: Any) -> list[tuple[int, ...]]:
    """Places in lists of lists, each an index for each depth."""
    found = []
    for i, each in enumerate(listed(where, what, x, "a list of places such as (0, 1)")):
        place = [whole(k) for k in listed(where, f"{what}[{i}]", each, "a place such as (0, 1)")]
        if None in place:
            raise ValueError(f"{where}: {what}[{i}] must be integers, got {described(each)}")
        found.append(tuple(k for k in place if k is not None))
    return found


def examples(where: str, what: str, x: Any) -> list[tuple[Any, Any]]:
    """Inputs, each with its target."""
    found = []
    for i, each in enumerate(listed(where, what, x, "a list of pairs, inputs and target")):
        pair = listed(where, f"{what}[{i}]", each, "a pair, inputs and target")
        if len(pair) != 2:
            raise ValueError(f"{where}: {what}[{i}] must be inputs and target, got {pair!r}")
        found.append((listed(where, f"{what}[{i}][0]", pair[0], "a list of inputs"), pair[1]))
    return found


def maybe(check: Check) -> Check:
    """What is checked, or None."""
    return lambda where, what, x: None if x is None else check(where, what, x)


def from_to(least: int, most: int) -> Check:
    """An integer in a range."""

    def check(where: str, what: str, x: Any) -> int:
        found = integer(where, what, x, least)
        if found > most:
            raise ValueError(f"{where}: {what} must be at most {most:,}, got {found:,}")
        return found

    return check


def an(*kinds: type) -> Check:
    """An object of one of some classes."""

    def check(where: str, what: str, x: Any) -> Any:
        if not isinstance(x, kinds):
            allowed = " or ".join(kind.__name__ for kind in kinds)
            raise TypeError(f"{where}: {what} must be a {allowed}, got {described(x)}")
        return x

    return check


def finite(where: str, what: str, x: Any) -> float:
    """A number that can be drawn."""
    return number(where, what, x, FINITE)


def two_texts(where: str, what: str, x: Any) -> list[str]:
    """A name for each axis."""
    found = texts(where, what, x)
    if len(found) != 2:
        raise ValueError(f"{where}: {what} must be two texts, got {found!r}")
    return found


BY_NAME: dict[str, Check] = {
    "activations": named("lists of numbers", numbers),
    "between": texts,
    "bins": from_to(1, 10_000),
    "by": finite,
    "columns": from_to(1, 1000),
    "curves": named("lists of numbers", numbers),
    "distances": flag,
    "examples": examples,
    "framed": maybe(named("lists of places", places)),
    "gradients": maybe(named("lists of numbers", numbers)),
    "grids": named("lists of rows", lambda w, n, x: listed(w, n, x, "a list of rows")),
    "hidden": maybe(named("lists of places", places)),
    "images": rows,
    "keys": texts,
    "label": text,
    "loss": maybe(a_function),
    "marks": pairs,
    "name": text,
    "names": texts,
    "norms": named("lists of numbers", numbers),
    "normal": maybe(flag),
    "notes": texts,
    "numbers": numbers,
    "path": numbers,
    "paths": named("lists of points", pairs),
    "places": places,
    "points": from_to(1, 100_000),
    "queries": texts,
    "resolution": from_to(2, 1000),
    "score": a_function,
    "title": text,
    "width": positive_integer,
}
