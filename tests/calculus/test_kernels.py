"""The scalar kernels against mpmath, over all finite numbers."""

import ast
import inspect
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from tinygrad_neuron.calculus import kernels
from tinygrad_neuron.calculus.kernels import KERNELS

LARGEST = 1.7976931348623157e308
finite = st.floats(allow_nan=False, allow_infinity=False)


def clamped(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """erf and erfc beyond ±1000 are what they are there, to 200,000 digits."""
    return lambda x: function(max(min(x, mpf(1000)), mpf(-1000)))


# For each kernel: the same function in mpmath, and the operands it is defined for.
REFERENCES: dict[str, tuple[Callable[..., Any], st.SearchStrategy[Any]]] = {
    "abs": (mp.fabs, finite),
    "cos": (mp.cos, finite),
    "erf": (clamped(mp.erf), finite),
    "erfc": (clamped(mp.erfc), finite),
    "exp": (mp.exp, st.floats(-LARGEST, 709.0)),
    "expm1": (mp.expm1, st.floats(-LARGEST, 709.0)),
    "log": (mp.log, st.floats(min_value=5e-324, allow_infinity=False)),
    "logsumexp": (
        lambda values: mp.log(mp.fsum(map(mp.exp, values))),
        st.lists(finite, min_size=1, max_size=5),
    ),
    "sigmoid": (lambda x: 1 / (1 + mp.exp(-x)), finite),
    "sin": (mp.sin, finite),
    "softplus": (lambda x: mp.log1p(mp.exp(x)), finite),
    "sqrt": (mp.sqrt, st.floats(min_value=0.0, allow_infinity=False)),
    "tanh": (mp.tanh, finite),
}
# These are tested for what they say below.
EXACT = {"power", "running_sum", "select", "argmax", "xlogy"}


@pytest.fixture(autouse=True)
def _fifty_digits() -> Any:
    with mp.workdps(50):
        yield


def test_every_kernel_has_a_test() -> None:
    assert set(KERNELS) == set(REFERENCES) | EXACT


@pytest.mark.parametrize("name", REFERENCES)
def test_a_kernel_is_accurate_at_every_finite_number_of_its_domain(name: str) -> None:
    true, operands = REFERENCES[name]

    @settings(max_examples=80, deadline=None)
    @given(operands)
    def accurate(x: Any) -> None:
        expected = true([mpf(value) for value in x] if isinstance(x, list) else mpf(x))
        error = mp.fabs(KERNELS[name](x) - expected)
        assert error <= 1e-14 * max(mpf(1), mp.fabs(expected))

    accurate()


@pytest.mark.parametrize("name", ["sigmoid", "erfc", "exp", "softplus"])
@pytest.mark.parametrize("x", [-600.0, -100.0, -20.0, -1.0, 1.0, 20.0, 26.0])
def test_small_results_keep_their_relative_accuracy(name: str, x: float) -> None:
    expected = REFERENCES[name][0](mpf(x))
    assert mp.fabs(KERNELS[name](x) - expected) <= 1e-13 * mp.fabs(expected)


@pytest.mark.parametrize("x", [1e300, 1e308, LARGEST, 5e-324, 710.0, 746.0, math.inf])
def test_the_stable_kernels_do_not_overflow(x: float) -> None:
    large = x > 1.0
    assert kernels.sigmoid(x) == (1.0 if large else 0.5)
    assert kernels.sigmoid(-x) == pytest.approx(0.0 if large else 0.5, abs=1e-300)
    assert kernels.softplus(x) == (x if large else math.log(2.0))
    assert kernels.softplus(-x) == pytest.approx(0.0 if large else math.log(2.0), abs=1e-300)
    assert kernels.logsumexp([x, -x]) == (x if large else math.log(2.0))


@pytest.mark.parametrize("kernel", [kernels.sigmoid, kernels.softplus])
def test_nan_in_gives_nan_out(kernel: Callable[[float], float]) -> None:
    assert math.isnan(kernel(math.nan))


@given(finite, finite)
def test_sigmoid_and_softplus_never_decrease(a: float, b: float) -> None:
    low, high = min(a, b), max(a, b)
    assert kernels.sigmoid(low) <= kernels.sigmoid(high)
    assert kernels.softplus(low) <= kernels.softplus(high)


# Power -------------------------------------------------------------------------------------------


@given(st.floats(), st.floats())
def test_power_is_pythons_own_except_that_it_is_never_complex(a: float, b: float) -> None:
    if a < 0 and math.isfinite(a) and math.isfinite(b) and not b.is_integer():
        with pytest.raises(ValueError, match="the result is not a real number"):
            kernels.power(a, b)
        return
    try:
        expected = a**b
    except ArithmeticError as error:
        with pytest.raises(type(error)):
            kernels.power(a, b)
        return
    actual = kernels.power(a, b)
    assert actual == expected or (math.isnan(actual) and math.isnan(expected))


@pytest.mark.parametrize(("a", "b"), [(-8.0, 1 / 3), (-1.0, 0.5), (-5e-324, -1.5)])
def test_a_fractional_power_of_a_negative_base_is_refused(a: float, b: float) -> None:
    with pytest.raises(ValueError, match="the result is not a real number"):
        kernels.power(a, b)


# Sums --------------------------------------------------------------------------------------------


@given(st.lists(st.floats(), max_size=30))
def test_running_sum_is_addition_from_left_to_right(values: list[float]) -> None:
    expected = 0.0
    for value in values:
        expected += value
    actual = kernels.running_sum(values)
    assert actual == expected or (math.isnan(actual) and math.isnan(expected))


def test_running_sum_does_not_compensate_rounding() -> None:
    assert kernels.running_sum([0.1] * 10) == 0.9999999999999999
    assert kernels.running_sum([1.0, 1e100, 1.0, -1e100]) == 0.0


# Log-sum-exp -------------------------------------------------------------------------------------


@given(st.lists(st.floats(-100.0, 100.0), min_size=1, max_size=6), st.floats(-1000.0, 1000.0))
def test_logsumexp_moves_with_its_operands(values: list[float], by: float) -> None:
    moved = kernels.logsumexp([value + by for value in values])
    assert moved == pytest.approx(kernels.logsumexp(values) + by, abs=1e-11)


@given(st.lists(finite, min_size=1, max_size=6))
def test_logsumexp_lies_between_the_maximum_and_that_plus_log_n(values: list[float]) -> None:
    assume(max(values) < 1e308)
    result = kernels.logsumexp(values)
    assert max(values) <= result
    assert result <= max(values) + math.log(len(values)) * (1 + 1e-15) + 1e-15


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([math.inf, 1.0], math.inf),
        ([-math.inf, 1.0], 1.0),
        ([-math.inf, -math.inf], -math.inf),
        ([math.inf, -math.inf], math.inf),
        ([math.inf, math.inf], math.inf),
    ],
)
def test_logsumexp_of_infinities_is_its_limit(values: list[float], expected: float) -> None:
    assert kernels.logsumexp(values) == expected


