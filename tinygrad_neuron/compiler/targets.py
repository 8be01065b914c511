"""What a compiled function is written in: Python, or C where the machine has a compiler.

A target turns a program into two functions of the same arguments. `map_rows(rows, leaves)` gives
the outputs of each row; `add_up(rows, leaves, totals, seeds, total)` the first output and the
gradients, added up over rows to what was there before. Where an operation fails both raise an
ArithmeticError or ValueError; what it says is found by the interpreter.
"""

import itertools
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from .. import source_text
from . import python
from .program import Program

if TYPE_CHECKING:
    from ..optim import Optimiser
    from .compiled import Compiled
    from .trainer import Trainer

_serial = itertools.count(1)


class Written(NamedTuple):
    """A generated function, and its text."""

    function: Callable[..., Any]
    source: str


class Target(Protocol):
    """How programs become functions."""

    def write(self, program: Program, seeded: tuple[int, ...] | None, title: str) -> Written:
        """`map_rows` (where `seeded` is None) or `add_up` of a program."""

    def pack(self, rows: list[list[float]]) -> Any:
        """Rows as its functions take them fastest."""

    def trainer(self, compiled: "Compiled", optimiser: "Optimiser") -> "Trainer":
        """Training steps on numbers in its own arrays."""


class PythonTarget:
    """Straight-line Python."""

    def write(self, program: Program, seeded: tuple[int, ...] | None, title: str) -> Written:
        source, globals_ = python.emit(program, seeded, title)
        name = f"{title.partition(':')[0]} #{next(_serial)}"
        (function,) = source_text.load(source, globals_, name).values()
        weakref.finalize(function, source_text.forget, name)
        return Written(function, source)

    def pack(self, rows: list[list[float]]) -> list[list[float]]:
        return rows

    def trainer(self, compiled: "Compiled", optimiser: "Optimiser") -> "Trainer":
        from .trainer import PythonTrainer

        return PythonTrainer(compiled, optimiser)


def target_named(name: str) -> Target:
    """The target of a name, "python" or "c"."""
    if name == "python":
        return _PYTHON
    if name == "c":
        from .c.target import CTarget

        return CTarget()
    raise ValueError(f"compile: target must be 'python' or 'c', got {name!r}")


_PYTHON = PythonTarget()
