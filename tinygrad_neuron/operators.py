"""What a `Value` has besides arithmetic: comparisons, refusals, micrograd's habits, copies.

Nothing here computes or differentiates: `engine` reads without it.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from operator import ge, gt, le, lt
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any, NoReturn

from .calculus.operation import Operation
from .calculus.primitive import CONSTANT, LEAF, Primitive
from .checking import described, listed, text, to_float
from .checking import shown as begun
from .copying import Linked, linked_in, slots
from .interruption import uninterrupted
from .notebook import Shown
from .public import UnknownName, unknown_option
from .reflexes import PYTORCH
from .scope import Scope
from .stored import FAILURES, raise_data_error

if TYPE_CHECKING:
    from .engine import Value

# The gradient of a node that no backward pass has reached: it reads 0.0, but is this very object.
NOT_COMPUTED = float("0.0")
# In a backward pass, that of an inner node that nothing has arrived at: -0.0 + x is x to the bit.
NOTHING_YET = float("-0.0")

# Up to Python 3.11 every attribute of a class that has `__getattr__` is read four times as slowly:
# there `Value` has it only where names are typed, at the prompt and in notebooks. In a program
# Python itself suggests the nearest name, and PyTorch's are told by `_Elsewhere`.
_ANSWERS = sys.version_info >= (3, 12) or hasattr(sys, "ps1")

_OPTIONS = {"data", "_children", "_op", "label"}  # of `Value`
_UNTOUCHED = {"grad": NOT_COMPUTED, "label": "", "within": None, "line": ""}  # no copy says it


class TracingState(threading.local):
    """Whether a function is being traced for compilation in this thread, and by what.

    `compiler` sets it. The engine asks only where plain numbers would otherwise be frozen into a
    trace: in comparisons, in `drawn`, and in a module's mode.
    """

    trace: Any = None


tracing = TracingState()


def take_back(inner: Iterable[Value], leaves: Iterable[tuple[Value, float]]) -> None:
    """After a backward pass that failed: no gradients between, those of the leaves as before."""
    with uninterrupted():
        for node in inner:
            node.grad = NOT_COMPUTED
        for node, before in leaves:
            node.grad = before


_NOT_A_NUMBER = (
    "{} of a Value would lose the graph: use .data for its number, or the recorded functions "
    "(tinygrad_neuron.exp, .log, .tanh, ...) in place of those of math"
)


class Habits(Shown, Linked):
    """The part of `Value` that does not compute; a mixin without slots of its own."""

    __slots__ = ()

    # What `Value` has slots for. Assigned data and gradients are stored as given.
    data: float
    grad: float
    label: str
    _label: str  # the same, without a look at what is assigned
    within: Scope | None
    line: str
    _operation: Any
    _a: Any
    _b: Any

    def __init_subclass__(cls) -> None:
        """From now on nothing but a text can be assigned to a `label`, and a `line` that was not
        noted reads "".

        What the package itself writes at every node goes past this, into the slot, `_label`.
        """
        own = vars(cls)
        label: Any = own.get("label")
        line: Any = own.get("line")

        def assign(value: Any, given: Any) -> None:
            label.__set__(value, text("Value", "label", given))

        def noted(value: Any) -> Any:
            try:
                return line.__get__(value)
            except AttributeError:
                return ""

        def without(value: Any) -> None:
            label.__set__(value, "")

        # A subclass may have properties of its own in their place.
        if isinstance(label, MemberDescriptorType):
            about = "The name for pictures and messages."
            cls._label = label  # type: ignore[assignment]
            cls.label = property(label.__get__, assign, without, about)  # type: ignore[assignment]
        if isinstance(line, MemberDescriptorType):
            about = "Where in the program it was recorded, if that is noted."
            cls.line = property(noted, line.__set__, line.__delete__, about)  # type: ignore[assignment]

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """`array * value`, `np.exp(value)`: the table's operations, element by element."""
        from .arrays import call  # only where there is NumPy

        return call(ufunc, method, inputs, options)

    if not TYPE_CHECKING:  # a checker would take what it returns for anything

        def __new__(cls, data: Any = 0.0, *arguments: Any, **options: Any) -> Any:
            if options and cls.__init__.__qualname__ == "Value.__init__":
                for name in options.keys() - _OPTIONS:
                    raise unknown_option("Value", name, ("data", "label"))
            passed = data._passed_through() if isinstance(data, Habits) else None
            return _begun(object.__new__(cls)) if passed is None else passed

    # Comparisons are of data; == and hash are of identity, as for any object.

    def __lt__(self, other: object) -> bool:
        return _compared(self, other, "<", lt)

    def __le__(self, other: object) -> bool:
        return _compared(self, other, "<=", le)

    def __gt__(self, other: object) -> bool:
        return _compared(self, other, ">", gt)

    def __ge__(self, other: object) -> bool:
        return _compared(self, other, ">=", ge)

    def detach(self) -> Any:
        """The number without its history: a constant, to which no gradient flows.

        For what shall not be trained through: the state that a truncated backpropagation through
        time starts from, a target computed by the model itself.

        >>> from tinygrad_neuron import Value
        >>> x = Value(3.0)
        >>> (x * x.detach()).backward()
        >>> x.grad
        3.0
        """
        if tracing.trace is not None:
            return tracing.trace.detached(self)
        made: Any = object.__new__(type(self))
        made.data, made._operation = self.data, CONSTANT
        made.grad, made._label, made.within = NOT_COMPUTED, "", None
        return made

    # PyTorch's habits; those that have another form here are in `reflexes`

    def item(self) -> float:
        """The number itself, `data`.

        >>> from tinygrad_neuron import Value
        >>> (Value(2.0) * 3.0).item()
        6.0
        """
        return self.data

    @property
    def requires_grad(self) -> bool:
        """Whether a gradient flows through it: not through plain numbers and what is detached.

        >>> from tinygrad_neuron import Value
        >>> (Value(2.0) * 3.0).requires_grad, Value(2.0).detach().requires_grad
        (True, False)
        """
        return not self._is_constant()

    @requires_grad.setter
    def requires_grad(self, wanted: NoReturn) -> None:
        raise AttributeError(
            "requires_grad of a Value cannot be assigned: what shall not learn is left out of the "
            "list that the optimiser gets, or is made a constant by v.detach()"
        )

    # Refusals. Type checkers do not see them, and so refuse float(v), math.exp(v) and f"{v:.2f}".

    if not TYPE_CHECKING:

        def __float__(self) -> float:
            raise TypeError(_NOT_A_NUMBER.format("float()"))

        def __int__(self) -> int:
            raise TypeError(_NOT_A_NUMBER.format("int()"))

        def __round__(self, digits: int | None = None) -> float:
            raise TypeError(_NOT_A_NUMBER.format("round()"))

        def __index__(self) -> int:
            raise TypeError("a Value cannot be an index: use select(values, index), or .data")

        def __format__(self, specification: str) -> str:
            if specification:
                raise TypeError(
                    "a Value is not a number: format its number, as in "
                    f"f'{{v.data:{specification}}}'"
                )
            return str(self)

    # micrograd's habits

    @property
    def _prev(self) -> tuple[Any, ...]:
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

    def _set_by_hand(self, children: Iterable[object], symbol: str) -> None:
        """Make this the node of `Value(data, children, symbol)`, whose derivative is a closure."""
        if type(self).__new__ is not Habits.__new__:
            _begun(self)
        operands = tuple(listed("Value", "_children", children, "a tuple of Values"))
        symbol = text("Value", "_op", symbol)
        for child in operands:
            if not isinstance(child, Habits):
                raise TypeError(f"Value: a child must be a Value, got {described(child)}")
        self._operation = LEAF
        if operands or symbol:
            self._operation = Primitive("made by hand", symbol, -1 if operands else 0)
            if operands:
                self._a = operands

    @property
    def scope(self) -> Scope | None:
        """The place in the model, or the named block, that the node belongs to; None for none.

        `within` says which call of a module it was recorded in.

        >>> from tinygrad_neuron import nn
        >>> nn.MLP(2, [3, 1]).layers[0].neurons[2].b.scope.name
        'neurons[2]'
        """
        within = self.within
        return None if within is None else within.place

    @scope.setter
    def scope(self, scope: Scope | None) -> None:
        self.within = scope  # type: ignore[misc]  # Value has the slot

    # What is not there

    if not TYPE_CHECKING and _ANSWERS:  # a checker would take any name

        def __getattr__(self, name: str) -> Any:
            if name in ("data", "grad"):
                raise AttributeError(
                    f"a Value's {name} was deleted; assign a number: v.{name} = 0.5"
                )
            raise UnknownName("a Value", "Value", lambda: dir(type(self)), name)

    if not _ANSWERS:

        def __dir__(self) -> Iterable[str]:
            theirs = PYTORCH["Value"]
            return (k for k in super().__dir__() if k not in theirs or hasattr(self, k))

    # What a node shows and keeps

    def _links(self) -> Iterable[Any]:
        within = () if self.within is None else (self.within,)
        return (*self._prev, *within, *linked_in(self.__dict__))

    def _state(self) -> dict[str, Any]:
        """Only what was given, so that "not computed yet" stays so in a copy."""
        state = super()._state()
        for name, nothing in _UNTOUCHED.items():
            if state.get(name, state) is nothing:
                del state[name]
        return state

    def _take(self, state: dict[str, Any]) -> None:
        kind: Any = type(self)
        slots(kind)["grad"].__set__(self, NOT_COMPUTED)  # past a property of a subclass
        super(Habits, _begun(self))._take(state)

    def __repr__(self) -> str:
        gradient = self.grad
        shown = f"data={self.data}"
        if gradient is not NOT_COMPUTED:
            shown += f", grad={gradient}"
        if self.label:
            shown += f", label={begun(self.label)}"
        return f"Value({shown})"

    def _passed_through(self) -> Any:
        """What Value(self) gives, where that is not an error: see `compiler.tracing`."""
        return None

    def _traced(self, operation: Operation, operands: tuple[Any, ...]) -> Value | None:
        """The node of an operation with this operand while tracing: see `compiler.tracing`."""
        return None

    def _is_constant(self) -> bool:
        """Whether no gradient flows through this node."""
        return self._operation is CONSTANT


