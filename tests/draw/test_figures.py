"""Figures show the engine's own numbers, in the house style, and touch nothing global."""

from __future__ import annotations

import builtins
import io
import math
import sys
from itertools import pairwise
from xml.etree import ElementTree

import pytest

pytest.importorskip("matplotlib", reason="the extra demos is not installed")

from tinygrad_neuron import Value, datasets, grad, init, losses, maximum, nn
from tinygrad_neuron.calculus.table import TABLE
from tinygrad_neuron.draw import figures
from tinygrad_neuron.draw.themes import THEMES, find_theme

ACTIVATIONS = [name for name, entry in TABLE.items() if entry.activation]


def line(axes, label):
    return next(line for line in axes.lines if line.get_label() == label)


def points(of):
    return list(zip(map(float, of.get_xdata()), map(float, of.get_ydata()), strict=True))


def svg(figure):
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg")
    return ElementTree.fromstring(buffer.getvalue()), len(buffer.getvalue())


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_curve_and_its_derivative_are_the_engines(name):
    function = TABLE[name].function
    axes = figures.activation_curve(name, points=41).axes[0]
    ends = {}
    for label, expected in ((name, function), ("derivative", grad(function))):
        drawn = points(line(axes, label))
        jumps = {x for x, y in drawn if math.isnan(y)}
        for x, y in drawn:
            if x not in jumps:
                assert y == expected(x).data
        assert {-4.0 + 8.0 * k / 40 for k in range(41)} <= {x for x, _ in drawn}
        ends[label] = jumps
    assert ends[name] == ({0.0} if name == "step" else set())


@pytest.mark.parametrize(
    ("name", "kinks"),
    [
        ("relu", [(0.0, 0.0, 1.0, 0.0)]),
        ("leaky_relu", [(0.0, 0.01, 1.0, 0.01)]),
        ("selu", [(0.0, 1.7580993408473766, 1.0507009873554805, 1.7580993408473766)]),
        ("hard_tanh", [(-1.0, 0.0, 1.0, 0.0), (1.0, 1.0, 0.0, 0.0)]),
        ("hard_sigmoid", [(-3.0, 0.0, 1 / 6, 0.0), (3.0, 1 / 6, 0.0, 0.0)]),
        ("tanh", []),
        ("elu", []),
        ("gelu", []),
    ],
)
def test_kinks_interrupt_the_derivative_and_show_the_engines_choice(name, kinks):
    # Also where no computed point lies on the kink.
    for low, high in ((-4.0, 4.0), (-3.9, 4.3)):
        axes = figures.activation_curve(name, low=low, high=high).axes[0]
        drawn = points(line(axes, "derivative"))
        at = [i for i, (_, y) in enumerate(drawn) if math.isnan(y)]
        assert len(at) == len(kinks)
        dots = [(*points(other)[0], other.get_markerfacecolor()) for other in axes.lines
                if other.get_marker() == "o"]  # fmt: skip
        for i, (x, left, right, there) in zip(at, kinks, strict=True):
            assert drawn[i][0] == pytest.approx(x, abs=1e-9)
            assert drawn[i - 1] == pytest.approx((x, left), abs=1e-8)
            assert drawn[i + 1] == pytest.approx((x, right), abs=1e-8)
            full = [y for dx, y, colour in dots if abs(dx - x) < 1e-8 and colour != "#ffffff"]
            assert full == pytest.approx([there])
            hollow = [y for dx, y, colour in dots if abs(dx - x) < 1e-8 and colour == "#ffffff"]
            other = {left, right} - {there}
            assert hollow == pytest.approx(list(other), abs=1e-8)


def test_a_tie_between_both_sides_is_a_point_of_its_own():
    axes = figures.activation_curve(lambda z: maximum(z, 0.0)).axes[0]
    dots = {points(other)[0] for other in axes.lines if other.get_marker() == "o"}
    assert {(0.0, 0.0), (0.0, 0.5), (0.0, 1.0)} == dots


