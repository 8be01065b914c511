"""Losses agree with numbers worked out by hand, with plain arithmetic, and with their derivatives.

The references below are written from the definitions, on floats, without the package.
"""

import math
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinygrad_neuron import Value, losses, nn, sigmoid, softmax
from tinygrad_neuron.compiler import compile

TWO_LISTS = [
    losses.mean_squared_error,
    losses.mean_absolute_error,
    losses.huber,
    losses.binary_cross_entropy,
    losses.binary_cross_entropy_with_logits,
    losses.hinge,
]
each_loss = pytest.mark.parametrize("loss", TWO_LISTS, ids=lambda loss: loss.__name__)

number = st.floats(-20, 20)
few = settings(max_examples=60, deadline=None)


def values(numbers):
    return [Value(x) for x in numbers]


def gradients(loss, predictions, *arguments):
    nodes = values(predictions)
    loss(nodes, *arguments).backward()
    return [node.grad for node in nodes]


def close(expected, rel=1e-12, absolute=1e-12):
    return pytest.approx(expected, rel=rel, abs=absolute)


# Worked out by hand


@pytest.mark.parametrize(
    ("loss", "predictions", "targets", "expected"),
    [
        (losses.mean_squared_error, [1.0, 2.0, 5.0], [1.0, 4.0, 2.0], 13 / 3),
        (losses.mean_absolute_error, [1.0, 2.0, 5.0], [1.0, 4.0, 2.0], 5 / 3),
        (losses.huber, [0.5, -3.0, 1.0], [0.0, 0.0, 0.0], (0.125 + 2.5 + 0.5) / 3),
        (losses.hinge, [0.5, 2.0, 0.5, -2.0], [1, 1, -1, -1], (0.5 + 0 + 1.5 + 0) / 4),
        (losses.binary_cross_entropy, [0.25, 0.5], [1, 0], (math.log(4) + math.log(2)) / 2),
        (losses.binary_cross_entropy_with_logits, [0.0, math.log(3)], [1, 0], math.log(8) / 2),
    ],
    ids=lambda x: getattr(x, "__name__", None),
)
def test_a_loss_is_the_mean_over_the_examples_worked_out_by_hand(
    loss, predictions, targets, expected
):
    assert loss(predictions, targets).data == close(expected)
    assert loss(values(predictions), targets).data == close(expected)
    assert loss(values(predictions), values(targets)).data == close(expected)


def test_the_softmax_of_2_and_1_and_one_half():
    probabilities = [p.data for p in softmax([2, 1, 0.5])]
    assert [round(p, 3) for p in probabilities] == [0.629, 0.231, 0.140]
    assert sum(probabilities) == close(1.0)


def test_the_cross_entropy_of_2_and_1_and_one_half():
    assert round(losses.cross_entropy([2.0, 1.0, 0.5], 0).data, 4) == 0.4644
    assert round(losses.cross_entropy([2.0, 1.0, 0.5], 1).data, 4) == 1.4644
    assert round(losses.cross_entropy([2.0, 1.0, 0.5], 2).data, 4) == 1.9644


def test_the_cross_entropy_of_equal_logits_is_the_logarithm_of_the_number_of_classes():
    assert losses.cross_entropy([0.3] * 10, 4).data == close(math.log(10))


def test_the_penalties_of_3_and_minus_4():
    parameters = values([3.0, -4.0])
    assert losses.l1_penalty(parameters, 0.1).data == close(0.7)
    assert losses.l2_penalty(parameters, 0.1).data == close(2.5)
    assert losses.l2_penalty(parameters, 0.0).data == 0.0


def test_the_gradients_of_the_penalties():
    parameters = values([3.0, -4.0, 0.0])
    losses.l1_penalty(parameters, 0.5).backward()
    assert [p.grad for p in parameters] == [0.5, -0.5, 0.0]
    parameters = values([3.0, -4.0, 0.0])
    losses.l2_penalty(parameters, 0.5).backward()
    assert [p.grad for p in parameters] == [3.0, -4.0, 0.0]


