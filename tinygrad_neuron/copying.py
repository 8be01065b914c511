"""Copies and pickles of graphs and models, at any depth.

`copy` and `pickle` follow references by recursion, which ends at some hundred of them. Values,
Modules and Scopes refer to one another in long chains; here all that one of them reaches is found
by a loop, and copied or written down side by side.
"""

from __future__ import annotations

import copy
import weakref
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

_SLOTS_LEFT_OUT = ("__dict__", "__weakref__")


class Linked:
    """A mixin for what refers to its like in chains: `_links` says to which."""

    __slots__ = ()

    def _links(self) -> Iterable[Any]:
        """The other linked objects that this one refers to by itself."""
        return ()

    def _state(self) -> dict[str, Any]:
        """What there is to copy: attributes and slots that are set."""
        state = dict(getattr(self, "__dict__", {}))
        for name, slot in slots(type(self)).items():  # type: ignore[arg-type]  # classes are hashable
            try:
                state[name] = slot.__get__(self)
            except AttributeError:  # not set
                pass
        return state

    def _take(self, state: dict[str, Any]) -> None:
        """Be as a state says; past a `__setattr__` of the class."""
        for name, value in state.items():
            object.__setattr__(self, name, value)

    def __copy__(self) -> Any:
        made = object.__new__(type(self))
        made._take(self._state())
        return made

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        found = _reached(self, memo)
        for original in found:
            memo[id(original)] = object.__new__(type(original))
        for original in found:
            memo[id(original)]._take(copy.deepcopy(original._state(), memo))
        memo.setdefault(id(memo), []).extend(found)  # as `copy` does: an id must not be reused
        return memo[id(self)]

    def __reduce_ex__(self, protocol: Any) -> Any:
        whole = _wholes.get(id(self), _nothing)()
        if whole is None:
            whole = _Whole.around(self)
        return _member, (whole, whole.places[id(self)])


@cache
def slots(kind: type) -> dict[str, Any]:
    """The slots of a class and of those that it is made from, by name."""
    found: dict[str, Any] = {}
    for each in kind.__mro__:
        names = each.__dict__.get("__slots__", ())
        for name in (names,) if isinstance(names, str) else names:
            if name not in _SLOTS_LEFT_OUT:
                found.setdefault(name, each.__dict__[name])
    return found


def _reached(first: Linked, without: Any) -> list[Linked]:
    """All that an object reaches, itself included, save those whose ids are in `without`."""
    found, seen, stack = [], set(), [first]
    while stack:
        one = stack.pop()
        if id(one) not in seen and id(one) not in without:
            seen.add(id(one))
            found.append(one)
            stack += one._links()
    return found


class _Whole:
    """Linked objects that are pickled together.

    Each of them is written as a place in this, and this once: first of which kind they are, so that
    they can be made, then what each refers to. While a pickler holds it, it is found again for
    each of its members.
    """

    def __init__(self, kinds: list[type]) -> None:
        self.members: list[Any] = [object.__new__(kind) for kind in kinds]
        self.places: dict[int, int] = {}

    @classmethod
    def around(cls, first: Linked) -> _Whole:
        """All that an object reaches and that is in no other such whole now."""
        whole = cls([])
        whole.members = _reached(first, _Living())
        whole.places = {id(member): place for place, member in enumerate(whole.members)}
        reference = weakref.ref(whole)
        for member in whole.members:
            _wholes[id(member)] = reference
        weakref.finalize(whole, _forget, list(whole.places), reference)
        return whole

    def __reduce__(self) -> Any:
        kinds = [type(member) for member in self.members]
        return _Whole, (kinds,), [member._state() for member in self.members]

    def __setstate__(self, states: list[dict[str, Any]]) -> None:
        for member, state in zip(self.members, states, strict=True):
            member._take(state)


def _member(whole: _Whole, place: int) -> Any:
    return whole.members[place]


# By the id of a member, which its whole keeps alive.
_wholes: dict[int, weakref.ref[_Whole]] = {}


def _nothing() -> None:
    return None


class _Living:
    """The ids of the members of all wholes that are there now."""

    def __contains__(self, key: int) -> bool:
        return _wholes.get(key, _nothing)() is not None


def _forget(keys: Iterable[int], reference: Any) -> None:
    for key in keys:
        if _wholes.get(key) is reference:
            del _wholes[key]


def linked_in(item: Any) -> Iterator[Linked]:
    """The linked objects in nested lists, tuples and dictionaries, found without recursion."""
    stack, seen = [item], set()
    while stack:
        one = stack.pop()
        if isinstance(one, Linked):
            yield one
        elif isinstance(one, list | tuple | dict) and id(one) not in seen:
            seen.add(id(one))
            stack += one.values() if isinstance(one, dict) else one
