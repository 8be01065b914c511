"""What was stored in `data` or `grad` and is no number.

Anything can be assigned there, and no operation looks at it, which would make each slower. So what
is wrong is found where something fails: then the graph is searched for it, and the error names it.
"""

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn, TypeVar

from .checking import described, to_float

_Function = TypeVar("_Function", bound=Callable[..., Any])

# What computing, comparing or writing down such a thing raises.
FAILURES = (TypeError, ValueError, AttributeError, ArithmeticError, IndexError)


def data_error(where: str, things: Iterable[Any], error: Exception) -> Exception:
    """The error to raise for one that came of computing with some things: Values, models, lists of
    these. Where one of their numbers is none, it names that; else it is the error that came.

    >>> from tinygrad_neuron import Value
    >>> v = Value(1.0, label="v")
    >>> v.data = None
    >>> data_error("multiply", [v], TypeError("unsupported operand"))
    TypeError("multiply: the data of 'v' is NoneType None; assign a number, as in v.data = 0.5")
    """
    try:
        wrong = [node for node in _nodes(things) if is_wrong(node)]
    except Exception:  # what is no Value, nor a model, has its own ways
        return error
    given = {id(node) for node in wrong}
    for node in wrong:
        if given.isdisjoint(map(id, node._prev)):  # not one computed from another that is wrong
            return TypeError(f"{where}: {_what_is_wrong(node)}")
    return error


def raise_data_error(where: str, things: Iterable[Any], error: Exception) -> NoReturn:
    """Raise the `data_error`; where that is the error that came, as it came."""
    named = data_error(where, things, error)
    if named is error:
        raise error
    raise named from None


def is_wrong(node: Any) -> bool:
    """Whether what is stored in a node is no number."""
    gradient = getattr(node, "grad", _DELETED)
    return not (_is_number(_data(node)) and (gradient is None or _is_number(gradient)))


def naming_data(function: _Function) -> _Function:
    """A function on Values or a model whose error, where their numbers are none, says which.

    >>> from tinygrad_neuron import Value
    >>> half = naming_data(lambda v: v.data / 2)
    >>> v = Value(1.0, label="v")
    >>> v.data = "one"
    >>> half(v)
    Traceback (most recent call last):
    ...
    TypeError: <lambda>: the data of 'v' is str 'one'; assign a number, as in v.data = 0.5
    """

    @functools.wraps(function)
    def call(*given: Any, **options: Any) -> Any:
        try:
            return function(*given, **options)
        except FAILURES as error:
            named = data_error(function.__name__, (*given, *options.values()), error)
            if named is error:
                raise
        # Out of the handler, so that Python's own message does not stand above this one.
        raise named

    return call  # type: ignore[return-value]  # the same signature


_DELETED = object()  # by `del v.data`


def _data(node: Any) -> Any:
    return getattr(node, "data", _DELETED)


def _is_number(given: Any) -> bool:
    try:
        to_float(given, "")
    except (TypeError, ValueError, OverflowError):
        return False
    return True


def _nodes(things: Iterable[Any]) -> Iterator[Any]:
    """Every node behind some things, each once."""
    stack, seen = list(things), set[int]()
    while stack:
        thing = stack.pop()
        if id(thing) in seen:  # a list may hold itself
            continue
        seen.add(id(thing))
        if isinstance(thing, list | tuple):
            stack.extend(thing)
        elif hasattr(type(thing), "_prev"):
            yield thing
            stack.extend(thing._prev)
        else:  # a model has a method, an optimiser a list
            parameters = getattr(thing, "parameters", ())
            stack.extend(parameters() if callable(parameters) else parameters)


def _what_is_wrong(node: Any) -> str:
    slot = "grad" if _is_number(_data(node)) else "data"
    given = getattr(node, slot, _DELETED)
    name = f"{node.label!r}" if node.label else f"a Value without a label ({node._op or 'a leaf'})"
    way_out = f"assign a number, as in v.{slot} = 0.5"
    if given is _DELETED:
        return f"the {slot} of {name} was deleted; {way_out}"
    if hasattr(type(given), "_prev"):
        way_out = f"assign its number, as in v.{slot} = other.data"
    elif hasattr(given, "__len__") and not isinstance(given, str | bytes):
        way_out = "a Value holds one number, so make a Value of each of these"
    elif isinstance(given, int):
        way_out = f"no float is as large, so {way_out}"
    return f"the {slot} of {name} is {described(given)}; {way_out}"
