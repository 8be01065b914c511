"""How objects show themselves in a notebook: their picture, where one is registered, and repr."""

import re
from collections.abc import Callable, Iterable
from typing import Any

# By the full name of a class, so that a class can be registered before it is imported.
_pictures: dict[str, Callable[[Any], str | None]] = {}


def show_as(kind: str, picture: Callable[[Any], str | None]) -> None:
    """Register how a class and its subclasses are drawn.

    **Arguments:** `kind`, the full name of the class; `picture`, a function of the object that
    returns SVG, or None where there is no picture of it.
    """
    _pictures[kind] = picture


class Shown:
    """A mixin: the object shows itself in a notebook."""

    __slots__ = ()

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
    ) -> dict[str, str]:
        """The picture, as SVG that shrinks to fit its cell, and the repr; Jupyter asks for it.

        >>> from tinygrad_neuron import Value
        >>> sorted(Value(1.0)._repr_mimebundle_())
        ['image/svg+xml', 'text/plain']
        """
        bundle = {"text/plain": repr(self)}
        names = [f"{kind.__module__}.{kind.__qualname__}" for kind in type(self).__mro__]
        picture = next((_pictures[name] for name in names if name in _pictures), None)
        drawn = None if picture is None else picture(self)
        if drawn is not None:
            bundle["image/svg+xml"] = fitting(drawn)
        if include is not None:
            bundle = {kind: bundle[kind] for kind in include if kind in bundle}
        return {kind: text for kind, text in bundle.items() if kind not in set(exclude or ())}


def fitting(svg: str) -> str:
    """An SVG that is never wider than the place where it is shown, so that nothing is cut off.

    >>> fitting('<svg width="9pt" height="5pt" viewBox="0 0 9 5">')
    '<svg width="9pt" height="5pt" style="max-width: 100%; height: auto" viewBox="0 0 9 5">'
    """
    size = r'(<svg\b[^>]*?width="[^"]*"\s+height="[^"]*")'
    return re.sub(size, r'\1 style="max-width: 100%; height: auto"', svg, count=1)
