"""What `select` does not choose gets nothing, and hands nothing on; zeros keep their sign.

Every route says so: plain, eager, interpreted, compiled to each target, one example or many.
"""

import math
import random

import pytest

import tinygrad_neuron as tn
from tinygrad_neuron import Value, nn, optim
from tinygrad_neuron.calculus.table import TABLE
from tinygrad_neuron.compiler import compile
from tinygrad_neuron.compiler.variant import Variant
from tinygrad_neuron.engine import plain

pytestmark = pytest.mark.both_targets

ERRORS = (ArithmeticError, ValueError, IndexError)


def bits(numbers):
    return [float(number).hex() for number in numbers]


def data_and_gradients(function, arguments, leaves):
    """What a call gives, to the bit; in place of the rest the error that it raises."""
    for leaf in leaves:
        leaf.grad = 0.0
    try:
        y = function(*arguments)
        y.backward()
    except ERRORS as error:
        assert [0.0] * len(leaves) == [leaf.grad for leaf in leaves]
        return [str(error)]
    return bits([y.data, *(leaf.grad for leaf in leaves)])


def assert_all(expected, function, arguments, leaves, monkeypatch):
    """Plain, eager, compiled and interpreted give these bits (or this error)."""
    with plain():
        assert expected == data_and_gradients(function, arguments, leaves)
    assert expected == data_and_gradients(function, arguments, leaves)
    assert expected == data_and_gradients(compile(function), arguments, leaves)
    with monkeypatch.context() as patch:
        patch.setattr(Variant, "add_up", Variant.interpreted)
        assert expected == data_and_gradients(compile(function), arguments, leaves)


# What is not chosen


@pytest.mark.parametrize("index", [1, 1.0, Value(1.0)])
def test_an_infinite_derivative_in_the_branch_not_taken_does_not_count(index, monkeypatch):
    x, c = Value(3.0), Value(math.inf)
    assert_all(
        bits([6.0, 2.0]), lambda x, i: tn.select([x * c, x * 2.0], i), [x, index], [x], monkeypatch
    )
    assert_all(bits([6.0, 2.0]), lambda: tn.select([x * c, x * 2.0], 1), [], [x], monkeypatch)


def test_a_derivative_that_does_not_exist_in_the_branch_not_taken_is_no_error(monkeypatch):
    x = Value(0.0)
    for function, arguments in (
        (lambda x: tn.select([x, x.sqrt()], 0), [x]),
        (lambda x, i: tn.select([x, x.sqrt()], i), [x, 0]),
        (lambda i: tn.select([x, x.sqrt()], i), [0]),
        (lambda i: tn.select([x, tn.select([x.sqrt(), x], i)], i), [0]),
    ):
        assert_all(bits([0.0, 1.0]), function, arguments, [x], monkeypatch)


def test_in_the_branch_taken_it_is_an_error(monkeypatch):
    x = Value(0.0, label="x")
    error = (
        "derivative of sqrt of 0.0 ('x'): float division by zero; "
        "it needs an operand of 0 or more (its derivative: greater than 0)"
    )
    assert_all([error], lambda i: tn.select([x, x.sqrt()], i), [1], [x], monkeypatch)


def test_an_index_gets_nothing_and_what_computes_it_is_not_differentiated(monkeypatch):
    x, w = Value(0.0), Value(2.0)
    function = lambda: tn.select([w, w * 3.0], x.sqrt())  # noqa: E731
    assert_all(bits([2.0, 0.0, 1.0]), function, [], [x, w], monkeypatch)


def test_what_was_passed_and_not_chosen_is_not_differentiated_outside():
    for route in ("eager", "call", "sum", "mean"):
        x = Value(0.0)
        root = x.sqrt()

        def function(a, b, i):
            return tn.select([a * 2.0, b * 3.0], i)

        compiled = compile(function)
        if route == "eager":
            y = function(x, root, 0)
        elif route == "call":
            y = compiled(x, root, 0)
        else:
            y = getattr(compiled, route)([(x, root, 0)])
        y.backward()
        assert [2.0, 0.0] == [x.grad, root.grad]


def test_a_gradient_that_is_not_finite_in_the_branch_taken_stays(monkeypatch):
    x, c = Value(3.0), Value(math.inf)
    function = lambda i: tn.select([x * c, x * 2.0], i)  # noqa: E731
    assert_all(bits([math.inf, math.inf]), function, [0], [x], monkeypatch)


