"""Paths of optimisers: over the loss of one parameter, and of two."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...checking import a_function
from ..observing import Plane, checked_plane
from ..themes import Theme, find_theme
from .arguments import checked, two_texts
from .style import (
    DASHES,
    MARKERS,
    blank,
    colours_of,
    dress,
    interval,
    name_figure,
    plain,
    spread,
    write,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_POINTS, _LINES = 61, 12


@checked(loss=a_function, names=two_texts)
def descent(
    loss: Callable[[float, float], Any],
    paths: Mapping[str, Sequence[tuple[float, float]]],
    *,
    plane: Plane = ((-1.0, 1.0), (-1.0, 1.0)),
    names: tuple[str, str] = ("w0", "w1"),
    title: str = "",
    theme: str | Theme | None = None,
) -> "Figure":
    """A loss over two parameters as lines of equal height, and the ways that lead down.

    **Arguments:** `loss`, a function of two numbers that returns a number or a Value; `paths`, for
    each name the points one after another; `plane`, the smallest and the largest number of both
    axes; `names`, of the parameters. A path that leaves the plane is drawn as far as it is inside.

    >>> figure = descent(lambda a, b: a * a + b * b, {"SGD": [(1.0, 1.0), (0.5, 0.5)]})
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['start']
    """
    house = find_theme(theme)
    sides = [spread(low, high, _POINTS) for low, high in checked_plane(plane, "descent")]
    empty = [name for name, path in paths.items() if not path]
    if empty or not paths:
        raise ValueError(f"descent: each path must have at least one point, got {dict(paths)!r}")
    heights = [[plain(loss(x, y)) for x in sides[0]] for y in sides[1]]
    figure = blank(6.8, 4.0, house)
    axes = figure.add_subplot()
    low, high = min(map(min, heights)), max(map(max, heights))
    # Closer together at the bottom, where the way ends.
    levels = (
        [low + (high - low) * (k / _LINES) ** 2 for k in range(1, _LINES)] if low < high else []
    )
    if levels:
        axes.contour(*sides, heights, levels=levels, colors=house.muted, linewidths=0.8, alpha=0.7)
    for k, (name, path) in enumerate(paths.items()):
        points = [(x, y) for x, y in path if math.isfinite(x) and math.isfinite(y)]
        axes.plot(
            [x for x, _ in points],
            [y for _, y in points],
            DASHES[k % len(DASHES)],
            color=colours_of(house)[k % len(colours_of(house))],
            marker=MARKERS[k % len(MARKERS)],
            markersize=4,
            linewidth=1.6,
            label=name,
        )
    start = next(iter(paths.values()))[0]
    write(axes, house, "start", start, (0, 8), weight="bold")
    axes.set_xlim(sides[0][0], sides[0][-1])
    axes.set_ylim(sides[1][0], sides[1][-1])
    axes.set_xlabel(names[0])
    axes.set_ylabel(names[1])
    dress(axes, house, grid=False)
    if len(paths) > 1:
        axes.legend(frameon=False, labelcolor=house.ink, loc="lower right")
    name_figure(axes, house, title)
    return figure


@checked(loss=a_function)
def steps_down(
    loss: Callable[[float], Any],
    path: Sequence[float],
    *,
    low: float = -4.0,
    high: float = 4.0,
    name: str = "w",
    title: str = "",
    theme: str | Theme | None = None,
) -> "Figure":
    """A loss over one parameter, and the steps of gradient descent on it, joined in their order.

    **Arguments:** `loss`, a function of a number that returns a number or a Value; `path`, the
    parameter before the first step and after each; `low`, `high`: the ends of the axis. Steps that
    leave it are drawn as far as they are inside.

    >>> figure = steps_down(lambda w: w * w, [2.0, -1.0, 0.5])
    >>> len(figure.axes[0].lines)  # the curve and the steps
    2
    """
    house = find_theme(theme)
    low, high = interval("steps_down", low, high)
    if not path:
        raise ValueError("steps_down: the path must have at least one point, got none")
    figure = blank(6.8, 3.6, house)
    axes = figure.add_subplot()
    ws = spread(low, high, 2 * _POINTS)
    heights = [plain(loss(w)) for w in ws]
    axes.plot(ws, heights, color=house.positive, linewidth=2.4)
    points = [(w, y) for w in path if math.isfinite(w) and math.isfinite(y := plain(loss(w)))]
    finite = [y for y in heights if math.isfinite(y)]
    if not points or not finite or not math.isfinite(max(finite) - min(finite)):
        raise ValueError(
            f"steps_down: the loss from {low:g} to {high:g}, or at every step, is too large to be "
            "drawn; choose low and high nearer to the steps"
        )
    axes.plot(
        [w for w, _ in points],
        [y for _, y in points],
        "--o",
        color=house.negative,
        markersize=6,
        linewidth=1.2,
        zorder=4,
    )
    top, bottom = max(finite), min(finite)
    axes.set_xlim(low, high)
    axes.set_ylim(bottom - 0.06 * (top - bottom or 1.0), top)
    axes.set_xlabel(name)
    axes.set_ylabel("loss")
    write(axes, house, "start", points[0], (0, 9), weight="bold")
    dress(axes, house)
    name_figure(axes, house, title)
    return figure
