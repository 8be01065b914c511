"""The layout of a graph's picture: sizes from what is written, places as attributes of DOT."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..scope import Scope
from .bundles import Bundle
from .folding import Edge, Group
from .layout import Arrangement, Box, Card, Item, Look, Wire, arrange
from .metrics import text_width
from .plan import Plan
from .sizes import label_size

if TYPE_CHECKING:
    from .edges import Edges
    from .nodes import Nodes

_SLACK = 2.0  # an engine rounds what it measures upwards
_TAB = 4.0  # of a folder
_RIMS = 8.0  # what the second line around an output takes


class Places:
    """Where everything stands; `size` is the width and height in points, without what is below."""

    def __init__(self, plan: Plan, nodes: Nodes, edges: Edges) -> None:
        look = plan.look or Look()
        self.type = plan.font_size
        self.cards: dict[Group, Card] = {}
        self.boxes: dict[Scope, Box] = {}
        self.rims: dict[Group, float] = {}
        for order, group in enumerate(plan.folding.groups):
            self.cards[group] = self._card(group, nodes.attributes[group], order, plan.ink.size)
        for scope in nodes.boxes:  # those around others first
            title = 1.1 * text_width("  ".join(nodes.titles[scope]), self.type) + 12
            self.boxes[scope] = Box(0.0, 0.0, title=title)
        for around, inside in nodes.inside.items():
            for item in inside:
                part = self.cards[item] if isinstance(item, Group) else self.boxes[item]
                if around is not None:
                    self.boxes[around].add(part)
        for box in reversed(self.boxes.values()):
            box.order = min(item.order for item in box.items)
        top = [
            self.cards[item] if isinstance(item, Group) else self.boxes[item]
            for item in nodes.inside[None]
        ]
        self.wires = {edge: self._wire(edge, edges.attributes[edge]) for edge in plan.arrows}
        self.arrangement: Arrangement = arrange(top, list(self.wires.values()), look)

    @property
    def size(self) -> tuple[float, float]:
        return self.arrangement.width, self.arrangement.height

    def _card(self, group: Group, attributes: dict[str, str], order: int, size: int) -> Card:
        width, height = label_size(attributes["label"], size)
        margins = [float(side) for side in attributes.get("margin", "0.07,0.04").split(",")]
        rims = _RIMS if attributes.get("peripheries") == "2" else 0.0
        self.rims[group] = rims
        return Card(
            width + 144 * margins[0] + _SLACK + rims,
            height + 144 * margins[1] + rims + _TAB * (attributes.get("shape") == "folder"),
            order,
        )

    def _wire(self, edge: Edge | Bundle, attributes: dict[str, str]) -> Wire:
        label = None
        if "label" in attributes:
            width, height = label_size(attributes["label"], self.type)
            label = (width + 4, height)
        if isinstance(edge, Bundle):
            return Wire(self._end(edge.tail), self._end(edge.head), label, 4.0)
        inner = edge.tail.node._prev or edge.tail.is_folded
        return Wire(self.cards[edge.tail], self.cards[edge.head], label, 4.0 if inner else 1.0)

    def _end(self, end: Group | Scope) -> Item:
        return self.cards[end] if isinstance(end, Group) else self.boxes[end]

    # As attributes

    def node(self, group: Group) -> dict[str, str]:
        """The place and the size of a node."""
        card, rims = self.cards[group], self.rims[group]
        return {
            "pos": self._at(card.x + card.width / 2, card.y + card.height / 2),
            "width": f"{(card.width - rims) / 72:.4f}",
            "height": f"{(card.height - rims) / 72:.4f}",
        }

    def edge(self, edge: Edge | Bundle) -> dict[str, str]:
        """The curve of an edge, up to its arrowhead, and the place of its label."""
        wire = self.wires[edge]
        *curve, tip = wire.curve
        attributes = {"pos": " ".join([f"e,{self._at(*tip)}", *(self._at(*p) for p in curve)])}
        if wire.place is not None:
            attributes["lp"] = self._at(*wire.place)
        return attributes

    def box(self, scope: Scope) -> dict[str, str]:
        """The corners of a box, and the place of its title."""
        box = self.boxes[scope]
        corners = f"{self._at(box.x, box.y + box.height)},{self._at(box.x + box.width, box.y)}"
        return {"bb": corners, "lp": self._at(box.x + box.title_at + box.title / 2, box.y + 9)}

    def _at(self, x: float, y: float) -> str:
        return f"{x:.1f},{self.arrangement.height - y:.1f}"
