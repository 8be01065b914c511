"""The table of operations against an independent reference: mpmath at 50 digits.

`REFERENCES` defines every operation of the table once more, from the literature and not from the
table. `check` compares an operation with it; the same function is shown to catch wrong partials.
"""

import ast
import functools
import inspect
import itertools
import linecache
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import mpmath
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

import tinygrad_neuron as tn
from tinygrad_neuron import Value, gradients
from tinygrad_neuron.calculus.operation import PREFIXES, RESERVED, Operation, operation
from tinygrad_neuron.calculus.table import TABLE

mp.dps = 50

TOLERANCE = 1e-12  # times max(1, |true value|)
LARGEST = 1.7976931348623157e308
SMALLEST = 5e-324
DOMAIN_ERRORS = (ArithmeticError, ValueError)


# The references ----------------------------------------------------------------------------------


class Reference(NamedTuple):
    """An operation as mpmath functions: None is returned where the value does not exist.

    `kinks` maps operands to the documented partials there, `distance` says how far operands are
    from a kink. For an operation on any number of values, `value` and the partials take their
    list, and a partial also the position; `index` operands come last.
    """

    value: Callable[..., Any]
    partials: Sequence[Callable[..., Any]]
    kinks: Mapping[tuple[float, ...], tuple[float, ...]] = MappingProxyType({})
    distance: Callable[..., float] = lambda *operands: math.inf
    low: float = -20.0  # ordinary operands
    high: float = 20.0


def logistic(x: Any) -> Any:
    return 1 / (1 + mp.exp(-x))


def sech2(x: Any) -> Any:
    return 1 / mp.cosh(x) ** 2


def power_value(a: Any, b: Any) -> Any:
    if a == 0:
        return None if b < 0 else mpf(b == 0)
    if a < 0 and not mp.isint(b):
        return None
    return a**b


def power_base_partial(a: Any, b: Any) -> Any:
    return None if a == 0 and b < 1 else b * power_value(a, b - 1)


def power_exponent_partial(a: Any, b: Any) -> Any:
    if a == 0:
        return mpf(0) if b > 0 else None
    return power_value(a, b) * mp.log(a) if a > 0 else None


def xlogy_value(a: Any, b: Any) -> Any:
    if a == 0 and b >= 0:
        return mpf(0)
    return a * mp.log(b) if b > 0 else None


def gap(values: Any) -> float:
    """How far the largest of several values is from the next."""
    largest = sorted(values)[-2:]
    return float(largest[-1] - largest[0]) if len(largest) > 1 else math.inf


def normal_distribution(a: Any) -> Any:
    return mp.ncdf(max(min(a, mpf(1000)), mpf(-1000)))  # there it is 0 or 1 to 200,000 digits


def gelu_tanh_inner(a: Any) -> Any:
    return mp.sqrt(2 / mp.pi) * (a + mpf("0.044715") * a**3)


def gelu_tanh_slope(a: Any) -> Any:
    inner = gelu_tanh_inner(a)
    inner_slope = mp.sqrt(2 / mp.pi) * (1 + 3 * mpf("0.044715") * a**2)
    return (1 + mp.tanh(inner)) / 2 + a / 2 * sech2(inner) * inner_slope


def mish_slope(a: Any) -> Any:
    smooth = mp.log1p(mp.exp(a))
    return mp.tanh(smooth) + a * sech2(smooth) * logistic(a)


def relu_like(left: float, at: float, right: float) -> dict[str, Any]:
    """A kink at 0 and the partials just left of it, at it, and just right of it."""
    return {
        "kinks": {(-SMALLEST,): (left,), (0.0,): (at,), (SMALLEST,): (right,)},
        "distance": abs,
    }


def tie(a: float, b: float) -> float:
    return abs(a - b)


SELU_SCALE = mpf("1.0507009873554804934193349852946")
SELU_ALPHA = mpf("1.6732632423543772848170429916717")
SELU_LEFT = float(SELU_SCALE * SELU_ALPHA)

REFERENCES: dict[str, Reference] = {
    "add": Reference(mp.fadd, [lambda a, b: 1, lambda a, b: 1]),
    "subtract": Reference(mp.fsub, [lambda a, b: 1, lambda a, b: -1]),
    "multiply": Reference(mp.fmul, [lambda a, b: b, lambda a, b: a]),
    "divide": Reference(
        lambda a, b: a / b if b else None,
        [lambda a, b: 1 / b, lambda a, b: -a / b**2],
        distance=lambda a, b: abs(b),
    ),
    "power": Reference(power_value, [power_base_partial, power_exponent_partial], low=0.05),
    "constant_power": Reference(
        power_value,
        [
            lambda a, b: 0 if b == 0 else power_base_partial(a, b),
            power_exponent_partial,
        ],
        low=0.05,
    ),
    "negate": Reference(lambda a: -a, [lambda a: -1]),
    "sum": Reference(mp.fsum, [lambda values, i: 1]),
    "exp": Reference(mp.exp, [mp.exp]),
    "expm1": Reference(mp.expm1, [mp.exp]),
    "log": Reference(lambda a: mp.ln(a) if a > 0 else None, [lambda a: 1 / a], low=0.05),
    "sqrt": Reference(
        lambda a: mp.sqrt(a) if a >= 0 else None,
        [lambda a: 1 / (2 * mp.sqrt(a)) if a else None],
        low=0.05,
    ),
    "sin": Reference(mp.sin, [mp.cos]),
    "cos": Reference(mp.cos, [lambda a: -mp.sin(a)]),
    "erf": Reference(mp.erf, [lambda a: 2 / mp.sqrt(mp.pi) * mp.exp(-(a**2))]),
    # mpmath takes it of numbers up to about 1e150 only; beyond 40 it is 0 or 2 in 300 digits.
    "erfc": Reference(
        lambda a: mp.erfc(a) if abs(a) < 40 else mpf(0 if a > 0 else 2),
        [lambda a: -2 / mp.sqrt(mp.pi) * mp.exp(-(a**2))],
    ),
    "xlogy": Reference(
        xlogy_value,
        [lambda a, b: mp.log(b) if b > 0 else None, lambda a, b: a / b if b > 0 else None],
        low=0.05,
    ),
    "abs": Reference(mp.fabs, [mp.sign], **relu_like(-1.0, 0.0, 1.0)),
    "sign": Reference(mp.sign, [lambda a: 0], **relu_like(0.0, 0.0, 0.0)),
    "step": Reference(lambda a: mpf(a > 0), [lambda a: 0], **relu_like(0.0, 0.0, 0.0)),
    "share": Reference(
        lambda a, b: (1 + mp.sign(a - b)) / 2,
        [lambda a, b: 0, lambda a, b: 0],
        kinks={(2.0, 2.0): (0.0, 0.0)},
        distance=tie,
    ),
    "maximum": Reference(
        lambda a, b: max(a, b),
        [lambda a, b: (1 + mp.sign(a - b)) / 2, lambda a, b: (1 + mp.sign(b - a)) / 2],
        kinks={
            (2.0, 2.0): (0.5, 0.5),
            (2.0, math.nextafter(2.0, 3.0)): (0.0, 1.0),
            (2.0, math.nextafter(2.0, 1.0)): (1.0, 0.0),
        },
        distance=tie,
    ),
    "minimum": Reference(
        lambda a, b: min(a, b),
        [lambda a, b: (1 + mp.sign(b - a)) / 2, lambda a, b: (1 + mp.sign(a - b)) / 2],
        kinks={
            (2.0, 2.0): (0.5, 0.5),
            (2.0, math.nextafter(2.0, 3.0)): (1.0, 0.0),
            (2.0, math.nextafter(2.0, 1.0)): (0.0, 1.0),
        },
        distance=tie,
    ),
    "identity": Reference(lambda a: a, [lambda a: 1]),
    "sigmoid": Reference(logistic, [lambda a: logistic(a) * logistic(-a)]),
    "tanh": Reference(mp.tanh, [sech2]),
    "relu": Reference(lambda a: max(a, mpf(0)), [lambda a: mpf(a > 0)], **relu_like(0.0, 0.0, 1.0)),
    "leaky_relu": Reference(
        lambda a, slope: a if a > 0 else slope * a,
        [lambda a, slope: 1 if a > 0 else slope, lambda a, slope: 0 if a > 0 else a],
        kinks={
            (0.0, 0.3): (0.3, 0.0),
            (-SMALLEST, 0.3): (0.3, -SMALLEST),
            (SMALLEST, 0.3): (1.0, 0.0),
        },
        distance=lambda a, slope: abs(a),
    ),
    "elu": Reference(
        lambda a, alpha: a if a > 0 else alpha * mp.expm1(a),
        [
            lambda a, alpha: 1 if a > 0 else alpha * mp.exp(a),
            lambda a, alpha: 0 if a > 0 else mp.expm1(a),
        ],
        kinks={
            (0.0, 0.3): (0.3, 0.0),
            (-SMALLEST, 0.3): (0.3, -SMALLEST),
            (SMALLEST, 0.3): (1.0, 0.0),
        },
        distance=lambda a, alpha: abs(a),
    ),
    "selu": Reference(
        lambda a: SELU_SCALE * (a if a > 0 else SELU_ALPHA * mp.expm1(a)),
        [lambda a: SELU_SCALE * (1 if a > 0 else SELU_ALPHA * mp.exp(a))],
        **relu_like(SELU_LEFT, SELU_LEFT, float(SELU_SCALE)),
    ),
    "softplus": Reference(lambda a: mp.log1p(mp.exp(a)), [logistic]),
    "softsign": Reference(
        lambda a: a / (1 + mp.fabs(a)),
        [lambda a: 1 / (1 + mp.fabs(a)) ** 2],
        distance=abs,  # its second derivative jumps at 0
    ),
    "swish": Reference(
        lambda a, beta: a * logistic(beta * a),
        [
            lambda a, beta: (
                logistic(beta * a) + beta * a * logistic(beta * a) * logistic(-beta * a)
            ),
            lambda a, beta: a**2 * logistic(beta * a) * logistic(-beta * a),
        ],
    ),
    "gelu": Reference(
        lambda a: a * normal_distribution(a),
        [lambda a: normal_distribution(a) + a * mp.exp(-(a**2) / 2) / mp.sqrt(2 * mp.pi)],
    ),
    "gelu_tanh": Reference(
        lambda a: a / 2 * (1 + mp.tanh(gelu_tanh_inner(a))),
        [gelu_tanh_slope],
    ),
    "mish": Reference(lambda a: a * mp.tanh(mp.log1p(mp.exp(a))), [mish_slope]),
    "hard_sigmoid": Reference(
        lambda a: min(max((a + 3) / 6, mpf(0)), mpf(1)),
        [lambda a: mpf(1) / 6 if -3 < a < 3 else 0],
        kinks={
            (-3.0,): (0.0,),
            (3.0,): (0.0,),
            (math.nextafter(-3.0, 0.0),): (1 / 6,),
            (math.nextafter(3.0, 0.0),): (1 / 6,),
            (math.nextafter(-3.0, -4.0),): (0.0,),
            (math.nextafter(3.0, 4.0),): (0.0,),
        },
        distance=lambda a: min(abs(a - 3), abs(a + 3)),
    ),
    "hard_tanh": Reference(
        lambda a: min(max(a, mpf(-1)), mpf(1)),
        [lambda a: mpf(-1 < a < 1)],
        kinks={
            (-1.0,): (0.0,),
            (1.0,): (0.0,),
            (math.nextafter(-1.0, 0.0),): (1.0,),
            (math.nextafter(1.0, 0.0),): (1.0,),
            (math.nextafter(-1.0, -2.0),): (0.0,),
            (math.nextafter(1.0, 2.0),): (0.0,),
        },
        distance=lambda a: min(abs(a - 1), abs(a + 1)),
    ),
    "logsumexp": Reference(
        lambda values: mp.log(mp.fsum(map(mp.exp, values))),
        [lambda values, i: mp.exp(values[i]) / mp.fsum(map(mp.exp, values))],
    ),
    "argmax": Reference(
        lambda values: mpf(values.index(max(values))), [lambda values, i: 0], distance=gap
    ),
    "select": Reference(
        lambda values, index: values[int(index)],
        [lambda values, i, index: mpf(i == index)],
    ),
}