def test_the_tangent_touches_the_curve_with_the_engines_slope():
    axes = figures.activation_curve("tanh", at=0.5).axes[0]
    (x0, y0), (x, y), (x1, y1) = points(line(axes, "tangent"))
    z = Value(0.5)
    expected = z.tanh()
    expected.backward()
    assert (x, y) == (0.5, expected.data)
    assert (y1 - y0) / (x1 - x0) == pytest.approx(z.grad)
    assert axes.get_title(loc="left") == "tanh(0.5) = 0.4621,  slope 0.7864"
    assert "by convention" in figures.activation_curve("relu", at=0).axes[0].get_title(loc="left")


def test_a_function_and_a_module_can_be_drawn_and_keep_their_gradients():
    prelu = nn.PReLU(0.25)
    prelu.slope.grad = 3.0
    axes = figures.activation_curve(prelu, at=-2).axes[0]
    assert points(line(axes, "tangent"))[1] == (-2.0, -0.5)
    assert prelu.slope.grad == 3.0


def test_where_a_function_is_not_defined_nothing_is_drawn():
    axes = figures.activation_curve(Value.log, at=1, low=-1, high=2).axes[0]
    drawn = points(line(axes, "log"))
    assert all(math.isnan(y) == (x <= 0) for x, y in drawn)
    with pytest.raises(ValueError, match="no finite value at -1"):
        figures.activation_curve(Value.log, at=-1)


def test_activation_curve_refuses_what_it_cannot_draw():
    with pytest.raises(ValueError, match="did you mean 'tanh'"):
        figures.activation_curve("tanhh")
    with pytest.raises(ValueError, match="low must be less than high"):
        figures.activation_curve("tanh", low=1, high=1)
    with pytest.raises(TypeError, match="must return a Value"):
        figures.activation_curve(lambda z: 1.0)


def test_loss_and_accuracy_have_panels_of_their_own():
    curves = {"loss": [3, 2.0, Value(1.0)], "accuracy": [0.5, 0.75, 1.0], "validation loss": [4, 3]}
    loss, accuracy = figures.training_curves(curves, steps="epoch").axes
    assert points(line(loss, "loss")) == [(1, 3), (2, 2), (3, 1)]
    assert points(line(loss, "validation loss")) == [(1, 4), (2, 3)]
    assert points(line(accuracy, "accuracy")) == [(1, 0.5), (2, 0.75), (3, 1.0)]
    assert accuracy.get_ylim()[0] == 0 and 1 < accuracy.get_ylim()[1] < 1.1
    assert accuracy.get_xlabel() == "epoch"
    assert loss.get_legend() is None  # the names stand at the curves
    assert {text.get_text() for text in loss.texts} == {"loss", "validation loss"}


def test_names_at_the_ends_of_curves_do_not_overlap():
    curves = {name: [1.0, 0.5 + k / 1000] for k, name in enumerate("abcd")}
    figure = figures.training_curves(curves)
    figure.draw_without_rendering()
    boxes = sorted(text.get_window_extent().intervaly.tolist() for text in figure.axes[0].texts)
    assert all(before[1] <= after[0] + 1 for before, after in pairwise(boxes))


def test_one_curve_has_one_panel():
    (axes,) = figures.training_curves({"loss": [1.0, 0.5]}).axes
    assert axes.get_ylabel() == "loss"
    (axes,) = figures.training_curves({"accuracy": [50.0, 90.0]}).axes
    assert axes.get_ylim()[1] == 102
    with pytest.raises(ValueError, match="at least one number"):
        figures.training_curves({"loss": []})
    with pytest.raises(ValueError, match="at least one number"):
        figures.training_curves({})


def perceptron():
    made = nn.Perceptron(2)
    made.fit(datasets.gate("and"))
    return made


