"""The pictures of a page: one for each way of folding that it can show, drawn once by Graphviz.

What is folded is a set of scopes, none inside another; `{}` is every number, `{the network}` a
single card. There is a picture for each level (numbers, neurons, layers, network), and for each
scope one with that scope open and all others folded as far as they can be; a small model has one
for every choice. In the browser a click looks for the set it asks for.
"""

import itertools
import math
import re
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ...draw import cards
from ...draw.facts import GraphFacts
from ...draw.folding import LEVELS, READABLE_NODES, Folding, Group, fold, fold_scopes, level_of
from ...draw.graph import plain_picture
from ...draw.homes import by_place
from ...draw.metrics import text_width
from ...draw.picture import GraphPicture
from ...draw.rendering import RenderingTimeoutError
from ...draw.running import at_once
from ...draw.text import shorten
from ...draw.themes import FONT, THEMES
from ...engine import Value
from ...scope import Scope

BUDGET = 1000  # nodes of a picture at most
PATIENCE = 20.0  # seconds for one layout, and for all that show one scope open
FEW = 60  # what takes longer is drawn folded to so many nodes
EVERY_CHOICE = 24  # up to so many ways of folding a model each has its picture
OPENED = 50  # of a larger one, so many scopes can be opened
MOST_OPEN = 200  # nodes in a picture with one scope open
LABELLED = 20  # up to so many cards every edge has room for its label, else the current one alone
LARGE = 20_000  # in a graph of more nodes no single scope is opened
_SVG = "http://www.w3.org/2000/svg"
_EDGE_ROOM = r"-0.000\n× -0.000\n= -0.0000"  # a multiplication as one writes it on paper
_SUM_ROOM = "Σ -0.000"  # of an edge that stands for several
_SIZE = re.compile(r'viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"')
_RANGE = "-0.0000 … -0.0000"
_LOOKS = ("ink", "muted", "line", "leaf", "parameter", "operation", "output", "rim", "background")


@dataclass(frozen=True)
class View:
    """A picture of the page: its SVG, which scopes are folded in it, and what stands where.

    `level` is the level's name, or empty; `groups` says what the folded cards hold, `boxes` which
    scope each box is (scopes by their place in `Scopes.all`, nodes by that in the order); a number
    in a card has `room` for so many characters.
    """

    level: str
    folded: list[int]
    text: str
    groups: dict[str, dict[str, Any]]
    boxes: dict[str, int]
    svg: str
    room: int

    @property
    def size(self) -> list[float]:
        """Width and height, in the picture's own units: its letters have ten."""
        return [float(number) for number in _SIZE.findall(self.svg)[0]]


class Scopes:
    """The scopes of a graph, those around others first."""

    def __init__(self, graph: GraphFacts) -> None:
        self.all = by_place(graph).scopes
        self.position = {scope: i for i, scope in enumerate(self.all)}
        self.inside: dict[Scope | None, list[Scope]] = {scope: [] for scope in (None, *self.all)}
        for scope in self.all:
            self.inside[scope.parent].append(scope)

    def at(self, level: str) -> frozenset[Scope]:
        """The outermost scopes that are folded at a level."""
        allowed = LEVELS[1 : LEVELS.index(level) + 1]
        outermost = (
            next((s for s in scope.path if level_of(s) in allowed), None) for scope in self.all
        )
        return frozenset(scope for scope in outermost if scope is not None)

    def open(self, scope: Scope) -> frozenset[Scope]:
        """What is folded where a scope is open, with those around it, and nothing else is."""
        path = scope.path
        beside = itertools.chain.from_iterable(self.inside[around] for around in (None, *path))
        return frozenset(beside) - set(path)

    def choices(self) -> Iterator[frozenset[Scope]]:
        """Every way of folding."""
        yield from self._choices(None)

    def _choices(self, around: Scope | None) -> Iterator[frozenset[Scope]]:
        each = [[frozenset([s]), *self._choices(s)] for s in self.inside[around]]
        for chosen in itertools.product(*each):
            yield frozenset().union(*chosen)

    def count(self, around: Scope | None = None) -> int:
        """How many ways of folding there are."""
        return math.prod(1 + self.count(scope) for scope in self.inside[around])


