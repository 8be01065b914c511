"""What repeats itself step by step, as a loop over steps.

A recurrent network does the same at every step to what the step before left: its groups come again
and again in the same order. Groups that answer to one another, one of each step, get one array
together (a `Family`), of which each has a slice; where all places move by the same distance from
one step to the next, the statements of one step in a loop do for all. So do the terms of a sum over
steps. Nothing runs in another order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

from .places import accesses
from .rolling import (
    LOOPED,
    STEP,
    SUM,
    TERM,
    Access,
    Apply,
    Constant,
    Family,
    Group,
    Rolled,
    Slices,
    Steps,
    Terms,
    Tree,
)

LEAST = 3  # rounds of a loop over steps
LONGEST = 64  # groups in one step


def find_steps(rolled: Rolled) -> None:
    """Note the families and the loops over steps of a program that was rolled up."""
    groups = rolled.groups
    shapes = [_shape(group) for group in groups]
    numbers = {shape: k for k, shape in enumerate(dict.fromkeys(shapes))}
    runs = [_Run(groups, *run) for run in _runs([numbers[shape] for shape in shapes])]
    for run in runs:
        run.gather()
    rolled.steps = [steps for run in runs if (steps := run.loop()) is not None]
    looped = {group for steps in rolled.steps for group in steps.groups}
    used = {group.family for group in looped}
    for group in groups:
        if group.operation is SUM and group.terms and group not in looped:
            group.terms = list(_joined(group.terms))
    for group in (*groups, *(group for steps in rolled.steps for group in steps.body)):
        used |= {a.array.family for a in _accesses(group) if isinstance(a.array, Slices)}
    for group in groups:
        if group.family not in used:
            group.family = None
    rolled.families = list(dict.fromkeys(g.family for g in groups if g.family is not None))


def _shape(group: Group) -> Any:
    """What groups have in common that may be one another's steps."""
    return (
        group.operation,
        len(group.lines),
        group.count,
        group.tree and _shape_of(group.tree),
        tuple([(part.count, _shape_of(part.tree)) for part in group.terms]),
        group.index and _shape_of(group.index),
    )


def _shape_of(tree: Tree) -> Any:
    if isinstance(tree, Constant):
        return repr(tree.number)
    if isinstance(tree, Access):
        return tree.array if isinstance(tree.array, str) else "group"
    return (tree.operation, *map(_shape_of, tree.operands))


