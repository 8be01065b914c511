"""What only some systems have is used where it is there: each such call is taken away here, and
what stands in its place does the work."""

import errno
import functools
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tinygrad_neuron import compile, processes
from tinygrad_neuron.compiler import CompilerNotFoundError
from tinygrad_neuron.compiler.c import libraries
from tinygrad_neuron.console import Writer
from tinygrad_neuron.course.tasks import limited
from tinygrad_neuron.interruption import uninterrupted
from tinygrad_neuron.walk import keyboard

ROOT = Path(__file__).parent.parent
SLEEPS = [sys.executable, "-c", "import time; time.sleep(3600)"]

# Names that Windows, or a Python in a browser, has not; what the standard library itself needs on
# this machine is in its hands before they go.
ELSEWHERE = """
import ctypes, importlib.metadata, json, os, pathlib, signal, subprocess, sys, tempfile, threading
import concurrent.futures, zipfile
for name in ("fcntl", "grp", "pwd", "readline", "resource", "termios", "tty"):
    sys.modules[name] = None
for holder, names in (
    (os, "killpg getpgid setpgid setsid fork forkpty geteuid getgid chown fchmod fchown "
        "mkfifo nice register_at_fork sched_getaffinity statvfs sync ttyname uname O_NOFOLLOW "
        "O_CLOEXEC O_NONBLOCK O_DIRECTORY"),
    (signal, "SIGALRM SIGHUP SIGUSR1 SIGQUIT setitimer alarm pthread_sigmask sigwait siginterrupt"),
):
    for name in names.split():
        if hasattr(holder, name):
            delattr(holder, name)
"""
WORKS = """
from tinygrad_neuron import Value, compile, draw_dot, nn, optim, training, walkthrough
from tinygrad_neuron.cli import main
from tinygrad_neuron.draw.rendering import EngineNotFoundError
model = nn.MLP(2, [3, 1], seed=0)
model.save("model.json")
model.load("model.json")
compiled = compile(lambda x, t: (model(x) - t) ** 2)
with compiled.trainer(optim.SGD(model.parameters(), lr=0.1)) as trainer:
    trainer.step([([1.0, 2.0], 1.0)])
y = Value(2.0) * 3.0
try:
    draw_dot(y).render("y.svg")
except EngineNotFoundError:
    pass
walkthrough(y).page("y.html")
sys.exit(main(["walk", "x*x", "x=3"]) or main(["learn"]) or main(["notebook", "1"]))
"""


def test_without_what_only_posix_has_all_but_c_works(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE + WORKS],
        cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", timeout=120,
        stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "step 1 of 4" in done.stdout


