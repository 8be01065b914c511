"""What happens in training: curves over the steps, histograms of activations and gradients."""

import math
from collections.abc import Iterable, Mapping, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from ..observing import Loss, layers_of, observe, titles
from ..text import number
from ..themes import Theme, find_theme
from .arguments import checked, text
from .style import DASHES, blank, colours_of, dress, name_at_end, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@checked(steps=text)
def training_curves(
    curves: Mapping[str, Sequence[float]],
    steps: str = "step",
    *,
    notes: Sequence[str] = (),
    theme: str | Theme | None = None,
) -> "Figure":
    """Curves over training: `{"loss": [...], "accuracy": [...]}`.

    What has "accuracy" in its name gets a panel of its own below the others, from 0 to 1 (or to
    100, where it is in percent).

    Where a number is NaN or infinite a curve is interrupted, and a cross below says so.

    **Arguments:** `curves`, a list of numbers per name; `steps`, the name of the horizontal axis;
    `notes`, what is written below, as the warnings of a diagnosis.

    >>> figure = training_curves({"loss": [1.0, 0.5], "accuracy": [0.6, 0.9]})
    >>> [axes.get_ylabel() for axes in figure.axes]
    ['loss', 'accuracy']
    """
    house = find_theme(theme)
    shown = {str(name): [plain(y) for y in numbers] for name, numbers in curves.items()}
    empty = [name for name, numbers in shown.items() if not numbers]
    if empty or not shown:
        raise ValueError(
            f"training_curves: each curve must have at least one number, got {dict(curves)!r}"
        )
    parts: list[dict[str, list[float]]] = [{}, {}]
    for name, numbers in shown.items():
        parts["accuracy" in name.lower()][name] = numbers
    panels = [part for part in parts if part]
    below = [line for note in notes for line in wrap(note, 88, initial_indent="! ")]
    height = 4.0 if len(panels) == 1 else 5.2
    figure = blank(6.4, height + 0.19 * len(below), house)
    grid = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
    for axes, part in zip(grid, panels, strict=True):
        styles = zip(part.items(), colours_of(house), strict=False)
        ends = {}
        for k, ((name, numbers), colour) in enumerate(styles):
            axes.plot(
                range(1, len(numbers) + 1),
                numbers,
                DASHES[k % len(DASHES)],
                label=name,
                color=colour,
                linewidth=2,
                marker="o",
                markevery=_alone(numbers),
            )
            finite = [y for y in numbers if math.isfinite(y)]
            if finite:
                ends[name] = (float(len(numbers)), finite[-1], colour)
        _mark_not_finite(axes, house, part)
        everything = [y for numbers in part.values() for y in numbers if math.isfinite(y)]
        if part is parts[1]:
            top = 1.0 if max(everything, default=1.0) <= 1 else 100.0
            axes.set_ylim(0, 1.02 * top)
        elif min(everything, default=0.0) >= 0:
            axes.set_ylim(bottom=0)
        dress(axes, house)
        axes.margins(x=0.01)
        names = list(part)
        axes.set_ylabel(names[0] if len(names) == 1 else "accuracy" if part is parts[1] else "loss")
        if len(names) > 1:
            figure.draw_without_rendering()
            name_at_end(axes, house, ends)
    grid[-1].set_xlabel(steps)
    if below:
        text = "\n".join(below)
        written = figure.supxlabel(text, x=0.02, ha="left", fontsize=9.5, color=house.ink)
        written.set_parse_math(False)
    grid[-1].xaxis.get_major_locator().set_params(integer=True)
    return figure


def _alone(numbers: Sequence[float]) -> list[int]:
    """Which numbers stand alone, so that no line goes through them."""
    around = [math.nan, *numbers, math.nan]
    return [
        k
        for k, (before, y, after) in enumerate(zip(around, numbers, around[2:], strict=False))
        if math.isfinite(y) and not math.isfinite(before) and not math.isfinite(after)
    ]


def _mark_not_finite(axes: "Axes", theme: Theme, curves: Mapping[str, Sequence[float]]) -> None:
    """Crosses, in the colour of what is wrong, where a number is NaN or infinite: there the curve
    is interrupted. Each curve has a row of them; the first one is named."""
    up = axes.get_xaxis_transform()  # heights as a part of the axis
    broken = {
        name: [k for k, y in enumerate(numbers, 1) if not math.isfinite(y)]
        for name, numbers in curves.items()
    }
    for row, (name, steps) in enumerate((n, s) for n, s in broken.items() if s):
        height = 0.05 + 0.09 * row
        axes.plot(
            steps,
            [height] * len(steps),
            "x",
            transform=up,
            color=theme.alarm,
            markersize=7,
            markeredgewidth=2,
            label="_not finite",
            clip_on=False,
        )
        before = steps[0] > len(curves[name]) - steps[-1]
        axes.annotate(
            f"{name} is {number(curves[name][steps[0] - 1])} at {steps[0]:,}",
            (steps[0] if before else steps[-1], height),
            (-8 if before else 8, 0),
            xycoords=up,
            textcoords="offset points",
            ha="right" if before else "left",
            va="center",
            color=theme.alarm,
            fontweight="bold",
        )


