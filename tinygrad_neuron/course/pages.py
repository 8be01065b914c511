"""Records as HTML, for notebooks and the book: self-contained, checked on the page itself."""

import base64
import html
from typing import Any

from .plain import text
from .questions import Question
from .records import Shown, Slider


def display(record: Any) -> None:
    """Show a record in the notebook's cell."""
    from IPython.display import display as show

    show({"text/html": to_html(record), "text/plain": text(record)}, raw=True)  # type: ignore[no-untyped-call]


def to_html(record: Any) -> str:
    """The record as a piece of HTML."""
    if isinstance(record, Question):
        return _question(record)
    if isinstance(record, Slider):
        return "".join(
            f"<h4>{html.escape(record.name)} = {frame.value}</h4>"
            + (picture(frame.thing, frame.text) or f"<pre>{html.escape(frame.text)}</pre>")
            for frame in record.frames
        )
    assert isinstance(record, Shown)
    caption = f"<figcaption>{html.escape(record.text)}</figcaption>"
    return f"<figure>{picture(record.thing, record.text)}{caption}</figure>"


def picture(thing: Any, text: str) -> str:
    """A thing as HTML."""
    if thing is None:
        return ""
    if hasattr(thing, "savefig"):
        import io

        buffer = io.BytesIO()
        thing.savefig(buffer, format="svg")
        return _image(buffer.getvalue(), text)
    if hasattr(thing, "pipe"):
        return _image(thing.pipe(format="svg"), text)
    if hasattr(thing, "_repr_html_"):
        return str(thing._repr_html_())
    if hasattr(thing, "_repr_mimebundle_"):
        return _image(thing._repr_mimebundle_()["image/svg+xml"].encode(), text)
    return f"<pre>{html.escape(str(thing))}</pre>"


def _image(svg: bytes, text: str) -> str:
    data = base64.b64encode(svg).decode()
    return f'<img alt="{html.escape(text)}" src="data:image/svg+xml;base64,{data}">'


def _question(question: Question) -> str:
    return (
        f"<p><strong>{html.escape(question.text)}</strong></p><details><summary>Answer</summary>"
        f"{html.escape(question.answer_text)} {html.escape(question.explanation)}</details>"
    )
