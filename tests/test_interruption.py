"""A Ctrl-C at any moment: the numbers are those from before the step, or those from after it.

A real SIGINT is raised at every bytecode of the package that runs within a step, one after another;
and at any time, by a thread, while steps are taken and files are written.
`TINYGRAD_NEURON_INTERRUPTS=1000` does the first with every optimiser, and the second 1,000 times.
"""

import _thread
import gc
import os
import random
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import tinygrad_neuron
from tinygrad_neuron import Value, compile, nn, nudge, optim
from tinygrad_neuron.compiler.examples import Batch
from tinygrad_neuron.interruption import uninterrupted
from tinygrad_neuron.training import fit

PACKAGE = str(Path(tinygrad_neuron.__file__).parent)
TARGETS = ["python", "c"] if shutil.which("cc") or shutil.which("gcc") else ["python"]
OPTIMISERS: list[Callable[[list[Value]], optim.Optimiser]] = [
    lambda parameters: optim.Adam(parameters, lr=optim.step_decay(0.1, 2)),
]
INTERRUPTS = int(os.environ.get("TINYGRAD_NEURON_INTERRUPTS", "0"))
if INTERRUPTS:
    OPTIMISERS += [
        lambda parameters: optim.SGD(parameters, lr=0.1),
        lambda parameters: optim.SGD(parameters, lr=0.1, momentum=0.9, nesterov=True),
        lambda parameters: optim.AdamW(parameters, lr=0.1),
    ]


def interrupted(work: Callable[[], object], at: int) -> bool:
    """Whether a Ctrl-C at the bytecode of that number was raised before the work was done."""
    passed = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal passed
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            passed += 1
            if passed == at:
                signal.raise_signal(signal.SIGINT)
        return trace

    gc.disable()  # what is raised while something is freed is printed, and lost
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
        gc.enable()
    return passed >= at  # it came while it had to wait, or not at all


def training(make: Callable[[list[Value]], optim.Optimiser]) -> tuple[Any, ...]:
    """A model of three parameters after two steps, its loss, an example, its optimiser."""
    neuron = nn.Neuron(2, activation="tanh", weights=[0.5, -0.25], bias=0.1)
    optimiser = make(neuron.parameters())

    def loss(x: list[float], t: float) -> Value:
        return (neuron(x) - t) ** 2

    for _ in range(2):
        optimiser.zero_grad()
        loss([1.0, 2.0], 1.0).backward()
        optimiser.step()
    return neuron, loss, [([1.0, 2.0], 1.0)], optimiser


def numbers(neuron: nn.Neuron, optimiser: optim.Optimiser) -> tuple[Any, ...]:
    data = [p.data for p in neuron.parameters()]
    return data, optimiser.get_state(), optimiser.steps


@pytest.mark.parametrize("make", OPTIMISERS)
def test_an_eager_step_is_taken_or_not(make: Callable[[list[Value]], optim.Optimiser]) -> None:
    neuron, _, _, optimiser = training(make)
    start = numbers(neuron, optimiser)
    optimiser.step()
    end = numbers(neuron, optimiser)
    seen, at = set(), 1
    while True:
        neuron, _, _, optimiser = training(make)
        if not interrupted(optimiser.step, at):
            break
        found = numbers(neuron, optimiser)
        assert found in (start, end), f"at bytecode {at}"
        seen.add(found == end)
        at += 1
    assert seen == {False, True}
    assert at > 100


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # in a finaliser
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("make", OPTIMISERS)
def test_a_trainers_step_is_taken_and_counted_or_neither(
    make: Callable[[list[Value]], optim.Optimiser], target: str
) -> None:
    """Whatever is interrupted, the step or the handing over, a second `write_back` mends it."""

    def run(at: int) -> tuple[bool, tuple[Any, ...]]:
        neuron, loss, examples, optimiser = training(make)
        trainer = compile(loss, target=target).trainer(optimiser)
        batch = Batch(trainer.variants, examples)
        if target == "c":  # its emitter is that of no step; `python` goes through all that is first
            trainer.step(batch)
            trainer.write_back()

        def step() -> None:
            trainer.step(batch)
            trainer.write_back()

        stopped = interrupted(step, at)
        trainer.write_back()
        found = numbers(neuron, optimiser)
        trainer.step(batch)  # it goes on from there
        trainer.write_back()
        assert numbers(neuron, optimiser)[2] == found[2] + 1
        return stopped, found

    ends = {}
    for stop in (1, 10**9):
        ends[stop] = run(stop)[1]
    start, end = ends[1], ends[10**9]
    assert start[2] + 1 == end[2]
    stride = 1 if INTERRUPTS or target == "c" else 37
    seen, at = set(), 1
    while True:
        stopped, found = run(at)
        if not stopped:
            break
        assert found in (start, end), f"at bytecode {at}"
        seen.add(found == end)
        at += stride
    assert seen == {False, True}


