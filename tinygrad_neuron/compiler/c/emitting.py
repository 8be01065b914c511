"""The flat list as C source: loops over arrays, written as one would by hand.

`emit` is pure: a program in, the text of a C function out, with the order in which it wants the
leaves. Two functions can be written: `map_rows` computes the outputs for each row of inputs,
`add_up` also goes backward and adds up the first output and the gradients over the rows. Both
return 0, or 1 where Python would raise an error, or 2 where there is no memory.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ...calculus.operation import Operation
from ...scope import Scope
from ..naming import around, short
from ..program import SCATTER, Program
from . import operations as c_operations
from .indexing import linear
from .places import alone, block, indented, wrapped
from .quoting import comment
from .rolling import Group, roll
from .statements import Statements
from .terms import literal

LINES = 100  # in one C function: compilers take more than linear time for one
LARGEST_ON_STACK = 8192  # numbers
ROWS_AT_ONCE = 4  # whose gradients are added in one go, where there are
MANY_GRADIENTS = 64
LONGEST_AT_ONCE = 400  # lines that add the gradients of several rows

HEAD = """\
#include <stdlib.h>

/* Four neighbouring numbers, as one operand of + - and *. */
typedef double four __attribute__((vector_size(32), aligned(8), may_alias));
#define FOUR(number) (*(four *)&(number))

