"""What stands in a node: the HTML-like labels and the tooltips."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..calculus.printing import TYPESET
from ..engine import Value
from ..health import can_be_flat
from .facts import GraphFacts, full_name, name_of
from .flags import NAMES, SIGNS, Flag, count_flags
from .folding import Group, level_of
from .text import html_text, number, shorten, table, tooltip_text

LONGEST = 40  # characters of a label that a node shows; the tooltip has all
_DIGITS = re.compile(r"\d+$")

_escaped = lru_cache(html_text)  # the symbols of operations come again and again


@dataclass(frozen=True)
class Ink:
    """The colours of a node's text, and its size; `style` and `gradients` as for `draw_dot`.

    `told` may say what stands for a node's gradient, as HTML.
    """

    text: str
    muted: str
    alarm: str
    on_alarm: str
    size: int = 10
    style: str = "card"
    gradients: bool = True
    told: "Callable[[Value], str | None] | None" = None


def card(
    title: Sequence[tuple[str, bool]],
    rows: Iterable[tuple[str, ...]],
    badges: Iterable[str],
    ink: Ink,
    quiet: Iterable[str] = (),
) -> str:
    """An HTML-like label: a title, rows of a name and its numbers, badges of what is flagged.

    **Arguments:** `title`, pieces of text, each with whether it is bold; `rows`, each a name and
    what stands in its columns, which is HTML already and aligned to the right (without a name:
    across the card); `badges`, the flags in words; `quiet`, those of them that are no alarm.
    """
    rows = list(rows)
    across = f'COLSPAN="{max((2 * len(row) - 2 for row in rows), default=1)}"'
    head = _title([(piece, bold) for piece, bold in title if piece])
    lines = [f"<TD {across}>{head}</TD>"] if head else []
    for name, *cells in rows:
        if name:
            line = f'<TD ALIGN="LEFT"><FONT COLOR="{ink.muted}">{name}&#160;</FONT></TD>'
            written = (f'<TD ALIGN="RIGHT">{cell}</TD>' for cell in cells)
            lines.append(line + '<TD WIDTH="6"></TD>'.join(written))
        else:
            lines.append(f"<TD {across}>{cells[0]}</TD>")
    for badge in badges:
        lines.append(
            f'<TD {across} CELLPADDING="3" BGCOLOR="{ink.alarm}">'
            f'<FONT COLOR="{ink.on_alarm}"><B>{badge}</B></FONT></TD>'
        )
    for badge in quiet:
        lines.append(f'<TD {across}><FONT COLOR="{ink.muted}">{badge}</FONT></TD>')
    inside = "\n".join(f"<TR>{line}</TR>" for line in lines)
    return f"<{table(inside)}>"


def _title(pieces: Sequence[tuple[str, bool]]) -> str:
    """The pieces of a title beside each other."""
    return "&#160;&#160;".join(
        f"<B>{_escaped(piece)}</B>" if bold else _escaped(piece) for piece, bold in pieces
    )


def short_name(node: Value) -> str:
    """What a node is called where there is little room."""
    return shorten(name_of(node), LONGEST)


def shown(value: object, digits: int) -> str:
    """A node's number as HTML; whatever else was assigned to `data`, as Python shows it."""
    try:
        return number(value, digits)  # type: ignore[arg-type]  # if it is none, the error says so
    except (TypeError, ValueError):
        return html_text(shorten(repr(value), 20))


