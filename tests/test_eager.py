"""What is generated for each operation is what the plain engine does, to the last bit."""

import math
import struct
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinygrad_neuron import Value, topological_order
from tinygrad_neuron.calculus.table import BUILT_IN, TABLE
from tinygrad_neuron.engine import plain
from tinygrad_neuron.operators import stored_gradient

INPUTS = 4
NUMBERS = st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -3.0, 1e-300, 1e200, 800.0]) | st.floats(
    -3.0, 3.0
)
SPECIAL = NUMBERS | st.sampled_from([math.inf, -math.inf, math.nan])


def bits(number: float | None) -> Any:
    """What is told apart: every bit, but one NaN equals any other."""
    if number is None:
        return None
    return "nan" if math.isnan(number) else struct.pack("<d", number)


@st.composite
def graphs(draw: Any) -> list[tuple[str, list[int | float]]]:
    """Instructions: an operation, and for each operand a node's position or a plain number."""
    instructions: list[tuple[str, list[int | float]]] = []
    for position in range(INPUTS, INPUTS + draw(st.integers(1, 12))):
        operation = TABLE[draw(st.sampled_from(sorted(BUILT_IN)))]
        operands = st.integers(max(0, position - 4), position - 1) | SPECIAL
        count = draw(st.integers(1, 3)) if operation.variadic else len(operation.operands)
        chosen: list[int | float] = [draw(operands) for _ in range(count)]
        if operation.chosen:
            chosen.append(float(draw(st.integers(0, count - 1))))
        instructions.append((operation.name, chosen))
    return instructions


def run(instructions: list[tuple[str, list[int | float]]], point: list[float]) -> list[Any]:
    """Every number, gradient and error of a graph that is recorded, differentiated, run again."""
    nodes = [Value(number, label=f"x{i}") for i, number in enumerate(point)]
    seen: list[Any] = []
    for name, chosen in instructions:
        operation = TABLE[name]
        operands: list[Any] = [nodes[c] if isinstance(c, int) else c for c in chosen]
        if operation.chosen:
            operands = [operands[:-1], operands[-1]]
        elif operation.variadic:
            operands = [operands]
        try:
            nodes.append(operation.function(*operands))
        except Exception as error:
            seen.append((type(error), str(error)))
            nodes.append(nodes[-1])
    for step in (nodes[-1].backward, nodes[-1].forward, nodes[-1].backward):
        try:
            step()
        except Exception as error:
            seen.append((type(error), str(error)))
    order = topological_order(nodes[-1])
    seen += [(bits(node.data), bits(stored_gradient(node))) for node in order]
    return seen


@given(graphs(), st.lists(SPECIAL, min_size=INPUTS, max_size=INPUTS))
@settings(max_examples=400, deadline=None)
def test_generated_and_plain_give_the_same_bits_and_the_same_errors(
    instructions: list[tuple[str, list[int | float]]], point: list[float]
) -> None:
    generated = run(instructions, point)
    with plain():
        assert run(instructions, point) == generated


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_the_plain_functions_run_within_plain_and_the_generated_ones_after_it(name: str) -> None:
    operation = TABLE[name]
    function = operation.function
    pull = operation.pull
    with plain():
        assert operation.function.__func__ is type(operation).record
        assert operation.pull is type(operation).pull
        assert "function" not in vars(operation)
    assert operation.function is function
    assert operation.pull is pull is not type(operation).pull


def test_an_environment_variable_runs_the_plain_engine() -> None:
    program = (
        "import sys; from tinygrad_neuron import Value, tanh\n"
        "x = Value(0.5); y = tanh(x) * x - 2; y.backward(); y.forward()\n"
        "print(y.data, x.grad, tanh.__name__)"
    )
    plainly = subprocess.run(
        [sys.executable, "-c", program],
        env={"TINYGRAD_NEURON_PLAIN": "1"},
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    x = Value(0.5)
    y = x.tanh() * x - 2
    y.backward()
    assert plainly == f"{y.data} {x.grad} record\n"


def test_the_operators_of_the_plain_engine_are_those_of_the_generated_one() -> None:
    def every(a: Any, b: Any) -> list[Value]:
        found = [a + b, a - b, a * b, a / b, a**b, -a, abs(a)]
        return [*found, 2 + a, 2 - a, 2 * a, 2 / a, 2**a, a + 2, a.tanh(), a.maximum(b)]

    for a, b in ((1.5, -2.0), (0.25, 3.0)):
        generated = every(Value(a), Value(b))
        with plain():
            plainly = every(Value(a), Value(b))
        assert [bits(v.data) for v in generated] == [bits(v.data) for v in plainly]
        assert [v._op for v in generated] == [v._op for v in plainly]
