"""Every route to a derivative gives the same bits and the same kinds of errors, on random graphs.

TINYGRAD_NEURON_TIMES=100 runs a hundred times as many: 10,000 graphs.
"""

import os
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.test_eager import INPUTS, SPECIAL, bits, graphs
from tinygrad_neuron import Value, compile, gradients, topological_order
from tinygrad_neuron.calculus.table import TABLE
from tinygrad_neuron.engine import plain
from tinygrad_neuron.passes import DOMAIN_ERRORS, contributions

TIMES = int(os.environ.get("TINYGRAD_NEURON_TIMES", "1"))


def function_of(instructions: list[tuple[str, list[int | float]]]) -> Any:
    """A graph's instructions as a function of its inputs; what the result does not need is left
    out, for a compiled function does not run it."""
    needed = {INPUTS + len(instructions) - 1}
    for position in range(INPUTS + len(instructions) - 1, INPUTS - 1, -1):
        if position in needed:
            chosen = instructions[position - INPUTS][1]
            needed |= {c for c in chosen if isinstance(c, int)}

    def function(*values: Value) -> Value:
        nodes: list[Any] = list(values)
        for name, chosen in instructions:
            if len(nodes) not in needed:
                nodes.append(None)
                continue
            operation = TABLE[name]
            operands: list[Any] = [nodes[c] if isinstance(c, int) else c for c in chosen]
            if operation.chosen:
                operands = [operands[:-1], operands[-1]]
            elif operation.variadic:
                operands = [operands]
            nodes.append(operation.function(*operands))
        result: Value = nodes[-1]
        return result

    return function


def by_backward(function: Any, point: list[float]) -> Any:
    """The result and the gradients, to the bit; of an error its kind."""
    values = [Value(x, label=f"x{i}") for i, x in enumerate(point)]
    try:
        result = function(*values)
        result.backward()
    except DOMAIN_ERRORS as error:
        return type(error)
    return [bits(result.data), *(bits(v.grad) for v in values)]


def by_steps(function: Any, point: list[float]) -> Any:
    """The same from the contributions of the backward pass, as walkthroughs show them."""
    values = [Value(x) for x in point]
    try:
        result = function(*values)
        totals = {step.operand: step.after for step in contributions(topological_order(result))}
    except DOMAIN_ERRORS as error:
        return type(error)
    own = {result: 1.0} if result in values else {}
    return [bits(result.data), *(bits({**own, **totals}.get(v, 0.0)) for v in values)]


def by_values(function: Any, point: list[float]) -> Any:
    """The same from derivatives as Values: numbers, for which sums may start otherwise."""
    values = [Value(x) for x in point]
    try:
        result = function(*values)
        found = gradients(result, values)
    except DOMAIN_ERRORS as error:
        return type(error)
    return [result.data, *(v.data for v in found)]


def by_program(function: Any, point: list[float]) -> Any:
    """The same from the interpreter of the flat list."""
    compiled = compile(function)
    values = [Value(x) for x in point]
    try:
        compiled(*values)
        program = compiled.program
        result = program.run(point, seeds=[1.0])
    except DOMAIN_ERRORS as error:
        return type(error)
    found = dict(zip(program.input_gradients, result.inputs, strict=True))
    totals = [0.0 + (found.get(k) or 0.0) for k in range(len(point))]
    return [bits(result.outputs[0]), *map(bits, totals)]


@given(graphs(), st.lists(SPECIAL, min_size=INPUTS, max_size=INPUTS))
@settings(max_examples=100 * TIMES, deadline=None)
def test_all_routes_agree(
    instructions: list[tuple[str, list[int | float]]], point: list[float]
) -> None:
    function = function_of(instructions)
    expected = by_backward(function, point)
    with plain():
        assert expected == by_backward(function, point), "the plain engine"
    assert expected == by_backward(compile(function), point), "compiled"
    assert expected == by_program(function, point), "the interpreter"
    assert expected == by_steps(function, point), "contributions"
    found = by_values(function, point)
    if isinstance(expected, type) or isinstance(found, type):
        # A derivative as Values may be a constant that fails, or not be asked for.
        return
    for mine, other in zip(expected[1:], found[1:], strict=True):
        assert mine == bits(other) or (other == 0.0 and mine in (bits(0.0), bits(-0.0)))