def test_a_penalty_takes_the_parameters_of_a_module():
    neuron = nn.Neuron(2, init=lambda generator, fan_in, fan_out: 2.0, bias=1.0)
    assert losses.l2_penalty(neuron.parameters(), 1.0).data == 9.0


# Against plain arithmetic


@few
@given(st.lists(st.tuples(number, number), min_size=1, max_size=6))
def test_the_regression_losses_agree_with_their_definitions(pairs):
    predictions, targets = (list(column) for column in zip(*pairs, strict=True))
    errors, n = [abs(p - t) for p, t in pairs], len(pairs)
    squared = math.fsum(e * e for e in errors) / n
    absolute = math.fsum(errors) / n
    assert losses.mean_squared_error(values(predictions), targets).data == close(squared)
    assert losses.mean_absolute_error(values(predictions), targets).data == close(absolute)
    for delta in (0.5, 1.0, 3.0):
        expected = math.fsum(e * e / 2 if e <= delta else delta * (e - delta / 2) for e in errors)
        assert losses.huber(values(predictions), targets, delta).data == close(expected / n)


@few
@given(st.lists(st.tuples(st.floats(0.001, 0.999), st.floats(0, 1)), min_size=1, max_size=6))
def test_binary_cross_entropy_agrees_with_its_definition(pairs):
    predictions, targets = zip(*pairs, strict=True)
    expected = math.fsum(-(t * math.log(p) + (1 - t) * math.log(1 - p)) for p, t in pairs)
    found = losses.binary_cross_entropy(values(predictions), targets).data
    assert found == close(expected / len(pairs))


@few
@given(st.lists(st.tuples(number, st.sampled_from([-1, 1])), min_size=1, max_size=6))
def test_hinge_agrees_with_its_definition(pairs):
    predictions, targets = zip(*pairs, strict=True)
    expected = math.fsum(max(0.0, 1 - t * s) for s, t in pairs) / len(pairs)
    assert losses.hinge(values(predictions), targets).data == close(expected)


@few
@given(st.lists(number, min_size=1, max_size=6), st.data())
def test_cross_entropy_agrees_with_its_definition(logits, data):
    target = data.draw(st.integers(0, len(logits) - 1))
    expected = -math.log(math.exp(logits[target]) / math.fsum(map(math.exp, logits)))
    assert losses.cross_entropy(values(logits), target).data == close(expected, absolute=1e-12)


@few
@given(st.lists(st.tuples(number, st.integers(0, 9)), min_size=2, max_size=6))
def test_cross_entropy_with_a_distribution_agrees_with_its_definition(pairs):
    logits, weights = zip(*pairs, strict=True)
    total = sum(weights) or 1
    distribution = (
        [w / total for w in weights] if sum(weights) else [1.0] + [0.0] * (len(weights) - 1)
    )
    whole = math.fsum(map(math.exp, logits))
    expected = math.fsum(
        -p * math.log(math.exp(z) / whole) for p, z in zip(distribution, logits, strict=True)
    )
    assert losses.cross_entropy(values(logits), distribution).data == close(expected)


# Forms of the same loss agree


@few
@given(st.lists(st.tuples(st.floats(-15, 15), st.floats(0, 1)), min_size=1, max_size=6))
def test_the_logits_form_equals_the_probability_form_of_the_sigmoid(pairs):
    logits, targets = zip(*pairs, strict=True)
    one, other = values(logits), values(logits)
    direct = losses.binary_cross_entropy_with_logits(one, targets)
    through = losses.binary_cross_entropy([sigmoid(z) for z in other], targets)
    assert direct.data == close(through.data, rel=1e-9)
    direct.backward()
    through.backward()
    assert [z.grad for z in one] == close([z.grad for z in other], rel=1e-8, absolute=1e-9)


@few
@given(number, number, st.integers(0, 1))
def test_cross_entropy_of_two_classes_is_binary_cross_entropy_of_the_difference(a, b, target):
    several = losses.cross_entropy([a, b], target).data
    binary = losses.binary_cross_entropy_with_logits([b - a], [target]).data
    assert several == close(binary, absolute=1e-11)


