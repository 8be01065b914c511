"""A walkthrough's steps are both passes of the engine, in its order and to its last bit."""

import math
import random

import pytest

from tinygrad_neuron import (
    Value,
    define_operation,
    log,
    logsumexp,
    maximum,
    nn,
    optim,
    select,
    sqrt,
    sum,
    tanh,
    topological_order,
    walkthrough,
)
from tinygrad_neuron.calculus.table import TABLE
from tinygrad_neuron.draw import rendering
from tinygrad_neuron.operators import stored_gradient
from tinygrad_neuron.walk import Training


def steps_of(root, phase):
    return [step for step in walkthrough(root) if step.phase == phase]


def check_equal_to_backward(root):
    order = topological_order(root)
    before = [stored_gradient(node) for node in order]
    walk = walkthrough(root)
    assert before == [stored_gradient(node) for node in order]
    found = walk.gradients()
    leaves = [node for node in order if not node._prev]
    for leaf in leaves:
        leaf.grad = 0.0
    root.backward()
    for i, node in enumerate(order):
        if i in found:
            assert node.grad == found[i] or (math.isnan(node.grad) and math.isnan(found[i]))
    assert len(found) == len(order) - len([n for n in walk.graphs[0] if n.operation == "constant"])
    return walk


def test_one_neuron_step_by_step():
    w, x, b = Value(0.5, label="w"), Value(2.0, label="x"), Value(-0.5, label="b")
    product = w * x
    product.label = "w*x"
    z = product + b
    z.label = "z"
    y = tanh(z)
    y.label = "y"
    walk = walkthrough(y)
    assert ["forward"] * 3 + ["backward"] * 6 == [step.phase for step in walk]
    assert list(range(1, 10)) == [step.number for step in walk]
    forward = walk[1]
    assert ("z", "add", "w*x + b") == (forward.name, forward.operation, forward.formula)
    assert "1 + (-0.5) = 0.5" == forward.numbers
    assert 0.5 == forward.value
    first = walk[3]
    assert (None, 1.0, None, None) == (
        first.before, first.after, first.contribution, first.incoming,
    )  # fmt: skip
    assert "y" == first.name == first.target_name
    second = walk[4]
    assert ("y", "z", "1 - y * y") == (second.name, second.target_name, second.local_formula)
    assert second.local == 1 - y.data * y.data == second.contribution
    assert "1 - 0.4621 * 0.4621 ≈ 0.7864" == second.local_numbers
    to_w = walk[7]
    assert ("w", "x", "2", 2.0) == (
        to_w.target_name, to_w.local_formula, to_w.local_numbers, to_w.local,
    )  # fmt: skip
    assert 2 * second.contribution == to_w.contribution == to_w.after
    assert to_w.sentence.startswith("If w grows a little, w*x grows 2 times as much, so w receives")


def test_a_shared_operand_receives_one_contribution_after_another():
    x = Value(3.0, label="x")
    y = x * x
    arrivals = [(s.before, s.contribution, s.after, s.operand) for s in steps_of(y, "backward")]
    assert [(None, None, 1.0, None), (None, 3.0, 3.0, 0), (3.0, 3.0, 6.0, 1)] == arrivals


def test_not_computed_yet_is_none_and_not_zero():
    a = Value(-1.0, label="a")
    y = a.relu()
    last = steps_of(y, "backward")[-1]
    assert last.before is None
    assert 0.0 == last.after


def test_contributions_are_added_in_the_order_of_backward():
    x = Value(1.0, label="x")
    y = x * 1e16 + x * 1.0 + x * -1e16 + x * 3.0
    check_equal_to_backward(y)
    z = sum([x * 1e16, x, x, x, x * -1e16])
    check_equal_to_backward(z)


