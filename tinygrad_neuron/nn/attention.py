"""Attention: each position looks at all others and takes a weighted mean of what they offer."""

import math
from typing import Any

from ..checking import BELOW_ONE, flag, number, positive_integer
from ..engine import Value
from ..functions import mean, softmax
from ..init import Initialiser, Seed, generator_of, initialiser, xavier_uniform
from ..public import named_options
from .dropout import Dropout
from .linear import Linear, filled, matrix
from .module import Module
from .recurrence import zeros
from .shapes import Array, Matrix, Vector, affine, dot, lists, shape, values


def causal_mask(length: int) -> list[list[float]]:
    """What hides from each position those after it: -inf there, 0 elsewhere.

    PyTorch's `Transformer.generate_square_subsequent_mask`.

    >>> causal_mask(3)
    [[0.0, -inf, -inf], [0.0, 0.0, -inf], [0.0, 0.0, 0.0]]
    """
    length = positive_integer("causal_mask", "length", length)
    return [[0.0 if j <= i else -math.inf for j in range(length)] for i in range(length)]


@named_options
def scaled_dot_product_attention(
    query: Array,
    key: Array,
    value: Array,
    attn_mask: Array | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    *,
    seed: Seed = None,
) -> Matrix:
    """For each query the mean of the values, weighted by the softmax of query · key · scale.

    A position that a mask hides records nothing.

    **Arguments:** `query` of shape (length, width), `key` of (others, width), `value` of (others,
    any width); `attn_mask` of (length, others): numbers that are added to the scores (-inf hides),
    or truth values, where True means that the position *takes part*, as in PyTorch; `dropout_p`:
    the probability that a weight is dropped; `is_causal`: hide what comes after each position;
    `scale`: by default 1 / √width; `seed`: for the dropout.

    **Returns** the shape (length, width of a value).

    Source: A. Vaswani et al. (2017).

    >>> [[y]] = scaled_dot_product_attention([[0.0]], [[1.0], [2.0]], [[10.0], [20.0]])
    >>> y.data
    15.0
    """
    where = "scaled_dot_product_attention"
    query = values(where, "the query", query, "length", "width")
    key = values(where, "the key", key, "others", len(query[0]))
    value = values(where, "the value", value, len(key), "width")
    mask = _mask(where, attn_mask, len(query), len(key), is_causal, hides=False)
    dropout_p = number(where, "dropout_p", dropout_p, BELOW_ONE)
    dropout = Dropout(dropout_p, seed) if dropout_p else None
    outputs, _ = _attended(query, key, value, mask, scale, dropout)
    return outputs


def _attended(
    query: Matrix,
    key: Matrix,
    value: Matrix,
    mask: list[list[Any]],
    scale: float | None,
    dropout: Dropout | None,
) -> tuple[Matrix, Matrix]:
    """The outputs, and the weight of every position for every query (0 where it is hidden)."""
    # PyTorch scales by a factor; dividing by the root is the same and reads as it is taught.
    outputs, weights = [], []
    for q, row in zip(query, mask, strict=True):
        seen = [j for j, added in enumerate(row) if isinstance(added, Value) or added > -math.inf]
        scores = []
        for j in seen:
            match = dot(q, key[j])
            score = match / math.sqrt(len(q)) if scale is None else match * scale
            added = row[j]
            scores.append(score + added if isinstance(added, Value) or added else score)
        probabilities = softmax(scores)
        if dropout is not None:
            probabilities = dropout(probabilities)
        columns = zip(*(value[j] for j in seen), strict=True)
        outputs.append([dot(probabilities, column) for column in columns])
        of_all = zeros(len(key))
        for j, probability in zip(seen, probabilities, strict=True):
            of_all[j] = probability
        weights.append(of_all)
    return outputs, weights


def _mask(
    where: str, given: Array | None, rows: int, columns: int, is_causal: bool, hides: bool
) -> Any:
    """What is added to each score; `hides` tells what True means in a mask of truth values."""
    if given is None:
        mask: Any = [[0.0] * columns for _ in range(rows)]
    else:
        mask = lists(given)
        if shape(mask) != (rows, columns):
            raise ValueError(
                f"{where}: attn_mask must have the shape ({rows}, {columns}), one row for each "
                f"query and one column for each key, got {shape(mask)}"
            )
        mask = [
            [(-math.inf if v is hides else 0.0) if isinstance(v, bool) else v for v in row]
            for row in mask
        ]
    if flag(where, "is_causal", is_causal):
        mask = [
            [v if j <= i else -math.inf for j, v in enumerate(row)] for i, row in enumerate(mask)
        ]
    for i, row in enumerate(mask):
        if all(not isinstance(v, Value) and v == -math.inf for v in row):
            raise ValueError(
                f"{where}: the mask hides every position from position {i}; each must see at least "
                "one (a softmax of nothing has no value)"
            )
    return mask