@pytest.mark.parametrize("target", [0, 1, 2])
def test_a_one_hot_distribution_is_the_same_as_the_class(target):
    logits = [0.3, -1.2, 2.0]
    one_hot = [float(k == target) for k in range(3)]
    by_class = losses.cross_entropy(values(logits), target).data
    assert losses.cross_entropy(values(logits), one_hot).data == close(by_class)


@few
@given(st.lists(number, min_size=2, max_size=5), st.floats(-100, 100))
def test_cross_entropy_does_not_change_when_all_logits_move_together(logits, shift):
    moved = [z + shift for z in logits]
    still = losses.cross_entropy(logits, 0).data
    assert losses.cross_entropy(moved, 0).data == close(still, absolute=1e-11)


def test_a_batch_gives_the_mean_over_its_examples():
    rows, targets = [[1.0, 2.0, 0.0], [0.0, -1.0, 3.0]], [0, 2]
    single = [losses.cross_entropy(row, t).data for row, t in zip(rows, targets, strict=True)]
    assert losses.cross_entropy(rows, targets).data == close(sum(single) / 2)
    assert losses.cross_entropy([values(row) for row in rows], targets).data == close(
        sum(single) / 2
    )
    distributions = [[0.5, 0.25, 0.25], [0.0, 1.0, 0.0]]
    single = [losses.cross_entropy(r, d).data for r, d in zip(rows, distributions, strict=True)]
    assert losses.cross_entropy(rows, distributions).data == close(sum(single) / 2)


def test_a_batch_of_one_may_have_its_target_in_a_list():
    alone = losses.cross_entropy([1.0, 2.0], 1).data
    assert losses.cross_entropy([[1.0, 2.0]], [1]).data == alone


def test_a_numpy_integer_is_welcome_as_class():
    numpy = pytest.importorskip("numpy")
    logits = [1.0, 2.0, 0.0]
    found = losses.cross_entropy(numpy.array(logits), numpy.int64(2)).data
    assert found == losses.cross_entropy(logits, 2).data


@each_loss
def test_a_single_prediction_and_target_need_no_lists(loss):
    assert loss(Value(0.25), 1).data == loss([Value(0.25)], [1]).data


@each_loss
def test_examples_may_come_from_any_iterable(loss):
    predictions, targets = [0.25, 0.75, 0.5], [1, -1, 1] if loss is losses.hinge else [1, 0, 1]
    expected = loss(predictions, targets).data
    assert loss(tuple(predictions), (t for t in targets)).data == expected
    assert loss((Value(p) for p in predictions), targets).data == expected


@pytest.mark.parametrize(
    ("loss", "predictions", "targets"),
    [
        (losses.mean_squared_error, [1.0, 2.0], [1.0, 4.0]),
        (losses.binary_cross_entropy_with_logits, [1.0, 2.0], [1, 0]),
        (losses.hinge, [1.0, 2.0], [1, -1]),
        (losses.cross_entropy, [1.0, 2.0, 0.0], [0.25, 0.5, 0.25]),
        (losses.cross_entropy, [[1.0, 2.0], [0.0, 1.0]], [1, 0]),
        (losses.cross_entropy, [[1.0, 2.0], [0.0, 1.0]], [[0.5, 0.5], [0.0, 1.0]]),
    ],
)
def test_numpy_arrays_are_welcome(loss, predictions, targets):
    numpy = pytest.importorskip("numpy")
    expected = loss(predictions, targets).data
    assert loss(numpy.array(predictions), targets).data == expected
    assert loss(predictions, numpy.array(targets)).data == expected


# Gradient facts


@few
@given(st.lists(number, min_size=2, max_size=6), st.data())
def test_the_gradient_of_cross_entropy_is_probabilities_minus_target(logits, data):
    target = data.draw(st.integers(0, len(logits) - 1))
    whole = math.fsum(map(math.exp, logits))
    expected = [math.exp(z) / whole - (k == target) for k, z in enumerate(logits)]
    assert gradients(losses.cross_entropy, logits, target) == close(expected)


