"""What the tests of compiler, libraries and cache share: texts to compile, other processes."""

import os
import subprocess
import sys

import pytest

from tinygrad_neuron.compiler import CompilerNotFoundError
from tinygrad_neuron.compiler.c import compiler

try:
    COMPILER = compiler.find_compiler().command[0]
    reason = ""
except CompilerNotFoundError as error:
    COMPILER, reason = "", str(error)
needs_compiler = pytest.mark.skipif(bool(reason), reason=reason or "there is a compiler")

_count = 0


def text(value: int | None = None) -> str:
    """A C text that was not compiled before."""
    global _count
    _count += 1
    return f"int answer(void) {{ return {value or 42}; }} /* {os.getpid()} {_count} */\n"


def run_python(code: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


LOAD = "from tinygrad_neuron.compiler.c.libraries import load\n"
