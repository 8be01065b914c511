"""The flat list as Python source: straight-line code that reads as if written by hand.

`emit` is pure: a program in, the text and the globals that it needs out. Two functions can be
written: `map_rows` computes the outputs for each row of inputs, `add_up` also goes backward and
adds up the first output and the gradients over the rows.
"""

import keyword
import math
from collections.abc import Callable, Sequence
from typing import Any

from ...calculus.kernels import KERNELS
from ...calculus.operation import Operation
from ...calculus.table import TABLE
from ...scope import Scope
from ..lines import DRAWN, INPUT, LEAF, NUMBER, SCATTER, SEED, SOURCES
from ..naming import Names, short
from ..program import Program
from ..uses import uses_of
from .layout import WIDTH, one_line, pattern, unpack, wrapped
from .templates import ATOM, CHOICE, POWER, PRODUCT, SIGN, SUM, template

# CPython refuses some 3,000 operators in a row, and deep nesting.
LONGEST_SUM = 400
LARGEST_FOLDED = 24

SUM_OF_MANY = TABLE["sum"]


def emit(
    program: Program, seeded: Sequence[int] | None = None, title: str = "compiled"
) -> tuple[str, dict[str, Any]]:
    """The source of `map_rows` (without `seeded`) or of `add_up`, and its globals."""
    return _Emitter(program, seeded, title).source()


