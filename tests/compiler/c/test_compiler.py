"""Finding and running the C compiler: whatever it does, and whatever its folders are like."""

import ctypes
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


@pytest.mark.parametrize("given", ["soon", "0", "-1", "nan", "inf", "1e300"])
def test_a_limit_that_is_no_time_is_refused(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINYGRAD_NEURON_COMPILE_SECONDS", given)
    with pytest.raises(ValueError, match=f"seconds above 0 and up to a million, got .{given}."):
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


# Faults of compilers

# Plain arithmetic in plain loops, a part of what a padded Conv2d's gradients need. GCC 12.2 gives
# other sums at -O2 -march=native on a machine with AVX-512: its vectors of straight lines.
SUMS = [
    [(10, 14), (0, 13), (1, 12), (4, 7), (5, 6), (6, 5), (7, 4)],
    [(3, 10), (4, 9), (5, 8), (8, 3), (9, 2), (10, 1), (0, 0)],
    [(4, 10), (5, 9), (9, 3), (10, 2), (0, 1), (1, 0)],
    [(6, 9), (7, 8), (10, 3), (0, 2), (1, 1), (2, 0)],
]
LOOPS = "\n".join(
    "for (long i = 0; i < 2; i++) { double t = 0.0; "
    + " ".join(f"t = t + v->a[{a}]*x[20*i + {b}];" for a, b in terms)
    + f" v->t[{2 * k} + i] = t; }}"
    for k, terms in enumerate(SUMS)
)
STRAIGHT_LINES = f"""
struct values {{ double a[11]; double t[8]; }};
void sums(const double *restrict x, struct values *restrict v) {{ {LOOPS} }}
"""

# A loop that stores vectors, of which GCC 12.2 says (-march=native) that it stores nothing, once it
# has written the address as a difference: the call is then left out.
NOTHING_STORED = """
typedef double four __attribute__((vector_size(32), aligned(8), may_alias));
struct values { double a[4]; double t[16]; };
static __attribute__((noinline)) void part(const double *restrict x, struct values *restrict v)
{
    for (long h = 0; h < 4; h++) {
        four t0 = {0.0};
        t0 = t0 + v->a[h]*(*(four *)&(x[0]));
        *(four *)&(v->t[4 * h]) = t0;
    }
}
void products(const double *x, double *t)
{
    struct values v;
    for (int i = 0; i < 4; i++)
        v.a[i] = x[i] + 1;
    for (int i = 0; i < 16; i++)
        v.t[i] = -1.0;
    part(x, &v);
    for (int i = 0; i < 16; i++)
        t[i] = v.t[i];
}
"""


@needs_compiler
def test_straight_lines_give_their_sums() -> None:
    x = (ctypes.c_double * 40)(*range(40))
    values = (ctypes.c_double * 19)(*range(11))
    load(STRAIGHT_LINES).sums(x, values)
    expected = [sum(a * (20 * i + b) for a, b in terms) for terms in SUMS for i in range(2)]
    assert expected == values[11:]


@needs_compiler
def test_vectors_are_stored() -> None:
    if compiler.find_compiler().vector < 4:
        pytest.skip("no vectors of four numbers")
    x = (ctypes.c_double * 4)(1.0, 2.0, 3.0, 4.0)
    found = (ctypes.c_double * 16)()
    load(NOTHING_STORED).products(x, found)
    assert [a * b for a in range(2, 6) for b in range(1, 5)] == found[:]
