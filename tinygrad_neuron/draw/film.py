"""A backward pass as moments: one layout, and what stands at each node and edge, and when."""

import bisect
import itertools
import math
import re
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property

from ..engine import Value, topological_order
from ..passes import Contribution, contributions, is_constant
from .facts import GraphFacts, name_of
from .fitting import Details, Drawing, fitted
from .folding import Edge, Folding, Group
from .graph import ROOM
from .ladder import MANY, ladder
from .layout import Look
from .metrics import text_width
from .picture import picture_of
from .plan import Plan
from .rendering import Digraph
from .text import html_text, number, shorten, table
from .themes import Theme

MOST = 200  # steps: each is a frame
MOST_NODES = 100_000  # of the graph
REST = 3  # how many steps long the finished picture stays

_NAME = 16  # characters of a name in the line below the picture
_HEAD, _LINE = 10, 9  # points: the two lines below the picture


@dataclass(frozen=True)
class Step:
    """What is shown at once: the contributions up to `last`, and the picture's edge they go along.

    `contribution` is the one that it is, where it is only one.
    """

    last: int
    edge: Edge
    contribution: Contribution | None


@dataclass(frozen=True, eq=False)
class _Shown(GraphFacts):
    """The graph with the gradients of a moment instead of those in `grad`.

    `arrivals` has for each node which contributions arrive there, and the gradient after each;
    `now` how many have been made; past the last one, what nothing reached has 0.
    """

    arrivals: Mapping[Value, tuple[Sequence[int], Sequence[float]]] = field(default_factory=dict)
    now: list[float] = field(default_factory=lambda: [0])

    def gradient(self, node: Value) -> float | None:
        when, sums = self.arrivals.get(node, ((), ()))
        arrived = bisect.bisect_right(when, self.now[0])
        if arrived:
            return sums[arrived - 1]
        return 0.0 if self.now[0] == math.inf else None


