"""What the C texts for single rows and for blocks of rows have in common: names, head, functions of
bounded length."""

from collections.abc import Iterable, Iterator, Sequence

from ...calculus.operation import Operation
from ...scope import Scope, around
from ..lines import SCATTER
from ..naming import short
from ..program import Program
from . import arrays
from . import operations as c_operations
from .groups import Groups
from .places import block, indented, wrapped
from .quoting import comment
from .rolling import STEP, Group, Rolled, Slices
from .terms import literal

LINES = 100  # in one C function: compilers take more than linear time for one
LARGEST_ON_STACK = 8192  # numbers

HEAD = """\
#include <stdlib.h>

/* An index, if it is a whole number from 0 to below count. */
static inline long position(double index, long count, int *bad)
{
    if (index >= 0.0 && index < (double)count && index == (double)(long)index)
        return (long)index;
    *bad = 1;
    return 0;
}
"""


class Writer:
    """Writes the text of a program that was rolled up."""

    statements: Groups
    remark, end = "/* What is computed for one row. */", "};"

    def __init__(
        self, rolled: Rolled, program: Program, seeded: Sequence[int] | None, title: str
    ) -> None:
        self.rolled = rolled
        self.program = program
        self.seeded = list(seeded or ())
        self.backward = seeded is not None
        self.title = title
        self.outputs = frozenset(program.outputs)
        self.scope: Scope | None = None
        self.width = program.inputs + len(program.draws)

    def source(self) -> str:
        """The whole text."""
        for group in self.rolled.groups:
            family = group.family
            if family is None:
                group.name = self._name_of([group])
                self.statements.room(group.name, group.size)
                continue
            if not family.name:
                family.name = self._name_of(family.slices)
                count = len(family.slices)
                self.statements.room(f"{family.name}[{count}]", group.size, count)
            group.name = Slices(family, group.slice, 0, "").name
        for steps in self.rolled.steps:
            for group in steps.body:
                assert group.family is not None
                group.name = Slices(group.family, group.slice, 1, STEP).name
        functions = self.functions()
        operations = {o for o in set(self.program.operations) if isinstance(o, Operation)}
        operations |= self.statements.used
        head = [
            comment(self.title),
            c_operations.source(sorted(operations, key=lambda operation: operation.name)),
            arrays.source(self.over_arrays()),
            HEAD,
            *self.definitions(),
        ]
        if self.rolled.numbers:
            literals = [literal(number) for number in self.rolled.numbers]
            head += wrapped("static const double numbers[] = {", literals, "};")
        for positions, name in self.statements.tables.items():
            head += wrapped(f"static const int {name}[] = {{", list(map(str, positions)), "};")
        members = self.statements.members or ["char none;"]
        head += [self.remark, "struct values {", *indented(members), self.end, ""]
        return "\n".join([*head, *functions, ""])

    def functions(self) -> list[str]:
        """The functions of the text."""
        raise NotImplementedError

    def definitions(self) -> list[str]:
        """What stands before them."""
        raise NotImplementedError

    def over_arrays(self) -> list[Operation]:
        """The operations for which the text calls functions over arrays."""
        return sorted(self.statements.used, key=lambda operation: operation.name)

    def pieces(self) -> Iterator[list[str]]:
        """The statements that compute what rows have, in pieces."""
        starts = {steps.groups[0]: steps for steps in self.rolled.steps}
        inside = {group for steps in self.rolled.steps for group in steps.groups}
        for group in self.rolled.groups:
            steps = starts.get(group)
            if steps is not None:
                remark = self._remark(steps.groups)
                lines = [
                    line
                    for moving in steps.body
                    for piece in self.statements.group(moving)
                    for line in piece
                ]
                head = f"for (long {STEP} = 0; {STEP} < {steps.rounds}; {STEP}++) {{"
                yield [*remark, head, *indented(lines), "}"]
            elif group not in inside:
                remark = self._remark([group])
                for piece in self.statements.group(group):
                    yield [*remark, *piece]
                    remark = []

    def in_functions(
        self, name: str, parameters: str, pieces: Iterable[list[str]], arguments: str
    ) -> list[str]:
        """A function of these statements: one, or one that calls several of bounded length."""
        parts: list[list[str]] = [[]]
        for lines in pieces:
            if parts[-1] and len(parts[-1]) + len(lines) > LINES:
                parts.append([])
            parts[-1] += lines
        if len(parts) == 1:
            return function(f"static void {name}", parameters, parts[0])
        functions = []
        for k, part in enumerate(parts):
            head = f"static __attribute__((noinline)) void {name}_part_{k}"
            functions += function(head, parameters, part)
        calls = [f"{name}_part_{k}({arguments});" for k in range(len(parts))]
        return [*functions, *function(f"static void {name}", parameters, calls)]

    def called(self, body: list[str]) -> list[str]:
        """The function that is called from outside."""
        parameters = "(const double *restrict rows, long count, const double *restrict w,\n    "
        if self.backward:
            parameters += (
                "double *restrict g, const double *restrict seeds, double *restrict total,\n"
                "    double *restrict inputs)"
            )
            return function("int add_up", parameters, body)
        parameters += "double *restrict results)"
        return function("int map_rows", parameters, ["const double *const seeds = 0;", *body])

    # Names

    def _name_of(self, groups: Sequence[Group]) -> str:
        """A name for the array of some groups."""
        program = self.program
        lines = [k for group in groups for k in group.lines]
        labels = {program.labels.get(k, "") for k in lines}
        label = labels.pop() if len(labels) == 1 else ""
        if not label:
            only_outputs = self.outputs.issuperset(lines)
            scattered = groups[0].operation == SCATTER
            label = "out" if only_outputs else "picked" if scattered else "t"
        scope = self._scope_of(groups)
        prefix = short(scope) if scope is not None else ""
        name = f"d_{prefix}{label[2:]}" if label[:2] == "d_" else prefix + label
        if name.isupper() or name.startswith("_"):  # as macros are, and what C keeps for itself
            name = f"v_{name}"
        return self.statements.names.new(name)

    def _scope_of(self, groups: Sequence[Group]) -> Scope | None:
        return around([self.program.scopes.get(k) for group in groups for k in group.lines])

    def _remark(self, groups: Sequence[Group]) -> list[str]:
        """Say which layer the next lines belong to."""
        scope = self._scope_of(groups)
        if scope is None or scope is self.scope:
            return []
        self.scope = scope
        return [comment(str(scope))]


def function(name: str, parameters: str, body: list[str]) -> list[str]:
    """A function of C."""
    return [f"{name}{parameters}", *block(body), ""]
