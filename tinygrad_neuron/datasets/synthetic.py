"""Data sets made by formula: truth tables of gates; curves and clouds in the plane, with noise."""

import random
from collections.abc import Sequence
from itertools import product
from math import cos, pi, sin

from ..checking import INSIDE_ONE, NOT_NEGATIVE, Rule, integer, named, number, repeatable
from ..public import named_options
from .dataset import Dataset

_TURNS: Rule = ("greater than 0 and at most 1,000,000", lambda x: 0 < x <= 1e6)

# The output column of each truth table, its input rows counted upwards: 00, 01, 10, 11.
_TRUTH_TABLES = {
    "not": (1, 0),
    "and": (0, 0, 0, 1),
    "or": (0, 1, 1, 1),
    "nand": (1, 1, 1, 0),
    "nor": (1, 0, 0, 0),
    "xor": (0, 1, 1, 0),
    "xnor": (1, 0, 0, 1),
}


def gate(name: str) -> Dataset[int]:
    """Return the truth table of a logic gate.

    Arguments:
        name: "not", "and", "or", "nand", "nor", "xor" or "xnor", in any case.

    Returns:
        A Dataset of four samples with two features (two samples with one feature for "not"),
        features 0.0 or 1.0, targets 0 or 1, in counting order.

    Raises:
        TypeError, ValueError: if the gate is not known; the message lists the known ones.

    >>> gate("and")
    <Dataset 'and': 4 samples, 2 features, 2 classes (false, true)>
    >>> list(gate("and"))
    [((0.0, 0.0), 0), ((0.0, 1.0), 0), ((1.0, 0.0), 0), ((1.0, 1.0), 1)]
    >>> gate("xorr")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: gate 'xorr': unknown, did you mean 'xor'? Known: and, nand, ...
    """
    key = name.lower() if isinstance(name, str) else name
    targets = named("gate", key, _TRUTH_TABLES)
    feature_names = ("a", "b")[: len(targets) // 2]
    inputs = tuple(product((0.0, 1.0), repeat=len(feature_names)))
    return Dataset(key, inputs, targets, feature_names, ("false", "true"))


def xor() -> Dataset[int]:
    """Return the truth table of exclusive or: the classic data that no single line separates.

    Returns:
        The same as `gate("xor")`.

    Source: Minsky and Papert, "Perceptrons" (1969).

    >>> xor().targets
    (0, 1, 1, 0)
    """
    return gate("xor")


@named_options
def moons(samples: int = 100, noise: float = 0.1, seed: int | random.Random = 0) -> Dataset[int]:
    """Return two interleaving half circles of radius 1.

    Class 0 is the upper half of the circle around (0, 0), class 1 the lower half of the circle
    around (1, 0.5). The samples of each class are evenly spaced, then moved by the noise.

    Arguments:
        samples: how many, at least 2; classes are balanced, an odd one goes to class 0.
        noise: standard deviation of the Gaussian noise added to each coordinate, at least 0.
        seed: an int, or a generator to draw from; it decides the noise and the order.

    Returns:
        A Dataset of shape samples x 2, targets 0 and 1, in random order.

    Raises:
        TypeError, ValueError: if an argument is not of the kind, or in the range, given above.

    Source: the geometry of scikit-learn's `make_moons`.

    >>> data = moons(samples=4, noise=0.0)
    >>> for target, (x, y) in sorted(zip(data.targets, data.inputs)):
    ...     print(f"{data.target_names[target]} {x:4.1f} {y:4.1f}")
    upper -1.0  0.0
    upper  1.0  0.0
    lower  0.0  0.5
    lower  2.0  0.5
    """
    upper, lower = _class_sizes("moons", samples, 2)
    curves = [
        [(cos(angle), sin(angle)) for angle in _half_circle(upper)],
        [(1 - cos(angle), 0.5 - sin(angle)) for angle in _half_circle(lower)],
    ]
    return _noisy("moons", curves, ("upper", "lower"), noise, seed)


@named_options
def circles(
    samples: int = 100,
    noise: float = 0.1,
    factor: float = 0.5,
    seed: int | random.Random = 0,
) -> Dataset[int]:
    """Return two circles around (0, 0), one inside the other.

    Class 0 is the outer circle, of radius 1; class 1 the inner one, of radius `factor`. The
    samples of each class are evenly spaced, then moved by the noise.

    Arguments:
        samples: how many, at least 2; classes are balanced, an odd one goes to class 0.
        noise: standard deviation of the Gaussian noise added to each coordinate, at least 0.
        factor: radius of the inner circle, between 0 and 1, both excluded.
        seed: an int, or a generator to draw from; it decides the noise and the order.

    Returns:
        A Dataset of shape samples x 2, targets 0 and 1, in random order.

    Raises:
        TypeError, ValueError: if an argument is not of the kind, or in the range, given above.

    Source: the geometry of scikit-learn's `make_circles`.

    >>> data = circles(samples=5, noise=0.0, factor=0.3)
    >>> sorted((target, round(abs(complex(x, y)), 3)) for (x, y), target in data)
    [(0, 1.0), (0, 1.0), (0, 1.0), (1, 0.3), (1, 0.3)]
    """
    factor = number("circles", "factor", factor, INSIDE_ONE)
    curves = [
        [
            (radius * cos(2 * pi * index / size), radius * sin(2 * pi * index / size))
            for index in range(size)
        ]
        for radius, size in zip((1.0, factor), _class_sizes("circles", samples, 2), strict=True)
    ]
    return _noisy("circles", curves, ("outer", "inner"), noise, seed)


@named_options
def spirals(
    samples: int = 100,
    noise: float = 0.05,
    turns: float = 1.0,
    classes: int = 2,
    seed: int | random.Random = 0,
) -> Dataset[int]:
    """Return spiral arms that wind around each other from the centre to radius 1.

    Class k is the arm whose angle, in turns, is `k / classes + turns * radius`. The samples of
    each class are evenly spaced in radius, then moved by the noise.

    Arguments:
        samples: how many, at least `classes`; classes are balanced, what is left over goes to
            the first ones.
        noise: standard deviation of the Gaussian noise added to each coordinate, at least 0. Two
            neighbouring arms are `1 / (turns * classes)` apart in radius.
        turns: how many times each arm goes round, above 0.
        classes: number of arms, at least 2.
        seed: an int, or a generator to draw from; it decides the noise and the order.

    Returns:
        A Dataset of shape samples x 2, targets 0 to classes - 1, in random order.

    Raises:
        TypeError, ValueError: if an argument is not of the kind, or in the range, given above.

    Source: after Lang and Witbrock, "Learning to Tell Two Spirals Apart" (1988).

    >>> spirals(samples=90, classes=3)
    <Dataset 'spirals': 90 samples, 2 features, 3 classes (arm 0, arm 1, arm 2)>
    """
    classes = integer("spirals", "classes", classes, 2)
    turns = number("spirals", "turns", turns, _TURNS)
    curves = []
    for arm, size in enumerate(_class_sizes("spirals", samples, classes)):
        curve = []
        for index in range(size):
            # From 1 / size, not from 0: at the centre itself all classes would coincide.
            radius = (index + 1) / size
            angle = 2 * pi * (arm / classes + turns * radius)
            curve.append((radius * cos(angle), radius * sin(angle)))
        curves.append(curve)
    return _noisy("spirals", curves, [f"arm {arm}" for arm in range(classes)], noise, seed)


@named_options
def gaussians(
    samples: int = 100, noise: float = 0.5, seed: int | random.Random = 0
) -> Dataset[int]:
    """Return two round clouds: class 0 around (-1, -1), class 1 around (1, 1).

    Arguments:
        samples: how many, at least 2; classes are balanced, an odd one goes to class 0.
        noise: standard deviation of each cloud in each coordinate, at least 0.
        seed: an int, or a generator to draw from; it decides the noise and the order.

    Returns:
        A Dataset of shape samples x 2, targets 0 and 1, in random order.

    Raises:
        TypeError, ValueError: if an argument is not of the kind, or in the range, given above.

    >>> sorted(gaussians(samples=3, noise=0.0))
    [((-1.0, -1.0), 0), ((-1.0, -1.0), 0), ((1.0, 1.0), 1)]
    """
    lower, upper = _class_sizes("gaussians", samples, 2)
    curves = [[(-1.0, -1.0)] * lower, [(1.0, 1.0)] * upper]
    return _noisy("gaussians", curves, ("lower", "upper"), noise, seed)


@named_options
def noisy_xor(
    samples: int = 100, noise: float = 0.2, seed: int | random.Random = 0
) -> Dataset[int]:
    """Return round clouds at the corners of the truth table of exclusive or.

    Class 0 is around (0, 0) and (1, 1), class 1 around (0, 1) and (1, 0).

    Arguments:
        samples: how many, at least 2; classes are balanced, an odd one goes to class 0, and so are
            the two corners of each.
        noise: standard deviation of each cloud in each coordinate, at least 0.
        seed: an int, or a generator to draw from; it decides the noise and the order.

    Returns:
        A Dataset of shape samples x 2, targets 0 and 1, in random order.

    Raises:
        TypeError, ValueError: if an argument is not of the kind, or in the range, given above.

    >>> sorted(noisy_xor(samples=5, noise=0.0))
    [((0.0, 0.0), 0), ((0.0, 0.0), 0), ((0.0, 1.0), 1), ((1.0, 0.0), 1), ((1.0, 1.0), 0)]
    """
    sizes = _class_sizes("noisy_xor", samples, 2)
    corners = [[(0.0, 0.0), (1.0, 1.0)], [(0.0, 1.0), (1.0, 0.0)]]
    curves = [[two[k % 2] for k in range(size)] for two, size in zip(corners, sizes, strict=True)]
    return _noisy("noisy_xor", curves, ("false", "true"), noise, seed)


def _class_sizes(where: str, samples: int, classes: int) -> list[int]:
    samples = integer(where, "samples", samples, classes, "at least one for each class")
    return [samples // classes + (index < samples % classes) for index in range(classes)]


def _half_circle(size: int) -> list[float]:
    # max: a class of one sample sits at the start of its curve.
    return [pi * index / max(size - 1, 1) for index in range(size)]


def _noisy(
    name: str,
    curves: Sequence[Sequence[tuple[float, float]]],
    target_names: Sequence[str],
    noise: float,
    seed: int | random.Random,
) -> Dataset[int]:
    """Return the points of the curves, one class each, moved by Gaussian noise and shuffled."""
    noise = number(name, "noise", noise, NOT_NEGATIVE, "0 leaves every sample on its curve")
    generator = repeatable(name, seed)
    samples = [
        ((x + generator.gauss(0, noise), y + generator.gauss(0, noise)), target)
        for target, curve in enumerate(curves)
        for x, y in curve
    ]
    generator.shuffle(samples)
    inputs, targets = zip(*samples, strict=True)
    return Dataset(name, inputs, targets, ("x", "y"), tuple(target_names))
