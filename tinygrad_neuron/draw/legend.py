"""What stands below a picture: title, remarks, paths, and a legend of what occurs in it."""

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence

from ..interface import say
from .cards import shown
from .scales import Scale
from .text import html_text, shorten, table
from .themes import Theme, mix

_LONG = 72  # characters of a title in one line; there are three at most
# A table in a caption is stretched to the width of the widest: these columns take most of it.
_FILLER = '<TD CELLPADDING="0"></TD>' * 12


def styles(theme: Theme) -> Mapping[str, Mapping[str, str]]:
    """The attributes of each kind of node: shape as well as colour tells them apart."""
    return {
        "constant": {
            "shape": "box",
            "style": "filled,dashed",
            "fillcolor": theme.background,
            "margin": "0.06,0.02",
        },
        "input": {"shape": "box", "style": "filled", "fillcolor": theme.leaf},
        "parameter": {
            "shape": "folder",
            "style": "filled",
            "fillcolor": theme.parameter,
            "margin": "0.08,0.06",
        },
        "operation": {"shape": "box", "style": "rounded,filled", "fillcolor": theme.operation},
        "output": {
            "shape": "box",
            "style": "rounded,filled",
            "fillcolor": theme.output,
            "peripheries": "2",
        },
        "folded": {
            "shape": "box3d",
            "style": "filled",
            "fillcolor": theme.operation,
            "margin": "0.1,0.08",
        },
    }


def caption(parts: Iterable[str]) -> str:
    """An HTML-like label of parts below each other, empty if there are none.

    >>> caption([])
    ''
    """
    rows = "\n".join(f'<TR><TD ALIGN="LEFT">{part}</TD></TR>' for part in parts if part)
    return f"<{table(rows, 2)}>" if rows else ""


def title_line(title: str) -> str:
    """The title as a part of the caption."""
    if len(title) > _LONG:
        title = "\n".join(textwrap.wrap(shorten(title, 3 * _LONG), _LONG))
    return f'<FONT POINT-SIZE="14"><B>{html_text(title)}</B></FONT>' if title else ""


def scaled(caption: str, factor: float) -> str:
    """A caption in larger or smaller letters."""
    if factor == 1:
        return caption
    return re.sub(
        r'POINT-SIZE="(\d+)"', lambda size: f'POINT-SIZE="{factor * int(size[1]):.0f}"', caption
    )


def remark(text: str, theme: Theme) -> str:
    """A remark as a part of the caption, in lines of a readable length."""
    return lines((("", theme.muted, line) for line in textwrap.wrap(text, 72)), theme, size=10)


def columns(rows: Sequence[tuple[str, str]]) -> str:
    """A table of two columns as a part of the caption: paths and their products."""
    written = [
        f'<TR><TD ALIGN="LEFT">{html_text(first)}&#160;&#160;&#160;</TD>'
        f'<TD ALIGN="LEFT">{html_text(second)}</TD>{_FILLER}</TR>'
        for first, second in rows
    ]
    return table("\n".join(written)) if written else ""


def swatches(kinds: Iterable[str], theme: Theme, *, filled: bool) -> str:
    """A row of the kinds of nodes, each in its shape, and its colour if kinds have colours."""
    fills = {kind: attributes["fillcolor"] for kind, attributes in styles(theme).items()}
    if not filled:
        fills = dict.fromkeys(fills, theme.background)
    cells = "\n".join(f"<TD>{_swatch(kind, fills[kind], theme)}</TD>" for kind in kinds)
    return table(f"<TR>{cells}{_FILLER}</TR>", 3) if cells else ""


