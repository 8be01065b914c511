"""The names of the variables that Values are bound to, noted only while somebody asks for it."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

from ..checking import not_a_value
from ..engine import Value
from ..passes import is_constant
from .lines import PACKAGE, record_lines

_LIBRARY = os.path.dirname(os.__file__) + os.sep
_NOT_WATCHED = (PACKAGE, _LIBRARY, "<tinygrad_neuron", "<frozen")
_LONGEST_LIST = 64  # of a list or tuple of Values, each is called `w[0]`, `w[1]`, ...

_Tracer = Callable[[FrameType, str, Any], Any]


@contextmanager
def watch_names() -> Iterator[None]:
    """Within it, a Value without a label gets that of the variable it is bound to, and its line.

    It works for the code in the `with` block and for the functions that this calls, in this
    thread; not for the standard library and this package. The first variable counts; of a list or
    a tuple its places (`w[0]`). Constants and names that begin with an underscore are left out.
    Outside of it nothing is watched, at no cost. A debugger or a measurement of coverage does not
    see the code within it.

    >>> with watch_names():
    ...     w = Value(2.0)
    ...     z = w * 3.0
    >>> w.label, z.label, z.line.partition(": ")[2]
    ('w', 'z', 'z = w * 3.0')
    """
    frame: FrameType | None = sys._getframe(2)  # past contextlib's
    assert frame is not None
    before, own = sys.gettrace(), frame.f_trace
    with record_lines():
        sys.settrace(_entered)
        frame.f_trace = _entered(frame, "call", None)
        try:
            yield
        finally:
            sys.settrace(before)
            frame.f_trace = own
            if _entered(frame, "call", None):
                _name_all(frame)


def called(function: Callable[..., Value], arguments: Sequence[Any]) -> Value:
    """The Value that a function returns; its variables give those within it their names, and it
    itself, where no variable was bound to it, has that of the function."""
    root = watched(function, arguments)
    if not isinstance(root, Value):
        raise TypeError(f"walkthrough: the function must return one Value, got {not_a_value(root)}")
    name = getattr(function, "__name__", "")
    if root._prev and not root.label and name.isidentifier():
        root.label = name
    return root


def watched(function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
    """What a function returns, with names and lines of the Values that it makes."""
    with watch_names():
        return function(*arguments)


def _entered(frame: FrameType, event: str, argument: Any) -> "_Tracer | None":
    """Whether a function that is called is watched: those that a user wrote are."""
    return None if frame.f_code.co_filename.startswith(_NOT_WATCHED) else _line


def _line(frame: FrameType, event: str, argument: Any) -> _Tracer:
    """Before each line and at the end of a function: what was bound since."""
    _name_all(frame)
    return _line


def _name_all(frame: FrameType) -> None:
    for name, bound in list(frame.f_locals.items()):
        if name.startswith("_"):
            continue
        if isinstance(bound, Value):
            _name(bound, name)
        elif type(bound) in (list, tuple) and len(bound) <= _LONGEST_LIST:
            for place, one in enumerate(bound):
                if isinstance(one, Value):
                    _name(one, f"{name}[{place}]")


def _name(value: Value, name: str) -> None:
    if not value.label and not is_constant(value):
        value.label = name
