"""Layers that bring the numbers of one vector to a common scale."""

from collections.abc import Sequence
from typing import Any

from ..checking import POSITIVE, flag, number
from ..functions import mean
from .linear import filled
from .module import Module
from .shapes import Array, Vector, dot, each_vector, plus, sizes, values


class LayerNorm(Module):
    """Each vector moved to mean 0 and scaled to variance 1, then times a weight, plus a bias.

    y = (x - mean) / sqrt(variance + eps) * weight + bias, where the variance divides by the number
    of elements.

    **Arguments:** `normalized_shape`: the length of a vector; `eps`: greater than 0;
    `elementwise_affine`: whether there are a weight and a bias; `bias`: whether there is a bias.
    PyTorch also takes several lengths here.

    **Parameters:** `weight`, from 1, and `bias`, from 0, both of shape (normalized_shape).

    A call takes the shape (..., normalized_shape) and returns the same.

    Source: J. Ba, J. Kiros and G. Hinton (2016).

    >>> [round(y.data, 2) for y in LayerNorm(4)([1, 2, 3, 4])]
    [-1.34, -0.45, 0.45, 1.34]
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
    ) -> None:
        (self.size,) = sizes("LayerNorm", "normalized_shape", normalized_shape, 1)
        self.eps = number("LayerNorm", "eps", eps, POSITIVE)
        affine = flag("LayerNorm", "elementwise_affine", elementwise_affine)
        bias = flag("LayerNorm", "bias", bias)
        self.weight = filled(self.size, 1.0) if affine else None
        self.bias = filled(self.size, 0.0) if affine and bias else None

    def __call__(self, x: Array) -> Any:
        return each_vector(self._normalised, values("LayerNorm", "the input", x, "...", self.size))

    def _normalised(self, x: Vector) -> Vector:
        average = mean(x)
        centred = [v - average for v in x]
        y = _scaled(centred, self.eps, self.weight)
        return y if self.bias is None else plus(y, self.bias)

    def __repr__(self) -> str:
        return f"LayerNorm({self.size})"


class RMSNorm(Module):
    """Each vector divided by the root of the mean of its squares, then times a weight.

    **Arguments:** `normalized_shape`: the length of a vector; `eps`: added to the mean of the
    squares, by default the distance from 1 to the next float, as in PyTorch; `elementwise_affine`:
    whether there is a weight. PyTorch also takes several lengths.

    **Parameters:** `weight`, from 1, of shape (normalized_shape).

    A call takes the shape (..., normalized_shape) and returns the same.

    Source: B. Zhang and R. Sennrich (2019).

    >>> [round(y.data, 3) for y in RMSNorm(2)([3.0, 4.0])]
    [0.849, 1.131]
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
    ) -> None:
        (self.size,) = sizes("RMSNorm", "normalized_shape", normalized_shape, 1)
        self.eps = number("RMSNorm", "eps", 2.0**-52 if eps is None else eps, POSITIVE)
        affine = flag("RMSNorm", "elementwise_affine", elementwise_affine)
        self.weight = filled(self.size, 1.0) if affine else None

    def __call__(self, x: Array) -> Any:
        x = values("RMSNorm", "the input", x, "...", self.size)
        return each_vector(lambda row: _scaled(row, self.eps, self.weight), x)

    def __repr__(self) -> str:
        return f"RMSNorm({self.size})"


def _scaled(x: Vector, eps: float, weight: Vector | None) -> Vector:
    """x / sqrt(mean of squares + eps), times the weight if there is one."""
    scale = (dot(x, x) / len(x) + eps) ** -0.5
    y = [v * scale for v in x]
    return y if weight is None else [v * w for v, w in zip(y, weight, strict=True)]
