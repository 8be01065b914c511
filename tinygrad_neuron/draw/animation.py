"""The backward pass as a film: one contribution a step, in one layout, as SVG or GIF."""

import hashlib
import math
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from ..calculus.operation import Operation
from ..checking import described, to_float, unknown
from ..engine import Value, topological_order
from ..passes import is_constant, local_derivatives
from . import cards
from . import legend as legends
from .facts import GraphFacts, name_of, slopes
from .placing import text_width
from .rendering import Digraph, _replace_file
from .text import html_text, number, shorten, tooltip_text, visible
from .themes import FONT, Theme, find_theme, readable_on

MOST = 200  # contributions: each is a frame
REST = 3  # how many steps long the finished picture stays

_DIRECTIONS = ("LR", "TB", "RL", "BT")
_NAME = 16  # characters of a name in the line below the picture
_SIZE, _SMALL = 10, 9  # points: the text in nodes, and all other text
_WHOLE = "http://www.w3.org/2000/svg"
_LINKS = "http://www.w3.org/1999/xlink"


@dataclass(frozen=True, eq=False)
class Contribution:
    """One step of a backward pass: what an operand gets through one edge.

    `before` is the operand's sum so far (None: this is the first to arrive), `after` the new one.
    """

    node: Value
    position: int
    operand: Value
    incoming: float
    local: float
    before: float | None
    after: float

    @property
    def amount(self) -> float:
        """incoming × local."""
        return self.incoming * self.local


def contributions(root: Value) -> Iterator[Contribution]:
    """The contributions of a backward pass from `root`, in the engine's order.

    No `grad` is read or changed: the sums start from nothing, that of the root from 1.

    >>> x = Value(3.0, label="x")
    >>> for step in contributions(x * x):
    ...     print(step.incoming, "×", step.local, "=", step.amount, "sum", step.after)
    1.0 × 3.0 = 3.0 sum 3.0
    1.0 × 3.0 = 3.0 sum 6.0
    """
    sums: dict[Value, float] = {root: 1.0}
    for node in reversed(topological_order(root)):
        if is_constant(node) or node not in sums:
            continue
        incoming = sums[node]
        found = local_derivatives(node)
        for position, (operand, local) in zip(_places(node), found, strict=True):
            before = sums.get(operand)
            sums[operand] = (before or 0.0) + incoming * local
            yield Contribution(node, position, operand, incoming, local, before, sums[operand])


def _places(node: Value) -> list[int]:
    """The positions of the operands that can get a gradient."""
    operands = node._prev
    places: Sequence[int] = range(len(operands))
    if isinstance(node._operation, Operation) and node._operation.chosen:
        places = [int(operands[-1].data)]
    return [i for i in places if not is_constant(operands[i])]


def animate(
    root: Value,
    path: str | os.PathLike[str],
    *,
    seconds: float = 0.8,
    theme: str | Theme = "light",
    rankdir: str = "LR",
    digits: int = 4,
    loop: bool = True,
) -> str:
    """Write the backward pass from a Value as an animation, contribution by contribution.

    At each step one edge is highlighted, with `incoming × local = contribution` at it; the node
    that it leads to adds up what arrives (`0 + 6 = 6`, then `6 + 2 = 8`). Before, its gradient
    reads "not yet". No `grad` changes, and none is shown that an earlier pass has left.

    **Arguments:**

    - `root`: the result, with at most 200 contributions behind it; `path`: a file that ends in
      .svg or .gif. The SVG stands still, on the finished picture, for readers who ask their
      system for less motion, and while the pointer is on it. A GIF needs Pillow.
    - `seconds`: how long a step takes; the finished picture stays three times as long; `loop`:
      whether it starts again then.
    - `theme`: "light", "dark", "high contrast", "paper" or a `themes.Theme`; `rankdir`: the
      direction of reading, LR (left to right), TB, RL or BT; `digits`: significant digits.

    **Returns** the path. Its folders are made; the file is replaced whole or not at all.

    Raises a `TypeError` for what is not a Value, a `ValueError` for another suffix, an option that
    does not exist or a graph that is too large, an `ImportError` for a GIF without Pillow, a
    `graphviz.ExecutableNotFound` without a layout engine.

    >>> x = Value(3.0, label="x")
    >>> animate(x * x, "x.gfi")
    Traceback (most recent call last):
    ...
    ValueError: animate: the suffix of 'x.gfi' is 'gfi': unknown, did you mean 'gif'? \
    Known: gif, svg
    """
    if not isinstance(root, Value):
        raise TypeError(f"animate: the root must be a Value, got {described(root)}")
    target = os.fsdecode(path)
    suffix = Path(target).suffix[1:].lower()
    if suffix not in ("gif", "svg"):
        of = f"the suffix of {target!r} is {suffix!r}"
        raise ValueError(f"animate: {of}: {unknown(suffix, ('gif', 'svg'))}")
    if rankdir not in _DIRECTIONS:
        raise ValueError(f"animate: rankdir {rankdir!r}: {unknown(rankdir, _DIRECTIONS)}")
    duration = to_float(seconds, "animate", "seconds")
    if not 0.02 <= duration <= 60:
        raise ValueError(f"animate: seconds must be from 0.02 to 60, got {seconds!r}")
    number(0.5, digits)  # says what is wrong with digits
    film = _Film(root, find_theme(theme), rankdir, digits)
    written = film.gif(duration, loop) if suffix == "gif" else film.svg(duration, loop)
    _replace_file(target, written)
    return target


