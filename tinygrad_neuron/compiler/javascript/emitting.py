"""The flat list as JavaScript source.

`emit` is pure: a program in, text out. Two functions can be written: `outputs(rows, leaves)` gives
the outputs for each row of inputs, `gradients(rows, leaves, seeds)` also goes backward and adds up
the first output and the gradients over the rows.
"""

from collections.abc import Sequence

from ...calculus import javascript
from ...calculus.operation import Operation
from ..emitting import Emitter
from ..layout import one_line, wrapped
from ..program import Program
from ..templates import ATOM, SIGN, Template
from .templates import template

# What `arithmetic.js` has that no kernel is: the operators that differ from Python's, and int().
_OPERATORS = frozenset({"divide", "floorDivide", "int", "modulo", "power"})
_KNOWN = frozenset({*javascript.BY_HAND.values(), *_OPERATORS})


class Helpers:
    """What the functions of one text call: the names taken from `python`, and translations of
    kernels and operations."""

    def __init__(self) -> None:
        self.used: dict[str, None] = {}
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

    def operation(self, name: str) -> str:
        """Another operation of the table."""
        return self._translation.called(name)

    def source(self) -> str:
        """Their text; it needs `python` to be defined before."""
        parts = list(self._translation.functions)
        if self._translation.operations:
            entries = "".join(self._translation.operations.values())
            parts.append(f"const OPERATIONS = {{\n{entries}}};")
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

    def zeros(self, name: str, count: int) -> str:
        return f"const {name} = new Array({count}).fill(-0);"

    def element(self, name: str, index: str) -> str:
        return f"{name}[{index}]"

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
            inputs = [self.texts[k] for k in program.input_gradients.values()]
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


_RESERVED = frozenset(
    {"rows", "leaves", "seeds", "total", "results", "inputs", "row", "outputs", "gradients"}
    | {"python", "OPERATIONS", "_", "let", *_KNOWN, *javascript.RESERVED}
)
