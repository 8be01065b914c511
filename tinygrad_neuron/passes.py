"""What every walk through a graph has to know, said once.

How an operation takes its operands, which of these get a gradient, what the local derivatives are,
and in which order contributions arrive. Eager `backward()`, derivatives as Values, walkthroughs,
animations and pictures read it here; the compiler and the page's JavaScript keep loops of their
own, which tests hold to this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from .calculus.operation import Operation
from .calculus.primitive import CONSTANT, LEAF, Primitive
from .checking import not_a_value
from .interruption import or_undone, uninterrupted
from .stored import FAILURES, is_wrong, raise_data_error

if TYPE_CHECKING:
    from .engine import Value

# What Python's arithmetic raises where an operation or a derivative does not exist.
DOMAIN_ERRORS = (ArithmeticError, ValueError, IndexError)


def computed(operation: Operation, operands: Sequence[Value]) -> float:
    """What an operation computes from nodes; its error names them by value and label."""
    numbers = [v.data for v in operands]
    try:
        return evaluate(operation, list(map(float, numbers)) if operation.domain else numbers)
    except FAILURES as error:
        raise_named(operation, operands, error)


def numbers_of(node: Value) -> list[float]:
    """The data of a node's operands; Python's own floats where the operation can fail, for NumPy's
    warn and go on with an infinity."""
    numbers = [v.data for v in node._prev]
    return list(map(float, numbers)) if node._operation.domain else numbers


def forward(order: Sequence[Value]) -> None:
    """Evaluate the nodes of a topological order again, after the data of leaves changed.

    If an operation fails, all data is as it was before. Raises a `TypeError` for a node made by
    hand.
    """
    for node in order:
        refuse_made_by_hand(node, "forward()")
    inner = [node for node in order if node._operation.arity != 0]
    before = [node.data for node in inner]

    def recompute() -> None:
        node = order[-1]
        try:
            for node in inner:
                node._operation.recompute(node)
        except FAILURES as error:
            raise_named(node._operation, node._prev, error)

    or_undone(recompute, lambda: assign(inner, before))


def assign(nodes: Sequence[Value], numbers: Sequence[float]) -> None:
    """Data for nodes, one number each; all of them, or none."""
    with uninterrupted():
        for node, number in zip(nodes, numbers, strict=True):
            node.data = number


def is_constant(node: Value) -> bool:
    """Whether a node gets no gradient: a plain number met by an operator, or computed from such."""
    return node._operation is CONSTANT


def arranged(operation: Operation, operands: Sequence[Any]) -> Sequence[Any]:
    """The operands in the form in which the operation's functions take them.

    Single ones as they are; any number as one list; where one of them is chosen, the list of these
    and the index.

    >>> from .calculus.operation import operation
    >>> arranged(operation("add"), [1, 2]), arranged(operation("sum"), [1, 2, 3])
    ([1, 2], [[1, 2, 3]])
    >>> arranged(operation("select"), [5, 7, 0])
    [[5, 7], 0]
    """
    if operation.chosen:
        return [operands[:-1], operands[-1]]
    return [operands] if operation.variadic else operands


def evaluate(operation: Operation, operands: Sequence[float]) -> float:
    """What an operation computes from plain numbers.

    >>> from .calculus.operation import operation
    >>> evaluate(operation("select"), [5.0, 7.0, 1.0])
    7.0
    """
    return operation.on_floats(*arranged(operation, operands))


def receivers(node: Value) -> list[int]:
    """The places of the operands that get a gradient, in order.

    Constants get none; of the operands of `select`, only the chosen one gets one. Raises an
    `IndexError` where there is none at the index.

    >>> from .engine import Value
    >>> receivers(Value(3.0) * 2.0)
    [0]
    """
    operands, operation = node._prev, node._operation
    places: Sequence[int] = range(len(operands))
    if getattr(operation, "chosen", ""):
        # The operation itself says which place an index means, and refuses what is none.
        places = [int(operation.on_floats(places[:-1], operands[-1].data))]
    return [place for place in places if not is_constant(operands[place])]


def partials(
    node: Value, functions: Sequence[Callable[..., Any]], arguments: Sequence[Any], y: Any
) -> Iterator[tuple[int, Callable[[], Any]]]:
    """For each operand that gets a gradient: its place, and a call that evaluates its partial.

    `functions` are those of `Operation.partials_with`, on numbers or on Values as `arguments` (the
    operands) and `y` (the result) are.
    """
    operation: Operation = node._operation
    places = receivers(node)
    if not operation.variadic:
        for place in places:
            yield place, partial(functions[place], *arguments, y)
    elif places:
        one = functions[0](arranged(operation, arguments)[0], y)
        for place in places:
            yield place, partial(one, arguments[place])


def local_derivatives(node: Value) -> list[tuple[Value, float]]:
    """Each operand of a node that can get a gradient, with the node's derivative for it.

    In the order of the operands; one that is used twice stands there twice. A leaf has none.
    Raises a `ValueError`, `ZeroDivisionError` or the like that names the operation where a
    derivative does not exist, a `TypeError` for a node made by hand.

    >>> from .engine import Value
    >>> x = Value(3.0, label="x")
    >>> local_derivatives(x * x)
    [(Value(data=3.0, label='x'), 3.0), (Value(data=3.0, label='x'), 3.0)]
    """
    if not hasattr(type(node), "_prev"):
        raise TypeError(f"local_derivatives: node must be a Value, got {not_a_value(node)}")
    return [(node._prev[place], local) for place, local in _locals(node)]


def _locals(node: Value) -> list[tuple[int, float]]:
    """The places of the operands that get a gradient, each with the local derivative."""
    if not node._prev:
        return []
    refuse_made_by_hand(node, "a local derivative")
    try:
        functions, numbers = node._operation.partials_on_floats, numbers_of(node)
        calls = partials(node, functions, numbers, node.data)
        return [(place, float(call())) for place, call in calls]
    except FAILURES as error:
        raise_named(node._operation, node._prev, error, node)


def slopes(node: Value) -> list[float | None]:
    """The local derivative for each operand, in order.

    None where there is none: for a constant, for a node made by hand, and where the operation is
    not differentiable. 0.0 for what `select` does not choose.

    >>> from .engine import Value
    >>> slopes(Value(3.0) * 2.0)
    [2.0, None]
    """
    operands, operation = node._prev, node._operation
    found: list[float | None] = [None] * len(operands)
    if not operands or not isinstance(operation, Operation):
        return found
    try:
        derivatives = _locals(node)
    except DOMAIN_ERRORS:
        return found
    if operation.chosen:
        found = [None if is_constant(v) else 0.0 for v in operands[:-1]] + [None]
    for place, local in derivatives:
        found[place] = local
    return found


class Contribution(NamedTuple):
    """One step of a backward pass: `amount` = `incoming` × `local` arrives at an operand.

    `node` hands on to its operand at `place`; `before` and `after` are the operand's gradient, the
    first None while nothing has arrived.
    """

    node: Value
    place: int
    operand: Value
    incoming: float
    local: float
    amount: float
    before: float | None
    after: float


def contributions(order: Sequence[Value], gradient: float = 1.0) -> Iterator[Contribution]:
    """The backward pass, one contribution at a time, in the order of `Value.backward()`.

    **Arguments:** `order`, the `topological_order` of the result, which stands last; `gradient`,
    what arrives there. Changes no `grad`. A node that nothing arrived at hands nothing on: the
    branch that `select` did not take is never differentiated. Raises what `backward()` raises.

    >>> from .engine import Value, topological_order
    >>> x = Value(3.0, label="x")
    >>> for step in contributions(topological_order(x * x)):
    ...     print(step.place, step.incoming, step.local, step.before, step.after)
    0 1.0 3.0 None 3.0
    1 1.0 3.0 3.0 6.0
    """
    root = order[-1]
    totals: dict[Value, float] = {} if is_constant(root) else {root: gradient}
    for node in reversed(order):
        incoming = totals.get(node)
        if incoming is None:
            continue
        refuse_made_by_hand(node, "a backward pass in steps")
        for place, local in _locals(node):
            operand = node._prev[place]
            amount, before = incoming * local, totals.get(operand)
            # A leaf's total starts from 0.0, an inner node's from its first addend.
            start = 0.0 if before is None and operand._operation is LEAF else before
            after = amount if start is None else start + amount
            totals[operand] = after
            yield Contribution(node, place, operand, incoming, local, amount, before, after)


def raise_named(
    operation: Any, operands: Sequence[Value], error: Exception, of: Value | None = None
) -> NoReturn:
    """Raise the error of an operation on its operands, naming their values and labels, or what is
    stored in one of them and is no number; of its derivative, where the node is given.

    What neither names, a mistake within a function of the user's own say, is raised as it is.
    """
    nodes = list(operands) if of is None else [*operands, of]
    if any(map(is_wrong, nodes)):
        raise_data_error(_done(operation, of), nodes, error)
    if isinstance(error, DOMAIN_ERRORS) and isinstance(operation, Operation):
        numbers, names = [v.data for v in operands], list(map(name_of, operands))
        raise operation.error(error, numbers, names, of is not None) from None
    raise error


def _done(operation: Any, of: Value | None) -> str:
    """What was done, for an error: an operation, its derivative, or no more than `backward`."""
    if not isinstance(operation, Operation):
        return "backward"
    return operation.written if of is None else f"derivative of {operation.written}"


def name_of(node: Value) -> str:
    """What an error calls a node: its label, or that of the node whose number it hands on as it is
    (which a compiled function does not compute again)."""
    while not node.label and len(node._prev) == 1 and node._operation.name in ("identity", "sum"):
        (node,) = node._prev
    return node.label


def refuse_made_by_hand(node: Value, what: str) -> None:
    """Raise a TypeError for a node whose operation is known only to a closure."""
    kind = node._operation
    if isinstance(kind, Primitive) and kind.name == "compiled":
        raise TypeError(
            f"{what} cannot use the result of a compiled function ({kind.symbol}): call the plain "
            "function (its .function), or compile what you want as a whole, as in compile(grad(f))"
        )
    if isinstance(kind, Primitive) and (kind.arity != 0 or kind.closure is not None):
        name = node.label or node._op or "a node"
        raise TypeError(
            f"{what} cannot use {name!r}, made by hand with _children or an assigned _backward: "
            "its operation is not in the table; register it with define_operation()"
        )
