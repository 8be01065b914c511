"""Curves of functions of one number: an activation with its derivative and its tangent, or any."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ...checking import a_function, described, to_float
from ...engine import Value
from ...higher_derivatives import gradients
from ...nn.neuron import Activation, find_activation
from ..text import number
from ..themes import Theme, find_theme
from .arguments import checked, named
from .style import (
    DASHES,
    blank,
    colours_of,
    dress,
    interval,
    name_at_end,
    name_figure,
    plain,
    spread,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@checked()
def activation_curve(
    activation: Activation,
    at: float | None = None,
    *,
    low: float = -4.0,
    high: float = 4.0,
    points: int = 401,
    title: str = "",
    theme: str | Theme | None = None,
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
    low, high = interval("activation_curve", low, high)
    figure = blank(6.4, 4.0, house)
    axes = figure.add_subplot()
    ends, kinks = _draw_curves(axes, house, name, function, spread(low, high, points))
    axes.margins(x=0, y=0.08)
    if at is not None:
        at = to_float(at, "activation_curve", "at")
        _draw_tangent(axes, house, name, function, at, high - low, kinks)
    axes.set_xlim(low, high)
    axes.set_xlabel("z")
    axes.axhline(0, color=house.muted, linewidth=0.8, zorder=1)
    axes.axvline(0, color=house.muted, linewidth=0.8, zorder=1)
    name_figure(axes, house, title or (name if at is None else ""))
    dress(axes, house)
    figure.draw_without_rendering()  # so that the axes have their size
    name_at_end(axes, house, ends)
    return figure


@checked(curves=named("functions", a_function))
def functions(
    curves: Mapping[str, Callable[[float], Any]],
    low: float = -4.0,
    high: float = 4.0,
    *,
    marks: Iterable[tuple[float, float]] = (),
    name: str = "x",
    points: int = 401,
    title: str = "",
    theme: str | Theme | None = None,
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
    low, high = interval("functions", low, high)
    if not curves:
        raise ValueError("functions: expected at least one function, got none")
    figure = blank(6.4, 4.0, house)
    axes = figure.add_subplot()
    xs = spread(low, high, points)
    ends = {}
    for k, (label, function) in enumerate(curves.items()):
        ys = [plain(function(x)) for x in xs]
        colour = colours_of(house)[k % len(colours_of(house))]
        dash = DASHES[k % len(DASHES)]
        axes.plot(xs, ys, dash, color=colour, linewidth=2.4, label=label)
        ends[str(label)] = (xs[-1], ys[-1], colour)
    for x, y in marks:
        axes.plot([x], [y], "o", color=house.ink, markersize=7, zorder=5)
    axes.margins(x=0, y=0.08)
    axes.set_xlim(low, high)
    axes.set_xlabel(name)
    axes.axhline(0, color=house.muted, linewidth=0.8, zorder=1)
    dress(axes, house)
    name_figure(axes, house, title)
    figure.draw_without_rendering()  # so that the axes have their size
    name_at_end(axes, house, ends)
    return figure


def _draw_curves(
    axes: "Axes",
    theme: Theme,
    name: str,
    function: Callable[[Value], Value],
    inputs: Sequence[float],
) -> tuple[dict[str, tuple[float, float, str]], list[float]]:
    """The curve and that of the derivative, with circles where they jump.

    **Returns** for each its last point and its colour, and where the jumps are.
    """
    ends = {}
    marked: list[tuple[float, float, str, bool]] = []
    for order, (label, colour, dash) in enumerate(
        ((name, theme.positive, "-"), ("derivative", theme.negative, "--"))
    ):

        def compute(x: float, order: int = order) -> float:
            return value_and_slope(function, x)[order]

        xs, ys, jumps = curve_points(compute, inputs)
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
            markerfacecolor=colour if full else theme.background,
            zorder=4,
        )
    return ends, [x for x, *_ in marked]


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
    y, slope = value_and_slope(function, at)
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
    name_figure(axes, theme, title)


def value_and_slope(function: Callable[[Value], Value], x: float) -> tuple[float, float]:
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


def curve_points(
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
