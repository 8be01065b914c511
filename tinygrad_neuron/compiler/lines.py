"""The kinds of lines of a program, and what they read."""

from typing import Any

from ..calculus.operation import Operation

# Kinds of lines that are not operations of the table, and what their operands are.
NUMBER = "number"  # (the number,)
INPUT = "input"  # (its position,)
LEAF = "leaf"  # (its position,): read at each call
DRAWN = "drawn"  # (its position,): drawn at each call
SEED = "seed"  # (the position of an output): the gradient that arrives there
SCATTER = "scatter"  # (count, index, addend, ...): -0.0, to which addends are added at indices
ELEMENT = "element"  # (a scatter's line, position)

SOURCES = frozenset({NUMBER, INPUT, LEAF, DRAWN, SEED})


def read_by(operation: Operation | str, operands: tuple[Any, ...]) -> tuple[int, ...]:
    """Which earlier lines a line reads."""
    if operation in SOURCES:
        return ()
    if operation == ELEMENT:
        return operands[:1]
    return operands[1:] if operation == SCATTER else operands
