"""The C text for single rows: the numbers of one example after another.

For programs with so many numbers that those of several examples would not stay near the processor:
neighbouring numbers of one row are then what is computed side by side.
"""

from collections.abc import Sequence

from ..program import Program
from .indexing import linear
from .places import alone, block, indented
from .rolling import Rolled
from .statements import Statements
from .vectors import definitions
from .writer import LARGEST_ON_STACK, LINES, Writer

ROWS_AT_ONCE = 4  # whose gradients are added in one go, where there are
MANY_GRADIENTS = 64
LONGEST_AT_ONCE = 400  # lines that add the gradients of several rows

ROW_PARAMETERS = """(const double *restrict x, const double *restrict w,
    const double *restrict packed, const double *restrict seeds, struct values *restrict v,
    int *restrict bad)"""
GRADIENT_PARAMETERS = """(const double *restrict x, const double *restrict w,
    const double *restrict seeds, const struct values *restrict v, double *restrict g,
    int *restrict bad)"""


class RowWriter(Writer):
    """Writes the text for single rows."""

    def __init__(
        self,
        rolled: Rolled,
        program: Program,
        seeded: Sequence[int] | None,
        title: str,
        vector: int,
    ) -> None:
        super().__init__(rolled, program, seeded, title)
        self.vector = vector
        self.statements: Statements = Statements(vector)

    def definitions(self) -> list[str]:
        return definitions(self.vector)

    def functions(self) -> list[str]:
        rolled = self.rolled
        functions = self.in_functions(
            "row", ROW_PARAMETERS, self.pieces(), "x, w, packed, seeds, v, bad"
        )
        at_once = [1]
        if rolled.gradients:
            written = self._gradients(1)
            many = sum(len(part.places) for part in rolled.gradients) >= MANY_GRADIENTS
            if many and len(written) <= LONGEST_AT_ONCE:
                at_once = [ROWS_AT_ONCE, 1]
                functions += self._gradients(ROWS_AT_ONCE)
            functions += written
        return functions + self._main(at_once)

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
        return self.in_functions(name, GRADIENT_PARAMETERS, pieces, "x, w, seeds, v, g, bad")

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
        return self.called([*body, "return failed;"])

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
