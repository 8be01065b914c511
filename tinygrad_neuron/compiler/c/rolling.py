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
from ..lines import DRAWN, ELEMENT, INPUT, LEAF, NUMBER, SCATTER, SEED, SOURCES, read_by
from ..program import Program
from ..uses import uses_of

SUM = TABLE["sum"]
LOOPED = 4  # a sum of at least so many terms is a loop
MANY_NUMBERS = 64  # past so many different numbers, they are data, not part of a shape
DEEPEST_FOLDED = 6  # operations inside one another in one expression

# The arrays of numbers that no group computes, by their names in C.
LEAVES, ROW, SEEDS, NUMBERS = "w", "x", "seeds", "numbers"


@dataclass(eq=False)
class Access:
    """Reads an array: for lane i, and term k of a sum over n terms, the element
    `positions[i*n + k]`."""

    array: "str | Group"
    positions: list[int]


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

    @property
    def size(self) -> int:
        """How many numbers its array holds."""
        return len(self.lines) * (self.count if self.operation == SCATTER else 1)


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
    inputs.
    """

    program: Program
    groups: list[Group]
    gradients: list[Gradients]
    outputs: list[Access | Constant]
    inputs: list[Access | Constant]
    leaves: list[int]
    numbers: list[float]


def roll(
    program: Program,
    seeded: Sequence[int] | None,
    kept: Callable[[Operation], bool] = lambda _: False,
) -> Rolled:
    """The program, or (without `seeded`) only its forward pass, as loops over groups of lines;
    groups of `kept` operations have arrays of their own."""
    return _Roller(program, seeded, kept).rolled()


class _Roller:
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
        self.lane: dict[int, int] = {}  # where a line stands among those of its group
        self.leaf_position: dict[int, int] = {}
        self.numbers: dict[str, int] = {}
        self.uses, self.reader = uses_of(program, self.backward)
        kinds = {self._number_key(k) for k in range(self.count) if self._is_number(k)}
        self.numbers_are_data = len(kinds) > MANY_NUMBERS

    def _is_number(self, k: int) -> bool:
        return self.uses[k] > 0 and self.program.operations[k] == NUMBER

    def _number_key(self, k: int) -> str:
        return repr(float(self.program.operands[k][0]))  # NaN is like NaN, -0.0 unlike 0.0

    # Groups

    def rolled(self) -> Rolled:
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
        program = self.program
        operations, operands = program.operations, program.operands
        levels = [0] * self.count
        by_level: list[list[int]] = []
        for k in range(self.count):
            operation = operations[k]
            if not self.uses[k] or operation in SOURCES:
                continue
            level = max((levels[i] for i in read_by(operation, operands[k])), default=0)
            if operation != ELEMENT:  # an element is where its scatter put it
                level += 1
                while len(by_level) < level:
                    by_level.append([])
                by_level[level - 1].append(k)
            levels[k] = level
        groups: list[Group] = []
        self._kinds: dict[int, Any] = {}
        for level, lines in enumerate(by_level):
            found: dict[Any, Group] = {}
            for k in lines:
                key = self._shape(k)
                group = found.get(key)
                if group is None:
                    group = found[key] = Group(operations[k], [], level)
                group.lines.append(k)
            for group in found.values():
                self._settle(group)
                groups.append(group)
        return groups

    def _shape(self, k: int) -> Any:
        """What lines of one group have in common."""
        operation, operands = self.program.operations[k], self.program.operands[k]
        kinds = [self._kind(i) for i in read_by(operation, operands)]
        backward = k >= self.program.forward
        if operation == SCATTER:
            return operation, operands[0], tuple(_runs(kinds)), backward
        variadic = isinstance(operation, Operation) and operation.variadic
        return operation, tuple(_runs(kinds) if variadic else kinds), backward

    def _kind(self, k: int) -> Any:
        """Of what kind an operand is: lines of the same kind stand in one array."""
        kind = self._kinds.get(k)
        if kind is None:
            operation = self.program.operations[k]
            if operation == NUMBER:
                kind = NUMBERS if self.numbers_are_data else (NUMBERS, self._number_key(k))
            elif operation == ELEMENT:
                kind = (ELEMENT, id(self.group_of[self.program.operands[k][0]]))
            elif operation == LEAF:
                kind = LEAVES
            elif operation in (INPUT, DRAWN):
                kind = ROW
            elif operation == SEED:
                kind = SEEDS
            else:
                kind = id(self.group_of[k])
            self._kinds[k] = kind
        return kind

    def _settle(self, group: Group) -> None:
        """Give the lines of a group their lanes, and leaves that are read for the first time their
        places."""
        program = self.program
        if group.lines[0] >= program.forward:
            # The backward pass meets a layer's neurons from the last to the first: turn them round.
            group.lines.sort(key=self._places)
        group.read_once = all(self.uses[k] == 1 for k in group.lines)
        for lane, k in enumerate(group.lines):
            self.group_of[k] = group
            self.lane[k] = lane
        if group.operation is SUM:
            # A layer's weights: those that neighbouring sums read at once stand side by side.
            for terms in zip(*(program.operands[k] for k in group.lines), strict=True):
                for term in terms:
                    self._place_leaves(term)
                    for k in self._read(term):
                        self._place_leaves(k)
        elif not self._is_term(group.lines[0]):
            for operands in zip(*(self._read(k) for k in group.lines), strict=True):
                for k in operands:
                    self._place_leaves(k)

    def _read(self, k: int) -> tuple[int, ...]:
        return read_by(self.program.operations[k], self.program.operands[k])

    def _is_term(self, k: int) -> bool:
        """Whether a line is read by a sum alone."""
        reader = self.reader[k]
        return self.uses[k] == 1 and reader >= 0 and self.program.operations[reader] is SUM

    def _place_leaves(self, k: int) -> None:
        if self.program.operations[k] == LEAF:
            self.leaf_position.setdefault(self.program.operands[k][0], len(self.leaf_position))

    def _places(self, k: int) -> list[int]:
        return [self._place(i) for i in self._read(k)[:8]]

    def _place(self, k: int) -> int:
        """Where a line stands in its array."""
        program = self.program
        operation = program.operations[k]
        if operation == NUMBER:
            if not self.numbers_are_data:
                return 0
            return self.numbers.setdefault(self._number_key(k), len(self.numbers))
        if operation == LEAF:
            leaf = program.operands[k][0]
            return self.leaf_position.setdefault(leaf, len(self.leaf_position))
        if operation == INPUT:
            return int(program.operands[k][0])
        if operation == DRAWN:
            return program.inputs + int(program.operands[k][0])
        if operation == SEED:
            return self.seeds[program.operands[k][0]]
        if operation == ELEMENT:
            scatter, position = program.operands[k]
            return self.lane[scatter] * int(program.operands[scatter][0]) + int(position)
        return self.lane[k]

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
        for _, count in _runs([self._kind(k) for k in operands[0][:width]]):
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
            return Access(NUMBERS, [self._place(k) for k in lines])
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
        positions = [self._place(k) for k in lines]
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
            found.setdefault(self._kind(k), []).append(leaf)
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
    runs: list[tuple[Any, int]] = []
    for kind in kinds:
        if runs and runs[-1][0] == kind:
            runs[-1] = (kind, runs[-1][1] + 1)
        else:
            runs.append((kind, 1))
    return runs
