"""The C compiler of the machine: found, run, timed, and ended with all it started.

Each library is built in a private folder of its own, which goes as soon as the library is loaded,
or the compiler failed, or the process ends.

Environment variables:

- `CC`: the compiler, with arguments if it needs some (`CC="ccache gcc"`); otherwise the first of
  `cc`, `gcc` and `clang` that is there.
- `TINYGRAD_NEURON_COMPILE_SECONDS`: how long it may take (120).
"""

import atexit
import contextlib
import functools
import os
import platform
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ... import processes
from .errors import CompilerFailedError, CompilerNotFoundError

# Fast, and not one bit of a result changed: -fno-math-errno and -fno-trapping-math drop only what
# nobody reads here, errno and the processor's flags; without them `sqrt` is a call, and a choice
# between two numbers a branch.
FLAGS = (
    "-std=c11",
    "-O2",
    "-fPIC",
    "-ffp-contract=off",
    "-fno-builtin",
    "-fno-math-errno",
    "-fno-trapping-math",
)
# Where the compiler takes them: all that this processor can do; and no analysis by which gcc 12
# gives wrong numbers. Its vectors of straight lines spoil the gradients of a padded Conv2d of two
# channels; of a function that stores through a pointer that it computed from two others it says
# that it writes nothing (the projections of a masked attention). The faults are the compiler's: the
# texts are clean under its sanitizers, and tests/compiler/c/test_compiler.py has both in a few
# lines. Nothing measured is slower so.
OPTIONAL = (
    ("-march=native",),
    ("-fno-tree-slp-vectorize", "-fno-ipa-modref", "-fno-ipa-pure-const"),
)

# A long text takes the compiler seconds at -O2, and a quarter of them so; it then runs half as long
# again (a small transformer in seven lengths: 7 s less, 0.1 ms more a step: even at 70,000 steps).
OPTIMISED, LONG, OF_LONG = "-O2", 2000, ("-Og", "-fexpensive-optimizations")

ADVICE = 'target="python" needs no compiler'
SECONDS = 120.0


class Compiler(NamedTuple):
    """A C compiler: the command with the user's arguments, what it says of its version, and how
    many numbers a vector of the machine holds (1: it does not know vectors)."""

    command: tuple[str, ...]
    version: str
    flags: tuple[str, ...]
    vector: int = 1

    def __str__(self) -> str:
        return shlex.join(self.command)

    def flags_for(self, source: str) -> tuple[str, ...]:
        """The flags with which a text is compiled."""
        if source.count("\n") < LONG or OPTIMISED not in self.flags:
            return self.flags
        return (*(flag for flag in self.flags if flag != OPTIMISED), *OF_LONG)


# What is to go with the process, where a thread still waits for a compiler.
_FOLDERS: set[str] = set()


@atexit.register
def _at_exit() -> None:
    for folder in list(_FOLDERS):
        shutil.rmtree(folder, ignore_errors=True)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_FOLDERS.clear)  # they are the parent's to remove


def find_compiler() -> Compiler:
    """The C compiler of this machine: `CC`, or else `cc`, `gcc` or `clang`."""
    if os.name != "posix":
        raise CompilerNotFoundError(
            f"compiling to C is not supported on {platform.system()} yet; {ADVICE}"
        )
    return _find_compiler(os.environ.get("CC", ""), os.environ.get("PATH", os.defpath))


@functools.lru_cache(maxsize=16)
def _find_compiler(chosen: str, path: str) -> Compiler:
    """The compiler for these values of CC and PATH."""
    try:
        words = shlex.split(chosen)
    except ValueError as error:
        raise CompilerNotFoundError(f"CC={chosen!r}: {error}; {ADVICE}") from None
    for command in [words] if words else [["cc"], ["gcc"], ["clang"]]:
        program = shutil.which(command[0], path=path)
        if program is not None:
            found = (os.path.abspath(program), *command[1:])
            version = run([*found, "--version"], "its --version")
            return Compiler(found, version, *_for_this_machine(found))
    if words:
        raise CompilerNotFoundError(
            f"there is no C compiler {words[0]!r}, which the environment variable CC names; "
            f"unset it, name another, or leave C alone: {ADVICE}"
        )
    raise CompilerNotFoundError(
        "there is no C compiler: neither cc nor gcc nor clang is on the PATH. Install one, or name "
        f"it in the environment variable CC; {ADVICE}"
    )


