"""The flat list as C source: loops over arrays, written as one would by hand.

`emit` is pure: a program in, the text of a C function out, with the order in which it wants the
leaves. Two functions can be written: `map_rows` computes the outputs for each row of inputs,
`add_up` also goes backward and adds up the first output and the gradients over the rows. Both
return 0, or 1 where Python would raise an error, or 2 where there is no memory.

The numbers of a block of rows stand side by side, and a vector holds the same number of several
rows (`block_writer`); where a row has very many numbers, neighbouring ones of one row
(`row_writer`).
"""

from collections.abc import Sequence
from typing import NamedTuple

from ...calculus.operation import Operation
from ..program import Program
from .arrays import over_arrays
from .block_writer import BlockWriter
from .rolling import roll
from .row_writer import RowWriter
from .steps import find_steps
from .writer import Writer

MOST_ROWS = 32  # side by side
LARGEST_BLOCK = 65536  # numbers, which should stay near the processor


class Emitted(NamedTuple):
    """The text of a C function, which leaf it wants at each place, the operations for which it
    calls functions over arrays, how many rows it computes side by side (0: none), and how many
    numbers each has."""

    source: str
    leaves: list[int]
    over_arrays: list[Operation]
    rows: int
    numbers: int


def emit(
    program: Program,
    seeded: Sequence[int] | None = None,
    title: str = "compiled",
    vector: int = 4,
    rows: int | None = None,
) -> Emitted:
    """The source of `map_rows` (without `seeded`) or of `add_up`, for a machine with vectors of so
    many numbers, in blocks of so many rows (0: row after row; None: as many as fit)."""
    rolled = roll(program, seeded, over_arrays)
    find_steps(rolled)
    numbers = sum(group.size for group in rolled.groups) + program.inputs + len(program.draws)
    if rows is None:
        rows = rows_of_a_block(numbers, vector)
    writer: Writer
    if rows:
        writer = BlockWriter(rolled, program, seeded, title, vector, rows)
    else:
        writer = RowWriter(rolled, program, seeded, title, vector)
    source = writer.source()
    return Emitted(source, rolled.leaves, writer.over_arrays(), rows, numbers)


def rows_of_a_block(numbers: int, vector: int) -> int:
    """How many rows are computed side by side, so that their numbers stay near the processor; 0
    where those would be too few.

    >>> rows_of_a_block(200, 8), rows_of_a_block(3000, 8), rows_of_a_block(10_000, 8)
    (32, 16, 0)
    """
    rows = MOST_ROWS
    while rows * numbers > LARGEST_BLOCK:
        rows //= 2
    return rows if rows >= max(vector, 8) else 0
