"""The computation graph as a picture: every node with its name, data, gradient and operation."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..checking import described, unknown
from ..engine import Value
from ..scope import Scope
from . import cards
from . import legend as legends
from .colouring import Metric, Scale, make_scale, mean_of, metric
from .facts import KINDS, GraphFacts, full_name, name_of, read, slopes
from .flags import SIGNS, Flag, find_flags, thresholds
from .folding import Edge, FoldChoice, Folding, Group, check_options, edges_of, fold
from .paths import Paths, find_paths
from .paths import described as described_path
from .rendering import Digraph
from .text import html_text, number, shorten, tooltip_text
from .themes import FONT, Theme, find_theme, mix, readable_on

_DIRECTIONS = ("LR", "TB", "RL", "BT")
_EDGE_LABELS = ("auto", "local", "contribution", "none")

# Labels of edges cost most of the layout's time: 1,000 nodes take 0.5 s without, 2.8 s with them.
LABELLED_NODES = 250
BUDGET = 1000
LISTED_PATHS = 8
CROWDED = 60  # folded edges: more are drawn thin and straight


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
    - `flags`: whether dead, saturated, vanishing and exploding nodes are marked, or the thresholds,
      as in `{"saturated": 0.05}` (see `flags.find_flags`).
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
    drawing = _Drawing(
        graph=graph,
        folding=folding,
        theme=colours,
        digits=digits,
        edges=edges if edges != "auto" else _affordable(folding),
        clusters=clusters,
        flags=find_flags(graph, limits) if limits is not None else {},
        paths=None if highlight is None else find_paths(graph, highlight, LISTED_PATHS, path),
        only=path,
        below=None if highlight is None else set(_below(highlight)),
        measure=None if color is None else metric(color, graph),
        limits=limits or {},
    )
    return drawing.picture(format, rankdir, legend, title)


_fold = fold  # the argument of draw_dot has the name too


def plain_picture(graph: GraphFacts, folding: Folding) -> GraphPicture:
    """The picture of a folding alone: no labels at edges, no flags, nothing below it."""
    drawing = _Drawing(
        graph=graph,
        folding=folding,
        theme=find_theme("light"),
        digits=4,
        edges="none",
        clusters=True,
        flags={},
        paths=None,
        only=None,
        below=None,
        measure=None,
        limits={},
    )
    return drawing.picture("svg", "LR", legend=False, title="")


def _affordable(folding: Folding) -> str:
    return "local" if folding.drawn <= LABELLED_NODES else "none"


def _below(node: Value) -> Iterator[Value]:
    """What a node was computed from."""
    seen, stack = {node}, [node]
    while stack:
        for operand in stack.pop()._prev:
            if operand not in seen:
                seen.add(operand)
                stack.append(operand)
                yield operand


@dataclass(eq=False)
class _Drawing:
    """Everything that decides what a picture looks like; `lines` writes it down."""

    graph: GraphFacts
    folding: Folding
    theme: Theme
    digits: int
    edges: str
    clusters: bool
    flags: Mapping[Value, Sequence[Flag]]
    paths: Paths | None
    only: int | None
    below: "set[Value] | None"
    measure: "tuple[str, Metric] | None"
    limits: Mapping[str, float]

    def __post_init__(self) -> None:
        theme = self.theme
        self.styles = legends.styles(theme)
        self.ink = cards.Ink(theme.ink, theme.muted, theme.alarm, readable_on(theme.alarm))
        self.on_path: set[tuple[Value, int]] | None = None
        if self.paths is not None and self.only is not None:
            self.on_path = {edge for route in self.paths.listed for edge in route.edges}
        self.scale: Scale | None = None
        self.measured: dict[Group, float] = {}
        if self.measure is not None:
            name, measure = self.measure
            for group in self.folding.groups:
                mean = mean_of(measure, group.members)
                if mean is not None:
                    self.measured[group] = mean
            # The root's gradient is 1 by definition, and mostly far larger than all others.
            others = [
                mean
                for group, mean in self.measured.items()
                if group.node is not self.graph.root or name == "data"
            ]
            scale = make_scale(name, others or self.measured.values(), theme)
            numbers = [mean for mean in self.measured.values() if math.isfinite(mean)]
            low, high = min(numbers, default=scale.low), max(numbers, default=scale.high)
            self.scale = replace(scale, beyond=(low < scale.low, high > scale.high))
        self.crowded = False
        self.fed: set[Scope | None] = set()  # the scopes that others feed
        self.sides = "ew"
        self.local: dict[Value, list[float | None]] = {}
        self.seen: dict[str, None] = {}  # the classes that occur, for the legend
        self.boxes: dict[Scope, str] = {}

    def picture(self, format: str, rankdir: str, legend: bool, title: str) -> GraphPicture:
        picture = GraphPicture("graph", format=format)
        groups = self.folding.groups
        picture.folding, picture.flags, picture.paths = self.folding, self.flags, self.paths
        picture.ids = {group.node: group.id for group in groups if not group.is_folded}
        picture.body.extend(self.lines(rankdir, legend, title))
        picture.boxes = self.boxes
        return picture

    def lines(self, rankdir: str, legend: bool, title: str) -> list[str]:
        """The DOT text, line by line, without the braces around it."""
        edges = edges_of(self.folding)
        self.sides = {"LR": "ew", "RL": "we", "TB": "sn", "BT": "ns"}[rankdir]
        folded = sum(edge.tail.is_folded or edge.head.is_folded for edge in edges)
        self.crowded = folded > CROWDED
        if self.crowded:
            self.ink = replace(self.ink, size=8)
        self.fed = {
            edge.head.within for edge in edges if edge.tail.within not in (None, edge.head.within)
        }
        body = [*self.clustered(), *map(self.edge, edges)]
        return [*self.head(rankdir, self.caption(title, legend)), *body]

    def head(self, rankdir: str, below: str) -> list[str]:
        theme = self.theme
        crowded = self.crowded
        whole = {
            "rankdir": rankdir,
            "ranksep": "0.1" if crowded else "0.35",
            "nodesep": "0.16",
            "bgcolor": theme.background,
            "pad": "0.15",
            "fontname": FONT,
            "fontsize": "10",
            "fontcolor": theme.ink,
            "tooltip": "computation graph",
        }
        if crowded:
            whole |= {"splines": "line", "remincross": "false"}
        if below:
            whole |= {"label": below, "labelloc": "b", "labeljust": "l"}
        node = {
            "fontname": FONT,
            "fontsize": f"{self.ink.size}",
            "fontcolor": theme.ink,
            "color": theme.rim,
            "margin": "0.07,0.04",
            "height": "0.2",
            "width": "0.3",
        }
        edge = {
            "fontname": FONT,
            "fontsize": "9",
            "fontcolor": theme.muted,
            "color": theme.line,
            "arrowsize": "0.6",
        }
        parts = {"graph": whole, "node": node, "edge": edge}
        return [f"\t{part}{_attributes(attributes)}\n" for part, attributes in parts.items()]

    def caption(self, title: str, legend: bool) -> str:
        """What stands below the picture: title, remarks, paths, legend."""
        theme = self.theme
        parts = [legends.title_line(title), legends.remark(self.folding.text, theme)]
        if self.paths is not None:
            parts += self.routes(self.paths)
        if legend:
            kinds = [kind for kind in (*KINDS, "folded") if kind in self.seen]
            parts.append(legends.swatches(kinds, theme, filled=self.scale is None))
            if self.scale is not None:
                parts.append(legends.bar(self.scale, theme))
            parts.append(legends.lines(self.signs(), theme))
        return legends.caption(parts)

    def routes(self, paths: Paths) -> list[str]:
        """The listed paths, each with its product, and their sum."""
        digits, theme = self.digits, self.theme
        target, root = _short_name(paths.target), _short_name(self.graph.root)
        rows = [described_path(route, digits) for route in paths.listed]
        if self.only is not None:
            head = f"path {self.only:,} of {paths.count:,} from {root} to {target}"
            return [legends.remark(head, theme), legends.columns(rows)]
        head = f"{paths.how_many} from {root} to {target}"
        if paths.count:
            head += ", each with the product of its local derivatives"
        if paths.count > len(rows):
            rows.append((f"and {paths.count - len(rows):,} more", ""))
        if paths.count > 1:
            rows.append(("sum over all paths", f"= {number(paths.sum, digits)}"))
        return [legends.remark(head, theme), legends.columns(rows)]

    def signs(self) -> Iterator[tuple[str, str, str]]:
        """The signs that occur, each with its colour and its meaning, for the legend."""
        theme, seen = self.theme, self.seen
        if "edge label" in seen:
            if self.edges == "local":
                yield "× 2", theme.ink, "local derivative, the factor on the way back"
            else:
                yield "1 × 2 = 2", theme.ink, "incoming × local = contribution"
        if "edge zero" in seen:
            yield "···", theme.ink, "local derivative 0: no gradient passes"
        if self.paths is not None:
            yield "━━", theme.accent, "on a path from the output"
            if "edge below" in seen:
                target = _short_name(self.paths.target)
                yield "╍╍", theme.positive, f"what {target} was computed from"
        for name, sign in SIGNS.items():
            if name in seen:
                limit = number(self.limits.get(name, 0.0))
                meaning = {
                    "dead": "dead: no gradient passes",
                    "saturated": f"saturated: local derivative below {limit}",
                    "vanishing": f"vanishing: gradient below {limit} of the output's",
                    "exploding": f"exploding: gradient above {limit} times the output's",
                }[name]
                yield sign, theme.alarm if f"{name} alarm" in seen else theme.muted, meaning
        if "in part" in seen:
            yield (
                "2 of 9",
                theme.muted,
                "so many of what is folded there; red where it is all that a neuron has",
            )

    # Nodes and clusters

    def clustered(self) -> Iterator[str]:
        """The nodes, those of a scope in its cluster, clusters in each other as in the model."""
        if not self.clusters:
            for group in self.folding.groups:
                yield self.node(group, 1)
            return
        inside: dict[Scope | None, list[Group | Scope]] = {None: []}
        counts: dict[Scope, int] = {}
        for group in self.folding.groups:
            scope: Scope | None = group.within
            item: Group | Scope = group
            while scope is not None and scope not in inside:
                inside[scope] = [item]
                item, scope = scope, scope.parent
            inside[scope].append(item)
            around = group.within
            while around is not None:
                counts[around] = counts.get(around, 0) + len(group.members)
                around = around.parent
        boxes = self.boxes
        stack = [iter(inside[None])]
        while stack:
            depth = len(stack)
            current = next(stack[-1], None)
            if current is None:
                stack.pop()
                if stack:
                    yield "\t" * len(stack) + "}\n"
            elif isinstance(current, Group):
                yield self.node(current, depth)
            else:
                boxes[current] = f"c{len(boxes)}"
                yield from self.cluster(current, len(boxes) - 1, depth, counts[current])
                items = inside[current]
                # Where dot need not avoid crossings it puts the first at the bottom, except in the
                # layer that the inputs feed.
                turned = self.crowded and "e" in self.sides
                turned = turned and (current in self.fed or not isinstance(items[0], Group))
                stack.append(iter(items[::-1] if turned else items))

    def cluster(self, scope: Scope, index: int, depth: int, count: int) -> Iterator[str]:
        theme = self.theme
        label = html_text(scope.name or scope.kind)
        if scope.name:
            label += f'&#160;&#160;<FONT COLOR="{theme.muted}">{html_text(scope.kind)}</FONT>'
        attributes = {
            "id": f"c{index}",
            "class": f"scope {_class(scope.kind)}",
            "label": f"<{label}>",
            "tooltip": tooltip_text(f"{full_name(scope)}: {count:,} nodes"),
            "labeljust": "l",
            "labelloc": "t",
            "style": "rounded,filled",
            "fillcolor": mix(theme.background, theme.ink, min(0.025 * depth, 0.1)),
            "color": mix(theme.background, theme.ink, 0.35),
            "penwidth": "1",
            "margin": "12" if self.crowded else "8",
        }
        indent = "\t" * depth
        yield f"{indent}subgraph cluster_{index} {{\n"
        yield f"{indent}\tgraph{_attributes(attributes)}\n"

    def node(self, group: Group, depth: int) -> str:
        graph, digits, ink = self.graph, self.digits, self.ink
        flags: Sequence[Flag] = ()
        if group.is_folded:
            kind = "folded"
            classes = ["folded"]
            summary = cards.summarise(graph, group.members, self.flags)
            classes += summary.flags
            alarming = bool(summary.alarming)
            if set(summary.flags) - summary.alarming:
                self.seen["in part"] = None
            self.seen.update(dict.fromkeys(f"{name} alarm" for name in summary.alarming))
        else:
            kind = graph.kind(group.node)
            flags = self.flags.get(group.node, ())
            classes = [kind, *(flag.name for flag in flags)]
            alarming = bool(flags)
            self.seen.update(dict.fromkeys(f"{flag.name} alarm" for flag in flags))
            if kind != "constant" and graph.gradient(group.node) is None:
                classes.append("not-computed")
        self.seen.update(dict.fromkeys(classes))
        attributes = {"id": group.id, **self.styles[kind]}
        if group.is_folded and self.crowded:
            attributes["margin"] = "0.05,0.05"
        if group in self.measured and self.scale is not None:
            fill = self.scale.colour(self.measured[group])
            on = readable_on(fill)
            attributes |= {"fillcolor": fill, "fontcolor": on}
            ink = replace(ink, text=on, muted=on)
        elif self.scale is not None:
            attributes["fillcolor"] = self.theme.background
        if alarming:
            attributes |= {"color": self.theme.alarm, "penwidth": "2"}
        attributes, ink = self.emphasised(group, attributes, ink, classes)
        attributes["class"] = " ".join(classes)
        if group.is_folded:
            attributes["label"] = cards.group_card(group, summary, digits, ink)
            attributes["tooltip"] = cards.group_tooltip(group, summary)
        else:
            attributes["label"] = cards.node_card(graph, group.node, flags, digits, ink)
            attributes["tooltip"] = cards.node_tooltip(graph, group.node, flags)
        return "\t" * depth + group.id + _attributes(attributes) + "\n"

    def emphasised(
        self, group: Group, attributes: dict[str, str], ink: cards.Ink, classes: list[str]
    ) -> tuple[dict[str, str], cards.Ink]:
        """How a node looks when something is highlighted: on a path, an input of it, or neither."""
        if self.paths is None or self.below is None:
            return attributes, ink
        theme, paths, below = self.theme, self.paths, self.below
        if any(member is paths.target for member in group.members):
            classes.append("target")
            return attributes | {"color": theme.accent, "penwidth": "3.5"}, ink
        if any(self.carries(member) for member in group.members):
            classes.append("on-path")
            return attributes | {"color": theme.accent, "penwidth": "2"}, ink
        if any(member in below for member in group.members):
            classes.append("below")
            return attributes | {"color": theme.positive, "penwidth": "1.5"}, ink
        faint = mix(theme.background, theme.ink, 0.45)
        light = mix(theme.background, theme.ink, 0.25)
        return attributes | {"color": light, "fontcolor": faint, "penwidth": "1"}, replace(
            ink, text=faint, muted=faint
        )

    def carries(self, node: Value) -> bool:
        """Whether a highlighted path goes through a node."""
        if self.paths is None:
            return False
        if self.on_path is None:
            return node in self.paths.between
        return node is self.graph.root or any(node is consumer for consumer, _ in self.on_path)

    # Edges

    def edge(self, edge: Edge) -> str:
        attributes = {"id": edge.id}
        if edge.tail.is_folded or edge.head.is_folded:
            label, tip, classes = self.bundle(edge)
            if self.crowded:
                attributes |= {"color": mix(self.theme.background, self.theme.line, 0.5)}
                attributes |= {"penwidth": "0.7", "arrowsize": "0.4"}
                attributes |= dict(zip(("tailport", "headport"), self.sides, strict=True))
            elif edge.count > 1:
                attributes["penwidth"] = f"{1 + 0.4 * math.log10(edge.count):.2g}"
        else:
            label, tip, classes = self.single(*edge.members[0])
        if edge.tail.node._prev:
            attributes["weight"] = "4"  # the main line straight, leaves beside it
        if "constant" in classes:
            attributes |= {"style": "dashed", "arrowhead": "empty"}
        elif "zero" in classes:
            attributes["style"] = "dotted"
        if self.paths is not None and self.below is not None:
            attributes |= self.traced(edge, classes)
        if classes:
            attributes["class"] = " ".join(classes)
            self.seen.update(dict.fromkeys(f"edge {name}" for name in classes))
        if label:
            # Beside an edge that goes up or down the label would touch it.
            attributes["label"] = label if "e" in self.sides else f"&#160;{label}"
            attributes["labeltooltip"] = tip
            self.seen["edge label"] = None
        attributes["tooltip"] = tip
        return f"\t{edge.tail.id} -> {edge.head.id}{_attributes(attributes)}\n"

    def traced(self, edge: Edge, classes: list[str]) -> dict[str, str]:
        """How an edge looks when something is highlighted."""
        theme, below = self.theme, self.below or set()
        members = edge.members
        if any(self.routed(node, position) for node, position in members):
            classes.append("on-path")
            return {"color": theme.accent, "fontcolor": theme.accent, "penwidth": "2.5"}
        target = self.paths.target if self.paths is not None else None
        if any(node is target or node in below for node, _ in members):
            classes.append("below")
            return {"color": theme.positive, "style": "dashed", "penwidth": "1.5"}
        faint = mix(theme.background, theme.ink, 0.25)
        return {"color": faint, "fontcolor": mix(theme.background, theme.ink, 0.45)}

    def routed(self, node: Value, position: int) -> bool:
        """Whether a highlighted path takes the edge to one of a node's operands."""
        if self.paths is None:
            return False
        if self.on_path is not None:
            return (node, position) in self.on_path
        between = self.paths.between
        return (
            node in between
            and node is not self.paths.target
            and node._prev[position] in between
            and self.slopes(node)[position] is not None
        )

    def slopes(self, node: Value) -> list[float | None]:
        found = self.local.get(node)
        if found is None:
            found = self.local[node] = slopes(node)
        return found

    def single(self, node: Value, position: int) -> tuple[str, str, list[str]]:
        """The label, the tooltip and the classes of an edge between two scalar nodes."""
        graph, digits = self.graph, self.digits
        operand = node._prev[position]
        way = f"{_short_name(operand)} → {_short_name(node)}"
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
        label = {"local": text, "contribution": product}.get(self.edges, "")
        return label, tooltip_text("\n".join(lines)), classes

    def bundle(self, edge: Edge) -> tuple[str, str, list[str]]:
        """The same of an edge that stands for several."""
        ends = [
            (e.scope.name or e.scope.kind)
            if e.scope
            else "folded"
            if e.is_folded
            else _short_name(e.node)
            for e in (edge.tail, edge.head)
        ]
        plural = "s" * (edge.count > 1)
        lines = [f"{ends[0]} → {ends[1]}", f"{edge.count:,} edge{plural} of the graph"]
        local = [self.slopes(node)[position] for node, position in edge.members]
        known = [slope for slope in local if slope is not None]
        if known:
            lines.append(f"local derivatives from {min(known)!r} to {max(known)!r}")
        return "", tooltip_text("\n".join(lines)), ["folded"]


def _short_name(node: Value) -> str:
    return shorten(name_of(node), cards.LONGEST)


def _class(name: str) -> str:
    """A name as a class of the SVG: letters, digits and hyphens."""
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in name) or "scope"


def _attributes(attributes: Mapping[str, str]) -> str:
    """An attribute list: what is HTML-like stands as it is, the rest in quotes.

    The values are numbers, colours, and text that `text` has escaped: they contain no quotes.
    """
    written = (
        f"{name}={value}" if value[:1] == "<" else f'{name}="{value}"'
        for name, value in attributes.items()
    )
    return f" [{' '.join(written)}]"
