"""Nodes coloured by a number: by value, gradient, magnitude, or any function of the node."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from ..checking import to_float, unknown
from ..engine import Value
from .facts import GraphFacts
from .folding import Group
from .themes import Theme

Metric = Callable[[Value], "float | None"]

METRICS = ("value", "gradient", "magnitude")


def metric(color: "str | Metric", graph: GraphFacts) -> tuple[str, Metric]:
    """The name and the function of what the nodes are coloured by."""
    if callable(color):
        return getattr(color, "__name__", "<lambda>").replace("<lambda>", "color"), color
    if not isinstance(color, str) or color not in METRICS:
        raise ValueError(
            f"color {color!r}: {unknown(color, METRICS)}; or a function of a node that returns a "
            "number"
        )
    if color == "value":
        return "data", lambda node: node.data
    if color == "gradient":
        return "grad", graph.gradient
    return "|grad|, logarithmic", lambda node: _logarithm(graph.gradient(node))


def _logarithm(gradient: float | None) -> float | None:
    return math.log10(abs(gradient)) if gradient else None


@dataclass(frozen=True)
class Scale:
    """From numbers to colours: signed around 0, or from `low` to `high`.

    What is coloured by a logarithm (`logarithmic`) shows the numbers themselves in the legend;
    `beyond` says whether something lies below the low end, and above the high one.
    """

    name: str
    low: float
    high: float
    signed: bool
    logarithmic: bool
    theme: Theme
    beyond: tuple[bool, bool] = (False, False)

    def colour(self, number: float) -> str:
        """The colour of a number."""
        if self.signed:
            return self.theme.signed(number / (self.high or 1.0))
        span = self.high - self.low
        return self.theme.magnitude(0.1 + 0.9 * (number - self.low) / span if span else 1.0)

    def steps(self, count: int = 9) -> list[str]:
        """The colours of evenly spaced numbers, from low to high."""
        span = self.high - self.low
        return [self.colour(self.low + span * i / (count - 1)) for i in range(count)]

    def ends(self) -> tuple[float, float]:
        """The numbers at the two ends."""
        if self.logarithmic:
            return 10.0**self.low, 10.0**self.high
        return self.low, self.high


def make_scale(name: str, numbers: Iterable[float], theme: Theme) -> Scale:
    """The scale for what is to be coloured: signed if any number is negative."""
    logarithmic = name.endswith("logarithmic")
    finite = [number for number in numbers if math.isfinite(number)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    signed = name in ("data", "grad") or (low < 0 and not logarithmic)
    if signed:
        high = max(abs(low), abs(high))
        low = -high
    elif not logarithmic:
        low = 0.0
    return Scale(name, low, high, signed, logarithmic, theme)


def mean_of(measure: Metric, members: list[Value]) -> float | None:
    """The mean over the members that have a finite number, or None where none has."""
    total, count = 0.0, 0
    for member in members:
        number = measure(member)
        if number is not None:
            number = to_float(number, "color", "what the function returns")
        if number is not None and math.isfinite(number):
            total += number
            count += 1
    return total / count if count else None


def measured(
    groups: Sequence[Group], name: str, measure: Metric, root: Value, theme: Theme
) -> tuple[dict[Group, float], Scale]:
    """The number that each drawn node is coloured by, where it has one, and the scale for all."""
    found: dict[Group, float] = {}
    for group in groups:
        mean = mean_of(measure, group.members)
        if mean is not None:
            found[group] = mean
    # The root's gradient is 1 by definition, and mostly far larger than all others.
    others = [mean for group, mean in found.items() if group.node is not root or name == "data"]
    scale = make_scale(name, others or found.values(), theme)
    numbers = [mean for mean in found.values() if math.isfinite(mean)]
    low, high = min(numbers, default=scale.low), max(numbers, default=scale.high)
    return found, replace(scale, beyond=(low < scale.low, high > scale.high))
