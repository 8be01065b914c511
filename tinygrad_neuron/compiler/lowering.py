"""From a recorded graph to the flat list, forward and backward.

The backward pass is written down exactly as `Value.backward()` runs it: the nodes in the same
order, the contributions to each added in the same order, each contribution the same product. So
what is generated from the list gives the same bits.
"""

import ast
import functools
import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from ..calculus.expressions import calls
from ..calculus.kernels import KERNELS
from ..calculus.operation import Operation
from ..calculus.primitive import CONSTANT
from ..calculus.primitive import LEAF as LEAF_OPERATION
from ..calculus.table import BUILT_IN, TABLE
from ..engine import Value, topological_order
from ..passes import refuse_made_by_hand
from .lines import DRAWN, ELEMENT, INPUT, LEAF, NUMBER, SCATTER, SEED
from .program import Program, evaluate
from .tracing import Trace, Traced, leaked, varies

_BINARY: dict[type, Operation] = {
    ast.Add: TABLE["add"],
    ast.Sub: TABLE["subtract"],
    ast.Mult: TABLE["multiply"],
    ast.Div: TABLE["divide"],
    ast.Pow: TABLE["power"],
}
_ONE = -1
_MULTIPLY, _NEGATE, _SUM, _IDENTITY = (
    TABLE[name] for name in ("multiply", "negate", "sum", "identity")
)


