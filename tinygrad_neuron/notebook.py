"""How Values and models show themselves in a notebook: a picture, or text without an engine."""

import re
import sys
from collections.abc import Callable, Iterable

from .draw.rendering import Digraph, EngineNotFoundError, RenderingError


def mimebundle(
    subject: object,
    draw: Callable[[], Digraph],
    include: Iterable[str] | None = None,
    exclude: Iterable[str] | None = None,
) -> dict[str, str]:
    """The MIME bundle of a picture: SVG that shrinks to fit its cell, and the subject's repr.

    Without a layout engine, or where it fails, only the repr: what was wrong goes to stderr.

    >>> from tinygrad_neuron import Value
    >>> sorted(Value(1.0)._repr_mimebundle_())
    ['image/svg+xml', 'text/plain']
    """
    bundle = {"text/plain": repr(subject)}
    try:
        bundle["image/svg+xml"] = fitting(draw().pipe(format="svg", encoding="utf-8"))
    except (EngineNotFoundError, RenderingError) as error:
        print(error, file=sys.stderr)
    return _asked_for(bundle, include, exclude)


def text_only(
    subject: object, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
) -> dict[str, str]:
    """The MIME bundle of what has no picture.

    >>> text_only(3)
    {'text/plain': '3'}
    """
    return _asked_for({"text/plain": repr(subject)}, include, exclude)


def _asked_for(
    bundle: dict[str, str], include: Iterable[str] | None, exclude: Iterable[str] | None
) -> dict[str, str]:
    if include is not None:
        bundle = {kind: bundle[kind] for kind in include if kind in bundle}
    return {kind: shown for kind, shown in bundle.items() if kind not in set(exclude or ())}


def fitting(svg: str) -> str:
    """An SVG that is never wider than the place where it is shown, so that nothing is cut off.

    >>> fitting('<svg width="9pt" height="5pt" viewBox="0 0 9 5">')
    '<svg width="9pt" height="5pt" style="max-width: 100%; height: auto" viewBox="0 0 9 5">'
    """
    size = r'(<svg\b[^>]*?width="[^"]*"\s+height="[^"]*")'
    return re.sub(size, r'\1 style="max-width: 100%; height: auto"', svg, count=1)
