"""The target Python: generated functions of straight-line code."""

import itertools
import weakref
from functools import cache

from ... import source_text
from ..program import Program
from ..targets import Written
from .emitting import emit
from .trainer import PythonTrainer

_serial = itertools.count(1)


class PythonTarget:
    """Straight-line Python."""

    trainer = PythonTrainer
    waits = False

    def write(self, program: Program, seeded: tuple[int, ...] | None, title: str) -> Written:
        source, globals_ = emit(program, seeded, title)
        name = f"{title.partition(':')[0]} #{next(_serial)}"
        (function,) = source_text.load(source, globals_, name).values()
        weakref.finalize(function, source_text.forget, name)
        return Written(function, source)

    def pack(self, rows: list[list[float]]) -> list[list[float]]:
        return rows


@cache
def target() -> PythonTarget:
    """The one target Python."""
    return PythonTarget()