def test_the_gradient_of_cross_entropy_with_a_distribution_is_probabilities_minus_it():
    logits, distribution = [2.0, 1.0, 0.5], [0.2, 0.5, 0.3]
    whole = math.fsum(map(math.exp, logits))
    expected = [math.exp(z) / whole - p for z, p in zip(logits, distribution, strict=True)]
    assert gradients(losses.cross_entropy, logits, distribution) == close(expected)


@few
@given(st.lists(st.tuples(number, st.floats(0, 1)), min_size=1, max_size=6))
def test_the_gradient_of_binary_cross_entropy_with_logits_is_sigmoid_minus_target(pairs):
    logits, targets = zip(*pairs, strict=True)
    expected = [(1 / (1 + math.exp(-z)) - t) / len(pairs) for z, t in pairs]
    assert gradients(losses.binary_cross_entropy_with_logits, logits, targets) == close(expected)


def test_the_gradient_of_mean_squared_error_is_twice_the_error_over_n():
    assert gradients(losses.mean_squared_error, [1.0, 5.0], [3.0, 4.0]) == [-2.0, 1.0]


def test_the_gradient_of_mean_absolute_error_is_the_sign_over_n_and_0_without_error():
    found = gradients(losses.mean_absolute_error, [1.0, 5.0, 2.0, 2.0], [3.0, 4.0, 2.0, 0.0])
    assert found == [-0.25, 0.25, 0.0, 0.25]


def test_the_gradient_of_huber_is_the_error_cut_off_at_delta():
    found = gradients(losses.huber, [0.5, -0.5, 2.0, 9.0, -9.0], [0.0] * 5, 2.0)
    assert found == close([0.1, -0.1, 0.4, 0.4, -0.4])


def test_the_gradient_of_hinge_vanishes_where_the_margin_is_kept():
    found = gradients(losses.hinge, [0.5, 2.0, 1.0, 0.0], [1, 1, 1, -1])
    assert found == [-0.25, 0.0, 0.0, 0.25]


def test_gradients_reach_targets_that_are_values():
    target = Value(3.0)
    losses.mean_squared_error([Value(1.0)], [target]).backward()
    assert target.grad == 4.0


# Extremes


@pytest.mark.parametrize("z", [-1e308, -1e5, -800.0, 800.0, 1e5, 1e308])
@pytest.mark.parametrize("target", [0, 1, 0.25])
def test_binary_cross_entropy_of_extreme_logits_is_finite_with_finite_gradients(z, target):
    node = Value(z)
    loss = losses.binary_cross_entropy_with_logits(node, target)
    loss.backward()
    expected = abs(z) * (1 - target if z > 0 else target)
    assert loss.data == close(expected)
    assert node.grad == close(float(z > 0) - target)


@pytest.mark.parametrize("z", [-40.0, -30.0, 30.0, 40.0, 700.0])
def test_a_confident_and_right_logit_has_the_tiny_loss_it_should(z):
    expected = math.log1p(math.exp(-abs(z)))
    found = losses.binary_cross_entropy_with_logits(z, int(z > 0)).data
    assert found == pytest.approx(expected, rel=1e-12, abs=0.0)


@pytest.mark.parametrize("logits", [[1e308, -1e308, 0.0], [800.0, 0.0, -800.0], [-1e5, -1e5, -2e5]])
def test_cross_entropy_of_extreme_logits_is_finite_with_finite_gradients(logits):
    for target in range(3):
        nodes = values(logits)
        loss = losses.cross_entropy(nodes, target)
        if max(logits) - logits[target] < 1.7e308:
            assert math.isfinite(loss.data)
        loss.backward()
        assert all(math.isfinite(node.grad) for node in nodes)
        assert math.fsum(node.grad for node in nodes) == close(0.0, absolute=1e-9)


