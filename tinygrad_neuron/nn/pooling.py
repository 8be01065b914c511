"""Pooling: one number for each window of a signal or an image, its largest or its mean."""

from collections.abc import Sequence
from typing import ClassVar

from ..engine import Value
from ..functions import argmax, select
from .convolution import Window, windows
from .module import Module
from .shapes import Array, Matrix, added, sizes, values


class _Pool(Module):
    """What all pools share: the windows along one or two axes."""

    axes: ClassVar[int]

    def __init__(
        self,
        kernel_size: int | tuple[int, ...],
        stride: int | tuple[int, ...] | None = None,
        padding: int | tuple[int, ...] = 0,
    ) -> None:
        name, axes = type(self).__name__, self.axes
        self.kernel_size = sizes(name, "kernel_size", kernel_size, axes)
        self.stride = sizes(name, "stride", kernel_size if stride is None else stride, axes)
        self.padding = sizes(name, "padding", padding, axes, least=0)
        for size, beside in zip(self.kernel_size, self.padding, strict=True):
            if 2 * beside > size:
                raise ValueError(
                    f"{name}: padding must be at most half of the kernel's size, "
                    f"got padding {beside} and size {size}"
                )

    def _pooled(self, window: Sequence[Value]) -> Value:
        """The number for a window, given what it covers of the input."""
        raise NotImplementedError

    def _windows(self, axis: int, name: str, length: int) -> list[Window]:
        sizes_here = self.kernel_size[axis], self.stride[axis], self.padding[axis]
        return windows(type(self).__name__, name, length, *sizes_here)

    def __repr__(self) -> str:
        size = self.kernel_size[0] if len(set(self.kernel_size)) == 1 else self.kernel_size
        return f"{type(self).__name__}({size})"


class _Pool1d(_Pool):
    """A pool along a signal."""

    axes = 1

    def __call__(self, x: Array) -> Matrix:
        x = values(type(self).__name__, "the input", x, "channels", "length")
        places = self._windows(0, "length", len(x[0]))
        return [[self._pooled([row[i] for _, i in window]) for window in places] for row in x]


class _Pool2d(_Pool):
    """A pool over an image."""

    axes = 2

    def __call__(self, x: Array) -> list[Matrix]:
        x = values(type(self).__name__, "the input", x, "channels", "height", "width")
        rows = self._windows(0, "height", len(x[0]))
        columns = self._windows(1, "width", len(x[0][0]))
        return [
            [
                [
                    self._pooled([image[i][j] for _, i in down for _, j in across])
                    for across in columns
                ]
                for down in rows
            ]
            for image in x
        ]


class _Max(_Pool):
    """The largest of a window."""

    def _pooled(self, window: Sequence[Value]) -> Value:
        return window[0] if len(window) == 1 else select(window, argmax(window))


class _Average(_Pool):
    """The mean of a window."""

    def _pooled(self, window: Sequence[Value]) -> Value:
        area = 1
        for size in self.kernel_size:
            area *= size
        return added(window) / area if area > 1 else window[0]


class MaxPool1d(_Max, _Pool1d):
    """The largest number of each window of a signal; at a tie the first is taken.

    Only the one that is taken gets a gradient. Records one `argmax` and one `select` for a window.

    **Arguments:** `kernel_size`: how much a window covers; `stride`: how far it moves, by default
    as far as it covers; `padding`: how far it may reach beyond either end, at most half its size
    (what is there is never taken). PyTorch's `dilation`, `return_indices` and `ceil_mode` are not
    here.

    A call takes the shape (channels, length) and returns (channels, windows).

    >>> [y.data for y in MaxPool1d(2)([[1, 5, 2, 3]])[0]]
    [5.0, 3.0]
    """


class MaxPool2d(_Max, _Pool2d):
    """The largest number of each window of an image; at a tie the first, row by row, is taken.

    **Arguments:** as for `MaxPool1d`; each one number for height and width, or two.

    A call takes the shape (channels, height, width) and returns (channels, rows, columns).

    >>> from tinygrad_neuron import Value
    >>> image = [[Value(4.0), Value(4.0)], [Value(1.0), Value(0.0)]]
    >>> [[[y]]] = MaxPool2d(2)([image])
    >>> y.backward()
    >>> y.data, image[0][0].grad, image[0][1].grad
    (4.0, 1.0, 0.0)
    """


class AvgPool1d(_Average, _Pool1d):
    """The mean of each window of a signal. Padding counts as 0.

    **Arguments:** as for `MaxPool1d`. PyTorch's `ceil_mode` and `count_include_pad` are not here:
    the sum is always divided by the size of the kernel.

    A call takes the shape (channels, length) and returns (channels, windows).

    >>> [y.data for y in AvgPool1d(2)([[1, 5, 2, 3]])[0]]
    [3.0, 2.5]
    """


class AvgPool2d(_Average, _Pool2d):
    """The mean of each window of an image. Padding counts as 0.

    **Arguments:** as for `AvgPool1d`; each one number for height and width, or two.

    A call takes the shape (channels, height, width) and returns (channels, rows, columns).

    >>> AvgPool2d(2)([[[1, 2], [3, 6]]])[0][0][0].data
    3.0
    """
