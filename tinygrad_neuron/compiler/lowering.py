"""From a recorded graph to the flat list, forward and backward.

The backward pass is written down exactly as `Value.backward()` runs it: the nodes in the same
order, the contributions to each added in the same order, each contribution the same product. So
what is generated from the list gives the same bits.
"""

import ast
from collections.abc import Sequence
from typing import Any

from ..calculus.operation import Operation
from ..calculus.primitive import CONSTANT
from ..calculus.primitive import LEAF as LEAF_OPERATION
from ..calculus.table import TABLE
from ..engine import Value, topological_order
from ..passes import refuse_made_by_hand
from .program import (
    DRAWN,
    ELEMENT,
    INPUT,
    LEAF,
    NUMBER,
    SCATTER,
    SEED,
    Program,
    evaluate,
)
from .tracing import Trace, Traced, leaked, varies

_BINARY: dict[type, Operation] = {
    ast.Add: TABLE["add"],
    ast.Sub: TABLE["subtract"],
    ast.Mult: TABLE["multiply"],
    ast.Div: TABLE["divide"],
    ast.Pow: TABLE["power"],
}
_MULTIPLY, _NEGATE, _SUM, _IDENTITY = (
    TABLE[name] for name in ("multiply", "negate", "sum", "identity")
)


class Lowering:
    """One lowering: `forward` for the outputs, then `backward` for those that get a gradient."""

    def __init__(self, trace: Trace, inputs: Sequence[Traced], outputs: Sequence[Value]):
        self.program = Program(inputs=len(inputs))
        self.outputs = list(outputs)
        self.lines: dict[Value, int] = {}  # which line computes a node
        self._earlier: dict[tuple[Any, ...], int] = {}  # lines by what they compute
        self._numbers: dict[int, float] = {}
        self._summed: dict[Value, dict[str, int]] = {}
        self._positions: dict[Value, int] = {node: k for k, node in enumerate(inputs)}
        self._drawn: dict[Value, int] = {node: k for k, node in enumerate(trace.drawn_nodes)}
        self.program.draws = [node.draw for node in trace.drawn_nodes if node.draw is not None]
        self._forward(trace)

    def _emit(self, operation: Operation | str, operands: tuple[Any, ...]) -> int:
        """The line that computes this: an earlier one, or a new one."""
        key = (operation, operands)
        line = self._earlier.get(key)
        if line is None:
            program = self.program
            line = self._earlier[key] = len(program.operations)
            program.operations.append(operation)
            program.operands.append(operands)
        return line

    def _number(self, number: float) -> int:
        line = self._emit(NUMBER, (number,))
        self._numbers[line] = number
        return line

    def _operation(self, operation: Operation, operands: tuple[int, ...]) -> int:
        """A line for an operation; a number, if all its operands are numbers."""
        if operation is _IDENTITY or (operation is _SUM and len(operands) == 1):
            return operands[0]
        numbers = self._numbers
        if operands and operands[-1] in numbers and all(k in numbers for k in operands):
            try:
                return self._number(evaluate(operation, [numbers[k] for k in operands]))
            except (ArithmeticError, ValueError, IndexError):
                pass  # it is raised when the line runs
        return self._emit(operation, operands)

    def _forward(self, trace: Trace) -> None:
        # What was computed before or beside the stand-ins first, then the rest as it was traced:
        # so errors come in the order in which the eager engine would raise them.
        reachable = topological_order(*self.outputs)
        reached = set(reachable)
        nodes = [node for node in reachable if not isinstance(node, Traced)]
        nodes += [node for node in trace.nodes if node in reached]
        if len(nodes) < len(reachable):
            raise leaked()
        program, lines = self.program, self.lines
        labels, scopes = program.labels, program.scopes
        for node in nodes:
            operation = node._operation
            if isinstance(operation, Operation):
                line = self._operation(operation, tuple([lines[v] for v in node._prev]))
            elif operation is CONSTANT:
                line = self._number(node.data)
            elif node in self._positions:
                line = self._emit(INPUT, (self._positions[node],))
            elif node in self._drawn:
                line = self._emit(DRAWN, (self._drawn[node],))
            elif operation is LEAF_OPERATION:
                line = self._emit(LEAF, (len(program.leaves),))
                program.leaves.append(node)
            else:
                refuse_made_by_hand(node, "a compiled function")
                raise TypeError(f"a compiled function cannot use {node!r}")
            lines[node] = line
            label = node.label
            if label and line not in labels:
                labels[line] = label
            scope = node.scope
            if scope is not None and line not in scopes:
                scopes[line] = scope
        program.outputs = [lines[node] for node in self.outputs]
        program.forward = len(program)

    def backward(self, seeded: Sequence[int]) -> Program:
        """Add the backward pass for gradients arriving at some of the outputs; returns the
        program."""
        program, lines = self.program, self.lines
        order = topological_order(*(self.outputs[k] for k in seeded))
        contributions: dict[Value, list[int]] = {}
        for k in seeded:
            contributions.setdefault(self.outputs[k], []).append(self._emit(SEED, (k,)))
        leaf_positions = {leaf: k for k, leaf in enumerate(program.leaves)}
        groups = _select_groups(order)
        for node in reversed(order):
            if not varies(node):
                continue
            gradient = self._total(contributions.pop(node, []))
            operation = node._operation
            if not isinstance(operation, Operation):
                if node in leaf_positions:
                    program.leaf_gradients[leaf_positions[node]] = gradient
                elif isinstance(node, Traced) and node.receives:
                    program.input_gradients[self._positions[node]] = gradient
                continue
            line = lines[node]
            if gradient >= program.forward and gradient not in program.labels:
                program.labels[gradient] = f"d_{node.label or operation.name}"
                if node.scope is not None:
                    program.scopes[gradient] = node.scope
            operands = node._prev
            if operation.chosen:
                group = groups[operands[:-1]]
                group.addends += [lines[operands[-1]], gradient]
                group.left -= 1
                if group.left:
                    continue
                scatter = self._emit(SCATTER, (len(operands) - 1, *group.addends))
                for position, operand in enumerate(operands[:-1]):
                    if varies(operand):
                        element = self._emit(ELEMENT, (scatter, position))
                        contributions.setdefault(operand, []).append(element)
                continue
            for position, operand in enumerate(operands):
                if varies(operand):
                    contribution = self._contribution(node, line, position, gradient)
                    earlier = contributions.get(operand)
                    if earlier is None:
                        contributions[operand] = [contribution]
                    else:
                        earlier.append(contribution)
        return program

    def _total(self, contributions: list[int]) -> int:
        if len(contributions) == 1:
            return contributions[0]
        return self._emit(_SUM, tuple(contributions)) if contributions else self._number(0.0)

    def _contribution(self, node: Value, line: int, position: int, gradient: int) -> int:
        """The line of `incoming gradient * local derivative`."""
        operation: Operation = node._operation
        tree = _partial(operation, position)
        lines = self.lines
        if type(tree) is ast.Name and tree.id != "y" and not operation.variadic:
            local = lines[node._prev[operation.operand_names.index(tree.id)]]
            return self._emit(_MULTIPLY, (gradient, local))
        operands = node._prev
        before = len(self.program)
        if operation.variadic:
            names = {operation.operand_names[0]: lines[operands[position]]}
            names |= self._sums(node, line)
        else:
            names = {
                name: lines[v] for name, v in zip(operation.operand_names, operands, strict=True)
            }
        local = self._expression(tree, names | {"y": line})
        for new in range(before, len(self.program)):
            self.program.derivative_of[new] = line
        factor = self._numbers.get(local)
        if factor == 1:
            return gradient
        if factor == -1:
            return self._operation(_NEGATE, (gradient,))
        return self._operation(_MULTIPLY, (gradient, local))

    def _sums(self, node: Value, line: int) -> dict[str, int]:
        """The lines of what a variadic operation sums over all its operands, once per node."""
        operation: Operation = node._operation
        if node not in self._summed:
            found = self._summed[node] = {"y": line}
            for name, term in operation.totals.items():
                terms = [
                    self._expression(term, found | {operation.operand_names[0]: self.lines[v]})
                    for v in node._prev
                ]
                found[name] = self._operation(_SUM, tuple(terms))
        return self._summed[node]

    def _expression(self, tree: ast.expr, names: dict[str, int]) -> int:
        """The line of an expression of the table."""
        if isinstance(tree, ast.Name):
            return names[tree.id]
        if isinstance(tree, ast.Constant):
            assert isinstance(tree.value, int | float)
            return self._number(tree.value)
        if isinstance(tree, ast.BinOp):
            left, right = self._expression(tree.left, names), self._expression(tree.right, names)
            return self._operation(_BINARY[type(tree.op)], (left, right))
        if isinstance(tree, ast.UnaryOp):
            operand = self._expression(tree.operand, names)
            return (
                operand if isinstance(tree.op, ast.UAdd) else self._operation(_NEGATE, (operand,))
            )
        assert isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name)
        operands = tuple(self._expression(argument, names) for argument in tree.args)
        return self._operation(TABLE[tree.func.id], operands)


