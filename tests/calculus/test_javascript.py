"""The operations as JavaScript compute what they compute in Python."""

import itertools
import json
import math
import random
from collections.abc import Iterator
from typing import Any

import pytest

import tinygrad_neuron.eager as _eager  # the table is complete once it is imported
from tinygrad_neuron import source_text
from tinygrad_neuron.calculus import javascript
from tinygrad_neuron.calculus.operation import Operation
from tinygrad_neuron.calculus.table import BUILT_IN, TABLE
from tinygrad_neuron.passes import DOMAIN_ERRORS

assert _eager

EXTREMES = [
    0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 3.0, -3.0, 1e-300, 5e-324, -5e-324, 1e-8, -1e-8,
    1e300, -1e300, 27.0, -27.0, 6.0, 40.0, -40.0, 700.0, -700.0, 709.7, 710.0, -745.0, -746.0, 1e9,
    math.inf, -math.inf, math.nan, 1.7976931348623157e308, 1.4999, 1.5, 0.9999, 1e16, 0.1,
]  # fmt: skip


def coded(x: Any) -> Any:
    """A number as JSON can hold it."""
    return [coded(v) for v in x] if isinstance(x, list) else x if math.isfinite(x) else str(x)


def points(operation: Operation, generator: random.Random) -> Iterator[list[Any]]:
    scales = [1.0, 10.0, 1e-3, 30.0]
    if operation.variadic:
        for count in [0, 1, 2, 3, 7] * 30:
            scale = generator.choice(scales)
            values = [generator.uniform(-scale, scale) for _ in range(count)]
            yield [values, float(generator.randrange(-1, 8))] if operation.chosen else [values]
        for pair in itertools.product(EXTREMES, repeat=2):
            yield [list(pair), 1.0] if operation.chosen else [list(pair)]
        return
    count = len(operation.operands)
    yield from (list(p) for p in itertools.product(EXTREMES, repeat=count))
    for _ in range(300):
        yield [generator.gauss(0.0, generator.choice(scales)) for _ in range(count)]


def computed(operation: Operation, operands: list[Any]) -> Any:
    """The result and the partials, or the name of the error, as Python computes them."""
    try:
        y = float(operation.on_floats(*operands))
    except DOMAIN_ERRORS as error:
        return type(error).__name__
    found: list[Any] = [y]
    arguments = operands[:-1] if operation.chosen else operands
    for partial in operation.partials_on_floats:
        try:
            if operation.variadic:
                found += [float(partial(*arguments, y)(a)) for a in operands[0]]
            else:
                found.append(float(partial(*operands, y)))
        except DOMAIN_ERRORS as error:
            found.append(type(error).__name__)
        except TypeError:  # float ** float was complex; the engine never gets there
            found.append("complex")
    return found


HARNESS = """
const SPECIAL = { nan: NaN, inf: Infinity, "-inf": -Infinity };
const decode = (x) => Array.isArray(x) ? x.map(decode) : SPECIAL[x] ?? x;
const encode = (x) => {
  if (typeof x !== "number" || Number.isFinite(x)) return x;
  return x !== x ? "nan" : x > 0 ? "inf" : "-inf";
};
const guarded = (f) => { try { return f(); } catch (e) { return e.name; } };
window.computeAll = (name, variadic, chosen, all) => all.map((coded) => {
  const operands = decode(coded);
  const { forward, partials } = OPERATIONS[name];
  const y = guarded(() => forward(...operands));
  if (typeof y !== "number") return y;
  const found = [y];
  if (variadic) {
    const one = guarded(() => partials(operands[0], y));
    for (const a of operands[0]) found.push(typeof one === "string" ? one : guarded(() => one(a)));
  } else for (const partial of partials) found.push(guarded(() => partial(...operands, y)));
  return found.map(encode);
});
"""


@pytest.fixture(scope="module")
def browser_page(browser: Any) -> Any:
    script = javascript.arithmetic() + javascript.source(sorted(BUILT_IN)) + HARNESS
    opened = browser.new_page()
    opened.set_content("<p>operations</p>")
    opened.add_script_tag(content=f"{{{script}}}")
    return opened