def _for_this_machine(command: tuple[str, ...]) -> tuple[tuple[str, ...], int]:
    """The flags for the machine that runs, and how many numbers its vectors hold: wider ones than
    it has would be many times slower."""
    with scratch() as folder:
        file = os.path.join(folder, "empty.c")
        with open(file, "w", encoding="utf-8") as opened:
            opened.write("int empty;\n")
        taken: tuple[str, ...] = FLAGS
        defined = ""
        for flags in ((), *OPTIONAL):
            with contextlib.suppress(CompilerFailedError):
                defined = run([*command, *taken, *flags, "-dM", "-E", file], " ".join(flags))
                taken += flags
    macros = set(defined.split())
    widths = {"__AVX512F__": 8, "__AVX__": 4, "__GNUC__": 2}  # the last: it knows vectors
    return taken, next((numbers for name, numbers in widths.items() if name in macros), 1)


def seconds() -> float:
    """How long a compilation may take, from the environment."""
    text = os.environ.get("TINYGRAD_NEURON_COMPILE_SECONDS", "")
    if not text:
        return SECONDS
    try:
        value = float(text)
        if 0.0 < value <= 1e6:
            return value
    except ValueError:
        pass
    raise ValueError(
        f"TINYGRAD_NEURON_COMPILE_SECONDS must be a number of seconds above 0 and up to a "
        f"million, got {text!r}"
    )


def run(command: list[str], what: str, folder: str = "") -> str:
    """Run the compiler, and end it with all it started; what it printed."""
    limit = seconds()
    shown = shlex.join(command[:1])
    environment = {**os.environ, "LC_ALL": "C"}
    try:
        process = processes.run(command, seconds=limit, environment=environment, folder=folder)
    except subprocess.TimeoutExpired:
        raise CompilerFailedError(
            f"the C compiler {shown} was stopped after {limit:g} seconds ({what}). Give it longer "
            f"with the environment variable TINYGRAD_NEURON_COMPILE_SECONDS, or none: {ADVICE}"
        ) from None
    except OSError as error:
        raise CompilerFailedError(
            f"the C compiler {shown} cannot be started: {error.strerror}; {ADVICE}"
        ) from None
    if process.returncode == 0:
        return process.stdout.decode("utf-8", "replace")
    said = process.stderr.decode("utf-8", "replace")
    lines = [line for line in said.splitlines() if line.strip()]
    said = "".join(f"\n  {line[:300]}" for line in lines[:5]) or " nothing"
    if process.returncode < 0:
        number = -process.returncode  # a real-time signal has no name
        name = next((known.name for known in signal.Signals if known == number), str(number))
        outcome = f"was ended by the signal {name}"
    else:
        outcome = f"failed with code {process.returncode}"
    raise CompilerFailedError(
        f"the C compiler {shown} {outcome} ({what}); {ADVICE}. It said:{said}"
    )


@contextlib.contextmanager
def scratch() -> Iterator[str]:
    """A private folder (mode 0700) for one compilation; nothing of it is left."""
    made = ""
    try:
        made = tempfile.mkdtemp(prefix="tinygrad_neuron_")
        _FOLDERS.add(made)
        yield made
    except OSError as error:
        raise CompilerFailedError(
            f"the temporary folder for the C compiler cannot be used: {error}; set TMPDIR to a "
            f"folder that can be written, or: {ADVICE}"
        ) from None
    finally:
        if made:
            shutil.rmtree(made, ignore_errors=True)
            _FOLDERS.discard(made)


def compile(source: str, compiler: Compiler, folder: str) -> bytes:
    """The library of a text, compiled in a folder that is there for that."""
    file, target = os.path.join(folder, "source.c"), os.path.join(folder, "compiled")
    with open(file, "w", encoding="utf-8") as opened:
        opened.write(source)
    shared = "-dynamiclib" if sys.platform == "darwin" else "-shared"
    run(
        [*compiler.command, *compiler.flags_for(source), shared, "-o", target, file, "-lm"],
        "compiling",
        folder,
    )
    try:
        return Path(target).read_bytes()
    except OSError:
        raise CompilerFailedError(
            f"the C compiler {compiler} reported success and wrote nothing; {ADVICE}"
        ) from None
