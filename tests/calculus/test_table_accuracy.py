"""The value and the derivatives up to the third of every operation, against mpmath, at few points;
`python -m tests.accuracy 10000` is the same at many."""

import math

import mpmath
import pytest

from tests.accuracy import LIMIT, NAMES, computed, measured
from tinygrad_neuron.calculus.operation import Operation
from tinygrad_neuron.calculus.table import TABLE


@pytest.fixture(autouse=True)
def _precision_as_before():
    with mpmath.workprec(mpmath.mp.prec):
        yield


@pytest.mark.parametrize("name", NAMES)
def test_no_derivative_is_further_from_the_true_one_than_promised(name: str) -> None:
    _, rows = measured((name, 25))
    for operand, columns in rows:
        for order, column in enumerate(columns):
            assert column.bounded <= LIMIT, f"{name} by {operand}, order {order}: {column.worst}"


def test_a_partial_that_is_a_little_wrong_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    almost = Operation("softsign", "a / (1 + abs(a))", ["(1 - abs(y)) * (1.00000000001 - abs(y))"])
    monkeypatch.setitem(TABLE, "softsign", almost)
    _, [(_, columns)] = measured(("softsign", 25))
    assert [column.bounded > LIMIT for column in columns] == [False, True, True, True]


@pytest.mark.parametrize("a", [1e155, -1e155, 1e302, -1.7e308])
@pytest.mark.parametrize("name", ["gelu", "gelu_tanh"])
def test_far_out_gelu_is_a_straight_line(name: str, a: float) -> None:
    """Squares of the operand overflow there, and the derivatives were NaN."""
    side = max(math.copysign(1.0, a), 0.0)
    assert [side * a, side, 0.0, 0.0] == [x + 0.0 for x in computed(name, (a,), 0)]


def test_gelu_tanh_has_its_digits_where_it_nearly_is_a_straight_line() -> None:
    """1 - sigmoid loses them there: 1.3e-12 was the error of the third derivative."""
    a = 7.089172941018099
    with mpmath.workdps(60):
        true = mpmath.diff(
            lambda x: (
                x
                / 2
                * (
                    1
                    + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (x + mpmath.mpf("0.044715") * x**3))
                )
            ),
            mpmath.mpf(a),
            3,
        )
    assert computed("gelu_tanh", (a,), 0)[3] == pytest.approx(float(true), abs=1e-13)
