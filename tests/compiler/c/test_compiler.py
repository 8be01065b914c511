"""Building and loading C: whatever the compiler, the folders and the labels are like."""

import concurrent.futures
import ctypes
import os
import re
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tinygrad_neuron.compiler.c import building
from tinygrad_neuron.compiler.c.building import (
    CompilerFailedError,
    CompilerNotFoundError,
    comment,
    load,
    string,
)

try:
    COMPILER = building.find_compiler().command[0]
    reason = ""
except CompilerNotFoundError as error:
    COMPILER, reason = "", str(error)
needs_compiler = pytest.mark.skipif(bool(reason), reason=reason or "there is a compiler")

Script = Callable[[str], str]
_count = 0


def text(value: int | None = None) -> str:
    """A C text that was not compiled before."""
    global _count
    _count += 1
    return f"int answer(void) {{ return {value or 42}; }} /* {os.getpid()} {_count} */\n"


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary folder of the test's own, which is empty after every test."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    for name in ("CC", "TINYGRAD_NEURON_CACHE", "TINYGRAD_NEURON_COMPILE_SECONDS"):
        monkeypatch.delenv(name, raising=False)
    yield folder
    assert [] == list(folder.iterdir())


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Script:
    """Make a shell script the compiler: it works as one until it gets a file to compile."""

    def make(body: str) -> str:
        file = tmp_path / "compiler"
        real = COMPILER or "false"
        file.write_text(
            "#!/bin/sh\n"
            f'case "$*" in *--version*) echo compiler 1.0; exit 0;; *empty.c*) exec {real} "$@";; '
            f'esac\nreal={real}\nhere="{tmp_path}"\n{body}\n'
        )
        file.chmod(0o755)
        monkeypatch.setenv("CC", str(file))
        building._find_compiler.cache_clear()
        return str(file)

    return make


def run_python(code: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


LOAD = "from tinygrad_neuron.compiler.c.building import load\n"


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


@needs_compiler
def test_a_text_is_compiled_once_even_by_threads_at_the_same_time(
    script: Script, tmp_path: Path
) -> None:
    script('echo run >> "$here/runs"; sleep 0.3; exec $real "$@"')
    source = text()
    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        libraries = list(threads.map(load, [source] * 8))
    assert {42} == {library.answer() for library in libraries}
    assert "run\n" == (tmp_path / "runs").read_text()
    assert load(source) is libraries[0]


@needs_compiler
def test_another_text_or_other_arguments_are_compiled_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = "#ifndef N\n#define N 1\n#endif\n" + text().replace("42", "N")
    assert 1 == load(source).answer()
    monkeypatch.setenv("CC", f"{COMPILER} -DN=2")
    assert 2 == load(source).answer()


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
    for _ in range(100):
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
        building.seconds()


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


@needs_compiler
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_loads_while_the_parent_does(temporary: Path, script: Script) -> None:
    # Slow, so that the fork comes while all threads wait for it: none is inside the system's
    # loader then, whose own lock would stay taken in the child.
    script('sleep 1; exec $real "$@"')
    code = f"""
import os, threading, time
{LOAD}
sources = ["int answer(void) {{ return %d; }}" % i for i in range(1, 4)]
threads = [threading.Thread(target=load, args=(s,)) for s in sources]
[t.start() for t in threads]
time.sleep(0.4)
child = os.fork()
found = [load(s).answer() for s in sources]
if child == 0:
    os._exit(0 if found == [1, 2, 3] else 1)
[t.join() for t in threads]
print(found, os.waitpid(child, 0)[1])
"""
    finished = run_python("import warnings; warnings.simplefilter('ignore')\n" + code)
    assert "[1, 2, 3] 0\n" == finished.stdout, finished.stderr


# The cache


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("TINYGRAD_NEURON_CACHE", str(folder))
    return folder


def forgotten(source: str) -> int:
    """The answer of a text that this process is made to have forgotten."""
    building._LIBRARIES.clear()
    answer: int = load(source).answer()
    return answer


@pytest.fixture
def counted(script: Script, tmp_path: Path) -> Callable[[], int]:
    script('echo run >> "$here/runs"; exec $real "$@"')
    runs = tmp_path / "runs"
    return lambda: len(runs.read_text().splitlines()) if runs.exists() else 0


@needs_compiler
def test_without_the_variable_nothing_is_kept(tmp_path: Path, counted: Callable[[], int]) -> None:
    source = text()
    assert [42, 42] == [forgotten(source), forgotten(source)]
    assert 2 == counted()


@needs_compiler
def test_what_is_kept_is_not_compiled_again(cache: Path, counted: Callable[[], int]) -> None:
    source = text()
    assert [42, 42, 42] == [forgotten(source) for _ in range(3)]
    assert 1 == counted()
    (kept,) = cache.iterdir()
    assert 0o700 == stat.S_IMODE(cache.stat().st_mode)
    assert 0o600 == stat.S_IMODE(kept.stat().st_mode)


@needs_compiler
def test_one_means_the_users_cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINYGRAD_NEURON_CACHE", "1")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "users"))
    assert 42 == load(text()).answer()
    assert 1 == len(list((tmp_path / "users" / "tinygrad_neuron").glob("*.library")))


def _others(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)


def _group(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o770)


def _linked(folder: Path) -> None:
    (folder.parent / "real").mkdir(mode=0o700)
    folder.symlink_to(folder.parent / "real")


def _a_file(folder: Path) -> None:
    folder.write_text("")


def _foreign(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder to another user")
    os.chown(folder, 12345, 12345)


@needs_compiler
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (_others, "others can write to it"),
        (_group, "others can write to it"),
        (_linked, "it is a symbolic link"),
        (_a_file, "it is something else"),
        (_foreign, "it belongs to another user"),
    ],
)
def test_a_folder_that_others_can_reach_is_not_used(
    make: Callable[[Path], None], message: str, cache: Path
) -> None:
    make(cache)
    with pytest.warns(RuntimeWarning, match=f"is not used: {message}"):
        assert 42 == load(text()).answer()
    assert not cache.is_dir() or [] == list(cache.iterdir())