def agrees(expected: Any, actual: Any) -> bool:
    if isinstance(expected, str) or isinstance(actual, str):
        if "complex" in (expected, actual):
            return True
        return bool(expected == actual)
    if expected == actual:
        return True
    return abs(expected - actual) <= 1e-14 * abs(expected) + 5e-322


def test_every_operation_and_its_partials_agree_with_python(browser_page: Any) -> None:
    generator = random.Random(1)
    checked, wrong = 0, []
    for name in sorted(BUILT_IN):
        operation = TABLE[name]
        all_ = list(points(operation, generator))
        arguments = [name, operation.variadic, bool(operation.chosen), coded_all(all_)]
        actual = browser_page.evaluate("([n, v, c, all]) => computeAll(n, v, c, all)", arguments)
        for operands, found in zip(all_, actual, strict=True):
            expected = computed(operation, operands)
            if isinstance(expected, str):
                pairs = [(expected, found)]
            elif isinstance(found, str):
                pairs = [(str(expected), found)]
            else:
                plain = [x if isinstance(x, str) else coded(x) for x in expected]
                pairs = list(zip(plain, found, strict=True))
            checked += len(pairs)
            wrong += [(name, operands, e, a) for e, a in pairs if not agrees(e, a)]
    print(f"{checked:,} numbers compared, {len(wrong)} differ")
    assert [] == wrong[:20], json.dumps(wrong[:20])
    assert checked > 10_000


def test_the_comparison_notices_a_wrong_last_digit() -> None:
    assert agrees(1.0, 1.0 + 2e-15)
    assert not agrees(1.0, 1.0 + 2e-14)
    assert not agrees(1.0, "nan") and not agrees("ValueError", "OverflowError")


def coded_all(points: list[list[Any]]) -> list[Any]:
    return [[coded(operand) for operand in point] for point in points]


def test_what_a_graph_does_not_use_is_not_emitted() -> None:
    source = javascript.source(["sigmoid"])
    assert "kernel_sigmoid" in source
    assert "tanh" not in source


def test_a_kernel_that_cannot_be_translated_is_named() -> None:
    operation = Operation("odd", "gamma(a)", ["1"], kernels={"gamma": math.gamma})
    TABLE["odd"] = operation
    try:
        with pytest.raises(ValueError, match="cannot compute odd: its kernel gamma"):
            javascript.source(["odd"])
    finally:
        del TABLE["odd"]


LIMIT = 6.5


def limited(x: float, factor: float = 2.0) -> float:
    return factor * x if x < LIMIT else math.pi


def of_nothing(x: float) -> float:
    return x * nowhere  # type: ignore[name-defined]  # noqa: F821


def in_javascript(kernel: Any) -> str:
    operation = Operation("odd", "f(a)", ["1"], kernels={"f": kernel})
    TABLE["odd"] = operation
    try:
        return javascript.source(["odd"])
    finally:
        del TABLE["odd"]


def test_a_kernel_may_read_numbers_from_its_module_and_have_defaults() -> None:
    source = in_javascript(limited)
    assert "function kernel_f(x, factor = 2.0) {" in source
    assert "(x < 6.5) ? (factor * x) : 3.141592653589793" in source


def test_a_name_without_a_meaning_is_refused_when_it_is_translated() -> None:
    with pytest.raises(ValueError, match="'nowhere' cannot be translated to JavaScript"):
        in_javascript(of_nothing)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("raise ValueError", "raise ValueError"),
        ("raise ValueError(a, a)", "raise ValueError"),
        ("return a is a", "a is a"),
        ("return a @ a", "a @ a"),
    ],
)
def test_each_thing_outside_the_subset_is_named(text: str, named: str) -> None:
    kernel = source_text.load(f"def f(a):\n  {text}\n  return a", {}, "a kernel of a test")["f"]
    with pytest.raises(ValueError, match=f"{named}.* cannot be translated to JavaScript"):
        in_javascript(kernel)


@pytest.mark.parametrize("word", ["True", "False"])
def test_true_and_false_are_written_as_there(word: str) -> None:
    kernel = source_text.load(f"def f(a):\n  return a if {word} else -a", {}, "a kernel")["f"]
    assert f"return ({word.lower()} ? a : (-a));" in in_javascript(kernel)
