"""Things side by side on a page, each under its name."""

import html
from collections.abc import Mapping
from typing import Any

from ..checking import as_text, mapped


class Beside:
    """Pictures side by side; where the page is narrow, one below the other.

    **Arguments:** `things`, for each name a picture of Graphviz, a figure of Matplotlib, or what
    else `show` takes. Raises a `ValueError` for fewer than two.

    >>> from tinygrad_neuron import Value, draw_dot
    >>> both = Beside({"before": draw_dot(Value(1.0)), "after": draw_dot(Value(2.0))})
    >>> both
    <before beside after>
    >>> both._repr_html_().count("<img")
    2
    """

    def __init__(self, things: Mapping[str, Any]) -> None:
        way_out = "a picture for each name, as in Beside({'before': one, 'after': other})"
        given = mapped("Beside", "things", things, way_out)
        self.things = {as_text(name): thing for name, thing in given.items()}
        if len(self.things) < 2:
            raise ValueError(f"beside: two things or more, got {list(self.things)}")

    def __repr__(self) -> str:
        return f"<{' beside '.join(self.things)}>"

    def _repr_html_(self) -> str:
        from .pages import picture

        figures = "".join(
            f'<figure style="flex:1 1 16rem;min-width:0;margin:0"><figcaption>{html.escape(name)}'
            f"</figcaption>{picture(thing)}</figure>"
            for name, thing in self.things.items()
        )
        return f'<div style="display:flex;flex-wrap:wrap;gap:1rem">{figures}</div>'
