"""Figures of functions and of training, by matplotlib (extra `demos`).

Each function returns the `matplotlib.figure.Figure`; `figure.savefig("name.svg")` writes it. No
window is opened and no global state of matplotlib is touched. All take a `theme`: light, dark,
high contrast or paper.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from ..checking import described, listed, positive_integer, to_float
from ..derivatives import gradients, nudge
from ..engine import Value
from ..nn import Neuron
from ..nn.neuron import Activation, find_activation
from .observing import Loss, Plane, checked_plane, layers_of, observe, run, titles
from .text import number
from .themes import Theme, find_theme, mix

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

# Of the Okabe-Ito palette: told apart by colour-blind readers too. The first two are the theme's.
_FURTHER_COLOURS = ("#009e73", "#cc79a7", "#56b4e9", "#e69f00")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")
_DASHES = ("-", "--", "-.", ":")
_MOST_DISTANCES_WRITTEN = 12


def _blank(width: float, height: float, theme: Theme) -> "Figure":
    try:
        from matplotlib.figure import Figure
        from matplotlib.layout_engine import ConstrainedLayoutEngine
    except ImportError:
        raise ImportError(
            'this figure needs matplotlib: pip install "tinygrad_neuron[demos]"'
        ) from None
    layout = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.1)
    return Figure(figsize=(width, height), layout=layout, facecolor=theme.background)


def _dress(axes: "Axes", theme: Theme, grid: bool = True) -> None:
    """Give axes the colours of a theme."""
    axes.set_facecolor(theme.background)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[:].set_color(theme.muted)
    axes.tick_params(colors=theme.muted, labelcolor=theme.ink)
    for text in (axes.xaxis.label, axes.yaxis.label, axes.title):
        text.set_color(theme.ink)
    if grid:
        axes.grid(color=theme.muted, alpha=0.2)
        axes.set_axisbelow(True)


def _signed_colours(theme: Theme, strength: float = 1.0) -> "Colormap":
    """Negative to positive, as in every picture."""
    from matplotlib.colors import LinearSegmentedColormap

    softened = [mix(theme.background, theme.area(share), strength) for share in (-1, 0, 1)]
    return LinearSegmentedColormap.from_list("signed", softened)


def _colours(theme: Theme) -> tuple[str, ...]:
    return (theme.positive, theme.negative, *_FURTHER_COLOURS, theme.ink)


def _name_at_end(axes: "Axes", theme: Theme, ends: Mapping[str, tuple[float, float, str]]) -> None:
    """Write each curve's name beside its last point, moved apart where they would overlap.

    **Arguments:** `ends`, for each name the last point and the colour.
    """
    low, high = axes.get_ylim()
    height = axes.get_window_extent().height * 72 / axes.figure.dpi
    apart = 14 * (high - low) / height
    places: list[float] = []
    for _, y, _ in sorted(ends.values(), key=lambda end: end[1]):
        places.append(max(y, places[-1] + apart) if places else y)
    for i in range(len(places) - 1, -1, -1):  # not above the top
        ceiling = high if i == len(places) - 1 else places[i + 1] - apart
        places[i] = min(places[i], ceiling)
    ordered = sorted(ends.items(), key=lambda item: item[1][1])
    for (name, (x, _, colour)), place in zip(ordered, places, strict=True):
        axes.annotate(
            name,
            (x, place),
            (6, 0),
            textcoords="offset points",
            va="center",
            color=colour if theme.name != "paper" else theme.ink,
            fontweight="bold",
            annotation_clip=False,
        )


def activation_curve(
    activation: Activation,
    at: float | None = None,
    *,
    low: float = -4.0,
    high: float = 4.0,
    points: int = 401,
    title: str = "",
    theme: str | Theme = "light",
) -> "Figure":
    """An activation's curve and its derivative, with the tangent at a point.

    The derivative is the engine's own, of the table of operations, not a finite difference. Where
    it jumps, the curve is interrupted: open circles are the limits from both sides, the full one is
    the number the engine takes there.

    **Arguments:** `activation`, a name of the table or a function of a Value; `at`, where the
    tangent touches; `low`, `high`: the ends of the axis; `points`, at how many numbers the function
    is computed; `title`, above the figure (default: the name, or what is read at the tangent).

    Raises a `ValueError` for an unknown name or an empty interval.

    >>> figure = activation_curve("tanh", at=0.5)
    >>> curve, derivative, *_ = figure.axes[0].lines
    >>> [float(x) for x in (max(curve.get_ydata()), max(derivative.get_ydata()))]
    [0.999329299739067, 1.0]
    """
    house = find_theme(theme)
    name, function = find_activation(activation)
    low = to_float(low, "activation_curve", "low")
    high = to_float(high, "activation_curve", "high")
    if not (low < high and math.isfinite(high - low)):
        raise ValueError(
            f"activation_curve: low must be less than high, both finite, got {low} and {high}"
        )
    points = positive_integer("activation_curve", "points", points)
    figure = _blank(6.4, 4.0, house)
    axes = figure.add_subplot()
    inputs = [low + (high - low) * k / max(points - 1, 1) for k in range(points)]
    ends = {}
    marked: list[tuple[float, float, str, bool]] = []
    for order, (label, colour, dash) in enumerate(
        ((name, house.positive, "-"), ("derivative", house.negative, "--"))
    ):

        def compute(x: float, order: int = order) -> float:
            return _curve_point(function, x)[order]

        xs, ys, jumps = _curve(compute, inputs)
        axes.plot(xs, ys, dash, color=colour, linewidth=2.4, label=label)
        finite = [(x, y) for x, y in zip(xs, ys, strict=True) if math.isfinite(y)]
        if finite:
            ends[label] = (*finite[-1], colour)
        for x, before, after in jumps:
            there = compute(x)
            marked += [(x, y, colour, False) for y in (before, after) if not _same(y, there)]
            marked.append((x, there, colour, True))
    for x, y, colour, full in marked:
        axes.plot(
            [x],
            [y],
            "o",
            markersize=6,
            color=colour,
            markerfacecolor=colour if full else house.background,
            zorder=4,
        )
    axes.margins(x=0, y=0.08)
    if at is not None:
        at = to_float(at, "activation_curve", "at")
        _draw_tangent(axes, house, name, function, at, high - low, [x for x, *_ in marked])
    axes.set_xlim(low, high)
    axes.set_xlabel("z")
    axes.axhline(0, color=house.muted, linewidth=0.8, zorder=1)
    axes.axvline(0, color=house.muted, linewidth=0.8, zorder=1)
    if at is None or title:
        axes.set_title(title or name, loc="left", fontweight="bold", color=house.ink)
    _dress(axes, house)
    figure.draw_without_rendering()  # so that the axes have their size
    _name_at_end(axes, house, ends)
    return figure


def functions(
    curves: Mapping[str, Callable[[float], Any]],
    low: float = -4.0,
    high: float = 4.0,
    *,
    marks: Iterable[tuple[float, float]] = (),
    name: str = "x",
    points: int = 401,
    title: str = "",
    theme: str | Theme = "light",
) -> "Figure":
    """Functions of one number, each a curve with its name beside it.

    **Arguments:** `curves`, for each name a function of a number that returns a number or a Value;
    `low`, `high`: the ends of the axis; `marks`, points (x, y) to mark; `name`, of the axis;
    `points`, at how many numbers each function is computed.

    >>> figure = functions({"x²": lambda x: x * x, "2x": lambda x: 2 * x}, 0, 2, marks=[(2, 4)])
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['x²', '2x']
    """
    house = find_theme(theme)
    low = to_float(low, "functions", "low")
    high = to_float(high, "functions", "high")
    if not (low < high and math.isfinite(high - low)):
        raise ValueError(
            f"functions: low must be less than high, both finite, got {low} and {high}"
        )
    if not curves:
        raise ValueError("functions: expected at least one function, got none")
    points = positive_integer("functions", "points", points)
    figure = _blank(6.4, 4.0, house)
    axes = figure.add_subplot()
    xs = [low + (high - low) * k / max(points - 1, 1) for k in range(points)]
    ends = {}
    for k, (label, function) in enumerate(curves.items()):
        ys = [_plain(function(x)) for x in xs]
        colour = _colours(house)[k % len(_colours(house))]
        dash = _DASHES[k % len(_DASHES)]
        axes.plot(xs, ys, dash, color=colour, linewidth=2.4, label=label)
        ends[str(label)] = (xs[-1], ys[-1], colour)
    for x, y in marks:
        axes.plot([x], [y], "o", color=house.ink, markersize=7, zorder=5)
    axes.margins(x=0, y=0.08)
    axes.set_xlim(low, high)
    axes.set_xlabel(name)
    axes.axhline(0, color=house.muted, linewidth=0.8, zorder=1)
    _dress(axes, house)
    if title:
        axes.set_title(title, loc="left", fontweight="bold", color=house.ink)
    figure.draw_without_rendering()  # so that the axes have their size
    _name_at_end(axes, house, ends)
    return figure


def nudges(
    output: Value,
    leaf: Value,
    by: float = 0.01,
    *,
    reached: int | None = None,
    title: str = "",
    theme: str | Theme = "light",
) -> "Figure":
    """How a nudge of a leaf travels to the output: a bar per node, as long as its change.

    Where a node has one operand that changes, the factor between both changes stands beside the
    arrow: nearly the local derivative.

    **Arguments:** `output`, `leaf`, `by`: as for `tinygrad_neuron.nudge`; `reached`, at how many
    nodes the nudge has arrived (default: at all).

    >>> x = Value(2.0, label="x")
    >>> figure = nudges(3 * x + 1, x, by=0.1)
    >>> [text.get_text() for text in figure.axes[0].texts if text.get_text()]
    ['+0.1    2 → 2.1', '× 3', '+0.3    6 → 6.3', '× 1', '+0.3    7 → 7.3']
    """
    house = find_theme(theme)
    travelled = nudge(output, leaf, by)
    arrived = len(travelled) if reached is None else reached
    if not 1 <= positive_integer("nudges", "reached", arrived) <= len(travelled):
        raise ValueError(
            f"nudges: reached must be from 1 to {len(travelled)} (the nodes that the nudge "
            f"passes), got {reached}"
        )
    figure = _blank(6.4, 0.62 * len(travelled) + 0.9, house)
    axes = figure.add_subplot()
    change = {node: after - before for node, before, after in travelled}
    largest = max(map(abs, change.values())) or 1.0
    for row, (node, before, after) in enumerate(travelled[:arrived]):
        colour = house.positive if change[node] >= 0 else house.negative
        axes.barh([row], [change[node]], height=0.42, color=colour)
        end = max(change[node], 0.0)
        moved = number(change[node], 3)
        sign = "" if moved.startswith("-") else "+"
        sources = [operand for operand in node._prev if operand in change]
        if len(sources) == 1 and change[sources[0]]:
            factor = number(change[node] / change[sources[0]], 3)
            axes.annotate(
                f"× {factor}",
                (0, row - 0.5),
                (10, 0),
                textcoords="offset points",
                va="center",
                color=house.accent,
                fontweight="bold",
            )
            axes.annotate(
                "",
                (0, row - 0.27),
                (0, row - 0.73),
                arrowprops={"arrowstyle": "-|>", "color": house.accent, "linewidth": 1.6},
            )
        axes.annotate(
            f"{sign}{moved}    {number(before, 5)} → {number(after, 5)}",
            (end, row),
            (8, 0),
            textcoords="offset points",
            va="center",
            color=house.ink,
        )
    low, high = min(0.0, *change.values()), max(0.0, *change.values())
    axes.set_xlim(low - 0.06 * largest, high + 0.7 * max(high - low, largest))
    axes.set_ylim(len(travelled) - 0.5, -0.6)
    axes.set_yticks(range(len(travelled)), [node.label or node._op for node, *_ in travelled])
    axes.set_xlabel("change")
    axes.axvline(0, color=house.muted, linewidth=0.8, zorder=1)
    _dress(axes, house, grid=False)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0, labelsize=12)
    if title:
        axes.set_title(title, loc="left", fontweight="bold", color=house.ink)
    return figure


def _curve_point(function: Callable[[Value], Value], x: float) -> tuple[float, float]:
    """A function and its derivative at a number; NaN where it has none."""
    z = Value(x)
    try:
        y = function(z)
    except (ArithmeticError, ValueError):
        return math.nan, math.nan
    if not isinstance(y, Value):
        raise TypeError(f"activation_curve: the function must return a Value, got {described(y)}")
    try:
        return y.data, gradients(y, [z])[0].data
    except (ArithmeticError, ValueError):
        return y.data, math.nan


def _curve(
    function: Callable[[float], float], inputs: Sequence[float]
) -> tuple[list[float], list[float], list[tuple[float, float, float]]]:
    """The points of a curve, interrupted (by NaN) at jumps; where these are, with both limits."""
    xs, ys = [inputs[0]], [function(inputs[0])]
    jumps: list[tuple[float, float, float]] = []
    for a, b in pairwise(inputs):
        before, after = ys[-1], function(b)
        jump = _jump(function, (a, before), (b, after))
        if jump is not None:
            x, left, right = jump
            if jumps and abs(jumps[-1][0] - x) < 1e-9 * (1 + abs(x)):
                # The point itself is a number of the grid, and belongs to neither side.
                jumps[-1] = x, jumps[-1][1], right
            else:
                jumps.append(jump)
            xs += [x, x, x]
            ys += [left, math.nan, right]
        xs.append(b)
        ys.append(after)
    return xs, ys, jumps


def _jump(
    function: Callable[[float], float], start: tuple[float, float], end: tuple[float, float]
) -> tuple[float, float, float] | None:
    """Where a function jumps between two points, with the limits from both sides; None if not."""
    (a, before), (b, after) = start, end
    size = abs(after - before)
    if not size > 1e-4:  # also where one of them is NaN
        return None
    width = b - a
    for halving in range(40):
        middle = (a + b) / 2
        there = function(middle)
        if abs(there - before) > abs(after - there):
            b, after = middle, there
        else:
            a, before = middle, there
        # What has no jump loses half of its rise, or nearly, each time.
        if halving == 6 and not abs(after - before) > size / 4:
            return None
    x = round((a + b) / 2, 9 - math.ceil(math.log10(width)))
    return x + 0.0, before, after


def _same(a: float, b: float) -> bool:
    return abs(a - b) < 1e-6


def _draw_tangent(
    axes: "Axes",
    theme: Theme,
    name: str,
    function: Callable[[Value], Value],
    at: float,
    width: float,
    kinks: Sequence[float],
) -> None:
    """The tangent at a point, in a length that fits the picture; its slope is the derivative."""
    y, slope = _curve_point(function, at)
    if not math.isfinite(y):
        raise ValueError(f"activation_curve: {name} has no finite value at {at}")
    title = f"{name}({number(at)}) = {number(y)}"
    if math.isfinite(slope):
        bottom, top = axes.get_ylim()
        half = 0.3 * width / math.hypot(1, slope * width / (top - bottom))
        axes.plot(
            [at - half, at, at + half],
            [y - slope * half, y, y + slope * half],
            color=theme.ink,
            linewidth=1.4,
            label="tangent",
            zorder=3,
        )
        axes.set_ylim(bottom, top)
        title += f",  slope {number(slope)}" + (", by convention" if at in kinks else "")
        axes.plot([at], [slope], "D", color=theme.negative, markersize=7, zorder=5)
    else:
        title += ",  no derivative there"
    axes.plot([at], [y], "o", color=theme.ink, markersize=8, zorder=5)
    axes.set_title(title, loc="left", fontweight="bold", color=theme.ink)


def training_curves(
    curves: Mapping[str, Sequence[float]], steps: str = "step", *, theme: str | Theme = "light"
) -> "Figure":
    """Curves over training: `{"loss": [...], "accuracy": [...]}`.

    What has "accuracy" in its name gets a panel of its own below the others, from 0 to 1 (or to
    100, where it is in percent).

    **Arguments:** `curves`, a list of numbers per name; `steps`, the name of the horizontal axis.

    >>> figure = training_curves({"loss": [1.0, 0.5], "accuracy": [0.6, 0.9]})
    >>> [axes.get_ylabel() for axes in figure.axes]
    ['loss', 'accuracy']
    """
    house = find_theme(theme)
    shown = {str(name): [_plain(y) for y in numbers] for name, numbers in curves.items()}
    empty = [name for name, numbers in shown.items() if not numbers]
    if empty or not shown:
        raise ValueError(
            f"training_curves: each curve must have at least one number, got {dict(curves)!r}"
        )
    parts: list[dict[str, list[float]]] = [{}, {}]
    for name, numbers in shown.items():
        parts["accuracy" in name.lower()][name] = numbers
    panels = [part for part in parts if part]
    figure = _blank(6.4, 4.0 if len(panels) == 1 else 5.2, house)
    grid = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
    for axes, part in zip(grid, panels, strict=True):
        styles = zip(part.items(), _colours(house), strict=False)
        ends = {}
        for k, ((name, numbers), colour) in enumerate(styles):
            axes.plot(
                range(1, len(numbers) + 1),
                numbers,
                _DASHES[k % len(_DASHES)],
                label=name,
                color=colour,
                linewidth=2,
                marker="o" if len(numbers) == 1 else "",
            )
            if math.isfinite(numbers[-1]):
                ends[name] = (float(len(numbers)), numbers[-1], colour)
        everything = [y for numbers in part.values() for y in numbers if math.isfinite(y)]
        if part is parts[1]:
            top = 1.0 if max(everything, default=1.0) <= 1 else 100.0
            axes.set_ylim(0, 1.02 * top)
        elif min(everything, default=0.0) >= 0:
            axes.set_ylim(bottom=0)
        _dress(axes, house)
        axes.margins(x=0.01)
        names = list(part)
        axes.set_ylabel(names[0] if len(names) == 1 else "accuracy" if part is parts[1] else "loss")
        if len(names) > 1:
            figure.draw_without_rendering()
            _name_at_end(axes, house, ends)
    grid[-1].set_xlabel(steps)
    grid[-1].xaxis.get_major_locator().set_params(integer=True)
    return figure


def _plain(x: Any) -> float:
    return x.data if isinstance(x, Value) else to_float(x, "figures", "a number of a curve")


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
    theme: str | Theme = "light",
) -> "Figure":
    """A model's score over the plane, the line where it is 0, and the data.

    For a single neuron with two inputs the score is its pre-activation z = w·x + b, the line its
    hyperplane, and the arrow its normal vector w / ‖w‖, of length 1: it points to where z > 0.

    **Arguments:** `score`, an `nn.Neuron` or `nn.Perceptron`, or a function of a point (two
    numbers) that returns a number or a Value, positive for the second class; `examples`, pairs of a
    point and its class; `names` of the classes; `resolution`, how many points a side the score is
    asked at; `normal`, whether to draw the normal vector (default: for a neuron); `distances`,
    whether to draw each point's signed distance from the hyperplane, z / ‖w‖; `plane`, the smallest
    and the largest number of both axes, as in `((-1, 1), (-1, 1))` (default: around the examples);
    `largest`, the |score| with the fullest colour, so that several figures can share one scale
    (default: the largest in this figure).

    >>> from tinygrad_neuron import datasets, nn
    >>> perceptron = nn.Perceptron(2)
    >>> _ = perceptron.fit(datasets.gate("and"))
    >>> figure = decision_boundary(perceptron, datasets.gate("and"), distances=True)
    >>> [text.get_text() for text in figure.axes[0].texts if "d = " in text.get_text()]
    ['d = -0.89', 'd = -0.45', 'd = 0', 'd = 0.45']
    """
    house = find_theme(theme)
    examples = [(tuple(_plain(v) for v in x), label) for x, label in examples]
    if not examples:
        raise ValueError("decision_boundary: expected at least one example, got none")
    for x, _ in examples:
        if len(x) != 2:
            raise ValueError(f"decision_boundary: a point must have 2 numbers, got {len(x)}")
    resolution = positive_integer("decision_boundary", "resolution", resolution)
    neuron = score if isinstance(score, Neuron) else None
    if neuron is None and (normal or distances):
        raise TypeError(
            "decision_boundary: only a single neuron has a normal vector and distances, got "
            f"{described(score)}"
        )
    if neuron is not None and neuron.nin != 2:
        raise ValueError(f"decision_boundary: the neuron must have 2 inputs, got {neuron.nin}")
    normal = neuron is not None if normal is None else normal
    figure = _blank(6.2, 5.0, house)
    axes = figure.add_subplot()
    from matplotlib.ticker import MaxNLocator  # there, since the figure is

    framed = [x for x, _ in examples]
    arrow = None
    if neuron is not None and neuron.hyperplane.norm:
        arrow = _normal_vector(neuron, framed)
        framed += [arrow.tip] if normal and arrow.near else []
    margin = 0.25 if distances else 0.15
    sides = [_side([x[i] for x in framed], margin) for i in range(2)]
    if neuron is not None:
        sides = _square(sides)
    if plane is not None:
        sides = list(checked_plane(plane, "decision_boundary"))
    bounds = [
        [low + (high - low) * k / max(resolution - 1, 1) for k in range(resolution)]
        for low, high in sides
    ]
    asked = score if neuron is None else neuron.pre_activation
    scores = [[_plain(asked((x, y))) for x in bounds[0]] for y in bounds[1]]
    shared = largest is not None
    if largest is None:
        finite = [abs(s) for row in scores for s in row if math.isfinite(s)]
        largest = max(finite, default=0.0) or 1.0
    largest = to_float(largest, "decision_boundary", "largest")
    if not (0 < largest < math.inf):
        raise ValueError(
            f"decision_boundary: largest must be greater than 0 and finite, got {largest}"
        )
    filled = axes.contourf(
        *bounds,
        scores,
        levels=[largest * k / 8 for k in range(-8, 9)],
        cmap=_signed_colours(house, 0.55),
        extend="both" if shared else "neither",
    )
    if neuron is not None:
        axes.set_aspect("equal", adjustable="box")  # or what is perpendicular would not look it
        axes.set_xlim(bounds[0][0], bounds[0][-1])
        axes.set_ylim(bounds[1][0], bounds[1][-1])
        if arrow is not None:
            _draw_hyperplane(axes, house, arrow, normal)
        if distances:
            _draw_distances(axes, house, neuron, [x for x, _ in examples])
    elif min(map(min, scores)) < 0 < max(map(max, scores)):
        axes.contour(*bounds, scores, levels=[0], colors=house.ink, linewidths=1.8)
    classes = sorted({label for _, label in examples})
    colours = (house.negative, house.positive, *_FURTHER_COLOURS)
    for k, label in enumerate(classes):
        points = [x for x, other in examples if other == label]
        axes.scatter(
            [x[0] for x in points],
            [x[1] for x in points],
            color=colours[k % len(colours)],
            marker=_MARKERS[k % len(_MARKERS)],
            edgecolor=house.background,
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
        text.set_color(house.ink)
    axes.set_xlabel("$x_0$")
    axes.set_ylabel("$x_1$")
    _dress(axes, house, grid=False)
    if title:
        axes.set_title(title, loc="left", fontweight="bold", color=house.ink, pad=24)
    what = "score" if neuron is None else "z"
    bar = figure.colorbar(
        filled, ax=axes, label=f"{what} (0 at the line)", ticks=MaxNLocator(7), shrink=0.9
    )
    bar.ax.yaxis.label.set_color(house.ink)
    bar.ax.tick_params(colors=house.muted, labelcolor=house.ink)
    bar.outline.set_visible(False)
    return figure


def hidden_plane(
    model: Any,
    examples: Iterable[tuple[Sequence[float], Any]],
    *,
    names: Sequence[str] = (),
    grid: Plane | None = None,
    lines: int = 9,
    plane: Plane | None = None,
    title: str = "",
    theme: str | Theme = "light",
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
    given = [([_plain(v) for v in x], label) for x, label in examples]

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
        sides = [_side([x[i] for x, _ in given], 0.15) for i in range(2)]
    else:
        sides = checked_plane(grid, "hidden_plane")
    steps = [[low + (high - low) * k / 60 for k in range(61)] for low, high in sides]
    kept = [
        [low + (high - low) * k / max(lines - 1, 1) for k in range(lines)] for low, high in sides
    ]
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


def _side(numbers: Sequence[float], margin: float) -> tuple[float, float]:
    low, high = min(numbers), max(numbers)
    margin *= high - low or 1.0
    return low - margin, high + margin


def _square(sides: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Both sides as long as the longer one, about the same middles."""
    half = max(high - low for low, high in sides) / 2
    return [((low + high) / 2 - half, (low + high) / 2 + half) for low, high in sides]


