"""Every public function refuses what it cannot use in words of its own, and changes nothing.

Each argument of each call in `arguments.VALID`, `arguments_shown` and `arguments_rest` is replaced
by each value of `hostile.HOSTILE`.
"""

import gc
import math
import os
import random
import re
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_neuron as tn
from tinygrad_neuron import Value, course, datasets, interpret, losses, nn, optim, training
from tinygrad_neuron.calculus.table import TABLE

from . import arguments, arguments_rest, arguments_shown, hostile
from .own_words import TooLongError, at_most, in_own_words

SECONDS = 10
EVERY = arguments.VALID | arguments_shown.SHOWN | arguments_rest.REST
REPLACED = [(name, parameter) for name, (_, make) in EVERY.items() for parameter in make()]


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


@pytest.mark.parametrize("name", EVERY)
def test_the_valid_call_is_valid(name: str) -> None:
    call, make = EVERY[name]
    call(**make())


def refused_in_own_words(
    table: dict[str, arguments.Call], name: str, parameter: str, kinds
) -> None:
    call, make = table[name]
    wrong = []
    for kind in kinds:
        given = make() | {parameter: hostile.HOSTILE[kind]()}
        error = hostile_call(call, given)
        if error is not None and not in_own_words(error):
            last = traceback.extract_tb(error.__traceback__)[-1]
            wrong.append(f"{kind}: {type(error).__name__}: {error} ({last.filename}:{last.lineno})")
    assert not wrong, f"{name}({parameter}=...)\n" + "\n".join(wrong)


@pytest.mark.parametrize(("name", "parameter"), REPLACED)
def test_refused_in_own_words(name: str, parameter: str) -> None:
    refused_in_own_words(EVERY, name, parameter, hostile.HOSTILE)


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
        (lambda: datasets.spirals(turns=1e9), "turns must be greater than 0 and at most 1,000,000"),
        (lambda: course.slider("w", 3.0, abs), "slider 'w': values must be a list to move through"),
        (lambda: course.predict(3, answer=3), "a question: the text must be a str, got int 3"),
        (
            lambda: course.predict("1?", 1, wrong=[2]),
            "question '1?': wrong must be a hint for each",
        ),
        (
            lambda: course.task("f.", "def f(): 1", "def f(): 2", cases=[3]),
            "task 'f.': cases must be pairs of arguments and a result, as in [((1, 2), 3)], got in",
        ),
        (
            lambda: training.accuracy([1.0], [[1]]),
            "accuracy: a target must be a real number, got li",
        ),
        (
            lambda: interpret.SparseAutoencoder(2, 3).fit([]),
            "SparseAutoencoder.fit: activations must have one vector at least, got none",
        ),
        (lambda: tn.tanh(memoryview(b"a")), "tanh: a must be a real number, got memoryview"),
        (lambda: nn.Perceptron(2).predict([math.nan, 0]), "the output must be 0 or more, got nan"),
        (lambda: Value(hostile.Anything()), "Value: data must be a real number, got Anything"),
        (lambda: nn.Linear(2, hostile.Unwritable()), "or more, got "),
        (lambda: nn.Linear(10**9, 1), "in_features must be at most 100,000,000, got 1,000,000,000"),
    ],
)
def test_what_would_be_taken_for_something_else_is_refused(
    call: Callable[[], Any], text: str
) -> None:
    with pytest.raises((TypeError, ValueError), match=re.escape(text)):
        call()


def test_what_counts_as_a_number_is_taken_as_that_number() -> None:
    two = hostile.Index()
    assert (nn.LSTM(two, two, two).num_layers, nn.Conv2d(1, two, two).kernel_size) == (2, (2, 2))
    assert len(interpret.superposition(3, two, steps=1).model.weight) == 2


