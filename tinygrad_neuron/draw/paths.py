"""Routes from the output to one node: the product of the local derivatives along each, their sum.

The gradient of a node is the sum, over all routes from the output to it, of the products of the
local derivatives along the route (F. L. Bauer, 1974). Routes can be exponentially many, so only
the first are listed; their number and their sum come from one pass over the graph.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from ..engine import Value
from ..passes import contributions, receivers, slopes
from .facts import GraphFacts
from .text import elided, number, shorten

MANY = 10**15  # counts stop here: a chain of a million x + x has 2**1000000 routes

Edge = tuple[Value, int]  # a consumer, and which of its operands is meant


@dataclass(frozen=True)
class Path:
    """One route, from the output: its edges, and the local derivative of each."""

    edges: tuple[Edge, ...]
    factors: tuple[float, ...]

    @property
    def product(self) -> float:
        """The local derivatives along the route, multiplied."""
        product = 1.0
        for factor in self.factors:
            product *= factor
        return product

    def nodes(self) -> list[Value]:
        """The nodes from the output to the end of the route."""
        return [node for node, _ in self.edges] + [n._prev[i] for n, i in self.edges[-1:]]


@dataclass(frozen=True)
class Paths:
    """The routes from the root to `target`.

    `listed` are the first of them, `count` is how many there are (at most `MANY`), `sum` is the
    sum of all products: the derivative of the root with respect to the target. `between` are the
    nodes on any route.
    """

    target: Value
    listed: tuple[Path, ...]
    count: int
    sum: float
    between: frozenset[Value]

    @property
    def how_many(self) -> str:
        """The number of routes in words."""
        if self.count == 1:
            return "1 path"
        more = "more than " if self.count >= MANY else ""
        return f"{more}{self.count:,} paths"


def find_paths(graph: GraphFacts, target: Value, most: int, only: int | None = None) -> Paths:
    """The routes from a graph's root to one of its nodes, by operand from left to right.

    **Arguments:** `most`, how many to list; `only`, the number of the one route to list, from 1.

    Raises a `ValueError` if the target is not in the graph or there is no such route.

    >>> from .facts import read
    >>> x = Value(3.0, label="x")
    >>> paths = find_paths(read(x * x + x), x, most=2)
    >>> [path.product for path in paths.listed], paths.count, paths.sum
    ([3.0, 3.0], 3, 7.0)
    """
    if target not in graph.position:
        name = f" {target.label!r}" if target.label else ""
        raise ValueError(f"highlight: the node{name} is not in the graph of this root")
    counts: dict[Value, int] = {target: 1}
    for node in graph.order[graph.position[target] + 1 :]:
        count = 0
        for operand, slope in zip(node._prev, _leading(node, counts), strict=True):
            if slope is not None:
                count += counts[operand]
        if count:
            counts[node] = min(count, MANY)
    total = counts.get(graph.root, 0)
    if only is not None:
        if not 1 <= only <= total:
            raise ValueError(f"path: there are {total:,} paths to this node, got path={only}")
        listed = [_nth(graph.root, target, counts, only - 1)]
    else:
        listed = list(islice(_walk(graph.root, target, counts), most)) if total else []
    return Paths(target, tuple(listed), total, *_arriving(graph, target, counts))


def factors(node: Value) -> list[float | None]:
    """The local derivatives for the operands that get a gradient, None for the others.

    What `select` did not choose gets none: no route goes there.
    """
    found = slopes(node)
    if getattr(node._operation, "chosen", "") and found.count(None) < len(found):
        chosen = receivers(node)
        return [slope if place in chosen else None for place, slope in enumerate(found)]
    return found


def _leading(node: Value, within: "dict[Value, int]") -> list[float | None]:
    """The factors for the operands that lead to the target, None for the others."""
    if not any(operand in within for operand in node._prev):
        return [None] * len(node._prev)
    return [
        slope if operand in within else None
        for operand, slope in zip(node._prev, factors(node), strict=True)
    ]


def _arriving(
    graph: GraphFacts, target: Value, within: dict[Value, int]
) -> tuple[float, frozenset[Value]]:
    """The root's derivative for the target, and the nodes that it comes through.

    It is what a backward pass over the routes alone brings.
    """
    if target is graph.root:
        return 1.0, frozenset({target})
    arrived, between = 0.0, {target}
    if graph.root in within:
        way = [node for node in graph.order if node in within and node is not target]
        for step in contributions(way):
            if step.operand in within:
                between.add(step.node)
            if step.operand is target:
                arrived = step.after
    return arrived, frozenset(between)


def _walk(root: Value, target: Value, within: dict[Value, int]) -> Iterator[Path]:
    """Every route, depth first; each branch taken ends at the target."""
    edges: list[Edge] = []
    factors: list[float] = []
    if root is target:
        yield Path((), ())
        return
    choices = [iter(list(enumerate(_leading(root, within))))]
    nodes = [root]
    while choices:
        for position, slope in choices[-1]:
            if slope is None:
                continue
            edges.append((nodes[-1], position))
            factors.append(slope)
            operand = nodes[-1]._prev[position]
            if operand is target:
                yield Path(tuple(edges), tuple(factors))
                edges.pop()
                factors.pop()
                continue
            nodes.append(operand)
            choices.append(iter(list(enumerate(_leading(operand, within)))))
            break
        else:
            choices.pop()
            nodes.pop()
            if edges:
                edges.pop()
                factors.pop()


def _nth(root: Value, target: Value, counts: dict[Value, int], index: int) -> Path:
    """The route of a given number, without going through those before it."""
    edges: list[Edge] = []
    factors: list[float] = []
    node = root
    while node is not target:
        for position, slope in enumerate(_leading(node, counts)):
            if slope is None:
                continue
            operand = node._prev[position]
            if index < counts[operand]:
                edges.append((node, position))
                factors.append(slope)
                node = operand
                break
            index -= counts[operand]
    return Path(tuple(edges), tuple(factors))


def described(path: Path, digits: int, *, most: int = 6) -> tuple[str, str]:
    """A route in words and its product in numbers, both shortened in the middle.

    >>> from .facts import read
    >>> x = Value(3.0, label="x")
    >>> y = (x * 2.0).exp()
    >>> y.label = "y"
    >>> described(find_paths(read(y), x, most=1).listed[0], 3)
    ('y ← * ← x', '403 × 2 = 807')
    """
    names = [shorten(node.label or node._op or number(node.data), 16) for node in path.nodes()]
    factors = [number(factor, digits) for factor in path.factors]
    product = number(path.product, digits)
    if len(factors) > 1:
        product = f"{' × '.join(elided(factors, most))} = {product}"
    return " ← ".join(elided(names, most)) or "itself", product
