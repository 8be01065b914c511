"""The artificial neuron: y = f(w·x + b)."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from ..calculus.table import TABLE
from ..checking import (
    described,
    flag,
    listed,
    named,
    positive_integer,
    several,
    to_float,
    unknown,
)
from ..engine import Number, Operand, Value, constant
from ..functions import leaky_relu, sum
from ..init import Initialiser, Seed, generator_of, initialiser
from ..reflexes import is_of_torch
from .module import Module, in_own_scope
from .shapes import Inputs

Activation: TypeAlias = str | Callable[[Value], Value]


@dataclass(frozen=True)
class Hyperplane:
    """Where a neuron's pre-activation is 0: all x with normal · x + bias = 0.

    `normal` is the weight vector, `bias` the bias, `distance` the signed distance of the origin,
    bias / ‖normal‖ (NaN where all weights are 0: then there is no hyperplane).

    >>> from tinygrad_neuron.nn import Neuron
    >>> plane = Neuron(2, weights=[3, 4], bias=-5).hyperplane
    >>> plane.normal, plane.norm, plane.distance
    ((3.0, 4.0), 5.0, -1.0)
    """

    normal: tuple[float, ...]
    bias: float

    @property
    def norm(self) -> float:
        """The length ‖w‖ of the normal vector."""
        return math.hypot(*self.normal)

    @property
    def distance(self) -> float:
        """The signed distance of the origin from the hyperplane."""
        return self.bias / self.norm if self.norm else math.nan


class PReLU(Module):
    """leaky_relu with a slope that is learned (K. He et al., 2015): an activation with a parameter.

    >>> from tinygrad_neuron import Value
    >>> act = PReLU()
    >>> act(Value(-2.0)).data
    -0.5
    """

    def __init__(self, slope: Number = 0.25) -> None:
        self.slope = Value(slope)

    def __call__(self, z: Operand) -> Value:
        return leaky_relu(z, self.slope)

    def __repr__(self) -> str:
        return f"PReLU({self.slope.data})"


class Neuron(Module):
    """One artificial neuron: a weighted sum of its inputs, plus a bias, through an activation.

    A call records exactly that: one multiply per input, one sum, one add (the bias), one
    activation.

    **Arguments:**

    - `nin`: the number of inputs, 1 or more.
    - `nonlin`: as in micrograd; False is short for `activation="identity"`.
    - `activation`: the name of an activation of the table, or a function of a Value that returns
      one; default relu.
    - `init`: the name of an initialiser or one itself (see `init`); default uniform in ±1.
    - `weights`: the weights to start with, `nin` numbers, in place of what `init` would draw.
    - `bias`: the bias to start with.
    - `bias_trick`: keep the bias as a last weight `w[nin]` of an input that is always 1, instead of
      in `b`. The number computed is the same.
    - `seed`: an int or a `random.Random`; None takes a new one from the system.
    - `fan_out`: the number of outputs of the layer it stands in, for the initialiser.

    >>> neuron = Neuron(2, activation="sigmoid", weights=[0.5, 0.3], bias=-0.4)
    >>> neuron.pre_activation([2, 3]).data
    1.5
    """

    def __init__(
        self,
        nin: int,
        nonlin: bool = True,
        *,
        activation: Activation | None = None,
        init: str | Initialiser = "uniform",
        weights: Sequence[Number] | None = None,
        bias: Number = 0.0,
        bias_trick: bool = False,
        seed: Seed = None,
        fan_out: int = 1,
    ) -> None:
        nin = positive_integer("Neuron", "nin", nin)
        draw, generator = initialiser(init), generator_of(seed)
        if not isinstance(nonlin, bool):
            raise TypeError(
                f"Neuron: nonlin must be True or False, got {described(nonlin)}; "
                "an activation is given by keyword, as in activation='tanh'"
            )
        if activation is None:
            activation = "relu" if nonlin else "identity"
        elif not nonlin:
            raise ValueError(
                f"Neuron: nonlin=False means activation='identity', got activation={activation!r} "
                "as well; leave one of them out"
            )
        self.activation_name, self.activation = find_activation(activation)
        self.nin = nin
        self.bias_trick = bias_trick = flag("Neuron", "bias_trick", bias_trick)
        if weights is None:
            numbers = [draw(generator, nin, fan_out) for _ in range(nin)]
        else:
            given = listed("Neuron", "weights", weights, f"a list of {nin} numbers")
            if len(given) != nin:
                raise ValueError(f"Neuron: expected {nin} weights, got {len(given)}")
            numbers = [to_float(w, "Neuron", f"weights[{i}]") for i, w in enumerate(given)]
        leaves = [Value(number, label=f"w{i}") for i, number in enumerate(numbers)]
        offset = Value(to_float(bias, "Neuron", "bias"), label=f"w{nin}" if bias_trick else "b")
        self.w = [*leaves, offset] if bias_trick else leaves
        if not bias_trick:
            self.b = offset
        # Made here once, not at each call.
        self._product_labels = [f"{weight.label}*x{i}" for i, weight in enumerate(self.w)]

    def __call__(self, x: Inputs) -> Value:
        """The activation for one input vector of `nin` Values or numbers."""
        y = self.activation(self._pre_activation(x))
        if not isinstance(y, Value):
            raise TypeError(
                f"activation {self.activation_name} must return a Value, got {described(y)}; "
                "compute with the Value itself and the functions of tinygrad_neuron"
            )
        y._label = "y"
        return y

    @in_own_scope
    def pre_activation(self, x: Inputs) -> Value:
        """The weighted sum plus the bias, z = w·x + b, for one input vector."""
        return self._pre_activation(x)

    def _pre_activation(self, x: Inputs) -> Value:
        """The pre-activation, in whatever scope it is asked for."""
        inputs = input_vector(type(self).__name__, self.nin, x)
        if self.bias_trick:
            inputs = [*inputs, constant(1.0)]
        # Loops in C and one assignment each: half of a network's time is spent here.
        try:
            products = list(map(TABLE["multiply"].function, self.w, inputs))
            for product, label in zip(products, self._product_labels, strict=True):
                product._label = label
        except (AttributeError, TypeError):  # of an array of products, or of what is no number
            refuse_inputs(type(self).__name__, self.nin, inputs)
            raise
        total = sum(products)
        if self.bias_trick:
            total._label = "z"
            return total
        total._label = "w·x"
        z = total + self.b
        z._label = "z"
        return z

    def _parts_of_state(self) -> tuple[list[tuple[str, Any]], list[tuple[str, Module]]]:
        own: list[tuple[str, Any]] = [
            ("weight", self.w[: self.nin]),
            ("bias", self.w[-1] if self.bias_trick else self.b),
        ]
        activation = self.activation
        return own, [("activation", activation)] if isinstance(activation, Module) else []

    @property
    def hyperplane(self) -> Hyperplane:
        """Where this neuron's pre-activation is 0."""
        return Hyperplane(
            tuple(w.data for w in self.w[: self.nin]),
            self.w[-1].data if self.bias_trick else self.b.data,
        )

    def signed_distance(self, x: Inputs) -> float:
        """How far a point is from the hyperplane, z / ‖w‖; negative on the side where z < 0.

        >>> neuron = Neuron(2, init="zeros")
        >>> neuron.w[0].data, neuron.w[1].data = 3.0, 4.0
        >>> neuron.signed_distance([1, 1])
        1.4
        """
        norm = self.hyperplane.norm
        if not norm:
            raise ValueError("signed_distance: all weights are 0, so there is no hyperplane")
        return self.pre_activation(x).data / norm

    def __repr__(self) -> str:
        return f"Neuron({self.nin}, {self.activation_name})"


