"""The flat list as C source: loops over arrays, written as one would by hand.

`emit` is pure: a program in, the text of a C function out, with the order in which it wants the
leaves. Two functions can be written: `map_rows` computes the outputs for each row of inputs,
`add_up` also goes backward and adds up the first output and the gradients over the rows. Both
return 0, or 1 where Python would raise an error, or 2 where there is no memory.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from ...calculus.operation import Operation
from ...scope import Scope
from ..naming import Names, around, short
from ..program import SCATTER, Program
from . import operations as c_operations
from .indexing import linear
from .language import TAKEN, literal
from .places import (
    PACKED,
    TOTALS,
    VECTOR,
    Loops,
    Reach,
    Spot,
    Stretch,
    accesses,
    alone,
    block,
    indented,
    looped,
    loops_over,
    row_major,
    stretches,
    wrapped,
)
from .quoting import comment
from .rolling import LEAVES, SUM, Access, Gradients, Group, Terms, Tree, roll
from .trees import call, is_plain, term, texts

LINES = 100  # in one C function: compilers take more than linear time for one
LARGEST_ON_STACK = 8192  # numbers
FEW = 4  # with fewer lanes and no pattern, lanes are written out
ROWS_AT_ONCE = 4  # whose gradients are added in one go, where there are
MANY_GRADIENTS = 64
LONGEST_AT_ONCE = 400  # lines that add the gradients of several rows
MANY_OPERANDS = 64
PARTS_AT_ONCE = 24  # of a sum whose terms are of so many shapes

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
        self.names = Names(TAKEN)
        self.members: list[str] = []  # of the struct of one row
        self.floats = 0  # how many numbers it holds
        self.tables: dict[tuple[int, ...], str] = {}
        self.packed: dict[tuple[object, ...], int] = {}  # where copies of leaves start
        self.packed_size = 0
        self.before: list[str] = []  # makes these copies
        self.scope: Scope | None = None
        self.width = program.inputs + len(program.draws)

    # The whole text

    def source(self) -> str:
        rolled = self.rolled
        for group in rolled.groups:
            group.name = self._group_name(group)
            self.members.append(f"double {group.name}[{group.size}];")
            self.floats += group.size
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
        for positions, name in self.tables.items():
            head += wrapped(f"static const int {name}[] = {{", list(map(str, positions)), "};")
        head += ["/* What is computed for one row. */"]
        head += ["struct values {", *indented(self.members or ["char none;"]), "};", ""]
        return "\n".join([*head, *functions, ""])

    def _row(self) -> Iterator[list[str]]:
        """The statements that compute one row, in pieces."""
        for group in self.rolled.groups:
            remark = self._remark(group)
            for piece in self._group(group):
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
        pieces = [[*names, *self._add(part, rows)] for part in self.rolled.gradients]
        if sum(map(len, pieces)) <= LINES:  # then all in one function, with one set of names
            pieces = [[*names, *(line for piece in pieces for line in piece[len(names) :])]]
        else:
            pieces = [block(piece) for piece in pieces]
        name = f"gradients_{rows}"
        return self._in_functions(name, GRADIENT_PARAMETERS, pieces, "seeds, v, g, bad")

    def _main(self, at_once: list[int]) -> list[str]:
        """The function that is called: it goes through all rows."""
        most = at_once[0]
        large = self.floats * most + self.packed_size > LARGEST_ON_STACK
        body = ["int failed = 0;"]
        if large:
            body += [
                f"struct values *const v = malloc({most} * sizeof(struct values)"
                f" + {self.packed_size} * sizeof(double));",
                "if (v == NULL)",
                "    return 2;",
                f"double *const packed = (double *)(v + {most});",
            ]
        else:
            body += [f"struct values v[{most}];", f"double packed[{max(self.packed_size, 1)}];"]
        body += [*self.before, "const double *x = rows;", "long r = 0;"]
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
        return self.names.new(name)

    def _scope_of(self, group: Group) -> Scope | None:
        return around([self.program.scopes.get(k) for k in group.lines])

    def _remark(self, group: Group) -> list[str]:
        """Say which layer the next lines belong to."""
        scope = self._scope_of(group)
        if scope is None or scope is self.scope:
            return []
        self.scope = scope
        return [comment(str(scope))]

    # Statements

    def _loops_over(self, parts: Sequence[Terms], lanes: int) -> Loops:
        return loops_over(
            parts, lanes, lambda key: self.tables.setdefault(key, f"table_{len(self.tables)}")
        )

    def _group(self, group: Group) -> list[list[str]]:
        """The statements of a group, in one piece or, of a sum of very many parts, in several."""
        if group.operation == SCATTER:
            return [self._scatter(group)]
        if group.tree is None and group.operation is SUM:
            terms = group.terms
            starts = range(0, len(terms), PARTS_AT_ONCE)
            return [self._sum(group, terms[k : k + PARTS_AT_ONCE], k > 0) for k in starts]
        if group.tree is None:
            return [self._function_of_many(group)]

        def assign(place: str, found: list[str]) -> str:
            return f"{place} = {found[0]};"

        to = Access(group, list(range(len(group.lines))))
        loops = self._loops_over([Terms(1, to), Terms(1, group.tree)], len(group.lines))
        return [self._each(loops, to, [(group.tree, None)], assign)]

    def _add(self, part: Gradients, rows: int) -> list[str]:
        """Gradients of one shape, those of several rows, added to the totals."""

        def add(place: str, found: list[str]) -> str:
            found = [term(part.tree, text) for text in found]
            return f"{place} = {' + '.join([place, *found])};"

        to = Access(TOTALS, part.places)
        loops = self._loops_over([Terms(1, to), Terms(1, part.tree)], len(part.places))
        inner = loops.rounds[-1]
        trees = [(part.tree, row) for row in range(rows)]
        plain = is_plain(part.tree) and all(reach.in_vectors for reach in loops.reach.values())
        if not plain or loops.reach[to].strides[-1:] != (1,) or inner < VECTOR:
            return self._each(loops, to, trees, add)
        lines, done = [], 0
        for stretch in stretches(inner):
            body = []
            for k in range(stretch.vectors):
                found = [
                    _text(tree, partial(loops.vector, spot=stretch.spot(k, row=row)))
                    for tree, row in trees
                ]
                body.append(add(loops.vector(to, stretch.spot(k)), found))
            lines += body if stretch.rounds == 1 else stretch.around(body)
            done = stretch.end
        for lane in range(done, inner):
            spot = Spot(inner="", further=lane)
            found = [
                _text(tree, partial(loops.place, spot=spot._replace(row=row)))
                for tree, row in trees
            ]
            lines.append(add(loops.place(to, spot), found))
        return looped(loops.rounds[:-1], loops.variables[:-1], lines)

    def _each(
        self,
        loops: Loops,
        to: Access,
        trees: Sequence[tuple[Tree, int | None]],
        write: Callable[[str, list[str]], str],
    ) -> list[str]:
        """In each lane, the statement that puts expressions, those of several rows, in a place."""
        lanes = len(to.positions)
        if lanes == 1 or (lanes < FEW and any(reach.table for reach in loops.reach.values())):
            lines = []
            for lane in range(lanes):
                before, found = _texts_of_rows(trees, partial(alone, lane=lane))
                lines += _scoped(before, write(alone(to, lane), found))
            return lines
        before, found = _texts_of_rows(
            trees, lambda access, row: loops.place(access, Spot(row=row))
        )
        body = [*before, write(loops.place(to), found)]
        return looped(loops.rounds, loops.variables, body)

    # Sums and other functions of many numbers

    def _sum(self, group: Group, terms: Sequence[Terms], goes_on: bool) -> list[str]:
        """Long sums, their terms in order; `goes_on` from what is stored. The sums of several lanes
        run side by side, so that one addition need not wait for the one before it."""
        loops = self._loops_over(terms, len(group.lines))
        inner, done = loops.rounds[-1], 0
        lines: list[str] = []
        if inner >= VECTOR and all(is_plain(part.tree) for part in terms):
            loops = self._with_packed(terms, loops)
            if all(reach.in_vectors for reach in loops.reach.values()):
                for stretch in stretches(inner):
                    lines += self._sum_in_vectors(group, terms, goes_on, loops, stretch)
                    done = stretch.end
        if done < inner:
            lines += self._sum_by_lane(group, terms, goes_on, loops, done)
        return looped(loops.rounds[:-1], loops.variables[:-1], lines)

    def _sum_by_lane(
        self, group: Group, terms: Sequence[Terms], goes_on: bool, loops: Loops, done: int
    ) -> list[str]:
        body = [f"double t = {f'v->{group.name}[{loops.lane}]' if goes_on else '0.0'};"]
        for part in terms:
            spot = Spot("j" if part.count > 1 else "")
            before, (text,) = texts([part.tree], partial(loops.place, spot=spot))
            statement = f"t = t + {term(part.tree, text)};"
            body += looped([part.count], ["j"], _scoped(before, statement))
        body.append(f"v->{group.name}[{loops.lane}] = t;")
        variable, inner = loops.variables[-1], loops.rounds[-1]
        if inner == 1:
            return block(body)
        head = f"for (long {variable} = {done}; {variable} < {inner}; {variable}++) {{"
        return [head, *indented(body), "}"]

    def _sum_in_vectors(
        self,
        group: Group,
        terms: Sequence[Terms],
        goes_on: bool,
        loops: Loops,
        stretch: Stretch,
    ) -> list[str]:
        sums = [f"t{k}" for k in range(stretch.vectors)]
        to = Access(group, [])
        own = loops._replace(reach={to: Reach(group, 0, row_major(loops.rounds))})
        stored = [own.vector(to, stretch.spot(k)) for k in range(stretch.vectors)]
        starts = stored if goes_on else ["{0.0}"] * len(sums)
        body = [
            f"four {', '.join(f'{s} = {start}' for s, start in zip(sums, starts, strict=True))};"
        ]
        for part in terms:
            statements = []
            for k, name in enumerate(sums):
                spot = stretch.spot(k, "j" if part.count > 1 else "")
                text = _text(part.tree, partial(loops.vector, spot=spot))
                statements.append(f"{name} = {name} + {term(part.tree, text)};")
            body += looped([part.count], ["j"], statements)
        body += [f"{place} = {name};" for place, name in zip(stored, sums, strict=True)]
        return stretch.around(body)

    def _with_packed(self, terms: Sequence[Terms], loops: Loops) -> Loops:
        """Leaves that neighbouring lanes do not find side by side, copied once for all rows."""
        reach = dict(loops.reach)
        for part in terms:
            for access in accesses(part.tree):
                old = reach[access]
                if access.array != LEAVES or old.table or old.in_vectors:
                    continue
                read = [
                    (rounds, stride)
                    for rounds, stride in zip(loops.rounds[:-1], old.strides[:-1], strict=True)
                    if stride
                ]
                if part.count > 1:
                    read.append((part.count, old.step))
                read.append((loops.rounds[-1], old.strides[-1]))
                rounds = [number for number, _ in read]
                key = (old.start, *read)
                start = self.packed.get(key)
                if start is None:
                    start = self.packed[key] = self.packed_size
                    self.packed_size += math.prod(rounds)
                    variables = list("cdefhi"[: len(read)])
                    to = linear(start, row_major(rounds), variables)
                    source = linear(old.start, [stride for _, stride in read], variables)
                    self.before += looped(rounds, variables, [f"packed[{to}] = w[{source}];"])
                new = iter(row_major(rounds))
                outer = tuple([next(new) if stride else 0 for stride in old.strides[:-1]])
                step = next(new) if part.count > 1 else 0
                reach[access] = Reach(PACKED, start, (*outer, next(new)), step)
        return loops._replace(reach=reach)

    def _function_of_many(self, group: Group) -> list[str]:
        """Another function of many numbers, or the choice of one of them."""
        operation = group.operation
        assert isinstance(operation, Operation)
        count = sum(part.count for part in group.terms)
        index = [] if group.index is None else [Terms(1, group.index)]
        loops = self._loops_over([*group.terms, *index], len(group.lines))
        result = f"v->{group.name}[{loops.lane}]"
        body: list[str] = []
        if group.index is not None:
            body, (text,) = texts([group.index], loops.place)
            body.append(f"const long j = position({text}, {count}, bad);")
            only = group.terms[0].tree
            if len(group.terms) == 1 and isinstance(only, Access):
                body.append(f"{result} = {loops.place(only, Spot('j' if count > 1 else ''))};")
                return looped(loops.rounds, loops.variables, block(body))
        if count > MANY_OPERANDS:  # not on the stack, which threads have little of
            name = self.names.new("operands")
            self.members.append(f"double {name}[{count}];")
            self.floats += count
            body.append(f"double *const a = v->{name};")
        else:
            body.append(f"double a[{max(count, 1)}];")
        start = 0
        for part in group.terms:
            k = "k" if part.count > 1 else ""
            before, (text,) = texts([part.tree], partial(loops.place, spot=Spot(k)))
            to = linear(start, [1], [k])
            body += looped([part.count], ["k"], _scoped(before, f"a[{to}] = {text};"))
            start += part.count
        value = "a[j]" if group.index is not None else call(operation, ["a", str(count)])
        body.append(f"{result} = {value};")
        return looped(loops.rounds, loops.variables, block(body))

    def _scatter(self, group: Group) -> list[str]:
        """Zeros, and addends at indices."""
        loops = self._loops_over(group.terms, len(group.lines))
        lane = f"({loops.lane})" if " " in loops.lane else loops.lane
        lines = [f"double *const to = v->{group.name} + {group.count}*{lane};"]
        lines += (
            looped([group.count], ["k"], ["to[k] = 0.0;"]) if group.count > 1 else ["*to = 0.0;"]
        )
        for index, addend in zip(group.terms[::2], group.terms[1::2], strict=True):
            before, (at, text) = texts([index.tree, addend.tree], loops.place)
            lines += _scoped(before, f"to[position({at}, {group.count}, bad)] += {text};")
        return looped(loops.rounds, loops.variables, block(lines))


def _text(tree: Tree, place: Callable[[Access], str]) -> str:
    """The text of plain arithmetic, for which nothing has to come before."""
    _, (text,) = texts([tree], place)
    return text


def _texts_of_rows(
    trees: Sequence[tuple[Tree, int | None]], place: Callable[..., str]
) -> tuple[list[str], list[str]]:
    """Expressions, each in its row; what has to come before has a name of its own in each."""
    lines, found = [], []
    for tree, row in trees:
        before, (text,) = texts([tree], partial(place, row=row), f"s{row}_" if row else "s")
        lines += before
        found.append(text)
    return lines, found


def _scoped(before: list[str], statement: str) -> list[str]:
    """A statement, in a block with what has to come before it."""
    return block([*before, statement]) if before else [statement]


def _function(name: str, parameters: str, body: list[str]) -> list[str]:
    return [f"{name}{parameters}", *block(body), ""]
