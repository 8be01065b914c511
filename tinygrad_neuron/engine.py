"""`Value`: one number and the record of how it was computed.

Arithmetic on Values records a computation graph. A node is a plain record: an operation of the
table, its data, its ordered operands. `backward()` goes through the graph once, from the result to
the leaves, and hands every node's gradient on to its operands:

    contribution = incoming gradient * local derivative

The operators and methods that record, hand on and recompute are generated in `eager`, once per
operation, from the table in `calculus.table`.
"""

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

from .calculus.operation import Operation
from .checking import described, to_float
from .scope import Scope


class Primitive:
    """What stands in the place of an operation where there is none: a leaf, or a node made by hand.

    A closure that the user assigned to `_backward` lives here, so that other nodes need no room for
    one: `pull` calls it.
    """

    __slots__ = ("name", "symbol", "arity", "closure")

    def __init__(
        self, name: str, symbol: str, arity: int, closure: Callable[[], object] | None = None
    ) -> None:
        self.name, self.symbol, self.arity, self.closure = name, symbol, arity, closure

    def __repr__(self) -> str:
        return f"<{self.name}>"

    def __reduce__(self) -> tuple[Callable[..., "Primitive"], tuple[object, ...]]:
        return _restore, (self.name, self.symbol, self.arity, self.closure)

    def pull(self, node: "Value") -> None:
        if self.closure is not None:
            self.closure()

    def direct(self, node: "Value", seed: float) -> bool:
        """Do all that `backward(seed)` on the node has to do, if there is a shorter way."""
        return False


def _restore(name: str, symbol: str, arity: int, closure: Callable[[], object] | None) -> Primitive:
    known = {"leaf": LEAF, "constant": CONSTANT}
    return known.get(name) or Primitive(name, symbol, arity, closure)


class TracingState(threading.local):
    """Whether a function is being traced for compilation in this thread, and by what.

    `compiler` sets it. The engine asks only where plain numbers would otherwise be frozen into a
    trace: in comparisons, in `drawn`, and in a module's mode.
    """

    trace: Any = None


tracing = TracingState()

# The gradient of a node that no backward pass has reached: it reads 0.0, but is this very object.
NOT_COMPUTED = float("0.0")

LEAF = Primitive("leaf", "", 0)
CONSTANT = Primitive("constant", "", 0)


