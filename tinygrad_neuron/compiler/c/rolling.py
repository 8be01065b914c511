"""The flat list, rolled up: lines that do the same to different numbers become one loop.

A network repeats itself: sixteen neurons are sixteen times the same lines. `roll` gathers the lines
of the same operation, at the same distance from the inputs, on operands of the same kind, into a
`Group`; the results of a group stand side by side in one array, and one loop computes them. No
operation is changed or left out and no sum is reordered, so every number stays the same to the last
bit; only the order in which independent lines run is another.

A group whose results are read once each is not stored: its expression is folded into the ones that
read it. So `w0*x0 + w1*x1 + ...` becomes a loop over products, as one would write it by hand.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ...calculus.operation import Operation
from ...calculus.table import TABLE
from ..lines import DRAWN, ELEMENT, INPUT, LEAF, NUMBER, SCATTER, SEED, read_by
from ..program import Program
from ..uses import uses_of
from .indexing import linear

SUM = TABLE["sum"]
LOOPED = 4  # a sum of at least so many terms is a loop
MANY_NUMBERS = 64  # past so many different numbers, they are data, not part of a shape
DEEPEST_FOLDED = 6  # operations inside one another in one expression

# The arrays of numbers that no group computes, by their names in C.
LEAVES, ROW, SEEDS, NUMBERS = "w", "x", "seeds", "numbers"
STEP, TERM = "s", "j"  # the variables of loops over steps, and over the terms of a sum


@dataclass(eq=False)
class Access:
    """Reads an array: for lane i, and term k of a sum over n terms, the element
    `positions[i*n + k]`; in a loop over steps `shift` further on from one to the next."""

    array: "str | Group | Slices"
    positions: list[int]
    shift: int = 0


@dataclass(eq=False)
class Constant:
    """A number that is the same in all lanes."""

    number: float


@dataclass(eq=False)
class Apply:
    """An operation of the table on expressions; `sum` with few operands too."""

    operation: Operation
    operands: "list[Tree]"


Tree: TypeAlias = Access | Constant | Apply


@dataclass(eq=False)
class Terms:
    """Part of a sum: in each lane, `count` terms of the same shape, one after the other."""

    count: int
    tree: Tree


@dataclass(eq=False)
class Group:
    """Lines of the same shape: lane i computes `lines[i]`.

    What the lanes compute is a `tree` (an operation on single numbers, or a short sum), or an
    operation on `terms` (a long sum, another function of many numbers), of which `index` may choose
    one. A scatter has pairs of index and addend as terms, and `count` elements in each lane.
    """

    operation: Operation | str
    lines: list[int]
    level: int
    stored: bool = False
    read_once: bool = False  # each of its lines, by one other line
    tree: Tree | None = None
    terms: list[Terms] = field(default_factory=list)
    index: Tree | None = None
    count: int = 1
    name: str = ""
    family: "Family | None" = field(default=None, repr=False)
    slice: int = 0  # of the family's array

    @property
    def size(self) -> int:
        """How many numbers its array holds."""
        return len(self.lines) * (self.count if self.operation == SCATTER else 1)


@dataclass(eq=False)
class Family:
    """Groups of one shape, slices of one array."""

    slices: list[Group]
    name: str = ""


@dataclass(eq=False)
class Slices:
    """The slices of a family that a loop goes through."""

    family: Family
    start: int
    stride: int
    variable: str

    @property
    def name(self) -> str:
        index = linear(self.start, [self.stride], [self.variable])
        return f"{self.family.name}[{index}]"

    @property
    def size(self) -> int:
        return self.family.slices[0].size


@dataclass(eq=False)
class Steps:
    """A loop over steps: the groups of the first one as the loop has them."""

    groups: list[Group]  # of all steps, one after the other
    rounds: int
    body: list[Group]  # those of the first step, with places that move


@dataclass(eq=False)
class Gradients:
    """Gradients of leaves, of the same shape: lane i adds `tree` to the one at `places[i]`."""

    places: list[int]
    tree: Tree


@dataclass(eq=False)
class Rolled:
    """A program as groups, in an order in which they can run.

    `leaves`: which leaf stands where in the arrays of leaves and of their gradients, laid out so
    that loops find them side by side. `outputs` and `inputs` read the results and the gradients of
    inputs. `families` and `steps` are what `steps` finds to repeat itself.
    """

    program: Program
    groups: list[Group]
    gradients: list[Gradients]
    outputs: list[Access | Constant]
    inputs: list[Access | Constant]
    leaves: list[int]
    numbers: list[float]
    families: list[Family] = field(default_factory=list)
    steps: list[Steps] = field(default_factory=list)


def roll(
    program: Program,
    seeded: Sequence[int] | None,
    kept: Callable[[Operation], bool] = lambda _: False,
) -> Rolled:
    """The program, or (without `seeded`) only its forward pass, as loops over groups of lines;
    groups of `kept` operations have arrays of their own."""
    return _Roller(program, seeded, kept).rolled()


class _Roller:
    """Gathers the lines of one program."""

    def __init__(
        self,
        program: Program,
        seeded: Sequence[int] | None,
        kept: Callable[[Operation], bool],
    ) -> None:
        self.program = program
        self.kept = kept
        self.backward = seeded is not None
        self.seeds = {output: k for k, output in enumerate(seeded or ())}
        self.count = len(program) if self.backward else program.forward
        self.group_of: dict[int, Group] = {}
        # Where lines stand in their arrays (-1: not known yet), and of what kind they are: lines of
        # the same kind stand in one array.
        self.places = [-1] * self.count
        self.kinds: list[Any] = [None] * self.count
        self.elements: dict[int, list[int]] = {}  # of each scatter
        self.leaf_position: dict[int, int] = {}
        self.numbers: dict[str, int] = {}
        self.uses, self.reader = uses_of(program, self.backward)
        self._sources()

    def _sources(self) -> None:
        """Kinds and places of the lines that read no other line."""
        operations, operands = self.program.operations, self.program.operands
        kinds, places, uses = self.kinds, self.places, self.uses
        sources = [k for k in range(self.count) if not isinstance(operations[k], Operation)]
        numbers = [k for k in sources if operations[k] == NUMBER and uses[k]]
        self.numbers_are_data = len({self._number_key(k) for k in numbers}) > MANY_NUMBERS
        for k in sources:
            operation = operations[k]
            if operation == LEAF:
                kinds[k] = LEAVES
            elif operation == NUMBER:
                kinds[k] = NUMBERS if self.numbers_are_data else f"number {self._number_key(k)}"
                places[k] = -1 if self.numbers_are_data else 0
            elif operation == INPUT:
                kinds[k], places[k] = ROW, int(operands[k][0])
            elif operation == DRAWN:
                kinds[k], places[k] = ROW, self.program.inputs + int(operands[k][0])
            elif operation == SEED:
                kinds[k], places[k] = SEEDS, self.seeds[operands[k][0]]
            elif operation == ELEMENT:
                self.elements.setdefault(operands[k][0], []).append(k)

    def _number_key(self, k: int) -> str:
        return repr(float(self.program.operands[k][0]))  # NaN is like NaN, -0.0 unlike 0.0

    # Groups

    def rolled(self) -> Rolled:
        """The groups, with what is stored and what is folded into its reader."""
        groups = self._groups()
        program = self.program
        gradients = self._gradients() if self.backward else []
        outputs = [self._stored(k) for k in program.outputs]
        inputs = [self._stored(k) for k in program.input_gradients.values() if self.backward]
        for group in reversed(groups):  # what reads a group comes before it here
            if group.stored:
                self._expand(group)
        leaf_order = sorted(self.leaf_position, key=self.leaf_position.__getitem__)
        return Rolled(
            program,
            [group for group in groups if group.stored],
            gradients,
            outputs,
            inputs,
            leaf_order,
            list(map(float, self.numbers)),
        )

    def _groups(self) -> list[Group]:
        """All lines that need code, in groups, by their distance from the inputs."""
        operations, operands = self.program.operations, self.program.operands
        kinds, forward = self.kinds, self.program.forward
        groups: list[Group] = []
        for level, lines in enumerate(self._levels()):
            found: dict[Any, Group] = {}
            for k in lines:
                # What lines of one group have in common.
                operation, read = operations[k], operands[k]
                key: tuple[Any, ...]
                if isinstance(operation, Operation):
                    if operation.variadic:
                        key = (operation, k >= forward, *_runs([kinds[i] for i in read]))
                    elif len(read) == 2:  # as nearly always
                        key = (operation, k >= forward, kinds[read[0]], kinds[read[1]])
                    else:
                        key = (operation, k >= forward, *[kinds[i] for i in read])
                else:
                    key = (SCATTER, k >= forward, read[0], *_runs([kinds[i] for i in read[1:]]))
                group = found.get(key)
                if group is None:
                    group = found[key] = Group(operation, [], level)
                group.lines.append(k)
            for group in found.values():
                self._settle(group)
                groups.append(group)
        return groups

    def _levels(self) -> list[list[int]]:
        """The lines that need code, by their distance from the inputs."""
        operations, operands, uses = self.program.operations, self.program.operands, self.uses
        levels = [0] * self.count
        by_level: list[list[int]] = []
        for k in range(self.count):
            if not uses[k]:
                continue
            operation, read = operations[k], operands[k]
            if not isinstance(operation, Operation):
                if operation == ELEMENT:
                    levels[k] = levels[read[0]]  # an element is where its scatter put it
                if operation != SCATTER:
                    continue
                read = read[1:]
            if len(read) == 2:  # as nearly always
                level, other = levels[read[0]], levels[read[1]]
                if other > level:
                    level = other
            else:
                level = max([levels[i] for i in read], default=0)
            if level == len(by_level):
                by_level.append([])
            by_level[level].append(k)
            levels[k] = level + 1
        return by_level

    def _settle(self, group: Group) -> None:
        """Give the lines of a group their lanes, and leaves that are read for the first time their
        places."""
        lines, uses, kind = group.lines, self.uses, id(group)
        if lines[0] >= self.program.forward:
            # The backward pass meets a layer's neurons from the last to the first: turn them round.
            lines.sort(key=self._pair if self._reads_two(lines[0]) else self._first_places)
        group.read_once = all(uses[k] == 1 for k in lines)
        for lane, k in enumerate(lines):
            self.group_of[k] = group
            self.places[k] = lane
            self.kinds[k] = kind
        if group.operation == SCATTER:
            for lane, k in enumerate(lines):
                size = int(self.program.operands[k][0])
                for element in self.elements.get(k, ()):
                    self.kinds[element] = f"element {kind}"
                    self.places[element] = lane * size + int(self.program.operands[element][1])
        if group.operation is SUM:
            # A layer's weights: those that neighbouring sums read at once stand side by side.
            self._place_leaves(lines, deep=True)
        elif not self._is_term(lines[0]):
            self._place_leaves(lines, deep=False)

    def _place_leaves(self, lines: list[int], deep: bool) -> None:
        """Places for the leaves that lines of one shape read, all first operands before all second
        ones; `deep`: also for those that these operands read."""
        operations, operands = self.program.operations, self.program.operands
        for column, first in enumerate(self._read(lines[0])):
            skipped = operations[lines[0]] == SCATTER
            if operations[first] == LEAF:
                for k in lines:
                    self._place(operands[k][column + skipped])
            elif deep:
                inner = [q for q, k in enumerate(self._read(first)) if operations[k] == LEAF]
                skipped = operations[first] == SCATTER
                if inner:
                    for k in lines:
                        read = operands[operands[k][column]]
                        for q in inner:
                            self._place(read[q + skipped])

    def _read(self, k: int) -> tuple[int, ...]:
        operation, operands = self.program.operations[k], self.program.operands[k]
        return operands if isinstance(operation, Operation) else read_by(operation, operands)

    def _is_term(self, k: int) -> bool:
        """Whether a line is read by a sum alone."""
        reader = self.reader[k]
        return self.uses[k] == 1 and reader >= 0 and self.program.operations[reader] is SUM

    def _first_places(self, k: int) -> list[int]:
        return self._places(self._read(k)[:8])

    def _reads_two(self, k: int) -> bool:
        return len(self.program.operands[k]) == 2 == len(self._read(k))

    def _pair(self, k: int) -> tuple[int, int]:
        """`_first_places` of a line that reads two, as nearly all do."""
        a, b = self.program.operands[k]
        first, second = self.places[a], self.places[b]
        return (self._place(a) if first < 0 else first, self._place(b) if second < 0 else second)

    def _place(self, k: int) -> int:
        """Where a line stands in its array; a leaf, or a number that is data, gets its place when
        it is asked for."""
        place = self.places[k]
        if place < 0:
            if self.program.operations[k] == LEAF:
                leaf = self.program.operands[k][0]
                place = self.leaf_position.setdefault(leaf, len(self.leaf_position))
            else:
                place = self.numbers.setdefault(self._number_key(k), len(self.numbers))
            self.places[k] = place
        return place

    def _places(self, lines: Sequence[int]) -> list[int]:
        places = self.places
        found = [places[k] for k in lines]
        return found if -1 not in found else [self._place(k) for k in lines]

    # Expressions

    def _expand(self, group: Group) -> None:
        """What a stored group computes, as expressions over stored arrays."""
        operation, lines = group.operation, group.lines
        operands = [self.program.operands[k] for k in lines]
        if operation == SCATTER:
            group.count = operands[0][0]
            read = [read_by(SCATTER, values) for values in operands]
            for start in range(0, len(read[0]), 2):
                for k in (start, start + 1):
                    group.terms.append(Terms(1, self._tree([values[k] for values in read], 1)))
            return
        assert isinstance(operation, Operation)
        if not operation.variadic or _is_short_sum(operation, operands[0]):
            group.tree = self._apply(lines, 1, 0)
            return
        width = len(operands[0]) - bool(operation.chosen)
        start = 0
        for _, count in _runs([self.kinds[k] for k in operands[0][:width]]):
            part = [k for values in operands for k in values[start : start + count]]
            group.terms.append(Terms(count, self._tree(part, count)))
            start += count
        if operation.chosen:
            group.index = self._tree([values[-1] for values in operands], 1)

    def _apply(self, lines: list[int], width: int, depth: int) -> Tree:
        """The expression of lines of one group."""
        operation = self.group_of[lines[0]].operation
        assert isinstance(operation, Operation)
        operands = [self.program.operands[k] for k in lines]
        return Apply(
            operation,
            [
                self._tree([values[i] for values in operands], width, depth + 1)
                for i in range(len(operands[0]))
            ],
        )

    def _tree(self, lines: list[int], width: int, depth: int = 0) -> Tree:
        """The expression that reads one line in each lane, and in each of `width` terms there."""
        first = lines[0]
        if self.program.operations[first] == NUMBER:
            if len({self._number_key(k) for k in lines}) == 1:
                return Constant(float(self.program.operands[first][0]))
            return Access(NUMBERS, self._places(lines))
        if depth < DEEPEST_FOLDED and self._folds(lines):
            return self._apply(lines, width, depth)
        return self._access(lines)

    def _stored(self, k: int) -> Access | Constant:
        """Where the number of one line stands."""
        tree = self._tree([k], 1, DEEPEST_FOLDED)
        assert not isinstance(tree, Apply)
        return tree

    def _folds(self, lines: list[int]) -> bool:
        """Whether all lines of a group are read once, so that no array need hold them."""
        group = self.group_of.get(lines[0])
        if group is None or group.stored:
            return False
        operation = group.operation
        if not isinstance(operation, Operation) or self.kept(operation):
            return False
        if operation.variadic and not _is_short_sum(operation, self.program.operands[lines[0]]):
            return False
        return group.read_once

    def _access(self, lines: list[int]) -> Access:
        operation = self.program.operations[lines[0]]
        positions = self._places(lines)
        if operation == LEAF:
            return Access(LEAVES, positions)
        if operation in (INPUT, DRAWN):
            return Access(ROW, positions)
        if operation == SEED:
            return Access(SEEDS, positions)
        k = self.program.operands[lines[0]][0] if operation == ELEMENT else lines[0]
        group = self.group_of[k]
        group.stored = True
        return Access(group, positions)

    def _gradients(self) -> list[Gradients]:
        """What is added to the gradients of leaves, in groups; those of leaves that stand side by
        side, side by side."""
        line_of = self.program.leaf_gradients
        found: dict[Any, list[int]] = {}
        for leaf, k in line_of.items():
            found.setdefault(self.kinds[k], []).append(leaf)
        place = {
            leaf: self.leaf_position.setdefault(leaf, len(self.leaf_position)) for leaf in line_of
        }
        gradients = []
        for leaves in found.values():
            leaves.sort(key=place.__getitem__)
            tree = self._tree([line_of[leaf] for leaf in leaves], 1)
            gradients.append(Gradients([place[leaf] for leaf in leaves], tree))
        return gradients


def _is_short_sum(operation: Operation, operands: Sequence[int]) -> bool:
    return operation is SUM and len(operands) < LOOPED


def _runs(kinds: Sequence[Any]) -> list[tuple[Any, int]]:
    """Equal neighbours counted: `aab` becomes `(a, 2), (b, 1)`."""
    if kinds and kinds.count(kinds[0]) == len(kinds):
        return [(kinds[0], len(kinds))]
    runs: list[tuple[Any, int]] = []
    for kind in kinds:
        if runs and runs[-1][0] == kind:
            runs[-1] = (kind, runs[-1][1] + 1)
        else:
            runs.append((kind, 1))
    return runs
