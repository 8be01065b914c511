"""The flat list as C source: loops over arrays, written as one would by hand.

`emit` is pure: a program in, the text of a C function out, with the order in which it wants the
leaves. Two functions can be written: `map_rows` computes the outputs for each row of inputs,
`add_up` also goes backward and adds up the first output and the gradients over the rows. Both
return 0, or 1 where Python would raise an error, or 2 where there is no memory; then nothing has
been handed back.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from ...engine import Scope
from ...ops import Operation
from ..naming import Names, around, short
from ..program import SCATTER, Program
from ..python import template
from . import building, kernels
from .indexing import Nest, linear, nest, stride_of_terms
from .language import _TAKEN, literal
from .rolling import (
    LEAVES,
    NUMBERS,
    ROW,
    SEEDS,
    SUM,
    Access,
    Apply,
    Constant,
    Group,
    Terms,
    Tree,
    roll,
)

STATEMENTS = 400  # in one C function: compilers take more than linear time for one
LARGEST_ON_STACK = 8192  # numbers
VECTOR = 4  # numbers in one vector
WIDEST = 4  # vectors that are added up side by side
FEW = 4  # with fewer lanes and no pattern, lanes are written out

HEAD = """\
#include <stdlib.h>

/* Four neighbouring numbers, as one operand of + - and *. */
typedef double four __attribute__((vector_size(32), aligned(8), may_alias));
#define FOUR(number) (*(four *)&(number))

/* An index, if it is a whole number from 0 to below count. */
static inline long position(double index, long count, int *bad) {
    if (index >= 0.0 && index < (double)count && index == (double)(long)index)
        return (long)index;
    *bad = 1;
    return 0;
}
"""
PLAIN = frozenset({"add", "subtract", "multiply", "negate"})  # what vectors can do
ARRAYS = {LEAVES: "v->w", ROW: "x", SEEDS: "seeds", NUMBERS: "numbers"}


class Emitted(NamedTuple):
    """The text of a C function, and which leaf it wants at each place: for its data, and for its
    gradient."""

    source: str
    leaves: list[int]
    gradients: list[int]


def emit(program: Program, seeded: Sequence[int] | None = None, title: str = "compiled") -> Emitted:
    """The source of `map_rows` (without `seeded`) or of `add_up`."""
    emitter = _Emitter(program, seeded, title)
    source = emitter.source()
    return Emitted(source, emitter.rolled.leaves, emitter.gradients)


@dataclass
class _Reach:
    """How an array is read in loops: from `start` on, by `strides` in the loops and by `step` from
    one term of a sum to the next; where there is no pattern, by way of a table of all positions."""

    array: str
    start: int
    strides: tuple[int, ...]
    step: int = 0
    table: str = ""
    terms: int = 1  # in the table, for each lane

    def place(self, lanes: Sequence[str], lane: str, term: str = "", further: int = 0) -> str:
        """The C text of a number: `lanes` are the loops' variables, `lane` counts through them."""
        if self.table:
            index = linear(0, [self.terms, 1], [lane, term]) if self.terms > 1 else lane
            return f"{self.array}[{self.table}[{index}]]"
        start = self.start + further * (self.strides[-1] if self.strides else 0)
        index = linear(start, [*self.strides, self.step], [*lanes, term])
        return f"{self.array}[{index}]"


class _Loops(NamedTuple):
    """The loops over the lanes of a statement, and how each of its accesses reads in them."""

    rounds: tuple[int, ...]
    variables: list[str]
    lane: str
    reach: dict[Access, _Reach]

    def place(self, access: Access, term: str = "") -> str:
        """The text of the number that an access reads in the loops."""
        return self.reach[access].place(self.variables, self.lane, term)


