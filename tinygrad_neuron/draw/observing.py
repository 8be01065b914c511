"""A model as layers of neurons, and what each of them does for an example. Changes nothing in it.

What `network` draws and `figures.histograms` counts.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, TypeAlias

from ..checking import described, listed, to_float
from ..engine import Value, topological_order
from ..losses import mean_squared_error
from ..nn import MLP, Dropout, Layer, Linear, Neuron, Sequential
from ..nn.activations import ActivationModule
from ..operators import gradients_kept, stored_gradient
from .flags import is_inactive

Loss: TypeAlias = Callable[..., Value]
Plane: TypeAlias = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class NeuronLayer:
    """Neurons side by side: `path` leads to the layer, as in `model.layers[0]`, `paths` to each.

    `dropout` is the probability with which the numbers that go out are dropped in training;
    `weights` leads from a neuron's path to its weights.
    """

    path: str
    neurons: tuple[Neuron, ...]
    paths: tuple[str, ...]
    dropout: float = 0.0
    weights: str = ".w"

    @property
    def takes_activation(self) -> bool:
        """Whether an activation that follows belongs to it: of a linear layer, the first one."""
        return not self.weights and self.neurons[0].activation_name == "identity"


@dataclass(frozen=True)
class Observation:
    """What happened for one example.

    `inputs`; for each layer its neurons' `pre_activations` and `activations`; `gradients` of the
    loss, first those for the inputs, then those for each layer's activations: None where there is
    no loss, and for single ones that the loss does not depend on; `parameter_gradients`, the same
    for each weight and bias it depends on; `inactive`, for each layer whether its neurons pass no
    gradient on.
    """

    inputs: list[float]
    pre_activations: list[list[float]]
    activations: list[list[float]]
    gradients: list[list[float | None]] | None = None
    parameter_gradients: dict[Value, float] = field(default_factory=dict)
    inactive: list[list[bool]] = field(default_factory=list)


def layers_of(model: Any, what: str = "draw_network") -> list[NeuronLayer]:
    """The layers of a network, a layer, a neuron, or a list of these (with dropout between them).

    Of an `nn.Linear` each output is a neuron, whose activation is that of the module behind it.

    >>> [layer.path for layer in layers_of(MLP(2, [3, 1]))]
    ['model.layers[0]', 'model.layers[1]']
    """
    layers: list[NeuronLayer] = []
    try:
        _add_layers(layers, model, "neuron" if isinstance(model, Neuron) else "model", what)
    except RecursionError:
        raise ValueError(f"{what}: the model is a list that holds itself") from None
    if not layers:
        raise ValueError(f"{what}: the model must have at least one layer, got {model!r}")
    for before, after in pairwise(layers):
        if len(before.neurons) != after.neurons[0].nin:
            raise ValueError(
                f"{what}: {after.path} takes {after.neurons[0].nin} inputs, but {before.path} "
                f"has {len(before.neurons)} neurons"
            )
    return layers


def _add_layers(layers: list[NeuronLayer], model: Any, path: str, what: str) -> None:
    """Add those of a model, or of a part of one, in order."""
    if isinstance(model, MLP):
        _add_layers(layers, model.layers, f"{path}.layers", what)
    elif isinstance(model, Layer):
        paths = tuple(f"{path}.neurons[{i}]" for i in range(len(model.neurons)))
        layers.append(NeuronLayer(path, tuple(model.neurons), paths))
    elif isinstance(model, Neuron):
        layers.append(NeuronLayer(path, (model,), (path,)))
    elif isinstance(model, Linear):
        paths = tuple(f"{path}.weight[{i}]" for i in range(model.out_features))
        layers.append(NeuronLayer(path, _neurons_of(model), paths, weights=""))
    elif isinstance(model, Sequential | list | tuple):
        for i, item in enumerate(model):
            _add_layers(layers, item, f"{path}[{i}]", what)
    elif isinstance(model, Dropout) and layers:
        layers[-1] = replace(layers[-1], dropout=model.p)
    elif isinstance(model, ActivationModule) and layers and layers[-1].takes_activation:
        for neuron in layers[-1].neurons:
            _set_activation(neuron, model)
    else:
        where = "" if path == "model" else f" at {path}"
        if hasattr(model, "get_params"):  # an estimator
            where += "; of an estimator pass the network that fit makes, .model_"
        raise TypeError(
            f"{what}: the model must be an nn.MLP, nn.Layer, nn.Neuron, nn.Perceptron, an "
            "nn.Linear with an activation behind it, or a list or nn.Sequential of these, got "
            f"{described(model)}{where}"
        )


def _neurons_of(linear: Linear) -> tuple[Neuron, ...]:
    """The outputs of a linear layer as neurons that hold its parameters."""
    linear.parameters()  # now each has its place, and none takes a place in the neurons
    neurons = []
    for j, row in enumerate(linear.weight):
        neuron = Neuron(linear.in_features, False, weights=[0.0] * linear.in_features)
        neuron.w = row
        if linear.bias is not None:
            neuron.b = linear.bias[j]
        neurons.append(neuron)
    return tuple(neurons)


def _set_activation(neuron: Neuron, module: ActivationModule) -> None:
    """Put the activation of a module behind a neuron, under the table's name."""
    neuron.activation_name = module.operation.name
    # Not the module itself: it would take its place in the neuron.
    neuron.activation = lambda z: module.operation.function(z, *module.arguments)


def run(layers: Sequence[NeuronLayer], inputs: Sequence[Any]) -> list[list[Value]]:
    """The activations of each layer for one input vector; dropout lets everything pass."""
    outputs: list[list[Value]] = []
    for layer in layers:
        seen = outputs[-1] if outputs else inputs
        outputs.append([neuron(seen) for neuron in layer.neurons])
    return outputs


