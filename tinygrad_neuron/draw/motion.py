"""A film as an SVG that moves by itself: a style sheet, and no script."""

import hashlib
from xml.etree import ElementTree

from .film import REST, Film, Slot
from .text import visible
from .themes import Theme

_WHOLE = "http://www.w3.org/2000/svg"
_LINKS = "http://www.w3.org/1999/xlink"


def moving_svg(film: Film, seconds: float, loop: bool) -> bytes:
    """The finished picture, drawn once, whose texts and colours a style sheet changes over time."""
    still = film.picture(None)
    drawn = still.pipe(format="svg", encoding="utf-8", quiet=True)
    name = "a" + hashlib.sha256(drawn.encode()).hexdigest()[:8]
    rules = _Rules(name, film.frames, seconds, loop)
    ElementTree.register_namespace("", _WHOLE)
    ElementTree.register_namespace("xlink", _LINKS)
    tree = ElementTree.fromstring(drawn)
    groups = {g.get("id"): g for g in tree.iter(f"{{{_WHOLE}}}g")}
    for own in sorted(set().union(*film.highlighted)):
        lit = [own in moment for moment in film.highlighted]
        colour = film.theme.rim if own[0] == "n" else film.theme.line
        states = [
            f"color: {film.theme.accent}; stroke-width: 2.5"
            if here
            else f"color: {colour}; stroke-width: 1"
            for here in lit
        ]
        _mark(groups[own], film.theme)
        rules.add(groups[own], states)
        if own[0] == "e":
            _add_traveller(groups[own], film.theme, lit.index(True), rules)
    marks = {slot.colour: slot for slot in film.slots.values()}
    for parent in list(tree.iter()):
        for text in list(parent):
            slot = marks.get(text.get("fill", ""))
            if text.tag == f"{{{_WHOLE}}}text" and slot is not None:
                _replace_text(parent, text, slot, rules)
    style = ElementTree.Element(f"{{{_WHOLE}}}style")
    style.text = rules.css()
    tree.insert(0, style)
    tree.set("class", name)
    tree.set("role", "img")
    written: bytes = ElementTree.tostring(tree, encoding="utf-8", xml_declaration=True)
    return written


def _mark(group: ElementTree.Element, theme: Theme) -> None:
    """Let the lines of a node or an edge take the colour and the width of their group."""
    plain = (theme.rim, theme.line)
    for shape in group.iter():
        for attribute in ("stroke", "fill"):
            if shape.get(attribute) in plain and shape.tag != f"{{{_WHOLE}}}text":
                shape.set(attribute, "currentColor")


def _add_traveller(group: ElementTree.Element, theme: Theme, moment: int, rules: "_Rules") -> None:
    """A dot that goes back along an edge, from the consumer to its operand."""
    way = next(group.iter(f"{{{_WHOLE}}}path")).get("d", "")
    dot = ElementTree.SubElement(group, f"{{{_WHOLE}}}circle")
    dot.set("r", "4")
    dot.set("fill", theme.accent)
    rules.travel(dot, moment, way)


def _replace_text(
    parent: ElementTree.Element, text: ElementTree.Element, slot: Slot, rules: "_Rules"
) -> None:
    """Put all texts of a slot in its place, each shown at its moments only."""
    at = list(parent).index(text)
    parent.remove(text)
    for shown in dict.fromkeys(slot.moments):
        one = ElementTree.Element(text.tag, text.attrib)
        one.attrib.pop("font-weight", None)
        one.attrib.pop("font-style", None)
        one.set("fill", shown.colour)
        one.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        if shown.bold:
            one.set("font-weight", "bold")
        if shown.italic:
            one.set("font-style", "italic")
        one.text = visible(shown.text)
        one.tail = "\n"
        states = [
            "visibility: visible" if moment == shown else "visibility: hidden"
            for moment in slot.moments
        ]
        rules.add(one, states)
        parent.insert(at, one)
        at += 1


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