BUILT_IN = list(TABLE)
SCALAR = [name for name in BUILT_IN if not TABLE[name].variadic]
UNARY = [name for name in SCALAR if len(TABLE[name].operands) == 1]
BINARY = [name for name in SCALAR if len(TABLE[name].operands) == 2]
WITH_KINKS = [name for name, reference in REFERENCES.items() if reference.kinks]

PER_UNARY = [1e-300, -1e-300, 1e300, -1e300, SMALLEST, -SMALLEST, LARGEST, -LARGEST, 0.5, -2.0]
PER_BINARY = [1e-300, -1e-300, 1e300, -1e300, 0.5, -0.5, 3.0]
PER_LIST = [[1e-300, -1e-300], [1e300, 1e-300, 2.0], [-1e300, 3.0], [-1e300, 1e300], [-1e300], [2]]


def extreme_points(kind: Operation) -> list[tuple[Any, ...]]:
    if kind.chosen:
        return [(values, float(i)) for values in PER_LIST for i in range(len(values))]
    if kind.variadic:
        return [(values,) for values in PER_LIST]
    return list(itertools.product(PER_UNARY if kind.arity == 1 else PER_BINARY, repeat=kind.arity))


def ordinary_operands(name: str, bound: float = math.inf) -> st.SearchStrategy[tuple[Any, ...]]:
    """Operands of ordinary size, in the domain of the operation."""
    reference, kind = REFERENCES[name], TABLE[name]
    low, high = max(reference.low, -bound), min(reference.high, bound)
    number = st.floats(low, high)
    if kind.chosen:
        lists = st.lists(number, min_size=1, max_size=5)
        return lists.flatmap(
            lambda values: st.tuples(st.just(values), st.integers(0, len(values) - 1).map(float))
        )
    if kind.variadic:
        return st.tuples(st.lists(number, min_size=1, max_size=5))
    return st.tuples(*[number] * len(kind.operands))


# The check ---------------------------------------------------------------------------------------


def exact(operands: Sequence[Any]) -> list[Any]:
    return [[mpf(x) for x in o] if isinstance(o, list) else mpf(o) for o in operands]


def agree(actual: Callable[[], float], true: Any, where: str) -> None:
    """Fail unless a computation gives the true value, or an error where there is none."""
    if true is None:
        with pytest.raises(DOMAIN_ERRORS):
            actual()
        return
    if mp.fabs(true) > LARGEST:
        try:
            found = actual()
        except OverflowError:
            return
        assert math.isinf(found), f"{where}: {found}, the true value is {mp.nstr(true, 20)}"
        return
    found = actual()
    error = mp.fabs(mpf(found) - true)
    limit = TOLERANCE * max(mpf(1), mp.fabs(true))
    assert error <= limit, f"{where}: {found}, the true value is {mp.nstr(true, 20)}"


def check(kind: Operation, points: Sequence[tuple[Any, ...]]) -> None:
    """Compare the value and every partial of an operation with its reference."""
    reference = REFERENCES[kind.name]
    for operands in points:
        true = exact(operands)
        value = reference.value(*true)
        agree(lambda o=operands: kind.on_floats(*o), value, f"{kind.name}{operands}")
        if value is None or mp.fabs(value) > LARGEST:
            continue
        y = kind.on_floats(*operands)
        for position, partial in enumerate(kind.partials_on_floats):
            where = f"partial {position} of {kind.name}{operands}"
            if not kind.variadic:
                slope = reference.partials[position](*true)
                agree(functools.partial(partial, *operands, y), slope, where)
                continue
            for i, a in enumerate(operands[0]):
                slope = reference.partials[0](true[0], i, *true[1:])
                if not kind.chosen or i == operands[1]:  # select's is that of the chosen operand
                    one = functools.partial(partial(operands[0], y), a)
                    agree(one, slope, f"{where}, operand {i}")


def check_kinks(kind: Operation) -> None:
    for operands, expected in REFERENCES[kind.name].kinks.items():
        y = kind.on_floats(*operands)
        actual = tuple(partial(*operands, y) for partial in kind.partials_on_floats)
        assert expected == pytest.approx(actual, rel=1e-12, abs=0), (kind.name, operands)


def altered(name: str, **changes: Any) -> Operation:
    """A copy of an entry of the table, deliberately changed."""
    kind = TABLE[name]
    attributes: dict[str, Any] = {
        "forward": kind.forward,
        "partials": kind.partials,
        "operands": ", ".join(kind.operands),
        "defaults": kind.defaults,
        "where": kind.where,
        "domain": kind.domain,
        "chosen": kind.chosen,
    }
    return Operation(name, **(attributes | changes))


