"""A recurrent layer is drawn rolled and unrolled; unrolled in full is the graph of the loss."""

import pytest

pytest.importorskip("matplotlib", reason="the extra demos is not installed")
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from tinygrad_neuron import draw_dot, nn
from tinygrad_neuron.draw import figures
from tinygrad_neuron.draw.themes import THEMES


def texts(axes):
    return [text.get_text() for text in axes.texts]


def patches(axes, kind):
    return [patch for patch in axes.patches if isinstance(patch, kind)]


def bows(axes):
    """The arrows that are no straight lines."""
    arrows = patches(axes, FancyArrowPatch)
    return [arrow for arrow in arrows if len(arrow._path_original.vertices) > 2]


@pytest.mark.parametrize("theme", THEMES)
def test_one_cell_with_its_loop_and_its_copies_step_by_step(theme):
    rolled, unrolled = figures.recurrence(nn.LSTM(2, 3, seed=0), 4, theme=theme).axes
    assert len(patches(rolled, FancyBboxPatch)) == 1
    (loop,) = bows(rolled)
    path = loop._path_original.vertices
    assert path[0][0] == path[-1][0]  # it leaves and enters on one side of the cell
    assert texts(rolled).count("$h_{t}$, $c_{t}$") == 1
    assert len(patches(unrolled, FancyBboxPatch)) == 4
    assert bows(unrolled) == []
    states = [text for text in texts(unrolled) if "c_" in text]
    assert states == [f"$h_{{{t}}}$, $c_{{{t}}}$" for t in range(5)]
    assert [text for text in texts(unrolled) if "x_" in text] == [
        f"$x_{{{t}}}$" for t in range(1, 5)
    ]


def test_each_layer_has_its_cell_its_loop_and_its_states():
    rolled, unrolled = figures.recurrence(nn.GRU(2, 3, num_layers=2, seed=0), 2).axes
    assert len(bows(rolled)) == 2
    assert {"GRU 1", "GRU 2", "$h^{(1)}_{t}$", "$h^{(2)}_{t}$"} <= set(texts(rolled))
    assert len(patches(unrolled, FancyBboxPatch)) == 4


@pytest.mark.parametrize(
    ("model", "formula", "count"),
    [
        (nn.RNN(2, 3, seed=0), r"\mathrm{tanh}(W_{ih}\,x + b_{ih} + W_{hh}\,h + b_{hh})", 21),
        (nn.RNNCell(2, 3, False, "relu", seed=0), r"\mathrm{relu}(W_{ih}\,x + W_{hh}\,h)", 15),
        (nn.LSTMCell(2, 3, seed=0), r"c' = f\,c + i\,g", 84),
        (nn.GRUCell(2, 3, seed=0), r"(1 - z)\,n + z\,h", 63),
    ],
)
def test_the_formula_and_the_shared_parameters_are_told(model, formula, count):
    below = figures.recurrence(model).get_supxlabel()
    assert formula in below
    assert f"the same {count} parameters at every step" in below


def test_texts_do_not_overlap_and_lie_within_the_figure():
    figure = figures.recurrence(nn.LSTM(2, 3, num_layers=2, seed=0), 3)
    figure.draw_without_rendering()
    boxes = [
        text.get_window_extent() for axes in figure.axes for text in [*axes.texts, axes._left_title]
    ]
    for k, box in enumerate(boxes):
        assert 0 <= box.x0 and box.x1 <= figure.bbox.width
        assert not any(box.overlaps(other) for other in boxes[:k])


def test_unrolled_in_full_the_graph_of_a_loss_has_a_box_for_each_step():
    outputs, _ = nn.RNN(1, 1, seed=0)([[1.0], [0.5], [0.0]])
    source = draw_dot((outputs[-1][0] - 1) ** 2).source
    assert [f"step {t}" in source for t in range(1, 5)] == [True, True, True, False]


def test_what_is_not_recurrent_is_refused():
    with pytest.raises(TypeError, match=r"recurrence: the model must be an nn\.RNN, .* got Linear"):
        figures.recurrence(nn.Linear(1, 1, seed=0))
    with pytest.raises(ValueError, match="steps must be an integer of 1 or more, got 0"):
        figures.recurrence(nn.RNN(1, 1, seed=0), 0)
