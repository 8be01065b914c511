"""The operations as C compute what they compute in Python: the same bits, the same failures."""

import ctypes
import functools
import itertools
import math
import random
import struct
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest

import tinygrad_neuron.eager as _eager  # the table is complete once it is imported
from tests.compiler.c.compiling import needs_compiler
from tinygrad_neuron import source_text
from tinygrad_neuron.calculus.kernels import KERNELS
from tinygrad_neuron.calculus.operation import Operation
from tinygrad_neuron.calculus.table import BUILT_IN, TABLE
from tinygrad_neuron.compiler import CompilerFailedError
from tinygrad_neuron.compiler.c import operations as c_operations
from tinygrad_neuron.compiler.c.compiler import find_compiler
from tinygrad_neuron.compiler.c.libraries import load
from tinygrad_neuron.passes import DOMAIN_ERRORS

assert _eager

LARGEST = 1.7976931348623157e308
AROUND = [0.0, 1.0, 2.0, 3.0, 6.0, 0.5, 27.2, 37.0, 709.782712893384, 710.4758600739439, 745.1332]
EXTREMES = [
    *(s * x for x in AROUND for s in (1.0, -1.0)),
    *(s * math.nextafter(x, up) for x in AROUND for up in (math.inf, -math.inf) for s in (1, -1)),
    *(s * x for s in (1.0, -1.0) for x in (5e-324, 2.2250738585072014e-308, 1e-310, 1e-300, 1e-8,
      1e-16, 0.1, 1.5, 10.0, 27.0, 40.0, 700.0, 1e9, 1e16, 2.0**53, 1e300, LARGEST, math.inf)),
    math.nan,
]  # fmt: skip


