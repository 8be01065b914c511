"""`detect_anomaly`: stop at the operation that first makes a NaN or an infinity."""

import math
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from .. import eager, engine
from ..calculus.operation import Operation
from ..checking import to_float
from ..engine import Number, Value, topological_order
from ..locks import Lock
from ..passes import DOMAIN_ERRORS, contributions, evaluate, numbers_of
from ..stored import naming_data
from .lines import record_lines

_lock = Lock()
_active = 0
_backward = Value.backward


class AnomalyError(ArithmeticError):
    """An operation made a NaN or an infinity, or its data was changed; the message names it.

    >>> with detect_anomaly():
    ...     Value(1e200, label="x") * 1e200  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    tinygrad_neuron.walk.anomaly.AnomalyError: ...
    """


@contextmanager
def detect_anomaly() -> Iterator[None]:
    """Within it, the operation that first makes a NaN or an infinity stops the program.

    An `AnomalyError` names node, operands and the source line that made it

    - when an operation makes a NaN or an infinity of finite operands: as soon as the next one is
      recorded, at `backward()`, or where the `with` ends;
    - at the first contribution of `backward()` that is one;
    - at `backward()`, where a node's data is not what its operands give, because data was changed
      since: it would give the derivative of another computation.

    It is for all threads while any is within it, and may be nested. Outside of it nothing is looked
    for and nothing costs.

    >>> x = Value(1e200, label="x")
    >>> with detect_anomaly():
    ...     y = x * x
    ...     z = y + 1.0
    Traceback (most recent call last):
    ...
    tinygrad_neuron.walk.anomaly.AnomalyError: multiply of 1e+200 ('x') and 1e+200 ('x') gives \
inf, in <doctest tinygrad_neuron.walk.anomaly.detect_anomaly[1]>:2: y = x * x
    """
    global _active
    with _lock:
        _active += 1
        if _active == 1:
            Value.backward = _checked_backward  # type: ignore[method-assign]
    try:
        with record_lines():
            inner = engine.new_value
            if not _is_checking(inner):
                eager.make_nodes_with(_checking(inner))
            try:
                yield
                _look_at_latest()
            finally:
                _made.latest = None
                if not _is_checking(inner):
                    eager.make_nodes_with(inner)
    finally:
        with _lock:
            _active -= 1
            if _active == 0:
                Value.backward = _backward  # type: ignore[method-assign]


class _Made(threading.local):
    """The node that this thread made last: its number is there once the next one is made."""

    latest: Value | None = None


_made = _Made()


def _checking(inner: Callable[[type[Value]], Value]) -> Callable[[type[Value]], Value]:
    """A maker of nodes that looks at the one before."""

    def new(kind: type[Value]) -> Value:
        _look_at_latest()
        _made.latest = node = inner(kind)
        return node

    new.checks = True  # type: ignore[attr-defined]
    return new


def _is_checking(new: object) -> bool:
    return getattr(new, "checks", False)


def _look_at_latest() -> None:
    node, _made.latest = _made.latest, None
    if node is not None and hasattr(node, "data"):
        _look_at(node)


def _checked_backward(self: Value, gradient: Number = 1.0, retain_graph: bool = True) -> None:
    look_for_anomaly(self, to_float(gradient, "backward", "gradient"))
    _backward(self, gradient)


@naming_data
def look_for_anomaly(root: Value, gradient: float = 1.0) -> None:
    """Raise an `AnomalyError` for the first thing that is wrong in the graph of a Value, if any."""
    _made.latest = None
    order = topological_order(root)
    for node in order:
        _look_at(node)
    if not all(isinstance(node._operation, Operation) for node in order if node._prev):
        return  # a closure made by hand hands on in its own way
    for step in contributions(order, gradient):
        for number, what in ((step.amount, "contribution"), (step.after, "gradient")):
            if not math.isfinite(number) and math.isfinite(step.incoming):
                raise AnomalyError(
                    f"backward: the {what} of {_described(step.node)} to its operand {step.place} "
                    f"is {number}: {step.incoming} × {step.local}{_line(step.node)}"
                )


def _look_at(node: Value) -> None:
    """Raise an `AnomalyError` for a node whose number is not finite, or not what it was."""
    if not node._prev:
        if not math.isfinite(node.data) and node.label:
            raise AnomalyError(f"the leaf {node.label!r} holds {node.data}{_line(node)}")
        return
    operation: Any = node._operation
    numbers = numbers_of(node) if isinstance(operation, Operation) else []
    if not math.isfinite(node.data) and all(map(math.isfinite, numbers)) and numbers:
        raise AnomalyError(f"{_described(node)} gives {node.data}{_line(node)}")
    if numbers and all(map(math.isfinite, [node.data, *numbers])):
        try:
            now = evaluate(operation, numbers)
        except DOMAIN_ERRORS:
            now = math.nan
        if struct.pack("<d", now) != struct.pack("<d", node.data):
            raise AnomalyError(
                f"{_described(node)} gave {node.data} and would give {now} now: data was changed "
                f"between forward and backward; call forward() first, or change it after "
                f"backward(){_line(node)}"
            )


def _described(node: Value) -> str:
    operands = node._prev
    shown = [f"{v.data}" + (f" ({v.label!r})" if v.label else "") for v in operands]
    if len(shown) > 5:
        shown[2:-2] = [f"{len(shown) - 4} more"]
    name = f"{node.label!r} = " if node.label else ""
    return f"{name}{node._operation.name} of {' and '.join(shown)}"


def _line(node: Value) -> str:
    return f", in {node.line}" if node.line else ""