@pytest.fixture(autouse=True)
def _fifty_digits() -> Any:
    with mp.workdps(50):
        yield


# Values and partials -----------------------------------------------------------------------------


def test_every_operation_has_an_independent_reference() -> None:
    source = Path(__file__).read_text(encoding="utf-8").splitlines()
    line = next(k for k, text in enumerate(source, 1) if text.startswith("REFERENCES"))
    missing, extra = set(BUILT_IN) - REFERENCES.keys(), REFERENCES.keys() - set(BUILT_IN)
    assert not missing and not extra, (
        f"{__file__}:{line}: REFERENCES needs an entry, written from the literature, for "
        f"{sorted(missing)}; it has {sorted(extra)}, which the table has not"
    )
    for name in BUILT_IN:
        assert len(TABLE[name].partials) == len(REFERENCES[name].partials), name


@pytest.mark.parametrize("name", BUILT_IN)
def test_value_and_partials_are_accurate_at_extreme_operands(name: str) -> None:
    check(TABLE[name], extreme_points(TABLE[name]))


@pytest.mark.parametrize("name", BUILT_IN)
def test_value_and_partials_are_accurate_at_ordinary_operands(name: str) -> None:
    @settings(max_examples=40, deadline=None)
    @given(ordinary_operands(name))
    def accurate(operands: tuple[Any, ...]) -> None:
        check(TABLE[name], [operands])

    accurate()


@pytest.mark.parametrize("name", UNARY)
def test_a_function_of_one_operand_is_accurate_at_every_finite_number(name: str) -> None:
    @settings(max_examples=60, deadline=None)
    @given(st.floats(allow_nan=False, allow_infinity=False))
    def accurate(a: float) -> None:
        check(TABLE[name], [(a,)])

    accurate()


@pytest.mark.parametrize("name", WITH_KINKS)
def test_partials_at_a_kink_and_on_both_sides_are_the_documented_ones(name: str) -> None:
    check(TABLE[name], list(REFERENCES[name].kinks))
    check_kinks(TABLE[name])


@pytest.mark.parametrize("name", WITH_KINKS)
def test_backward_at_a_kink_gives_the_documented_gradients(name: str) -> None:
    for operands, expected in REFERENCES[name].kinks.items():
        leaves = [Value(a) for a in operands]
        TABLE[name].function(*leaves).backward()
        actual = tuple(leaf.grad for leaf in leaves)
        assert expected == pytest.approx(actual, rel=1e-12, abs=0), operands


def test_step_and_sign_are_0_at_0() -> None:
    assert (tn.step(0.0).data, tn.sign(0.0).data) == (0.0, 0.0)


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_references_partials_are_the_derivatives_of_the_reference(name: str) -> None:
    """The hand formulas above, against mpmath's own numerical derivative."""
    reference, kind = REFERENCES[name], TABLE[name]
    if kind.variadic:
        values = exact([[0.3, -1.2, 2.0]])[0]
        index = (mpf(1),) if kind.chosen else ()
        for i in range(3):
            moved = mp.diff(
                lambda t, i=i: reference.value([*values[:i], t, *values[i + 1 :]], *index),
                values[i],
            )
            assert mp.fabs(reference.partials[0](values, i, *index) - moved) < 1e-20
        return
    for point in itertools.product([mpf("0.7"), mpf("1.3"), mpf(-2)], repeat=len(kind.operands)):
        if min(point) < reference.low and (name == "xlogy" or point[0] < reference.low):
            continue
        if reference.distance(*point) == 0:
            continue
        for i, partial in enumerate(reference.partials):
            order = tuple(int(j == i) for j in range(len(point)))
            difference = mp.diff(reference.value, point, order)
            assert mp.fabs(partial(*point) - difference) < 1e-20, (name, point, i)


@pytest.mark.parametrize("name", BUILT_IN)
def test_gradients_agree_with_central_differences(name: str) -> None:
    kind, h = TABLE[name], 1e-6

    @settings(max_examples=15, deadline=None)
    @given(ordinary_operands(name, bound=3.0))
    def agrees(operands: tuple[Any, ...]) -> None:
        numbers = list(operands[0]) if kind.variadic else list(operands)
        assume(REFERENCES[name].distance(*(operands if kind.variadic else numbers)) > 0.1)

        def at(moved: Sequence[float]) -> Value:
            values = [Value(x) for x in moved]
            leaves.extend(values)
            return kind.function(values, *operands[1:]) if kind.variadic else kind.function(*values)

        leaves: list[Value] = []
        at(numbers).backward()
        found = [leaf.grad for leaf in leaves]
        for i, gradient in enumerate(found):
            up, down = list(numbers), list(numbers)
            up[i], down[i] = up[i] + h, down[i] - h
            difference = (at(up).data - at(down).data) / (up[i] - down[i])
            assert difference == pytest.approx(gradient, rel=1e-6, abs=1e-6)

    agrees()


@pytest.mark.parametrize("name", BUILT_IN)
def test_second_derivatives_agree_with_differences_of_the_first(name: str) -> None:
    kind, h = TABLE[name], 1e-6

    @settings(max_examples=8, deadline=None)
    @given(ordinary_operands(name, bound=3.0))
    def agrees(operands: tuple[Any, ...]) -> None:
        numbers = list(operands[0]) if kind.variadic else list(operands)
        assume(REFERENCES[name].distance(*(operands if kind.variadic else numbers)) > 0.1)
        assume(not name.endswith("power") or numbers[0] > 0.3)

        def first(moved: Sequence[float]) -> tuple[list[Value], list[Value]]:
            leaves = [Value(x) for x in moved]
            if kind.variadic:
                return leaves, gradients(kind.function(leaves, *operands[1:]), leaves)
            return leaves, gradients(kind.function(*leaves), leaves)

        leaves, slopes = first(numbers)
        for j in range(len(numbers)):
            up, down = list(numbers), list(numbers)
            up[j], down[j] = up[j] + h, down[j] - h
            above, below = first(up)[1], first(down)[1]
            for i, slope in enumerate(slopes):
                difference = (above[i].data - below[i].data) / (up[j] - down[j])
                second = gradients(slope, [leaves[j]])[0].data
                assert difference == pytest.approx(second, rel=1e-6, abs=1e-6), (i, j)

    agrees()


# The check itself can fail -----------------------------------------------------------------------

