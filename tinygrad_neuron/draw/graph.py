"""The computation graph as a picture: every node with its name, data, gradient and operation."""

from collections.abc import Mapping, Sequence

from ..checking import described, unknown
from ..engine import Value
from ..nn import Module
from ..scope import Scope
from .captions import caption
from .facts import GraphFacts, read
from .fitting import PAD, Details, Drawing, drawing, fitted
from .flags import OF_VALUES, Flag, find_flags, thresholds
from .folding import LEVELS, FoldChoice, Folding
from .ladder import MANY, ladder
from .layout import Look
from .paths import Paths, find_paths
from .plan import Plan
from .rendering import Digraph
from .scales import Metric, metric
from .text import attribute_list, number
from .themes import FONT, Theme, find_theme

_DIRECTIONS = ("LR", "TB", "RL", "BT")
STYLES = ("card", "formula")
_EDGE_LABELS = ("auto", "local", "contribution", "none")

BUDGET = 1000  # nodes that a page draws at most
ROOM = (1600, 900)  # pixels: a slide, a notebook
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
    rankdir: str | None = None,
    *,
    digits: int = 4,
    edges: str = "auto",
    level: str | None = None,
    fold: FoldChoice | None = None,
    budget: "tuple[int, int] | int | None" = ROOM,
    clusters: bool = True,
    bundles: bool = True,
    color: "str | Metric | None" = None,
    theme: "str | Theme" = "light",
    highlight: Value | None = None,
    path: int | None = None,
    flags: "bool | Mapping[str, float]" = True,
    legend: bool = True,
    title: str = "",
    style: str = "card",
    font_size: int = 10,
    gradients: bool = True,
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
    - `style`: "card", or "formula" for a slide, the operation large, below it its name and value;
      `font_size`, in points; `gradients`: False for the forward pass alone, without gradients,
      local derivatives and what is flagged because of them.

    **Returns** a `GraphPicture`, a `graphviz.Digraph`: `.source` is its text,
    `.render("neuron.svg")` writes it, in a notebook it shows itself. Its attribute `density` says
    how many dots a PNG has for each pixel (2), `id_prefix` what all ids start with, where several
    pictures stand in one page. Each node, edge and cluster
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
        hint = "; draw_network(model) draws a model" if isinstance(root, Module) else ""
        raise TypeError(f"draw_dot: the root must be a Value, got {described(root)}{hint}")
    if rankdir is not None and rankdir not in _DIRECTIONS:
        raise ValueError(f"rankdir {rankdir!r}: {unknown(rankdir, _DIRECTIONS)}")
    if edges not in _EDGE_LABELS:
        raise ValueError(f"edges {edges!r}: {unknown(edges, _EDGE_LABELS)}")
    if highlight is not None and not isinstance(highlight, Value):
        raise TypeError(f"draw_dot: highlight must be a Value, got {described(highlight)}")
    if path is not None and highlight is None:
        raise ValueError("path: it needs highlight, the node that the path leads to")
    if level is not None and level not in LEVELS:
        raise ValueError(f"level {level!r}: {unknown(level, LEVELS)}")
    room, most = _room(budget)
    number(0.5, digits)  # says what is wrong with digits
    if style not in STYLES:
        raise ValueError(f"style {style!r}: {unknown(style, STYLES)}")
    if not (isinstance(font_size, int) and 6 <= font_size <= 40):
        raise ValueError(f"font_size must be a whole number from 6 to 40, got {font_size!r}")
    if not gradients and edges == "auto":
        edges = "none"
    colours, limits = find_theme(theme), thresholds(flags)
    graph = read(root)
    found = _flags(graph, limits, gradients)
    paths = None if highlight is None else find_paths(graph, highlight, LISTED_PATHS, path)
    measure = None if color is None else metric(color, graph)
    said = "" if room is None else f"{room[0]:,} × {room[1]:,} pixels"

    def plan(folding: Folding, details: Details, look: Look) -> Plan:
        folding.room = said
        return Plan(
            graph,
            folding,
            colours,
            digits=digits,
            rankdir=look.direction,
            edges=details.edges,
            clusters=clusters,
            flags=found,
            limits=limits or {},
            paths=paths,
            only=path,
            measure=measure,
            look=look,
            bare=not (details.gradients and gradients),
            left_out=details.left_out,
            bundles=bundles,
            style=style,
            gradients=gradients,
            font_size=font_size,
        )

    drawn = fitted(
        ladder(graph, level, fold, most),
        plan,
        lambda plan: caption(plan, title, legend),
        edges,
        ("LR", "TB") if rankdir is None else (rankdir,),
        room,
    )
    return picture_of(drawn, format)


def _room(budget: "tuple[int, int] | int | None") -> tuple[tuple[int, int] | None, int | None]:
    """The room of a picture in pixels, and the most cards that it may have."""
    if budget is None:
        return None, None
    if isinstance(budget, tuple) and len(budget) == 2:
        if all(isinstance(side, (int, float)) and side > 0 for side in budget):
            return budget, MANY
    elif isinstance(budget, int) and not isinstance(budget, bool) and budget >= 1:
        return ROOM, budget
    raise ValueError(
        "budget must be the width and height of the picture in pixels, as in (1600, 900), a number "
        f"of nodes, 1 or more, or None for everything, got {budget!r}"
    )


def plain_picture(graph: GraphFacts, folding: Folding) -> GraphPicture:
    """The picture of a folding alone, laid out by the engine: no labels, no flags, no legend."""
    plan = Plan(graph, folding, find_theme("light"))
    plan.detailed = False
    return picture_of(drawing(plan, lambda plan: ""), "svg")


def _flags(
    graph: GraphFacts, limits: Mapping[str, float] | None, gradients: bool
) -> Mapping[Value, Sequence[Flag]]:
    """The flags that are asked for; without gradients those of values alone."""
    if limits is None:
        return {}
    found = find_flags(graph, limits)
    if gradients:
        return found
    kept = {
        node: [flag for flag in flags if flag.name in OF_VALUES] for node, flags in found.items()
    }
    return {node: flags for node, flags in kept.items() if flags}


def picture_of(drawn: Drawing, format: str) -> GraphPicture:
    """The picture of a drawing, as DOT."""
    plan, nodes = drawn.plan, drawn.nodes
    picture = GraphPicture("graph", format=format)
    picture.body.extend(_head(plan, drawn.below))
    picture.body.extend([*nodes.lines(drawn.places), *drawn.edges.lines(drawn.places)])
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
