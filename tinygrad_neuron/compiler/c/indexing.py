"""Where loops find their numbers: positions as sums of strides.

The lanes of a group read positions such as 0, 1, 2, 0, 1, 2: `nest` finds the loops (here two, of
2 and of 3 rounds) in which every position is a sum of strides times loop variables. Positions that
have no such pattern are looked up in a table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

DEEPEST_NEST = 4


@dataclass(frozen=True)
class Nest:
    """Loops of `rounds`, the outermost first; for each sequence of positions its start and its
    stride in each loop, or None where it follows no pattern."""

    rounds: tuple[int, ...]
    starts: tuple[int, ...]
    strides: tuple[tuple[int, ...] | None, ...]


def nest(sequences: Sequence[Sequence[int]]) -> Nest:
    """The loops that run through sequences of positions of the same length.

    >>> nest([[0, 1, 2, 3, 4, 5], [0, 1, 2, 0, 1, 2], [5, 5, 5, 4, 4, 4], [0, 7, 3, 3, 1, 2]])
    Nest(rounds=(2, 3), starts=(0, 0, 5, 0), strides=((3, 1), (0, 1), (-1, 0), None))
    """
    length = len(sequences[0])
    blocks: set[int] = set()  # after how many lanes a loop goes into its next round
    found: list[list[tuple[int, int]] | None] = []
    for sequence in sequences:
        pattern = _pattern(sequence)
        if pattern is not None:
            steps = {step for step, _ in pattern if step > 1}
            fits = all(a % b == 0 or b % a == 0 for a in steps for b in blocks)
            if fits and len(blocks | steps) <= DEEPEST_NEST:
                blocks |= steps
            else:
                pattern = None
        found.append(pattern)
    sizes = [1, *sorted(blocks), length]
    rounds = tuple(b // a for a, b in pairwise(sizes))[::-1]
    strides: list[tuple[int, ...] | None] = []
    for sequence, pattern in zip(sequences, found, strict=True):
        if pattern is None:
            strides.append(None)
            continue
        steps_of = [sequence[size] - sequence[0] if size < length else 0 for size in sizes[:-1]]
        strides.append(tuple(steps_of[::-1]))
    return Nest(rounds, tuple(sequence[0] for sequence in sequences), tuple(strides))


def _pattern(sequence: Sequence[int]) -> list[tuple[int, int]] | None:
    """The loops of one sequence, the innermost first: after how many lanes each goes on, and by how
    much; None if there is no pattern."""
    pattern: list[tuple[int, int]] = []
    current, size = list(sequence), 1
    while len(current) > 1:
        stride = current[1] - current[0]
        length = 2
        while length < len(current) and current[length] - current[length - 1] == stride:
            length += 1
        if len(current) % length or len(pattern) == DEEPEST_NEST:
            return None
        starts = current[::length]
        for k in range(1, length):
            if current[k::length] != [start + k * stride for start in starts]:
                return None
        pattern.append((size, stride))
        current, size = starts, size * length
    return pattern


def stride_of_terms(positions: Sequence[int], count: int) -> int | None:
    """The stride of the `count` terms in each lane, if it is the same everywhere.

    >>> stride_of_terms([0, 2, 4, 10, 12, 14], 3), stride_of_terms([0, 2, 4, 10, 11, 12], 3)
    (2, None)
    """
    if count == 1:
        return 0
    starts = positions[::count]
    stride = positions[1] - positions[0]
    for k in range(1, count):
        if list(positions[k::count]) != [start + k * stride for start in starts]:
            return None
    return stride


def linear(start: int, strides: Sequence[int], variables: Sequence[str]) -> str:
    """A position as C: a sum of strides times variables (an empty variable is 0).

    >>> linear(3, [16, 0, 1], ["h", "i", "j"]), linear(0, [-1], ["i"]), linear(0, [], [])
    ('16 * h + j + 3', '-i', '0')
    """
    parts = []
    for stride, variable in zip(strides, variables, strict=True):
        if stride and variable:
            factor = {1: "", -1: "-"}.get(stride, f"{stride} * ")
            parts.append(f"{factor}{variable}")
    if start or not parts:
        parts.append(str(start))
    return " + ".join(parts).replace("+ -", "- ")
