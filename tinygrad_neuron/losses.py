"""Losses: one number that says how wrong the predictions are. All return the mean over examples.

Predictions and targets are lists (arrays, generators, ...) of equal length, of Values or plain
numbers, or of lists of these, as a model's outputs of several examples; a single prediction with a
single target works too.

>>> from tinygrad_neuron import losses
>>> losses.mean_squared_error([1.0, 2.0], [1.0, 4.0]).data
2.0
"""

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from .checking import (
    NOT_NEGATIVE,
    POSITIVE,
    Rule,
    as_list,
    listed,
    number,
    paired,
    several,
    to_float,
)
from .engine import Operand, Value
from .functions import (
    abs,
    log,
    logsumexp,
    maximum,
    mean,
    minimum,
    relu,
    select,
    softplus,
    sum,
)
from .public import named_options, on_demand

__all__ = [
    "mean_squared_error",
    "mean_absolute_error",
    "huber",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "hinge",
    "l1_penalty",
    "l2_penalty",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = on_demand(__name__)

_SMALLEST = 3.720075976020836e-44  # e^-100: keeps the logarithm of a probability of 0 finite
_TARGET: Rule = ("from 0 to 1", lambda t: 0 <= t <= 1)
_PROBABILITY: Rule = ("from 0 to 1", lambda p: not (p < 0 or p > 1))  # NaN in, NaN out
_SIDE: Rule = ("-1 or 1", lambda t: t in (-1, 1))


@named_options
def mean_squared_error(predictions: Any, targets: Any) -> Value:
    """The mean of (prediction - target)^2, for regression.

    >>> mean_squared_error([1.0, 2.0], [1.0, 4.0]).data
    2.0
    >>> mean_squared_error([[1.0, 2.0], [3.0, 4.0]], [[1.0, 4.0], [3.0, 4.0]]).data
    1.0
    """
    pairs = _pairs("mean_squared_error", predictions, targets)
    return mean([_square(p - t) for p, t in pairs])


@named_options
def mean_absolute_error(predictions: Any, targets: Any) -> Value:
    """The mean of |prediction - target|, for regression with outliers.

    >>> mean_absolute_error([1.0, 2.0], [1.0, 4.0]).data
    1.0
    """
    pairs = _pairs("mean_absolute_error", predictions, targets)
    return mean([abs(p - t) for p, t in pairs])


@named_options
def huber(predictions: Any, targets: Any, delta: float = 1.0) -> Value:
    """The mean of r^2 / 2 for errors |r| up to `delta`, and of delta * (|r| - delta / 2) beyond.

    Source: P. Huber (1964).

    >>> huber([0.5, 3.0], [0.0, 0.0]).data
    1.3125
    """
    _check("huber", "delta", delta, POSITIVE)
    terms = []
    for p, t in _pairs("huber", predictions, targets):
        size = abs(p - t)
        inner = minimum(size, delta)
        terms.append(inner * (size - 0.5 * inner))
    return mean(terms)


@named_options
def binary_cross_entropy(probabilities: Any, targets: Any) -> Value:
    """The mean of -(t log p + (1 - t) log(1 - p)), for probabilities from 0 to 1.

    Targets are from 0 to 1. A probability of exactly 0 or 1 counts as e^-100 away from it; on
    logits `binary_cross_entropy_with_logits` needs no such bound.

    >>> round(binary_cross_entropy([0.5, 0.9], [0, 1]).data, 4)
    0.3993
    """
    name = "binary_cross_entropy"
    terms = []
    for p, t in _pairs(name, probabilities, targets):
        _check(name, "a target", t, _TARGET)
        _check(name, "a probability", p, _PROBABILITY, "on logits use the form with_logits")
        one, zero = log(maximum(p, _SMALLEST)), log(maximum(1 - p, _SMALLEST))
        terms.append(-(t * one + (1 - t) * zero))
    return mean(terms)


@named_options
def binary_cross_entropy_with_logits(logits: Any, targets: Any) -> Value:
    """Binary cross-entropy of sigmoid(z), as t softplus(-z) + (1 - t) softplus(z).

    Nothing overflows or cancels: it is exact however large z is, and however small the loss.

    >>> binary_cross_entropy_with_logits([0.0, 1000.0], [1, 1]).data
    0.34657359027997264
    """
    name = "binary_cross_entropy_with_logits"
    terms = []
    for z, t in _pairs(name, logits, targets):
        _check(name, "a target", t, _TARGET)
        terms.append(t * softplus(-z) + (1 - t) * softplus(z))
    return mean(terms)


@named_options
def cross_entropy(logits: Iterable[Any], target: Any) -> Value:
    """-log softmax(logits)[target], for one example or, with lists of both, the mean over examples.

    **Arguments:** `logits`, one Value or number per class; `target`, the class as an integer from
    0, or a distribution (one probability per class, together 1). For several examples, a list of
    such logits and a list of targets.

    It is logsumexp(logits) - logits[target], and so precise to the last digits of the logits: of
    logits as large as 1e6 the loss has an absolute error of about 1e-10.

    >>> round(cross_entropy([2.0, 1.0, 0.5], 0).data, 4)
    0.4644
    >>> round(cross_entropy([[2.0, 1.0], [0.0, 0.0]], [0, 1]).data, 4)
    0.5032
    """
    name = "cross_entropy"
    logits = listed(name, "logits", logits, "a list with one per class")
    if not logits:
        raise ValueError("cross_entropy of no logits: it takes one per class")
    if several(logits[0]):
        targets = listed(name, "the target of several examples", target, "a list, one per example")
        return mean([cross_entropy(z, t) for z, t in paired(name, "predictions", logits, targets)])
    if several(target):
        return _cross_entropy_of_distribution(logits, list(target))
    if not isinstance(target, Value):
        position = to_float(target, name, "target")
        if position not in range(len(logits)):
            raise ValueError(
                f"cross_entropy: the target must be an integer from 0 to {len(logits) - 1} "
                f"(one of {len(logits)} classes), got {target!r}"
            )
    return logsumexp(logits) - select(logits, target)


def _cross_entropy_of_distribution(logits: list[Any], weights: list[Any]) -> Value:
    name = "cross_entropy"
    if len(weights) != len(logits):
        raise ValueError(f"{name}: expected {len(logits)} probabilities, got {len(weights)}")
    for p in weights:
        _check(name, "a probability", p, _TARGET)
    numbers = [p.data if type(p) is Value else p for p in weights]
    if not any(isinstance(p, Value) for p in numbers):
        total = math.fsum(numbers)
        if not 1 - 1e-6 <= total <= 1 + 1e-6:
            raise ValueError(f"{name}: the probabilities must sum to 1, got {total}")
    whole = logsumexp(logits)
    return sum([p * (whole - z) for p, z in zip(weights, logits, strict=True)])


@named_options
def hinge(scores: Any, targets: Any) -> Value:
    """The mean of max(0, 1 - t * score), for targets of -1 and 1: the max-margin loss.

    >>> hinge([0.5, 2.0], [1, 1]).data
    0.25
    """
    terms = []
    for score, t in _pairs("hinge", scores, targets):
        _check("hinge", "a target", t, _SIDE, "for classes 0 and 1 use 2*t - 1")
        terms.append(relu(1 - t * score))
    return mean(terms)


@named_options
def l1_penalty(parameters: Iterable[Value], strength: float) -> Value:
    """strength * sum of |p|: pulls weights to exactly 0.

    >>> from tinygrad_neuron import Value
    >>> l1_penalty([Value(3.0), Value(-1.0)], 0.5).data
    2.0
    """
    _check("l1_penalty", "strength", strength, NOT_NEGATIVE)
    return strength * sum([abs(p) for p in _parameters("l1_penalty", parameters)])


@named_options
def l2_penalty(parameters: Iterable[Value], strength: float) -> Value:
    """strength * sum of p^2: keeps weights small.

    >>> from tinygrad_neuron import Value
    >>> l2_penalty([Value(3.0), Value(-1.0)], 0.5).data
    5.0
    """
    _check("l2_penalty", "strength", strength, NOT_NEGATIVE)
    return strength * sum([p * p for p in _parameters("l2_penalty", parameters)])


def _parameters(name: str, parameters: Any) -> list[Operand]:
    given = listed(name, "parameters", parameters, "a list of Values, as model.parameters()")
    return [_operand(name, "a parameter", p) for p in given]


def _square(error: Operand) -> Operand:
    """What one would draw: the difference once, and its product with itself."""
    return error * error


def _pairs(name: str, predictions: Any, targets: Any) -> list[tuple[Operand, Operand]]:
    """Each prediction with its target, as Values and floats; of lists in lists all of them."""
    try:
        return list(_all_pairs(name, predictions, targets))
    except RecursionError:
        raise ValueError(f"{name}: lists are nested too deeply, or one holds itself") from None


def _all_pairs(name: str, predictions: Any, targets: Any) -> Iterator[tuple[Operand, Operand]]:
    given, wanted = (
        list(as_list(f"{name}: what it compares", x)) if several(x) else [x]
        for x in (predictions, targets)
    )
    nested = not {*map(type, given), *map(type, wanted)} <= _NUMBERS
    for p, t in paired(name, "predictions", given, wanted):
        if nested and (several(p) or several(t)):
            yield from _all_pairs(name, p, t)
        else:
            yield _operand(name, "a prediction", p), _operand(name, "a target", t)


_NUMBERS = {Value, float, int}


def _operand(name: str, what: str, x: Any) -> Operand:
    return x if isinstance(x, Value) else to_float(x, name, what)


def _check(name: str, what: str, x: Any, rule: Rule, way_out: str = "") -> None:
    """Refuse a number, or a Value with a number, that a rule does not allow."""
    if type(x) is Value:
        x = x.data
    if not isinstance(x, Value):  # else a stand-in while tracing, which has no number
        number(name, what, x, rule, way_out)