def node_card(
    graph: GraphFacts,
    node: Value,
    flags: Sequence[Flag],
    digits: int,
    ink: Ink,
    *,
    written: bool = False,
    bare: bool = False,
) -> str:
    """The label of a scalar node.

    **Arguments:** `written`, whether plain numbers stand in the operation that takes them; `bare`,
    whether there are only name and value.
    """
    kind = graph.kind(node)
    label = shorten(node.label, LONGEST)
    operation = operation_text(graph, node, digits) if written else node._op
    title = [(operation, True), (label, not node._op)]
    data = shown(node.data, digits)
    if kind == "constant":
        name = label or graph.input_names.get(node, "")
        if bare and name:
            return card((), [(_escaped(name), data)], (), ink)
        return card([(name, False)], [("", data)], (), ink)
    badges = [flag.text for flag in flags if flag.alarm]
    quiet = [flag.text for flag in flags if not flag.alarm]
    gradient = graph.gradient(node)
    if ink.style == "formula":
        return _formula(
            node, operation, data, None if bare else gradient, digits, ink, badges, quiet
        )
    if bare and operation:
        if node.within is not None and node.within.module is not None:
            label = ""  # a module's own names say what the operation says
        return card([(operation, True), (label, False)], [("", data)], badges, ink, quiet)
    if bare:
        name = f'<FONT COLOR="{ink.text}"><B>{_escaped(label)}</B></FONT>' if label else ""
        return card((), [(name, data)], badges, ink, quiet)
    rows = [("data", data)]
    told = None if ink.told is None else ink.told(node)
    if told is not None:
        rows.append(("grad", told))
    elif gradient is None:
        rows.append(("grad", f'<FONT COLOR="{ink.muted}"><I>not yet</I></FONT>'))
    else:
        rows.append(("grad", shown(gradient, digits)))
    return card(title, rows, badges, ink, quiet)


def _formula(
    node: Value,
    operation: str,
    data: str,
    gradient: float | None,
    digits: int,
    ink: Ink,
    badges: Sequence[str],
    quiet: Sequence[str],
) -> str:
    """The label of a scalar node for a slide: the operation large, then `name = value`."""
    name = _escaped(shorten(node.label, LONGEST))
    large = _escaped(_on_a_board(operation)) if operation else name
    rows = [("", _large(large, ink))]
    rows.append(("", f"{name} = {data}" if operation and node.label else data))
    if gradient is not None:
        written = shown(gradient, digits)
        rows.append(("", f'<FONT COLOR="{ink.muted}">grad {written}</FONT>'))
    return card((), rows if large != "&#160;" else rows[1:], badges, ink, quiet)


def _large(text: str, ink: Ink) -> str:
    return f'<FONT POINT-SIZE="{round(1.8 * ink.size)}"><B>{text}</B></FONT>'


_SYMBOLS = {**TYPESET, "sum": "Σ", "**": "xʸ", "sqrt": "√"}
_RAISED = str.maketrans("0123456789.-", "⁰¹²³⁴⁵⁶⁷⁸⁹·⁻")


def _on_a_board(operation: str) -> str:
    """An operation as one writes it by hand: `x²` for `** 2`."""
    base, power, exponent = operation.partition("** ")
    if power and not base:
        return "x" + exponent.translate(_RAISED)
    return _SYMBOLS.get(operation, operation)


def operation_text(graph: GraphFacts, node: Value, digits: int) -> str:
    """An operation with the plain numbers that it takes: `** 2`, `10 /`, `maximum(…, 0)`."""
    name, operands = node._op, node._prev
    numbers = [operand if graph.written.get(operand) is node else None for operand in operands]
    if not any(numbers):
        return name
    texts = ["…" if one is None else number(one.data, digits) for one in numbers]
    if name[:1].isalnum() or len(texts) != 2:
        return f"{name}({', '.join(dict.fromkeys(texts))})"
    sign = TYPESET[name] if name == "*" else name
    return f"{sign} {texts[1]}" if numbers[1] is not None else f"{texts[0]} {sign}"


def node_tooltip(graph: GraphFacts, node: Value, flags: Sequence[Flag]) -> str:
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
    """What a folded node shows: counts, and the ranges of values and gradients.

    `flags` says how many members have each flag, `out_of` how many could have it and what these
    are; `alarming` are the flags that are an alarm at one of them.
    """

    kinds: Mapping[str, int]
    operations: Mapping[str, int]
    data: "tuple[float, float] | None"
    gradients: "tuple[float, float] | None"
    flags: Mapping[str, int]
    out_of: Mapping[str, tuple[int, str]]
    alarming: frozenset[str]

    def share(self, flag: str, bare: bool = False) -> str:
        """How many of the members have a flag, in words; `bare`, without what these are."""
        total, what = self.out_of[flag]
        name = NAMES.get(flag, flag)
        if flag in NAMES:  # there is only one
            return f"{SIGNS[flag]} {name}"
        if bare:
            return f"{SIGNS[flag]} {self.flags[flag]:,} of {total:,}"
        return f"{SIGNS[flag]} {name} {self.flags[flag]:,} of {total:,} {what}"


