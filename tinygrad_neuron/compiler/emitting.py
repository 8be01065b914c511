"""The flat list as source text: straight-line code that reads as if written by hand.

What is the same in Python and in JavaScript: which lines get a name and which are written inside
the line that reads them, what the names are, and in which order everything stands. A subclass of
`Emitter` says how its language writes it.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence

from ..calculus.kernels import KERNELS
from ..calculus.operation import Operation
from ..calculus.printing import ATOM, CHOICE, PRODUCT, SUM
from ..calculus.table import TABLE
from ..scope import Scope
from .layout import WIDTH, one_line, wrapped
from .lines import DRAWN, INPUT, LEAF, NUMBER, SCATTER, SEED, SOURCES
from .naming import Names, short
from .program import Program
from .templates import Template
from .uses import uses_of

# CPython refuses some 3,000 operators in a row, and deep nesting.
LONGEST_SUM = 400
LARGEST_FOLDED = 24

SUM_OF_MANY = TABLE["sum"]


class Emitter(ABC):
    """Writes one function of a program.

    For each line of the program that has been written, `texts` holds its expression, `tightness`
    how tightly that binds, and `sizes` how many names and numbers it has. `body` is what is done
    for each row.
    """

    comment: str  # what a comment begins with
    end: str  # what a statement ends with
    constant: str  # what stands before a name that is assigned once
    variable: str  # before one that is assigned again

    def __init__(
        self,
        program: Program,
        seeded: Sequence[int] | None,
        title: str,
        reserved: Iterable[str],
    ) -> None:
        """Take up a program: with `seeded`, its backward pass for gradients at these outputs too.

        A number is never called like a function, or like what is `reserved`.
        """
        self.program = program
        self.backward = seeded is not None
        self.seeded = list(seeded or ())
        self.outputs = frozenset(program.outputs)
        self.title = title
        self.count = len(program) if self.backward else program.forward
        self.texts: list[str] = [""] * self.count
        self.tightness = [ATOM] * self.count
        self.sizes = [1] * self.count
        operations = {o for o in program.operations if isinstance(o, Operation)}
        self.names = Names({*reserved, *KERNELS, *TABLE}.union(*(o.kernels for o in operations)))
        self.body: list[str] = []
        self.tables: dict[tuple[int, ...], str] = {}
        self.scope: Scope | None = None
        self.gradient_names: list[str] = []
        self.uses, self.reader = uses_of(program, self.backward)
        self.adds: dict[int, list[int]] = {}  # which leaves' gradients a line is
        if self.backward:
            for leaf, k in program.leaf_gradients.items():
                self.adds.setdefault(k, []).append(leaf)

    # What a language says.

    @abstractmethod
    def template(self, operation: Operation) -> Template:
        """The template of an operation with a fixed number of operands."""

    @abstractmethod
    def number(self, number: float) -> tuple[str, int]:
        """A literal, and how tightly it binds."""

    @abstractmethod
    def function(self, operation: Operation, name: str) -> str:
        """What a function is called that the forward expression of an operation calls."""

    @abstractmethod
    def of_many(self, operation: Operation) -> str:
        """What the function of a variadic operation is called."""

    @abstractmethod
    def listed(self, texts: Sequence[str]) -> str:
        """Numbers as one argument."""

    @abstractmethod
    def scattered(self, name: str, count: int, addends: Iterable[tuple[int, int]]) -> list[str]:
        """The statements that make a list of so many -0.0 and add lines to its elements; `addends`
        are pairs of the lines of an index and of what is added there."""

    def is_named(self, k: int) -> bool:
        """Whether a line gets a name also where it is read once."""
        return False

    def read_as(self, k: int, name: str) -> str:
        """How a line with a name is read."""
        return name

    def added(self, gradient: str, k: int) -> str:
        """The statement that adds a line to the gradient of a leaf."""
        return f"{gradient} += {self.texts[k]}{self.end}"

    def special(self, k: int, operation: Operation, operands: tuple[int, ...]) -> bool:
        """Write a line in another way than by its template; whether it was."""
        return False

    # Names

    def _wish(self, line: int) -> str:
        """What a line would be called: the user's label, behind a short form of its neuron."""
        label = self.program.labels.get(line) or ("out" if line in self.outputs else "t")
        scope = self.program.scopes.get(line)
        prefix = short(scope) if scope is not None else ""
        return f"d_{prefix}{label[2:]}" if label.startswith("d_") else prefix + label

    def name_sources(self) -> tuple[list[str], list[str], list[str]]:
        """Name what comes from outside: the numbers of a row, the leaves, the arriving
        gradients; "_" for what is not read."""
        program, texts = self.program, self.texts
        rows = ["_"] * (program.inputs + len(program.draws))
        leaves = ["_"] * len(program.leaves)
        seeds = ["_"] * len(self.seeded)
        used: dict[str, list[int]] = {kind: [] for kind in SOURCES}
        for k, operation in enumerate(program.operations[: self.count]):
            if operation in used and self.uses[k]:
                used[operation].append(k)
        for k in used[NUMBER]:
            texts[k], self.tightness[k] = self.number(program.operands[k][0])
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

    # Text

    def lines(self, leaves: Sequence[str]) -> None:
        """Write the lines of the program that need code, folding what is read once into its
        reader; `leaves` are the names of the leaves."""
        program, uses, texts, body = self.program, self.uses, self.texts, self.body
        operations, operands = program.operations, program.operands
        adds, labels = self.adds, program.labels
        if self.backward:
            self.gradient_names = [self.names.new("g" if x == "_" else f"g_{x}") for x in leaves]
        gradients = self.gradient_names
        for k in range(self.count):
            if k == program.forward:
                body.append(f"{self.comment} backward")
                self.scope = None
            operation = operations[k]
            if not uses[k] or operation in SOURCES:
                pass
            elif isinstance(operation, Operation):
                self._write(k, operation, operands[k])
                if uses[k] == 1 and not self.is_named(k):
                    if k in adds:
                        if k in labels:
                            self._comment(k)
                        body.append(self.added(gradients[adds[k][0]], k))
                        continue
                    if self._folds(k):
                        continue
                self._comment(k)
                name = self.names.new(self._wish(k))
                self.assign(name, k)
                self.named(k, self.read_as(k, name))
            elif operation == SCATTER:
                count, *addends = operands[k]
                name = texts[k] = self.names.new("picked")
                body += self.scattered(name, count, zip(addends[::2], addends[1::2], strict=True))
            else:  # an element
                texts[k] = f"{texts[operands[k][0]]}[{operands[k][1]}]"
            for leaf in adds.get(k, ()):
                body.append(self.added(gradients[leaf], k))

    def _comment(self, k: int) -> None:
        """Say which neuron the next lines belong to."""
        scope = self.program.scopes.get(k)
        if scope is not None and scope is not self.scope:
            self.body.append(f"{self.comment} {one_line(str(scope))}")
            self.scope = scope

    def named(self, k: int, name: str) -> None:
        """From here on, a line is read by a name (or what binds as tightly)."""
        self.texts[k], self.tightness[k], self.sizes[k] = name, ATOM, 1

    def within(self, k: int, tightness: int) -> str:
        """The text of a line, in parentheses if it binds less tightly than this."""
        return self.texts[k] if self.tightness[k] >= tightness else f"({self.texts[k]})"

    def _folds(self, k: int) -> bool:
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
        form = self.template(reading)
        if size > 1 and form.tightness in (CHOICE, ATOM):
            return False  # the argument of a function gets a name
        return form.uses[program.operands[reader].index(k)] == 1

    def _write(self, k: int, operation: Operation, operands: tuple[int, ...]) -> None:
        """Write the expression of a line of the table."""
        if operation.variadic:
            self._write_variadic(k, operation, operands)
            return
        form, texts, sizes = self.template(operation), self.texts, self.sizes
        tightness = self.tightness
        if form.infix:  # by far the most frequent
            a, b = operands
            left = texts[a] if tightness[a] >= form.tightness else f"({texts[a]})"
            right = texts[b] if tightness[b] > form.tightness else f"({texts[b]})"
            texts[k] = left + form.infix + right
            tightness[k] = form.tightness
            sizes[k] = sizes[a] + sizes[b]
            return
        if self.special(k, operation, operands):
            return
        pieces = []
        for part in form.pieces:
            if isinstance(part, int):
                pieces.append(self.within(operands[part], form.needs))
            elif isinstance(part, tuple):
                pieces.append(self.function(operation, part[0]))
            else:
                pieces.append(part)
        texts[k] = "".join(pieces)
        tightness[k] = form.tightness
        sizes[k] = 1 + sum([sizes[a] * n for a, n in zip(operands, form.uses, strict=True)])

    def _write_variadic(self, k: int, operation: Operation, operands: tuple[int, ...]) -> None:
        """Write the expression of an operation on any number of operands."""
        texts = self.texts
        if operation is SUM_OF_MANY:
            terms = [self.within(a, PRODUCT) for a in operands]
            if len(terms) < 2:
                self.named(k, f"({terms[0]})" if terms else "0.0")
            elif len(terms) <= LONGEST_SUM:
                texts[k], self.tightness[k] = " + ".join(terms), SUM
                self.sizes[k] = sum([self.sizes[a] for a in operands])
            else:
                name = self.names.new(self._wish(k))
                first = f"{self.variable}{name}"
                self.body += self._sum(first, terms[:LONGEST_SUM])
                for start in range(LONGEST_SUM, len(terms), LONGEST_SUM):
                    self.body += self._sum(name, [name, *terms[start : start + LONGEST_SUM]])
                self.named(k, name)
            return
        function = self.of_many(operation)
        values = operands[:-1] if operation.chosen else operands
        table = self.tables.get(values)
        if table is None:
            if all(self.program.operations[a] == LEAF for a in values):
                table = self.tables[values] = self.names.new("table")
            else:
                table = self.listed([texts[a] for a in values])
        index = f", {texts[operands[-1]]}" if operation.chosen else ""
        self.named(k, f"{function}({table}{index})")
        self.sizes[k] = len(operands)

    def is_whole(self, k: int) -> bool:
        """Whether a line is a whole number."""
        program = self.program
        return program.operations[k] == NUMBER and float(program.operands[k][0]).is_integer()

    def assign(self, name: str, k: int) -> None:
        """An assignment, over several lines where it is long."""
        text, name = self.texts[k], f"{self.constant}{name}"
        if len(name) + len(text) <= WIDTH or self.tightness[k] != SUM:
            self.body.append(f"{name} = {text}{self.end}")
        else:
            self.body += self._sum(name, text.split(" + "))

    def _sum(self, name: str, terms: Sequence[str]) -> list[str]:
        """The assignment of a long sum."""
        return wrapped(f"{name} = (", terms, f"){self.end}", " + ")
