"""Recurrent layers over whole sequences: RNN, LSTM, GRU."""

from contextlib import nullcontext
from typing import ClassVar

from ..checking import BELOW_ONE, number, positive_integer
from ..init import Initialiser, Seed, generator_of
from ..scope import scope
from .dropout import Dropout
from .module import Module
from .recurrence import (
    Weights,
    checked_nonlinearity,
    drawn_weights,
    gru_step,
    lstm_step,
    open_forget_gates,
    pair,
    rnn_step,
    zeros,
)
from .shapes import Array, Matrix, Vector, values

_PARTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")  # of a layer's parameters, as PyTorch's


class _Recurrent(Module):
    """What the three share: layers of steps, the parameters under PyTorch's names.

    `states` names what a layer hands on from step to step, the hidden state first.
    """

    gates: ClassVar[int]
    states: ClassVar[tuple[str, ...]] = ("h_0",)

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        *,
        dropout: float = 0.0,
        init: str | Initialiser | None = None,
        seed: Seed = None,
    ) -> None:
        name = type(self).__name__
        input_size = self.input_size = positive_integer(name, "input_size", input_size)
        hidden_size = self.hidden_size = positive_integer(name, "hidden_size", hidden_size)
        num_layers = self.num_layers = positive_integer(name, "num_layers", num_layers)
        generator = generator_of(seed)
        for layer in range(num_layers):
            size = hidden_size if layer else input_size
            drawn = drawn_weights(self.gates, size, hidden_size, bias, init, generator)
            for part, parameters in zip(_PARTS, drawn, strict=True):
                setattr(self, f"{part}_l{layer}", parameters)
        rate = number(name, "dropout", dropout, BELOW_ONE)
        self.dropout = Dropout(rate, generator) if rate else None

    def _weights(self, layer: int) -> Weights:
        return Weights(*(getattr(self, f"{part}_l{layer}") for part in _PARTS))

    def _step(self, weights: Weights, x: Vector, state: Matrix) -> Matrix:
        """What a layer hands on, after one more input."""
        raise NotImplementedError

    def _run(self, x: Array, given: tuple[Array | None, ...]) -> tuple[Matrix, list[Matrix]]:
        """All hidden states of the last layer, and for each kind of state the final one of every
        layer."""
        name, shape = type(self).__name__, (self.num_layers, self.hidden_size)
        outputs: Matrix = values(
            name, "the input", x, "length", self.input_size, rule="a sequence has 1 step or more"
        )
        start = [
            [zeros(self.hidden_size) for _ in range(self.num_layers)]
            if state is None
            else values(name, what, state, *shape)
            for what, state in zip(self.states, given, strict=True)
        ]
        finals: list[Matrix] = [[] for _ in self.states]
        for layer in range(self.num_layers):
            weights, state = self._weights(layer), [of_all[layer] for of_all in start]
            if layer and self.dropout is not None:
                outputs = [self.dropout(row) for row in outputs]
            inputs, outputs = outputs, []
            with scope(f"layer {layer}") if self.num_layers > 1 else nullcontext():
                for t, row in enumerate(inputs):
                    with scope(f"step {t + 1}"):
                        state = self._step(weights, row, state)
                    outputs.append(state[0])
            for final, of_layer in zip(finals, state, strict=True):
                final.append(of_layer)
        return outputs, finals

    def __repr__(self) -> str:
        layers = "" if self.num_layers == 1 else f", num_layers={self.num_layers}"
        return f"{type(self).__name__}({self.input_size}, {self.hidden_size}{layers})"


class _OneState(_Recurrent):
    """A layer whose only state is the hidden one."""

    def __call__(self, x: Array, h_0: Array | None = None) -> tuple[Matrix, Matrix]:
        outputs, (h_n,) = self._run(x, (h_0,))
        return outputs, h_n