@pytest.mark.parametrize("rule", [optim.SGD, optim.Adam])
def test_a_trainer_repeats_the_step_before_anything_changes(rule):
    results = []
    for with_trainer in (False, True):
        w, v = Value(0.0), Value(0.5)

        def loss(x, i, w=w, v=v):
            return tn.select([x * w + v, (w + v * 0.0).sqrt()], i) * v

        optimiser = rule([w, v], lr=0.25)
        compiled = compile(loss)
        examples = [(2.0, 0), (-3.0, 0)]
        losses = []
        if with_trainer:
            with compiled.trainer(optimiser) as trainer:
                losses = [trainer.step(examples)]
        else:
            total = loss(*examples[0]).data + loss(*examples[1]).data
            optimiser.zero_grad()
            for example in examples:
                loss(*example).backward(0.5)
            optimiser.step()
            losses = [total / 2]
        results.append(bits([*losses, w.data, v.data, w.grad, v.grad]))
    assert results[0] == results[1]


def test_a_step_that_fails_leaves_the_trainer_as_it_was():
    w = Value(0.0, label="w")
    compiled = compile(lambda x, i: tn.select([x * w, w.sqrt()], i))
    with compiled.trainer(optim.SGD([w], lr=-0.0 + 1.0)) as trainer:
        assert 0.0 == trainer.step([(2.0, 0), (-2.0, 0)])
        with pytest.raises(ZeroDivisionError, match=r"derivative of sqrt of 0.0 \('w'\)"):
            trainer.step([(2.0, 0), (2.0, 1)])
        assert 0.0 == trainer.step([(4.0, 0)])
    assert (-4.0, 4.0) == (w.data, w.grad)


# The sign of zero


def test_zeros_of_both_signs_are_two_constants():
    compiled = compile(lambda x: [x * 0.0, x * -0.0])
    assert bits([0.0, -0.0]) == bits([y.data for y in compiled(Value(1.0))])
    assert [bits([0.0, -0.0])] == [bits(row) for row in compiled.map([(1.0,)])]


def test_sums_start_from_their_first_addend(monkeypatch):
    x = Value(-0.0)
    for function, derivative in (
        (lambda x: x + -0.0, 1.0),
        (lambda x: tn.sum([x, x]), 2.0),
        (lambda x: tn.sum([x]), 1.0),
        (lambda x: tn.sum([x] * 9), 9.0),
        (lambda x: tn.sum([x * 1.0 for _ in range(50)]), 50.0),
    ):
        assert_all(bits([-0.0, derivative]), function, [x], [x], monkeypatch)
    assert_all(bits([0.0]), lambda: tn.sum([]) + 0.0, [], [], monkeypatch)


@pytest.mark.parametrize("width", [2, 8])
def test_a_neuron_with_a_bias_of_minus_zero(width, monkeypatch):
    layer = nn.Layer(2, width, activation="linear", seed=0)
    for p in layer.parameters():
        p.data = -0.0
    outputs = compile(lambda x: layer(x))([1.0, 1.0])
    expected = bits([-0.0] * width)
    assert expected == bits([y.data for y in layer([1.0, 1.0])])
    assert expected == bits([y.data for y in outputs])


def test_totals_over_examples_start_from_the_first():
    w = Value(0.0)
    compiled = compile(lambda x: w * x)
    assert bits([-0.0] * 4) == bits([
        compiled.sum([(-1.0,)]).data,
        compiled.mean([(-1.0,), (-2.0,)]).data,
        compiled.trainer(optim.SGD([w])).step([(-1.0,), (-2.0,)]),
        tn.sum([w * -1.0, w * -2.0]).data,
    ])  # fmt: skip
    assert bits([0.0]) == bits([compiled.sum([(-1.0,), (1.0,)]).data])


def test_the_gradient_of_an_inner_node_starts_from_its_first_addend():
    gradients = []
    for make in (lambda f: f, compile):
        x = Value(2.0)
        inner = x * 3.0
        make(lambda a: a * -0.0)(inner).backward()
        gradients.append(bits([inner.grad, x.grad]))
    assert [bits([-0.0, 0.0])] * 2 == gradients


def test_what_select_does_not_choose_does_not_change_the_sign_of_a_zero():
    gradients = []
    for make in (lambda f: f, compile):
        x, w = Value(2.0), Value(1.0)
        inner = x * 3.0
        make(lambda a, i, w=w: tn.select([a, w], i) + a * -0.0)(inner, 1).backward()
        gradients.append(bits([inner.grad, x.grad, w.grad]))
    assert [bits([-0.0, 0.0, 1.0])] * 2 == gradients


# All routes, on random graphs

