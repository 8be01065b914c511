"""A backward pass as moments: what stands at each node and each edge of the picture, and when."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..engine import Value, topological_order
from ..passes import Contribution, contributions, is_constant, slopes
from . import cards
from . import legend as legends
from .facts import GraphFacts, name_of
from .metrics import text_width
from .rendering import Digraph
from .text import html_text, number, shorten, tooltip_text
from .themes import FONT, Theme, readable_on

MOST = 200  # contributions: each is a frame
REST = 3  # how many steps long the finished picture stays

_NAME = 16  # characters of a name in the line below the picture
_SIZE, _SMALL = 10, 9  # points: the text in nodes, and all other text


@dataclass(frozen=True)
class Moment:
    """A text at one moment."""

    text: str
    colour: str
    bold: bool = False
    italic: bool = False


@dataclass(eq=False)
class Slot:
    """A place for a text that changes: as wide as the widest, so that nothing around it moves."""

    size: int
    moments: list[Moment]
    colour: str  # stands for the slot in the engine's SVG, where it is looked for

    def html(self, moment: int | None) -> str:
        """The slot as a table of fixed size, with the text of a moment or, for None, marked."""
        text = self.moments[-1 if moment is None else moment]
        shown = html_text(text.text)
        if text.bold:
            shown = f"<B>{shown}</B>"
        if text.italic:
            shown = f"<I>{shown}</I>"
        colour = self.colour if moment is None else text.colour
        width = max(text_width(one.text, self.size) * (1.1 if one.bold else 1.0)
                    for one in self.moments)  # fmt: skip
        return (
            '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"><TR>'
            f'<TD FIXEDSIZE="TRUE" ALIGN="LEFT" WIDTH="{math.ceil(1.15 * width) + 4}" '
            f'HEIGHT="{math.ceil(1.6 * self.size)}">'
            f'<FONT COLOR="{colour}" POINT-SIZE="{self.size}">{shown}</FONT></TD></TR></TABLE>'
        )


@dataclass(frozen=True, eq=False)
class _Finished(GraphFacts):
    """The graph with the gradients of the film's end instead of those in `grad`."""

    sums: Mapping[Value, float] = field(default_factory=dict)

    def gradient(self, node: Value) -> float | None:
        return self.sums.get(node, 0.0)


