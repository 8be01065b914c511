"""Records as HTML, for notebooks and the book.

Each piece stands for itself: it asks the network for nothing, and questions are checked on the
page. Where scripts do not run (a notebook that is not trusted) a question still shows its text and,
folded, its hint and answer; a slider shows all its frames.
"""

import base64
import html
import io
import re
from collections.abc import Sequence
from typing import Any

from ..draw.rendering import EngineNotFoundError, RenderingError
from ..interface import say, script
from ..walk.page import frame_html
from . import plain, question_pages
from .marking import asset, marked_up, opening
from .questions import Question, Verdict
from .records import Bare, Frame, Shown, Slider, Text, Tried
from .tasks import Task
from .tex import readable

_PRINTED_STEPS = 60
_FRAME = 940  # pixels
_WIDE, _READABLE = 480, 0.6  # in pixels; the smallest share of its size that can be read


def display(record: Any) -> None:
    """Show a record in the notebook's cell."""
    from IPython.display import display as show

    if isinstance(record, Text):
        bundle = {"text/markdown": record.text, "text/plain": record.text}
    elif isinstance(record, Question | Task):  # no answer where a program exports plain text
        bundle = {"text/html": to_html(record), "text/plain": record.text}
    else:
        bundle = {"text/html": to_html(record), "text/plain": plain.text(record)}
    show(bundle, raw=True)  # type: ignore[no-untyped-call]


def to_html(record: Any) -> str:
    """A question, a task, a verdict, a slider or a thing shown, as a piece of HTML.

    >>> page = to_html(Question("1 + 1?", 2, hint="Count."))
    >>> page.startswith("<style>"), "<details>" in page, "customElements" in page
    (True, True, True)
    """
    style = f"<style>{asset('page.css')}</style>"
    if isinstance(record, Question):
        return style + question_pages.question(record)
    if isinstance(record, Task):
        return style + question_pages.task(record)
    if isinstance(record, Bare):
        return style + question_pages.bare(record.asked)
    if isinstance(record, Verdict):
        return style + question_pages.verdict(record)
    if isinstance(record, Tried):
        return style + question_pages.tried(record)
    if isinstance(record, Slider):
        return style + _slider(record)
    assert isinstance(record, Shown)
    return style + _shown(record)


def to_page(records: Sequence[Any], title: str) -> str:
    """Records as a page of their own.

    >>> page = to_page([Shown("w < 0", "A sign.")], "Lesson 1")
    >>> page.startswith("<!doctype html>"), "w &lt; 0" in page
    (True, True)
    """
    look = "max-width: 46rem; margin: 1rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui"
    inside = "".join(map(to_html, records))
    return f'{opening(title)}<body style="{look}">{inside}</body></html>'


def _slider(slider: Slider) -> str:
    frames = "".join(_frame(slider.name, frame) for frame in slider.frames)
    name = html.escape(slider.name)
    made = (
        f'<tn-slider data-name="{name}" data-start="{slider.start}">{frames}</tn-slider>'
        f"<script>{script(asset('slider.js'))}</script>"
    )
    return made if slider.live is None else str(slider.live.to_html(made))


def _frame(name: str, frame: Frame) -> str:
    value = html.escape(frame.value)
    text = html.escape(readable(frame.text).strip("\n"))
    if frame.thing is None:
        inside = f"<pre>{text}</pre>"
    else:
        inside = picture(frame.thing)
        if text:
            inside += f'<div class="tn-hidden">{text}</div>'
    return (
        f'<div class="tn-frame" data-value="{value}">'
        f'<div class="tn-value">{html.escape(name)} = {value}</div>{inside}</div>'
    )


def _shown(shown: Shown) -> str:
    caption = f"<figcaption>{marked_up(shown.text)}</figcaption>" if shown.text else ""
    return f'<figure class="tn-picture">{picture(shown.thing)}{caption}</figure>'


def picture(thing: Any) -> str:
    """A thing as HTML: its page, its picture, or its text where it has neither.

    >>> picture("w < 0")
    '<pre>w &lt; 0</pre>'
    """
    if hasattr(thing, "terminal") and hasattr(thing, "page"):
        steps = thing.text().splitlines()
        text = html.escape("\n".join(steps[: _PRINTED_STEPS * 5]))
        return (
            f"{_framed(thing)}<script>{asset('theme.js')}</script>"
            f'<pre class="tn-printed">{text}</pre>'
        )
    if hasattr(thing, "savefig"):
        return _figure(thing)
    if hasattr(thing, "_repr_html_") and not hasattr(thing, "pipe"):
        return str(thing._repr_html_())
    try:
        if hasattr(thing, "pipe"):
            return _image(thing.pipe(format="svg"), "svg+xml")
        if hasattr(thing, "_repr_mimebundle_"):
            bundle = thing._repr_mimebundle_()
            if "image/svg+xml" in bundle:
                return _image(bundle["image/svg+xml"].encode(), "svg+xml")
    except (EngineNotFoundError, RenderingError) as error:
        return f"<pre>{html.escape(str(error))}</pre>"
    text = thing if isinstance(thing, str) else repr(thing)
    return f"<pre>{html.escape(text)}</pre>"


def _framed(walkthrough: Any) -> str:
    """A walkthrough in a frame that is high enough for its picture beside the panel."""
    return frame_html(walkthrough, height=_FRAME)


def _figure(figure: Any) -> str:
    """A figure of Matplotlib: as SVG, or, where that is large, as dots."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", bbox_inches="tight", metadata={"Date": None})
    if len(buffer.getvalue()) < 200_000:
        return _image(buffer.getvalue(), "svg+xml")
    width = figure.get_size_inches()[0] * 96
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=192, bbox_inches="tight")
    return _image(buffer.getvalue(), "png", width)


def _image(picture: bytes, kind: str, width: float = 0) -> str:
    # As an image of its own: what it calls its parts cannot clash with another picture's.
    data = base64.b64encode(picture).decode()
    width = width or _width(picture)
    style = f' style="width: {width:.0f}px"' if width else ""
    image = f'<img class="tn-drawn" alt="" src="data:image/{kind};base64,{data}"{style}>'
    if width < _WIDE:
        return image
    # Where the screen is narrow, it is moved sideways rather than shrunk beyond reading.
    image = image.replace('style="', f'style="min-width: {_READABLE * width:.0f}px; ')
    return (
        '<div class="tn-scroll" tabindex="0" role="group" aria-label="' + say("wide picture") + '">'
        f"{image}</div>"
    )


def _width(svg: bytes) -> float:
    """The width of an SVG in pixels; 0 where it says none."""
    found = re.search(rb'<svg\b[^>]*?\swidth="([\d.]+)(pt|px|)"', svg)
    return float(found[1]) * (4 / 3 if found[2] == b"pt" else 1) if found else 0.0
