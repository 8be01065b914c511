"""One offline page per graph: the picture, the steps, and the operations as JavaScript.

The page is one HTML file that asks the network for nothing. Its scripts and styles are the files in
this folder, put in as they are; the picture is drawn once by Graphviz; the operations come from the
table (`walk.javascript`). In the browser the page computes both passes itself.
"""

import ast
import base64
import hashlib
import html
import json
import math
import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...draw import cards, draw_dot
from ...draw.flags import THRESHOLDS
from ...draw.folding import LEVELS, Group
from ...draw.graph import BUDGET, LABELLED_NODES, GraphPicture
from ...draw.reading import Recorded, read
from ...draw.rendering import RenderingTimeoutError, _replace_file
from ...draw.text import shorten, visible
from ...draw.themes import THEMES
from ...engine import Value, described, refuse_made_by_hand
from ...ops import Operation
from .. import javascript
from ..formulas import Formulas

_FOLDER = Path(__file__).parent
MODULES = (
    "arithmetic", "engine", "text", "picture", "leaves", "verify", "curve", "paths", "flags",
    "predict", "panel", "filmstrip", "main",
)  # fmt: skip
PATIENCE = 20.0  # seconds for one layout; what takes longer is drawn folded
FEW = 60
_SVG = "http://www.w3.org/2000/svg"
_ROOM = "-0.0000000"  # what the layout leaves room for where a number will stand
_EDGE_ROOM = ("-0.000 × -0.000", "= -0.0000")
_LOOKS = ("ink", "muted", "line", "leaf", "parameter", "operation", "output", "rim", "background")


def write_page(root: Value, path: "str | os.PathLike[str]", *, title: str = "") -> str:
    """Write the page that steps through a Value's graph; returns the path.

    **Arguments:** `root`, the result whose graph is shown; `path`, of the HTML file: it is replaced
    whole or not at all; `title`, the page's heading.

    Raises what `page_html` raises.
    """
    _replace_file(os.fspath(path), page_html(root, title=title).encode())
    return os.fspath(path)


def frame_html(root: Value, *, title: str = "", height: int = 720) -> str:
    """The page as a frame for a notebook; several do not touch each other.

    >>> frame = frame_html(Value(1.0, label="x") * 2.0)
    >>> frame.startswith("<iframe"), "</script>" in frame
    (True, False)
    """
    if not isinstance(height, int) or height < 1:
        raise ValueError(f"height must be a number of pixels, 1 or more, got {height!r}")
    page = html.escape(page_html(root, title=title))
    name = html.escape(visible(title) or "Both passes, step by step")
    return (
        f'<iframe sandbox="allow-scripts allow-modals" title="{name}" '
        f'style="width:100%;height:{height}px;border:0" srcdoc="{page}"></iframe>'
    )