class Film:
    """All moments: before the pass, the root's 1, each contribution, and the finished picture."""

    def __init__(self, root: Value, theme: Theme, rankdir: str, digits: int) -> None:
        """Run the pass, and say for each text of the picture what it is at each moment."""
        self.theme, self.rankdir, self.digits = theme, rankdir, digits
        order = topological_order(root)
        self.steps = list(contributions(order))
        count = len(self.steps)
        if count > MOST:
            raise ValueError(
                f"animate: a backward pass from this node has {count:,} contributions, each of "
                f"them a step; at most {MOST} can be followed. Animate one neuron of it, or draw "
                "it standing still: draw_dot(root, edges='contribution')"
            )
        sums = {} if is_constant(root) else {root: 1.0}
        sums |= {step.operand: step.after for step in self.steps}
        self.graph = _Finished(root, order, True, sums)
        self.frames = len(self.steps) + 3
        self.slots: dict[Any, Slot] = {}
        self.add_gradients()
        self.add_edges()
        self.add_captions()
        # The ids (`n12`, `e12-0`) of what is highlighted at each moment.
        self.highlighted: list[set[str]] = [set() for _ in range(self.frames)]
        self.highlighted[1].add(self.id(root))
        for moment, step in enumerate(self.steps, 2):
            self.highlighted[moment] = {self.id(step.operand), self.edge_id(step)}

    def id(self, node: Value) -> str:
        return f"n{self.graph.position[node]}"

    def edge_id(self, step: Contribution) -> str:
        return f"e{self.graph.position[step.node]}-{step.place}"

    def add(self, key: Any, size: int, moments: list[Moment]) -> None:
        mark = f"#f{len(self.slots):05x}"
        while mark in vars(self.theme).values():
            mark = f"#e{mark[2:]}"
        self.slots[key] = Slot(size, moments, mark)

    def add_gradients(self) -> None:
        theme, digits = self.theme, self.digits
        nodes = [node for node in self.graph.order if not is_constant(node)]
        for node in nodes:
            moments = [Moment("not yet", theme.muted, italic=True)] * (self.frames - 1)
            if node is self.graph.root:
                first = Moment("1", theme.accent, bold=True)
                moments[1:] = [first] + [Moment("1", theme.ink)] * (self.frames - 3)
            for moment, step in enumerate(self.steps, 2):
                if step.operand is node:
                    added = Moment(_addition(step, digits), theme.accent, bold=True)
                    after = Moment(number(step.after, digits), theme.ink)
                    moments[moment:] = [added] + [after] * (self.frames - 2 - moment)
            last = number(self.graph.gradient(node) or 0.0, digits)
            self.add(node, _SIZE, [*moments, Moment(last, theme.ink)])

    def add_edges(self) -> None:
        theme, digits = self.theme, self.digits
        for moment, step in enumerate(self.steps, 2):
            local = Moment(f"× {number(step.local, digits)}", theme.muted)
            product = _product(step, digits)
            moments = [local] * moment
            moments.append(Moment(product, theme.accent))
            moments += [Moment(product, theme.muted)] * (self.frames - len(moments))
            self.add((step.node, step.place), _SMALL, moments)

    def add_captions(self) -> None:
        """Two lines below the picture that say each step in words."""
        theme, digits, count = self.theme, self.digits, len(self.steps)
        root = _name(self.graph.root)
        told = [
            ("before the backward pass", "no gradient is computed yet"),
            ("start", f"the gradient of {root} is 1, its derivative for itself"),
        ]
        for i, step in enumerate(self.steps, 1):
            operand = _name(step.operand)
            told.append((
                f"step {i} of {count}: from {_name(step.node)} to {operand}",
                f"incoming × local = {_product(step, digits)};   "
                f"gradient of {operand}: {_addition(step, digits)}",
            ))  # fmt: skip
        steps = f"{count} step{'s' * (count != 1)}"
        told.append(("finished", f"every gradient is the sum of its contributions ({steps})"))
        self.add("head", _SIZE, [Moment(head, theme.ink, bold=True) for head, _ in told])
        self.add("line", _SMALL, [Moment(line, theme.muted) for _, line in told])

    # The picture of one moment

    def picture(self, moment: int | None) -> Digraph:
        """The graph at a moment; for None at the end, with the slots marked."""
        theme = self.theme
        highlighted: set[str] = set() if moment is None else self.highlighted[moment]
        lines = "".join(
            f'<TR><TD ALIGN="LEFT">{self.slots[key].html(moment)}</TD></TR>'
            for key in ("head", "line")
        )
        table = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">'
        graph = Digraph("backward")
        graph.attr(
            rankdir=self.rankdir,
            ranksep="0.35",
            nodesep="0.2",
            bgcolor=theme.background,
            pad="0.15",
            fontname=FONT,
            tooltip=tooltip_text(f"the backward pass from {name_of(self.graph.root)}"),
            label=f"<{table}{lines}</TABLE>>",
            labelloc="b",
            labeljust="l",
        )
        graph.attr(
            "node",
            fontname=FONT,
            fontsize=str(_SIZE),
            fontcolor=theme.ink,
            color=theme.rim,
            margin="0.07,0.04",
            height="0.2",
            width="0.3",
        )
        graph.attr("edge", fontname=FONT, fontsize=str(_SMALL), color=theme.line, arrowsize="0.6")
        styles = legends.styles(theme)
        ink = cards.Ink(theme.ink, theme.muted, theme.alarm, readable_on(theme.alarm))
        for node in self.graph.order:
            self.add_node(graph, node, styles, ink, moment, highlighted)
            for position in range(len(node._prev)):
                self.add_edge(graph, node, position, moment, highlighted)
        return graph

    def add_node(
        self,
        graph: Digraph,
        node: Value,
        styles: Mapping[str, Mapping[str, str]],
        ink: cards.Ink,
        moment: int | None,
        highlighted: set[str],
    ) -> None:
        """A node with its data and the slot of its gradient; wide-rimmed where it is its turn."""
        kind, own = self.graph.kind(node), self.id(node)
        attributes = dict(styles[kind])
        if own in highlighted:
            attributes |= {"color": self.theme.accent, "penwidth": "2.5"}
        if kind == "constant":
            label = cards.node_card(self.graph, node, (), self.digits, ink)
        else:
            title = [(node._op, True), (shorten(node.label, cards.LONGEST), not node._op)]
            data = cards.shown(node.data, self.digits)
            # As the gradient's slot: a table, so that both numbers start at the same place.
            data = (
                '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"><TR>'
                f'<TD ALIGN="LEFT">{data}</TD></TR></TABLE>'
            )
            rows = [("data", data), ("grad", self.slots[node].html(moment))]
            label = cards.card(title, rows, (), ink).replace(
                '<TD ALIGN="RIGHT">', '<TD ALIGN="LEFT">'
            )
        tip = cards.node_tooltip(self.graph, node, ())
        attributes |= {"id": own, "class": kind, "tooltip": tip}
        graph.node(own, label, _attributes=attributes)

    def add_edge(
        self, graph: Digraph, node: Value, position: int, moment: int | None, lit: set[str]
    ) -> None:
        """An edge to an operand, with the slot of its contribution if it has one."""
        operand = node._prev[position]
        own = f"e{self.graph.position[node]}-{position}"
        attributes = {"id": own, "tooltip": tooltip_text(f"{name_of(operand)} → {name_of(node)}")}
        slot = self.slots.get((node, position))
        if slot is not None:
            attributes["label"] = f"<{slot.html(moment)}>"
        elif is_constant(operand):
            attributes |= {"style": "dashed", "arrowhead": "empty"}
        elif slopes(node)[position] == 0.0:  # what `select` does not choose
            attributes["style"] = "dotted"
        if own in lit:
            attributes |= {"color": self.theme.accent, "penwidth": "2.5"}
        if operand._prev:
            attributes["weight"] = "4"  # the main line straight, leaves beside it
        graph.edge(self.id(operand), self.id(node), _attributes=attributes)


def _name(node: Value) -> str:
    return re.sub(r"\s+", " ", shorten(name_of(node), _NAME))


def _product(step: Contribution, digits: int) -> str:
    parts = (step.incoming, step.local, step.amount)
    incoming, local, amount = (number(part, digits) for part in parts)
    return f"{incoming} × {local} = {amount}"


def _addition(step: Contribution, digits: int) -> str:
    """`6 + 2 = 8`; the first contribution is added to 0."""
    amount = number(step.amount, digits)
    added = f"({amount})" if amount.startswith("-") else amount
    return f"{number(step.before or 0.0, digits)} + {added} = {number(step.after, digits)}"
