"""Folding: many scalar nodes drawn as one, by their place in the model or by what they do.

A picture node is a `Group` of one or more scalar nodes. Scopes fold to a level (neuron, layer,
network) or by a callback; past a budget, everything folds until it can be looked at:

1. the model's neurons, then layers, then networks, each to one node for all examples;
2. what has no scope: chains of one operation (a sum written as a loop), and nodes of equal shape
   (the same computation for every example), which are found by comparing operations bottom up;
3. if that is not enough, bands of equal depth.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..engine import Value
from ..scope import Scope
from . import shapes
from .facts import GraphFacts
from .homes import Homes, by_place

LEVELS = ("scalar", "neuron", "layer", "network")

# What a picture folds to, once it has to: few enough to be looked at, not just to be laid out.
READABLE_NODES, READABLE_EDGES = 150, 700
# In a picture that was folded on purpose, more equal nodes than this are drawn as one.
REPEATS = 8
BANDS = 12
# Larger graphs are folded without looking at each of their edges.
DETAILED = 100_000

_NEURONS = ("Neuron", "Perceptron", "PReLU")  # how the names of such classes end

FoldChoice = Callable[[Scope], "bool | None"]


@dataclass(eq=False)
class Group:
    """What is drawn as one node: a scalar node, or several folded together.

    `scope` is the scope that was folded, or None; `within` the scope around the drawn node; `why`
    what the members have in common.
    """

    id: str
    members: list[Value]
    scope: Scope | None = None
    within: Scope | None = None
    why: str = ""

    @property
    def is_folded(self) -> bool:
        """Whether this stands for more than one scalar node."""
        return len(self.members) > 1 or self.scope is not None

    @property
    def node(self) -> Value:
        """The scalar node, or the last of the members."""
        return self.members[-1]


@dataclass(eq=False)
class Edge:
    """An edge of the picture: `count` scalar edges between two of its nodes.

    `members` are these edges, each a consumer and which of its operands is meant (none are kept in
    a graph of more than `DETAILED` nodes).
    """

    tail: Group
    head: Group
    count: int = 0
    members: list[tuple[Value, int]] = field(default_factory=list)

    @property
    def id(self) -> str:
        """As in `e12-0`, the first operand of node n12; with the tail where one is folded."""
        if self.tail.is_folded or self.head.is_folded:
            return f"e-{self.tail.id}-{self.head.id}"
        return f"e{self.head.id[1:]}-{self.members[0][1]}"


@dataclass(eq=False)
class Folding:
    """What a picture shows of a graph.

    **Attributes:** `nodes`, how many scalar nodes the graph has; `drawn`, how many nodes the
    picture has; `folded`, how many scalar nodes stand in the picture as part of a folded one (the
    others stand alone, or are numbers that are written into operations); `groups`, the picture's
    nodes in the order of their first member; `automatic`, whether the budget made it fold; `room`,
    the size that it had to fit; `homes`, the scope of each node; `shared`, the parameters that
    stand in one of the folded calls that share them.
    """

    nodes: int
    groups: list[Group]
    of: dict[Value, Group] = field(repr=False)
    homes: Homes = field(repr=False)
    shared: frozenset[Value] = frozenset()
    automatic: bool = False
    budget: int | None = None
    room: str = ""
    summaries: dict[Group, Any] = field(default_factory=dict, repr=False)
    insides: dict[Group, Any] = field(default_factory=dict, repr=False)
    how: str = ""

    @cached_property
    def edges(self) -> list[Edge]:
        """The edges of the picture, by their heads; those inside a group are not drawn."""
        found: list[Edge] = []
        bundles: dict[tuple[Group, Group], Edge] = {}
        of = self.of
        detailed, shared = self.nodes <= DETAILED, self.shared
        for head in self.groups:
            whole = head.is_folded
            for node in head.members:
                for i, operand in enumerate(node._prev):
                    tail = of[operand]
                    if tail is head or operand in shared:
                        continue
                    edge = bundles.get((tail, head)) if whole or tail.is_folded else None
                    if edge is None:
                        edge = Edge(tail, head)
                        bundles[tail, head] = edge
                        found.append(edge)
                    edge.count += 1
                    if detailed or not whole:
                        edge.members.append((node, i))
        return found

    @property
    def drawn(self) -> int:
        return len(self.groups)

    @property
    def folded(self) -> int:
        return sum(len(group.members) for group in self.groups if group.is_folded)

    @property
    def text(self) -> str:
        """What was folded, in words; empty if nothing was."""
        inside = sum(group.is_folded for group in self.groups)
        if not inside:
            return ""
        text = f"{self.nodes:,} nodes, drawn as {self.drawn:,}: {self.folded:,} of them folded "
        text += f"into {inside:,}"
        if self.how:
            text += f" ({self.how})"
        if self.automatic and self.room:
            text += f", to fit {self.room}"
        elif self.automatic:
            text += f", as there are more than the budget of {self.budget:,}"
        written = self.nodes - sum(len(group.members) for group in self.groups)
        if written == 1:
            text += "; 1 number in an operation"
        elif written:
            text += f"; {written:,} numbers in operations"
        return text


def level_of(scope: Scope) -> str:
    """What a scope is in its model: the network, a layer of it, or a neuron (or a part of one).

    The outermost module is the network, those directly in it are layers, those further in neurons;
    a Neuron or a Layer is what its name says, wherever it stands.

    >>> network = Scope("MLP")
    >>> layer = Scope("Layer", "layers[0]", network)
    >>> [level_of(s) for s in (network, layer, Scope("Neuron", "neurons[0]", layer))]
    ['network', 'layer', 'neuron']
    >>> level_of(Scope("Neuron"))
    'neuron'
    """
    path = scope.place.path
    if any(around.kind.endswith(_NEURONS) for around in path):
        return "neuron"
    if scope.kind.endswith("Layer"):
        return "layer"
    return ("network", "layer", "neuron")[min(len(path) - 1, 2)]


def fold(graph: GraphFacts, level: str, budget: int) -> Folding:
    """Decide what is drawn as one node, every module at its place in the model.

    **Arguments:** `level`, one of `LEVELS`; `budget`, the number of nodes past which everything
    folds by itself.
    """
    homes = by_place(graph)
    repeats = None if level == "scalar" else REPEATS
    keys = shapes.keys_of(graph, folded_at(homes, level), repeats) or []
    if shapes.count(graph, keys) <= budget:
        return folding_by(graph, homes, keys)
    most = min(budget, READABLE_NODES)
    # Without scopes there is only one thing to try.
    levels = LEVELS[max(1, LEVELS.index(level)) :] if homes.any else ("scalar",)
    for coarser in levels:
        tried = shapes.keys_of(graph, folded_at(homes, coarser), 1, most)
        if tried is None or shapes.count(graph, tried) > most:
            continue
        folding = folding_by(graph, homes, tried)
        if coarser in ("network", "scalar") or len(folding.edges) <= READABLE_EDGES:
            how = f"each {coarser} is one node"
            if coarser == "scalar":
                how = "equal nodes, and chains of one operation"
            break
    else:
        scopes = folded_at(homes, "network")
        folding = folding_by_depth(graph, homes, scopes, max(1, min(BANDS, most - 4)))
        how = "by depth" + (", and each network is one node" if homes.any else "")
    folding.automatic, folding.budget, folding.how = True, budget, how
    return folding


def fold_scopes(graph: GraphFacts, folded: Collection[Scope], most: int) -> Folding:
    """Fold these scopes and no other, each to one node.

    Where that leaves more than `most` nodes, equal ones outside of them are folded too, no more of
    them than need be; `automatic` and the text then say so.
    """
    homes = by_place(graph)
    scopes = folded_at(homes, "scalar", folded.__contains__)
    for repeats in (None, REPEATS, 1):
        keys = shapes.keys_of(graph, scopes, repeats) or []
        if shapes.count(graph, keys) <= most:
            break
    folding = folding_by(graph, homes, keys)
    if repeats is not None:
        folding.automatic, folding.budget, folding.how = True, most, "equal nodes are one"
    return folding


def folded_at(homes: Homes, level: str, choice: FoldChoice | None = None) -> list[Scope | None]:
    """For each node, the outermost of its scopes that is folded at a level, or by choice."""
    allowed = LEVELS[1 : LEVELS.index(level) + 1]

    def folds(scope: Scope) -> bool:
        chosen = choice(scope) if choice is not None else None
        return level_of(scope) in allowed if chosen is None else bool(chosen)

    folded: dict[Scope | None, Scope | None] = {None: None}
    for scope in homes.of:
        if scope not in folded and scope is not None:
            folded[scope] = next((s for s in scope.path if folds(s)), None)
    return [folded[scope] for scope in homes.of]


def folding_by_depth(
    graph: GraphFacts, homes: Homes, scopes: list[Scope | None], bands: int, written: bool = False
) -> Folding:
    """Nodes grouped by scope, loose operations by bands of depth, loose leaves by kind."""
    folding = folding_by(graph, homes, shapes.banded(graph, scopes, bands), written)
    depths, position = shapes.depths_of(graph), graph.position
    deepest = max(depths)
    size = -(-deepest // bands) or 1
    for group in folding.groups:
        if group.is_folded and group.scope is None and group.node._prev:
            first = (depths[position[group.node]] - 1) // size * size + 1
            last = min(first + size - 1, deepest)
            group.why = f"depth {first:,} to {last:,} of {deepest:,}"
    return folding


def _shared(graph: GraphFacts, keys: Sequence[Any]) -> dict[Value, Scope]:
    """The parameters that only folded calls of their module take, each with the first of these.

    They stand in that one, and no lines lead to the others: all are marked as calls of one module.
    It is the first by its result, for the order has operands as they are written, not as they run;
    and it is the same one for all that the calls share.
    """
    last = {key: i for i, key in enumerate(keys) if isinstance(key, Scope)}
    first: dict[Value, Scope | None] = {}
    for node, key in zip(graph.order, keys, strict=True):
        for operand in node._prev:
            if operand.within is not None and not operand._prev:
                inside = isinstance(key, Scope) and operand.within in [
                    scope.place for home in (node.within,) if home for scope in home.path
                ]
                known = first.setdefault(operand, key if inside else None)
                if not inside:
                    first[operand] = None
                elif known is not None and last[key] < last[known]:
                    first[operand] = key
    own = dict(zip(graph.order, keys, strict=True))
    found = {
        parameter: call
        for parameter, call in first.items()
        if call is not None and not isinstance(own[parameter], Scope)
    }
    one: dict[Scope, Scope] = {}  # of each module that is folded, its first call
    for call in found.values():
        one[call.place] = min(one.get(call.place, call), call, key=last.__getitem__)
    return {parameter: one[call.place] for parameter, call in found.items()}


def folding_by(
    graph: GraphFacts, homes: Homes, keys: Iterable[Any], written: bool = False
) -> Folding:
    """One group per key, a node whose key is None stands alone; a scope as key is folded.

    With `written` a number that is written into the operation that takes it is no member of a
    group, but `of` has that of the operation.
    """
    keys = list(keys)
    shared = _shared(graph, keys) if written else {}
    waiting: dict[Value, list[Value]] = {}
    taken = graph.written if written else {}
    groups: list[Group] = []
    by_key: dict[Any, Group] = {}
    of: dict[Value, Group] = {}
    for i, (node, key, home) in enumerate(zip(graph.order, keys, homes.of, strict=True)):
        if node in shared:
            key = shared[node]
        if node in taken:
            waiting.setdefault(taken[node], []).append(node)
            continue
        group = None if key is None else by_key.get(key)
        if group is None:
            if isinstance(key, Scope):
                group = Group(f"f{i}", [], key, key.parent, homes.note(key))
            else:
                group = Group(f"n{i}" if key is None else f"f{i}", [], within=home)
            groups.append(group)
            if key is not None:
                by_key[key] = group
        elif group.scope is None and group.within is not home:
            group.within = None
        of.update(dict.fromkeys(waiting.pop(node, ()), group))
        group.members.append(node)
        of[node] = group
    for group in groups:
        if not group.is_folded:
            group.id = f"n{graph.position[group.node]}"
    return Folding(len(graph.order), groups, of, homes, frozenset(shared))
