"""The picture of a computation graph: it knows what it shows, and what to show if that is too much.

Places are computed before, so a layout engine has next to nothing to do. One that hangs all the
same is asked once more, with a picture that is folded further and says why.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ..engine import Value
from ..scope import Scope
from .fitting import PAD, Drawing
from .flags import Flag
from .folding import Folding
from .paths import Paths
from .plan import Plan
from .rendering import Digraph, RenderingTimeoutError
from .text import attribute_list
from .themes import FONT


class GraphPicture(Digraph):
    """The picture of a computation graph: a `graphviz.Digraph` that knows what it shows.

    **Attributes:** `folding`, what was folded and how much (`folding.text` says it in words);
    `flags`, the flags of each flagged node; `paths`, the routes to what is highlighted, or None;
    `ids`, the id in the SVG of each drawn scalar node; `boxes`, that of each boxed scope;
    `coarser`, a drawing of the same graph that is folded further, for a time-out.
    """

    folding: Folding
    flags: Mapping[Value, Sequence[Flag]]
    paths: Paths | None
    ids: Mapping[Value, str]
    boxes: Mapping[Scope, str]
    coarser: "Callable[[str], Drawing | None] | None" = None

    def show(self, drawn: Drawing) -> None:
        """Take the nodes and edges of a drawing in the place of what there was."""
        plan, nodes = drawn.plan, drawn.nodes
        self.body[:] = _head(plan, drawn.below)
        self.body.extend([*nodes.lines(drawn.places), *drawn.edges.lines(drawn.places)])
        self.folding, self.flags, self.paths = plan.folding, plan.flags, plan.paths
        self.ids = {group.node: group.id for group in plan.folding.groups if not group.is_folded}
        self.boxes = nodes.boxes

    def __getstate__(self) -> dict[str, Any]:
        """A copy in another process has no other drawing: a function makes that."""
        return {**vars(self), "coarser": None}

    def _draw(self, engine: str, format: str, input_lines: Iterator[str], **options: Any) -> bytes:
        try:
            return super()._draw(engine, format, input_lines, **options)
        except RenderingTimeoutError:
            coarser, self.coarser = self.coarser, None
            why = f"the layout engine was stopped after {self.timeout:g} seconds"
            drawn = None if coarser is None else coarser(why)
            if drawn is None:
                raise
            self.show(drawn)
            return super()._draw(engine, format, iter(self), **options)


def picture_of(drawn: Drawing, format: str) -> GraphPicture:
    """The picture of a drawing, as DOT."""
    picture = GraphPicture("graph", format=format)
    picture.show(drawn)
    return picture


def _head(plan: Plan, below: str) -> list[str]:
    """The attributes of the whole picture, of its nodes and of its edges."""
    theme = plan.theme
    crowded = plan.crowded
    whole = {
        "layout": "nop2",  # every place is computed, see `layout`
        "bgcolor": theme.background,
        "pad": f"{PAD}",
        "fontname": FONT,
        "fontsize": f"{plan.font_size}",
        "fontcolor": theme.ink,
        "tooltip": "computation graph",
    }
    if not plan.placed:
        del whole["layout"]
        whole |= {"rankdir": plan.rankdir, "nodesep": "0.16"}
        whole["ranksep"] = "0.1" if crowded else "0.35"
        if crowded:
            whole |= {"splines": "line", "remincross": "false"}
    if below:
        whole |= {"label": below, "labelloc": "b", "labeljust": "l"}
    node = {
        "fontname": FONT,
        "fontsize": f"{plan.ink.size}",
        "fontcolor": theme.ink,
        "color": theme.rim,
        "margin": "0.07,0.04",
        "height": "0.2",
        "width": "0.3",
    }
    edge = {
        "fontname": FONT,
        "fontsize": f"{plan.font_size}",
        "fontcolor": theme.muted,
        "color": theme.line,
        "arrowsize": "0.6",
    }
    parts = {"graph": whole, "node": node, "edge": edge}
    return [f"\t{part}{attribute_list(attributes)}\n" for part, attributes in parts.items()]
