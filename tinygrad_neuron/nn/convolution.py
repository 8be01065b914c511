"""Convolution: one small kernel of weights, shared by all places of a signal or an image."""

from typing import Any, ClassVar, TypeAlias

from ..checking import flag, positive_integer
from ..engine import Value
from ..init import Initialiser, Seed, generator_of, initialiser
from .linear import BY_FAN_IN, vector
from .module import Module
from .shapes import Array, Matrix, Vector, added, sizes, values

# For one place of a kernel along one axis: pairs of a place in it and a place in the input.
Window: TypeAlias = list[tuple[int, int]]


def windows(
    where: str, axis: str, length: int, kernel: int, stride: int, padding: int
) -> list[Window]:
    """Where a kernel lies along one axis, one after another, leaving out what is padding.

    >>> windows("Conv1d", "length", 3, kernel=2, stride=2, padding=1)
    [[(1, 0)], [(0, 1), (1, 2)]]
    """
    room = length + 2 * padding - kernel
    if room < 0:
        raise ValueError(
            f"{where}: the kernel must not be larger than the padded input; along its {axis} the "
            f"kernel has {kernel} and the input {length} + 2 * {padding} = {length + 2 * padding}"
        )
    places = range(-padding, room - padding + 1, stride)
    return [[(k, at + k) for k in range(kernel) if 0 <= at + k < length] for at in places]


class _Convolution(Module):
    """What convolutions along one and two axes share: the arguments and the parameters."""

    axes: ClassVar[int]

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, ...],
        stride: int | tuple[int, ...] = 1,
        padding: int | tuple[int, ...] = 0,
        *,
        bias: bool = True,
        init: str | Initialiser = BY_FAN_IN,
        seed: Seed = None,
    ) -> None:
        name, axes = type(self).__name__, self.axes
        in_channels = self.in_channels = positive_integer(name, "in_channels", in_channels)
        out_channels = self.out_channels = positive_integer(name, "out_channels", out_channels)
        self.kernel_size = sizes(name, "kernel_size", kernel_size, axes)
        self.stride = sizes(name, "stride", stride, axes)
        self.padding = sizes(name, "padding", padding, axes, least=0)
        generator, draw = generator_of(seed), initialiser(init)
        area = 1
        for size in self.kernel_size:
            area *= size
        fans = in_channels * area, out_channels * area

        def kernel(*lengths: int) -> Any:
            if not lengths:
                return Value(draw(generator, *fans))
            return [kernel(*lengths[1:]) for _ in range(lengths[0])]

        self.weight = kernel(self.out_channels, self.in_channels, *self.kernel_size)
        self.bias: Vector | None = None
        if flag(name, "bias", bias):
            self.bias = vector(self.out_channels, BY_FAN_IN, generator, fans[0])

    def _windows(self, name: str, axis: int, length: int) -> list[Window]:
        """Where the kernel lies along one axis of an input."""
        where = type(self).__name__
        size, stride, padding = self.kernel_size[axis], self.stride[axis], self.padding[axis]
        return windows(where, name, length, size, stride, padding)

    def _feature(self, channel: int, products: list[Value]) -> Value:
        """One number of a feature map."""
        total = added(products)
        return total if self.bias is None else total + self.bias[channel]

    def __repr__(self) -> str:
        def short(x: tuple[int, ...]) -> str:
            return str(x[0] if len(set(x)) == 1 else x)

        text = f"{self.in_channels}, {self.out_channels}, {short(self.kernel_size)}"
        if set(self.stride) != {1}:
            text += f", stride={short(self.stride)}"
        if set(self.padding) != {0}:
            text += f", padding={short(self.padding)}"
        return f"{type(self).__name__}({text}{'' if self.bias else ', bias=False'})"


class Conv1d(_Convolution):
    """A kernel that goes along a signal: at each place a weighted sum of what it covers.

    Records one multiply for each weight and place, one sum and one bias addition for each place.
    A weight is one node with as many consumers as there are places. What is padding is 0 and
    records nothing.

    **Arguments:** `in_channels`, `out_channels`; `kernel_size`; `stride`: how far the kernel moves;
    `padding`: how many zeros are before and after the signal; `bias`: whether there is one; `init`,
    `seed`: as for `Linear`. PyTorch's `dilation`, `groups` and `padding_mode`, which stand before
    `bias`, are not here.

    **Parameters:** `weight` of shape (out_channels, in_channels, kernel_size), `bias` of
    (out_channels), which start uniform in ±1 / √(in_channels · kernel_size), as in PyTorch.

    A call takes the shape (in_channels, length) and returns (out_channels, places), where
    places = (length + 2 padding - kernel_size) // stride + 1.

    >>> edges = Conv1d(1, 1, 2, bias=False, seed=0)
    >>> edges.weight[0][0][0].data, edges.weight[0][0][1].data = -1.0, 1.0
    >>> [y.data for y in edges([[0, 0, 5, 5, 0]])[0]]
    [0.0, 5.0, 0.0, -5.0]
    >>> edges([[1.0]])
    Traceback (most recent call last):
    ...
    ValueError: Conv1d: the kernel must not be larger than the padded input; along its length the \
kernel has 2 and the input 1 + 2 * 0 = 1
    """

    axes = 1

    def __call__(self, x: Array) -> Matrix:
        """The feature maps of one input: see the class."""
        x = values("Conv1d", "the input", x, self.in_channels, "length")
        places = self._windows("length", 0, len(x[0]))
        return [
            [
                self._feature(
                    channel,
                    [
                        weights[k] * signal[i]
                        for weights, signal in zip(kernel, x, strict=True)
                        for k, i in window
                    ],
                )
                for window in places
            ]
            for channel, kernel in enumerate(self.weight)
        ]


class Conv2d(_Convolution):
    """A kernel that goes over an image: at each place a weighted sum of what it covers.

    Records one multiply for each weight and place, one sum and one bias addition for each place.
    A weight is one node with as many consumers as there are places. What is padding is 0 and
    records nothing.

    **Arguments:** `in_channels`, `out_channels`; `kernel_size`, `stride`, `padding`: one number for
    height and width, or two; `bias`: whether there is one; `init`, `seed`: as for `Linear`.
    PyTorch's `dilation`, `groups` and `padding_mode`, which stand before `bias`, are not here.

    **Parameters:** `weight` of shape `(out_channels, in_channels, *kernel_size)`, `bias` of
    (out_channels), which start uniform in ±1 / √(weights of one output channel), as in PyTorch.

    A call takes the shape (in_channels, height, width) and returns (out_channels, rows, columns),
    where rows = (height + 2 padding - kernel_size) // stride + 1, and columns likewise.

    Source: K. Fukushima (1980); Y. LeCun et al. (1989).

    >>> blur = Conv2d(1, 1, 2, bias=False, init=lambda *_: 0.25)
    >>> [[y.data for y in row] for row in blur([[[0, 4, 0], [4, 0, 0]]])[0]]
    [[2.0, 1.0]]
    """

    axes = 2

    def __call__(self, x: Array) -> list[Matrix]:
        """The feature maps of one input: see the class."""
        x = values("Conv2d", "the input", x, self.in_channels, "height", "width")
        rows = self._windows("height", 0, len(x[0]))
        columns = self._windows("width", 1, len(x[0][0]))
        return [
            [
                [
                    self._feature(
                        channel,
                        [
                            weights[k][m] * image[i][j]
                            for weights, image in zip(kernel, x, strict=True)
                            for k, i in down
                            for m, j in across
                        ],
                    )
                    for across in columns
                ]
                for down in rows
            ]
            for channel, kernel in enumerate(self.weight)
        ]
