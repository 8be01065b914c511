"""What "dead" and "saturated" mean and what helps: said once for pictures, pages, diagnoses."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .calculus.operation import Operation
from .engine import Value
from .passes import DOMAIN_ERRORS, is_constant, slopes
from .scope import Scope

SATURATED = 0.01  # a local derivative below it counts as nearly flat
MOSTLY = 0.9  # a unit is saturated where it is nearly flat on so many of the examples

HELP = {
    "dead": "A leaky_relu, another bias or a smaller learning rate keeps a gradient alive.",
    "inactive": "Nothing is wrong: for other examples it may pass.",
    "saturated": "Smaller weights or scaled inputs bring it back to where it is steep.",
    "vanishing": "Fewer saturating activations, a better initialisation or a shorter way helps.",
    "exploding": "Smaller weights, a better initialisation or clipping the gradient helps.",
    "failing": "Its operands have to be numbers that the operation is defined for.",
    "nan": "What is computed from it is NaN too: mend this one first.",
    "infinity": "Smaller weights, scaled inputs or a smaller learning rate keep it finite.",
}


def can_be_flat(node: Value) -> bool:
    """Whether a node's operation is one that can be dead or saturated.

    Step and sign cannot: their derivative is 0 everywhere, whatever arrives.

    >>> one = Value(1.0)
    >>> can_be_flat(one.relu()), can_be_flat(one.step()), can_be_flat(one + 1.0)
    (True, False, False)
    """
    operation = node._operation
    return (
        isinstance(operation, Operation)
        and (operation.activation or operation.flat)
        and any(partial != "0" for partial in operation.partials)
    )


def goes_from_0_to_1(node: Value) -> bool:
    """Whether a node's operation is an activation between 0 and 1, as a probability is.

    >>> one = Value(1.0)
    >>> goes_from_0_to_1(one.sigmoid()), goes_from_0_to_1(one.tanh()), goes_from_0_to_1(one.relu())
    (True, False, False)
    """
    operation = node._operation
    if not (isinstance(operation, Operation) and operation.activation) or operation.variadic:
        return False
    try:
        least, most = (operation.on_floats(x, *operation.defaults) for x in (-40.0, 40.0))
    except (*DOMAIN_ERRORS, TypeError):  # not defined there; an activation of several operands
        return False
    return abs(least) < 1e-9 and abs(most - 1.0) < 1e-9


def has_flat_parts(node: Value) -> bool:
    """Whether a node's operation is exactly flat in parts, as relu; sigmoid is so by rounding only.

    >>> has_flat_parts(Value(-2.0).relu()), has_flat_parts(Value(800.0).sigmoid())
    (True, False)
    """
    operation = node._operation
    return isinstance(operation, Operation) and any(map(_PIECES.search, operation.partials))


_PIECES = re.compile(r"\b(step|share|sign|minimum|maximum)\(")  # what selects in a partial


def steepest(node: Value) -> tuple[float, Value] | None:
    """The largest local derivative of a node, without its sign, and the operand that it is for.

    At 0 a node with flat parts passes nothing on, below `SATURATED` it is saturated. None where
    there is no local derivative.

    >>> steepest(Value(-2.0).relu())
    (0.0, Value(data=-2.0))
    """
    known = [
        (abs(slope), operand)
        for slope, operand in zip(slopes(node), node._prev, strict=True)
        if slope is not None
    ]
    return max(known, key=lambda pair: pair[0], default=None)


def condition(slopes: Iterable[float]) -> str:
    """What a unit is over some examples, by the sizes of its local derivatives: "dead", where each
    is 0, "saturated", where most are nearly 0, or "".

    >>> condition([0.0, 0.0]), condition([0.0, 0.001]), condition([0.0, 0.5])
    ('dead', 'saturated', '')
    """
    sizes = list(slopes)
    if not any(sizes):
        return "dead"
    flat = sum(size < SATURATED for size in sizes)
    return "saturated" if flat >= MOSTLY * len(sizes) else ""


def units_of(nodes: Iterable[Value]) -> list[list[Value]]:
    """The nodes that can be flat, those of one unit of a module together: one for each example.

    In each call of its module (of each example, of each time step) a unit is the activation with
    the same number. Outside of modules it is one with the same weights and the same bias; where
    that cannot be told, each is a unit by itself.

    >>> from tinygrad_neuron.nn import Neuron  # each call is one example
    >>> neuron = Neuron(1, activation="relu", seed=0)
    >>> y = neuron([1.0]) + neuron([2.0]) + Value(3.0).relu()
    >>> [len(unit) for unit in units_of([*y._prev[0]._prev, y._prev[1]])]
    [2, 1]
    >>> w, b = Value(0.5), Value(-1.0)
    >>> [len(unit) for unit in units_of([(w * x + b).relu() for x in (1.0, 2.0, 3.0)])]
    [3]
    """
    units: dict[object, list[Value]] = {}
    by_hand: dict[object, list[Value | _Inside]] = {}
    met: dict[Scope, int] = {}
    for node in nodes:
        if not can_be_flat(node):
            continue
        call: Scope | None = node.within
        if call is None or call.module is None:
            found = _inside(node)
            by_hand.setdefault(node if found is None else found.key, []).append(found or node)
        else:
            met[call] = met.get(call, -1) + 1
            units.setdefault((call.place, met[call]), []).append(node)
    return [*units.values(), *_told_apart(by_hand.values())]


@dataclass(frozen=True)
class _Inside:
    """What an activation outside of modules is computed from, back to leaves and to what is no sum.

    `key` is the same for those of one unit: the operations on the way, and the leaves that are
    added as they are, its bias; `factors`, the leaves in products; `terms`, how many products, and
    how many of what comes from further back, there are.
    """

    node: Value
    key: object
    factors: frozenset[Value]
    terms: int


def _inside(node: Value) -> _Inside | None:
    """What an activation is computed from; None where no weight can be told from an input."""
    added: set[Value] = set()
    factors: set[Value] = set()
    way: list[str] = []
    terms = 0
    stack = list(node._prev)
    while stack:
        operand = stack.pop()
        name = operand._operation.name if isinstance(operand._operation, Operation) else ""
        way.append(name)
        if len(way) > _MOST_INSIDE:
            return None
        if not operand._prev:
            if not is_constant(operand):
                added.add(operand)
        elif name in _SUMS:
            stack += operand._prev
        else:
            terms += 1
            if name == "multiply":
                leaves = [leaf for leaf in operand._prev if not leaf._prev]
                factors.update(leaf for leaf in leaves if not is_constant(leaf))
    if not terms or not (added or factors):
        return None
    bias = frozenset(added) or frozenset(factors)
    key = node._operation.name, tuple(sorted(way)), bias
    return _Inside(node, key, frozenset(factors), terms)


_SUMS = ("add", "subtract", "negate", "sum")
_MOST_INSIDE = 600  # so many operands of sums are looked at


def _told_apart(found: "Iterable[list[Value | _Inside]]") -> Iterator[list[Value]]:
    """The units among activations with the same bias: those that share their weights too."""
    for some in found:
        inside = [one for one in some if isinstance(one, _Inside)]
        nodes = [one.node if isinstance(one, _Inside) else one for one in some]
        shared = frozenset.intersection(*(one.factors for one in inside)) if inside else ()
        if inside and len(shared) >= inside[0].terms:
            yield nodes
        else:
            yield from ([node] for node in nodes)
