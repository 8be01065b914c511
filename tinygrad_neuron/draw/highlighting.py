"""How nodes and edges look when the paths to one node are highlighted."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from ..engine import Value
from .cards import Ink
from .folding import Edge, Group
from .paths import Paths, factors
from .themes import Theme, mix


class Highlight:
    """What is on a path, what the highlighted node was computed from, and what is neither.

    **Arguments:** `paths`, the routes from `root` to the node; `only`, whether only the listed
    ones are shown; `coloured`, whether cards have colours that mean something else: then paths are
    in ink and wider.
    """

    def __init__(
        self, paths: Paths, root: Value, only: bool, theme: Theme, coloured: bool = False
    ) -> None:
        self.paths, self.root, self.theme = paths, root, theme
        self.path_colour = theme.ink if coloured else theme.accent
        self.below_colour = theme.muted if coloured else theme.positive
        self.wider = 0.5 if coloured else 0.0
        self.on_path: set[tuple[Value, int]] | None = None
        if only:
            self.on_path = {edge for route in paths.listed for edge in route.edges}
        self.below = set(_below(paths.target))
        self.factors = lru_cache(maxsize=None)(factors)  # an edge at a time asks for its node's

    def node(
        self, group: Group, attributes: dict[str, str], ink: Ink, classes: list[str]
    ) -> tuple[dict[str, str], Ink]:
        """How a node looks when something is highlighted: on a path, an input of it, or neither."""
        theme, paths, below = self.theme, self.paths, self.below
        if any(member is paths.target for member in group.members):
            classes.append("target")
            return attributes | self._line(self.path_colour, 3.5), ink
        if any(self.carries(member) for member in group.members):
            classes.append("on-path")
            return attributes | self._line(self.path_colour, 2.0), ink
        if any(member in below for member in group.members):
            classes.append("below")
            return attributes | {"color": self.below_colour, "penwidth": "1.5"}, ink
        faint = mix(theme.background, theme.ink, 0.45)
        light = mix(theme.background, theme.ink, 0.25)
        return attributes | {"color": light, "fontcolor": faint, "penwidth": "1"}, replace(
            ink, text=faint, muted=faint, alarm=light, on_alarm=faint
        )

    def _line(self, colour: str, width: float) -> dict[str, str]:
        return {"color": colour, "penwidth": f"{width + self.wider:g}"}

    def carries(self, node: Value) -> bool:
        """Whether a highlighted path goes through a node."""
        if self.on_path is None:
            return node in self.paths.between
        return node is self.root or any(node is consumer for consumer, _ in self.on_path)

    def edge(self, edge: Edge, classes: list[str]) -> dict[str, str]:
        """How an edge looks when something is highlighted."""
        theme, below, target = self.theme, self.below, self.paths.target
        members = edge.members
        if any(self.routed(node, position) for node, position in members):
            classes.append("on-path")
            return self._line(self.path_colour, 2.5) | {"fontcolor": self.path_colour}
        if any(node is target or node in below for node, _ in members):
            classes.append("below")
            return {"color": self.below_colour, "style": "dashed", "penwidth": "1.5"}
        faint = mix(theme.background, theme.ink, 0.25)
        return {"color": faint, "fontcolor": mix(theme.background, theme.ink, 0.45)}

    def routed(self, node: Value, position: int) -> bool:
        """Whether a highlighted path takes the edge to one of a node's operands."""
        if self.on_path is not None:
            return (node, position) in self.on_path
        between = self.paths.between
        return (
            node in between
            and node is not self.paths.target
            and node._prev[position] in between
            and self.factors(node)[position] is not None
        )


def _below(node: Value) -> Iterator[Value]:
    """What a node was computed from."""
    seen, stack = {node}, [node]
    while stack:
        for operand in stack.pop()._prev:
            if operand not in seen:
                seen.add(operand)
                stack.append(operand)
                yield operand
