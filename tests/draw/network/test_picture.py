"""The picture of a network: its legend, its options, its themes."""

from __future__ import annotations

import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from tests.draw.measuring import SVG
from tests.draw.network.drawn import tooltip, width, xor
from tinygrad_neuron import Value, nn
from tinygrad_neuron.draw.network import draw_network, subject
from tinygrad_neuron.draw.observing import layers_of
from tinygrad_neuron.draw.themes import THEMES


def test_the_legend_says_what_width_colour_and_dash_mean(draw):
    drawn = draw(draw_network(xor()))
    texts = drawn.text(drawn.root)
    assert "the largest |weight|: 2" in texts
    assert "a third of it: 0.667" in texts
    [whole] = drawn.of("graph").values()
    positive, negative, largest, third = whole.iter(f"{SVG}polyline")
    theme = THEMES["light"]
    assert [theme.positive, theme.negative] == [line.get("stroke") for line in (positive, negative)]
    assert [False, True] == ["stroke-dasharray" in line.attrib for line in (positive, negative)]
    # What the legend says of widths is what they are.
    widest = max(map(width, drawn.of("weight").values()))
    assert widest == float(largest.get("stroke-width"))
    model = nn.Neuron(2, weights=[-3.0, 1.0])
    other = draw(draw_network(model)).of("weight")["layer0-neuron0-w1"]
    assert width(other) == float(third.get("stroke-width"))
    [whole] = draw(draw_network(xor(), legend=False)).of("graph").values()
    assert not list(whole.iter(f"{SVG}polyline"))


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
        (nn.Linear(2, 3, seed=0), 6),
        ([nn.Linear(2, 2, seed=0), nn.Tanh(), nn.Neuron(2, seed=0)], 6),
    ]:
        assert draw_network(model, legend=False).source.count("->") == count


def as_sequential(mlp):
    """The numbers of a network of tanh in linear layers."""
    parts = []
    for layer in mlp.layers:
        linear = nn.Linear(layer.neurons[0].nin, len(layer.neurons), seed=0)
        for row, bias, neuron in zip(linear.weight, linear.bias, layer.neurons, strict=True):
            for mine, theirs in zip([*row, bias], [*neuron.w, neuron.b], strict=True):
                mine.data = theirs.data
        activation = layer.neurons[0].activation_name
        parts += [linear, nn.Tanh() if activation == "tanh" else nn.Identity()]
    return nn.Sequential(*parts)


@pytest.mark.parametrize(
    "options", [{}, {"example": [1, -0.5], "target": [1.0]}, {"heat_maps": True}]
)
def test_linear_layers_with_activations_are_drawn_as_the_network_that_they_are(options):
    network = nn.MLP(2, [3, 2, 1], activation="tanh", seed=0)
    for k, parameter in enumerate(network.parameters()):
        parameter.data = (-1) ** k * (k + 1) / 8  # biases, too
    same = as_sequential(network)
    before = [(p.data, p.label, p.scope) for p in same.parameters()]

    def source(model):
        """Without what it and its parts are called."""
        text = draw_network(model, **options).source
        text = re.sub(r'id=network (.*)tooltip="[^"]*"', r"\1", text)
        for k, layer in enumerate(layers_of(model)):
            for j, path in enumerate(layer.paths):
                text = text.replace(path + layer.weights, f"{k} {j}").replace(path, f"{k} {j}")
            text = text.replace(f'"{layer.path}"', f'"{k}"')
        return text

    assert source(network) == source(same)
    assert [(p.data, p.label, p.scope) for p in same.parameters()] == before
    assert all(p.grad == 0 for p in same.parameters())


def test_a_parameter_put_into_a_linear_layer_gets_its_place_there():
    model = nn.Linear(2, 1, seed=0)
    model.weight[0][1] = Value(0.5)
    draw_network(model)
    assert model.weight[0][1].scope is model.scope


def test_what_stands_in_a_sequential_may_be_nested_dropped_out_and_without_bias():
    model = nn.Sequential(
        nn.Sequential(nn.Linear(2, 2, bias=False, seed=0)),
        nn.Sequential(nn.LeakyReLU(0.1), nn.Dropout(0.5, seed=0)),
        nn.Linear(2, 1, seed=1),
    )
    model[0][0].weight[0][0].data, model[0][0].weight[0][1].data = -1.0, -1.0
    source = draw_network(model, example=[1, 1]).source
    assert "leaky_relu" in source
    assert "dropout 0.5" in source
    assert "y = -0.2" in source  # of -2 with the slope 0.1
    assert "model[0][0].weight[1][0] = " in source


@pytest.mark.parametrize("part", [nn.Flatten(), nn.LayerNorm(2), nn.Tanh(), len])
def test_a_part_that_is_no_layer_of_neurons_is_named(part):
    model = nn.Sequential(nn.Linear(2, 2, seed=0), nn.Tanh(), part)
    with pytest.raises(TypeError, match=r"the model must be .* at model\[2\]"):
        draw_network(model)


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


@pytest.mark.parametrize("legend", [False, True])
def test_a_title_stands_below_the_picture_and_is_text(draw, legend):
    drawn = draw(draw_network(xor(), title="<b>XOR</b> & more", legend=legend))
    assert "<b>XOR</b> & more" in drawn.text(drawn.root)


@pytest.mark.parametrize("sizes", [[16, 16, 1], [4, 4, 1], [10] * 7, [8] * 12 + [1], [60]])
@pytest.mark.parametrize("options", [{}, {"example": [0.5, -1.0]}, {"heat_maps": True}])
def test_a_default_picture_fits_a_slide(sizes, options, monkeypatch):
    monkeypatch.setattr(subject, "PLACES", 3)  # a map is as large, whatever is computed for it
    picture = draw_network(nn.MLP(2, sizes, seed=0), **options)
    svg = ElementTree.fromstring(picture.pipe(format="svg"))
    width, height = (
        float(svg.get(side).removesuffix("pt")) * 4 / 3 for side in ("width", "height")
    )
    assert width <= 1600
    assert height <= 900
