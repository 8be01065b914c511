"""Which gradients of a program anything arrives at, where that depends on what `select` chose.

What `select` does not choose gets no contribution, and a node that got none hands none on. The
lines of a backward pass do as if every node had got one: where none has, generated code goes on
with a zero. Mostly that is the same. It is not where a local derivative on the way is infinite, or
does not exist, and for the sign of a zero: `doubts` says where in a program that may be, `skipped`
what is left out in one run.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..calculus.operation import Operation
from ..calculus.table import TABLE
from .lines import ELEMENT, NUMBER, SCATTER, SEED, read_by

_SUM, _MULTIPLY = TABLE["sum"], TABLE["multiply"]

# What generated code computes for a gradient where that is not exact: it, or -0.0 where nothing
# arrives, which changes no sum; or it, but a zero of any sign where nothing or a zero arrives.
OR_NOTHING, DOUBTFUL = range(2)


class Doubts(NamedTuple):
    """Where generated code may go wrong.

    - `branches`: if a gradient is not finite, or an operation fails, that may come of a branch that
      was not taken.
    - `inputs`: the positions of the inputs whose gradient may be one that nothing arrived at.
    """

    branches: bool
    inputs: frozenset[int]


def doubts(
    operations: Sequence[Operation | str],
    operands: Sequence[tuple[Any, ...]],
    forward: int,
    input_gradients: Mapping[int, int],
) -> Doubts:
    """Where the code generated for a program (see `Program`) may go wrong."""
    branches = False
    if ELEMENT not in operations:
        return Doubts(False, frozenset())
    # By the lines that hold a gradient, of those that are not exact: none stands before an element.
    found: dict[int, int] = {}
    none_of_them = found.keys().isdisjoint
    for i in range(operations.index(ELEMENT), len(operations)):
        operation, read = operations[i], operands[i]
        if not isinstance(operation, Operation):
            read = read_by(operation, read)
        elif none_of_them(read):  # as nearly always
            continue
        arriving = [found[k] for k in read if k in found]
        if operation == ELEMENT:
            found[i] = DOUBTFUL if arriving else OR_NOTHING
        elif operation is _SUM and arriving:
            if DOUBTFUL in arriving:
                found[i] = DOUBTFUL
            elif len(arriving) == len(read):
                found[i] = OR_NOTHING
        elif arriving:  # a scatter, a product with a local derivative, the negative of a gradient
            found[i] = DOUBTFUL
            if operation is _MULTIPLY:
                local = operands[i][1]
                finite = operations[local] == NUMBER and math.isfinite(operands[local][0])
                branches = branches or not finite
    inputs = [k for k, line in input_gradients.items() if line in found]
    return Doubts(branches, frozenset(inputs))


def skipped(
    operations: Sequence[Operation | str],
    operands: Sequence[tuple[Any, ...]],
    forward: int,
    values: Sequence[Any],
) -> set[int]:
    """The lines of a backward pass that nothing arrives at, and those that only they read.

    `values` are the numbers of the forward pass.
    """
    found: set[int] = set()
    if SCATTER not in operations:
        return found
    arrives: dict[int, bool] = {}  # by the lines that hold a gradient
    chosen: dict[int, set[int]] = {}  # by scatters
    for i in range(forward, len(operations)):
        operation = operations[i]
        if operation == SCATTER:
            pairs = zip(operands[i][1::2], operands[i][2::2], strict=True)
            chosen[i] = {int(values[index]) for index, addend in pairs if arrives[addend]}
            arrives[i] = True
        elif operation == ELEMENT:
            arrives[i] = operands[i][1] in chosen[operands[i][0]]
        elif operation == SEED:
            arrives[i] = True
        else:
            gradients = [arrives[k] for k in read_by(operation, operands[i]) if k in arrives]
            if gradients:
                arrives[i] = any(gradients)
    read: set[int] = set()
    needed: set[int] = set()
    for i in range(len(operations) - 1, forward - 1, -1):
        reads = read_by(operations[i], operands[i])
        read.update(reads)
        if arrives.get(i, i in needed or i not in read):
            needed.update(reads)
        else:
            found.add(i)
    return found
