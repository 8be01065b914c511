"""Observing a model changes nothing in it."""

from __future__ import annotations

import random

import pytest

from tests.draw.network.drawn import tooltip, xor
from tinygrad_neuron import Value, losses, nn
from tinygrad_neuron.draw.network import draw_network
from tinygrad_neuron.draw.observing import layers_of, observe, responses
from tinygrad_neuron.operators import NOT_COMPUTED


def test_a_loss_of_the_output_alone_and_one_with_a_target():
    layers = layers_of(xor())
    alone = observe(layers, [1, 0], loss=lambda y: 3.0 * y)
    assert alone.gradients[-1] == [3.0]
    both = observe(layers, [1, 0], 2.0, lambda y, target: y * target)
    assert both.gradients[-1] == [2.0]
    several = observe(layers_of(nn.Layer(2, 3, seed=0)), [1, 0], 1, losses.cross_entropy)
    assert len(several.gradients[-1]) == 3


def snapshot(model):
    modules = [*model.layers, *(neuron for layer in model.layers for neuron in layer.neurons)]
    return (
        [(p.data, id(p.grad), p.label, p.scope) for p in model.parameters()],
        [{**vars(item)} for item in [model, *modules]],
    )


@pytest.mark.parametrize("training", [True, False])
def test_nothing_in_the_model_changes(training):
    model = xor().train(training)
    for k, p in enumerate(model.parameters()):
        p.grad = NOT_COMPUTED if k == 1 else None if k == 2 else 0.5 + k
    outside = Value(2.0)
    outside.grad = 7.0
    history = outside * outside  # an inner node of the user's own
    history.backward()
    before = snapshot(model), outside.grad, history.grad, random.getstate()
    draw_network(model, example=[Value(1.0), 0], target=history, heat_maps=True, loss=_squared)
    assert before == (snapshot(model), outside.grad, history.grad, random.getstate())


def _squared(y, target):
    return (y - target) * (y - target)


def test_dropout_lets_everything_pass_and_keeps_its_random_state(draw):
    dropout = nn.Dropout(0.5, seed=1)
    model = [nn.Layer(2, 3, activation="tanh", seed=0), dropout, nn.Layer(3, 1, seed=1)]
    before = dropout.generator.getstate(), dropout.training
    drawn = draw(draw_network(model, example=[1, 2], target=0.0))
    assert before == (dropout.generator.getstate(), dropout.training)
    assert drawn.text(drawn.of("header")["layer0"])[-1] == "3 neurons, dropout 0.5"
    y = model[2](model[0]([1, 2]))
    assert f"y = {y.data!r}" in tooltip(drawn.of("output")["layer1-neuron0"])


def test_a_loss_that_fails_leaves_the_gradients_alone():
    model = xor()
    model.parameters()[0].grad = 3.0
    with pytest.raises(ValueError, match="log of"):
        draw_network(model, example=[1, 0], loss=lambda y: (y - 1000.0).log())
    assert [p.grad for p in model.parameters()] == [3.0] + 8 * [0.0]


def test_heat_maps_show_the_response_over_the_plane():
    model = xor()
    plane = ((-2.0, 2.0), (0.0, 1.0))
    maps = responses(layers_of(model), plane, 5)
    assert [len(row) for row in maps] == [2, 2, 1]
    for up in range(5):
        for across in range(5):
            point = [-2.0 + across, 1.0 - 0.25 * up]  # the first row is the top
            assert maps[0][0][up][across] == point[0]
            assert maps[0][1][up][across] == point[1]
            assert maps[1][1][up][across] == model.layers[0].neurons[1](point).data
            assert maps[2][0][up][across] == model(point).data
