"""Dropout draws a mask at every call while training, compiled or not, and lets all pass after."""

import math
import pickle
import random

import pytest

from tinygrad_neuron import Value, losses, nn
from tinygrad_neuron.compiler import compile

pytestmark = pytest.mark.both_targets


def data(values):
    return [v.data for v in values]


# The mask


@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
def test_each_input_is_dropped_with_probability_p_and_else_scaled_so_that_the_mean_stays(p):
    """Of n draws the share deviates by about sqrt(p (1 - p) / n); five times that is allowed."""
    n = 10_000
    outputs = data(nn.Dropout(p, seed=0)([1.0] * n))
    assert set(outputs) == {0.0, 1.0 / (1.0 - p)}
    assert outputs.count(0.0) / n == pytest.approx(p, abs=5 * math.sqrt(p * (1 - p) / n))
    assert sum(outputs) / n == pytest.approx(1.0, abs=0.1)


def test_the_mask_is_new_at_every_call_and_the_same_from_an_equal_seed():
    one, other = nn.Dropout(seed=1), nn.Dropout(seed=1)
    first, second = data(one([1.0] * 50)), data(one([1.0] * 50))
    assert first != second
    assert [first, second] == [data(other([1.0] * 50)), data(other([1.0] * 50))]


def test_the_random_numbers_are_its_own():
    before = random.getstate()
    nn.Dropout()([1.0] * 10)
    nn.Dropout(seed=0)([1.0] * 10)
    assert before == random.getstate()


def test_gradients_pass_where_the_input_did():
    x = [Value(3.0) for _ in range(20)]
    y = nn.Dropout(0.75, seed=2)(x)
    for output in y:
        output.backward()
    assert [v.grad for v in x] == [output.data / 3.0 for output in y]
    assert {v.grad for v in x} == {0.0, 4.0}


def test_one_value_or_number_gives_one_value_and_a_list_a_list():
    dropout = nn.Dropout(0.0)
    assert dropout(Value(2.0)).data == 2.0
    assert dropout(2).data == 2.0
    assert data(dropout((Value(2.0), 3))) == [2.0, 3.0]
    assert data(dropout(v for v in [2.0])) == [2.0]
    assert dropout([]) == []


def test_nested_lists_keep_their_shape():
    rows = nn.Dropout(0.5, seed=1)([[1.0, 1.0], [1.0, 1.0]])
    assert [data(row) for row in rows] == [[0.0, 2.0], [2.0, 0.0]]


def test_with_p_0_everything_passes():
    assert data(nn.Dropout(0.0, seed=0)([1.0, -2.0] * 100)) == [1.0, -2.0] * 100


# Training and evaluation


def test_after_eval_everything_passes_and_no_random_number_is_used_up():
    dropout, twin = nn.Dropout(seed=3), nn.Dropout(seed=3)
    dropout.eval()
    assert data(dropout([1.0, 2.0] * 20)) == [1.0, 2.0] * 20
    dropout.train()
    assert data(dropout([1.0] * 50)) == data(twin([1.0] * 50))


class Network(nn.Module):
    def __init__(self, seed):
        self.hidden = nn.Layer(2, 8, activation="tanh", seed=seed)
        self.dropout = nn.Dropout(0.5, seed=seed)
        self.output = nn.Layer(8, 1, activation="identity", seed=seed)

    def __call__(self, x):
        return self.output(self.dropout(self.hidden(x)))


def test_it_is_part_of_a_model_without_parameters_of_its_own():
    model = Network(seed=0)
    assert len(model.parameters()) == 2 * 8 + 8 + 8 + 1
    assert str(model.dropout.scope) == "dropout"
    assert model.eval().dropout.training is False
    (masked,) = model.dropout([Value(1.0)])
    assert (masked._op, masked._prev[1].label, str(masked.scope)) == ("*", "mask", "dropout")


# Compiled equals eager

POINTS = [([0.5, -1.0], 1.0), ([2.0, 0.25], 0.0), ([-0.5, 0.75], 1.0)]


def test_compiled_equals_eager_with_equal_seeds_over_several_calls():
    eager, model = Network(seed=4), Network(seed=4)
    recorded = []

    @compile
    def output(x):
        recorded.append(x)
        return model(x)

    found = set()
    for _ in range(5):
        for x, _ in POINTS:
            expected, y = eager(x), output(x)
            expected.backward()
            y.backward()
            assert expected.data == y.data
            assert [p.grad for p in eager.parameters()] == [p.grad for p in model.parameters()]
            found.add(y.data)
    assert len(found) > len(POINTS)
    assert len(recorded) == 1


def test_a_change_of_mode_needs_no_new_recording():
    eager, model = Network(seed=5), Network(seed=5)
    recorded = []

    @compile
    def output(x):
        recorded.append(x)
        return model(x)

    for training in (True, False, True, False, False, True):
        eager.train(training)
        model.train(training)
        for x, _ in POINTS:
            assert eager(x).data == output(x).data
    assert len(recorded) == 1


def test_the_mean_over_examples_draws_one_mask_per_example():
    eager, model = Network(seed=6), Network(seed=6)

    def loss(network, x, target):
        return losses.binary_cross_entropy_with_logits(network(x), target)

    compiled = compile(lambda x, target: loss(model, x, target))
    for _ in range(3):
        eager.zero_grad()
        model.zero_grad()
        total = compiled.mean(POINTS)
        total.backward()
        for x, target in POINTS:
            loss(eager, x, target).backward(1.0 / len(POINTS))
        assert [p.grad for p in eager.parameters()] == [p.grad for p in model.parameters()]


def test_a_copy_goes_on_drawing_the_same_masks():
    dropout = nn.Dropout(seed=7)
    dropout([1.0] * 5)
    twin = pickle.loads(pickle.dumps(dropout))
    assert data(dropout([1.0] * 50)) == data(twin([1.0] * 50))


# Bad input


@pytest.mark.parametrize("p", [-0.1, 1, 1.5, math.nan])
def test_a_probability_that_is_out_of_range_is_refused(p):
    with pytest.raises(ValueError, match=f"Dropout: p must be from 0 to less than 1, got {p}"):
        nn.Dropout(p)


@pytest.mark.parametrize("p", ["0.5", None, [0.5]])
def test_a_probability_that_is_no_number_is_refused(p):
    with pytest.raises(TypeError, match="Dropout: p must be a real number, got"):
        nn.Dropout(p)


@pytest.mark.parametrize("bad", ["a", None, [["a"]]])
def test_an_input_that_is_no_number_is_refused(bad):
    with pytest.raises(TypeError, match="must be a real number, got"):
        nn.Dropout()(bad)


def test_a_probability_that_is_set_later_is_checked_too():
    dropout = nn.Dropout(0.5)
    dropout.p = 0.25
    assert dropout.p == 0.25
    with pytest.raises(ValueError, match="Dropout: p must be from 0 to less than 1, got 2"):
        dropout.p = 2
