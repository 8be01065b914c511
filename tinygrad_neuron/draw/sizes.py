"""How large a label is: what the layout engine would measure, so that cards can be placed before.

HTML-like labels are tables of text; their sizes follow from the widths of letters and the paddings.
"""

import html
import xml.etree.ElementTree as ElementTree
from itertools import zip_longest

from .metrics import text_width

# An engine that draws letters on pixels makes them wider than the font says.
_PIXELS = 1.1
_LINE = 1.2  # a line is so much higher than its type

Size = tuple[float, float]


def label_size(label: str, size: float) -> Size:
    """The width and height of a label in type of so many points: HTML-like, in <>, or plain.

    >>> label_size('<<TABLE BORDER="0" CELLPADDING="1"><TR><TD>w</TD></TR></TABLE>>', 10)
    (13.942, 18.0)
    """
    if label[:1] != "<":
        lines = html.unescape(label).split("\n")
        return max(_width(line, size) for line in lines), _LINE * size * len(lines)
    root = ElementTree.fromstring(f"<HTML>{label[1:-1]}</HTML>")
    return _content(root, size, False)


def _width(text: str, size: float, bold: bool = False) -> float:
    return _PIXELS * text_width(text, size, bold)


def _content(element: ElementTree.Element, size: float, bold: bool) -> Size:
    """The size of what stands in a cell: a table, or lines of text."""
    table = element.find("TABLE")
    if table is not None:
        return _table(table, size, bold)
    lines: list[Size] = [(0.0, _LINE * size)]
    _lines(element, size, bold, lines)
    return max(width for width, _ in lines), sum(height for _, height in lines)


def _lines(element: ElementTree.Element, size: float, bold: bool, lines: list[Size]) -> None:
    """Add what an element's text takes to the last of the lines, or to new ones."""

    def add(text: str | None) -> None:
        if text:
            width, height = lines[-1]
            added = _width(text.replace("\n", ""), size, bold)
            lines[-1] = (width + added, max(height, _LINE * size))

    if element.tag == "BR":
        lines.append((0.0, _LINE * size))
    elif element.tag == "FONT":
        size = float(element.get("POINT-SIZE", size))
    elif element.tag == "B":
        bold = True
    add(element.text)
    for child in element:
        if child.tag == "TABLE":
            width, height = _table(child, size, bold)
            lines[-1] = (lines[-1][0] + width, max(lines[-1][1], height))
        else:
            _lines(child, size, bold, lines)
        add(child.tail)


def _table(table: ElementTree.Element, size: float, bold: bool) -> Size:
    """The size of a table, its columns as wide as their widest cells."""
    border = _length(table, "BORDER", 1)
    spacing, padding = _length(table, "CELLSPACING", 2), _length(table, "CELLPADDING", 2)
    cell_border = _length(table, "CELLBORDER", border)
    widths: list[float] = []
    spans: list[tuple[int, float]] = []
    height = 0.0
    for row in table.iter("TR") if table.find(".//TABLE") is None else table.findall("TR"):
        single, highest = [], 0.0
        for cell in row.findall("TD"):
            around = 2 * (_length(cell, "CELLPADDING", padding)
                          + _length(cell, "BORDER", cell_border))  # fmt: skip
            least = _length(cell, "WIDTH", 0), _length(cell, "HEIGHT", 0)
            if cell.get("FIXEDSIZE") == "TRUE":
                wide, high = least
            else:
                wide, high = _content(cell, size, bold)
                wide, high = max(wide + around, least[0]), max(high + around, least[1])
            highest = max(highest, high)
            span = int(cell.get("COLSPAN", 1))
            if span == 1:
                single.append(wide)
            else:
                spans.append((span, wide))
                single += [0.0] * span
        widths = [max(pair) for pair in zip_longest(widths, single, fillvalue=0.0)]
        height += highest + spacing
    for span, wide in spans:
        missing = wide - sum(widths[:span]) - spacing * (span - 1)
        if missing > 0:
            widths[:span] = [width + missing / span for width in widths[:span]]
    whole = sum(widths) + spacing * (len(widths) + 1) + 2 * border
    return (
        max(whole, _length(table, "WIDTH", 0)),
        max(height + spacing + 2 * border, _length(table, "HEIGHT", 0)),
    )


def _length(element: ElementTree.Element, name: str, otherwise: float) -> float:
    return float(element.get(name, otherwise))
