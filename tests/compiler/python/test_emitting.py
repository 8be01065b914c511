"""The text of generated code: straight-line Python that reads as if written by hand."""

import ast
import math

import pytest

import tinygrad_neuron as tn
from tinygrad_neuron import Value, nn
from tinygrad_neuron.compiler import compile
from tinygrad_neuron.compiler.python.emitting import emit
from tinygrad_neuron.functions import drawn


def source_of(function, *arguments):
    compiled = compile(function)
    result = compiled(*arguments)
    for value in result if isinstance(result, list) else [result]:
        value.backward()
    return compiled.source


def test_the_text_of_a_neuron_written_by_hand():
    w, b = Value(0.5, label="w"), Value(-1.0, label="b")

    def loss(x, target):
        return (tn.tanh(w * x + b) - target) ** 2

    expected = """\
# loss: outputs
def map_rows(rows, leaves):
    w, b = leaves
    results = []
    for (x, target) in rows:
        t = w * x + b
        t_2 = tanh(t) - target
        out = t_2 ** 2.0
        results.append((out,))
    return results

# loss: outputs and gradients
def add_up(rows, leaves, totals, seeds, total):
    w, b = leaves
    g_w, g_b = totals
    seed, = seeds
    for (x, target) in rows:
        t = w * x + b
        t_2 = tanh(t)
        t_3 = t_2 - target
        out = t_3 ** 2.0
        # backward
        d_add = seed * (2.0 * t_3 ** 1.0) * (1.0 - t_2 * t_2)
        g_b += d_add
        g_w += d_add * x
        total += out
    return total, [g_w, g_b], []
"""
    assert expected == source_of(loss, 1.0, 2.0)


def test_the_text_of_a_module():
    neuron = nn.Neuron(2, activation="sigmoid", seed=0)

    def predict(x):
        return neuron(x)

    expected = """\
# predict: outputs
def map_rows(rows, leaves):
    w0, w1, b = leaves
    results = []
    for (x0, x1) in rows:
        # Neuron
        z = w0 * x0 + w1 * x1 + b
        y = sigmoid(z)
        results.append((y,))
    return results

# predict: outputs and gradients
def add_up(rows, leaves, totals, seeds, total):
    w0, w1, b = leaves
    g_w0, g_w1, g_b = totals
    seed, = seeds
    for (x0, x1) in rows:
        # Neuron
        z = w0 * x0 + w1 * x1 + b
        y = sigmoid(z)
        # backward
        # Neuron
        d_z = seed * (y * (1 - y))
        g_b += d_z
        g_w1 += d_z * x1
        g_w0 += d_z * x0
        total += y
    return total, [g_w0, g_w1, g_b], []
"""
    assert expected == source_of(predict, [1.0, 2.0])


def test_the_text_of_a_select_and_of_the_gradient_of_an_input():
    values = [Value(1.0, label="a"), Value(2.0, label="c")]

    def pick(i, x):
        return tn.select(values, i) * x

    expected = """\
# pick: outputs
def map_rows(rows, leaves):
    a, c = leaves
    table = (a, c,)
    results = []
    for (i, x) in rows:
        out = select(table, i) * x
        results.append((out,))
    return results

# pick: outputs and gradients
def add_up(rows, leaves, totals, seeds, total):
    a, c = leaves
    table = (a, c,)
    g_a, g_c = totals
    seed, = seeds
    input_gradients = []
    for (i, x) in rows:
        t = select(table, i)
        out = t * x
        # backward
        d_select = seed * x
        t_2 = seed * t
        picked = [-0.0] * 2
        picked[int(i)] += d_select
        g_a += picked[0]
        g_c += picked[1]
        input_gradients.append((t_2,))
        total += out
    return total, [g_a, g_c], input_gradients
"""
    assert expected == source_of(pick, 1, Value(3.0))


# What holds for any text


@pytest.fixture(scope="module")
def network():
    model = nn.MLP(3, [4, 4, 2], "tanh", seed=0)
    return source_of(lambda x, t: (model(x)[0] - t) ** 2 + model(x)[1], [1.0, 2.0, 3.0], 0.5)


def test_each_pre_activation_and_each_activation_has_one_line(network):
    forward, _, backward = network.partition("# backward")
    for layer, width in enumerate([4, 4]):
        for k in range(width):
            name = f"l{layer}_n{k}"
            assert 2 == forward.count(f"{name}_z = ")  # in both functions
            assert 2 == forward.count(f"{name}_y = tanh({name}_z)")
            assert 1 == backward.count(f"d_{name}_z = ")
            assert 1 == backward.count(f"g_{name}_b += d_{name}_z")


def test_comments_say_which_neuron_the_lines_belong_to(network):
    lines = [line.strip() for line in network.splitlines()]
    for layer, width in enumerate([4, 4]):
        for k in range(width):
            for start, line in enumerate(lines):
                if line.startswith(f"l{layer}_n{k}_z = "):
                    assert f"# layers[{layer}].neurons[{k}]" == lines[start - 1]


def test_no_name_is_assigned_that_nothing_reads(network):
    for function in ast.parse(network).body:
        assigned, read = set(), set()
        for node in ast.walk(function):
            if isinstance(node, ast.Name):
                (assigned if isinstance(node.ctx, ast.Store) else read).add(node.id)
        assert set() == assigned - read - {"_"}


