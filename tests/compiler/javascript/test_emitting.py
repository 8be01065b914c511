"""Generated JavaScript, run by a browser, gives the numbers and errors of generated Python."""

import math
import random
from typing import Any

import pytest

from tests.compiler.c.random_graphs import NAMES, REPEATED, SMOOTH, random_graph
from tinygrad_neuron import Value, nn, scope, select, sqrt
from tinygrad_neuron.calculus.table import TABLE
from tinygrad_neuron.compiler import compile
from tinygrad_neuron.compiler.javascript import graph_text
from tinygrad_neuron.functions import drawn
from tinygrad_neuron.losses import cross_entropy
from tinygrad_neuron.passes import DOMAIN_ERRORS

pytestmark = pytest.mark.once  # what the browser computes does not depend on Python's version

# Numbers that JSON has none for travel as text.
RUN = """([source, name, rows, leaves, seeds]) => {
  const special = { nan: NaN, inf: Infinity, "-inf": -Infinity };
  const read = (x) => Array.isArray(x) ? x.map(read) : special[x] ?? x;
  const told = (x) => Array.isArray(x) ? x.map(told) : Number.isFinite(x) ? x : String(x);
  const f = new Function(`${source}; return ${name};`)();
  const guarded = (g) => { try { return told(g()); } catch (error) { return error.name; } };
  return [
    guarded(() => f.outputs(read(rows), read(leaves))),
    f.gradients ? guarded(() => {
      const { total, leaves: found, inputs } = f.gradients(read(rows), read(leaves), read(seeds));
      return [total, found, inputs];
    }) : null,
  ];
}"""


@pytest.fixture(scope="module")
def tab(browser: Any) -> Any:
    return browser.new_page()


def told(x: Any) -> Any:
    """Numbers as JSON can hold them."""
    if isinstance(x, list | tuple):
        return [told(one) for one in x]
    if x is None:  # an input that nothing arrived at
        return 0.0
    return x if math.isfinite(x) else str(x).replace("inf", "Infinity").replace("nan", "NaN")


def sent(x: Any) -> Any:
    return [sent(one) for one in x] if isinstance(x, list) else x if math.isfinite(x) else str(x)


def in_python(function: Any, *arguments: Any) -> Any:
    try:
        return told(function(*arguments))
    except DOMAIN_ERRORS as error:
        return type(error).__name__


def flat(x: Any) -> list[Any]:
    return [one for part in x for one in flat(part)] if isinstance(x, list) else [x]


def agree(expected: Any, actual: Any) -> bool:
    """Whether the numbers are equal to within 1e-12 of the largest, and all else is the same."""
    expected, actual = flat(expected), flat(actual)
    if len(expected) != len(actual):
        return False
    numbers = [abs(x) for x in expected if not isinstance(x, str)]
    least = 1e-12 * max(numbers, default=0.0)
    return all(
        e == a if isinstance(e, str) or isinstance(a, str) else abs(e - a) <= least
        for e, a in zip(expected, actual, strict=True)
    )


class Both:
    """A function run in Python and in the browser, on the same rows."""

    def __init__(self, tab: Any, function: Any, *arguments: Any, rows: Any = None) -> None:
        compiled = compile(function)
        self.source = compiled.javascript(*arguments)
        variant, leaves = compiled._variants.find(arguments, {})
        row = variant.row(list(leaves))
        rows = rows or [row, [x * 1.5 for x in row]]
        seeded = tuple(range(len(variant.outputs)))
        seeds = [0.5 + k for k in seeded]
        data = [leaf.data for leaf in variant.leaves]
        add_up = variant.generated(seeded)
        if variant.doubts[seeded].branches:  # as only the interpreter can in Python

            def add_up(rows: Any, data: Any, zeros: Any, seeds: Any, total: float) -> Any:
                return variant.interpreted(rows, [], data, zeros, seeded, seeds, total)

        self.expected = [
            in_python(variant.generated(None), rows, data),
            in_python(add_up, rows, data, variant.zeros, tuple(seeds), 0.0),
        ]
        name = self.source[len("const ") :].partition(" ")[0]
        self.actual = tab.evaluate(RUN, [self.source, name, *map(sent, (rows, data, seeds))])

    @property
    def agrees(self) -> bool:
        return all(map(agree, self.expected, self.actual))