@dataclass(frozen=True)
class _Text:
    """A text at one moment."""

    text: str
    colour: str
    bold: bool = False
    italic: bool = False


@dataclass(eq=False)
class _Slot:
    """A place for a text that changes: as wide as the widest, so that nothing around it moves."""

    size: int
    moments: list[_Text]
    colour: str  # stands for the slot in the engine's SVG, where it is looked for

    def html(self, moment: int | None) -> str:
        """The slot as a table of fixed size, with the text of a moment or, for None, marked."""
        text = self.moments[-1 if moment is None else moment]
        shown = html_text(text.text)
        if text.bold:
            shown = f"<B>{shown}</B>"
        if text.italic:
            shown = f"<I>{shown}</I>"
        colour = self.colour if moment is None else text.colour
        width = max(text_width(one.text, self.size) * (1.1 if one.bold else 1.0)
                    for one in self.moments)  # fmt: skip
        return (
            '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"><TR>'
            f'<TD FIXEDSIZE="TRUE" ALIGN="LEFT" WIDTH="{math.ceil(1.15 * width) + 4}" '
            f'HEIGHT="{math.ceil(1.6 * self.size)}">'
            f'<FONT COLOR="{colour}" POINT-SIZE="{self.size}">{shown}</FONT></TD></TR></TABLE>'
        )


@dataclass(frozen=True, eq=False)
class _Finished(GraphFacts):
    """The graph with the gradients of the film's end instead of those in `grad`."""

    sums: Mapping[Value, float] = field(default_factory=dict)

    def gradient(self, node: Value) -> float | None:
        return self.sums.get(node, 0.0)


