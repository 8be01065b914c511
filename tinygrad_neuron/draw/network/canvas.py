"""What a network is drawn on: a graph whose every node has its place, and text anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..rendering import Digraph
from ..themes import FONT, Theme


@dataclass(frozen=True)
class Canvas:
    """The graph, and the theme of what is written on it."""

    graph: Digraph
    theme: Theme

    def prepare(self, tooltip: str) -> None:
        """Say what is common to everything: nothing is laid out, every line is straight."""
        theme = self.theme
        self.graph.attr(
            "graph",
            layout="neato",  # what `dot` reads from the source, too
            splines="line",
            outputorder="edgesfirst",
            bgcolor=theme.background,
            pad="0.15",
            id="network",
            tooltip=tooltip,
        )
        self.graph.attr(
            "node",
            fontname=FONT,
            fontsize="10",
            fontcolor=theme.ink,
            color=theme.rim,
            fixedsize="true",
            shape="plain",
            tooltip=" ",
        )
        self.graph.attr("edge", arrowhead="none", tooltip=" ")

    def text(
        self,
        name: str,
        place: tuple[float, float],
        rows: Sequence[str],
        *,
        align: str = "CENTER",
        width: float = 0.0,
        background: str = "",
        kind: str = "caption",
        tooltip: str = " ",
    ) -> None:
        """Rows of HTML-like text around a place; with a width, from its left or to its right."""
        x, y = place
        if align != "CENTER":
            x += width / 2 if align == "LEFT" else -width / 2
        cells = "\n".join(
            f'<TR><TD ALIGN="{align}" BALIGN="{align}" WIDTH="{width:.0f}">{row}</TD></TR>'
            for row in rows
        )
        colour = f' BGCOLOR="{background}"' if background else ""
        self.graph.node(
            name,
            label=f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1"{colour}>\n'
            f"{cells}\n</TABLE>>",
            pos=at(x, y),
            fixedsize="false",
            id=name,
            tooltip=tooltip,
            **{"class": kind},
        )


def at(x: float, y: float) -> str:
    """A place, in points, as the layout engine takes it: not to be moved."""
    return f"{x / 72:.4f},{y / 72:.4f}!"


def font(html: str, size: int, colour: str) -> str:
    """Text that is HTML already, in a size and a colour."""
    return f'<FONT POINT-SIZE="{size}" COLOR="{colour}">{html}</FONT>'