def views(graph: GraphFacts, scopes: Scopes, names: Sequence[str], digits: int) -> list[View]:
    """All pictures of a page; the first is the one that it opens with.

    That is the finest level of at most `READABLE_NODES` nodes, so that a large network is folded
    to begin with.
    """
    levels = _levels(graph, bool(scopes.all))
    first = next((name for name, f in levels.items() if f.drawn <= READABLE_NODES), None)
    first = first or list(levels)[-1]
    opening = levels[first]
    if first != "scalar":
        opening.automatic, opening.budget = True, opening.budget or READABLE_NODES
    drawn = {}
    for name in [first, *(name for name in levels if name != first)]:
        folded = scopes.at(name) if name != "scalar" or not levels[name].automatic else frozenset()
        drawn[folded] = _view(graph, scopes, levels[name], name, folded, names, digits)
    started = time.monotonic()

    def opened(folded: frozenset[Scope]) -> View | None:
        if time.monotonic() > started + PATIENCE:
            return None
        folding = fold_scopes(graph, folded, MOST_OPEN)
        if folding.drawn > BUDGET:
            return None
        try:
            return _view(graph, scopes, folding, "", folded, names, digits)
        except RenderingTimeoutError:
            return None

    rest = [folded for folded in _others(graph, scopes) if folded not in drawn]
    more = at_once(opened, rest, threads=2)  # it is `dot` that computes
    return [*drawn.values(), *(view for view in more if view is not None)]


def _levels(graph: GraphFacts, scoped: bool) -> dict[str, Folding]:
    """The levels that differ, none that had to fold further than it says if there is another."""
    found: dict[str, Folding] = {}
    for level in LEVELS if scoped else LEVELS[:1]:
        folding = fold(graph, level, budget=BUDGET)
        if all(folding.drawn != other.drawn for other in found.values()):
            found[level] = folding
    exact = {level: folding for level, folding in found.items() if not folding.automatic}
    return exact or dict([list(found.items())[-1]])


def _others(graph: GraphFacts, scopes: Scopes) -> Iterable[frozenset[Scope]]:
    """What else can be folded: every choice of a small model, else one scope open at a time."""
    if len(graph.order) > LARGE:
        return ()
    if len(scopes.all) < EVERY_CHOICE and scopes.count() <= EVERY_CHOICE:
        return scopes.choices()
    outermost_first = sorted(scopes.all, key=lambda scope: len(scope.path))
    return dict.fromkeys(scopes.open(scope) for scope in outermost_first[:OPENED])


def _view(
    graph: GraphFacts,
    scopes: Scopes,
    folding: Folding,
    level: str,
    folded: frozenset[Scope],
    names: Sequence[str],
    digits: int,
) -> View:
    """A way of folding drawn; a level that takes too long is folded further."""
    picture = plain_picture(graph, folding)
    picture.timeout = PATIENCE
    try:
        svg = _svg(graph, picture, names, digits)
    except RenderingTimeoutError:  # long chains with one leaf that all of it uses
        if not level:
            raise
        folding = fold(graph, level, budget=FEW)
        picture = plain_picture(graph, folding)
        svg = _svg(graph, picture, names, digits)
    exits = _exits(graph, folding)
    position = graph.position
    groups = {
        group.id: {
            "members": [position[node] for node in group.members],
            "exits": [position[node] for node in exits[group]],
            "scope": -1 if group.scope is None else scopes.position[group.scope],
        }
        for group in folding.groups
        if group.is_folded
    }
    return View(
        level,
        sorted(scopes.position[scope] for scope in folded),
        folding.text,
        groups,
        {box: scopes.position[scope] for scope, box in picture.boxes.items()},
        svg,
        len(_room(digits)) + 1,  # a sign and a point are narrow
    )


