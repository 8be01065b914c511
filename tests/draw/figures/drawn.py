"""What tests of figures share: reading what was drawn."""

from __future__ import annotations

import pytest

pytest.importorskip("matplotlib", reason="the extra demos is not installed")
from tinygrad_neuron import datasets, nn


def line(axes, label):
    return next(line for line in axes.lines if line.get_label() == label)


def points(of):
    return list(zip(map(float, of.get_xdata()), map(float, of.get_ydata()), strict=True))


def perceptron():
    made = nn.Perceptron(2)
    made.fit(datasets.gate("and"))
    return made
