"""Folding: many scalar nodes drawn as one, by their place in the model or by what they do.

A picture node is a `Group` of one or more scalar nodes. Scopes fold to a level (neuron, layer,
network) or by a callback; past a budget, everything folds until it can be looked at:

1. the model's neurons, then layers, then networks, each to one node for all examples;
2. what has no scope: chains of one operation (a sum written as a loop), and nodes of equal shape
   (the same computation for every example), which are found by comparing operations bottom up;
3. if that is not enough, bands of equal depth.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from ..checking import unknown
from ..engine import Value
from ..scope import Scope
from .facts import GraphFacts

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
class Folding:
    """What a picture shows of a graph.

    **Attributes:** `nodes`, how many scalar nodes the graph has; `drawn`, how many nodes the
    picture has; `folded`, how many scalar nodes stand in the picture as part of a folded one;
    `groups`, the picture's nodes in the order of their first member; `automatic`, whether the
    budget made it fold.
    """

    nodes: int
    groups: list[Group]
    of: dict[Value, Group] = field(repr=False)
    automatic: bool = False
    budget: int | None = None
    how: str = ""

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
        if self.automatic:
            text += f", as there are more than the budget of {self.budget:,}"
        return text


def check_options(level: str, budget: int | None) -> None:
    """Refuse a level or a budget that does not exist."""
    if level not in LEVELS:
        raise ValueError(f"level {level!r}: {unknown(level, LEVELS)}")
    if budget is not None and (not isinstance(budget, int) or budget < 1):
        raise ValueError(f"budget must be a number of nodes, 1 or more, or None, got {budget!r}")


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
    path = scope.path
    if any(around.kind.endswith(_NEURONS) for around in path):
        return "neuron"
    if scope.kind.endswith("Layer"):
        return "layer"
    return ("network", "layer", "neuron")[min(len(path) - 1, 2)]


def fold(
    graph: GraphFacts,
    level: str = "scalar",
    choice: FoldChoice | None = None,
    budget: int | None = 0,
) -> Folding:
    """Decide what is drawn as one node.

    **Arguments:** `level`, one of `LEVELS`; `choice`, asked for each scope, whose True or False
    goes before the level's; `budget`, the number of nodes past which everything folds by itself,
    or None for no limit.
    """
    scopes = _Scopes(graph, choice)
    repeats = None if level == "scalar" and choice is None else REPEATS
    keys = _keys(graph, scopes.at(level), repeats) or []
    if budget is None or _count(keys) <= budget:
        return _folding(graph, keys)
    most = min(budget, READABLE_NODES)
    # Without scopes there is only one thing to try.
    levels = LEVELS[max(1, LEVELS.index(level)) :] if scopes.any else ("scalar",)
    for coarser in levels:
        tried = _keys(graph, scopes.at(coarser), 1, most)
        if tried is None or _count(tried) > most:
            continue
        folding = _folding(graph, tried)
        if coarser in ("network", "scalar") or len(edges_of(folding)) <= READABLE_EDGES:
            how = f"each {coarser} is one node"
            if coarser == "scalar":
                how = "equal nodes, and chains of one operation"
            break
    else:
        folding = _banded(graph, scopes.at("network"), max(1, min(BANDS, most - 4)))
        how = "by depth" + (", and each network is one node" if scopes.any else "")
    folding.automatic, folding.budget, folding.how = True, budget, how
    return folding


def fold_scopes(graph: GraphFacts, folded: Collection[Scope], most: int) -> Folding:
    """Fold these scopes and no other, each to one node.

    Where that leaves more than `most` nodes, equal ones outside of them are folded too, no more of
    them than need be; `automatic` and the text then say so.
    """
    scopes = _Scopes(graph, folded.__contains__).at("scalar")
    for repeats in (None, REPEATS, 1):
        keys = _keys(graph, scopes, repeats) or []
        if _count(keys) <= most:
            break
    folding = _folding(graph, keys)
    if repeats is not None:
        folding.automatic, folding.budget, folding.how = True, most, "equal nodes are one"
    return folding


class _Scopes:
    """Which scope, if any, a node is folded into."""

    def __init__(self, graph: GraphFacts, choice: FoldChoice | None) -> None:
        self._choice = choice
        self._of = [node.scope for node in graph.order]
        self.any = any(scope is not None for scope in self._of)

    def at(self, level: str) -> list[Scope | None]:
        """For each node, the outermost of its scopes that is folded at a level."""
        allowed = LEVELS[1 : LEVELS.index(level) + 1]
        folded: dict[Scope | None, Scope | None] = {None: None}
        for scope in self._of:
            if scope not in folded and scope is not None:
                folded[scope] = next((s for s in scope.path if self._folds(s, allowed)), None)
        return [folded[scope] for scope in self._of]

    def _folds(self, scope: Scope, allowed: tuple[str, ...]) -> bool:
        chosen = self._choice(scope) if self._choice is not None else None
        return level_of(scope) in allowed if chosen is None else bool(chosen)


def _keys(
    graph: GraphFacts, scopes: list[Scope | None], repeats: int | None, most: int | None = None
) -> list[Any] | None:
    """For each node what it is folded by, its scope or its shape; None for one that stands alone.

    Loose nodes are folded by shape where more than `repeats` are equal. Nothing is returned once
    there are more than `most` shapes.
    """
    keys: list[Any] = list(scopes)
    if repeats is not None:
        shapes = _shapes(graph, scopes, repeats, most)
        if shapes is None:
            return None
        for i, shape in enumerate(shapes):
            if shape is not None:
                keys[i] = shape
        _part_leaves(graph, keys)
    return keys


def _count(keys: list[Any]) -> int:
    """How many groups the keys make."""
    return keys.count(None) + len(set(keys) - {None})


def _part_leaves(graph: GraphFacts, keys: list[Any]) -> None:
    """Part folded leaves by what uses them first: targets are not drawn as one with inputs."""
    position = graph.position
    first: dict[int, Any] = {}
    for i, node in enumerate(graph.order):
        for operand in node._prev:
            if operand._operation.arity == 0:
                first.setdefault(position[operand], keys[i])
    for i, key in first.items():
        if keys[i] is not None and not isinstance(keys[i], Scope):
            keys[i] = (keys[i], key)


def _shapes(
    graph: GraphFacts, scopes: list[Scope | None], repeats: int, most: int | None
) -> list[int | None] | None:
    """For each loose node the number of its shape, or None if too few others have it.

    Two nodes have the same shape if they have the same operation on operands of the same shapes; a
    leaf's is its kind and, unless everything has to fold, its label without digits. All links of a
    chain (`total = total + loss` in a loop) after the first have one shape.
    """
    position = graph.position
    consumers = [0] * len(graph.order)
    for node in graph.order:
        for operand in node._prev:
            consumers[position[operand]] += 1
    numbers: dict[Any, int] = {}
    shapes: list[int] = []
    sizes: list[int] = []
    for i, node in enumerate(graph.order):
        operation = node._operation
        links: list[int] = []
        if scopes[i] is not None:
            key: Any = scopes[i]
        elif operation.arity == 0:
            label = "".join("#" if c.isdigit() else c for c in node.label)
            key = (graph.kind(node), label if repeats > 1 else "", node.scope)
        else:
            places = [position[operand] for operand in node._prev]
            links = [
                p
                for p in places
                if consumers[p] == 1
                and scopes[p] is None
                and graph.order[p]._operation is operation
            ][:1]
            others = tuple(sorted({shapes[p] for p in places if p not in links}))
            key = (operation, node.scope, tuple(shapes[p] for p in links), others)
        number = numbers.get(key)
        if number is None:
            number = numbers[key] = len(sizes)
            if most is not None and number > most:
                return None
            sizes.append(0)
            if links:  # what is added to this link in the same way is one with it
                numbers[operation, node.scope, (number,), others] = number
        sizes[number] += 1
        shapes.append(number)
    last = len(shapes) - 1  # the root stands alone
    return [
        shape if scopes[i] is None and sizes[shape] > repeats and i < last else None
        for i, shape in enumerate(shapes)
    ]


def _banded(graph: GraphFacts, scopes: list[Scope | None], bands: int) -> Folding:
    """Nodes grouped by scope, loose operations by bands of depth, loose leaves by kind."""
    depths: list[int] = []
    position = graph.position
    for node in graph.order:
        depths.append(1 + max((depths[position[operand]] for operand in node._prev), default=-1))
    deepest = max(depths)
    size = -(-deepest // bands) or 1
    keys: list[Any] = list(scopes)
    for i, node in enumerate(graph.order):
        if keys[i] is None and node is not graph.root:
            keys[i] = (depths[i] - 1) // size if depths[i] else graph.kind(node)
    _part_leaves(graph, keys)
    folding = _folding(graph, keys)
    for group in folding.groups:
        if group.is_folded and group.scope is None and group.node._prev:
            first = (depths[position[group.members[0]]] - 1) // size * size + 1
            last = min(first + size - 1, deepest)
            group.why = f"depth {first:,} to {last:,} of {deepest:,}"
    return folding


def _folding(graph: GraphFacts, keys: Iterable[Any], written: bool = False) -> Folding:
    """One group per key; a node whose key is None stands alone.

    With `written` a number that is written into the operation that takes it stands in its group.
    """
    waiting: dict[Value, list[Value]] = {}
    taken = graph.written if written else {}
    groups: list[Group] = []
    by_key: dict[Any, Group] = {}
    of: dict[Value, Group] = {}
    for i, (node, key) in enumerate(zip(graph.order, keys, strict=True)):
        if node in taken:
            waiting.setdefault(taken[node], []).append(node)
            continue
        group = None if key is None else by_key.get(key)
        if group is None:
            if isinstance(key, Scope):
                group = Group(f"f{i}", [], scope=key, within=key.parent)
            else:
                group = Group(f"n{i}" if key is None else f"f{i}", [], within=node.scope)
            groups.append(group)
            if key is not None:
                by_key[key] = group
        elif group.scope is None and group.within is not node.scope:
            group.within = None
        numbers = waiting.get(node, ())
        of.update(dict.fromkeys(numbers, group))
        if key is not None:
            group.members.extend(numbers)
        group.members.append(node)
        of[node] = group
    for group in groups:
        if not group.is_folded:
            group.id = f"n{graph.position[group.node]}"
    return Folding(len(graph.order), groups, of)


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


def edges_of(folding: Folding) -> list[Edge]:
    """The edges of the picture, by their heads; those inside a group are not drawn."""
    found: list[Edge] = []
    bundles: dict[tuple[Group, Group], Edge] = {}
    of = folding.of
    detailed = folding.nodes <= DETAILED
    for head in folding.groups:
        whole = head.is_folded
        for node in head.members:
            for i, operand in enumerate(node._prev):
                tail = of[operand]
                if tail is head:
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