def fails_in_backward() -> tuple[Callable[[], object], Callable[[], object]]:
    """What fails on the way, when some numbers have been changed; and the numbers it changes."""
    x, w, zero = Value(0.5), Value(-2.0), Value(0.0)
    y = (x * w + zero.sqrt()) * w
    x.grad, w.grad = 3.0, 4.0
    return y.backward, lambda: (x.grad, w.grad, zero.grad)


def fails_in_a_compiled_backward() -> tuple[Callable[[], object], Callable[[], object]]:
    x, w, odd = Value(0.5), Value(-2.0), Value(1.0)
    y = compile(lambda a: a * x + w + odd).mean([(0.5,), (0.25,)])
    x.grad, w.grad, odd.grad = 3.0, 4.0, "no number"
    return y.backward, lambda: (x.grad, w.grad, odd.grad)


def fails_in_forward() -> tuple[Callable[[], object], Callable[[], object]]:
    x = Value(0.5)
    product = x * 2.0
    y = product.log() + 1.0
    x.data = -1.0
    return y.forward, lambda: (product.data, y.data)


@pytest.mark.parametrize(
    "make", [fails_in_backward, fails_in_a_compiled_backward, fails_in_forward]
)
def test_a_ctrl_c_while_an_error_is_dealt_with_leaves_all_as_it_was(
    make: Callable[[], tuple[Callable[[], object], Callable[[], object]]],
) -> None:
    stopped, at = True, 0
    while stopped:
        at += 1
        work, numbers_now = make()
        before = numbers_now()
        try:
            stopped = interrupted(work, at)
        except (ValueError, TypeError, ZeroDivisionError):
            stopped = False
        assert before == numbers_now(), f"at bytecode {at}"
    assert at > 50


def test_the_end_of_a_with_hands_the_numbers_over() -> None:
    """Whatever a Ctrl-C interrupts in it, save the very entry, before its first line."""
    at, stopped = 2, True
    while stopped:
        at += 1
        neuron, loss, examples, optimiser = training(OPTIMISERS[0])
        trainer = compile(loss).trainer(optimiser)
        trainer.step(examples)
        stopped = interrupted(lambda t=trainer: t.__exit__(None, None, None), at)  # type: ignore[misc]
        found = numbers(neuron, optimiser)
        trainer.write_back()
        assert found == numbers(neuron, optimiser), f"at bytecode {at}"
    assert at > 50


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # in a finaliser
def test_fit_loses_no_step_that_is_counted() -> None:
    """Its numbers are those of the best epoch on other data, and its modes as they were."""
    stride = 7 if INTERRUPTS else 499

    def run(at: int) -> tuple[bool, tuple[Any, ...]]:
        neuron, _, examples, optimiser = training(OPTIMISERS[0])

        def work() -> None:
            fit(neuron, lambda y, t: (y - t) ** 2, examples, optimiser, epochs=2, progress=False)

        neuron.eval()
        stopped = interrupted(work, at)
        assert not neuron.training, f"at bytecode {at}"
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        return stopped, numbers(neuron, optimiser)

    neuron, loss, examples, optimiser = training(OPTIMISERS[0])
    states = [numbers(neuron, optimiser)]
    for _ in range(2):
        optimiser.zero_grad()
        loss(*examples[0]).backward()
        optimiser.step()
        states.append(numbers(neuron, optimiser))
    last = next(n for n in range(1000, 10**9, 1000) if not run(n)[0])
    for at in [*range(1, last - 1000, stride), *range(last - 1000, last, 1 if INTERRUPTS else 3)]:
        assert run(at)[1] in states, f"at bytecode {at}"


