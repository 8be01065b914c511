"""What the picture of a network shows, and what is written about each part of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...checking import described, to_float
from ..flags import SIGNS
from ..observing import NeuronLayer, Observation, Plane, responses
from ..text import number
from ..themes import Theme

PLACES = 31  # a side of a heat map: between them it is interpolated


@dataclass
class Subject:
    """A network as it is drawn.

    Its `layers`; for an example its `observation`; for heat maps the `plane` they show; the names
    of inputs and outputs; at `most` so many circles a layer; `digits`, how many are significant;
    `flags`, whether inactive neurons are marked; `data`, points of the plane and their classes.
    """

    model: Any
    layers: list[NeuronLayer]
    observation: Observation | None
    plane: Plane | None
    input_names: list[str]
    output_names: list[str]
    most: int
    theme: Theme
    digits: int
    flags: bool
    data: Sequence[tuple[Sequence[float], Any]] = ()

    @cached_property
    def maps(self) -> list[list[list[list[float]]]] | None:
        """The heat maps of the inputs and of each layer's neurons, if they are asked for."""
        return None if self.plane is None else responses(self.layers, self.plane, PLACES)

    @cached_property
    def points(self) -> list[tuple[tuple[float, float], str]]:
        """The data as it lies in a map, from 0 to 1 to the right and up, each in its colour."""
        colours, classes = self.theme.classes(), self.classes
        (left, right), (low, high) = self.plane or ((0.0, 1.0), (0.0, 1.0))
        return [
            (((x - left) / (right - left), (y - low) / (high - low)),
             colours[classes.index(label) % len(colours)])
            for (x, y), label in self.data
        ]  # fmt: skip

    @property
    def classes(self) -> list[Any]:
        """The classes of the data, in order."""
        return sorted({label for _, label in self.data})

    @property
    def counts(self) -> list[int]:
        """How many inputs there are, and how many neurons in each layer."""
        return [self.layers[0].neurons[0].nin, *(len(layer.neurons) for layer in self.layers)]

    @cached_property
    def largest(self) -> float:
        """The largest finite |weight|."""
        return max(
            (
                abs(w)
                for layer in self.layers
                for neuron in layer.neurons
                for w in neuron.hyperplane.normal
                if math.isfinite(w)
            ),
            default=0.0,
        )

    def short(self, value: float) -> str:
        """A number with the digits of the picture."""
        return number(value, self.digits)

    def bias(self, k: int, j: int) -> float:
        """The bias of a neuron."""
        return plain(self.layers[k].neurons[j].hyperplane.bias)

    def is_inactive(self, k: int, j: int) -> bool:
        """Whether a neuron is to be marked: it passes no gradient on for the example."""
        seen = self.observation
        return self.flags and seen is not None and seen.inactive[k][j]

    def rows(self, k: int, j: int) -> list[tuple[str, int, bool]]:
        """What is written in a neuron: texts, each with its size and whether it is bold."""
        bias = f"b = {self.short(self.bias(k, j))}"
        seen = self.observation
        if seen is None:
            return [(bias, 10, False)]
        activation = self.short(seen.activations[k][j])
        if self.is_inactive(k, j):
            activation = f"{SIGNS['inactive']} {activation}"
        rows = [(activation, 11, True), (bias, 9, False)]
        if seen.gradients is not None:
            gradient = seen.gradients[k + 1][j]
            rows.append((f"grad {'none' if gradient is None else self.short(gradient)}", 9, False))
        return rows

    @property
    def has_zero_line(self) -> bool:
        """Whether some map has a line at 0."""
        maps = (grid for row in self.maps or () for grid in row)
        return any(min(map(min, grid)) < 0 < max(map(max, grid)) for grid in maps)

    @property
    def lines_of_text(self) -> int:
        """How many lines are written in, or below, each neuron."""
        return len(self.rows(0, 0))

    def tooltips(self, k: int, position: int) -> list[str]:
        """What the example gave at an input (k = -1) or a neuron, in full."""
        seen = self.observation
        if seen is None:
            return []
        if k < 0:
            lines = [f"x = {seen.inputs[position]!r}"]
        else:
            lines = [f"z = {seen.pre_activations[k][position]!r}"]
            lines.append(f"y = {seen.activations[k][position]!r}")
        if seen.gradients is not None:
            gradient = seen.gradients[k + 1][position]
            lines.append(
                "the loss does not depend on it" if gradient is None else f"gradient = {gradient!r}"
            )
        return lines

    def scale(self) -> str:
        """What the colours of the maps or the circles mean; empty where they mean nothing."""
        if self.plane is not None:
            return "activation, from negative to positive; each map has its own scale"
        if self.observation is not None:
            return "activation, from negative to positive; each layer has its own scale"
        return ""

    def remarks(self, drawn: int, inactive: bool) -> list[str]:
        """What has to be said about the picture below it."""
        remarks = []
        total = sum(len(layer.neurons) * layer.neurons[0].nin for layer in self.layers)
        if self.plane is not None:
            (left, right), (low, high) = self.plane
            remarks.append(
                f"maps: x0 from {left:g} to {right:g} to the right, x1 from {low:g} to {high:g} up"
            )
            if self.has_zero_line:
                remarks.append("the line in a map: where the neuron puts out 0")
        written = "the bias b"
        if self.observation is not None:
            written = "activation for this example, bias b"
            if self.observation.gradients is not None:
                written += ", gradient of the loss for the activation"
        remarks.append(f"{'in each circle' if self.maps is None else 'below a map'}: {written}")
        if inactive:
            remarks.append(f"{SIGNS['inactive']} inactive: no gradient passes for this example")
        if drawn < total:
            remarks.append(f"{drawn:,} of {total:,} weights are drawn")
        return remarks


def plain(x: Any) -> float:
    """A parameter's data, which a user may have assigned, as a plain number."""
    try:
        return to_float(x, "draw_network", "a parameter")
    except TypeError:
        raise TypeError(
            f"draw_network: a parameter's data must be a number, got {described(x)}"
        ) from None