def test_the_hyperplane_the_normal_vector_and_the_distances_are_right():
    neuron = perceptron()
    gate = datasets.gate("and")
    axes = figures.decision_boundary(neuron, gate, distances=True).axes[0]
    (w0, w1), b = neuron.hyperplane.normal, neuron.hyperplane.bias
    for x, y in (line(axes, "_hyperplane")._xy1, line(axes, "_hyperplane")._xy2):
        assert w0 * x + w1 * y + b == pytest.approx(0)
    ways = [points(other) for other in axes.lines if other.get_label() == "_distance"]
    for (x, _), (start, end) in zip(gate, ways, strict=True):
        assert start == tuple(map(float, x))
        assert w0 * end[0] + w1 * end[1] + b == pytest.approx(0)
        assert math.dist(start, end) == pytest.approx(abs(neuron.signed_distance(x)))
    arrow = next(text for text in axes.texts if text.arrow_patch is not None)
    (tip_x, tip_y), (x, y) = arrow.xy, arrow.xyann
    norm = math.hypot(w0, w1)
    assert (tip_x - x, tip_y - y) == pytest.approx((w0 / norm, w1 / norm))
    assert w0 * x + w1 * y + b == pytest.approx(0)
    assert axes.get_aspect() == 1
    low, high = axes.get_xlim()
    assert low < tip_x < high


def test_scores_may_be_numbers_or_values():
    model = nn.MLP(2, [2, 1], seed=0)
    examples = [((0, 0), "no"), ((1, 1), "yes")]
    for score in (model, lambda x: model(x).data, nn.Neuron(2, seed=0)):
        axes = figures.decision_boundary(score, examples, resolution=5, names=["a", "b"]).axes[0]
        assert [text.get_text() for text in axes.get_legend().get_texts()] == ["a", "b"]


def test_without_weights_there_is_no_hyperplane():
    examples = [((0, 0), 0), ((1, 1), 1)]
    axes = figures.decision_boundary(nn.Perceptron(2), examples, resolution=5).axes[0]
    assert not axes.lines
    with pytest.raises(ValueError, match="all weights are 0"):
        figures.decision_boundary(nn.Perceptron(2), examples, resolution=5, distances=True)


def test_decision_boundaries_can_share_a_scale_of_colours():
    bars = []
    for weight in (1.0, 3.0):
        neuron = nn.Neuron(2, init=init.constant(weight))
        figure = figures.decision_boundary(neuron, [((1, 2), 0)], resolution=5, largest=4)
        bars.append([text.get_text() for text in figure.axes[1].get_yticklabels()])
        colours = figure.axes[0].collections[0]
        assert (-4, 4) == (colours.levels[0], colours.levels[-1])
    assert bars[0] == bars[1]
    with pytest.raises(ValueError, match="largest must be greater than 0 and finite, got 0"):
        figures.decision_boundary(nn.Neuron(2), [((1, 2), 0)], largest=0)


def test_decision_boundary_refuses_what_it_cannot_draw():
    with pytest.raises(ValueError, match="at least one example"):
        figures.decision_boundary(perceptron(), [])
    with pytest.raises(ValueError, match="a point must have 2 numbers, got 3"):
        figures.decision_boundary(perceptron(), [((1, 2, 3), 0)])
    with pytest.raises(ValueError, match="must have 2 inputs, got 3"):
        figures.decision_boundary(nn.Neuron(3), [((1, 2), 0)])
    with pytest.raises(TypeError, match="only a single neuron"):
        figures.decision_boundary(lambda x: 0.0, [((1, 2), 0)], distances=True)


def test_histograms_count_every_number():
    activations = {"Hidden 1": [0.0, 0.0, 1.0, math.nan], "Output": [2.0, Value(3.0)]}
    figure = figures.histograms(activations, {"Hidden 1": [1.0], "Output": []}, bins=4)
    assert len(figure.axes) == 4
    first, gradients, second, none = figure.axes
    assert [bar.get_height() for bar in first.patches] == [2, 1, 0, 0]
    assert [bar.get_height() for bar in second.patches] == [0, 0, 1, 1]
    assert [text.get_text() for text in first.texts] == [
        "mean 0.33   std 0.47   67% zero   1 not finite"
    ]
    assert sum(bar.get_height() for bar in gradients.patches) == 1
    assert [text.get_text() for text in none.texts] == ["no numbers"]
    with pytest.raises(ValueError, match="at least one layer"):
        figures.histograms({})


