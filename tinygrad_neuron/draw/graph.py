"""The computation graph as a picture: every node with its name, data, gradient and operation."""

from collections.abc import Mapping, Sequence

from ..checking import described, unknown
from ..engine import Value
from ..scope import Scope
from .captions import caption
from .edges import Edges
from .facts import GraphFacts, read
from .flags import Flag, find_flags, thresholds
from .folding import FoldChoice, Folding, check_options, fold
from .nodes import Nodes
from .layout import Look
from .paths import Paths, find_paths
from .places import EDGE_TYPE, Places
from .plan import Plan
from .rendering import Digraph
from .scales import Metric, metric
from .text import attribute_list, number
from .themes import FONT, Theme, find_theme

_DIRECTIONS = ("LR", "TB", "RL", "BT")
_EDGE_LABELS = ("auto", "local", "contribution", "none")

# Labels of edges cost most of the layout's time: 1,000 nodes take 0.5 s without, 2.8 s with them.
LABELLED_NODES = 250
BUDGET = 1000
LISTED_PATHS = 8


class GraphPicture(Digraph):
    """The picture of a computation graph: a `graphviz.Digraph` that knows what it shows.

    **Attributes:** `folding`, what was folded and how much (`folding.text` says it in words);
    `flags`, the flags of each flagged node; `paths`, the routes to what is highlighted, or None;
    `ids`, the id in the SVG of each drawn scalar node; `boxes`, that of each boxed scope.
    """

    folding: Folding
    flags: Mapping[Value, Sequence[Flag]]
    paths: Paths | None
    ids: Mapping[Value, str]
    boxes: Mapping[Scope, str]


def draw_dot(
    root: Value,
    format: str = "svg",
    rankdir: str = "LR",
    *,
    digits: int = 4,
    edges: str = "auto",
    level: str = "scalar",
    fold: FoldChoice | None = None,
    budget: int | None = BUDGET,
    clusters: bool = True,
    color: "str | Metric | None" = None,
    theme: "str | Theme" = "light",
    highlight: Value | None = None,
    path: int | None = None,
    flags: "bool | Mapping[str, float]" = True,
    legend: bool = True,
    title: str = "",
) -> GraphPicture:
    """Draw the graph that a Value was computed from.

    **Arguments:**

    - `root`: the result; `format`: the picture's format (svg, png, ...); `rankdir`: the direction
      of reading, LR (left to right), TB, RL or BT; `digits`: significant digits shown.
    - `edges`: what stands at an edge. "local", the local derivative; "contribution",
      incoming × local = contribution; "none"; "auto" is "local" in pictures of up to 250 nodes. The
      tooltips have both in any case.
    - `level`: what is drawn as one node: "scalar" (nothing is folded), "neuron", "layer" or
      "network"; `fold`: a function of a `Scope` that returns True to fold it, False not to, None to
      leave it to the level; `budget`: past this number of nodes the graph folds by itself and says
      so, in the picture and in its attribute `folding`; None for no limit.
    - `clusters`: whether neurons, layers and networks are boxed.
    - `color`: "value", "gradient", "magnitude" (of the gradient, logarithmic) or a function of a
      node that returns a number or None; a folded node has the mean. By default the kind of a node
      decides.
    - `theme`: "light", "dark", "high contrast", "paper" or a `themes.Theme`.
    - `highlight`: a node; shows every path from the output to it with its product, and their sum,
      and apart from these what it was computed from. `path`: the number of the only path to show.
    - `flags`: whether failing, dead, saturated, vanishing and exploding nodes are marked, or the
      thresholds, as in `{"saturated": 0.05}` (see `flags.find_flags`).
    - `legend`: whether there is one; `title`: a line below the picture.

    **Returns** a `GraphPicture`, a `graphviz.Digraph`: `.source` is its text,
    `.render("neuron.svg")` writes it, in a notebook it shows itself. Each node, edge and cluster
    has an id (`n12`, `e12-0`, `c3`; a folded node `f12`) and classes ("node parameter dead"). An
    operand used twice has two edges. A gradient is shown only if a backward pass has reached the
    root; until then it reads "not yet".

    Raises a `TypeError` for what is not a Value, a `ValueError` for an option that does not exist.

    >>> x = Value(2.0, label="x")
    >>> y = x * x
    >>> picture = draw_dot(y)
    >>> picture.source.count("n0 -> n1")
    2
    >>> draw_dot(y, highlight=x).paths.sum
    4.0
    """
    if not isinstance(root, Value):
        raise TypeError(f"draw_dot: the root must be a Value, got {described(root)}")
    if rankdir not in _DIRECTIONS:
        raise ValueError(f"rankdir {rankdir!r}: {unknown(rankdir, _DIRECTIONS)}")
    if edges not in _EDGE_LABELS:
        raise ValueError(f"edges {edges!r}: {unknown(edges, _EDGE_LABELS)}")
    if highlight is not None and not isinstance(highlight, Value):
        raise TypeError(f"draw_dot: highlight must be a Value, got {described(highlight)}")
    if path is not None and highlight is None:
        raise ValueError("path: it needs highlight, the node that the path leads to")
    check_options(level, budget)
    number(0.5, digits)  # says what is wrong with digits
    colours, limits = find_theme(theme), thresholds(flags)
    graph = read(root)
    folding = _fold(graph, level, fold, budget)
    plan = Plan(
        graph,
        folding,
        colours,
        digits=digits,
        rankdir=rankdir,
        edges=edges if edges != "auto" else _affordable(folding),
        clusters=clusters,
        flags=find_flags(graph, limits) if limits is not None else {},
        limits=limits or {},
        paths=None if highlight is None else find_paths(graph, highlight, LISTED_PATHS, path),
        only=path,
        measure=None if color is None else metric(color, graph),
        look=Look(rankdir),
    )
    return _picture(plan, format, legend, title)


_fold = fold  # the argument of draw_dot has the name too


def plain_picture(graph: GraphFacts, folding: Folding) -> GraphPicture:
    """The picture of a folding alone: no labels at edges, no flags, nothing below it."""
    return _picture(Plan(graph, folding, find_theme("light")), "svg", legend=False, title="")


def _affordable(folding: Folding) -> str:
    return "local" if folding.drawn <= LABELLED_NODES else "none"


def _picture(plan: Plan, format: str, legend: bool, title: str) -> GraphPicture:
    """The picture of a plan: nodes and edges first, for the legend says what occurs in them."""
    picture = GraphPicture("graph", format=format)
    nodes, edges = Nodes(plan), Edges(plan)
    places = None if plan.look is None else Places(plan, nodes, edges)
    picture.body.extend(_head(plan, caption(plan, title, legend)))
    picture.body.extend([*nodes.lines(places), *edges.lines(places)])
    picture.folding, picture.flags, picture.paths = plan.folding, plan.flags, plan.paths
    picture.ids = {group.node: group.id for group in plan.folding.groups if not group.is_folded}
    picture.boxes = nodes.boxes
    return picture


def _head(plan: Plan, below: str) -> list[str]:
    """The attributes of the whole picture, of its nodes and of its edges."""
    theme = plan.theme
    crowded = plan.crowded
    whole = {
        "layout": "nop2",  # every place is computed, see `layout`
        "bgcolor": theme.background,
        "pad": "0.15",
        "fontname": FONT,
        "fontsize": "10",
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
        "fontsize": f"{EDGE_TYPE}",
        "fontcolor": theme.muted,
        "color": theme.line,
        "arrowsize": "0.6",
    }
    parts = {"graph": whole, "node": node, "edge": edge}
    return [f"\t{part}{attribute_list(attributes)}\n" for part, attributes in parts.items()]
