"""The perceptron learns what a line separates, within Novikoff's bound, and nothing else."""

import math
import random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tinygrad_neuron import datasets, nn


@pytest.mark.parametrize("name", ["and", "or", "nand", "nor", "not"])
def test_it_learns_a_linearly_separable_gate(name):
    gate = datasets.gate(name)
    perceptron = nn.Perceptron(len(gate.inputs[0]))
    run = perceptron.fit(gate)
    assert run.converged is True
    assert list(gate.targets) == [perceptron.predict(x) for x in gate.inputs]


@pytest.mark.parametrize("name", ["xor", "xnor"])
def test_it_never_learns_exclusive_or_and_says_so(name):
    perceptron = nn.Perceptron(2)
    run = perceptron.fit(datasets.gate(name), epochs=200)
    assert run.converged is False
    assert len(run.mistakes) == 200
    assert min(run.mistakes) > 0


def test_training_by_hand_on_and():
    """Rosenblatt's rule from zero weights, three epochs worked out on paper.

    (0,0) (0,1) (1,0) are right at first, (1,1) is a mistake: w = (1, 1), b = 1. In epoch 2 (0,0)
    fires: b = 0; (0,1) fires: w = (1, 0), b = -1; (1,0) gives 0, right; (1,1) gives 0: w = (2, 1),
    b = 0. In epoch 3 (0,1) fires: w = (2, 0), b = -1; (1,0) fires: w = (1, 0), b = -2; (1,1) does
    not: w = (2, 1), b = -1.
    """
    perceptron = nn.Perceptron(2)
    run = perceptron.fit(datasets.gate("and"), epochs=3)
    assert run.mistakes == [1, 3, 3]
    assert run.updates == [
        ((1.0, 1.0), 1.0),
        ((1.0, 1.0), 0.0),
        ((1.0, 0.0), -1.0),
        ((2.0, 1.0), 0.0),
        ((2.0, 0.0), -1.0),
        ((1.0, 0.0), -2.0),
        ((2.0, 1.0), -1.0),
    ]


def test_a_run_that_ends_with_a_single_mistake_has_not_converged():
    run = nn.Perceptron(2).fit(datasets.gate("and"), epochs=1)
    assert (run.mistakes, run.converged) == ([1], False)


def test_one_update_is_recorded_per_mistake_and_the_last_is_what_it_has_learned():
    perceptron = nn.Perceptron(2)
    run = perceptron.fit(datasets.gate("or"))
    assert sum(run.mistakes) == len(run.updates)
    assert run.updates[-1] == (tuple(w.data for w in perceptron.w), perceptron.b.data)


def test_learning_stops_after_the_first_epoch_without_a_mistake():
    run = nn.Perceptron(2).fit(datasets.gate("and"))
    assert run.mistakes[-1] == 0
    assert 0 not in run.mistakes[:-1]


def test_a_perceptron_that_has_learned_makes_no_mistake_when_it_goes_on():
    perceptron = nn.Perceptron(2)
    perceptron.fit(datasets.gate("and"))
    again = perceptron.fit(datasets.gate("and"))
    assert (again.mistakes, again.converged, again.updates) == ([0], True, [])


def test_examples_that_contradict_each_other_are_never_learned():
    run = nn.Perceptron(1).fit([((1.0,), 0), ((1.0,), 1)], epochs=50)
    assert run.converged is False


def test_the_learning_rate_scales_what_is_learned_from_zero_and_no_decision():
    slow, fast = nn.Perceptron(2, lr=0.5), nn.Perceptron(2, lr=4.0)
    examples = [((1.0, 2.0), 1), ((2.0, -1.0), 0), ((-1.0, 1.0), 1), ((0.5, -2.0), 0)]
    assert slow.fit(examples).mistakes == fast.fit(examples).mistakes
    assert [8.0 * w.data for w in slow.w] == [w.data for w in fast.w]


def test_a_point_on_the_line_is_not_above_it():
    perceptron = nn.Perceptron(1)
    perceptron.w[0].data, perceptron.b.data = 1.0, -2.0
    assert [perceptron.predict([x]) for x in (1.0, 2.0, 3.0)] == [0, 0, 1]


def test_it_finds_a_threshold_far_from_the_origin():
    perceptron = nn.Perceptron(1)
    examples = [((float(x),), int(x > 7)) for x in range(11)]
    assert perceptron.fit(examples, epochs=10_000).converged is True
    assert 7.0 <= -perceptron.b.data / perceptron.w[0].data < 8.0


