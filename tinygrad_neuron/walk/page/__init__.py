"""One offline page per graph: the picture, the steps, and the operations as JavaScript.

The page is one HTML file that asks the network for nothing. Its scripts and styles are the files in
this folder, put in as they are; the picture is drawn once by Graphviz; the operations come from the
table (`calculus.javascript`). In the browser the page computes both passes itself.
"""

import ast
import base64
import gzip
import hashlib
import html
import json
import os
import re
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from ...calculus import javascript
from ...calculus.operation import Operation
from ...calculus.printing import MINUS, TYPESET, operator_of
from ...checking import described, text
from ...draw.facts import GraphFacts, read
from ...draw.flags import NAMES, SIGNS, THRESHOLDS
from ...draw.text import visible
from ...draw.themes import THEMES, custom_properties
from ...engine import Value
from ...files import replace_file
from ...health import HELP, has_flat_parts, units_of
from ...interface import say, speaking
from ...passes import refuse_made_by_hand
from ..formulas import Formulas, plain_partials, undirected
from ..ordering import reading_order
from ..records import StepList
from .pictures import Scopes, View, views
from .scripts import as_json, as_number, called_by_rule, plane_script, training_script

_FOLDER = files(__package__)  # in a zipped wheel, too
MODULES = (
    "engine", "training", "text", "honest", "naming", "formula", "tabs", "edges",
    "picture", "viewport", "views", "leaves", "verify", "curve", "loss", "paths", "flags",
    "code", "predict", "panel", "origin", "filmstrip", "state", "contour", "plane", "strides",
    "showing", "address", "folding", "stepping", "changing", "examples", "dragging", "cards",
    "keys", "pointing", "theme", "main",
)  # fmt: skip


def write_page(shown: Value | StepList, path: "str | os.PathLike[str]", *, title: str = "") -> str:
    """Write the page that steps through a Value's graph; returns the path.

    **Arguments:** `shown`, the result whose graph is shown, or a walkthrough of it; `path`, of the
    HTML file: it is replaced whole or not at all; `title`, the page's heading.

    Raises what `page_html` raises.
    """
    replace_file(path, page_html(shown, title=title).encode())
    return os.fspath(path)


def frame_html(shown: Value | StepList, *, title: str = "", height: int = 720) -> str:
    """The page as a frame for a notebook; several do not touch each other.

    >>> frame = frame_html(Value(1.0, label="x") * 2.0)
    >>> frame.startswith("<iframe"), "</script>" in frame
    (True, False)
    """
    if not isinstance(height, int) or height < 1:
        raise ValueError(f"height must be a number of pixels, 1 or more, got {height!r}")
    page = html.escape(page_html(shown, title=title))
    name = html.escape(visible(title) or say("both passes"))
    return (
        f'<iframe sandbox="allow-scripts allow-modals" title="{name}" '
        f'style="width:100%;height:{height}px;border:0" srcdoc="{page}"></iframe>'
    )


def page_html(shown: Value | StepList, *, title: str = "") -> str:
    """The text of the page that steps through a Value's graph, or through a walkthrough.

    Of a walkthrough it has the number of digits and, where it is one of training, its iterations.

    Raises a `TypeError` for what is neither and for a graph with a node made by hand; a
    `ValueError` for an operation that cannot be translated to JavaScript and for a training whose
    graph is not the same in each iteration; and an `EngineNotFoundError` where there is no layout
    engine.

    >>> page = page_html((Value(0.5, label="w") * Value(2.0, label="x")).tanh(), title="A neuron")
    >>> "<title>A neuron</title>" in page, "tanh: {" in page, "sigmoid: {" in page
    (True, True, False)
    """
    root, digits = _asked(shown)
    title = text("page", "title", title)
    graph = read(root)
    for node in graph.order:
        refuse_made_by_hand(node, "the page")
    used = {node._operation.name: node for node in graph.order if node._prev}
    scopes = Scopes(graph)
    names = Formulas(graph.order, digits).names
    first, *others = views(graph, scopes, names, digits)
    data: dict[str, Any] = {
        "digits": digits,
        "nodes": [_node(graph, scopes, i, names[i]) for i in range(len(graph.order))],
        "order": [graph.position[node] for node in reading_order(graph.order) if node._prev],
        "operations": {name: _operation(node) for name, node in used.items()},
        "flags": {"limits": THRESHOLDS, "signs": SIGNS, "called": NAMES, "help": HELP},
        "scopes": [
            {
                "name": scope.name or scope.kind,
                "path": str(scope),
                "around": -1 if scope.parent is None else scopes.position[scope.parent],
            }
            for scope in scopes.all
        ],
        "views": [
            {"level": view.level, "folded": view.folded, "size": view.size}
            for view in (first, *others)
        ],
        "view": _drawn(first),
    }
    for unit, members in enumerate(units_of(graph.order)):
        for node in members:
            data["nodes"][graph.position[node]]["unit"] = unit
    style = _style()
    script = _script(
        f"{javascript.source([*used, *called_by_rule(shown)])}\n"
        f"const OPERATORS = {as_json(_operators(used))};\n"
        f"{plane_script(shown, graph, data)}{training_script(shown, graph, data)}"
    )
    parts = {
        "policy": (
            f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
            "base-uri 'none'; form-action 'none'"
        ),
        "title": html.escape(visible(title) or say("both passes")),
        "style": style,
        "picture": first.svg,
        "data": as_json(data),
        "pictures": _packed([{**_drawn(view), "svg": view.svg} for view in others]),
        "script": script,
    }
    template = (_FOLDER / "template.html").read_text("utf-8")
    template = re.sub(r"\{\{say ([^}]+)\}\}", lambda match: html.escape(say(match[1])), template)
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], template)


