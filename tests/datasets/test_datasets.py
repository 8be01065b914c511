"""The data sets: their shape, their geometry, their numbers, and what they refuse."""

import dataclasses
import random
from collections import Counter
from math import atan2, fsum, hypot, inf, nan, pi, sqrt

import pytest

from tinygrad_neuron.datasets import (
    Dataset,
    bars_and_crosses,
    breast_cancer,
    circles,
    digits,
    gate,
    gaussians,
    iris,
    moons,
    noisy_xor,
    spirals,
    standardise,
    train_test_split,
    xor,
)

GENERATORS = pytest.mark.parametrize("generate", [moons, circles, spirals, gaussians, noisy_xor])


def mean(values):
    values = list(values)
    return fsum(values) / len(values)


def points_of(dataset, target):
    return [point for point, label in dataset if label == target]


# Dataset


def test_iterating_yields_pairs_of_input_and_target():
    data = Dataset("line", ((0.0,), (1.0,)), (0, 1))
    assert len(data) == 2
    assert list(data) == [((0.0,), 0), ((1.0,), 1)]


def test_a_dataset_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        iris().targets = ()


def test_repr_tells_size_and_classes_but_no_numbers():
    plain = Dataset("line", ((0.5, 2.0),), (0.25,))
    assert repr(plain) == "<Dataset 'line': 1 sample, 2 features>"
    named = Dataset("one", ((0.5,), (1.5,)), (0, 0), ("x",), ("only",))
    assert repr(named) == "<Dataset 'one': 2 samples, 1 feature, 1 class (only)>"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (((), ()), "has no samples; give at least one input"),
        ((((1.0,),), (0, 1)), "has 1 inputs and 2 targets; give one target for each input"),
        (
            (((1.0,), (1.0, 2.0)), (0, 1)),
            r"inputs\[1\] of data set 'd' has 2 features, inputs\[0\] has 1; give every input",
        ),
        ((((1.0,),), (0,), ("x", "y")), "has 2 feature names and 1 features; give one name"),
        (
            (((1.0,),), (2,), (), ("a", "b")),
            "has target 2 and 2 target names; give targets from 0 to 1, or no target names",
        ),
        ((((1.0,),), (0.5,), (), ("a", "b")), "has target 0.5 and 2 target names"),
    ],
)
def test_a_dataset_whose_parts_do_not_fit_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Dataset("d", *arguments)


# Gates


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("and", lambda a, b: a and b),
        ("or", lambda a, b: a or b),
        ("nand", lambda a, b: not (a and b)),
        ("nor", lambda a, b: not (a or b)),
        ("xor", lambda a, b: a != b),
        ("xnor", lambda a, b: a == b),
    ],
)
def test_a_gate_is_its_truth_table_in_counting_order(name, function):
    data = gate(name)
    assert data.inputs == ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))
    assert data.targets == tuple(int(function(bool(a), bool(b))) for a, b in data.inputs)


def test_not_has_one_input():
    assert list(gate("not")) == [((0.0,), 1), ((1.0,), 0)]


def test_gate_names_may_be_written_in_capitals():
    assert gate("XOR") == gate("xor") == xor()


def test_an_unknown_gate_is_answered_with_the_nearest_and_all_known_names():
    known = "Known: and, nand, nor, not, or, xnor, xor"
    with pytest.raises(ValueError) as caught:
        gate("nadn")
    assert str(caught.value) == f"gate 'nadn': unknown, did you mean 'nand'? {known}"
    with pytest.raises(ValueError) as caught:
        gate("implies")
    assert str(caught.value) == f"gate 'implies': unknown. {known}"


# Generated curves


def test_moons_without_noise_lie_on_two_half_circles():
    data = moons(samples=41, noise=0.0)
    upper, lower = points_of(data, 0), points_of(data, 1)
    assert all(hypot(x, y) == pytest.approx(1) and y >= 0 for x, y in upper)
    assert all(hypot(x - 1, y - 0.5) == pytest.approx(1) and y <= 0.5 for x, y in lower)
    assert (min(upper)[0], max(upper)[0]) == pytest.approx((-1, 1))
    assert (min(lower)[0], max(lower)[0]) == pytest.approx((0, 2))


def test_circles_without_noise_have_radius_1_and_factor_and_no_doubled_point():
    data = circles(samples=40, noise=0.0, factor=0.3)
    assert [hypot(x, y) for x, y in points_of(data, 0)] == pytest.approx([1.0] * 20)
    assert [hypot(x, y) for x, y in points_of(data, 1)] == pytest.approx([0.3] * 20)
    assert len({(round(x, 9), round(y, 9)) for x, y in data.inputs}) == 40