class _Film:
    """All moments: before the pass, the root's 1, each contribution, and the finished picture."""

    def __init__(self, root: Value, theme: Theme, rankdir: str, digits: int) -> None:
        self.theme, self.rankdir, self.digits = theme, rankdir, digits
        order = topological_order(root)
        count = sum(len(_places(node)) for node in order if not is_constant(node))
        if count > MOST:
            raise ValueError(
                f"animate: a backward pass from this node has {count:,} contributions, each of "
                f"them a step; at most {MOST} can be followed. Animate one neuron of it, or draw "
                "it standing still: draw_dot(root, edges='contribution')"
            )
        self.steps = list(contributions(root))
        sums = {} if is_constant(root) else {root: 1.0}
        sums |= {step.operand: step.after for step in self.steps}
        self.graph = _Finished(root, order, True, sums)
        self.frames = len(self.steps) + 3
        self.slots: dict[Any, _Slot] = {}
        self.add_gradients()
        self.add_edges()
        self.add_captions()
        # The ids (`n12`, `e12-0`) of what is highlighted at each moment.
        self.highlighted: list[set[str]] = [set() for _ in range(self.frames)]
        self.highlighted[1].add(self.id(root))
        for moment, step in enumerate(self.steps, 2):
            self.highlighted[moment] = {self.id(step.operand), self.edge_id(step)}

    def id(self, node: Value) -> str:
        return f"n{self.graph.position[node]}"

    def edge_id(self, step: Contribution) -> str:
        return f"e{self.graph.position[step.node]}-{step.position}"

    def add(self, key: Any, size: int, moments: list[_Text]) -> None:
        mark = f"#f{len(self.slots):05x}"
        while mark in vars(self.theme).values():
            mark = f"#e{mark[2:]}"
        self.slots[key] = _Slot(size, moments, mark)

    def add_gradients(self) -> None:
        theme, digits = self.theme, self.digits
        nodes = [node for node in self.graph.order if not is_constant(node)]
        for node in nodes:
            moments = [_Text("not yet", theme.muted, italic=True)] * (self.frames - 1)
            if node is self.graph.root:
                first = _Text("1", theme.accent, bold=True)
                moments[1:] = [first] + [_Text("1", theme.ink)] * (self.frames - 3)
            for moment, step in enumerate(self.steps, 2):
                if step.operand is node:
                    added = _Text(_sum(step, digits), theme.accent, bold=True)
                    after = _Text(number(step.after, digits), theme.ink)
                    moments[moment:] = [added] + [after] * (self.frames - 2 - moment)
            last = number(self.graph.gradient(node) or 0.0, digits)
            self.add(node, _SIZE, [*moments, _Text(last, theme.ink)])

    def add_edges(self) -> None:
        theme, digits = self.theme, self.digits
        for moment, step in enumerate(self.steps, 2):
            local = _Text(f"× {number(step.local, digits)}", theme.muted)
            product = _product(step, digits)
            moments = [local] * moment
            moments.append(_Text(product, theme.accent))
            moments += [_Text(product, theme.muted)] * (self.frames - len(moments))
            self.add((step.node, step.position), _SMALL, moments)

    def add_captions(self) -> None:
        """Two lines below the picture that say each step in words."""
        theme, digits, count = self.theme, self.digits, len(self.steps)
        root = _name(self.graph.root)
        told = [
            ("before the backward pass", "no gradient is computed yet"),
            ("start", f"the gradient of {root} is 1, its derivative for itself"),
        ]
        for i, step in enumerate(self.steps, 1):
            operand = _name(step.operand)
            told.append((
                f"step {i} of {count}: from {_name(step.node)} to {operand}",
                f"incoming × local = {_product(step, digits)};   "
                f"gradient of {operand}: {_sum(step, digits)}",
            ))  # fmt: skip
        steps = f"{count} step{'s' * (count != 1)}"
        told.append(("finished", f"every gradient is the sum of its contributions ({steps})"))
        self.add("head", _SIZE, [_Text(head, theme.ink, bold=True) for head, _ in told])
        self.add("line", _SMALL, [_Text(line, theme.muted) for _, line in told])

    # The picture of one moment

    def picture(self, moment: int | None) -> Digraph:
        """The graph at a moment; for None at the end, with the slots marked."""
        theme = self.theme
        highlighted: set[str] = set() if moment is None else self.highlighted[moment]
        lines = "".join(
            f'<TR><TD ALIGN="LEFT">{self.slots[key].html(moment)}</TD></TR>'
            for key in ("head", "line")
        )
        table = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">'
        graph = Digraph("backward")
        graph.attr(
            rankdir=self.rankdir,
            ranksep="0.35",
            nodesep="0.2",
            bgcolor=theme.background,
            pad="0.15",
            fontname=FONT,
            tooltip=tooltip_text(f"the backward pass from {name_of(self.graph.root)}"),
            label=f"<{table}{lines}</TABLE>>",
            labelloc="b",
            labeljust="l",
        )
        graph.attr(
            "node",
            fontname=FONT,
            fontsize=str(_SIZE),
            fontcolor=theme.ink,
            color=theme.rim,
            margin="0.07,0.04",
            height="0.2",
            width="0.3",
        )
        graph.attr("edge", fontname=FONT, fontsize=str(_SMALL), color=theme.line, arrowsize="0.6")
        styles = legends.styles(theme)
        ink = cards.Ink(theme.ink, theme.muted, theme.alarm, readable_on(theme.alarm))
        for node in self.graph.order:
            self.add_node(graph, node, styles, ink, moment, highlighted)
            for position in range(len(node._prev)):
                self.add_edge(graph, node, position, moment, highlighted)
        return graph

    def add_node(
        self,
        graph: Digraph,
        node: Value,
        styles: Mapping[str, Mapping[str, str]],
        ink: cards.Ink,
        moment: int | None,
        highlighted: set[str],
    ) -> None:
        kind, own = self.graph.kind(node), self.id(node)
        attributes = dict(styles[kind])
        if own in highlighted:
            attributes |= {"color": self.theme.accent, "penwidth": "2.5"}
        if kind == "constant":
            label = cards.node_card(self.graph, node, (), self.digits, ink)
        else:
            title = [(node._op, True), (shorten(node.label, cards.LONGEST), not node._op)]
            data = cards.shown(node.data, self.digits)
            # As the gradient's slot: a table, so that both numbers start at the same place.
            data = (
                '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"><TR>'
                f'<TD ALIGN="LEFT">{data}</TD></TR></TABLE>'
            )
            rows = [("data", data), ("grad", self.slots[node].html(moment))]
            label = cards.card(title, rows, (), ink).replace(
                '<TD ALIGN="RIGHT">', '<TD ALIGN="LEFT">'
            )
        tip = cards.node_tooltip(self.graph, node, ())
        attributes |= {"id": own, "class": kind, "tooltip": tip}
        graph.node(own, label, _attributes=attributes)

    def add_edge(
        self, graph: Digraph, node: Value, position: int, moment: int | None, lit: set[str]
    ) -> None:
        operand = node._prev[position]
        own = f"e{self.graph.position[node]}-{position}"
        attributes = {"id": own, "tooltip": tooltip_text(f"{name_of(operand)} → {name_of(node)}")}
        slot = self.slots.get((node, position))
        if slot is not None:
            attributes["label"] = f"<{slot.html(moment)}>"
        elif is_constant(operand):
            attributes |= {"style": "dashed", "arrowhead": "empty"}
        elif slopes(node)[position] == 0.0:  # what `select` does not choose
            attributes["style"] = "dotted"
        if own in lit:
            attributes |= {"color": self.theme.accent, "penwidth": "2.5"}
        if operand._prev:
            attributes["weight"] = "4"  # the main line straight, leaves beside it
        graph.edge(self.id(operand), self.id(node), _attributes=attributes)

    # The two formats

    def gif(self, seconds: float, loop: bool) -> bytes:
        try:
            from PIL import Image
        except ImportError:
            raise ImportError(
                'an animated GIF needs Pillow: pip install "tinygrad_neuron[demos]"; '
                "an .svg needs nothing"
            ) from None

        def drawn(moment: int) -> bytes:
            picture = self.picture(moment)
            picture.graph_attr["dpi"] = "120"
            written: bytes = picture.pipe(format="png", quiet=True)
            return written

        with ThreadPoolExecutor(max_workers=os.cpu_count()) as workers:
            images = [
                Image.open(BytesIO(png)).convert("RGB")
                for png in workers.map(drawn, range(self.frames))
            ]
        # One palette for all, or colours would flicker: that of all frames' corners of colour.
        palette = _side_by_side(images).quantize(128)
        flat = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images]
        step = round(100 * seconds) * 10  # a GIF counts in hundredths of a second
        written = BytesIO()
        flat[0].save(
            written,
            format="GIF",
            save_all=True,
            append_images=flat[1:],
            duration=[step] * (len(flat) - 1) + [REST * step],
            optimize=False,
            **({"loop": 0} if loop else {}),
        )
        return written.getvalue()

    def svg(self, seconds: float, loop: bool) -> bytes:
        still = self.picture(None)
        drawn = still.pipe(format="svg", encoding="utf-8", quiet=True)
        name = "a" + hashlib.sha256(drawn.encode()).hexdigest()[:8]
        rules = _Rules(name, self.frames, seconds, loop)
        ElementTree.register_namespace("", _WHOLE)
        ElementTree.register_namespace("xlink", _LINKS)
        tree = ElementTree.fromstring(drawn)
        groups = {g.get("id"): g for g in tree.iter(f"{{{_WHOLE}}}g")}
        for own in sorted(set().union(*self.highlighted)):
            lit = [own in moment for moment in self.highlighted]
            colour = self.theme.rim if own[0] == "n" else self.theme.line
            states = [
                f"color: {self.theme.accent}; stroke-width: 2.5"
                if here
                else f"color: {colour}; stroke-width: 1"
                for here in lit
            ]
            self.mark(groups[own])
            rules.add(groups[own], states)
            if own[0] == "e":
                self.add_traveller(groups[own], lit.index(True), rules)
        marks = {slot.colour: slot for slot in self.slots.values()}
        for parent in list(tree.iter()):
            for text in list(parent):
                slot = marks.get(text.get("fill", ""))
                if text.tag == f"{{{_WHOLE}}}text" and slot is not None:
                    _replace_text(parent, text, slot, rules)
        style = ElementTree.Element(f"{{{_WHOLE}}}style")
        style.text = rules.css()
        tree.insert(0, style)
        tree.set("class", name)
        tree.set("role", "img")
        written: bytes = ElementTree.tostring(tree, encoding="utf-8", xml_declaration=True)
        return written

    def mark(self, group: ElementTree.Element) -> None:
        """Let the lines of a node or an edge take the colour and the width of their group."""
        plain = (self.theme.rim, self.theme.line)
        for shape in group.iter():
            for attribute in ("stroke", "fill"):
                if shape.get(attribute) in plain and shape.tag != f"{{{_WHOLE}}}text":
                    shape.set(attribute, "currentColor")

    def add_traveller(self, group: ElementTree.Element, moment: int, rules: "_Rules") -> None:
        """A dot that goes back along an edge, from the consumer to its operand."""
        way = next(group.iter(f"{{{_WHOLE}}}path")).get("d", "")
        dot = ElementTree.SubElement(group, f"{{{_WHOLE}}}circle")
        dot.set("r", "4")
        dot.set("fill", self.theme.accent)
        rules.travel(dot, moment, way)


