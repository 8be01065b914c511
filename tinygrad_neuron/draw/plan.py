"""What is drawn of a graph, and how: everything that its nodes, edges and legend have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..engine import Value
from ..scope import Scope
from .bundles import Bundle, bundled
from .cards import Ink, Summary, summarise
from .facts import GraphFacts
from .flags import Flag
from .folding import DETAILED, Edge, Folding, Group
from .highlighting import Highlight
from .insides import Inside, find_insides
from .layout import Look
from .paths import Paths
from .scales import Metric, Scale, measured
from .themes import Theme, readable_on

# The directions of reading, and the sides where edges begin and end.
DIRECTIONS = {"LR": "ew", "RL": "we", "TB": "sn", "BT": "ns"}
CROWDED = 60  # folded edges: more are drawn thin and straight


@dataclass(eq=False)
class Plan:
    """The choices for one picture, and what follows from them.

    `graph` and its `folding`, in a `theme`, with so many `digits`; `rankdir`, the direction of
    reading; `edges`, what stands at an edge; `clusters`, whether scopes are boxed; `flags` of the
    nodes, with the `limits` they were found by; `paths` that are highlighted, `only` one of them;
    `measure`, the name and the function of what colours the nodes; `look`, how it is laid out,
    None to leave that to the engine; `bare`, whether cards are without gradients; `left_out`,
    what is not shown for want of room; `bundles`, whether a mesh is one line; `style`, `gradients`
    and `font_size` as for `draw_dot`. `seen` gathers the classes that occur, for the legend.
    """

    graph: GraphFacts
    folding: Folding
    theme: Theme
    digits: int = 4
    rankdir: str = "LR"
    edges: str = "none"
    clusters: bool = True
    flags: Mapping[Value, Sequence[Flag]] = field(default_factory=dict)
    limits: Mapping[str, float] = field(default_factory=dict)
    paths: Paths | None = None
    only: int | None = None
    measure: "tuple[str, Metric] | None" = None
    look: Look | None = None
    bare: bool = False
    left_out: Sequence[str] = ()
    bundles: bool = True
    style: str = "card"
    gradients: bool = True
    font_size: int = 10
    seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Derive what nodes and edges ask for again and again."""
        theme, paths = self.theme, self.paths
        self.highlight: Highlight | None = None
        if paths is not None:
            self.highlight = Highlight(
                paths, self.graph.root, self.only is not None, theme, self.measure is not None
            )
        self.scale: Scale | None = None
        self.measured: dict[Group, float] = {}
        if self.measure is not None:
            self.measured, self.scale = measured(
                self.folding.groups, *self.measure, self.graph.root, theme
            )
        single = self.folding.edges
        self.arrows: list[Edge | Bundle] = list(single)
        if self.look is not None and self.clusters and self.bundles and paths is None:
            self.arrows = bundled(single)
        # The side of a node where edges leave it, and the one where they arrive.
        self.sides = DIRECTIONS[self.rankdir]
        folded = sum(edge.tail.is_folded or edge.head.is_folded for edge in single)
        self.placed = self.look is not None
        self.crowded = folded > CROWDED
        # What larger graphs have inside is not looked at node by node.
        self.detailed = self.folding.nodes <= DETAILED
        shrunk = self.crowded and not self.placed
        size = round(0.8 * self.font_size) if shrunk else self.font_size
        colours = theme.ink, theme.muted, theme.alarm, readable_on(theme.alarm)
        self.ink = Ink(*colours, size, self.style, self.gradients and not self.bare)
        self.fed: set[Scope | None] = {  # the scopes that others feed
            edge.head.within for edge in single if edge.tail.within not in (None, edge.head.within)
        }

    def summary(self, group: Group) -> Summary:
        """The counts and ranges of a folded node, the same in every picture of a folding."""
        summaries = self.folding.summaries
        if group not in summaries:
            summaries[group] = summarise(self.graph, group.members, self.flags)
        found: Summary = summaries[group]
        return found

    def inside(self, group: Group) -> Inside | None:
        """What a folded node has inside, the same in every picture of a folding."""
        known = self.folding.insides
        if group not in known and self.detailed:
            known |= find_insides(self.graph, self.folding.groups, self.folding.edges)
        found: Inside | None = known.get(group)
        return found