def test_spirals_without_noise_wind_as_often_as_told():
    data = spirals(samples=60, noise=0.0, turns=1.5, classes=3)
    for (x, y), target in data:
        turns = atan2(y, x) / (2 * pi) - target / 3 - 1.5 * hypot(x, y)
        assert turns == pytest.approx(round(turns), abs=1e-9)
    assert max(hypot(x, y) for x, y in data.inputs) == pytest.approx(1)
    assert data.target_names == ("arm 0", "arm 1", "arm 2")


@GENERATORS
def test_noise_is_gaussian_with_the_given_standard_deviation(generate):
    clean = generate(samples=2000, noise=0.0, seed=3)
    noisy = generate(samples=2000, noise=0.25, seed=3)
    assert clean.targets == noisy.targets
    moves = [
        moved - exact
        for exact_point, moved_point in zip(clean.inputs, noisy.inputs, strict=True)
        for exact, moved in zip(exact_point, moved_point, strict=True)
    ]
    assert mean(moves) == pytest.approx(0, abs=0.02)
    assert sqrt(mean(move**2 for move in moves)) == pytest.approx(0.25, rel=0.05)
    assert mean(abs(move) < 0.25 for move in moves) == pytest.approx(0.683, abs=0.03)


@GENERATORS
def test_classes_are_balanced_and_the_odd_sample_goes_to_the_first(generate):
    assert Counter(generate(samples=10).targets) == {0: 5, 1: 5}
    assert Counter(generate(samples=11).targets) == {0: 6, 1: 5}
    assert Counter(generate(samples=2).targets) == {0: 1, 1: 1}


def test_what_is_left_over_goes_to_the_first_classes():
    assert Counter(spirals(samples=14, classes=4).targets) == {0: 4, 1: 4, 2: 3, 3: 3}


@GENERATORS
def test_features_are_floats_and_rows_are_shuffled(generate):
    data = generate(samples=100)
    assert {type(feature) for point in data.inputs for feature in point} == {float}
    assert list(data.targets) != sorted(data.targets)
    assert data.feature_names == ("x", "y")


@GENERATORS
def test_the_same_seed_gives_the_same_data_and_another_seed_other_data(generate):
    assert generate(seed=5) == generate(seed=5) == generate(seed=random.Random(5))
    assert generate(seed=5) != generate(seed=6)


def test_a_generator_is_drawn_from_so_that_the_next_data_differ():
    generator = random.Random(5)
    assert moons(seed=generator) != moons(seed=generator)


def test_global_random_state_is_left_alone():
    before = random.getstate()
    for dataset in (moons(), circles(), spirals(), xor(), iris()):
        train_test_split(dataset)
    assert random.getstate() == before


@pytest.mark.parametrize("noise", [-0.1, nan, inf])
@GENERATORS
def test_noise_that_is_negative_or_not_finite_is_refused(generate, noise):
    with pytest.raises(ValueError, match=rf"^\w+: noise must be (0 or more|finite), got {noise}"):
        generate(noise=noise)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: moons(samples=1),
            ValueError,
            "moons: samples must be an integer of 2 or more, got 1; at least one for each class",
        ),
        (
            lambda: circles(samples=9.5),
            ValueError,
            "circles: samples must be an integer .*, got 9.5",
        ),
        (lambda: spirals(samples=3, classes=4), ValueError, "spirals: samples .* 4 or more, got 3"),
        (lambda: spirals(classes=1), ValueError, "spirals: classes .* 2 or more, got 1"),
        (
            lambda: spirals(turns=0),
            ValueError,
            "spirals: turns must be greater than 0 and at most 1,000,000, got 0",
        ),
        (
            lambda: spirals(turns=inf),
            ValueError,
            "spirals: turns must be greater than 0 and at most 1,000,000, got inf",
        ),
        (lambda: circles(factor=1.0), ValueError, "circles: factor .* less than 1, got 1.0"),
        (lambda: circles(factor=0), ValueError, "circles: factor must be greater than 0 .* got 0"),
        (lambda: moons(noise="0.1"), TypeError, "moons: noise must be a real number"),
        (
            lambda: moons(seed=None),
            TypeError,
            "moons: seed must be an integer or a random.Random, got",
        ),
    ],
)
def test_an_argument_that_is_not_allowed_is_named_with_its_value_and_its_range(
    call, error, message
):
    with pytest.raises(error, match=f"^{message}"):
        call()


# Real data


def test_iris_is_fishers_table():
    data = iris()
    assert [len(point) for point in data.inputs] == [4] * 150
    assert data.targets == (0,) * 50 + (1,) * 50 + (2,) * 50
    assert data.target_names == ("setosa", "versicolor", "virginica")
    assert data.inputs[0] == (5.1, 3.5, 1.4, 0.2)
    assert data.inputs[149] == (5.9, 3.0, 5.1, 1.8)
    # The samples that the copy in the UCI repository has wrong.
    assert data.inputs[34] == (4.9, 3.1, 1.5, 0.2)
    assert data.inputs[37] == (4.9, 3.6, 1.4, 0.1)


