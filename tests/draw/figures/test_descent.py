"""The ways of optimisers are drawn as they were walked."""

import math

import pytest

pytest.importorskip("matplotlib", reason="the extra demos is not installed")

from tinygrad_neuron import Value
from tinygrad_neuron.draw import figures


def test_paths_are_drawn_point_by_point_over_lines_of_equal_height():
    paths = {"SGD": [(1.0, 1.0), (0.5, 0.0)], "Adam": [(1.0, 1.0), (0.0, 0.0), (math.inf, 0.0)]}
    axes = figures.descent(lambda a, b: Value(a) ** 2 + b, paths, names=("w", "b")).axes[0]
    drawn = [list(map(tuple, line.get_xydata().tolist())) for line in axes.lines]
    assert [paths["SGD"], paths["Adam"][:2]] == drawn
    assert ("w", "b") == (axes.get_xlabel(), axes.get_ylabel())
    assert ["SGD", "Adam"] == [text.get_text() for text in axes.get_legend().get_texts()]


def test_steps_lie_on_the_curve():
    axes = figures.steps_down(lambda w: (w - 1) ** 2, [3.0, -1.0, 2.0], low=-2, high=4).axes[0]
    curve, steps = axes.lines
    assert [[3.0, 4.0], [-1.0, 4.0], [2.0, 1.0]] == steps.get_xydata().tolist()
    assert (9.0, (-2.0, 4.0)) == (max(curve.get_ydata()), axes.get_xlim())


def test_a_flat_loss_is_drawn_and_an_empty_path_refused():
    assert figures.descent(lambda a, b: 1.0, {"SGD": [(0.0, 0.0)]}).axes
    assert figures.steps_down(lambda w: 1.0, [0.0]).axes
    with pytest.raises(ValueError, match="descent: each path must have"):
        figures.descent(lambda a, b: a, {"SGD": []})
    with pytest.raises(ValueError, match="steps_down: the path must have"):
        figures.steps_down(lambda w: w, [])


def test_a_loss_that_is_too_large_to_be_drawn_is_said_so_and_what_is_infinite_is_left_out():
    with pytest.raises(ValueError, match="is too large to be drawn; choose low and high nearer"):
        figures.steps_down(lambda w: w * 1e308, [1.0], low=-1.7, high=1.7)
    with pytest.raises(ValueError, match="or at every step, is too large to be drawn"):
        figures.steps_down(lambda w: w, [float("nan")])
    axes = figures.steps_down(
        lambda w: 1e200 * w * w * 1e200 if w > 1 else w, [1.0], low=0, high=4
    ).axes[0]
    assert 0.9 < axes.get_ylim()[1] <= 1.0
