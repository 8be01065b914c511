"""The hyperplane of a neuron with two inputs: its line, normal vector, and distances from it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ...nn import Neuron
from ..text import number
from ..themes import Theme
from .style import write

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_DISTANCES_WRITTEN = 12


class Normal(NamedTuple):
    """The normal vector of a hyperplane: it stands where the data's centre is nearest."""

    foot: tuple[float, float]
    tip: tuple[float, float]
    direction: tuple[float, float]
    length: float
    near: bool  # whether the hyperplane runs through the data, or not far from it


def normal_vector(neuron: Neuron, points: Sequence[Sequence[float]]) -> Normal:
    """Where the normal vector of a neuron stands among points, and how long it is drawn."""
    plane = neuron.hyperplane
    u, v = (w / plane.norm for w in plane.normal)
    sides = [(min(x[i] for x in points), max(x[i] for x in points)) for i in range(2)]
    size = max(high - low for low, high in sides) or 1.0
    x, y = ((low + high) / 2 for low, high in sides)
    away = neuron.signed_distance([x, y])
    x, y = x - away * u, y - away * v
    length = 1.0 if 0.25 * size < 1 < 1.2 * size else 0.3 * size
    tip = (x + length * u, y + length * v)
    return Normal((x, y), tip, (u, v), length, abs(away) < size)


def draw_hyperplane(axes: "Axes", theme: Theme, arrow: Normal, normal: bool) -> None:
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
    write(
        axes,
        theme,
        "w / ‖w‖" if arrow.length == 1 else "direction of w",
        arrow.tip,
        (4, 9 if v >= 0 else -9),
        color=theme.accent,
        weight="bold",
    )


def draw_distances(
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
            write(axes, theme, f"d = {number(d, 2)}", (x[0], x[1]), (0, 9 if up else -9))