class Film:
    """All moments: before the pass, the root's 1, each step, and the finished picture.

    `frames` says how many; `highlighted` has for each the ids (`n12`, `e12-0`) that it is about.
    """

    def __init__(self, root: Value, theme: Theme, rankdir: str, digits: int) -> None:
        """Run the pass, lay the graph out with the widest text that each card will have."""
        self.theme, self.digits = theme, digits
        order = topological_order(root)
        if len(order) > MOST_NODES:
            raise ValueError(
                f"animate: the graph has {len(order):,} nodes; at most {MOST_NODES:,} can be "
                "followed. Animate a part of it, or draw it standing still: "
                "draw_dot(root, edges='contribution')"
            )
        self.contributions = list(contributions(order))
        arrivals: dict[Value, tuple[list[int], list[float]]] = {}
        if not is_constant(root):
            arrivals[root] = ([0], [1.0])
        for i, one in enumerate(self.contributions, 1):
            when, sums = arrivals.setdefault(one.operand, ([], []))
            when.append(i)
            sums.append(one.after)
        self.graph = _Shown(root, order, True, arrivals)
        self.widest = self._longest_texts()
        self.told: Mapping[Value, str] = self.widest
        self.graph.now[0] = math.inf  # past every contribution
        drawn = fitted(
            ladder(self.graph, None, None, MANY),
            lambda folding, details, look: self._plan(folding, details, look, rankdir),
            lambda plan: _two_lines("x", "x", 1.0, theme),  # there is room for the longest
            "contribution",
            (rankdir,),
            ROOM,
        )
        self.drawn = drawn
        self.times: dict[Group, list[int]] = {}  # of what arrives in a folded node
        self.looks: dict[tuple[Group, int, bool], dict[str, str]] = {}
        self.steps = self._steps(drawn.plan)
        if len(self.steps) > MOST:
            raise ValueError(
                f"animate: a backward pass from this node has {len(self.steps):,} steps; at most "
                f"{MOST} can be followed. Animate one neuron of it, or draw it standing still: "
                "draw_dot(root, edges='contribution')"
            )
        self.frames = len(self.steps) + 3
        self.highlighted: list[set[str]] = [set() for _ in range(self.frames)]
        self.highlighted[1].add(drawn.plan.folding.of[root].id)
        for moment, step in enumerate(self.steps, 2):
            self.highlighted[moment] = {step.edge.tail.id, step.edge.id}

    def _plan(self, folding: Folding, details: Details, look: Look, rankdir: str) -> Plan:
        plan = Plan(
            self.graph,
            folding,
            self.theme,
            digits=self.digits,
            rankdir=rankdir,
            edges=details.edges,
            look=look,
            bundles=False,
        )
        plan.ink = replace(plan.ink, told=self._told)
        folding.summaries.clear()  # those of another moment
        return plan

    def _steps(self, plan: Plan) -> list[Step]:
        """One for each contribution; in a folded picture, one for each of its edges."""
        edges = {member: edge for edge in plan.folding.edges for member in edge.members}
        last: dict[Edge, int] = {}
        for i, one in enumerate(self.contributions, 1):
            edge = edges.get((one.node, one.place))
            if edge is not None:  # else it stays within a folded node
                last[edge] = i
        found = []
        for edge, i in sorted(last.items(), key=lambda pair: pair[1]):
            single = not edge.tail.is_folded and not edge.head.is_folded
            found.append(Step(i, edge, self.contributions[i - 1] if single else None))
        return found

    def _longest_texts(self) -> dict[Value, str]:
        """For each node the widest text that ever stands for its gradient."""
        texts: dict[Value, list[str]] = {node: ["not yet"] for node in self.graph.order}
        for one in self.contributions:
            texts[one.operand] += [_sum(one, self.digits), number(one.after, self.digits)]
        return {
            node: html_text(max(found, key=lambda text: text_width(text, 10, bold=True)))
            for node, found in texts.items()
        }

    def _told(self, node: Value) -> str | None:
        return self.told.get(node)

    # The picture of one moment

    def picture(self, moment: int) -> Digraph:
        """The graph at a moment; every node stands where it stands at all others."""
        theme, drawn = self.theme, self.drawn
        step = self.steps[moment - 2] if 2 <= moment < self.frames - 1 else None
        last = moment == self.frames - 1
        done = step.last if step is not None else math.inf if last else moment - 1
        self.graph.now[0] = done
        self.told = {}
        if step is not None and step.contribution is not None:
            text = html_text(_sum(step.contribution, self.digits))
            self.told = {step.edge.tail.node: f'<FONT COLOR="{theme.accent}"><B>{text}</B></FONT>'}
        elif moment == 1:
            self.told = {self.graph.root: f'<FONT COLOR="{theme.accent}"><B>1</B></FONT>'}
        lit = {"color": theme.accent, "penwidth": "2.5"}
        nodes, edges = copy(drawn.nodes), copy(drawn.edges)
        nodes.attributes = {}
        for group in drawn.plan.folding.groups:
            # Of the layout's size, whatever stands in it now.
            look = self._look(group) | {"fixedsize": "true"}
            nodes.attributes[group] = look | (lit if group.id in self.highlighted[moment] else {})
        edges.attributes = {}
        ready = {one.edge: i for i, one in enumerate(self.steps, 2)}
        for edge, attributes in drawn.edges.attributes.items():
            if isinstance(edge, Edge) and not (edge.tail.is_folded or edge.head.is_folded):
                attributes = edges.edge(edge)
                if "label" in attributes:
                    attributes["label"] = self._at_edge(ready.get(edge), moment)
            edges.attributes[edge] = attributes | (
                lit if edge.id in self.highlighted[moment] else {}
            )
        below = self._caption(moment)
        return picture_of(Drawing(drawn.plan, nodes, edges, drawn.places, below), "svg")

    def _look(self, group: Group) -> dict[str, str]:
        """What is said of a node now; of a folded one, found once for as long as it stays so."""
        nodes, plan, now = self.drawn.nodes, self.drawn.plan, self.graph.now[0]
        if not group.is_folded:
            return nodes.node(group)
        if group not in self.times:
            arrivals = (self.graph.arrivals.get(node, ((), ()))[0] for node in group.members)
            self.times[group] = sorted(itertools.chain.from_iterable(arrivals))
        key = group, bisect.bisect_right(self.times[group], now), now == math.inf
        if key not in self.looks:
            plan.folding.summaries.pop(group, None)  # that of another moment
            self.looks[key] = nodes.node(group)
        return self.looks[key]

    def _at_edge(self, ready: int | None, moment: int) -> str:
        """What stands at an edge: the local derivative, from its step on the contribution."""
        if ready is None:
            return ""
        step = self.steps[ready - 2].contribution
        assert step is not None  # an edge with a label is a single one
        if moment < ready:
            return f"× {number(step.local, self.digits)}"
        colour = self.theme.accent if moment == ready else self.theme.muted
        return f'<<FONT COLOR="{colour}">{html_text(_product(step, self.digits))}</FONT>>'

    def _caption(self, moment: int) -> str:
        """Two lines below the picture that say a moment in words, in a room for the longest."""
        width = max(
            max(text_width(head, _HEAD, bold=True), text_width(line, _LINE))
            for head, line in self.captions
        )
        return _two_lines(*self.captions[moment], width, self.theme)

    @cached_property
    def captions(self) -> list[tuple[str, str]]:
        """For each moment a heading and a line that say it in words."""
        root, count = _name(name_of(self.graph.root)), len(self.steps)
        told = [
            ("before the backward pass", "no gradient is computed yet"),
            ("start", f"the gradient of {root} is 1, its derivative for itself"),
        ]
        for i, step in enumerate(self.steps, 1):
            start, end = (_name(_called(group)) for group in (step.edge.head, step.edge.tail))
            line = f"{step.edge.count:,} contribution{'s' * (step.edge.count > 1)} along this line"
            if step.contribution is not None:
                line = (
                    f"incoming × local = {_product(step.contribution, self.digits)};   "
                    f"gradient of {end}: {_addition(step.contribution, self.digits)}"
                )
            told.append((f"step {i} of {count}: from {start} to {end}", line))
        steps = f"{count} step{'s' * (count != 1)}"
        told.append(("finished", f"every gradient is the sum of its contributions ({steps})"))
        return told


