"""The page computes what the engine computes, with its errors."""

import contextlib
import math
import random
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies

from tests.walk.page.opened import Opened
from tinygrad_neuron import Value, logsumexp, select, topological_order
from tinygrad_neuron.calculus import javascript, table
from tinygrad_neuron.engine import constant
from tinygrad_neuron.passes import DOMAIN_ERRORS, contributions, is_constant
from tinygrad_neuron.walk import page

pytestmark = pytest.mark.once  # what the browser computes does not depend on Python's version


def test_an_error_of_the_domain_is_worded_as_the_engines(open_page: Any) -> None:
    p = Value(1.0, label="p")
    tab = open_page(p.log())
    tab.press("End")
    tab.type("p", "-1")
    p.data = -1.0
    with pytest.raises(ValueError) as caught:
        tab.root.forward()
    assert f"ValueError: {caught.value}" == tab.text("#problem")
    assert "not yet" == tab.shown(tab.root, "data")
    tab.type("p", "2")
    assert "0.6931" == tab.shown(tab.root, "data")
    assert not tab.tab.is_visible("#problem")


def test_what_select_did_not_choose_is_not_differentiated(open_page: Any) -> None:
    x = Value(3.0, label="x")
    tab = open_page(select([x * Value(math.inf), x * 2.0], 1))
    tab.press("End")
    assert 2.0 == tab.number(x, "grad")
    x = Value(0.0, label="x")
    tab = open_page(select([x, x.sqrt()], 0))
    tab.press("End")
    assert 1.0 == tab.number(x, "grad")
    assert not tab.tab.is_visible("#problem")


def test_every_operation_of_a_mixed_graph_agrees_with_the_engine(open_page: Any) -> None:
    a, b, c = (Value(v, label=n) for v, n in ((0.7, "a"), (1.9, "b"), (-0.4, "c")))
    parts = [a**b, a / b, (b * b).log(), c.gelu(), c.mish(), c.swish(b), logsumexp([a, b, c])]
    parts += [select([a, b, c], 1), c.leaky_relu(), c.elu(), abs(c), b**3, c.erf(), a.sqrt()]
    root = sum(parts, Value(0.0, label="zero"))
    tab = open_page(root)
    tab.press("End")
    assert tab.agrees()
    for name, text, leaf in (("a", "1.25", a), ("c", "2.5", c)):
        tab.type(name, text)
        leaf.data = float(text)
        assert tab.agrees()


OPERATIONS = sorted(
    operation.name
    for operation in table.TABLE.values()
    if not operation.variadic and operation.name in table.BUILT_IN and not operation.constant
)


@strategies.composite
def graphs(draw: Any) -> Value:
    """A graph of up to twenty operations on up to four leaves."""
    numbers = strategies.floats(-3.0, 3.0).map(lambda x: round(x, 3))
    values = [
        Value(draw(numbers), label=name) for name in "abcd"[: draw(strategies.integers(1, 4))]
    ]
    for _ in range(draw(strategies.integers(1, 20))):
        operation = table.TABLE[draw(strategies.sampled_from(OPERATIONS))]
        operands = [draw(strategies.sampled_from(values)) for _ in operation.operands]
        with contextlib.suppress(ArithmeticError, ValueError):  # outside of its domain
            values.append(operation.function(*operands))
    return values[-1]


@hypothesis.settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[hypothesis.Phase.generate],  # to shrink a failure would open hundreds of pages
)
@hypothesis.given(root=graphs(), numbers=strategies.lists(strategies.floats(-2, 2), min_size=4))
def test_random_graphs_agree_with_the_engine(
    browser: Any, tmp_path_factory: Any, root: Value, numbers: list[float]
) -> None:
    def computed() -> bool:
        try:
            root.forward()
            root.backward()
        except (ArithmeticError, ValueError):
            return False
        size = max(abs(x) for node in topological_order(root) for x in (node.data, node.grad))
        return math.isfinite(size)

    hypothesis.assume(root._prev and computed())
    tab = Opened(browser, tmp_path_factory.mktemp("random"), root)
    tab.press("End")
    assert tab.agrees()
    leaves = [node for node in topological_order(root) if node.label]
    for leaf, x in zip(leaves, numbers, strict=False):
        before = leaf.data
        leaf.data = round(x, 3)
        if computed():
            tab.type(leaf.label, str(leaf.data))
            assert tab.agrees()
        else:
            leaf.data = before
    tab.close()