def test_after_each_node_the_gradients_are_those_of_the_engine_at_that_moment():
    model = nn.MLP(2, [3, 2, 1], activation="tanh", seed=4)
    x = Value(0.5, label="x")
    y = model([x, x * x]) * x
    order = topological_order(y)
    walk = walkthrough(y)
    for node in order:
        node.grad = 0.0
    y.grad = 1.0
    inner = [node for node in reversed(order) if node._prev]
    arrivals = [s for s in walk if s.phase == "backward" and s.contribution is not None]
    handing_on = list(dict.fromkeys(s.node for s in arrivals))
    assert [order.index(node) for node in inner] == handing_on
    for node in inner:
        node._backward()
        last = {s.target: s.after for s in arrivals if s.node == order.index(node)}
        assert last == {position: order[position].grad for position in last}
        assert {order.index(v) for v in node._prev} >= last.keys()


@pytest.mark.parametrize("name", [name for name, op in TABLE.items() if not op.variadic])
def test_every_operation_explains_itself_and_agrees_with_backward(name):
    operation = TABLE[name]
    a = Value(0.7, label="a")
    operands = [a, Value(1.3, label="b")][: len(operation.operands)]
    walk = check_equal_to_backward(operation.function(*operands))
    for step in walk:
        assert step.sentence.endswith(".")
        if step.phase == "forward":
            assert step.formula and "=" in step.numbers
            assert "a" in step.formula
    if len(operands) == 2:
        check_equal_to_backward(operation.function(a, a))
        check_equal_to_backward(operation.function(a, 2.0))
        check_equal_to_backward(operation.function(0.5, a))


@pytest.mark.parametrize("name", ["sum", "logsumexp"])
def test_operations_on_any_number_of_operands(name):
    values = [Value(0.1 * i - 0.3, label=f"v{i}") for i in range(9)]
    walk = check_equal_to_backward(TABLE[name].function([*values, values[0], 2.0]))
    assert "(5 more)" in walk[0].formula
    if name == "logsumexp":
        assert "exp(v0 - n10) / scale" == walk[2].local_formula


def test_formulas_with_numbers_are_true():
    """What stands left of the last equals sign, evaluated, is what stands right of it."""
    generator = random.Random(5)
    names = {name: TABLE[name].on_floats for name in TABLE}
    for _ in range(60):
        a, b = (Value(generator.uniform(0.2, 3) * s, label=n) for s, n in ((1, "a"), (-1, "b")))
        for y in (a + b, b - a, b * a, a / b, a**2, b**3, a**b, -b, abs(b), b.softsign(), b - -a,
                  (b * b) / (a * b), b.hard_sigmoid(), b.swish(1.5)):  # fmt: skip
            for step in walkthrough(y, digits=17):
                numbers = step.numbers or step.local_numbers
                if step.phase == "forward" or step.local_formula:
                    left, _, right = numbers.rpartition(" = ")
                    expected = step.value if step.phase == "forward" else step.local
                    found = eval(left or right, dict(names))
                    assert expected == pytest.approx(found, rel=1e-9), numbers


def test_an_exponent_that_is_constant_stands_as_its_number():
    x = Value(3.0, label="x")
    cube, square = walkthrough(x**3), walkthrough(x**2)
    assert "x ** 3" == cube[0].formula
    assert ("3 * x ** 2", "3 * 3 ** 2 = 27") == (cube[2].local_formula, cube[2].local_numbers)
    assert "2 * x" == square[2].local_formula


def test_select_hands_on_to_the_chosen_operand_only():
    a, b = Value(5.0, label="a"), Value(7.0, label="b")
    y = select([a * 2.0, b * 3.0, a], 1)
    walk = check_equal_to_backward(y)
    handed_on = [s.target for s in walk if s.phase == "backward" and s.operation == "select"]
    assert [walk[3].node, topological_order(y).index(y._prev[1])] == handed_on
    assert (0.0, 3.0) == tuple(walk.gradients()[topological_order(y).index(v)] for v in (a, b))