class Lowering:
    """One lowering: `forward` for the outputs, then `backward` for those that get a gradient.

    The `inputs` are the stand-ins of a trace; or leaves of a graph that was recorded without one
    (then `trace` is an empty one), which get no gradient.
    """

    def __init__(self, trace: Trace, inputs: Sequence[Value], outputs: Sequence[Value]):
        self.program = Program(inputs=len(inputs))
        self.outputs = list(outputs)
        self.lines: dict[Value, int] = {}  # which line computes a node
        # Lines by what they compute: of each operation, by its operands.
        self._earlier: defaultdict[Any, dict[tuple[Any, ...], int]] = defaultdict(dict)
        self._numbers: dict[int, float] = {}
        self._summed: dict[tuple[Operation, int], dict[str, int]] = {}
        # Of each operation, by position: partials that are an operand (its position) or 1 (_ONE).
        self._simple: defaultdict[Operation, dict[int, int]] = defaultdict(dict)
        self._positions: dict[Value, int] = {node: k for k, node in enumerate(inputs)}
        self._drawn: dict[Value, int] = {node: k for k, node in enumerate(trace.drawn_nodes)}
        self.program.draws = [node.draw for node in trace.drawn_nodes if node.draw is not None]
        self._forward(trace)

    def _emit(self, operation: Operation | str, operands: tuple[Any, ...]) -> int:
        """The line that computes this: an earlier one, or a new one."""
        earlier = self._earlier[operation]
        line = earlier.get(operands)
        if line is None:
            operations = self.program.operations
            line = earlier[operands] = len(operations)
            operations.append(operation)
            self.program.operands.append(operands)
        return line

    def _number(self, number: float) -> int:
        """The line of a number; 0.0 and -0.0 are two."""
        earlier, key = self._earlier[NUMBER], (number, math.copysign(1.0, number))
        line = earlier.get(key)
        if line is None:
            line = earlier[key] = len(self.program.operations)
            self.program.operations.append(NUMBER)
            self.program.operands.append((number,))
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
        """Write down the lines of the outputs, in the order in which the eager engine computes
        them."""
        reachable = self._order = topological_order(*self.outputs)
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
                if operation.arity == 2:  # as nearly always
                    operands: tuple[int, ...] = (lines[node._a], lines[node._b])
                else:
                    operands = tuple([lines[v] for v in node._prev])
                formula = _shared(operation)
                if formula is None:
                    line = self._operation(operation, operands)
                else:
                    names = operation.operand_names
                    line = self._expression(formula, dict(zip(names, operands, strict=True)))
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
            # A leaf may be of a subclass, with a label of its own kind.
            label = node.label if operation is LEAF_OPERATION else node._label
            if label and line not in labels:
                labels[line] = label
            within = node.within
            if within is not None and line not in scopes:
                scopes[line] = within.place
        program.outputs = [lines[node] for node in self.outputs]
        program.forward = len(program)

    def backward(self, seeded: Sequence[int]) -> Program:
        """Add the backward pass for gradients arriving at some of the outputs; returns the program.

        A node that nothing can arrive at hands nothing on. Where it takes the index of a `select`
        to know whether something does, the lines are those of the case that it does: see `reached`.
        """
        program, lines = self.program, self.lines
        operations, products = program.operations, self._earlier[_MULTIPLY]
        roots = [self.outputs[k] for k in seeded]
        order = self._order if roots == self.outputs else topological_order(*roots)
        contributions: dict[Value, int | list[int]] = {}  # mostly one: then no list is made

        def contribute(node: Value, line: int) -> None:
            earlier = contributions.get(node)
            if earlier is None:
                contributions[node] = line
            elif isinstance(earlier, list):
                earlier.append(line)
            else:
                contributions[node] = [earlier, line]

        for k in seeded:
            contribute(self.outputs[k], self._emit(SEED, (k,)))
        leaf_positions = {leaf: k for k, leaf in enumerate(program.leaves)}
        groups = self._select_groups(order)
        varying = {node for node in order if not node._is_constant()}
        for node in reversed(order):
            if node not in varying:
                continue
            arriving = contributions.pop(node, None)
            operation = node._operation
            if not isinstance(operation, Operation):
                if node in leaf_positions:
                    program.leaf_gradients[leaf_positions[node]] = self._total(arriving)
                elif arriving is not None and isinstance(node, Traced) and node.receives:
                    program.input_gradients[self._positions[node]] = self._total(arriving)
                continue
            if arriving is None:
                continue
            gradient = arriving if isinstance(arriving, int) else self._total(arriving)
            if gradient >= program.forward and gradient not in program.labels:
                program.labels[gradient] = "d_" + (node._label or operation.name)
                if (within := node.within) is not None:
                    program.scopes[gradient] = within.place
            # Written out, not by `_prev`.
            operands = (node._a, node._b) if operation.arity == 2 else node._prev
            if operation.chosen:
                for operand, element in self._elements(operands, gradient, groups):
                    contribute(operand, element)
                continue
            simple, line = self._simple[operation], lines[node]
            for position, operand in enumerate(operands):
                if operand not in varying:
                    continue
                other = simple.get(0 if operation.variadic else position)
                if other is None:
                    new = self._contribution(operation, operands, position, gradient, line)
                elif other == _ONE:
                    new = gradient
                else:  # written out, not by `_emit`: half of all lines
                    read = (gradient, lines[operands[other]])
                    known = products.get(read)
                    if known is None:
                        known = products[read] = len(operations)
                        operations.append(_MULTIPLY)
                        program.operands.append(read)
                    new = known
                if operand in contributions:
                    contribute(operand, new)
                else:
                    contributions[operand] = new
        return program

    def _elements(
        self, operands: tuple[Value, ...], gradient: int, groups: "_Groups"
    ) -> list[tuple[Value, int]]:
        """What a `select` hands on: to which operands, and the lines of the contributions."""
        *values, index = operands
        chosen = self._chosen(operands)
        # Of a constant, the gradient has no reader, and an error on the way to it would be lost.
        if chosen is not None and operands[:-1] not in groups and varies(values[chosen]):
            return [(values[chosen], gradient)]
        group = groups[operands[:-1]]
        group.addends += [self.lines[index], gradient]
        group.left -= 1
        if group.left:
            return []
        scatter = self._emit(SCATTER, (len(values), *group.addends))
        receivers = [(position, v) for position, v in enumerate(values) if varies(v)]
        return [(v, self._emit(ELEMENT, (scatter, position))) for position, v in receivers]

    def _select_groups(self, order: Sequence[Value]) -> "_Groups":
        """Several selects among the same values (an embedding read at many positions) add into one
        list, where nothing else contributes to these values, so that the order of additions stays,
        and where the positions are not all known."""
        selects: dict[tuple[Value, ...], int] = {}
        unknown: set[tuple[Value, ...]] = set()
        consumers: dict[Value, int] = {}
        for node in order:
            operation = node._operation
            if isinstance(operation, Operation) and operation.chosen:
                values = node._prev[:-1]
                selects[values] = selects.get(values, 0) + 1
                if self._chosen(node._prev) is None:
                    unknown.add(values)
        if not unknown:
            return _Groups()
        chosen_from = {value for values in unknown for value in values}
        for node in order:
            for operand in node._prev:
                if operand in chosen_from:
                    consumers[operand] = consumers.get(operand, 0) + 1
        groups = _Groups()
        for values in unknown:
            count = selects[values]
            if count > 1 and all(consumers[v] == count for v in values):
                groups[values] = _SelectGroup()
                groups[values].left = count
        return groups

    def _chosen(self, operands: tuple[Value, ...]) -> int | None:
        """Which of its operands a `select` chooses, where that is known now."""
        index = self._numbers.get(self.lines[operands[-1]], math.nan)
        return int(index) if index in range(len(operands) - 1) else None

    def _total(self, contributions: int | list[int] | None) -> int:
        if isinstance(contributions, int):
            return contributions
        return self._emit(_SUM, tuple(contributions)) if contributions else self._number(0.0)

    def _contribution(
        self,
        operation: Operation,
        operands: tuple[Value, ...],
        position: int,
        gradient: int,
        line: int,
    ) -> int:
        """The line of `incoming gradient * local derivative`, for an operand of a line."""
        tree = _partial(operation, position)
        names = operation.operand_names
        if type(tree) is ast.Name and tree.id != "y" and not operation.variadic:
            other = self._simple[operation][position] = names.index(tree.id)
            return self._emit(_MULTIPLY, (gradient, self.lines[operands[other]]))
        lines, operations = self.lines, self.program.operations
        before = len(operations)
        if operation.variadic:
            found = {names[0]: lines[operands[position]]} | self._sums(operation, operands, line)
        else:
            found = {name: lines[v] for name, v in zip(names, operands, strict=True)}
        found["y"] = line
        local = self._expression(tree, found)
        if len(operations) > before:
            read = self.program.operands[line] if operation.variadic else tuple(found.values())[:-1]
            for new in range(before, len(operations)):
                self.program.derivative_of[new] = operation, read
        factor = self._numbers.get(local)
        if factor == 1:
            if isinstance(tree, ast.Constant):  # for all lines of this operation
                self._simple[operation][0 if operation.variadic else position] = _ONE
            return gradient
        if factor == -1:
            return self._operation(_NEGATE, (gradient,))
        return self._operation(_MULTIPLY, (gradient, local))

    def _sums(self, operation: Operation, operands: tuple[Value, ...], line: int) -> dict[str, int]:
        """The lines of what a variadic operation sums over all its operands, once per line."""
        key = (operation, line)  # a sum of one operand has the line of that operand
        if key not in self._summed:
            found = self._summed[key] = {"y": line}
            for name, term in operation.totals.items():
                terms = [
                    self._expression(term, found | {operation.operand_names[0]: self.lines[v]})
                    for v in operands
                ]
                found[name] = self._operation(_SUM, tuple(terms))
        return self._summed[key]

    def _expression(self, tree: ast.expr, names: dict[str, int]) -> int:
        """The line of an expression of the table."""
        if isinstance(tree, ast.Name):
            return names[tree.id]
        if isinstance(tree, ast.Constant):
            assert isinstance(tree.value, int | float)
            return self._number(tree.value)
        if isinstance(tree, ast.BinOp):
            left, right = self._expression(tree.left, names), self._expression(tree.right, names)
            if isinstance(tree.op, ast.Mult) and self._numbers.get(left) == 1:  # swish's beta
                return right  # to the last bit
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


