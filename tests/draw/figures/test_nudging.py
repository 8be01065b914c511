"""A nudge is drawn as far as it travels."""

from __future__ import annotations

import pytest

pytest.importorskip("matplotlib", reason="the extra demos is not installed")
from tinygrad_neuron import Value
from tinygrad_neuron.draw import figures


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
