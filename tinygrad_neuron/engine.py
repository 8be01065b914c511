"""`Value`: one number and the record of how it was computed.

Arithmetic on Values records a graph. A node is a plain record: an operation of the table
(`calculus.table`), its data, its ordered operands. `backward()` goes through the graph once, from
the result to the leaves, and hands every node's gradient on: incoming * local derivative.

This file is meant to be read: operators, recording, the backward pass, the order. How an operation
takes its operands stands in `passes`, refusals and micrograd's habits in `operators`. On first use
of an operation `eager` puts generated functions, faster and with the same bits, in the place of
`record`, `pull` and `recompute`; `with plain():` or TINYGRAD_NEURON_PLAIN=1 runs what stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, TypeAlias

from . import arrays, passes
from .calculus.operation import Operation
from .calculus.primitive import CONSTANT, LEAF, Primitive
from .calculus.table import TABLE
from .checking import not_a_value, to_float
from .interruption import or_undone
from .operators import NOT_COMPUTED, NOTHING_YET, Habits, add_methods, take_back, without_generated
from .passes import numbers_of, raise_named
from .scope import here
from .stored import FAILURES

if TYPE_CHECKING:
    from .declarations import Methods
else:
    Methods = Habits


def reflected(name: str) -> Callable[[Any, Operand], Value]:
    """The method of an operator whose right operand is the Value."""
    return lambda value, other: record(TABLE[name], other, value)


class Value(Methods):
    """One number in a computation graph.

    **Arguments:** `data`, the number; `_children`, `_op`, the operands and the symbol of a node
    made by hand, as in micrograd; `label`, a name for pictures and messages.

    **Attributes:** `data` and `grad` may be assigned. `grad` reads 0.0 until a backward pass has
    reached the node. `_prev` is the tuple of operands. Others can be added (`p.momentum = 0.0`).

    >>> w, x, b = Value(0.5, label="w"), Value(2.0, label="x"), Value(-1.0, label="b")
    >>> y = (w * x + b).tanh()
    >>> y.backward()
    >>> y.data, w.grad, b.grad
    (0.0, 2.0, 1.0)
    """

    __slots__ = (
        "data",
        "grad",
        "label",
        "within",  # the scope in which it was recorded
        "line",
        "_operation",
        "_a",  # the only or the first operand, or the tuple of all where there are not one or two
        "_b",
        "__dict__",
        "__weakref__",
    )

    def __init__(
        self, data: Number, _children: Iterable[Value] = (), _op: str = "", label: str = ""
    ) -> None:
        if self is data:  # type: ignore[comparison-overlap]  # a stand-in, see `compiler.tracing`
            self.label = label or self.label
            return
        self.data = to_float(data, "Value")
        self.grad = NOT_COMPUTED
        self._set_by_hand(_children, _op)
        if type(label) is not str or label:
            self.label = label

    def __add__(self, other: Operand) -> Value:
        return record(TABLE["add"], self, other)

    def __sub__(self, other: Operand) -> Value:
        return record(TABLE["subtract"], self, other)

    def __mul__(self, other: Operand) -> Value:
        return record(TABLE["multiply"], self, other)

    def __truediv__(self, other: Operand) -> Value:
        return record(TABLE["divide"], self, other)

    def __pow__(self, other: Operand) -> Value:
        return record(TABLE["power"], self, other)

    def __neg__(self) -> Value:
        return record(TABLE["negate"], self)

    def __abs__(self) -> Value:
        return record(TABLE["abs"], self)

    # With a plain number on the left, 2 * v; v.tanh() and its like are added by `add_methods`.
    __radd__, __rsub__, __rmul__ = reflected("add"), reflected("subtract"), reflected("multiply")
    __rtruediv__, __rpow__ = reflected("divide"), reflected("power")

    def backward(self, gradient: Number = 1.0, retain_graph: bool = True) -> None:
        """The chain rule, from this node back to every leaf it was computed from.

        Adds the derivative of this node, times `gradient`, to the `grad` of every leaf: gradients
        of leaves add up over calls until they are zeroed. Gradients of the nodes between belong to
        this call. If something fails on the way, every leaf's `grad` is as it was before, and the
        error names the operation whose derivative does not exist.

        Each node is visited once, after all its consumers. Why the order matters: in
        `b = a + a; c = b + b`, b must have both contributions of c before it hands them on. A node
        that nothing arrived at hands nothing on: what `select` did not choose is left alone.
        `retain_graph` is PyTorch's, and changes nothing: a graph lives while it is referred to.

        >>> a = Value(3.0)
        >>> b = a + a
        >>> c = b + b
        >>> c.backward()
        >>> b.grad, a.grad
        (2.0, 4.0)
        """
        seed = to_float(gradient, "backward", "gradient")
        if self._operation is CONSTANT:
            return
        if isinstance(self._operation, Primitive) and self._operation.direct(self, seed):
            return  # a compiled sum or mean over examples: its gradients are known already
        inner, leaves = list[Value](), Leaves()
        or_undone(
            lambda: self._hand_on(topological_order(self)[::-1], seed, inner, leaves),
            lambda: take_back(inner, leaves),
        )

    def _hand_on(self, order: list[Value], seed: float, inner: list[Value], leaves: Leaves) -> None:
        """The pass itself; leaves are noted, with their gradients, before these change."""
        for node in order:
            kind = node._operation
            if kind.arity:
                inner.append(node)
                node.grad = NOTHING_YET  # -0.0: adds nothing, and tells what is not reached
            elif kind is not CONSTANT:
                leaves.append((node, node.grad))
                if kind is not LEAF:  # it has an assigned closure
                    inner.append(node)
                node.grad = 0.0
        self.grad = seed
        node = self
        try:
            for node in inner:
                if node.grad is NOTHING_YET:
                    node.grad = NOT_COMPUTED
                else:
                    node._operation.pull(node)
            for node, before in leaves:  # `p.grad = None`, PyTorch's habit, means zero too
                node.grad = node.grad if before is None else before + node.grad
            to_float(self.data, "backward")
        except FAILURES as error:
            take_back(inner, leaves)  # a gradient made with what is no number is none either
            raise_named(node._operation, node._prev, error, node)

    def forward(self) -> float:
        """Evaluate the recorded graph again, after the data of leaves changed; returns `data`.

        If an operation fails, all data is as it was before.

        >>> x = Value(2.0)
        >>> y = x * x
        >>> x.data = 5.0
        >>> y.forward()
        25.0
        """
        passes.forward(topological_order(self))
        return self.data


Number: TypeAlias = float  # and, when called, any real number: int, NumPy scalar, Fraction
Operand: TypeAlias = Value | Number
Leaves: TypeAlias = list[tuple[Value, float]]  # with the gradients that they had
new_value: Callable[[type[Value]], Value] = object.__new__


def record(operation: Operation, *operands: Operand, **options: Operand) -> Value:
    """Compute an operation and record it as a node; plain numbers become constants."""
    if Operation.generate is not None:  # by `eager`; what it generates takes this one's place
        return operation.function(*operands, **options)
    return apply(operation, operation.taken(operands, options))


def pull(node: Value) -> None:
    """Hand a node's gradient on to its operands: contribution = incoming * local derivative."""
    operands, functions = node._prev, node._operation.partials_on_floats
    for place, local_derivative in passes.partials(node, functions, numbers_of(node), node.data):
        operands[place].grad += node.grad * local_derivative()


