"""The whole layout: every box from the innermost outwards, then places and curves."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .level import TURN, Columns, Level, relevant
from .parts import Box, Card, Item, Look, Point, Run, Wire
from .rows import wrapped

_HEAD = 6.5  # the length of an arrowhead


@dataclass(frozen=True)
class Arrangement:
    """What a layout takes: width and height in points, as it is looked at."""

    width: float
    height: float


def arrange(items: Sequence[Item], wires: Sequence[Wire], look: Look) -> Arrangement:
    """Give every item its place, and every wire its curve and the place of its label.

    **Arguments:** `items`, what stands outside of all boxes; `wires` between any items, cards or
    boxes. **Returns** the size; the corner of each item is in `x` and `y`, downwards, and what the
    direction of reading is no longer matters.
    """
    boxes = _boxes(items)
    touching: dict[Box, list[Wire]] = {box: [] for box in boxes}
    for wire in wires:
        around = {*wire.tail.path(), *wire.head.path()}
        for box in around:
            touching[box].append(wire)
    if look.across:
        _turn([*items, *(item for box in boxes for item in box.items)], wires)
    solved: dict[Item, Level] = {}
    for box in reversed(boxes):
        level = Columns(box, box.items, relevant(touching[box], box), solved, look).solve()
        solved[box] = level
        box.width, box.height, box.title_at = level.width, level.height, level.title
    columns = Columns(None, items, relevant(wires, None), solved, look)
    whole = columns.solve()
    if 0 < look.width < whole.width and len(whole.columns) > 1:
        found = wrapped(items, wires, solved, look, columns, whole)
        if found is not None:
            rows, whole = found
            items, boxes = rows, [*rows, *boxes]
    _place(items, boxes, whole, solved)
    for wire in wires:
        _route(wire, whole, solved)
    return _turned_back(items, boxes, wires, whole, look)


def _boxes(items: Sequence[Item]) -> list[Box]:
    """All boxes, those around others first."""
    found = [item for item in items if isinstance(item, Box)]
    for box in found:  # grows
        found += [item for item in box.items if isinstance(item, Box)]
    return found


def _turn(items: Iterable[Item], wires: Iterable[Wire]) -> None:
    """Exchange width and height, for a layout that is read down or up."""
    for item in items:
        if isinstance(item, Card):
            item.width, item.height = item.height, item.width
    for wire in wires:
        if wire.label is not None:
            wire.label = (wire.label[1], wire.label[0])


def _place(
    items: Sequence[Item], boxes: Sequence[Box], whole: Level, solved: dict[Item, Level]
) -> None:
    for item in items:
        item.x, item.y = whole.places[item]
    for box in boxes:
        for item in box.items:
            x, y = solved[box].places[item]
            item.x, item.y = box.x + x, box.y + y


def _route(wire: Wire, whole: Level, solved: dict[Item, Level]) -> None:
    """Put together what each box on its way says of a wire."""
    around_tail, around_head = wire.tail.path(), wire.head.path()
    common = set(around_tail) & set(around_head)
    out = [box for box in around_tail if box not in common]
    into = [box for box in around_head if box not in common]
    shared = next((box for box in around_tail if box in common), None)
    runs: list[Run] = []
    for box in (*out, shared, *reversed(into)):
        level, x, y = (whole, 0.0, 0.0) if box is None else (solved[box], box.x, box.y)
        runs += [(x + a, x + b, y + at) for a, b, at in level.runs[wire]]
        if wire in level.labels:
            place = level.labels[wire]
            wire.place = (x + place[0], y + place[1])
    wire.curve = _curve(runs)


def _curve(runs: Sequence[Run]) -> list[Point]:
    """Bézier curves through horizontal pieces up to an arrowhead, and last the arrowhead's tip."""
    start, _, y = runs[0]
    curve: list[Point] = [(start, y)]
    forward = True
    for k, (a, b, at) in enumerate(runs):
        x, before = curve[-1]
        onward = b > a if abs(b - a) > 0.01 else forward
        last = k == len(runs) - 1
        if k and (abs(at - before) > 0.01 or onward != forward):
            if onward == forward:
                middle = (x + a) / 2
                curve += [(middle, before), (middle, at), (a, at)]
            else:
                way = TURN if forward else -TURN
                curve += [(x + way, before), (a + way, at), (a, at)]
        end = b - (_HEAD if b > a else -_HEAD) if last else b
        if abs(end - curve[-1][0]) > 0.01:
            x = curve[-1][0]
            curve += [(x + (end - x) / 3, at), (x + 2 * (end - x) / 3, at), (end, at)]
        forward = onward
    return [*curve, (runs[-1][1], runs[-1][2])]


def _turned_back(
    items: Sequence[Item],
    boxes: Sequence[Box],
    wires: Sequence[Wire],
    whole: Level,
    look: Look,
) -> Arrangement:
    """From a layout that is read to the right to one that is read in its own direction."""
    every = [*items, *(item for box in boxes for item in box.items)]
    points = [point for wire in wires for point in wire.curve]
    left = min([0.0, *(x for x, _ in points)])
    top = min([0.0, *(y for _, y in points)])
    width = max([whole.width, *(x for x, _ in points)]) - left
    height = max([whole.height, *(y for _, y in points)]) - top
    mirrored = look.direction in ("RL", "BT")

    def at(x: float, y: float) -> Point:
        x, y = x - left, y - top
        if mirrored:
            x = width - x
        return (y, x) if look.across else (x, y)

    for item in every:
        corners = at(item.x, item.y), at(item.x + item.width, item.y + item.height)
        item.x, item.y = (min(pair) for pair in zip(*corners, strict=True))
        if look.across:
            item.width, item.height = item.height, item.width
    for wire in wires:
        wire.curve = [at(x, y) for x, y in wire.curve]
        if wire.place is not None:
            wire.place = at(*wire.place)
        if look.across and wire.label is not None:
            wire.label = (wire.label[1], wire.label[0])
    size = (height, width) if look.across else (width, height)
    return Arrangement(*(math.ceil(side) for side in size))
