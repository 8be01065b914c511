"""Generated functions of C, called with Python's lists through ctypes."""

import ctypes
from array import array
from collections.abc import Sequence
from itertools import chain
from typing import Any

from ..program import Program
from . import arrays, emitting
from .compiler import find_compiler
from .libraries import load


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


# A vector of several rows costs as much for one: so few rows go one after another, where the rows
# have so many numbers that it is felt.
FEW, FELT = 2, 256


class Function:
    """A generated function of C, called with Python's lists."""

    def __init__(self, program: Program, seeded: tuple[int, ...] | None, title: str) -> None:
        vector = find_compiler().vector
        self._texts = [emitting.emit(program, seeded, title, vector)]
        self.source = self._texts[0].source
        if self._texts[0].rows and self._texts[0].numbers >= FELT:
            few = emitting.emit(program, seeded, f"{title}, up to {FEW} rows", vector, rows=0)
            self._texts.append(few)
            self.source += f"\n{few.source}"
        self._libraries: list[ctypes.CDLL | None] = [None, None]
        self.outputs = len(program.outputs)
        self.inputs = len(program.input_gradients)
        self.leaves = self._texts[0].leaves
        if len(self._texts) == 1:
            self.library_for(FEW)

    def library_for(self, rows: int) -> ctypes.CDLL:
        """The library that computes so many rows, compiled when it is first asked for."""
        which = 1 if rows <= FEW and len(self._texts) > 1 else 0
        library = self._libraries[which]
        if library is None:
            emitted = self._texts[which]
            arrays.prepare(emitted.over_arrays)
            library = load(emitted.source)
            arrays.connect(library, emitted.over_arrays)
            self._libraries[which] = library
        return library

    def map_rows(self, rows: Any, leaves: list[float]) -> list[tuple[float, ...]]:
        """The outputs of each row."""
        packed = packed_rows(rows)
        width = self.outputs
        results = array("d", bytes(8 * width * packed.count))
        data = array("d", [leaves[k] for k in self.leaves])
        check(
            self.library_for(packed.count).map_rows(
                ctypes.c_void_p(address(packed.numbers)),
                ctypes.c_long(packed.count),
                ctypes.c_void_p(address(data)),
                ctypes.c_void_p(address(results)),
            )
        )
        if width == 1:
            return [(number,) for number in results]
        return _in_rows(results, width, packed.count)

    def add_up(
        self,
        rows: Any,
        leaves: list[float],
        totals: list[float],
        seeds: Sequence[float],
        total: float,
    ) -> tuple[float, list[float], list[tuple[float, ...]]]:
        """The first output and the gradients, added up over rows."""
        packed = packed_rows(rows)
        width = self.inputs
        order = self.leaves
        data = array("d", [leaves[k] for k in order])
        sums = array("d", [totals[k] for k in order])
        arriving = array("d", seeds)
        first = array("d", [total])
        inputs = array("d", bytes(8 * width * packed.count))
        check(
            self.library_for(packed.count).add_up(
                ctypes.c_void_p(address(packed.numbers)),
                ctypes.c_long(packed.count),
                ctypes.c_void_p(address(data)),
                ctypes.c_void_p(address(sums)),
                ctypes.c_void_p(address(arriving)),
                ctypes.c_void_p(address(first)),
                ctypes.c_void_p(address(inputs)),
            )
        )
        gradients = _in_rows(inputs, width, packed.count) if width else []
        found = list(totals)
        for k, number in zip(order, sums, strict=True):
            found[k] = number
        return first[0], found, gradients


def _in_rows(numbers: "array[float]", width: int, count: int) -> list[tuple[float, ...]]:
    return [tuple(numbers[k * width : (k + 1) * width]) for k in range(count)]


def packed_rows(rows: Any) -> Rows:
    return rows if isinstance(rows, Rows) else Rows(rows)


def check(done: int) -> None:
    """Raise the error that a generated function reported."""
    if done == 2:
        raise MemoryError("compiled C found no memory for its numbers")
    if done:
        raise FailedInCError("an operation failed in compiled C that does not fail in Python")


def address(numbers: "array[Any]") -> int:
    """Where an array is; the caller keeps it alive, and its length as it is."""
    return numbers.buffer_info()[0]
