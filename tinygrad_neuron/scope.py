"""Where in a program or a model an operation was recorded."""

from __future__ import annotations

import threading
from _thread import _count as other_threads  # threading.active_count() costs five times as much
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import get_ident
from typing import Any

from .copying import Linked


class Scope(Linked):
    """Where an operation belongs: a neuron inside a layer inside a network, or a named step.

    A plain record that nodes refer to. There are three kinds of it: the *place* of a Module in its
    model, made once, to which its parameters belong; a *call* of a Module, made anew each time, so
    that calls of a shared module can be told apart; and a block `with scope(name):`.

    **Attributes:** `kind`, the class of the module, or "scope"; `name`; `parent`, the scope around
    it; `module`, of a call the place of the module that was called, else None.

    >>> layer = Scope("Layer", "layers[0]")
    >>> str(Scope("Neuron", "neurons[1]", layer))
    'layers[0].neurons[1]'
    """

    __slots__ = ("kind", "name", "parent", "module")

    def __init__(
        self,
        kind: str,
        name: str = "",
        parent: Scope | None = None,
        module: Scope | None = None,
    ) -> None:
        self.kind, self.name, self.parent, self.module = kind, name, parent, module

    def __getattr__(self, name: str) -> str:
        if name in ("kind", "name"):  # of a call: those of its module, see `call_of`
            return getattr(self.module, name)  # type: ignore[no-any-return]
        raise AttributeError(f"a scope has no attribute {name!r}")

    def _links(self) -> Iterable[Scope]:
        return [scope for scope in (self.parent, self.module) if scope is not None]

    @property
    def place(self) -> Scope:
        """Of a call, the place of its module; of anything else, itself."""
        return self.module or self

    @property
    def path(self) -> tuple[Scope, ...]:
        """This scope and those around it, the outermost first."""
        path = [self]
        while (parent := path[-1].parent) is not None:
            path.append(parent)
        return tuple(reversed(path))

    def __str__(self) -> str:
        return ".".join(scope.name for scope in self.path if scope.name) or self.kind

    def __repr__(self) -> str:
        return f"<scope {self}>"


def around(scopes: Iterable[Scope | None]) -> Scope | None:
    """The innermost scope that all of these are in; None if there is none.

    >>> layer = Scope("layer", "layers[0]")
    >>> neurons = [Scope("neuron", f"neurons[{i}]", layer) for i in range(2)]
    >>> around(neurons) is layer, around([neurons[1]]) is neurons[1], around([*neurons, None])
    (True, True, None)
    """
    different = dict.fromkeys(scopes)
    if None in different:
        return None
    paths = [scope.path for scope in different if scope is not None]
    common = None
    for level in zip(*paths, strict=False):
        if any(scope is not level[0] for scope in level):
            break
        common = level[0]
    return common


class _Here:
    """Where this thread records: `here.scope`, which every node takes; None outside of all scopes.

    With one thread it is a plain slot, for a thread's own storage would cost a fifth of recording a
    node. `enter` asks whether there are other threads; from then on each has its own.
    """

    __slots__ = ("only", "owner", "own")

    def __init__(self) -> None:
        self.only: Scope | None = None
        self.owner = 0  # the thread that `only` is of
        self.own = threading.local()


class _OneThread(_Here):
    """`here` while there is one thread."""

    __slots__ = ()
    scope = vars(_Here)["only"]


class _Threads(_Here):
    """`here` while there are several."""

    __slots__ = ()

    @property
    def scope(self) -> Scope | None:
        try:
            found: Scope | None = self.own.scope
            return found
        except AttributeError:  # entered before there was a second thread, or not at all
            return self.only if self.owner == get_ident() else None

    @scope.setter
    def scope(self, scope: Scope | None) -> None:
        self.own.scope = scope


here: Any = _OneThread()


def enter(scope: Scope) -> None:
    """Record in a scope from now on, until the one before is assigned to `here.scope`."""
    if other_threads():
        here.__class__ = _Threads
    elif scope.parent is None:
        here.__class__, here.owner = _OneThread, get_ident()
    here.scope = scope


def call_of(module: Scope, caller: Scope | None) -> Scope:
    """The scope of one call of the module at a place."""
    call = _new(Scope)  # a third of the time of `Scope(...)`; one for each call of each neuron
    call.module, call.parent = module, caller
    return call


_new: Callable[[type[Scope]], Scope] = object.__new__


@contextmanager
def scope(name: str) -> Iterator[Scope]:
    """Within it, the operations that are recorded belong together under a name; it may be nested.

    >>> from tinygrad_neuron import Value
    >>> x = Value(2.0)
    >>> with scope("step 1"):
    ...     y = x * x
    >>> y.scope, x.scope, (x * x).scope
    (<scope step 1>, None, None)
    """
    if not isinstance(name, str):
        raise TypeError(f"scope takes a name, as in scope('step 1'), got {name!r}")
    made = Scope("scope", name, here.scope)
    enter(made)
    try:
        yield made
    finally:
        _leave(made)


def _leave(made: Scope) -> None:
    """Go back to what was around a block. Tasks of asyncio take turns, and may leave blocks in
    another order than they entered them: one that is not the innermost is taken out of the path.
    """
    inner = here.scope
    while inner is not None and inner.module is not None:  # a call that was broken off
        inner = inner.parent
    if inner is None or inner is made:
        here.scope = made.parent
        return
    while inner.parent is not None:
        if inner.parent is made:
            inner.parent = made.parent
            return
        inner = inner.parent
