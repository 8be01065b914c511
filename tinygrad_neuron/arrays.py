"""NumPy's functions on Values: each that has an operation in the table is that operation.

`np.exp(v)`, `array * v` and the like go element by element and give Values. NumPy itself is never
imported here: it is there when one of its functions asks.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Sequence
from typing import Any

from .calculus.operation import TABLE

# Where NumPy has another name than the table; the others are the same.
_NAMES = {
    "absolute": "abs",
    "fabs": "abs",
    "true_divide": "divide",
    "float_power": "power",
    "negative": "negate",
    "positive": "identity",
    "fmax": "maximum",
    "fmin": "minimum",
}
_BUILT: dict[str, Callable[..., Any]] = {
    "square": lambda a: a * a,
    "reciprocal": lambda a: 1 / a,
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "equal": operator.eq,
    "not_equal": operator.ne,
}


def call(ufunc: Any, method: str, inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """What a universal function of NumPy gives for inputs among which there are Values.

    Raises a `TypeError` that says which functions there are.
    """
    name = _NAMES.get(ufunc.__name__, ufunc.__name__)
    function = _BUILT.get(name) or (TABLE[name].function if name in TABLE else None)
    if method != "__call__" or options or function is None or ufunc.nout != 1:
        what = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
        if options:
            what += f" with {', '.join(options)}"
        raise TypeError(
            f"np.{what} does not work on Values; these functions do: {', '.join(known())}. For "
            "others compute with the Values themselves, or with their .data"
        )
    if among(inputs):
        return each(function, inputs)
    # A scalar of NumPy would hand the comparison back.
    return function(*map(_as_pythons, inputs))


def _as_pythons(x: Any) -> Any:
    """A scalar of NumPy as Python's own number: `item()` of a long double is a long double."""
    if not hasattr(x, "dtype"):
        return x
    kind = x.dtype.kind
    if hasattr(x, "mask"):  # to be refused
        return x
    return float(x) if kind == "f" else complex(x) if kind == "c" else x.item()


def among(operands: Sequence[Any]) -> bool:
    """Whether there is an array with dimensions among some operands."""
    # Asked of the type first: a Value looks long for what it does not have.
    return any(hasattr(type(x), "ndim") and x.ndim and hasattr(x, "__array__") for x in operands)


def each(function: Callable[..., Any], operands: Sequence[Any]) -> Any:
    """An array of what a function gives for the elements of arrays, and for single operands."""
    numpy = sys.modules["numpy"]
    boxes = [_boxed(numpy, x) for x in operands]
    found = numpy.frompyfunc(function, len(boxes), 1)(*boxes)
    masked = getattr(sys.modules.get("numpy.ma"), "MaskedArray", ())
    for x in operands:  # what one of them hides is hidden
        if isinstance(x, masked):
            found = numpy.ma.array(found, mask=numpy.broadcast_to(x.mask, found.shape))
    return found


def known() -> list[str]:
    """The names, in NumPy, of the functions that work on Values."""
    names = {_back.get(name, name) for name, entry in TABLE.items() if not entry.variadic}
    ours = {*names, *_NAMES, *_BUILT}
    numpy = sys.modules.get("numpy")
    return sorted(name for name in ours if isinstance(getattr(numpy, name, None), _ufunc(numpy)))


_back = {"abs": "absolute", "negate": "negative", "divide": "divide"}


def _ufunc(numpy: Any) -> Any:
    return () if numpy is None else numpy.ufunc


def _boxed(numpy: Any, x: Any) -> Any:
    """An array stays one; a single Value or number becomes an array without dimensions."""
    if among([x]):  # a frame or a tensor, too
        return numpy.asarray(x)
    box = numpy.empty((), dtype=object)
    box[()] = x
    return box
