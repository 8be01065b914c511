"""Where in a program or a model an operation was recorded."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Scope:
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


class Here(threading.local):
    """The scope in which this thread records; None outside of all."""

    scope: Scope | None = None


here = Here()


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
    outer = here.scope
    here.scope = made = Scope("scope", name, outer)
    try:
        yield made
    finally:
        here.scope = outer
