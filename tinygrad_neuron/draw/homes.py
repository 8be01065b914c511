"""Which scope each node stands in, where each call of a shared module is a box of its own.

An operation stands in the call in which it was recorded. A parameter stands in the one call that
uses it; where several calls share it, in what is around all of them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property

from ..engine import Value
from ..scope import Scope, around
from .facts import GraphFacts, stem


@dataclass(eq=False)
class Homes:
    """The scope of each node, in the graph's order; None for a node in no scope.

    `first` says of each scope which one stands for it: itself, or where equal ones are rolled up
    the first of them; `count`, how many are rolled up there; `call`, of each call of a module that
    is called several times in what is around it, which one it is and of how many.
    """

    of: list[Scope | None]
    count: dict[Scope, int] = field(default_factory=dict)

    @property
    def any(self) -> bool:
        """Whether there are scopes."""
        return any(scope is not None for scope in self.of)

    @cached_property
    def scopes(self) -> list[Scope]:
        """All scopes in the order of their first nodes, those around others first."""
        found: dict[Scope, None] = {}
        for scope in self.of:
            if scope is not None and scope not in found:
                found.update(dict.fromkeys(scope.path))
        return list(found)

    @cached_property
    def call(self) -> dict[Scope, tuple[int, int]]:
        """The number of each call of a module, where what is around it calls it several times."""
        last: dict[Scope, int] = {}  # a call ends with its result
        for i, home in enumerate(self.of):
            if home is not None:
                last[home] = i
        for home, i in list(last.items()):
            for outer in home.path:
                last[outer] = max(last.get(outer, i), i)
        calls: dict[tuple[Scope | None, Scope], list[Scope]] = {}
        for scope in sorted(last, key=last.__getitem__):
            if scope.module is not None:
                calls.setdefault((scope.parent, scope.module), []).append(scope)
        return {
            scope: (i, len(found))
            for found in calls.values()
            if len(found) > 1
            for i, scope in enumerate(found, 1)
        }

    @cached_property
    def steps(self) -> dict[Scope, object]:
        """What there are several of in the same surroundings, calls of a module and blocks whose
        names differ in digits, each with what it is one of."""
        sorts: dict[object, list[Scope]] = {}
        for scope in self.scopes:
            sorts.setdefault(_sort(scope, scope.parent), []).append(scope)
        return {scope: sort for sort, all_ in sorts.items() if len(all_) > 1 for scope in all_}

    def in_turn(self, graph: GraphFacts) -> bool:
        """Whether one of several calls or blocks takes what another gave, as recurrent cells do."""
        bit = {sort: 1 << k for k, sort in enumerate(dict.fromkeys(self.steps.values()))}
        own: dict[Scope | None, dict[Scope, int]] = {None: {}}  # the steps around a home
        for scope in self.scopes:
            own[scope] = {s: bit[self.steps[s]] for s in scope.path if s in self.steps}
        whole = {home: sum(mine.values()) for home, mine in own.items()}
        of = dict(zip(graph.order, self.of, strict=True))
        passed: dict[Value, int] = {}  # what a number has come through
        for node, home in of.items():
            mask = 0
            if node._prev:
                for operand in node._prev:
                    through = passed[operand]
                    mask |= through
                    before = of[operand]
                    if (
                        before is not home
                        and through & whole[home]
                        and any(through & b and s not in own[before] for s, b in own[home].items())
                    ):
                        return True
                mask |= whole[home]
            passed[node] = mask
        return False

    def note(self, scope: Scope) -> str:
        """Which call of its module a scope is, or how many are rolled up in it; else nothing."""
        rolled = self.count.get(scope, 1)
        if rolled > 1:
            return f"× {rolled:,}" + " calls" * (scope.module is not None)
        if scope in self.call:
            return "call {:,} of {:,}".format(*self.call[scope])
        return ""


def by_place(graph: GraphFacts) -> Homes:
    """Every node at its module's place in the model, whichever call it was recorded in."""
    return Homes([node.scope for node in graph.order])


def by_call(graph: GraphFacts) -> Homes:
    """Every node in the call in which it was recorded."""
    homes = Homes([node.within for node in graph.order])
    return _with_leaves(graph, homes.of, {}, homes.steps)


def rolled(graph: GraphFacts) -> Homes:
    """Equal scopes in one: the calls of a module, and blocks whose names differ in digits."""
    first: dict[object, Scope] = {}
    stands: dict[Scope | None, Scope | None] = {None: None}
    count: dict[Scope, int] = {}
    for scope in Homes([node.within for node in graph.order]).scopes:
        one = stands[scope] = first.setdefault(_sort(scope, stands[scope.parent]), scope)
        count[one] = count.get(one, 0) + 1
    for one in reversed(count):  # those inside a roll are counted by what is around them
        outer = stands.get(one.parent)
        if outer in count:
            count[one] = max(1, count[one] // count[outer])
    steps = [scope for scope, times in count.items() if times > 1]
    return _with_leaves(graph, [stands[node.within] for node in graph.order], count, steps)


def _sort(scope: Scope, parent: Scope | None) -> object:
    """What a scope is one of, with those in the same surroundings that are equal to it."""
    if scope.module is None and scope.kind != "scope":
        return scope  # a place in the model is no call of it
    return parent, scope.module or (scope.kind, stem(scope.name))


def _with_leaves(
    graph: GraphFacts, homes: list[Scope | None], count: dict[Scope, int], steps: Collection[Scope]
) -> Homes:
    """Homes with each parameter in the call that uses it, or around all that share it; and each
    input of one of several `steps` beside that step, in what is around them."""
    position = graph.position
    takers: dict[int, dict[Scope | None, None]] = {position[leaf]: {} for leaf in graph.takers}
    for node, home in zip(graph.order, homes, strict=True):
        for operand in node._prev:
            if not operand._prev:
                takers[position[operand]][home] = None
    for i, found in takers.items():
        place = graph.order[i].within
        if place is None:
            path = _around(around(found))
            step = next((scope for scope in path if scope in steps), None)
            homes[i] = None if step is None else step.parent
            continue
        calls = dict.fromkeys(
            call for home in found for call in _around(home) if call.module is place
        )
        homes[i] = around(calls or found)
        if not calls and homes[i] is None:
            homes[i] = place  # no call of its module is in the graph
    return Homes(homes, count)


def _around(home: Scope | None) -> tuple[Scope, ...]:
    return home.path if home is not None else ()
