"""Loops over steps: the text does not grow with the steps, and gives the bits of the Python one."""

import itertools
import random

import pytest

from tests.compiler.c.random_graphs import Graph, text_of_many
from tests.conftest import needs_compiler
from tinygrad_neuron import Value, nn, tanh
from tinygrad_neuron.compiler.c.libraries import load
from tinygrad_neuron.compiler.c.rolling import roll
from tinygrad_neuron.compiler.c.steps import find_steps

KINDS = ["RNN", "LSTM", "GRU"]


def recurrent(kind, steps, width=3, *, rows=None, every=False):
    """A network over so many steps of two numbers; its loss is of the last output, or of every."""
    layer, head = getattr(nn, kind)(2, width, seed=0), nn.Linear(width, 1, seed=1)
    generator = random.Random(2)
    numbers = [[generator.uniform(-1, 1) for _ in range(2)] for _ in range(steps)]

    def loss(xs):
        outputs, _ = layer(xs)
        found = [head(y)[0] for y in (outputs if every else outputs[-1:])]
        return nn.Tanh()(found)[0] if len(found) == 1 else tanh(sum(found))

    return Graph(loss, [numbers], [*layer.parameters(), *head.parameters()], rows=rows)


def lines(graph):
    return graph.emitted.source.count("\n")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rows", [0, 8])
def test_the_text_does_not_grow_with_the_steps(kind, rows):
    assert lines(recurrent(kind, 24, rows=rows)) <= lines(recurrent(kind, 12, rows=rows)) + 30


@needs_compiler
@pytest.mark.once
@pytest.mark.parametrize("kind", KINDS)
def test_the_bits_are_those_of_python(kind):
    graphs = [
        recurrent(kind, steps, rows=rows, every=every)
        for steps, rows, every in itertools.product((2, 4, 9), (0, 8), (False, True))
    ]
    library = load(text_of_many(graphs))
    for k, graph in enumerate(graphs):
        expected = [x.hex() for x in graph.in_python(rows=5, seed=3)]
        assert expected == [x.hex() for x in graph.in_c(library[f"add_up_{k}"], rows=5, seed=3)]


def rolled(function, *arguments):
    graph = Graph(function, list(arguments), [])
    found = roll(graph.recorded.programs[0,], (0,))
    find_steps(found)
    return found


@needs_compiler
@pytest.mark.once
def test_a_step_may_reach_two_steps_back_and_read_weights_of_its_own():
    weights = [Value(0.1 * k, label=f"w{k}") for k in range(8)]

    def fibonacci(x):
        a, b = x, tanh(x)
        for w in weights:
            a, b = b, tanh(a) * w + b
        return b

    graphs = [Graph(fibonacci, [Value(0.5)], weights, rows=rows) for rows in (0, 8)]
    library = load(text_of_many(graphs))
    for k, graph in enumerate(graphs):
        assert graph.in_python() == graph.in_c(library[f"add_up_{k}"])


@needs_compiler
@pytest.mark.once
def test_equal_layers_one_behind_the_other_are_steps():
    model = nn.Sequential(
        *itertools.chain(*((nn.Linear(4, 4, seed=k), nn.Tanh()) for k in range(9)))
    )
    graphs = [
        Graph(lambda x: sum(model(x)), [[Value(0.1 * k) for k in range(4)]], [], rows=rows)
        for rows in (0, 8)
    ]
    library = load(text_of_many(graphs))
    for k, graph in enumerate(graphs):
        assert "for (long s = 0; s < " in graph.emitted.source
        assert graph.in_python() == graph.in_c(library[f"add_up_{k}"])


def test_without_steps_nothing_is_put_together():
    found = rolled(lambda x, y: (x * y).tanh() + x.exp() * y.sin(), Value(0.5), Value(2.0))
    assert (found.steps, found.families) == ([], [])
    assert all(group.family is None for group in found.groups)


def test_a_loop_has_the_groups_of_all_its_steps():
    def chain(x):
        for _ in range(10):
            x = (x * 1.5).tanh().sin()
        return x

    found = rolled(chain, Value(0.5))
    assert len(found.steps) == 2  # forward and backward
    for steps in found.steps:
        assert len(steps.groups) == steps.rounds * len(steps.body)
        assert steps.rounds >= 3


def test_the_source_shows_the_loop():
    text = recurrent("RNN", 6).emitted.source
    assert "for (long s = 0; s < " in text