class _Emitter:
    """Writes one function.

    For each line of the program that has been written, `texts` holds its expression, `tightness`
    how tightly that binds, and `sizes` how many names and numbers it has.
    """

    def __init__(self, program: Program, seeded: Sequence[int] | None, title: str) -> None:
        """Take up a program: with `seeded`, its backward pass for gradients at these outputs
        too."""
        self.program = program
        self.backward = seeded is not None
        self.seeded = list(seeded or ())
        self.outputs = frozenset(program.outputs)
        self.title = title
        self.count = len(program) if self.backward else program.forward
        self.globals: dict[str, Any] = {}
        self.texts: list[str] = [""] * self.count
        self.tightness = [ATOM] * self.count
        self.sizes = [1] * self.count
        # A number is never called like a function, or like what the language reserves.
        operations = {o for o in program.operations if isinstance(o, Operation)}
        self.names = Names({*_RESERVED, *KERNELS, *TABLE}.union(*(o.kernels for o in operations)))
        self.body: list[str] = []
        self.tables: dict[tuple[int, ...], str] = {}
        self.scope: Scope | None = None
        self.gradient_names: list[str] = []
        self.uses, self.reader = uses_of(program, self.backward)
        self.adds: dict[int, list[int]] = {}  # which leaves' gradients a line is
        if self.backward:
            for leaf, k in program.leaf_gradients.items():
                self.adds.setdefault(k, []).append(leaf)

    # Names

    def _wish(self, line: int) -> str:
        """What a line would be called: the user's label, behind a short form of its neuron."""
        label = self.program.labels.get(line) or ("out" if line in self.outputs else "t")
        scope = self.program.scopes.get(line)
        prefix = short(scope) if scope is not None else ""
        return f"d_{prefix}{label[2:]}" if label.startswith("d_") else prefix + label

    def _name_sources(self) -> tuple[list[str], list[str], list[str]]:
        """Name what comes from outside: the numbers of a row, the leaves, the arriving
        gradients."""
        program, texts = self.program, self.texts
        rows = ["_"] * (program.inputs + len(program.draws))
        leaves = ["_"] * len(program.leaves)
        seeds = ["_"] * len(self.seeded)
        used: dict[str, list[int]] = {kind: [] for kind in SOURCES}
        for k, operation in enumerate(program.operations[: self.count]):
            if operation in used and self.uses[k]:
                used[operation].append(k)
        for k in used[NUMBER]:
            texts[k], self.tightness[k] = self._number(program.operands[k][0])
        for k in used[INPUT]:  # inputs first: they get the plainest names
            texts[k] = rows[program.operands[k][0]] = self.names.new(self._wish(k))
        for k in used[LEAF]:
            texts[k] = leaves[program.operands[k][0]] = self.names.new(self._wish(k))
        for k in used[DRAWN]:
            texts[k] = rows[program.inputs + program.operands[k][0]] = self.names.new("mask")
        positions = {output: position for position, output in enumerate(self.seeded)}
        for k in used[SEED]:
            texts[k] = seeds[positions[program.operands[k][0]]] = self.names.new("seed")
        return rows, leaves, seeds

    def _number(self, number: float) -> tuple[str, int]:
        if isinstance(number, float) and not math.isfinite(number):
            name = {math.inf: "inf", -math.inf: "minus_inf"}.get(number, "nan")
            self.globals[name] = number
            return name, ATOM
        text = repr(number)
        return text, SIGN if text[0] == "-" else ATOM

    # Text

    def source(self) -> tuple[str, dict[str, Any]]:
        """The text of the function, and its globals."""
        program = self.program
        rows, leaves, seeds = self._name_sources()
        if self.backward:
            self.gradient_names = [self.names.new("g" if x == "_" else f"g_{x}") for x in leaves]
        self._lines()
        outputs = [self.texts[k] for k in program.outputs]
        head = [*unpack(leaves, "leaves")]
        for values, name in self.tables.items():
            head += wrapped(f"{name} = (", [self.texts[k] for k in values], ",)")
        loop = [f"for {pattern(rows)} in rows:" if rows else "for _ in rows:"]
        loop += [f"    {line}" for line in self.body]
        if not self.backward:
            lines = [
                "def map_rows(rows, leaves):",
                *(f"    {line}" for line in [*head, "results = []", *loop]),
                f"        results.append({pattern(outputs)})",
                "    return results",
            ]
        else:
            head += [*unpack(self.gradient_names, "totals"), *unpack(seeds, "seeds")]
            inputs = [self.texts[k] for k in program.input_gradients.values()]
            if inputs:
                head.append("input_gradients = []")
                loop.append(f"    input_gradients.append({pattern(inputs)})")
            loop.append(f"    total += {outputs[self.seeded[0]]}")
            result = wrapped("return total, [", self.gradient_names, "]")
            result[-1] += ", input_gradients" if inputs else ", []"
            lines = ["def add_up(rows, leaves, totals, seeds, total):"]
            lines += [f"    {line}" for line in [*head, *loop, *result]]
        return "\n".join([f"# {one_line(self.title)}", *lines, ""]), self.globals

    def _lines(self) -> None:
        """Write the lines of the program that need code, folding what is read once into its
        reader."""
        program, uses, texts, body = self.program, self.uses, self.texts, self.body
        operations, operands = program.operations, program.operands
        adds, labels, gradients = self.adds, program.labels, self.gradient_names
        for k in range(self.count):
            if k == program.forward:
                body.append("# backward")
                self.scope = None
            operation = operations[k]
            if not uses[k] or operation in SOURCES:
                pass
            elif isinstance(operation, Operation):
                self._write(k, operation, operands[k])
                if uses[k] == 1:
                    if k in adds:
                        if k in labels:
                            self._comment(k)
                        body.append(f"{gradients[adds[k][0]]} += {texts[k]}")
                        continue
                    if self._folds(k, operation):
                        continue
                self._comment(k)
                name = self.names.new(self._wish(k))
                self._assign(name, k)
                self._named(k, name)
            elif operation == SCATTER:
                count, *addends = operands[k]
                name = texts[k] = self.names.new("picked")
                body.append(f"{name} = [-0.0] * {count}")
                for index, addend in zip(addends[::2], addends[1::2], strict=True):
                    body.append(f"{name}[int({texts[index]})] += {texts[addend]}")
            else:  # an element
                texts[k] = f"{texts[operands[k][0]]}[{operands[k][1]}]"
            for leaf in adds.get(k, ()):
                body.append(f"{gradients[leaf]} += {texts[k]}")

    def _comment(self, k: int) -> None:
        """Say which neuron the next lines belong to."""
        scope = self.program.scopes.get(k)
        if scope is not None and scope is not self.scope:
            self.body.append(f"# {one_line(str(scope))}")
            self.scope = scope

    def _named(self, k: int, name: str) -> None:
        self.texts[k], self.tightness[k], self.sizes[k] = name, ATOM, 1

    def _within(self, k: int, tightness: int) -> str:
        """The text of a line, in parentheses if it binds less tightly than this."""
        return self.texts[k] if self.tightness[k] >= tightness else f"({self.texts[k]})"

    def _folds(self, k: int, operation: Operation) -> bool:
        """Whether a line that is read once is written inside the line that reads it."""
        reader, size, tightness = self.reader[k], self.sizes[k], self.tightness[k]
        if reader < 0 or size > LARGEST_FOLDED:
            return False
        reading = self.program.operations[reader]
        if not isinstance(reading, Operation) or reading.chosen:
            return False
        if reading is SUM_OF_MANY:
            if tightness == PRODUCT:
                return True
        elif reading.variadic:
            return False
        program = self.program
        scope = program.scopes.get(k)
        if scope is not None and scope is not program.scopes.get(reader):
            return False  # what leaves a neuron gets a name
        if tightness in (CHOICE, ATOM) and k in program.labels:
            return False  # an activation gets a line of its own
        if reading.variadic:
            return size <= 8
        form = template(reading)
        if size > 1 and form.tightness in (CHOICE, ATOM):
            return False  # the argument of a function gets a name
        return form.uses[program.operands[reader].index(k)] == 1

    def _write(self, k: int, operation: Operation, operands: tuple[int, ...]) -> None:
        """Write the expression of a line of the table."""
        if operation.variadic:
            self._write_variadic(k, operation, operands)
            return
        form, texts, sizes = template(operation), self.texts, self.sizes
        tightness = self.tightness
        if form.infix:  # by far the most frequent
            a, b = operands
            left = texts[a] if tightness[a] >= form.tightness else f"({texts[a]})"
            right = texts[b] if tightness[b] > form.tightness else f"({texts[b]})"
            texts[k] = left + form.infix + right
            tightness[k] = form.tightness
            sizes[k] = sizes[a] + sizes[b]
            return
        if operation.name in ("power", "constant_power") and self._is_whole(operands[1]):
            texts[k] = f"{self._within(operands[0], ATOM)} ** {self._within(operands[1], ATOM)}"
            tightness[k], sizes[k] = POWER, 2
            return
        pieces = []
        for part in form.pieces:
            if isinstance(part, int):
                pieces.append(self._within(operands[part], form.needs))
            elif isinstance(part, tuple):
                pieces.append(self._function(part[0], operation.meaning(part[0])))
            else:
                pieces.append(part)
        texts[k] = "".join(pieces)
        tightness[k] = form.tightness
        sizes[k] = 1 + sum([sizes[a] * n for a, n in zip(operands, form.uses, strict=True)])

    def _write_variadic(self, k: int, operation: Operation, operands: tuple[int, ...]) -> None:
        """Write the expression of an operation on any number of operands."""
        texts = self.texts
        if operation is SUM_OF_MANY:
            terms = [self._within(a, PRODUCT) for a in operands]
            if len(terms) < 2:
                self._named(k, f"({terms[0]})" if terms else "0.0")
            elif len(terms) <= LONGEST_SUM:
                texts[k], self.tightness[k] = " + ".join(terms), SUM
                self.sizes[k] = sum([self.sizes[a] for a in operands])
            else:
                name = self.names.new(self._wish(k))
                self.body += wrapped(f"{name} = (", terms[:LONGEST_SUM], ")", " + ")
                for start in range(LONGEST_SUM, len(terms), LONGEST_SUM):
                    part = [name, *terms[start : start + LONGEST_SUM]]
                    self.body += wrapped(f"{name} = (", part, ")", " + ")
                self._named(k, name)
            return
        function = self._function(operation.name, operation.on_floats)
        values = operands[:-1] if operation.chosen else operands
        table = self.tables.get(values)
        if table is None:
            if all(self.program.operations[a] == LEAF for a in values):
                table = self.tables[values] = self.names.new("table")
            else:
                table = pattern([texts[a] for a in values])
        index = f", {texts[operands[-1]]}" if operation.chosen else ""
        self._named(k, f"{function}({table}{index})")
        self.sizes[k] = len(operands)

    def _function(self, name: str, function: Callable[..., float]) -> str:
        """The global name of a function; not that of another with the same name."""
        found = self.globals.setdefault(name, function)
        if found is not function:
            name = next(
                (other for other, known in self.globals.items() if known is function), ""
            ) or self.names.new(name)
            self.globals[name] = function
        return name

    def _is_whole(self, k: int) -> bool:
        """Whether a line is a whole number: then `**` cannot be complex, and needs no kernel."""
        program = self.program
        return program.operations[k] == NUMBER and float(program.operands[k][0]).is_integer()

    def _assign(self, name: str, k: int) -> None:
        """An assignment, over several lines where it is long."""
        text = self.texts[k]
        if len(name) + len(text) <= WIDTH or self.tightness[k] != SUM:
            self.body.append(f"{name} = {text}")
        else:
            self.body += wrapped(f"{name} = (", text.split(" + "), ")", " + ")


_RESERVED = frozenset(
    {"rows", "leaves", "totals", "seeds", "total", "results", "input_gradients", "_", "int"}
    | {"inf", "minus_inf", "nan", "__debug__", *keyword.kwlist}
)
