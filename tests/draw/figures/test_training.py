"""Curves and histograms of training show every number."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

pytest.importorskip("matplotlib", reason="the extra demos is not installed")
from tests.draw.figures.drawn import line, points
from tinygrad_neuron import Value, losses, nn
from tinygrad_neuron.draw import figures


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


def test_notes_are_written_below_the_curves_within_the_figure():
    notes = ["layers[0]: a warning of many words, " * 6, "of $5 and $6"]
    figure = figures.training_curves({"loss": [1.0, 0.5]}, notes=notes)
    figure.draw_without_rendering()
    written = figure.get_supxlabel()
    assert written.replace("\n", " ") == f"! {notes[0]} ! {notes[1]}".replace(",  ", ", ")
    box = figure._supxlabel.get_window_extent()
    assert 0 <= box.x0 < box.x1 <= figure.bbox.width
    assert 0 <= box.y0 < box.y1 < figure.axes[0].get_tightbbox().y0
    assert figures.training_curves({"loss": [1.0]}).get_supxlabel() == ""


def test_a_curve_says_where_a_nan_was_and_goes_on():
    curves = {
        "loss": [1.0, math.nan, 0.5, math.inf, math.inf],
        "validation loss": [2.0, 1.0, 1.0, 1.0, 1.0],
    }
    (axes,) = figures.training_curves(curves).axes
    marks = [points(one) for one in axes.lines if one.get_label() == "_not finite"]
    assert [[x for x, _ in row] for row in marks] == [[2.0, 4.0, 5.0]]
    drawn = line(axes, "loss")
    assert points(drawn)[2] == (3.0, 0.5)
    assert drawn.get_markevery() == [0, 2]  # no line goes through these
    texts = [text.get_text() for text in axes.texts]
    assert sorted(texts) == ["loss", "loss is nan at 2", "validation loss"]
    assert not any(one.get_label() == "_not finite" for one in _finite().lines)


def _finite():
    (axes,) = figures.training_curves({"loss": [1.0, 0.5]}).axes
    return axes


def test_one_curve_has_one_panel():
    (axes,) = figures.training_curves({"loss": [1.0, 0.5]}).axes
    assert axes.get_ylabel() == "loss"
    (axes,) = figures.training_curves({"accuracy": [50.0, 90.0]}).axes
    assert axes.get_ylim()[1] == 102
    with pytest.raises(ValueError, match="at least one number"):
        figures.training_curves({"loss": []})
    with pytest.raises(ValueError, match="at least one number"):
        figures.training_curves({})


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
