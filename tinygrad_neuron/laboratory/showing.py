"""Things as events of a session: pictures, pages, or text."""

import base64
import io
from collections.abc import Iterator
from typing import Any

from ..course.questions import Question, Verdict
from ..course.records import Shown, Slider, Text
from ..course.tasks import Task
from ..course.tex import readable

_RECORDS = (Question, Task, Verdict, Slider)
_FRAME = 940  # pixels that a walkthrough is high


def shown(thing: Any) -> Iterator[dict[str, Any]]:
    """What a notebook shows of a thing, as events.

    >>> list(shown("text"))
    [{'kind': 'text', 'text': "'text'"}]
    >>> from tinygrad_neuron import Value
    >>> [event["kind"] for event in shown(Value(1.0, label="x") * 2.0)]
    ['image']
    """
    if isinstance(thing, Shown):
        yield from shown(thing.thing)
        if thing.text:
            yield {"kind": "caption", "text": readable(thing.text)}
    elif isinstance(thing, Text):
        yield {"kind": "text", "text": thing.text}
    elif isinstance(thing, _RECORDS):
        from ..course.pages import to_html

        yield {"kind": "html", "html": to_html(thing), "title": type(thing).__name__}
    elif hasattr(thing, "terminal") and hasattr(thing, "page"):
        from ..walk.page import page_html  # when it is needed: a page opens sooner

        title = "Both passes, step by step"
        yield {"kind": "html", "html": page_html(thing), "title": title, "height": _FRAME}
    elif hasattr(thing, "savefig"):
        picture = io.BytesIO()
        thing.savefig(picture, format="svg", bbox_inches="tight", metadata={"Date": None})
        yield _image(picture.getvalue(), "image/svg+xml", "A figure")
    elif hasattr(thing, "_repr_mimebundle_"):
        yield _of_bundle(thing, thing._repr_mimebundle_())
    elif hasattr(thing, "_repr_html_"):
        yield {"kind": "html", "html": thing._repr_html_(), "title": repr(thing)}
    elif hasattr(thing, "_repr_svg_"):
        yield _image(thing._repr_svg_().encode(), "image/svg+xml", repr(thing))
    elif hasattr(thing, "_repr_png_"):
        yield _image(thing._repr_png_(), "image/png", repr(thing))
    elif not hasattr(thing, "_ipython_display_"):  # which shows itself, or nothing
        yield {"kind": "text", "text": repr(thing)}


def _of_bundle(thing: Any, bundle: dict[str, Any]) -> dict[str, Any]:
    """The best of what a thing offers."""
    said = str(bundle.get("text/plain", repr(thing)))
    if "image/svg+xml" in bundle:
        svg = bundle["image/svg+xml"]
        is_source = said.startswith(("digraph", "graph"))
        return _image(svg.encode(), "image/svg+xml", "A graph" if is_source else said)
    if "text/html" in bundle:
        return {"kind": "html", "html": bundle["text/html"], "title": said}
    return {"kind": "text", "text": said}


def _image(picture: bytes, kind: str, said: str) -> dict[str, Any]:
    data = base64.b64encode(picture).decode()
    return {"kind": "image", "type": kind, "data": data, "alt": said[:300]}
