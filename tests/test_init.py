"""Initialisers draw what the published formulas say, from the given generator and no other."""

import math
import random
import statistics

import pytest

from tinygrad_neuron import init, sigmoid, softmax

FAN_IN, FAN_OUT, DRAWS = 30, 20, 20_000

# Standard deviations: Glorot and Bengio (2010), 2 / (fan_in + fan_out); He et al. (2015),
# 2 / fan_in; a uniform distribution on ±b has b / sqrt(3).
DEVIATIONS = {
    "small_normal": 0.01,
    "uniform": 0.5773502691896258,
    "xavier_uniform": 0.2,
    "xavier_normal": 0.2,
    "he_uniform": 0.2581988897471611,
    "he_normal": 0.2581988897471611,
}
BOUNDS = {"uniform": 1.0, "xavier_uniform": 0.34641016151377546, "he_uniform": 0.4472135954999579}


def drawn(draw, seed=0, count=DRAWS):
    generator = random.Random(seed)
    return [draw(generator, FAN_IN, FAN_OUT) for _ in range(count)]


@pytest.fixture(scope="module")
def samples():
    return {name: drawn(init.initialiser(name)) for name in DEVIATIONS}


@pytest.mark.parametrize("name", DEVIATIONS)
def test_weights_have_mean_0_and_the_published_deviation(samples, name):
    """Of n draws the mean deviates by about s / sqrt(n), the deviation by less than s / sqrt(n):
    five times as much is a matter of one seed in a million."""
    deviation, tolerance = DEVIATIONS[name], 5 / math.sqrt(DRAWS)
    assert statistics.fmean(samples[name]) == pytest.approx(0.0, abs=tolerance * deviation)
    assert statistics.stdev(samples[name]) == pytest.approx(deviation, rel=tolerance)


@pytest.mark.parametrize("name", BOUNDS)
def test_uniform_weights_fill_their_bounds_and_keep_within(samples, name):
    bound = BOUNDS[name] * (1 + 1e-12)
    assert -bound <= min(samples[name]) < -0.999 * bound
    assert 0.999 * bound < max(samples[name]) <= bound


@pytest.mark.parametrize("name", ["small_normal", "xavier_normal", "he_normal"])
def test_normal_weights_have_normal_tails(samples, name):
    within = [abs(x) < DEVIATIONS[name] for x in samples[name]]
    assert sum(within) / DRAWS == pytest.approx(0.6827, abs=0.02)
    assert max(samples[name]) > 3 * DEVIATIONS[name]


@pytest.mark.parametrize(
    "make", [init.xavier_uniform, init.xavier_normal, init.he_uniform, init.he_normal]
)
def test_the_gain_scales_the_weights(make):
    single, double = drawn(make(1.0), count=50), drawn(make(2.0), count=50)
    assert double == pytest.approx([2 * x for x in single], rel=1e-14)


def test_the_deviation_and_the_bounds_can_be_chosen():
    assert statistics.stdev(drawn(init.small_normal(0.5))) == pytest.approx(0.5, rel=0.03)
    weights = drawn(init.uniform(2.0, 3.0))
    assert 2.0 <= min(weights) < 2.01
    assert 2.99 < max(weights) <= 3.0


def test_he_keeps_the_size_of_relu_signals_and_xavier_that_of_linear_ones():
    """The purpose of the formulas: the mean square of a layer's outputs is that of its inputs."""
    generator = random.Random(1)
    for draw, activation in [
        (init.he_normal(), lambda z: max(0.0, z)),
        (init.xavier_normal(), lambda z: z),
    ]:
        x = [generator.gauss(0, 1) for _ in range(300)]
        for _ in range(3):
            x = [activation(sum(draw(generator, 300, 300) * v for v in x)) for _ in range(300)]
        assert 0.5 < statistics.fmean(v * v for v in x) < 2.0


def test_constants_are_constant():
    assert drawn(init.constant(0.5), count=3) == [0.5, 0.5, 0.5]
    assert drawn(init.zeros(), count=3) == [0.0, 0.0, 0.0]


def test_an_initialiser_of_a_name_is_the_one_with_its_defaults():
    for name in init.INITIALISERS:
        by_name, made = init.initialiser(name), getattr(init, name)()
        assert drawn(by_name, count=5) == drawn(made, count=5)


def test_a_function_is_taken_as_it_is():
    def draw(generator, fan_in, fan_out):
        return 1.0

    assert init.initialiser(draw) is draw


# Seeds