@pytest.mark.parametrize(
    ("target", "published"),
    [
        # Fisher (1936), means of the three species.
        (0, (5.006, 3.428, 1.462, 0.246)),
        (1, (5.936, 2.770, 4.260, 1.326)),
        (2, (6.588, 2.974, 5.552, 2.026)),
    ],
)
def test_iris_has_the_means_that_fisher_published(target, published):
    columns = zip(*points_of(iris(), target), strict=True)
    assert tuple(mean(column) for column in columns) == pytest.approx(published, abs=1e-9)


def test_digits_are_the_test_part_of_the_uci_repository():
    data = digits()
    assert [len(image) for image in data.inputs] == [64] * 1797
    # Counts published with the data, in optdigits.names.
    published = dict(enumerate([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]))
    assert Counter(data.targets) == published
    assert {pixel for image in data.inputs for pixel in image} == set(map(float, range(17)))
    assert sum(map(sum, data.inputs)) == 561718
    assert data.targets[:10] == tuple(range(10))
    assert [data.inputs[0][start : start + 8] for start in range(0, 64, 8)] == [
        (0, 0, 5, 13, 9, 1, 0, 0),
        (0, 0, 13, 15, 10, 15, 5, 0),
        (0, 3, 15, 2, 0, 11, 8, 0),
        (0, 4, 12, 0, 0, 8, 8, 0),
        (0, 5, 8, 0, 0, 9, 8, 0),
        (0, 4, 11, 0, 1, 12, 7, 0),
        (0, 2, 14, 5, 10, 12, 0, 0),
        (0, 0, 6, 13, 10, 0, 0, 0),
    ]


def test_breast_cancer_is_the_diagnostic_data_of_wisconsin():
    data = breast_cancer()
    assert [len(point) for point in data.inputs] == [30] * 569
    assert Counter(data.targets) == {0: 212, 1: 357}  # published with the data, in wdbc.names
    # Published with scikit-learn's copy: the least and the largest of some features, rounded.
    columns = dict(zip(data.feature_names, zip(*data.inputs, strict=True), strict=True))
    for name, least, largest in [
        ("mean radius", 6.981, 28.11),
        ("mean texture", 9.71, 39.28),
        ("worst area", 185.2, 4254.0),
        ("worst fractal dimension", 0.055, 0.208),
    ]:
        assert min(columns[name]) == pytest.approx(least, abs=5.1e-4)
        assert max(columns[name]) == pytest.approx(largest, abs=5.1e-4)


def test_feature_names_tell_what_and_where():
    assert iris().feature_names == (
        "sepal length (cm)",
        "sepal width (cm)",
        "petal length (cm)",
        "petal width (cm)",
    )
    assert digits().feature_names[8 * 2 + 5] == "pixel_2_5"


@pytest.mark.parametrize("load", [iris, digits, breast_cancer])
def test_real_data_are_floats_with_integer_classes_and_read_once(load):
    data = load()
    assert {type(feature) for point in data.inputs for feature in point} == {float}
    assert {type(target) for target in data.targets} == {int}
    assert load() is data


# Small images


def test_bars_and_crosses_stand_anywhere_with_the_ink_of_their_kind():
    data = bars_and_crosses(samples=403, size=8, noise=0.0)
    assert Counter(data.targets) == {0: 101, 1: 101, 2: 101, 3: 100}
    ink = {target: {sum(point) for point in points_of(data, target)} for target in range(4)}
    assert ink == {0: {5.0}, 1: {5.0}, 2: {9.0}, 3: {9.0}}
    assert {pixel for image in data.inputs for pixel in image} == {0.0, 1.0}
    # Each kind at each of the four times four places.
    places = {(target, image) for image, target in data}
    assert len(places) == 16 * 4


def test_bars_and_crosses_are_equal_for_equal_seeds_and_have_the_noise_asked_for():
    assert bars_and_crosses(seed=3) == bars_and_crosses(seed=3) != bars_and_crosses(seed=4)
    ground = [p for image in bars_and_crosses(noise=0.2).inputs for p in image if p < 0.5]
    assert sqrt(mean(p * p for p in ground)) == pytest.approx(0.2, rel=0.05)
    for wrong in ({"samples": 3}, {"size": 4}, {"noise": -1.0}):
        with pytest.raises(ValueError, match="must be"):
            bars_and_crosses(**wrong)


# Splitting


