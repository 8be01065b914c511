"""The cache of compiled libraries: what is kept, and what is not trusted."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.compiler.c.compiling import COMPILER, LOAD, needs_compiler, run_python, text
from tinygrad_neuron.compiler.c import libraries
from tinygrad_neuron.compiler.c.cache import cache_folder
from tinygrad_neuron.compiler.c.libraries import load

pytestmark = pytest.mark.usefixtures("temporary")
Script = Callable[[str], str]


@pytest.fixture
def counted(script: Script, tmp_path: Path) -> Callable[[], int]:
    script('echo run >> "$here/runs"; exec $real "$@"')
    runs = tmp_path / "runs"
    return lambda: len(runs.read_text().splitlines()) if runs.exists() else 0


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("TINYGRAD_NEURON_CACHE", str(folder))
    return folder


def forgotten(source: str) -> int:
    """The answer of a text that this process is made to have forgotten."""
    libraries._LIBRARIES.clear()
    answer: int = load(source).answer()
    return answer


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


def test_without_a_home_folder_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nobody)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("TINYGRAD_NEURON_CACHE", "1")
    with pytest.warns(RuntimeWarning, match="is not used: Could not determine home directory"):
        assert cache_folder() is None