def _truncated(kept: Path) -> None:
    kept.write_bytes(kept.read_bytes()[:-100])


def _changed(kept: Path) -> None:
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 1
    kept.write_bytes(content)


def _emptied(kept: Path) -> None:
    kept.write_bytes(b"")


def _of_others(kept: Path) -> None:
    kept.chmod(0o666)


def _link(kept: Path) -> None:
    kept.rename(kept.parent.parent / "elsewhere")
    kept.symlink_to(kept.parent.parent / "elsewhere")


def _pipe(kept: Path) -> None:
    kept.unlink()
    os.mkfifo(kept)


def _another_text(kept: Path) -> None:
    load(text(13))
    (other,) = set(kept.parent.iterdir()) - {kept}
    other.replace(kept)


@needs_compiler
@pytest.mark.parametrize(
    "spoil", [_truncated, _changed, _emptied, _of_others, _link, _pipe, _another_text]
)
def test_a_spoilt_file_in_the_cache_is_built_anew(
    spoil: Callable[[Path], None], cache: Path, counted: Callable[[], int]
) -> None:
    source = text()
    assert 42 == forgotten(source)
    (kept,) = cache.iterdir()
    spoil(kept)
    before = counted()
    assert 42 == forgotten(source)
    assert before + 1 == counted()
    assert 42 == forgotten(source)
    assert before + 1 == counted()  # and is whole again
    assert not kept.is_symlink()


@needs_compiler
def test_a_cache_that_is_full_is_no_error(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: Any, **more: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert 42 == load(text()).answer()
    assert [] == list(cache.iterdir())


@needs_compiler
def test_processes_that_write_the_same_entry_do_not_disturb_each_other(cache: Path) -> None:
    code = LOAD + "print(load('int answer(void) { return 5; }').answer())"
    command = [sys.executable, "-c", code]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    assert {"5\n"} == {process.communicate(timeout=60)[0] for process in running}
    (kept,) = cache.iterdir()
    assert kept.name.endswith(".library")
    assert "5\n" == run_python(code, CC=COMPILER).stdout


# Labels

HOSTILE = [
    "*/ int injected; /*", "**//", "/*/", "*", "/", '"', '"; int injected; "', "\\", "w\\\n int x;",
    "??/\n int x;", "??/", "*??/\n/", "\\\n*/", "a\nb", "\r\n#error injected\n", "\0", "%s%n",
    "größe", "\u202e*/ reversed", "\u2066\u2069", "\u2028", "\ud800", "😀", "\x1b[2J", "//", "",
    "#include <nowhere.h>", "*\u200b/", "'\\''", "\x7f",
]  # fmt: skip


@needs_compiler
def test_any_label_stays_text() -> None:
    source = ""
    for i, label in enumerate(HOSTILE):
        assert "\n" not in comment(label)
        source += f"int n{i} {comment(label)} = {i}; const char *s{i} = {string(label)};\n"
    library = load(source)
    for i, label in enumerate(HOSTILE):
        assert i == ctypes.c_int.in_dll(library, f"n{i}").value
        found = ctypes.c_char_p.in_dll(library, f"s{i}").value
        assert label.encode("utf-8", "surrogatepass").split(b"\0")[0] == found


def test_a_comment_shows_what_can_be_read_and_numbers_the_rest() -> None:
    assert "/* größe 😀 w0 */" == comment("größe 😀 w0")
    assert "/* \\u202e\\u000a\\u0000 */" == comment("\u202e\n\0")
    inside = [comment(label)[2:-2] for label in HOSTILE]
    assert not [one for one in inside if "*/" in one or re.search(r"[\x00-\x1f\x7f]", one)]


def test_windows_is_told_that_it_is_not_supported_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building.os, "name", "nt")
    with pytest.raises(CompilerNotFoundError, match=r"not supported on .* yet; target=\"python\""):
        try:
            load(text())
        finally:
            monkeypatch.undo()  # pathlib, which pytest uses, asks for it too