class _Normal(NamedTuple):
    """The normal vector of a hyperplane: it stands where the data's centre is nearest."""

    foot: tuple[float, float]
    tip: tuple[float, float]
    direction: tuple[float, float]
    length: float
    near: bool  # whether the hyperplane runs through the data, or not far from it


def _normal_vector(neuron: Neuron, points: Sequence[Sequence[float]]) -> _Normal:
    plane = neuron.hyperplane
    u, v = (w / plane.norm for w in plane.normal)
    sides = [(min(x[i] for x in points), max(x[i] for x in points)) for i in range(2)]
    size = max(high - low for low, high in sides) or 1.0
    x, y = ((low + high) / 2 for low, high in sides)
    away = neuron.signed_distance([x, y])
    x, y = x - away * u, y - away * v
    length = 1.0 if 0.25 * size < 1 < 1.2 * size else 0.3 * size
    tip = (x + length * u, y + length * v)
    return _Normal((x, y), tip, (u, v), length, abs(away) < size)


def _draw_hyperplane(axes: "Axes", theme: Theme, arrow: _Normal, normal: bool) -> None:
    """The line w·x + b = 0 and, where asked for, its normal vector."""
    (x, y), (u, v) = arrow.foot, arrow.direction
    axes.axline(
        (x, y), (x - v, y + u), color=theme.ink, linewidth=1.8, label="_hyperplane", zorder=3
    )
    if not normal:
        return
    axes.annotate(
        "",
        arrow.tip,
        arrow.foot,
        arrowprops={
            "arrowstyle": "-|>",
            "mutation_scale": 18,
            "linewidth": 2.2,
            "color": theme.accent,
            "shrinkA": 0,
            "shrinkB": 0,
        },
        zorder=5,
    )
    _write(
        axes,
        theme,
        "w / ‖w‖" if arrow.length == 1 else "direction of w",
        arrow.tip,
        (4, 9 if v >= 0 else -9),
        color=theme.accent,
        weight="bold",
    )


