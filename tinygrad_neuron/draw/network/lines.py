"""The weights of a network as lines: the wider the larger, dashed and orange where negative."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...nn import Neuron
from ..placing import Column, number_places
from ..text import html_text, number, tooltip_text
from ..themes import mix
from .canvas import Canvas, font
from .subject import Subject, plain

THINNEST, THICKEST = 0.5, 5.0  # a third of the largest is 2 wide: the legend draws whole points
_SIZE = 9  # points, of the numbers


@dataclass
class Weight:
    """A line: from which place in the column before to which neuron."""

    layer: int
    source: int
    neuron: int
    value: float
    name: str

    @property
    def id(self) -> str:
        return f"layer{self.layer}-neuron{self.neuron}-w{self.source}"


@dataclass
class Lines:
    """The lines between what stands in the columns."""

    subject: Subject
    columns: Sequence[Column]

    def number_places(self, must: bool) -> "list[tuple[float, float] | None] | None":
        """Where the numbers can stand; None where there is no room, unless they must."""
        weights = list(self.weights())
        ends, texts = map(self._ends, weights), map(self._text, weights)
        return number_places(list(ends), list(texts), _SIZE, must=must)

    def draw(self, canvas: Canvas, places: "Sequence[tuple[float, float] | None]") -> int:
        """Draw every line, then the numbers that have a place; returns how many lines there are."""
        weights = list(self.weights())
        for weight in weights:
            self._draw(canvas, weight)
        for weight, place in zip(weights, places, strict=False):
            if place is not None:
                canvas.text(
                    f"{weight.id}-number",
                    place,
                    [font(html_text(self._text(weight)), _SIZE, canvas.theme.ink)],
                    background=canvas.theme.background,
                    kind="number",
                )
        return len(weights)

    def weights(self) -> Iterator[Weight]:
        """The weights between what is drawn, neuron by neuron."""
        for k, layer in enumerate(self.subject.layers):
            for j in self.columns[k + 1].places:
                neuron = layer.neurons[j]
                for i in self.columns[k].places:
                    name = f"{layer.paths[j]}{layer.weights}[{i}]"
                    yield Weight(k, i, j, plain(neuron.w[i].data), name)

    def _ends(self, weight: Weight) -> tuple[tuple[float, float], tuple[float, float]]:
        """Where a line leaves the one circle and meets the other."""
        before, after = self.columns[weight.layer], self.columns[weight.layer + 1]
        left, right = before.x + before.size / 2, after.x - after.size / 2
        start, end = before.places[weight.source], after.places[weight.neuron]
        slope = (end - start) / (after.x - before.x)  # lines go from middle to middle
        return (left, start + slope * (left - before.x)), (right, end - slope * (after.x - right))

    def _text(self, weight: Weight) -> str:
        text = number(weight.value, self.subject.digits)
        return f"w{weight.source} = {text}" if isinstance(self.subject.model, Neuron) else text

    def _draw(self, canvas: Canvas, weight: Weight) -> None:
        """A line, whose tooltip has the full number, and its gradient if there is one."""
        before = f"layer{weight.layer - 1}-neuron" if weight.layer else "input"
        tooltip = f"{weight.name} = {weight.value!r}"
        seen = self.subject.observation
        if seen is not None and seen.gradients is not None:
            parameter = self.subject.layers[weight.layer].neurons[weight.neuron].w[weight.source]
            gradient = seen.parameter_gradients.get(parameter)
            tooltip += "\nthe loss does not depend on it"
            if gradient is not None:
                tooltip = f"{weight.name} = {weight.value!r}\ngradient = {gradient!r}"
        canvas.graph.edge(
            f"{before}{weight.source}",
            f"layer{weight.layer}-neuron{weight.neuron}",
            id=weight.id,
            tooltip=tooltip_text(tooltip),
            **weight_style(self.subject, weight.value),
        )


def weight_style(subject: Subject, value: float) -> dict[str, str]:
    """How the line of a weight looks: width, colour and dash say how large it is, and its sign."""
    theme = subject.theme
    if not math.isfinite(value):
        return {
            "class": "weight not-finite",
            "style": "dotted",
            "color": theme.alarm,
            "penwidth": "2",
        }
    share = abs(value) / subject.largest if subject.largest else 0.0
    sign = "positive" if value > 0 else "negative" if value < 0 else "zero"
    end = {"positive": theme.positive, "negative": theme.negative}
    colour = mix(theme.background, end.get(sign, theme.muted), 0.5 + 0.5 * share)
    return {
        "class": f"weight {sign}",
        "style": "dashed" if value < 0 else "solid",
        "color": colour,
        "penwidth": f"{THINNEST + (THICKEST - THINNEST) * share:.3f}",
    }
