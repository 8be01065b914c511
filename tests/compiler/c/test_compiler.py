"""Finding and running the C compiler: whatever it does, and whatever its folders are like."""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.compiler.c.compiling import COMPILER, LOAD, needs_compiler, reason, run_python, text
from tinygrad_neuron.compiler import CompilerFailedError, CompilerNotFoundError
from tinygrad_neuron.compiler.c import compiler
from tinygrad_neuron.compiler.c.libraries import load

pytestmark = pytest.mark.usefixtures("temporary")
Script = Callable[[str], str]


# Finding the compiler


def test_without_a_compiler_the_error_names_the_python_target(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CompilerNotFoundError, match='CC; target="python" needs no compiler'):
        load(text())


def test_a_compiler_that_cc_names_and_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CC", "no-such-compiler -O1")
    with pytest.raises(CompilerNotFoundError, match="no C compiler 'no-such-compiler', which the"):
        load(text())
    monkeypatch.setenv("CC", 'cc "')
    with pytest.raises(CompilerNotFoundError, match="No closing quotation"):
        load(text())


@needs_compiler
def test_cc_may_hold_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", f"{COMPILER} -DANSWER=7 '-DOTHER=a b'")
    assert 7 == load("int answer(void) { return ANSWER; }").answer()


# Compilers that fail


def test_a_failing_compiler_is_quoted(script: Script) -> None:
    name = script("echo 'source.c:1: no good' >&2; exit 3")
    with pytest.raises(CompilerFailedError) as caught:
        load(text())
    message = str(caught.value)
    assert name in message and "code 3" in message and "source.c:1: no good" in message
    assert 'target="python"' in message


def test_a_wrong_text_gives_the_compilers_first_lines() -> None:
    if reason:
        pytest.skip(reason)
    with pytest.raises(CompilerFailedError, match="error: expected"):
        load("int answer(void) { return 42 }")


def test_a_killed_compiler_is_told_from_a_failing_one(script: Script) -> None:
    script("kill -SEGV $$")
    with pytest.raises(CompilerFailedError, match="was ended by the signal SIGSEGV"):
        load(text())


def test_a_compiler_that_writes_nothing_is_noticed(script: Script) -> None:
    script("exit 0")
    with pytest.raises(CompilerFailedError, match="reported success and wrote nothing"):
        load(text())


def test_a_compiler_that_writes_something_else_is_noticed(script: Script) -> None:
    script('while [ "$1" != -o ]; do shift; done; echo nonsense > "$2"')
    with pytest.raises(CompilerFailedError, match="cannot be loaded"):
        load(text())


def alive(process: int) -> bool:
    """Whether a process runs (a zombie whose parent is gone does not)."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z"
    except OSError:
        pass
    if sys.platform == "linux":
        return False
    try:
        os.kill(process, 0)
        return True
    except ProcessLookupError:
        return False


HANGING = 'echo $$ > "$here/a"; sleep 300 & echo $! > "$here/b"; wait'


def assert_gone(tmp_path: Path) -> None:
    processes = [int((tmp_path / name).read_text()) for name in "ab"]
    for _ in range(600):
        if not any(map(alive, processes)):
            return
        time.sleep(0.05)
    raise AssertionError(f"{processes} still run")


def test_a_hanging_compiler_is_stopped_with_its_children(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(HANGING)
    monkeypatch.setenv("TINYGRAD_NEURON_COMPILE_SECONDS", "0.5")
    with pytest.raises(CompilerFailedError, match=r"stopped after 0\.5 seconds .*COMPILE_SECONDS"):
        load(text())
    assert_gone(tmp_path)


@pytest.mark.parametrize("way", ["interrupt", "exit"])
def test_a_compiler_ends_with_the_process_that_started_it(
    way: str, script: Script, tmp_path: Path
) -> None:
    script(HANGING)
    code = f"""
import os, signal, sys, threading, time
from pathlib import Path
{LOAD}
def there():
    started = Path({str(tmp_path / "b")!r})
    while not (started.exists() and started.read_text()):
        time.sleep(0.02)
if {way!r} == "exit":
    threading.Thread(target=load, args=("int x;",), daemon=True).start()
    there()
    sys.exit()
def interrupt():
    there()
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=interrupt, daemon=True).start()
load("int x;")
"""
    finished = run_python(code)
    assert ("KeyboardInterrupt" in finished.stderr) == (way == "interrupt"), finished.stderr
    assert_gone(tmp_path)


@pytest.mark.parametrize("given", ["soon", "0", "-1", "nan"])
def test_a_limit_that_is_no_time_is_refused(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINYGRAD_NEURON_COMPILE_SECONDS", given)
    with pytest.raises(ValueError, match=f"seconds above 0, got '{given}'"):
        compiler.seconds()


# Folders


@needs_compiler
def test_what_is_built_lies_in_a_folder_that_only_the_user_can_enter(
    script: Script, tmp_path: Path
) -> None:
    script(
        'while [ "$1" != -o ]; do set -- "$@" "$1"; shift; done; '
        'ls -ld "$(dirname "$2")" > "$here/listing"; exec $real "$@"'
    )
    assert 42 == load(text()).answer()
    assert (tmp_path / "listing").read_text().startswith("drwx------")


@needs_compiler
def test_a_temporary_folder_that_cannot_be_used_is_an_error_with_advice(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(CompilerFailedError, match="set TMPDIR to a folder that can be written"):
        load(text())
    if os.geteuid() != 0:  # to root every folder can be written
        read_only = tmp_path / "read-only"
        read_only.mkdir(mode=0o500)
        monkeypatch.setattr(tempfile, "tempdir", str(read_only))
        with pytest.raises(CompilerFailedError, match="Permission denied"):
            load(text())


def test_windows_is_told_that_it_is_not_supported_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler.os, "name", "nt")
    with pytest.raises(CompilerNotFoundError, match=r"not supported on .* yet; target=\"python\""):
        try:
            load(text())
        finally:
            monkeypatch.undo()  # pathlib, which pytest uses, asks for it too