class MultiheadAttention(Module):
    """Attention in several heads side by side, each on its own part of projected vectors.

    **Arguments:** `embed_dim`: the length of a vector; `num_heads`, which must divide it;
    `dropout`: the probability that a weight is dropped; `bias`: whether the projections have one;
    `init`: the initialiser of the matrices; `seed`: as for `Linear`. By default the projections
    start Xavier-uniform and their biases at 0, the output's weights uniform in ±1 / √embed_dim, as
    in PyTorch, whose further arguments are not here.

    **Parameters:** `in_proj_weight` of shape (3 · embed_dim, embed_dim): the rows of query, key and
    value; `in_proj_bias` of (3 · embed_dim); `out_proj.weight`, `out_proj.bias`.

    A call takes `query` of shape (length, embed_dim), `key` and `value` of (others, embed_dim);
    self-attention passes one sequence three times. `attn_mask` of (length, others): numbers that
    are added to the scores, or truth values, where True *hides*, as in PyTorch (and the other way
    round than in `scaled_dot_product_attention`, as there). `is_causal` hides what comes after each
    position, with no mask needed. It returns the outputs, of (length, embed_dim), and the attention
    weights: the mean over the heads, of (length, others); with `average_attn_weights=False` those
    of each head, of (num_heads, length, others); with `need_weights=False` None.

    Source: A. Vaswani et al. (2017).

    >>> attention = MultiheadAttention(4, 2, seed=0)
    >>> x = [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]]
    >>> outputs, weights = attention(x, x, x, is_causal=True)
    >>> [w.data for w in weights[0]]
    [1.0, 0.0]
    >>> MultiheadAttention(4, 3)
    Traceback (most recent call last):
    ...
    ValueError: MultiheadAttention: num_heads must divide embed_dim, got 3 heads and a width of 4
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        *,
        init: str | Initialiser | None = None,
        seed: Seed = None,
    ) -> None:
        name = "MultiheadAttention"
        width = self.embed_dim = positive_integer(name, "embed_dim", embed_dim)
        self.num_heads = positive_integer(name, "num_heads", num_heads)
        if width % self.num_heads:
            raise ValueError(
                f"{name}: num_heads must divide embed_dim, got {num_heads} heads and a width of "
                f"{width}"
            )
        generator = generator_of(seed)
        draw = xavier_uniform() if init is None else initialiser(init)
        self.in_proj_weight: Matrix = matrix(3 * width, width, draw, generator)
        self.in_proj_bias: Vector | None = (
            filled(3 * width, 0.0) if flag("MultiheadAttention", "bias", bias) else None
        )
        options = {} if init is None else {"init": init}
        self.out_proj = Linear(width, width, bias, seed=generator, **options)
        for offset in self.out_proj.bias or ():
            offset.data = 0.0
        rate = number("MultiheadAttention", "dropout", dropout, BELOW_ONE)
        self.dropout = Dropout(rate, generator) if rate else None

    def __call__(
        self,
        query: Array,
        key: Array,
        value: Array,
        need_weights: bool = True,
        attn_mask: Array | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Matrix, Any]:
        """What attention makes of queries, keys and values: see the class."""
        name, width = type(self).__name__, self.embed_dim
        query = values(name, "the query", query, "length", width)
        key = values(name, "the key", key, "others", width)
        value = values(name, "the value", value, len(key), width)
        mask = _mask(name, attn_mask, len(query), len(key), is_causal, hides=True)
        q, k, v = (self._projected(part, x) for part, x in enumerate((query, key, value)))
        size = width // self.num_heads
        outputs: Matrix = [[] for _ in query]
        weights: list[Matrix] = []
        for head in range(self.num_heads):
            part = slice(head * size, (head + 1) * size)
            of_q, of_k, of_v = ([row[part] for row in rows] for rows in (q, k, v))
            found, of_all = _attended(of_q, of_k, of_v, mask, None, self.dropout)
            weights.append(of_all)
            for row, more in zip(outputs, found, strict=True):
                row += more
        outputs = self.out_proj(outputs)
        if not need_weights:
            return outputs, None
        if not average_attn_weights or self.num_heads == 1:
            return outputs, weights if not average_attn_weights else weights[0]
        pairs = zip(*weights, strict=True)
        return outputs, [[mean(same) for same in zip(*rows, strict=True)] for rows in pairs]

    def _projected(self, part: int, x: Matrix) -> Matrix:
        """The queries (part 0), the keys (1) or the values (2) of a sequence."""
        rows = slice(part * self.embed_dim, (part + 1) * self.embed_dim)
        biases = None if self.in_proj_bias is None else self.in_proj_bias[rows]
        return [affine(self.in_proj_weight[rows], row, biases) for row in x]

    def __repr__(self) -> str:
        return f"MultiheadAttention({self.embed_dim}, {self.num_heads})"
