"""Records as HTML, for notebooks and the book.

Each piece stands for itself: it asks the network for nothing, and questions are checked on the
page. Where scripts do not run (a notebook that is not trusted) a question still shows its text and,
folded, its hint and answer; a slider shows all its frames.
"""

import ast
import base64
import html
import io
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from ..calculus import javascript
from ..calculus.operation import Operation
from ..calculus.printing import MINUS, OPERATORS
from ..calculus.table import TABLE
from ..draw.rendering import EngineNotFoundError, RenderingError
from . import plain
from .questions import Question
from .records import Frame, Shown, Slider
from .tex import readable

_FOLDER = Path(__file__).parent
_PRINTED_STEPS = 60
_WIDE, _READABLE = 480, 0.6  # in pixels; the smallest share of its size that can be read


def display(record: Any) -> None:
    """Show a record in the notebook's cell."""
    from IPython.display import display as show

    bundle = {"text/html": to_html(record), "text/plain": plain.text(record)}
    show(bundle, raw=True)  # type: ignore[no-untyped-call]


def to_html(record: Any) -> str:
    """A question, a slider or a thing shown, as a piece of HTML.

    >>> page = to_html(Question("1 + 1?", 2, hint="Count."))
    >>> page.startswith("<style>"), "<details>" in page, "customElements" in page
    (True, True, True)
    """
    style = f"<style>{_asset('page.css')}</style>"
    if isinstance(record, Question):
        return style + _question(record)
    if isinstance(record, Slider):
        return style + _slider(record)
    assert isinstance(record, Shown)
    return style + _shown(record)


@cache
def _asset(name: str) -> str:
    return (_FOLDER / name).read_text("utf-8")


def marked_up(text: str) -> str:
    """A text with formulas, `code` and **bold** as HTML.

    >>> marked_up("Is `a < b` for $w_1$?")
    'Is <code>a &lt; b</code> for w₁?'
    """
    text = html.escape(readable(text).strip(), quote=False)
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", text)
    return re.sub(r"\*\*([^*\s][^*]*)\*\*", r"<strong>\1</strong>", text)


# Questions


def _question(question: Question) -> str:
    """A question that the page judges; what is inside is seen where scripts do not run."""
    kind = "Predict" if question.before else "Exercise"
    options = "".join(f"<li>{marked_up(str(option))}</li>" for option in question.options)
    hint = f"<details><summary>Hint</summary>{marked_up(question.hint)}</details>"
    answer = marked_up(question.answer_text) + (" (one of many)" if question.is_open else "")
    answer += f"<br>{marked_up(question.explanation)}" if question.explanation else ""
    folded = (
        f"<p><strong>{kind}.</strong> {marked_up(question.text)}</p>"
        + (f"<ul>{options}</ul>" if options else "")
        + (hint if question.hint else "")
        + f"<details><summary>Answer</summary>{answer}</details>"
    )
    before = " before" if question.before else ""
    if question.is_open:  # judged by Python, which a page does not have
        return f'<div class="tn-asked{before}">{folded}</div>'
    data = html.escape(json.dumps(_data(question), ensure_ascii=False))
    return (
        f'<tn-question{before} data-question="{data}">{folded}</tn-question>'
        f"<script>{_judge(tuple(TABLE.values()))}</script>"
    )


@cache
def _judge(operations: tuple[Operation, ...]) -> str:
    """The script of questions: before the judge stands what an answer may compute with.

    An operation that somebody registered with a kernel which JavaScript cannot have is left out.
    """
    known = [operation for operation in operations if _is_translatable(operation.name)]
    calls = {
        operation.name: {
            "name": javascript.identifier(operation.name),
            "listed": operation.variadic,
            "most": len(operation.operands),
            "defaults": operation.defaults,
        }
        for operation in known
    }
    operators = {
        operator.sign: {
            "name": operator.operations[0],
            "tightness": operator.tightness,
            # a - b - c is (a - b) - c, but a ** b ** c is a ** (b ** c)
            "right": operator.tightness + (kind is not ast.Pow),
        }
        for kind, operator in OPERATORS.items()
    }
    minus = {"name": MINUS.operations[0], "tightness": MINUS.tightness}
    table = {"CALLS": calls, "OPERATORS": operators, "MINUS": minus}
    return "\n".join(
        [
            "(() => {",
            javascript.arithmetic(),
            javascript.source((operation.name for operation in known), partials=False),
            *(f"const {name} = {json.dumps(value)};" for name, value in table.items()),
            f"{_asset('question.js')}}})();",
        ]
    )


def _is_translatable(name: str) -> bool:
    try:
        javascript.source([name], partials=False)
    except ValueError:
        return False
    return True


def _data(question: Question) -> dict[str, Any]:
    """What the page has to know of a question, to judge answers and to say something to each."""
    data = {
        "kind": question.kind,
        "before": question.before,
        "text": marked_up(question.text),
        "answer": question.read(question.answer),
        "shown": marked_up(question.answer_text),
        "wrong": [[question.read(a), marked_up(hint)] for a, hint in question.wrong.items()],
        "hint": marked_up(question.hint),
        "explanation": marked_up(question.explanation),
        "expected": marked_up(question.expected),
        "tolerance": question.tolerance,
    }
    if question.kind == "expression":
        data["points"] = question.points
    if question.options:
        data["options"] = [marked_up(str(option)) for option in question.options]
    if question.names:
        data["names"] = question.names
    return data


# Sliders and pictures


def _slider(slider: Slider) -> str:
    frames = "".join(_frame(slider.name, frame) for frame in slider.frames)
    name = html.escape(slider.name)
    return (
        f'<tn-slider data-name="{name}">{frames}</tn-slider><script>{_asset("slider.js")}</script>'
    )


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
            f"{thing._repr_html_()}<script>{_asset('theme.js')}</script>"
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
        '<div class="tn-scroll" tabindex="0" role="group" aria-label="A wide picture">'
        f"{image}</div>"
    )


def _width(svg: bytes) -> float:
    """The width of an SVG in pixels; 0 where it says none."""
    found = re.search(rb'<svg\b[^>]*?\swidth="([\d.]+)(pt|px|)"', svg)
    return float(found[1]) * (4 / 3 if found[2] == b"pt" else 1) if found else 0.0
