"""The network picture shows the model, all of it or an honest count, and changes nothing."""

from __future__ import annotations

import math
import random
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest

from tinygrad_neuron import Value, losses, nn
from tinygrad_neuron.draw.network import draw_network
from tinygrad_neuron.draw.observing import layers_of, observe, responses
from tinygrad_neuron.draw.rendering import EngineNotFoundError, find_engine
from tinygrad_neuron.draw.themes import THEMES
from tinygrad_neuron.operators import NOT_COMPUTED

SVG = "{http://www.w3.org/2000/svg}"
TOOLTIP = "{http://www.w3.org/1999/xlink}title"


@pytest.fixture(params=["dot", "graphviz-pure"], scope="module")
def draw(request):
    try:
        engine = find_engine(request.param).path
    except EngineNotFoundError:
        pytest.skip(f"no {request.param} on this machine")

    def to_svg(graph):
        graph.layout_command = engine
        return Drawn(ElementTree.fromstring(graph.pipe(format="svg")))

    return to_svg


class Drawn:
    def __init__(self, root):
        self.root = root
        self.groups = [g for g in root.iter(f"{SVG}g") if g.get("class")]

    def of(self, kind):
        """The groups of a class, by id."""
        return {g.get("id"): g for g in self.groups if kind in g.get("class").split()}

    def text(self, group):
        texts = ("".join(t.itertext()).strip() for t in group.iter(f"{SVG}text"))
        return [text for text in texts if text.strip("\N{NO-BREAK SPACE}")]


def tooltip(group):
    tips = [a.get(TOOLTIP) for a in group.iter(f"{SVG}a")]
    assert len(set(tips)) == 1
    return tips[0]


def width(group):
    return float(next(group.iter(f"{SVG}path")).get("stroke-width", 1))


def dashes(group):
    return next(group.iter(f"{SVG}path")).get("stroke-dasharray")


def xor():
    model = nn.MLP(2, [2, 1], activation="tanh", seed=0)
    numbers = [1.5, -0.5, 0.25, -2.0, 0.75, -1.0, 0.5, 0.125, -0.0625]
    for p, x in zip(model.parameters(), numbers, strict=True):
        p.data = x
    return model


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
    found = re.findall(r'"layer\d-neuron\d-w\d-number".*?pos="([-\d.]+),([-\d.]+)!"', source, re.S)
    places = [(72 * float(x), 72 * float(y)) for x, y in found]
    assert len(places) == 12
    for i, (x, y) in enumerate(places):
        for other_x, other_y in places[:i]:
            assert abs(x - other_x) > 20 or abs(y - other_y) > 12


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


def test_the_legend_says_what_width_colour_and_dash_mean(draw):
    drawn = draw(draw_network(xor()))
    texts = drawn.text(drawn.root)
    assert "the largest |weight|: 2" in texts
    legend = drawn.of("legend")
    assert not dashes(legend["legend-positive"])
    assert dashes(legend["legend-negative"])
    assert width(legend["legend-largest"]) == max(map(width, drawn.of("weight").values()))
    assert width(legend["legend-quarter"]) < width(legend["legend-largest"])
    assert not draw(draw_network(xor(), legend=False)).of("legend")


def test_the_largest_weight_is_that_of_the_whole_model(draw):
    model = nn.MLP(2, [30, 1], seed=0)
    model.layers[0].neurons[20].w[0].data = -7.0  # not drawn
    drawn = draw(draw_network(model))
    assert "the largest |weight|: 7" in drawn.text(drawn.root)


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


def test_a_loss_of_the_output_alone_and_one_with_a_target():
    layers = layers_of(xor())
    alone = observe(layers, [1, 0], loss=lambda y: 3.0 * y)
    assert alone.gradients[-1] == [3.0]
    both = observe(layers, [1, 0], 2.0, lambda y, target: y * target)
    assert both.gradients[-1] == [2.0]
    several = observe(layers_of(nn.Layer(2, 3, seed=0)), [1, 0], 1, losses.cross_entropy)
    assert len(several.gradients[-1]) == 3


def test_what_the_loss_does_not_depend_on_has_no_gradient(draw):
    model = nn.Layer(2, 2, activation="tanh", seed=0)
    drawn = draw(draw_network(model, example=[1, 0], loss=lambda y: y[0]))
    assert "grad none" in drawn.text(drawn.of("neuron")["layer0-neuron1"])
    assert "does not depend" in tooltip(drawn.of("weight")["layer0-neuron1-w0"])


def snapshot(model):
    modules = [item for _, item in model._walk("", set()) if isinstance(item, nn.Module)]
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
    maps = responses(layers_of(model), plane, 4)
    assert [len(row) for row in maps] == [2, 2, 1]
    for up in range(4):
        for across in range(4):
            point = [-1.5 + across, 0.875 - 0.25 * up]  # the first row is the top
            assert maps[0][0][up][across] == point[0]
            assert maps[0][1][up][across] == point[1]
            assert maps[1][1][up][across] == model.layers[0].neurons[1](point).data
            assert maps[2][0][up][across] == model(point).data


