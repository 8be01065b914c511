"""The sparse autoencoder: it takes superposed features apart again."""

import math
import random
from collections.abc import Sequence
from typing import Any

from ..checking import NOT_NEGATIVE, described, listed, number, positive_integer, to_float
from ..compiler import compile
from ..engine import Value
from ..functions import relu, sqrt
from ..init import Seed, generator_of
from ..nn import Module
from ..nn.linear import filled
from ..nn.shapes import Array, Matrix, Vector, affine, dot, lists, plus, values
from ..optim import Adam, cosine_decay
from ..public import named_options


class SparseAutoencoder(Module):
    """Activations as sums of few directions out of many: f = relu(E (x - b) + c), x' = D f + b.

    **Arguments:** `inputs`: how many neurons are looked at; `units`: how many directions there may
    be, more than neurons; `seed`. D starts with columns of length 1 in random directions, E as its
    transpose.

    **Parameters:** `encoder` of shape (units, inputs), `encoder_bias` of (units); `decoder` of
    (inputs, units): column k is the direction of unit k; `decoder_bias` of (inputs).

    A call takes x, of shape (inputs), and returns x'.

    Source: H. Cunningham et al. (2023); T. Bricken et al., "Towards Monosemanticity" (2023).

    >>> autoencoder = SparseAutoencoder(2, 4, seed=0)
    >>> len(autoencoder.features([1.0, 0.0])), len(autoencoder([1.0, 0.0]))
    (4, 2)
    """

    def __init__(self, inputs: int, units: int, seed: Seed = None) -> None:
        self.inputs = positive_integer("SparseAutoencoder", "inputs", inputs)
        self.units = positive_integer("SparseAutoencoder", "units", units)
        generator = generator_of(seed)
        start = [random_direction(inputs, generator) for _ in range(units)]
        self.encoder: Matrix = [[Value(w) for w in row] for row in start]
        self.encoder_bias: Vector = filled(units, 0.0)
        self.decoder: Matrix = [[Value(w) for w in row] for row in zip(*start, strict=True)]
        self.decoder_bias: Vector = filled(inputs, 0.0)

    def features(self, x: Array) -> Vector:
        """How much of each direction is in x: 0 or more."""
        x = values("SparseAutoencoder", "the input", x, self.inputs)
        centred = [v - b for v, b in zip(x, self.decoder_bias, strict=True)]
        return [relu(z) for z in affine(self.encoder, centred, self.encoder_bias)]

    def decoded(self, features: Sequence[Value]) -> Vector:
        """The activations that features make up."""
        features = values("SparseAutoencoder", "the features", features, self.units)
        return plus([dot(row, features) for row in self.decoder], self.decoder_bias)

    def __call__(self, x: Array) -> Vector:
        return self.decoded(self.features(x))

    def loss(self, x: Array, sparsity: float) -> Value:
        """The squared error, plus `sparsity` times the sum of the features, each weighed by the
        length of its direction (so that long directions are no way round)."""
        found = self.features(x)
        error = [y - v for y, v in zip(self.decoded(found), x, strict=True)]
        lengths = [sqrt(dot(column, column)) for column in zip(*self.decoder, strict=True)]
        return dot(error, error) + sparsity * dot(found, lengths)

    @property
    def directions(self) -> list[list[float]]:
        """The direction of each unit, of length 1, as numbers."""
        columns = [[w.data for w in column] for column in zip(*self.decoder, strict=True)]
        return [[w / (math.hypot(*c) or 1.0) for w in c] for c in columns]

    def fit(
        self,
        activations: Sequence[Sequence[float]],
        sparsity: float = 0.1,
        *,
        steps: int = 2000,
        batch_size: int = 32,
        lr: float = 0.01,
        seed: Seed = 0,
        target: str = "python",
    ) -> list[float]:
        """Learn the directions of activations; returns the loss at every step.

        **Arguments:** `activations`: vectors of `inputs` numbers; `sparsity`: the weight of the
        penalty; `steps`, `batch_size`, `lr` (Adam, with a cosine decay); `seed`: of the order;
        `target`: "python" or "c".
        """
        where, generator = "SparseAutoencoder.fit", generator_of(seed)
        found = [lists(x) for x in listed(where, "activations", activations, "a list of vectors")]
        weight = number(where, "sparsity", sparsity, NOT_NEGATIVE)
        steps = positive_integer(where, "steps", steps)
        batch_size = positive_integer(where, "batch_size", batch_size)
        if not found:
            raise ValueError(f"{where}: activations must have one vector at least, got none")
        compiled = compile(lambda x: self.loss(x, weight), target=target)
        optimiser = Adam(self.parameters(), cosine_decay(lr, steps))
        with compiled.trainer(optimiser) as trainer:
            return [
                trainer.step([(x,) for x in generator.choices(found, k=batch_size)])
                for _ in range(steps)
            ]

    def __repr__(self) -> str:
        return f"SparseAutoencoder({self.inputs}, {self.units})"


@named_options
def recovered(truth: Sequence[Sequence[float]], found: Any, cosine: float = 0.9) -> float:
    """The part of the true directions that are among those found, from 0 to 1.

    **Arguments:** `truth`: the true directions; `found`: a `SparseAutoencoder`, or directions;
    `cosine`: how close the nearest one must be.

    >>> recovered([[1.0, 0.0], [0.0, 1.0]], [[2.0, 0.1], [-1.0, 1.0]])
    0.5
    """
    least = to_float(cosine, "recovered", "cosine")
    truth = _vectors("truth", truth)
    directions = found.directions if isinstance(found, SparseAutoencoder) else found
    directions = _vectors("found", directions)
    if any(len(d) != len(truth[0]) for d in (*truth, *directions)):
        raise ValueError("recovered: all directions must have the same number of components")
    hits = [max(_cosine(t, d) for d in directions) >= least for t in truth]
    return math.fsum(hits) / len(hits)


def _vectors(what: str, given: Any) -> list[list[float]]:
    rows = [
        [to_float(v, "recovered", what) for v in listed("recovered", what, row, "lists of numbers")]
        for row in listed("recovered", what, given, "a list of directions")
    ]
    if not rows:
        raise ValueError(f"recovered: {what} holds no direction")
    return rows


def random_direction(size: int, generator: random.Random) -> list[float]:
    """A direction of length 1, all equally likely.

    >>> import math
    >>> round(math.hypot(*random_direction(3, random.Random(0))), 12)
    1.0
    """
    if not isinstance(generator, random.Random):
        raise TypeError(
            f"random_direction: generator must be a random.Random, got {described(generator)}"
        )
    size = positive_integer("random_direction", "size", size)
    numbers = [generator.gauss(0.0, 1.0) for _ in range(size)]
    length = math.hypot(*numbers)
    return [v / length for v in numbers]


def _cosine(a: Sequence[float], b: Sequence[float]) -> float:
    lengths = math.hypot(*a) * math.hypot(*b)
    return math.fsum(p * q for p, q in zip(a, b, strict=True)) / lengths if lengths else 0.0
