"""What was learned can be kept: exact, checked whole before anything changes, written whole."""

import json
import math
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinygrad_neuron import Value, compile, losses, nn, optim
from tinygrad_neuron.state import StateError

KILLS = int(os.environ.get("TINYGRAD_NEURON_KILLS", "12"))  # 200 by the command in CONTRIBUTING


def model(seed: int = 0) -> nn.MLP:
    return nn.MLP(2, [3, 1], "tanh", seed=seed)


def numbers(module: nn.Module) -> list[float]:
    return [p.data for p in module.parameters()]


# Names and shapes ------------------------------------------------------------------------------


def test_a_network_has_pytorchs_names_and_shapes() -> None:
    state = model().state_dict()
    assert ["layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias"] == list(state)
    assert (3, 2) == (len(state["layers.0.weight"]), len(state["layers.0.weight"][0]))
    assert (3, 1, 1) == tuple(
        len(state[name]) for name in ("layers.0.bias", "layers.1.weight", "layers.1.bias")
    )


def test_the_bias_trick_an_own_module_and_a_learned_activation_have_names_too() -> None:
    class Own(nn.Module):
        def __init__(self) -> None:
            from tinygrad_neuron import Value

            self.table = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]
            self.parts = {"one": nn.Neuron(2, bias_trick=True, seed=0)}
            self.uneven = [[Value(1.0)], Value(2.0)]

    assert {
        "table": [[1.0, 2.0], [3.0, 4.0]],
        "uneven.0.0": 1.0,
        "uneven.1": 2.0,
    }.items() <= Own().state_dict().items()
    assert {"parts.one.weight", "parts.one.bias"} <= Own().state_dict().keys()
    layer = nn.Layer(2, 2, activation=nn.PReLU(0.1), seed=0)
    assert ["weight", "bias", "activation.slope"] == list(layer.state_dict())


@given(st.lists(st.floats(), min_size=9, max_size=9))
@settings(max_examples=60, deadline=None)
def test_every_float_comes_back_to_the_bit(tmp_path_factory: Any, floats: list[float]) -> None:
    path = tmp_path_factory.mktemp("state") / "model.json"
    first, second = nn.Layer(2, 3, seed=0), nn.Layer(2, 3, seed=1)
    for p, x in zip(first.parameters(), floats, strict=True):
        p.data = x
    first.save(path)
    second.load(path)
    assert list(map(repr, numbers(first))) == list(map(repr, numbers(second)))
    json.loads(path.read_text(), parse_constant=lambda text: pytest.fail(f"{text} in the file"))


# What does not fit -----------------------------------------------------------------------------


def test_all_differences_are_told_at_once_and_nothing_changes() -> None:
    network, before = model(), numbers(model())
    state = network.state_dict()
    del state["layers.0.bias"]
    state["layers.1.weight"] = [[1.0, 2.0]]
    state["layers.1.bias"] = ["x"]
    state["layers.9.bias"] = [0.0]
    with pytest.raises(StateError) as refused:
        network.load_state_dict(state)
    for part in (
        "'layers.0.bias' is missing",
        "'layers.1.weight' has the shape [1, 2], expected [1, 3]",
        "'layers.1.bias' holds",
        "'layers.9.bias' is not in the model",
    ):
        assert part in str(refused.value)
    assert before == numbers(network)


