"""Figures of functions and of training, by matplotlib (extra `demos`).

Each function returns the `matplotlib.figure.Figure`; `figure.savefig("name.svg")` writes it. No
window is opened and no global state of matplotlib is touched.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Blue and orange of the Okabe-Ito palette: told apart by colour-blind readers too.
BLUE, ORANGE = "#0072b2", "#d55e00"
_COLOURS = (BLUE, ORANGE, "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")


def _figure(width: float = 6.0, height: float = 4.0) -> "tuple[Figure, Axes]":
    """An empty figure in the house style."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError(
            'this figure needs matplotlib: pip install "tinygrad_neuron[demos]"'
        ) from None
    figure = Figure(figsize=(width, height), layout="constrained")
    axes: Axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25)
    return figure, axes


def training_curves(curves: Mapping[str, Sequence[float]], steps: str = "step") -> "Figure":
    """Curves over training: `{"loss": [...], "accuracy": [...]}`.

    **Arguments:** `curves`, a list of numbers per name; `steps`, the name of the horizontal axis.
    """
    figure, axes = _figure()
    for (name, numbers), colour in zip(curves.items(), _COLOURS, strict=False):
        axes.plot(range(1, len(numbers) + 1), numbers, label=name, color=colour)
    axes.set_xlabel(steps)
    axes.set_ylim(bottom=0)
    if len(curves) == 1:
        axes.set_ylabel(next(iter(curves)))
    else:
        axes.legend(frameon=False)
    return figure


def decision_boundary(
    score: Callable[[Sequence[float]], float],
    examples: Iterable[tuple[Sequence[float], Any]],
    *,
    names: Sequence[str] = (),
    resolution: int = 60,
    title: str = "",
) -> "Figure":
    """A model's score over the plane, the line where it is 0, and the data.

    **Arguments:** `score`, a function of a point (two numbers) that returns a number, positive for
    the second class; `examples`, pairs of a point and its class; `names` of the classes;
    `resolution`, how many points a side the score is asked at.
    """
    figure, axes = _figure(5.6, 4.8)
    from matplotlib.ticker import MaxNLocator  # there, since the figure is

    axes.grid(False)
    examples = list(examples)
    bounds = []
    for i in range(2):
        low, high = min(x[i] for x, _ in examples), max(x[i] for x, _ in examples)
        margin = 0.1 * (high - low or 1.0)
        span = high - low + 2 * margin
        bounds.append([low - margin + span * k / (resolution - 1) for k in range(resolution)])
    scores = [[score((x, y)) for x in bounds[0]] for y in bounds[1]]
    largest = max(abs(s) for row in scores for s in row) or 1.0
    levels = [largest * k / 8 for k in range(-8, 9)]
    filled = axes.contourf(*bounds, scores, levels=levels, cmap="RdBu", alpha=0.55)
    if min(map(min, scores)) < 0 < max(map(max, scores)):
        axes.contour(*bounds, scores, levels=[0], colors="black", linewidths=1.6)
    for k, label in enumerate(sorted({label for _, label in examples})):
        points = [x for x, other in examples if other == label]
        axes.scatter(
            [x[0] for x in points],
            [x[1] for x in points],
            color=(ORANGE, BLUE)[k] if k < 2 else _COLOURS[k],
            marker=_MARKERS[k % len(_MARKERS)],
            edgecolor="white",
            linewidth=0.6,
            s=34,
            label=str(names[k] if k < len(names) else label),
        )
    axes.legend(loc="upper right", framealpha=0.9)
    axes.set_xlabel("$x_0$")
    axes.set_ylabel("$x_1$")
    axes.set_title(title)
    figure.colorbar(filled, ax=axes, label="score (the black line: 0)", ticks=MaxNLocator(7))
    return figure
