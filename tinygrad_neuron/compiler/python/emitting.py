"""The flat list as Python source.

`emit` is pure: a program in, the text and the globals that it needs out. Two functions can be
written: `map_rows` computes the outputs for each row of inputs, `add_up` also goes backward and
adds up the first output and the gradients over the rows.
"""

import keyword
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ...calculus.operation import Operation
from ...calculus.printing import ATOM, POWER, SIGN
from ..emitting import Emitter
from ..layout import one_line, wrapped
from ..program import Program
from ..templates import Template
from .templates import template


def emit(
    program: Program, seeded: Sequence[int] | None = None, title: str = "compiled"
) -> tuple[str, dict[str, Any]]:
    """The source of `map_rows` (without `seeded`) or of `add_up`, and its globals."""
    return _Emitter(program, seeded, title).source()


class _Emitter(Emitter):
    """Writes one function in Python; `globals` are what its text needs."""

    comment, end, constant, variable = "#", "", "", ""

    def __init__(self, program: Program, seeded: Sequence[int] | None, title: str) -> None:
        super().__init__(program, seeded, title, _RESERVED)
        self.globals: dict[str, Any] = {}

    def template(self, operation: Operation) -> Template:
        return template(operation)

    def number(self, number: float) -> tuple[str, int]:
        if isinstance(number, float) and not math.isfinite(number):
            name = {math.inf: "inf", -math.inf: "minus_inf"}.get(number, "nan")
            self.globals[name] = number
            return name, ATOM
        text = repr(number)
        return text, SIGN if text[0] == "-" else ATOM

    def function(self, operation: Operation, name: str) -> str:
        return self._global(name, operation.meaning(name))

    def of_many(self, operation: Operation) -> str:
        return self._global(operation.name, operation.on_floats)

    def listed(self, texts: Sequence[str]) -> str:
        return pattern(texts)

    def scattered(self, name: str, count: int, addends: Iterable[tuple[int, int]]) -> list[str]:
        texts = self.texts
        added = [f"{name}[int({texts[index]})] += {texts[k]}" for index, k in addends]
        return [f"{name} = [-0.0] * {count}", *added]

    def special(self, k: int, operation: Operation, operands: tuple[int, ...]) -> bool:
        """A power with a whole exponent: `**` cannot be complex then, and needs no kernel."""
        if operation.name not in ("power", "constant_power") or not self.is_whole(operands[1]):
            return False
        self.texts[k] = f"{self.within(operands[0], ATOM)} ** {self.within(operands[1], ATOM)}"
        self.tightness[k], self.sizes[k] = POWER, 2
        return True

    def source(self) -> tuple[str, dict[str, Any]]:
        """The text of the function, and its globals."""
        program = self.program
        rows, leaves, seeds = self.name_sources()
        self.lines(leaves)
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

    def _global(self, name: str, function: Callable[..., float]) -> str:
        """The global name of a function; not that of another with the same name."""
        found = self.globals.setdefault(name, function)
        if found is not function:
            name = next(
                (other for other, known in self.globals.items() if known is function), ""
            ) or self.names.new(name)
            self.globals[name] = function
        return name


def pattern(names: Sequence[str]) -> str:
    """Names as a tuple, on one side of an assignment or the other."""
    return f"({', '.join(names)}{',' * (len(names) == 1)})"


def unpack(names: Sequence[str], source: str) -> list[str]:
    """The lines that assign the numbers of a sequence to names; none where no name is used."""
    if all(name == "_" for name in names):
        return []
    # Without parentheses: CPython parses a long tuple of targets several times faster so.
    lines = wrapped("", names, f"{',' * (len(names) == 1)} = {source}")
    return [f"{line} \\" for line in lines[:-1]] + lines[-1:]


_RESERVED = frozenset(
    {"rows", "leaves", "totals", "seeds", "total", "results", "input_gradients", "_", "int"}
    | {"inf", "minus_inf", "nan", "__debug__", *keyword.kwlist}
)
