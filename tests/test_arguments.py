"""Every public function refuses what it cannot use in words of its own, and changes nothing.

Each argument of each call in `arguments.VALID` is replaced by each value of `arguments.HOSTILE`.
"""

import ast
import functools
import linecache
import re
import signal
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tinygrad_neuron
import tinygrad_neuron as tn
from tinygrad_neuron import Value, datasets, losses, nn, optim

from . import arguments

PACKAGE = Path(tinygrad_neuron.__file__).parent
SECONDS = 10
REPLACED = [
    (name, parameter) for name, (_, make) in arguments.VALID.items() for parameter in make()
]


@functools.cache
def raises_of(file: str) -> list[tuple[int, int]]:
    """The first and the last line of every `raise` in a file."""
    tree = ast.parse("".join(linecache.getlines(file)))
    return [(n.lineno, n.end_lineno or 0) for n in ast.walk(tree) if isinstance(n, ast.Raise)]


def in_own_words(error: BaseException) -> bool:
    """Whether the error was raised by a `raise` of this package, or by a user's own function."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    if Path(last.filename) == Path(arguments.__file__) or isinstance(error, OSError):
        return True
    if re.match(r"\w+\(\) ", str(error)):  # a user's function, called by us
        return True
    first = last.lineno or 0
    return any(start <= first <= end for start, end in raises_of(last.filename)) and (
        PACKAGE in Path(last.filename).parents or "tinygrad_neuron" in last.filename
    )


def hostile_call(call: Callable[..., Any], given: dict[str, Any]) -> BaseException | None:
    """What a call raises, if anything; one that takes seconds is wrong as well."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _too_long)
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            call(**given)
    except Exception as error:
        return error
    finally:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
    return None


def _too_long(*_: object) -> None:
    pytest.fail(f"it takes more than {SECONDS} s")


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
        try:
            error = hostile_call(call, given)
        except pytest.fail.Exception as stopped:
            wrong.append(f"{kind}: {stopped}")
            continue
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