class Value:
    """One number in a computation graph.

    **Arguments:**

    - `data`: the number; ints, NumPy scalars and the like become a float.
    - `_children`, `_op`: the operands and the symbol of a node made by hand, as in micrograd; its
      derivative is a closure assigned to `_backward`.
    - `label`: a name for pictures and messages.

    **Attributes:** `data` and `grad` may be assigned and are stored as given. `grad` reads 0.0
    until a backward pass has reached the node. `_prev` is the tuple of operands, `_op` the symbol.
    Other attributes can be added (`p.momentum = 0.0`).

    Raises a `TypeError` for what is not a real number.

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
        "scope",
        "line",
        "_operation",
        "_a",  # the only or the first operand, or the tuple of all where there are not one or two
        "_b",
        "__dict__",
        "__weakref__",
    )
    # NumPy's scalars and arrays leave `array * value` to `Value.__rmul__`.
    __array_ufunc__ = None

    # Typed: assigned data and gradients are stored as given, so these are what is usual.
    data: float
    grad: float
    label: str
    scope: Scope | None
    line: str
    _operation: Any
    _a: Any
    _b: Any

    def __new__(cls, data: Any = 0.0, *arguments: Any, **options: Any) -> "Value":
        if isinstance(data, Value) and (passed := data._passed_through()) is not None:
            return passed
        return object.__new__(cls)

    def _passed_through(self) -> "Value | None":
        """What Value(self) gives, where that is not an error: see `compiler.tracing`."""
        return None

    def __init__(
        self,
        data: "Number",
        _children: Iterable["Value"] = (),
        _op: str = "",
        label: str = "",
    ) -> None:
        if isinstance(data, Value) and data._passed_through() is not None:  # done by __new__
            self.label = label or self.label
            return
        self.data = to_float(data, "Value")
        self.grad = NOT_COMPUTED
        children = tuple(_children)
        for child in children:
            if not isinstance(child, Value):
                raise TypeError(f"Value: a child must be a Value, got {described(child)}")
        if children or _op:
            self._operation = Primitive("made by hand", _op, -1 if children else 0)
        else:
            self._operation = LEAF
        if children:
            self._a = children
        if label:
            self.label = label

    def __getattr__(self, name: str) -> Any:
        # Asked only for what is not set: these slots are left empty to save time and room.
        if name in _UNSET:
            return _UNSET[name]
        raise AttributeError(f"a Value has no attribute {name!r}")

    def __getstate__(self) -> dict[str, Any]:
        """What a copy or a pickle holds: only what is set, so that "not computed yet" stays so."""
        state = dict(self.__dict__)
        for name in Value.__slots__[:-2]:
            try:
                state[name] = Value.__dict__[name].__get__(self)
            except AttributeError:
                pass
        if state.get("grad") is NOT_COMPUTED:
            del state["grad"]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)

    @property
    def _prev(self) -> tuple["Value", ...]:
        """The operands, in order; an operand used twice stands there twice."""
        arity = self._operation.arity
        if arity == 2:
            return (self._a, self._b)
        if arity == 1:
            return (self._a,)
        return self._a if arity else ()

    @property
    def _op(self) -> str:
        """The symbol of the operation that made this node; empty for a leaf."""
        symbol: str = self._operation.symbol
        return symbol

    @property
    def _backward(self) -> Callable[[], None]:
        """A call hands this node's gradient on to its operands. A function of one's own may be
        assigned; it then runs in `backward()`."""
        operation = self._operation
        return lambda: operation.pull(self)

    @_backward.setter
    def _backward(self, closure: Callable[[], object]) -> None:
        arity: int = self._operation.arity
        self._operation = Primitive("made by hand", self._op, arity, closure)

    def backward(self, gradient: "Number" = 1.0) -> None:
        """The chain rule, from this node back to every leaf it was computed from.

        Adds the derivative of this node, times `gradient`, to the `grad` of every leaf: gradients
        of leaves add up over calls until they are zeroed. Gradients of the nodes between belong to
        this call. If something fails on the way, every leaf's `grad` is as it was before.

        Each node is visited once, after all its consumers. Why the order matters: in
        `b = a + a; c = b + b`, b must have both contributions of c before it hands them on.

        >>> a = Value(3.0)
        >>> b = a + a
        >>> c = b + b
        >>> c.backward()
        >>> b.grad, a.grad
        (2.0, 4.0)

        Raises a `ValueError`, `ZeroDivisionError` or `OverflowError` that names the operation where
        a derivative does not exist.
        """
        seed = to_float(gradient, "backward", "gradient")
        if self._operation is CONSTANT:
            return
        if isinstance(self._operation, Primitive) and self._operation.direct(self, seed):
            return
        order = topological_order(self)
        order.reverse()
        inner: list[Value] = []
        leaves: list[tuple[Value, float]] = []
        node = self
        try:
            for node in order:
                kind = node._operation
                if kind is CONSTANT:
                    continue
                if kind.arity == 0:
                    leaves.append((node, node.grad))
                if kind is not LEAF:  # a leaf may have an assigned closure
                    inner.append(node)
                node.grad = 0.0
            self.grad = seed
            for node in inner:
                node._operation.pull(node)
            for node, before in leaves:
                # PyTorch's habit `p.grad = None` means zero too.
                node.grad = node.grad if before is None else before + node.grad
        except BaseException as error:
            for other in inner:
                other.grad = NOT_COMPUTED
            for leaf, before in leaves:
                leaf.grad = before
            if isinstance(node._operation, Operation) and isinstance(error, DOMAIN_ERRORS):
                raise operation_error(node, error, derivative=True) from None
            raise

    def forward(self) -> float:
        """Evaluate the recorded graph again, after the data of leaves changed; returns `data`.

        If an operation fails, all data is as it was before.

        >>> x = Value(2.0)
        >>> y = x * x
        >>> x.data = 5.0
        >>> y.forward()
        25.0
        """
        order = topological_order(self)
        for node in order:
            refuse_made_by_hand(node, "forward()")
        order = [node for node in order if node._operation.arity != 0]
        before = [node.data for node in order]
        node = self
        try:
            for node in order:
                node._operation.recompute(node)
        except BaseException as error:
            for node_before, data in zip(order, before, strict=True):
                node_before.data = data
            if isinstance(error, DOMAIN_ERRORS):
                raise operation_error(node, error) from None
            raise
        return self.data

    def _is_constant(self) -> bool:
        """Whether no gradient flows through this node."""
        return self._operation is CONSTANT

    def _record(self, operation: Operation, operands: tuple["Value", ...]) -> "Value":
        """Record an operation with an operand of a subclass of Value, which may override this."""
        try:
            if operation.variadic and operation.chosen:
                data = operation.on_floats([v.data for v in operands[:-1]], operands[-1].data)
            elif operation.variadic:
                data = operation.on_floats([v.data for v in operands])
            else:
                data = operation.on_floats(*(v.data for v in operands))
        except DOMAIN_ERRORS as error:
            raise operation.error(
                error, [v.data for v in operands], [v.label for v in operands]
            ) from None
        return make_node(operation, operands, data)

    # Comparisons are of data; == and hash are of identity, as for any object.

    def __lt__(self, other: "Operand") -> bool:
        number = _compared(self, other, "<")
        return self.data < number

    def __le__(self, other: "Operand") -> bool:
        number = _compared(self, other, "<=")
        return self.data <= number

    def __gt__(self, other: "Operand") -> bool:
        number = _compared(self, other, ">")
        return self.data > number

    def __ge__(self, other: "Operand") -> bool:
        number = _compared(self, other, ">=")
        return self.data >= number

    def __float__(self) -> float:
        raise TypeError(_NOT_A_NUMBER.format("float()"))

    def __int__(self) -> int:
        raise TypeError(_NOT_A_NUMBER.format("int()"))

    def __index__(self) -> int:
        raise TypeError("a Value cannot be an index: use select(values, index), or .data")

    def __round__(self, digits: int | None = None) -> float:
        raise TypeError(_NOT_A_NUMBER.format("round()"))

    def __format__(self, specification: str) -> str:
        if specification:
            raise TypeError(_NOT_A_NUMBER.format("a number format"))
        return str(self)

    def __repr__(self) -> str:
        gradient = stored_gradient(self)
        shown = f"data={self.data}"
        if gradient is not None:
            shown += f", grad={gradient}"
        if self.label:
            shown += f", label={self.label!r}"
        return f"Value({shown})"

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
    ) -> dict[str, str]:
        """In a notebook a Value shows the graph it was computed from."""
        from . import notebook as display
        from .draw import draw_dot

        return display.mimebundle(self, lambda: draw_dot(self), include, exclude)

    if TYPE_CHECKING:  # generated from the table in `eager`

        def __add__(self, other: "Operand") -> "Value": ...
        def __radd__(self, other: "Operand") -> "Value": ...
        def __sub__(self, other: "Operand") -> "Value": ...
        def __rsub__(self, other: "Operand") -> "Value": ...
        def __mul__(self, other: "Operand") -> "Value": ...
        def __rmul__(self, other: "Operand") -> "Value": ...
        def __truediv__(self, other: "Operand") -> "Value": ...
        def __rtruediv__(self, other: "Operand") -> "Value": ...
        def __pow__(self, other: "Operand") -> "Value": ...
        def __rpow__(self, other: "Operand") -> "Value": ...
        def __neg__(self) -> "Value": ...
        def __abs__(self) -> "Value": ...
        def add(self, b: "Operand") -> "Value": ...
        def subtract(self, b: "Operand") -> "Value": ...
        def multiply(self, b: "Operand") -> "Value": ...
        def divide(self, b: "Operand") -> "Value": ...
        def power(self, b: "Operand") -> "Value": ...
        def constant_power(self, b: "Operand") -> "Value": ...
        def negate(self) -> "Value": ...
        def exp(self) -> "Value": ...
        def expm1(self) -> "Value": ...
        def log(self) -> "Value": ...
        def sqrt(self) -> "Value": ...
        def sin(self) -> "Value": ...
        def cos(self) -> "Value": ...
        def erf(self) -> "Value": ...
        def abs(self) -> "Value": ...
        def sign(self) -> "Value": ...
        def step(self) -> "Value": ...
        def share(self, b: "Operand") -> "Value": ...
        def maximum(self, b: "Operand") -> "Value": ...
        def minimum(self, b: "Operand") -> "Value": ...
        def identity(self) -> "Value": ...
        def sigmoid(self) -> "Value": ...
        def tanh(self) -> "Value": ...
        def relu(self) -> "Value": ...
        def leaky_relu(self, slope: "Operand" = 0.01) -> "Value": ...
        def elu(self, alpha: "Operand" = 1.0) -> "Value": ...
        def selu(self) -> "Value": ...
        def softplus(self) -> "Value": ...
        def softsign(self) -> "Value": ...
        def swish(self, beta: "Operand" = 1.0) -> "Value": ...
        def gelu(self) -> "Value": ...
        def gelu_tanh(self) -> "Value": ...
        def mish(self) -> "Value": ...
        def hard_sigmoid(self) -> "Value": ...
        def hard_tanh(self) -> "Value": ...


Number: TypeAlias = float  # and, when called, any real number: int, NumPy scalar, Fraction
Operand: TypeAlias = Value | Number

_UNSET = {"grad": NOT_COMPUTED, "label": "", "scope": None, "line": "", "_a": (), "_b": None}
_NOT_A_NUMBER = (
    "{} of a Value would lose the graph: use .data for its number, or the recorded functions "
    "(tinygrad_neuron.exp, .log, .tanh, ...) in place of those of math"
)
DOMAIN_ERRORS = (ArithmeticError, ValueError, IndexError)
new_value: Callable[[type[Value]], Value] = object.__new__


def constant(number: "Number") -> Value:
    """A leaf that gets no gradient, as a plain number becomes where an operator meets it.

    >>> constant(2)
    Value(data=2.0)
    """
    node = new_value(Value)
    node.data = to_float(number, "constant")
    node._operation = CONSTANT
    return node


def is_constant(node: Value) -> bool:
    """Whether a node gets no gradient: a plain number met by an operator, or computed from such."""
    return node._operation is CONSTANT


def stored_gradient(node: Value) -> float | None:
    """The gradient of a node, or None where no backward pass has reached it."""
    gradient = node.grad
    return None if gradient is NOT_COMPUTED else gradient


def forget_gradient(node: Value) -> None:
    """Back to "not computed yet", which reads 0.0."""
    node.grad = NOT_COMPUTED


def topological_order(*roots: Value) -> list[Value]:
    """Every node that the roots were computed from, and the roots: operands before consumers.

    The order in which a depth-first search finishes the nodes, the operands of each from left to
    right; found without recursion, so depth is not limited.

    >>> x = Value(1.0, label="x")
    >>> [node._op or node.label for node in topological_order((x + x).tanh())]
    ['x', '+', 'tanh']
    """
    order: list[Value] = []
    finished = order.append
    seen: set[Value] = set()
    see = seen.add
    stack: list[Value | None] = list(reversed(roots))
    push, pop = stack.append, stack.pop
    while stack:
        node = pop()
        if node is None:  # all operands of the node below are in the order
            finished(pop())  # type: ignore[arg-type]  # below a None is always a node
            continue
        if node in seen:
            continue
        see(node)
        arity = node._operation.arity
        if arity == 0:
            finished(node)
            continue
        push(node)
        push(None)
        if arity == 2:
            operand = node._b
            if operand not in seen:
                push(operand)
            operand = node._a
            if operand not in seen:
                push(operand)
        elif arity == 1:
            operand = node._a
            if operand not in seen:
                push(operand)
        else:
            for operand in reversed(node._a):
                if operand not in seen:
                    push(operand)
    return order


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


def operation_error(node: Value, error: Exception, derivative: bool = False) -> Exception:
    """The error of a node's operation, naming its operands' values and labels."""
    operands = node._prev
    made: Exception = node._operation.error(
        error, [v.data for v in operands], [v.label for v in operands], derivative
    )
    return made


def make_node(operation: Operation, operands: tuple[Value, ...], data: float) -> Value:
    """A node with given data; a constant, if all its operands are constants."""
    if all(v._operation is CONSTANT for v in operands):
        return constant(data)
    node = new_value(Value)
    node.data = data
    node._operation = operation
    if operation.arity == 1:
        node._a = operands[0]
    elif operation.arity == 2:
        node._a, node._b = operands
    else:
        node._a = operands
    return node


def _compared(value: Value, other: object, operator: str) -> float:
    if tracing.trace is not None:
        tracing.trace.refuse_comparison(value, other, operator)
    return other.data if isinstance(other, Value) else to_float(other, operator, "right operand")


def drawn(draw: Callable[[], float]) -> Value:
    """A constant whose number comes from a call: fresh at each call of a compiled function too.

    For what is random at each pass, as dropout's mask.

    >>> drawn(lambda: 2.0)
    Value(data=2.0)
    """
    if tracing.trace is not None:
        made: Value = tracing.trace.drawn(draw)
        return made
    return constant(draw())
