r"""Text in pictures: labels drawn as they were typed, numbers short enough to read.

A label is the user's, so it may hold anything: quotes, `<b>`, `|`, a backslash, a line break, a
control character. Graphviz reads text in three ways, and each needs an escape of its own:

========================================  =================  ===================================
where                                     function           what Graphviz would read otherwise
========================================  =================  ===================================
an HTML-like label, `label=<...>`         `html_text`        tags, entities, `\N` (the node's name)
a plain label, also a field of a record   `plain_text`       entities, `\N`, `\l`, `{ | }`
`tooltip`, `edgetooltip`, ...             `tooltip_text`     the same, but backslashes twice
========================================  =================  ===================================

>>> html_text("<b>dead & gone</b>")
'&lt;b&gt;dead &amp; gone&lt;/b&gt;'
>>> plain_text("f | g")
'f &#124; g'
>>> number(0.1 + 0.2)
'0.3'
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

__all__ = [
    "attribute_list",
    "elided",
    "html_text",
    "number",
    "plain_text",
    "shorten",
    "table",
    "tooltip_text",
    "visible",
]

# Graphviz 2.43 refuses 16,384 bytes of a label without a line break in the source. 500 characters,
# each at most 20 bytes when escaped, leave room for the tags around them.
_STRETCH = 500

_LINE_BREAK = re.compile("\r\n|[\u2028\u2029]")
_NOT_DRAWABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LOOSE_SPACE = re.compile("^ | $|(?<= ) ", re.MULTILINE)

_HTML = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        '"': "&quot;",
        "\\": r"\\",
        "]": "&#93;",  # Graphviz 2.43 refuses <]>
        "\N{NO-BREAK SPACE}": "&#160;",
        "\n": "<BR/>",
    }
)
_PLAIN = str.maketrans(
    {character: f"&#{ord(character)};" for character in '&<>"{|}\n\N{NO-BREAK SPACE}'}
    | {"\\": "&#92;" * 2}
)
_TOOLTIP = _PLAIN | {ord("\\"): "&#92;" * 4}


def visible(label: str) -> str:
    r"""Replace what no picture can hold by something that can be seen.

    A control character becomes its picture (U+2400 and the following), and whatever else XML
    forbids or no font draws (a lone surrogate, a C1 control) becomes U+FFFD. Line breaks stay,
    written as `\n` whichever kind was typed.

    Args:
        label: any string.

    Returns:
        A string that is valid in XML and in UTF-8.

    >>> visible("a\tb\x00")
    'a␉b␀'
    >>> visible("\x7f \ud800 \x9f")
    '␡ � �'
    >>> visible("one\r\ntwo\nthree")
    'one\ntwo\nthree'
    """
    return _NOT_DRAWABLE.sub(_picture, _LINE_BREAK.sub("\n", label))


def html_text(label: str) -> str:
    r"""Escape a label for use between the tags of an HTML-like label.

    Args:
        label: any string.

    Returns:
        Text that is drawn as `label` was typed. Spaces at the ends of a line or after another
        space become no-break spaces, or they would not be drawn; an empty label becomes one
        no-break space, because Graphviz refuses `<B></B>`.

    >>> html_text('w <0> "x"')
    'w &lt;0&gt; &quot;x&quot;'
    >>> html_text("&amp;")
    '&amp;amp;'
    >>> print(html_text(r"\N"))
    \\N
    >>> html_text("two\nlines")
    'two<BR/>lines'
    >>> html_text(" a  b")
    '&#160;a &#160;b'
    >>> html_text("")
    '&#160;'
    """
    # A line break in the source of an HTML-like label is not drawn.
    return _escape(label, _HTML, between="\n") or "&#160;"


def plain_text(label: str) -> str:
    r"""Escape a label for use as a plain string: the label of a node, an edge or a cluster.

    The result holds no quotes, no `<` and (up to 500 characters) no backslash, so nothing that
    quotes it afterwards can change its meaning, and it may stand in a field of a record too.

    Args:
        label: any string.

    Returns:
        Text that is drawn as `label` was typed.

    >>> plain_text("<b>")
    '&#60;b&#62;'
    >>> plain_text("&lt;")
    '&#38;lt;'
    >>> plain_text(r"\N")
    '&#92;&#92;N'
    >>> plain_text("{a|b}")
    '&#123;a&#124;b&#125;'
    >>> plain_text("two\nlines")
    'two&#10;lines'
    """
    # A backslash before a line break in the source: the string goes on, neither is drawn.
    return _escape(label, _PLAIN, between="\\\n")


def tooltip_text(label: str) -> str:
    r"""Escape a label for use as a tooltip of a graph, a cluster, a node or an edge.

    Graphviz resolves the backslashes of a tooltip twice, those of a label once: `plain_text` of
    `\N` would show the node's name here.

    Args:
        label: any string.

    Returns:
        Text that is shown as `label` was typed.

    >>> tooltip_text("<b>")
    '&#60;b&#62;'
    >>> tooltip_text(r"\N")
    '&#92;&#92;&#92;&#92;N'
    """
    return _escape(label, _TOOLTIP, between="\\\n")


def number(value: float, digits: int = 4) -> str:
    """Format a number for a picture: short, and never a zero with a minus sign.

    Args:
        value: any real number: a float, an int, a NumPy scalar.
        digits: significant digits to keep, 1 or more; zeros at the end are dropped. A number
            between 0.0001 and a million is written without an exponent, and its integer part in
            full.

    Returns:
        The number's text, 'nan', 'inf' or '-inf'.

    Raises:
        ValueError: for `digits` below 1.

    >>> number(0.70710678)
    '0.7071'
    >>> number(-0.0)
    '0'
    >>> number(-0.00004)
    '-4e-05'
    >>> number(1.5e-7), number(6.02214076e23)
    ('1.5e-07', '6.022e+23')
    >>> number(123456.789), number(10**6)
    ('123457', '1e+06')
    >>> number(3), number(float("-inf")), number(float("nan"))
    ('3', '-inf', 'nan')
    >>> number(2 / 3, digits=2)
    '0.67'
    """
    if type(digits) is not int or not 1 <= digits <= 100:
        raise ValueError(f"digits must be an integer from 1 to 100, got {digits!r}")
    try:
        given = float(value)
    except OverflowError:  # an int beyond the range of floats, as 10**400
        return f"{Decimal(int(value)).normalize():.{digits}g}"
    if given == 0.0:
        return "0"
    if math.isnan(given):
        return "nan"
    short = f"{given:.{digits}g}"
    if "e" in short and 1e-4 <= abs(given) < 1e6:
        return f"{given:.0f}"
    return short


def shorten(label: str, most: int = 40) -> str:
    """Cut a label to so many characters (and three lines), an ellipsis in the place of the rest.

    >>> shorten("pre-activation", 8)
    'pre-act…'
    """
    lines = label[: most + 1].splitlines()
    if len(lines) > 3:
        label = "\n".join(lines[:3]) + "…"
    return label if len(label) <= most else label[: most - 1] + "…"


def elided(items: Sequence[str], most: int) -> list[str]:
    """So many of the items at most, from both ends, and between them how many more there are.

    >>> elided(["a", "b", "c", "d", "e"], 4)
    ['a', 'b', '(1 more)', 'd', 'e']
    """
    if len(items) <= most:
        return list(items)
    half = most // 2
    return [*items[:half], f"({len(items) - 2 * half:,} more)", *items[-half:]]


def table(rows: str, padding: int = 1, look: str = "") -> str:
    """A table of an HTML-like label that only holds its rows: no borders, no room between cells.

    >>> table("<TR><TD>x</TD></TR>", 0)
    '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"><TR><TD>x</TD></TR></TABLE>'
    """
    plain = f'BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="{padding}"'
    return f"<TABLE {plain}{look}>{rows}</TABLE>"


def attribute_list(attributes: Mapping[str, str]) -> str:
    """An attribute list: what is HTML-like stands as it is, the rest in quotes.

    The values are numbers, colours, and text that the functions above have escaped, so they
    contain no quotes.

    >>> attribute_list({"id": "n1", "label": "<<B>x</B>>"})
    ' [id="n1" label=<<B>x</B>>]'
    """
    written = (
        f"{name}={value}" if value[:1] == "<" else f'{name}="{value}"'
        for name, value in attributes.items()
    )
    return f" [{' '.join(written)}]"


def _picture(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "\N{SYMBOL FOR DELETE}" if code == 0x7F else "\N{REPLACEMENT CHARACTER}"


def _escape(label: str, table: dict[int, str], *, between: str) -> str:
    spaced = _LOOSE_SPACE.sub("\N{NO-BREAK SPACE}", visible(label))
    stretches = (spaced[i : i + _STRETCH] for i in range(0, len(spaced), _STRETCH))
    return between.join(stretch.translate(table) for stretch in stretches)
