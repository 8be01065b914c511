"""Places in columns that come as near as they can to those that are wished for."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from .order import SWEEPS
from .spots import Spot


def nearest(
    wishes: Sequence[float], weights: Sequence[float], steps: Sequence[float]
) -> list[float]:
    """The places with the least squared distance to the wishes, in order and apart.

    **Arguments:** `wishes` and their `weights`; `steps`, the least distance of each place from the
    one before (that of the first does not matter). It is isotonic regression of the wishes less
    the steps' running total, by pooling adjacent violators (M. Ayer et al., 1955).

    >>> nearest([0.0, 1.0, 9.0], [1.0, 1.0, 1.0], [0.0, 3.0, 3.0])
    [-1.0, 2.0, 9.0]
    """
    pools: list[tuple[float, float, int]] = []  # mean, weight, how many places
    totals, total = [], 0.0
    for i, (wish, weight) in enumerate(zip(wishes, weights, strict=True)):
        total += steps[i] if i else 0.0
        totals.append(total)
        mean, count = wish - total, 1
        while pools and pools[-1][0] > mean:
            before, heavy, many = pools.pop()
            mean = (before * heavy + mean * weight) / (heavy + weight)
            weight, count = weight + heavy, count + many
        pools.append((mean, weight, count))
    flat = [mean for mean, _, count in pools for _ in range(count)]
    return [mean + offset for mean, offset in zip(flat, totals, strict=True)]


def straighten(columns: Sequence[list[Spot]], ways: Iterable[Sequence[Spot]], row: float) -> None:
    """Give each spot its place, as near as can be to those of what it is linked to.

    **Arguments:** `ways`, the spots that each wire passes; `row`, the least room between cards.
    """
    for column in columns:
        y = 0.0
        for k, spot in enumerate(column):
            y += _step(column, k, row)
            spot.y = y
        middle = (column[0].y + column[-1].y) / 2 if column else 0.0
        for spot in column:
            spot.y -= middle
    apart = [[_step(column, k, row) for k in range(len(column))] for column in columns]
    along = list(zip(columns, apart, strict=True))
    for sweep in range(2 * SWEEPS):
        both = sweep >= SWEEPS
        forward = sweep % 2 == 0
        for column, steps in along if forward else along[::-1]:
            _settle(column, steps, both or forward, both or not forward)
    for _ in range(2):
        _level_lanes(columns, ways, row)


def _level_lanes(columns: Sequence[list[Spot]], ways: Iterable[Sequence[Spot]], row: float) -> None:
    """Lanes behind each other at one height, where there is room."""
    levelled: set[Spot] = set()
    for way in ways:
        chain: list[Spot] = []
        for spot in way:
            if spot.item is None and spot not in levelled:
                chain.append(spot)
            elif chain:
                break
        levelled.update(chain)
        if len(chain) < 2:
            continue
        lowest, highest = -math.inf, math.inf
        for spot in chain:
            column = columns[spot.column]
            if spot.place:
                above = column[spot.place - 1].y + _step(column, spot.place, row)
                lowest = max(lowest, above + spot.line)
            if spot.place + 1 < len(column):
                below = column[spot.place + 1].y - _step(column, spot.place + 1, row)
                highest = min(highest, below + spot.line)
        if lowest <= highest:
            mean = sum(spot.y + spot.line for spot in chain) / len(chain)
            height = min(max(mean, lowest), highest)
            for spot in chain:
                spot.y = height - spot.line


def _settle(column: list[Spot], steps: list[float], left: bool, right: bool) -> None:
    """Places for a column, by what is linked to it from the left or to the right."""
    wishes, weights = [], []
    for spot in column:
        wish, weight = 0.001 * spot.y, 0.001
        if left:
            for link in spot.ins:
                weight += link.weight
                wish += link.weight * (link.tail.y + link.leave - link.arrive)
        if right:
            for link in spot.outs:
                weight += link.weight
                wish += link.weight * (link.head.y + link.arrive - link.leave)
        wishes.append(wish / weight)
        weights.append(weight)
    for spot, y in zip(column, nearest(wishes, weights, steps), strict=True):
        spot.y = y


def _step(column: list[Spot], k: int, row: float) -> float:
    """How far a spot's centre has to be from the one above it."""
    if k == 0:
        return 0.0
    above, below = column[k - 1], column[k]
    solid = (above.item is not None) + (below.item is not None)
    room = (1.0, 0.6 * row, row)[solid]
    if below.labels and not above.item:
        room = 5.0
    return (above.height + below.height) / 2 + room
