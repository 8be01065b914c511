"""More features than neurons: the toy model of superposition."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from ..checking import BELOW_ONE, NOT_NEGATIVE, number, positive_integer
from ..compiler import compile
from ..engine import Value
from ..functions import relu, sum
from ..init import Seed, generator_of, xavier_normal
from ..nn import Module
from ..nn.linear import filled, matrix
from ..nn.shapes import Matrix, Vector, dot, values
from ..notebook import Shown
from ..optim import Adam, cosine_decay
from ..public import named_options


@named_options
def sparse_features(
    features: int, samples: int, sparsity: float, seed: Seed = None
) -> list[list[float]]:
    """Samples of features that are 0 with probability `sparsity`, else uniform from 0 to 1.

    >>> [round(x, 2) for x in sparse_features(4, 1, sparsity=0.5, seed=3)[0]]
    [0.0, 0.37, 0.63, 0.0]
    """
    where = "sparse_features"
    features = positive_integer(where, "features", features)
    samples = positive_integer(where, "samples", samples)
    sparsity, generator = number(where, "sparsity", sparsity, BELOW_ONE), generator_of(seed)
    return [
        [generator.random() if generator.random() >= sparsity else 0.0 for _ in range(features)]
        for _ in range(samples)
    ]


class ToyModel(Module):
    """Features through fewer neurons and back: x' = relu(Wᵀ W x + b).

    Column i of W is the direction that feature i has among the neurons.

    **Arguments:** `features`, `neurons`; `seed`.

    **Parameters:** `weight` of shape (neurons, features), `bias` of (features).

    Source: N. Elhage et al., "Toy Models of Superposition" (2022).

    >>> model = ToyModel(5, 2, seed=0)
    >>> len(model([1.0, 0.0, 0.0, 0.0, 0.0])), len(model.hidden([1.0, 0.0, 0.0, 0.0, 0.0]))
    (5, 2)
    """

    def __init__(self, features: int, neurons: int, seed: Seed = None) -> None:
        features = self.features = positive_integer("ToyModel", "features", features)
        neurons = self.neurons = positive_integer("ToyModel", "neurons", neurons)
        self.weight: Matrix = matrix(neurons, features, xavier_normal(), generator_of(seed))
        self.bias: Vector = filled(features, 0.0)

    def hidden(self, x: Sequence[float]) -> Vector:
        """What the neurons hold, W x."""
        x = values("ToyModel", "the input", x, self.features)
        return [dot(row, x) for row in self.weight]

    def __call__(self, x: Sequence[float]) -> Vector:
        h = self.hidden(x)
        columns = zip(*self.weight, strict=True)
        return [relu(dot(c, h) + b) for c, b in zip(columns, self.bias, strict=True)]

    @property
    def directions(self) -> list[list[float]]:
        """For each feature its direction among the neurons, as numbers."""
        return [[w.data for w in column] for column in zip(*self.weight, strict=True)]

    def __repr__(self) -> str:
        return f"ToyModel({self.features}, {self.neurons})"


@dataclass(frozen=True)
class Superposition(Shown):
    """What a trained toy model has made of its features.

    **Attributes:** `model`; `sparsity`; `importance` of each feature; `loss` at the end.

    >>> found = superposition(3, 2, steps=200)
    >>> len(found.importance), found.loss > 0.0
    (3, True)
    """

    model: ToyModel
    sparsity: float
    importance: tuple[float, ...]
    loss: float

    @property
    def norms(self) -> list[float]:
        """How strongly each feature is represented: about 1, or about 0."""
        return [math.hypot(*direction) for direction in self.model.directions]

    @property
    def represented(self) -> list[int]:
        """The features whose direction is longer than one half."""
        return [i for i, norm in enumerate(self.norms) if norm > 0.5]

    @property
    def angles(self) -> list[float]:
        """With two neurons: the angles between neighbouring represented features, in degrees."""
        if self.model.neurons != 2:
            raise ValueError(
                f"angles: directions have them in a plane only, got {self.model.neurons} neurons"
            )
        directions = self.model.directions
        turned = sorted(
            math.degrees(math.atan2(*reversed(directions[i]))) for i in self.represented
        )
        return [
            (after - before) % 360.0
            for before, after in zip(turned, [*turned[1:], *turned[:1]], strict=True)
        ]

    def __repr__(self) -> str:
        count, of = len(self.represented), self.model
        return (
            f"<superposition: {count} of {of.features} features in {of.neurons} neurons at "
            f"sparsity {self.sparsity}, loss {self.loss:.4g}>"
        )


@named_options
def superposition(
    features: int = 5,
    neurons: int = 2,
    sparsity: float = 0.9,
    importance: float | Sequence[float] = 1.0,
    *,
    steps: int = 2000,
    batch_size: int = 64,
    lr: float = 0.02,
    seed: Seed = 0,
    target: str = "python",
) -> Superposition:
    """Train the toy model on fresh samples at every step, and see what it keeps.

    Dense features (sparsity 0) hinder one another, so that only as many are kept as there are
    neurons; sparse ones are seldom there together, so that more share the neurons, in directions
    as far from one another as they can be: five in two neurons make a pentagon.

    **Arguments:** `sparsity`: how often a feature is 0; `importance`: what an error in each feature
    weighs, as a list, or as a factor r for 1, r, r², ...; `steps`, `batch_size`, `lr` (Adam, with a
    cosine decay); `seed`; `target`: "python" or "c".

    >>> found = superposition(2, 1, sparsity=0.0, importance=0.5, steps=200)
    >>> found.represented
    [0]
    """
    where = "superposition"
    model = ToyModel(features, neurons, generator := generator_of(seed))
    features = model.features
    weights = _importance(where, importance, features)
    steps = positive_integer(where, "steps", steps)

    def loss(x: list[float]) -> Value:
        errors = [v - y for v, y in zip(x, model(x), strict=True)]
        return sum([w * (e * e) for w, e in zip(weights, errors, strict=True) if w])

    compiled = compile(loss, target=target)
    with compiled.trainer(Adam(model.parameters(), cosine_decay(lr, steps))) as trainer:
        for _ in range(steps):
            batch = sparse_features(features, batch_size, sparsity, generator)
            trainer.step([(x,) for x in batch])
    test = sparse_features(features, 2000, sparsity, random.Random(0))
    final = compiled.mean([(x,) for x in test]).data
    return Superposition(model, float(sparsity), weights, final)


def _importance(where: str, given: float | Sequence[float], features: int) -> tuple[float, ...]:
    if isinstance(given, Sequence):
        if len(given) != features:
            raise ValueError(
                f"{where}: importance must have one number for each of {features} features, "
                f"got {len(given)}"
            )
        return tuple(number(where, "importance", v, NOT_NEGATIVE) for v in given)
    factor = number(where, "importance", given, NOT_NEGATIVE)
    try:
        return tuple(factor**i for i in range(features))
    except OverflowError:
        raise ValueError(
            f"{where}: importance {factor:g} is too large: its powers overflow"
        ) from None