@pytest.mark.parametrize("stratify", [True, False])
def test_a_split_is_a_partition(stratify):
    data = iris()
    train, test = train_test_split(data, test_fraction=0.3, seed=2, stratify=stratify)
    assert (len(train), len(test)) == (105, 45)
    assert Counter(train) + Counter(test) == Counter(data)
    assert train.feature_names == test.feature_names == data.feature_names
    assert train.target_names == test.target_names == data.target_names
    assert (train.name, test.name) == ("iris, train", "iris, test")


def test_a_stratified_split_keeps_the_proportion_of_classes():
    train, test = train_test_split(iris(), test_fraction=0.2)
    assert Counter(train.targets) == {0: 40, 1: 40, 2: 40}
    assert Counter(test.targets) == {0: 10, 1: 10, 2: 10}
    _, test = train_test_split(digits(), test_fraction=0.25)
    # A quarter of 178, 182, 177 and so on, to the nearest whole number.
    assert [Counter(test.targets)[digit] for digit in range(10)] == [
        *(44, 46, 44, 46, 45),
        *(46, 45, 45, 44, 45),
    ]


def test_both_parts_are_shuffled():
    for part in train_test_split(iris()):
        assert list(part.targets) != sorted(part.targets)


def test_an_unstratified_split_draws_from_all_classes_together():
    counts = {
        Counter(train_test_split(iris(), seed=seed, stratify=False)[1].targets)[0]
        for seed in range(10)
    }
    assert len(counts) > 1


def test_the_same_seed_gives_the_same_split():
    data = moons()
    assert train_test_split(data, seed=4) == train_test_split(data, seed=4)
    assert train_test_split(data, seed=4) == train_test_split(data, seed=random.Random(4))
    assert train_test_split(data, seed=4) != train_test_split(data, seed=5)


@pytest.mark.parametrize("fraction", [0.01, 0.99])
def test_every_class_is_in_both_parts_however_small(fraction):
    train, test = train_test_split(xor(), test_fraction=fraction)
    assert Counter(train.targets) == Counter(test.targets) == {0: 1, 1: 1}


def test_floats_to_regress_on_are_split_without_stratification():
    line = Dataset("line", ((1.0,), (2.0,), (3.0,), (4.0,)), (0.1, 0.2, 0.3, 0.4))
    train, test = train_test_split(line, test_fraction=0.25, stratify=False)
    assert (len(train), len(test)) == (3, 1)
    with pytest.raises(
        ValueError,
        match=r"target 0\.\d of data set 'line' has only one sample; .*"
        "pass stratify=False",
    ):
        train_test_split(line)


@pytest.mark.parametrize("fraction", [0, 1.0, -0.2, 20, nan])
def test_a_test_fraction_outside_0_to_1_is_refused(fraction):
    with pytest.raises(
        ValueError, match=f"test_fraction must be greater than 0 and less than 1, got {fraction}"
    ):
        train_test_split(iris(), test_fraction=fraction)


def test_a_single_sample_cannot_be_split():
    with pytest.raises(ValueError, match="'one' has only one sample; splitting needs two or more"):
        train_test_split(Dataset("one", ((1.0,),), (0,)), stratify=False)


# Standardising


def test_standardised_train_has_mean_0_and_standard_deviation_1():
    (train,) = standardise(iris())
    for column in zip(*train.inputs, strict=True):
        assert mean(column) == pytest.approx(0, abs=1e-12)
        assert sqrt(mean(feature**2 for feature in column)) == pytest.approx(1)
    assert train.targets == iris().targets
    assert train.name == "iris, standardised"


def test_others_are_scaled_by_the_train_set():
    train = Dataset("train", ((1.0, 10.0), (3.0, 30.0)), (0, 1))
    test = Dataset("test", ((5.0, 20.0),), (0,))
    assert [data.inputs for data in standardise(train, test, train)] == [
        ((-1.0, -1.0), (1.0, 1.0)),
        ((3.0, 0.0),),
        ((-1.0, -1.0), (1.0, 1.0)),
    ]


def test_a_constant_feature_becomes_exactly_0():
    # The mean of three times 0.7, rounded, is not 0.7.
    train = Dataset("train", ((0.7,), (0.7,), (0.7,)), (0, 1, 0))
    test = Dataset("test", ((1.2,),), (0,))
    scaled_train, scaled_test = standardise(train, test)
    assert scaled_train.inputs == ((0.0,), (0.0,), (0.0,))
    assert scaled_test.inputs == ((0.5,),)


def test_data_with_other_features_cannot_be_standardised_together():
    with pytest.raises(
        ValueError, match="'xor' has 2 features, 'iris' has 4; give data sets with the same"
    ):
        standardise(iris(), xor())