def test_an_array_that_is_not_numpys_meets_values_as_numpys_do() -> None:
    class Tensor:
        ndim = 1

        def __array__(self, *_: object, **__: object) -> object:
            return np.array([0.5, 1.0])

    found: Any = tn.tanh(Tensor())
    assert [y.data for y in found] == [math.tanh(0.5), math.tanh(1.0)]


def state_of(model: Any, optimiser: Any = None) -> str:
    numbers = [(p.data, p.grad, p.label) for p in model.parameters()]
    return repr((numbers, model.training, optimiser and optimiser.state_dict()))


def trained() -> tuple[Any, Any]:
    """A model and an optimiser that have numbers of their own."""
    model = nn.MLP(2, [2, 1], activation="tanh", seed=0)
    optimiser = optim.Adam(model.parameters(), lr=0.1)
    model([0.5, 1.0]).backward()
    optimiser.step()
    return model, optimiser


def of_a_trainer(model: Any, optimiser: Any, **given: Any) -> None:
    compiled = tn.compile(lambda x, t: (model(x) - t) ** 2)
    with compiled.trainer(optimiser) as trainer:
        trainer.step(**given)


def of_a_perceptron(model: Any, optimiser: Any, **given: Any) -> None:
    perceptron = nn.Perceptron(2, weights=[0.5, 0.25])
    before = state_of(perceptron)
    try:
        perceptron.fit(**given)
    except BaseException:
        assert before == state_of(perceptron)
        raise


CHANGING: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "load_state_dict": (lambda m, o, **g: m.load_state_dict(**g), {"given": {}}),
    "load": (lambda m, o, **g: m.load(**g), {"path": "x", "optimiser": None, "generator": None}),
    "train": (lambda m, o, **g: m.train(**g), {"mode": True}),
    "zero_grad": (lambda m, o, **g: m.zero_grad(**g), {"set_to_none": True}),
    "backward": (lambda m, o, **g: m([1.0, 2.0]).backward(**g), {"gradient": 1.0}),
    "call": (lambda m, o, **g: m(g["x"]).backward(), {"x": [1.0, 2.0]}),
    "optimiser.load_state_dict": (lambda m, o, **g: o.load_state_dict(**g), {"given": {}}),
    "trainer.step": (of_a_trainer, {"examples": [([1.0, 2.0], 1.0)]}),
    "Perceptron.fit": (of_a_perceptron, {"examples": [([1.0, 2.0], 1)], "epochs": 1}),
    "fit": (
        lambda m, o, **g: training.fit(m, losses.hinge, optimiser=o, progress=False, **g),
        {"data": [([1.0, 2.0], 1.0)], "epochs": 1, "batch_size": 1, "seed": 0, "patience": None},
    ),
}


@pytest.mark.parametrize("name", CHANGING)
def test_a_refused_call_has_changed_nothing(name: str) -> None:
    call, usual = CHANGING[name]
    for parameter in usual:
        for kind, make in hostile.HOSTILE.items():
            for given in (make(), [usual[parameter], make()], {"layers.0.weight": make()}):
                model, optimiser = trained()
                before = state_of(model, optimiser)
                error = hostile_call(
                    lambda **named: call(model, optimiser, **named),  # noqa: B023  # called now
                    usual | {parameter: given},
                )
                if error is not None:
                    assert before == state_of(model, optimiser), (parameter, kind, error)


@pytest.fixture(autouse=True)
def nothing_of_the_process_is_changed(in_a_folder_of_its_own) -> Iterator[None]:
    def now() -> tuple[Any, ...]:
        own = {name: x for name, x in os.environ.items() if not name.startswith("PYTEST")}
        return (
            set(TABLE),
            set(vars(Value)) - {"__annotations__"},  # which Python makes when it is asked for them
            random.getstate(), gc.isenabled(), gc.get_threshold(),
            signal.getsignal(signal.SIGINT), own, os.getcwd(),
            sys.getrecursionlimit(), len(sys.path), len(warnings.filters),
        )  # fmt: skip

    before = now()
    yield
    assert before == now()