def _swatch(kind: str, fill: str, theme: Theme) -> str:
    """A kind of node in words, in the shape that the kind has."""
    text = f'<FONT POINT-SIZE="9">{html_text(say(f"kind {kind}"))}</FONT>'
    look = f'CELLSPACING="0" CELLPADDING="2" COLOR="{theme.rim}" BGCOLOR="{fill}"'
    if kind == "parameter":  # a folder: the tab, and the body
        rows = (
            f'\n<TR><TD BORDER="1" SIDES="B" WIDTH="30"></TD><TD BORDER="1" SIDES="LTR" WIDTH="18" '
            f'HEIGHT="4" BGCOLOR="{fill}"></TD></TR>\n<TR><TD COLSPAN="2" BORDER="1" SIDES="LRB" '
            f'CELLPADDING="2" BGCOLOR="{fill}">{text}</TD></TR>'
        )
        return table(rows, 0, f' COLOR="{theme.rim}"')
    if kind == "output":
        inner = f'<TABLE BORDER="1" CELLBORDER="0" STYLE="rounded" {look}>'
        inner += f"<TR><TD>{text}</TD></TR></TABLE>"
        return (
            f'<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2" STYLE="rounded" '
            f'COLOR="{theme.rim}"><TR><TD>{inner}</TD></TR></TABLE>'
        )
    if kind == "folded":  # a box with a top and a side
        return (
            f'<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" '
            f'COLOR="{theme.rim}" BGCOLOR="{fill}">\n'
            f'<TR><TD COLSPAN="2" HEIGHT="4"></TD></TR>\n<TR><TD BORDER="1" SIDES="TR" '
            f'CELLPADDING="3">{text}</TD><TD WIDTH="4"></TD></TR></TABLE>'
        )
    style = {"constant": ' STYLE="dashed"', "operation": ' STYLE="rounded"'}.get(kind, "")
    return f'<TABLE BORDER="1" CELLBORDER="0"{style} {look}><TR><TD>{text}</TD></TR></TABLE>'


def lines(rows: Iterable[tuple[str, str, str]], theme: Theme, size: int = 9) -> str:
    """Lines of text as a part of the caption; each is a sign, its colour and what it means."""
    written = [
        f'<TR><TD ALIGN="LEFT"><FONT POINT-SIZE="{size}">'
        + (f'<FONT COLOR="{colour}"><B>{html_text(sign)}</B></FONT>&#160;&#160;' if sign else "")
        + f'<FONT COLOR="{theme.muted}">{html_text(meaning)}</FONT></FONT></TD></TR>'
        for sign, colour, meaning in rows
    ]
    return table("\n".join(written)) if written else ""


def bar(scale: Scale, theme: Theme) -> str:
    """The scale of colours, with its ends and its name."""
    signs = ("≤&#160;" * scale.beyond[0], "≥&#160;" * scale.beyond[1])
    low, high = (
        _small(sign + shown(end, 3), theme) for sign, end in zip(signs, scale.ends(), strict=True)
    )
    name = _small(html_text(scale.name), theme)
    strip = _strip(scale.steps(), 18, theme)
    cells = f"<TD>{name}&#160;</TD>\n<TD>{low}</TD>\n<TD>{strip}</TD>\n<TD>{high}</TD>{_FILLER}"
    return table(f"<TR>{cells}</TR>", 2)


def fields(colours: Iterable[str], meaning: str, theme: Theme) -> str:
    """Colours side by side and what they mean, as a part of the caption."""
    strip = _strip(colours, 5, theme)
    text = _small(f"&#160;{html_text(meaning)}", theme)
    return table(f"<TR><TD>{strip}</TD><TD>{text}</TD>{_FILLER}</TR>")


def strokes(rows: Iterable[tuple[str, int, bool, str]], theme: Theme) -> str:
    """Lines of several looks as a part of the caption.

    **Arguments:** `rows`, for each the colour, the width in points, whether it is dashed, and what
    it means.
    """
    written = []
    for colour, width, dashed, meaning in rows:
        dash = ' STYLE="dashed"' if dashed else ""
        size = f'WIDTH="44" HEIGHT="{2 * width + 2}"'  # a border takes its width at every side
        line = f'<TD BORDER="{width}" SIDES="T"{dash} {size}></TD>'
        drawn = table(f"<TR>{line}</TR>", 0, f' FIXEDSIZE="TRUE" {size} COLOR="{colour}"')
        text = _small(f"&#160;{html_text(meaning)}", theme)
        written.append(f'<TR><TD>{drawn}</TD><TD ALIGN="LEFT">{text}</TD>{_FILLER}</TR>')
    return table("\n".join(written)) if written else ""


def _strip(colours: Iterable[str], width: int, theme: Theme) -> str:
    """Fields of colour in one frame."""
    rim = mix(theme.background, theme.ink, 0.35)
    cells = "\n".join(f'<TD BGCOLOR="{c}" WIDTH="{width}" HEIGHT="9"></TD>' for c in colours)
    frame = '<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" '
    return f'{frame}COLOR="{rim}"><TR>{cells}</TR></TABLE>'


def _small(text: str, theme: Theme) -> str:
    return f'<FONT POINT-SIZE="9" COLOR="{theme.muted}">{text}</FONT>'
