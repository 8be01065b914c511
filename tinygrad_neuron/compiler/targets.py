"""What a compiled function is written in: Python, or C where the machine has a compiler.

A target turns a program into two functions of the same arguments. `map_rows(rows, leaves)` gives
the outputs of each row; `add_up(rows, leaves, totals, seeds, total)` the first output and the
gradients, added up over rows to what was there before. Where an operation fails both raise an
ArithmeticError or ValueError; what it says is found by the interpreter.

Each target is a package beside this file, with a `target()` in its module `target`. It is found by
name, so that the targets may stand on everything that asks for one. JavaScript is none: Python has
nothing to run it with, so there is only the text (`Compiled.javascript`).
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple, Protocol

from .program import Program

NAMES = ("python", "c")


class Written(NamedTuple):
    """A generated function, and its text."""

    function: Callable[..., Any]
    source: str


class Target(Protocol):
    """How programs become functions."""

    # The class of its trainers, a subclass of `trainer.Trainer`: called with variants, optimiser,
    # and whether only finite steps are taken.
    trainer: Callable[..., Any]
    # Whether `write` waits for another process, so that several are written side by side.
    waits: bool

    def write(self, program: Program, seeded: tuple[int, ...] | None, title: str) -> Written:
        """`map_rows` (where `seeded` is None) or `add_up` of a program."""

    def pack(self, rows: list[list[float]]) -> Any:
        """Rows as its functions take them fastest."""


def target_named(name: str) -> Target:
    """The target of a name, "python" or "c"."""
    if not isinstance(name, str) or name not in NAMES:
        raise ValueError(f"compile: target must be 'python' or 'c', got {name!r}")
    target: Target = import_module(f"{__package__}.{name}.target").target()
    return target