@pytest.mark.parametrize("names", [NAMES, SMOOTH, REPEATED], ids=["all", "smooth", "repeated"])
def test_random_graphs_give_pythons_numbers_and_errors(tab: Any, names: Any) -> None:
    generator = random.Random(5)
    wrong, errors, compared = [], 0, 0
    for k in range(120):
        function, arguments, _ = random_graph(generator, names, layered=k % 4 == 0)
        try:
            both = Both(tab, function, *arguments)
        except DOMAIN_ERRORS:  # of parameters alone
            continue
        compared += 1
        errors += isinstance(both.expected[1], str)
        if not both.agrees:
            wrong.append((both.source[both.source.index("// ") :], both.expected, both.actual))
    assert [] == wrong[:1]
    assert compared > 80
    assert (errors > 5) is (names is NAMES)


def test_numbers_that_are_none_and_infinite_ones_come_out_as_in_python(tab: Any) -> None:
    w = Value(2.0, label="w")
    rows = [[x] for x in (math.inf, -math.inf, math.nan, 0.0, -0.0, 1e308, 5e-324)]
    for function in (
        lambda x: (w * x).tanh() * x,
        lambda x: (w * x).relu() + w / (x + 1.0),
        lambda x: (w * x).sigmoid() - x,
    ):
        assert Both(tab, function, 1.0, rows=rows).agrees


def test_errors_have_pythons_names(tab: Any) -> None:
    w = Value(2.0, label="w")
    for function, x, error in (
        (lambda x: (w * x).log(), -1.0, "ValueError"),
        (lambda x: w / x, 0.0, "ZeroDivisionError"),
        (lambda x: (w * x).exp(), 1000.0, "OverflowError"),
        (lambda x: w * (x ** (w / 4.0)), -1.0, "ValueError"),
    ):
        both = Both(tab, function, x)
        assert [error, error] == both.expected == both.actual


def test_modules_losses_and_several_outputs(tab: Any) -> None:
    model = nn.MLP(2, [3, 3], activation="swish", seed=1)
    assert Both(tab, lambda x, k: cross_entropy(model(x), k), [0.5, -1.0], 2).agrees
    assert Both(tab, lambda x: model(x), [0.5, -1.0]).agrees
    v = Value(3.0, label="v")
    assert Both(tab, lambda a, b: (a * b * v).sin(), Value(0.5), 2.0).agrees
    assert Both(tab, lambda: v * v).agrees


def test_what_is_drawn_comes_after_the_inputs_of_a_row(tab: Any) -> None:
    w = Value(2.0, label="w")
    both = Both(tab, lambda x: drawn(lambda: 2.0) * (w * x), 3.0, rows=[[3.0, 2.0], [3.0, 0.0]])
    assert both.agrees
    assert [[12.0], [0.0]] == both.actual[0]


def test_the_text_reads_as_if_written_by_hand() -> None:
    neuron = nn.Neuron(2, activation="sigmoid", seed=0)

    def predict(x):
        return neuron(x)

    source = compile(predict).javascript([1.0, 2.0])
    expected = """\
// predict: outputs
function outputs(rows, leaves) {
  const [w0, w1, b] = leaves;
  const results = [];
  for (const [x0, x1] of rows) {
    // Neuron
    const z = w0 * x0 + w1 * x1 + b;
    const y = sigmoid(z);
    results.push([y]);
  }
  return results;
}

// predict: outputs and gradients
function gradients(rows, leaves, seeds = [1]) {
  const [w0, w1, b] = leaves;
  const [seed] = seeds;
  let total = 0;
  let g_w0 = 0, g_w1 = 0, g_b = 0;
  for (const [x0, x1] of rows) {
    // Neuron
    const z = w0 * x0 + w1 * x1 + b;
    const y = sigmoid(z);
    // backward
    // Neuron
    const d_z = seed * (y * (1 - y));
    g_b += d_z;
    g_w1 += d_z * x1;
    g_w0 += d_z * x0;
    total += y;
  }
  return { total, inputs: [], leaves: [g_w0, g_w1, g_b] };
}
"""
    assert expected in source
    assert "function sigmoid(x) {" in source
    assert "gradients" not in compile(predict).javascript([1.0, 2.0], gradients=False)


