"""What nodes outside of folded scopes have in common: shape, surroundings, or depth.

Each function gives keys, one for each node of a graph: nodes of one key are drawn as one, and a
node without a key (None) stands alone.
"""

from collections import Counter
from typing import Any

from ..engine import Value
from ..passes import is_constant
from ..scope import Scope
from .facts import GraphFacts, stem

ROUNDS = 2  # how far around a node its surroundings reach


def keys_of(
    graph: GraphFacts, scopes: list[Scope | None], repeats: int | None, most: int | None = None
) -> list[Any] | None:
    """For each node what it is folded by, its scope or its shape; None for one that stands alone.

    Loose nodes are folded by shape where more than `repeats` are equal. Nothing is returned once
    there are more than `most` shapes.
    """
    keys: list[Any] = list(scopes)
    if repeats is not None:
        found = shapes(graph, scopes, repeats, most)
        if found is None:
            return None
        for i, shape in enumerate(found):
            if shape is not None:
                keys[i] = shape
        part_leaves(graph, keys)
    return keys


def count(graph: GraphFacts, keys: list[Any], written: bool = False) -> int:
    """How many groups the keys make, of numbers that are `written` in an operation none."""
    if written:
        taken = graph.written
        keys = [key for key, node in zip(keys, graph.order, strict=True) if node not in taken]
    return keys.count(None) + len(set(keys) - {None})


def part_leaves(graph: GraphFacts, keys: list[Any]) -> None:
    """Part folded leaves by what uses them first: targets are not drawn as one with inputs."""
    position = graph.position
    first: dict[int, Any] = {}
    for i, node in enumerate(graph.order):
        for operand in node._prev:
            if operand._operation.arity == 0:
                # The product that a number goes into says which input it is.
                label = node.label if is_constant(operand) else ""
                first.setdefault(position[operand], (keys[i], label))
    for i, key in first.items():
        if keys[i] is not None and not isinstance(keys[i], Scope):
            keys[i] = (keys[i], key)


def shapes(
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
    found: list[int] = []
    sizes: list[int] = []
    for i, node in enumerate(graph.order):
        operation = node._operation
        links: list[int] = []
        if scopes[i] is not None:
            key: Any = scopes[i]
        elif operation.arity == 0:
            label = stem(node.label)
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
            others = tuple(sorted({found[p] for p in places if p not in links}))
            key = (operation, node.scope, tuple(found[p] for p in links), others)
        number = numbers.get(key)
        if number is None:
            number = numbers[key] = len(sizes)
            if most is not None and number > most:
                return None
            sizes.append(0)
            if links:  # what is added to this link in the same way is one with it
                numbers[operation, node.scope, (number,), others] = number
        sizes[number] += 1
        found.append(number)
    last = len(found) - 1  # the root stands alone
    return [
        shape if scopes[i] is None and sizes[shape] > repeats and i < last else None
        for i, shape in enumerate(found)
    ]


def banded(graph: GraphFacts, scopes: list[Scope | None], bands: int) -> list[Any]:
    """Nodes by scope, loose operations by bands of depth, loose leaves by kind."""
    depths = depths_of(graph)
    size = -(-max(depths) // bands) or 1
    keys: list[Any] = list(scopes)
    for i, node in enumerate(graph.order):
        if keys[i] is None and node is not graph.root:
            keys[i] = (depths[i] - 1) // size if depths[i] else graph.kind(node)
    part_leaves(graph, keys)
    return keys


def depths_of(graph: GraphFacts) -> list[int]:
    """How many operations there are from a leaf to each node, on the longest way."""
    depths: list[int] = []
    position = graph.position
    for node in graph.order:
        depths.append(1 + max((depths[position[operand]] for operand in node._prev), default=-1))
    return depths


def _label(node: Value) -> str:
    """A node's label; one outside of modules without its numbers, which count steps there."""
    within = node.within
    loose = within is None or (within.module is None and within.kind == "scope")
    return stem(node.label) if loose else node.label


def roles(
    graph: GraphFacts, scopes: list[Scope | None], homes: list[Scope | None], most: int
) -> list[Any] | None:
    """Nodes by scope, loose ones by what they do and what is around them; at most so many kinds.

    That is equal for the steps of a recurrence, which are not of equal shape: each contains the one
    before. A leaf that several take (a weight) is a surrounding by itself. It is colour refinement
    (B. Weisfeiler, A. Leman, 1968), stopped after `ROUNDS`.
    """
    order, position = graph.order, graph.position
    loose = [i for i, scope in enumerate(scopes) if scope is None]
    colours: list[Any] = list(scopes)
    fixed = set()  # what a node is by its name, whatever it is computed from
    for i in loose:
        node, label = order[i], _label(order[i])
        if "#" in label:  # h0, an input, is what h1 and h2 are
            colours[i] = (label, homes[i] if node._prev else None)
            fixed.add(i)
        elif node._prev:
            colours[i] = (node._operation.name, label, homes[i])
        elif is_constant(node):
            colours[i] = ("input", graph.input_names.get(node, ""), graph.takers[node].scope)
        else:
            colours[i] = (i,) if node in graph.shared else (graph.kind(node), label, homes[i])
    for _ in range(ROUNDS):
        if len(set(colours)) > most:
            return None
        numbers: dict[Any, int] = {}
        mixed = list(colours)
        for i in loose:
            operands = () if i in fixed else order[i]._prev
            around = tuple(colours[position[operand]] for operand in operands)
            mixed[i] = numbers.setdefault((colours[i], around), len(numbers))
        colours = mixed
    sizes = Counter(colours)
    last = len(colours) - 1  # the root stands alone
    keys: list[Any] = list(scopes)
    for i in loose:
        if sizes[colours[i]] > 1 and i != last:
            keys[i] = ("role", colours[i])
    return keys