class RNN(_OneState):
    """A simple recurrent network over a sequence: h' = tanh(W x + b + W h + b) at every step.

    **Arguments:** `input_size`, `hidden_size`; `num_layers`: each reads the states of the one
    before; `nonlinearity`: "tanh" or "relu"; `bias`: whether there are any; `dropout`: the
    probability, between layers; `init`, `seed`: as for `RNNCell`. PyTorch's `batch_first`, which
    stands before `dropout`, and `bidirectional` are not here.

    **Parameters:** `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0` as in `RNNCell`, then
    those of `l1` and so on.

    A call takes the sequence, of shape (length, input_size), and the state before it, of
    (num_layers, hidden_size), by default zeros. It returns all states of the last layer, of
    (length, hidden_size), and the final state of every layer. For truncated backpropagation through
    time, cut a long sequence and pass `detach(state)` on.

    Source: J. Elman (1990).

    >>> rnn = RNN(1, 3, seed=0)
    >>> outputs, state = rnn([[1.0], [0.0], [0.0]])
    >>> len(outputs), outputs[-1] == state[0]
    (3, True)
    >>> rnn([])
    Traceback (most recent call last):
    ...
    ValueError: RNN: the input must have the shape (length, 1), got (0,); a sequence has 1 step \
or more
    """

    gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        *,
        dropout: float = 0.0,
        init: str | Initialiser | None = None,
        seed: Seed = None,
    ) -> None:
        self.nonlinearity = checked_nonlinearity("RNN", nonlinearity)
        super().__init__(
            input_size, hidden_size, num_layers, bias, dropout=dropout, init=init, seed=seed
        )

    def _step(self, weights: Weights, x: Vector, state: Matrix) -> Matrix:
        return rnn_step(weights, x, state, self.nonlinearity)


class LSTM(_Recurrent):
    """Long short-term memory over a sequence; a step is that of `LSTMCell`.

    **Arguments:** as for `RNN`, without a nonlinearity; `forget_bias`: as for `LSTMCell`. PyTorch's
    `batch_first`, `bidirectional` and `proj_size` are not here.

    **Parameters:** as for `RNN`, with 4 · hidden_size rows in the order i, f, g, o.

    A call takes the sequence and the state before it, a pair (h_0, c_0), each of shape (num_layers,
    hidden_size), by default zeros. It returns all hidden states of the last layer and the final
    pair (h_n, c_n).

    >>> outputs, (h, c) = LSTM(1, 3, seed=0)([[1.0], [0.0]])
    >>> len(outputs), len(h), len(c[0])
    (2, 1, 3)
    """

    gates = 4
    states = ("h_0", "c_0")

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        *,
        dropout: float = 0.0,
        forget_bias: float | None = None,
        init: str | Initialiser | None = None,
        seed: Seed = None,
    ) -> None:
        super().__init__(
            input_size, hidden_size, num_layers, bias, dropout=dropout, init=init, seed=seed
        )
        for layer in range(num_layers):
            open_forget_gates(self._weights(layer), self.hidden_size, forget_bias, "LSTM")

    def _step(self, weights: Weights, x: Vector, state: Matrix) -> Matrix:
        return lstm_step(weights, x, state)

    def __call__(
        self, x: Array, state: tuple[Array, Array] | None = None
    ) -> tuple[Matrix, tuple[Matrix, Matrix]]:
        outputs, (h_n, c_n) = self._run(x, pair("LSTM", state))
        return outputs, (h_n, c_n)


class GRU(_OneState):
    """Gated recurrent units over a sequence; a step is that of `GRUCell`.

    **Arguments:** as for `RNN`, without a nonlinearity.

    **Parameters:** as for `RNN`, with 3 · hidden_size rows in the order r, z, n.

    >>> outputs, state = GRU(1, 3, num_layers=2, seed=0)([[1.0], [0.0]])
    >>> len(outputs), len(state)
    (2, 2)
    """

    gates = 3

    def _step(self, weights: Weights, x: Vector, state: Matrix) -> Matrix:
        return gru_step(weights, x, state)
