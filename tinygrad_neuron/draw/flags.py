"""What is wrong in a graph: failing, dead, saturated, vanishing, exploding."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..calculus.operation import Operation
from ..checking import unknown
from ..engine import Value
from ..health import SATURATED, can_be_flat, steepest
from ..passes import DOMAIN_ERRORS, computed, slopes
from .facts import GraphFacts, name_of
from .text import number

# Each flag has a sign of its own shape, so that no colour is needed to tell them apart.
SIGNS = {"dead": "Ø", "saturated": "▬", "vanishing": "▼", "exploding": "▲", "failing": "✗"}

THRESHOLDS: dict[str, float] = {"saturated": SATURATED, "vanishing": 1e-6, "exploding": 1e4}

# Past this number of flagged nodes none has a reason of its own.
DETAILED = 100_000


@dataclass(frozen=True)
class Flag:
    """What is wrong at a node (a key of `SIGNS`), and the factor that did it, in words."""

    name: str
    reason: str

    @property
    def text(self) -> str:
        """The sign and the word."""
        return f"{SIGNS[self.name]} {self.name}"


def thresholds(flags: "bool | Mapping[str, float]") -> dict[str, float] | None:
    """The thresholds that the option `flags` asks for, or None for no flags.

    >>> thresholds({"saturated": 0.05})
    {'saturated': 0.05, 'vanishing': 1e-06, 'exploding': 10000.0}
    """
    if flags is False:
        return None
    if flags is True:
        return dict(THRESHOLDS)
    for name, value in flags.items():
        if name not in THRESHOLDS:
            raise ValueError(f"flags: {name!r}: {unknown(name, THRESHOLDS)}")
        if not value > 0:
            raise ValueError(f"flags: the threshold of {name!r} must be positive, got {value!r}")
    return THRESHOLDS | dict(flags)


def find_flags(graph: GraphFacts, limits: Mapping[str, float]) -> dict[Value, list[Flag]]:
    """The flags of every node that has one.

    - dead: an activation (or step, sign, maximum, minimum) whose local derivatives are all 0:
      no gradient passes.
    - saturated: one whose local derivatives are all smaller than `limits["saturated"]`.
    - vanishing, exploding: a gradient, relative to that of the root, below `limits["vanishing"]`
      but not 0, or above `limits["exploding"]`, or not finite.
    - failing: an operation that cannot compute its result from what its operands hold now.

    >>> from .facts import read
    >>> y = Value(-2.0, label="z").relu()
    >>> [[flag]] = find_flags(read(y), THRESHOLDS).values()
    >>> flag.text, flag.reason
    ('Ø dead', 'relu passes no gradient on: its local derivative for z = -2 is 0')
    """
    found = flat_nodes(graph.order, limits["saturated"])
    for node in graph.order:
        failure = _failure(node)
        if failure is not None:
            found.setdefault(node, []).append(failure)
    seed = abs(graph.gradient(graph.root) or 0.0)
    if not seed:
        return found
    small, large = limits["vanishing"] * seed, limits["exploding"] * seed
    extreme: dict[Value, str] = {}
    for node in graph.order:
        gradient = graph.gradient(node)
        if gradient:  # neither missing nor 0
            size = abs(gradient)
            if size < small:
                extreme[node] = "vanishing"
            elif not size <= large:
                extreme[node] = "exploding"
    if len(extreme) > DETAILED:  # one for all: so many are drawn folded, and only counted
        shared = {name: Flag(name, "") for name in set(extreme.values())}
        for node, name in extreme.items():
            found.setdefault(node, []).append(shared[name])
    elif extreme:
        factors = _strongest_factors(graph, extreme)
        for node, name in extreme.items():
            relative = number((graph.gradient(node) or 0.0) / seed)
            reason = f"the gradient is {relative} of the output's"
            found.setdefault(node, []).append(Flag(name, reason + factors.get(node, "")))
    return found


def flat_nodes(nodes: Iterable[Value], limit: float) -> dict[Value, list[Flag]]:
    """The flag of every node that is dead or saturated, the latter below a local derivative."""
    flags = {node: _flat(node, limit) for node in nodes if can_be_flat(node)}
    return {node: [flag] for node, flag in flags.items() if flag is not None}


def all_flat(
    nodes: Iterable[Value], flags: Mapping[Value, Sequence[Flag]], name: str = "dead"
) -> bool:
    """Whether every node that can be dead (or saturated) is so, and there is one.

    For the nodes of a neuron, this is what "the neuron is dead" means.
    """
    able = [node for node in nodes if can_be_flat(node)]
    return bool(able) and all(
        any(flag.name == name for flag in flags.get(node, ())) for node in able
    )


def _failure(node: Value) -> Flag | None:
    """The flag of an operation that has no result, with the error it would raise."""
    operation = node._operation
    if isinstance(operation, Operation) and operation.domain and node._prev:
        try:
            computed(operation, node._prev)
        except DOMAIN_ERRORS as error:
            return Flag("failing", str(error))
        except TypeError:  # something that is no number was assigned to an operand
            return None
    return None


def _flat(node: Value, limit: float) -> Flag | None:
    found = steepest(node)
    if found is None or not found[0] < limit:
        return None
    size, operand = found
    where = f"its local derivative for {operand.label or 'input'} = {number(operand.data)}"
    if size == 0.0:
        return Flag("dead", f"{node._op} passes no gradient on: {where} is 0")
    return Flag("saturated", f"{node._op} is nearly flat: {where} is only {number(size)}")


def _strongest_factors(graph: GraphFacts, extreme: Mapping[Value, str]) -> dict[Value, str]:
    """For each node, the smallest (or largest) factor on the way its gradient mainly came.

    The way goes from each node to the consumer that contributed most.
    """
    # Per node: size of the largest contribution; smallest and largest factor so far, with its node.
    ways: dict[Value, tuple[float, tuple[float, Value], tuple[float, Value]]]
    ways = {graph.root: (math.inf, (1.0, graph.root), (1.0, graph.root))}
    for node in reversed(graph.order):
        incoming = graph.gradient(node)
        if node not in ways or incoming is None:
            continue
        _, smallest, largest = ways[node]
        for operand, slope in zip(node._prev, slopes(node), strict=True):
            if slope is None:
                continue
            contribution = abs(incoming * slope)
            if operand not in ways or contribution > ways[operand][0]:
                step = (abs(slope), node)
                low = step if step[0] < smallest[0] else smallest
                high = step if step[0] > largest[0] else largest
                ways[operand] = (contribution, low, high)
    reasons = {}
    for node, name in extreme.items():
        if node in ways:
            size, at = ways[node][1] if name == "vanishing" else ways[node][2]
            rank = "smallest" if name == "vanishing" else "largest"
            if size != 1.0:
                reasons[node] = f"; the {rank} factor on the way is {number(size)}, of {_place(at)}"
    return reasons


def _place(node: Value) -> str:
    name = name_of(node)
    described = name if name == node._op else f"{name} ({node._op})"
    return f"{described} in {node.scope}" if node.scope is not None else described


def count_flags(flags: Iterable[Flag]) -> dict[str, int]:
    """How many there are of each, in the order of `SIGNS`."""
    counts = dict.fromkeys(SIGNS, 0)
    for flag in flags:
        counts[flag.name] += 1
    return {name: count for name, count in counts.items() if count}
