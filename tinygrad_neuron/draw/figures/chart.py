"""Two axes and what is drawn between them, as the text of an SVG."""

import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape

from ...files import replace_file
from ..text import number, visible
from ..themes import Theme, mix

SIZE = 13  # of letters, in pixels
_WIDTH, _HEIGHT = 480, 320


class Svg(str):
    """The text of a figure; a notebook shows it as an image."""

    def _repr_svg_(self) -> str:
        return str(self)

    def savefig(self, path: "str | os.PathLike[str]") -> None:
        """Write it to a file, whole or not at all."""
        replace_file(path, self.encode())


@dataclass
class Chart:
    """Two axes, and what is drawn between them: numbers in, pixels out."""

    x: tuple[float, float]
    y: tuple[float, float]
    theme: Theme
    right: float = 16.0  # pixels for names at the ends of curves
    parts: list[str] = field(default_factory=list)
    left: float = 52.0
    top: float = 34.0
    bottom: float = 44.0

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point lies, in pixels."""
        (x0, x1), (y0, y1) = self.x, self.y
        wide, high = _WIDTH - self.left - self.right, _HEIGHT - self.top - self.bottom
        return self.left + wide * (x - x0) / (x1 - x0), self.top + high * (y1 - y) / (y1 - y0)

    def line(
        self, points: Iterable[tuple[float, float]], colour: str, width: float = 2, dash: str = ""
    ) -> None:
        """A line through points, interrupted where one is not finite."""
        pieces: list[list[str]] = [[]]
        for x, y in points:
            if math.isfinite(y):
                pieces[-1].append("{:.1f} {:.1f}".format(*self.at(x, y)))
            elif pieces[-1]:
                pieces.append([])
        way = "".join(f"M{'L'.join(p if len(p) > 1 else p * 2)}" for p in pieces if p)
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<path d="{way}" fill="none" stroke="{colour}" stroke-width="{width:g}" '
            f'stroke-linejoin="round" stroke-linecap="round"{dashes}/>'
        )

    def fill(self, loops: Iterable[Iterable[tuple[float, float]]], colour: str) -> None:
        """Outlines filled together; those that run the other way round are holes."""
        way = "".join(
            f"M{'L'.join('{:.1f} {:.1f}'.format(*self.at(*point)) for point in loop)}Z"
            for loop in loops
        )
        if way:
            self.parts.append(f'<path d="{way}" fill="{colour}"/>')

    def mark(self, x: float, y: float, colour: str, kind: int = 0) -> None:
        """A point: a disc, a square, a triangle, a diamond, one after another."""
        self.sign(*self.at(x, y), colour, kind)

    def sign(self, px: float, py: float, colour: str, kind: int = 0) -> None:
        """What marks a point, at a place in pixels."""
        shape = (
            f"M{px - 5:.1f} {py:.1f}a5 5 0 1 0 10 0a5 5 0 1 0 -10 0Z",
            f"M{px - 4:.1f} {py - 4:.1f}h8v8h-8Z",
            f"M{px:.1f} {py - 5:.1f}l5 9h-10Z",
            f"M{px:.1f} {py - 6:.1f}l6 6l-6 6l-6 -6Z",
        )[kind % 4]
        rim = self.theme.background
        self.parts.append(f'<path d="{shape}" fill="{colour}" stroke="{rim}" stroke-width="1"/>')

    def text(
        self,
        px: float,
        py: float,
        text: str,
        colour: str,
        anchor: str = "start",
        bold: bool = False,
    ) -> None:
        """A text, if there is one, at a place in pixels."""
        if not text:
            return
        weight = ' font-weight="bold"' if bold else ""
        self.parts.append(
            f'<text x="{px:.1f}" y="{py:.1f}" fill="{colour}" text-anchor="{anchor}"{weight}>'
            f"{escape(visible(text))}</text>"
        )

    def names(self, ends: Mapping[str, tuple[float, float, str]]) -> None:
        """The names of curves beside their last points, moved apart where they would overlap."""
        least = self.top
        for name, (x, y, colour) in sorted(ends.items(), key=lambda end: -end[1][1]):
            px, py = self.at(x, y)
            least = max(least, py) + 15
            self.text(px + 6, least - 11, name, colour, bold=True)

    def svg(self, title: str, across: str, up: str = "") -> Svg:
        """The whole figure, with its axes."""
        theme, x, y = self.theme, self.x, self.y
        drawn, self.parts = self.parts, []
        faint = mix(theme.background, theme.ink, 0.15)
        for tick in _ticks(*x):
            self.line([(tick, y[0]), (tick, y[1])], faint, 1)
            px, py = self.at(tick, y[0])
            self.text(px, py + 17, number(tick), theme.ink, "middle")
        for tick in _ticks(*y):
            self.line([(x[0], tick), (x[1], tick)], faint, 1)
            px, py = self.at(x[0], tick)
            self.text(px - 6, py + 4.5, number(tick), theme.ink, "end")
        behind, self.parts = self.parts, []
        self.line([(x[0], y[1]), (x[0], y[0]), (x[1], y[0])], theme.muted, 1)
        self.text(self.at(x[1], y[0])[0], _HEIGHT - 10, across, theme.ink, "end")
        self.text(self.left - 44, 14, title, theme.ink, bold=True)
        self.text(self.left - 8, self.top - 8, up, theme.ink, "end")
        name = escape(visible(title or f"{up} {across}".strip()))
        return Svg(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
            f'width="{_WIDTH}" height="{_HEIGHT}" font-family="Arial, Helvetica, sans-serif" '
            f'font-size="{SIZE}" role="img"><title>{name}</title>'
            f'<rect width="100%" height="100%" fill="{theme.background}"/>'
            + "\n".join([*behind, *drawn, *self.parts])
            + "</svg>"
        )


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers between two, four to nine of them."""
    step = 10.0 ** math.floor(math.log10((high - low) / 4))
    step *= next((k for k in (5, 2) if (high - low) / (k * step) >= 4), 1)
    first = math.ceil(low / step - 1e-9)
    return [k * step for k in range(first, math.floor(high / step + 1e-9) + 1)]
