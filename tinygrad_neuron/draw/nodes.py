"""The nodes of a graph's picture, in clusters as the model's parts lie in each other."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..scope import Scope
from . import cards
from .facts import full_name
from .flags import Flag
from .folding import Group
from .insides import Insides, is_strip, numbers_cell
from .legend import styles
from .plan import Plan
from .text import attribute_list, html_text, tooltip_text
from .themes import mix, readable_on


class Nodes:
    """The lines of DOT for the nodes of a plan; `boxes`, the id of each scope that was boxed."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.styles = styles(plan.theme)
        self.boxes: dict[Scope, str] = {}
        self.insides = Insides(plan.graph, plan.arrows)

    def lines(self) -> Iterator[str]:
        """The nodes, those of a scope in its cluster, clusters in each other as in the model."""
        plan = self.plan
        if not plan.clusters:
            for group in plan.folding.groups:
                yield self.node(group, 1)
            return
        inside: dict[Scope | None, list[Group | Scope]] = {None: []}
        counts: dict[Scope, int] = {}
        for group in plan.folding.groups:
            scope: Scope | None = group.within
            item: Group | Scope = group
            while scope is not None and scope not in inside:
                inside[scope] = [item]
                item, scope = scope, scope.parent
            inside[scope].append(item)
            around = group.within
            while around is not None:
                counts[around] = counts.get(around, 0) + len(group.members)
                around = around.parent
        boxes = self.boxes
        stack = [iter(inside[None])]
        while stack:
            depth = len(stack)
            current = next(stack[-1], None)
            if current is None:
                stack.pop()
                if stack:
                    yield "\t" * len(stack) + "}\n"
            elif isinstance(current, Group):
                yield self.node(current, depth)
            else:
                boxes[current] = f"c{len(boxes)}"
                yield from self.cluster(current, len(boxes) - 1, depth, counts[current])
                items = inside[current]
                # Where dot need not avoid crossings it puts the first at the bottom, except in the
                # layer that the inputs feed.
                turned = plan.crowded and "e" in plan.sides
                turned = turned and (current in plan.fed or not isinstance(items[0], Group))
                stack.append(iter(items[::-1] if turned else items))

    def cluster(self, scope: Scope, index: int, depth: int, count: int) -> Iterator[str]:
        """The head of a box around what belongs to a scope."""
        theme = self.plan.theme
        label = html_text(scope.name or scope.kind)
        if scope.name:
            label += f'&#160;&#160;<FONT COLOR="{theme.muted}">{html_text(scope.kind)}</FONT>'
        attributes = {
            "id": f"c{index}",
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
        indent = "\t" * depth
        yield f"{indent}subgraph cluster_{index} {{\n"
        yield f"{indent}\tgraph{attribute_list(attributes)}\n"

    def node(self, group: Group, depth: int) -> str:
        """One node, scalar or folded, with its text, its kind and its flags."""
        plan = self.plan
        graph, digits, ink = plan.graph, plan.digits, plan.ink
        flags: Sequence[Flag] = ()
        if group.is_folded:
            kind = "folded"
            classes = ["folded"]
            summary = cards.summarise(graph, group.members, plan.flags)
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
        if group.is_folded and plan.crowded:
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
            content = self.content(group, ink)
            attributes["label"] = cards.group_card(group, summary, digits, ink, content)
            attributes["tooltip"] = cards.group_tooltip(group, summary)
        else:
            attributes["label"] = cards.node_card(graph, group.node, flags, digits, ink)
            attributes["tooltip"] = cards.node_tooltip(graph, group.node, flags)
        return "\t" * depth + group.id + attribute_list(attributes) + "\n"

    def content(self, group: Group, ink: cards.Ink) -> cards.Content | None:
        """What a folded node has inside, as it is written."""
        plan, graph = self.plan, self.plan.graph
        inside = self.insides.of(group) if plan.detailed else None
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
            if is_strip(quantity):
                plan.seen.add("strip")
        return cards.Content(inside.shape, rows)


def _css_class(name: str) -> str:
    """A name as a class of the SVG: letters, digits and hyphens."""
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in name) or "scope"
