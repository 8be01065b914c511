"""Derivatives as Values: of any order, because the table of operations is closed.

`Value.backward()` evaluates the partials of the table on floats; here the same expressions are
evaluated on Values, which records the derivative as a graph that can be differentiated again.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from .calculus.operation import Operation
from .calculus.table import TABLE
from .checking import described, to_float
from .engine import Number, Operand, Value, constant, topological_order
from .passes import DOMAIN_ERRORS, is_constant, operation_error, partials, refuse_made_by_hand


def gradients(output: Value, inputs: Iterable[Value], gradient: Operand = 1.0) -> list[Value]:
    """The derivatives of `output` (times `gradient`) with respect to each input, as Values.

    Unlike `backward()` it changes no `grad`: it records new nodes, which can be differentiated
    again. Inputs may be any nodes; the derivative for one that `output` does not depend on is the
    constant 0. A node made by hand (with its own `_backward`) is refused with a `TypeError`.

    >>> x = Value(3.0)
    >>> [dy] = gradients(x**3, [x])
    >>> [ddy] = gradients(dy, [x])
    >>> dy.data, ddy.data
    (27.0, 18.0)
    """
    inputs = tuple(inputs)
    for value in inputs:
        if not isinstance(value, Value):
            raise TypeError(f"gradients: an input must be a Value, got {described(value)}")
    needed = set(inputs)
    between = []  # the nodes through which a derivative reaches an input
    for node in topological_order(output):
        if any(operand in needed for operand in node._prev):
            needed.add(node)
            between.append(node)
    totals: dict[Value, Operand] = {output: gradient}
    for node in reversed(between):
        if node not in totals:
            continue
        refuse_made_by_hand(node, "a derivative as Values")
        incoming, operands = totals[node], node._prev
        try:
            functions = _on_values(node._operation)
            for place, record_partial in partials(node, functions, operands, node):
                operand = operands[place]
                if operand in needed:
                    derivative = record_partial()
                    one = not isinstance(derivative, Value) and derivative == 1
                    contribution = incoming if one else incoming * derivative
                    earlier = totals.get(operand)
                    totals[operand] = contribution if earlier is None else earlier + contribution
        except DOMAIN_ERRORS as error:
            raise operation_error(node, error, derivative=True) from None
    found = [totals.get(value, 0.0) for value in inputs]
    return [value if isinstance(value, Value) else constant(value) for value in found]


class Nudged(NamedTuple):
    """What a nudge does to one node: its number before and after."""

    node: Value
    before: float
    after: float

    @property
    def change(self) -> float:
        """after - before."""
        return self.after - self.before


def nudge(output: Value, leaf: Value, by: Number = 0.01) -> list[Nudged]:
    """Move a leaf a little, and see what becomes of it on the way to the output.

    **Arguments:** `output`, the result; `leaf`, what it was computed from; `by`, how far the leaf
    moves. **Returns** the leaf and every node that depends on it, operands before consumers, each
    with its number before and after. All numbers are put back, and no `grad` changes.

    The last change divided by the first is a difference quotient, nearly the gradient of the leaf.

    Raises a `ValueError` for what is not a leaf behind the output, and what `forward()` raises.

    >>> x = Value(2.0, label="x")
    >>> u = 3 * x
    >>> y = u * u
    >>> for node, before, after in nudge(y, x, by=0.5):
    ...     print(node.label or node._op, before, after)
    x 2.0 2.5
    * 6.0 7.5
    * 36.0 56.25
    """
    for name, value in (("output", output), ("leaf", leaf)):
        if not isinstance(value, Value):
            raise TypeError(f"nudge: the {name} must be a Value, got {described(value)}")
    by = to_float(by, "nudge", "by")
    order = topological_order(output)
    if leaf not in order or leaf._prev or is_constant(leaf):
        raise ValueError(
            f"nudge: the leaf must be one that the output was computed from, got {leaf!r}"
        )
    reached = {leaf}
    for node in order:
        if any(operand in reached for operand in node._prev):
            reached.add(node)
    given = [node.data for node in order]
    try:
        output.forward()
        before = [node.data for node in order]
        leaf.data += by
        output.forward()
        after = [node.data for node in order]
    finally:
        for node, data in zip(order, given, strict=True):
            node.data = data
    triples = zip(order, before, after, strict=True)
    return [Nudged(node, old, new) for node, old, new in triples if node in reached]


@cache
def _on_values(operation: Operation) -> tuple[Callable[..., Operand], ...]:
    return operation.partials_with(lambda name: TABLE[name].function)


def grad(function: Callable[..., Value], argument: int = 0) -> Callable[..., Any]:
    """The derivative of a function, as a function: `grad(grad(f))` is its second derivative.

    **Arguments:** `function` of Values (and anything else), returning one Value; `argument`, the
    position of the argument to differentiate for: a number, a Value, or a (nested) list of them.
    **Returns** a function of the same arguments that returns a Value, or a list of the same shape.

    >>> def f(x):
    ...     return x**3
    >>> grad(f)(2.0).data, grad(grad(f))(2.0).data
    (12.0, 12.0)
    """

    def derivative(*arguments: Any, **options: Any) -> Any:
        if not -len(arguments) <= argument < len(arguments):
            raise TypeError(
                f"grad(..., argument={argument}) needs that argument, got {len(arguments)}"
            )
        leaves: list[Value] = []
        copy = _as_values(arguments[argument], leaves)
        changed = list(arguments)
        changed[argument] = copy
        output = function(*changed, **options)
        if not isinstance(output, Value):
            raise TypeError(
                f"grad needs a function that returns one Value, got {type(output).__name__}"
            )
        found = iter(gradients(output, leaves))
        return _like(copy, found)

    return derivative


def _as_values(structure: Any, leaves: list[Value]) -> Any:
    if isinstance(structure, list | tuple):
        return [_as_values(item, leaves) for item in structure]
    value = structure if isinstance(structure, Value) else Value(structure)
    if is_constant(value):
        value = Value(value.data)
    value._passed_through()  # a stand-in of a trace becomes a variable
    leaves.append(value)
    return value


def _like(structure: Any, found: Any) -> Any:
    return (
        [_like(item, found) for item in structure] if isinstance(structure, list) else next(found)
    )


def check_gradients(
    function: Callable[..., Value],
    inputs: Sequence[Number],
    step: float = 1e-6,
    tolerance: float = 1e-6,
) -> float:
    """Compare `backward()` with central differences (f(x + h) - f(x - h)) / 2h for every input.

    **Arguments:** `function` of as many Values as there are `inputs`; `step`, the h, relative to
    max(1, |x|); `tolerance`, the error allowed, relative to max(1, |derivative|). **Returns** the
    largest such error. Raises an `AssertionError` that shows both numbers where it is too large.

    >>> check_gradients(lambda a, b: a * b + b.tanh(), [0.5, -1.0]) < 1e-6
    True
    """
    numbers = [to_float(x, "check_gradients", f"input {i}") for i, x in enumerate(inputs)]
    values = [Value(x) for x in numbers]
    output = function(*values)
    if not isinstance(output, Value):
        raise TypeError(
            f"check_gradients needs a function that returns one Value, got {described(output)}"
        )
    output.backward()
    worst = 0.0
    for i, value in enumerate(values):
        h = step * max(1.0, abs(numbers[i]))

        def at(x: float, i: int = i) -> float:
            return function(*(Value(n if j != i else x) for j, n in enumerate(numbers))).data

        up, down = numbers[i] + h, numbers[i] - h
        difference = (at(up) - at(down)) / (up - down)
        error = abs(value.grad - difference) / max(1.0, abs(difference))
        worst = max(worst, error)
        if not error <= tolerance:
            raise AssertionError(
                f"input {i} = {numbers[i]}: backward() gives {value.grad}, "
                f"the difference quotient {difference}"
            )
    return worst
