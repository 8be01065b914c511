"""The flat list as JavaScript source.

`emit` is pure: a program in, text out. Two functions can be written: `outputs(rows, leaves)` gives
the outputs for each row of inputs, `gradients(rows, leaves, seeds)` also goes backward and adds up
the first output and the gradients over the rows.
"""

from collections.abc import Iterable, Sequence

from ...calculus import javascript
from ...calculus.operation import Operation
from ...calculus.printing import ATOM, CHOICE, SIGN
from ..emitting import SUM_OF_MANY, Emitter
from ..layout import one_line, wrapped
from ..lines import ELEMENT, SEED, SOURCES, read_by
from ..program import Program
from ..templates import Template
from .templates import template

# What `arithmetic.js` has that no kernel is: the operators that differ from Python's, and int().
_OPERATORS = frozenset({"divide", "floorDivide", "int", "modulo", "power"})
_KNOWN = frozenset({*javascript.BY_HAND.values(), *_OPERATORS})


class Helpers:
    """What the functions of one text call: the names taken from `python`, and translations of
    kernels and operations."""

    def __init__(self) -> None:
        self.used: dict[str, None] = {}
        self.adds_some = False
        self._translation = javascript.Translation(False, "", {*_KNOWN, "python", "OPERATIONS"})

    def function(self, operation: Operation, name: str) -> str:
        """What the forward expression of an operation calls: a kernel, or a function of `python`
        that stands for an operator."""
        if name in operation.kernels:
            name = self._translation.kernel(operation.kernels[name], name)
        elif not name.startswith("python."):
            return self.operation(name)
        own = name.removeprefix("python.")
        if own != name:
            self.used[own] = None
        return own

    def arrived(self) -> str:
        """The sum of those of some gradients that are there; undefined where none is."""
        self.adds_some = True
        return "arrived"

    def operation(self, name: str) -> str:
        """Another operation of the table."""
        return self._translation.called(name)

    def source(self) -> str:
        """Their text; it needs `python` to be defined before."""
        parts = list(self._translation.functions)
        if self._translation.operations:
            entries = "".join(self._translation.operations.values())
            parts.append(f"const OPERATIONS = {{\n{entries}}};")
        if self.adds_some:
            parts.append(_ARRIVED)
        if self.used:
            parts.insert(0, f"const {{ {', '.join(sorted(self.used))} }} = python;")
        return "\n".join(parts)


def emit(
    program: Program, seeded: Sequence[int] | None, title: str, helpers: Helpers
) -> tuple[str, list[str], list[str]]:
    """The source of `outputs` (without `seeded`) or of `gradients`, and the names in it of the
    inputs and of the leaves; what it calls is added to `helpers`.

    Raises a `ValueError` where an operation cannot be translated.
    """
    return _Emitter(program, seeded, title, helpers).source()


