"""What tests of a network's picture share: a small model, and reading the SVG."""

from __future__ import annotations

from tests.draw.measuring import SVG, TITLE
from tinygrad_neuron import nn


class Drawn:
    def __init__(self, root):
        self.root = root
        self.groups = [g for g in root.iter(f"{SVG}g") if g.get("class")]

    def of(self, kind):
        """The groups of a class, by id."""
        return {g.get("id"): g for g in self.groups if kind in g.get("class").split()}

    def text(self, group):
        texts = ("".join(t.itertext()).strip() for t in group.iter(f"{SVG}text"))
        return [text for text in texts if text.strip("\N{NO-BREAK SPACE}")]


def tooltip(group):
    tips = [a.get(TITLE) for a in group.iter(f"{SVG}a")]
    assert len(set(tips)) == 1
    return tips[0]


def width(group):
    return float(next(group.iter(f"{SVG}path")).get("stroke-width", 1))


def xor():
    model = nn.MLP(2, [2, 1], activation="tanh", seed=0)
    numbers = [1.5, -0.5, 0.25, -2.0, 0.75, -1.0, 0.5, 0.125, -0.0625]
    for p, x in zip(model.parameters(), numbers, strict=True):
        p.data = x
    return model