def test_lines_are_short(network):
    assert 140 >= max(map(len, network.splitlines()))


def test_the_text_is_ascii_without_trailing_space_or_tab(network):
    assert network.isascii()
    assert "\t" not in network
    assert all(line == line.rstrip() for line in network.splitlines())
    assert network.endswith("\n")
    assert not network.endswith("\n\n")


def test_the_same_function_gives_the_same_text_each_time():
    def text():
        model = nn.MLP(2, [3, 1], seed=0)

        def loss(x, t):
            return (model(x) - t) ** 2

        return source_of(loss, [1.0, 2.0], 3.0)

    assert text() == text()


def test_emission_is_pure():
    w = Value(2.0, label="w")
    compiled = compile(lambda x: tn.sigmoid(w * x))
    compiled(1.0)
    program = compiled.program
    before = str(program)
    first, second = emit(program, (0,), "title"), emit(program, (0,), "title")
    assert first == second
    assert before == str(program)
    assert first[0].startswith("# title\ndef add_up(")
    assert ["sigmoid"] == list(first[1])
    assert emit(program)[0].startswith("# compiled\ndef map_rows(")


def test_the_generated_functions_can_be_called_by_hand():
    w, b = Value(3.0, label="w"), Value(1.0, label="b")
    compiled = compile(lambda x: w * x + b)
    compiled(1.0)
    source, globals_ = emit(compiled.program)
    exec(source, globals_)
    assert [(3.0,), (7.0,)] == globals_["map_rows"]([[1.0], [2.0]], [2.0 + 2.0, -1.0])
    source, globals_ = emit(compiled.program, (0,))
    exec(source, globals_)
    found = globals_["add_up"]([[1.0], [2.0]], [4.0, -1.0], [10.0, 20.0], (0.5,), 100.0)
    assert (110.0, [11.5, 21.0], []) == found


def test_numbers_are_written_so_that_they_read_back_the_same():
    numbers = [0.1, 1e300, 5e-324, -0.5, 1 / 3, 1e22, 123456789.123]
    w = Value(1.0, label="w")
    source = source_of(lambda x: tn.sum([w * number for number in numbers]), 1.0)
    found = {node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)}
    assert {abs(number) for number in numbers} <= found


def test_infinity_and_nan_are_names():
    w = Value(2.0, label="w")
    source = source_of(lambda x: w * math.inf + w * -math.inf + w * math.nan, 1.0)
    assert "w * inf" in source
    assert "w * minus_inf" in source
    assert "w * nan" in source


def test_what_is_drawn_is_a_mask():
    w = Value(2.0, label="w")
    source = source_of(lambda x: w * x * drawn(lambda: 1.0), 1.0)
    assert "for (x, mask) in rows:" in source


def test_what_is_not_used_is_not_named():
    w = Value(2.0, label="w")
    source = source_of(lambda x, y: w * y, 1.0, 2.0)
    assert "for (_, y) in rows:" in source


def test_a_long_sum_is_added_in_several_lines_and_deep_nesting_is_cut():
    w = Value(0.5, label="w")
    source = source_of(lambda x: tn.sum([w] * 5_000 + [x]), 1.0)
    for statement in ast.walk(ast.parse(source)):
        if isinstance(statement, ast.Assign | ast.AugAssign):
            names = [n for n in ast.walk(statement) if isinstance(n, ast.Name)]
            assert 1_000 >= len(names)

    def chain(x):
        for _ in range(300):
            x = tn.tanh(w - x)
        return x

    source = source_of(chain, 1.0)
    assert 50 > max(line.count("(") for line in source.splitlines())


def test_labels_cannot_break_out_of_the_text():
    evil = "x = 1\n    raise SystemExit #"
    w = Value(2.0, label=evil)

    class Model(nn.Module):
        def __init__(self):
            self.parts = {evil: Value(1.0, label="")}
            self.neuron = nn.Neuron(1, seed=0)

    model = Model()
    model.neuron.scope.name = evil

    def function(x):
        y = w * x + model.parts[evil] + model.neuron([x])
        y.label = evil
        return y * y

    function.__name__ = evil
    source = source_of(function, 1.0)
    assert not any(isinstance(node, ast.Raise) for node in ast.walk(ast.parse(source)))
    assert 2 == len(ast.parse(source).body)


def test_several_outputs_are_one_tuple_and_seeds_come_one_by_one():
    w = Value(2.0, label="w")
    compiled = compile(lambda x: [w * x, w + x])
    first, second = compiled(1.0)
    (first * second).backward()
    assert "results.append((" in compiled.source
    assert "seed, seed_2 = seeds" in compiled.source


@pytest.mark.parametrize(
    ("name", "called", "times"),
    [("gelu", "erfc", 1), ("mish", "softplus", 1), ("swish", "sigmoid", 2), ("elu", "expm1", 1)],
)
def test_what_a_formula_and_its_partial_call_is_computed_once(name, called, times):
    """The partial of swish calls its sigmoid, and one of -a. What is written with a choice stays an
    expression: elu's partial has an exp of its own."""
    source = source_of(lambda x: getattr(tn, name)(x), Value(0.5))
    assert times == source.partition("def add_up")[2].count(f"{called}(")