WRONG = {
    "a sign": altered("tanh", partials=["1 + y * y"]),
    "a factor": altered("multiply", partials=["b", "2 * a"]),
    "operands swapped": altered("divide", partials=["-y / b", "1 / b"]),
    "a constant of erf in its last digits": altered(
        "erf", partials=["1.12837916709 * exp(-(a * a))"]
    ),
    "the wrong side": altered("relu", partials=["step(-a)"]),
    "a tie not shared": altered("maximum", partials=["step(a - b)", "step(b - a)"]),
    "a kink on the other side": altered("leaky_relu", partials=["1 + 0 * slope", "minimum(a, 0)"]),
    "an approximation": altered("gelu", partials=["sigmoid(1.702 * a)"]),
    "an exponent": altered("power", partials=["b * a ** b", "xlogy(y, a)"]),
    "no softmax": altered("logsumexp", partials=["1"]),
    "a sum that counts twice": altered("sum", partials=["2"]),
    "an overflow": altered("sigmoid", forward="1 / (1 + exp(-a))"),
    "a cancellation": altered("softplus", forward="exp(log(a))"),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_wrong_entry_in_a_copy_of_the_table_is_caught(mistake: str) -> None:
    kind = WRONG[mistake]
    points = [*extreme_points(kind), *REFERENCES[kind.name].kinks]
    if kind.variadic:
        points.append(([0.3, -1.2, 2.0],))
    else:
        points += itertools.product([0.3, 1.7, 2.0], repeat=len(kind.operands))
    with pytest.raises((AssertionError, ArithmeticError, ValueError)):
        check(kind, points)
    check(TABLE[kind.name], points)  # the right one passes at the same points


@pytest.mark.parametrize(
    "kind",
    [
        altered("relu", partials=["1 - step(-a)"]),
        altered("abs", partials=["2 * step(a) - 1"]),
        altered("elu", partials=["1 - (1 - alpha * exp(a)) * step(-a)", "expm1(minimum(a, 0))"]),
        altered("minimum", partials=["step(b - a)", "1 - step(b - a)"]),
        altered("hard_tanh", partials=["1 - step(a - 1) - step(-1 - a)"]),
    ],
    ids=repr,
)
def test_a_wrong_value_at_a_kink_only_is_caught(kind: Operation) -> None:
    with pytest.raises(AssertionError):
        check_kinks(kind)
    check_kinks(TABLE[kind.name])


# All routes to a number --------------------------------------------------------------------------


def same(expected: float, actual: float) -> bool:
    return expected == actual or (expected != expected and actual != actual)


def outcome(compute: Callable[[], Any]) -> Any:
    """What a computation gives, or the type of its error."""
    try:
        return compute()
    except (ArithmeticError, ValueError, IndexError) as error:
        return type(error)


def route_points(name: str) -> list[tuple[Any, ...]]:
    kind = TABLE[name]
    points = [*extreme_points(kind), *REFERENCES[name].kinks]
    if kind.chosen:
        return [*points, ([1.0, 2.0], 2.0), ([1.0, 2.0], 0.5), ([1.0, 2.0], -1.0)]
    if kind.variadic:
        return [*points, ([0.1] * 10,), ([],), ([math.nan, 1.0],), ([math.inf, -math.inf],)]
    ordinary = [0.0, -1.5, 0.3, 2.0, math.nan, math.inf, -math.inf]
    return [*points, *itertools.product(ordinary, repeat=len(kind.operands))]


def leaves_of(operands: Sequence[Any]) -> list[Any]:
    return [[Value(x) for x in o] if isinstance(o, list) else Value(o) for o in operands]


def flat(operands: Sequence[Any]) -> list[Any]:
    return [x for o in operands for x in (o if isinstance(o, list) else [o])]


@pytest.mark.parametrize("name", BUILT_IN)
def test_on_values_on_numbers_and_on_subclasses_an_operation_computes_the_same(name: str) -> None:
    class Special(Value):
        pass

    kind = TABLE[name]
    for operands in route_points(name):
        special = [[Special(x) for x in o] if isinstance(o, list) else Special(o) for o in operands]
        expected = outcome(lambda o=operands: kind.on_floats(*o))
        for given_ in (leaves_of(operands), operands, special):
            actual = outcome(lambda g=given_: kind.function(*g).data)
            assert same(expected, actual), (operands, expected, actual)


@pytest.mark.parametrize("name", BUILT_IN)
def test_forward_after_a_change_of_the_leaves_equals_recording_anew(name: str) -> None:
    kind = TABLE[name]
    start = ([2.0, 3.0], 0.0) if kind.chosen else ([2.0, 3.0],) if kind.variadic else (2.0, 3.0)
    for operands in route_points(name):
        if kind.variadic and len(operands[0]) != 2:
            continue
        leaves = leaves_of(start[: len(operands)])
        recorded = kind.function(*leaves)
        for leaf, x in zip(flat(leaves), flat(operands), strict=True):
            leaf.data = x
        expected = outcome(lambda o=operands: kind.function(*leaves_of(o)).data)
        assert same(expected, outcome(recorded.forward)), operands


@pytest.mark.parametrize("name", SCALAR)
def test_backward_hands_on_the_tables_partials_and_gradients_the_same(name: str) -> None:
    kind = TABLE[name]
    for operands in route_points(name):
        y = outcome(lambda o=operands: kind.on_floats(*o))
        if isinstance(y, type):
            continue
        for i, partial in enumerate(kind.partials_on_floats):
            expected = outcome(lambda o=operands, p=partial, y=y: 0.0 + p(*o, y))
            one = [Value(x) if i == j else x for j, x in enumerate(operands)]  # the rest: constants
            recorded = kind.function(*one)
            if recorded._operation is not kind:  # power with a constant exponent
                expected = outcome(
                    lambda o=operands, y=y, k=recorded._operation, i=i: k.partials_on_floats[i](
                        *o, y
                    )
                )
            by_backward = outcome(lambda r=recorded, o=one, i=i: (r.backward(), o[i].grad)[1])
            by_gradients = outcome(lambda r=recorded, o=one, i=i: gradients(r, [o[i]])[0].data)
            assert same(expected, by_backward), (operands, i)
            assert same(expected, by_gradients), (operands, i)


@pytest.mark.parametrize("name", SCALAR)
def test_an_operation_on_numbers_alone_is_a_constant(name: str) -> None:
    operands = [0.5] * len(TABLE[name].operands)
    y = TABLE[name].function(*operands)
    (y * 3.0).backward()
    assert y.grad == 0.0
    assert type(y) is Value


# NaN ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCALAR)
def test_nan_in_gives_nan_out(name: str) -> None:
    kind = TABLE[name]
    for others in (-2.0, -0.5, 0.5, 2.0) if name != "xlogy" else (0.5, 2.0):  # log needs these
        for position in range(len(kind.operands)):
            operands = [others] * len(kind.operands)
            operands[position] = math.nan
            assert math.isnan(kind.function(*map(Value, operands)).data), operands


@pytest.mark.parametrize("values", [[math.nan, 1.0], [1.0, math.nan], [math.inf, math.nan, 2.0]])
def test_nan_among_many_operands_gives_nan(values: list[float]) -> None:
    assert math.isnan(tn.sum(values).data)
    assert math.isnan(tn.logsumexp(values).data)


def test_powers_of_nan_are_what_python_says() -> None:
    nan = Value(math.nan)
    assert ((nan**0).data, (nan ** Value(0.0)).data) == (1.0, 1.0)
    assert ((1**nan).data, (Value(1.0) ** nan).data) == (1.0, 1.0)
    assert math.isnan((nan**2).data)
    assert math.isnan((2**nan).data)


# Stability ---------------------------------------------------------------------------------------

BOUNDED = ["sigmoid", "tanh", "erf", "softsign", "hard_sigmoid", "hard_tanh", "step", "sign"]
LINEAR = ["softplus", "relu", "elu", "swish", "gelu", "gelu_tanh", "mish", "leaky_relu", "identity"]


@pytest.mark.parametrize("name", [*BOUNDED, *LINEAR])
@pytest.mark.parametrize("a", [1e300, -1e300, 1e308, -1e308, SMALLEST, -SMALLEST, 710.0, -746.0])
def test_an_activation_and_its_gradient_are_finite_for_finite_operands(name: str, a: float) -> None:
    x = Value(a)
    y = TABLE[name].function(x)
    y.backward()
    assert math.isfinite(y.data)
    assert math.isfinite(x.grad)


@pytest.mark.parametrize("name", ["swish", "gelu", "gelu_tanh", "mish", "softplus"])
def test_smooth_relus_are_the_operand_far_right_and_0_far_left(name: str) -> None:
    function = TABLE[name].function
    assert (function(1e308).data, function(-1e308).data) == (1e308, 0.0)


def test_logsumexp_of_huge_operands_does_not_overflow() -> None:
    assert tn.logsumexp([1e308, -1e308]).data == 1e308
    assert 1000.0 + math.log(2.0) == tn.logsumexp([1000.0, 1000.0]).data
    assert -1000.0 + math.log(2.0) == tn.logsumexp([-1000.0, -1000.0]).data


@pytest.mark.parametrize("size", [1.0, 1e5, 1e16, 1e300])
def test_equal_operands_share_the_gradient_of_logsumexp_however_large(size: float) -> None:
    values = [Value(size), Value(size)]
    tn.logsumexp(values).backward()
    assert [v.grad for v in values] == pytest.approx([0.5, 0.5], rel=1e-12)


def test_swishs_gradient_for_beta_keeps_its_digits_where_the_sigmoid_is_near_1() -> None:
    beta = Value(0.02)
    tn.swish(1000.0, beta).backward()
    # 1000² e^-20 / (1 + e^-20)², from the literature's sigmoid'(x) = e^-x / (1 + e^-x)²
    assert 1e6 * math.exp(-20.0) / (1 + math.exp(-20.0)) ** 2 == pytest.approx(beta.grad, rel=1e-12)


# Sums --------------------------------------------------------------------------------------------


def test_a_sum_is_plain_addition_from_left_to_right() -> None:
    assert tn.sum([0.1] * 10).data == 0.9999999999999999
    assert tn.sum([Value(0.1) for _ in range(10)]).data == 0.9999999999999999
    assert tn.sum([1e300, 1.0, -1e300]).data == 0.0
    assert tn.sum([1e300, -1e300, 1.0]).data == 1.0
    assert tn.sum([]).data == 0.0


@given(st.lists(st.floats(), max_size=20))
def test_a_sum_equals_a_plain_loop(values: list[float]) -> None:
    total = 0.0
    for value in values:
        total += value
    assert same(total, tn.sum(values).data)
    assert same(total, tn.sum([Value(value) for value in values]).data)


# Errors ------------------------------------------------------------------------------------------


def labelled(x: float) -> Value:
    return Value(x, label="p")


REFUSED: dict[str, tuple[Callable[[], object], type[Exception], list[str]]] = {
    "log of a negative": (lambda: tn.log(labelled(-1.0)), ValueError, ["log", "-1.0", "'p'"]),
    "log of 0": (lambda: tn.log(labelled(0.0)), ValueError, ["log", "0.0", "'p'"]),
    "sqrt of a negative": (lambda: tn.sqrt(labelled(-4.0)), ValueError, ["sqrt", "-4.0", "'p'"]),
    "division by 0": (lambda: 1 / labelled(0.0), ZeroDivisionError, ["divide", "1.0", "'p'"]),
    "division by a number 0": (
        lambda: labelled(3.0) / 0,
        ZeroDivisionError,
        ["divide", "3.0", "'p'"],
    ),
    "exp": (lambda: tn.exp(labelled(710.0)), OverflowError, ["exp", "710.0", "'p'"]),
    "expm1": (lambda: tn.expm1(labelled(710.0)), OverflowError, ["expm1", "710.0", "'p'"]),
    "sin of infinity": (lambda: tn.sin(labelled(math.inf)), ValueError, ["sin", "inf", "'p'"]),
    "cos of infinity": (lambda: tn.cos(labelled(-math.inf)), ValueError, ["cos", "-inf", "'p'"]),
    "a root of a negative": (
        lambda: labelled(-8.0) ** (1 / 3),
        ValueError,
        ["power", "-8.0", "'p'", "0.333"],
    ),
    "a root of a negative, exponent a Value": (
        lambda: Value(-8.0) ** labelled(0.5),
        ValueError,
        ["power", "-8.0", "0.5 ('p')"],
    ),
    "0 to a negative power": (
        lambda: labelled(0.0) ** -1,
        ZeroDivisionError,
        ["power", "0.0", "'p'", "-1.0"],
    ),
    "power overflow": (
        lambda: labelled(10.0) ** 400,
        OverflowError,
        ["power", "10.0", "'p'", "400.0"],
    ),
    "a fraction as index": (
        lambda: tn.select([labelled(7.0), 8.0], 1.5),
        IndexError,
        ["select", "'p'", "1.5"],
    ),
    "a negative index": (
        lambda: tn.select([7.0, 8.0], labelled(-1.0)),
        IndexError,
        ["select", "-1.0 ('p')"],
    ),
    "an index past the end": (
        lambda: tn.select([7.0, 8.0], labelled(2.0)),
        IndexError,
        ["select", "2.0 ('p')"],
    ),
    "an index past the end of many values": (
        lambda: tn.select([0.5] * 10, labelled(10.0)),
        IndexError,
        ["select", "10.0 ('p')"],
    ),
    "logsumexp of nothing": (lambda: tn.logsumexp([]), ValueError, ["logsumexp", "at least one"]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_out_of_the_domain_the_error_is_pythons_and_names_operation_value_and_label(
    case: str,
) -> None:
    compute, expected, words = REFUSED[case]
    with pytest.raises(expected) as caught:
        compute()
    assert expected is caught.type
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("python", "ours"),
    [
        (lambda: math.log(-1.0), lambda: tn.log(-1.0)),
        (lambda: math.log(0.0), lambda: tn.log(0.0)),
        (lambda: math.sqrt(-1.0), lambda: tn.sqrt(-1.0)),
        (lambda: math.exp(710.0), lambda: tn.exp(710.0)),
        (lambda: math.sin(math.inf), lambda: tn.sin(math.inf)),
        (lambda: 1.0 / 0.0, lambda: tn.divide(1.0, 0.0)),
        (lambda: 0.0**-1.0, lambda: tn.power(0.0, -1.0)),
        (lambda: 10.0**400.0, lambda: tn.power(10.0, 400.0)),
        (lambda: 1e300 * 1e300, lambda: tn.multiply(1e300, 1e300).data),
        (lambda: 1e300 / 1e-300, lambda: tn.divide(1e300, 1e-300).data),
    ],
)
def test_plain_numbers_fail_as_in_pythons_own_arithmetic(
    python: Callable[[], object], ours: Callable[[], object]
) -> None:
    assert outcome(python) == outcome(ours)


def test_an_overflow_of_a_power_is_told_in_words() -> None:
    with pytest.raises(OverflowError) as caught:
        Value(10.0) ** 400
    assert "(34," not in str(caught.value)


@pytest.mark.parametrize(
    ("compute", "expected", "words"),
    [
        (tn.sqrt, ZeroDivisionError, ["derivative of sqrt", "0.0", "'p'"]),
        (lambda x: x**0.5, ZeroDivisionError, ["derivative of", "power", "0.0", "'p'", "0.5"]),
        (lambda x: (x - 3.0) ** Value(2.0), ValueError, ["derivative of power", "-3.0", "2.0"]),
    ],
)
def test_a_partial_that_does_not_exist_is_refused_in_backward_and_changes_no_gradient(
    compute: Callable[[Value], Value], expected: type[Exception], words: list[str]
) -> None:
    x = labelled(0.0)
    x.grad = 7.0
    y = compute(x)
    for derive in (y.backward, lambda: gradients(y, [x, *y._prev])):
        with pytest.raises(expected) as caught:
            derive()
        assert expected is caught.type
        for word in words:
            assert word in str(caught.value)
    assert x.grad == 7.0


def test_a_partial_of_a_constant_is_never_evaluated() -> None:
    x = Value(-3.0)
    (x**2).backward()  # the partial for the exponent would be the logarithm of -3
    assert x.grad == -6.0
    exponent = Value(2.0)
    (3.0**exponent).backward()
    assert 9.0 * math.log(3.0) == pytest.approx(exponent.grad, rel=1e-15)


# Powers ------------------------------------------------------------------------------------------


def derivatives_at(function: Callable[[Value], Value], a: float, order: int) -> list[float]:
    x = Value(a)
    y, found = function(x), []
    for _ in range(order):
        [y] = gradients(y, [x])
        found.append(y.data)
    return found


def test_whole_powers_have_all_their_derivatives_at_0_and_below() -> None:
    assert derivatives_at(lambda x: x**3, 0.0, 5) == [0.0, 0.0, 6.0, 0.0, 0.0]
    assert derivatives_at(lambda x: x**2, -3.0, 5) == [-6.0, 2.0, 0.0, 0.0, 0.0]
    assert derivatives_at(lambda x: x**1, 0.0, 5) == [1.0, 0.0, 0.0, 0.0, 0.0]
    assert derivatives_at(lambda x: x**0, 0.0, 5) == [0.0, 0.0, 0.0, 0.0, 0.0]
    assert derivatives_at(lambda x: x**-1, -2.0, 3) == [-0.25, -0.25, -0.375]


def test_a_power_of_a_variable_exponent_has_its_mixed_derivative_at_exponent_0() -> None:
    a, b = Value(4.0), Value(0.0)
    [for_b] = gradients(a**b, [b])
    assert math.log(4.0) == for_b.data
    assert gradients(for_b, [a])[0].data == 0.25
    [for_a] = gradients(a**b, [a])
    assert gradients(for_a, [b])[0].data == 0.25


# Identities --------------------------------------------------------------------------------------

moderate = st.floats(-30.0, 30.0)


@given(moderate)
def test_tanh_is_a_shifted_and_stretched_sigmoid(a: float) -> None:
    assert tn.tanh(a).data == pytest.approx((2 * tn.sigmoid(2 * Value(a)) - 1).data, abs=1e-14)


@given(moderate)
def test_sigmoids_of_opposite_operands_add_up_to_1(a: float) -> None:
    assert (tn.sigmoid(a) + tn.sigmoid(-a)).data == pytest.approx(1.0, rel=1e-15)


@given(moderate)
def test_softplus_of_opposite_operands_differ_by_the_operand(a: float) -> None:
    assert (tn.softplus(a) - tn.softplus(-a)).data == pytest.approx(a, abs=1e-13)


@given(moderate)
def test_swish_with_beta_1_and_gelu_differ_from_relu_by_an_even_function(a: float) -> None:
    for function in (tn.swish, tn.gelu, tn.gelu_tanh):
        assert (function(a) - function(-a)).data == pytest.approx(a, abs=1e-13)


@given(moderate, moderate)
def test_maximum_and_minimum_add_up_to_the_sum_and_share_the_gradient(a: float, b: float) -> None:
    x, y = Value(a), Value(b)
    (tn.maximum(x, y) + tn.minimum(x, y)).backward()
    assert (x.grad, y.grad) == (1.0, 1.0)
    assert {a, b} == {tn.maximum(a, b).data, tn.minimum(a, b).data}


@given(st.lists(moderate, min_size=1, max_size=6))
def test_the_gradient_of_logsumexp_is_the_softmax(values: list[float]) -> None:
    leaves = [Value(value) for value in values]
    tn.logsumexp(leaves).backward()
    weights = [math.exp(value - max(values)) for value in values]
    assert [w / math.fsum(weights) for w in weights] == pytest.approx([v.grad for v in leaves])


def test_negating_the_operand_of_an_odd_function_negates_its_value() -> None:
    for name in ("tanh", "erf", "sin", "softsign", "hard_tanh", "sign", "identity", "negate"):
        function = TABLE[name].function
        assert -function(0.7).data == function(-0.7).data, name


# Selecting ---------------------------------------------------------------------------------------


def test_select_hands_its_gradient_to_the_chosen_value_only() -> None:
    values = [Value(5.0), Value(7.0), Value(9.0)]
    index = Value(1.0)
    y = tn.select(values, index)
    y.backward(2.0)
    assert y.data == 7.0
    assert [v.grad for v in values] == [0.0, 2.0, 0.0]
    assert index.grad == 0.0
    assert [g.data for g in gradients(y, values)] == [0.0, 1.0, 0.0]


def test_select_follows_its_index_when_the_graph_is_evaluated_again() -> None:
    values, index = [Value(5.0), Value(7.0)], Value(0.0)
    y = tn.select(values, index)
    index.data = 1.0
    assert y.forward() == 7.0
    y.backward()
    assert [v.grad for v in values] == [0.0, 1.0]


def test_select_from_plain_numbers_follows_its_index_too() -> None:
    index = Value(0.0)
    y = tn.select([5.0, 7.0], index) * Value(2.0)
    index.data = 1.0
    assert y.forward() == 14.0


def test_the_same_value_standing_twice_in_a_list_gets_both_contributions() -> None:
    x = Value(3.0)
    tn.sum([x, x, 1.0]).backward()
    assert x.grad == 2.0
    tn.select([x, x], 1).backward()
    assert x.grad == 3.0


# The table itself --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_entry_says_in_its_docstring_what_it_is_and_shows_an_example(name: str) -> None:
    documentation = TABLE[name].function.__doc__ or ""
    assert TABLE[name].summary
    assert ">>> " + name + "(" in documentation
    for partial in TABLE[name].partials:
        assert partial in documentation


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_example_of_every_entry_is_true(name: str) -> None:
    code, result = TABLE[name].example.split(" -> ")
    functions = {entry.name: entry.function for entry in TABLE.values()}
    assert result == repr(eval(code, functions))


def test_an_unknown_operation_is_answered_with_the_nearest_one() -> None:
    for wrong, near in (("tanhh", "tanh"), ("ReLU", "relu"), ("SoftPlus", "softplus")):
        with pytest.raises(ValueError, match=rf"{wrong!r}.*did you mean {near!r}\?"):
            operation(wrong)


@pytest.mark.parametrize("name", BUILT_IN)
def test_partials_are_written_in_operations_of_the_table_only(name: str) -> None:
    """Closed under differentiation: what a partial calls has partials of its own."""
    kind = TABLE[name]
    asked: list[str] = []

    def meaning(function: str) -> Callable[..., float]:
        asked.append(function)
        return TABLE[function].on_floats

    kind.partials_with(meaning)
    assert set(asked) <= set(BUILT_IN)


def test_mpmath_runs_at_fifty_digits() -> None:
    assert mpmath.nstr(mpf(1) / 3, 50) == "0.33333333333333333333333333333333333333333333333333"


# Operations of one's own -------------------------------------------------------------------------


@pytest.fixture
def clean_table() -> Iterator[None]:
    """Operations that a test adds are taken away again."""
    table, methods = dict(TABLE), dict(vars(Value))
    yield
    for name in TABLE.keys() - table.keys():
        del TABLE[name]
    for name, method in dict(vars(Value)).items():
        if name not in methods:
            delattr(Value, name)
        elif method is not methods[name]:
            setattr(Value, name, methods[name])
    assert list(table) == list(TABLE)


own = pytest.mark.usefixtures("clean_table")


def numeric(function: Callable[..., float], operands: Sequence[float], i: int) -> float:
    h = 1e-5
    up, down = list(operands), list(operands)
    up[i], down[i] = up[i] + h, down[i] - h
    return (function(*up) - function(*down)) / (2 * h)


def differentiates_twice(
    function: Callable[..., Value], python: Callable[..., float], operands: Sequence[float]
) -> None:
    """The value, the gradients of backward(), and all second derivatives, against differences."""
    leaves = [Value(x) for x in operands]
    y = function(*leaves)
    assert y.data == pytest.approx(python(*operands), rel=1e-14)
    y.backward()
    for i, slope in enumerate(gradients(y, leaves)):
        assert leaves[i].grad == slope.data
        assert slope.data == pytest.approx(numeric(python, operands, i), rel=1e-6, abs=1e-6)
        for j, leaf in enumerate(leaves):
            second = gradients(slope, [leaf])[0].data

            def first(*moved: float, i: int = i) -> float:
                return numeric(python, moved, i)

            assert second == pytest.approx(numeric(first, operands, j), abs=1e-3), (i, j)
    recorded = y.data
    assert y.forward() == recorded


@own
def test_an_operation_of_ones_own_runs_and_differentiates_twice() -> None:
    cube = tn.define_operation("cube", "a * a * a", ["3 * a * a"])
    differentiates_twice(cube, lambda a: a**3, [1.5])
    assert cube(2).data == 8.0
    assert (Value(2.0) * 3).cube().data == 216.0  # a method too
    assert cube(Value(2.0))._op == "cube"
    assert operation("cube").function is cube


@own
def test_the_same_definition_may_be_repeated_as_when_a_cell_runs_twice() -> None:
    def cell() -> Any:
        return tn.define_operation("doubled", "d(a)", ["2"], kernels={"d": lambda x: 2.0 * x})

    first = cell()
    node = first(Value(3.0, label="x"))
    assert cell() is first
    assert node.forward() == 6.0
    with pytest.raises(ValueError, match="already an operation 'doubled' with another definition"):
        tn.define_operation("doubled", "d(a)", ["2"], kernels={"d": lambda x: 3.0 * x})
    with pytest.raises(ValueError, match=r"another definition, d\(a\); choose another name"):
        tn.define_operation("doubled", "a + a", ["2"])


@own
def test_an_operation_with_a_kernel_of_ones_own() -> None:
    def saturating(x: float) -> float:
        return math.atan(x)

    arctan = tn.define_operation(
        "arctan", "atan(a)", ["1 / (1 + a * a)"], kernels={"atan": saturating}
    )
    differentiates_twice(arctan, math.atan, [0.6])


@own
def test_an_operation_with_named_intermediate_results() -> None:
    bump = tn.define_operation(
        "bump",
        "e * t",
        ["e * (1 - t * t) - 2 * a * e * t"],
        where={"q": "a * a", "e": "exp(-q)", "t": "tanh(a)"},
    )
    differentiates_twice(bump, lambda a: math.exp(-a * a) * math.tanh(a), [0.7])


@own
def test_an_operation_of_three_operands() -> None:
    affine = tn.define_operation(
        "affine", "w * x * x + b", ["x * x", "2 * w * x", "1"], operands="w, x, b"
    )
    differentiates_twice(affine, lambda w, x, b: w * x * x + b, [0.5, -1.5, 2.0])
    x = Value(3.0)
    y = affine(2.0, x, 1)
    y.backward()
    assert (y.data, x.grad) == (19.0, 12.0)
    assert Value(2.0).affine(3.0, 1.0).data == 19.0


@own
def test_an_operation_with_defaults() -> None:
    scaled = tn.define_operation(
        "scaled",
        "s * tanh(a)",
        ["s * (1 - tanh(a) * tanh(a))", "tanh(a)"],
        operands="a, s",
        defaults=[2.0],
    )
    assert scaled(0.5).data == 2.0 * math.tanh(0.5)
    assert Value(0.5).scaled(3.0).data == 3.0 * math.tanh(0.5)
    differentiates_twice(scaled, lambda a: 2.0 * math.tanh(a), [0.5])
    differentiates_twice(scaled, lambda a, s: s * math.tanh(a), [0.5, 3.0])


@own
def test_an_operation_on_any_number_of_values() -> None:
    doubled = tn.define_operation("doubled_sum", "2 * running_sum(a)", ["2"], operands="*a")
    values = [Value(1.0), Value(2.0), Value(4.0)]
    y = doubled(values)
    y.backward()
    assert (y.data, [v.grad for v in values]) == (14.0, [2.0, 2.0, 2.0])


@own
def test_the_partials_of_an_operation_on_any_number_of_values_share_a_total() -> None:
    def square_root_of_the_mean_square(*a: float) -> float:
        return math.sqrt(sum(x * x for x in a) / len(a))

    quadratic = tn.define_operation(
        "quadratic_mean",
        "root_mean_square(a)",
        ["a / (n * sqrt(squares / n))"],
        operands="*a",
        where={"n": "total(1)", "square": "a * a", "squares": "total(square)"},
        kernels={"root_mean_square": lambda a: square_root_of_the_mean_square(*a)},
    )
    differentiates_twice(lambda *a: quadratic(a), square_root_of_the_mean_square, [1.0, -2.0, 4.0])


@own
def test_a_total_may_use_an_earlier_total_and_the_result() -> None:
    def variance(a: Sequence[float]) -> float:
        return sum((x - sum(a) / len(a)) ** 2 for x in a)

    spread = tn.define_operation(
        "spread",
        "variance(a)",
        ["2 * (a - mean) + 0 * rest"],
        operands="*a",
        where={
            "n": "total(1)",
            "whole": "total(a)",
            "mean": "whole / n",
            "rest": "total((a - mean) * (a - mean)) ",
        },
        kernels={"variance": variance},
    )
    differentiates_twice(lambda *a: spread(a), lambda *a: variance(a), [1.0, -2.0, 4.0])
    source = inspect.getsource(TABLE["spread"].pull)
    assert source.count("partial_sum") == 3
    assert source.index("partial_sum") < source.index("for a in node._a:\n")


def test_the_total_of_a_node_is_recorded_once_for_all_its_partials() -> None:
    values = [Value(float(i)) for i in range(50)]
    slopes = gradients(tn.logsumexp(values), values)
    nodes = tn.topological_order(*slopes)
    assert [node._op for node in nodes].count("sum") == 1
    assert len(nodes) < 10 * len(values)


@own
def test_a_partial_may_call_an_operation_with_a_kernel_of_its_own() -> None:
    tn.define_operation("arctan", "atan(a)", ["1 / (1 + a * a)"], kernels={"atan": math.atan})
    area = tn.define_operation(
        "area",
        "area_kernel(a) + 0 * arctan(a)",
        ["arctan(a) + gelu(0 * a)"],
        kernels={"area_kernel": lambda x: x * math.atan(x) - math.log1p(x * x) / 2},
    )
    differentiates_twice(area, lambda x: x * math.atan(x) - math.log1p(x * x) / 2, [0.6])


@own
def test_a_kernel_of_ones_own_stays_with_its_operation() -> None:
    degrees = tn.define_operation(
        "sin_of_degrees",
        "sin(a)",
        ["0.017453292519943295 * sin_of_degrees(90 - a)"],
        kernels={"sin": lambda x: math.sin(math.radians(x))},
    )
    tn.define_operation("outer", "2 * sin_of_degrees(a)", ["2 * sin_of_degrees(90 - a)"])
    assert degrees(30.0).data == TABLE["outer"].function(30.0).data / 2 == pytest.approx(0.5)
    differentiates_twice(degrees, lambda x: math.sin(math.radians(x)), [30.0])


@own
def test_only_an_operation_of_one_operand_serves_as_an_activation_unless_it_says_so() -> None:
    tn.define_operation("one", "a", ["1"])
    tn.define_operation("many", "running_sum(a)", ["1"], operands="*a")
    tn.define_operation("two", "a * b", ["b", "a"], operands="a, b", activation=True)
    assert [TABLE[name].activation for name in ("one", "many", "two")] == [True, False, True]


@own
def test_an_operation_may_use_another_of_ones_own_and_a_conditional() -> None:
    tn.define_operation("cube", "a * a * a", ["3 * a * a"])
    half = tn.define_operation("half_cube", "cube(a) if a > 0 else 0.0", ["3 * a * a * step(a)"])
    differentiates_twice(half, lambda a: a**3 if a > 0 else 0.0, [1.2])
    differentiates_twice(half, lambda a: a**3 if a > 0 else 0.0, [-1.2])


@own
def test_the_partial_of_an_operation_may_call_the_operation_itself() -> None:
    grow = tn.define_operation("grow", "exp(2 * a)", ["2 * grow(a)"])
    differentiates_twice(grow, lambda a: math.exp(2 * a), [0.3])


@own
def test_an_error_in_an_operation_of_ones_own_names_it_its_value_and_label() -> None:
    root = tn.define_operation("fourth_root", "sqrt(sqrt(a))", ["0.25 * y / a"])
    with pytest.raises(ValueError, match=r"fourth_root of -1\.0 \('p'\)"):
        root(labelled(-1.0))
    with pytest.raises(ZeroDivisionError, match=r"derivative of fourth_root of 0\.0 \('p'\)"):
        root(labelled(0.0)).backward()


@own
@pytest.mark.parametrize("operand", ["grad", "error", "v", "exp", "twice", "self"])
def test_an_operand_may_have_any_name_that_generated_code_does_not_use(operand: str) -> None:
    twice = tn.define_operation(
        "twice", f"exp({operand}) * b", [f"b * exp({operand})", "y / b"], operands=f"{operand}, b"
    )
    differentiates_twice(twice, lambda a, b: math.exp(a) * b, [0.5, 3.0])


@own
@pytest.mark.parametrize("name", ["len", "a", "v", "self", "print"])
def test_an_operation_may_have_any_name_that_generated_code_does_not_use(name: str) -> None:
    square = tn.define_operation(name, "a * a", ["2 * a"])
    differentiates_twice(square, lambda a: a * a, [3.0])


@own
@pytest.mark.parametrize("name", sorted(RESERVED | {"_a", "__len__", "forward_x", "partial_exp"}))
def test_a_name_of_generated_code_is_refused_for_operations_operands_and_results(name: str) -> None:
    for arguments, options in (
        ((name, "a", ["1"]), {}),
        (("cube", name, ["1"]), {"operands": name}),
        (("cube", "a", ["1"]), {"where": {name: "a"}}),
    ):
        with pytest.raises(ValueError, match=f"{name!r}.*choose another|begin with.*got {name!r}"):
            tn.define_operation(*arguments, **options)
    assert not TABLE.keys() & {"cube", name}


@own
def test_generated_code_uses_no_other_names_than_those_that_are_refused() -> None:
    tn.define_operation("own", "a * a", ["2 * a"], operands="a")
    for kind in TABLE.values():
        own = {kind.name, *kind.operand_names, *kind.where, *kind.constant.values(), "v"}
        # v is a variable of comprehensions only, which hides no operand v
        lines = linecache.getlines(kind.function.__code__.co_filename)
        tree = ast.parse("".join(lines))
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        used |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        used |= {n.name or "" for n in ast.walk(tree) if isinstance(n, ast.ExceptHandler)}
        assert {name for name in used - own if not name.startswith(PREFIXES)} <= RESERVED


REFUSED_DEFINITIONS: dict[str, tuple[tuple[Any, ...], dict[str, Any], str]] = {
    "an unknown function": (
        ("cube", "tanhh(a)", ["1"]),
        {},
        r"cube: 'tanhh' .*did you mean 'tanh'\?",
    ),
    "an unknown function in a partial": (
        ("cube", "a * a", ["sigmoyd(a)"]),
        {},
        r"cube: 'sigmoyd' .*did you mean 'sigmoid'\?",
    ),
    "a kernel in a partial": (("cube", "running_sum(a)", ["running_sum(a)"]), {}, "running_sum"),
    "an unknown operand": (
        ("cube", "a * slop", ["1", "1"]),
        {"operands": "a, slope"},
        r"'slop' .*did you mean 'slope'\?",
    ),
    "an unknown operand in a partial": (("cube", "a", ["b"]), {}, "cube: 'b' in 'b' is unknown"),
    "y in the forward expression": (("cube", "y * a", ["1"]), {}, "'y'"),
    "an unknown name in where": (("cube", "s", ["1"]), {"where": {"s": "t + a"}}, "'t' in 't"),
    "too many partials": (("cube", "a", ["1", "1"]), {}, "expected 1 partials.* got 2"),
    "too few partials": (
        ("cube", "a * b", ["b"]),
        {"operands": "a, b"},
        "expected 2 partials.* got 1",
    ),
    "no partial": (("cube", "a", []), {}, "expected 1 partials.* got 0"),
    "a conditional in a partial": (
        ("cube", "a", ["1 if a > 0 else 0"]),
        {},
        "conditional is not allowed.*step",
    ),
    "a comparison in a partial": (("cube", "a", ["a > 0"]), {}, "conditional is not allowed"),
    "a conditional in where": (
        ("cube", "s", ["1"]),
        {"where": {"s": "a if a > 0 else 0"}},
        "conditional is not allowed",
    ),
    "an existing name": (("tanh", "a", ["1"]), {}, "already an operation 'tanh'"),
    "a name that is not an identifier": (("my cube", "a", ["1"]), {}, "identifier.*'my cube'"),
    "an empty name": (("", "a", ["1"]), {}, "identifier"),
    "a Python keyword": (("lambda", "a", ["1"]), {}, "identifier.*'lambda'"),
    "an operand that is a keyword": (("cube", "a", ["1"]), {"operands": "if"}, "'if'"),
    "an operand called y": (("cube", "y", ["1"]), {"operands": "y"}, "'y'"),
    "the same operand twice": (("cube", "a", ["1", "1"]), {"operands": "a, a"}, "'a'"),
    "an attribute": (("cube", "a.data", ["1"]), {}, "Attribute is not part of the language"),
    "a lambda": (("cube", "(lambda: a)()", ["1"]), {}, "only calls such as"),
    "a method": (("cube", "a.exp()", ["1"]), {}, "only calls such as"),
    "a string": (("cube", "len('abc')", ["1"]), {}, "'abc' is not a number"),
    "an f-string": (("cube", "f'{a}'", ["1"]), {}, "not part of the language"),
    "True": (("cube", "True", ["0"]), {}, "True is not a number"),
    "a subscript": (("cube", "a[0]", ["1"]), {}, "Subscript is not part of the language"),
    "a list": (("cube", "[a]", ["1"]), {}, "List is not part of the language"),
    "floor division": (("cube", "a // 2", ["0"]), {}, "FloorDiv is not part of the language"),
    "a keyword argument": (("cube", "exp(a=a)", ["1"]), {}, "only calls such as"),
    "a starred argument": (("cube", "exp(*a)", ["1"]), {}, "not part of the language"),
    "an assignment": (("cube", "(b := a)", ["1"]), {}, "not part of the language"),
    "not an expression": (("cube", "a +", ["1"]), {}, "'a \\+' is not an expression"),
    "a statement": (("cube", "return a", ["1"]), {}, "is not an expression"),
    "nothing": (("cube", "", ["1"]), {}, "is not an expression"),
    "a builtin": (("cube", "eval(a)", ["1"]), {}, "'eval' .*unknown"),
    "the operation itself in its value": (("cube", "cube(a)", ["1"]), {}, "cannot call cube"),
    "the operation itself in an intermediate result of its value": (
        ("cube", "s", ["1"]),
        {"where": {"s": "cube(a)"}},
        "cannot call cube",
    ),
    "y in an intermediate result of the value": (
        ("cube", "s", ["1"]),
        {"where": {"s": "2 * y"}},
        "forward expression cannot depend on 'y'",
    ),
    "too many operands in a call": (
        ("cube", "relu(a, a)", ["1"]),
        {},
        "'relu' in .* takes 1 operands, got 2",
    ),
    "too few operands in a call in a partial": (
        ("cube", "a", ["maximum(a)"]),
        {},
        "'maximum' in .* takes 2 operands, got 1",
    ),
    "too many operands for a kernel": (
        ("cube", "erfc(a, a)", ["1"]),
        {},
        r"'erfc' in 'erfc\(a, a\)' ",
    ),
    "too few operands for a kernel of one's own": (
        ("cube", "own(a)", ["1"]),
        {"kernels": {"own": lambda a, b: a}},
        r"'own' in 'own\(a\)' cannot be called so: missing a required argument: 'b'",
    ),
    "a function of a list in a partial": (("cube", "a", ["sum(a)"]), {}, "'sum' .* takes a list"),
    "more defaults than operands": (
        ("cube", "a", ["1"]),
        {"defaults": [1.0, 2.0]},
        "more defaults than operands",
    ),
    "a default that is no number": (("cube", "a", ["1"]), {"defaults": ["1"]}, "finite.*'1'"),
    "an infinite default": (("cube", "a", ["1"]), {"defaults": [math.inf]}, "finite.*inf"),
    "a star on a later operand": (("cube", "a", ["1", "1"]), {"operands": "a, *b"}, r"'\*b'"),
    "an operand after a star": (("cube", "1", ["1"]), {"operands": "*a, b"}, "only operand"),
    "a chosen operand without a star": (
        ("cube", "a", ["1", "0"]),
        {"operands": "a, b", "chosen": "b"},
        "chosen",
    ),
    "an operator": (("cube", "a", ["1"]), {"operator": "matmul"}, "operator.*reserved"),
    "a replacement for constants": (
        ("cube", "a", ["1"]),
        {"constant": {"a": "tanh"}},
        "constant.*reserved",
    ),
    "a total of one operand": (("cube", "a", ["s"]), {"where": {"s": "total(a)"}}, "total"),
    "a total in a partial": (("cube", "a", ["total(a)"]), {"operands": "*a"}, "total"),
    "a total of two expressions": (
        ("cube", "1", ["s"]),
        {"operands": "*a", "where": {"s": "total(a, a)"}},
        "total",
    ),
    "a total in the value": (
        ("cube", "s", ["s"]),
        {"operands": "*a", "where": {"s": "total(a)"}},
        "forward expression cannot depend on 's'",
    ),
    "intermediate results that need each other": (
        ("cube", "s", ["1"]),
        {"where": {"s": "t", "t": "s + a"}},
        "'[st]'",
    ),
    "an intermediate result before what it needs": (
        ("cube", "s", ["1"]),
        {"where": {"s": "t + 1", "t": "a"}},
        "'t'",
    ),
    "an intermediate result called as an operand": (
        ("cube", "a", ["1"]),
        {"where": {"a": "a + 1"}},
        "'a'",
    ),
}


@own
@pytest.mark.parametrize("case", REFUSED_DEFINITIONS)
def test_a_wrong_definition_is_refused_and_adds_nothing(case: str) -> None:
    arguments, options, message = REFUSED_DEFINITIONS[case]
    table, methods = dict(TABLE), set(vars(Value))
    with pytest.raises(ValueError, match=message):
        tn.define_operation(*arguments, **options)
    assert dict(TABLE) == table
    assert set(vars(Value)) == methods


@own
@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((3, "a", ["1"]), {}, "name must be a str, got int 3"),
        (("cube", 3, ["1"]), {}, "forward must be a str, got int 3"),
        (("cube", "a", ["1"]), {"operands": ["a"]}, "operands must be a str"),
        (("cube", "a", "1"), {}, "partials must be a list of strings, got str '1'"),
        (("cube", "a", [1]), {}, "a partial must be a str, got int 1"),
        (("cube", "a", ["1"]), {"sumary": "A cube."}, "sumary"),
    ],
)
def test_a_definition_of_wrong_types_is_refused_and_adds_nothing(
    arguments: tuple[Any, ...], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(TypeError, match=message):
        tn.define_operation(*arguments, **options)
    assert "cube" not in TABLE


@own
def test_a_refused_definition_can_be_corrected() -> None:
    with pytest.raises(ValueError, match="conditional"):
        tn.define_operation("cube", "a * a * a", ["3 * a * a if a > 0 else 0"])
    assert tn.define_operation("cube", "a * a * a", ["3 * a * a"])(2.0).data == 8.0


@own
def test_an_operation_of_ones_own_shows_its_source() -> None:
    cube = tn.define_operation("cube", "a * a * a", ["3 * a * a"])
    assert "a.data * a.data * a.data" in inspect.getsource(cube)