# What JavaScript computes to the last bit as Python does.
EXACT = ("add", "subtract", "multiply", "divide", "negate", "relu", "maximum", "minimum", "abs")


def random_graph(generator: random.Random) -> Value:
    """A graph of exact operations, sums and selections, some with an infinite constant."""
    numbers = [-2.0, -0.5, -0.0, 0.0, 0.1, 1.0, 3.0]
    values = [Value(generator.choice(numbers), label=name) for name in "abc"]
    values.append(constant(generator.choice([math.inf, 2.0])))
    for _ in range(generator.randint(1, 14)):
        name = generator.choice((*EXACT, "sum", "select", "select", "sqrt"))
        operation = table.TABLE[name]
        with contextlib.suppress(ArithmeticError, ValueError):  # outside of its domain
            if operation.variadic:
                several = generator.choices(values, k=generator.randint(1, 3))
                if operation.chosen:
                    values.append(select(several, generator.randrange(len(several))))
                else:
                    values.append(operation.function(several))
            else:
                values.append(operation.function(*generator.choices(values, k=operation.arity)))
    return values[-1]


def shown(x: float | None) -> str:
    """A number to its last bit, as JavaScript shows it too."""
    if x is None or math.isnan(x):
        return "null" if x is None else "NaN"
    return "-0" if x == 0 and math.copysign(1, x) < 0 else float(x).hex()


def steps_of(order: list[Value]) -> list[list[Any]]:
    """Every contribution as `passes` gives it; at the end the error, if there is one."""
    position = {node: i for i, node in enumerate(order)}
    found: list[list[Any]] = []
    try:
        for c in contributions(order):
            numbers = (c.incoming, c.local, c.amount, c.before, c.after)
            found.append([position[c.node], c.place, position[c.operand], *map(shown, numbers)])
    except DOMAIN_ERRORS as error:
        found.append([type(error).__name__, str(error)])
    return found


def as_page_data(order: list[Value]) -> list[dict[str, Any]]:
    """The nodes as the page has them, numbers as text."""
    position = {node: i for i, node in enumerate(order)}
    return [
        {
            "kind": "constant" if is_constant(node) else "other",
            "operation": node._operation.name if node._prev else None,
            "operands": [position[operand] for operand in node._prev],
            "label": node.label,
            "data": str(node.data),
        }
        for node in order
    ]


RUN = """([graphs, operations]) => {
const read = (text) => text === "inf" ? Infinity : text === "-inf" ? -Infinity : Number(text);
const told = (x) => x === null ? null : Object.is(x, -0) ? "-0" : String(x);
return graphs.map((nodes) => {
  const { steps, error } = run(nodes, operations, nodes.map(({ data }) => read(data)));
  const found = steps.filter(({ phase }) => phase === "backward").map((s) => {
    const numbers = [s.incoming, s.local, s.contribution, s.before, s.after];
    return [s.node, s.position, s.target, ...numbers.map(told)];
  });
  return error ? [...found, [error.name, error.text]] : found;
});
}"""


def test_the_pages_loop_makes_the_steps_of_passes_to_the_last_bit(browser: Any) -> None:
    names = (*EXACT, "sum", "select", "sqrt")
    script = javascript.arithmetic() + page.module("engine")
    generator = random.Random(11)
    orders = [topological_order(random_graph(generator)) for _ in range(600)]
    orders = [order for order in orders if order[-1]._prev and not is_constant(order[-1])]
    expected = [steps_of(order) for order in orders]
    facts = {
        name: {
            "variadic": table.TABLE[name].variadic,
            "chosen": bool(table.TABLE[name].chosen),
            "domain": table.TABLE[name].domain,
        }
        for name in names
    }
    tab = browser.new_page()
    tab.set_content("<p>two loops</p>")
    tab.add_script_tag(content=f"{javascript.source(names)}\n{script}\nwindow.run = run;")
    found = tab.evaluate(RUN, [[as_page_data(order) for order in orders], facts])
    tab.close()
    for steps in found:
        for step in steps:
            if len(step) > 2:
                step[3:] = [shown(None if x is None else float(x)) for x in step[3:]]
    assert expected == found
    assert len(orders) > 300
    assert sum(len(steps[-1]) == 2 for steps in expected if steps) > 5  # some fail backwards
