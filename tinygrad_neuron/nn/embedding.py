"""From whole numbers (letters, words, positions) to vectors."""

import math
import numbers
from typing import Any

from ..checking import positive_integer
from ..engine import Operand, Value
from ..functions import select
from ..init import Initialiser, Seed, generator_of, initialiser, small_normal
from .linear import matrix
from .module import Module
from .shapes import Array, Matrix, Vector, each, lists, plus, values


class Embedding(Module):
    """A table with one vector of weights for each of a number of things, looked up by number.

    Records one `select` for each element of a vector: only the row that is looked up gets a
    gradient. Weights start normal with deviation 1, as in PyTorch.

    **Arguments:** `num_embeddings`: how many things; `embedding_dim`: how long a vector is; `init`,
    `seed`: as for `Linear`.

    **Parameters:** `weight` of shape (num_embeddings, embedding_dim).

    A call takes a whole number and returns a vector, or any nested list of numbers and returns
    vectors in their places.

    >>> letters = Embedding(26, 2, seed=0)
    >>> [v.data for v in letters(3)] == [w.data for w in letters.weight[3]]
    True
    >>> letters(26)
    Traceback (most recent call last):
    ...
    ValueError: Embedding: an index must be a whole number from 0 to 25, got 26
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        *,
        init: str | Initialiser = small_normal(1.0),  # noqa: B008  # a pure function
        seed: Seed = None,
    ) -> None:
        rows = positive_integer("Embedding", "num_embeddings", num_embeddings)
        columns = positive_integer("Embedding", "embedding_dim", embedding_dim)
        self.num_embeddings, self.embedding_dim = rows, columns
        self.weight: Matrix = matrix(rows, columns, initialiser(init), generator_of(seed))

    def __call__(self, index: Array) -> Any:
        return each(self._row, lists(index))

    def _row(self, index: Operand) -> Vector:
        if not isinstance(index, Value) and not (
            isinstance(index, numbers.Real) and index in range(self.num_embeddings)
        ):
            raise ValueError(
                "Embedding: an index must be a whole number from 0 to "
                f"{self.num_embeddings - 1}, got {index!r}"
            )
        return [select(column, index) for column in zip(*self.weight, strict=True)]

    def __repr__(self) -> str:
        return f"Embedding({self.num_embeddings}, {self.embedding_dim})"


class PositionalEncoding(Module):
    """Adds to each vector of a sequence sines and cosines that tell its position.

    At position t the elements 2i and 2i + 1 get the sine and the cosine of
    t / 10000^(2i / d_model). Nothing is learned. The name and the formula are those of PyTorch's
    tutorial; PyTorch itself has no such module.

    **Arguments:** `d_model`, the length of a vector; `max_len`, of the longest sequence.

    Source: A. Vaswani et al. (2017).

    >>> [round(v.data, 3) for v in PositionalEncoding(4)([[0.0] * 4] * 2)[1]]
    [0.841, 0.54, 0.01, 1.0]
    """

    def __init__(self, d_model: int, max_len: int = 5000) -> None:
        self.d_model = positive_integer("PositionalEncoding", "d_model", d_model)
        self.max_len = positive_integer("PositionalEncoding", "max_len", max_len)

    def encoding(self, position: int) -> list[float]:
        """The numbers that are added at one position, counted from 0."""
        angles = [position / 10000.0 ** (i // 2 * 2 / self.d_model) for i in range(self.d_model)]
        return [math.cos(a) if i % 2 else math.sin(a) for i, a in enumerate(angles)]

    def __call__(self, x: Array) -> Matrix:
        rows = _sequence("PositionalEncoding", x, self.d_model, self.max_len)
        return [plus(row, self.encoding(t)) for t, row in enumerate(rows)]

    def __repr__(self) -> str:
        return f"PositionalEncoding({self.d_model})"


class PositionalEmbedding(Module):
    """Adds to each vector of a sequence a learned one that tells its position, as in GPT-2.

    **Arguments:** `d_model`, the length of a vector; `max_len`, of the longest sequence; `init`,
    `seed`: as for `Embedding`. PyTorch has no such module.

    **Parameters:** `weight` of shape (max_len, d_model).

    >>> positions = PositionalEmbedding(2, 8, seed=0)
    >>> positions([[0.0, 0.0]])[0][1].data == positions.weight[0][1].data
    True
    """

    def __init__(
        self,
        d_model: int,
        max_len: int,
        *,
        init: str | Initialiser = small_normal(1.0),  # noqa: B008  # a pure function
        seed: Seed = None,
    ) -> None:
        self.d_model = positive_integer("PositionalEmbedding", "d_model", d_model)
        self.max_len = positive_integer("PositionalEmbedding", "max_len", max_len)
        self.weight: Matrix = matrix(max_len, d_model, initialiser(init), generator_of(seed))

    def __call__(self, x: Array) -> Matrix:
        rows = _sequence("PositionalEmbedding", x, self.d_model, self.max_len)
        return [plus(row, self.weight[t]) for t, row in enumerate(rows)]

    def __repr__(self) -> str:
        return f"PositionalEmbedding({self.d_model}, {self.max_len})"


def _sequence(where: str, x: Array, width: int, longest: int) -> Matrix:
    """The vectors of a sequence that is not too long."""
    rows: Matrix = values(where, "the input", x, "length", width)
    if len(rows) > longest:
        raise ValueError(
            f"{where}: a sequence may have up to max_len={longest} positions, got {len(rows)}"
        )
    return rows
