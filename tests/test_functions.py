"""The public functions: they agree with the table wherever they are written down, and they compute
what they say."""

import builtins
import doctest
import inspect
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinygrad_neuron as tn
from tinygrad_neuron import Value, functions, gradients
from tinygrad_neuron.calculus import stubs
from tinygrad_neuron.calculus.operation import Operation
from tinygrad_neuron.calculus.table import TABLE

BUILT_IN = list(TABLE)
BUILT_ON_TOP = {"mean", "softmax", "maxout"}

# The table against what is written down elsewhere ------------------------------------------------


def declared(operation: Operation) -> list[tuple[str, Any]]:
    """The operands of an operation with their defaults (None where there is none)."""
    missing: list[Any] = [None] * (len(operation.operands) - len(operation.defaults))
    return list(zip(operation.operand_names, missing + list(operation.defaults), strict=True))


def test_the_declarations_for_type_checkers_are_those_of_the_table() -> None:
    if stubs.declarations() != stubs.FILE.read_text(encoding="utf-8"):
        pytest.fail(f"{stubs.FILE} is stale: write it anew with `{stubs.COMMAND}`", pytrace=False)


@pytest.mark.parametrize("name", [name for name in BUILT_IN if not TABLE[name].variadic])
def test_an_operation_is_a_method_of_a_value(name: str) -> None:
    function = TABLE[name].function  # generated when first asked for, and then the method too
    assert getattr(Value, name) is function


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_function_has_the_signature_that_is_declared(name: str) -> None:
    parameters = inspect.signature(TABLE[name].function).parameters.values()
    actual = [
        (p.name, None if p.default is inspect.Parameter.empty else p.default) for p in parameters
    ]
    assert actual == declared(TABLE[name])


@pytest.mark.parametrize("name", BUILT_IN)
def test_an_operation_is_public_under_its_own_name(name: str) -> None:
    assert getattr(tn, name) is TABLE[name].function
    assert getattr(functions, name) is TABLE[name].function
    assert TABLE[name].function.__name__ == name


def test_all_lists_every_operation_once_except_those_named_like_a_builtin() -> None:
    assert len(tn.__all__) == len(set(tn.__all__))
    shadowing = {name for name in BUILT_IN if hasattr(builtins, name)}
    assert shadowing == {"sum", "abs"}
    listed = set(tn.__all__) & (set(BUILT_IN) | BUILT_ON_TOP)
    assert listed == (set(BUILT_IN) | BUILT_ON_TOP) - shadowing
    assert [name for name in tn.__all__ if name in TABLE] == [
        name for name in BUILT_IN if name not in shadowing
    ]


def test_a_star_import_shadows_no_builtin() -> None:
    assert [name for name in tn.__all__ if hasattr(builtins, name)] == []
    namespace: dict[str, Any] = {}
    exec("from tinygrad_neuron import *", namespace)
    del namespace["__builtins__"]
    assert set(namespace) == set(tn.__all__)


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing_like_it'"):
        getattr(tn, "nothing_like_it")  # noqa: B009  # a type checker knows that it is not there


# Operators and methods ---------------------------------------------------------------------------

a, b = 0.7, 1.9


@pytest.mark.parametrize(
    ("by_operator", "by_function", "python"),
    [
        (lambda x, y: x + y, tn.add, a + b),
        (lambda x, y: x - y, tn.subtract, a - b),
        (lambda x, y: x * y, tn.multiply, a * b),
        (lambda x, y: x / y, tn.divide, a / b),
        (lambda x, y: x**y, tn.power, a**b),
        (lambda x, y: -x, lambda x, y: tn.negate(x), -a),
        (lambda x, y: abs(-x), lambda x, y: tn.abs(-x), a),
    ],
)
def test_operators_functions_and_python_agree(
    by_operator: Any, by_function: Any, python: float
) -> None:
    for x, y in ((Value(a), Value(b)), (Value(a), b)):
        assert (by_operator(x, y).data, by_function(x, y).data) == (python, python)


@pytest.mark.parametrize(
    ("swapped", "expected"),
    [
        (lambda y: a + y, a + b),
        (lambda y: a - y, a - b),
        (lambda y: a * y, a * b),
        (lambda y: a / y, a / b),
        (lambda y: a**y, a**b),
    ],
)
def test_a_number_may_stand_on_the_left(swapped: Any, expected: float) -> None:
    y = Value(b)
    result = swapped(y)
    assert result.data == expected
    result.backward()
    h = 1e-6
    difference = (swapped(Value(b + h)).data - swapped(Value(b - h)).data) / (2 * h)
    assert y.grad == pytest.approx(difference, rel=1e-6)