class _SelectGroup:
    """The selects among the same values whose addends can be collected in one list of zeros."""

    def __init__(self) -> None:
        self.addends: list[int] = []
        self.left = 0


class _Groups(dict[Any, _SelectGroup]):
    """For a select that shares its values with no other: a group of its own, each time."""

    def __missing__(self, values: Any) -> _SelectGroup:
        alone = _SelectGroup()
        alone.left = 1
        return alone


def _select_groups(order: Sequence[Value]) -> _Groups:
    """Several selects among the same values (an embedding read at many positions) add into one
    list, where nothing else contributes to these values: only then is the order of additions the
    same."""
    selects: dict[tuple[Value, ...], int] = {}
    consumers: dict[Value, int] = {}
    for node in order:
        operation = node._operation
        if isinstance(operation, Operation) and operation.chosen:
            values = node._prev[:-1]
            selects[values] = selects.get(values, 0) + 1
    if not selects:
        return _Groups()
    chosen_from = {value for values in selects for value in values}
    for node in order:
        for operand in node._prev:
            if operand in chosen_from:
                consumers[operand] = consumers.get(operand, 0) + 1
    groups = _Groups()
    for values, count in selects.items():
        if count > 1 and all(consumers[v] == count for v in values):
            groups[values] = _SelectGroup()
            groups[values].left = count
    return groups


_partials: dict[tuple[Operation, int], ast.expr] = {}


def _partial(operation: Operation, position: int) -> ast.expr:
    key = (operation, 0 if operation.variadic else position)
    tree = _partials.get(key)
    if tree is None:
        tree = _partials[key] = operation.partial_tree(position)
    return tree
