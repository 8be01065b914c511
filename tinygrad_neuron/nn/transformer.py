"""The transformer's block: attention, then a small network at each position."""

from typing import Any

from ..checking import positive_integer
from ..init import Seed, generator_of
from .attention import MultiheadAttention
from .dropout import Dropout
from .linear import Linear
from .module import Module
from .neuron import Activation, find_activation
from .normalisation import LayerNorm
from .shapes import Array, Matrix, each, plus, values


class TransformerEncoderLayer(Module):
    """One transformer block: self-attention and a feed-forward network, each added to its input.

    With `norm_first=False`: x = norm1(x + attention(x)), then norm2(x + feed_forward(x)), as in the
    original; with True: x + attention(norm1(x)), then x + feed_forward(norm2(x)), as in GPT-2.

    **Arguments:** `d_model`: the length of a vector; `nhead`: how many heads; `dim_feedforward`:
    the width of the network's hidden layer, by default 4 · d_model (PyTorch: 2048); `dropout`;
    `activation`: a name of the table or a function; `layer_norm_eps`; `norm_first`; `bias`; `seed`.
    PyTorch's `batch_first` is not here.

    **Parameters:** those of `self_attn`, `linear1`, `linear2`, `norm1`, `norm2`.

    A call takes a sequence of shape (length, d_model), with `src_mask` and `is_causal` as in
    `MultiheadAttention`, and returns the same shape.

    Source: A. Vaswani et al. (2017); norms first: R. Xiong et al. (2020).

    >>> block = TransformerEncoderLayer(4, 2, dropout=0.0, seed=0)
    >>> y = block([[1.0, 2.0, 3.0, 4.0], [0.0, 1.0, 0.0, 1.0]], is_causal=True)
    >>> len(y), len(y[0])
    (2, 4)
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int | None = None,
        dropout: float = 0.1,
        activation: Activation = "relu",
        layer_norm_eps: float = 1e-5,
        *,
        norm_first: bool = False,
        bias: bool = True,
        seed: Seed = None,
    ) -> None:
        name = "TransformerEncoderLayer"
        d_model = self.d_model = positive_integer(name, "d_model", d_model)
        hidden = 4 * d_model if dim_feedforward is None else dim_feedforward
        generator = generator_of(seed)
        self.self_attn = MultiheadAttention(d_model, nhead, dropout, bias, seed=generator)
        self.linear1 = Linear(d_model, hidden, bias, seed=generator)
        self.linear2 = Linear(hidden, d_model, bias, seed=generator)
        self.norm1 = LayerNorm(d_model, layer_norm_eps, bias=bias)
        self.norm2 = LayerNorm(d_model, layer_norm_eps, bias=bias)
        self.norm_first = norm_first
        self.activation_name, self.activation = find_activation(activation)
        self.dropouts = [Dropout(dropout, generator) for _ in range(3)] if dropout else []

    def __call__(
        self, src: Array, src_mask: Array | None = None, is_causal: bool = False
    ) -> Matrix:
        x: Matrix = values("TransformerEncoderLayer", "the input", src, "length", self.d_model)
        if self.norm_first:
            x = _residual(x, self._attention(self.norm1(x), src_mask, is_causal))
            return _residual(x, self._feed_forward(self.norm2(x)))
        x = self.norm1(_residual(x, self._attention(x, src_mask, is_causal)))
        normal: Matrix = self.norm2(_residual(x, self._feed_forward(x)))
        return normal

    def _attention(self, x: Matrix, mask: Array | None, is_causal: bool) -> Matrix:
        attended, _ = self.self_attn(x, x, x, False, mask, is_causal=is_causal)
        return self._dropped(0, attended)

    def _feed_forward(self, x: Matrix) -> Matrix:
        hidden = self._dropped(1, each(self.activation, self.linear1(x)))
        return self._dropped(2, self.linear2(hidden))

    def _dropped(self, place: int, x: Any) -> Matrix:
        return [self.dropouts[place](row) if self.dropouts else row for row in x]

    def __repr__(self) -> str:
        width, heads = self.d_model, self.self_attn.num_heads
        return f"TransformerEncoderLayer({width}, {heads}, {self.linear1.out_features})"


def _residual(x: Matrix, more: Matrix) -> Matrix:
    """Two sequences added: what a block finds is added to what came in."""
    return [plus(row, other) for row, other in zip(x, more, strict=True)]
