"""Derivatives as Values: of any order, because the table of operations is closed.

`Value.backward()` evaluates the partials of the table on floats; here the same expressions are
evaluated on Values, which records the derivative as a graph that can be differentiated again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from .calculus.operation import Operation
from .calculus.table import TABLE
from .checking import a_function, described, listed, not_a_value, to_float, whole
from .engine import Number, Operand, Value, constant, topological_order
from .functions import identity
from .functions import sum as add_up
from .interruption import uninterrupted
from .passes import (
    DOMAIN_ERRORS,
    assign,
    is_constant,
    partials,
    raise_named,
    refuse_made_by_hand,
)
from .public import named_options
from .stored import naming_data


@named_options
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
    if not isinstance(output, Value):
        raise TypeError(f"gradients: output must be a Value, got {not_a_value(output)}")
    inputs = tuple(listed("gradients", "inputs", inputs, "a list of Values"))
    for value in inputs:
        if not isinstance(value, Value):
            raise TypeError(f"gradients: an input must be a Value, got {not_a_value(value)}")
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
            raise_named(node._operation, node._prev, error, node)
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


@naming_data
@named_options
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
            raise TypeError(f"nudge: the {name} must be a Value, got {not_a_value(value)}")
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
    seen: list[list[float]] = []

    def move() -> None:
        output.forward()
        seen.append([node.data for node in order])
        leaf.data += by
        output.forward()
        seen.append([node.data for node in order])

    with uninterrupted() as held:
        try:
            held.let(move)
        finally:
            assign(order, given)
    before, after = seen
    triples = zip(order, before, after, strict=True)
    return [Nudged(node, old, new) for node, old, new in triples if node in reached]


@cache
def _on_values(operation: Operation) -> tuple[Callable[..., Operand], ...]:
    return operation.partials_with(lambda name: TABLE[name].function)


@named_options
def grad(function: Callable[..., Value], argument: int = 0) -> Callable[..., Any]:
    """The derivative of a function, as a function: `grad(grad(f))` is its second derivative.

    **Arguments:** `function` of Values (and anything else), returning one Value; `argument`, the
    position of the argument to differentiate for: a number, a Value, or a (nested) list of them.
    **Returns** a function of the same arguments that returns a Value, or a list of the same shape.

    It differentiates for the argument alone: the same Value used elsewhere (by the function itself,
    as another argument, twice in a list) is another variable.

    >>> def f(x):
    ...     return x**3
    >>> grad(f)(2.0).data, grad(grad(f))(2.0).data
    (12.0, 12.0)
    """
    if isinstance(function, Value):
        raise TypeError(
            "grad: the function must be callable, got a Value; of what is computed already it is "
            "gradients(y, [x])"
        )
    a_function("grad", "function", function)
    _place("grad", argument)

    def derivative(*arguments: Any, **options: Any) -> Any:
        changed, copy, fresh = _with_variables("grad", arguments, argument)
        output = function(*changed, **options)
        if not isinstance(output, Value):
            raise TypeError(
                f"grad needs a function that returns one Value, got {not_a_value(output)}"
            )
        found = gradients(output, list(fresh))
        _take_back(fresh, found)
        return _like(copy, iter(found))

    return derivative


def _with_variables(
    name: str, arguments: Sequence[Any], argument: int
) -> tuple[list[Any], Any, dict[Value, Value]]:
    """The arguments with variables of their own in one of them, that one, and what they are for."""
    if not -len(arguments) <= argument < len(arguments):
        raise TypeError(
            f"{name}(..., argument={argument}) needs that argument, got {len(arguments)}"
        )
    fresh: dict[Value, Value] = {}
    try:
        copy = _variables(arguments[argument], fresh)
    except RecursionError:
        raise ValueError(
            f"{name}: the argument is nested too deeply, or a list in it holds itself"
        ) from None
    changed = list(arguments)
    changed[argument] = copy
    return changed, copy, fresh


def _place(name: str, argument: Any) -> None:
    if whole(argument) is None:
        raise TypeError(
            f"{name}: argument must be the position of one, got {described(argument)}; numbers go "
            f"to the function that it makes, as in {name}(f)(x)"
        )


def _variables(structure: Any, fresh: dict[Value, Value]) -> Any:
    """The argument with a variable of its own in each place; `fresh` says for which Value."""
    if isinstance(structure, list | tuple):
        return [_variables(item, fresh) for item in structure]
    value = structure if isinstance(structure, Value) else Value(structure)
    if is_constant(value):
        value = Value(value.data)
    variable = identity(value)
    variable.label = value.label
    variable._passed_through()  # a stand-in of a trace becomes a variable
    fresh[variable] = value
    return variable


def _take_back(fresh: Mapping[Value, Value], found: list[Value]) -> None:
    """Put the Values in the place of their variables, behind the derivatives: nothing is drawn,
    differentiated or compiled twice, and a derivative for the Value itself finds it."""
    for node in topological_order(*found):
        operands = node._prev
        if any(operand in fresh for operand in operands):
            operands = tuple(fresh.get(operand, operand) for operand in operands)
            if node._operation.arity == 2:
                node._a, node._b = operands
            else:
                node._a = operands[0] if node._operation.arity == 1 else operands


def _like(structure: Any, found: Any) -> Any:
    return (
        [_like(item, found) for item in structure] if isinstance(structure, list) else next(found)
    )


@named_options
def jacobian(function: Callable[..., Any], argument: int = 0) -> Callable[..., Any]:
    """The derivatives of every result of a function, as a function: row i is that of result i.

    **Arguments:** `function`, which returns a (nested) list of Values, or one; `argument`, as for
    `grad`. **Returns** a function of the same arguments, which returns the results' lists with, in
    the place of each result, its derivatives in the shape of the argument. An argument that a
    result does not depend on has derivatives of 0.

    >>> def polar(v):
    ...     r, angle = v
    ...     return [r * cos(angle), r * sin(angle)]
    >>> from .functions import cos, sin
    >>> [[d.data for d in row] for row in jacobian(polar)([2.0, 0.0])]
    [[1.0, -0.0], [0.0, 2.0]]
    """
    a_function("jacobian", "function", function)
    _place("jacobian", argument)

    def derivative(*arguments: Any, **options: Any) -> Any:
        """The rows of derivatives for these arguments."""
        changed, copy, fresh = _with_variables("jacobian", arguments, argument)
        outputs = function(*changed, **options)
        rows: list[list[Value]] = []

        def row(output: Any) -> Any:
            if isinstance(output, list | tuple):
                return [row(item) for item in output]
            if not isinstance(output, Value):
                raise TypeError(
                    "jacobian needs a function that returns Values, alone or in lists, got "
                    f"{described(output)}"
                )
            rows.append(gradients(output, list(fresh)))
            return len(rows) - 1

        shape = row(outputs)
        _take_back(fresh, [value for found in rows for value in found])
        return _filled(shape, lambda k: _like(copy, iter(rows[k])))

    return derivative


@named_options
def hessian(function: Callable[..., Value], argument: int = 0) -> Callable[..., Any]:
    """The second derivatives of a function, as a function: row i is the gradient of derivative i.

    Arguments as for `grad`; for a list of n numbers it returns n rows of n Values.

    >>> [[d.data for d in row] for row in hessian(lambda v: v[0] * v[0] * v[1])([3.0, 5.0])]
    [[10.0, 6.0], [6.0, 0.0]]
    """
    _place("hessian", argument)
    return jacobian(grad(function, argument), argument)


@named_options
def hvp(function: Callable[..., Value], argument: int = 0) -> Callable[..., Any]:
    """The Hessian times a vector, as a function of the arguments and then the vector.

    It takes two passes, however many numbers there are, and never makes the whole Hessian.

    **Arguments:** as for `grad`. **Returns** a function whose last argument is the vector, a
    number or (nested) list in the shape of the argument; it returns Values in that shape.

    >>> [d.data for d in hvp(lambda v: v[0] * v[0] * v[1])([3.0, 5.0], [1.0, 0.0])]
    [10.0, 6.0]
    """
    a_function("hvp", "function", function)
    _place("hvp", argument)

    def product(*arguments: Any, **options: Any) -> Any:
        """The product for these arguments and, last, the vector."""
        if len(arguments) < 2:
            raise TypeError(
                "hvp(f) takes the arguments of f and then the vector, as in hvp(f)(x, v), got "
                f"{len(arguments)} in all"
            )
        *given, vector = arguments
        try:
            factors = _flat(vector)
        except RecursionError:
            raise ValueError("hvp: a list in the vector holds itself") from None

        def along(*inner: Any) -> Value:
            slopes = _flat(grad(function, argument)(*inner, **options))
            if len(slopes) != len(factors):
                raise ValueError(
                    f"hvp: the vector must have {len(slopes)} numbers, as the argument has, got "
                    f"{len(factors)}"
                )
            return add_up([d * v for d, v in zip(slopes, factors, strict=True)])

        return grad(along, argument)(*given)

    return product


def _flat(structure: Any) -> list[Any]:
    """The items of nested lists, in order."""
    if not isinstance(structure, list | tuple):
        return [structure]
    return [item for part in structure for item in _flat(part)]


def _filled(shape: Any, fill: Callable[[Any], Any]) -> Any:
    return [_filled(item, fill) for item in shape] if isinstance(shape, list) else fill(shape)