@pytest.mark.parametrize("z", [1.0, -1e4, 1e6, -1e9])
def test_cross_entropy_of_equal_logits_depends_on_their_size_only_by_rounding(z):
    """It is logsumexp(logits) - logits[target]: as precise as numbers of that size are."""
    nodes = values([z, z])
    loss = losses.cross_entropy(nodes, 0)
    loss.backward()
    precision = abs(z) * sys.float_info.epsilon
    assert loss.data == close(math.log(2), absolute=precision)
    assert [node.grad for node in nodes] == close([-0.5, 0.5], absolute=precision)


@pytest.mark.parametrize(("p", "target"), [(0.0, 1), (1.0, 0)])
def test_a_probability_that_is_certain_and_wrong_costs_100(p, target):
    node = Value(p)
    loss = losses.binary_cross_entropy(node, target)
    loss.backward()
    assert loss.data == close(100.0)
    assert math.isfinite(node.grad)


@pytest.mark.parametrize(("p", "target"), [(0.0, 0), (1.0, 1)])
def test_a_probability_that_is_certain_and_right_costs_nothing(p, target):
    assert losses.binary_cross_entropy(p, target).data == 0.0


# Bad input


@each_loss
@pytest.mark.parametrize(("left", "right"), [([0.5, 0.5], [1]), ([0.5], [1, 1]), ([], [1])])
def test_lists_of_different_lengths_are_refused(loss, left, right):
    counts = f"got {len(left)} predictions and {len(right)} targets"
    with pytest.raises(ValueError, match=f"{loss.__name__}: as many targets as .*{counts}"):
        loss(left, right)


@each_loss
def test_no_examples_are_refused(loss):
    with pytest.raises(ValueError, match=f"{loss.__name__} of zero examples"):
        loss([], [])


@each_loss
@pytest.mark.parametrize("bad", ["0.5", None])
def test_a_prediction_that_is_no_number_is_refused(loss, bad):
    with pytest.raises(TypeError, match="must be a real number"):
        loss([bad], [1])


@each_loss
def test_of_lists_in_lists_it_is_the_mean_over_all_numbers(loss):
    expected = loss([0.25, 0.5, 0.75, 0.5], [1.0, 1.0, 1.0, 1.0]).data
    rows, ones = [[Value(0.25), 0.5], [0.75, 0.5]], [[1.0, 1.0]] * 2
    assert expected == loss(rows, ones).data == loss([[r] for r in rows], [[o] for o in ones]).data
    column = [[Value(p)] for p in (0.25, 0.5, 0.75, 0.5)]  # as of a layer of one unit
    assert expected == loss(column, [1.0] * 4).data == loss(column, [[1.0]] * 4).data
    np = pytest.importorskip("numpy")
    assert expected == loss(np.array([[0.25, 0.5], [0.75, 0.5]]), np.ones((2, 2))).data
    with pytest.raises(ValueError, match="got 2 predictions and 1 targets"):
        loss(rows, [1.0, 1.0])
    rows.append(rows)
    with pytest.raises(ValueError, match="nested too deeply, or one holds itself"):
        loss(rows, rows)


def test_cross_entropy_of_no_logits_or_no_examples_is_refused():
    with pytest.raises(ValueError, match="cross_entropy of no logits"):
        losses.cross_entropy([], 0)
    with pytest.raises(ValueError, match="cross_entropy of no logits"):
        losses.cross_entropy([[]], [0])
    with pytest.raises(ValueError, match="cross_entropy of "):
        losses.cross_entropy([], [])


@pytest.mark.parametrize("target", [-1, 3, 0.5, math.nan, math.inf])
def test_a_class_that_is_out_of_range_is_refused(target):
    with pytest.raises(ValueError, match=f"must be an integer from 0 to 2 .*, got {target}"):
        losses.cross_entropy([1.0, 2.0, 3.0], target)


@pytest.mark.parametrize("target", ["0", None])
def test_a_class_that_is_no_number_is_refused(target):
    with pytest.raises(TypeError, match="cross_entropy: target must be a real number, got"):
        losses.cross_entropy([1.0, 2.0, 3.0], target)


