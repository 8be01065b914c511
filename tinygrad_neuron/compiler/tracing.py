"""Tracing: a function runs once on stand-ins for its inputs, and the operations are written down.

A `Traced` is a Value without a number. Operations on it record nodes as always; whatever would need
the number (a branch, `float(v)`, `v.data`) is refused with the line and the way out, because the
the trace would freeze the answer silently.
"""

import linecache
import numbers
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from ..calculus.operation import Operation
from ..calculus.primitive import Primitive
from ..calculus.table import TABLE
from ..engine import Value
from ..operators import tracing
from ..scope import here

PACKAGE = str(Path(__file__).parent.parent) + os.sep

INPUT = Primitive("input", "", 0)


class TracingError(TypeError):
    """While tracing, the function asked for the number of a Value.

    >>> from tinygrad_neuron import Value, compile
    >>> absolute = compile(lambda x: x if x > 0 else -x)
    >>> absolute(Value(1.0))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    tinygrad_neuron.compiler.tracing.TracingError: ... use maximum(a, b) for max, ...
    """


class Traced(Value):
    """A Value that stands for an input, or for what was computed from one, while tracing.

    `varies`: whether a gradient flows through it (it comes from a Value or a parameter, not only
    from plain numbers); `receives`: whether it stands for a Value that was passed, and so gets a
    gradient; `draw`: for one that is drawn at each call, the function that draws it.
    """

    __slots__ = ("draw", "receives", "varies")

    varies: bool
    receives: bool
    draw: Callable[[], float] | None
    ndim = 0  # one number; asked at each operation, and found here much faster than not at all

    if not TYPE_CHECKING:  # to a type checker they are what they are in a Value

        @property
        def data(self) -> float:
            refuse("reading .data of it", "compute with the Value itself")

        @data.setter
        def data(self, number: float) -> None:
            refuse("assigning .data of it", "compute a new Value")

        @property
        def grad(self) -> float:
            refuse("reading .grad of it", "call backward() on what the compiled function returns")

        @grad.setter
        def grad(self, number: float) -> None:
            refuse("assigning .grad of it", "call backward() on what the compiled function returns")

    def _passed_through(self) -> Value:
        """What Value(v) gives: v itself, which from now on is a variable, as a Value is."""
        self.varies = True
        return self

    def _is_constant(self) -> bool:
        return not self.varies

    def _traced(self, operation: Operation, operands: tuple[Value, ...]) -> Value:
        node = traced(operation, False)
        for operand in operands:
            if not operand._is_constant():
                node.varies = True
                break
        if operation.arity == 2:
            node._a, node._b = operands
        elif operation.arity == 1:
            node._a = operands[0]
        else:
            node._a = operands
        return node

    def backward(self, gradient: float = 1.0, retain_graph: bool = True) -> NoReturn:
        refuse("backward()", "call it on what the compiled function returns, or use gradients()")

    def forward(self) -> NoReturn:
        refuse("forward()", "return the Value instead")

    def __bool__(self) -> bool:
        refuse("a branch on it", "use step(v), maximum(a, b) or multiply by a mask")

    def __float__(self) -> float:
        refuse(
            "turning it into a number (float(), or a function of math)",
            "use the functions of tinygrad_neuron: exp, log, tanh, ...",
        )

    def __int__(self) -> int:
        refuse("int() of it", "keep the Value")

    def __index__(self) -> int:
        refuse("indexing with it", "use select(values, index)")

    def __round__(self, digits: int | None = None) -> float:
        refuse("round() of it", "keep the Value")

    def __format__(self, specification: str) -> str:
        refuse("formatting it", "return the Value and print that")

    def __str__(self) -> str:
        refuse("formatting it", "return the Value and print that")

    def __repr__(self) -> str:
        return f"<traced {self.label or self._operation.name}>"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Value):
            return self is other
        if isinstance(other, numbers.Number) or hasattr(other, "dtype"):
            refuse("comparing it with a number", "use 1 - abs(sign(v - number))")
        return False

    __hash__ = Value.__hash__


def traced(operation: Any, flows: bool) -> Traced:
    """A new Traced node without operands; the trace notes the order in which they are made."""
    node: Traced = object.__new__(Traced)
    node._operation = operation
    node.within = here.scope
    node._label = ""
    node.varies = flows
    node.receives = False
    node.draw = None
    trace: Trace | None = tracing.trace
    if trace is None:
        raise leaked()
    trace.nodes.append(node)
    return node


def leaked() -> TracingError:
    """The error for a stand-in that has left its trace."""
    return TracingError(
        "a Value from inside a function that was being traced is used outside of that trace; "
        "keep nothing from inside a compiled function but what it returns"
    )


def varies(node: Value) -> bool:
    """Whether a gradient can flow through a node of a trace."""
    return not node._is_constant()


class Trace:
    """What is going on while a function is traced, one per trace."""

    def __init__(self) -> None:
        self.nodes: list[Traced] = []
        self.drawn_nodes: list[Traced] = []
        self.modes: list[tuple[Any, bool]] = []

    def input(self, kind: str, name: str) -> Traced:
        """A stand-in for one number or Value of the arguments."""
        node = traced(INPUT, kind == "value")
        node.receives = kind == "value"
        node.label = name
        return node

    def drawn(self, draw: Callable[[], float]) -> Traced:
        """A leaf whose number is drawn at each call."""
        node = traced(INPUT, False)
        node.draw = draw
        self.drawn_nodes.append(node)
        return node

    def detached(self, value: Any) -> Traced:
        """A node with the number of another one, to which no gradient flows."""
        node = traced(TABLE["identity"], False)
        node._a = value
        return node

    def mode(self, module: Any, training: bool) -> bool:
        """Note that the trace depends on a module's mode."""
        self.modes.append((module, training))
        return training

    def refuse_comparison(self, value: Value, other: object, operator: str) -> NoReturn:
        refuse(
            f"a comparison ({operator}) of Values",
            "use maximum(a, b) for max, minimum(a, b) for min, step(a - b) for a > b",
        )


def traced_run(function: Callable[[], Any]) -> tuple[Any, Trace]:
    """Run a function while tracing; returns its result and the trace."""
    if tracing.trace is not None:
        raise TracingError(
            "a compiled function cannot be traced while another one is; call the plain function "
            "inside (its .function), and compile the outer one"
        )
    trace = tracing.trace = Trace()
    try:
        return function(), trace
    finally:
        tracing.trace = None


def refuse(what: str, instead: str) -> NoReturn:
    """Raise a TracingError that names the line of the user's program and the way out."""
    frame = sys._getframe(1)
    while frame.f_back is not None and _is_ours(frame.f_code.co_filename):
        frame = frame.f_back
    file, line = frame.f_code.co_filename, frame.f_lineno
    text = linecache.getline(file, line).strip()
    raise TracingError(
        f"{file}, line {line}{f', `{text}`' if text else ''}: {what} would freeze the answer into "
        "the compiled function, for a Value has no number while the function is traced; "
        f"{instead}"
    )


def _is_ours(file: str) -> bool:
    return file.startswith((PACKAGE, "<tinygrad_neuron"))
