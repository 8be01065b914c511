"""Writes `tinygrad_neuron/declarations.py`: what type checkers and editors know of the operations.

    python -m tinygrad_neuron.calculus.stubs

The functions and methods themselves come from the table when the program runs; their types and the
list of public names are written down once by this command, and a test finds them stale.
"""

from pathlib import Path

from .operation import TABLE, Operation
from .table import BUILT_IN

COMMAND = "python -m tinygrad_neuron.calculus.stubs"
FILE = Path(__file__).parent.parent / "declarations.py"
# Public, but not in `__all__`: a star import would shadow the builtins.
SHADOWING = ("abs", "sum")

_HEAD = f'''"""The operations of the table as type checkers and editors see them.

Written by `{COMMAND}`; do not edit.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .operators import Habits

if TYPE_CHECKING:
    from .engine import Operand, Value
'''


def declarations() -> str:
    """The text of the file, from the built-in operations of the table in their order."""
    entries = [TABLE[name] for name in TABLE if name in BUILT_IN]
    public = [f'    "{entry.name}",\n' for entry in entries if entry.name not in SHADOWING]
    methods = [_declared(entry, method=True) for entry in entries if not entry.variadic]
    functions = [_declared(entry, method=False) for entry in entries]
    return "".join([
        _HEAD, "\n__all__ = [\n", *public, "]\n",
        "\n\nclass Methods(Habits):\n",
        '    """The operations as methods of `Value`; the operators stand in `engine`."""\n\n',
        "    __slots__ = ()\n\n",
        "    if TYPE_CHECKING:\n\n", *(f"        {line}" for line in methods),
        "\n\nif TYPE_CHECKING:\n\n", *(f"    {line}" for line in functions),
    ])  # fmt: skip


def _declared(operation: Operation, method: bool) -> str:
    """The declaration of one operation, on one line."""
    parameters = []
    missing = len(operation.operands) - len(operation.defaults)
    for place, operand in enumerate(operation.operands):
        kind = "Iterable[Operand]" if operand.startswith("*") else "Operand"
        default = f" = {operation.defaults[place - missing]!r}" if place >= missing else ""
        parameters.append(f"{operand.removeprefix('*')}: {kind}{default}")
    if method:
        parameters[0] = "self"
    return f"def {operation.name}({', '.join(parameters)}) -> Value: ...\n"


if __name__ == "__main__":
    FILE.write_text(declarations(), encoding="utf-8")
    print(f"written: {FILE}")
