"""What a folded node has inside: a neuron's w, b, z and y; the shape of a layer and its spread."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..calculus.operation import Operation
from ..checking import to_float
from ..engine import Value
from ..scope import Scope
from .facts import GraphFacts
from .folding import Edge, Group, level_of
from .text import html_text, number, table
from .themes import Theme

WRITTEN = 3  # so many numbers are written out
STRIP = 16  # so many are drawn as a field each; of more there are mean and spread


@dataclass(frozen=True)
class Quantity:
    """Numbers that are alike: a neuron's weights, or what it puts out for each example."""

    name: str
    nodes: Sequence[Value]


@dataclass(frozen=True)
class Inside:
    """What a folded node shows: its `shape` in words, and its quantities."""

    shape: str
    quantities: Sequence[Quantity]


def find_insides(
    graph: GraphFacts, groups: Iterable[Group], edges: Iterable[Edge]
) -> dict[Group, Inside | None]:
    """What each folded node of a picture has inside; None where only counts can be said."""
    found = _Insides(graph, edges)
    return {group: found.of(group) for group in groups if group.is_folded}


class _Insides:
    """What goes into each folded node and comes out of it, from the edges that are drawn."""

    def __init__(self, graph: GraphFacts, edges: Iterable[Edge]) -> None:
        self.graph = graph
        self.entries: dict[Group, dict[Value, None]] = {}
        self.exits: dict[Group, dict[Value, None]] = {}
        for edge in edges:
            exits = self.exits.setdefault(edge.tail, {})
            entries = self.entries.setdefault(edge.head, {})
            for node, position in edge.members:
                operand = node._prev[position]
                exits[operand] = entries[operand] = None

    def of(self, group: Group) -> Inside | None:
        """What a folded node has inside."""
        if group.scope is None:
            name = "data" if not group.node._prev else "y"
            return Inside("", [Quantity(name, group.members)])
        parameters = self._parameters(group)
        outputs = [node for node in group.members if node._prev]
        if level_of(group.scope) == "neuron" and outputs:
            return Inside("", [*_of_neuron(parameters, outputs)])
        exits = [node for node in self.exits.get(group, {}) if node._prev]
        if self.graph.root in group.members:
            exits.append(self.graph.root)
        if not exits:
            return None
        quantities = [Quantity("w, b", parameters), Quantity("y", exits)]
        shape = self._shape(group, exits)
        return Inside(shape, [quantity for quantity in quantities if quantity.nodes])

    def _parameters(self, group: Group) -> list[Value]:
        """The parameters folded there, and those of its own that its calls take from outside."""
        graph, scope = self.graph, group.scope
        own = dict.fromkeys(node for node in group.members if graph.kind(node) == "parameter")
        if scope is not None:
            for node in self.entries.get(group, {}):
                if graph.kind(node) == "parameter" and node.scope is scope.place:
                    own[node] = None
        return list(own)

    def _shape(self, group: Group, exits: Sequence[Value]) -> str:
        """How many numbers come in and go out in one call, and the activation."""
        entries = [
            node for node in self.entries.get(group, {}) if self.graph.kind(node) != "parameter"
        ]
        calls = len(_calls(group.members, group.scope)) or 1
        names = list(dict.fromkeys(_activation(node) for node in exits))
        name = names[0] if len(names) == 1 else ""
        if len(entries) % calls or len(exits) % calls:
            return name
        return f"{len(entries) // calls:,} → {len(exits) // calls:,} {name}".rstrip()


def _of_neuron(parameters: Sequence[Value], outputs: Sequence[Value]) -> Iterator[Quantity]:
    """A neuron's weights and bias, and for each call its pre-activation and its activation."""
    biases = [node for node in parameters if node.label == "b"]
    weights = [node for node in parameters if node.label != "b"]
    calls: dict[Scope | None, list[Value]] = {}
    for node in outputs:
        calls.setdefault(node.within, []).append(node)
    sums, activations = [], []
    for nodes in calls.values():
        y = nodes[-1]
        activations.append(y)
        labelled = [node for node in nodes[:-1] if node.label == "z"]
        if labelled and _activation(y):
            sums.append(labelled[-1])
    for name, found in (("w", weights), ("b", biases), ("z", sums), ("y", activations)):
        if found:
            yield Quantity(name, found)


def _calls(members: Iterable[Value], scope: Scope | None) -> set[Scope]:
    """The calls of the module at a scope that are folded there."""
    found: set[Scope] = set()
    if scope is None:
        return found
    for node in members:
        within: Scope | None = node.within
        while within is not None and within.place is not scope.place:
            within = within.parent
        if within is not None and within.module is not None:
            found.add(within)
    return found


def _activation(node: Value) -> str:
    """The name of a node's operation if it is an activation, but for the identity."""
    operation = node._operation
    known = isinstance(operation, Operation) and operation.activation
    return operation.name if known and operation.name != "identity" else ""


def numbers_text(numbers: Sequence[float], digits: int) -> str:
    """A few numbers in a row, of many the mean and the standard deviation.

    >>> numbers_text([0.5, -1.0], 3), numbers_text([1.0, 2.0, 3.0, 4.0], 3)
    ('0.5, -1', '2.5 ± 1.1')
    """
    if len(numbers) <= WRITTEN:
        return ", ".join(number(x, digits) for x in numbers)
    if len(set(numbers)) == 1:
        return number(numbers[0], digits)
    if not all(map(math.isfinite, numbers)):
        broken = sum(not math.isfinite(x) for x in numbers)
        return f"{broken:,} of {len(numbers):,} not finite"
    mean = math.fsum(numbers) / len(numbers)
    # `statistics.pstdev` computes in whole numbers, 50 times as slow.
    spread = math.hypot(*(x - mean for x in numbers)) / math.sqrt(len(numbers))
    return f"{number(mean, 2)} ± {number(spread, 2)}"


def strip(numbers: Sequence[float], theme: Theme, height: int) -> str:
    """A field for each number, as HTML: in full colour at the largest, without its sign."""
    finite = [abs(x) for x in numbers if math.isfinite(x)]
    largest = max(finite, default=0.0) or 1.0
    cells = "".join(
        f'<TD BGCOLOR="{theme.area(x / largest) if math.isfinite(x) else theme.alarm}" '
        f'WIDTH="6" HEIGHT="{height}"></TD>'
        for x in numbers
    )
    return table(f"<TR>{cells}</TR>", 0).replace('BORDER="0"', 'BORDER="1"', 1)


def numbers_cell(values: Sequence[object], theme: Theme, digits: int, size: int) -> str:
    """Numbers as what stands in a card: written out, a field for each, or their spread."""
    try:
        numbers = [to_float(x, "draw_dot") for x in values]
    except TypeError:  # something that is no number was assigned
        return "?"
    if WRITTEN < len(numbers) <= STRIP and len(set(numbers)) > 1:
        largest = max((abs(x) for x in numbers if math.isfinite(x)), default=math.nan)
        fields = strip(numbers, theme, size - 2)
        return table(f"<TR><TD>{fields}</TD><TD>&#160;{number(largest, 2)}</TD></TR>", 0)
    return html_text(numbers_text(numbers, digits))


def is_strip(quantity: Quantity) -> bool:
    """Whether a quantity is drawn as fields."""
    return WRITTEN < len(quantity.nodes) <= STRIP
