"""Loops over the lanes of a group, and the C text of what is read in them."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .indexing import Nest, linear, nest, stride_of_terms
from .rolling import ROW, STEP, Access, Apply, Constant, Group, Slices, Terms, Tree
from .terms import literal
from .vectors import in_vector

TOTALS, PACKED = "g", "packed"  # arrays besides those of `rolling`
WIDEST = 4  # vectors that are computed side by side


class Spot(NamedTuple):
    """Which number of an array is meant: that of the current lane and term, or, in a vector, the
    one `further` lanes on from where `inner` says; in one of several rows."""

    term: str = ""
    row: int | None = None
    inner: str | None = None
    further: int = 0


HERE = Spot()


@dataclass
class Reach:
    """How an array is read in loops: from `start` on, by `strides` in the loops and by `step` from
    one term of a sum to the next; where there is no pattern, by way of a table of all positions."""

    array: str | Group | Slices
    start: int
    strides: tuple[int, ...]
    step: int = 0
    table: tuple[int, ...] = ()
    terms: int = 1  # in the table, for each lane
    shift: int = 0  # from one step to the next

    @property
    def in_vectors(self) -> bool:
        """Whether neighbouring lanes read neighbouring numbers, or the same one."""
        return not self.table and self.strides[-1] in (0, 1)


class Loops(NamedTuple):
    """The loops over the lanes of a statement, and how each of its accesses reads in them."""

    rounds: tuple[int, ...]
    variables: list[str]
    lane: str
    reach: dict[Access, Reach]
    table: Callable[[tuple[int, ...]], str]  # the name of a table of positions

    def place(self, access: Access, spot: Spot = HERE) -> str:
        """The text of the number that an access reads."""
        reach = self.reach[access]
        array = text_of(reach.array, spot.row)
        if reach.table:
            index = self.lane
            if reach.terms > 1:
                index = linear(
                    0, [reach.terms, 1], [f"({index})" if " " in index else index, spot.term]
                )
            found = f"{self.table(reach.table)}[{index}]"
            return f"{array}[{linear(0, [1, reach.shift], [found, STEP])}]"
        variables = self.variables
        if spot.inner is not None:
            variables = [*variables[:-1], spot.inner]
        start = reach.start + spot.further * reach.strides[-1]
        strides = [*reach.strides, reach.step, reach.shift]
        return f"{array}[{linear(start, strides, [*variables, spot.term, STEP])}]"

    def vector(self, access: Access, spot: Spot, width: int) -> str:
        """The text of what it reads in as many neighbouring lanes as a vector holds."""
        text = self.place(access, spot)
        return in_vector(text, width) if self.reach[access].strides[-1] else text


class Stretch(NamedTuple):
    """Part of the innermost loop: `rounds` of `vectors` side by side, each of `width` lanes, from
    lane `start` on."""

    start: int
    rounds: int
    vectors: int
    width: int

    @property
    def end(self) -> int:
        return self.start + self.rounds * self.vectors * self.width

    def spot(self, k: int, term: str = "", row: int | None = None) -> Spot:
        """The lanes of its k-th vector."""
        if self.rounds > 1:
            return Spot(term, row, "i", self.width * k)
        return Spot(term, row, "", self.start + self.width * k)

    def around(self, body: list[str]) -> list[str]:
        if self.rounds == 1:
            return block(body)
        step = self.vectors * self.width
        head = f"for (long i = {self.start}; i < {self.end}; i += {step}) {{"
        return [head, *indented(body), "}"]


def stretches(lanes: int, widest: int) -> Iterator[Stretch]:
    """The innermost loop in vectors, the widest first, as far as they go.

    >>> list(stretches(42, 8))
    [Stretch(start=0, rounds=1, vectors=4, width=8),
     Stretch(start=32, rounds=1, vectors=1, width=8),
     Stretch(start=40, rounds=1, vectors=1, width=2)]
    """
    done, width = 0, widest
    while width > 1:
        while lanes - done >= width:
            vectors = min(WIDEST, (lanes - done) // width)
            stretch = Stretch(done, (lanes - done) // (vectors * width), vectors, width)
            yield stretch
            done = stretch.end
        width //= 2


def loops_over(
    parts: Sequence[Terms], lanes: int, table: Callable[[tuple[int, ...]], str]
) -> Loops:
    """The loops over the lanes of expressions; `table` names a table of positions."""
    read = [(access, part.count) for part in parts for access in accesses(part.tree)]
    found = nest([range(lanes), *(access.positions[::count] for access, count in read)])
    variables = ["d", "e", "f", "h", "i"][-len(found.rounds) :]
    reach = {access: _reach(access, count, found, q) for q, (access, count) in enumerate(read, 1)}
    lane = linear(0, found.strides[0] or (), variables)
    return Loops(found.rounds, variables, lane, reach, table)


def _reach(access: Access, count: int, found: Nest, q: int) -> Reach:
    step, strides = stride_of_terms(access.positions, count), found.strides[q]
    if step is not None and strides is not None:
        return Reach(access.array, found.starts[q], strides, step, shift=access.shift)
    return Reach(access.array, 0, (), 0, tuple(access.positions), count, access.shift)


def accesses(tree: Tree) -> Iterator[Access]:
    """All that an expression reads."""
    if isinstance(tree, Access):
        yield tree
    elif isinstance(tree, Apply):
        for operand in tree.operands:
            yield from accesses(operand)


def alone(access: Access | Constant, lane: int, row: int | None = None) -> str:
    """The text of what is read in one lane, outside of loops."""
    if isinstance(access, Constant):
        return literal(access.number)
    index = linear(access.positions[lane], [access.shift], [STEP])
    return f"{text_of(access.array, row)}[{index}]"


def text_of(array: str | Group | Slices, row: int | None = None) -> str:
    """The C text of an array; `row`: in which of several rows."""
    if not isinstance(array, str):
        return f"v->{array.name}" if row is None else f"v[{row}].{array.name}"
    return f"x{row}" if array == ROW and row else array


def row_major(rounds: Sequence[int]) -> tuple[int, ...]:
    """The strides of an array whose last index runs fastest.

    >>> row_major([2, 3, 4])
    (12, 4, 1)
    """
    return tuple(math.prod(rounds[k + 1 :]) for k in range(len(rounds)))


# Statements


def looped(rounds: Sequence[int], variables: Sequence[str], body: list[str]) -> list[str]:
    """Statements inside loops, the outermost first; a loop of one round is none.

    >>> print(*looped([2, 3], ["h", "i"], ["z[3 * h + i] = 0.0;"]), sep=chr(10))
    for (long h = 0; h < 2; h++)
        for (long i = 0; i < 3; i++)
            z[3 * h + i] = 0.0;
    """
    if 0 in rounds:
        return []
    for number, variable in reversed(list(zip(rounds, variables, strict=True))):
        if number > 1:
            head = f"for (long {variable} = 0; {variable} < {number}; {variable}++)"
            if sum(not line.startswith(" ") and line != "}" for line in body) == 1:
                body = [head + " {", *body[1:]] if body[0] == "{" else [head, *indented(body)]
            else:
                body = [head + " {", *indented(body), "}"]
    return body


def block(body: list[str]) -> list[str]:
    return ["{", *indented(body), "}"]


def indented(lines: Sequence[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def wrapped(head: str, items: Sequence[str], tail: str, width: int = 96) -> list[str]:
    """Items with commas between them, on as many lines as they need."""
    lines, line = [], head
    for k, item in enumerate(items):
        piece = item + (", " if k < len(items) - 1 else "")
        if len(line) + len(piece) > width:
            lines.append(line.rstrip())
            line = "    "
        line += piece
    return [*lines, line + tail]
