"""The edges of a graph's picture: the local derivative at each, and how a bundle of them looks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from ..engine import Value
from ..passes import slopes
from .bundles import Bundle
from .cards import short_name
from .facts import full_name
from .folding import Edge, Group
from .places import Places
from .plan import Plan
from .text import attribute_list, number, tooltip_text
from .themes import mix


class Edges:
    """The edges of a plan: what is said of each (`attributes`), and the lines of DOT."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.slopes = lru_cache(maxsize=None)(slopes)  # an edge at a time asks for its node's
        self.attributes = {edge: self.edge(edge) for edge in plan.arrows}

    def lines(self, places: Places | None = None) -> Iterator[str]:
        """The edges, in the order of their heads."""
        for edge, attributes in self.attributes.items():
            if places is not None:
                attributes = attributes | places.edge(edge)
            first = edge.edges[0] if isinstance(edge, Bundle) else edge
            yield f"\t{first.tail.id} -> {first.head.id}{attribute_list(attributes)}\n"

    def edge(self, edge: Edge | Bundle) -> dict[str, str]:
        """What is said of one edge: its label, tooltip and classes."""
        if isinstance(edge, Bundle):
            return self.mesh(edge)
        plan = self.plan
        attributes = {"id": edge.id}
        if edge.tail.is_folded or edge.head.is_folded:
            label, tip, classes = self.bundle(edge)
            if plan.crowded and not plan.placed:
                attributes |= {"color": mix(plan.theme.background, plan.theme.line, 0.5)}
                attributes |= {"penwidth": "0.7", "arrowsize": "0.4"}
                attributes |= dict(zip(("tailport", "headport"), plan.sides, strict=True))
        else:
            label, tip, classes = self.single(*edge.members[0])
        if edge.tail.node._prev and not plan.placed:
            attributes["weight"] = "4"  # the main line straight, leaves beside it
        if "constant" in classes:
            attributes |= {"style": "dashed", "arrowhead": "empty"}
        elif "zero" in classes:
            attributes["style"] = "dotted"
        if plan.highlight is not None:
            attributes |= plan.highlight.edge(edge, classes)
        if classes:
            attributes["class"] = " ".join(classes)
            plan.seen.update(f"edge {name}" for name in classes)
        if label:
            # Beside an edge that goes up or down the label would touch it.
            beside = plan.placed or "e" in plan.sides
            attributes["label"] = label if beside else f"&#160;{label}"
            attributes["labeltooltip"] = tip
            plan.seen.add("edge label")
        attributes["tooltip"] = tip
        return attributes

    def mesh(self, bundle: Bundle) -> dict[str, str]:
        """What is said of a line for a whole mesh: between what, and how many lines it is."""
        ends = [
            end.scope or end.node if isinstance(end, Group) else end
            for end in (bundle.tail, bundle.head)
        ]
        names = [short_name(end) if isinstance(end, Value) else full_name(end) for end in ends]
        tip = tooltip_text(
            f"{' → '.join(names)}\neach to each: {bundle.label} lines\n"
            f"{bundle.count:,} edges of the graph"
        )
        self.plan.seen.add("edge mesh")
        return {
            "id": bundle.id,
            "penwidth": "2.5",
            "arrowsize": "0.5",
            "class": "folded mesh",
            "label": bundle.label,
            "labeltooltip": tip,
            "tooltip": tip,
        }

    def single(self, node: Value, position: int) -> tuple[str, str, list[str]]:
        """The label, the tooltip and the classes of an edge between two scalar nodes."""
        graph, digits = self.plan.graph, self.plan.digits
        operand = node._prev[position]
        way = f"{short_name(operand)} → {short_name(node)}"
        if graph.kind(operand) == "constant":
            return "", tooltip_text(f"{way}\na constant: no gradient goes back"), ["constant"]
        slope = self.slopes(node)[position]
        if slope is None:
            unknown = "the local derivative is not known" if node._prev else ""
            return "", tooltip_text(f"{way}\n{unknown}"), ["unknown"]
        classes = ["zero"] if slope == 0.0 else []
        slope = slope or 0.0  # no -0.0
        incoming = graph.gradient(node)
        lines = [way, f"local derivative {slope!r}"]
        text = f"× {number(slope, digits)}"
        if incoming is None:
            lines.append("contribution not computed yet")
            product = f"? × {number(slope, digits)}"
        else:
            contribution = incoming * slope or 0.0
            lines.append(f"incoming × local = {incoming!r} × {slope!r} = {contribution!r}")
            product = " ".join((
                number(incoming, digits), "×", number(slope, digits), "=",
                number(contribution, digits),
            ))  # fmt: skip
        label = {"local": text, "contribution": product}.get(self.plan.edges, "")
        return label, tooltip_text("\n".join(lines)), classes

    def bundle(self, edge: Edge) -> tuple[str, str, list[str]]:
        """The same of an edge that stands for several."""
        ends = [
            (e.scope.name or e.scope.kind)
            if e.scope
            else "folded"
            if e.is_folded
            else short_name(e.node)
            for e in (edge.tail, edge.head)
        ]
        plural = "s" * (edge.count > 1)
        lines = [f"{ends[0]} → {ends[1]}", f"{edge.count:,} edge{plural} of the graph"]
        local = [self.slopes(node)[position] for node, position in edge.members]
        known = [slope for slope in local if slope is not None]
        if known:
            lines.append(f"local derivatives from {min(known)!r} to {max(known)!r}")
        return "", tooltip_text("\n".join(lines)), ["folded"]