def recompute(node: Value) -> None:
    """Compute a node's data again from that of its operands."""
    node.data = passes.evaluate(node._operation, numbers_of(node))


def apply(operation: Operation, operands: Sequence[Operand]) -> Value:
    """Record an operation whose operands are all there, whatever they are: the general way."""
    try:
        lifted = lift(operation, operands)
    except TypeError:
        if operation.variadic or not arrays.among(operands):
            raise
        return arrays.each(operation.record, operands)  # type: ignore[no-any-return]
    for name, other in operation.constant.items():  # x ** 2 is recorded as `constant_power`
        if lifted[operation.operand_names.index(name)]._is_constant():
            operation = TABLE[other]
    for value in lifted:
        if type(value) is not Value and (traced := value._traced(operation, lifted)) is not None:
            return traced
    data = passes.computed(operation, lifted)
    if all(v._operation is CONSTANT for v in lifted):
        return constant(data)
    node = new_value(Value)
    node.data = data
    node.grad, node._label, node.within = NOT_COMPUTED, "", here.scope
    node._operation = operation
    if operation.arity in (1, 2):
        node._a, node._b = (*lifted, None)[:2]
    else:
        node._a = lifted
    return node


def lift(operation: Operation, operands: Sequence[Operand]) -> tuple[Value, ...]:
    """The operands as Values: plain numbers become constants."""
    lifted = list(operands)
    for place, operand in enumerate(operands):
        if not isinstance(operand, Value):
            what = operation.name_of(place, len(operands))
            lifted[place] = constant(to_float(operand, operation.name, what))
    return tuple(lifted)  # type: ignore[arg-type]  # all are Values now


def constant(number: Number) -> Value:
    """A leaf that gets no gradient, as a plain number becomes where an operator meets it."""
    node = new_value(Value)
    node.data, node._operation = to_float(number, "constant"), CONSTANT
    node.grad, node._label, node.within = NOT_COMPUTED, "", None
    return node


def topological_order(*roots: Value) -> list[Value]:
    """Every node that the roots were computed from, and the roots: operands before consumers.

    The order in which a depth-first search finishes the nodes, the operands of each from left to
    right; found without recursion, so depth is not limited.

    >>> from tinygrad_neuron import Value
    >>> [v._op or v.label for v in topological_order(Value(1.0, label="x").exp().tanh())]
    ['x', 'exp', 'tanh']
    """
    for root in roots:
        if not isinstance(root, Value):
            raise TypeError(f"topological_order: a root must be a Value, got {not_a_value(root)}")
    order: list[Value] = []
    seen: set[Value] = set()
    stack: list[Value | None] = list(reversed(roots))
    pop, see, finished = stack.pop, seen.add, order.append
    while stack:
        node = pop()
        if node is None:  # all operands of the node below are in the order
            finished(pop())  # type: ignore[arg-type]  # below a None is always a node
        elif node not in seen:
            see(node)
            # Written out, not by `_prev`: this loop is a tenth of a training step.
            arity = node._operation.arity
            if arity == 2:
                first, second = node._a, node._b
                if first in seen and second in seen:  # both are in the order, as most are
                    finished(node)
                else:
                    stack += (node, None, second, first)
            elif arity == 1:
                stack += (node, None, node._a)
            elif arity == 0:
                finished(node)
            else:
                stack += (node, None)
                stack += reversed(node._a)
    return order


def plain() -> AbstractContextManager[None]:
    """Within it the functions of this file run, in every thread, for what `eager` generated."""
    return without_generated(Value, TABLE.values())


Operation.record = record
Operation.pull, Operation.recompute = staticmethod(pull), staticmethod(recompute)
for _entry in TABLE.values():
    add_methods(Value, _entry)
