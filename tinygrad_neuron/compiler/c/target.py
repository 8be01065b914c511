"""The target C: generated functions in a shared library."""

from ..program import Program
from ..targets import Written
from .calling import Function, Rows, packed_rows
from .compiler import find_compiler
from .trainer import CTrainer


class CTarget:
    """C, compiled by the machine's compiler when a function is first called.

    Raises a `CompilerNotFoundError` where there is none.
    """

    trainer = CTrainer
    waits = True

    def __init__(self) -> None:
        find_compiler()

    def write(self, program: Program, seeded: tuple[int, ...] | None, title: str) -> Written:
        function = Function(program, seeded, title)
        run = function.map_rows if seeded is None else function.add_up
        return Written(run, function.source)

    def pack(self, rows: list[list[float]]) -> Rows:
        return packed_rows(rows)


def target() -> CTarget:
    """The target C, if there is a compiler now."""
    return CTarget()