def _draw_distances(
    axes: "Axes", theme: Theme, neuron: Neuron, points: Sequence[Sequence[float]]
) -> None:
    """The way from each point to the hyperplane, with its signed distance if they are few."""
    plane = neuron.hyperplane
    if not plane.norm:
        raise ValueError("decision_boundary: all weights are 0, so there is no hyperplane")
    for x in points:
        d = neuron.signed_distance(x)
        to = [v - d * w / plane.norm for v, w in zip(x, plane.normal, strict=True)]
        axes.plot(
            [x[0], to[0]],
            [x[1], to[1]],
            linestyle=(0, (3, 2)),
            color=theme.ink,
            linewidth=1.1,
            label="_distance",
            zorder=3,
        )
        if len(points) <= _MOST_DISTANCES_WRITTEN:
            up = (d >= 0) == (plane.normal[1] >= 0)  # away from the line
            _write(axes, theme, f"d = {number(d, 2)}", (x[0], x[1]), (0, 9 if up else -9))


def _write(
    axes: "Axes",
    theme: Theme,
    text: str,
    place: tuple[float, float],
    offset: tuple[float, float],
    color: str = "",
    weight: str = "normal",
) -> None:
    """A text near a point, with a rim in the colour of the background."""
    from matplotlib.patheffects import withStroke

    axes.annotate(
        text,
        place,
        offset,
        textcoords="offset points",
        ha="center",
        va="bottom" if offset[1] >= 0 else "top",
        color=color or theme.ink,
        fontweight=weight,
        path_effects=[withStroke(linewidth=3, foreground=theme.background)],
        zorder=6,
    )


