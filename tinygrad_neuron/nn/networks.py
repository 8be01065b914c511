"""Layers of neurons, and networks of layers."""

from collections.abc import Sequence
from typing import Any

from ..checking import positive_integer, several
from ..engine import Number, Value, constant
from ..init import Initialiser, Seed, generator_of
from .module import Module
from .neuron import Activation, Neuron, find_activation, input_vector, refuse_inputs
from .shapes import Inputs


class Layer(Module):
    """Neurons side by side, each seeing the same inputs.

    **Arguments:** `nin`, `nout`: the numbers of inputs and of neurons; `nonlin`, `activation`,
    `init`, `bias_trick`: as for `Neuron`; `bias`: one number for all neurons, or a list of `nout`;
    `seed`: an int or a `random.Random`.

    A call takes `nin` Values or numbers and returns a list of `nout` Values (a single Value where
    `nout` is 1, as in micrograd).

    >>> Layer(2, 3, activation="tanh", seed=0)
    Layer(2 -> 3, tanh)
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        nonlin: bool = True,
        *,
        activation: Activation | None = None,
        init: str | Initialiser = "uniform",
        bias: Number | Sequence[Number] = 0.0,
        bias_trick: bool = False,
        seed: Seed = None,
    ) -> None:
        nin = positive_integer("Layer", "nin", nin)
        nout = positive_integer("Layer", "nout", nout)
        generator = generator_of(seed)
        biases: list[Any] = list(bias) if several(bias) else [bias] * nout
        if len(biases) != nout:
            raise ValueError(f"Layer: expected {nout} biases, one per neuron, got {len(biases)}")
        self.neurons = [
            Neuron(
                nin,
                nonlin,
                activation=activation,
                init=init,
                bias=b,
                bias_trick=bias_trick,
                seed=generator,
                fan_out=nout,
            )
            for b in biases
        ]

    def __call__(self, x: Inputs) -> Any:
        # A plain number becomes one constant for all neurons.
        inputs = input_vector("Layer", self.neurons[0].nin, x)
        try:
            values = [v if isinstance(v, Value) else constant(v) for v in inputs]
        except TypeError:
            refuse_inputs("Layer", len(inputs), inputs)
            raise
        outputs = [neuron(values) for neuron in self.neurons]
        return outputs[0] if len(outputs) == 1 else outputs

    def _parts_of_state(self) -> tuple[list[tuple[str, Any]], list[tuple[str, Module]]]:
        parts = [neuron._parts_of_state() for neuron in self.neurons]
        own = [("weight", [w for (_, w), _ in (own for own, _ in parts)])]
        own.append(("bias", [b for _, (_, b) in (own for own, _ in parts)]))
        shared = {id(module): (name, module) for _, modules in parts for name, module in modules}
        if len(shared) > 1:  # an activation with parameters for each neuron
            pairs = enumerate(shared.values())
            return own, [(f"{name}.{i}", module) for i, (name, module) in pairs]
        return own, list(shared.values())

    def __repr__(self) -> str:
        first = self.neurons[0]
        return f"Layer({first.nin} -> {len(self.neurons)}, {first.activation_name})"


class MLP(Module):
    """A multilayer perceptron: layers in a row, each feeding the next.

    **Arguments:**

    - `nin`: the number of inputs; `nouts`: the number of neurons of each layer.
    - `activation`: for all layers but the last, or a list with one per layer.
    - `output_activation`: for the last layer, where `activation` is not a list; by default the
      identity, so that the outputs are scores or logits.
    - `init`, `bias_trick`, `seed`: as for `Layer`; `output_bias`: the last layer's `bias`.

    A call takes `nin` Values or numbers and returns the last layer's outputs.

    >>> model = MLP(2, [16, 16, 1], seed=0)
    >>> model
    MLP(2 -> 16 -> 16 -> 1, relu, relu, identity)
    >>> len(model.parameters())
    337
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        activation: Activation | Sequence[Activation] = "relu",
        *,
        output_activation: Activation | None = None,
        init: str | Initialiser = "uniform",
        output_bias: Number | Sequence[Number] = 0.0,
        bias_trick: bool = False,
        seed: Seed = None,
    ) -> None:
        sizes = [nin, *nouts] if several(nouts) else [nin]
        last = len(sizes) - 2
        if last < 0:
            raise ValueError(
                f"MLP: nouts must be a list of layer sizes such as [16, 16, 1], got {nouts!r}"
            )
        output = "identity" if output_activation is None else output_activation
        given: Any = activation
        activations = list(given) if several(given) else [given] * last + [output]
        if several(given) and output_activation is not None:
            raise ValueError(
                "MLP: a list of activations has the last layer's too, got output_activation="
                f"{output_activation!r} as well; leave one of them out"
            )
        if len(activations) != last + 1:
            raise ValueError(
                f"MLP: expected {last + 1} activations, one per layer, got {len(activations)}"
            )
        for each in activations if several(given) else [given, output]:
            find_activation(each)
        generator = generator_of(seed)
        self.layers = [
            Layer(
                sizes[i],
                sizes[i + 1],
                activation=activations[i],
                init=init,
                bias=output_bias if i == last else 0.0,
                bias_trick=bias_trick,
                seed=generator,
            )
            for i in range(last + 1)
        ]

    def __call__(self, x: Inputs) -> Any:
        outputs: Any = input_vector("MLP", self.layers[0].neurons[0].nin, x)
        for layer in self.layers:
            outputs = layer([outputs] if isinstance(outputs, Value) else outputs)
        return outputs

    def __repr__(self) -> str:
        sizes = [self.layers[0].neurons[0].nin, *(len(layer.neurons) for layer in self.layers)]
        activations = ", ".join(layer.neurons[0].activation_name for layer in self.layers)
        return f"MLP({' -> '.join(map(str, sizes))}, {activations})"
