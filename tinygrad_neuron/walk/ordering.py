"""In which order the forward pass is told: the program's where its lines are known, else by layer.

The engine's own order goes to and fro between layers, as it came upon the nodes; the numbers are
the same in each order in which operands come before what is computed from them.
"""

import re
from collections.abc import Callable, Sequence

from ..engine import Value
from ..scope import Scope

_LINE = re.compile(r"(.*?):(\d+)(?:: |$)")


def reading_order(order: Sequence[Value]) -> list[Value]:
    """The nodes in the order in which a reader follows them.

    By source line, where every computed node has one in the same file; else scope by scope, each
    where its first node can be computed, and by depth within it; else as they come.

    >>> w, x = Value(2.0, label="w"), Value(3.0, label="x")
    >>> y = (w * x).tanh() + (w + x)
    >>> [node._operation.name for node in reading_order([w, x, *y._prev[0]._prev, *y._prev, y])[2:]]
    ['multiply', 'add', 'tanh', 'add']
    """
    places = [_place(node) for node in order if node._prev]
    if all(line for _, line in places) and len({file for file, _ in places}) == 1:
        found = _sorted(order, lambda node, _: _place(node)[1])
        if found is not None:
            return found
    depth: dict[Value, int] = {}
    first: dict[Scope, tuple[int, int]] = {}
    for i, node in enumerate(order):
        depth[node] = 1 + max((depth[operand] for operand in node._prev), default=-1)
        for scope in node.scope.path if node.scope is not None and node._prev else ():
            first[scope] = min(first.get(scope, (depth[node], i)), (depth[node], i))

    def key(node: Value, i: int) -> "tuple[tuple[int, int], ...]":
        around = node.scope.path if node.scope is not None and node._prev else ()
        return (*(first[scope] for scope in around), (depth[node], i))

    return _sorted(order, key) or list(order)


def _place(node: Value) -> tuple[str, int]:
    match = _LINE.match(node.line)
    return (match[1], int(match[2])) if match else ("", 0)


def _sorted(order: Sequence[Value], key: "Callable[[Value, int], object]") -> "list[Value] | None":
    """Sorted by a key, leaves first; None where something would come before its operands."""
    numbered = [(node, key(node, i) if node._prev else None) for i, node in enumerate(order)]
    leaves = [node for node, _ in numbered if not node._prev]
    computed = [pair for pair in numbered if pair[0]._prev]
    computed.sort(key=lambda pair: pair[1])  # type: ignore[arg-type, return-value]  # comparable
    found = [*leaves, *(node for node, _ in computed)]
    known: set[Value] = set()
    for node in found:
        if not known.issuperset(node._prev):
            return None
        known.add(node)
    return found
