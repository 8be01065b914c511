"""The plane of two inputs or two hidden neurons: the score, the line where it is 0, the data."""

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

from ...checking import described, positive_integer, to_float
from ...nn import Neuron
from ..observing import Plane, checked_plane, layers_of, run
from ..themes import Theme, find_theme, mix
from .arguments import checked
from .hyperplane import draw_distances, draw_hyperplane, normal_vector
from .style import (
    MARKERS,
    blank,
    dress,
    dress_bar,
    name_figure,
    plain,
    signed_colours,
    spread,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.contour import ContourSet
    from matplotlib.figure import Figure

Example: TypeAlias = tuple[tuple[float, ...], Any]


@checked()
def decision_boundary(
    score: Callable[[Sequence[float]], Any],
    examples: Iterable[tuple[Sequence[float], Any]],
    *,
    names: Sequence[str] = (),
    resolution: int = 60,
    title: str = "",
    normal: bool | None = None,
    distances: bool = False,
    plane: Plane | None = None,
    largest: float | None = None,
    theme: str | Theme | None = None,
) -> "Figure":
    """A model's score over the plane, the line where it is 0, and the data.

    For a single neuron with two inputs the score is its pre-activation z = w·x + b, the line its
    hyperplane, and the arrow its normal vector w / ‖w‖, of length 1: it points to where z > 0.

    For several classes the score is a list, one for each class: each point of the plane has the
    colour of the class whose score is the largest, and the lines are where two are.

    **Arguments:** `score`, an `nn.Neuron` or `nn.Perceptron`, or a function of a point (two
    numbers) that returns a number or a Value, positive for the second class, or a list of them;
    `examples`, pairs of a point and its class (with a list of scores, classes that are no places
    in it are taken in their order); `names` of the classes; `resolution`, how many points a side
    the score is asked at; `normal`, whether to draw the normal vector (default: for a neuron);
    `distances`, whether to draw each point's signed distance from the hyperplane, z / ‖w‖;
    `plane`, the smallest and the largest number of both axes, as in `((-1, 1), (-1, 1))` (default:
    around the examples); `largest`, the |score| with the fullest colour, so that several figures
    can share one scale (default: the largest in this figure).

    >>> from tinygrad_neuron import datasets, nn
    >>> perceptron = nn.Perceptron(2)
    >>> _ = perceptron.fit(datasets.gate("and"))
    >>> figure = decision_boundary(perceptron, datasets.gate("and"), distances=True)
    >>> [text.get_text() for text in figure.axes[0].texts if "d = " in text.get_text()]
    ['d = -0.89', 'd = -0.45', 'd = 0', 'd = 0.45']
    """
    house = find_theme(theme)
    given = checked_examples(examples)
    neuron = score if isinstance(score, Neuron) else None
    if neuron is None and (normal or distances):
        raise TypeError(
            "decision_boundary: only a single neuron has a normal vector and distances, got "
            f"{described(score)}"
        )
    if neuron is not None and neuron.nin != 2:
        raise ValueError(f"decision_boundary: the neuron must have 2 inputs, got {neuron.nin}")
    normal = neuron is not None if normal is None else normal
    figure = blank(6.2, 5.0, house)
    axes = figure.add_subplot()
    framed = [x for x, _ in given]
    arrow = None
    if neuron is not None and neuron.hyperplane.norm:
        arrow = normal_vector(neuron, framed)
        framed += [arrow.tip] if normal and arrow.near else []
    if plane is None:
        sides = frame(framed, 0.25 if distances else 0.15, square=neuron is not None)
    else:
        sides = list(checked_plane(plane, "decision_boundary"))
    bounds = [spread(low, high, resolution) for low, high in sides]
    asked: Any = score if neuron is None else neuron.pre_activation
    answers = [[asked((x, y)) for x in bounds[0]] for y in bounds[1]]
    several = isinstance(answers[0][0], list | tuple)
    classes = sorted({label for _, label in given})
    if several:
        places = [[[plain(s) for s in scores] for scores in row] for row in answers]
        classes = class_of_each_score(classes, len(places[0][0]))
        _draw_winners(axes, house, bounds, places)
        scores = []
    else:
        scores = [[plain(answer) for answer in row] for row in answers]
        filled = _draw_scores(axes, house, bounds, scores, largest)
    if neuron is not None:
        axes.set_aspect("equal", adjustable="box")  # or what is perpendicular would not look it
        axes.set_xlim(bounds[0][0], bounds[0][-1])
        axes.set_ylim(bounds[1][0], bounds[1][-1])
        if arrow is not None:
            draw_hyperplane(axes, house, arrow, normal)
        if distances:
            draw_distances(axes, house, neuron, [x for x, _ in given])
    elif scores and min(map(min, scores)) < 0 < max(map(max, scores)):
        axes.contour(*bounds, scores, levels=[0], colors=house.ink, linewidths=1.8)
    _draw_classes(axes, house, given, classes, names)
    axes.set_xlabel("$x_0$")
    axes.set_ylabel("$x_1$")
    dress(axes, house, grid=False)
    name_figure(axes, house, title, pad=24)
    if not several:
        _add_bar(figure, axes, house, filled, "score" if neuron is None else "z")
    return figure


@checked()
def hidden_plane(
    model: Any,
    examples: Iterable[tuple[Sequence[float], Any]],
    *,
    names: Sequence[str] = (),
    grid: Plane | None = None,
    lines: int = 9,
    plane: Plane | None = None,
    title: str = "",
    theme: str | Theme | None = None,
) -> "Figure":
    """The plane of a network's last two hidden neurons, and the line its output neuron draws there.

    Each example stands where the hidden layers put it: at their two activations h₀ and h₁. A square
    grid of the input plane, put through the same layers, shows how they bend it.

    **Arguments:** `model`, with two inputs, two neurons in the last hidden layer and one output;
    `examples`, `names`: as for `decision_boundary`; `grid`, the part of the input plane whose grid
    is drawn (default: around the examples), in `lines` lines each way; `plane`, the smallest and
    the largest number of both axes of the picture.

    Raises a `ValueError` for a model of another shape.

    >>> from tinygrad_neuron import datasets, nn
    >>> figure = hidden_plane(nn.MLP(2, [2, 1], activation="tanh", seed=1), datasets.xor())
    >>> figure.axes[0].get_xlabel()
    '$h_0$'
    """
    layers = layers_of(model, "hidden_plane")
    shape = [layers[0].neurons[0].nin, *(len(layer.neurons) for layer in layers)]
    if len(layers) < 2 or shape[0] != 2 or shape[-2:] != [2, 1]:
        raise ValueError(
            "hidden_plane: the model must have 2 inputs, 2 neurons in its last hidden layer and 1 "
            f"output, as nn.MLP(2, [2, 1]); got {' -> '.join(map(str, shape))}"
        )
    lines = positive_integer("hidden_plane", "lines", lines)
    house = find_theme(theme)
    given = [([plain(v) for v in x], label) for x, label in examples]

    def hidden(x: Sequence[float]) -> list[float]:
        return [h.data for h in run(layers[:-1], x)[-1]]

    output = layers[-1].neurons[0]
    figure = decision_boundary(
        output,
        [(hidden(x), label) for x, label in given],
        names=names,
        title=title,
        normal=False,
        plane=plane,
        theme=theme,
    )
    axes = figure.axes[0]
    sides: Sequence[tuple[float, float]]
    if grid is None:
        sides = frame([x for x, _ in given], 0.15)
    else:
        sides = checked_plane(grid, "hidden_plane")
    steps = [spread(low, high, 61) for low, high in sides]
    kept = [spread(low, high, lines) for low, high in sides]
    for i in range(2):
        for fixed in kept[i]:
            points = [hidden((fixed, v) if i == 0 else (v, fixed)) for v in steps[1 - i]]
            axes.plot(
                [p[0] for p in points],
                [p[1] for p in points],
                color=house.muted,
                linewidth=0.8,
                alpha=0.7,
                label="_grid",
                zorder=2,
            )
    axes.set_xlabel("$h_0$")
    axes.set_ylabel("$h_1$")
    return figure


def checked_examples(examples: Iterable[tuple[Sequence[float], Any]]) -> list[Example]:
    """The examples as points of two plain numbers, each with its class."""
    given = [(tuple(plain(v) for v in x), label) for x, label in examples]
    if not given:
        raise ValueError("decision_boundary: expected at least one example, got none")
    for x, _ in given:
        if len(x) != 2:
            raise ValueError(f"decision_boundary: a point must have 2 numbers, got {len(x)}")
    return given


def _draw_scores(
    axes: "Axes",
    theme: Theme,
    bounds: Sequence[Sequence[float]],
    scores: Sequence[Sequence[float]],
    largest: float | None,
) -> "ContourSet":
    """The score over the plane, in colours that are full at the largest one."""
    shared = largest is not None
    if largest is None:
        finite = [abs(s) for row in scores for s in row if math.isfinite(s)]
        largest = max(finite, default=0.0) or 1.0
    largest = to_float(largest, "decision_boundary", "largest")
    if not 1e-300 < largest < 1e300:  # its eighths are told apart
        raise ValueError(
            f"decision_boundary: largest must be greater than 0 and finite, got {largest}"
        )
    return axes.contourf(
        *bounds,
        scores,
        levels=[largest * k / 8 for k in range(-8, 9)],
        cmap=signed_colours(theme, 0.55),
        extend="both" if shared else "neither",
    )


def class_of_each_score(classes: Sequence[Any], count: int) -> list[Any]:
    """The class that each of so many scores is for: its place, or else the classes in order."""
    if all(isinstance(label, int) and 0 <= label < count for label in classes):
        return list(range(count))
    if len(classes) > count:
        raise ValueError(
            f"decision_boundary: the examples have {len(classes)} classes, but there are only "
            f"{count} scores, one for each class"
        )
    return list(classes)


def _draw_winners(
    axes: "Axes",
    theme: Theme,
    bounds: Sequence[Sequence[float]],
    scores: Sequence[Sequence[Sequence[float]]],
) -> None:
    """The plane in the colours of the classes that win, and lines where two scores are equal."""
    colours = theme.classes()
    leads, reach = leads_of(scores)
    for least in (-reach, 0.0):
        for k, lead in enumerate(leads):
            most = max(map(max, lead))
            if most > 0:
                colour = mix(theme.background, colours[k % len(colours)], 0.35)
                axes.contourf(*bounds, lead, levels=[least, most + 1], colors=[colour])
    for lead in leads:
        if min(map(min, lead)) < 0 < max(map(max, lead)):
            axes.contour(*bounds, lead, levels=[0], colors=theme.ink, linewidths=1.2)


def leads_of(
    scores: Sequence[Sequence[Sequence[float]]],
) -> tuple[list[list[list[float]]], float]:
    """By how much each score is larger than all others, and half of the most that is from point to
    point: where three scores meet, each class is to reach so much further below the others."""
    leads = [
        [[at[k] - max([*at[:k], *at[k + 1 :]], default=-1.0) for at in row] for row in scores]
        for k in range(len(scores[0][0]))
    ]
    reach = max(abs(a - b) for lead in leads for row in lead for a, b in pairwise(row)) / 2
    return leads, reach


def _draw_classes(
    axes: "Axes",
    theme: Theme,
    examples: Sequence[Example],
    classes: Sequence[Any],
    names: Sequence[str],
) -> None:
    """The examples, each class in a colour and a shape of its own, and a legend of these."""
    colours = theme.classes()
    for k, label in enumerate(classes):
        points = [x for x, other in examples if other == label]
        if not points:
            continue
        axes.scatter(
            [x[0] for x in points],
            [x[1] for x in points],
            color=colours[k % len(colours)],
            marker=MARKERS[k % len(MARKERS)],
            edgecolor=theme.background,
            linewidth=0.8,
            s=46,
            label=str(names[k] if k < len(names) else label),
            zorder=4,
        )
    legend = axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=min(len(classes), 4),
        frameon=False,
        borderaxespad=0.2,
        handletextpad=0.2,
        columnspacing=1.2,
    )
    for text in legend.get_texts():
        text.set_color(theme.ink)


def _add_bar(figure: "Figure", axes: "Axes", theme: Theme, filled: "ContourSet", what: str) -> None:
    """The scale of colours beside the plane."""
    from matplotlib.ticker import MaxNLocator

    bar = figure.colorbar(
        filled, ax=axes, label=f"{what} (0 at the line)", ticks=MaxNLocator(7), shrink=0.9
    )
    dress_bar(bar, theme)
    bar.outline.set_visible(False)


def frame(
    points: Sequence[Sequence[float]], margin: float, square: bool = False
) -> list[tuple[float, float]]:
    """Both sides of the part of the plane around points; equally long ones for a square."""
    sides = []
    for i in range(2):
        low, high = min(x[i] for x in points), max(x[i] for x in points)
        around = margin * (high - low or 1.0)
        sides.append((low - around, high + around))
    if not square:
        return sides
    half = max(high - low for low, high in sides) / 2
    return [((low + high) / 2 - half, (low + high) / 2 + half) for low, high in sides]
