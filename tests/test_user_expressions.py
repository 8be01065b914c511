"""Expressions that a user types: what they compute, and errors that point at their column."""

import math

import pytest

from tinygrad_neuron import tanh
from tinygrad_neuron.calculus.table import TABLE
from tinygrad_neuron.user_expressions import MOST_DEPTH, ExpressionError, evaluate


def value_of(text, **numbers):
    return evaluate(text, numbers)[0].data


def test_expressions_compute_what_python_computes():
    x, y = 1.7, -0.4
    for text in ("x + y*2 - 3/x", "x**2**y", "-x**2", "(x - y) - (x - -y)", "2*3 + x", "+x",
                 "x/y/2", "-(-x)", ".5*x", "1e-3 + x"):  # fmt: skip
        names = {"x": x, "y": y}
        used = {name: number for name, number in names.items() if name in text}
        assert eval(text, {}, names) == value_of(text, **used)
    assert math.tanh(x) == value_of("tanh(x)", x=x)
    assert 3 * x == pytest.approx(value_of("sum([x, x, x])", x=x))
    assert -0.1 * 2 == value_of("leaky_relu(-x, 0.1)", x=2.0)
    assert -0.01 * 2 == value_of("leaky_relu(-x)", x=2.0)
    assert y == value_of("select([x, y], 1)", x=x, y=y)
    assert 5.0 == value_of("maximum(x, 5)", x=x)
    assert 6.0 == value_of("2*3")
    assert 2.0 == value_of(" ( x\n + 1 ) ", x=1)
    assert 3.0 == value_of("ﬁ + 1", ﬁ=2)  # names as Python reads them


def test_every_operation_of_the_table_can_be_called():
    for name, operation in TABLE.items():
        others = len(operation.operands) - 1
        if operation.chosen:
            text = f"{name}([x, x*2], 1)"
        else:
            text = f"{name}([x, x*2])" if operation.variadic else f"{name}(x{', 0.3' * others})"
        result, leaves = evaluate(text, {"x": 0.6})
        result.backward()
        assert math.isfinite(leaves["x"].grad)


def test_a_name_used_twice_is_one_leaf():
    result, leaves = evaluate("x*x + x", {"x": 3.0})
    result.backward()
    assert 7.0 == leaves["x"].grad
    assert ("y", "x*x") == (result.label, result._prev[0].label)
    assert "output" == evaluate("y*2", {"y": 1.0})[0].label


@pytest.mark.parametrize(("text", "column", "said"), [
    ("tanhh(x)", 1, "'tanhh' is not an operation; did you mean 'tanh'?"),
    ("1 + max(x, 2)", 5, "did you mean 'maximum'?"),
    ("softmax([x, x])", 1, "'softmax' is not an operation"),
    ("x + __import__('os').system('true')", 5, "no attributes"),
    ("__import__('os')", 1, "not an operation"),
    ("eval('1')", 1, "not an operation"),
    ("open(x)", 1, "not an operation"),
    ("().__class__", 1, "no attributes"),
    ("x.data", 1, "no attributes"),
    ("x.tanh()", 1, "no attributes"),
    ("2 * math.tanh(x)", 5, "no attributes"),
    ("(lambda: x)()", 2, "only an operation can be called"),
    ("lambda: x", 1, "no functions of one's own"),
    ("tanh(x)(x)", 1, "only an operation can be called"),
    ("x(2)", 1, "'x' is a number here"),
    ("[i for i in x]", 1, "not part of the language"),
    ("[x]", 1, "a list stands only"),
    ("x[0]", 1, "no indexing"),
    ("x, x", 1, "a comma"),
    ("x if x else 2", 1, "no conditionals"),
    ("x > 2", 1, "no comparisons"),
    ("not x", 1, "only + and -"),
    ("x and 2", 1, "no 'and'"),
    ("(z := x)", 2, "no assignments"),
    ("f'{x}'", 1, "no text"),
    ("x + 'a'", 5, "not a real number"),
    ("x + 2j", 5, "not a real number"),
    ("x + True", 5, "not a real number"),
    ("x + None", 5, "not a real number"),
    ("x + ...", 5, "not a real number"),
    ("x + 1e999", 5, "too large"),
    ("x * 1" + "0" * 400, 5, "too large"),
    ("x ^ 2", 1, "a power is written x**2"),
    ("x // 2", 1, "only + - * / and **"),
    ("x % 2", 1, "only + - * / and **"),
    ("x @ x", 1, "only + - * / and **"),
    ("2x", 1, "a product is written 2*x"),
    ("x +", 4, "not an expression"),
    ("(x", 1, "not an expression"),
    ("x)", 2, "not an expression"),
    ("x = 2", 3, "not an expression"),
    ("x; x", 2, "not an expression"),
    ("  x $ 2", 5, "not an expression"),
    ("x\x00", 2, "cannot stand"),
    ("x + \x1b[31m", 5, "cannot stand"),
    ("", 1, "no expression"),
    ("   ", 1, "no expression"),
    ("1 + tanh", 5, "is an operation: call it, as in tanh(a)"),
    ("tanh()", 1, "tanh got 0 operands; it is written tanh(a)"),
    ("x + tanh(x, x)", 5, "tanh got 2 operands"),
    ("tanh(a=x)", 8, "without names"),
    ("tanh(*x)", 6, "no unpacking"),
    ("tanh([x])", 6, "a list stands only"),
    ("sum(x)", 5, "sum takes a list; it is written sum([a, b])"),
    ("sum([x], start=x)", 16, "without names"),
    ("log(x - 5)", 1, "log of -4.0 ('x - 5')"),
    ("2 + x/0", 5, "division by zero"),
    ("exp(1000*x)", 1, "exp of 1000.0"),
    ("select([x], 3)", 1, "select of"),
    ("é*x + tanhh(x)", 1, "'é' has no value"),
    ("x + 0*sum([x, ßß])", 15, "'ßß' has no value"),
])  # fmt: skip
def test_errors_point_at_the_column(text, column, said):
    with pytest.raises(ExpressionError) as caught:
        evaluate(text, {"x": 1.0})
    assert said in str(caught.value)
    assert column == caught.value.column + 1
    first, _, marks = str(caught.value).splitlines()
    assert first.startswith(f"column {column}: ")
    assert "^" in marks
    assert all(c.isprintable() or c == "\n" for c in str(caught.value))


def test_the_caret_stands_below_its_place_in_a_long_expression():
    text = " + ".join(["x"] * 60) + " + tanhh(x)" + " + x" * 10
    with pytest.raises(ExpressionError) as caught:
        evaluate(text, {"x": 1.0})
    _, shown, marks = str(caught.value).splitlines()
    assert "tanhh" == shown[marks.index("^") : marks.rindex("^") + 1]


@pytest.mark.parametrize("text", [
    "(" * 150 + "x" + ")" * 150,
    "-" * 500 + "x",
    "-" * 1999 + "x",
    "tanh(" * 199 + "x" + ")" * 199,
    "tanh(" * (MOST_DEPTH + 1) + "x" + ")" * (MOST_DEPTH + 1),
    "+".join(["x"] * 500),
    "x**" * 600 + "x",
    "[" * 1000,
    "x+" * 100_000 + "x",
])  # fmt: skip
def test_length_and_depth_are_limited(text):
    if text.startswith("(("):
        assert 1.0 == value_of(text, x=1.0)  # brackets alone are no depth
        return
    with pytest.raises(ExpressionError, match=r"too deeply|up to 2,000|not an expression"):
        evaluate(text, {"x": 1.0})
    assert tanh(1.0).data == value_of("tanh(x)", x=1.0)
