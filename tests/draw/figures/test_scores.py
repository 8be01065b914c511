"""What a classifier says, as bars: the numbers are those of the engine."""

import pytest

pytest.importorskip("matplotlib", reason="the extra demos is not installed")

from tinygrad_neuron import Value, losses, softmax
from tinygrad_neuron.draw import figures


def bars(axes):
    return [bar.get_width() for bar in axes.patches]


def test_the_bars_are_logits_softmax_and_the_gradient_of_the_cross_entropy():
    logits = [Value(z) for z in (2.0, -1.0, 0.5, 700.0)]
    losses.cross_entropy(logits, 1).backward()
    figure = figures.softmax_bars(logits, 1, names=["a", "b", "c", "d"])
    zs, ps, gradients = (bars(axes) for axes in figure.axes)
    assert [z.data for z in logits] == zs
    assert pytest.approx([p.data for p in softmax(logits)]) == ps
    assert pytest.approx([z.grad for z in logits]) == gradients
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert ["a", "b  ← right", "c", "d"] == labels


@pytest.mark.parametrize(
    ("logits", "target", "names"),
    [([1.0], 0, []), ([1.0, 2.0], 2, []), ([1.0, 2.0], 0.5, []), ([1.0, 2.0], 0, ["a"])],
)
def test_what_cannot_be_drawn_is_refused(logits, target, names):
    with pytest.raises(ValueError, match="softmax_bars: expected"):
        figures.softmax_bars(logits, target, names=names)
