"""The linear layer, and what makes the parameters of layers."""

import math
import random
from typing import Any

from ..checking import flag, positive_integer
from ..engine import Value
from ..init import Initialiser, Seed, generator_of, he_uniform, initialiser
from .module import Module
from .shapes import Array, Matrix, Vector, affine, each_vector, values

# What PyTorch's layers start from: uniform in ±1 / sqrt(fan_in).
BY_FAN_IN = he_uniform(1.0 / math.sqrt(3.0))


class Linear(Module):
    """Weighted sums of the inputs plus biases: y = W x + b.

    Records one multiply for each weight, one sum and one bias addition for each output.

    **Arguments:** `in_features`, `out_features`: the numbers of inputs and outputs; `bias`: whether
    there is one; `init`: the initialiser of the weights; `seed`: an int or a `random.Random`.
    Weights (by default) and biases start uniform in ±1 / √in_features, as in PyTorch.

    **Parameters:** `weight` of shape (out_features, in_features), `bias` of (out_features).

    A call takes the shape (..., in_features) and returns (..., out_features).

    >>> layer = Linear(3, 2, seed=0)
    >>> [len(y) for y in layer([[1, 2, 3], [4, 5, 6]])]
    [2, 2]
    >>> layer([1.0, 2.0])
    Traceback (most recent call last):
    ...
    ValueError: Linear: the input must have the shape (..., 3), got (2,)
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        init: str | Initialiser = BY_FAN_IN,
        seed: Seed = None,
    ) -> None:
        in_features = self.in_features = positive_integer("Linear", "in_features", in_features)
        out_features = self.out_features = positive_integer("Linear", "out_features", out_features)
        generator = generator_of(seed)
        draw = initialiser(init)
        self.weight: Matrix = matrix(out_features, in_features, draw, generator)
        self.bias: Vector | None = None
        if flag("Linear", "bias", bias):
            self.bias = vector(out_features, BY_FAN_IN, generator, in_features)

    def __call__(self, x: Array) -> Any:
        x = values("Linear", "the input", x, "...", self.in_features)
        return each_vector(lambda row: affine(self.weight, row, self.bias), x)

    def __repr__(self) -> str:
        without = "" if self.bias else ", bias=False"
        return f"Linear({self.in_features}, {self.out_features}{without})"


def matrix(
    rows: int,
    columns: int,
    draw: Initialiser,
    generator: random.Random,
    fan_in: int = 0,
    fan_out: int = 0,
) -> Matrix:
    """Parameters in rows, one row for each output; fan-in and fan-out are those of the matrix
    unless given."""
    fans = fan_in or columns, fan_out or rows
    return [[Value(draw(generator, *fans)) for _ in range(columns)] for _ in range(rows)]


def vector(length: int, draw: Initialiser, generator: random.Random, fan_in: int) -> Vector:
    """Parameters in a row."""
    return [Value(draw(generator, fan_in, length)) for _ in range(length)]


def filled(length: int, number: float) -> Vector:
    """Parameters that all start at one number."""
    return [Value(number) for _ in range(length)]