coordinate = st.integers(-100, 100).map(lambda n: n / 10)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 3).flatmap(
        lambda n: st.tuples(
            st.lists(coordinate, min_size=n + 1, max_size=n + 1),
            st.lists(st.lists(coordinate, min_size=n, max_size=n), min_size=1, max_size=25),
        )
    )
)
def test_on_separable_data_the_mistakes_stay_within_the_bound_of_novikoff(problem):
    """At most (R / gamma)^2 mistakes: R the longest example, gamma the margin, both with the 1 of
    the bias as one more coordinate."""
    separator, points = problem
    length = math.hypot(*separator)
    assume(length > 0)
    examples, radius, margin = [], 0.0, math.inf
    for point in points:
        extended = [*point, 1.0]
        side = sum(a * b for a, b in zip(separator, extended, strict=True)) / length
        if abs(side) >= 1.0:  # leaves a corridor around the line empty
            examples.append((tuple(point), int(side > 0)))
            radius = max(radius, math.hypot(*extended))
            margin = min(margin, abs(side))
    assume(examples)
    bound = (radius / margin) ** 2
    run = nn.Perceptron(len(points[0])).fit(examples, epochs=int(bound) + 2)
    assert run.converged is True
    assert sum(run.mistakes) <= bound * (1 + 1e-9)


def test_a_perceptron_is_a_neuron_with_a_step_that_starts_at_zero():
    perceptron = nn.Perceptron(3)
    assert [p.data for p in perceptron.parameters()] == [0.0] * 4
    assert [name for name, _ in perceptron.named_parameters()] == ["w[0]", "w[1]", "w[2]", "b"]
    assert isinstance(perceptron, nn.Neuron)
    assert perceptron([1.0, 2.0, 3.0])._op == "step"
    assert repr(perceptron) == "Perceptron(3, lr=1.0)"


def test_random_weights_to_start_from_come_from_the_seed():
    one, same, other = (nn.Perceptron(3, init="uniform", seed=seed) for seed in (1, 1, 2))
    assert [w.data for w in one.w] == [w.data for w in same.w]
    assert [w.data for w in one.w] != [w.data for w in other.w]


def test_learning_leaves_the_global_random_state_alone():
    before = random.getstate()
    nn.Perceptron(2, init="uniform", seed=0).fit(datasets.gate("and"))
    assert before == random.getstate()


# Bad input: refused before anything is learned


@pytest.mark.parametrize(
    ("examples", "message"),
    [
        ([], "at least one example, got none"),
        ([((0, 1, 1), 1)], "expected 2 inputs, got 3"),
        ([((0, 1), 2)], "a target must be 0 or 1, got 2"),
        ([((0, 1), -1)], "a target must be 0 or 1, got -1"),
        ([((1, 1), 1), ((0, 1), None)], "a target must be 0 or 1, got None"),
    ],
)
def test_bad_examples_are_refused_and_nothing_is_learned(examples, message):
    perceptron = nn.Perceptron(2)
    with pytest.raises(ValueError, match=message):
        perceptron.fit(examples)
    assert [p.data for p in perceptron.parameters()] == [0.0] * 3


def test_an_input_that_is_no_number_is_refused_and_nothing_is_learned():
    perceptron = nn.Perceptron(2)
    with pytest.raises(TypeError, match="Perceptron: an input must be a real number, got str 'a'"):
        perceptron.fit([((1, 1), 1), ((0, "a"), 1)])
    assert [p.data for p in perceptron.parameters()] == [0.0] * 3


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_an_input_that_is_not_finite_is_refused_and_nothing_is_learned(bad):
    perceptron = nn.Perceptron(1)
    with pytest.raises(ValueError, match=f"Perceptron: an input must be .*finite.*, got {bad}"):
        perceptron.fit([((1.0,), 1), ((bad,), 0)])
    assert [p.data for p in perceptron.parameters()] == [0.0, 0.0]


@pytest.mark.parametrize("lr", [0, -1.0, math.nan])
def test_a_learning_rate_that_is_not_positive_is_refused(lr):
    with pytest.raises(ValueError, match="lr must be greater than 0, got"):
        nn.Perceptron(2, lr=lr)


def test_an_infinite_learning_rate_is_refused():
    with pytest.raises(ValueError, match=r"lr must be .*, got inf"):
        nn.Perceptron(2, lr=math.inf)


@pytest.mark.parametrize("epochs", [0, -3])
def test_less_than_one_epoch_is_refused(epochs):
    with pytest.raises(ValueError, match=f"epochs must be .*1 or more, got {epochs}"):
        nn.Perceptron(2).fit(datasets.gate("and"), epochs=epochs)


def test_predict_refuses_the_wrong_number_of_inputs():
    with pytest.raises(ValueError, match="expected 2 inputs, got 3"):
        nn.Perceptron(2).predict([1, 0, 1])
