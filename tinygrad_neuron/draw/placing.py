"""Where everything in the picture of a network stands.

Neurons stand evenly spaced, layers side by side, each in the middle. Lengths are in points, 72 to
the inch, y upwards.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .metrics import text_width

LINE = 13.0  # the height of a line of text
_MOST_NUMBERS = 16
_LEAST = 14.0  # room between columns
_COUNT = 30.0  # the height kept for the count of what is not drawn

Point = tuple[float, float]


@dataclass(frozen=True)
class Column:
    """Where the inputs, or the neurons of a layer, stand.

    `places` has the y of each that is drawn, `size` is that of a circle, a box or a map; `elided`
    says how many are not drawn, `elided_place` where that is written.
    """

    x: float
    places: dict[int, float]
    size: float
    elided: int
    elided_place: float


def columns(
    counts: Sequence[int],
    sizes: Sequence[float],
    captions: float,
    most: int,
    wide: bool,
    longest: float = math.inf,
) -> list[Column]:
    """The columns of a network, from left to right.

    **Arguments:** `counts`, how many stand in each column, and `sizes`, how large they are;
    `captions`, the height of what is written below each; `most`, how many a column shows; `wide`,
    whether numbers are to stand between the columns; `longest`, how wide all of it may be: columns
    stand nearer where it would be wider.

    >>> [(column.x, column.places) for column in columns([2, 1], [40.0, 40.0], 0.0, 9, False)]
    [(20.0, {0: 29.0, 1: -29.0}), (150.0, {0: 0.0})]
    """
    pitches = [size + captions + (14.0 if size > 50 else 18.0) for size in sizes]
    rows = [min(count, most) for count in counts]
    tallest = max(row * pitch for row, pitch in zip(rows, pitches, strict=True))
    # A short column spreads, half as wide again, towards the height of the longest.
    pitches = [
        min(1.5 * pitch, max(pitch, tallest / row))
        for row, pitch in zip(rows, pitches, strict=True)
    ]
    gap = min(max(90.0, 0.3 * tallest), 240.0) + 60.0 * wide
    if sum(sizes) + gap * (len(sizes) - 1) > longest:
        gap = max((longest - sum(sizes)) / (len(sizes) - 1), _LEAST)
    placed = []
    left = 0.0
    for count, size, pitch in zip(counts, sizes, pitches, strict=True):
        drawn = shown(count, most)
        places = [((len(drawn) - 1) / 2 - i) * pitch for i in range(len(drawn))]
        between = 0.0
        if len(drawn) < count:  # the count stands before the last one
            last = len(drawn) - (most > 1)
            places = [y + _COUNT / 2 * (1 if i < last else -1) for i, y in enumerate(places)]
            below = places[last - 1] - size / 2 - captions
            between = below - (pitch - size - captions + _COUNT) / 2
        column = Column(
            left + size / 2,
            dict(zip(drawn, places, strict=True)),
            size,
            count - len(drawn),
            between,
        )
        placed.append(column)
        left += size + gap
    return placed


def shown(count: int, most: int) -> list[int]:
    """Which of so many are drawn: all, or the first ones and the last.

    >>> shown(3, 4), shown(10, 4)
    ([0, 1, 2], [0, 1, 2, 9])
    """
    if count <= most:
        return list(range(count))
    return [0] if most == 1 else [*range(most - 1), count - 1]


def number_places(
    lines: Sequence[tuple[Point, Point]], texts: Sequence[str], size: float, must: bool
) -> list[Point | None] | None:
    """Where numbers stand on their lines: over no other number, on few other lines.

    **Arguments:** `lines`, from the left to the right end of each; `texts`, what is written on
    each, and the `size` of the letters; `must`, whether to give the best places there are even if
    these are bad ones. **Returns** the places, or None where there is no room; the place of a
    single number that would stand on another line is None too.

    >>> number_places([((0, 0), (100, 0)), ((0, 50), (100, 0))], ["0.5", "-1"], 9, must=False)
    [(35.0, 0.0), (35.0, 32.5)]
    """
    if len(lines) > _MOST_NUMBERS and not must:
        return None
    taken: list[tuple[float, float, float]] = []
    crossings = 0
    places: list[Point | None] = []
    for k, (line, text) in enumerate(zip(lines, texts, strict=True)):
        half = text_width(text, size) / 2 + 2
        others = [other for other in (*lines[:k], *lines[k + 1 :]) if other[0][0] == line[0][0]]
        best = _best_place(line, others, taken, half)
        if best is None and not must:
            return None
        cost, x, y = best or (0.0, *_along(line, 0.5))
        if cost >= 1 and not must:
            places.append(None)
        else:
            places.append((x, y))
            taken.append((x, y, half))
        crossings += math.floor(cost)
    if crossings > len(lines) / 4 and not must:
        return None
    return places


def _best_place(
    line: tuple[Point, Point],
    others: Sequence[tuple[Point, Point]],
    taken: Sequence[tuple[float, float, float]],
    half: float,
) -> tuple[float, float, float] | None:
    """The place on a line that costs least, with its cost: a whole one for each line under it."""
    best: tuple[float, float, float] | None = None
    for percent in range(11, 84, 3):
        share = percent / 100
        x, y = _along(line, share)
        beside = [abs(y - oy) for ox, oy, other in taken if abs(x - ox) < half + other]
        if x - half < line[0][0] + 6 or x + half > line[1][0] - 6 or min(beside, default=99) < LINE:
            continue
        close = min(beside, default=99) < 1.35 * LINE
        cost = 0.2 * close + abs(share - 0.35)
        cost += sum(_passes(other, x, y, half) for other in others)
        if best is None or cost < best[0]:
            best = cost, x, y
    return best


def _along(line: tuple[Point, Point], share: float) -> Point:
    (x0, y0), (x1, y1) = line
    return x0 + share * (x1 - x0), y0 + share * (y1 - y0)


def _passes(line: tuple[Point, Point], x: float, y: float, half: float) -> bool:
    """Whether a line runs under a number at a place, so many points wide to both sides."""
    (x0, y0), (x1, y1) = line
    ys = [y0 + (y1 - y0) * (x + side - x0) / (x1 - x0) for side in (-half, half)]
    return min(ys) - 0.6 * LINE < y < max(ys) + 0.6 * LINE
