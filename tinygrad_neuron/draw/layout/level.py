"""The inside of one box: its items in columns, and a way for each wire through them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .order import ordered
from .parts import HEADER, Box, Item, Look, Run, Wire
from .ranking import ranks
from .spots import Link, Spot
from .straight import straighten

LANE = 5.0  # the height that is kept for a line
TURN = 16.0  # how far a line goes out where it turns round
LEAD = 9.0  # how far a line is straight before an arrowhead
_DRIFT = 0.35  # so much of its way to the side a line has gone where it has passed a title
_STEEP = 0.14  # so much more room between columns for each point that a line rises there
_MOST_ROOM = 1.4  # at most so many times the least room is added


@dataclass(eq=False)
class Level:
    """A box laid out: its size, and in its own coordinates gates, lines and labels.

    `entries` and `exits` are where a wire from a tail enters and leaves the box; `runs` says where
    each wire is horizontal; `labels` where its label stands; `columns` how far each rank reaches;
    `title` where the box's title begins.
    """

    width: float
    height: float
    entries: dict[Item, float]
    exits: dict[Item, float]
    runs: dict[Wire, list[Run]]
    labels: dict[Wire, tuple[float, float]]
    places: dict[Item, tuple[float, float]]
    columns: dict[int, tuple[float, float]]
    title: float = 4.0


def home(item: Item, box: Box | None) -> Item | None:
    """What stands directly in a box and holds the item, or is it; None if it is outside."""
    current: Item = item
    while current.parent is not box:
        if current.parent is None:
            return None
        current = current.parent
    return current


class Columns:
    """Lays out the items of a box, boxes among them that are laid out already."""

    def __init__(
        self,
        box: Box | None,
        items: Sequence[Item],
        wires: Sequence[tuple[Wire, Item | None, Item | None]],
        solved: dict[Item, Level],
        look: Look,
        rank: dict[Item, int] | None = None,
        bare: bool = False,
    ) -> None:
        """Find a column and a spot for everything.

        **Arguments:** `box`, None for the whole picture; `items`, what stands directly in it;
        `wires`, each with the item that it comes from and the one that it goes to, None for
        outside; `solved`, the boxes among the items; `rank`, the items' columns if they are
        known; `bare`, whether there is no border.
        """
        self.box, self.items, self.solved, self.look = box, items, solved, look
        self.bare = bare or box is None
        self.wires = wires
        inner = [(a, b) for _, a, b in wires if a is not None and b is not None]
        fed = {b for _, a, b in wires if a is None and b is not None}
        self.rank = rank if rank is not None else ranks(items, inner, fed)
        self.spots: dict[Item, Spot] = {}
        self.columns: list[list[Spot]] = []
        self.ways: dict[Wire, list[Spot]] = {}
        self.links: dict[object, Link] = {}
        self.entries: dict[Item, Spot] = {}
        self.exits: dict[Item, Spot] = {}
        self.labels: dict[Wire, Spot] = {}
        self.turns: set[int] = set()  # the columns after which lines turn round
        self._place_items()
        self._find_ways()

    # The spots of the columns

    def _place_items(self) -> None:
        """A column for each rank in use, others for labels and gates, and the items in theirs."""
        last = max(self.rank.values(), default=0)
        used = {2 * self.rank[item] + 2 for item in self.items}
        for wire, a, b in self.wires:
            if a is None:
                used.add(0)
            if b is None:
                used.add(2 * last + 3)
            if wire.label is not None and b is wire.head:
                used.add(2 * self.rank[b] + 1)
        self.index = {column: i for i, column in enumerate(sorted(used))}
        self.last = 2 * last + 3
        self.columns = [[] for _ in used]
        for item in self.items:
            spot = Spot(item.height, item.width, item, item.order)
            self._add(spot, 2 * self.rank[item] + 2)
            self.spots[item] = spot

    def _add(self, spot: Spot, column: int) -> Spot:
        spot.column = self.index[column]
        self.columns[spot.column].append(spot)
        return spot

    def _find_ways(self) -> None:
        """A chain of spots for each wire: lanes, which wires of one tail share, and a label."""
        lanes: dict[tuple[Item, int], Spot] = {}
        for wire, a, b in self.wires:
            last_order = b.order if b is not None else wire.tail.order
            if a is None:
                start = self.entries.get(wire.tail)
                if start is None:
                    start = self.entries[wire.tail] = self._add(
                        Spot(LANE, order=last_order - 0.5), 0
                    )
            else:
                start = self.spots[a]
            if b is None:
                end = self.exits.get(wire.tail)
                if end is None:
                    end = self.exits[wire.tail] = self._add(
                        Spot(LANE, order=wire.tail.order), self.last
                    )
            else:
                end = self.spots[b]
            if start.column >= end.column:
                self._turn_back(wire, start, end)
                continue
            way = [start]
            labelled = wire.label is not None and b is wire.head
            for column in range(start.column + 1, end.column - labelled):
                lane = lanes.get((wire.tail, column))
                if lane is None:
                    order = last_order - 0.5 if b is not None else wire.tail.order
                    lane = lanes[wire.tail, column] = Spot(LANE, order=order, column=column)
                    self.columns[column].append(lane)
                way.append(lane)
            if labelled and wire.label is not None:
                width, height = wire.label
                label = Spot(height + 3, width, order=last_order - 0.5, column=end.column - 1)
                label.line, label.labels = height / 2 + 0.5, True
                self.columns[label.column].append(label)
                self.labels[wire] = label
                way.append(label)
            way.append(end)
            self.ways[wire] = way
            for k in range(len(way) - 1):
                self._link(wire, way[k], way[k + 1], a if k == 0 else None,
                           b if k == len(way) - 2 else None)  # fmt: skip

    def _link(self, wire: Wire, a: Spot, b: Spot, tail: Item | None, head: Item | None) -> None:
        """A piece of a wire between two spots, which wires of one tail share on their way."""
        own = head is wire.head or b.labels
        key: object = (wire, a, b) if own else (wire.tail, a, b)
        link = self.links.get(key)
        if link is None:
            lanes = (a.item is None) + (b.item is None)
            weight = wire.weight * (1.0, 1.0, 3.0)[lanes]
            link = self.links[key] = Link(a, b, weight, direct=head is wire.head)
            if tail is not None and tail is not wire.tail:
                link.leave = self.solved[tail].exits[wire.tail] - tail.height / 2
            else:
                link.leave = a.line
            if head is not None and head is not wire.head:
                link.arrive = self.solved[head].entries[wire.tail] - head.height / 2
            else:
                link.arrive = b.line
            a.outs.append(link)
            b.ins.append(link)
        if b.item is not None or a.item is not None:
            self.links[wire, a, b] = link

    def _turn_back(self, wire: Wire, start: Spot, end: Spot) -> None:
        """Lanes above everything for a wire that goes back."""
        way = [start]
        self.turns |= {start.column, end.column - 1}
        for column in range(start.column, end.column - 1, -1):
            lane = Spot(2 * LANE, order=-1.0, column=column)
            self.columns[column].append(lane)
            way.append(lane)
        way.append(end)
        self.ways[wire] = way
        for k in range(1, len(way) - 2):
            link = Link(way[k + 1], way[k], 4.0)
            way[k].ins.append(link)
            way[k + 1].outs.append(link)

    def solve(self) -> Level:
        """Order the columns, then find every place."""
        self.columns = ordered(self.columns)
        self._spread_arrivals()
        straighten(self.columns, list(self.ways.values()), self.look.row)
        return self._measure()

    def _spread_arrivals(self) -> None:
        """Arrowheads at a card stand apart, in the order in which their lines come."""
        for spot in self.spots.values():
            arriving = [link for link in spot.ins if link.direct]
            arriving.sort(key=lambda link: (link.tail.place, link.leave))
            room = max(spot.height - 10.0, 0.0)
            step = min(12.0, room / max(len(arriving) - 1, 1))
            for i, link in enumerate(arriving):
                link.arrive = (i - (len(arriving) - 1) / 2) * step

    # Coordinates in the box

    def _measure(self) -> Level:
        """The level with everything in the coordinates of its box."""
        look, box = self.look, self.box
        spots = [spot for column in self.columns for spot in column]
        top = min((spot.y - spot.height / 2 for spot in spots), default=0.0)
        bottom = max((spot.y + spot.height / 2 for spot in spots), default=0.0)
        margin = 0.0 if self.bare else look.margin
        header = 0.0 if self.bare else HEADER
        start = margin + (0.0 if look.across else header)
        for spot in spots:
            spot.y += start - top
        height = bottom - top + start + margin
        lefts, rights = self._sides(margin, header)
        width = rights[-1] if rights else 0.0
        if not self.exits:
            width += margin
        width += TURN * (len(self.columns) - 1 in self.turns)
        if look.direction == "BT":
            width += header
        title = 0.0 if box is None or self.bare else box.title + 12.0
        if look.across and title > height:
            for spot in spots:
                spot.y += (title - height) / 2
            height = title
        elif not look.across:
            width = max(width, title)
        at = 4.0
        if look.across and box is not None and not self.bare:
            at, height = self._title_place(box.title, height)
        if self.exits:
            lefts[-1] = rights[-1] = width
        places = {}
        for item, spot in self.spots.items():
            middle = (lefts[spot.column] + rights[spot.column]) / 2
            places[item] = (middle - item.width / 2, spot.y - item.height / 2)
        labels = {
            wire: ((lefts[spot.column] + rights[spot.column]) / 2, spot.y - 1.0)
            for wire, spot in self.labels.items()
        }
        runs = {wire: self._runs(wire, way, lefts, rights) for wire, way in self.ways.items()}
        ends = {
            self.rank[item]: (lefts[spot.column], rights[spot.column])
            for item, spot in self.spots.items()
        }
        return Level(
            width,
            height,
            {tail: spot.y for tail, spot in self.entries.items()},
            {tail: spot.y for tail, spot in self.exits.items()},
            runs,
            labels,
            places,
            ends,
            at,
        )

    def _title_place(self, title: float, height: float) -> tuple[float, float]:
        """Where a title begins that no line goes through, in a box that is read down or up; and
        how high the box is then: more, where there is no other room for its title."""
        gates = self.entries if self.look.direction == "TB" else self.exits
        taken = []
        for gate in gates.values():
            ends = [link.head.y + link.arrive for link in gate.outs]
            ends += [link.tail.y + link.leave for link in gate.ins]
            passed = [gate.y, *(gate.y + _DRIFT * (y - gate.y) for y in ends)]
            taken.append((min(passed) - 3.0, max(passed) + 3.0))
        at = 4.0
        for low, high in sorted(taken):
            if low >= at + title:
                break
            at = max(at, high)
        return at, max(height, at + title + 4.0)

    def _sides(self, margin: float, header: float) -> tuple[list[float], list[float]]:
        """Where each column starts and ends; between two the more room the more lines rise."""
        look = self.look
        x = 0.0 if self.entries else margin
        x += TURN * (-1 in self.turns)
        if look.direction == "TB":
            x += 0.0 if self.entries else header
        lefts, rights = [], []
        for i, column in enumerate(self.columns):
            lefts.append(x)
            x += max((spot.width for spot in column), default=0.0)
            rights.append(x)
            links = [link for spot in column for link in spot.outs]
            rise = max(
                (abs(link.head.y + link.arrive - link.tail.y - link.leave) for link in links),
                default=0.0,
            )
            if i + 1 < len(self.columns):
                base = look.column
                if any(spot.labels for spot in self.columns[i + 1]):
                    base = 0.5 * look.column
                elif any(spot.labels for spot in column):
                    base = 0.7 * look.column
                base += TURN * (i in self.turns)
                x += base + min(_STEEP * rise, _MOST_ROOM * look.column)
                if i == 0 and self.entries and look.direction == "TB":
                    x += header
        return lefts, rights

    def _runs(
        self, wire: Wire, way: list[Spot], lefts: list[float], rights: list[float]
    ) -> list[Run]:
        """Where a wire is horizontal."""
        runs: list[Run] = []
        back = any(a.column >= b.column for a, b in pairwise(way))
        for k, spot in enumerate(way):
            left, right = lefts[spot.column], rights[spot.column]
            y = spot.y + spot.line
            if spot.item is not None:
                middle = (left + right) / 2
                if k == 0:
                    link = self._piece(wire, way[0], way[1])
                    leave = link.leave if link else self._gate(wire, spot.item, leaving=True)
                    runs.append((middle + spot.width / 2, right, spot.y + leave))
                else:
                    link = self._piece(wire, way[-2], spot)
                    arrive = link.arrive if link else self._gate(wire, spot.item, leaving=False)
                    lead = LEAD if spot.item is wire.head else 0.0
                    runs.append((left - lead, middle - spot.width / 2, spot.y + arrive))
            elif back:
                runs.append((right, left, y))
            else:
                runs.append((left, right, y))
        return runs

    def _piece(self, wire: Wire, a: Spot, b: Spot) -> Link | None:
        return self.links.get((wire, a, b))

    def _gate(self, wire: Wire, item: Item, *, leaving: bool) -> float:
        """Where a wire that goes back leaves or enters an item, from the item's centre."""
        if item is (wire.tail if leaving else wire.head):
            return 0.0
        level = self.solved[item]
        return (level.exits if leaving else level.entries)[wire.tail] - item.height / 2


def relevant(wires: Iterable[Wire], box: Box | None) -> list[tuple[Wire, Item | None, Item | None]]:
    """The wires that a box has to do with, each with what stands directly in it at both ends."""
    found = []
    for wire in wires:
        a, b = home(wire.tail, box), home(wire.head, box)
        if a is not b or (a is wire.tail and b is wire.head and a is not None):
            found.append((wire, a, b))
    return found
