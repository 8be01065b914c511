"""Letting go of deep graphs in a browser, whose own stack Python's way of it fills.

CPython frees what only a dying object refers to by a call inside a call, until its stack is nearly
full; the rest it does later. In WebAssembly it measures another stack than the one that fills
first, the browser's: a chain of 4,000 multiplications ended Python when its name was assigned anew
(measured with Python 3.14 of Pyodide 314 in Chromium and in Node). So every hundredth node that
dies hands its operands to one loop, and calls are at most 200 deep. Eager steps take a tenth longer
by it, compiled ones do not.
"""

import sys
from itertools import cycle
from typing import Any

from ..engine import Value

_NODES = 100  # that die inside one another

_waiting: list[object] = []
_looping = False
_turn = cycle([True] + [False] * (_NODES - 1)).__next__


def free_in_a_loop() -> None:
    """From now on, free graphs so that their depth is not limited by the browser's stack."""
    Value.__del__ = _let_go  # type: ignore[attr-defined]  # only here: elsewhere it would cost time
    sys.unraisablehook = _told


def _let_go(node: Value) -> None:
    if _turn():
        _hand_over(node)


def _hand_over(node: Value) -> None:
    """Have a node's operands die in the loop that is running, or else in one that begins here."""
    global _looping
    _waiting.append((getattr(node, "_a", None), getattr(node, "_b", None)))  # a leaf has neither
    node._a = node._b = None
    if _looping:
        return
    _looping = True
    try:
        while _waiting:
            _waiting.pop()
    finally:
        _looping = False


def _told(unraisable: Any) -> None:
    """Nothing that is raised where a node dies reaches the program, and a Stop that came there is
    no fault to print: the page says it again."""
    if not issubclass(unraisable.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(unraisable)
