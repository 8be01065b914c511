"""What stands in the place of an operation where there is none: leaves, nodes made by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..engine import Value


class Primitive:
    """A node's operation that is not in the table: `LEAF`, `CONSTANT`, or one made by hand.

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

    def __reduce__(self) -> tuple[Callable[..., Primitive], tuple[object, ...]]:
        return _restore, (self.name, self.symbol, self.arity, self.closure)

    def pull(self, node: Value) -> None:
        """Hand the node's gradient on to its operands, as far as a closure does."""
        if self.closure is not None:
            self.closure()

    def direct(self, node: Value, seed: float) -> bool:
        """Do all that `backward(seed)` on the node has to do, if there is a shorter way."""
        return False


LEAF = Primitive("leaf", "", 0)
CONSTANT = Primitive("constant", "", 0)


def _restore(name: str, symbol: str, arity: int, closure: Callable[[], object] | None) -> Primitive:
    """A copied or pickled leaf keeps the one `LEAF`, which the engine knows by identity."""
    known = {"leaf": LEAF, "constant": CONSTANT}
    return known.get(name) or Primitive(name, symbol, arity, closure)
