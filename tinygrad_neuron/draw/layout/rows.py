"""A long line of columns set as lines of text are: one below the other, each read as the first."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .level import Columns, Level, relevant
from .parts import Box, Item, Look, Run, Wire

_LINE = 6.0  # between the wires that go on below
_GO_ON = 4  # at most so many may: where more do, nobody can follow them
_SLACK = 3  # how many columns a line may be shorter or longer, to cut fewer wires


def wrapped(
    items: Sequence[Item],
    wires: Sequence[Wire],
    solved: dict[Item, Level],
    look: Look,
    columns: Columns,
    whole: Level,
) -> tuple[list[Box], Level] | None:
    """The items in rows, each a box without a border, and a layout of these rows; None where too
    many wires would go from row to row.

    **Arguments:** `items` and `wires` of the whole picture; `solved`, the boxes among the items, to
    which the rows are added; `columns` and `whole`, the layout in one line.
    """
    rank = columns.rank
    line = _lines(wires, rank, whole, math.ceil(whole.width / look.width))
    going: dict[int, set[Item]] = {}
    for wire in wires:
        a, b = (line[_rank(item, rank)] for item in (wire.tail, wire.head))
        if a != b:
            going.setdefault(b, set()).add(wire.tail)
    if any(len(tails) > _GO_ON for tails in going.values()):
        return None
    rows = []
    for number in range(max(line.values()) + 1):
        row = Box(0.0, 0.0)
        for item in items:
            if line[rank[item]] == number:
                row.add(item)
        rows.append(row)
    for row in rows:
        ranks = {item: rank[item] for item in row.items}
        first = min(ranks.values())
        ranks = {item: rank - first for item, rank in ranks.items()}
        level = Columns(
            row, row.items, relevant(wires, row), solved, look, ranks, bare=True
        ).solve()
        solved[row] = level
        row.width, row.height = level.width, level.height
        row.order = min(item.order for item in row.items)
    return rows, _stacked(rows, relevant(wires, None), solved, look)


def _lines(
    wires: Sequence[Wire], rank: dict[Item, int], whole: Level, count: int
) -> dict[int, int]:
    """The row of each rank: rows of about equal length, cut where few wires are."""
    cut: dict[int, set[Item]] = {}
    for wire in wires:
        a, b = (_rank(item, rank) for item in (wire.tail, wire.head))
        for k in range(a, b):
            cut.setdefault(k, set()).add(wire.tail)
    ranks = sorted(whole.columns)
    ends = []
    for k in range(1, count):
        wish = whole.width * k / count
        near = min(range(len(ranks)), key=lambda i: abs(whole.columns[ranks[i]][1] - wish))
        best = range(max(near - _SLACK, 0), min(near + _SLACK, len(ranks) - 2) + 1)
        ends.append(
            min(best, key=lambda i: len(cut.get(ranks[i], ())) + 0.6 * abs(i - near), default=near)
        )
    ends = sorted(set(ends))
    return {r: sum(i > end for end in ends) for i, r in enumerate(ranks)}


def _rank(item: Item, rank: dict[Item, int]) -> int:
    while item not in rank and item.parent is not None:
        item = item.parent
    return rank[item]


def _stacked(
    rows: Sequence[Box],
    wires: Sequence[tuple[Wire, Item | None, Item | None]],
    solved: dict[Item, Level],
    look: Look,
) -> Level:
    """Rows below each other; a wire leaves at the right, goes back between two rows, and enters."""
    arriving: dict[Item, dict[Item, None]] = {row: {} for row in rows}
    for wire, _, b in wires:
        assert b is not None
        arriving[b].setdefault(wire.tail)
    lanes = max(len(tails) for tails in arriving.values())
    margin = _LINE * lanes + 16.0
    right = margin + max(row.width for row in rows)
    y = 0.0
    tops: dict[Item, float] = {}
    channels: dict[tuple[Item, Item], tuple[float, float]] = {}
    for row in rows:
        tails = sorted(arriving[row], key=lambda tail: solved[row].entries[tail])
        if tops:
            y += look.row + 8.0
        for k, tail in enumerate(reversed(tails)):
            channels[tail, row] = (y, _LINE * (len(tails) - 1 - k))
            y += _LINE
        if tops:
            y += look.row
        tops[row] = y
        y += row.height
    runs: dict[Wire, list[Run]] = {}
    for wire, a, b in wires:
        assert a is not None and b is not None
        at, out = channels[wire.tail, b]
        out = _LINE * lanes - out
        leaves = tops[a] + solved[a].exits[wire.tail]
        enters = tops[b] + solved[b].entries[wire.tail]
        runs[wire] = [
            (margin + a.width, right + out, leaves),
            (right + out, margin - out, at),
            (margin - out, margin, enters),
        ]
    return Level(
        right + margin, y, {}, {}, runs, {}, {row: (margin, top) for row, top in tops.items()}, {}
    )
