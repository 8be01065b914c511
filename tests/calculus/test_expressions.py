"""The language of the table: what it admits, and what can be done with an expression."""

import ast
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinygrad_neuron.calculus.expressions import called, inline, names, parse, substitute
from tinygrad_neuron.calculus.table import TABLE

# Expressions over a and b, built at random.
atoms = st.sampled_from(["a", "b", "1", "2.5", "0.5"])
expressions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(
            lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
        ),
        inner.map(lambda text: f"-({text})"),
        inner.map(lambda text: f"double({text})"),
        st.tuples(inner, inner).map(lambda parts: f"spread({parts[0]}, {parts[1]})"),
    ),
    max_leaves=8,
)
DEFINITIONS = {
    "double": (["x"], parse("x + x")),
    "spread": (["a", "b"], parse("2 * b - a")),  # the names of the caller's, in other roles
}
MEANINGS: dict[str, Callable[..., float]] = {
    "double": lambda x: x + x,
    "spread": lambda a, b: 2 * b - a,
}


def evaluate(tree: ast.expr, **values: float) -> float:
    result: float = eval(ast.unparse(tree), {**MEANINGS, **values})
    return result


# Parsing -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["1", "-2.5", "+a", "a", "a + b - c", "a * b / c", "a ** 2", "exp(a)", "f(g(a), 1)", "f()"],
)
def test_arithmetic_names_numbers_and_calls_are_expressions(text: str) -> None:
    assert ast.unparse(parse(text)) == text


@pytest.mark.parametrize(
    "text",
    ["a if a > 0 else b", "a if a >= b or a != a else b", "a if 0 < a < 1 and b == 1 else b"],
)
def test_a_conditional_is_allowed_only_where_it_is_asked_for(text: str) -> None:
    assert ast.unparse(parse(text, choices=True)) == text
    with pytest.raises(ValueError, match=r"a conditional is not allowed here; .*step\(\)"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a.data", "Attribute is not part of the language"),
        ("a[0]", "Subscript is not part of the language"),
        ("[a]", "List is not part of the language"),
        ("(a, b)", "Tuple is not part of the language"),
        ("{a: b}", "Dict is not part of the language"),
        ("lambda: a", "not part of the language"),
        ("[x for x in a]", "not part of the language"),
        ("(x := a)", "NamedExpr is not part of the language"),
        ("f'{a}'", "JoinedStr is not part of the language"),
        ("a // b", "FloorDiv is not part of the language"),
        ("a % b", "Mod is not part of the language"),
        ("a @ b", "MatMult is not part of the language"),
        ("a & b", "BitAnd is not part of the language"),
        ("~a", "Invert is not part of the language"),
        ("not a", "Not is not part of the language"),
        ("a in b", "not part of the language|conditional"),
        ("a is b", "not part of the language|conditional"),
        ("f(*a)", "not part of the language"),
        ("f(x=a)", r"only calls such as tanh\(a\) are allowed"),
        ("a.f()", r"only calls such as tanh\(a\) are allowed"),
        ("f(a)(b)", r"only calls such as tanh\(a\) are allowed"),
        ("'text'", "'text' is not a number"),
        ("b'text'", "b'text' is not a number"),
        ("True", "True is not a number"),
        ("None", "None is not a number"),
        ("...", "Ellipsis is not a number"),
        ("2j", "2j is not a number"),
        ("a * 1" + 309 * "0", "a number is too large for a float"),
        ("a +", "is not an expression"),
        ("a = 1", "is not an expression"),
        ("import os", "is not an expression"),
        ("", "is not an expression"),
        ("a; b", "is not an expression"),
    ],
)
@pytest.mark.parametrize("choices", [False, True])
def test_what_is_not_part_of_the_language_is_refused_and_quoted(
    text: str, message: str, choices: bool
) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        parse(text, choices)
    assert repr(text) in str(caught.value)


def test_what_is_not_part_of_the_language_is_found_inside_too() -> None:
    with pytest.raises(ValueError, match="Attribute"):
        parse("1 + exp(2 * (a.__class__))")


# Reading -----------------------------------------------------------------------------------------


def test_called_are_the_functions_and_names_are_the_values() -> None:
    tree = parse("f(a) + g(f(b), c) if a > d else h(e)", choices=True)
    assert called(tree) == {"f", "g", "h"}
    assert names(tree) == {"a", "b", "c", "d", "e"}


def test_a_function_and_a_value_may_have_the_same_name() -> None:
    tree = parse("a(a) + b(1)")
    assert called(tree) == {"a", "b"}
    assert names(tree) == {"a"}


def test_a_number_reads_nothing() -> None:
    assert (called(parse("1 + 2")), names(parse("1 + 2"))) == (set(), set())


