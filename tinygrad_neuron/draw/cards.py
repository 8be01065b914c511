"""What stands in a node: the HTML-like labels and the tooltips."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..engine import Value
from .flags import SIGNS, Flag, count_flags
from .folding import Group, level_of
from .reading import Recorded, full_name
from .text import html_text, number, shorten, tooltip_text

LONGEST = 40  # characters of a label that a node shows; the tooltip has all


_escaped = lru_cache(html_text)  # the symbols of operations come again and again


@dataclass(frozen=True)
class Ink:
    """The colours of a node's text."""

    text: str
    muted: str
    alarm: str
    on_alarm: str


def card(
    title: Sequence[tuple[str, bool]],
    rows: Iterable[tuple[str, str]],
    badges: Iterable[str],
    ink: Ink,
) -> str:
    """An HTML-like label: a title, rows of a name and its text, badges of what is flagged.

    **Arguments:** `title`, pieces of text, each with whether it is bold; `rows`, pairs of a name
    and of text that is already HTML; `badges`, the flags in words.
    """
    head = "&#160;&#160;".join(
        f"<B>{_escaped(piece)}</B>" if bold else _escaped(piece) for piece, bold in title if piece
    )
    lines = [f'<TR><TD COLSPAN="2">{head}</TD></TR>'] if head else []
    for name, text in rows:
        if name:
            lines.append(
                f'<TR><TD ALIGN="LEFT"><FONT COLOR="{ink.muted}">{name}&#160;</FONT></TD>'
                f'<TD ALIGN="RIGHT">{text}</TD></TR>'
            )
        else:
            lines.append(f'<TR><TD COLSPAN="2">{text}</TD></TR>')
    for badge in badges:
        lines.append(
            f'<TR><TD COLSPAN="2" BGCOLOR="{ink.alarm}"><FONT COLOR="{ink.on_alarm}">'
            f"<B>{badge}</B></FONT></TD></TR>"
        )
    table = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">'
    return "<" + table + "\n".join(lines) + "</TABLE>>"


def shown(value: object, digits: int) -> str:
    """A node's number as HTML; whatever else was assigned to `data`, as Python shows it."""
    try:
        return number(value, digits)  # type: ignore[arg-type]  # if it is none, the error says so
    except (TypeError, ValueError):
        return html_text(shorten(repr(value), 20))


def node_card(graph: Recorded, node: Value, flags: Sequence[Flag], digits: int, ink: Ink) -> str:
    """The label of a scalar node."""
    kind = graph.kind(node)
    label = shorten(node.label, LONGEST)
    title = [(node._op, True), (label, not node._op)]
    data = shown(node.data, digits)
    if kind == "constant":
        return card([(label, False)], [("", data)], (), ink)
    gradient = graph.gradient(node)
    if gradient is None:
        grad = f'<FONT COLOR="{ink.muted}"><I>not yet</I></FONT>'
    else:
        grad = shown(gradient, digits)
    rows = [("data", data), ("grad", grad)]
    return card(title, rows, [flag.text for flag in flags], ink)


def node_tooltip(graph: Recorded, node: Value, flags: Sequence[Flag]) -> str:
    """Everything about a scalar node, with the full numbers."""
    kind = graph.kind(node)
    lines = [f"{kind} {node.label}".rstrip()]
    if node._op:
        lines.append(f"operation: {node._op}")
    if node.scope is not None:
        lines.append(f"in {full_name(node.scope)}")
    lines.append(f"data = {node.data!r}")
    gradient = graph.gradient(node)
    if kind == "constant":
        lines.append("a constant: it gets no gradient")
    else:
        lines.append(
            "gradient not computed yet" if gradient is None else f"grad = {_plain_zero(gradient)!r}"
        )
    lines += [f"{flag.text}: {flag.reason}" for flag in flags]
    return tooltip_text("\n".join(lines))


def _plain_zero(value: float) -> float:
    return 0.0 if value == 0 else value


