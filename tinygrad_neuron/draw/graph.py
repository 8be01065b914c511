"""The computation graph as a picture: every node with its name, data, gradient and operation."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..checking import a_function, described, flag, not_a_value, one_of, text
from ..engine import Value
from ..nn import Module
from ..public import named_options
from ..stored import naming_data
from .captions import caption
from .facts import GraphFacts, read
from .fitting import Details, Drawing, drawing, fitted
from .flags import OF_VALUES, Flag, find_flags, thresholds
from .folding import LEVELS, FoldChoice, Folding
from .ladder import MANY, ladder
from .layout import Look
from .paths import find_paths
from .picture import GraphPicture, picture_of
from .plan import DIRECTIONS, Plan
from .scales import Metric, metric
from .text import number
from .themes import Theme, find_theme

STYLES = ("card", "formula")
_EDGE_LABELS = ("auto", "local", "contribution", "none")

ROOM = (1600, 900)  # pixels: a slide, a notebook
LISTED_PATHS = 8


@naming_data
@named_options
def draw_dot(
    root: "Value | Module",
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
    theme: "str | Theme | None" = None,
    highlight: Value | None = None,
    path: int | None = None,
    flags: "bool | Mapping[str, float]" = True,
    legend: bool = True,
    title: str = "",
    style: str = "card",
    font_size: int = 10,
    gradients: bool = True,
    example: Any = None,
    output: "int | tuple[int, ...] | None" = None,
) -> GraphPicture:
    """Draw the graph that a Value was computed from, or that a model makes of an example.

    **Arguments:**

    - `root`: the result; `format`: the picture's format (svg, png, ...); `rankdir`: the direction
      of reading, LR (left to right), TB, RL or BT, by default LR, or TB where only that fits;
      `digits`: significant digits shown.
    - `budget`: the room, (width, height) in pixels. What does not fit is drawn more tightly, then
      without gradients, then without local derivatives, then folded (neurons, layers, networks,
      equal nodes, depth); a line below says so. A number: at most so many nodes; None: everything.
    - `edges`: what stands at an edge. "local", the local derivative; "contribution",
      incoming × local = contribution; "none"; "auto" is "local" where there is room. The tooltips
      have both in any case.
    - `level`: what is drawn as one node: "scalar" (nothing is folded), "neuron", "layer" or
      "network", whatever room it takes; by default what fits. `fold`: a function of a `Scope` that
      returns True to fold it, False not to, None to leave it to the level.
    - `clusters`: whether neurons, layers, networks and named scopes are boxed, each call of a
      module by itself; `bundles`: whether a mesh of more than 12 lines between two boxes is one
      line with its count.
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
    - `example`: where the root is a model, what a call of it takes: a number, lists or an array.
      `output`: which of several Values that it returns, by number, or by several numbers where
      there are lists in lists. Its mode and its random generators are afterwards as before.

    **Returns** a `GraphPicture`, a `graphviz.Digraph`: `.source` is its text,
    `.render("neuron.svg")` writes it, in a notebook it shows itself. Its attribute `density` says
    how many dots a PNG has for each pixel (2), `id_prefix` what all ids start with, where several
    pictures stand in one page. Each node, edge and cluster
    has an id (`n12`, `e12-0`, `c3`; a folded node `f12`) and classes ("node parameter dead"). An
    operand used twice has two edges. A gradient is shown only if a backward pass has reached the
    root; until then it reads "not yet".

    Raises a `TypeError` for what is neither a Value nor a model with an example, a `ValueError` for
    an option that does not exist.

    >>> x = Value(2.0, label="x")
    >>> y = x * x
    >>> picture = draw_dot(y)
    >>> picture.source.count("n0 -> n1")
    2
    >>> draw_dot(y, highlight=x).paths.sum
    4.0
    >>> from tinygrad_neuron import nn
    >>> "w0*x0" in draw_dot(nn.MLP(2, [3, 1]), example=[0.5, -1.0]).source
    True
    """
    root = _value(root, example, output)
    if rankdir is not None:
        one_of("rankdir", rankdir, DIRECTIONS)
    one_of("edges", edges, _EDGE_LABELS)
    options = {"clusters": clusters, "bundles": bundles, "legend": legend, "gradients": gradients}
    for name, option in options.items():
        flag("draw_dot", name, option)
    text("draw_dot", "format", format)
    text("draw_dot", "title", title)
    if fold is not None:
        a_function("draw_dot", "fold", fold)
    if highlight is not None and not isinstance(highlight, Value):
        raise TypeError(f"draw_dot: highlight must be a Value, got {described(highlight)}")
    if path is not None and highlight is None:
        raise ValueError("path: it needs highlight, the node that the path leads to")
    if level is not None:
        one_of("level", level, LEVELS)
    room, most = _room(budget)
    number(0.5, digits)  # says what is wrong with digits
    one_of("style", style, STYLES)
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
        """What is drawn of a folding, and how."""
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

    def draw(below: int | None = None, why: str = "") -> Drawing:
        """The picture, or one with fewer cards than so many, which says why."""
        foldings = ladder(graph, level if below is None else None, fold, most)
        if below is not None:
            foldings = (folding for folding in foldings if folding.drawn < below)
        return fitted(
            foldings,
            plan,
            lambda plan: caption(plan, title, legend, why),
            edges,
            ("LR", "TB") if rankdir is None else (rankdir,),
            room,
        )

    drawn = draw()
    cards = drawn.plan.folding.drawn
    picture = picture_of(drawn, format)
    picture.coarser = lambda why: draw(cards, f"folded further: {why}") if cards > 1 else None
    return picture


def _value(root: Any, example: Any, output: "int | tuple[int, ...] | None") -> Value:
    """The root, or what a model computes of an example."""
    form = "draw_dot(model, example=[0.5, -1.0])"
    if not isinstance(root, Module):
        if not isinstance(root, Value):
            raise TypeError(f"draw_dot: the root must be a Value, got {not_a_value(root)}")
        if example is not None or output is not None:
            raise TypeError(f"draw_dot: example and output are for a model, as in {form}")
        return root
    if example is None:
        raise TypeError(
            f"draw_dot: the root must be a Value, got {described(root)}; it draws what a model "
            f"makes of an example, {form}; draw_network(model) draws the model itself"
        )
    from ..nn.example import example_of, one_value, required  # only where there is an example

    if len(names := required(root)) > 1:
        raise TypeError(
            f"draw_dot: example is the only argument of a call, and {described(root)} takes "
            f"{', '.join(names)}; draw one of the Values that model({', '.join(names)}) returns"
        )

    with root.undisturbed():
        given = example_of("draw_dot", root, (example,), form)
        return one_value("draw_dot", root(*given), output)


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
