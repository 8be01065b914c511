"""What the statements for single rows and those for blocks of rows have in common: the names and
the room they take, and which kind of statements a group of lines becomes."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from ...calculus.operation import Operation
from ..lines import SCATTER
from ..naming import Names
from .places import Loops, loops_over
from .rolling import SUM, Group, Terms, Tree

FEW = 4  # with fewer lanes and no pattern, lanes are written out
PARTS_AT_ONCE = 24  # of a sum whose terms are of so many shapes


class Groups:
    """Writes the statements of one text, and notes what they need around them.

    - `names`: those that are taken; `tables`: the names of the tables of positions.
    - `members`: of the struct that holds what is computed, `floats` numbers for a row in all.
    - `vector`: how many numbers a vector of the machine holds.
    - `used`: the operations for which functions over arrays are called.
    """

    rows: ClassVar[str] = ""  # what stands behind a member that has a number for each row

    def __init__(self, vector: int, taken: Iterable[str]) -> None:
        self.vector = vector
        self.names = Names(taken)
        self.members: list[str] = []
        self.floats = 0
        self.tables: dict[tuple[int, ...], str] = {}
        self.used: set[Operation] = set()

    def room(self, name: str, count: int, slices: int = 1) -> None:
        """Make room for so many numbers of each row, so many times."""
        self.members.append(f"double {name}[{count}]{self.rows};")
        self.floats += count * slices

    def group(self, group: Group) -> list[list[str]]:
        """The statements of a group, in one piece or, of a sum of very many parts, in several."""
        if group.operation == SCATTER:
            return [self._scatter(group)]
        if group.tree is not None:
            return [self._expression(group, group.tree)]
        if group.operation is SUM:
            terms = group.terms
            starts = range(0, len(terms), PARTS_AT_ONCE)
            return [self._sum(group, terms[k : k + PARTS_AT_ONCE], k > 0) for k in starts]
        operation, index = group.operation, [] if group.index is None else [Terms(1, group.index)]
        assert isinstance(operation, Operation)
        loops = self._loops_over([*group.terms, *index], len(group.lines))
        count = sum(part.count for part in group.terms)
        return [self._function_of_many(group, operation, count, loops)]

    def _loops_over(self, parts: Sequence[Terms], lanes: int) -> Loops:
        return loops_over(
            parts, lanes, lambda key: self.tables.setdefault(key, f"table_{len(self.tables)}")
        )

    # What each does in its own way.

    def _expression(self, group: Group, tree: Tree) -> list[str]:
        """In each lane, the number that an expression gives."""
        raise NotImplementedError

    def _sum(self, group: Group, terms: Sequence[Terms], goes_on: bool) -> list[str]:
        """Sums, their terms in order; `goes_on` from what is stored."""
        raise NotImplementedError

    def _function_of_many(
        self, group: Group, operation: Operation, count: int, loops: Loops
    ) -> list[str]:
        """Another function of many numbers, of `count`, or the choice of one of them."""
        raise NotImplementedError

    def _scatter(self, group: Group) -> list[str]:
        """Contributions, each added at the place that an index names."""
        raise NotImplementedError
