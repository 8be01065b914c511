"""What is wrong with a model, over data: in words with numbers and what to change.

The one place where it is decided what is dead, saturated, or without gradient over many examples.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from ..calculus.operation import Operation
from ..checking import a_function, described, listed
from ..console import in_columns
from ..engine import Value, topological_order
from ..functions import mean
from ..health import HELP, condition, steepest
from ..nn import Module
from ..nn.shapes import flat, lists
from ..notebook import Shown
from ..operators import gradients_kept, stored_gradient
from ..public import named_options
from ..scope import Scope

MANY = 0.4  # of the units of a layer: worth a warning
SMALL = 1e-3  # gradients vanish if the first layer's norm is so much smaller than the last one's
LARGE = 1e3  # gradients explode if a layer's norm is larger


@dataclass(frozen=True)
class LayerReport:
    """One layer, over all examples.

    **Attributes:** `name`, `kind`; `units`: how many activations one example records there (0 for a
    layer without); `dead`: units whose local derivative is 0 on every example; `saturated`: units
    that are nearly flat on nine of ten; `mean`, `deviation`: of all outputs of the units;
    `weight_deviation`: of its own parameters; `gradient_norm`: of the mean loss for these (None
    without a loss).

    >>> from tinygrad_neuron import nn
    >>> report = diagnose(nn.MLP(1, [2, 1], seed=0), [([0.5], 1.0)]).layers[0]
    >>> report.name, report.kind, report.units
    ('layers[0]', 'Layer', 2)
    """

    name: str
    kind: str
    units: int
    dead: int
    saturated: int
    mean: float
    deviation: float
    weight_deviation: float
    gradient_norm: float | None


@dataclass(frozen=True)
class Diagnosis(Shown):
    """What `diagnose` found: `layers`, in the order in which they run, and `warnings`, in words.

    >>> from tinygrad_neuron import nn
    >>> found = diagnose(nn.MLP(1, [2, 1], seed=0), [([0.5], 1.0)])
    >>> found.examples, len(found.layers)
    (1, 2)
    """

    examples: int
    layers: tuple[LayerReport, ...]
    warnings: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        """The table, then the warnings."""
        table = in_columns([_HEAD, *map(_cells, self.layers)], texts=2)
        found = [f"- {warning}" for warning in self.warnings] or [self._nothing()]
        return "\n".join([table, "", *found])

    def _nothing(self) -> str:
        """That there is no warning, though some units may be dead."""
        dead = [layer for layer in self.layers if layer.dead]
        if not dead:
            return "Nothing to warn of."
        some = ", ".join(f"{layer.dead} of {layer.units} units in {layer.name}" for layer in dead)
        verb = "is" if sum(layer.dead for layer in dead) == 1 else "are"
        least = f"the {MANY:.0%} of a layer from which on there is a warning".replace("%", " %")
        return f"Nothing to warn of: {some} {verb} dead, less than {least}."

    __repr__ = __str__


_HEAD = ("layer", "kind", "units", "dead", "saturated", "output", "weights", "gradient")


def _cells(layer: LayerReport) -> tuple[str, ...]:
    def short(number: float | None) -> str:
        return "" if number is None or math.isnan(number) else f"{number:.2g}"

    spread = f"{layer.mean:.2g} ± {layer.deviation:.2g}" if layer.units else ""
    counts = [str(n) if layer.units else "" for n in (layer.units, layer.dead, layer.saturated)]
    weights, gradient = short(layer.weight_deviation), short(layer.gradient_norm)
    return (layer.name, layer.kind, *counts, spread, weights, gradient)


@named_options
def diagnose(
    model: Module,
    examples: Iterable[Sequence[Any]],
    loss: Callable[[Any, Any], Value] | None = None,
) -> Diagnosis:
    """Run a model over examples and say what keeps it from learning.

    Found are: units that are dead on every example or saturated on most, by layer; gradients that
    vanish or explode from layer to layer; parameters that get no gradient, a loss that depends on
    none; numbers that are not finite, and where they arise. Everything runs uncompiled, so a
    hundred examples are enough; no parameter, no gradient and no random generator is changed.

    **Arguments:** `examples`: a `Dataset` or pairs (input, target), as for `fit`; `loss`: a
    function of output and target; without one nothing is said about gradients.

    **Returns** a `Diagnosis`, which prints as a table with the warnings below.

    >>> from tinygrad_neuron import nn
    >>> model = nn.MLP(1, [2, 1], seed=0)
    >>> for neuron in model.layers[0].neurons:
    ...     neuron.b.data = -10.0
    >>> for warning in diagnose(model, [([0.5], 1.0), ([1.0], 0.0)]).warnings:
    ...     print(warning)
    layers[0]: 2 of 2 units (100 %) are dead: relu passes no gradient on any of 2 examples. A \
