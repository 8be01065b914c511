"""The ways of folding a graph for a picture, from the finest to the coarsest.

First every scope open; then neurons, layers, networks fold. At each level every call of a module
stands by itself if there is room, else equal calls roll up into one; calls that feed each other,
as the steps of a recurrent cell do, stand by themselves at any level before they roll up. Then what
is in no scope: nodes with equal surroundings, equal nodes, at last bands of equal depth.
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

MANY = 180  # cards: more never fit a slide, whatever stands in them
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
    seen: set[Any] = set()
    for folding in _all(graph, calls, choice, most):
        folding.automatic = bool(folding.how)
        cards = tuple(len(group.members) for group in folding.groups)
        if folding.drawn <= most and (folding.homes, cards) not in seen:  # a level may fold nothing
            seen.add((folding.homes, cards))
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
    """Each level with every call by itself, then rolled up; at last what is in no scope folds."""
    once = rolled(graph) if calls.any else calls
    several = len(once.scopes) < len(calls.scopes)
    if several and calls.in_turn(graph):  # as the steps of a recurrent cell
        for level in LEVELS:
            if _stand(calls, level, choice):
                for folding in _apart(graph, calls, level, choice, most, None):
                    if any(group.scope in calls.steps for group in folding.groups):
                        folding.how = f"each {'call' if calls.call else 'step'} is one node"
                    yield folding
    for level in LEVELS if calls.any else LEVELS[:1]:
        for repeats in (None,) if level == "scalar" else (None, 1):
            yield from _apart(graph, calls, level, choice, most, repeats)
        if several:
            scopes = folded_at(once, level, choice)
            for keys in (
                shapes.roles(graph, scopes, once.of, most),
                shapes.keys_of(graph, scopes, 1, most),
            ):
                if keys is not None and shapes.count(graph, keys, written=True) <= most:
                    folding = folding_by(graph, once, keys, written=True)
                    folding.how = _how(level, once)
                    yield folding
    scopes = folded_at(once, "network" if calls.any else "scalar", choice)
    yield from _loose(graph, once, scopes, most, _how("network", once) if calls.any else "")


def _apart(
    graph: GraphFacts,
    calls: Homes,
    level: str,
    choice: FoldChoice | None,
    most: int,
    repeats: int | None,
) -> Iterator[Folding]:
    """A level with every call by itself; with `repeats`, equal nodes as one."""
    scopes = folded_at(calls, level, choice)
    keys = shapes.keys_of(graph, scopes, repeats, None if repeats is None else most)
    if keys is not None and shapes.count(graph, keys, written=True) <= most:
        folding = folding_by(graph, calls, keys, written=True)
        folding.how = "" if level == "scalar" else _how(level, calls)
        yield folding


def _stand(calls: Homes, level: str, choice: FoldChoice | None) -> bool:
    """Whether at a level every one of several calls or blocks is seen, open or as a card."""
    folded = set(folded_at(calls, level, choice))
    outermost = [step for step in calls.steps if not any(s in calls.steps for s in step.path[:-1])]
    return not any(outer in folded for step in outermost for outer in step.path[:-1])


def _loose(
    graph: GraphFacts, homes: Homes, scopes: list[Any], most: int, also: str
) -> Iterator[Folding]:
    """What is in no scope, folded by what it has in common."""
    more = f", and {also}" if also else ""
    tried = (
        (
            shapes.roles(graph, scopes, homes.of, most),
            "nodes that do the same in the same surroundings",
        ),
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
    if level == "scalar":
        return "equal calls are one"
    return f"each {level} is one node" + (" for all its calls" if calls else "")