class _Emitter:
    def __init__(self, program: Program, seeded: Sequence[int] | None, title: str) -> None:
        self.rolled = roll(program, seeded is not None)
        self.program = program
        self.seeded = list(seeded or ())
        self.backward = seeded is not None
        self.title = title
        self.gradients = [leaf for part in self.rolled.gradients for leaf in part.leaves]
        self.names = Names([*_TAKEN, "w", "g"])
        self.members: list[str] = []  # of the struct
        self.floats = 0  # how many numbers it holds
        self.tables: dict[tuple[int, ...], str] = {}
        self.packed: dict[tuple[object, ...], str] = {}
        self.before: list[str] = []  # runs once, before the loop over the rows
        self.blocks: list[list[str]] = []  # run for each row
        self.scope: Scope | None = None

    # The whole text

    def source(self) -> str:
        rolled = self.rolled
        self._member("w", len(rolled.leaves))
        self._member("g", len(self.gradients))
        for group in rolled.groups:
            group.name = self._group_name(group)
            self._member(group.name, group.size)
        for group in rolled.groups:
            self.blocks.append([*self._remark(group), *self._group(group)])
        self._add_gradients()
        cut = sum(map(len, self.blocks)) > STATEMENTS
        functions, rows = self._parts() if cut else ([], [s for b in self.blocks for s in b])
        main = self._main(rows)
        head = [building.comment(self.title), kernels.source(self._operations()), HEAD]
        if rolled.numbers:
            literals = [literal(number) for number in rolled.numbers]
            head += wrapped("static const double numbers[] = {", literals, "};")
        for positions, name in self.tables.items():
            head += wrapped(f"static const int {name}[] = {{", list(map(str, positions)), "};")
        struct = ["struct values {", *_indented(self.members or ["char none;"]), "};", ""]
        return "\n".join([*head, *struct, *functions, *main, ""])

    def _operations(self) -> list[Operation]:
        operations = {o for o in self.program.operations if isinstance(o, Operation)}
        return sorted(operations, key=lambda operation: operation.name)

    def _main(self, rows: list[str]) -> list[str]:
        """The function that is called: it goes through all rows."""
        leaves, gradients = len(self.rolled.leaves), len(self.gradients)
        width = self.program.inputs + len(self.program.draws)
        body = ["int failed = 0, *const bad = &failed;"]
        large = self.floats > LARGEST_ON_STACK
        if large:
            body += ["struct values *const v = malloc(sizeof(struct values));"]
            body += ["if (v == NULL)", "    return 2;"]
        else:
            body += ["struct values values, *const v = &values;"]
        body += _loops((leaves,), "k", ["v->w[k] = leaves[places[k]];"])
        places = linear(leaves, [1], ["k"])
        body += _loops((gradients,), "k", [f"v->g[k] = totals[places[{places}]];"])
        body += self.before
        body += ["double sum = *total;"] * self.backward
        name = "inputs" if self.backward else "results"
        handed = self.rolled.inputs if self.backward else self.rolled.outputs
        texts = [_alone(access, 0) for access in handed]
        rows = [f"const double *const x = rows + {width} * r;", *rows]
        rows += [f"{name}[{len(texts)} * r + {k}] = {text};" for k, text in enumerate(texts)]
        if self.backward:
            rows.append(f"sum = sum + {_alone(self.rolled.outputs[self.seeded[0]], 0)};")
        body += ["for (long r = 0; r < count; r++) {", *_indented(rows), "}"]
        if self.backward:
            hand_over = _loops((gradients,), "k", [f"totals[places[{places}]] = v->g[k];"])
            body += ["if (!failed) {", *_indented(["*total = sum;", *hand_over]), "}"]
        body += ["free(v);"] * large
        name, rest = (
            ("add_up", "double *totals, const double *seeds, double *total, double *inputs")
            if self.backward
            else ("map_rows", "double *results")
        )
        return [
            f"int {name}(const double *rows, long count, const double *leaves, const long *places,",
            f"{' ' * len(f'int {name}(')}{rest})",
            "{",
            *_indented([*body, "return failed;"]),
            "}",
        ]

    def _parts(self) -> tuple[list[str], list[str]]:
        """The statements of a row, cut into functions of bounded length; and the calls of these."""
        parts: list[list[str]] = [[]]
        for block in self.blocks:
            if parts[-1] and len(parts[-1]) + len(block) > STATEMENTS:
                parts.append([])
            parts[-1] += block
        lines, calls = [], []
        seeds = (", const double *const seeds", ", seeds") if self.backward else ("", "")
        for k, part in enumerate(parts):
            lines += [
                f"static __attribute__((noinline)) void part_{k}("
                f"struct values *const v, const double *const x{seeds[0]}, int *const bad)",
                "{",
                *_indented(part),
                "}",
                "",
            ]
            calls.append(f"part_{k}(v, x{seeds[1]}, bad);")
        return lines, calls

    # Names

    def _member(self, name: str, size: int) -> None:
        if size:
            self.members.append(f"double {name}[{size}];")
            self.floats += size

    def _group_name(self, group: Group) -> str:
        program = self.program
        labels = {program.labels.get(k, "") for k in group.lines}
        label = labels.pop() if len(labels) == 1 else ""
        if not label:
            only_outputs = set(group.lines) <= set(program.outputs)
            label = "out" if only_outputs else "picked" if group.operation == SCATTER else "t"
        scope = around([program.scopes.get(k) for k in group.lines])
        prefix = short(scope) if scope is not None else ""
        return self.names.new(f"d_{prefix}{label[2:]}" if label[:2] == "d_" else prefix + label)

    def _remark(self, group: Group) -> list[str]:
        """Say which layer the next lines belong to."""
        scope = around([self.program.scopes.get(k) for k in group.lines])
        if scope is None or scope is self.scope:
            return []
        self.scope = scope
        return [building.comment(str(scope))]

    # Statements

    def _group(self, group: Group) -> list[str]:
        if group.operation == SCATTER:
            return self._scatter(group)
        if group.tree is not None:
            return self._each(
                [group.tree],
                len(group.lines),
                lambda i, texts: [f"v->{group.name}[{i}] = {texts[0]};"],
            )
        return self._sum(group) if group.operation is SUM else self._function_of_many(group)

    def _add_gradients(self) -> None:
        start = 0
        for part in self.rolled.gradients:

            def add(lane: str, texts: list[str], start: int = start) -> list[str]:
                place = f"v->g[{_plus(lane, start)}]"
                return [f"{place} = {place} + {texts[0]};"]

            heading = [] if start else [building.comment("gradients of the leaves")]
            self.blocks.append([*heading, *self._each([part.tree], len(part.leaves), add)])
            start += len(part.leaves)

    def _each(
        self, trees: Sequence[Tree], lanes: int, write: Callable[[str, list[str]], list[str]]
    ) -> list[str]:
        """The statements that compute trees in each lane; `write` makes them from their texts."""
        parts = [Terms(1, tree) for tree in trees]
        loops = self._loops_over(parts, lanes)
        if lanes < FEW and (lanes == 1 or any(reach.table for reach in loops.reach.values())):
            lines = []
            for lane in range(lanes):
                before, texts = self._texts(trees, partial(_alone, lane=lane))
                lines += [*before, *write(str(lane), texts)]
            return lines
        before, texts = self._texts(trees, loops.place)
        return _loops(loops.rounds, loops.variables, [*before, *write(loops.lane, texts)])

    def _loops_over(self, parts: Sequence[Terms], lanes: int) -> _Loops:
        """The loops over the lanes of expressions."""
        accesses = [(access, part.count) for part in parts for access in _accesses(part.tree)]
        starts = [access.positions[::count] for access, count in accesses]
        found = nest([range(lanes), *starts])
        variables = _variables(len(found.rounds))
        lane = linear(0, found.strides[0] or (), variables)
        reach = {
            access: self._reach(access, count, found, q)
            for q, (access, count) in enumerate(accesses, 1)
        }
        return _Loops(found.rounds, variables, lane, reach)

    def _reach(self, access: Access, count: int, found: Nest, q: int) -> _Reach:
        array = _array(access)
        step, strides = stride_of_terms(access.positions, count), found.strides[q]
        if step is not None and strides is not None:
            return _Reach(array, found.starts[q], strides, step)
        table = self.tables.setdefault(tuple(access.positions), f"table_{len(self.tables)}")
        return _Reach(array, 0, (), 0, table, count)

    # Sums and other functions of many numbers

    def _sum(self, group: Group) -> list[str]:
        """Long sums, their terms in order. The sums of several lanes run side by side, so that one
        addition need not wait for the one before it."""
        loops = self._loops_over(group.terms, len(group.lines))
        inner, done = loops.rounds[-1], 0
        lines: list[str] = []
        if inner >= VECTOR and all(_is_plain(part.tree) for part in group.terms):
            loops = self._packed(group, loops)
            if all(not r.table and r.strides[-1] in (0, 1) for r in loops.reach.values()):
                while inner - done >= VECTOR:
                    vectors = min(WIDEST, (inner - done) // VECTOR)
                    rounds = (inner - done) // (vectors * VECTOR)
                    lines += self._vector_sum(group, loops, done, vectors, rounds)
                    done += rounds * vectors * VECTOR
        if done < inner:
            lines += self._plain_sum(group, loops, done)
        return _loops(loops.rounds[:-1], loops.variables[:-1], lines)

    def _plain_sum(self, group: Group, loops: _Loops, done: int) -> list[str]:
        body = ["double t = 0.0;"]
        for part in group.terms:
            term = "j" if part.count > 1 else ""
            before, (text,) = self._texts(
                [part.tree],
                partial(loops.place, term=term),
            )
            body += _loops((part.count,), "j", [*before, f"t = t + {text};"])
        body.append(f"v->{group.name}[{loops.lane}] = t;")
        variable, rounds = loops.variables[-1], loops.rounds[-1]
        if rounds == 1:
            return ["{", *_indented(body), "}"]
        head = f"for (long {variable} = {done}; {variable} < {rounds}; {variable}++) {{"
        return [head, *_indented(body), "}"]

    def _vector_sum(
        self, group: Group, loops: _Loops, done: int, vectors: int, rounds: int
    ) -> list[str]:
        """Sums in `rounds` times `vectors` times four lanes, from lane `done` on."""
        width = vectors * VECTOR
        lanes = [*loops.variables[:-1], "i" if rounds > 1 else str(done)]
        constant = 0 if rounds > 1 else done

        def place(access: Access, k: int, term: str) -> str:
            reach = loops.reach[access]
            text = reach.place([*lanes[:-1], "i" if rounds > 1 else ""], "", term, constant + 4 * k)
            return f"FOUR({text})" if reach.strides[-1] else text

        sums = [f"t{k}" for k in range(vectors)]
        body = [f"four {', '.join(f'{name} = {{0.0}}' for name in sums)};"]
        for part in group.terms:
            term = "j" if part.count > 1 else ""
            statements = []
            for k, name in enumerate(sums):
                _, (text,) = self._texts([part.tree], partial(place, k=k, term=term))
                statements.append(f"{name} = {name} + {text};")
            body += _loops((part.count,), "j", statements)
        at = Access(group, list(range(len(group.lines))))
        strides = _row_major(loops.rounds)
        own = _Reach(_array(at), 0, strides)
        for k, name in enumerate(sums):
            target = own.place([*lanes[:-1], "i" if rounds > 1 else ""], "", "", constant + 4 * k)
            body.append(f"FOUR({target}) = {name};")
        if rounds == 1:
            return ["{", *_indented(body), "}"]
        end = done + rounds * width
        return [f"for (long i = {done}; i < {end}; i += {width}) {{", *_indented(body), "}"]

    def _packed(self, group: Group, loops: _Loops) -> _Loops:
        """Leaves that neighbouring lanes do not find side by side, copied once for all rows."""
        reach = dict(loops.reach)
        for part in group.terms:
            for access in _accesses(part.tree):
                old = reach[access]
                if access.array != LEAVES or old.table or old.strides[-1] in (0, 1):
                    continue
                read = [
                    (rounds, stride)
                    for rounds, stride in zip(loops.rounds[:-1], old.strides[:-1], strict=True)
                    if stride
                ]
                read += [(part.count, old.step), (loops.rounds[-1], old.strides[-1])]
                rounds = [number for number, _ in read]
                key = (old.start, *read)
                name = self.packed.get(key)
                if name is None:
                    name = self.packed[key] = self.names.new("w_packed")
                    self._member(name, math.prod(rounds))
                    variables = list("abcdef"[: len(read)])
                    to = linear(0, _row_major(rounds), variables)
                    source = linear(old.start, [stride for _, stride in read], variables)
                    copy = f"v->{name}[{to}] = v->w[{source}];"
                    self.before += _loops(rounds, variables, [copy])
                new = iter(_row_major(rounds))
                outer = tuple(next(new) if stride else 0 for stride in old.strides[:-1])
                step, last = next(new), next(new)
                reach[access] = _Reach(f"v->{name}", 0, (*outer, last), step)
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
        chosen = ""
        if group.index is not None:
            body, (text,) = self._texts([group.index], loops.place)
            body += [f"const long j = position({text}, {count}, bad);"]
            chosen = "j"
        first = group.terms[0].tree if len(group.terms) == 1 else None
        if chosen and isinstance(first, Access):
            body.append(f"{result} = {loops.place(first, 'j')};")
            return _loops(loops.rounds, loops.variables, ["{", *_indented(body), "}"])
        body.append(f"double a[{max(count, 1)}];")
        start = 0
        for part in group.terms:
            term = "k" if part.count > 1 else ""
            before, (text,) = self._texts([part.tree], partial(loops.place, term=term))
            to = _plus(term or "0", start) if term else str(start)
            body += _loops((part.count,), "k", [*before, f"a[{to}] = {text};"])
            start += part.count
        value = "a[j]" if chosen else _call(operation, ["a", str(count)])
        body.append(f"{result} = {value};")
        return _loops(loops.rounds, loops.variables, ["{", *_indented(body), "}"])

    def _scatter(self, group: Group) -> list[str]:
        """Zeros, and addends at indices."""
        trees = [part.tree for part in group.terms]

        def write(lane: str, texts: list[str]) -> list[str]:
            place = linear(0, [group.count], [f"({lane})" if " " in lane else lane])
            lines = [f"double *const to = &v->{group.name}[{place}];"]
            lines += [f"for (long k = 0; k < {group.count}; k++)", "    to[k] = 0.0;"]
            for index, addend in zip(texts[::2], texts[1::2], strict=True):
                at = f"to[position({index}, {group.count}, bad)]"
                lines += [f"{at} += {addend};"]
            return ["{", *_indented(lines), "}"]

        return self._each(trees, len(group.lines), write)

    # Expressions

    def _texts(
        self, trees: Sequence[Tree], place: Callable[[Access], str]
    ) -> tuple[list[str], list[str]]:
        """Trees as C: statements that come before, and their expressions."""
        before: list[str] = []

        def write(tree: Tree) -> str:
            if isinstance(tree, Constant):
                return literal(tree.number)
            if isinstance(tree, Access):
                return place(tree)
            operands = []
            for k, operand in enumerate(tree.operands):
                text = write(operand)
                if isinstance(operand, Apply) and _repeats(tree.operation, k):
                    before.append(f"const double s{len(before)} = {text};")
                    text = f"s{len(before) - 1}"
                operands.append(text)
            return _applied(tree, operands)

        return before, [write(tree) for tree in trees]


def _applied(tree: Apply, operands: list[str]) -> str:
    """An operation on the texts of its operands."""
    operation = tree.operation
    if operation is SUM:
        return " + ".join(operands) or "0.0"
    if operation.name in PLAIN:
        inside = [
            f"({text})"
            if isinstance(operand, Apply) and not _binds(operation, operand, k)
            else text
            for k, (text, operand) in enumerate(zip(operands, tree.operands, strict=True))
        ]
        return kernels.inline(operation, inside) or ""
    inline = kernels.inline(operation, [f"({t})" if " " in t else t for t in operands])
    return inline or _call(operation, operands)


def _call(operation: Operation, operands: list[str]) -> str:
    arguments = [*operands, "bad"] if kernels.can_fail(operation) else operands
    return f"{kernels.call(operation)}({', '.join(arguments)})"


def _repeats(operation: Operation, k: int) -> bool:
    """Whether an operation's expression has its operand more than once."""
    if kernels.inline(operation, [""] * len(operation.operands)) is None:
        return False
    return template(operation).uses[k] > 1


def _binds(outer: Operation, operand: Apply, k: int) -> bool:
    """Whether an operand needs no parentheses."""
    inner = operand.operation.name
    if inner not in PLAIN:
        return kernels.inline(operand.operation, ["a"] * len(operand.operands)) is None
    if outer.name == "add":
        return inner == "multiply" or (k == 0 and inner in ("add", "subtract"))
    if outer.name == "subtract":
        return inner == "multiply" or (k == 0 and inner in ("add", "subtract"))
    return outer.name == "multiply" and inner == "multiply" and k == 0


def _accesses(tree: Tree) -> Iterator[Access]:
    if isinstance(tree, Access):
        yield tree
    elif isinstance(tree, Apply):
        for operand in tree.operands:
            yield from _accesses(operand)


def _is_plain(tree: Tree) -> bool:
    """Whether vectors can compute it: plain arithmetic, and not a number alone."""
    if isinstance(tree, Apply):
        operands = tree.operands
        plain = tree.operation.name in PLAIN and all(
            isinstance(operand, Constant) or _is_plain(operand) for operand in operands
        )
        return plain and not all(isinstance(operand, Constant) for operand in operands)
    return isinstance(tree, Access)


def _array(access: Access) -> str:
    return ARRAYS[access.array] if isinstance(access.array, str) else f"v->{access.array.name}"


def _alone(access: Access | Constant, lane: int) -> str:
    """The text of what is read in one lane."""
    if isinstance(access, Constant):
        return literal(access.number)
    return f"{_array(access)}[{access.positions[lane]}]"


def _plus(text: str, number: int) -> str:
    return f"{text} + {number}" if number else text


def _row_major(rounds: Sequence[int]) -> tuple[int, ...]:
    """The strides of an array whose last index runs fastest.

    >>> _row_major([2, 3, 4])
    (12, 4, 1)
    """
    return tuple(math.prod(rounds[k + 1 :]) for k in range(len(rounds)))


def _variables(count: int) -> list[str]:
    return ["d", "e", "f", "h", "i"][-count:]


def _loops(rounds: Sequence[int], variables: Sequence[str], body: list[str]) -> list[str]:
    """Statements inside loops, the outermost first; a loop of one round is none."""
    if 0 in rounds:
        return []
    for number, variable in list(zip(rounds, variables, strict=True))[::-1]:
        if number > 1:
            brace = len(body) > 1 and not (body[0].startswith("for ") and _is_one(body))
            head = f"for (long {variable} = 0; {variable} < {number}; {variable}++)"
            body = [head + " {" * brace, *_indented(body), *["}"] * brace]
    return body


def _is_one(body: list[str]) -> bool:
    """Whether lines that begin with a loop are that loop and nothing after it."""
    return all(line.startswith(" ") or line == "}" for line in body[1:]) and body.count("}") <= 1


def _indented(lines: Sequence[str]) -> list[str]:
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