@functools.cache
def _shared(operation: Operation) -> ast.expr | None:
    """The formula of an operation, if its partials call again what it calls (swish its sigmoid),
    and nothing in it can fail: written out in lines, that is computed once for both.

    A call of what a user has defined stays a call, for that may fail anywhere; so does one of a
    kernel of its own, which has the name of an operation and may compute another thing.
    """
    if operation.variadic:
        return None
    formula = operation.forward_tree()
    for part in ast.walk(formula):
        if isinstance(part, ast.IfExp) or (
            isinstance(part, ast.BinOp) and not isinstance(part.op, ast.Add | ast.Sub | ast.Mult)
        ):
            return None
    again = {
        ast.unparse(call)
        for position in range(operation.arity)
        for _, call in calls(operation.partial_tree(position))
    }
    for name, call in calls(formula):
        if name not in BUILT_IN or TABLE[name].overflow or ast.unparse(call) not in again:
            return None
        if operation.kernels.get(name) is not KERNELS.get(name):
            return None
    return formula if calls(formula) else None


_partials: dict[tuple[Operation, int], ast.expr] = {}


def _partial(operation: Operation, position: int) -> ast.expr:
    key = (operation, 0 if operation.variadic else position)
    tree = _partials.get(key)
    if tree is None:
        tree = _partials[key] = operation.partial_tree(position)
    return tree