def test_random_graphs_agree_with_backward():
    generator = random.Random(11)
    unary = ["tanh", "sigmoid", "relu", "softplus", "sin", "gelu", "mish", "exp"]
    for _ in range(40):
        pool = [Value(generator.uniform(-2, 2), label=f"x{i}") for i in range(4)]
        for _ in range(25):
            a, b = generator.choices(pool, k=2)
            kind = generator.randrange(6)
            made = [
                lambda: a + b,  # noqa: B023  # called at once
                lambda: a * b,  # noqa: B023
                lambda: maximum(a, b),  # noqa: B023
                lambda: logsumexp([a, b, a, 1.0]),  # noqa: B023
                lambda: tanh(a) - 0.5,  # noqa: B023
                lambda: TABLE[generator.choice(unary)].function(tanh(b)),  # noqa: B023
            ][kind]()
            pool.append(made)
        check_equal_to_backward(sum(pool[-6:]))


def test_a_network_agrees_and_its_names_are_distinct():
    model = nn.MLP(3, [4, 4, 1], seed=3)
    y = model([1.0, -2.0, 0.5])
    walk = check_equal_to_backward(y)
    names = [node.name for node in walk.graphs[0] if node.operation != "constant"]
    assert len(names) == len(set(names))


def test_where_one_name_of_a_module_needs_its_path_all_of_it_have_it():
    model = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1))
    names = {node.name for node in walkthrough(model, [0.5, -1.0]).graphs[0]}
    first = {f"layers[0].weight[{i}][{j}]" for i in range(2) for j in range(2)}
    assert first | {"layers[0].bias[0]", "layers[0].bias[1]", "x0", "x1"} <= names
    alone = {node.name for node in walkthrough(nn.Linear(1, 1), [0.5]).graphs[0]}
    assert {"weight[0][0]", "bias[0]"} <= alone


def test_what_select_did_not_choose_is_not_differentiated():
    x = Value(3.0, label="x")
    walk = check_equal_to_backward(select([x * Value(math.inf), x * 2.0], 1))
    assert 2.0 == walk.gradients()[0]
    assert "multiply" == walk[-1].operation and 2.0 == walk[-1].after
    x = Value(0.0, label="x")
    walk = check_equal_to_backward(select([x, sqrt(x)], 0))
    assert 1.0 == walk.gradients()[0]
    assert "sqrt" not in {step.operation for step in walk if step.phase == "backward"}


def test_an_index_that_selects_nothing_is_an_error_that_names_the_operation():
    a, b, i = Value(1.0, label="a"), Value(2.0, label="b"), Value(0.0, label="i")
    y = select([a, b], i)
    i.data = 5.0
    with pytest.raises(IndexError, match=r"derivative of select of 1\.0 \('a'\)"):
        walkthrough(y)


def test_leaves_and_constants_alone():
    [only] = walkthrough(Value(2.0, label="x")).steps
    assert ("backward", "x", 1.0) == (only.phase, only.target_name, only.after)
    from tinygrad_neuron.engine import constant

    assert [] == walkthrough(constant(2.0)).steps
    assert [] == [s for s in walkthrough(Value(1.0) * 2.0) if s.target_name == "2"]


def test_what_cannot_be_walked_is_refused():
    with pytest.raises(
        TypeError, match=r"must be a Value, a function or an nn.Module, got float 2\.0"
    ):
        walkthrough(2.0)
    with pytest.raises(TypeError, match="the function must return one Value, got int 1"):
        walkthrough(lambda: 1)
    with pytest.raises(TypeError, match="only a function or a model has arguments"):
        walkthrough(Value(1.0), 2.0)
    with pytest.raises(TypeError, match="made by hand"):
        walkthrough(Value(1.0, (Value(2.0),), "f"))
    x = Value(0.0, label="x")
    with pytest.raises(ZeroDivisionError, match=r"derivative of sqrt of 0\.0 \('x'\)"):
        walkthrough(sqrt(x))
    with pytest.raises(ValueError, match="digits"):
        walkthrough(x, digits=0)


def test_a_stale_graph_says_so():
    x = Value(2.0, label="x")
    y = x * x
    x.data = 5.0
    assert "older" in walkthrough(y)[0].sentence
    y.forward()
    assert "older" not in walkthrough(y)[0].sentence


def test_an_operation_of_ones_own():
    cube = define_operation("cubed_here", "a * a * a", ["3 * a * a"])
    try:
        walk = check_equal_to_backward(cube(Value(2.0, label="x")))
        assert "x * x * x" == walk[0].formula
        assert "3 * 2 * 2 = 12" == walk[2].local_numbers
    finally:
        del TABLE["cubed_here"], Value.cubed_here


