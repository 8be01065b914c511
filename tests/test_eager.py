"""What is generated for each operation is what the plain engine does, to the last bit."""

import math
import re
import struct
import subprocess
import sys
import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinygrad_neuron
from tinygrad_neuron import (
    Value,
    compile,
    define_operation,
    grad,
    local_derivatives,
    topological_order,
)
from tinygrad_neuron.calculus.operation import RESERVED
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


@pytest.mark.parametrize(
    ("arguments", "options", "text"),
    [
        (("foo", "a*a", ["2*a"]), {"example": "foo(2)"}, "example must be a call and its result"),
        (("ﬁ", "a*a", ["2*a"]), {}, "compatibility characters; Python reads them as 'fi'"),
        (("foo", "a*a", ["2*a"]), {"symbol": 3}, "foo: symbol must be a str, got int 3"),
        (("foo", "9**9**9*a", ["1"]), {}, "9 ** 9 ** 9 is too large a number"),
        (("foo", "a*a", ["2*a"]), {"summary": "a\0"}, "holds characters that cannot be written"),
        (("foo", "a*a", 3), {}, "foo: partials must be a list of strings, got int 3"),
        (("foo", "(" * 5000 + "a" + ")" * 5000, ["1"]), {}, "is not an expression"),
        (("foo", "a*a", ["2*a"]), {"kernels": {"k k": abs}}, "must be an identifier: 'k k'"),
        (("foo", "a*a", ["2*a"]), {"activation": "no"}, "activation must be True or False"),
        (("foo", "a", ["1"]), {"operands": "*a"}, "'a' in 'a' is the list of operands"),
        (("foo", "sum(a) + tanh(a)", ["1"]), {"operands": "*a"}, "as in sum(a)"),
    ],
)
def test_a_definition_that_is_refused_leaves_nothing_behind(arguments, options, text):
    before = dict(TABLE), dict(vars(Value))
    with pytest.raises((TypeError, ValueError), match=re.escape(text)):
        define_operation(*arguments, **options)
    assert (dict(TABLE), dict(vars(Value))) == before


def test_a_name_that_a_value_or_the_package_has_is_refused() -> None:
    before = dict(TABLE), dict(vars(Value))
    there = {*dir(Value), *dir(tinygrad_neuron)} - TABLE.keys() - RESERVED
    assert {"item", "label", "grad", "backward", "detach", "nn", "compile", "mean"} <= there
    for name in there:
        if not name.startswith("_") and (hasattr(Value, name) or hasattr(tinygrad_neuron, name)):
            text = f"^{name!r} cannot be the name of an operation: .* such as 'my_{name}'$"
            with pytest.raises(ValueError, match=text):
                define_operation(name, "a * a", ["2 * a"])
    assert (dict(TABLE), dict(vars(Value))) == before


def test_a_definition_never_computes_a_complex_number():
    root = define_operation("root", "a ** 0.5", ["0.5 * a ** -0.5"])
    with pytest.raises(ValueError, match=r"root of -1.0 \('p'\): the result is not a real number"):
        root(Value(-1.0, label="p"))
    bad = define_operation("bad", "-a", ["y ** a"])
    routes = [
        lambda: bad(Value(0.5)).backward(),
        lambda: grad(bad)(0.5),
        lambda: compile(lambda x: bad(x) * 1.0)(Value(0.5)).backward(),
        lambda: local_derivatives(bad(Value(0.5))),
    ]
    for route in routes:
        with pytest.raises(ValueError, match=r"derivative of bad of 0\.5.* not a real number"):
            route()
    with plain(), pytest.raises(ValueError, match="derivative of bad of"):
        bad(Value(0.5)).backward()


def test_texts_of_a_definition_never_become_code(capsys):
    quotes = 'x""" + print("run") + """\\" \' \\'
    run = define_operation("with_quotes", "a * a", ["2 * a"], summary=quotes)
    assert run(Value(3.0)).data == 9.0
    assert run.__doc__.startswith(quotes)
    assert capsys.readouterr().out == ""


def test_threads_may_define_the_same_operation():
    failed = []

    def work():
        for i in range(20):
            try:
                cube = define_operation(f"cube_in_threads_{i}", "a * a * a", ["3 * a * a"])
                assert cube(Value(2.0)).data == 8.0
            except Exception as error:  # whatever it is
                failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_what_a_definition_cannot_use_is_told():
    def define(*arguments, **options):
        with pytest.raises((ValueError, TypeError)) as error:
            define_operation(*arguments, **options)
        return error

    assert "nested too deeply" in str(define("deep", "a + " * 2000 + "a", ["1"]).value)
    assert "has no option 'bogus'; it has symbol" in str(define("b", "a", ["1"], bogus=1).value)
    assert "\u202e" not in str(define("b\u202ec", "a", ["1"]).value)
    generated = (text for text in ("b", "a", "1"))  # read once, and counted
    assert "expected 1 partials, one per operand, got 3" in str(define("b", "a", generated).value)


def test_a_label_is_shortened_in_what_is_shown():
    v = Value(-1.0, label="x" * 10**6)
    assert len(repr(v)) < 300
    with pytest.raises(ValueError, match="log of") as error:
        v.log()
    assert len(str(error.value)) < 400
