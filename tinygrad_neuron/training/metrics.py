"""How good predictions are, as numbers a person can judge. Nothing here is differentiated.

Outputs are what a model returns for each example, as numbers: one score per class, of which the
largest wins, or a single score, which means class 1 where it is above a threshold. NaN is larger
than nothing and smaller than nothing, so an output with one stands for no class: all functions that
ask for a class raise a `ValueError`, lest a model that has diverged look like one that has learnt.
"""

from collections.abc import Iterable, Sequence
from math import fsum, isnan
from typing import Any

from ..checking import listed, paired, positive_integer, several, to_float, whole
from ..engine import Value
from ..public import named_options


@named_options
def predicted_class(output: Any, threshold: float = 0.0) -> int:
    """The class that an output stands for.

    **Arguments:** `output`: one number per class (the first of the largest wins), or a single one:
    class 1 above `threshold`, else 0. The default, 0, is for logits; for probabilities it is 0.5.
    Raises a `ValueError` for NaN, which stands for no class.

    >>> predicted_class([0.1, 2.0, 2.0]), predicted_class(-1.0), predicted_class(0.7, 0.5)
    (1, 0, 1)
    """
    above = to_float(threshold, "predicted_class", "threshold")
    scores = [_number(v) for v in output] if several(output) else [_number(output)]
    if isnan(above):
        raise ValueError("predicted_class: threshold must be a number to compare with, got nan")
    if not scores:
        raise ValueError("predicted_class: an output of no numbers stands for no class")
    if any(map(isnan, scores)):
        got = f"place {next(i for i, v in enumerate(scores) if isnan(v))} of {len(scores)}"
        raise ValueError(
            f"predicted_class: an output is nan ({got}), which stands for no class; look for what "
            "made it so with training.diagnose, or train with a smaller lr"
        )
    if len(scores) == 1:
        return int(scores[0] > above)
    return max(range(len(scores)), key=scores.__getitem__)


@named_options
def accuracy(outputs: Iterable[Any], targets: Iterable[int], threshold: float = 0.0) -> float:
    """The part of the examples whose class is predicted, from 0 to 1.

    Raises a `ValueError` where an output is NaN: see `predicted_class`.

    >>> accuracy([[2.0, 1.0], [0.0, 1.0]], [0, 0])
    0.5
    """
    pairs = _pairs("accuracy", outputs, targets)
    hits: list[bool] = [predicted_class(y, threshold) == _target("accuracy", t) for y, t in pairs]
    return sum(hits) / len(hits)


@named_options
def confusion_matrix(
    outputs: Iterable[Any],
    targets: Iterable[int],
    classes: int | None = None,
    threshold: float = 0.0,
) -> list[list[int]]:
    """How often an example of class i was taken for class j: row i, column j.

    **Arguments:** `classes`: how many there are; by default as many as occur.

    Raises a `ValueError` where an output is NaN: it has no column.

    >>> confusion_matrix([[2.0, 1.0], [0.0, 1.0], [3.0, 1.0]], [0, 0, 1])
    [[1, 1], [1, 0]]
    """
    name = "confusion_matrix"
    pairs = _pairs(name, outputs, targets)
    found = [(_class(name, t), predicted_class(y, threshold)) for y, t in pairs]
    occurring = 1 + max(max(pair) for pair in found)
    count = occurring if classes is None else positive_integer(name, "classes", classes)
    if count < occurring:
        raise ValueError(f"{name}: class {occurring - 1} occurs, so classes must not be {count}")
    matrix = [[0] * count for _ in range(count)]
    for target, predicted in found:
        matrix[target][predicted] += 1
    return matrix


@named_options
def precision(
    outputs: Iterable[Any], targets: Iterable[int], of: int = 1, threshold: float = 0.0
) -> float:
    """Of the examples taken for class `of`, the part that is of it; NaN where none was.

    >>> round(precision([1.0, 1.0, 1.0, -1.0], [1, 1, 0, 1]), 3)
    0.667
    """
    pairs = _pairs("precision", outputs, targets)
    taken = [_target("precision", t) == of for y, t in pairs if predicted_class(y, threshold) == of]
    return sum(taken) / len(taken) if taken else float("nan")


@named_options
def recall(
    outputs: Iterable[Any], targets: Iterable[int], of: int = 1, threshold: float = 0.0
) -> float:
    """Of the examples of class `of`, the part that was taken for it; NaN where there is none.

    >>> recall([1.0, 1.0, 1.0, -1.0], [1, 1, 0, 0])
    1.0
    """
    pairs = _pairs("recall", outputs, targets)
    found = [predicted_class(y, threshold) == of for y, t in pairs if _target("recall", t) == of]
    return sum(found) / len(found) if found else float("nan")


def r_squared(outputs: Iterable[Any], targets: Iterable[float]) -> float:
    """The part of the targets' variance that predictions explain: 1 is perfect, 0 is their mean.

    NaN where all targets are equal.

    >>> r_squared([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])
    0.7857142857142857
    """
    name = "r_squared"
    pairs = [(_single(name, y), _single(name, t)) for y, t in _pairs(name, outputs, targets)]
    mean = fsum(t for _, t in pairs) / len(pairs)
    total = fsum((t - mean) ** 2 for _, t in pairs)
    return 1.0 - fsum((t - y) ** 2 for y, t in pairs) / total if total else float("nan")


def _pairs(name: str, outputs: Iterable[Any], targets: Iterable[Any]) -> list[tuple[Any, Any]]:
    given = listed(name, "outputs", outputs, "a list with the output for each example")
    wanted = listed(name, "targets", targets, "a list with the target of each example")
    return paired(name, "outputs", given, wanted)


def _class(name: str, target: Any) -> int:
    found = whole(target)
    if found is None or found < 0:
        raise ValueError(f"{name}: a target must be a class, counted from 0, got {target!r}")
    return found


def _target(name: str, target: Any) -> float:
    return to_float(target, name, "a target")


def _single(name: str, output: Any) -> float:
    """The number of an output of one."""
    numbers: Sequence[Any] = list(output) if several(output) else [output]
    if len(numbers) != 1:
        raise ValueError(f"{name}: an output must be one number, got {len(numbers)}")
    return _number(numbers[0])


def _number(v: Any) -> float:
    return v.data if isinstance(v, Value) else to_float(v, "an output")
