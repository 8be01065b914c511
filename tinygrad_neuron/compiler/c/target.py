"""The target C: generated functions in a shared library, called through ctypes."""

import ctypes
from array import array
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from ..program import Program
from ..targets import Written
from . import building, emitting

if TYPE_CHECKING:
    from ...optim import Optimiser
    from ..compiled import Compiled
    from ..training import Trainer


class FailedInCError(ArithmeticError):
    """An operation failed in compiled C; the interpreter says which."""


class Rows:
    """Rows of numbers, side by side in one array."""

    __slots__ = ("count", "numbers", "rows")

    def __init__(self, rows: Sequence[Sequence[float]]) -> None:
        self.rows = rows  # for the interpreter, where something fails
        self.count = len(rows)
        self.numbers = array("d", chain.from_iterable(rows))

    def __iter__(self) -> Any:
        return iter(self.rows)


class Function:
    """A generated function of C, called with Python's lists."""

    def __init__(self, program: Program, seeded: tuple[int, ...] | None, title: str) -> None:
        emitted = emitting.emit(program, seeded, title)
        self.source = emitted.source
        self.library = building.load(emitted.source)
        self.outputs = len(program.outputs)
        self.inputs = len(program.input_gradients)
        self.order = [*emitted.leaves, *emitted.gradients]
        self.places = array("l", self.order)

    def map_rows(self, rows: Any, leaves: list[float]) -> list[tuple[float, ...]]:
        packed = packed_rows(rows)
        width = self.outputs
        results = array("d", bytes(8 * width * packed.count))
        data = array("d", leaves)
        check(
            self.library.map_rows(
                _pointer(packed.numbers),
                ctypes.c_long(packed.count),
                _pointer(data),
                _pointer(self.places),
                _pointer(results),
            )
        )
        if width == 1:
            return [(number,) for number in results]
        return [tuple(results[i : i + width]) for i in range(0, len(results), width)]

    def add_up(
        self,
        rows: Any,
        leaves: list[float],
        totals: list[float],
        seeds: Sequence[float],
        total: float,
    ) -> tuple[float, list[float], list[tuple[float, ...]]]:
        packed = packed_rows(rows)
        width = self.inputs
        data, sums, arriving = array("d", leaves), array("d", totals), array("d", seeds)
        first = array("d", [total])
        inputs = array("d", bytes(8 * width * packed.count))
        check(
            self.library.add_up(
                _pointer(packed.numbers),
                ctypes.c_long(packed.count),
                _pointer(data),
                _pointer(self.places),
                _pointer(sums),
                _pointer(arriving),
                _pointer(first),
                _pointer(inputs),
            )
        )
        gradients = [tuple(inputs[i : i + width]) for i in range(0, len(inputs), width or 1)]
        return first[0], sums.tolist(), gradients


class _C:
    """C, compiled by the machine's compiler when a function is first called."""

    def write(self, program: Program, seeded: tuple[int, ...] | None, title: str) -> Written:
        function = Function(program, seeded, title)
        run = function.map_rows if seeded is None else function.add_up
        return Written(run, function.source)

    def pack(self, rows: list[list[float]]) -> Rows:
        return packed_rows(rows)

    def trainer(self, compiled: "Compiled", optimiser: "Optimiser") -> "Trainer":
        from .training import CTrainer

        return CTrainer(compiled, optimiser)


C = _C()


def packed_rows(rows: Any) -> Rows:
    return rows if isinstance(rows, Rows) else Rows(rows)


def check(done: int) -> None:
    """Raise the error that a generated function reported."""
    if done == 2:
        raise MemoryError("compiled C found no memory for its numbers")
    if done:
        raise FailedInCError("an operation failed in compiled C that does not fail in Python")


def _pointer(numbers: "array[Any]") -> ctypes.c_void_p:
    """The address of an array; the caller keeps it alive."""
    return ctypes.c_void_p(numbers.buffer_info()[0])