def test_a_distribution_of_the_wrong_length_sum_or_sign_is_refused():
    with pytest.raises(ValueError, match="expected 2 probabilities, got 3"):
        losses.cross_entropy([1.0, 2.0], [0.5, 0.25, 0.25])
    with pytest.raises(ValueError, match=r"must sum to 1, got 0\.75"):
        losses.cross_entropy([1.0, 2.0], [0.5, 0.25])
    with pytest.raises(ValueError, match=r"must sum to 1, got 0\.75"):
        losses.cross_entropy([1.0, 2.0], values([0.5, 0.25]))
    with pytest.raises(ValueError, match=r"a probability must be from 0 to 1, got -0\.5"):
        losses.cross_entropy([1.0, 2.0], [1.5, -0.5][::-1])


@pytest.mark.parametrize("targets", [[0], [0, 1, 0]])
def test_a_batch_with_too_few_or_too_many_targets_is_refused(targets):
    counts = f"got 2 predictions and {len(targets)} targets"
    with pytest.raises(ValueError, match=f"cross_entropy: as many targets as .*{counts}"):
        losses.cross_entropy([[1.0, 2.0], [2.0, 1.0]], targets)


def test_a_batch_with_a_single_number_as_target_is_refused_by_name():
    with pytest.raises((TypeError, ValueError), match=r"cross_entropy: .*target"):
        losses.cross_entropy([[1.0, 2.0]], 0)


@pytest.mark.parametrize(
    "loss", [losses.binary_cross_entropy, losses.binary_cross_entropy_with_logits]
)
@pytest.mark.parametrize("target", [-1, 2, 1.5, math.nan])
def test_a_binary_target_that_is_out_of_range_is_refused(loss, target):
    for given_target in (target, Value(target)):
        with pytest.raises(ValueError, match=f"a target must be from 0 to 1, got {target}"):
            loss([Value(0.5)], [given_target])


@pytest.mark.parametrize("p", [-0.1, 1.1])
def test_a_probability_that_is_out_of_range_is_refused_and_the_logits_form_named(p):
    for given_probability in (p, Value(p)):
        with pytest.raises(ValueError, match=f"from 0 to 1, got {p}; on logits use .*with_logits"):
            losses.binary_cross_entropy([given_probability], [1])


@pytest.mark.parametrize("target", [0, 2, 0.5, math.nan])
def test_a_hinge_target_other_than_minus_1_and_1_is_refused(target):
    for given_target in (target, Value(target)):
        with pytest.raises(ValueError, match=f"hinge: a target must be -1 or 1, got {target}"):
            losses.hinge([Value(0.5)], [given_target])


@pytest.mark.parametrize("p", [math.nan, Value(math.nan)])
def test_a_probability_that_is_not_a_number_gives_a_loss_that_is_none_either(p):
    assert math.isnan(losses.binary_cross_entropy([p], [1]).data)


@each_loss
def test_a_compiled_loss_of_stand_ins_is_checked_no_further_and_gives_the_same(loss):
    w, examples = Value(0.5), [(0.25, 1.0), (0.75, 1.0)]
    compiled = compile(lambda x, t: loss([w * x], [t]))
    for example in examples:
        assert compiled(*example).data == loss([w * example[0]], [example[1]]).data


@pytest.mark.parametrize("delta", [0, -1.0, math.nan])
def test_a_huber_delta_that_is_not_positive_is_refused(delta):
    with pytest.raises(ValueError, match=f"huber: delta must be greater than 0, got {delta}"):
        losses.huber([1.0], [0.0], delta)


@pytest.mark.parametrize("penalty", [losses.l1_penalty, losses.l2_penalty])
@pytest.mark.parametrize("strength", [-0.1, math.nan])
def test_a_negative_strength_is_refused(penalty, strength):
    with pytest.raises(ValueError, match=f"strength must be 0 or more, got {strength}"):
        penalty([Value(1.0)], strength)
