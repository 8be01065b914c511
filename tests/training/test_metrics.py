"""Metrics: accuracy, confusion matrix, precision, recall, r²."""

import math

import pytest

from tinygrad_neuron import Value
from tinygrad_neuron.training import (
    accuracy,
    confusion_matrix,
    precision,
    predicted_class,
    r_squared,
    recall,
)

OUTPUTS = [[2.0, 1.0, 0.0], [0.0, 3.0, 1.0], [0.0, 1.0, 4.0], [5.0, 1.0, 4.0]]
TARGETS = [0, 1, 1, 2]


def test_the_largest_score_wins_and_the_first_of_equals():
    assert [predicted_class(y) for y in OUTPUTS] == [0, 1, 2, 0]
    assert predicted_class([1.0, 1.0]) == 0


def test_a_single_score_is_a_logit_unless_the_threshold_says_otherwise():
    assert (predicted_class(0.3), predicted_class([0.3]), predicted_class(-0.3)) == (1, 1, 0)
    assert (predicted_class(0.3, 0.5), predicted_class(Value(0.7), 0.5)) == (0, 1)


def test_accuracy_counts_what_is_right():
    assert accuracy(OUTPUTS, TARGETS) == 0.5
    assert accuracy([0.2, 0.9], [0, 1], threshold=0.5) == 1.0


def test_rows_of_the_confusion_matrix_are_targets():
    assert confusion_matrix(OUTPUTS, TARGETS) == [[1, 0, 0], [0, 1, 1], [1, 0, 0]]
    assert confusion_matrix([1.0], [1], classes=2) == [[0, 0], [0, 1]]
    with pytest.raises(ValueError, match="class 2 occurs, so classes must not be 2"):
        confusion_matrix(OUTPUTS, TARGETS, classes=2)


def test_precision_and_recall_are_for_one_class():
    assert (precision(OUTPUTS, TARGETS, of=0), recall(OUTPUTS, TARGETS, of=0)) == (0.5, 1.0)
    assert (precision(OUTPUTS, TARGETS, of=1), recall(OUTPUTS, TARGETS, of=1)) == (1.0, 0.5)
    assert math.isnan(precision([-1.0], [0]))
    assert math.isnan(recall([1.0], [0]))


def test_r_squared_is_1_for_the_targets_and_0_for_their_mean():
    targets = [1.0, 2.0, 6.0]
    assert r_squared(targets, targets) == 1.0
    assert r_squared([3.0, 3.0, 3.0], targets) == 0.0
    assert r_squared([[1.0], [2.0], [6.0]], targets) == 1.0
    assert math.isnan(r_squared([1.0, 2.0], [3.0, 3.0]))


@pytest.mark.parametrize("metric", [accuracy, confusion_matrix, precision, recall, r_squared])
def test_unequal_numbers_and_none_at_all_are_refused(metric):
    with pytest.raises(ValueError, match="got 1 outputs and 2 targets"):
        metric([1.0], [1, 0])
    with pytest.raises(ValueError, match="of zero examples"):
        metric([], [])


@pytest.mark.parametrize("outputs", [[math.nan] * 3, [[math.nan, math.nan]] * 3, [[1.0, math.nan]]])
def test_nan_stands_for_no_class(outputs):
    for metric in (accuracy, confusion_matrix, precision, recall):
        options = {"of": 0} if metric is recall else {}
        with pytest.raises(ValueError, match=r"an output is nan \(place . of .\).*smaller lr"):
            metric(outputs, [0] * len(outputs), **options)
    assert math.isnan(r_squared([math.nan, 1.0], [0.0, 1.0]))
    with pytest.raises(ValueError, match="threshold must be a number"):
        predicted_class(1.0, math.nan)
