"""Every public function refuses what it cannot use in words of its own, and changes nothing.

Each argument of each call in `arguments.VALID` and `arguments_shown` is replaced by each value of
`arguments.HOSTILE`.
"""

import re
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tinygrad_neuron as tn
from tinygrad_neuron import Value, datasets, losses, nn, optim

from . import arguments, arguments_shown
from .own_words import TooLongError, at_most, in_own_words

SECONDS = 10
REPLACED = [
    (name, parameter)
    for name, (_, make) in (arguments.VALID | arguments_shown.SHOWN).items()
    for parameter in make()
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


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    """Where a hostile path would leave a file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    Path("there.csv").write_text("a,b,c\n1,2,0\n2,3,1\n")


@pytest.mark.parametrize("name", arguments.VALID | arguments_shown.SHOWN)
def test_the_valid_call_is_valid(name: str) -> None:
    call, make = (arguments.VALID | arguments_shown.SHOWN)[name]
    call(**make())


def refused_in_own_words(
    table: dict[str, arguments.Call], name: str, parameter: str, kinds
) -> None:
    call, make = table[name]
    wrong = []
    for kind in kinds:
        given = make() | {parameter: arguments.HOSTILE[kind]()}
        error = hostile_call(call, given)
        if error is not None and not in_own_words(error):
            last = traceback.extract_tb(error.__traceback__)[-1]
            wrong.append(f"{kind}: {type(error).__name__}: {error} ({last.filename}:{last.lineno})")
    assert not wrong, f"{name}({parameter}=...)\n" + "\n".join(wrong)


@pytest.mark.parametrize(("name", "parameter"), REPLACED)
def test_refused_in_own_words(name: str, parameter: str) -> None:
    refused_in_own_words(
        arguments.VALID | arguments_shown.SHOWN, name, parameter, arguments.HOSTILE
    )


# Of the values that are alike one each: figures take time.
FEW = ["None", "nan", "10**9", "text", "lone surrogate", "ragged", "{'a': 1}", "object", "array"]


@pytest.mark.parametrize("name", arguments_shown.FIGURES)
def test_figures_refuse_in_own_words(name: str) -> None:
    pytest.importorskip("matplotlib", reason="the extra demos is not installed")
    for parameter in arguments_shown.FIGURES[name][1]():
        refused_in_own_words(arguments_shown.FIGURES, name, parameter, FEW)


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