def test_heat_maps_are_drawn_in_every_neuron(draw):
    drawn = draw(draw_network(nn.MLP(2, [3, 1], activation="tanh", seed=0), heat_maps=True))
    units = drawn.of("input") | drawn.of("neuron")
    assert len(units) == 6
    for group in units.values():
        fields = [
            p for p in group.iter(f"{SVG}polygon") if p.get("stroke") in ("none", "transparent")
        ]
        assert 12 <= len(fields) <= 144
        assert len({p.get("fill") for p in fields}) > 3
        covered = 0.0
        for p in fields:
            points = [tuple(map(float, xy.split(","))) for xy in p.get("points").split()]
            (left, right), (low, high) = (
                (min(side), max(side)) for side in zip(*points, strict=True)
            )
            size = 8 if group.get("id") == "layer1-neuron0" else 4
            assert math.isclose(high - low, size + 1, abs_tol=0.02)
            covered += round((right - left - 1) / size)
        assert covered == 144
    left = drawn.of("input")["input0"]
    assert "over the plane from -0.91" in tooltip(left)
    assert not list(drawn.root.iter(f"{SVG}image"))  # nothing outside the file


def test_the_engines_have_nothing_to_complain_about(draw, capfd):
    draw(draw_network(nn.MLP(2, [12, 2], seed=0), heat_maps=True, example=[1, -1], target=[0, 1]))
    draw(draw_network(nn.MLP(4, [3, 1], seed=0), example=[1e-9, 2, 12345.678, 4], digits=6))
    draw(draw_network(nn.Neuron(3, seed=0), input_names=["x" * 60, "日本", "<&>"]))
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_draws(draw, theme):
    drawn = draw(draw_network(xor(), theme=theme, heat_maps=True))
    background = next(drawn.root.iter(f"{SVG}polygon"))
    assert background.get("fill") in (THEMES[theme].background, "white")


def test_labels_are_drawn_as_typed(draw):
    names = ["<b>", 'a"b\\N']
    drawn = draw(draw_network(nn.Neuron(2, seed=0), input_names=names))
    assert [drawn.text(g) for g in drawn.of("input").values()] == [["<b>"], ['a"b\\N']]
    assert tooltip(drawn.of("input")["input1"]) == 'input 1: a"b\\N'


def test_the_same_model_gives_the_same_bytes():
    program = (
        "from tinygrad_neuron import nn; from tinygrad_neuron.draw.network import draw_network\n"
        "m = nn.MLP(2, [4, 1], seed=0)\n"
        "print(draw_network(m, example=[1, 2], target=0.0, heat_maps=True).source)"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-X", "utf8", "-c", program],
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": str(seed), "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in (1, 2)
    }
    assert len(runs) == 1


def test_every_kind_of_model_is_drawn():
    for model, count in [
        (nn.Neuron(3, seed=0), 3),
        (nn.Perceptron(2), 2),
        (nn.Layer(2, 3, seed=0), 6),
        (nn.MLP(2, [2, 1], seed=0), 6),
        ([nn.Layer(2, 2, seed=0), nn.Neuron(2, seed=0)], 6),
        ((nn.MLP(1, [2, 2], seed=0), nn.Layer(2, 1, seed=0)), 8),
    ]:
        assert draw_network(model, legend=False).source.count("->") == count


@pytest.mark.parametrize(
    "model", [None, 3, "mlp", Value(1.0), nn.AND(), [nn.Layer(1, 1), 3], nn.MLP]
)
def test_what_is_not_a_model_is_refused(model):
    with pytest.raises(TypeError, match=r"draw_network: the model must be an nn\.MLP"):
        draw_network(model)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"input_names": ["a"]}, "input_names must have 2 names, one per input, got 1"),
        ({"output_names": ["a", "b"]}, "output_names must have 1 names"),
        ({"example": [1]}, "the example must have 2 numbers, got 1"),
        ({"target": 1}, "needs an example"),
        ({"max_neurons": 0}, "max_neurons must be an integer of 1 or more"),
        ({"theme": "drak"}, "did you mean 'dark'"),
        ({"heat_maps": True, "plane": (1, 2)}, "plane must be"),
        ({"heat_maps": True, "plane": ((1, -1), (0, 1))}, "the first number of each pair"),
    ],
)
def test_wrong_options_are_refused(options, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        draw_network(xor(), **options)


def test_other_errors_say_what_to_do():
    with pytest.raises(ValueError, match="must have at least one layer"):
        draw_network([])
    with pytest.raises(ValueError, match=r"model\[1\] takes 4 inputs, but model\[0\] has 3"):
        draw_network([nn.Layer(2, 3), nn.Layer(4, 1)])
    with pytest.raises(ValueError, match="heat_maps needs a model with 2 inputs, got one with 3"):
        draw_network(nn.Neuron(3), heat_maps=True)
    with pytest.raises(TypeError, match="the loss must return a Value, got float"):
        draw_network(xor(), example=[1, 2], loss=lambda y: y.data)
    with pytest.raises(TypeError, match=r"example\[0\] must be a real number"):
        draw_network(xor(), example=["1", 2])