class _Emitter(Emitter):
    """Writes one function in JavaScript."""

    comment, end, constant, variable = "//", ";", "const ", "let "

    def __init__(
        self, program: Program, seeded: Sequence[int] | None, title: str, helpers: Helpers
    ) -> None:
        super().__init__(program, seeded, title, _RESERVED)
        self.helpers = helpers
        # Gradients at which perhaps nothing arrives; sums of some such; what only those read.
        self.unsure: set[int] = set()
        self.partly: set[int] = set()
        self.late: set[int] = set()
        if self.backward and program.doubts().branches:
            self._find_unsure()

    def _find_unsure(self) -> None:
        """Which gradients may have nothing that arrives, and what is computed for them alone."""
        program = self.program
        holds: set[int] = set()  # the lines that hold a gradient
        for i in range(program.forward, len(program)):
            operation = program.operations[i]
            gradients = [k for k in read_by(operation, program.operands[i]) if k in holds]
            if operation == SEED or gradients:
                holds.add(i)
            if operation == ELEMENT or (
                isinstance(operation, Operation)
                and gradients
                and all(k in self.unsure for k in gradients)
            ):
                self.unsure.add(i)
            if operation is SUM_OF_MANY and any(k in self.unsure for k in gradients):
                self.partly.add(i)
        needed = {*program.leaf_gradients.values(), *program.input_gradients.values()}
        for i in range(len(program) - 1, program.forward - 1, -1):
            if i in needed or i in holds or program.operations[i] in SOURCES:
                if i not in self.unsure:
                    needed.update(read_by(program.operations[i], program.operands[i]))
            else:
                self.late.add(i)

    def template(self, operation: Operation) -> Template:
        return template(operation)

    def number(self, number: float) -> tuple[str, int]:
        text = javascript.number(number)
        return text, SIGN if text[0] == "-" else ATOM

    def function(self, operation: Operation, name: str) -> str:
        return self.helpers.function(operation, name)

    def of_many(self, operation: Operation) -> str:
        return self.helpers.operation(operation.name)

    def listed(self, texts: Sequence[str]) -> str:
        return f"[{', '.join(texts)}]"

    # Where it depends on a select whether anything arrives at a gradient, it is undefined where
    # nothing does, and what is computed for it alone is a function, called where something does.

    def scattered(self, name: str, count: int, addends: Iterable[tuple[int, int]]) -> list[str]:
        texts = self.texts
        if not self.unsure:
            added = [f"{name}[{texts[index]}] += {texts[k]};" for index, k in addends]
            return [f"const {name} = new Array({count}).fill(-0);", *added]
        lines = [f"const {name} = new Array({count});"]
        for index, k in addends:
            place = f"{name}[{texts[index]}]"
            lines.append(f"{place} = {self.helpers.arrived()}([{place}, {texts[k]}]);")
        return lines

    def is_named(self, k: int) -> bool:
        return k in self.unsure or k in self.partly

    def read_as(self, k: int, name: str) -> str:
        return f"{name}()" if k in self.late else name

    def added(self, gradient: str, k: int) -> str:
        return f"{gradient} += {self.texts[k]}{' ?? 0' if k in self.unsure else ''};"

    def assign(self, name: str, k: int) -> None:
        """As ever; or for a gradient at which perhaps nothing arrives, and what it alone reads."""
        operands = self.program.operands[k]
        if k in self.partly:
            listed = self.listed([self.texts[i] for i in operands])
            self.body.append(f"const {name} = {self.helpers.arrived()}({listed});")
        elif k in self.unsure:
            gradient = next(self.texts[i] for i in operands if i in self.unsure)
            otherwise = f"{gradient} === undefined ? undefined"
            self.body.append(f"const {name} = {otherwise} : {self.within(k, CHOICE)};")
        elif k in self.late:
            self.body.append(f"const {name} = () => {self.within(k, CHOICE)};")
        else:
            super().assign(name, k)

    def source(self) -> tuple[str, list[str], list[str]]:
        """The text of the function, and the names of its inputs and leaves."""
        program = self.program
        rows, leaves, seeds = self.name_sources()
        self.lines(leaves)
        outputs = [self.texts[k] for k in program.outputs]
        head = _unpacked(leaves, "leaves")
        for values, name in self.tables.items():
            head += wrapped(f"const {name} = [", [self.texts[k] for k in values], "];")
        body = [*(f"  {line}" for line in self.body)]
        if not self.backward:
            head.append("const results = [];")
            body.append(f"  results.push({self.listed(outputs)});")
            call, result = "outputs(rows, leaves)", ["return results;"]
        else:
            inputs = [
                f"{self.texts[k]} ?? 0" if k in self.unsure else self.texts[k]
                for k in program.input_gradients.values()
            ]
            head += _unpacked(seeds, "seeds")
            head.append("let total = 0;")
            if self.gradient_names:
                head += wrapped("let ", [f"{name} = 0" for name in self.gradient_names], ";")
            if inputs:
                head.append("const inputs = [];")
                body.append(f"  inputs.push({self.listed(inputs)});")
            body.append(f"  total += {outputs[self.seeded[0]]};")
            given = "inputs" if inputs else "inputs: []"
            result = wrapped(f"return {{ total, {given}, leaves: [", self.gradient_names, "] };")
            call = f"gradients(rows, leaves, seeds = {self.listed(['1'] * len(seeds))})"
        read = _pattern(rows)
        loop = [f"for (const {read} of rows) {{", *body, "}"] if read else [_EACH, *body, "}"]
        lines = [f"  {line}" for line in [*head, *loop, *result]]
        text = "\n".join([f"// {one_line(self.title)}", f"function {call} {{", *lines, "}"])
        return text, rows, leaves


_EACH = "for (let row = 0; row < rows.length; row++) {"


def _pattern(names: Sequence[str]) -> str:
    """Names as the pattern that an array is taken apart with; empty where none is used.

    >>> _pattern(["a", "_", "b", "_"])
    '[a, , b]'
    """
    used = [k for k, name in enumerate(names) if name != "_"]
    if not used:
        return ""
    inner = ", ".join("" if name == "_" else name for name in names[: used[-1] + 1])
    return f"[{inner}]"


def _unpacked(names: Sequence[str], source: str) -> list[str]:
    """The lines that assign the numbers of an array to names; none where no name is used."""
    pattern = _pattern(names)
    return wrapped("const [", pattern[1:-1].split(", "), f"] = {source};") if pattern else []


_ARRIVED = """\
function arrived(gradients) {
  const some = gradients.filter((g) => g !== undefined);
  return some.length ? some.reduce((a, b) => a + b) : undefined;
}"""
_RESERVED = frozenset(
    {
        "rows",
        "leaves",
        "seeds",
        "total",
        "results",
        "inputs",
        "row",
        "outputs",
        "gradients",
        "arrived",
    }
    | {"python", "OPERATIONS", "_", "let", *_KNOWN, *javascript.RESERVED}
)