def test_activations_and_gradients_are_the_models():
    model = nn.MLP(2, [3, 2], activation="tanh", seed=0)
    model.parameters()[0].grad = 5.0
    examples = [([1.0, 2.0], 0), ([-1.0, 0.5], 1)]
    activations, gradients = figures.activations_and_gradients(
        model, examples, losses.cross_entropy
    )
    expected, slopes = [], []
    for x, target in examples:
        hidden = model.layers[0](x)
        losses.cross_entropy(model.layers[1](hidden), target).backward()
        expected += [node.data for node in hidden]
        slopes += [node.grad for node in hidden]
        model.zero_grad()
    assert activations["Hidden 1"] == expected
    assert gradients["Hidden 1"] == slopes
    assert list(gradients) == ["Hidden 1", "Output"]
    model.parameters()[0].grad = 5.0
    figures.activations_and_gradients(model, examples, losses.cross_entropy)
    assert [p.grad for p in model.parameters()][:2] == [5.0, 0.0]


def all_figures(theme="light"):
    gate = datasets.gate("and")
    return {
        "curve": figures.activation_curve("relu", at=0, theme=theme),
        "training": figures.training_curves({"loss": [1, 0.5], "accuracy": [0, 1]}, theme=theme),
        "boundary": figures.decision_boundary(
            perceptron(), gate, distances=True, resolution=12, title="AND", theme=theme
        ),
        "histograms": figures.histograms({"a": [1.0, 2.0]}, {"a": [0.0]}, theme=theme),
        "images": figures.weight_images([[1.0, 0, 0, -1]], 2, names=["n"], theme=theme),
    }


def test_the_same_call_draws_the_same():
    def drawn():
        return [
            (points(line), line.get_color(), line.get_linestyle())
            for figure in all_figures().values()
            for axes in figure.axes
            for line in axes.lines
            if line.get_label() != "_hyperplane"
        ]

    assert repr(drawn()) == repr(drawn())


@pytest.mark.parametrize("theme", THEMES)
def test_every_figure_follows_the_theme_and_writes_a_modest_svg(theme):
    from matplotlib.colors import to_hex

    for name, figure in all_figures(theme).items():
        assert to_hex(figure.get_facecolor()) == find_theme(theme).background, name
        root, size = svg(figure)
        assert root.tag.endswith("svg")
        assert size < 130_000, name


def test_every_text_is_large_enough_to_read():
    for name, figure in all_figures().items():
        for text in figure.findobj(lambda artist: hasattr(artist, "get_fontsize")):
            assert text.get_fontsize() >= 8, (name, text.get_text())


def test_no_window_and_no_global_state():
    import matplotlib

    before = dict(matplotlib.rcParams)
    had_pyplot = "matplotlib.pyplot" in sys.modules
    all_figures()
    assert dict(matplotlib.rcParams) == before
    assert ("matplotlib.pyplot" in sys.modules) == had_pyplot


def test_without_matplotlib_the_error_names_the_extra(monkeypatch):
    real = builtins.__import__

    def refuse(name, *rest, **options):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ImportError, match=r'pip install "tinygrad_neuron\[demos\]"'):
        figures.activation_curve("tanh")


def stages():
    """y = (3x - 4)² at x = 2."""
    x = Value(2.0, label="x")
    u = 3 * x
    v = u - 4
    y = v**2
    u.label, v.label, y.label = "u", "v", "y"
    return x, y


def test_a_nudge_is_a_bar_per_node_as_long_as_its_change():
    x, y = stages()
    axes = figures.nudges(y, x, by=0.5, title="A nudge").axes[0]
    assert [0.5, 1.5, 1.5, 8.25] == [bar.get_width() for bar in axes.patches]
    assert ["x", "u", "v", "y"] == [text.get_text() for text in axes.get_yticklabels()]
    assert ["× 3", "× 1", "× 5.5"] == [t.get_text() for t in axes.texts if "×" in t.get_text()]
    assert axes.get_title(loc="left") == "A nudge"


def test_a_nudge_is_drawn_as_far_as_it_has_come():
    x, y = stages()
    axes = figures.nudges(y, x, by=0.5, reached=2).axes[0]
    assert [0.5, 1.5] == [bar.get_width() for bar in axes.patches]
    with pytest.raises(ValueError, match="reached must be from 1 to 4"):
        figures.nudges(y, x, reached=5)


