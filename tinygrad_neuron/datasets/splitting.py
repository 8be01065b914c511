"""What happens to data before training: setting a test part aside, and scaling the features."""

import random
from collections.abc import Sequence
from dataclasses import replace
from math import fsum, sqrt
from typing import Any

from ..checking import INSIDE_ONE, described, flag, number, repeatable
from ..public import named_options
from .dataset import Dataset, Target


@named_options
def train_test_split(
    dataset: Dataset[Target],
    test_fraction: float = 0.2,
    seed: int | random.Random = 0,
    stratify: bool = True,
) -> tuple[Dataset[Target], Dataset[Target]]:
    """Return the samples in random order, in two parts: one to train on, one to test on.

    Arguments:
        dataset: the samples to split.
        test_fraction: the part to set aside for testing, between 0 and 1, both excluded.
        seed: an int, or a generator to draw from.
        stratify: whether to split each class by itself, so that both parts hold the classes in
            the same proportion. False takes all samples together; use it for targets that are
            not classes.

    Returns:
        (train, test). Of each class the test part gets the whole number nearest to
        `test_fraction` of it, but at least one sample, and never all.

    Raises:
        TypeError, ValueError: if `test_fraction` or `seed` is not as given above, or a class has
            only one sample.

    >>> from tinygrad_neuron.datasets import moons
    >>> train, test = train_test_split(moons(samples=50), test_fraction=0.2)
    >>> len(train), len(test), sum(test.targets)
    (40, 10, 5)
    """
    test_fraction = number("train_test_split", "test_fraction", test_fraction, INSIDE_ONE)
    dataset = _checked("train_test_split", "dataset", dataset)
    flag("train_test_split", "stratify", stratify)
    shuffled = list(range(len(dataset)))
    repeatable("train_test_split", seed).shuffle(shuffled)

    groups: dict[Target | None, list[int]] = {}
    for index in shuffled:
        groups.setdefault(dataset.targets[index] if stratify else None, []).append(index)
    for target, group in groups.items():
        if len(group) < 2:
            raise ValueError(
                f"target {target} of data set {dataset.name!r} has only one sample; splitting "
                "needs at least two of each: add samples, or pass stratify=False"
                if stratify
                else f"data set {dataset.name!r} has only one sample; splitting needs two or more"
            )
    test = {
        index
        for group in groups.values()
        for index in group[: min(max(round(test_fraction * len(group)), 1), len(group) - 1)]
    }
    return (
        _select(dataset, "train", [index for index in shuffled if index not in test]),
        _select(dataset, "test", [index for index in shuffled if index in test]),
    )


def standardise(train: Dataset[Target], *others: Dataset[Target]) -> tuple[Dataset[Target], ...]:
    """Return the data sets with every feature scaled to mean 0 and standard deviation 1 in `train`.

    The other data sets are scaled with the mean and standard deviation of `train` too, because
    nothing may be learned from test data, not even its mean. In short:
    `(feature - mean) / standard_deviation`, where the standard deviation divides by the number of
    samples. A feature that is constant in `train` is only shifted (divided by 1).

    Arguments:
        train: the samples to take mean and standard deviation from.
        others: any number of data sets with the same features, usually the test part.

    Returns:
        As many data sets as were given, in the same order: always a tuple, also for one.

    Raises:
        ValueError: if a data set has another number of features than `train`.

    >>> from tinygrad_neuron.datasets import Dataset
    >>> train = Dataset("train", ((1.0, 7.0), (3.0, 7.0)), (0, 1))
    >>> test = Dataset("test", ((4.0, 8.0),), (1,))
    >>> train, test = standardise(train, test)
    >>> train.inputs
    ((-1.0, 0.0), (1.0, 0.0))
    >>> test.inputs
    ((2.0, 1.0),)
    """
    for dataset in (train, *others):
        _checked("standardise", "a data set", dataset)
    scales = [_mean_and_deviation(column) for column in zip(*train.inputs, strict=True)]
    for other in others:
        if len(other.inputs[0]) != len(scales):
            raise ValueError(
                f"data set {other.name!r} has {len(other.inputs[0])} features, {train.name!r} has "
                f"{len(scales)}; give data sets with the same features"
            )
    return tuple(
        replace(
            dataset,
            name=f"{dataset.name}, standardised",
            inputs=tuple(
                tuple(
                    (feature - mean) / deviation
                    for feature, (mean, deviation) in zip(row, scales, strict=True)
                )
                for row in dataset.inputs
            ),
        )
        for dataset in (train, *others)
    )


def _checked(where: str, what: str, dataset: Any) -> Any:
    if not isinstance(dataset, Dataset):
        raise TypeError(
            f"{where}: {what} must be a Dataset, got {described(dataset)}; from_arrays makes one"
        )
    return dataset


def _select(dataset: Dataset[Target], part: str, indices: Sequence[int]) -> Dataset[Target]:
    return replace(
        dataset,
        name=f"{dataset.name}, {part}",
        inputs=tuple(dataset.inputs[index] for index in indices),
        targets=tuple(dataset.targets[index] for index in indices),
    )


def _mean_and_deviation(column: Sequence[float]) -> tuple[float, float]:
    # Asked of the numbers, not of the deviation: rounding gives (0.7, 0.7, 0.7) a mean that is
    # not quite 0.7, and dividing by the tiny deviation that follows would blow the rest up to 1.
    if min(column) == max(column):
        return column[0], 1.0
    mean = fsum(column) / len(column)
    return mean, sqrt(fsum((feature - mean) ** 2 for feature in column) / len(column))