@pytest.mark.parametrize("name", DEVIATIONS)
def test_the_same_seed_gives_the_same_weights_and_the_global_state_is_untouched(name):
    before = random.getstate()
    draw = init.initialiser(name)
    assert drawn(draw, seed=1, count=5) == drawn(draw, seed=1, count=5)
    assert drawn(draw, seed=1, count=5) != drawn(draw, seed=2, count=5)
    assert random.getstate() == before


def test_a_generator_as_seed_is_used_itself():
    generator = random.Random(5)
    assert init.generator_of(generator) is generator
    assert init.generator_of(5).random() == generator.random()


def test_no_seed_gives_a_new_generator_each_time():
    assert init.generator_of(None).random() != init.generator_of(None).random()


@pytest.mark.parametrize("seed", ["3", 1.5, [3]])
def test_a_seed_that_is_no_integer_is_refused(seed):
    with pytest.raises(TypeError, match=r"seed must be an integer, a random\.Random or None, got"):
        init.generator_of(seed)


# Priors


@pytest.mark.parametrize("counts", [[1, 1], [3, 1], [10, 30, 60], [1, 2, 3, 4, 5]])
def test_a_softmax_of_the_class_prior_biases_gives_the_frequencies(counts):
    labels = [k for k, count in enumerate(counts) for _ in range(count)]
    probabilities = [p.data for p in softmax(init.class_prior_biases(labels, len(counts)))]
    expected = [count / len(labels) for count in counts]
    assert probabilities == pytest.approx(expected, rel=1e-12)


def test_a_class_without_examples_counts_as_one_half():
    biases = init.class_prior_biases([0, 0, 1], 3)
    assert [math.exp(b) for b in biases] == pytest.approx([2 / 3.5, 1 / 3.5, 0.5 / 3.5])


@pytest.mark.parametrize("p", [1e-12, 0.01, 0.5, 0.9, 0.999])
def test_a_sigmoid_of_the_prior_bias_gives_the_probability(p):
    assert sigmoid(init.prior_bias(p)).data == pytest.approx(p, rel=1e-12)


# Bad input


@pytest.mark.parametrize("bad", [0, -1.0, math.nan])
def test_a_deviation_or_a_gain_that_is_not_positive_is_refused(bad):
    with pytest.raises(ValueError, match=f"small_normal: deviation must be .*0, got {bad}"):
        init.small_normal(bad)
    for make in (init.xavier_uniform, init.xavier_normal, init.he_uniform, init.he_normal):
        with pytest.raises(ValueError, match=f"{make.__name__}: gain must be .*0, got {bad}"):
            make(bad)


@pytest.mark.parametrize(("low", "high"), [(1.0, -1.0), (math.nan, 1.0)])
def test_bounds_in_the_wrong_order_are_refused(low, high):
    with pytest.raises(ValueError, match=f"low must be at most high, got low={low}, high={high}"):
        init.uniform(low, high)


@pytest.mark.parametrize("bad", ["0.5", None])
def test_a_constant_that_is_no_number_is_refused_where_it_is_given(bad):
    with pytest.raises(TypeError, match=r"constant: .*must be a real number, got"):
        init.constant(bad)


def test_an_unknown_initialiser_is_refused_with_the_known_ones_and_the_nearest():
    with pytest.raises(ValueError, match=r"initialiser 'he_norml': .*mean 'he_normal'") as caught:
        init.initialiser("he_norml")
    known = str(caught.value).split("Known: ")[1].split(", ")
    assert known == sorted([*DEVIATIONS, "zeros"])


@pytest.mark.parametrize("name", ["he", "xavier", "normal", "zero"])
def test_part_of_a_name_leads_to_a_name_with_it(name):
    with pytest.raises(ValueError, match=f"did you mean '[a-z_]*{name}[a-z_]*'"):
        init.initialiser(name)


@pytest.mark.parametrize("label", [-1, 2, 0.5, "a"])
def test_a_label_that_is_no_class_is_refused(label):
    with pytest.raises(ValueError, match="a label must be an integer from 0 to 1, got"):
        init.class_prior_biases([0, label], 2)


def test_priors_of_no_labels_or_no_classes_are_refused():
    with pytest.raises(ValueError, match="class_prior_biases of no labels"):
        init.class_prior_biases([], 2)
    with pytest.raises(ValueError, match=r"classes must be .*1 or more, got 0"):
        init.class_prior_biases([0], 0)


@pytest.mark.parametrize("p", [0, 1, -0.1, 1.1, math.nan])
def test_a_prior_probability_at_or_beyond_0_and_1_is_refused(p):
    with pytest.raises(ValueError, match=f"between 0 and 1, both excluded, got {p}"):
        init.prior_bias(p)