/* An index, if it is a whole number from 0 to below count. */
static inline long position(double index, long count, int *bad)
{
    if (index >= 0.0 && index < (double)count && index == (double)(long)index)
        return (long)index;
    *bad = 1;
    return 0;
}
"""
ROW_PARAMETERS = """(const double *restrict x, const double *restrict w,
    const double *restrict packed, const double *restrict seeds, struct values *restrict v,
    int *restrict bad)"""
GRADIENT_PARAMETERS = """(const double *restrict x, const double *restrict w,
    const double *restrict seeds, const struct values *restrict v, double *restrict g,
    int *restrict bad)"""


class Emitted(NamedTuple):
    """The text of a C function, and which leaf it wants at each place."""

    source: str
    leaves: list[int]


def emit(program: Program, seeded: Sequence[int] | None = None, title: str = "compiled") -> Emitted:
    """The source of `map_rows` (without `seeded`) or of `add_up`."""
    emitter = _Emitter(program, seeded, title)
    return Emitted(emitter.source(), emitter.rolled.leaves)


class _Emitter:
    def __init__(self, program: Program, seeded: Sequence[int] | None, title: str) -> None:
        self.rolled = roll(program, seeded)
        self.program = program
        self.seeded = list(seeded or ())
        self.backward = seeded is not None
        self.title = title
        self.outputs = frozenset(program.outputs)
        self.statements = Statements()
        self.scope: Scope | None = None
        self.width = program.inputs + len(program.draws)

    # The whole text

    def source(self) -> str:
        rolled = self.rolled
        for group in rolled.groups:
            group.name = self._group_name(group)
            self.statements.room(group.name, group.size)
        functions = self._in_functions("row", ROW_PARAMETERS, self._row(), "packed, seeds, v, bad")
        at_once = [1]
        if rolled.gradients:
            written = self._gradients(1)
            many = sum(len(part.places) for part in rolled.gradients) >= MANY_GRADIENTS
            if many and len(written) <= LONGEST_AT_ONCE:
                at_once = [ROWS_AT_ONCE, 1]
                functions += self._gradients(ROWS_AT_ONCE)
            functions += written
        functions += self._main(at_once)
        operations = {o for o in self.program.operations if isinstance(o, Operation)}
        head = [
            comment(self.title),
            c_operations.source(sorted(operations, key=lambda operation: operation.name)),
            HEAD,
        ]
        if rolled.numbers:
            literals = [literal(number) for number in rolled.numbers]
            head += wrapped("static const double numbers[] = {", literals, "};")
        for positions, name in self.statements.tables.items():
            head += wrapped(f"static const int {name}[] = {{", list(map(str, positions)), "};")
        head += ["/* What is computed for one row. */"]
        head += ["struct values {", *indented(self.statements.members or ["char none;"]), "};", ""]
        return "\n".join([*head, *functions, ""])

    def _row(self) -> Iterator[list[str]]:
        """The statements that compute one row, in pieces."""
        for group in self.rolled.groups:
            remark = self._remark(group)
            for piece in self.statements.group(group):
                yield [*remark, *piece]
                remark = []

    def _in_functions(
        self, name: str, parameters: str, pieces: Iterable[list[str]], arguments: str
    ) -> list[str]:
        """A function of these statements: one, or one that calls several of bounded length."""
        parts: list[list[str]] = [[]]
        for lines in pieces:
            if parts[-1] and len(parts[-1]) + len(lines) > LINES:
                parts.append([])
            parts[-1] += lines
        if len(parts) == 1:
            return _function(f"static void {name}", parameters, parts[0])
        functions = []
        for k, part in enumerate(parts):
            head = f"static __attribute__((noinline)) void {name}_part_{k}"
            functions += _function(head, parameters, part)
        calls = [f"{name}_part_{k}(x, w, {arguments});" for k in range(len(parts))]
        return [*functions, *_function(f"static void {name}", parameters, calls)]

    def _gradients(self, rows: int) -> list[str]:
        """The function that adds the gradients of so many rows to the totals, row after row."""
        names = self._rows(rows)
        pieces = [
            [*names, *self.statements.gradients(part, rows)] for part in self.rolled.gradients
        ]
        if sum(map(len, pieces)) <= LINES:  # then all in one function, with one set of names
            pieces = [[*names, *(line for piece in pieces for line in piece[len(names) :])]]
        else:
            pieces = [block(piece) for piece in pieces]
        name = f"gradients_{rows}"
        return self._in_functions(name, GRADIENT_PARAMETERS, pieces, "seeds, v, g, bad")

    def _main(self, at_once: list[int]) -> list[str]:
        """The function that is called: it goes through all rows."""
        most = at_once[0]
        large = self.statements.floats * most + self.statements.packed_size > LARGEST_ON_STACK
        body = ["int failed = 0;"]
        if large:
            body += [
                f"struct values *const v = malloc({most} * sizeof(struct values)"
                f" + {self.statements.packed_size} * sizeof(double));",
                "if (v == NULL)",
                "    return 2;",
                f"double *const packed = (double *)(v + {most});",
            ]
        else:
            body += [
                f"struct values v[{most}];",
                f"double packed[{max(self.statements.packed_size, 1)}];",
            ]
        body += [*self.statements.packing, "const double *x = rows;", "long r = 0;"]
        body += ["double sum = *total;"] * self.backward
        for rows in at_once:
            body += self._rows_at_once(rows)
        body += ["*total = sum;"] * self.backward
        body += ["free(v);"] * large
        parameters = "(const double *restrict rows, long count, const double *restrict w,\n    "
        if self.backward:
            head = "int add_up"
            parameters += (
                "double *restrict g, const double *restrict seeds, double *restrict total,\n"
                "    double *restrict inputs)"
            )
        else:
            head = "int map_rows"
            parameters += "double *restrict results)"
            body.insert(0, "const double *const seeds = 0;")
        return _function(head, parameters, [*body, "return failed;"])

    def _rows_at_once(self, rows: int) -> list[str]:
        """The loop that computes so many rows, then adds their gradients."""
        handed = self.rolled.inputs if self.backward else self.rolled.outputs
        name = "inputs" if self.backward else "results"
        lines = self._rows(rows)
        for k in range(rows):
            lines.append(f"row(x{k or ''}, w, packed, seeds, v + {k}, &failed);")
        for k in range(rows):
            for q, access in enumerate(handed):
                index = linear(len(handed) * k + q, [len(handed)], ["r"])
                lines.append(f"{name}[{index}] = {alone(access, 0, k)};")
            if self.backward:
                lines.append(f"sum = sum + {alone(self.rolled.outputs[self.seeded[0]], 0, k)};")
        if self.rolled.gradients:
            lines.append(f"gradients_{rows}(x, w, seeds, v, g, &failed);")
        lines.append(f"x += {self.width * rows};")
        more = f"r + {rows} <= count" if rows > 1 else "r < count"
        return [f"for (; {more}; r += {rows}) {{", *indented(lines), "}"]

    def _rows(self, rows: int) -> list[str]:
        """The names of rows behind the first."""
        return [f"const double *const x{k} = x + {self.width * k};" for k in range(1, rows)]

    # Names

    def _group_name(self, group: Group) -> str:
        program = self.program
        labels = {program.labels.get(k, "") for k in group.lines}
        label = labels.pop() if len(labels) == 1 else ""
        if not label:
            only_outputs = self.outputs.issuperset(group.lines)
            label = "out" if only_outputs else "picked" if group.operation == SCATTER else "t"
        scope = self._scope_of(group)
        prefix = short(scope) if scope is not None else ""
        name = f"d_{prefix}{label[2:]}" if label[:2] == "d_" else prefix + label
        if name.isupper() or name.startswith("_"):  # as macros are, and what C keeps for itself
            name = f"v_{name}"
        return self.statements.names.new(name)

    def _scope_of(self, group: Group) -> Scope | None:
        return around([self.program.scopes.get(k) for k in group.lines])

    def _remark(self, group: Group) -> list[str]:
        """Say which layer the next lines belong to."""
        scope = self._scope_of(group)
        if scope is None or scope is self.scope:
            return []
        self.scope = scope
        return [comment(str(scope))]


def _function(name: str, parameters: str, body: list[str]) -> list[str]:
    return [f"{name}{parameters}", *block(body), ""]