def test_c_says_where_it_is_not_supported(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = compile(lambda x: x * x, target="c")
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(os, "name", "nt")
        elsewhere.setattr("platform.system", lambda: "Windows")
        with pytest.raises(CompilerNotFoundError) as refused:
            compiled(3.0)
    assert (
        str(refused.value)
        == 'compiling to C is not supported on Windows yet; target="python" needs no compiler'
    )


@pytest.mark.parametrize("taken", ["killpg", "sh", "resource", "prlimit"])
def test_programs_are_run_and_ended_without(taken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if taken == "sh":
        monkeypatch.setattr("shutil.which", lambda name: None)
    elif taken == "resource":
        monkeypatch.setitem(sys.modules, "resource", None)
    elif taken == "prlimit":  # macOS
        monkeypatch.delattr(pytest.importorskip("resource"), "prlimit", raising=False)
    else:
        monkeypatch.delattr(os, taken, raising=False)
    done = processes.run([sys.executable, "-c", "print(input())"], seconds=60, data=b"hello")
    assert (done.returncode, done.stdout.strip()) == (0, b"hello")
    begun = []
    popen = subprocess.Popen
    monkeypatch.setattr(
        subprocess, "Popen", lambda *a, **k: begun.append(popen(*a, **k)) or begun[-1]
    )
    with pytest.raises(subprocess.TimeoutExpired):
        processes.run(SLEEPS, seconds=0.2)
    assert all(process.poll() is not None for process in begun)


def test_without_an_alarm_nothing_limits_a_task(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(signal, "setitimer", raising=False)
    with limited(0.001):
        time.sleep(0.01)


def test_in_a_thread_nothing_limits_a_task() -> None:
    done = []

    def work() -> None:
        with limited(0.001):
            time.sleep(0.01)
        done.append(1)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [1]


def test_without_termios_an_answer_is_a_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(keyboard, "termios", None)
    typed = tmp_path / "typed"
    typed.write_text("  next  \n")
    with typed.open() as stdin:
        keys = keyboard.Keyboard(stdin, Writer(sys.stdout))
        with keys.key_by_key():
            assert (keys.raw, keys.answer(), keys.answer()) == (False, "next", None)


def test_without_proc_a_processor_is_told_by_its_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", missing)
    processor = functools.cache(libraries._processor.__wrapped__)
    assert len(processor().splitlines()) >= 2


def test_where_signals_belong_to_another_interpreter_work_is_done_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused(*_: object) -> None:
        raise ValueError("signal only works in main thread of the main interpreter")

    monkeypatch.setattr(signal, "signal", refused)
    done = []
    with uninterrupted():
        done.append(1)
    assert done == [1]


NAMES = ["with spaces", "ä ö 好", "100%", "a#b?c", "-o", "'quoted'", "a&b;c", "x" * 200]


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_may_have_any_name(name: str, tmp_path: Path) -> None:
    from tinygrad_neuron import Value, draw_dot, nn, walkthrough

    folder = tmp_path / name
    y = Value(2.0) * 3.0
    nn.Neuron(2).save(folder / "model.json")
    walkthrough(y).page(folder / "page.html")
    draw_dot(y).save("y.gv", directory=folder)
    assert {"model.json", "page.html", "y.gv"} <= {path.name for path in folder.iterdir()}


def test_lines_may_end_as_on_windows(tmp_path: Path) -> None:
    from tinygrad_neuron import datasets, nn
    from tinygrad_neuron.course.chosen import course
    from tinygrad_neuron.course.writing import new
    from tinygrad_neuron.interface import words

    def ended_so(path: Path, text: str) -> Path:
        path.write_bytes(text.replace("\n", "\r\n").encode())
        return path

    table = datasets.from_csv(ended_so(tmp_path / "table.csv", "a,b\n1,x\n2,y\n"))
    assert (table.feature_names, table.target_names) == (("a",), ("x", "y"))
    model = nn.Neuron(2, seed=0)
    model.save(tmp_path / "model.json")
    ended_so(tmp_path / "model.json", (tmp_path / "model.json").read_text())
    model.load(tmp_path / "model.json")
    assert words(str(ended_so(tmp_path / "words.json", '{"right":\n"Ja."}')))["right"] == "Ja."
    lesson = new("thermostat", tmp_path)
    read = course(tmp_path).lessons[-1]
    ended_so(lesson, lesson.read_text("utf-8"))
    ended_so(tmp_path / "course.txt", "title: Ours\n16\n")
    assert course(tmp_path).title == "Ours"
    assert course(tmp_path).lessons == (read,)


def test_a_file_that_another_program_has_open_stays_and_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows then refuses to replace it, or to rename its folder."""
    from tinygrad_neuron.files import replace_file, replace_folder

    def refused(one: str, other: str) -> None:
        raise PermissionError(errno.EACCES, "The process cannot access the file", one, 32, other)

    path, made = tmp_path / "open.txt", tmp_path / "made"
    path.write_text("old")
    made.mkdir()
    monkeypatch.setattr(os, "replace", refused)
    with pytest.raises(PermissionError) as error:
        replace_file(path, b"new")
    assert error.value.filename == str(path)
    monkeypatch.setattr(os, "rename", refused)
    (tmp_path / "book").mkdir()
    with pytest.raises(PermissionError):
        replace_folder(tmp_path / "book", made)
    assert path.read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["book", "made", "open.txt"]


def test_files_have_the_same_bytes_on_every_system(tmp_path: Path) -> None:
    """Lines end as here wherever they are written."""
    from tinygrad_neuron import Value, nn, walkthrough
    from tinygrad_neuron.cli import main

    y = Value(2.0) * 3.0
    nn.Neuron(2).save(tmp_path / "model.json")
    walkthrough(y).page(tmp_path / "page.html")
    assert main(["walk", "x*x", "x=3", "-o", str(tmp_path / "steps.txt")]) == 0
    assert main(["draw", "x*x", "x=3", "-o", str(tmp_path / "x.gv")]) == 0
    assert main(["notebook", "1", str(tmp_path)]) == 0
    for path in tmp_path.iterdir():
        assert b"\r" not in path.read_bytes(), path
