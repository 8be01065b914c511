"""Heat maps: what a neuron puts out over the plane, the line where that is 0, and the data.

They are written as drawing operations (Graphviz's xdot) that lie behind everything else, for both
layout engines write these in every format.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..contours import Grid, Point, lines, regions
from ..themes import Theme

SHADES = 12  # to each side of 0
_ROUND = 2  # digits of a place, in points


@dataclass(frozen=True)
class Area:
    """A square that shows a part of the plane: its centre and its size, in points."""

    x: float
    y: float
    size: float

    def of_grid(self, point: Point, grid: Grid) -> Point:
        """Where a place of a grid lies, whose first row is at the top."""
        step = self.size / (len(grid) - 1)
        return self.x - self.size / 2 + step * point[0], self.y + self.size / 2 - step * point[1]

    def of_plane(self, shares: Point) -> Point:
        """Where a point lies, given from 0 to 1 to the right and up."""
        return self.x + (shares[0] - 0.5) * self.size, self.y + (shares[1] - 0.5) * self.size


def heat_map(theme: Theme, grid: Grid, area: Area) -> list[str]:
    """The drawing operations of a map: shades, the largest in full colour, and the line at 0."""
    finite = [[v if math.isfinite(v) else 0.0 for v in row] for row in grid]
    largest = max(abs(v) for row in finite for v in row)
    corners = [area.of_plane(corner) for corner in ((0, 0), (1, 0), (1, 1), (0, 1))]
    if not largest:
        return [*_filled(theme.area(0.0), [corners]), *_not_finite(theme, grid, area)]
    drawn = _filled(theme.area(-1.0), [corners])
    for k in range(1 - SHADES, SHADES + 1):
        loops = regions(finite, (k - 0.5) / SHADES * largest)
        placed = [[area.of_grid(point, grid) for point in loop] for loop in loops]
        drawn += _filled(theme.area(k / SHADES), placed)
    drawn += _not_finite(theme, grid, area)
    if min(map(min, finite)) < 0 < max(map(max, finite)):
        for line in lines(finite, 0.0):
            placed_line = [area.of_grid(point, grid) for point in line]
            drawn += [_style(1.2), _colour("c", theme.ink), f"L {_points(placed_line)}"]
    return drawn


def data_points(
    points: Iterable[tuple[Point, str]], theme: Theme, area: Area, radius: float
) -> list[str]:
    """The drawing operations of points of the plane, each from 0 to 1, in their colours."""
    drawn = [_style(0.6), _colour("c", theme.background)]
    for shares, colour in points:
        if all(0 <= share <= 1 for share in shares):
            x, y = area.of_plane(shares)
            drawn += [_colour("C", colour), f"E {x:.2f} {y:.2f} {radius} {radius}"]
    return drawn


def _not_finite(theme: Theme, grid: Grid, area: Area) -> list[str]:
    """The fields at whose corners a number is not finite."""
    fields = [
        [(j, i), (j + 1, i), (j + 1, i + 1), (j, i + 1)]
        for i, (upper, lower) in enumerate(pairwise(grid))
        for j in range(len(upper) - 1)
        if not all(map(math.isfinite, (*upper[j : j + 2], *lower[j : j + 2])))
    ]
    return [
        operation
        for field in fields
        for operation in _filled(theme.alarm, [[area.of_grid(point, grid) for point in field]])
    ]


def _filled(colour: str, loops: Sequence[Sequence[Point]]) -> list[str]:
    """Loops filled together: one polygon, for a hole has to be in the same one as its outline."""
    if not loops:
        return []
    start = loops[0][0]
    path = [*loops[0], start]
    for loop in loops[1:]:
        path += [*loop, loop[0], start]  # there and back: no area
    return [_colour("c", f"{colour}00"), _colour("C", colour), f"P {_points(path)}"]


def _points(points: Sequence[Point]) -> str:
    return f"{len(points)} " + " ".join(f"{round(c, _ROUND) + 0.0:g}" for p in points for c in p)


def _colour(operation: str, colour: str) -> str:
    return f"{operation} {len(colour)} -{colour}"


def _style(width: float) -> str:
    text = f"setlinewidth({width})"
    return f"S {len(text)} -{text}"
