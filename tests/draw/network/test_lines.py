"""The weights are lines: wider where larger, dashed where negative."""

from __future__ import annotations

import math
import re

from tests.draw.measuring import SVG
from tests.draw.network.drawn import tooltip, width, xor
from tinygrad_neuron import nn
from tinygrad_neuron.draw.network import draw_network


def dashes(group):
    return next(group.iter(f"{SVG}path")).get("stroke-dasharray")


def test_every_neuron_input_and_weight_is_drawn_once(draw):
    drawn = draw(draw_network(nn.MLP(3, [5, 4, 2], seed=0)))
    assert set(drawn.of("input")) == {f"input{i}" for i in range(3)}
    assert set(drawn.of("neuron")) == {
        f"layer{k}-neuron{j}" for k, count in enumerate((5, 4, 2)) for j in range(count)
    }
    assert set(drawn.of("output")) == {"layer2-neuron0", "layer2-neuron1"}
    assert set(drawn.of("weight")) == {
        f"layer{k}-neuron{j}-w{i}"
        for k, (nin, nout) in enumerate(((3, 5), (5, 4), (4, 2)))
        for j in range(nout)
        for i in range(nin)
    }
    ids = [g.get("id") for g in drawn.root.iter(f"{SVG}g")]
    assert len(ids) == len(set(ids))


def test_a_weight_goes_from_its_input_to_its_neuron():
    source = draw_network(nn.MLP(2, [2, 1], seed=0), legend=False).source
    edges = re.findall(r'"?([\w-]+)"? -> "?([\w-]+)"? \[.*?id="([\w-]+)"', source)
    assert len(edges) == 6
    assert ("input1", "layer0-neuron0", "layer0-neuron0-w1") in edges
    assert ("layer0-neuron1", "layer1-neuron0", "layer1-neuron0-w1") in edges


def test_lines_are_wider_for_larger_weights_and_dashed_for_negative_ones(draw):
    model = xor()
    drawn = draw(draw_network(model))
    weights = {
        f"layer{k}-neuron{j}-w{i}": w.data
        for k, layer in enumerate(model.layers)
        for j, neuron in enumerate(layer.neurons)
        for i, w in enumerate(neuron.w)
    }
    groups = drawn.of("weight")
    assert set(weights) == set(groups)
    by_magnitude = sorted(weights, key=lambda name: abs(weights[name]))
    widths = [width(groups[name]) for name in by_magnitude]
    assert widths == sorted(widths)
    assert len(set(widths)) == len({abs(w) for w in weights.values()})
    for name, weight in weights.items():
        sign = "negative" if weight < 0 else "positive"
        assert groups[name].get("class").split()[-2:] == ["weight", sign]
        assert bool(dashes(groups[name])) == (weight < 0)
        assert tooltip(groups[name]).endswith(f" = {weight!r}")
    assert "model.layers[1].neurons[0].w[1] = 0.125" in tooltip(groups["layer1-neuron0-w1"])
    positive, negative = (
        {next(g.iter(f"{SVG}path")).get("stroke") for g in drawn.of(sign).values()}
        for sign in ("positive", "negative")
    )
    assert not positive & negative


def test_zero_and_not_finite_weights_have_marks_of_their_own(draw):
    neuron = nn.Neuron(4, init="zeros")
    for w, x in zip(neuron.w, [0.0, math.nan, -math.inf, 1.0], strict=True):
        w.data = x
    drawn = draw(draw_network(neuron))
    assert set(drawn.of("zero")) == {"layer0-neuron0-w0"}
    assert set(drawn.of("not-finite")) == {"layer0-neuron0-w1", "layer0-neuron0-w2"}
    assert {dashes(g) for g in drawn.of("zero").values()} == {None}
    assert all(dashes(g) for g in drawn.of("not-finite").values())


def test_all_weights_zero_can_be_drawn(draw):
    assert len(draw(draw_network(nn.Perceptron(3))).of("zero")) == 3


def test_the_bias_trick_draws_the_last_weight_as_the_bias(draw):
    neuron = nn.Neuron(2, bias=0.5, bias_trick=True, seed=0)
    drawn = draw(draw_network(neuron))
    assert len(drawn.of("weight")) == 2
    assert drawn.text(drawn.of("neuron")["layer0-neuron0"]) == ["b = 0.5"]


def test_weights_are_written_where_there_is_room(draw):
    drawn = draw(draw_network(xor()))
    numbers = {name: drawn.text(g) for name, g in drawn.of("number").items()}
    assert numbers == {
        f"layer{k}-neuron{j}-w{i}-number": [f"{w.data:g}"]
        for k, layer in enumerate(xor().layers)
        for j, neuron in enumerate(layer.neurons)
        for i, w in enumerate(neuron.w)
    }
    assert not draw(draw_network(xor(), weights=False)).of("number")
    assert not draw(draw_network(nn.MLP(4, [8, 3], seed=0))).of("number")
    assert len(draw(draw_network(nn.MLP(4, [8, 3], seed=0), weights=True)).of("number")) == 56


def test_written_weights_do_not_overlap():
    source = draw_network(nn.MLP(2, [4, 1], seed=0)).source
    found = re.findall(r'"layer\d-neuron\d-w\d-number".*?pos="([-\d.]+),([-\d.]+)"', source, re.S)
    places = [(float(x), float(y)) for x, y in found]
    assert len(places) == 12
    for i, (x, y) in enumerate(places):
        for other_x, other_y in places[:i]:
            assert abs(x - other_x) > 20 or abs(y - other_y) > 12


def test_the_largest_weight_is_that_of_the_whole_model(draw):
    model = nn.MLP(2, [30, 1], seed=0)
    model.layers[0].neurons[20].w[0].data = -7.0  # not drawn
    drawn = draw(draw_network(model))
    assert "the largest |weight|: 7" in drawn.text(drawn.root)