def find_activation(activation: Activation) -> tuple[str, Callable[[Value], Value]]:
    """The name and the function of an activation given by name or as a function."""
    if is_of_torch(activation):
        raise TypeError(
            f"activation must be a name or a function of Values, got {described(activation)}"
        )
    if isinstance(activation, type):
        name = activation.__name__
        raise TypeError(f"activation: got the class {name}; pass one that is made, as {name}()")
    if callable(activation):
        return getattr(activation, "__name__", type(activation).__name__), activation
    known = {name: entry.function for name, entry in TABLE.items() if entry.activation}
    known["linear"] = known["identity"]
    if isinstance(activation, str) and activation not in known:
        from .activations import ACTIVATIONS  # by the names of PyTorch's modules

        theirs = {name.lower(): made.operation.name for name, made in ACTIVATIONS.items()}
        meant = theirs.get(activation.lower().replace("_", ""), activation)
        raise ValueError(f"activation {activation!r}: {unknown(meant, known)}")
    return activation, named("activation", activation, known)


def input_vector(what: str, nin: int, x: Inputs) -> list[Operand]:
    """The inputs of a neuron, a layer or a network, as a list of the right length."""
    if type(x) is list:
        inputs = x
    else:
        way_out = f"a list of {nin} Values or numbers (for a single one: [x])"
        inputs = listed(what, "the input", x, way_out)
        if inputs and type(inputs[0]) is list:
            refuse_inputs(what, nin, inputs)
    if len(inputs) != nin:
        refuse_inputs(what, nin, inputs)
        raise ValueError(f"{what}: expected {nin} inputs, got {len(inputs)}")
    return inputs


def refuse_inputs(what: str, nin: int, inputs: Iterable[Any]) -> None:
    """Raise the error for an input that is neither Value nor number, as in a batch."""
    for x in inputs:
        if several(x):
            raise TypeError(
                f"{what}: the input must be one list of {nin} Values or numbers, got "
                f"{described(x)} in it; a call takes one example, of a batch it is "
                "[model(x) for x in batch]"
            )
        if not isinstance(x, Value):
            to_float(x, what, "an input")