def numbers(count: int, generator: random.Random) -> list[float]:
    """Numbers of every size, half of them of the sizes that networks have."""
    of_any_bits = [struct.unpack("d", generator.randbytes(8))[0] for _ in range(count // 2)]
    scales = [1e-3, 1.0, 10.0, 100.0]
    usual = [generator.gauss(0.0, generator.choice(scales)) for _ in range(count - count // 2)]
    return of_any_bits + usual


def points(operands: int, seed: int = 1) -> list[tuple[float, ...]]:
    generator = random.Random(seed)
    found = [*itertools.product(EXTREMES, repeat=operands)] if operands < 3 else []
    columns = [numbers(3000, generator) for _ in range(operands)]
    for column in columns[1:]:
        generator.shuffle(column)
    return found + list(zip(*columns, strict=True))


def lists(seed: int = 1) -> list[list[float]]:
    generator = random.Random(seed)
    found = [list(pair) for pair in itertools.product(EXTREMES, repeat=2)]
    found += [numbers(count, generator) for count in [0, 1, 2, 3, 4, 7, 20] * 60]
    return found


def in_python(operation: Operation, operands: Sequence[Any]) -> float | None:
    """The result, or None where Python raises an error."""
    try:
        result = operation.on_floats(*operands)
    except DOMAIN_ERRORS:
        return None
    return None if isinstance(result, complex) else float(result)


def same(expected: float | None, actual: float | None) -> bool:
    if expected is None or actual is None:
        return expected is actual
    if expected == actual or (expected != expected and actual != actual):
        return True
    if c_operations.same_libm():
        return False
    return abs(expected - actual) <= 2 * math.ulp(expected)


def harness(operation: Operation) -> str:
    """A C function that runs an operation over many points, with one `bad` for each."""
    names = [f"x{i}" for i in range(len(operation.operands))]
    arguments = [f"{name}[i]" for name in names]
    before = ""
    if operation.variadic:
        before = "const py_index *from, "
        arguments[0] = "x0 + from[i], from[i + 1] - from[i]"
    if c_operations.can_fail(operation):
        arguments.append("&bad[i]")
    parameters = ", ".join(f"const double *{name}" for name in names)
    name = c_operations.call(operation)
    return (
        f"void many_{name}({before}{parameters}, py_index n, double *y, int *bad) {{\n"
        f"  for (py_index i = 0; i < n; i++) y[i] = {name}({', '.join(arguments)});\n}}\n"
    )


def in_c(operations: Iterable[Operation]) -> Callable[[Operation, Any], list[float | None]]:
    """A function that computes an operation at many points, in one compiled library for all."""
    operations = list(operations)
    text = c_operations.source(operations) + "".join(map(harness, operations))
    library = load(text)

    def run(operation: Operation, all_: Sequence[Sequence[Any]]) -> list[float | None]:
        arguments: list[Any] = []
        columns = [list(column) for column in zip(*all_, strict=True)]
        if operation.variadic:
            starts = [0, *itertools.accumulate(map(len, columns[0]))]
            arguments.append((ctypes.c_longlong * len(starts))(*starts))
            columns[0] = list(itertools.chain(*columns[0]))
        arguments += [(ctypes.c_double * len(column))(*column) for column in columns]
        y, bad = (ctypes.c_double * len(all_))(), (ctypes.c_int * len(all_))()
        library["many_" + c_operations.call(operation)](
            *arguments, ctypes.c_longlong(len(all_)), y, bad
        )
        return [None if b else v for b, v in zip(bad, y, strict=True)]

    return run


def wrong(operation: Operation, run: Any, all_: Sequence[Sequence[Any]]) -> list[Any]:
    expected = [in_python(operation, operands) for operands in all_]
    actual = run(operation, all_)
    return [
        (operation.name, operands, e, a)
        for operands, e, a in zip(all_, expected, actual, strict=True)
        if not same(e, a)
    ][:5]


@pytest.fixture(scope="module")
def table() -> Any:
    return in_c(TABLE[name] for name in sorted(BUILT_IN))


@needs_compiler
@pytest.mark.parametrize("name", sorted(n for n in BUILT_IN if not TABLE[n].variadic))
def test_an_operation_is_the_same_in_c(name: str, table: Any) -> None:
    all_ = points(len(TABLE[name].operands))
    assert len(all_) > 3000
    assert [] == wrong(TABLE[name], table, all_)


@needs_compiler
@pytest.mark.parametrize("name", sorted(n for n in BUILT_IN if TABLE[n].variadic))
def test_an_operation_on_any_number_of_operands_is_the_same_in_c(name: str, table: Any) -> None:
    all_: list[tuple[Any, ...]] = [(values,) for values in lists()]
    if TABLE[name].chosen:
        indices = [*range(-2, 8), 0.5, 1e300, -0.0, math.inf, math.nan, 2.0**53, 2.0**63]
        all_ = [(v, float(i)) for v, i in zip(lists() * 2, itertools.cycle(indices))]
    assert [] == wrong(TABLE[name], table, all_)


@needs_compiler
def test_every_kernel_and_every_function_written_by_hand_is_the_same_in_c() -> None:
    scalar = {
        k: f
        for k, f in KERNELS.items()
        if k not in ("argmax", "logsumexp", "running_sum", "select")
    }
    for f in c_operations.BY_HAND:
        scalar[f.__name__] = f
    operations = {
        name: Operation(
            f"of_{name}",
            "f(a, b)" if name in ("power", "xlogy") else "f(a)",
            [],
            operands="a, b" if name in ("power", "xlogy") else "a",
            kernels={"f": f},
        )
        for name, f in scalar.items()
    }
    run = in_c(operations.values())
    found = [wrong(o, run, points(len(o.operands), 2)) for o in operations.values()]
    assert [] == [one for one in found if one]


# The subset of Python ----------------------------------------------------------------------------

OFFSET = 0.25


def divided(a: float, b: float) -> float:
    return a / b


def remainder(a: float, b: float) -> float:
    return a % b


def floor_divided(a: float, b: float) -> float:
    return a // b


def raised(a: float, b: float) -> float:
    y: float = a**b
    return y


def unstable_sigmoid(a: float, b: float) -> float:
    return 1 / (1 + math.exp(-a)) + 0 * b


def iterated(a: float, b: float) -> float:
    """`while`, `break`, `continue`, an int that counts."""
    if not 0.0 < a < 1e6:
        raise ValueError("out of range")
    x = a
    steps = 0
    while True:
        steps += 1
        if steps % 3 == 0:
            continue
        following = 0.5 * (x + a / x)
        if abs(following - x) <= 1e-9 * x or steps > 100:
            break
        x = following
    return x + steps // 2 + smaller(b, 3)


def smaller(a: float, b: float) -> float:
    return a if a < b else b


def polynomial(a: float, b: float) -> float:
    total = 0
    for k in range(1, 6):
        term = 1.0
        for _ in range(k):
            term = term * a
        total += term / k
    for k in range(5, 0, -2):
        total = total - k * b
    return total


def logical(a: float, b: float) -> float:
    flag = a > 0 and (b > 0 or not a < b)
    other = a < b < 1 or a == b
    if flag and b:
        return 1
    if other:
        return 2.5 + flag - 2 * other
    return -flag if a != a else -1


def with_constants(a: float, b: float, c: float = -1.5) -> float:
    return a * math.pi + OFFSET - (b - (c - 2)) / 4 + 3 % 2 + 7 // 2


def calls_with_a_default(a: float, b: float) -> float:
    return with_constants(a, b) + with_constants(a, b, 2)


def never_ends_on_nan(a: float, b: float) -> float:
    x = smaller(1.0 / b, 1e9)
    while not x < a:
        x = math.sqrt(x) / 2.0 - 1.0
    return x


def whole(a: float, b: float) -> float:
    i = int(a)
    return i // 7 * 3 - i % 5 + (i + 1) / 2 + float(i) + abs(i)


def shadowing(exp: float, double: float) -> float:
    NAN = math.exp(exp)  # noqa: N806
    tanh = math.tanh(double)
    bad = 2.0 * tanh
    return NAN + bad


def literals(a: float, b: float) -> float:
    """What Python computes from numbers that are written out, and a sign that changes nothing."""
    return +a + 2.0**0.5 + 2**3.0 - 7 % 4 + (+(a < b)) * 1e3 + int(a < b)


def no_number(a: float, b: float) -> float:
    return a if a < b else 1 / 0


def weighted(values: Sequence[float]) -> float:
    """Positions, lengths, items from the end."""
    total = 0.0
    if not values:
        return -1.0
    for i in range(len(values)):
        total += (i + 1) * values[i]
    return total / len(values) + values[-1] - values[len(values) // 2]


def out_of_range(values: Sequence[float]) -> float:
    return values[3] + values[-5]


def last(values: Sequence[float]) -> float:
    value = -1.0
    for value in values:
        if value > 100.0:
            break
    return value


OF_TWO = [
    divided, remainder, floor_divided, raised, unstable_sigmoid, iterated, polynomial, logical,
    with_constants, calls_with_a_default, never_ends_on_nan, whole, shadowing, literals, no_number,
]  # fmt: skip
OF_MANY = [weighted, out_of_range, last]


def of(kernel: Callable[..., float], many: bool = False) -> Operation:
    call, operands = ("f(a)", "*a") if many else ("f(a, b)", "a, b")
    return Operation(kernel.__name__, call, [], operands=operands, kernels={"f": kernel})


@pytest.fixture(scope="module")
def users() -> Any:
    return in_c([*(of(k) for k in OF_TWO), *(of(k, many=True) for k in OF_MANY)])


@needs_compiler
@pytest.mark.parametrize("kernel", OF_TWO)
def test_a_kernel_in_the_subset_is_the_same_in_c(kernel: Any, users: Any) -> None:
    all_ = points(2, 3)
    if kernel is whole:  # an int of 2**53 or more is an error in C
        all_ = [p for p in all_ if not 1e14 < abs(p[0]) < math.inf]
    assert [] == wrong(of(kernel), users, all_)


@needs_compiler
@pytest.mark.parametrize("kernel", OF_MANY)
def test_a_kernel_of_a_sequence_is_the_same_in_c(kernel: Any, users: Any) -> None:
    assert [] == wrong(of(kernel, many=True), users, [(values,) for values in lists(4)])


@needs_compiler
def test_an_int_that_a_double_does_not_hold_is_a_failure_not_another_number(users: Any) -> None:
    big = [(sign * x, 0.0) for sign in (1.0, -1.0) for x in (2.0**53, 2.0**63, 1e300)]
    assert [None] * 6 == users(of(whole), big)


def refused(kernel: Any) -> str:
    with pytest.raises(ValueError) as caught:
        c_operations.source([Operation("mine", "f(a)", [], kernels={"f": kernel})])
    return str(caught.value)


@pytest.mark.parametrize("kernel", [math.gamma, functools.lru_cache(divided), lambda a: a, max])
def test_what_is_not_python_in_the_subset_is_refused_with_the_way_out(kernel: Any) -> None:
    message = refused(kernel)
    assert message.startswith("mine cannot be translated to C: ")
    assert 'target="python" runs it' in message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def f(a):\n  return unknown(a)", "calls unknown"),
        ("def f(a):\n  return later", "'later'"),
        ("def f(a):\n  if a > 0:\n    return a", "without a return"),
        ("def f(a):\n  return f(a)", "calls itself"),
        ("def f(a):\n  return a or 1.0", "other than conditions"),
        ("def f(a):\n  return 2 ** int(a)", "power of ints"),
        ("def f(a):\n  return a[0]", "only a sequence"),
        ("def f(a):\n  return len(a)", "only a sequence"),
        ("def f(a):\n  x = 0.0\n  for i in range(a):\n    x = i\n  return x", "needs ints"),
        ("def f(a):\n  x = 0.0\n  for i in a:\n    x = i\n  return x", "a sequence or a range"),
        ("def f(a):\n  x = 0\n  for i in range(0, 9, int(a)):\n    x = i\n  return x", "the step"),
        ("def f(a):\n  x = 0\n  for i in range():\n    x = i\n  return x", "'range()'"),
        ("def f(a):\n  return (-8.0) ** 0.5 + a @ a", "cannot be translated"),
        ("def f(a):\n  return ~int(a)", "cannot be translated"),
        ("def f(a):\n  return [a, a]", "cannot be translated"),
        ("def f(a):\n  return a is a", "cannot be translated"),
        ("def f(a):\n  x, y = a, a\n  return x", "= (a, a)' cannot be translated to C"),
        ("def f(a):\n  x = y = a\n  return x", "cannot be translated to C"),
        ("def f(a):\n  while a:\n    a = a - 1\n  else:\n    a = 1\n  return a", "while a"),
        ("def f(a):\n  return float(a, a)", "float"),
        ("def f(*a):\n  return 1.0", "plain positional"),
        ("@wrap\ndef f(a):\n  return a", "decorated"),
        ("def f(a):\n  return 9007199254740993 * a", "an int of 2**53 or more"),
        ("def f(a):\n  with a:\n    return a", "cannot be translated"),
    ],
)
def test_each_thing_outside_the_subset_is_named(text: str, message: str) -> None:
    kernel = source_text.load(text, {"wrap": lambda f: f}, "a kernel of a test")["f"]
    assert message in refused(kernel)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("return a + 1.0", "a sequence where a number is needed"),
        ("return a[0.5]", "an index must be an int"),
        ("return a", "one number, not a sequence"),
        ("x = a\n  return x[0]", "a variable must be a number"),
    ],
)
def test_a_sequence_is_no_number(text: str, message: str) -> None:
    kernel = source_text.load(f"def f(a):\n  {text}", {}, "a kernel of a test")["f"]
    with pytest.raises(ValueError, match=message):
        c_operations.source([of(kernel, many=True)])


# Names and text ----------------------------------------------------------------------------------


@needs_compiler
def test_names_of_users_clash_with_nothing() -> None:
    def kernel(name: str) -> Operation:
        return Operation(name, "a * n_a + NAN - exp", [], operands="a, n_a, NAN, exp")

    names = ["double", "main", "größe", "gr_xf6_xdfe", "exp", "printf", "Δ", "a_x1", "ax1", "NAN"]
    operations = [kernel(name) for name in names]
    assert len(set(map(c_operations.call, operations))) == len(names)
    run = in_c(operations)
    for operation in operations:
        assert [] == wrong(operation, run, points(4))


@needs_compiler
def test_two_kernels_of_one_name_stay_two() -> None:
    first = Operation("first", "f(a, b)", [], operands="a, b", kernels={"f": divided})
    second = Operation("second", "f(a, b)", [], operands="a, b", kernels={"f": remainder})
    run = in_c([first, second])
    assert [] == wrong(first, run, points(2)) + wrong(second, run, points(2))


def test_a_function_that_is_called_twice_stands_once_and_before_its_callers() -> None:
    text = c_operations.source([TABLE["swish"], TABLE["sigmoid"], TABLE["swish"]])
    assert text.count("double kernel_sigmoid(") == 1
    assert text.index("double kernel_sigmoid(") < text.index("double op_swish(")


def test_what_cannot_fail_takes_no_flag() -> None:
    failing = {n for n in BUILT_IN if c_operations.can_fail(TABLE[n])}
    assert {n for n in BUILT_IN if TABLE[n].domain} == failing


@pytest.mark.parametrize(
    ("name", "operands", "expected"),
    [
        ("multiply", ["w0", "x0"], "w0*x0"),
        ("add", ["s", "b"], "s + b"),
        ("subtract", ["1.0", "(-2.0)"], "1.0 - (-2.0)"),
        ("negate", ["x"], "-x"),
        ("relu", ["z"], "z <= 0.0 ? 0.0 : z"),
        ("tanh", ["z"], "tanh(z)"),
        ("log", ["z"], None),
        ("sum", ["z"], None),
    ],
)
def test_simple_operations_can_be_written_in_place(
    name: str, operands: list[str], expected: str | None
) -> None:
    assert expected == c_operations.inline(TABLE[name], operands)


@needs_compiler
def test_what_is_written_in_place_is_the_same_too() -> None:
    text, found = c_operations.prelude(), []
    for name in sorted(BUILT_IN):
        operands = [f"x{i}[i]" for i in range(len(TABLE[name].operands))]
        expression = c_operations.inline(TABLE[name], operands)
        if expression is not None:
            found.append(TABLE[name])
            parameters = ", ".join(f"const double *{x[:-3]}" for x in operands)
            text += (
                f"void many_{c_operations.call(TABLE[name])}({parameters}, py_index n, double *y) "
            )
            text += f"{{ for (py_index i = 0; i < n; i++) y[i] = {expression}; }}\n"
    library = load(text)
    assert len(found) >= 15
    for operation in found:
        all_ = points(len(operation.operands), 5)
        y = (ctypes.c_double * len(all_))()
        columns = [(ctypes.c_double * len(all_))(*c) for c in zip(*all_, strict=True)]
        library["many_" + c_operations.call(operation)](*columns, ctypes.c_longlong(len(all_)), y)
        for operands, actual in zip(all_, y, strict=True):
            assert same(in_python(operation, operands), actual), (operation, operands, actual)


@needs_compiler
def test_a_literal_is_the_number_itself() -> None:
    values = [*EXTREMES, *numbers(400, random.Random(6)), 3, -7, 0.1, 1e22, 2**60]
    texts = ", ".join(map(c_operations.literal, values))
    library = load(f"#include <math.h>\ndouble literals[] = {{{texts}}};")
    actual = list((ctypes.c_double * len(values)).in_dll(library, "literals"))
    pairs = zip(values, actual, strict=True)
    assert [] == [(v, a) for v, a in pairs if struct.pack("d", v) != struct.pack("d", a) and v == v]


@needs_compiler
def test_the_comparison_notices_a_wrong_last_digit_and_a_missing_failure() -> None:
    assert same(None, None) and same(math.nan, math.nan) and same(0.0, -0.0)
    assert not same(None, math.nan) and not same(1.0, None) and not same(1.0, math.nan)
    assert not same(1.0, 1.0 + (1 if c_operations.same_libm() else 3) * 2**-52)


@needs_compiler
def test_a_function_that_the_compiled_c_computes_otherwise_is_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compiler = " ".join(find_compiler().command)
    monkeypatch.setenv("CC", f"{compiler} -Dtanh=tan")
    assert "tanh" in c_operations.other_libm.__wrapped__()


@needs_compiler
def test_fast_math_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    compiler = " ".join(find_compiler().command)
    monkeypatch.setenv("CC", f"{compiler} -ffast-math")
    with pytest.raises(CompilerFailedError, match="strict IEEE arithmetic is needed"):
        load(c_operations.prelude() + "int none;")
