"""Fixtures for the tests of compiler, libraries and cache."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.compiler.c.compiling import COMPILER
from tinygrad_neuron.compiler.c import compiler

Script = Callable[[str], str]


@pytest.fixture
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
        compiler._find_compiler.cache_clear()
        return str(file)

    return make