def observe(
    layers: Sequence[NeuronLayer],
    example: Any,
    target: Any = None,
    loss: Loss | None = None,
    what: str = "draw_network",
) -> Observation:
    """Run one example and, with a target or a loss, take the gradients; the model stays as it is.

    **Arguments:** `example`, the input vector; `target`, what the output should be; `loss`, a
    function of the output and the target (without a target: of the output), returning a Value; with
    a target alone it is `mean_squared_error`. The output is one Value, or a list where the last
    layer has several neurons.

    >>> model = Neuron(2, activation="tanh", init="zeros")
    >>> observe(layers_of(model), [1.0, 2.0], target=1.0).gradients
    [[0.0, 0.0], [-2.0]]
    >>> model
    Neuron(2, tanh)
    >>> [p.grad for p in model.parameters()]
    [0.0, 0.0, 0.0]
    """
    nin = layers[0].neurons[0].nin
    given = listed(what, "the example", example, f"a list of {nin} numbers")
    if len(given) != nin:
        raise ValueError(f"{what}: the example must have {nin} numbers, got {len(given)}")
    numbers = [
        x.data if isinstance(x, Value) else to_float(x, what, f"example[{i}]")
        for i, x in enumerate(given)
    ]
    inputs = [Value(x) for x in numbers]
    outputs = run(layers, inputs)
    sums = []
    for layer, seen in zip(layers, [numbers, *_data(outputs[:-1])], strict=True):
        sums.append([neuron.pre_activation(seen).data for neuron in layer.neurons])
    activations = _data(outputs)
    inactive = [
        [_is_inactive(output, seen) for output in row]
        for row, seen in zip(outputs, [inputs, *outputs], strict=False)
    ]
    if target is not None or loss is not None:
        result = outputs[-1][0] if len(outputs[-1]) == 1 else outputs[-1]
        function: Loss = loss if loss is not None else mean_squared_error
        total = function(result) if target is None else function(result, target)
        if not isinstance(total, Value):
            raise TypeError(f"{what}: the loss must return a Value, got {described(total)}")
        parameters = [p for layer in layers for n in layer.neurons for p in n.parameters()]
        *gradients, for_parameters = _gradients(total, [inputs, *outputs, parameters])
        reached = {p: g for p, g in zip(parameters, for_parameters, strict=True) if g is not None}
        return Observation(numbers, sums, activations, gradients, reached, inactive)
    return Observation(numbers, sums, activations, inactive=inactive)


def _is_inactive(output: Value, inputs: Sequence[Value]) -> bool:
    """Whether a neuron passes no gradient on: all that can be flat from its inputs on is so."""
    seen, stack = {output, *inputs}, [output]
    nodes: list[Value] = []
    while stack:
        nodes.append(stack.pop())
        for operand in nodes[-1]._prev:
            if operand not in seen:
                seen.add(operand)
                stack.append(operand)
    return is_inactive(nodes)


def _data(values: list[list[Value]]) -> list[list[float]]:
    return [[value.data for value in row] for row in values]


def _gradients(total: Value, wanted: list[list[Value]]) -> list[list[float | None]]:
    """The gradients of a Value for others, leaving every `grad` as it was."""
    with gradients_kept(topological_order(total)):
        total.backward()
        return [[stored_gradient(value) for value in row] for row in wanted]


def responses(
    layers: Sequence[NeuronLayer],
    plane: Plane,
    count: int,
) -> list[list[list[list[float]]]]:
    """What the inputs and every neuron give over the plane, for a network with two inputs.

    **Arguments:** `plane`, the smallest and the largest number of each input; `count`, at how many
    places a side a neuron is asked, from edge to edge.

    **Returns** for the inputs, then for each layer: for each neuron the rows of a map, the first
    that of the largest second input.
    """
    across, up = (
        [low + (high - low) * k / (count - 1) for k in range(count)] for low, high in plane
    )
    maps: list[list[list[list[float]]]] = [
        [[] for _ in range(count)] for count in (2, *(len(layer.neurons) for layer in layers))
    ]
    for second in reversed(up):
        for row in maps:
            for one in row:
                one.append([])
        for first in across:
            point = [first, second]
            for row, numbers in zip(maps, [point, *_data(run(layers, point))], strict=True):
                for one, number in zip(row, numbers, strict=True):
                    one[-1].append(number)
    return maps


def checked_plane(plane: Any, what: str) -> Plane:
    """The part of a plane that a picture shows, as floats.

    >>> checked_plane(((0, 1), (-1, 1)), "draw_network")
    ((0.0, 1.0), (-1.0, 1.0))
    """
    try:
        (a, b), (c, d) = plane
    except (TypeError, ValueError):
        raise ValueError(
            f"{what}: plane must be the smallest and the largest number of both inputs, as in "
            f"((-1, 1), (-1, 1)), got {plane!r}"
        ) from None
    left, right, low, high = (to_float(x, what, "plane") for x in (a, b, c, d))
    if not (left < right and low < high and math.isfinite(right - left + high - low)):
        raise ValueError(
            f"{what}: in the plane the first number of each pair must be the smaller one, "
            f"both finite, got {plane!r}"
        )
    return (left, right), (low, high)


def titles(layers: Sequence[NeuronLayer]) -> list[str]:
    """What layers are called in pictures.

    >>> titles(layers_of(MLP(2, [4, 4, 1])))
    ['Hidden 1', 'Hidden 2', 'Output']
    """
    if len(layers) == 1:
        neurons = layers[0].neurons
        alone = layers[0].paths == (layers[0].path,)
        return [type(neurons[0]).__name__ if alone else "Layer"]
    return [*(f"Hidden {k + 1}" for k in range(len(layers) - 1)), "Output"]