leaky_relu, another bias or a smaller learning rate keeps a gradient alive.
    """
    pairs = listed("diagnose", "examples", examples, "a Dataset or pairs (input, target)")
    if not pairs:
        raise ValueError("diagnose: examples has none; it takes at least one")
    for pair in pairs:
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise TypeError(
                f"diagnose: an example must be a pair (input, target), got {described(pair)}"
            )
    if loss is not None:
        a_function("diagnose", "loss", loss)
    if not isinstance(model, Module):
        raise TypeError(f"diagnose: model must be a Module, got {described(model)}")
    watched = _Watched(model)
    losses = []
    with model.undisturbed():
        for x, t in pairs:
            output = model(lists(x))
            if loss is not None:
                losses.append(loss(output, lists(t)))
            watched.add([v for v in flat(output) if isinstance(v, Value)], losses[-1:])
    total = mean(losses) if losses else None
    gradients = None if total is None else _gradients(model, total)
    layers = watched.reports(gradients)
    return Diagnosis(len(pairs), layers, tuple(watched.warnings(layers, total, gradients)))


@dataclass
class _Unit:
    """One activation of a layer: its name, and its slope and its output for every example."""

    operation: str
    slopes: list[float] = field(default_factory=list)
    outputs: list[float] = field(default_factory=list)


class _Watched:
    """The units of a model, by layer, as examples run through it."""

    def __init__(self, model: Module) -> None:
        self.model = model
        self.units: dict[Scope, list[_Unit]] = {}
        self.order: dict[Scope, None] = {}  # of the layers, as they run
        self.count = 0
        self.broken: str | None = None

    def add(self, outputs: Sequence[Value], losses: Sequence[Value]) -> None:
        """Note what one example recorded."""
        met: dict[Scope, int] = {}
        for node in topological_order(*outputs, *losses):
            layer = layer_of(node)
            if not node._prev or layer is None:
                continue
            self.order[layer] = None
            if self.broken is None and _breaks(node):
                self.broken = self._broken(node, layer)
            if not _bends(node):
                continue
            units = self.units.setdefault(layer, [])
            place = met[layer] = met.get(layer, -1) + 1
            if place == len(units):
                units.append(_Unit(node._operation.name))
            slope = steepest(node)
            units[place].slopes.append(math.nan if slope is None else slope[0])
            units[place].outputs.append(node.data)
        self.count += 1

    def _broken(self, node: Value, layer: Scope) -> str:
        """Where a number that is not finite arises, in words."""
        named = [f"{v.label or v._op or 'input'} = {v.data:.4g}" for v in node._prev[:3]]
        operands = ", ".join([*named, "..."] if len(node._prev) > 3 else named)
        return (
            f"{_name(layer)}: {node._op} of {operands} is {node.data}, in example {self.count}; "
            "smaller weights, scaled inputs or a smaller lr keep it finite"
        )

    def reports(self, gradients: dict[Value, float | None] | None) -> tuple[LayerReport, ...]:
        """What was found, layer by layer."""
        own: dict[Scope, list[Value]] = {}
        for parameter in self.model.parameters():
            layer = layer_of(parameter)
            if layer is not None:
                own.setdefault(layer, []).append(parameter)
        self.order |= dict.fromkeys(own)
        found = []
        for layer in self.order:
            units, parameters = self.units.get(layer, []), own.get(layer, [])
            if not units and not parameters:
                continue
            outputs = [y for unit in units for y in unit.outputs if math.isfinite(y)]
            conditions = [condition(unit.slopes) for unit in units]
            norm = None
            if gradients is not None and parameters:
                norm = math.hypot(*(gradients[p] or 0.0 for p in parameters))
            found.append(
                LayerReport(
                    _name(layer),
                    layer.kind,
                    len(units),
                    conditions.count("dead"),
                    conditions.count("saturated"),
                    fmean(outputs) if outputs else math.nan,
                    _deviation(outputs),
                    _deviation([p.data for p in parameters]),
                    norm,
                )
            )
        return tuple(found)

    def warnings(
        self,
        layers: Sequence[LayerReport],
        loss: Value | None,
        gradients: dict[Value, float | None] | None,
    ) -> list[str]:
        """What is wrong, in words."""
        found = [self.broken] if self.broken else []
        names = {_name(layer): units for layer, units in self.units.items()}
        for layer in layers:
            for count, flag, words in (
                (layer.dead, "dead", "{} passes no gradient on any of {} examples"),
                (layer.saturated, "saturated", "{} is nearly flat on most of {} examples"),
            ):
                if layer.units and count >= MANY * layer.units:
                    kind = names[layer.name][0].operation
                    share = 100 * count / layer.units
                    found.append(
                        f"{layer.name}: {count} of {layer.units} units ({share:.0f} %) are "
                        f"{flag}: {words.format(kind, self.count)}. {HELP[flag]}"
                    )
        if gradients is not None and loss is not None:
            found += _of_gradients(self.model, layers, loss, gradients)
        return found


def _of_gradients(
    model: Module,
    layers: Sequence[LayerReport],
    loss: Value,
    gradients: dict[Value, float | None],
) -> list[str]:
    """What the gradients of the loss have to say."""
    if not math.isfinite(loss.data):
        return [f"the loss is {loss.data}; its gradients mean nothing"]
    if all(gradient is None for gradient in gradients.values()):
        return [
            "the loss depends on no parameter: compute it from the model's outputs as they are "
            "(not from .data), with the table's functions"
        ]
    found = []
    missing = [name for name, p in model.named_parameters() if gradients[p] is None]
    if missing:
        some = ", ".join(missing[:3]) + (", ..." if len(missing) > 3 else "")
        found.append(
            f"{len(missing)} of {len(gradients)} parameters get no gradient ({some}): the loss "
            "does not depend on them; use them, or leave them out of the optimiser"
        )
    broken = [name for name, p in model.named_parameters() if not math.isfinite(gradients[p] or 0)]
    if broken:
        words = f"the gradients of {len(broken)} parameters are not finite"
        return [*found, f"{words}. {HELP['exploding']}"]
    norms = [(layer.gradient_norm, layer.name) for layer in layers if layer.gradient_norm]
    largest = max(norms, default=(0.0, ""))
    if largest[0] > LARGE:
        words = f"gradients explode: their norm is {largest[0]:.2g} in {largest[1]}"
        found.append(f"{words}. {HELP['exploding']}")
    if norms and norms[0][0] < SMALL * norms[-1][0]:
        (first, first_name), (last, last_name) = norms[0], norms[-1]
        found.append(
            f"gradients vanish: their norm is {first:.2g} in {first_name} and {last:.2g} in "
            f"{last_name}. {HELP['vanishing']}"
        )
    return found


def layer_of(node: Value) -> Scope | None:
    """The place of the layer that a node belongs to: the innermost module that is not a single
    neuron (or its activation)."""
    scope: Scope | None = node.within
    while scope is not None:
        place = scope.place
        if place.kind != "scope" and not any(s.kind == "Neuron" for s in place.path):
            return place
        scope = scope.parent
    return None


def _bends(node: Value) -> bool:
    """Whether a node is an activation that can be flat."""
    operation = node._operation
    return (
        isinstance(operation, Operation) and operation.activation and operation.name != "identity"
    )


def _deviation(numbers: Sequence[float]) -> float:
    """Their standard deviation; NaN of none, and where one is not finite."""
    if not numbers or not all(map(math.isfinite, numbers)):
        return math.nan
    middle = fmean(numbers)
    # By hypot, which does not overflow; before Python 3.11 `pstdev` computes in whole numbers.
    return math.hypot(*(x - middle for x in numbers)) / math.sqrt(len(numbers))


def _breaks(node: Value) -> bool:
    """Whether a number that is not finite arises here, from finite ones."""
    return not math.isfinite(node.data) and all(math.isfinite(v.data) for v in node._prev)


def _name(layer: Scope) -> str:
    return str(layer) if layer.name or layer.parent else layer.kind


def _gradients(model: Module, loss: Value) -> dict[Value, float | None]:
    """The gradient of every parameter, None where nothing reached it; theirs stay as they were."""
    parameters = model.parameters()
    with gradients_kept(parameters):
        loss.backward()
        return {p: stored_gradient(p) for p in parameters}