# Substituting ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "replacements", "expected"),
    [
        ("a - b", {"a": "b", "b": "a"}, "b - a"),
        ("a * b", {"a": "x + y"}, "(x + y) * b"),
        ("a ** 2", {"a": "-x"}, "(-x) ** 2"),
        ("1 - a", {"a": "b - c"}, "1 - (b - c)"),
        ("a + a", {"a": "v.data"}, "v.data + v.data"),
        ("a(a)", {"a": "x"}, "a(x)"),
        ("f(a, g(b))", {"b": "a"}, "f(a, g(a))"),
        ("a", {"b": "c"}, "a"),
    ],
)
def test_substitute_replaces_all_values_at_once(
    text: str, replacements: dict[str, str], expected: str
) -> None:
    assert ast.unparse(substitute(parse(text), replacements)) == expected


def test_substitute_takes_trees_and_reaches_into_a_condition() -> None:
    tree = parse("a if a > b else f(b)", choices=True)
    new = substitute(tree, {"a": parse("x + 1"), "b": "y"})
    assert ast.unparse(new) == "x + 1 if x + 1 > y else f(y)"


def test_substitute_leaves_the_original_as_it_was() -> None:
    tree, part = parse("f(a) + a"), parse("b * b")
    before = ast.dump(tree), ast.dump(part)
    substitute(tree, {"a": part})
    assert (ast.dump(tree), ast.dump(part)) == before


@settings(max_examples=60)
@given(expressions, expressions)
def test_substitute_means_what_evaluation_in_two_steps_means(text: str, part: str) -> None:
    tree, replacement = parse(text), parse(part)
    inner = evaluate(replacement, a=3.0, b=-2.0)
    expected = evaluate(tree, a=inner, b=-2.0)
    assert evaluate(substitute(tree, {"a": replacement}), a=3.0, b=-2.0) == expected


# Inlining ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("double(a)", "a + a"),
        ("double(2.5)", "2.5 + 2.5"),
        ("3 * double(a)", "3 * (a + a)"),
        ("spread(b, a)", "2 * a - b"),
        ("spread(a * a, b)", "2 * b - a * a"),
        ("double(a * b)", "double(a * b)"),  # written out, the product would be computed twice
        ("spread(double(a), 1)", "2 * 1 - (a + a)"),
        ("unknown(double(a))", "unknown(a + a)"),
        ("unknown(a)", "unknown(a)"),
    ],
)
def test_inline_writes_a_call_out_where_that_repeats_no_work(text: str, expected: str) -> None:
    assert ast.unparse(inline(parse(text), DEFINITIONS.get)) == expected


def test_inline_writes_out_what_it_has_written_out() -> None:
    definitions = {"outer": (["x"], parse("3 * inner(x)")), "inner": (["y"], parse("y + 1"))}
    assert ast.unparse(inline(parse("outer(a)"), definitions.get)) == "3 * (a + 1)"


def test_inline_leaves_the_original_and_the_definitions_as_they_were() -> None:
    tree = parse("double(a) + spread(a, b)")
    before = ast.dump(tree), ast.dump(DEFINITIONS["double"][1])
    inline(tree, DEFINITIONS.get)
    assert (ast.dump(tree), ast.dump(DEFINITIONS["double"][1])) == before


@settings(max_examples=100, deadline=None)
@given(expressions)
def test_inlining_changes_no_value(text: str) -> None:
    tree = parse(text)
    written = inline(tree, DEFINITIONS.get)
    assert evaluate(written, a=3.0, b=-2.0) == evaluate(tree, a=3.0, b=-2.0)


@settings(max_examples=60)
@given(expressions)
def test_inlining_computes_no_product_twice(text: str) -> None:
    def products(tree: ast.expr) -> int:
        """How many multiplications evaluating takes, those in the called functions included."""
        return sum(
            isinstance(node, ast.Mult) or (isinstance(node, ast.Name) and node.id == "spread")
            for node in ast.walk(tree)
        )

    tree = parse(text)
    assert products(inline(tree, DEFINITIONS.get)) <= products(tree)


@pytest.mark.parametrize("name", [name for name in TABLE if not TABLE[name].variadic])
def test_every_partial_of_the_table_means_the_same_written_out(name: str) -> None:
    operation = TABLE[name]
    meanings: dict[str, Any] = {entry.name: entry.on_floats for entry in TABLE.values()}
    for a in (0.4, 1.0, 2.0):
        values = dict.fromkeys(operation.operand_names, 0.7) | {operation.operand_names[0]: a}
        values["y"] = operation.on_floats(*values.values())
        for position in range(len(operation.partials)):
            tree = operation.partial_tree(position)
            written = inline(tree, operation.definition)
            expected = eval(ast.unparse(tree), {**meanings, **values})
            assert eval(ast.unparse(written), {**meanings, **values}) == expected


@pytest.mark.parametrize("text", ["9**9**9*a", "2.0**2000", "a**9**9**9", "10**400**2"])
def test_a_power_that_no_float_holds_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is too large a number; write another"):
        parse(text)


POWERS = ["(1/3)**2*a", "(9*9)**9*a", "0**-1*a", "(-8)**(1/3)", "a**(9**9)"]


@pytest.mark.parametrize("text", POWERS)
def test_other_powers_of_plain_numbers_are_read(text: str) -> None:
    parse(text)
