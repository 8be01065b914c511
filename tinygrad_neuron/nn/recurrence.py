"""One step of memory: the recurrent cell, the LSTM's and the GRU's."""

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

from ..checking import FINITE, described, flag, number, positive_integer
from ..engine import Operand, Value, constant
from ..functions import relu, sigmoid, sum, tanh
from ..init import Initialiser, Seed, generator_of, initialiser
from .linear import BY_FAN_IN, matrix, vector
from .module import Module
from .shapes import Array, Matrix, Vector, affine, each, lists, values


class Weights(NamedTuple):
    """The parameters of one layer: a row for each gate and unit, gate by gate."""

    ih: Matrix
    hh: Matrix
    bias_ih: Vector | None
    bias_hh: Vector | None

    def sums(self, x: Vector, h: Vector) -> Vector:
        """The pre-activation of every row: the weighted sum of input and state plus both biases,
        as one sum."""
        found = []
        for k, (row_x, row_h) in enumerate(zip(self.ih, self.hh, strict=True)):
            terms = [w * v for w, v in zip(row_x, x, strict=True)]
            terms += [w * v for w, v in zip(row_h, h, strict=True)]
            if self.bias_ih is not None and self.bias_hh is not None:
                terms += [self.bias_ih[k], self.bias_hh[k]]
            found.append(sum(terms))
        return found


def rnn_step(weights: Weights, x: Vector, state: Matrix, nonlinearity: str) -> Matrix:
    """The new hidden state h' = f(W x + b + W h + b), f being tanh or relu."""
    function = {"tanh": tanh, "relu": relu}[nonlinearity]
    return [[function(z) for z in weights.sums(x, state[0])]]


def lstm_step(weights: Weights, x: Vector, state: Matrix) -> Matrix:
    """The new hidden and cell state: c' = f c + i g and h' = o tanh(c').

    i, f and o (sigmoids) are the input, the forget and the output gate, g (a tanh) is what may be
    written; the rows of the weights are in the order i, f, g, o.
    """
    h, c = state
    size = len(h)
    z = weights.sums(x, h)
    i, f, o = ([sigmoid(v) for v in z[k * size : (k + 1) * size]] for k in (0, 1, 3))
    g = [tanh(v) for v in z[2 * size : 3 * size]]
    cell = [f[k] * c[k] + i[k] * g[k] for k in range(size)]
    return [[o[k] * tanh(cell[k]) for k in range(size)], cell]


def gru_step(weights: Weights, x: Vector, state: Matrix) -> Matrix:
    """The new hidden state h' = (1 - z) n + z h.

    r and z (sigmoids) are the reset and the update gate, n = tanh(W x + b + r (W h + b)) is what
    may be written; the rows of the weights are in the order r, z, n.
    """
    (h,) = state
    size = len(h)
    gates, written = (
        Weights(*(part if part is None else part[rows] for part in weights))  # type: ignore[arg-type]  # mypy sees one type for the four parts
        for rows in (slice(2 * size), slice(2 * size, None))
    )
    both = [sigmoid(v) for v in gates.sums(x, h)]
    r, z = both[:size], both[size:]
    from_x = affine(written.ih, x, written.bias_ih)
    from_h = affine(written.hh, h, written.bias_hh)
    n = [tanh(from_x[k] + r[k] * from_h[k]) for k in range(size)]
    return [[(1.0 - z[k]) * n[k] + z[k] * h[k] for k in range(size)]]


def drawn_weights(
    gates: int,
    input_size: int,
    hidden_size: int,
    bias: bool,
    init: str | Initialiser | None,
    seed: Seed,
) -> Weights:
    """Parameters to start from: uniform in ±1 / √hidden_size, as in PyTorch; the two matrices by
    `init`, if one is given."""
    generator, rows = generator_of(seed), gates * hidden_size
    draw, fan_in = (BY_FAN_IN, hidden_size) if init is None else (initialiser(init), 0)
    ih = matrix(rows, input_size, draw, generator, fan_in, hidden_size)
    hh = matrix(rows, hidden_size, draw, generator, fan_in, hidden_size)
    if not flag("recurrence", "bias", bias):
        return Weights(ih, hh, None, None)
    biases = (vector(rows, BY_FAN_IN, generator, hidden_size) for _ in range(2))
    return Weights(ih, hh, *biases)


def open_forget_gates(weights: Weights, size: int, forget_bias: float | None, where: str) -> None:
    """Start the LSTM's forget gates with a bias of one's own (both of PyTorch's together)."""
    if forget_bias is None:
        return
    chosen = number(where, "forget_bias", forget_bias, FINITE)
    if weights.bias_ih is None or weights.bias_hh is None:
        raise ValueError(f"{where}: forget_bias={chosen} needs biases; leave out bias=False")
    for k in range(size, 2 * size):
        weights.bias_ih[k].data, weights.bias_hh[k].data = chosen, 0.0


def zeros(size: int) -> Vector:
    """The state before the first step."""
    return [constant(0.0) for _ in range(size)]


def detach(state: Any) -> Any:
    """A state (any nested lists of Values) without its history: the same numbers, new leaves
    through which no gradient goes back.

    For truncated backpropagation through time: `h = detach(h)` between two parts of a sequence.

    >>> from tinygrad_neuron import Value
    >>> x = Value(2.0)
    >>> [[h]] = detach([[x * x]])
    >>> h, h._prev
    (Value(data=4.0), ())
    """
    return each(lambda v: v.detach() if isinstance(v, Value) else v, lists(state))


