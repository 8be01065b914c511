"""The computation graph as a picture: every node with its name, data, gradient and operation."""

from ..engine import Scope, Value, is_constant, stored_gradient, topological_order
from ..ops import unknown
from .rendering import Digraph
from .text import html_text, number, tooltip_text

_DIRECTIONS = ("LR", "TB", "RL", "BT")

# What each kind of node looks like: shape as well as colour tells them apart.
_STYLES = {
    "constant": {"shape": "box", "style": "dashed", "color": "#6b7280"},
    "leaf": {"shape": "box", "style": "filled", "fillcolor": "#e8f1fb", "color": "#2563a8"},
    "operation": {
        "shape": "box",
        "style": "rounded,filled",
        "fillcolor": "#ffffff",
        "color": "#4b5563",
    },
    "output": {
        "shape": "box",
        "style": "rounded,filled",
        "fillcolor": "#fdf3dc",
        "color": "#9a6700",
        "penwidth": "2",
    },
}


def draw_dot(root: Value, format: str = "svg", rankdir: str = "LR", *, digits: int = 4) -> Digraph:
    """Draw the graph that a Value was computed from.

    **Arguments:** `root`, the result; `format`, the picture's format (svg, png, ...); `rankdir`,
    the direction of reading: LR (left to right), TB, RL or BT; `digits`, significant digits shown.

    **Returns** a `graphviz.Digraph`: `.source` is its text, `.render("neuron.svg")` writes it, in a
    notebook it shows itself. An operand used twice has two edges. A gradient is shown only where a
    backward pass has reached the node.

    Raises a `TypeError` for what is not a Value, a `ValueError` for an unknown format or direction.

    >>> x = Value(2.0, label="x")
    >>> y = x * x
    >>> draw_dot(y).source.count("n0 -> n1")
    2
    """
    if not isinstance(root, Value):
        raise TypeError(f"draw_dot: the root must be a Value, got {type(root).__name__}")
    if rankdir not in _DIRECTIONS:
        raise ValueError(f"rankdir {rankdir!r}: {unknown(rankdir, _DIRECTIONS)}")
    graph = Digraph("graph", format=format)
    graph.attr("graph", rankdir=rankdir, ranksep="0.4", nodesep="0.2", bgcolor="white")
    graph.attr("node", fontname="Helvetica", fontsize="11", margin="0.08,0.04")
    graph.attr("edge", color="#4b5563", arrowsize="0.7")
    order = topological_order(root)
    # Leaves keep gradients of other graphs; here they count only if a pass has reached this one.
    reached = stored_gradient(root) is not None
    names = {node: f"n{position}" for position, node in enumerate(order)}
    for node, name in names.items():
        gradient = stored_gradient(node) if reached else None
        graph.node(
            name,
            label=_label(node, gradient, digits),
            tooltip=tooltip_text(_tooltip(node, gradient)),
            id=name,
            **_STYLES[_kind(node, root)],
        )
    for node, name in names.items():
        for position, operand in enumerate(node._prev):
            graph.edge(names[operand], name, id=f"{name}-{position}")
    return graph


def _kind(node: Value, root: Value) -> str:
    if is_constant(node):
        return "constant"
    if node is root:
        return "output"
    return "operation" if node._prev else "leaf"


def _label(node: Value, gradient: float | None, digits: int) -> str:
    title = []
    if node._op:
        title.append(f"<B>{html_text(node._op)}</B>")
    if node.label:
        title.append(html_text(node.label))
    rows = [f'<TR><TD COLSPAN="2">{"  ".join(title)}</TD></TR>'] if title else []
    numbers = {"data": node.data} | ({} if gradient is None else {"grad": gradient})
    for name, value in numbers.items():
        rows.append(
            f'<TR><TD ALIGN="LEFT"><FONT COLOR="#4b5563">{name}&#160;&#160;</FONT></TD>'
            f'<TD ALIGN="RIGHT">{html_text(number(value, digits))}</TD></TR>'
        )
    table = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2">'
    return f"<{table}{''.join(rows)}</TABLE>>"


def _tooltip(node: Value, gradient: float | None) -> str:
    scope: Scope | None = node.scope
    lines = [f"{scope}: {node.label}" if scope else node.label, f"data = {node.data!r}"]
    lines.append("gradient not computed yet" if gradient is None else f"grad = {gradient!r}")
    return "\n".join(line for line in lines if line)
