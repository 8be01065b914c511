"""The nodes of a graph's picture, in clusters as the model's parts lie in each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..scope import Scope
from . import cards
from .facts import full_name, stem
from .flags import Flag
from .folding import Group
from .insides import is_strip, numbers_cell
from .legend import styles
from .places import Places
from .plan import Plan
from .text import attribute_list, html_text, shorten, tooltip_text
from .themes import mix, readable_on


class Nodes:
    """The nodes of a plan: what is said of each, and the lines of DOT in their boxes.

    `attributes` has those of each node; `inside` what lies directly in each scope, under None what
    lies in none; `boxes`, the id of each scope that was boxed.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.styles = styles(plan.theme)
        self.attributes = {group: self.node(group) for group in plan.folding.groups}
        self.inside, self.counts = self._nested()
        self.boxes = {scope: f"c{i}" for i, scope in enumerate(self._scopes())}
        self.titles = {scope: self.title(scope) for scope in self.boxes}

    def _nested(self) -> tuple[dict[Scope | None, list[Group | Scope]], dict[Scope, int]]:
        """What lies directly in each scope, and how many nodes of the graph lie in it."""
        inside: dict[Scope | None, list[Group | Scope]] = {None: []}
        counts: dict[Scope, int] = {}
        for group in self.plan.folding.groups:
            scope: Scope | None = group.within if self.plan.clusters else None
            around = scope
            item: Group | Scope = group
            while scope is not None and scope not in inside:
                inside[scope] = [item]
                item, scope = scope, scope.parent
            inside[scope].append(item)
            while around is not None:
                counts[around] = counts.get(around, 0) + len(group.members)
                around = around.parent
        return inside, counts

    def _scopes(self) -> Iterator[Scope]:
        """The boxed scopes as they are written, those around others first."""
        stack = [iter(self.inside[None])]
        while stack:
            item = next(stack[-1], None)
            if item is None:
                stack.pop()
            elif isinstance(item, Scope):
                yield item
                stack.append(iter(self._items(item)))

    def _items(self, scope: Scope) -> list[Group | Scope]:
        """What lies in a scope, as it is written."""
        plan, items = self.plan, self.inside[scope]
        # Where dot need not avoid crossings it puts the first at the bottom, except in the
        # layer that the inputs feed.
        turned = not plan.placed and plan.crowded and "e" in plan.sides
        turned = turned and (scope in plan.fed or not isinstance(items[0], Group))
        return items[::-1] if turned else items

    def lines(self, places: Places | None = None) -> Iterator[str]:
        """The nodes, those of a scope in its cluster, clusters in each other as in the model."""
        stack = [iter(self.inside[None])]
        while stack:
            depth = len(stack)
            current = next(stack[-1], None)
            if current is None:
                stack.pop()
                if stack:
                    yield "\t" * len(stack) + "}\n"
            elif isinstance(current, Group):
                attributes = self.attributes[current]
                if places is not None:
                    attributes = attributes | places.node(current)
                yield "\t" * depth + current.id + attribute_list(attributes) + "\n"
            else:
                yield from self.cluster(current, depth, places)
                stack.append(iter(self._items(current)))

    def cluster(self, scope: Scope, depth: int, places: Places | None) -> Iterator[str]:
        """The head of a box around what belongs to a scope."""
        theme, own, count = self.plan.theme, self.boxes[scope], self.counts[scope]
        name, what = self.titles[scope]
        label = html_text(name)
        if what:
            label += f'&#160;&#160;<FONT COLOR="{theme.muted}">{html_text(what)}</FONT>'
        attributes = {
            "id": own,
            "class": f"scope {_css_class(scope.kind)}",
            "label": f"<{label}>",
            "tooltip": tooltip_text(f"{full_name(scope)}: {count:,} nodes"),
            "labeljust": "l",
            "labelloc": "t",
            "style": "rounded,filled",
            "fillcolor": mix(theme.background, theme.ink, min(0.025 * depth, 0.1)),
            "color": mix(theme.background, theme.ink, 0.35),
            "penwidth": "1",
            "margin": "12" if self.plan.crowded else "8",
        }
        if places is not None:
            attributes |= places.box(scope)
        indent = "\t" * depth
        yield f"{indent}subgraph cluster_{own[1:]} {{\n"
        yield f"{indent}\tgraph{attribute_list(attributes)}\n"

    def title(self, scope: Scope) -> tuple[str, str]:
        """What a box is called, and what it is: a class, and which call of its module."""
        name, note = scope.name or scope.kind, self.plan.folding.homes.note(scope)
        if note.startswith("×") and scope.kind == "scope":  # step 1, step 2, step 3
            name = stem(name).replace("#", "").strip() or name
        if note.startswith("call"):
            self.plan.seen.add("calls")
        kind = scope.kind if scope.name and scope.kind != "scope" else ""
        return shorten(name, cards.LONGEST), " · ".join(part for part in (kind, note) if part)

    def node(self, group: Group) -> dict[str, str]:
        """What is said of one node, scalar or folded: its text, its kind and its flags."""
        plan = self.plan
        graph, digits, ink = plan.graph, plan.digits, plan.ink
        flags: Sequence[Flag] = ()
        if group.is_folded:
            kind = "folded"
            classes = ["folded"]
            if graph.root in group.members[-1:] and graph.root._prev:
                classes.append("output")
            if group.why.startswith("call"):
                plan.seen.add("calls")
            summary = plan.summary(group)
            classes += summary.flags
            alarming = bool(summary.alarming)
            plan.seen.update(f"{name} alarm" for name in summary.alarming)
        else:
            kind = graph.kind(group.node)
            flags = plan.flags.get(group.node, ())
            classes = [kind, *(flag.name for flag in flags)]
            alarming = any(flag.alarm for flag in flags)
            plan.seen.update(f"{flag.name} alarm" for flag in flags if flag.alarm)
            if kind != "constant" and graph.gradient(group.node) is None:
                classes.append("not-computed")
        plan.seen.update(classes)
        attributes = {"id": group.id, **self.styles[kind]}
        if "output" in classes:
            attributes["fillcolor"] = plan.theme.output
        if group.is_folded and (plan.bare or plan.crowded):
            attributes["margin"] = "0.05,0.05"
        if group in plan.measured and plan.scale is not None:
            fill = plan.scale.colour(plan.measured[group])
            on = readable_on(fill)
            attributes |= {"fillcolor": fill, "fontcolor": on}
            ink = replace(ink, text=on, muted=on)
        elif plan.scale is not None:
            attributes["fillcolor"] = plan.theme.background
        if alarming:
            attributes |= {"color": plan.theme.alarm, "penwidth": "2"}
        if plan.highlight is not None:
            attributes, ink = plan.highlight.node(group, attributes, ink, classes)
        attributes["class"] = " ".join(classes)
        if group.is_folded:
            attributes["label"] = cards.group_card(
                graph,
                group,
                summary,
                digits,
                ink,
                bare=plan.bare,
                content=self.content(group, ink),
            )
            attributes["tooltip"] = cards.group_tooltip(graph, group, summary)
        else:
            attributes["label"] = cards.node_card(
                graph, group.node, flags, digits, ink, written=plan.placed, bare=plan.bare
            )
            attributes["tooltip"] = cards.node_tooltip(graph, group.node, flags)
        return attributes

    def content(self, group: Group, ink: cards.Ink) -> cards.Content | None:
        """What a folded node has inside, as it is written."""
        plan, graph = self.plan, self.plan.graph
        inside = plan.inside(group)
        if inside is None:
            return None
        digits = min(plan.digits, 3 if ink.size >= 10 else 2)
        rows = []
        for quantity in inside.quantities:
            gradients = [graph.gradient(node) for node in quantity.nodes]
            known = ink.gradients and all(gradient is not None for gradient in gradients)
            known = known and any(graph.kind(node) != "constant" for node in quantity.nodes)
            values = [node.data for node in quantity.nodes]
            data = numbers_cell(values, plan.theme, digits, ink.size)
            grad = numbers_cell(gradients, plan.theme, digits, ink.size) if known else ""
            rows.append((quantity.name, data, grad))
            last = quantity is inside.quantities[-1]  # a bare card shows this one alone
            if is_strip(quantity) and (last or not plan.bare):
                plan.seen.add("strip")
        return cards.Content(inside.shape, rows)


def _css_class(name: str) -> str:
    """A name as a class of the SVG: letters, digits and hyphens."""
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in name) or "scope"
