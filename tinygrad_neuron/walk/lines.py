"""The source line that made each node, noted only while somebody asks for it."""

import linecache
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from .. import eager, engine
from ..engine import Value
from ..locks import Lock

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep

_lock = Lock()
_active = 0
_plain_new = engine.new_value
_plain_init = Value.__init__


@contextmanager
def record_lines() -> Iterator[None]:
    """Within it, each new node notes in `line` where it was made: `file.py:12: z = w * x + b`.

    It is the first line outside this package on the way to the node: for a neuron, the line that
    calls it. It works for all threads while any is within it; afterwards, as before it, nodes note
    nothing and cost what they cost. It may be nested.

    >>> with record_lines():
    ...     y = Value(2.0) * 3.0
    >>> y.line.partition(": ")[2]
    'y = Value(2.0) * 3.0'
    >>> (Value(2.0) * 3.0).line
    ''
    """
    global _active
    with _lock:
        _active += 1
        if _active == 1:
            _install(_noting_new, _noting_init)
    try:
        yield
    finally:
        with _lock:
            _active -= 1
            if _active == 0:
                _install(_plain_new, _plain_init)


def _install(new: Callable[[type[Value]], Value], init: Any) -> None:
    """Have every way to make a node go through `new` or, where a user calls `Value`, `init`."""
    eager.make_nodes_with(new)
    Value.__init__ = init  # type: ignore[method-assign]  # there and back


def _noting_new(kind: type[Value]) -> Value:
    node = _plain_new(kind)
    if _active:  # a function whose operation left the table meanwhile still makes its nodes here
        node.line = _line()
    return node


@wraps(_plain_init)
def _noting_init(self: Value, *arguments: Any, **options: Any) -> None:
    _plain_init(self, *arguments, **options)
    if not self.line:
        self.line = _line()


def _line() -> str:
    """Where the first frame outside the package stands, with its text; empty if there is none."""
    frame = sys._getframe(2)
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith(PACKAGE) and not file.startswith("<tinygrad_neuron"):
            text = linecache.getline(file, frame.f_lineno, frame.f_globals).strip()
            where = f"{os.path.basename(file)}:{frame.f_lineno}"
            return f"{where}: {text}" if text else where
        frame = frame.f_back  # type: ignore[assignment]  # None ends the loop
    return ""
