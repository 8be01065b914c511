"""Fitting a picture into a room: what is left out, what folds, which way it is read.

Each way of drawing is laid out, which takes milliseconds, and the first that fits is taken. So a
picture depends on the graph alone, not on the engine that draws it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from .edges import Edges
from .folding import Folding, Group
from .layout import Look
from .nodes import Nodes
from .places import Places
from .plan import Plan
from .sizes import Size, label_size

PAD = 0.15  # inches around the picture
_POINT = 4 / 3  # pixels of the web
_LOOSE, _TIGHT = (26.0, 10.0, 8.0), (15.0, 5.0, 5.0)  # room between columns, rows, and in boxes
_DENSER = 1.5  # so much higher than the room, lines of columns may still fit: each is lower
_MARGINS = 75.0  # points that lines of columns need at their sides, and what stands below
_HOPELESS, _FAR = 1.7, 1.3  # times the room: other directions do not help, nor fewer details
_CARD, _LANE = 8000, 1000  # square pixels of a card and of a line that passes a column, the least


@dataclass(frozen=True)
class Details:
    """What a picture shows beside names and values, and how much room there is between things."""

    gradients: bool
    edges: str
    loose: bool
    share: float  # of what everything takes, about
    left_out: tuple[str, ...] = ()

    def look(self, direction: str, width: float = 0.0) -> Look:
        """The look of a layout in a direction, its columns in lines of at most a width."""
        return Look(direction, *(_LOOSE if self.loose else _TIGHT), width)


@dataclass(eq=False)
class Drawing:
    """A plan with everything of it worked out; `size` is that of the picture in pixels."""

    plan: Plan
    nodes: Nodes
    edges: Edges
    places: Places | None
    below: str
    size: Size = field(default=(0.0, 0.0))


def details(edges: str) -> Iterator[Details]:
    """What to leave out, bit by bit: room first, then gradients, then what stands at edges.

    `edges` is what is asked for there; what is not "auto" stays.
    """
    auto = edges == "auto"
    kept = "local" if auto else edges
    yield Details(True, kept, True, 1.0)
    yield Details(True, kept, False, 0.8)
    yield Details(False, kept, False, 0.3, ("gradients",))
    if auto:
        yield Details(False, "none", False, 0.2, ("gradients", "local derivatives"))


def drawing(plan: Plan, below: Callable[[Plan], str]) -> Drawing:
    """Work out a plan: nodes and edges first, for what stands below says what occurs in them."""
    nodes, edges = Nodes(plan), Edges(plan)
    places = None if plan.look is None else Places(plan, nodes, edges)
    text = below(plan)
    drawn = Drawing(plan, nodes, edges, places, text)
    if places is not None:
        width, height = places.size
        if text:
            wide, high = label_size(text, plan.font_size)
            width, height = max(width, wide), height + high + 8
        drawn.size = (_POINT * (width + 144 * PAD + 2), _POINT * (height + 144 * PAD + 2))
    return drawn


def fitted(
    foldings: Iterable[Folding],
    make: Callable[[Folding, Details, Look], Plan],
    below: Callable[[Plan], str],
    edges: str,
    directions: tuple[str, ...],
    room: Size | None,
) -> Drawing:
    """The first way of drawing that fits into the room; without a room, the first; else the least.

    **Arguments:** `foldings`, from the finest; `make`, the plan for a choice; `below`, what stands
    below the picture of a plan; `edges`, what is asked for at edges; `directions`, the ones that
    may be taken.
    """
    least: Drawing | None = None
    for folding in foldings:
        if room is not None and folding.drawn > 1 and _least(folding) > room[0] * room[1]:
            continue
        whole = 0.0  # what everything took
        for detail in details(edges):
            tried: list[Size] = []
            if room is not None and whole * detail.share > _FAR * room[0] * room[1]:
                continue
            for direction, width in _ways(directions, room, tried):
                plan = make(folding, detail, detail.look(direction, width))
                drawn = drawing(plan, below)
                if room is None or all(a <= b for a, b in zip(drawn.size, room, strict=True)):
                    return drawn
                if least is None or _area(drawn) < _area(least):
                    least = drawn
                whole = whole or _area(drawn)
                if _area(drawn) > _HOPELESS * room[0] * room[1]:
                    break
                tried.append(drawn.size)
    if least is None:  # a single level was asked for, and it is far too large
        detail = list(details(edges))[-1]
        least = drawing(make(folding, detail, detail.look(directions[0])), below)
    return least


def _ways(
    directions: tuple[str, ...], room: Size | None, tried: list[Size]
) -> Iterator[tuple[str, float]]:
    """The directions, each in one line and then in several, if those may fit.

    `tried` has the sizes of the ones before.
    """
    for direction in directions:
        yield direction, 0.0
        if room is None:
            return
        long, high, most, room_high = *tried[-1], *room
        if direction in ("TB", "BT"):
            long, high, most, room_high = high, long, room_high, most
        lines = math.ceil(long / most)
        for more in (0, 1) if lines > 1 else ():
            if (lines + more) * high < _DENSER * room_high:
                yield direction, min(most / _POINT - _MARGINS, long / _POINT / (lines + more) + 1)


def _area(drawn: Drawing) -> float:
    return drawn.size[0] * drawn.size[1]


def _least(folding: Folding) -> float:
    """The least area of a picture, from counts: cards, and the columns that lines pass."""
    rank: dict[Group, int] = {}
    tails: dict[Group, list[Group]] = {}
    for edge in folding.edges:
        tails.setdefault(edge.head, []).append(edge.tail)
    passed: dict[Group, int] = {}
    for group in folding.groups:
        rank[group] = 1 + max((rank.get(tail, 0) for tail in tails.get(group, ())), default=-1)
    for head, found in tails.items():
        for tail in found:
            if rank[tail]:  # a leaf stands beside what takes it
                passed[tail] = max(passed.get(tail, 0), rank[head] - rank[tail] - 1)
    return _CARD * folding.drawn + _LANE * sum(passed.values())
