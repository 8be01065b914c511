"""Figures of layers: kernels, feature maps, receptive fields, attention; and of what was found."""

import itertools

import pytest

pytest.importorskip("matplotlib", reason="the extra demos is not installed")

from tinygrad_neuron import datasets, interpret, losses, nn, optim, training
from tinygrad_neuron.draw import figures
from tinygrad_neuron.draw.themes import THEMES


def images_of(figure):
    return [axes.images[0].get_array().tolist() for axes in figure.axes if axes.images]


def test_kernels_are_shown_on_one_scale_each_under_its_channels():
    conv = nn.Conv2d(2, 3, (2, 1), seed=0)
    figure = figures.kernel_images(conv)
    shown = images_of(figure)
    assert shown == [[[w.data for w in row] for row in k] for of in conv.weight for k in of]
    assert [a.get_title() for a in figure.axes[:6]] == [
        f"{i} to {o}" for o, i in itertools.product(range(3), range(2))
    ]
    scales = {a.images[0].get_clim() for a in figure.axes if a.images}
    assert len(scales) == 1


def test_feature_maps_have_the_numbers_of_the_layer():
    maps = nn.Conv2d(1, 2, 2, seed=0)([[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]])
    assert images_of(figures.feature_maps(maps)) == [[[v.data for v in r] for r in m] for m in maps]
    with pytest.raises(ValueError, match=r"channels, height, width.*got \(2, 1, 2, 1"):
        figures.feature_maps([[[[1.0], [2.0]]]] * 2)


def test_the_receptive_field_is_framed():
    figure = figures.receptive_field_image([[[0.0, 1.0], [2.0, 3.0]]], [(0, 0, 1), (0, 1, 1)])
    corners = [frame.get_xy() for frame in figure.axes[0].patches]
    assert corners == [(0.5, -0.5), (0.5, 0.5)]
    with pytest.raises(ValueError, match="image must have the shape"):
        figures.receptive_field_image([1.0], [])


def test_the_attention_matrix_has_a_row_for_each_query():
    attention = nn.MultiheadAttention(4, 2, seed=0)
    x = [[1.0, 0.0, 0.0, 2.0], [0.0, 1.0, 0.0, 1.0], [0.5, 0.0, 1.0, 0.0]]
    _, weights = attention(x, x, x, is_causal=True)
    axes = figures.attention_matrix(weights, "abc").axes[0]
    assert axes.images[0].get_array().tolist() == [[w.data for w in row] for row in weights]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b", "c"]
    assert len(axes.texts) == 9
    with pytest.raises(ValueError, match="queries must be 3, got 2"):
        figures.attention_matrix(weights, "ab")
    with pytest.raises(ValueError, match="of several heads, pass one"):
        figures.attention_matrix([weights])


def test_gradients_by_step_are_on_a_logarithmic_axis():
    figure = figures.gradients_by_step({"RNN": [0.001, 0.1, 1.0], "LSTM": [0.0, 0.5, 1.0]})
    (axes,) = figure.axes
    assert axes.get_yscale() == "log"
    assert list(axes.lines[0].get_ydata()) == [0.001, 0.1, 1.0]
    with pytest.raises(ValueError, match="at least one norm"):
        figures.gradients_by_step({"RNN": []})


@pytest.mark.parametrize("theme", THEMES)
def test_a_diagnosis_is_bars(theme):
    data = list(datasets.moons(10, seed=0))
    model = nn.Sequential(nn.Linear(2, 3, seed=0), nn.ReLU(), nn.Linear(3, 1, seed=0))
    found = training.diagnose(model, data, lambda y, t: losses.mean_squared_error(y, [t]))
    figure = figures.diagnosis_bars(found, theme=theme)
    assert [axes.get_xlabel() for axes in figure.axes][1] == "norm of the gradient"
    figure.canvas.draw()


def test_five_features_are_five_lines():
    found = interpret.superposition(5, 2, sparsity=0.9, steps=50)
    axes = figures.feature_directions(found).axes[0]
    ends = [(line.get_xdata()[-1], line.get_ydata()[-1]) for line in axes.lines[::2]]
    assert ends == [tuple(direction) for direction in found.model.directions]
    with pytest.raises(ValueError, match="a plane has two neurons"):
        figures.feature_directions(interpret.superposition(4, 3, steps=1))


def test_what_fit_diagnose_and_superposition_return_shows_itself_in_a_notebook():
    data = list(datasets.xor())
    model = nn.MLP(2, [2, 1], seed=0)
    loss = losses.binary_cross_entropy_with_logits
    optimiser = optim.SGD(model.parameters(), 0.1)
    record = training.fit(model, loss, data, optimiser, 2, progress=False)
    found = training.diagnose(model, data, loss)
    superposed = interpret.superposition(3, 2, steps=2)
    for shown in (record, found, superposed):
        assert shown._repr_mimebundle_()["image/svg+xml"].startswith("<svg")
    empty = training.TrainingRecord(stopped="interrupted")
    assert list(empty._repr_mimebundle_()) == ["text/plain"]
