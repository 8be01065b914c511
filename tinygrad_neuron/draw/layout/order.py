"""In which order columns hold what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from .parts import Box
from .spots import Spot

SWEEPS = 6

Columns: TypeAlias = list[list[Spot]]


def ordered(columns: Columns) -> Columns:
    """The model's order; where lines cross, lanes and operations move, leaves and boxes not.

    Some sweeps sort each column by where what it is linked to stands in the one before it, or
    after it (K. Sugiyama, S. Tagawa, M. Toda, 1981); the order with fewest crossings is taken.
    """
    for column in columns:
        column.sort(key=lambda spot: spot.order)
    _number(columns)
    best, found = _crossings(columns), [list(column) for column in columns]
    for sweep in range(SWEEPS):
        if not best:
            break
        forward = sweep % 2 == 0
        for column in columns if forward else columns[::-1]:
            _by_neighbours(column, forward)
        count = _crossings(columns)
        if count < best:
            best, found = count, [list(column) for column in columns]
    _number(found)
    return found


def _number(columns: Columns) -> None:
    for column in columns:
        for place, spot in enumerate(column):
            spot.place = place


def _by_neighbours(column: list[Spot], forward: bool) -> None:
    """Sort a column by where what it is linked to stands in the one before or after it."""

    def wish(spot: Spot) -> float:
        links = spot.ins if forward else spot.outs
        if not links:
            return float(spot.place)
        others = [
            (link.tail if forward else link.head) for link in links
        ]  # ports of a box count by where they are in it
        return sum(
            other.place + (link.leave if forward else link.arrive) / (other.height + 1)
            for other, link in zip(others, links, strict=True)
        ) / len(links)

    moved = sorted(column, key=lambda spot: (wish(spot), spot.place))
    kept = sorted((spot for spot in moved if _keeps(spot)), key=lambda spot: spot.order)
    remaining = iter(kept)
    column[:] = [next(remaining) if _keeps(spot) else spot for spot in moved]
    for place, spot in enumerate(column):
        spot.place = place


def _crossings(columns: Columns) -> int:
    """How many lines cross between all columns."""
    total = 0
    for column in columns[:-1]:
        ports: list[tuple[float, float]] = []
        for spot in column:
            for link in spot.outs:
                if link.head.column == spot.column + 1:
                    ports.append((
                        spot.place + link.leave / (spot.height + 1),
                        link.head.place + link.arrive / (link.head.height + 1),
                    ))  # fmt: skip
        rights = {port: i for i, port in enumerate(sorted({right for _, right in ports}))}
        lefts = {port: i for i, port in enumerate(sorted({left for left, _ in ports}))}
        pairs = [(lefts[left], rights[right]) for left, right in ports]
        total += crossings(pairs, len(rights))
    return total


def _keeps(spot: Spot) -> bool:
    """Whether a spot keeps the model's order: boxes, and leaves."""
    if spot.item is None:
        return False
    return isinstance(spot.item, Box) or not spot.ins


def crossings(pairs: Sequence[tuple[int, int]], size: int) -> int:
    """How many of the lines between two columns cross, each given by its places in both.

    Counted with a binary indexed tree over the `size` places of the second column (W. Barth,
    P. Mutzel, M. Jünger, 2004).

    >>> crossings([(0, 1), (1, 0), (2, 2)], 3)
    1
    """
    tree = [0] * (size + 1)
    count = 0
    for seen, (_, place) in enumerate(sorted(pairs)):
        k, below = place + 1, 0
        while k:
            below += tree[k]
            k -= k & -k
        count += seen - below
        k = place + 1
        while k <= size:
            tree[k] += 1
            k += k & -k
    return count
