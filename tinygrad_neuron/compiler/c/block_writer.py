"""The C text for blocks of rows: the numbers of some examples side by side."""

from collections.abc import Sequence

from ...calculus.table import TABLE
from ..program import Program
from .blocks import Blocks, row_text
from .indexing import linear
from .places import indented
from .rolling import Rolled
from .vectors import NAMES, definitions, in_vector
from .writer import LARGEST_ON_STACK, Writer

PARAMETERS = """(const double (*restrict x)[ROWS], const double *restrict w,
    const double *restrict seeds, struct values *restrict v, long n, int *restrict bad)"""
GRADIENT_PARAMETERS = """(const double *restrict row, const double (*restrict x)[ROWS],
    const double *restrict w, const double *restrict seeds, struct values *restrict v, long n,
    double *restrict g, int *restrict bad)"""

LOGSUMEXP = """\
/* log(e^a0 + e^a1 + ...) in each row, the largest operand taken out. */
static void rows_logsumexp(double (*a)[ROWS], long count, double *restrict y, long n, int *bad)
{
    double total[ROWS];
    EACH_ROW y[r] = a[0][r];
    for (long k = 1; k < count; k++)
        EACH_ROW y[r] = a[k][r] > y[r] || a[k][r] != a[k][r] ? a[k][r] : y[r];
    EACH_ROW total[r] = 0.0;
    for (long k = 0; k < count; k++) {
        EACH_ROW a[k][r] = a[k][r] - y[r];
        each_exp(a[k], n, bad);
        EACH_ROW total[r] = total[r] + a[k][r];
    }
    EACH_ROW y[r] = y[r] - y[r] != 0.0 ? y[r] : y[r] + log(total[r]);
}
"""


class BlockWriter(Writer):
    """Writes the text for blocks of so many rows."""

    remark, end = "/* What is computed for a block of rows. */", "} __attribute__((aligned(64)));"

    def __init__(
        self,
        rolled: Rolled,
        program: Program,
        seeded: Sequence[int] | None,
        title: str,
        vector: int,
        rows: int,
    ) -> None:
        super().__init__(rolled, program, seeded, title)
        self.vector, self.rows = vector, rows
        self.statements: Blocks = Blocks(vector, self.width)

    def definitions(self) -> list[str]:
        lines = [
            *definitions(self.vector),
            "/* Each of n rows, a multiple of what one vector holds. */",
            f"#define ROWS {self.rows}",
            "#define EACH_ROW \\",
            f"    for (long q = 0; q < n; q += {self.vector}) \\",
            f"        for (long r = q; r < q + {self.vector}; r++)",
            "",
        ]
        if TABLE.get("logsumexp") in self.program.operations:
            lines.append(LOGSUMEXP)
        return lines

    def functions(self) -> list[str]:
        functions = self.in_functions(
            "compute", PARAMETERS, self.pieces(), "x, w, seeds, v, n, bad"
        )
        if self.rolled.gradients:
            pieces = [self.statements.gradients(part) for part in self.rolled.gradients]
            functions += self.in_functions(
                "gradients",
                GRADIENT_PARAMETERS,
                [self.statements.turned(), *pieces],
                "row, x, w, seeds, v, n, g, bad",
            )
        return functions + self._main()

    def _main(self) -> list[str]:
        """The function that is called: it goes through all rows, a block after another."""
        width = self.width
        if width:
            self.statements.members.insert(0, f"double x[{width}][ROWS];")
        large = (self.statements.floats + width) * self.rows > LARGEST_ON_STACK
        body = ["int failed = 0;"]
        if large:
            body += [
                "struct values *const v = aligned_alloc(64, sizeof(struct values));",
                "if (v == NULL)",
                "    return 2;",
            ]
        else:
            body += ["struct values block, *const v = &block;"]
        body += ["double sum = *total;"] * self.backward
        body += [
            "for (long first = 0; first < count; first += ROWS) {",
            *indented(self._block()),
            "}",
        ]
        body += ["*total = sum;"] * self.backward
        body += ["free(v);"] * large
        return self.called([*body, "return failed;"])

    def _block(self) -> list[str]:
        """What is done for one block."""
        width, vector = self.width, self.vector
        x = "v->x" if width else "0"
        lines = ["const long some = count - first < ROWS ? count - first : ROWS;"]
        if vector > 1:
            lines += [
                "/* The last vector is filled with the last row again. */",
                f"const long n = (some + {vector - 1})/{vector}*{vector};",
            ]
        else:
            lines += ["const long n = some;"]
        if width:
            lines += [f"const double *const row = rows + {linear(0, [width], ['first'])};"]
            lines += self._turn()
        else:
            lines += ["const double *const row = rows;"]
        row_ = f"(const double (*)[ROWS]){x}"
        lines += [f"compute({row_}, w, seeds, v, n, &failed);"]
        handed = self.rolled.inputs if self.backward else self.rolled.outputs
        name = "inputs" if self.backward else "results"
        after = []
        for q, access in enumerate(handed):
            index = linear(q, [len(handed)], ["(first + r)"])
            after.append(f"{name}[{index}] = {row_text(access)};")
        if self.backward:
            after.append(f"sum = sum + {row_text(self.rolled.outputs[self.seeded[0]])};")
        if len(after) == 1:
            lines += ["for (long r = 0; r < some; r++)", *indented(after)]
        elif after:
            lines += ["for (long r = 0; r < some; r++) {", *indented(after), "}"]
        if self.rolled.gradients:
            lines += [f"gradients(row, {row_}, w, seeds, v, some, g, &failed);"]
        return lines

    def _turn(self) -> list[str]:
        """Rows, one behind the other, become numbers of rows side by side."""
        width, vector = self.width, self.vector
        if vector == 1:
            return [
                "for (long r = 0; r < n; r++)",
                f"    for (long k = 0; k < {width}; k++)",
                f"        v->x[k][r] = row[{linear(0, [width, 1], ['r', 'k'])}];",
            ]
        side_by_side = ", ".join(f"p[{q}][k]" for q in range(vector))
        return [
            f"for (long r = 0; r < n; r += {vector}) {{",
            f"    const double *p[{vector}];",
            f"    for (long q = 0; q < {vector}; q++)",
            f"        p[q] = row + {width} * (r + q < some ? r + q : some - 1);",
            f"    for (long k = 0; k < {width}; k++)",
            f"        {in_vector('v->x[k][r]', vector)} = ({NAMES[vector]}){{{side_by_side}}};",
            "}",
        ]
