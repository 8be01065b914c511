"""What is wrong in a graph: failing, not a number, dead, saturated, vanishing, exploding.

And what only looks like it: for one example a unit may be inactive or saturated.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..calculus.operation import Operation
from ..checking import described, one_of, to_float
from ..engine import Value
from ..health import SATURATED, has_flat_parts, steepest, units_of
from ..passes import DOMAIN_ERRORS, computed, is_constant, slopes
from .facts import GraphFacts, name_of
from .text import number

# Each flag has a sign of its own shape, so that no colour is needed to tell them apart.
SIGNS = {
    "nan": "≠",
    "infinity": "∞",
    "failing": "✗",
    "dead": "Ø",
    "inactive": "○",
    "saturated": "▬",
    "vanishing": "▼",
    "exploding": "▲",
}
OF_VALUES = ("nan", "infinity", "failing")  # what has nothing to do with gradients
NAMES = {"nan": "first NaN", "infinity": "first infinity"}

THRESHOLDS: dict[str, float] = {"saturated": SATURATED, "vanishing": 1e-6, "exploding": 1e4}

# Past this number of flagged nodes none has a reason of its own.
DETAILED = 100_000


@dataclass(frozen=True)
class Flag:
    """What is the matter with a node (a key of `SIGNS`), and what did it, in words.

    `alarm` says whether it is wrong, or only so for one example.
    """

    name: str
    reason: str
    alarm: bool = True

    @property
    def text(self) -> str:
        """The sign and the words."""
        return f"{SIGNS[self.name]} {NAMES.get(self.name, self.name)}"


def thresholds(flags: "bool | Mapping[str, float]") -> dict[str, float] | None:
    """The thresholds that the option `flags` asks for, or None for no flags.

    >>> thresholds({"saturated": 0.05})
    {'saturated': 0.05, 'vanishing': 1e-06, 'exploding': 10000.0}
    """
    if flags is False:
        return None
    if flags is True:
        return dict(THRESHOLDS)
    if not isinstance(flags, Mapping):
        raise TypeError(
            f"flags must be True, False or a dictionary of thresholds, got {described(flags)}"
        )
    for name, value in flags.items():
        one_of("flags:", name, THRESHOLDS)
        if not to_float(value, "flags", f"the threshold of {name!r}") > 0:
            raise ValueError(f"flags: the threshold of {name!r} must be positive, got {value!r}")
    return THRESHOLDS | dict(flags)


def find_flags(graph: GraphFacts, limits: Mapping[str, float]) -> dict[Value, list[Flag]]:
    """The flags of every node that has one.

    - inactive: an activation (or maximum, minimum) whose local derivatives are all 0: for this
      example no gradient passes. dead: one of a unit that is so for every one of at least two.
    - saturated: one whose local derivatives are all smaller than `limits["saturated"]`; an alarm
      where its unit is flat for every one of at least two examples.
    - vanishing, exploding: a gradient, relative to that of the root, below `limits["vanishing"]`
      but not 0, or above `limits["exploding"]`, or not finite.
    - failing: an operation that cannot compute its result from what its operands hold now.
    - nan, infinity: the first of its kind on the way from the leaves.

    >>> from .facts import read
    >>> y = Value(-2.0, label="z").relu()
    >>> [[flag]] = find_flags(read(y), THRESHOLDS).values()
    >>> flag.text, flag.alarm, flag.reason
    ('○ inactive', False, 'relu passes no gradient on: its local derivative for z = -2 is 0')
    """
    found = flat_nodes(graph.order, limits["saturated"])
    for node in graph.order:
        failure = _failure(node)
        if failure is not None:
            found.setdefault(node, []).append(failure)
    for node, flag in first_not_finite(graph.order):
        found.setdefault(node, []).insert(0, flag)
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
    """The flag of every node that is inactive, dead or saturated: below a local derivative."""
    found: dict[Value, list[Flag]] = {}
    for unit in units_of(nodes):
        flat = [(node, slope) for node in unit if (slope := steepest(node)) and slope[0] < limit]
        every = len(flat) == len(unit) > 1
        dead = every and all(_passes_nothing(node, slope[0]) for node, slope in flat)
        for node, (size, operand) in flat:
            where = f"its local derivative for {operand.label or 'input'} = {number(operand.data)}"
            reason = f"{node._op} is nearly flat: {where} is only {number(size)}"
            name = "saturated"
            if _passes_nothing(node, size):
                reason = f"{node._op} passes no gradient on: {where} is 0"
                name = "dead" if dead else "inactive"
            reason += f"; it is flat for each of {len(unit):,} examples" if every else ""
            found[node] = [Flag(name, reason, every and name != "inactive")]
    return found


def _passes_nothing(node: Value, size: float) -> bool:
    return size == 0.0 and has_flat_parts(node)


def is_inactive(nodes: Iterable[Value]) -> bool:
    """Whether nothing passes through nodes of one example: all that can be flat there are so."""
    slopes = [steepest(node) for unit in units_of(nodes) for node in unit]
    return bool(slopes) and all(slope is not None and slope[0] == 0.0 for slope in slopes)


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


def first_not_finite(order: Iterable[Value]) -> Iterator[tuple[Value, Flag]]:
    """Where the first NaN and the first infinity are on the way from the leaves.

    An infinity that stands in the program, as in a mask, is meant.

    **Arguments:** `order`, the nodes, operands before consumers.

    >>> x = Value(1e300, label="x")
    >>> y = x * x
    >>> [(node is y, flag.reason) for node, flag in first_not_finite([x, y])]
    [(True, 'multiply of x = 1e+300, x = 1e+300 is inf')]
    """
    broken = {node: node.data for node in order if not _is_finite(node)}
    for name, is_so in (("nan", math.isnan), ("infinity", math.isinf)):
        begun = [
            node
            for node, data in broken.items()
            if is_so(data)
            and not any(is_so(broken.get(operand, 0.0)) for operand in node._prev)
            and not (name == "infinity" and is_constant(node))
        ]
        if begun:
            first, more = begun[0], len(begun) - 1
            reason = f"{name_of(first)} was given as {number(first.data)}"
            if first._prev:
                operands = ", ".join(f"{name_of(v)} = {number(v.data)}" for v in first._prev[:4])
                operands += ", …" if len(first._prev) > 4 else ""
                reason = f"{_operation_name(first)} of {operands} is {number(first.data)}"
            reason += f"; {more:,} more arise{'s' * (more == 1)} elsewhere" if more else ""
            yield first, Flag(name, reason)


def _operation_name(node: Value) -> str:
    operation = node._operation
    return operation.name if isinstance(operation, Operation) else node._op


def _is_finite(node: Value) -> bool:
    try:
        return math.isfinite(node.data)
    except TypeError:  # something that is no number was assigned
        return True


def _strongest_factors(graph: GraphFacts, extreme: Mapping[Value, str]) -> dict[Value, str]:
    """For each node, the smallest (or largest) factor on the way its gradient mainly came.

    The way goes from each node to the consumer that contributed most.
    """
    leading: set[Value] = set()  # the nodes from which a way leads to one of them
    for node in graph.order:
        if node in extreme or not leading.isdisjoint(node._prev):
            leading.add(node)
    # Per node: size of the largest contribution; smallest and largest factor so far, with its node.
    ways: dict[Value, tuple[float, tuple[float, Value], tuple[float, Value]]]
    ways = {graph.root: (math.inf, (1.0, graph.root), (1.0, graph.root))}
    for node in reversed(graph.order):
        incoming = graph.gradient(node)
        if node not in ways or incoming is None or not node._prev:
            continue
        if leading.isdisjoint(node._prev):
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
