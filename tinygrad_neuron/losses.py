"""Losses: one number that says how wrong the predictions are. All return the mean over examples.

Predictions and targets are lists of equal length; a single prediction with a single target works
too. Plain-number targets are checked; a target may also be a Value.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from .engine import Operand, Value, to_float
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

_SMALLEST = 3.720075976020836e-44  # e^-100: keeps the logarithm of a probability of 0 finite


def mean_squared_error(predictions: Any, targets: Any) -> Value:
    """The mean of (prediction - target)^2, for regression.

    >>> mean_squared_error([1.0, 2.0], [1.0, 4.0]).data
    2.0
    """
    pairs = _pairs("mean_squared_error", predictions, targets)
    return mean([(p - t) * (p - t) for p, t in pairs])


def mean_absolute_error(predictions: Any, targets: Any) -> Value:
    """The mean of |prediction - target|, for regression with outliers.

    >>> mean_absolute_error([1.0, 2.0], [1.0, 4.0]).data
    1.0
    """
    pairs = _pairs("mean_absolute_error", predictions, targets)
    return mean([abs(p - t) for p, t in pairs])


def huber(predictions: Any, targets: Any, delta: float = 1.0) -> Value:
    """The mean of r^2 / 2 for errors |r| up to `delta`, and of delta * (|r| - delta / 2) beyond.

    Source: P. Huber (1964).

    >>> huber([0.5, 3.0], [0.0, 0.0]).data
    1.3125
    """
    if not delta > 0:
        raise ValueError(f"huber: delta must be greater than 0, got {delta}")
    terms = []
    for p, t in _pairs("huber", predictions, targets):
        size = abs(p - t)
        inner = minimum(size, delta)
        terms.append(inner * (size - 0.5 * inner))
    return mean(terms)


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
        _in_range(name, "a target", t, 0.0, 1.0)
        _in_range(name, "a probability", p, 0.0, 1.0, "on logits use the form with_logits")
        one, zero = log(maximum(p, _SMALLEST)), log(maximum(1 - p, _SMALLEST))
        terms.append(-(t * one + (1 - t) * zero))
    return mean(terms)


def binary_cross_entropy_with_logits(logits: Any, targets: Any) -> Value:
    """Binary cross-entropy of sigmoid(z), as softplus(z) - t * z: exact however large z is.

    >>> binary_cross_entropy_with_logits([0.0, 1000.0], [1, 1]).data
    0.34657359027997264
    """
    name = "binary_cross_entropy_with_logits"
    terms = []
    for z, t in _pairs(name, logits, targets):
        _in_range(name, "a target", t, 0.0, 1.0)
        terms.append(softplus(z) - t * z)
    return mean(terms)


def cross_entropy(logits: Sequence[Any], target: Any) -> Value:
    """-log softmax(logits)[target], for one example or, with lists of both, the mean over examples.

    **Arguments:** `logits`, one Value or number per class; `target`, the class as an integer from
    0, or a distribution (one probability per class, together 1). For several examples, a list of
    such logits and a list of targets.

    >>> round(cross_entropy([2.0, 1.0, 0.5], 0).data, 4)
    0.4644
    >>> round(cross_entropy([[2.0, 1.0], [0.0, 0.0]], [0, 1]).data, 4)
    0.5032
    """
    if len(logits) == 0:
        raise ValueError("cross_entropy of no logits: it takes one per class")
    if not isinstance(logits[0], Value) and isinstance(logits[0], Iterable):
        examples = list(zip(logits, _same_length("cross_entropy", logits, target), strict=True))
        return mean([cross_entropy(z, t) for z, t in examples])
    if isinstance(target, Iterable) and not isinstance(target, Value | str):
        weights = list(target)
        if len(weights) != len(logits):
            raise ValueError(
                f"cross_entropy: expected {len(logits)} probabilities, got {len(weights)}"
            )
        if not any(isinstance(p, Value) for p in weights):
            for p in weights:
                _in_range("cross_entropy", "a probability", p, 0.0, 1.0)
            total = sum(weights).data
            if not 1 - 1e-6 <= total <= 1 + 1e-6:
                raise ValueError(f"cross_entropy: the probabilities must sum to 1, got {total}")
        whole = logsumexp(logits)
        return sum([p * (whole - z) for p, z in zip(weights, logits, strict=True)])
    if not isinstance(target, Value):
        position = to_float(target, "cross_entropy", "target")
        if position not in range(len(logits)):
            raise ValueError(
                f"cross_entropy: the target must be an integer from 0 to {len(logits) - 1} "
                f"(one of {len(logits)} classes), got {target!r}"
            )
    return logsumexp(logits) - select(logits, target)


def hinge(scores: Any, targets: Any) -> Value:
    """The mean of max(0, 1 - t * score), for targets of -1 and 1: the max-margin loss.

    >>> hinge([0.5, 2.0], [1, 1]).data
    0.25
    """
    terms = []
    for score, t in _pairs("hinge", scores, targets):
        if not isinstance(t, Value) and t not in (-1, 1):
            raise ValueError(f"hinge: a target must be -1 or 1, got {t!r}; for classes use 2*t - 1")
        terms.append(relu(1 - t * score))
    return mean(terms)


def l1_penalty(parameters: Iterable[Value], strength: float) -> Value:
    """strength * sum of |p|: pulls weights to exactly 0.

    >>> l1_penalty([Value(3.0), Value(-1.0)], 0.5).data
    2.0
    """
    return _strength("l1_penalty", strength) * sum([abs(p) for p in parameters])


def l2_penalty(parameters: Iterable[Value], strength: float) -> Value:
    """strength * sum of p^2: keeps weights small.

    >>> l2_penalty([Value(3.0), Value(-1.0)], 0.5).data
    5.0
    """
    return _strength("l2_penalty", strength) * sum([p * p for p in parameters])


def _strength(name: str, strength: float) -> float:
    if not strength >= 0:
        raise ValueError(f"{name}: strength must be 0 or more, got {strength}")
    return strength


def _pairs(name: str, predictions: Any, targets: Any) -> list[tuple[Value, Operand]]:
    several = isinstance(predictions, Iterable) and not isinstance(predictions, Value)
    left = list(predictions) if several else [predictions]
    right = list(targets) if several and isinstance(targets, Iterable) else [targets]
    _same_length(name, left, right)
    if not left:
        raise ValueError(f"{name} of zero examples: it takes at least one")
    return list(zip(left, right, strict=True))


def _same_length(name: str, predictions: Sequence[Any], targets: Any) -> Sequence[Any]:
    count = len(targets) if isinstance(targets, Sequence) else 1
    if len(predictions) != count:
        raise ValueError(
            f"{name}: as many targets as predictions are needed, "
            f"got {len(predictions)} predictions and {count} targets"
        )
    found: Sequence[Any] = targets
    return found


def _in_range(name: str, what: str, x: Any, low: float, high: float, hint: str = "") -> None:
    if not isinstance(x, Value) and not low <= to_float(x, name, what) <= high:
        raise ValueError(
            f"{name}: {what} must be from {low:g} to {high:g}, got {x!r}" + (hint and f"; {hint}")
        )
    if isinstance(x, Value) and type(x) is Value and not low <= x.data <= high:
        raise ValueError(
            f"{name}: {what} must be from {low:g} to {high:g}, got {x.data}"
            + (hint and f"; {hint}")
        )