def test_training_is_that_of_sgd_and_is_put_back():
    data = [([0.0, 1.0], 1.0), ([1.0, 1.0], -1.0)]

    def loss_of(model):
        return sum([(model(x) - target) ** 2 for x, target in data])

    model, other = nn.MLP(2, [3, 1], seed=1), nn.MLP(2, [3, 1], seed=1)
    before = [p.data for p in model.parameters()]
    training = Training(model.parameters(), lr=0.05, iterations=3)
    walk = walkthrough(lambda: loss_of(model), training=training)
    assert before == [p.data for p in model.parameters()]
    assert all(stored_gradient(p) is None for p in model.parameters())
    optimiser = optim.SGD(other.parameters(), lr=0.05)
    for iteration in (1, 2, 3):
        optimiser.zero_grad()
        loss_of(other).backward()
        optimiser.step()
        updates = [s for s in walk if s.phase == "update" and s.iteration == iteration]
        assert [p.data for p in other.parameters()] == [s.after for s in updates]
        assert [p.grad for p in other.parameters()] == [s.incoming for s in updates]
    assert 3 == len(walk.graphs)
    kept = Training(model.parameters(), lr=0.05, iterations=3, keep=True)
    walkthrough(lambda: loss_of(model), training=kept)
    assert [p.data for p in other.parameters()] == [p.data for p in model.parameters()]


def test_training_puts_parameters_back_after_an_error():
    p = Value(0.5, label="p")
    calls = []

    def loss():
        calls.append(1)
        return log(p) if len(calls) < 3 else Value("nothing")

    with pytest.raises(TypeError):
        walkthrough(loss, training=Training([p], iterations=5, keep=True))
    assert 3 == len(calls)
    assert 0.5 == p.data
    with pytest.raises(TypeError, match="give a function"):
        walkthrough(p, training=Training([p]))


def test_in_a_notebook_it_shows_the_page_and_without_an_engine_the_steps(monkeypatch, capsys):
    walk = walkthrough(Value(2.0) * 3.0)
    assert walk._repr_mimebundle_()["text/html"].startswith("<iframe")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(rendering, "_script_folders", list)
    assert walk._repr_mimebundle_()["text/html"].startswith("<pre>step 1 of 3")
    assert "layout engine" in capsys.readouterr().err


def test_long_and_hostile_labels_stay_text(monkeypatch):
    x = Value(1.0, label="\x1b[31m</pre><img onerror=alert(1)>\n" + "é" * 300)
    walk = walkthrough(x * x)
    assert "\x1b" not in walk.text()
    assert max(map(len, walk.text().splitlines())) <= 80
    assert "<img" not in walk._repr_html_()
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(rendering, "_script_folders", list)
    shown = walk._repr_html_()  # without an engine: text
    assert "<img" not in shown and "&lt;img" in shown
    assert {"text/plain", "text/html"} == walk._repr_mimebundle_().keys()
    assert {"text/plain"} == walk._repr_mimebundle_(include=["text/plain"]).keys()


def test_a_long_chain_is_not_quadratic():
    y = Value(0.1, label="x")
    for _ in range(3000):
        y = y + 0.001
    walk = walkthrough(y)
    assert 6001 == len(walk)
    assert 1.0 == walk.gradients()[0]


def test_the_first_infinity_and_the_first_nan_are_told_at_their_steps():
    x, given = Value(1e300, label="x"), Value(math.nan, label="given")
    big = x * x
    big.label = "big"
    sentences = [s.sentence for s in walkthrough((big - big) * 2.0) if s.phase == "forward"]
    marked = ["∞ first infinity: multiply of x" in s for s in sentences]
    assert marked == [True, False, False]
    assert ["≠ first NaN: subtract of big = inf" in s for s in sentences] == [False, True, False]
    [step, *_] = walkthrough(given * 2.0)
    assert "≠ first NaN: given was given as nan" in step.sentence