def summarise(
    graph: GraphFacts, members: Sequence[Value], flags: Mapping[Value, Sequence[Flag]]
) -> Summary:
    """Count the members of a group, and find the ranges of their numbers (not of constants)."""
    kinds = Counter(map(graph.kind, members))
    operations = Counter(node._op for node in members if node._op)
    varying = members
    if kinds["constant"] not in (0, len(members)):
        varying = [node for node in members if graph.kind(node) != "constant"]
    gradients = (graph.gradient(node) for node in varying)
    found = [flag for node in members for flag in flags.get(node, ())] if flags else []
    counts = count_flags(found)
    return Summary(
        kinds,
        dict(operations.most_common()),
        _range(node.data for node in varying),
        _range(gradient for gradient in gradients if gradient is not None),
        counts,
        {flag: _counted(graph, members, flag) for flag in counts},
        frozenset(flag.name for flag in found if flag.alarm),
    )


def _counted(graph: GraphFacts, members: Sequence[Value], flag: str) -> tuple[int, str]:
    """How many of the members could have a flag, and what these are."""
    if flag == "failing":
        total = sum(bool(node._prev) for node in members)
        return total, "operation" + "s" * (total > 1)
    if flag in ("vanishing", "exploding"):
        total = sum(graph.gradient(node) is not None for node in members)
        return total, "gradient" + "s" * (total > 1)
    names = Counter(node._op for node in members if can_be_flat(node))
    return names.total(), next(iter(names)) if len(names) == 1 else "activations"


def _range(numbers: Iterable[float]) -> tuple[float, float] | None:
    found = list(numbers)
    try:
        return (min(found), max(found)) if found else None
    except TypeError:  # something that is no number was assigned
        return None


def group_title(graph: GraphFacts, group: Group, summary: Summary) -> tuple[str, str]:
    """What a folded node is called, and what is folded there."""
    if group.scope is not None:
        kind = group.scope.kind if group.scope.name else ""
        return group.scope.name or group.scope.kind, group.why or kind
    stems = {_DIGITS.sub("", node.label) for node in group.members}
    if len(stems) == 1 and (stem := stems.pop()):  # h1, h2, h3
        return stem, group.why
    named = {graph.input_names.get(node, "") for node in group.members}
    if len(named) == 1 and (name := named.pop()):
        return name, ""
    if summary.operations:
        names = list(summary.operations)
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        return ", ".join(names[:3]) + more, group.why
    kind = next(iter(summary.kinds))
    if kind == "constant":  # the others stand in the operations that take them
        kind = "input"
    labels = {node.label for node in group.members}
    [label] = labels if len(labels) == 1 else [""]
    return f"{kind}s", label