_set: Callable[[Any, str, Any], None] = object.__setattr__


def _begun(value: Any) -> Any:
    """The same, without a name and outside of all scopes; before `__init__`, for a subclass may
    give it these there, and past what that has in their place."""
    _set(value, "_label", "")
    _set(value, "within", None)
    return value


class _Elsewhere:
    """One of PyTorch's names that a Value has not: where it is asked for, what to write is told.

    A subclass may have it from another of its bases, which comes after this one.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, value: Any, kind: Any) -> Any:
        try:
            return getattr(super(Habits, kind if value is None else value), self.name)
        except AttributeError:
            pass
        raise UnknownName("a Value", "Value", lambda: dir(kind), self.name)


if not _ANSWERS:
    for _name in PYTORCH["Value"]:
        setattr(Habits, _name, _Elsewhere(_name))


def stored_gradient(node: Habits) -> float | None:
    """The gradient of a node, or None where no backward pass has reached it."""
    return None if node.grad is NOT_COMPUTED else node.grad


def forget_gradient(node: Habits) -> None:
    """Back to "not computed yet", which reads 0.0."""
    node.grad = NOT_COMPUTED  # type: ignore[misc]  # Value has the slot


@contextmanager
def gradients_kept(nodes: Iterable[Habits]) -> Iterator[None]:
    """Within it no gradient of these nodes is computed yet; afterwards each is as it was."""
    before = [(node, node.grad) for node in nodes]
    try:
        for node, _ in before:
            forget_gradient(node)  # a leaf would add to what it has
        yield
    finally:
        with uninterrupted():
            for node, gradient in before:
                node.grad = gradient  # type: ignore[misc]  # Value has the slot


def add_methods(kind: type, operation: Operation) -> None:
    """Give Value an operation's methods: under its name, and where it has one, under its operator.

    The operators themselves stand written out in `engine`.
    """

    def method(*operands: Any, **options: Any) -> Any:
        return operation.record(*operands, **options)

    method.__name__, method.__qualname__ = operation.name, f"Value.{operation.name}"
    method.__doc__ = operation.summary
    names = []
    if not operation.variadic and not hasattr(kind, operation.name):
        names.append(operation.name)
        setattr(kind, operation.name, method)
    if operation.operator:
        names.append(f"__{operation.operator}__")
        if len(operation.operands) == 2:
            names.append(f"__r{operation.operator}__")
    operation.methods = {name: vars(kind)[name] for name in names}


@contextmanager
def without_generated(kind: type, operations: Iterable[Operation]) -> Iterator[None]:
    """Put aside, within it, what `eager` generated of these operations: see `engine.plain`."""
    aside = []
    generate, Operation.generate = Operation.generate, None
    for operation in operations:
        names = vars(operation).keys() & {"function", "pull", "recompute"}
        generated = {name: vars(operation).pop(name) for name in names}
        methods = {name: vars(kind)[name] for name in operation.methods}
        aside.append((operation, generated, methods))
        for name, method in operation.methods.items():
            setattr(kind, name, method)
    try:
        yield
    finally:
        Operation.generate = generate
        for operation, generated, methods in aside:
            vars(operation).update(generated)
            for name, method in methods.items():
                setattr(kind, name, method)


def _compared(
    value: Any, other: object, operator: str, compare: Callable[[float, float], bool]
) -> bool:
    """How the numbers compare."""
    if tracing.trace is not None:
        tracing.trace.refuse_comparison(value, other, operator)
    number = to_float(other, operator, "right operand") if not isinstance(other, Habits) else None
    try:
        return compare(value.data, other.data if number is None else number)  # type: ignore[attr-defined]  # it is a Value then
    except FAILURES as error:
        raise_data_error(operator, [value, other], error)