DEEP = "[" * 100_000
BROKEN = {
    "nothing": "",
    "nonsense": "\x00\xff" * 1000,
    "another JSON": "[1, 2, 3]",
    "another format": '{"format": "something", "version": 1}',
    "a later version": '{"format": "tinygrad_neuron state", "version": 2}',
    "deep nesting": DEEP,
    "deep nesting inside": '{"format": "tinygrad_neuron state", "version": 1, "model": ' + DEEP,
    "a name twice": '{"format": "tinygrad_neuron state", "format": "x"}',
    "a constant": '{"format": "tinygrad_neuron state", "version": 1, "model": {"b": NaN}}',
    "no model": '{"format": "tinygrad_neuron state", "version": 1}',
    "a model that is a list": '{"format": "tinygrad_neuron state", "version": 1, "model": []}',
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_is_no_state_is_a_clear_error(name: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text(BROKEN[name], encoding="latin-1")
    network, before = model(), numbers(model())
    with pytest.raises(StateError):
        network.load(path)
    assert before == numbers(network)


@pytest.mark.parametrize(
    ("where", "what"),
    [
        (("model", "layers.0.bias", 1), 10**400),
        (("model", "layers.0.bias", 1), {}),
        (("model", "layers.0.bias", 1), True),
        (("optimiser", "settings", "betas"), None),
        (("optimiser", "settings", "betas"), [0.9]),
        (("optimiser", "settings", "lr"), "x"),
        (("optimiser", "settings", "eps"), -5),
        (("optimiser", "steps"), -1),
        (("optimiser", "means"), [0.0]),
        (("generator", 2), "x"),
        (("generator", 1), [1, 2]),
    ],
)
def test_a_wrong_part_is_refused_before_anything_changes(
    where: Any, what: Any, tmp_path: Path
) -> None:
    path, network, generator = tmp_path / "s.json", model(), random.Random(1)
    optimiser = optim.Adam(network.parameters())
    network.save(path, optimiser=optimiser, generator=generator)
    whole = part = json.loads(path.read_text())
    for name in where[:-1]:
        part = part[name]
    part[where[-1]] = what
    path.write_text(json.dumps(whole))
    other, shuffle = model(seed=7), random.Random(5)
    before, state = numbers(other), shuffle.getstate()
    with pytest.raises(StateError):
        other.load(path, optimiser=optim.Adam(other.parameters()), generator=shuffle)
    assert before == numbers(other)
    assert state == shuffle.getstate()


def test_what_is_no_generator_and_no_optimiser_is_refused_by_name(tmp_path: Path) -> None:
    path, network = tmp_path / "s.json", model()
    for options in ({"generator": 3}, {"optimiser": "x"}):
        with pytest.raises(TypeError, match="must be"):
            network.save(path, **options)
        network.save(path)
        with pytest.raises(TypeError, match="must be"):
            network.load(path, **options)


def test_a_cut_file_is_refused_wherever_it_is_cut(tmp_path: Path) -> None:
    path, network = tmp_path / "model.json", model()
    network.save(path, optimiser=optim.Adam(network.parameters()))
    whole, before = path.read_bytes(), numbers(network)
    for length in range(0, len(whole) - 2, 37):
        path.write_bytes(whole[:length])
        with pytest.raises(StateError):
            network.load(path)
    assert before == numbers(network)


def test_a_hundred_megabytes_are_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with open(path, "wb") as file:
        file.truncate(100_000_000)
    with pytest.raises(StateError, match="100,000,000 bytes are more than"):
        model().load(path)


def test_a_folder_and_nothing_there_are_the_systems_errors(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=str(tmp_path)):
        model().load(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"none\.json"):
        model().load(tmp_path / "none.json")


def test_loading_executes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_bytes(b"cos\nsystem\n(S'touch " + str(tmp_path / "made").encode() + b"'\ntR.")
    with pytest.raises(StateError):
        model().load(path)
    assert not (tmp_path / "made").exists()


# Training that goes on -------------------------------------------------------------------------

DATA = [([math.sin(i), math.cos(i)], math.sin(2.0 * i)) for i in range(12)]
OPTIMISERS = {
    "momentum": lambda p: optim.SGD(p, 0.05, momentum=0.9, weight_decay=0.01),
    "Adam, cosine": lambda p: optim.Adam(p, optim.cosine_decay(0.05, 20)),
    "AdamW, steps": lambda p: optim.AdamW(p, optim.step_decay(0.05, 7)),
}


class Dropped(nn.Module):
    """A network with dropout, whose masks must go on as they would have."""

    def __init__(self) -> None:
        self.first, self.drop = nn.Layer(2, 4, activation="tanh", seed=3), nn.Dropout(0.3, seed=5)
        self.last = nn.Layer(4, 1, activation="identity", seed=4)

    def __call__(self, x: Any) -> Any:
        return self.last(self.drop(self.first(x)))


def epochs(count: int, network: Any, optimiser: Any, shuffle: random.Random) -> None:
    for _ in range(count):
        examples = list(DATA)
        shuffle.shuffle(examples)
        for k in range(0, len(examples), 4):
            batch = examples[k : k + 4]
            outputs = [network(x) for x, _ in batch]
            loss = losses.mean_squared_error(outputs, [t for _, t in batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()


@pytest.mark.parametrize("name", OPTIMISERS)
@pytest.mark.parametrize("stop", [0, 1, 3])
def test_training_that_is_stopped_goes_on_to_the_same_bits(
    name: str, stop: int, tmp_path: Path
) -> None:
    through = Dropped()
    optimiser, shuffle = OPTIMISERS[name](through.parameters()), random.Random(1)
    epochs(5, through, optimiser, shuffle)

    stopped = Dropped()
    optimiser, shuffle = OPTIMISERS[name](stopped.parameters()), random.Random(1)
    epochs(stop, stopped, optimiser, shuffle)
    stopped.save(tmp_path / "state.json", optimiser=optimiser, generator=shuffle)

    resumed = Dropped()
    optimiser, shuffle = OPTIMISERS[name](resumed.parameters()), random.Random(99)
    resumed.load(tmp_path / "state.json", optimiser=optimiser, generator=shuffle)
    epochs(5 - stop, resumed, optimiser, shuffle)
    assert numbers(through) == numbers(resumed)


def test_a_state_of_another_optimiser_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    network = model()
    network.save(tmp_path / "s.json", optimiser=optim.Adam(network.parameters()))
    other = model(seed=7)
    before, optimiser = numbers(other), optim.SGD(other.parameters(), momentum=0.9)
    with pytest.raises(StateError, match="state of the optimiser Adam, not of SGD"):
        other.load(tmp_path / "s.json", optimiser=optimiser)
    with pytest.raises(StateError, match="holds no generator"):
        other.load(tmp_path / "s.json", generator=random.Random())
    assert before == numbers(other)
    assert 0 == optimiser.steps


class Falling:
    """A schedule that remembers: the rate halves whenever it is told to."""

    def __init__(self) -> None:
        self.rate = 0.5

    def __call__(self, step: int) -> float:
        return self.rate

    def state_dict(self) -> dict[str, float]:
        return {"rate": self.rate}

    def load_state_dict(self, given: dict[str, float]) -> None:
        if given["rate"] <= 0:
            raise ValueError("a rate must be above 0")
        self.rate = given["rate"]


def test_the_state_of_a_schedule_goes_with_the_optimisers() -> None:
    schedule = Falling()
    optimiser = optim.SGD([Value(1.0)], lr=schedule, momentum=0.9)
    schedule.rate = 0.25
    state = optimiser.state_dict()
    assert {"rate": 0.25} == state["schedule"]
    fresh = Falling()
    again = optim.SGD([Value(1.0)], lr=fresh, momentum=0.5)
    with pytest.raises(ValueError, match="above 0"):
        again.load_state_dict(state | {"schedule": {"rate": -1.0}})
    assert (0.5, 0.5) == (again.momentum, fresh.rate)  # nothing is changed by half
    again.load_state_dict(state)
    assert (0.9, 0.25) == (again.momentum, fresh.rate)


def test_an_optimiser_with_a_schedule_can_be_pickled() -> None:
    import pickle

    network = model()
    optimiser = optim.Adam(network.parameters(), optim.cosine_decay(0.1, 10))
    assert 0.1 == pickle.loads(pickle.dumps(optimiser)).current_lr()
    bound = compile(lambda x, t: (network(x) - t) ** 2).bind(DATA)
    with pytest.raises(TypeError, match="bound examples cannot be copied or pickled"):
        pickle.dumps(bound)


# Files -----------------------------------------------------------------------------------------

SAVES = """
import sys
from tinygrad_neuron import nn
network = nn.MLP(2, [40, 40, 1], seed=0)
print("ready", flush=True)
k = 0
while True:
    for p in network.parameters():
        p.data = float(k)
    network.save(sys.argv[1])
    k += 1
"""


def test_a_process_that_is_killed_while_it_saves_leaves_a_file_that_loads(tmp_path: Path) -> None:
    path = tmp_path / "killed.json"
    network, generator = nn.MLP(2, [40, 40, 1], seed=0), random.Random(0)
    loaded, window = 0, 0.05
    for _ in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-c", SAVES, str(path)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(generator.random() * window)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        if path.exists():
            network.load(path)
            assert 1 == len(set(numbers(network)))  # all of one save
            loaded += 1
        else:  # nothing was saved yet: the machine is busy
            window *= 2
    assert loaded > 0


def test_a_save_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: Any) -> None:
    path, network = tmp_path / "model.json", model()
    network.save(path)
    old = path.read_bytes()

    def full(*arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        model(seed=1).save(path)
    assert old == path.read_bytes()
    assert [path] == list(tmp_path.iterdir())