class _Cell(Module):
    """What the three cells share: the parameters under PyTorch's names."""

    gates: ClassVar[int]

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        *,
        init: str | Initialiser | None = None,
        seed: Seed = None,
    ) -> None:
        name = type(self).__name__
        input_size = self.input_size = positive_integer(name, "input_size", input_size)
        hidden_size = self.hidden_size = positive_integer(name, "hidden_size", hidden_size)
        drawn = drawn_weights(self.gates, input_size, hidden_size, bias, init, seed)
        self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh = drawn

    @property
    def _weights(self) -> Weights:
        return Weights(self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)

    def _input(self, x: Array) -> Vector:
        found: Vector = values(type(self).__name__, "the input", x, self.input_size)
        return found

    def _vector(self, what: str, state: Sequence[Operand] | None) -> Vector:
        """A given vector, checked, or zeros."""
        if state is None:
            return zeros(self.hidden_size)
        found: Vector = values(type(self).__name__, what, state, self.hidden_size)
        return found

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.input_size}, {self.hidden_size})"


class RNNCell(_Cell):
    """One step of a simple recurrent network: h' = tanh(W x + b + W h + b).

    **Arguments:** `input_size`, `hidden_size`; `bias`: whether there are any; `nonlinearity`:
    "tanh" or "relu"; `init`: the initialiser of the two matrices; `seed`: as for `Linear`. All
    parameters start uniform in ±1 / √hidden_size, as in PyTorch.

    **Parameters:** `weight_ih` of shape (hidden_size, input_size), `weight_hh` of (hidden_size,
    hidden_size), `bias_ih` and `bias_hh` of (hidden_size).

    A call takes x of shape (input_size) and the state h of (hidden_size), by default zeros, and
    returns the new state.

    Source: J. Elman (1990).

    >>> cell = RNNCell(2, 3, seed=0)
    >>> h = cell([1.0, 0.0])
    >>> len(cell([0.0, 1.0], h))
    3
    """

    gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        *,
        init: str | Initialiser | None = None,
        seed: Seed = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, init=init, seed=seed)
        self.nonlinearity = checked_nonlinearity("RNNCell", nonlinearity)

    def __call__(self, x: Array, h: Sequence[Operand] | None = None) -> Vector:
        state = [self._vector("the state h", h)]
        (new,) = rnn_step(self._weights, self._input(x), state, self.nonlinearity)
        return new


class LSTMCell(_Cell):
    """One step of long short-term memory: gates decide what is kept, written and shown.

    c' = f c + i g and h' = o tanh(c'), where i, f, o = sigmoid(W x + b + W h + b) and
    g = tanh(W x + b + W h + b), each with rows of its own.

    **Arguments:** as for `RNNCell`, without a nonlinearity; `forget_bias`: what the forget gates'
    bias starts with (1 keeps the memory at first; PyTorch has no such argument), by default drawn
    like the rest.

    **Parameters:** as for `RNNCell`, with 4 · hidden_size rows in the order i, f, g, o.

    A call takes x and the state, a pair (h, c), by default zeros, and returns the new pair.

    Source: S. Hochreiter and J. Schmidhuber (1997); the forget gate: F. Gers et al. (2000).

    >>> h, c = LSTMCell(2, 3, seed=0)([1.0, 0.0])
    >>> len(h), len(c)
    (3, 3)
    """

    gates = 4

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        *,
        forget_bias: float | None = None,
        init: str | Initialiser | None = None,
        seed: Seed = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, init=init, seed=seed)
        open_forget_gates(self._weights, self.hidden_size, forget_bias, "LSTMCell")

    def __call__(self, x: Array, state: tuple[Array, Array] | None = None) -> tuple[Vector, Vector]:
        h, c = pair("LSTMCell", state)
        before = [self._vector("the state h", h), self._vector("the cell state c", c)]
        hidden, cell = lstm_step(self._weights, self._input(x), before)
        return hidden, cell


class GRUCell(_Cell):
    """One step of a gated recurrent unit: h' = (1 - z) n + z h.

    r, z = sigmoid(W x + b + W h + b) reset and update; n = tanh(W x + b + r (W h + b)).

    **Arguments:** as for `RNNCell`, without a nonlinearity.

    **Parameters:** as for `RNNCell`, with 3 · hidden_size rows in the order r, z, n.

    Source: K. Cho et al. (2014), in the form of PyTorch, where r multiplies W h + b.

    >>> len(GRUCell(2, 3, seed=0)([1.0, 0.0]))
    3
    """

    gates = 3

    def __call__(self, x: Array, h: Sequence[Operand] | None = None) -> Vector:
        (new,) = gru_step(self._weights, self._input(x), [self._vector("the state h", h)])
        return new


def pair(where: str, state: Any) -> tuple[Any, Any]:
    """The two states of an LSTM, (None, None) where none is given."""
    if state is None:
        return None, None
    if not isinstance(state, tuple | list) or len(state) != 2:
        raise TypeError(f"{where}: the state must be a pair (h, c), got {described(state)}")
    h, c = state
    return h, c


def checked_nonlinearity(where: str, nonlinearity: str) -> str:
    """The name, if it is one of the two."""
    if not isinstance(nonlinearity, str) or nonlinearity not in ("tanh", "relu"):
        raise ValueError(f"{where}: nonlinearity must be 'tanh' or 'relu', got {nonlinearity!r}")
    return nonlinearity