def test_labels_never_break_the_text(tab: Any) -> None:
    names = ["let", "rows", "exp", "python", "</script>", "a b", "функция", "*/", "\u2028", "t", ""]
    leaves = [Value(0.1 * k, label=name) for k, name in enumerate(names)]

    def new(x):
        with scope("</script>\u2028 alert(1)"):
            return (sum(leaves, Value(0.0)) * x).exp()

    both = Both(tab, new, Value(0.5, label="const"))
    assert both.agrees
    assert "</script" not in both.source


def test_what_select_did_not_choose_gets_no_gradient(tab: Any) -> None:
    x, y = Value(0.0, label="x"), Value(4.0, label="y")
    functions: list[Any] = [
        lambda k: select([x * 1.0, sqrt(x)], k),
        lambda k: select([x * y, sqrt(x) * sqrt(x), (x * y).tanh()], k) * y,
        lambda k: select([sqrt(x), y.log()], k) + y * x,
        lambda k: select([sqrt(select([x, y], k)), y], k),
    ]
    for function in functions:
        for chosen in (0, 1):
            both = Both(tab, function, chosen)
            assert both.agrees, (both.expected, both.actual)


def test_random_graphs_that_choose_among_what_they_compute(tab: Any) -> None:
    generator = random.Random(7)
    leaves = [Value(number, label=f"w{i}") for i, number in enumerate((0.0, 4.0, 0.5))]
    names = ["select", "select", "sqrt", "log1p", "multiply", "add", "tanh", "divide"]
    names = [name for name in names if name in TABLE]

    def choosing(k: Any) -> Value:
        generator.seed(seed)
        nodes: list[Value] = [*leaves, leaves[1] * k + 1.0]
        for _ in range(8):
            operation = TABLE[generator.choice(names)]
            operands = [generator.choice(nodes) for _ in range(3)]
            if operation.chosen:
                nodes.append(operation.function(operands, k))
            else:
                nodes.append(operation.function(*operands[: len(operation.operands)]))
        return TABLE["sum"].function(nodes[-4:])

    careful = 0
    for seed in range(60):  # the function reads it
        try:
            both = Both(tab, choosing, 1, rows=[[0.0], [1.0], [2.0]])
        except DOMAIN_ERRORS:  # of parameters alone
            continue
        careful += "undefined" in both.source.partition("// choosing")[2]
        if isinstance(both.expected[1], str) or isinstance(both.actual[1], str):
            assert type(both.expected[1]) is type(both.actual[1]), both.source
        else:
            assert both.agrees, (seed, both.expected, both.actual)
    assert careful > 15


def test_a_recorded_graph_has_a_text_with_some_of_its_leaves_as_inputs(tab: Any) -> None:
    model = nn.MLP(2, [4, 1], activation="tanh", seed=1)
    x = [Value(0.5, label="x0"), Value(-1.0, label="x1")]
    y = model(x)
    source, leaves = graph_text("plane", [y], x)
    assert set(model.parameters()) == set(leaves)
    rows = [[0.5, -1.0], [2.0, 3.0]]
    found = tab.evaluate(RUN, [source, "plane", rows, [leaf.data for leaf in leaves], [1.0]])
    assert agree([[model(row).data] for row in rows], found[0])
    for value in (*leaves, *x):
        value.grad = 0.0
    for row in rows:
        model(row).backward()
    assert agree([leaf.grad for leaf in leaves], found[1][1])
