"""Whatever ends us ends the programs that we started, with their temporary folders."""

import contextlib
import importlib
import math
import os
import pickle
import pkgutil
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import tinygrad_neuron
from tinygrad_neuron import processes

KILLS = int(os.environ.get("TINYGRAD_NEURON_KILLS", "6"))
pytestmark = pytest.mark.skipif(os.name != "posix", reason="process groups are POSIX's")

# A program that starts another, as gcc does; both would run for an hour.
SEVERAL = """
import sys
from tinygrad_neuron import processes
def sleep(k):
    processes.run(["/bin/sh", "-c", "echo $$ >> $0; sleep 3600", sys.argv[1]], seconds=3600)
list(processes.at_once(sleep, range(5), 2))
"""
STARTS = """
import sys, tempfile
from tinygrad_neuron import processes
folder = tempfile.mkdtemp(prefix="tinygrad_neuron_test_", dir=sys.argv[1])
print(folder, flush=True)
processes.run(
    ["/bin/sh", "-c", "sleep 3600 & echo $$ > $0/group; wait", folder], seconds=3600, folder=folder
)
"""


def alive(group: int) -> bool:
    """Whether a process of a group runs (not one that has ended and is only not waited for)."""
    found = subprocess.run(["ps", "-eo", "pgid=,stat="], capture_output=True, text=True, check=True)
    rows = [line.split() for line in found.stdout.splitlines()]
    return any(int(pgid) == group and not stat.startswith("Z") for pgid, stat in rows)


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_killed_at_any_moment_we_leave_nothing(ending: signal.Signals, tmp_path: Path) -> None:
    generator = random.Random(ending)
    groups = []
    for _ in range(-(-KILLS // 3)):  # of each of three endings
        process = subprocess.Popen(
            [sys.executable, "-c", STARTS, str(tmp_path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        until = time.monotonic() + 20
        group = ""
        while not group and time.monotonic() < until:
            time.sleep(0.01)
            with contextlib.suppress(FileNotFoundError):
                group = (folder / "group").read_text()
        groups.append(int(group))
        time.sleep(generator.random() * 0.05)
        process.send_signal(ending)
        process.wait()
        process.stdout.close()
    until = time.monotonic() + 20
    while any(map(alive, groups)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(alive, groups))
    if ending is not signal.SIGINT:  # Python's own code removes it there
        while list(tmp_path.iterdir()) and time.monotonic() < until:
            time.sleep(0.05)
        assert [] == list(tmp_path.iterdir())


def test_one_that_ends_is_left_no_watch_over(tmp_path: Path) -> None:
    done = processes.run(
        ["/bin/sh", "-c", "cat; exit 3"], seconds=60, data=b"text", folder=str(tmp_path)
    )
    assert (done.returncode, done.stdout) == (3, b"text")
    assert tmp_path.exists()


def test_one_that_takes_too_long_is_ended() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        processes.run(["/bin/sh", "-c", "sleep 3600 & wait"], seconds=0.2)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's limit is set on Linux")
def test_the_kernel_ends_one_that_works_too_long() -> None:
    limit = "import resource; print(resource.getrlimit(resource.RLIMIT_CPU))"
    program = f"import time; time.sleep(0.5); {limit}"
    done = processes.run([sys.executable, "-c", program], seconds=10)
    most = 10 * (os.cpu_count() or 1) + 1
    assert done.stdout.decode().strip() == str((most, most))


def test_without_a_shell_there_is_no_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    done = processes.run([sys.executable, "-c", "print(1)"], seconds=60)
    assert done.stdout.strip() == b"1"


def groups_in(path: Path, count: int) -> list[int]:
    """The groups of which programs have written the numbers, once there are so many."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        lines = path.read_text().split("\n") if path.exists() else []
        if len(lines) > count:
            return [int(line) for line in lines[:-1]]
        time.sleep(0.01)
    pytest.fail(f"{path} has not {count} lines")


def test_after_a_ctrl_c_none_of_several_is_waited_for(tmp_path: Path) -> None:
    groups = tmp_path / "groups"
    process = subprocess.Popen([sys.executable, "-c", SEVERAL, groups], stderr=subprocess.DEVNULL)
    groups_in(groups, 2)
    process.send_signal(signal.SIGINT)
    process.wait(60)
    assert not any(map(alive, groups_in(groups, 2)))


def test_of_several_of_which_no_more_is_asked_for_none_is_waited_for(tmp_path: Path) -> None:
    def run(k: int) -> int:
        groups = str(tmp_path / "groups")
        command = f"echo $$ >> $0; {'true' if k == 0 else 'sleep 3600'}"
        return processes.run(["/bin/sh", "-c", command, groups], seconds=3600).returncode

    running = processes.at_once(run, range(4), 2)
    assert next(running) == 0
    groups_in(tmp_path / "groups", 2)
    running.close()
    assert not any(map(alive, groups_in(tmp_path / "groups", 2)))


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_command_that_is_ended_puts_away_what_it_began(
    ending: signal.Signals, tmp_path: Path
) -> None:
    npm, groups, temporary = tmp_path / "npm", tmp_path / "groups", tmp_path / "temporary"
    npm.write_text(f"#!/bin/sh\necho $$ >> {groups}\nsleep 3600\n")
    npm.chmod(0o755)
    temporary.mkdir()
    path = os.pathsep.join([str(tmp_path), os.environ["PATH"]])
    process = subprocess.Popen(
        [sys.executable, "-m", "tinygrad_neuron", "laboratory", tmp_path / "made"],
        env={**os.environ, "PATH": path, "TMPDIR": str(temporary)},
        stderr=subprocess.PIPE,
    )
    [group] = groups_in(groups, 1)
    process.send_signal(ending)
    said = process.communicate(timeout=60)[1]  # that it takes a minute
    assert said.count(b"\n") <= 1
    assert b"Traceback" not in said
    assert process.returncode == 128 + ending
    assert not alive(group)
    assert [] == list(temporary.iterdir())
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_the_terminal_is_as_it_was_when_a_walk_is_ended(ending: signal.Signals) -> None:
    import pty
    import termios

    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    process = subprocess.Popen(
        [sys.executable, "-m", "tinygrad_neuron", "walk", "x*x", "x=3"],
        stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    said = b""
    while b"q quit" not in said and b"q >" not in said:
        said += os.read(ours, 10_000)
    assert termios.tcgetattr(theirs) != before
    process.send_signal(ending)
    process.wait(60)
    assert termios.tcgetattr(theirs) == before
    os.close(ours)
    os.close(theirs)


def test_what_was_started_to_outlive_its_terminal_does() -> None:
    program = "from tinygrad_neuron.cli import main; import os, signal; signal.signal(signal.SIGHUP"
    program += ", signal.SIG_IGN); main(); os.kill(os.getpid(), signal.SIGHUP); print('lives')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.endswith("lives\n")


INTERRUPTED = """
import importlib.abc, os, runpy, signal, sys

class Interrupting(importlib.abc.MetaPathFinder):
    def find_spec(self, name, *_):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Interrupting())
sys.orig_argv = [sys.executable, "-m", "tinygrad_neuron", "walk", "x*x", "x=3"]
sys.argv = ["-m", "walk", "x*x", "x=3"]  # as Python has it while it looks for the package
runpy.run_module("tinygrad_neuron", run_name="__main__", alter_sys=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="a process sends itself a Ctrl-C")
@pytest.mark.parametrize("module", ["eager", "checking", "cli", "walk.terminal"])
def test_a_ctrl_c_while_a_command_starts_shows_nothing(module: str) -> None:
    program = INTERRUPTED.format(module=f"tinygrad_neuron.{module}")
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, timeout=60, check=False
    )
    assert done.returncode in (130, -signal.SIGINT)  # a shell shows the second as 130, too
    assert done.stderr == b""


def test_every_error_of_ours_comes_from_one_process_to_another() -> None:
    """A pool of `multiprocessing` waits for ever where the error of a task cannot be read again."""
    made = {"NotFiniteError": (math.nan, "the loss"), "ExpressionError": ("a+", 1, 1, "ends")}
    found = set()
    for module in pkgutil.walk_packages(tinygrad_neuron.__path__, "tinygrad_neuron."):
        with contextlib.suppress(ImportError):  # what an extra brings
            vars_ = vars(importlib.import_module(module.name))
            found |= {v for v in vars_.values() if isinstance(v, type) and issubclass(v, Exception)}
    ours = [kind for kind in found if kind.__module__.startswith("tinygrad_neuron.")]
    assert len(ours) > 10
    for kind in ours:
        error = kind(*made.get(kind.__name__, ("a message",)))
        read = pickle.loads(pickle.dumps(error))
        assert (type(read), str(read), read.args) == (kind, str(error), error.args)
