"""Meshes: where every unit of one box feeds every unit of the next, one line says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..scope import Scope
from .folding import Edge, Group

MESH = 12  # lines between two boxes: more that make a mesh are drawn as one

End = Group | Scope


@dataclass(eq=False)
class Bundle:
    """A line for many edges, from all in a box, or from a card, to all in another."""

    tail: End
    head: End
    edges: list[Edge]
    tails: int
    heads: int

    @property
    def id(self) -> str:
        """As in `b-f1-f20`, by the first edge in it."""
        return f"b-{self.edges[0].tail.id}-{self.edges[0].head.id}"

    @property
    def count(self) -> int:
        """How many edges of the graph the line stands for."""
        return sum(edge.count for edge in self.edges)

    @property
    def label(self) -> str:
        """How many lines it stands for: `16 × 16 = 256`."""
        if 1 in (self.tails, self.heads):
            return f"× {len(self.edges):,}"
        return f"{self.tails:,} × {self.heads:,} = {len(self.edges):,}"


def bundled(edges: Iterable[Edge]) -> list[Edge | Bundle]:
    """The edges, those of a mesh between folded units in one line."""
    between: dict[tuple[End, End], list[Edge]] = {}
    found: list[Edge | Bundle] = []
    for edge in edges:
        ends = _sides(edge.tail, edge.head)
        if ends is None or not edge.head.is_folded:
            found.append(edge)
        else:
            between.setdefault(ends, []).append(edge)
    for (tail, head), mesh in between.items():
        tails = {edge.tail for edge in mesh}
        heads = {edge.head for edge in mesh}
        if len(mesh) > MESH and len(mesh) == len(tails) * len(heads):
            found.append(Bundle(tail, head, mesh, len(tails), len(heads)))
        else:
            found += mesh
    return found


def _sides(tail: Group, head: Group) -> tuple[End, End] | None:
    """What stands side by side and holds the ends, or is one; None if neither is a box."""
    ours: list[End] = [*_around(tail), tail]
    theirs: list[End] = [*_around(head), head]
    for a, b in zip(ours, theirs, strict=False):
        if a is not b:
            return None if a is tail and b is head else (a, b)
    return None


def _around(group: Group) -> tuple[Scope, ...]:
    return group.within.path if group.within is not None else ()