def test_a_nudge_that_stops_on_the_way_is_drawn():
    x = Value(-1.0, label="x")
    axes = figures.nudges(x.relu() * 3, x).axes[0]
    assert [0.0, 0.0] == [bar.get_width() for bar in axes.patches[1:]]


def test_functions_are_drawn_with_their_names_and_marks():
    curves = {"square": lambda x: x * x, "value": lambda x: Value(x).tanh()}
    axes = figures.functions(curves, -1, 1, marks=[(0.5, 0.25)], points=5).axes[0]
    assert [(-1.0, 1.0), (-0.5, 0.25), (0.0, 0.0), (0.5, 0.25), (1.0, 1.0)] == points(
        line(axes, "square")
    )
    for x, y in points(line(axes, "value")):
        assert math.tanh(x) == y
    assert {"square", "value"} == {text.get_text() for text in axes.texts}
    assert (0.5, 0.25) in [points(dot)[0] for dot in axes.lines if dot.get_marker() == "o"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (({"x": abs}, 1, 1), "low must be less than high"),
        (({}, 0, 1), "at least one function"),
    ],
)
def test_functions_refuse_what_cannot_be_drawn(arguments, message):
    with pytest.raises(ValueError, match=message):
        figures.functions(*arguments)


def test_the_part_of_the_plane_of_a_decision_boundary_can_be_chosen():
    figure = figures.decision_boundary(
        nn.Neuron(2, seed=0), datasets.xor(), plane=((-2, 3), (-1, 4))
    )
    assert ((-2.0, 3.0), (-1.0, 4.0)) == (figure.axes[0].get_xlim(), figure.axes[0].get_ylim())
    with pytest.raises(ValueError, match="decision_boundary: in the plane the first number"):
        figures.decision_boundary(nn.Neuron(2), datasets.xor(), plane=((1, 0), (0, 1)))


def by_hand():
    """The network h0 = relu(x0 + x1), h1 = relu(x0 + x1 - 1), y = h0 - 2 h1 - 0.5."""
    model = nn.MLP(2, [2, 1], seed=0)
    numbers = [1.0, 1.0, 0.0, 1.0, 1.0, -1.0, 1.0, -2.0, -0.5]
    for parameter, number in zip(model.parameters(), numbers, strict=True):
        parameter.data = number
    return model


def test_examples_stand_in_the_hidden_plane_where_the_hidden_layer_puts_them():
    axes = figures.hidden_plane(by_hand(), datasets.xor()).axes[0]
    drawn = [
        sorted(map(tuple, dots.get_offsets()))
        for dots in axes.collections
        if len(dots.get_offsets()) == 2
    ]
    assert [[(0.0, 0.0), (2.0, 1.0)], [(1.0, 0.0), (1.0, 0.0)]] == drawn
    assert ("$h_0$", "$h_1$") == (axes.get_xlabel(), axes.get_ylabel())


def test_the_grid_of_the_input_plane_is_bent_as_the_hidden_layer_bends_it():
    figure = figures.hidden_plane(by_hand(), datasets.xor(), grid=((0, 1), (0, 1)), lines=2)
    grid = [points(one) for one in figure.axes[0].lines if one.get_label() == "_grid"]
    ends = [
        (tuple(round(v, 9) for v in one[0]), tuple(round(v, 9) for v in one[-1])) for one in grid
    ]
    assert [((0, 0), (1, 0)), ((1, 0), (2, 1)), ((0, 0), (1, 0)), ((1, 0), (2, 1))] == ends


@pytest.mark.parametrize(
    "model", [nn.MLP(2, [3, 1]), nn.MLP(2, [2, 2]), nn.MLP(3, [2, 1]), nn.Neuron(2)]
)
def test_the_hidden_plane_refuses_a_network_of_another_shape(model):
    with pytest.raises(ValueError, match="2 neurons in its last hidden layer"):
        figures.hidden_plane(model, [([0.0] * 2, 0)])


def test_an_activation_curve_can_have_a_title_of_its_own():
    assert "relu" == figures.activation_curve("relu").axes[0].get_title(loc="left")
    titled = figures.activation_curve("relu", at=1.0, title="rectified")
    assert "rectified" == titled.axes[0].get_title(loc="left")