@pytest.mark.parametrize(
    "values", [[math.nan], [1.0, math.nan, 2.0], [math.inf, math.nan], [math.nan, math.inf]]
)
def test_logsumexp_with_nan_is_nan(values: list[float]) -> None:
    assert math.isnan(kernels.logsumexp(values))


def test_logsumexp_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no operands"):
        kernels.logsumexp([])


# Selecting ---------------------------------------------------------------------------------------


@given(st.lists(finite, min_size=1, max_size=6), st.data())
def test_select_gives_the_value_at_the_index(values: list[float], data: Any) -> None:
    i = data.draw(st.integers(0, len(values) - 1))
    assert kernels.select(values, float(i)) == values[i]


@pytest.mark.parametrize("index", [1.5, -0.5, 1e-9])
def test_select_refuses_a_fraction(index: float) -> None:
    with pytest.raises(IndexError, match="whole number"):
        kernels.select([5.0, 7.0], index)


@pytest.mark.parametrize("index", [-1.0, 2.0, 1e300])
def test_select_refuses_an_index_out_of_range(index: float) -> None:
    with pytest.raises(IndexError, match="0 or more and less than the number of values"):
        kernels.select([5.0, 7.0], index)


# Translation -------------------------------------------------------------------------------------

SUBSET = (ast.Assign, ast.AnnAssign, ast.If, ast.For, ast.Return, ast.Raise, ast.Expr)


@pytest.mark.parametrize(
    "kernel", [k for k in KERNELS.values() if inspect.isfunction(k)], ids=lambda k: k.__name__
)
def test_a_kernel_is_written_in_the_subset_that_can_be_translated(kernel: Any) -> None:
    [function] = ast.parse(inspect.getsource(kernel)).body
    assert isinstance(function, ast.FunctionDef)
    statements = [node for node in ast.walk(function) if isinstance(node, ast.stmt)]
    assert {type(s) for s in statements} - {ast.FunctionDef} <= set(SUBSET)
    for statement in statements:
        if isinstance(statement, ast.Expr):  # the docstring
            assert isinstance(statement.value, ast.Constant)


# Positions and limits --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "position"),
    [([3.0], 0), ([1.0, 3.0, 2.0], 1), ([2.0, 2.0], 0), ([1.0, math.nan, 5.0, math.nan], 1),
     ([-math.inf, -math.inf], 0), ([-0.0, 0.0], 0)],
)  # fmt: skip
def test_argmax_is_the_first_of_the_largest_as_pytorchs(values: list[float], position: int) -> None:
    assert position == kernels.argmax(values)


def test_argmax_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError):
        kernels.argmax([])


def test_xlogy_is_its_limit_at_zero_and_a_logarithm_elsewhere() -> None:
    assert [0.0, 0.0, 0.0] == [kernels.xlogy(0.0, y) for y in (0.0, 2.0, math.inf)]
    assert 2.0 * math.log(3.0) == kernels.xlogy(2.0, 3.0)
    assert math.isnan(kernels.xlogy(0.0, math.nan))
    for x, y in ((1.0, 0.0), (0.0, -1.0)):
        with pytest.raises(ValueError):
            kernels.xlogy(x, y)
