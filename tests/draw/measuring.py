"""A graph's picture measured: its size, its smallest letters, and what its lines run through."""

import re
from dataclasses import dataclass
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"
TITLE = "{http://www.w3.org/1999/xlink}title"  # of a link: what is shown where one points
PIXELS = 4 / 3  # a point is so many pixels of the web
_NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Measured:
    """A picture's facts, in pixels: `size`; `type`, the smallest letters of cards and edges.

    `boxes` are the places of cards by their ids, `clusters` those of the boxes around them,
    `crossings` the pairs of an edge and a card that it runs through without being its end,
    `strayed` the edges whose label stands nearer to another edge, `covered` the pairs of cards
    that lie on each other, `titled` those of an edge and a box's title that it runs through.
    """

    size: tuple[float, float]
    type: float
    boxes: dict[str, Box]
    clusters: dict[str, Box]
    crossings: list[tuple[str, str]]
    strayed: list[str]
    covered: list[tuple[str, str]]
    titled: list[tuple[str, str]]


def measured(svg: str | bytes) -> Measured:
    """The facts of the SVG that a layout engine wrote."""
    root = ElementTree.fromstring(svg)
    width, height = (float(_NUMBER.search(root.get(side))[0]) for side in ("width", "height"))
    kinds: dict[str, list[ElementTree.Element]] = {"node": [], "edge": [], "cluster": []}
    for group in root.iter(f"{SVG}g"):
        kinds.setdefault(group.get("class", "").partition(" ")[0], []).append(group)
    boxes = {group.get("id"): _box(group) for group in kinds["node"]}
    ends = {group.get("id"): _ends(group) for group in kinds["node"]}
    lines, labels = {}, {}
    crossings = []
    for group in kinds["edge"]:
        name = group.get("id")
        lines[name] = line = _line(group)
        texts = [_text_box(text) for text in group.iter(f"{SVG}text")]
        if texts:
            labels[name] = _around(texts)
        title = group.findtext(f"{SVG}title", "")
        own = set(title.split("->"))
        for other, box in boxes.items():
            if ends[other] not in own and any(_inside(point, box) for point in line):
                crossings.append((name, other))
    clusters = {group.get("id"): _box(group) for group in kinds["cluster"]}
    strayed = [
        name
        for name, box in labels.items()
        if min((_distance(box, line), other) for other, line in lines.items())[0]
        < _distance(box, lines[name]) - 1.0
    ]
    sizes = [
        float(text.get("font-size", "14"))
        for kind in ("node", "edge", "cluster")
        for group in kinds[kind]
        for text in group.iter(f"{SVG}text")
    ]
    names = list(boxes)
    covered = [
        (a, b)
        for i, a in enumerate(names)
        for b in names[i + 1 :]
        if _overlap(boxes[a], boxes[b]) > 1.0
    ]
    titled = [
        (name, text.text)
        for group in kinds["cluster"]
        for text in group.iter(f"{SVG}text")
        for name, line in lines.items()
        if any(_inside(point, _text_box(text), 0.0) for point in line)
    ]
    pixels = (width * PIXELS, height * PIXELS)
    least = min(sizes, default=10.0) * PIXELS
    return Measured(pixels, least, boxes, clusters, crossings, strayed, covered, titled)


def _ends(group: ElementTree.Element) -> str:
    return group.findtext(f"{SVG}title", "")


def _numbers(text: str) -> list[tuple[float, float]]:
    found = [float(number) for number in _NUMBER.findall(text)]
    return list(zip(found[::2], found[1::2], strict=True))


def _box(group: ElementTree.Element) -> Box:
    points: list[tuple[float, float]] = []
    for shape in group.iter():
        if shape.tag == f"{SVG}polygon":
            points += _numbers(shape.get("points", ""))
        elif shape.tag == f"{SVG}path":
            points += _numbers(shape.get("d", ""))
        elif shape.tag == f"{SVG}ellipse":
            x, y, rx, ry = (float(shape.get(name, "0")) for name in ("cx", "cy", "rx", "ry"))
            points += [(x - rx, y - ry), (x + rx, y + ry)]
    xs, ys = zip(*points, strict=True) if points else ((0.0,), (0.0,))
    return min(xs), min(ys), max(xs), max(ys)


def _line(group: ElementTree.Element) -> list[tuple[float, float]]:
    """Points along an edge's curves, a few to each; its arrowhead belongs to it."""
    along: list[tuple[float, float]] = []
    for path in group.iter(f"{SVG}path"):
        points = _numbers(path.get("d", ""))
        for i in range(0, len(points) - 3, 3):
            a, b, c, d = points[i : i + 4]
            for k in range(13):
                t = k / 12
                along.append(
                    tuple(
                        (1 - t) ** 3 * a[j]
                        + 3 * t * (1 - t) ** 2 * b[j]
                        + 3 * t * t * (1 - t) * c[j]
                        + t**3 * d[j]
                        for j in (0, 1)
                    )
                )
    for head in group.iter(f"{SVG}polygon"):
        along += _numbers(head.get("points", ""))
    return along


def _text_box(text: ElementTree.Element) -> Box:
    size = float(text.get("font-size", "14"))
    width = 0.5 * size * len(text.text or "")
    x, y = float(text.get("x", "0")), float(text.get("y", "0"))
    left = {"start": x, "middle": x - width / 2, "end": x - width}[text.get("text-anchor", "start")]
    return left, y - 0.75 * size, left + width, y


def _around(boxes: list[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _inside(point: tuple[float, float], box: Box, slack: float = 1.5) -> bool:
    x, y = point
    return box[0] + slack < x < box[2] - slack and box[1] + slack < y < box[3] - slack


def _distance(box: Box, line: list[tuple[float, float]]) -> float:
    """How far a label is from a line."""
    return (
        min(max(box[0] - x, x - box[2], 0.0) + max(box[1] - y, y - box[3], 0.0) for x, y in line)
        if line
        else 0.0
    )


def _overlap(a: Box, b: Box) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    return min(width, height) if width > 0 and height > 0 else 0.0