def _exits(graph: GraphFacts, folding: Folding) -> dict[Group, list[Value]]:
    """For each drawn node, those of its members whose numbers are used outside it."""
    of = folding.of
    exits: dict[Group, dict[Value, None]] = {group: {} for group in folding.groups}
    for node in graph.order:
        for operand in node._prev:
            if of[operand] is not of[node]:
                exits[of[operand]][operand] = None
    exits[of[graph.root]][graph.root] = None
    return {group: list(found) for group, found in exits.items()}


# The SVG

_TABLE_LABEL = re.compile(r"label=<<TABLE.*?</TABLE>>", re.DOTALL)
_TOOLTIP = re.compile(r'\s(?:label|edge)?tooltip="[^"]*"')
_FINER = re.compile(r"(?<=\.\d)\d+")  # digits of a coordinate that nobody sees
_ID = re.compile(r'\bid="([^"]*)"')
_STYLED = re.compile(r'\sstyle="dotted"')
_SPACING = (
    ('fontsize="8"', 'fontsize="10"'),
    ('fontsize="9"', 'fontsize="10"'),
    ('ranksep="0.1"', 'ranksep="0.9"'),
    ('ranksep="0.35"', 'ranksep="0.1"'),
)
_INK = cards.Ink(THEMES["light"].ink, THEMES["light"].muted, "#000000", "#ffffff")


def _svg(graph: GraphFacts, picture: GraphPicture, names: Sequence[str], digits: int) -> str:
    """The picture drawn with room for numbers, colours left to the page's style."""
    room = _room(digits)
    exits = _exits(graph, picture.folding)
    groups = {group.id: group for group in picture.folding.groups}
    labelled = picture.folding.drawn <= LABELLED
    counts = {edge.id: edge.count for edge in picture.folding.edges}
    body = []
    for line in picture.body:
        line = _TOOLTIP.sub("", line)
        words = line.split(None, 2)
        if words and words[0] in ("graph", "node", "edge"):
            line = _TABLE_LABEL.sub(
                'label=""', _roomy(line, labelled)
            )  # the page itself says what is folded
        group = groups.get(words[0]) if words else None
        if group is not None and words[1] == "->":
            if labelled and 'class="constant"' not in line:
                several = counts.get(_ID.findall(line)[0], 1) > 1
                line = line.replace(" [", f' [label="{_SUM_ROOM if several else _EDGE_ROOM}" ', 1)
            line = _STYLED.sub("", line)
        elif group is not None:
            title, rows = _content(graph, group, exits[group], names, room)
            new = "label=" + cards.card(title, rows, (), _INK)
            line = _TABLE_LABEL.sub(lambda _, new=new: new, line, count=1)  # type: ignore[misc]
        body.append(line)
    picture.body[:] = body
    return _compact(ET.fromstring(picture.pipe(format="svg")), room)


def _room(digits: int) -> str:
    """What a number in a card has room for; of a longer one there are fewer digits."""
    return "-0." + "0" * (digits + 1)


def _roomy(line: str, labelled: bool) -> str:
    """Larger letters and longer edges in a crowded picture, since the page scrolls; shorter edges
    where there are labels."""
    for small, usual in _SPACING if labelled else _SPACING[:-1]:
        line = line.replace(small, usual)
    return line