def group_card(
    graph: GraphFacts,
    group: Group,
    summary: Summary,
    digits: int,
    ink: Ink,
    *,
    bare: bool = False,
    content: "Content | None" = None,
) -> str:
    """The label of a folded node.

    **Arguments:** `bare`, whether there are only its name and what it puts out; `content`, what it
    has inside, or else ranges of its numbers.
    """
    name, what = group_title(graph, group, summary)
    if bare:
        values = _written(summary.data, min(digits, 2))
        if content is not None and content.rows:
            values = content.rows[-1][1]
        quiet = [SIGNS[flag] for flag in summary.flags if flag not in summary.alarming]
        if quiet and not values.startswith("<"):
            values += f'&#160;<FONT COLOR="{ink.muted}">{"".join(quiet)}</FONT>'
        badges = [summary.share(flag, bare) for flag in summary.flags if flag in summary.alarming]
        named = f'<FONT COLOR="{ink.text}"><B>{_escaped(shorten(name, LONGEST))}</B></FONT>'
        if group.scope is not None and not group.why.startswith("call"):
            if badges:  # a line of its own would make every column of units longer
                signs = "".join(badge[:1] for badge in badges)
                named += f'&#160;<FONT COLOR="{ink.alarm}"><B>{signs}</B></FONT>'
            return card((), [(named, values)], (), ink)
        if group.scope is not None:
            return card([(name, True), (what, False)], [("", values)], badges, ink)
        times = f"× {len(group.members):,}"
        if ink.style == "formula":
            heading = f"{_large(_escaped(_equal(graph, group, name, digits)), ink)}&#160;{times}"
            return card((), [("", heading), ("", values)], badges, ink)
        title = [(shorten(name, LONGEST), True), (times, False)]
        return card(title, [("", values)], badges, ink)
    rows: list[tuple[str, ...]] = []
    parameters = summary.kinds.get("parameter", 0)
    count = f"{len(group.members):,} node{'s' * (len(group.members) > 1)}"
    if 0 < parameters < len(group.members) and ink.size >= 10:  # there is the tooltip, too
        count += f", {parameters:,} parameter{'s' * (parameters > 1)}"
    muted = f'<FONT COLOR="{ink.muted}">'
    digits = min(digits, 3 if ink.size >= 10 else 2)
    if content is not None and content.shape:
        rows.append(("", f"{muted}{html_text(content.shape)}</FONT>"))
    elif content is None or group.scope is None:
        rows.append(("", f"{muted}{count}</FONT>"))
    if content is not None:
        if any(grad for _, _, grad in content.rows):
            head = [f"{muted}{word}</FONT>" for word in ("data", "grad")]
            rows += [("&#160;", *head), *content.rows]
        else:
            rows += [(name, data) for name, data, _ in content.rows]
    else:
        rows.append(("data", _written(summary.data, digits)))
        if summary.gradients is not None and ink.gradients:
            rows.append(("grad", _written(summary.gradients, digits)))
    if ink.gradients and summary.gradients is None and set(summary.kinds) != {"constant"}:
        rows.append(("grad", f"{muted}<I>not yet</I></FONT>"))
    badges = [summary.share(flag) for flag in summary.flags if flag in summary.alarming]
    quiet = [summary.share(flag) for flag in summary.flags if flag not in summary.alarming]
    if ink.style == "formula" and group.scope is None:
        rows.insert(0, ("", _large(_escaped(_equal(graph, group, name, digits)), ink)))
        return card((), rows, badges, ink, quiet)
    title = [(shorten(name, LONGEST), True), (shorten(what, LONGEST), False)]
    return card(title, rows, badges, ink, quiet)


def _equal(graph: GraphFacts, group: Group, name: str, digits: int) -> str:
    """What equal nodes are called on a slide: their operation by hand, as `x²`, else their name."""
    operations = {operation_text(graph, node, digits) for node in group.members}
    one = operations.pop() if len(operations) == 1 else name
    return _on_a_board(one) if group.node._prev else shorten(name, LONGEST)


@dataclass(frozen=True)
class Content:
    """What stands in a folded card: its shape, and for each quantity its name, data and gradient,
    as HTML (the gradient is empty where it is not computed or not asked for)."""

    shape: str
    rows: Sequence[tuple[str, str, str]]


def _written(ends: "tuple[float, float] | None", digits: int) -> str:
    if ends is None:
        return "?"
    low, high = (shown(end, digits) for end in ends)
    return low if low == high else f"{low} … {high}"


def group_tooltip(graph: GraphFacts, group: Group, summary: Summary) -> str:
    """Everything about a folded node, with the full numbers."""
    name, what = group_title(graph, group, summary)
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
    lines += [summary.share(flag) for flag in summary.flags]
    return tooltip_text("\n".join(line for line in lines if line))