def test_nudge_puts_all_numbers_back() -> None:
    x = Value(2.0)
    u = 3 * x
    y = u * u
    at, stopped = 0, True
    while stopped:
        at += 1
        stopped = interrupted(lambda: nudge(y, x, by=0.5), at)
        assert (x.data, u.data, y.data) == (2.0, 6.0, 36.0), f"at bytecode {at}"
    assert at > 100


# At any time --------------------------------------------------------------------------------------


def interrupted_at_any_time(work: Callable[[], object], generator: random.Random) -> None:
    """Do a work over and over until a Ctrl-C comes, from another thread."""
    delay, over = generator.random() * 0.004, time.monotonic() + 20

    def fire() -> None:
        time.sleep(delay)
        if hasattr(os, "killpg"):
            os.kill(os.getpid(), signal.SIGINT)
        else:
            _thread.interrupt_main()

    thread = threading.Thread(target=fire)
    gc.disable()
    try:
        thread.start()
        while time.monotonic() < over:
            work()
        pytest.fail("no Ctrl-C came")
    except KeyboardInterrupt:
        pass
    finally:
        gc.enable()
        thread.join()


class Eager:
    """Steps as one writes them."""

    def __init__(self) -> None:
        self.neuron, self.loss, self.examples, self.optimiser = training(OPTIMISERS[0])

    def work(self) -> None:
        self.optimiser.zero_grad()
        self.loss(*self.examples[0]).backward()
        self.optimiser.step()

    def now(self) -> list[tuple[int, str]]:
        """The count of steps, and all numbers, wherever they are kept."""
        return [(self.optimiser.steps, repr(numbers(self.neuron, self.optimiser)))]


class Trained(Eager):
    """Steps of a trainer, and the handing over."""

    def __init__(self, target: str) -> None:
        super().__init__()
        self.trainer = compile(self.loss, target=target).trainer(self.optimiser)
        self.batch = Batch(self.trainer.variants, self.examples)

    def work(self) -> None:
        for _ in range(5):
            self.trainer.step(self.batch)
        self.trainer.write_back()

    def now(self) -> list[tuple[int, str]]:
        self.trainer.write_back()
        return super().now()


class Files(Eager):
    """A model that is trained, saved, and loaded into another."""

    path = "model.json"

    def __init__(self) -> None:
        super().__init__()
        self.other = training(OPTIMISERS[0])

    def work(self) -> None:
        super().work()
        self.neuron.save(self.path, optimiser=self.optimiser)
        self.other[0].load(self.path, optimiser=self.other[3])

    def now(self) -> list[tuple[int, str]]:
        found = [self.other]
        assert [path.name for path in Path().iterdir()] in ([], [self.path])
        if Path(self.path).exists():
            found.append(training(OPTIMISERS[0]))
            found[1][0].load(self.path, optimiser=found[1][3])
        there = [(each[3].steps, repr(numbers(each[0], each[3]))) for each in found]
        return super().now() + there


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # in a finaliser
@pytest.mark.parametrize("route", ["eager", *TARGETS, "files"])
def test_at_any_time_the_numbers_are_those_of_a_step(
    route: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def make() -> Eager:
        if route == "files":
            return Files()
        return Eager() if route == "eager" else Trained(route)

    generator, reference = random.Random(0), Eager()
    steps = [reference.now()[0][1]] * (reference.optimiser.steps + 1)
    made = make()
    for k in range(max(INTERRUPTS // 4, 12)):
        if k % 25 == 24:
            made = make()
        interrupted_at_any_time(made.work, generator)
        for count, found in made.now():
            while len(steps) <= count:
                reference.work()
                steps.append(reference.now()[0][1])
            assert found == steps[count], f"after {count} steps"


def test_what_came_while_it_had_to_wait_comes_at_the_end() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), uninterrupted():
        signal.raise_signal(signal.SIGINT)
        done.append(1)
    assert done == [1]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_in_a_thread_it_does_nothing() -> None:
    done = []

    def work() -> None:
        with uninterrupted():
            done.append(1)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [1]
