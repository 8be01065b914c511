"""Planes, hyperplanes and distances are where the model's numbers put them."""

from __future__ import annotations

import math

import pytest

pytest.importorskip("matplotlib", reason="the extra demos is not installed")
from tests.draw.figures.drawn import line, perceptron, points
from tinygrad_neuron import Value, datasets, init, nn
from tinygrad_neuron.draw import figures


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


def three(x):
    return [-(x[0] ** 2) - x[1] ** 2, -((x[0] - 2) ** 2) - x[1] ** 2, Value(-5.0)]


def test_several_classes_each_have_their_part_of_the_plane():
    examples = [((0, 0), 0), ((2, 0), 1)]
    figure = figures.decision_boundary(three, examples, names=["a", "b", "c"])
    [axes] = figure.axes  # without a scale: there is not one score
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["a", "b"]
    lines = [
        segment
        for drawn in axes.collections
        if list(getattr(drawn, "levels", ())) == [0]
        for segment in drawn.allsegs[0]
    ]
    between = [segment for segment in lines if all(abs(x - 1) < 1e-6 for x, _ in segment)]
    assert between  # the line between a and b is at x0 = 1


def test_classes_that_are_no_places_are_taken_in_order():
    examples = [((0, 0), "x"), ((2, 0), "y")]
    [axes] = figures.decision_boundary(three, examples, resolution=5).axes
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["x", "y"]
    with pytest.raises(ValueError, match="4 classes, but there are only 3 scores"):
        figures.decision_boundary(three, [((k, k), str(k)) for k in range(4)], resolution=5)


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