def test_micrograds_builtin_sum_of_values_works() -> None:
    values = [Value(1.0), Value(2.0), Value(3.0)]
    total = sum(values)
    total.backward()
    assert (total.data, [v.grad for v in values]) == (6.0, [1.0, 1.0, 1.0])


@pytest.mark.parametrize("wrong", ["1", None, 1j, [1.0], (1.0,), {}, b"1", Value])
def test_an_operand_that_is_no_number_is_refused_naming_operation_operand_and_type(
    wrong: Any,
) -> None:
    shown = wrong.__name__ if isinstance(wrong, type) else type(wrong).__name__
    for compute, operation, operand in (
        (lambda: tn.multiply(Value(1.0), wrong), "multiply", "b"),
        (lambda: Value(1.0) - wrong, "subtract", "b"),
        (lambda: tn.tanh(wrong), "tanh", "a"),
        (lambda: Value(1.0).leaky_relu(wrong), "leaky_relu", "slope"),
        (lambda: tn.sum([1.0, wrong]), "sum", "operand 1"),
        (lambda: tn.logsumexp([wrong, Value(1.0)]), "logsumexp", "operand 0"),
    ):
        with pytest.raises(TypeError, match=rf"^{operation}: {operand} .*{shown}"):
            compute()


@pytest.mark.parametrize("name", ["sum", "logsumexp"])
@pytest.mark.parametrize("wrong", [5, 2.5, None, Value(1.0)])
def test_one_number_in_the_place_of_a_list_is_refused_with_an_example(
    name: str, wrong: Any
) -> None:
    with pytest.raises(TypeError, match=rf"{name} takes a list of values, as in {name}\(\[a, b\]"):
        getattr(tn, name)(wrong)


@pytest.mark.parametrize("name", ["mean", "softmax", "maxout"])
def test_what_is_built_on_top_refuses_one_number_by_name_too(name: str) -> None:
    with pytest.raises(TypeError, match=name):
        getattr(tn, name)(5.0)


@pytest.mark.parametrize("name", ["sum", "logsumexp", "mean", "softmax", "maxout"])
def test_functions_of_many_values_take_any_iterable(name: str) -> None:
    def data(result: Any) -> Any:
        return [v.data for v in result] if isinstance(result, list) else result.data

    function, numbers = getattr(tn, name), [0.5, 2.0, -1.0]
    expected = data(function(numbers))
    assert data(function(tuple(numbers))) == expected
    assert data(function(x for x in numbers)) == expected
    assert data(function([Value(x) for x in numbers])) == expected
    assert data(function([0.5, Value(2.0), -1])) == expected


# Softmax -----------------------------------------------------------------------------------------


def test_softmax_of_the_textbooks_logits() -> None:
    probabilities = tn.softmax([2.0, 1.0, 0.5])
    assert [round(p.data, 3) for p in probabilities] == [0.629, 0.231, 0.14]


@settings(max_examples=50)
@given(st.lists(st.floats(-700.0, 700.0), min_size=1, max_size=6))
def test_softmax_is_a_distribution_that_keeps_the_order(logits: list[float]) -> None:
    probabilities = [p.data for p in tn.softmax(logits)]
    assert math.fsum(probabilities) == pytest.approx(1.0, rel=1e-12)
    assert all(0.0 <= p <= 1.0 for p in probabilities)
    for (z, p), (other_z, other_p) in zip(
        zip(logits, probabilities, strict=True),
        list(zip(logits, probabilities, strict=True))[1:],
        strict=False,
    ):
        assert p <= other_p or z > other_z


@settings(max_examples=30)
@given(st.lists(st.floats(-5.0, 5.0), min_size=1, max_size=4))
def test_the_jacobian_of_softmax_is_p_times_kronecker_minus_p(logits: list[float]) -> None:
    leaves = [Value(z) for z in logits]
    probabilities = tn.softmax(leaves)
    for i, p in enumerate(probabilities):
        for j, slope in enumerate(gradients(p, leaves)):
            q = probabilities[j].data
            assert slope.data == pytest.approx(p.data * ((i == j) - q), abs=1e-14)


@pytest.mark.parametrize("shift", [0.0, 1000.0, -1000.0, 1e16, 1e300, -1e300])
def test_softmax_of_equal_logits_is_uniform_however_large(shift: float) -> None:
    assert [p.data for p in tn.softmax([shift] * 4)] == pytest.approx([0.25] * 4, rel=1e-12)


def test_softmax_of_far_apart_logits_does_not_overflow() -> None:
    assert [p.data for p in tn.softmax([1e300, -1e300, 0.0])] == [1.0, 0.0, 0.0]
    assert [p.data for p in tn.softmax([7.0])] == [1.0]


# Mean and maxout ---------------------------------------------------------------------------------