def _content(
    graph: GraphFacts, group: Group, exits: Sequence[Value], names: Sequence[str], room: str
) -> tuple[list[tuple[str, bool]], list[tuple[str, str]]]:
    """The title and the rows of a card, as `cards.card` takes them."""
    if group.is_folded:
        name, what = cards.group_title(graph, group, cards.summarise(graph, group.members, {}))
        title = [(shorten(name, cards.LONGEST), True)]
        if group.scope is None:
            title.append((shorten(what, cards.LONGEST), False))
        wide = room if len(exits) == 1 else _RANGE
        rows = [("", f"{len(group.members):,} nodes"), ("data", wide)]
        if any(graph.kind(node) != "constant" for node in exits):
            rows.append(("grad", wide))
        return title, rows
    node = group.node
    name = names[graph.position[node]]
    if graph.kind(node) == "constant" and not node.label:
        name = ""  # its number is its name
    elif node.scope is not None:
        name = name.removeprefix(f"{node.scope}.")  # the box has it
    label = shorten(name, cards.LONGEST)
    rows = [("", room[:-2])] if graph.kind(node) == "constant" else [("data", room), ("grad", room)]
    return [(node._op, True), (label, not node._op)], rows


def _compact(tree: ET.Element, room: str) -> str:
    """The SVG with roles in the place of colours, and marked where numbers stand."""
    looks = {getattr(THEMES["light"], look): look for look in reversed(_LOOKS)}
    box = tree.get("viewBox", "")
    rooms = {room, room[:-2], _RANGE}
    for parent in tree.iter():
        for child in list(parent):
            if child.tag == f"{{{_SVG}}}title":
                parent.remove(child)
    for element in tree.iter():
        classes = element.get("class", "").split()
        if "node" in classes:
            all_ = list(element.iter(f"{{{_SVG}}}text"))
            texts = [text for text in all_ if text.text in rooms]
            for text, mark in zip(texts, ("data", "grad"), strict=False):  # constants have no grad
                text.set("data-shows", mark)
                text.text = ""
            _close_up(all_)
            if "constant" in classes and texts:
                _centre(element, texts[-1])
        elif "edge" in classes:
            texts = list(element.iter(f"{{{_SVG}}}text"))
            marks = ("incoming", "local", "result") if len(texts) > 1 else ("sum",)
            for text, mark in zip(texts, marks, strict=False):
                text.set("data-shows", mark)
                text.text = ""
        for attribute in ("fill", "stroke"):
            colour = element.attrib.pop(attribute, None)
            if colour is None:
                continue
            if colour in ("none", "transparent"):
                element.set(attribute, "none")
            else:
                element.set(attribute, f"var(--{looks.get(colour, 'faint')})")
        for attribute in ("d", "points"):
            if attribute in element.attrib:
                element.set(attribute, _FINER.sub("", element.attrib[attribute]))
        for attribute in ("font-family", "font-size"):
            if element.get(attribute) in (FONT, "10.00"):
                del element.attrib[attribute]
        element.tail = None
    background = tree[0].find(f"{{{_SVG}}}polygon")
    if background is not None:
        tree[0].remove(background)
    tree.attrib.clear()
    tree.attrib |= {"viewBox": box, "class": "graph"}
    tree[0].attrib.pop("id", None)
    ET.register_namespace("", _SVG)
    return ET.tostring(tree, encoding="unicode")


def _close_up(texts: Sequence[ET.Element]) -> None:
    """A title's second piece next to its first: the wide rows below have pulled them apart."""
    if len(texts) > 1 and abs(_coordinate(texts[0], "y") - _coordinate(texts[1], "y")) < 3:
        end = _coordinate(texts[0], "x") + text_width(texts[0].text or "", 10, bold=True)
        texts[1].set("x", f"{end + 6:.1f}")
        texts[1].set("y", texts[0].get("y", ""))


def _centre(card: ET.Element, text: ET.Element) -> None:
    """A text in the middle of its card."""
    points = card.findall(f"{{{_SVG}}}polygon")[0].get("points", "").split()
    across = [float(point.split(",")[0]) for point in points]
    text.set("x", f"{(min(across) + max(across)) / 2:.1f}")
    text.set("text-anchor", "middle")


def _coordinate(element: ET.Element, axis: str) -> float:
    return float(element.get(axis, "nan"))
