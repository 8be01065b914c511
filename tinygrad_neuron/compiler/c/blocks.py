"""The statements of the C text for blocks of rows: the numbers of some examples side by side.

An array has a number for each row, `v->y[i][r]`, so that whatever is done to one row is done to as
many as a vector holds at once, also where a layer has few units. Sums go through their terms in
order, those of several units and rows side by side, in registers; gradients go through the rows in
order, those of several weights side by side. So no sum changes its order, and no number a bit.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from ...calculus.operation import Operation
from ...calculus.table import TABLE
from . import arrays
from .groups import FEW, Groups
from .indexing import linear
from .places import (
    TOTALS,
    Loops,
    Spot,
    accesses,
    alone,
    block,
    indented,
    looped,
    text_of,
)
from .rolling import ROW, STEP, Access, Apply, Constant, Gradients, Group, Terms, Tree
from .terms import TAKEN, literal
from .trees import call, is_plain, plain_text, term, texts
from .vectors import NAMES, in_vector, nothing

IN_REGISTERS = 8  # sums, each of a whole vector
LANES_IN_PAIRS = {8: 8, 4: 6}  # of two vectors each, by what a vector holds
LONG = 128  # terms of a sum
NEAR = 64  # of them are added to all sums before the next: what they read stays near the processor
RESERVED = frozenset({"x", "block", "compute", "first", "gradients", "row", "rows", "some"})


class Tile(NamedTuple):
    """Part of a loop: `rounds` of `width` lanes side by side, from lane `start` on."""

    start: int
    rounds: int
    width: int

    def at(self, variable: str) -> "Place":
        """The first lane of a round."""
        return Place(variable, 0) if self.rounds > 1 else Place("", self.start)

    def around(self, variable: str, body: list[str]) -> list[str]:
        """The loop of a tile around what is done in one round."""
        if self.rounds == 1:
            return body
        end = self.start + self.rounds * self.width
        head = f"for (long {variable} = {self.start}; {variable} < {end}; {variable} += "
        if sum(not line.startswith(" ") and line != "}" for line in body) == 1:
            return [f"{head}{self.width})", *indented(body)]
        return [f"{head}{self.width}) {{", *indented(body), "}"]


class Place(NamedTuple):
    """Where a loop is: at its variable, if it has one, and so many lanes on."""

    variable: str
    further: int = 0

    def on(self, lanes: int) -> "Place":
        return self._replace(further=self.further + lanes)


def tiles(lanes: int, most: int) -> Iterator[Tile]:
    """Lanes in parts of nearly the same width, at most `most`.

    >>> list(tiles(11, 8))
    [Tile(start=0, rounds=1, width=6), Tile(start=6, rounds=1, width=5)]
    """
    count = -(-lanes // most)
    width, wider = divmod(lanes, count)
    if wider:
        yield Tile(0, wider, width + 1)
    yield Tile(wider * (width + 1), count - wider, width)


def in_vectors(lanes: int, widest: int) -> Iterator[tuple[Tile, int]]:
    """Lanes in vectors, the widest first: tiles, and the width of their vectors.

    >>> list(in_vectors(42, 8))
    [(Tile(start=0, rounds=1, width=40), 8), (Tile(start=40, rounds=1, width=2), 2)]
    """
    done, vector = 0, widest
    while done < lanes:
        most = vector * IN_REGISTERS
        fitting = (lanes - done) // vector * vector
        if fitting >= most:
            rounds = fitting // most
            yield Tile(done, rounds, most), vector
            done += rounds * most
        elif fitting:
            yield Tile(done, 1, fitting), vector
            done += fitting
        if lanes - done < vector:
            vector //= 2


class Blocks(Groups):
    """The statements for blocks of rows.

    - `of_rows`: the groups of which the gradients need the numbers of one row side by side.
    """

    rows = "[ROWS]"

    def __init__(self, vector: int, width: int) -> None:
        super().__init__(vector, TAKEN | RESERVED)
        self.width = width
        self.of_rows: dict[Group, str] = {}

    # What is computed for each row

    def _expression(self, group: Group, tree: Tree) -> list[str]:
        """In each lane and row, the number that an expression gives."""
        over = None
        if isinstance(tree, Apply) and arrays.over_arrays(tree.operation):
            over = tree.operation
            self.used.add(over)
            (tree,) = tree.operands
        to = Access(group, list(range(len(group.lines))))
        loops = self._loops_over([Terms(1, to), Terms(1, tree)], len(group.lines))

        def statements(place: Callable[[Access], str]) -> list[str]:
            if any(map(_varies, accesses(tree))) and is_plain(tree):
                lines = self._rows_in_vectors(tree, place, place(to))
            else:
                found = texts([tree], _of_rows(place))
                lines = each_row(*found, place(to))
            return lines if over is None else [*lines, arrays.call(over, place(to), "n")]

        lanes = len(group.lines)
        if lanes == 1 or (lanes < FEW and any(reach.table for reach in loops.reach.values())):
            return [line for lane in range(lanes) for line in statements(_alone(lane))]
        return looped(loops.rounds, loops.variables, statements(loops.place))

    def _rows_in_vectors(self, tree: Tree, place: Callable[[Access], str], to: str) -> list[str]:
        """The loop that puts plain arithmetic in its place."""

        def vector(access: Access) -> str:
            text = in_row(place(access), access)
            return in_vector(text, self.vector) if _varies(access) else text

        statement = f"{in_vector(f'{to}[r]', self.vector)} = {plain_text(tree, vector)};"
        return [f"for (long r = 0; r < n; r += {self.vector})", *indented([statement])]

    def _sum(self, group: Group, terms: Sequence[Terms], goes_on: bool) -> list[str]:
        """Long sums, their terms in order; `goes_on` from what is stored."""
        to = Access(group, list(range(len(group.lines))))
        loops = self._loops_over([Terms(1, to), *terms], len(group.lines))
        simple = all(is_plain(part.tree) for part in terms)
        if simple and not any(reach.table for reach in loops.reach.values()):
            # Where very many numbers are read, each is used for as many sums as there is room for.
            pairs = self.vector >= 4 and sum(part.count for part in terms) >= LONG
            most = LANES_IN_PAIRS[self.vector] if pairs else IN_REGISTERS
            parts = self._in_parts(terms)
            lines = []
            for tile in tiles(loops.rounds[-1], most):
                lines += self._sums_in_registers(to, terms, goes_on or parts, loops, tile, pairs)
            lines = looped(loops.rounds[:-1], loops.variables[:-1], lines)
            return self._part_by_part(to, terms[0].count, goes_on, loops, lines) if parts else lines
        place = f"v->{group.name}[{loops.lane}]"
        body = [] if goes_on else [f"EACH_ROW {place}[r] = -0.0;"]
        for part in terms:
            j = "j" if part.count > 1 else ""
            at = _places(loops, j)
            before, (text,) = texts([part.tree], _of_rows(at))
            text = f"{place}[r] + {term(part.tree, text)}"
            body += looped([part.count], ["j"], each_row(before, [text], place))
        return looped(loops.rounds, loops.variables, body if len(body) == 1 else block(body))

    def _in_parts(self, terms: Sequence[Terms]) -> bool:
        """Whether some terms of a sum are added in all lanes before the next ones."""
        return self.vector >= 4 and len(terms) == 1 and terms[0].count >= LONG

    def _part_by_part(
        self, to: Access, count: int, goes_on: bool, loops: Loops, body: list[str]
    ) -> list[str]:
        """The loop over the parts of so many terms, around what adds those from s to e."""
        place = located(loops, to, list(map(Place, loops.variables)))
        start = looped(loops.rounds, loops.variables, [f"EACH_ROW {place}[r] = -0.0;"])
        return [
            *([] if goes_on else start),
            f"for (long s = 0; s < {count}; s += {NEAR}) {{",
            f"    const long e = {count} - s < {NEAR} ? {count} : s + {NEAR};",
            *indented(body),
            "}",
        ]

    def _sums_in_registers(
        self,
        to: Access,
        terms: Sequence[Terms],
        goes_on: bool,
        loops: Loops,
        tile: Tile,
        pairs: bool,
    ) -> list[str]:
        """Sums of some neighbouring lanes, over all rows; in pairs of vectors, and what is left."""
        vector, variable = self.vector, loops.variables[-1]

        def of(vectors: int, start: str) -> list[str]:
            step = vector * vectors
            body = self._sums_of_rows(to, terms, goes_on, loops, tile, vectors)
            more = "r < n" if vectors == 1 else f"r + {step} <= n"
            return [f"for ({start}; {more}; r += {step}) {{", *indented(body), "}"]

        if pairs and tile.width > 2:
            body = ["long r = 0;", *of(2, ""), *of(1, "")]
            return tile.around(variable, body) if tile.rounds > 1 else block(body)
        return tile.around(variable, of(1, "long r = 0"))

    def _sums_of_rows(
        self,
        to: Access,
        terms: Sequence[Terms],
        goes_on: bool,
        loops: Loops,
        tile: Tile,
        vectors: int,
    ) -> list[str]:
        """The sums themselves, from row r on, in so many vectors of rows."""
        variable = loops.variables[-1]
        outer = [Place(name) for name in loops.variables[:-1]]
        each = [
            (tile.at(variable).on(k), linear(self.vector * q, [1], ["r"]))
            for k in range(tile.width)
            for q in range(vectors)
        ]
        sums = [f"t{k}" for k in range(len(each))]

        def place(access: Access, lane: Place, row: str, term: str = "") -> str:
            text = located(loops, access, [*outer, lane], term)
            return in_vector(f"{text}[{row}]", self.vector) if _varies(access) else text

        stored = [place(to, *at) for at in each]
        starts = stored if goes_on else [nothing(self.vector)] * len(sums)
        listed = ", ".join(f"{s} = {start}" for s, start in zip(sums, starts, strict=True))
        body = [f"{NAMES[self.vector]} {listed};"]
        for part in terms:
            j = "j" if part.count > 1 else ""
            statements = []
            for name, at in zip(sums, each, strict=True):
                text = plain_text(part.tree, partial(place, lane=at[0], row=at[1], term=j))
                statements.append(f"{name} = {name} + {term(part.tree, text)};")
            if self._in_parts(terms):
                body += ["for (long j = s; j < e; j++) {", *indented(statements), "}"]
            else:
                body += looped([part.count], ["j"], statements)
        return [*body, *(f"{where} = {name};" for where, name in zip(stored, sums, strict=True))]

    def _function_of_many(
        self, group: Group, operation: Operation, count: int, loops: Loops
    ) -> list[str]:
        """In each row, from operands that are gathered there."""
        result = f"v->{group.name}[{loops.lane}]"
        at = _places(loops, "")
        body: list[str] = []
        if group.index is not None:
            body, (text,) = texts([group.index], _of_rows(at))
            body.append(f"const long j = position({text}, {count}, bad);")
            only = group.terms[0].tree
            if len(group.terms) == 1 and isinstance(only, Access):
                chosen = in_row(_places(loops, "j" if count > 1 else "")(only), only)
                body.append(f"{result}[r] = {chosen};")
                return looped(loops.rounds, loops.variables, _rows_of(body))
        name = self.names.new("operands")
        self.room(name, max(count, 1))
        lines: list[str] = []
        start = 0
        for part in group.terms:
            k = "k" if part.count > 1 else ""
            place = _places(loops, k)
            found = texts([part.tree], _of_rows(place))
            to = f"v->{name}[{linear(start, [1], [k])}]"
            lines += looped([part.count], ["k"], each_row(*found, to))
            start += part.count
        if operation is TABLE.get("logsumexp") and count:
            self.used.add(TABLE["exp"])
            lines.append(f"rows_logsumexp(v->{name}, {count}, {result}, n, bad);")
        elif group.index is not None:
            lines += _rows_of([*body, f"{result}[r] = v->{name}[j][r];"])
        else:
            gather = looped([count], ["k"], [f"a[k] = v->{name}[k][r];"])
            lines += _rows_of(
                [
                    f"double a[{max(count, 1)}];",
                    *(gather if count != 1 else [f"a[0] = v->{name}[0][r];"]),
                    f"{result}[r] = {call(operation, ['a', str(count)])};",
                ]
            )
        return looped(loops.rounds, loops.variables, block(lines))

    def _scatter(self, group: Group) -> list[str]:
        """Nothing, which is -0.0, and addends at indices."""
        loops = self._loops_over(group.terms, len(group.lines))
        lane = f"({loops.lane})" if " " in loops.lane else loops.lane
        lines = [f"double (*const to)[ROWS] = v->{group.name} + {group.count}*{lane};"]
        k = "k" if group.count > 1 else "0"
        lines += looped([group.count], ["k"], [f"EACH_ROW to[{k}][r] = -0.0;"])
        at = _places(loops, "")
        for index, addend in zip(group.terms[::2], group.terms[1::2], strict=True):
            before, (where, text) = texts([index.tree, addend.tree], _of_rows(at))
            statement = f"to[position({where}, {group.count}, bad)][r] += {text};"
            lines += _rows_of([*before, statement])
        return looped(loops.rounds, loops.variables, block(lines))

    # Gradients

    def gradients(self, part: Gradients) -> list[str]:
        """Gradients of one shape, those of all rows added to the totals, row after row."""
        to = Access(TOTALS, part.places)
        loops = self._loops_over([Terms(1, to), Terms(1, part.tree)], len(part.places))
        simple = is_plain(part.tree) and all(reach.in_vectors for reach in loops.reach.values())
        if not simple or not loops.reach[to].strides or loops.reach[to].strides[-1] != 1:
            return self._gradients_by_lane(loops, to, part.tree)
        lines = []
        for tile, vector in in_vectors(loops.rounds[-1], self.vector):
            outer = loops.rounds[-2] if len(loops.rounds) > 1 else 1
            fitting = max(1, IN_REGISTERS * vector // tile.width)
            for further in tiles(outer, fitting):
                body = self._gradients_in_registers(loops, to, part.tree, tile, vector, further)
                if tile.rounds == 1 and further.rounds == 1:
                    body = block(body)
                body = tile.around(loops.variables[-1], body)
                if outer > 1:
                    body = further.around(loops.variables[-2], body)
                lines += body
        return looped(loops.rounds[:-2], loops.variables[:-2], lines)

    def _gradients_by_lane(self, loops: Loops, to: Access, tree: Tree) -> list[str]:
        def statements(place: Callable[[Access], str]) -> list[str]:
            before, (text,) = texts([tree], _of_rows(place))
            total = place(to)
            statement = f"{total} = {total} + {term(tree, text)};"
            head = "for (long r = 0; r < n; r++)"
            if before:
                return [f"{head} {{", *indented([*before, statement]), "}"]
            return [head, *indented([statement])]

        if len(to.positions) == 1:
            return statements(_alone(0))
        return looped(loops.rounds, loops.variables, statements(loops.place))

    def _gradients_in_registers(
        self, loops: Loops, to: Access, tree: Tree, tile: Tile, vector: int, further: Tile
    ) -> list[str]:
        """Some neighbouring gradients in each of some rounds of the loop outside, as sums in
        registers over all rows."""
        variables = loops.variables
        outside = [Place(name) for name in variables[:-2]]

        def place(access: Access, at: tuple[Place, ...]) -> str:
            neighbours = loops.reach[access].strides[-1] == 1
            if neighbours and isinstance(access.array, Group):
                array = self._of_row(access.array)
                text = located(loops, access, [*outside, *at], array=f"v->{array}[r]")
            elif neighbours and access.array == ROW:
                index = located(loops, access, [*outside, *at], array="")[1:-1]
                text = f"row[{linear(0, [self.width], ['r'])} + {index}]"
            else:
                text = located(loops, access, [*outside, *at])
            if neighbours:
                return in_vector(text, vector)
            return in_row(text, access)

        sums: list[str] = []
        where: list[tuple[Place, ...]] = []
        for h in range(further.width):
            for k in range(tile.width // vector):
                lane = tile.at(variables[-1]).on(vector * k)
                rounds = [further.at(variables[-2]).on(h)] if len(variables) > 1 else []
                sums.append(f"t{len(sums)}")
                where.append((*rounds, lane))
        kind = NAMES[vector]
        totals = [place(to, at) for at in where]
        starts = ", ".join(f"{s} = {total}" for s, total in zip(sums, totals, strict=True))
        body = [f"{kind} {starts};", "for (long r = 0; r < n; r++) {"]
        for name, at in zip(sums, where, strict=True):
            text = plain_text(tree, partial(place, at=at))
            body.append(f"    {name} = {name} + {term(tree, text)};")
        body += ["}", *(f"{total} = {name};" for total, name in zip(totals, sums, strict=True))]
        return body

    def _of_row(self, group: Group) -> str:
        """The name of the array that has the numbers of one row side by side."""
        if group not in self.of_rows:
            name = re.sub(r"\W+", "_", f"{group.name}_of")  # of a slice of a family too
            name = self.of_rows[group] = self.names.new(name)
            size = -(-group.size // self.vector) * self.vector  # each row begins a vector
            self.members.append(f"double {name}[ROWS][{size}];")
            self.floats += size
        return self.of_rows[group]

    def turned(self) -> list[str]:
        """The statements that put the numbers of each row side by side, where gradients want
        that."""
        lines = []
        for group, name in self.of_rows.items():
            i = "i" if group.size > 1 else "0"
            statement = f"    v->{name}[r][{i}] = v->{group.name}[{i}][r];"
            lines += looped([group.size], ["i"], ["for (long r = 0; r < n; r++)", statement])
        return lines


# Texts


def _varies(access: Access) -> bool:
    """Whether an array has a number for each row."""
    return access.array == ROW or not isinstance(access.array, str)


def in_row(place: str, access: Access) -> str:
    """What is read in the current row."""
    return f"{place}[r]" if _varies(access) else place


def _of_rows(place: Callable[[Access], str]) -> Callable[[Access], str]:
    """The same places, in the current row."""
    return lambda access: in_row(place(access), access)


def row_text(access: Access | Constant) -> str:
    """What is read in the current row, outside of the functions that go through the lanes."""
    if isinstance(access, Constant):
        return literal(access.number)
    return ("v->" if access.array == ROW else "") + in_row(_alone(0)(access), access)


def each_row(before: Sequence[str], found: Sequence[str], place: str) -> list[str]:
    """The loop over rows that puts an expression in its place."""
    return _rows_of([*before, f"{place}[r] = {found[0]};"])


def _rows_of(body: list[str]) -> list[str]:
    """The loop over rows around statements."""
    if len(body) == 1:
        return [f"EACH_ROW {body[0]}"]
    return ["EACH_ROW {", *indented(body), "}"]


def _alone(lane: int) -> Callable[[Access], str]:
    """The text of what is read in one lane, outside of loops."""
    return lambda access: alone(access, lane)


def _places(loops: Loops, term: str) -> Callable[[Access], str]:
    return lambda access: loops.place(access, Spot(term))


def located(
    loops: Loops, access: Access, at: Sequence[Place], term: str = "", array: str | None = None
) -> str:
    """The text of the number that an access reads where its loops are at these places."""
    reach = loops.reach[access]
    start = reach.start
    for stride, place in zip(reach.strides, at, strict=True):
        start += stride * place.further
    strides = [*reach.strides, reach.step, reach.shift]
    index = linear(start, strides, [*(p.variable for p in at), term, STEP])
    return f"{text_of(reach.array) if array is None else array}[{index}]"