def test_mean_shares_its_gradient_equally() -> None:
    values = [Value(1.0), Value(2.0), Value(6.0), Value(7.0)]
    average = tn.mean(values)
    average.backward()
    assert (average.data, [v.grad for v in values]) == (4.0, [0.25] * 4)


def test_maxout_hands_its_gradient_to_the_largest() -> None:
    values = [Value(1.0), Value(3.0), Value(2.0)]
    largest = tn.maxout(values)
    largest.backward()
    assert (largest.data, [v.grad for v in values]) == (3.0, [0.0, 1.0, 0.0])


def test_maxout_of_two_equal_values_shares_the_gradient_half_and_half() -> None:
    values = [Value(3.0), Value(1.0), Value(3.0)]
    tn.maxout(values).backward()
    assert [v.grad for v in values] == [0.5, 0.0, 0.5]


def test_maxout_of_one_value_is_a_node_of_its_own() -> None:
    x = Value(3.0)
    y = tn.maxout([x])
    y.backward(2.0)
    assert y is not x
    assert (y.data, x.grad) == (3.0, 2.0)


@pytest.mark.parametrize("name", ["mean", "maxout", "softmax", "logsumexp"])
def test_no_values_are_refused_with_what_is_needed(name: str) -> None:
    with pytest.raises(ValueError, match="at least one"):
        getattr(tn, name)([])


def test_softmax_of_no_values_is_refused_by_its_own_name() -> None:
    with pytest.raises(ValueError, match="softmax"):
        tn.softmax([])


def test_maxout_of_what_is_no_number_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="NoneType"):
        tn.maxout([None])  # type: ignore[list-item]


def test_nan_among_the_values_is_not_hidden() -> None:
    for function in (tn.mean, tn.maxout):
        for values in ([math.nan, 1.0], [1.0, math.nan], [1.0, math.nan, 2.0]):
            assert math.isnan(function(values).data)
    assert all(math.isnan(p.data) for p in tn.softmax([1.0, math.nan]))


# Selecting and learning --------------------------------------------------------------------------


def test_cross_entropy_by_select_has_the_gradient_probability_minus_target() -> None:
    logits = [Value(2.0), Value(1.0), Value(0.5)]
    (tn.logsumexp(logits) - tn.select(logits, 1)).backward()
    expected = [p.data - (i == 1) for i, p in enumerate(tn.softmax(logits))]
    assert [z.grad for z in logits] == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("index", [0, 1, 2])
def test_select_gives_a_gradient_to_the_chosen_value_only(index: int) -> None:
    values = [Value(5.0), Value(7.0), Value(9.0)]
    tn.select([v * 2.0 for v in values], index).backward()
    assert [v.grad for v in values] == [2.0 * (i == index) for i in range(3)]


@pytest.mark.parametrize("index", ["1", None, 1j, [1]])
def test_an_index_that_is_no_number_is_refused(index: Any) -> None:
    with pytest.raises(TypeError, match="select: "):
        tn.select([1.0, 2.0], index)


def test_a_list_indexed_by_a_value_is_refused_naming_select() -> None:
    with pytest.raises(TypeError, match="select"):
        _ = [Value(1.0), Value(2.0)][Value(1.0)]  # type: ignore[call-overload]


def test_prelu_learns_its_slope() -> None:
    """leaky_relu with a Value as slope, fitted to a line that is 0.3 a below 0."""
    slope = Value(0.0, label="slope")
    data = [(-2.0, -0.6), (-1.0, -0.3), (1.0, 1.0), (3.0, 3.0)]
    for _ in range(50):
        slope.grad = 0.0
        loss = tn.mean([(tn.leaky_relu(x, slope) - y) ** 2 for x, y in data])
        loss.backward()
        slope.data -= 0.1 * slope.grad
    assert slope.data == pytest.approx(0.3, abs=1e-4)
    assert loss.data < 1e-7


def test_swish_learns_its_beta() -> None:
    beta = Value(0.2)
    data = [(x / 2, tn.swish(x / 2, 1.5).data) for x in range(-6, 7)]
    for _ in range(300):
        beta.grad = 0.0
        tn.mean([(tn.swish(x, beta) - y) ** 2 for x, y in data]).backward()
        beta.data -= 2.0 * beta.grad
    assert beta.data == pytest.approx(1.5, abs=1e-3)


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_example_in_the_docstring_of_a_function_is_right(name: str) -> None:
    function = TABLE[name].function
    (test,) = doctest.DocTestFinder(recurse=False).find(function, name, globs={name: function})
    assert test.examples
    assert doctest.DocTestRunner().run(test).failed == 0


@pytest.mark.parametrize("name", BUILT_IN)
def test_an_entry_of_the_table_is_well_formed(name: str) -> None:
    TABLE[name].check()