def _style() -> str:
    """The style sheet, with the colours of the themes and those that the page alone has."""
    own = {
        "light": "--good: #17603a; --panel: #f6f7f9; --edge: #d5d9e0; --now: #fff0d6; "
        "--target: #dcebf9; --blue: #0b5fa5; --faint: #a3abb8;",
        "dark": "--good: #7ddba3; --panel: #1b212b; --edge: #39414d; --now: #4a3a10; "
        "--target: #123e63; --blue: #7cc0ff; --faint: #5f6978;",
    }
    style = (_FOLDER / "page.css").read_text("utf-8")
    for name, colours in own.items():
        properties = f"{custom_properties(THEMES[name])} {colours}"
        style = style.replace(f"{{{{{name}}}}}", properties)
    return style


def _asked(shown: Value | StepList) -> tuple[Value, int]:
    """The graph's root, and the digits."""
    if isinstance(shown, Value):
        return shown, 4
    if not isinstance(shown, StepList):
        raise TypeError(f"page: the root must be a Value, got {described(shown)}")
    return shown.root, shown.digits


def _drawn(view: View) -> dict[str, Any]:
    return {"text": view.text, "groups": view.groups, "boxes": view.boxes, "room": view.room}


def _packed(data: object) -> str:
    """JSON, compressed and in base64: the browser has what it takes to unpack it."""
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def _script(operations: str) -> str:
    """The modules in one: what they import from each other is in the same scope here."""
    modules = "\n".join(map(module, MODULES))
    return "\n" + "\n".join([javascript.arithmetic(), operations, speaking(modules), modules])


def module(name: str) -> str:
    """One of the page's scripts without its imports, exports and comments, to stand in one with
    others.

    >>> "function located(" in module("training")
    True
    """
    text = (_FOLDER / f"{name}.js").read_text("utf-8")
    text = re.sub(r"^import \{[^}]*\} from [^;]*;\n", "", text, flags=re.MULTILINE)
    return re.sub(r"^export |^ *//.*\n", "", text, flags=re.MULTILINE)


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _node(graph: GraphFacts, scopes: Scopes, position: int, name: str) -> dict[str, Any]:
    """What the page has to know of a node; what it does not have is left out."""
    node = graph.order[position]
    entry: dict[str, Any] = {"kind": graph.kind(node), "data": as_number(node.data)}
    if node.label:
        entry["label"] = undirected(node.label)
    if node.label and name != f"{node.scope}.{entry['label']}":
        entry["name"] = name  # else it is made of these again
    if node._prev:
        entry["operation"] = node._operation.name
        entry["operands"] = [graph.position[operand] for operand in node._prev]
        if partials := plain_partials(node):
            entry["partials"] = partials
    if node.scope is not None:
        entry["scope"] = scopes.position[node.scope]
    if node.line:
        entry["line"] = undirected(node.line)
    return entry


def _operation(node: Value) -> dict[str, Any]:
    """What the page has to know of a node's operation, from the table."""
    operation: Operation = node._operation
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
        "parts": has_flat_parts(node),
        "domain": operation.domain,
    }


def _operators(names: Iterable[str]) -> dict[str, Any]:
    """How those operations are written that have an operator: its sign, how tightly it binds, and
    how tightly its operands must, on the left and on the right, to stand without brackets."""
    found: dict[str, Any] = {}
    for name in names:
        operator = MINUS if name in MINUS.operations else operator_of(name)
        if operator is not None:
            found[name] = {
                "sign": TYPESET.get(operator.sign, operator.sign),
                "before": operator is MINUS,
                "tightness": operator.tightness,
                "needs": [operator.left, operator.right],
            }
    return found
