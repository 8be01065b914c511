"""What layers learn, over five seeds: the median, as the field gives it."""

import random
from statistics import median

import pytest

from tinygrad_neuron import datasets, losses, nn, optim, training

pytestmark = [pytest.mark.both_targets, pytest.mark.once]


def accuracy(model, train, test, code, **options):
    optimiser = optim.Adam(model.parameters(), options.pop("lr"))
    data = list(zip(train.inputs, train.targets, strict=True))
    training.fit(
        model, losses.cross_entropy, data, optimiser, target=code, progress=False, **options
    )
    outputs = [[v.data for v in model(x)] for x in test.inputs]
    return training.accuracy(outputs, test.targets)


def test_digits_are_learned_by_convolution(code):
    found = []
    for seed in range(5):
        generator = random.Random(seed)
        train, test = datasets.train_test_split(datasets.digits(), seed=seed)
        model = nn.Sequential(
            lambda x: [v / 16 for v in x],
            nn.Unflatten(0, (1, 8, 8)),
            nn.Conv2d(1, 4, 3, seed=generator),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(36, 10, seed=generator),
        )
        epochs, lr = (30, 0.01) if code == "c" else (15, 0.02)
        found.append(accuracy(model, train, test, code, epochs=epochs, lr=lr, seed=seed))
    assert median(found) >= 0.94


def test_breast_cancer_is_learned(code):
    found = []
    for seed in range(5):
        generator = random.Random(seed)
        train, test = datasets.standardise(
            *datasets.train_test_split(datasets.breast_cancer(), seed=seed)
        )
        model = nn.Sequential(
            nn.Linear(30, 8, seed=generator), nn.Tanh(), nn.Linear(8, 2, seed=generator)
        )
        found.append(accuracy(model, train, test, code, epochs=10, lr=0.01, seed=seed))
    assert median(found) >= 0.96


def test_bars_and_crosses_are_told_apart_wherever_they_stand(code):
    """Few weights, shared by all places, and only the largest answer to each counts."""
    train, test = datasets.train_test_split(datasets.bars_and_crosses(240, size=6, seed=1), seed=1)
    model = nn.Sequential(
        nn.Unflatten(0, (1, 6, 6)),
        nn.Conv2d(1, 6, 3, seed=0),
        nn.ReLU(),
        nn.MaxPool2d(4),
        nn.Flatten(),
        nn.Linear(6, 4, seed=1),
    )
    assert accuracy(model, train, test, code, epochs=30, lr=0.03) >= 0.9