@checked()
def activations_and_gradients(
    model: Any, examples: Iterable[tuple[Sequence[Any], Any]], loss: Loss | None = None
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """What the neurons of each layer give over many examples, and with a loss their gradients.

    The model stays as it is, as for `draw_network`.

    **Arguments:** `model`, as for `draw_network`; `examples`, pairs of an input vector and a
    target; `loss`, a function of the output and the target that returns a Value.

    **Returns** two dictionaries from a layer's name to a list of numbers: the activations, and the
    gradients of each example's loss for them (empty without a loss).

    >>> from tinygrad_neuron import nn
    >>> model = nn.MLP(2, [3, 1], seed=0)
    >>> activations, gradients = activations_and_gradients(model, [([1, 2], 0), ([3, 4], 1)])
    >>> {name: len(numbers) for name, numbers in activations.items()}, gradients
    ({'Hidden 1': 6, 'Output': 2}, {})
    """
    what = "activations_and_gradients"
    layers = layers_of(model, what)
    names = titles(layers)
    activations: dict[str, list[float]] = {name: [] for name in names}
    found: dict[str, list[float]] = {name: [] for name in names} if loss is not None else {}
    for x, target in examples:
        seen = observe(layers, x, None if loss is None else target, loss, what)
        for name, row in zip(names, seen.activations, strict=True):
            activations[name] += row
        for name, gradient in zip(found, (seen.gradients or [[]])[1:], strict=False):
            found[name] += [0.0 if g is None else g for g in gradient]
    return activations, found


@checked()
def histograms(
    activations: Mapping[str, Sequence[float]],
    gradients: Mapping[str, Sequence[float]] | None = None,
    *,
    bins: int = 40,
    title: str = "",
    theme: str | Theme | None = None,
) -> "Figure":
    """Histograms of each layer's activations and gradients, one layer a row.

    All rows of a column have one scale, so that what shrinks from layer to layer is seen to; beside
    each stand its mean, its standard deviation and how much of it is exactly 0.

    **Arguments:** `activations`, `gradients`: a list of numbers per layer, as from
    `activations_and_gradients`; without gradients there is one column. `bins`, how many bars.

    >>> figure = histograms({"Hidden 1": [0.0, 0.5, 0.5], "Output": [1.0]})
    >>> [axes.get_ylabel() for axes in figure.axes]
    ['Hidden 1', 'Output']
    """
    house = find_theme(theme)
    columns = {"activations": activations}
    if gradients:
        columns["gradients"] = gradients
    names = list(dict.fromkeys(name for column in columns.values() for name in column))
    if not names:
        raise ValueError("histograms: expected numbers of at least one layer, got none")
    figure = blank(3.4 * len(columns) + 1.0, 1.15 * len(names) + 0.9, house)
    grid = figure.subplots(len(names), len(columns), sharex="col", squeeze=False)
    colours = {"activations": house.positive, "gradients": house.negative}
    for j, (what, column) in enumerate(columns.items()):
        numbers = {name: [plain(x) for x in column.get(name, ())] for name in names}
        finite = {name: [x for x in row if math.isfinite(x)] for name, row in numbers.items()}
        everything = [x for row in finite.values() for x in row] or [0.0]
        low, high = min(everything), max(everything)
        if low == high:
            low, high = low - 0.5, high + 0.5
        edges = [low + (high - low) * k / bins for k in range(bins + 1)]
        for i, name in enumerate(names):
            axes = grid[i][j]
            axes.hist(finite[name], bins=edges, color=colours[what])
            axes.set_yticks([])
            if j == 0:
                axes.set_ylabel(name, rotation=0, ha="right", va="center", fontweight="bold")
            dress(axes, house, grid=False)
            axes.spines["left"].set_visible(False)
            axes.annotate(
                _summary(numbers[name], finite[name]),
                (1, 1),
                (0, 0),
                xycoords="axes fraction",
                textcoords="offset points",
                ha="right",
                va="bottom",
                fontsize=8.5,
                color=house.muted,
            )
        grid[0][j].set_title(what, loc="left", fontweight="bold", color=house.ink, pad=16)
    if title:
        figure.suptitle(title, color=house.ink, fontweight="bold")
    return figure


def _summary(numbers: Sequence[float], finite: Sequence[float]) -> str:
    if not finite:
        return "no numbers" if not numbers else f"{len(numbers):,} not finite"
    mean = math.fsum(finite) / len(finite)
    deviation = math.sqrt(math.fsum((x - mean) ** 2 for x in finite) / len(finite))
    parts = [f"mean {number(mean, 2)}", f"std {number(deviation, 2)}"]
    zeros = sum(x == 0 for x in finite) / len(finite)
    if zeros:
        parts.append(f"{zeros:.0%} zero")
    if len(finite) < len(numbers):
        parts.append(f"{len(numbers) - len(finite):,} not finite")
    return "   ".join(parts)
