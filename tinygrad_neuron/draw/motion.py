"""A film as an SVG that moves by itself: a style sheet, and no script."""

import hashlib
import os
from collections.abc import Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from .film import REST, Film
from .running import at_once
from .themes import Theme

_WHOLE = "http://www.w3.org/2000/svg"
_LINKS = "http://www.w3.org/1999/xlink"


def drawn_frames(film: Film, kind: str) -> list[bytes]:
    """Every frame as the layout engine draws it, SVG or PNG."""
    pictures = [film.picture(moment) for moment in range(film.frames)]
    for picture in pictures:
        picture.density = 1.25  # a GIF of twice as many dots would be too large to send
    return at_once(lambda p: p.pipe(format=kind, quiet=True), pictures, os.cpu_count() or 1)


def moving_svg(film: Film, seconds: float, loop: bool) -> bytes:
    """The finished picture, and in it everything that looks different at other moments."""
    frames = drawn_frames(film, "svg")
    name = "a" + hashlib.sha256(b"".join(frames)).hexdigest()[:8]
    rules = _Rules(name, film.frames, seconds, loop)
    ElementTree.register_namespace("", _WHOLE)
    ElementTree.register_namespace("xlink", _LINKS)
    trees = [ElementTree.fromstring(frame) for frame in frames]
    parts = [_parts(tree) for tree in trees]
    tree = trees[-1]
    around = {child: parent for parent in tree.iter() for child in parent}
    for key, last in parts[-1].items():
        looks = [found[key] for found in parts]
        _replace(around[last], last, looks, rules)
    lit = {own: moment for moment in range(film.frames) for own in film.highlighted[moment]}
    for own, moment in lit.items():
        if own[0] == "e":
            _add_traveller(around, parts[-1][own], film.theme, moment, rules)
    style = Element(f"{{{_WHOLE}}}style")
    style.text = rules.css()
    tree.insert(0, style)
    tree.set("class", name)
    tree.set("role", "img")
    written: bytes = ElementTree.tostring(tree, encoding="utf-8", xml_declaration=True)
    return written


def _parts(tree: Element) -> dict[str, Element]:
    """What may change: nodes and edges by their ids, and the texts below by their places."""
    found: dict[str, Element] = {}
    inside: set[Element] = set()
    for group in tree.iter(f"{{{_WHOLE}}}g"):
        if group.get("class", "").split()[:1] in (["node"], ["edge"], ["cluster"]):
            inside.update(group.iter())
            if not group.get("class", "").startswith("cluster"):
                found[group.get("id", "")] = group
    texts = [text for text in tree.iter(f"{{{_WHOLE}}}text") if text not in inside]
    return found | {f"text {i}": text for i, text in enumerate(texts)}


def _replace(parent: Element, last: Element, looks: Sequence[Element], rules: "_Rules") -> None:
    """Put all looks of a part in its place, each shown at its moments only."""
    written = [ElementTree.tostring(look) for look in looks]
    if len(set(written)) == 1:
        return
    at = list(parent).index(last)
    for text in dict.fromkeys(written):
        one = last if text == written[-1] else ElementTree.fromstring(text)
        states = [f"visibility: {'visible' if other == text else 'hidden'}" for other in written]
        if one is not last:
            one.tail = "\n"
            for element in one.iter():  # an id stands once in a page: at the finished look
                element.attrib.pop("id", None)
            parent.insert(at, one)
            at += 1
        rules.add(one, states)


def _add_traveller(
    around: dict[Element, Element], edge: Element, theme: Theme, moment: int, rules: "_Rules"
) -> None:
    """A dot that goes back along an edge, from the consumer to its operand."""
    way = next(edge.iter(f"{{{_WHOLE}}}path")).get("d", "")
    dot = ElementTree.SubElement(around[edge], f"{{{_WHOLE}}}circle")
    dot.set("r", "4")
    dot.set("fill", theme.accent)
    rules.travel(dot, moment, way)


class _Rules:
    """The style sheet of a film: each element's looks over time. Without motion, the last ones."""

    def __init__(self, name: str, frames: int, seconds: float, loop: bool) -> None:
        self.name, self.frames, self.loop = name, frames, loop
        self.seconds = seconds * (frames - 1 + REST)
        self.share = 100 / (frames - 1 + REST)  # of the whole time, in percent, that a step takes
        self.keyframes: dict[str, str] = {}
        self.ways: list[str] = []

    def add(self, element: ElementTree.Element, states: list[str]) -> None:
        """Let an element look like each of these in turn; equal films share their keyframes."""
        element.set("style", states[-1])
        changes = [
            f"{i * self.share:.6g}% {{{state}}}"
            for i, state in enumerate(states)
            if i == 0 or state != states[i - 1]
        ]
        if len(changes) > 1:
            self.play(element, " ".join(changes) + f" 100% {{{states[-1]}}}")

    def travel(self, element: ElementTree.Element, moment: int, way: str) -> None:
        """Let an element go back along a path in the first part of a step; hidden otherwise."""
        start, end = moment * self.share, (moment + 0.7) * self.share
        element.set("style", f"visibility: hidden; offset-path: path('{way}')")
        self.play(
            element,
            "0% {visibility: hidden} "
            f"{start:.6g}% {{visibility: visible; offset-distance: 100%; "
            "animation-timing-function: linear} "
            f"{end:.6g}% {{visibility: hidden; offset-distance: 0%}} 100% {{visibility: hidden}}",
        )

    def play(self, element: ElementTree.Element, keyframes: str) -> None:
        number = self.keyframes.setdefault(keyframes, f"{self.name}-{len(self.keyframes)}")
        element.set("class", f"{element.get('class', '')} {number}".strip())

    def css(self) -> str:
        lines = ["", "@media (prefers-reduced-motion: no-preference) {"]
        count = "infinite" if self.loop else "1"
        for keyframes, name in self.keyframes.items():
            lines.append(f"@keyframes {name} {{{keyframes}}}")
            lines.append(f".{name} {{animation: {name} {self.seconds:g}s step-end {count}}}")
        lines.append(f".{self.name}:hover * {{animation-play-state: paused}}")
        return "\n".join([*lines, "}", ""])
