"""What training and a look inside have found: diagnosis, gradients by step, superposition."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ...interpret import Superposition
from ...training import Diagnosis
from ..text import number
from ..themes import Theme, find_theme
from .arguments import an, checked, text
from .style import DASHES, blank, colours_of, dress, plain, write

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@checked(found=an(Diagnosis))
def diagnosis_bars(found: Diagnosis, *, theme: str | Theme | None = None) -> "Figure":
    """For each layer the part of its units that is dead or saturated, and its gradient's norm.

    >>> from tinygrad_neuron import nn, training
    >>> found = training.diagnose(nn.MLP(1, [2, 1], seed=0), [([0.5], 1.0)])
    >>> len(diagnosis_bars(found).axes)
    1
    """
    house = find_theme(theme)
    layers = found.layers[::-1]
    norms = [layer.gradient_norm or 0.0 for layer in layers]
    panels = 2 if any(norms) else 1
    figure = blank(4.2 * panels + 1.0, 0.42 * len(layers) + 1.2, house)
    grid = figure.subplots(1, panels, sharey=True, squeeze=False)[0]
    names = [f"{layer.name} ({layer.kind})" for layer in layers]
    dead = [layer.dead / layer.units if layer.units else 0.0 for layer in layers]
    flat = [layer.saturated / layer.units if layer.units else 0.0 for layer in layers]
    axes = grid[0]
    axes.barh(names, [1.0 if layer.units else 0.0 for layer in layers], 0.7,
              facecolor="none", edgecolor=house.muted)  # fmt: skip
    axes.barh(names, dead, 0.7, color=house.alarm, label="dead")
    axes.barh(names, flat, 0.7, left=dead, color=house.muted, hatch="//", label="saturated")
    for k, layer in enumerate(layers):
        text = f"{layer.dead + layer.saturated} of {layer.units}" if layer.units else "no units"
        axes.text(1.02, k, text, va="center", color=house.ink, fontsize="small")
    axes.set_xlim(0, 1.3)
    axes.set_xticks([0.0, 0.5, 1.0])
    axes.set_xlabel("part of the units: dead (full), saturated (hatched)")
    dress(axes, house, grid=False)
    if panels == 2:
        axes = grid[1]
        axes.barh(names, norms, 0.5, color=house.positive)
        positive = [norm for norm in norms if 0.0 < norm < math.inf]
        if positive and max(positive) > 30 * min(positive):
            axes.set_xscale("log")
        axes.set_xlabel("norm of the gradient")
        dress(axes, house)
    return figure


@checked(steps=text)
def gradients_by_step(
    norms: Mapping[str, Sequence[float]], steps: str = "step", *, theme: str | Theme | None = None
) -> "Figure":
    """The norm of the gradient at every step of a sequence, one curve for each network.

    **Arguments:** `norms`, by name, as `training.gradient_norms` returns them; `steps`, the name of
    the horizontal axis: the same is drawn from layer to layer.

    >>> figure = gradients_by_step({"RNN": [0.01, 0.1, 1.0], "LSTM": [0.1, 0.3, 1.0]})
    >>> figure.axes[0].get_yscale()
    'log'
    """
    from matplotlib.ticker import MaxNLocator

    house = find_theme(theme)
    if not norms or not all(norms.values()):
        raise ValueError(
            "gradients_by_step: each network must have at least one norm, such as "
            "training.gradient_norms(outputs)"
        )
    figure = blank(6.4, 4.0, house)
    axes = figure.subplots()
    ends = {}
    for k, ((name, curve), colour) in enumerate(
        zip(norms.items(), colours_of(house), strict=False)
    ):
        numbers = [plain(norm) or math.nan for norm in curve]
        places = range(1, len(numbers) + 1)
        axes.plot(places, numbers, DASHES[k % len(DASHES)], color=colour, linewidth=2)
        ends[name] = (1.0, numbers[0], colour)
    axes.set_yscale("log")
    axes.set_xlabel(steps)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylabel("norm of the gradient")
    dress(axes, house)
    for name, (x, y, colour) in ends.items():
        if math.isfinite(y):
            write(axes, house, name, (x, y), (16, 4), colour, "bold")
    return figure


@checked(found=an(Superposition))
def feature_directions(found: Superposition, *, theme: str | Theme | None = None) -> "Figure":
    """The directions of features in the plane of two neurons.

    >>> from tinygrad_neuron import interpret
    >>> found = interpret.superposition(3, 2, sparsity=0.9, steps=10)
    >>> feature_directions(found).axes[0].get_xlabel()
    'neuron 0'
    """
    house = find_theme(theme)
    model = found.model
    if model.neurons != 2:
        raise ValueError(
            f"feature_directions: a plane has two neurons, got a model of {model.neurons}"
        )
    figure = blank(4.6, 4.6, house)
    axes = figure.subplots()
    reach = 1.25 * max([1.0, *found.norms])
    for k, (x, y) in enumerate(model.directions):
        style = "-" if k in found.represented else ":"
        axes.plot([0.0, x], [0.0, y], style, color=house.positive, linewidth=2)
        axes.plot([x], [y], "o", color=house.positive)
        if k in found.represented:
            write(axes, house, f"feature {k}", (x, y), (0, 7 if y >= 0 else -7))
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-reach, reach)
    axes.set_aspect("equal")
    axes.set_xlabel("neuron 0")
    axes.set_ylabel("neuron 1")
    dress(axes, house)
    axes.set_title(
        f"{len(found.represented)} of {model.features} features, sparsity {number(found.sparsity)}",
        loc="left",
        color=house.ink,
    )
    return figure
