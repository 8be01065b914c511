"""The ways of folding a graph for a picture, from the finest to the coarsest.

First every scope open; then neurons, layers, networks fold, each call of a module by itself; equal
calls roll up into one, calls that do not need one another before those in a row; then what is in
no scope: equal nodes, nodes with equal surroundings, at last bands of equal depth.
"""

from collections.abc import Iterator
from typing import Any

from . import shapes
from .facts import GraphFacts
from .folding import (
    BANDS,
    LEVELS,
    REPEATS,
    FoldChoice,
    Folding,
    folded_at,
    folding_by,
    folding_by_depth,
)
from .homes import Homes, by_call, rolled

MANY = 300  # cards: more never fit a slide, whatever stands in them
FEW = 60  # up to so many cards, a level that is asked for shows each call by itself


def ladder(
    graph: GraphFacts, level: str | None, choice: FoldChoice | None, most: int | None
) -> Iterator[Folding]:
    """Every way of folding that is worth a try, the finest first.

    **Arguments:** `level`, if one is asked for; `choice`, asked for each scope; `most`, the largest
    number of cards that is of any use, None for any number.
    """
    calls = by_call(graph)
    if level is not None or most is None:
        yield _asked(graph, calls, level or "scalar", choice, most)
        return
    for folding in _all(graph, calls, choice, most):
        folding.automatic = bool(folding.how)
        if folding.drawn <= most:
            yield folding


def _asked(
    graph: GraphFacts, calls: Homes, level: str, choice: FoldChoice | None, most: int | None
) -> Folding:
    """A level as it is asked for; many calls are rolled up, many equal nodes are one."""
    repeats = None if level == "scalar" and choice is None else REPEATS
    keys = shapes.keys_of(graph, folded_at(calls, level, choice), repeats) or []
    folding = folding_by(graph, calls, keys, written=True)
    if folding.drawn > FEW and repeats is not None and calls.call and most is not None:
        once = rolled(graph)
        keys = shapes.keys_of(graph, folded_at(once, level, choice), repeats) or []
        folding = folding_by(graph, once, keys, written=True)
        folding.how = _how(level, once)
    return folding


def _all(
    graph: GraphFacts, calls: Homes, choice: FoldChoice | None, most: int
) -> Iterator[Folding]:
    first = folded_at(calls, "scalar", choice)
    if len(graph.order) - len(graph.written) <= most or any(first):
        yield folding_by(graph, calls, shapes.keys_of(graph, first, None) or [], written=True)
    levels = LEVELS[1:] if calls.any else ()
    once = rolled(graph) if calls.any else calls
    several = len(once.scopes) < len(calls.scopes)
    chained = several and _chained(graph, calls, once, choice)
    steps: list[tuple[str, Homes]] = []
    for level in levels:
        steps.append((level, calls))
        if several and not chained:
            steps.append((level, once))
    if chained:
        steps += [(level, once) for level in levels]
    for level, homes in steps:
        scopes = folded_at(homes, level, choice)
        for repeats in (1,) if homes is once and several else (None, 1):
            keys = shapes.keys_of(graph, scopes, repeats, None if repeats is None else most)
            if keys is None or shapes.count(graph, keys, written=True) > most:
                continue
            folding = folding_by(graph, homes, keys, written=True)
            folding.how = _how(level, homes)
            yield folding
    scopes = folded_at(once, "network" if calls.any else "scalar", choice)
    yield from _loose(graph, once, scopes, most, _how("network", once) if calls.any else "")


def _loose(
    graph: GraphFacts, homes: Homes, scopes: list[Any], most: int, also: str
) -> Iterator[Folding]:
    """What is in no scope, folded by what it has in common."""
    more = f", and {also}" if also else ""
    tried = (
        (shapes.roles(graph, scopes), "nodes that do the same in the same surroundings"),
        (shapes.keys_of(graph, scopes, 1, most), "equal nodes, and chains of one operation"),
    )
    for keys, how in tried:
        if keys is not None and shapes.count(graph, keys, written=True) <= most:
            folding = folding_by(graph, homes, keys, written=True)
            folding.how = how + more
            yield folding
    for bands in (BANDS, 8, 5, 3, 1):
        folding = folding_by_depth(graph, homes, scopes, bands, written=True)
        folding.how = "by depth" + more
        yield folding


def _how(level: str, homes: Homes) -> str:
    calls = any(count > 1 for count in homes.count.values())
    return f"each {level} is one node" + (" for all its calls" if calls else "")


def _chained(graph: GraphFacts, calls: Homes, once: Homes, choice: FoldChoice | None) -> bool:
    """Whether calls of one module come one after the other, so that rolled up they feed themselves.

    Then the picture with each rolled up has a circle.
    """
    folding = folding_by(graph, once, folded_at(once, "network", choice))
    position = graph.position
    for node in graph.order:
        for operand in node._prev:
            if folding.of[operand] is folding.of[node] and folding.of[node].scope is not None:
                ours, theirs = calls.of[position[node]], calls.of[position[operand]]
                if ours is not None and theirs is not None and ours.path[0] is not theirs.path[0]:
                    return True
    after: dict[Any, set[Any]] = {}
    for edge in folding.edges:
        after.setdefault(edge.head, set()).add(edge.tail)
    done: set[Any] = set()
    ready = [group for group in folding.groups if group not in after]
    waiting = {group: len(tails) for group, tails in after.items()}
    feeds: dict[Any, list[Any]] = {}
    for head, tails in after.items():
        for tail in tails:
            feeds.setdefault(tail, []).append(head)
    while ready:
        group = ready.pop()
        done.add(group)
        for head in feeds.get(group, ()):
            waiting[head] -= 1
            if not waiting[head]:
                ready.append(head)
    return len(done) < len(folding.groups)
