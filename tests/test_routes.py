"""Every route to a derivative gives the same bits and the same errors, word for word, on random
graphs of all operations: eager, plain, compiled to Python and to C, interpreted, by contributions
as walkthroughs show them, by derivatives as Values; and differences of the function agree.

TINYGRAD_NEURON_TIMES=100 runs a hundred times as many: 10,000 graphs.
`python -m tests.reference.pytorch_graphs` compares them with PyTorch.
"""

import contextlib
import math
import os
import random
from typing import Any

import pytest

from tests.compiler.c.random_graphs import Together
from tests.conftest import needs_compiler
from tests.reference.graphs import Graph, random_graph
from tests.test_eager import bits
from tinygrad_neuron import Value, compile, gradients, topological_order
from tinygrad_neuron.compiler.c import arrays, calling
from tinygrad_neuron.engine import plain
from tinygrad_neuron.gradient_check import difference
from tinygrad_neuron.passes import DOMAIN_ERRORS, contributions

TIMES = int(os.environ.get("TINYGRAD_NEURON_TIMES", "1"))
a_hundred = pytest.mark.parametrize("part", range(TIMES))


def drawn(part: int, special: bool | None = None) -> list[Graph]:
    """A hundred graphs."""
    generator = random.Random(part)
    return [random_graph(generator, special=special) for _ in range(100)]


def labelled(point: list[float]) -> list[Value]:
    return [Value(x, label=f"x{i}") for i, x in enumerate(point)]


def compiled(graph: Graph, target: str = "python") -> Any:
    def function(a: Value, b: Value, c: Value, d: Value) -> Value:
        return graph(a, b, c, d)

    return compile(function, target=target)


def by_backward(function: Any, point: list[float]) -> Any:
    """The result and the gradients, to the bit; of an error its kind and its words."""
    values = labelled(point)
    try:
        result = function(*values)
        result.backward()
    except DOMAIN_ERRORS as error:
        return type(error), str(error)
    return [bits(result.data), *(bits(v.grad) for v in values)]


def by_steps(function: Any, point: list[float]) -> Any:
    """The same from the contributions of the backward pass, as walkthroughs show them."""
    values = labelled(point)
    try:
        result = function(*values)
        totals = {step.operand: step.after for step in contributions(topological_order(result))}
    except DOMAIN_ERRORS as error:
        return type(error), str(error)
    own = {result: 1.0} if result in values else {}
    return [bits(result.data), *(bits({**own, **totals}.get(v, 0.0)) for v in values)]


def by_values(function: Any, point: list[float]) -> Any:
    """The same from derivatives as Values: numbers, for which sums may start otherwise."""
    values = labelled(point)
    try:
        result = function(*values)
        found = gradients(result, values)
    except DOMAIN_ERRORS as error:
        return type(error), str(error)
    return [result.data, *(v.data for v in found)]


def by_program(function: Any, point: list[float]) -> Any:
    """The same from the interpreter of the flat list."""
    recorded = compiled(function)
    values = labelled(point)
    try:
        recorded(*values)
        program = recorded.program
        result = program.run(point, seeds=[1.0], input_labels=[v.label for v in values])
    except DOMAIN_ERRORS as error:
        return type(error), str(error)
    found = dict(zip(program.input_gradients, result.inputs, strict=True))
    totals = [0.0 + (found.get(k) or 0.0) for k in range(len(point))]
    return [bits(result.outputs[0]), *map(bits, totals)]


@a_hundred
def test_all_routes_agree(part: int) -> None:
    failed = 0
    for graph in drawn(part):
        point = graph.point
        expected = by_backward(graph, point)
        with plain():
            assert expected == by_backward(graph, point), f"the plain engine: {graph}"
        assert expected == by_backward(compiled(graph), point), f"compiled: {graph}"
        assert expected == by_program(graph, point), f"the interpreter: {graph}"
        assert expected == by_steps(graph, point), f"contributions: {graph}"
        found = by_values(graph, point)
        if isinstance(expected, tuple) or isinstance(found, tuple):
            # A derivative as Values may be a constant that fails, or not be asked for.
            failed += isinstance(expected, tuple)
            continue
        for mine, other in zip(expected[1:], found[1:], strict=True):
            assert mine == bits(other) or (other == 0.0 and mine in (bits(0.0), bits(-0.0))), graph
    assert failed < 60


@needs_compiler
@pytest.mark.once
@a_hundred
def test_compiled_to_c_it_is_the_same(part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred graphs in one library: a compiler takes most of its time to start."""
    together = Together()
    for graph in drawn(part):
        with contextlib.suppress(*DOMAIN_ERRORS):  # of constants alone: raised while recording
            together.prepare(compiled(graph, "c"), *labelled(graph.point))
    together.build()
    monkeypatch.setattr(calling, "load", together.load)
    monkeypatch.setattr(arrays, "connect", lambda library, used: None)  # it is
    for graph in drawn(part):
        expected = by_backward(graph, graph.point)
        assert expected == by_backward(compiled(graph, "c"), graph.point), graph


@a_hundred
def test_differences_of_the_function_agree(part: int) -> None:
    """Of ordinary numbers, at which a difference says something."""
    compared = 0
    for graph in drawn(part, special=False):
        point = graph.point
        values = labelled(point)
        try:
            graph(*values).backward()
        except DOMAIN_ERRORS:
            continue
        for place, value in enumerate(values):

            def along(x: float, place: int = place, graph: Graph = graph) -> float:
                moved = [*graph.point[:place], x, *graph.point[place + 1 :]]
                return graph(*map(Value, moved)).data

            if math.isfinite(value.grad) and math.isfinite(value.data):
                found = difference(along, value.data)
                if found and not found.kink and found.error < 1e-4 * max(1.0, abs(found.slope)):
                    compared += 1
                    off = abs(found.slope - value.grad)
                    near = 1e-6 * max(1.0, abs(found.slope)) + 10.0 * found.error
                    assert off <= near, (graph.instructions, graph.point, place, value.grad, found)
    assert compared > 100
