"""What excites a neuron, what it answers to, what neurons share and how that is taken apart."""

import itertools
import math
import random
from statistics import median

import pytest

from tinygrad_neuron import datasets, interpret, nn
from tinygrad_neuron.nn.shapes import shape

pytestmark = pytest.mark.filterwarnings("error")


# Activation maximisation


def test_the_best_input_of_a_linear_neuron_is_its_weights_over_twice_the_penalty():
    neuron = nn.Neuron(3, activation="identity", weights=[1.0, -2.0, 0.5])
    found = interpret.maximise(neuron, 3, norm=0.25, steps=400)
    assert found.input == pytest.approx([2.0, -4.0, 1.0], abs=1e-3)
    assert found.activation == pytest.approx(neuron(found.input).data)
    assert found.activations[-1] > found.activations[0]


def test_bounds_hold_and_what_lies_beyond_is_cut():
    found = interpret.maximise(lambda x: x[0] - x[1], 2, norm=0.0, bounds=(0.0, 1.0))
    assert found.input == [1.0, 0.0]


def test_total_variation_makes_images_smooth():
    conv = nn.Conv2d(1, 1, 4, seed=0)

    def roughness(total_variation):
        found = interpret.maximise(
            lambda x: conv([x])[0][0][0], (4, 4), total_variation=total_variation
        )
        assert shape(found.input) == (4, 4)
        rows = found.input
        return sum((a - b) ** 2 for row in rows for a, b in itertools.pairwise(row))

    assert roughness(1.0) < 0.1 * roughness(0.0)


def test_nothing_happens_to_the_model_and_equal_seeds_give_equal_inputs():
    model = nn.MLP(4, [3, 2], "tanh", seed=0)
    before = [(p.data, p.grad) for p in model.parameters()]
    one, same = (interpret.maximise(lambda x: model(x)[1], 4, seed=5) for _ in range(2))
    assert one == same
    assert before == [(p.data, p.grad) for p in model.parameters()]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shape": 0}, "each length of the shape must be an integer of 1 or more, got 0"),
        ({"lr": 0.0}, "lr must be greater than 0"),
        ({"norm": -1.0}, "norm must be 0 or more"),
        ({"bounds": (1.0, 0.0)}, "low < high"),
    ],
)
def test_wrong_arguments_of_maximise_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        interpret.maximise(lambda x: x[0], **({"shape": 2} | options))


# Examples


def test_top_examples_are_in_order_with_their_places():
    data = [([k * 7 % 10], k % 3) for k in range(10)]
    most, least = interpret.top_examples(lambda x: 2.0 * x[0], data, count=3)
    assert [one.activation for one in most] == [18.0, 16.0, 14.0]
    assert [one.activation for one in least] == [0.0, 2.0, 4.0]
    assert all(data[one.place] == (one.input, one.target) for one in most + least)


def test_a_detector_answers_to_one_class_and_a_polysemantic_neuron_to_several():
    data = datasets.bars_and_crosses(80, size=5, noise=0.0)

    def units(x):
        rows = [x[k : k + 5] for k in range(0, 25, 5)]
        ink = sum(x[1:], x[0] * 1.0)
        across = sum([a * b for row in rows for a, b in itertools.pairwise(row)], 0.0)
        return [ink, across, x[0] * 0.0]

    found = interpret.responses(units, data)
    assert set(found[0].classes) == {2, 3}  # crosses have more ink
    assert found[0].polysemantic
    assert set(found[1].classes) == {0, 2}  # neighbours in a row
    assert found[2].classes == ()
    assert not found[2].polysemantic
    assert max(found[0].means) == 1.0
    assert min(found[0].means) == 0.0


# Superposition


def test_sparse_features_are_there_as_often_as_asked():
    samples = interpret.sparse_features(8, 4000, sparsity=0.9, seed=0)
    present = [x for sample in samples for x in sample if x]
    assert len(present) / 32000 == pytest.approx(0.1, abs=0.01)
    assert sum(present) / len(present) == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("seed", range(3))
def test_five_sparse_features_share_two_neurons_as_a_pentagon(seed):
    found = interpret.superposition(5, 2, sparsity=0.9, seed=seed, steps=1500)
    assert found.represented == [0, 1, 2, 3, 4]
    assert found.angles == pytest.approx([72.0] * 5, abs=5.0)
    assert max(found.norms) - min(found.norms) < 0.1


@pytest.mark.parametrize("seed", range(3))
def test_of_dense_features_the_two_most_important_are_kept_at_right_angles(seed):
    found = interpret.superposition(5, 2, sparsity=0.0, importance=0.7, seed=seed, steps=1500)
    assert found.represented == [0, 1]
    assert sorted(found.angles) == pytest.approx([90.0, 270.0], abs=3.0)
    assert max(found.norms[2:]) < 0.2


def test_wrong_arguments_of_superposition_are_named():
    with pytest.raises(ValueError, match="one number for each of 5 features, got 2"):
        interpret.superposition(5, 2, importance=[1.0, 2.0])
    with pytest.raises(ValueError, match="sparsity must be from 0 to less than 1, got 1"):
        interpret.superposition(5, 2, sparsity=1, steps=1)
    with pytest.raises(ValueError, match="in a plane only, got 3 neurons"):
        interpret.superposition(2, 3, steps=1).angles  # noqa: B018  # raises


# The sparse autoencoder


def activations_of(directions, generator, samples=6000):
    """Sums of few directions: each is there with a probability of 5 %."""
    found = []
    for x in interpret.sparse_features(len(directions), samples, 0.95, generator):
        if any(x):
            columns = zip(*directions, strict=True)
            found.append(
                [math.fsum(a * d for a, d in zip(x, column, strict=True)) for column in columns]
            )
    return found


@pytest.mark.once
def test_the_autoencoder_finds_the_features_that_share_the_neurons():
    """16 features in 8 neurons, 32 units: at least 90 % recovered, median of five seeds."""
    parts = []
    for seed in range(5):
        made = interpret.superposition(16, 8, sparsity=0.95, steps=2000, seed=seed, target="c")
        truth, generator = made.model.directions, random.Random(seed)
        autoencoder = interpret.SparseAutoencoder(8, 32, seed=seed)
        losses = autoencoder.fit(activations_of(truth, generator), target="c", batch_size=64)
        assert losses[-1] < losses[0]
        parts.append(interpret.recovered(truth, autoencoder))
    assert median(parts) >= 0.9


def test_recovery_is_of_directions_not_lengths():
    truth = [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]]
    assert interpret.recovered(truth, [[5.0, 1.0]]) == pytest.approx(1 / 3)
    assert interpret.recovered(truth, truth) == 1.0
    assert interpret.recovered(truth, [[0.0, 0.0]]) == 0.0


def test_before_training_it_recovers_little():
    generator = random.Random(0)
    truth = [interpret.random_direction(8, generator) for _ in range(16)]
    assert interpret.recovered(truth, interpret.SparseAutoencoder(8, 32, seed=1)) < 0.3
