"""Four small figures without matplotlib, for pages and for a browser: each is a piece of SVG.

The names are those of the larger figures beside them. An `Svg` shows itself in a notebook, `str` is
its text, `savefig` writes it. The text is the same run after run and has no ids, so that any number
of them stand on one page.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ...nn.neuron import Activation, find_activation
from ..contours import lines, regions
from ..metrics import text_width
from ..observing import Plane, checked_plane
from ..text import number
from ..themes import Theme, find_theme, mix
from .arguments import checked, text
from .chart import SIZE, Chart, Svg
from .curves import curve_points, value_and_slope
from .planes import checked_examples, class_of_each_score, frame, leads_of
from .style import interval, plain, spread

_DASHES = ("", "7 4", "2 3", "7 3 2 3")


@checked()
def activation_curve(
    activation: Activation,
    at: float | None = None,
    *,
    low: float = -4.0,
    high: float = 4.0,
    points: int = 201,
    title: str = "",
    theme: str | Theme | None = None,
) -> Svg:
    """An activation's curve and its derivative, with the tangent at a point.

    The arguments are those of `figures.activation_curve`.

    >>> figure = activation_curve("tanh", at=0.5)
    >>> figure.startswith("<svg"), "slope 0.7864" in figure
    (True, True)
    """
    house = find_theme(theme)
    name, function = find_activation(activation)
    low, high = interval("activation_curve", low, high)
    inputs = spread(low, high, points)
    found = []
    for order in (0, 1):
        xs, ys, _ = curve_points(lambda x, order=order: value_and_slope(function, x)[order], inputs)  # type: ignore[misc]
        found.append(list(zip(xs, ys, strict=True)))
    chart = Chart((low, high), _around([y for curve in found for _, y in curve]), house)
    chart.right = 8 + text_width("derivative", SIZE, bold=True)
    chart.line([(low, 0.0), (high, 0.0)], house.muted, 1)
    ends = {}
    for label, curve, colour, dash in (
        (name, found[0], house.positive, ""),
        ("derivative", found[1], house.negative, "7 4"),
    ):
        chart.line(curve, colour, 2.4, dash)
        finite = [point for point in curve if math.isfinite(point[1])]
        if finite:
            ends[label] = (*finite[-1], colour)
    if at is not None:
        y, slope = value_and_slope(function, at)
        title = title or f"{name}({number(at)}) = {number(y)},  slope {number(slope)}"
        if math.isfinite(y) and math.isfinite(slope):
            steep = slope * (high - low) / (chart.y[1] - chart.y[0])
            half = 0.3 * (high - low) / math.hypot(1, steep)
            ends_of = [(at + side, y + slope * side) for side in (-half, half)]
            chart.line(ends_of, house.ink, 1.5)
            chart.mark(at, slope, house.negative, 3)
            chart.mark(at, y, house.ink)
    chart.names(ends)
    return chart.svg(title or name, "z")


@checked()
def decision_boundary(
    score: Callable[[Sequence[float]], Any],
    examples: Iterable[tuple[Sequence[float], Any]],
    *,
    names: Sequence[str] = (),
    resolution: int = 41,
    plane: Plane | None = None,
    title: str = "",
    theme: str | Theme | None = None,
) -> Svg:
    """A model's score over the plane, the line where it is 0, and the data.

    For a list of scores, one for each class, the parts of the plane where each is the largest.

    The arguments are those of `figures.decision_boundary`.

    >>> figure = decision_boundary(lambda x: x[0] - x[1], [((0, 1), "no"), ((1, 0), "yes")])
    >>> ">no<" in figure, ">yes<" in figure
    (True, True)
    """
    house = find_theme(theme)
    given = checked_examples(examples)
    sides = frame([x for x, _ in given], 0.15)
    sides = sides if plane is None else list(checked_plane(plane, "decision_boundary"))
    xs, ys = (spread(low, high, resolution) for low, high in sides)
    chart = Chart(sides[0], sides[1], house, top=38)

    def placed(loops: list[list[tuple[float, float]]]) -> list[list[tuple[float, float]]]:
        across, up = ((high - low) / (resolution - 1) for low, high in sides)
        return [[(xs[0] + across * c, ys[0] + up * r) for c, r in loop] for loop in loops]

    answers = [[score((x, y)) for x in xs] for y in ys]
    classes = sorted({label for _, label in given})
    colours = house.classes()
    if isinstance(answers[0][0], list | tuple):
        scores = [[[plain(s) for s in at] for at in row] for row in answers]
        classes = class_of_each_score(classes, len(scores[0][0]))
        grids, reach = leads_of(scores)
        for least in (-reach, 0.0):
            for k, grid in enumerate(grids):
                fill = mix(house.background, colours[k % len(colours)], 0.35)
                chart.fill(placed(regions(grid, least)), fill)
    else:
        grids = [[[plain(answer) for answer in row] for row in answers]]
        largest = max((abs(s) for row in grids[0] for s in row if math.isfinite(s)), default=0) or 1
        for k in range(-8, 9):
            shade = mix(house.background, house.area(k / 8), 0.55)
            level = (k - 0.5) / 8 * largest if k > -8 else -math.inf
            chart.fill(placed(regions(grids[0], level)), shade)
    for line in (line for grid in grids for line in placed(lines(grid, 0.0))):
        chart.line(line, house.ink, 1.8)
    place = chart.left + 5
    for k, label in enumerate(classes):
        name = str(names[k] if k < len(names) else label)
        for (x, y), other in given:
            if other == label:
                chart.mark(x, y, colours[k % len(colours)], k)
        if any(other == label for _, other in given):
            chart.sign(place, 26, colours[k % len(colours)], k)
            chart.text(place + 9, 30, name, house.ink)
            place += 24 + text_width(name, SIZE)
    return chart.svg(title, "x0", "x1")


@checked()
def histogram(
    numbers: Iterable[Any], *, bins: int = 30, title: str = "", theme: str | Theme | None = None
) -> Svg:
    """How many of the numbers lie where; those that are not finite are only counted.

    >>> figure = histogram([0.0, 0.5, 0.5, float("nan")], bins=2)
    >>> figure.count("Z"), "1 not finite" in figure
    (2, True)
    """
    house = find_theme(theme)
    given = [plain(x) for x in numbers]
    finite = [x for x in given if math.isfinite(x)]
    if not finite:
        raise ValueError(f"histogram: expected at least one finite number, got {given!r}")
    low, high = min(finite), max(finite)
    low, high = (low, high) if low < high else (low - 0.5, high + 0.5)
    heights = [0] * bins
    for x in finite:
        heights[min(int(bins * (x - low) / (high - low)), bins - 1)] += 1
    chart = Chart((low, high), (0.0, 1.05 * max(heights)), house)
    edges = spread(low, high, bins + 1)
    for k, height in enumerate(heights):
        left, right = edges[k : k + 2]
        if height:
            loop = [(left, 0.0), (left, float(height)), (right, float(height)), (right, 0.0)]
            chart.fill([loop], house.positive)
    missing = len(given) - len(finite)
    return chart.svg(title, f"{missing:,} not finite" if missing else "", "count")


@checked(steps=text)
def training_curves(
    curves: Mapping[str, Sequence[float]],
    steps: str = "step",
    *,
    title: str = "",
    theme: str | Theme | None = None,
) -> Svg:
    """Curves over training, `{"loss": [...], "validation loss": [...]}`, on one axis.

    Where a number is NaN or infinite a curve is interrupted, and a cross below says so.

    >>> figure = training_curves({"loss": [1.0, float("nan"), 0.5]})
    >>> "loss is nan at 2" in figure
    True
    """
    house = find_theme(theme)
    shown = {str(name): [plain(y) for y in numbers] for name, numbers in curves.items()}
    if not shown or not all(shown.values()):
        raise ValueError(f"training_curves: each curve must have at least one number, got {curves}")
    longest = max(map(len, shown.values()))
    everything = [y for numbers in shown.values() for y in numbers]
    low, high = _around(everything)
    low = 0.0 if min(filter(math.isfinite, everything), default=0.0) >= 0 else low
    chart = Chart((1.0, max(longest, 2)), (low, high), house)
    chart.right = 12 + max(text_width(name, SIZE, bold=True) for name in shown)
    colours = (house.positive, house.negative, *house.further)
    ends, row = {}, 0
    for k, (name, numbers) in enumerate(shown.items()):
        colour = colours[k % len(colours)]
        chart.line(enumerate(numbers, 1), colour, 2, _DASHES[k % 4])
        finite = [y for y in numbers if math.isfinite(y)]
        if finite:
            ends[name] = (float(len(numbers)), finite[-1], colour)
        broken = [step for step, y in enumerate(numbers, 1) if not math.isfinite(y)]
        for step in broken:
            px, py = chart.at(step, low)
            cross = f"M{px - 4:.1f} {py - 12 - 15 * row:.1f}l8 8m0 -8l-8 8"
            chart.parts.append(
                f'<path d="{cross}" fill="none" stroke="{house.alarm}" stroke-width="2"/>'
            )
        if broken:
            before = broken[0] > len(numbers) - broken[-1]
            px, py = chart.at(broken[0] if before else broken[-1], low)
            said = f"{name} is {number(numbers[broken[0] - 1])} at {broken[0]:,}"
            side, anchor = (-8, "end") if before else (8, "start")
            chart.text(px + side, py - 4 - 15 * row, said, house.alarm, anchor, bold=True)
            row += 1
    chart.names(ends)
    return chart.svg(title, steps)


def _around(numbers: Iterable[float]) -> tuple[float, float]:
    """The ends of an axis that has room for all finite numbers."""
    finite = [y for y in numbers if math.isfinite(y)] or [0.0]
    low, high = min(finite), max(finite)
    room = 0.06 * (high - low) or 0.5
    return low - room, high + room
