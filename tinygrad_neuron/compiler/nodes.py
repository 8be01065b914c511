"""The nodes that a compiled function returns: their gradients come from generated code."""

from collections.abc import Callable
from typing import NoReturn

from ..calculus.primitive import CONSTANT, LEAF, Primitive
from ..engine import Value, new_value
from ..interruption import uninterrupted
from ..operators import NOT_COMPUTED, take_back
from ..stored import FAILURES, raise_data_error


class Call(Primitive):
    """The operation of a node that a compiled function returned: hands its gradient to the
    leaves."""

    __slots__ = ("pull_back",)

    def __init__(self, symbol: str, pull_back: Callable[[Value], None]) -> None:
        super().__init__("compiled", symbol, -1)
        self.pull_back = pull_back

    def pull(self, node: Value) -> None:
        self.pull_back(node)

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "the result of a compiled function cannot be copied or pickled: its gradients reach "
            "the model that it came from; copy the model, and call the function again"
        )


class Total(Primitive):
    """The operation of a node whose gradients are known already, for a gradient of 1 arriving."""

    __slots__ = ("gradients",)

    def __init__(self, symbol: str, gradients: list[float]) -> None:
        super().__init__("compiled", symbol, -1)
        self.gradients = gradients

    def pull(self, node: Value) -> None:
        arriving = node.grad
        for parent, gradient in zip(node._a, self.gradients, strict=True):
            parent.grad += arriving * gradient

    def direct(self, node: Value, seed: float) -> bool:
        """To leaves the gradients are handed at once."""
        before = []
        for parent in node._a:
            if parent._operation is not LEAF:
                return False
            before.append((parent, parent.grad))
        try:
            try:
                for parent, gradient in zip(node._a, self.gradients, strict=True):
                    parent.grad = (parent.grad or 0.0) + seed * gradient
                node.grad = seed
            except BaseException:
                take_back([node], before)
                raise
        except BaseException:
            with uninterrupted():  # again: a second Ctrl-C may have come while it was taken back
                take_back([node], before)
            raise
        return True

    def __reduce__(self) -> tuple[type["Total"], tuple[str, list[float]]]:
        return Total, (self.symbol, self.gradients)


def make_node(call: Primitive, parents: tuple[Value, ...], data: float) -> Value:
    node = new_value(Value)
    try:
        node.data = float(data)
    except FAILURES as error:
        raise_data_error(call.symbol, parents, error)
    node.grad, node._label, node.within = NOT_COMPUTED, "", None
    node._operation = call if parents else CONSTANT
    node._a = parents
    return node


def arrival(title: str, arrived: dict[int, float], k: int) -> Call:
    def arrive(node: Value) -> None:
        if node._a:
            (behind,) = node._a
            if not behind.grad:  # the first to arrive in this pass
                arrived.clear()
                behind.grad = 1.0
            arrived[k] = node.grad

    return Call(title, arrive)
