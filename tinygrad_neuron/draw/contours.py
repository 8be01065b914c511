"""Where a function over the plane is at least so large, and where just so: by marching squares.

A grid has a number for each crossing of its lines; between them a number is interpolated along each
line (W. E. Lorensen, H. E. Cline, 1987, in two dimensions). Places are (column, row), the first row
and the first column at 0.
"""

import math
from collections import Counter
from collections.abc import Sequence

Point = tuple[float, float]
Grid = Sequence[Sequence[float]]


def regions(grid: Grid, level: float) -> list[list[Point]]:
    """The outlines of where the grid is at least at a level.

    What is inside lies on the same side of every outline, so that holes run the other way round:
    all of them together, filled by the winding rule, are the region.

    >>> regions([[0.0, 0.0], [1.0, 1.0]], 0.5)
    [[(1.0, 0.5), (1, 1), (0, 1), (0.0, 0.5)]]
    """
    sides: Counter[tuple[Point, Point]] = Counter()
    for i in range(len(grid) - 1):
        for j in range(len(grid[i]) - 1):
            corners = [(j, i), (j + 1, i), (j + 1, i + 1), (j, i + 1)]
            inside = [grid[y][x] >= level for x, y in corners]
            if not any(inside):
                continue
            piece = corners if all(inside) else _piece(grid, level, corners, inside)
            for start, end in zip(piece, [*piece[1:], piece[0]], strict=True):
                if sides[end, start]:  # between two fields of the region, or there and back
                    sides[end, start] -= 1
                elif start != end:
                    sides[start, end] += 1
    return [_straightened(loop) for loop in _loops(sides)]


def lines(grid: Grid, level: float) -> list[list[Point]]:
    """The lines on which the grid is just at a level.

    >>> lines([[0.0, 0.0], [1.0, 1.0]], 0.5)
    [[(0.0, 0.5), (1.0, 0.5)]]
    """
    right, bottom = len(grid[0]) - 1, len(grid) - 1
    found: list[list[Point]] = []
    for loop in regions(grid, level):
        inner = [
            (p, q)
            for p, q in zip(loop, [*loop[1:], loop[0]], strict=True)
            if not any(p[k] == q[k] and p[k] in (0, end) for k, end in ((0, right), (1, bottom)))
        ]
        pieces: list[list[Point]] = []
        for p, q in inner:
            if pieces and pieces[-1][-1] == p:
                pieces[-1].append(q)
            else:
                pieces.append([p, q])
        if len(pieces) > 1 and pieces[-1][-1] == pieces[0][0]:
            pieces[0] = pieces.pop() + pieces[0][1:]
        found += pieces
    return found


def _piece(
    grid: Grid, level: float, corners: Sequence[tuple[int, int]], inside: Sequence[bool]
) -> list[Point]:
    """The part of a field that is at least at the level."""
    piece: list[Point] = []
    for k, corner in enumerate(corners):
        if inside[k]:
            piece.append(corner)
        after = (k + 1) % 4
        if inside[k] != inside[after]:
            # From the same end in both fields that a line parts, so that both say the same.
            (x0, y0), (x1, y1) = sorted((corner, corners[after]))
            start, end = grid[y0][x0], grid[y1][x1]
            share = (level - start) / (end - start)
            piece.append((x0 + share * (x1 - x0), y0 + share * (y1 - y0)))
    return piece


def _loops(sides: "Counter[tuple[Point, Point]]") -> list[list[Point]]:
    """Directed sides as closed loops."""
    after: dict[Point, list[Point]] = {}
    for start, end in sides.elements():
        after.setdefault(start, []).append(end)
    loops = []
    while after:
        start = next(iter(after))
        loop = [start]
        while True:
            ends = after[loop[-1]]
            end = ends.pop()
            if not ends:
                del after[loop[-1]]
            if end == start:
                break
            loop.append(end)
        loops.append(loop)
    return loops


def _straightened(loop: Sequence[Point]) -> list[Point]:
    """A loop without the points in the middle of its straight parts."""
    return [
        (x, y)
        for (x0, y0), (x, y), (x1, y1) in zip(
            [loop[-1], *loop], loop, [*loop[1:], loop[0]], strict=False
        )
        if not math.isclose((x - x0) * (y1 - y), (y - y0) * (x1 - x), abs_tol=1e-9)
    ]
