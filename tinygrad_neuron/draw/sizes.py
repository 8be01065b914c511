"""How large a label is: what the layout engine would measure, so that cards can be placed before.

HTML-like labels are tables of text; their sizes follow from the widths of letters and the paddings.
"""

import html
import xml.etree.ElementTree as ElementTree
from functools import lru_cache
from itertools import zip_longest

# The widths of Helvetica's letters from U+0020 to U+007E, in thousandths of the type's size (Adobe,
# Font Metrics); Arial has the same. What is not in it counts as a broad letter.
_WIDTHS = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip
_OTHER, _WIDE = 600, 1000
# An engine that draws letters on pixels makes them wider than the font says, bold ones most.
_USUAL, _BOLD = 1.08, 1.27
_LINE = 1.2  # a line is so much higher than its type

Size = tuple[float, float]


@lru_cache(100_000)
def line_width(text: str, size: float, bold: bool = False) -> float:
    """The width of a line of text, in the unit of its size.

    >>> line_width("w0", 10)
    12.78
    """
    total = 0
    for letter in text:
        code = ord(letter)
        if 0x20 <= code < 0x7F:
            total += _WIDTHS[code - 0x20]
        elif code == 0xA0:
            total += _WIDTHS[0]
        else:
            total += _WIDE if code > 0x2000 else _OTHER
    return round(total * size * (_BOLD if bold else _USUAL) / 1000, 3)


def label_size(label: str, size: float) -> Size:
    """The width and height of a label in type of so many points: HTML-like, in <>, or plain.

    >>> label_size('<<TABLE BORDER="0" CELLPADDING="1"><TR><TD>w</TD></TR></TABLE>>', 10)
    (17.22, 22.0)
    """
    if label[:1] != "<":
        lines = html.unescape(label).split("\n")
        return max(line_width(line, size) for line in lines), _LINE * size * len(lines)
    root = ElementTree.fromstring(f"<HTML>{label[1:-1]}</HTML>")
    return _content(root, size, False)


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
    if element.tag == "BR":
        lines.append((0.0, _LINE * size))
    elif element.tag == "FONT":
        size = float(element.get("POINT-SIZE", size))
    elif element.tag == "B":
        bold = True
    for text in (element.text,):
        if text:
            width, height = lines[-1]
            added = line_width(text.replace("\n", ""), size, bold)
            lines[-1] = (width + added, max(height, _LINE * size))
    for child in element:
        if child.tag == "TABLE":
            width, height = _table(child, size, bold)
            lines[-1] = (lines[-1][0] + width, max(lines[-1][1], height))
        else:
            _lines(child, size, bold, lines)
        if child.tail:
            width, height = lines[-1]
            added = line_width(child.tail.replace("\n", ""), size, bold)
            lines[-1] = (width + added, max(height, _LINE * size))


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
