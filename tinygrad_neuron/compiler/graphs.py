"""A graph that is recorded already, compiled with some of its leaves as inputs."""

from collections.abc import Callable, Sequence
from typing import Any

from ..engine import Value
from .lowering import Lowering
from .program import Program
from .targets import target_named
from .tracing import Trace


def graph_program(outputs: Sequence[Value], inputs: Sequence[Value], gradients: bool) -> Program:
    """The program of a graph, whose `inputs` are those of its leaves that are given anew for each
    row; with `gradients`, those of the first output."""
    lowering = Lowering(Trace(), inputs, outputs)
    return lowering.backward((0,)) if gradients else lowering.program


def graph_function(
    outputs: Sequence[Value], inputs: Sequence[Value]
) -> tuple[Callable[..., Any], list[Value]]:
    """The Python function `add_up(rows, leaves, totals, seeds, total)` of a graph (see `targets`),
    and the leaves whose numbers it takes.

    >>> w, x = Value(2.0, label="w"), Value(3.0, label="x")
    >>> add_up, leaves = graph_function([w * x], [x])
    >>> add_up([[3.0], [4.0]], [leaf.data for leaf in leaves], [0.0], (1.0,), 0.0)
    (14.0, [7.0], [])
    """
    program = graph_program(outputs, inputs, True)
    return target_named("python").write(program, (0,), "graph").function, program.leaves
