"""Random graphs of all operations, for what compares one way to a number with another."""

import math
import random
from collections.abc import Sequence
from typing import Any, NamedTuple

from tinygrad_neuron import Value
from tinygrad_neuron.calculus.table import BUILT_IN, TABLE

INPUTS = 4
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -3.0, 1e-300, 1e200, 800.0]
NOT_NUMBERS = [math.inf, -math.inf, math.nan]


class Graph(NamedTuple):
    """Instructions, each an operation's name and for each operand the position of a node (the
    inputs come first) or a plain number; and the numbers of the inputs."""

    instructions: list[tuple[str, list[int | float]]]
    point: list[float]

    def __call__(self, *values: Value) -> Value:
        """The graph as a function of its inputs."""
        nodes: list[Any] = list(values)
        for name, chosen in self.instructions:
            operation = TABLE[name]
            operands: list[Any] = [nodes[c] if isinstance(c, int) else c for c in chosen]
            nodes.append(operation.function(*arranged(name, operands)))
        result: Value = nodes[-1]
        return result


def arranged(name: str, operands: Sequence[Any]) -> list[Any]:
    """Operands as an operation takes them: a list of any number, and a position to choose."""
    operation, given = TABLE[name], list(operands)
    if operation.chosen:
        return [given[:-1], given[-1]]
    return [given] if operation.variadic else given


def random_graph(
    generator: random.Random, names: Sequence[str] = sorted(BUILT_IN), special: bool | None = None
) -> Graph:
    """A graph of up to a dozen operations, all of which the result depends on; `special`: of
    numbers at which functions have kinks, ends or no value (None: every other graph)."""
    if special is None:
        special = generator.random() < 0.5

    def number() -> float:
        if special and generator.random() < 0.5:
            return generator.choice(SPECIAL if generator.random() < 0.9 else NOT_NUMBERS)
        return generator.uniform(-3.0, 3.0)

    instructions: list[tuple[str, list[int | float]]] = []
    unused = set(range(INPUTS))
    for position in range(INPUTS, INPUTS + generator.randint(1, 12)):
        operation = TABLE[generator.choice(names)]
        count = generator.randint(1, 4) if operation.variadic else len(operation.operands)
        chosen: list[int | float] = [
            generator.randrange(max(0, position - 5), position)
            if generator.random() < 0.85
            else number()
            for _ in range(count)
        ]
        unused = unused.difference(chosen) | {position}
        if operation.chosen:
            chosen.append(float(generator.randrange(count)))
        instructions.append((operation.name, chosen))
    last = INPUTS + len(instructions)
    instructions.append(("sum", [k for k in range(last) if k in unused]))
    return Graph(instructions, [number() for _ in range(INPUTS)])