def _runs(shapes: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Where shapes repeat: from where on, after how many, and how often.

    >>> list(_runs([5, 1, 2, 1, 2, 1, 2, 1, 7]))
    [(1, 2, 3)]
    """
    at = 0
    while at < len(shapes):
        best = (0, 0)  # groups that are saved, the period
        for period in range(1, min(LONGEST, (len(shapes) - at) // LEAST) + 1):
            if shapes[at] != shapes[at + period]:
                continue
            end = at + period
            while end < len(shapes) and shapes[end] == shapes[end - period]:
                end += 1
            rounds = (end - at) // period
            if rounds >= LEAST and (rounds - 1) * period > best[0]:
                best = ((rounds - 1) * period, period)
        if best[0]:
            period = best[1]
            yield at, period, best[0] // period + 1
            at += best[0] + period
        else:
            at += 1


class _Run:
    """Groups that repeat: `rounds` times `period` of them, from `start` on."""

    def __init__(self, groups: list[Group], start: int, period: int, rounds: int) -> None:
        self.groups, self.start, self.period, self.rounds = groups, start, period, rounds
        self.families: list[Family] = []

    def at(self, round_: int, j: int) -> Group:
        return self.groups[self.start + round_ * self.period + j]

    def gather(self) -> None:
        """Make a family of each group and those that answer to it, with a slice before them for
        what the first step reads in the place of a step before."""
        before = self._before()
        for j in range(self.period):
            slices = [self.at(r, j) for r in range(self.rounds)]
            if j in before:
                slices = [before[j], *slices]
            family = Family(slices)
            for k, group in enumerate(slices):
                group.family, group.slice = family, k
            self.families.append(family)

    def _before(self) -> dict[int, Group]:
        """What the first step reads where later ones read the step before."""
        place = {self.at(r, j): (r, j) for r in range(self.rounds) for j in range(self.period)}
        found: dict[int, Group] = {}
        for j in range(self.period):
            first, second = (list(_accesses(self.at(r, j))) for r in (0, 1))
            for one, other in zip(first, second, strict=True):
                r, k = place.get(other.array, (-1, -1))  # type: ignore[arg-type]  # or a name
                outside = one.array
                if r != 0 or not isinstance(outside, Group) or outside in place:
                    continue
                fits = outside.family is None and outside.size == self.at(0, k).size
                if (
                    fits
                    and found.get(k, outside) is outside
                    and (outside not in found.values() or found.get(k) is outside)
                ):
                    found[k] = outside
        return found

    def loop(self) -> Steps | None:
        """The loop, if all places move by the same distance from one step to the next; without the
        first steps, if these are different."""
        for first in range(self.rounds - LEAST + 1)[:3]:
            found = [self._body(first, j) for j in range(self.period)]
            body = [group for group in found if group is not None]
            if len(body) == len(found):
                start, stop = (self.start + r * self.period for r in (first, self.rounds))
                return Steps(self.groups[start:stop], self.rounds - first, body)
        return None

    def _body(self, first: int, j: int) -> Group | None:
        """A group of the first step with places that move; None if they do not so."""
        read = [list(_accesses(self.at(r, j))) for r in range(first, self.rounds)]
        moving = {}
        for same in zip(*read, strict=True):
            move = _steady(same)
            if move is None:
                return None
            moving[same[0]] = _moved(same[0], move, STEP)
        group = self.at(first, j)
        return replace(
            group,
            tree=group.tree and _with(group.tree, moving),
            terms=[Terms(part.count, _with(part.tree, moving)) for part in group.terms],
            index=group.index and _with(group.index, moving),
        )


class Move(NamedTuple):
    """From one access to the next: by how many slices of a family, and by how many places."""

    slices: int
    positions: int


def _move(a: Access, b: Access) -> Move | None:
    steps = {q - p for p, q in zip(a.positions, b.positions, strict=True)}
    if len(steps) != 1:
        return None
    (step,) = steps
    if a.array is b.array or (isinstance(a.array, str) and a.array == b.array):
        return Move(0, step)
    if not isinstance(a.array, Group) or not isinstance(b.array, Group) or step:
        return None
    if a.array.family is None or a.array.family is not b.array.family:
        return None
    return Move(b.array.slice - a.array.slice, 0)


def _steady(accesses: Sequence[Access]) -> Move | None:
    """The move from each access to the next, if it is always the same."""
    moves = {_move(a, b) for a, b in pairwise(accesses)}
    return moves.pop() if len(moves) == 1 else None


def _moved(access: Access, move: Move, variable: str) -> Access:
    """An access in a loop over what it moves through."""
    array = access.array
    if move.slices:
        assert isinstance(array, Group) and array.family is not None
        array = Slices(array.family, array.slice, move.slices, variable)
    return Access(array, access.positions, move.positions)


def _with(tree: Tree, moving: dict[Access, Access]) -> Tree:
    """An expression with other accesses."""
    if isinstance(tree, Access):
        return moving[tree]
    if isinstance(tree, Apply):
        return Apply(tree.operation, [_with(operand, moving) for operand in tree.operands])
    return tree


def _joined(terms: Sequence[Terms]) -> Iterator[Terms]:
    """The terms of a sum; neighbours that differ by a steady move as one loop."""
    at = 0
    while at < len(terms):
        end, first = at + 1, terms[at]
        read = list(accesses(first.tree))
        shape = _shape_of(first.tree)
        moves: list[Move | None] = []
        last = read
        while end < len(terms) and first.count == terms[end].count == 1 and read:
            if _shape_of(terms[end].tree) != shape:
                break
            here = list(accesses(terms[end].tree))
            found = [_move(a, b) for a, b in zip(last, here, strict=True)]
            if None in found or (moves and found != moves):
                break
            moves, last, end = found, here, end + 1
        count = end - at
        if count < LOOPED:
            yield first
            at += 1
            continue
        moving = {}
        for access, move in zip(read, moves, strict=True):
            assert move is not None
            one = _moved(access, move, TERM)
            positions = [p + move.positions * k for p in one.positions for k in range(count)]
            moving[access] = Access(one.array, positions)
        yield Terms(count, _with(first.tree, moving))
        at = end


def _accesses(group: Group) -> Iterator[Access]:
    trees = [group.tree, *(part.tree for part in group.terms), group.index]
    for tree in trees:
        if tree is not None:
            yield from accesses(tree)