def _replace_text(
    parent: ElementTree.Element, text: ElementTree.Element, slot: _Slot, rules: "_Rules"
) -> None:
    """Put all texts of a slot in its place, each shown at its moments only."""
    at = list(parent).index(text)
    parent.remove(text)
    for shown in dict.fromkeys(slot.moments):
        one = ElementTree.Element(text.tag, text.attrib)
        one.attrib.pop("font-weight", None)
        one.attrib.pop("font-style", None)
        one.set("fill", shown.colour)
        one.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        if shown.bold:
            one.set("font-weight", "bold")
        if shown.italic:
            one.set("font-style", "italic")
        one.text = visible(shown.text)
        one.tail = "\n"
        states = [
            "visibility: visible" if moment == shown else "visibility: hidden"
            for moment in slot.moments
        ]
        rules.add(one, states)
        parent.insert(at, one)
        at += 1


class _Rules:
    """The style sheet of a film: each element's looks over time. Without motion, the last ones."""

    def __init__(self, name: str, frames: int, seconds: float, loop: bool) -> None:
        self.name, self.frames, self.loop = name, frames, loop
        self.seconds = seconds * (frames - 1 + REST)
        self.share = 100 / (frames - 1 + REST)  # of the whole time, in percent, that a step takes
        self.keyframes: dict[str, str] = {}
        self.ways: list[str] = []

    def add(self, element: ElementTree.Element, states: list[str]) -> None:
        """Let an element look like each of these in turn; equal films share their keyframes."""
        element.set("style", states[-1])
        changes = [
            f"{i * self.share:.6g}% {{{state}}}"
            for i, state in enumerate(states)
            if i == 0 or state != states[i - 1]
        ]
        if len(changes) > 1:
            self.play(element, " ".join(changes) + f" 100% {{{states[-1]}}}")

    def travel(self, element: ElementTree.Element, moment: int, way: str) -> None:
        """Let an element go back along a path in the first part of a step; hidden otherwise."""
        start, end = moment * self.share, (moment + 0.7) * self.share
        element.set("style", f"visibility: hidden; offset-path: path('{way}')")
        self.play(
            element,
            "0% {visibility: hidden} "
            f"{start:.6g}% {{visibility: visible; offset-distance: 100%; "
            "animation-timing-function: linear} "
            f"{end:.6g}% {{visibility: hidden; offset-distance: 0%}} 100% {{visibility: hidden}}",
        )

    def play(self, element: ElementTree.Element, keyframes: str) -> None:
        number = self.keyframes.setdefault(keyframes, f"{self.name}-{len(self.keyframes)}")
        element.set("class", f"{element.get('class', '')} {number}".strip())

    def css(self) -> str:
        lines = ["", "@media (prefers-reduced-motion: no-preference) {"]
        count = "infinite" if self.loop else "1"
        for keyframes, name in self.keyframes.items():
            lines.append(f"@keyframes {name} {{{keyframes}}}")
            lines.append(f".{name} {{animation: {name} {self.seconds:g}s step-end {count}}}")
        lines.append(f".{self.name}:hover * {{animation-play-state: paused}}")
        return "\n".join([*lines, "}", ""])


def _name(node: Value) -> str:
    return re.sub(r"\s+", " ", shorten(name_of(node), _NAME))


def _product(step: Contribution, digits: int) -> str:
    parts = (step.incoming, step.local, step.amount)
    incoming, local, amount = (number(part, digits) for part in parts)
    return f"{incoming} × {local} = {amount}"


def _sum(step: Contribution, digits: int) -> str:
    """`6 + 2 = 8`; the first contribution is added to 0."""
    amount = number(step.amount, digits)
    added = f"({amount})" if amount.startswith("-") else amount
    return f"{number(step.before or 0.0, digits)} + {added} = {number(step.after, digits)}"


def _side_by_side(images: Sequence[Any]) -> Any:
    """A few frames in one image, small: it has every colour that the film has."""
    from PIL import Image

    chosen = [images[0], images[min(2, len(images) - 1)], images[len(images) // 2], images[-1]]
    width, height = chosen[0].size
    sheet = Image.new("RGB", (width, height * len(chosen)))
    for i, image in enumerate(chosen):
        sheet.paste(image, (0, i * height))
    return sheet