SPECIAL = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    2.0,
    0.5,
    math.inf,
    -math.inf,
    math.nan,
    -3.0,
    1e308,
    5e-324,
    710.0,
]
BRANCHES = ["select"] * 4 + [
    "add", "multiply", "sum", "sqrt", "divide", "subtract", "negate", "relu", "log", "maximum",
    "logsumexp", "power",
]  # fmt: skip


class Case:
    """A random function of numbers, Values and two indices, over parameters of its own."""

    def __init__(self, seed):
        generator = random.Random(seed)

        def number():
            return generator.choice([*SPECIAL, generator.uniform(-3, 3), 1.0, 2.0, -0.0])

        self.names = BRANCHES if seed % 3 else [*TABLE, *["select"] * 6]
        self.parameters = [Value(number()) for _ in range(generator.randint(1, 4))]
        self.are_values = [generator.random() < 0.6 for _ in range(generator.randint(1, 3))]
        self.rows = [
            [*(number() for _ in self.are_values), generator.randrange(3), generator.randrange(3)]
            for _ in range(3)
        ]
        self.seed = generator.random()

    def __call__(self, *values):
        generator = random.Random(self.seed)
        *values, i, j = values
        nodes, used = [*values, *self.parameters], set()
        first = len(nodes)
        for _ in range(generator.randint(1, 10)):
            operation = TABLE[generator.choice(self.names)]
            count = len(operation.operands)
            if operation.variadic:
                count = 3 if operation.chosen else generator.randint(1, 4)
            operands = [
                generator.choice(nodes) if generator.random() < 0.85 else generator.choice(SPECIAL)
                for _ in range(count)
            ]
            used.update(map(id, operands))
            if operation.chosen:
                index = generator.choice([i, j, i, j, generator.randrange(3)])
                nodes.append(operation.function(operands, index))
            else:
                given = [operands] if operation.variadic else operands
                nodes.append(operation.function(*given))
        unused = [node for node in nodes[first:] if id(node) not in used]
        return tn.sum(unused) if len(unused) > 1 else unused[0]

    def examples(self):
        """Examples, and all leaves behind them."""
        examples = [
            [Value(x) if is_value else x for x, is_value in zip(row, self.are_values, strict=False)]
            + row[-2:]
            for row in self.rows
        ]
        leaves = [v for example in examples for v in example if isinstance(v, Value)]
        return [tuple(example) for example in examples], [*self.parameters, *leaves]


def seeds_for(code):
    return range(30) if code == "c" else range(400)


def test_one_call_is_the_same_on_all_routes(code, monkeypatch):
    failed = 0
    for seed in seeds_for(code):
        case = Case(seed)
        (example, *_), leaves = case.examples()
        expected = data_and_gradients(case, example, leaves)
        failed += len(expected) == 1
        assert_all(expected, case, example, leaves, monkeypatch)
    assert 0 < failed < len(seeds_for(code)) / 2


@pytest.mark.parametrize("interpreted", [False, True])
def test_many_examples_are_the_same_as_one_after_the_other(code, interpreted, monkeypatch):
    if interpreted:
        monkeypatch.setattr(Variant, "add_up", Variant.interpreted)
    for seed in seeds_for(code):
        case = Case(seed)

        def one_by_one(examples, case=case):
            results = [case(*example) for example in examples]
            total = tn.sum([y.data for y in results])
            for y in results:
                y.backward()
            return total

        found = []
        for route in (one_by_one, compile(case).sum):
            examples, leaves = case.examples()
            try:
                y = route(examples)
                y.backward()
                found.append(bits([y.data, *(leaf.grad for leaf in leaves)]))
            except ERRORS:
                found.append("an error")
            for p in case.parameters:
                p.grad = 0.0
        assert found[0] == found[1], seed


def test_training_is_the_same_as_by_hand(code):
    for seed in seeds_for(code):
        case = Case(seed)
        before = [p.data for p in case.parameters]
        found = []
        for by_hand in (True, False):
            for p, data in zip(case.parameters, before, strict=True):
                p.data, p.grad = data, 0.0
            optimiser = optim.SGD(case.parameters, lr=0.5)
            rows = [tuple(row) for row in case.rows]
            try:
                if by_hand:
                    results = [case(*row) for row in rows]
                    mean = tn.sum([y.data for y in results]).data / 3
                    for y in results:
                        y.backward(1 / 3)
                    optimiser.step()
                else:
                    with compile(case).trainer(optimiser) as trainer:
                        mean = trainer.step(rows)
            except ERRORS:
                found.append("an error")
                continue
            found.append(bits([mean, *(x for p in case.parameters for x in (p.data, p.grad))]))
        assert found[0] == found[1], seed
