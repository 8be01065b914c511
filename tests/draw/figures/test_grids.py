"""Grids of numbers side by side: what is written in the cells, framed and left empty."""

import pytest

pytest.importorskip("matplotlib", reason="the extra demos is not installed")

from tinygrad_neuron import Value
from tinygrad_neuron.draw import figures


def written(axes):
    return [text.get_text() for text in axes.texts]


def test_numbers_stand_in_their_cells_and_signs_between_the_grids():
    grids = {"x": [[Value(1.0), -2], [0.5, 3]], "w": [[10]]}
    figure = figures.number_grids(grids, between=["×"], title="a product")
    x, w = figure.axes
    assert ["x", "w"] == [axes.get_title() for axes in figure.axes]
    assert ["1", "-2", "0.5", "3", "×"] == written(x)
    assert ["10"] == written(w)
    assert "a product" == figure.get_suptitle()


def test_places_are_framed_and_what_is_not_computed_yet_is_left_empty():
    figure = figures.number_grids(
        {"map": [[1, 2], [3, 4]]}, framed={"map": [(0, 1)]}, hidden={"map": [(1, 0), (1, 1)]}
    )
    [axes] = figure.axes
    assert ["1", "2"] == written(axes)
    frames = [patch for patch in axes.patches if not patch.get_fill()]
    assert [(0.5, -0.5)] == [frame.get_xy() for frame in frames]


@pytest.mark.parametrize(
    ("grids", "between", "message"),
    [
        ({}, (), "each grid must have the shape"),
        ({"x": [1, 2]}, (), r"got \[\(2,\)\]"),
        ({"x": [[1]], "w": [[2]]}, ["×", "="], "one sign for each gap, 1, got 2"),
    ],
)
def test_grids_of_another_shape_are_refused(grids, between, message):
    with pytest.raises(ValueError, match=message):
        figures.number_grids(grids, between=between)