@dataclass(frozen=True)
class Summary:
    """What a folded node shows: counts, and the ranges of values and gradients."""

    kinds: Mapping[str, int]
    operations: Mapping[str, int]
    data: "tuple[float, float] | None"
    gradients: "tuple[float, float] | None"
    flags: Mapping[str, int]


def summarise(
    graph: Recorded, members: Sequence[Value], flags: Mapping[Value, Sequence[Flag]]
) -> Summary:
    """Count the members of a group, and find the ranges of their numbers (not of constants)."""
    kinds = Counter(map(graph.kind, members))
    operations = Counter(node._op for node in members if node._op)
    varying = members
    if kinds["constant"] not in (0, len(members)):
        varying = [node for node in members if graph.kind(node) != "constant"]
    gradients = (graph.gradient(node) for node in varying)
    return Summary(
        kinds,
        dict(operations.most_common()),
        _range(node.data for node in varying),
        _range(gradient for gradient in gradients if gradient is not None),
        count_flags(flag for node in members for flag in flags.get(node, ())) if flags else {},
    )


def _range(numbers: Iterable[float]) -> tuple[float, float] | None:
    found = list(numbers)
    try:
        return (min(found), max(found)) if found else None
    except TypeError:  # something that is no number was assigned
        return None


def group_title(group: Group, summary: Summary) -> tuple[str, str]:
    """What a folded node is called, and what is folded there."""
    if group.scope is not None:
        return group.scope.name or group.scope.kind, group.scope.kind if group.scope.name else ""
    if summary.operations:
        names = list(summary.operations)
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        return ", ".join(names[:3]) + more, group.why
    kind = next(iter(summary.kinds))
    labels = {node.label for node in group.members}
    [label] = labels if len(labels) == 1 else [""]
    return f"{kind}s", label


def group_card(group: Group, summary: Summary, digits: int, ink: Ink) -> str:
    """The label of a folded node."""
    name, what = group_title(group, summary)
    rows = []
    parameters = summary.kinds.get("parameter", 0)
    count = f"{len(group.members):,} node{'s' * (len(group.members) > 1)}"
    if 0 < parameters < len(group.members):
        count += f", {parameters:,} parameter{'s' * (parameters > 1)}"
    muted = f'<FONT COLOR="{ink.muted}">'
    rows.append(("", f"{muted}{count}</FONT>"))
    rows.append(("data", _written(summary.data, digits)))
    if summary.gradients is not None:
        rows.append(("grad", _written(summary.gradients, digits)))
    elif set(summary.kinds) != {"constant"}:
        rows.append(("grad", f"{muted}<I>not yet</I></FONT>"))
    badges = [f"{SIGNS[flag]} {many:,} {flag}" for flag, many in summary.flags.items()]
    title = [(shorten(name, LONGEST), True), (shorten(what, LONGEST), False)]
    return card(title, rows, badges, ink)


def _written(ends: "tuple[float, float] | None", digits: int) -> str:
    if ends is None:
        return "?"
    low, high = (shown(end, min(digits, 3)) for end in ends)
    return low if low == high else f"{low} … {high}"


def group_tooltip(group: Group, summary: Summary) -> str:
    """Everything about a folded node, with the full numbers."""
    name, what = group_title(group, summary)
    if group.scope is not None:
        name, what = full_name(group.scope), f"a {level_of(group.scope)}, folded"
    lines = [name, what, f"{len(group.members):,} nodes"]
    lines += [f"{count:,} {kind}{'s' * (count > 1)}" for kind, count in summary.kinds.items()]
    if summary.operations:
        counts = list(summary.operations.items())
        lines.append(", ".join(f"{count:,} × {name}" for name, count in counts[:12]))
    if summary.data is not None:
        lines.append("data from {!r} to {!r}".format(*map(_plain_zero, summary.data)))
    if summary.gradients is not None:
        lines.append("grad from {!r} to {!r}".format(*map(_plain_zero, summary.gradients)))
    else:
        lines.append("gradients not computed yet")
    lines += [f"{SIGNS[flag]} {count:,} {flag}" for flag, count in summary.flags.items()]
    return tooltip_text("\n".join(line for line in lines if line))
