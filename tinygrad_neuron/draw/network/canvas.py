"""What a network is drawn on: a graph whose every node has its place, and text anywhere."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..rendering import Digraph
from ..text import table
from ..themes import FONT, Theme


@dataclass(frozen=True)
class Canvas:
    """The graph, and the theme of what is written on it."""

    graph: Digraph
    theme: Theme
    behind: list[str] = field(default_factory=list)  # drawing operations, see `maps`

    def prepare(self, tooltip: str) -> None:
        """Say what is common to everything: nothing is laid out, every line is straight."""
        theme = self.theme
        self.graph.attr(
            "graph",
            layout="nop",  # what `dot` reads from the source, too
            notranslate="true",  # what lies behind the nodes has its places already
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

    def finish(self) -> None:
        """Put what lies behind the nodes into the graph."""
        if self.behind:
            # Graphviz 2.43 takes 16,384 bytes a line; after a backslash the string goes on.
            lines = textwrap.wrap(" ".join(self.behind), 8000, break_long_words=False)
            self.graph.attr("graph", _attributes={"_background": " \\\n".join(lines)})

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
        sides = f'ALIGN="{align}" BALIGN="{align}" WIDTH="{width:.0f}"'
        cells = "\n".join(["", *(f"<TR><TD {sides}>{row}</TD></TR>" for row in rows), ""])
        colour = f' BGCOLOR="{background}"' if background else ""
        self.graph.node(
            name,
            label=f"<{table(cells, look=colour)}>",
            pos=at(x, y),
            fixedsize="false",
            id=name,
            tooltip=tooltip,
            **{"class": kind},
        )


def at(x: float, y: float) -> str:
    """A place, in points, as the layout engine takes it."""
    return f"{x:.2f},{y:.2f}"


def font(html: str, size: int, colour: str) -> str:
    """Text that is HTML already, in a size and a colour."""
    return f'<FONT POINT-SIZE="{size}" COLOR="{colour}">{html}</FONT>'
