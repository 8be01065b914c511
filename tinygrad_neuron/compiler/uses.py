"""Which lines of a program are read, how often, and by which."""

from typing import NamedTuple

from ..calculus.operation import Operation
from .lines import read_by
from .program import Program


class Uses(NamedTuple):
    """For each line, how often it is read (0: it needs no code), and by which line last (-1: only
    from outside, as a result or a gradient)."""

    times: list[int]
    reader: list[int]


def uses_of(program: Program, backward: bool) -> Uses:
    """The uses of the lines of a program, or of its forward pass alone.

    >>> program = Program(["number", "number"], [(1.0,), (2.0,)], outputs=[0], forward=2)
    >>> uses_of(program, backward=False).times
    [1, 0]
    """
    operations, operands = program.operations, program.operands
    lines = len(program) if backward else program.forward
    times, reader = [0] * lines, [-1] * lines
    for k in program.outputs:
        times[k] += 1
    if backward:
        for k in (*program.leaf_gradients.values(), *program.input_gradients.values()):
            times[k] += 1
    for i in range(lines - 1, -1, -1):
        if not times[i]:
            continue
        operation, read = operations[i], operands[i]
        if not isinstance(operation, Operation):
            read = read_by(operation, read)
        for k in read:
            times[k] += 1
            reader[k] = i
    return Uses(times, reader)
