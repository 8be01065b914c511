"""What stands in the circles and the maps of a network."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from tests.draw.measuring import SVG
from tests.draw.network.drawn import tooltip, xor
from tinygrad_neuron import Value, draw_dot, losses, nn, relu
from tinygrad_neuron.draw.network import draw_network
from tinygrad_neuron.draw.themes import THEMES


def test_biases_activations_counts_and_names_are_shown(draw):
    model = xor()
    model.layers[0].neurons[1].b.data = -0.375
    drawn = draw(draw_network(model, input_names=["left", "a rather long name"]))
    assert drawn.text(drawn.of("neuron")["layer0-neuron1"]) == ["b = -0.375"]
    headers = {name: drawn.text(g) for name, g in drawn.of("header").items()}
    assert headers == {
        "inputs": ["Inputs", "2 inputs"],
        "layer0": ["Hidden 1", "tanh", "2 neurons"],
        "layer1": ["Output", "identity", "1 neuron"],
    }
    assert drawn.text(drawn.of("input")["input0"]) == ["left"]
    assert "a rather long name" in drawn.text(drawn.root)


def test_output_names_stand_beside_the_outputs(draw):
    names = ["setosa", "<b>", ""]
    drawn = draw(draw_network(nn.Layer(2, 3, seed=0), output_names=names))
    assert drawn.text(drawn.of("caption")["output0-name"]) == ["setosa"]
    assert drawn.text(drawn.of("caption")["output1-name"]) == ["<b>"]


@pytest.mark.parametrize("most", [1, 2, 5])
def test_wide_layers_are_elided_with_a_count(draw, most):
    model = nn.MLP(20, [16, 3], seed=0)
    drawn = draw(draw_network(model, max_neurons=most))
    counts = (20, 16, 3)
    shown = [min(count, most) for count in counts]
    assert len(drawn.of("input")) == shown[0]
    assert len(drawn.of("neuron")) == shown[1] + shown[2]
    assert len(drawn.of("weight")) == shown[0] * shown[1] + shown[1] * shown[2]
    elided = {name: drawn.text(g) for name, g in drawn.of("elided").items()}
    names = ("inputs-elided", "layer0-elided", "layer1-elided")
    assert elided == {
        name: [f"… {count - drawn_count} more"]
        for name, count, drawn_count in zip(names, counts, shown, strict=True)
        if count > drawn_count
    }
    total = 20 * 16 + 16 * 3
    assert f"{len(drawn.of('weight'))} of {total} weights are drawn" in drawn.text(drawn.root)
    if most > 1:
        assert "input19" in drawn.of("input")  # the last one


def test_nothing_is_elided_where_all_fit(draw):
    drawn = draw(draw_network(nn.MLP(4, [4, 1], seed=0), max_neurons=4))
    assert not drawn.of("elided")
    assert not any("are drawn" in text for text in drawn.text(drawn.root))


def test_an_example_shows_activations_and_gradients(draw):
    model = xor()
    drawn = draw(draw_network(model, example=[1, 0], target=1.0))
    inputs = [Value(1.0), Value(0.0)]
    hidden = model.layers[0](inputs)
    y = model.layers[1](hidden)
    losses.mean_squared_error(y, 1.0).backward()
    for j, node in enumerate(hidden):
        group = drawn.of("neuron")[f"layer0-neuron{j}"]
        bold, bias, gradient = drawn.text(group)
        assert math.isclose(float(bold), node.data, rel_tol=1e-2)
        assert bias.startswith("b = ")
        assert math.isclose(float(gradient.removeprefix("grad ")), node.grad, rel_tol=1e-2)
        assert f"y = {node.data!r}" in tooltip(group)
        assert f"gradient = {node.grad!r}" in tooltip(group)
    weight = model.layers[0].neurons[1].w[0]
    assert f"gradient = {weight.grad!r}" in tooltip(drawn.of("weight")["layer0-neuron1-w0"])
    assert drawn.text(drawn.of("input")["input0"]) == ["x0", "1"]
    assert f"gradient = {inputs[0].grad!r}" in tooltip(drawn.of("input")["input0"])


def test_without_target_and_loss_there_are_no_gradients(draw):
    drawn = draw(draw_network(xor(), example=[1, 0]))
    assert not any("grad" in text for text in drawn.text(drawn.root))


def test_what_the_loss_does_not_depend_on_has_no_gradient(draw):
    model = nn.Layer(2, 2, activation="tanh", seed=0)
    drawn = draw(draw_network(model, example=[1, 0], loss=lambda y: y[0]))
    assert "grad none" in drawn.text(drawn.of("neuron")["layer0-neuron1"])
    assert "does not depend" in tooltip(drawn.of("weight")["layer0-neuron1-w0"])


@pytest.mark.parametrize(
    "activation, weights, inactive",
    [
        ("hard_tanh", (-5, -5), True),
        ("hard_tanh", (0.1, 0.1), False),
        ("relu", (-5, -5), True),
        ("relu", (5, 5), False),
        ("tanh", (5, 5), False),  # saturated
        ("step", (5, 5), False),  # as it always is
        ("identity", (0, 0), False),
        (lambda z: relu(z) * 2.0, (-5, -5), True),
        (nn.PReLU(0.0), (-5, -5), False),  # its slope still gets a gradient
        (nn.PReLU(0.1), (-5, -5), False),
    ],
)
def test_a_neuron_is_inactive_in_every_picture_or_in_none(draw, activation, weights, inactive):
    neuron = nn.Neuron(2, activation=activation, weights=weights)
    graphs = [draw_dot(neuron([1.0, 1.0]), level=level) for level in ("scalar", "neuron")]
    assert [inactive] * 2 == ["○ inactive" in graph.source for graph in graphs]
    picture = draw_network(neuron, example=[1, 1])
    drawn = draw(picture)
    [circle] = drawn.of("neuron").values()
    assert inactive == ("inactive" in circle.get("class").split())
    assert inactive == any(text.startswith("○ ") for text in drawn.text(circle))
    for drawing in (*graphs, picture):
        assert THEMES["light"].alarm not in drawing.source  # nothing is wrong with one example
    assert "inactive" not in draw_network(neuron, example=[1, 1], flags=False).source


def shapes(drawn, tag, fill=None):
    """What lies behind the nodes."""
    nodes = {
        e for g in (*drawn.of("input").values(), *drawn.of("neuron").values()) for e in g.iter()
    }
    return [
        e
        for e in drawn.root.iter(f"{SVG}{tag}")
        if e not in nodes and fill in (None, e.get("fill"))
    ]


def area(element):
    """By the trapezoidal rule."""
    points = [tuple(map(float, xy.split(","))) for xy in element.get("points").split()]
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(points))) / 2


def test_heat_maps_are_drawn_behind_every_neuron(draw):
    theme = THEMES["light"]
    model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
    drawn = draw(draw_network(model, heat_maps=True, legend=False))
    units = drawn.of("input") | drawn.of("neuron")
    assert len(units) == 6
    fields = shapes(drawn, "polygon")[1:]  # after the background
    whole = [round(area(f)) for f in fields if f.get("fill") == theme.area(-1.0)]
    assert whole == [50 * 50] * 5 + [98 * 98]
    shades = {f.get("fill") for f in fields}
    assert len(shades) > 20
    # x0 grows to the right: half of its map is at least 0, less half a shade
    [first, *_] = [f for f in fields if f.get("fill") == theme.area(1 / 12)]
    assert math.isclose(area(first), 50 * 50 * (0.5 - 0.5 / 24), rel_tol=0.01)
    left = drawn.of("input")["input0"]
    assert "over the plane from -1.0 to 1.0" in tooltip(left)
    assert not list(drawn.root.iter(f"{SVG}image"))  # nothing outside the file


def test_a_map_has_its_line_at_zero_and_the_data(draw):
    theme = THEMES["light"]
    neuron = nn.Neuron(2, activation="tanh", weights=[1.0, 0.0], bias=0.0)
    data = [([-0.5, 0.5], "no"), ([0.5, -0.5], "yes"), ([7.0, 0.0], "yes")]
    drawn = draw(draw_network(neuron, heat_maps=True, data=data, legend=False))
    lines = shapes(drawn, "polyline")
    assert len(lines) == 3  # x0, x1 and the neuron
    [points] = [line.get("points") for line in lines][2:]
    xs = {round(float(xy.split(",")[0]), 1) for xy in points.split()}
    box = drawn.of("output")["layer0-neuron0"].find(f".//{SVG}polygon").get("points").split()
    sides = [float(xy.split(",")[0]) for xy in box]
    assert xs == {round((min(sides) + max(sides)) / 2, 1)}  # in the middle
    dots = shapes(drawn, "ellipse")
    assert len(dots) == 3 * 2
    assert {dot.get("fill") for dot in dots} == {theme.negative, theme.positive}
    texts = draw_network(neuron, heat_maps=True, data=data).source
    assert "the line in a map: where the neuron puts out 0" in texts
    assert "data of class yes" in texts


def test_where_a_neuron_is_not_finite_the_map_says_so(draw):
    neuron = nn.Neuron(2, activation=lambda z: z * math.inf, weights=[1.0, 0.0], bias=0.0)
    drawn = draw(draw_network(neuron, heat_maps=True))
    assert shapes(drawn, "polygon", THEMES["light"].alarm)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"data": [([1.0], 0)], "heat_maps": True}, "data must have 2 inputs each, got 1"),
        ({"data": [([1.0, 2.0], 0)]}, "pass heat_maps=True"),
    ],
)
def test_data_that_cannot_be_drawn_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        draw_network(xor(), **options)


def test_the_legend_lists_only_what_is_there():
    positive = nn.Neuron(2, weights=[1.0, 2.0], bias=0.0)
    source = draw_network(positive).source
    assert "positive weight" in source and "negative weight" not in source
    assert "the largest" not in draw_network(nn.Neuron(2, init="zeros")).source