def _two_lines(head: str, line: str, width: float, theme: Theme) -> str:
    cells = "".join(
        f'<TR><TD FIXEDSIZE="TRUE" ALIGN="LEFT" WIDTH="{math.ceil(1.06 * width) + 8}" '
        f'HEIGHT="{round(1.6 * size)}"><FONT COLOR="{colour}" POINT-SIZE="{size}">{text}</FONT>'
        "</TD></TR>"
        for text, size, colour in (
            (f"<B>{html_text(head)}</B>", _HEAD, theme.ink),
            (html_text(line), _LINE, theme.muted),
        )
    )
    return f"<{table(cells)}>"


def _called(group: Group) -> str:
    if group.scope is not None:
        return str(group.scope)
    return name_of(group.node)


def _name(name: str) -> str:
    return re.sub(r"\s+", " ", shorten(name, _NAME))


def _product(step: Contribution, digits: int) -> str:
    parts = (step.incoming, step.local, step.amount)
    incoming, local, amount = (number(part, digits) for part in parts)
    return f"{incoming} × {local} = {amount}"


def _addition(step: Contribution, digits: int) -> str:
    """`6 + 2 = 8`; the first contribution is added to 0."""
    amount = number(step.amount, digits)
    added = f"({amount})" if amount.startswith("-") else amount
    return f"{number(step.before or 0.0, digits)} + {added} = {number(step.after, digits)}"


def _sum(step: Contribution, digits: int) -> str:
    """What stands in the card: the first to arrive by itself, every other one added to it."""
    return number(step.after, digits) if step.before is None else _addition(step, digits)
