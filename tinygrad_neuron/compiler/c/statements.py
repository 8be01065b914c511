"""The statements of the C text: what a group of lines, or a part of the gradients, becomes."""

import math
from collections.abc import Callable, Sequence
from functools import partial

from ...calculus.operation import Operation
from . import arrays
from .groups import FEW, Groups
from .indexing import linear
from .places import (
    PACKED,
    TOTALS,
    Loops,
    Reach,
    Spot,
    Stretch,
    accesses,
    alone,
    block,
    indented,
    looped,
    row_major,
    stretches,
)
from .rolling import LEAVES, Access, Apply, Gradients, Group, Terms, Tree
from .terms import TAKEN
from .trees import call, is_plain, plain_text, term, texts
from .vectors import NAMES, nothing

MANY_OPERANDS = 64


class Statements(Groups):
    """The statements for single rows.

    - `packing`: those that copy leaves, `packed_size` of them, so that neighbouring lanes find them
      side by side.
    """

    def __init__(self, vector: int) -> None:
        super().__init__(vector, TAKEN)
        self.packing: list[str] = []
        self.packed_size = 0
        self._packed: dict[tuple[object, ...], int] = {}  # where copies of leaves start

    def _expression(self, group: Group, tree: Tree) -> list[str]:
        def assign(place: str, found: list[str]) -> str:
            return f"{place} = {found[0]};"

        after = []
        if isinstance(tree, Apply) and arrays.over_arrays(tree.operation):
            self.used.add(tree.operation)
            after = [arrays.call(tree.operation, f"v->{group.name}", str(len(group.lines)))]
            (tree,) = tree.operands
        to = Access(group, list(range(len(group.lines))))
        loops = self._loops_over([Terms(1, to), Terms(1, tree)], len(group.lines))
        return [*self._each(loops, to, [(tree, None)], assign), *after]

    def gradients(self, part: Gradients, rows: int) -> list[str]:
        """Gradients of one shape, those of several rows, added to the totals."""

        def add(place: str, found: list[str]) -> str:
            found = [term(part.tree, text) for text in found]
            return f"{place} = {' + '.join([place, *found])};"

        to = Access(TOTALS, part.places)
        loops = self._loops_over([Terms(1, to), Terms(1, part.tree)], len(part.places))
        inner = loops.rounds[-1]
        trees = [(part.tree, row) for row in range(rows)]
        plain = is_plain(part.tree) and all(reach.in_vectors for reach in loops.reach.values())
        if not plain or loops.reach[to].strides[-1:] != (1,) or inner < 2:
            return self._each(loops, to, trees, add)
        lines, done = [], 0
        for stretch in stretches(inner, self.vector):
            body, width = [], stretch.width
            for k in range(stretch.vectors):
                found = [
                    plain_text(
                        tree,
                        partial(loops.vector, spot=stretch.spot(k, row=row), width=stretch.width),
                    )
                    for tree, row in trees
                ]
                body.append(add(loops.vector(to, stretch.spot(k), width), found))
            lines += body if stretch.rounds == 1 else stretch.around(body)
            done = stretch.end
        for lane in range(done, inner):
            spot = Spot(inner="", further=lane)
            found = [
                plain_text(tree, partial(loops.place, spot=spot._replace(row=row)))
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
        if inner > 1 and all(is_plain(part.tree) for part in terms):
            loops = self._with_packed(terms, loops)
            if all(reach.in_vectors for reach in loops.reach.values()):
                for stretch in stretches(inner, self.vector):
                    lines += self._sum_in_vectors(group, terms, goes_on, loops, stretch)
                    done = stretch.end
        if done < inner:
            lines += self._sum_by_lane(group, terms, goes_on, loops, done)
        return looped(loops.rounds[:-1], loops.variables[:-1], lines)

    def _sum_by_lane(
        self, group: Group, terms: Sequence[Terms], goes_on: bool, loops: Loops, done: int
    ) -> list[str]:
        body = [f"double t = {f'v->{group.name}[{loops.lane}]' if goes_on else '-0.0'};"]
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
        """A stretch of sums, four lanes in a vector and several vectors side by side."""
        sums = [f"t{k}" for k in range(stretch.vectors)]
        to = Access(group, [])
        own = loops._replace(reach={to: Reach(group, 0, row_major(loops.rounds))})
        stored = [own.vector(to, stretch.spot(k), stretch.width) for k in range(stretch.vectors)]
        starts = stored if goes_on else [nothing(stretch.width)] * len(sums)
        body = [
            f"{NAMES[stretch.width]} "
            f"{', '.join(f'{s} = {start}' for s, start in zip(sums, starts, strict=True))};"
        ]
        for part in terms:
            statements = []
            for k, name in enumerate(sums):
                spot = stretch.spot(k, "j" if part.count > 1 else "")
                text = plain_text(part.tree, partial(loops.vector, spot=spot, width=stretch.width))
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
                if access.array != LEAVES or old.table or old.in_vectors or old.shift:
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
                start = self._packed.get(key)
                if start is None:
                    start = self._packed[key] = self.packed_size
                    self.packed_size += math.prod(rounds)
                    variables = list("cdefhi"[: len(read)])
                    to = linear(start, row_major(rounds), variables)
                    source = linear(old.start, [stride for _, stride in read], variables)
                    self.packing += looped(rounds, variables, [f"packed[{to}] = w[{source}];"])
                new = iter(row_major(rounds))
                outer = tuple([next(new) if stride else 0 for stride in old.strides[:-1]])
                step = next(new) if part.count > 1 else 0
                reach[access] = Reach(PACKED, start, (*outer, next(new)), step)
        return loops._replace(reach=reach)

    def _function_of_many(
        self, group: Group, operation: Operation, count: int, loops: Loops
    ) -> list[str]:
        """From operands that are gathered on the stack, where they are few."""
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
            self.room(name, count)
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
        """Nothing, which is -0.0, and addends at indices."""
        loops = self._loops_over(group.terms, len(group.lines))
        lane = f"({loops.lane})" if " " in loops.lane else loops.lane
        lines = [f"double *const to = v->{group.name} + {group.count}*{lane};"]
        lines += (
            looped([group.count], ["k"], ["to[k] = -0.0;"]) if group.count > 1 else ["*to = -0.0;"]
        )
        for index, addend in zip(group.terms[::2], group.terms[1::2], strict=True):
            before, (at, text) = texts([index.tree, addend.tree], loops.place)
            lines += _scoped(before, f"to[position({at}, {group.count}, bad)] += {text};")
        return looped(loops.rounds, loops.variables, block(lines))


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
