"""Every public function refuses what it cannot use in words of its own, and changes nothing.

Each argument of each call in `arguments.VALID` is replaced by each value of `arguments.HOSTILE`.
"""

import re
import traceback
import warnings
from collections.abc import Callable
from typing import Any

import pytest

import tinygrad_neuron as tn
from tinygrad_neuron import Value, datasets, losses, nn, optim

from . import arguments
from .own_words import TooLongError, at_most, in_own_words

SECONDS = 10
REPLACED = [
    (name, parameter) for name, (_, make) in arguments.VALID.items() for parameter in make()
]


def hostile_call(call: Callable[..., Any], given: dict[str, Any]) -> BaseException | None:
    """What a call raises, if anything."""
    try:
        with at_most(SECONDS), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            call(**given)
    except (Exception, TooLongError) as error:
        return error
    return None


@pytest.mark.parametrize("name", arguments.VALID)
def test_the_valid_call_is_valid(name: str) -> None:
    call, make = arguments.VALID[name]
    call(**make())


@pytest.mark.parametrize(("name", "parameter"), REPLACED)
def test_refused_in_own_words(name: str, parameter: str) -> None:
    call, make = arguments.VALID[name]
    wrong = []
    for kind, value in arguments.HOSTILE.items():
        given = make() | {parameter: value()}
        error = hostile_call(call, given)
        if error is not None and not in_own_words(error):
            last = traceback.extract_tb(error.__traceback__)[-1]
            wrong.append(f"{kind}: {type(error).__name__}: {error} ({last.filename}:{last.lineno})")
    assert not wrong, f"{name}({parameter}=...)\n" + "\n".join(wrong)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: Value(1.0, label=3), "Value: label must be a str, got int 3"),
        (lambda: nn.Linear(2, 2, bias="no"), "Linear: bias must be True or False, got str 'no'"),
        (lambda: nn.Neuron(2, bias_trick="no"), "bias_trick must be True or False, got str 'no'"),
        (lambda: nn.MLP(2, [1]).train("no"), "mode must be True or False, got str 'no'"),
        (
            lambda: optim.SGD([Value(1.0)], lr=0.1, momentum=0.5, nesterov="no"),
            "SGD: nesterov must be True or False, got str 'no'",
        ),
        (
            lambda: datasets.train_test_split(datasets.moons(12), stratify="no"),
            "train_test_split: stratify must be True or False, got str 'no'",
        ),
        (lambda: losses.l1_penalty({Value(1.0)}, 0.1), "parameters must be a list of Values"),
        (lambda: losses.hinge({1.0: 2.0}, [1.0]), "must be a real number, got dict"),
        (lambda: tn.sum({1.0, 2.0}), "sum takes a list of values, as in sum([a, b]), got set"),
        (lambda: nn.Linear(10**9, 1), "in_features must be at most 100,000,000, got 1,000,000,000"),
    ],
)
def test_what_would_be_taken_for_something_else_is_refused(
    call: Callable[[], Any], text: str
) -> None:
    with pytest.raises((TypeError, ValueError), match=re.escape(text)):
        call()