def page_html(root: Value, *, title: str = "") -> str:
    """The text of the page that steps through a Value's graph.

    Raises a `TypeError` for what is not a Value and for a graph with a node made by hand; a
    `ValueError` for an operation that cannot be translated to JavaScript; and a
    `graphviz.ExecutableNotFound` where there is no layout engine.

    >>> page = page_html((Value(0.5, label="w") * Value(2.0, label="x")).tanh(), title="A neuron")
    >>> "<title>A neuron</title>" in page, "tanh: {" in page, "sigmoid: {" in page
    (True, True, False)
    """
    if not isinstance(root, Value):
        raise TypeError(f"page: the root must be a Value, got {described(root)}")
    graph = read(root)
    for node in graph.order:
        refuse_made_by_hand(node, "the page")
    used = {node._operation.name: node._operation for node in graph.order if node._prev}
    pictures = list(_pictures(graph))
    named = zip(graph.order, Formulas(graph.order, digits=4).names, strict=True)
    data = {
        "nodes": [_node(graph, node, name) for node, name in named],
        "operations": {name: _operation(operation) for name, operation in used.items()},
        "limits": THRESHOLDS,
        "levels": [level for level, _ in pictures],
    }
    style = (_FOLDER / "page.css").read_text("utf-8")
    script = _script(javascript.source(used))
    heading = visible(title) or "Both passes, step by step"
    parts = {
        "policy": (
            f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
            "base-uri 'none'; form-action 'none'"
        ),
        "title": html.escape(heading),
        "style": style,
        "pictures": "\n".join(svg for _, svg in pictures),
        "data": _json(data),
        "script": script,
    }
    template = (_FOLDER / "template.html").read_text("utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], template)


def _script(operations: str) -> str:
    """The modules in one: what they import from each other is in the same scope here."""
    parts = []
    for name in MODULES:
        text = (_FOLDER / f"{name}.js").read_text("utf-8")
        text = re.sub(r"^import \{[^}]*\} from [^;]*;\n", "", text, flags=re.MULTILINE)
        parts.append(re.sub(r"^export ", "", text, flags=re.MULTILINE))
        if name == "arithmetic":
            parts.append(operations + "\n")
    return "\n" + "\n".join(parts)


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _json(data: object) -> str:
    """JSON that can stand in a script element: nothing in it can end the element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def _number(value: float) -> "float | str":
    value = float(value)
    return value if math.isfinite(value) else str(value)


def _node(graph: Recorded, node: Value, name: str) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "kind": graph.kind(node),
        "label": node.label,
        "data": _number(node.data),
    }
    if node.label:
        entry["name"] = name
    if node._prev:
        entry["operation"] = node._operation.name
        entry["operands"] = [graph.position[operand] for operand in node._prev]
    if node.scope is not None:
        entry["scope"] = str(node.scope)
    if node.line:
        entry["line"] = node.line
    return entry


def _operation(operation: Operation) -> dict[str, Any]:
    count = 1 if operation.variadic else len(operation.operands)
    return {
        "symbol": operation.symbol,
        "operands": list(operation.operand_names),
        "forward": ast.unparse(operation.forward_tree()),
        "partials": [ast.unparse(operation.partial_tree(i)) for i in range(count)],
        "totals": {name: f"total({ast.unparse(t)})" for name, t in operation.totals.items()},
        "variadic": operation.variadic,
        "chosen": bool(operation.chosen),
        "activation": operation.activation,
        "domain": operation.domain,
    }


# Pictures


def _pictures(graph: Recorded) -> Iterator[tuple[dict[str, Any], str]]:
    """The picture at each level at which it differs: what the page knows of it, and its SVG."""
    scopes = any(node.scope is not None for node in graph.order)
    drawn = 0
    for level in LEVELS if scopes else LEVELS[:1]:
        picture = _drawn(graph, level, BUDGET)
        if picture.folding.drawn == drawn or (drawn and picture.folding.automatic):
            continue
        drawn = picture.folding.drawn
        try:
            svg = _svg(graph, picture, level)
        except RenderingTimeoutError:  # long chains with one leaf that all of it uses
            picture = _drawn(graph, level, FEW)
            drawn = picture.folding.drawn
            svg = _svg(graph, picture, level)
        exits = _exits(graph, picture)
        groups = {
            # the one whose numbers stand for all comes last
            group.id: [
                graph.position[v] for v in sorted(group.members, key=exits[group].__contains__)
            ]
            for group in picture.folding.groups
            if group.is_folded
        }
        yield {"name": level, "text": picture.folding.text, "groups": groups}, svg


def _drawn(graph: Recorded, level: str, budget: int) -> GraphPicture:
    picture = draw_dot(
        graph.root, level=level, flags=False, legend=False, edges="none", budget=budget
    )
    picture.timeout = PATIENCE
    return picture


def _exits(graph: Recorded, picture: GraphPicture) -> dict[Group, set[Value]]:
    """For each drawn node, those of its members whose numbers are used outside it."""
    of = picture.folding.of
    exits: dict[Group, set[Value]] = {of[graph.root]: {graph.root}}
    for node in graph.order:
        for operand in node._prev:
            if of[operand] is not of[node]:
                exits.setdefault(of[operand], set()).add(operand)
    return exits


_TABLE_LABEL = re.compile(r"label=<<TABLE.*?</TABLE>>", re.DOTALL)
_TOOLTIP = re.compile(r'\s(?:label|edge)?tooltip="[^"]*"')
_STYLED = re.compile(r'\sstyle="dotted"')
_INK = cards.Ink(THEMES["light"].ink, THEMES["light"].muted, "#000000", "#ffffff")


def _svg(graph: Recorded, picture: GraphPicture, level: str) -> str:
    """The picture drawn with room for numbers, colours left to the page's style."""
    exits = _exits(graph, picture)
    cards_ = {group.id: group for group in picture.folding.groups}
    labelled = picture.folding.drawn <= LABELLED_NODES
    room = r"\n".join(_EDGE_ROOM)
    body = []
    for line in picture.body:
        line = _TOOLTIP.sub("", line)
        words = line.split(None, 2)
        group = cards_.get(words[0]) if words else None
        if group is not None and words[1] == "->":
            if labelled and 'class="constant"' not in line and re.search(r'id="e\d+-\d+"', line):
                line = line.replace(" [", f' [label="{room}" ', 1)
            line = _STYLED.sub("", line)
        elif words and words[0] == "graph":
            line = _TABLE_LABEL.sub('label=""', line)  # the page says itself what is folded
        elif group is not None:
            if group.is_folded:
                name = str(group.scope) if group.scope else group.why or "folded"
                title = [(shorten(name, cards.LONGEST), True)]
                rows = [("nodes", f"{len(group.members):,}")]
                if len(exits[group]) == 1:
                    rows += [("data", _ROOM), ("grad", _ROOM)]
            else:
                node = group.node
                label = shorten(node.label, cards.LONGEST)
                constant = graph.kind(node) == "constant"
                title = [(node._op, True), (label, not node._op)]
                rows = [("", _ROOM)] if constant else [("data", _ROOM), ("grad", _ROOM)]
            new = "label=" + cards.card(title, rows, (), _INK)
            line = _TABLE_LABEL.sub(lambda _, new=new: new, line, count=1)  # type: ignore[misc]
        body.append(line)
    picture.body[:] = body
    return _compact(ET.fromstring(picture.pipe(format="svg")), level)


def _compact(tree: ET.Element, level: str) -> str:
    """The SVG with roles in the place of colours, and marked where numbers stand."""
    looks = {getattr(THEMES["light"], look): look for look in reversed(_LOOKS)}
    box = tree.get("viewBox", "")
    prefix = "" if level == "scalar" else f"{level}-"
    for parent in tree.iter():
        for child in list(parent):
            if child.tag == f"{{{_SVG}}}title":
                parent.remove(child)
    for element in tree.iter():
        classes = element.get("class", "").split()
        if (name := element.get("id")) is not None:
            element.set("id", prefix + name)
        if "node" in classes:
            texts = [text for text in element.iter(f"{{{_SVG}}}text") if text.text == _ROOM]
            for text, mark in zip(reversed(texts), _marks(classes), strict=False):
                text.set("data-shows", mark)
                text.text = ""
        elif "edge" in classes:
            texts = list(element.iter(f"{{{_SVG}}}text"))
            for text, mark in zip(texts, ("product", "result"), strict=False):
                text.set("data-shows", mark)
                text.text = ""
        for attribute in ("fill", "stroke"):
            colour = element.attrib.pop(attribute, None)
            if colour is None:
                continue
            if colour in ("none", "transparent"):
                element.set(attribute, "none")
            elif look := looks.get(colour):
                element.set(attribute, f"var(--{look})")
        for attribute in ("font-family", "font-size"):
            if element.get(attribute) in ("Helvetica,sans-Serif", "10.00"):
                del element.attrib[attribute]
        element.tail = None
    background = tree[0].find(f"{{{_SVG}}}polygon")
    if background is not None:
        tree[0].remove(background)
    tree.attrib.clear()
    tree.attrib |= {"viewBox": box, "data-level": level, "class": "graph", "hidden": ""}
    tree[0].attrib.pop("id", None)
    ET.register_namespace("", _SVG)
    return ET.tostring(tree, encoding="unicode")


def _marks(classes: list[str]) -> tuple[str, ...]:
    return ("data",) if "constant" in classes else ("grad", "data")
