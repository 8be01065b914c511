"""The flat single-assignment list: a recorded graph, forward and backward, one operation a line.

    program = compiled.program
    print(program)

    v0 = input 0                      # x0
    v1 = leaf 0                       # w0
    v2 = multiply(v1, v0)             # w0*x0
    ...

Every line assigns one number, named by its position, from earlier lines. It is the meeting point of
what can be generated: emitters read it and write source text, `run` interprets it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..calculus.operation import Operation
from ..calculus.table import TABLE
from ..engine import Value
from ..passes import DOMAIN_ERRORS
from ..scope import Scope
from .lines import DRAWN, ELEMENT, INPUT, LEAF, NUMBER, SCATTER, SEED, read_by
from .reached import Doubts, doubts, skipped


class Result(NamedTuple):
    """What running a program gives: the outputs, and gradients of leaves and of inputs; None for
    an input that nothing arrived at."""

    outputs: list[float]
    leaves: list[float]
    inputs: list[float | None]


@dataclass(eq=False)
class Program:
    """A recorded graph as a list of lines.

    - `operations[i]`, `operands[i]`: what line i computes (an operation of the table, or one of the
      kinds above) and from which earlier lines.
    - `inputs`: how many numbers go in; `leaves`: the Values whose data is read at each call;
      `draws`: the functions that draw a number at each call.
    - `outputs`: the lines of the results; `forward`: how many lines compute them. The lines after
      that are the backward pass, for the gradients that arrive at `outputs`.
    - `leaf_gradients`, `input_gradients`: the lines of the gradients, by position of the leaf or
      input.
    - `labels`, `scopes`: what the user called a line, and the neuron it belongs to.
    - `derivative_of`: for a line of the backward pass that evaluates a partial, the operation and
      the lines of its operands (which need not be one line: see `lowering`).

    >>> from tinygrad_neuron.compiler.graphs import graph_program
    >>> w, x = Value(2.0, label="w"), Value(3.0, label="x")
    >>> program = graph_program([w * x], [x], gradients=True)
    >>> program.inputs, len(program.leaves), program.forward, len(program.operations)
    (1, 1, 3, 6)
    """

    operations: list[Operation | str] = field(default_factory=list)
    operands: list[tuple[Any, ...]] = field(default_factory=list)
    inputs: int = 0
    leaves: list[Value] = field(default_factory=list)
    draws: list[Callable[[], float]] = field(default_factory=list)
    outputs: list[int] = field(default_factory=list)
    forward: int = 0
    leaf_gradients: dict[int, int] = field(default_factory=dict)
    input_gradients: dict[int, int] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    scopes: dict[int, Scope] = field(default_factory=dict)
    derivative_of: dict[int, tuple[Operation, tuple[int, ...]]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.operations)

    def __str__(self) -> str:
        return "\n".join(self._texts())

    def _texts(self) -> Iterator[str]:
        """The lines as text."""
        for i, (operation, operands) in enumerate(zip(self.operations, self.operands, strict=True)):
            if i == self.forward:
                yield f"-> {', '.join(f'v{k}' for k in self.outputs)}"
                yield "backward:"
            if isinstance(operation, Operation):
                text = f"{operation.name}({', '.join(f'v{k}' for k in operands)})"
            elif operation == ELEMENT:
                text = f"v{operands[0]}[{operands[1]}]"
            elif operation == SCATTER:
                text = f"scatter({operands[0]}, {', '.join(f'v{k}' for k in operands[1:])})"
            else:
                text = f"{operation} {operands[0]}" if operation != NUMBER else f"{operands[0]!r}"
            remark = " ".join(
                part for part in (str(self.scopes.get(i) or ""), self.labels.get(i, "")) if part
            )
            yield f"v{i} = {text}" + (f"  # {remark}" if remark else "")
        if self.forward == len(self):
            yield f"-> {', '.join(f'v{k}' for k in self.outputs)}"
        gradients = [
            *(f"leaf {k}: v{i}" for k, i in self.leaf_gradients.items()),
            *(f"input {k}: v{i}" for k, i in self.input_gradients.items()),
        ]
        if gradients:
            yield f"-> gradients of {', '.join(gradients)}"

    def check(self) -> None:
        """Raise a ValueError if a line reads what no earlier line assigned, or is malformed."""
        if not 0 <= self.forward <= len(self):
            raise ValueError(f"a forward pass of {self.forward} lines, out of {len(self)}")
        sizes = {INPUT: self.inputs, LEAF: len(self.leaves), DRAWN: len(self.draws)}
        sizes[SEED] = len(self.outputs)
        for i, (operation, operands) in enumerate(zip(self.operations, self.operands, strict=True)):
            if isinstance(operation, Operation):
                least = len(operation.operands) - operation.variadic
                if not (len(operands) >= least if operation.variadic else len(operands) == least):
                    raise ValueError(f"line {i}: {operation.name} has {len(operands)} operands")
                if TABLE.get(operation.name) is not operation:
                    raise ValueError(f"line {i}: {operation.name} is not in the table")
            elif operation == ELEMENT:
                scatter, position = operands
                if not 0 <= scatter < i or self.operations[scatter] != SCATTER:
                    raise ValueError(f"line {i}: an element of what is not a scatter")
                if not 0 <= position < self.operands[scatter][0]:
                    raise ValueError(f"line {i}: no element {position}")
            elif operation in sizes:
                if not 0 <= operands[0] < sizes[operation]:
                    raise ValueError(f"line {i}: there is no {operation} {operands[0]}")
            elif operation == SCATTER:
                if len(operands) < 3 or len(operands) % 2 == 0:
                    raise ValueError(f"line {i}: a scatter needs a count, then pairs of lines")
            elif operation != NUMBER:
                raise ValueError(f"line {i}: unknown operation {operation!r}")
            for k in read_by(operation, operands):
                if not 0 <= k < i:
                    raise ValueError(f"line {i}: v{k} is not assigned before it is read")
                if self.operations[k] == SCATTER and operation != ELEMENT:
                    raise ValueError(f"line {i}: v{k} is not a number")
            if i < self.forward and operation in (SEED, SCATTER, ELEMENT):
                raise ValueError(f"line {i}: {operation} in the forward pass")
        for k in self.outputs:
            if not 0 <= k < self.forward:
                raise ValueError(f"the output v{k} is not a line of the forward pass")
        for gradients, count in (
            (self.leaf_gradients, len(self.leaves)),
            (self.input_gradients, self.inputs),
        ):
            for position, k in gradients.items():
                if not 0 <= k < len(self) or self.operations[k] == SCATTER:
                    raise ValueError(f"the gradient v{k} is not a line with a number")
                if not 0 <= position < count:
                    raise ValueError(f"a gradient of number {position}, out of {count}")

    def doubts(self) -> Doubts:
        """Where the code generated for it may go wrong, because of what a `select` chooses."""
        return doubts(self.operations, self.operands, self.forward, self.input_gradients)

    def run(
        self,
        inputs: Sequence[float],
        drawn: Sequence[float] = (),
        seeds: Sequence[float] | None = None,
        leaves: Sequence[float] | None = None,
        input_labels: Sequence[str] = (),
    ) -> Result:
        """Interpret the program, line by line.

        **Arguments:** the numbers of the `inputs` and those that were `drawn`; `seeds`, the
        gradient that arrives at each output (without them only the forward pass runs); `leaves`,
        their data (default: as it is now); `input_labels`, what the user calls the inputs. Domain
        errors name the operation and the labels of its operands, as in the eager engine.
        """
        if leaves is None:
            leaves = [leaf.data for leaf in self.leaves]
        values: list[Any] = []  # None for a gradient that nothing arrives at
        left_out: set[int] = set()
        count = len(self) if seeds is not None else self.forward
        for i in range(count):
            if i == self.forward:
                left_out = skipped(self.operations, self.operands, self.forward, values)
            operation, operands = self.operations[i], self.operands[i]
            if i in left_out:
                values.append(None)
            elif isinstance(operation, Operation):
                numbers = [values[k] for k in operands if k not in left_out]
                try:
                    values.append(evaluate(operation, numbers))
                except DOMAIN_ERRORS as error:
                    raise self._named(i, error, values, input_labels) from None
            elif operation == NUMBER:
                values.append(operands[0])
            elif operation == INPUT:
                values.append(inputs[operands[0]])
            elif operation == LEAF:
                values.append(leaves[operands[0]])
            elif operation == DRAWN:
                values.append(drawn[operands[0]])
            elif operation == SEED:
                assert seeds is not None
                values.append(seeds[operands[0]])
            elif operation == ELEMENT:
                values.append(values[operands[0]][operands[1]])
            else:
                sums = [-0.0] * operands[0]
                for index, addend in zip(operands[1::2], operands[2::2], strict=True):
                    if addend not in left_out:
                        sums[int(values[index])] += values[addend]
                values.append(sums)
        outputs = [float(values[k]) for k in self.outputs]
        if seeds is None:
            return Result(outputs, [], [])
        return Result(
            outputs,
            [0.0 if k in left_out else float(values[k]) for k in self.leaf_gradients.values()],
            [None if k in left_out else float(values[k]) for k in self.input_gradients.values()],
        )

    def _named(
        self, i: int, error: Exception, values: list[Any], input_labels: Sequence[str]
    ) -> Exception:
        """The error of line i, as the eager engine words it."""
        derivative = i in self.derivative_of
        operation, operands = self.derivative_of.get(i, (self.operations[i], self.operands[i]))
        assert isinstance(operation, Operation)
        labels = []
        for k in operands:
            label = self.labels.get(k, "")
            if self.operations[k] == INPUT:  # its label here is the name of the parameter
                label = dict(enumerate(input_labels)).get(self.operands[k][0], "")
            labels.append(label)
        return operation.error(error, [float(values[k]) for k in operands], labels, derivative)


def evaluate(operation: Operation, numbers: Sequence[float]) -> float:
    """An operation of the table on plain numbers, however it takes them."""
    if operation.chosen:
        return operation.on_floats(numbers[:-1], numbers[-1])
    return operation.on_floats(numbers) if operation.variadic else operation.on_floats(*numbers)