def weight_images(
    images: Sequence[Sequence[float]],
    width: int,
    *,
    names: Sequence[str] = (),
    columns: int = 8,
    title: str = "",
    theme: str | Theme = "light",
) -> "Figure":
    """The weights of several neurons as small pictures, all on one scale with 0 in its middle.

    **Arguments:** `images`, for each neuron its weights, row by row from the top left; `width`, how
    many weights a row; `names`, what is written above each; `columns`, how many pictures stand side
    by side.
    """
    house = find_theme(theme)
    lengths = {len(image) for image in images}
    if len(lengths) != 1 or lengths.pop() % width:
        raise ValueError(
            f"weight_images: each image must have the same number of weights, a multiple of the "
            f"width {width}, got {[len(image) for image in images]}"
        )
    shapes = [[image[i : i + width] for i in range(0, len(image), width)] for image in images]
    columns = min(columns, len(shapes))
    rows = -(-len(shapes) // columns)
    tall = len(shapes[0]) / width
    figure = _blank(0.8 * columns + 0.9, rows * (0.75 * tall + 0.2 * bool(names)) + 0.4, house)
    figure.suptitle(title, fontsize="medium", color=house.ink)
    grid = figure.subplots(rows, columns, squeeze=False)
    largest = max(abs(w) for image in images for w in image) or 1.0
    colours = _signed_colours(house)
    for k, axes in enumerate(grid.flat):
        axes.set_xticks([])
        axes.set_yticks([])
        if k >= len(shapes):
            axes.set_visible(False)
            continue
        shown = axes.imshow(shapes[k], cmap=colours, vmin=-largest, vmax=largest)
        axes.spines[:].set_color(house.muted)
        if k < len(names):
            axes.set_title(names[k], fontsize="small", pad=2, color=house.ink)
    bar = figure.colorbar(shown, ax=grid, label="weight", shrink=0.6, aspect=25)
    bar.ax.yaxis.label.set_color(house.ink)
    bar.ax.tick_params(colors=house.muted, labelcolor=house.ink)
    return figure


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
    for example in examples:
        x, target = listed(what, "an example", example, "a pair of an input vector and a target")
        seen = observe(layers, x, None if loss is None else target, loss, what)
        for name, row in zip(names, seen.activations, strict=True):
            activations[name] += row
        for name, gradient in zip(found, (seen.gradients or [[]])[1:], strict=False):
            found[name] += [0.0 if g is None else g for g in gradient]
    return activations, found


def histograms(
    activations: Mapping[str, Sequence[float]],
    gradients: Mapping[str, Sequence[float]] | None = None,
    *,
    bins: int = 40,
    title: str = "",
    theme: str | Theme = "light",
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
    bins = positive_integer("histograms", "bins", bins)
    columns = {"activations": activations}
    if gradients:
        columns["gradients"] = gradients
    names = list(dict.fromkeys(name for column in columns.values() for name in column))
    if not names:
        raise ValueError("histograms: expected numbers of at least one layer, got none")
    figure = _blank(3.4 * len(columns) + 1.0, 1.15 * len(names) + 0.9, house)
    grid = figure.subplots(len(names), len(columns), sharex="col", squeeze=False)
    colours = {"activations": house.positive, "gradients": house.negative}
    for j, (what, column) in enumerate(columns.items()):
        numbers = {name: [_plain(x) for x in column.get(name, ())] for name in names}
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
            _dress(axes, house, grid=False)
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
