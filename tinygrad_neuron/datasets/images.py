"""Small images made by formula, for convolutions that one can look into."""

import random
from collections.abc import Iterator

from ..checking import NOT_NEGATIVE, integer, number, repeatable
from ..public import named_options
from .dataset import Dataset

_KINDS = ("horizontal bar", "vertical bar", "upright cross", "diagonal cross")


@named_options
def bars_and_crosses(
    samples: int = 200,
    size: int = 8,
    noise: float = 0.1,
    seed: int | random.Random = 0,
) -> Dataset[int]:
    """Return images of bars and crosses, each anywhere in its image, with noise.

    A figure is half as wide as the image (an odd number of pixels), one pixel thick, of ink 1 on a
    ground of 0; where it stands is drawn at random, so that only what looks everywhere alike (a
    convolution) knows it again with few weights.

    Arguments:
        samples: how many, at least 4; classes are balanced, what is left over goes to the first.
        size: height and width of an image in pixels, at least 5.
        noise: standard deviation of the Gaussian noise added to each pixel, at least 0.
        seed: an int, or a generator to draw from; it decides places, noise and order.

    Returns:
        A Dataset of shape samples x (size * size): the pixels row by row from the top left, named
        "pixel_row_column"; targets 0 (horizontal bar), 1 (vertical bar), 2 (upright cross) and 3
        (diagonal cross), in random order.

    Raises:
        TypeError, ValueError: if an argument is not of the kind, or in the range, given above.

    >>> data = bars_and_crosses(samples=8, size=6, noise=0.0, seed=1)
    >>> data
    <Dataset 'bars_and_crosses': 8 samples, 36 features, 4 classes (horizontal bar, vertical bar, \
upright cross, diagonal cross)>
    >>> for start in range(0, 36, 6):
    ...     print("|" + "".join(" #"[int(ink)] for ink in data.inputs[0][start : start + 6]) + "|")
    |      |
    |      |
    |      |
    |  #   |
    | ###  |
    |  #   |
    """
    name = "bars_and_crosses"
    samples = integer(name, "samples", samples, 4, "one for each class")
    size = integer(name, "size", size, 5)
    noise = number(name, "noise", noise, NOT_NEGATIVE)
    generator, width = repeatable(name, seed), size // 2 | 1  # odd, to have a middle
    made = []
    for index in range(samples):
        target = index % len(_KINDS)
        down, right = (generator.randrange(size - width + 1) for _ in range(2))
        inked = {(down + i, right + j) for i, j in _figure(target, width)}
        image = tuple(
            float(generator.gauss((i, j) in inked, noise)) for i in range(size) for j in range(size)
        )
        made.append((image, target))
    generator.shuffle(made)
    inputs, targets = zip(*made, strict=True)
    names = tuple(f"pixel_{i}_{j}" for i in range(size) for j in range(size))
    return Dataset("bars_and_crosses", inputs, targets, names, _KINDS)


def _figure(kind: int, width: int) -> Iterator[tuple[int, int]]:
    """The pixels of a figure, from the top left of the square that it stands in."""
    middle = width // 2
    for k in range(width):
        if kind in (0, 2):
            yield middle, k
        if kind in (1, 2):
            yield k, middle
        if kind == 3:
            yield k, k
            yield k, width - 1 - k
