"""Blocks of rows give the bits of Python, with vectors of any width and any number of rows."""

import random

import pytest

from tests.compiler.c.random_graphs import Graph, text_of_many
from tests.conftest import needs_compiler
from tinygrad_neuron import compile, exp, losses, nn, optim
from tinygrad_neuron.calculus.table import TABLE
from tinygrad_neuron.compiler.c import arrays, calling, operations
from tinygrad_neuron.compiler.c.compiler import find_compiler
from tinygrad_neuron.compiler.c.libraries import load

pytestmark = [needs_compiler, pytest.mark.once]


def network(sizes, activation, loss, target, vector, rows):
    model = nn.MLP(5, sizes, activation=activation, seed=3)
    for p in model.parameters():
        p.data = p.data or 0.25
    draw = random.Random(5)
    inputs = [draw.uniform(-1.0, 1.0) for _ in range(5)]
    return Graph(lambda x, t: loss(model(x), t), [inputs, target], model.parameters(), vector, rows)


def graphs(vector, rows):
    """Networks with layers of widths that no vector divides, and what else has rows of its own."""
    found = [
        network([9, 3], "tanh", losses.cross_entropy, 0, vector, rows),
        network([11, 1], "sigmoid", losses.hinge, 1.0, vector, rows),
        network([16, 8, 2], "relu", losses.mean_squared_error, [0.5, -0.5], vector, rows),
        network([3], "softplus", losses.mean_squared_error, [0.5, -0.5, 2.0], vector, rows),
    ]
    long = [random.Random(6).uniform(-1.0, 1.0) for _ in range(140)]
    wide = nn.MLP(140, [12], activation="tanh", seed=1)
    found.append(
        Graph(lambda x: TABLE["sum"].function(wide(x)), [long], wide.parameters(), vector, rows)
    )
    return found


@pytest.mark.parametrize("vector", [1, 2, 4, 8])
def test_every_remainder_of_rows(vector):
    if not operations.same_libm():
        pytest.skip("another libm than Python's")
    made = graphs(vector, 32)
    library = load(text_of_many(made))
    for k, graph in enumerate(made):
        for rows in range(1, 71):
            expected = graph.in_python(rows, seed=rows)
            actual = graph.in_c(library[f"add_up_{k}"], rows, seed=rows)
            assert [x.hex() for x in expected] == [x.hex() for x in actual], (k, rows)


@pytest.mark.parametrize("vector", [1, 2, 4, 8])
def test_row_after_row(vector):
    if not operations.same_libm():
        pytest.skip("another libm than Python's")
    made = graphs(vector, 0)
    library = load(text_of_many(made))
    for k, graph in enumerate(made):
        for rows in (1, 2, 3, 4, 5, 9):
            expected = graph.in_python(rows, seed=rows)
            actual = graph.in_c(library[f"add_up_{k}"], rows, seed=rows)
            assert [x.hex() for x in expected] == [x.hex() for x in actual], (k, rows)


@pytest.mark.parametrize("failing", [0, 3, 7, 8, 31, 32, 40])
def test_a_row_that_fails_fails_wherever_it_stands(failing):
    rows = [1.0] * 41
    rows[failing] = 0.0
    examples = [(x,) for x in rows]
    compiled = compile(lambda x: 1.0 / x, target="c")
    with pytest.raises(ZeroDivisionError):
        compiled.mean(examples)
    examples[failing] = (2.0,)
    assert compiled.mean(examples).data == compile(compiled.function).mean(examples).data


@pytest.mark.parametrize("failing", [0, 7, 33])
def test_exp_fails_over_arrays_as_it_does_alone(failing):
    rows = [1.0] * 41
    rows[failing] = 710.0
    compiled = compile(lambda x: exp(x), target="c")
    with pytest.raises(OverflowError, match=r"exp of 710\.0"):
        compiled.mean([(x,) for x in rows])


NARROWER = {4: "-U__AVX512F__", 2: "-U__AVX512F__ -U__AVX__"}


@pytest.mark.parametrize("vector", [4, 2, 1])
def test_a_machine_with_narrower_vectors_or_none(vector, monkeypatch):
    usual = find_compiler()
    if usual.vector < vector:
        pytest.skip("not even vectors of this width")
    if vector == 1:  # a compiler that knows none, nor what the functions over arrays are made of
        monkeypatch.setattr(calling, "find_compiler", lambda: usual._replace(vector=1))
        monkeypatch.setattr(arrays, "fastest", dict)
    else:
        monkeypatch.setenv("CC", f"{usual} {NARROWER[vector]}")
        assert find_compiler().vector == vector

    def train(target):
        model = nn.MLP(3, [9, 2], activation="tanh", seed=1)
        compiled = compile(lambda x, t: losses.cross_entropy(model(x), t), target=target)
        trainer = compiled.trainer(optim.SGD(model.parameters(), lr=0.1))
        draw = random.Random(0)
        examples = [([draw.gauss(0, 1) for _ in range(3)], draw.randrange(2)) for _ in range(37)]
        found = [trainer.step(examples).hex() for _ in range(3)]
        trainer.write_back()
        return [*found, *(p.data.hex() for p in model.parameters())]

    if operations.same_libm():
        assert train("python") == train("c")


@pytest.mark.parametrize("rows", [1, 2, 3, 9])
def test_few_rows_of_many_numbers_go_one_after_another(rows):
    model = nn.MLP(140, [60, 5], activation="tanh", seed=1)
    draw = random.Random(rows)
    examples = [([draw.gauss(0, 1) for _ in range(140)], draw.randrange(5)) for _ in range(rows)]

    def train(target):
        for p, number in zip(model.parameters(), start, strict=True):
            p.data = number
        compiled = compile(lambda x, t: losses.cross_entropy(model(x), t), target=target)
        trainer = compiled.trainer(optim.SGD(model.parameters(), lr=0.1))
        found = [trainer.step(examples).hex(), trainer.step(examples[:1] * 5).hex()]
        trainer.write_back()
        found += [x.hex() for x in compiled.map(examples)]
        return [*found, *(p.data.hex() for p in model.parameters())]

    start = [p.data for p in model.parameters()]
    if operations.same_libm():
        assert train("python") == train("c")
