"""Text of a lesson as HTML: formulas, `code` and **bold**; and the files that pages are made of."""

import html
import re
from functools import cache
from importlib.resources import files

from ..interface import say
from .tex import FORMULA, readable

_FOLDER = files(__package__)  # in a zipped wheel, too


@cache
def asset(name: str) -> str:
    """The text of a file of this room, a script or a style sheet."""
    return (_FOLDER / name).read_text("utf-8")


def opening(title: str) -> str:
    """How a page of its own begins, in the language of the interface.

    >>> opening("Is a < b?")[:48]
    '<!doctype html><html lang="en"><meta charset="ut'
    """
    return (
        f'<!doctype html><html lang="{say("language")}"><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
    )


def each_once(page: str) -> str:
    """A page on which scripts and styles that its pieces bring along are kept once.

    >>> each_once("<style>b</style>1<style>b</style>2")
    '<style>b</style>12'
    """
    seen = set[str]()

    def first(match: "re.Match[str]") -> str:
        if match[0] in seen:
            return ""
        seen.add(match[0])
        return match[0]

    return re.sub(r"<(script|style)>.*?</\1>", first, page, flags=re.DOTALL)


def marked_up(text: str) -> str:
    """A text with formulas, `code`, *emphasis* and **bold** as HTML.

    >>> marked_up("Is `a < b` for **all** of *them*?")
    'Is <code>a &lt; b</code> for <strong>all</strong> of <em>them</em>?'
    """
    pieces, end = [], 0
    for match in FORMULA.finditer(text):
        pieces.append(_prose(text[end : match.start()]))
        if match["code"]:
            pieces.append(f"<code>{html.escape(match['code'].strip('`'), quote=False)}</code>")
        else:
            pieces.append(_formula(match["block"] or match["inline"], match[0]))
        end = match.end()
    return ("".join(pieces) + _prose(text[end:])).strip()


def _prose(text: str) -> str:
    text = html.escape(text, quote=False)
    text = re.sub(r"\*\*([^*\s][^*]*)\*\*", r"<strong>\1</strong>", text)
    return re.sub(r"(?<![\w*])\*([^*\s][^*\n]*)\*(?![\w*])", r"<em>\1</em>", text)


def _formula(tex: str, written: str) -> str:
    """A formula as MathML, or, where docutils (extra `book`) is missing, as text."""
    try:
        return mathml(tex)
    except ModuleNotFoundError:
        return html.escape(readable(written), quote=False)


def mathml(tex: str, as_block: bool = False) -> str:
    r"""A formula as MathML; raises a `ValueError` that names the formula which cannot be shown, and
    a `ModuleNotFoundError` without docutils.

    >>> mathml(r"w_0 + \dots").count("<mi>w</mi>")
    1
    """
    from docutils.utils.math import MathError
    from docutils.utils.math.latex2mathml import tex2mathml

    try:
        return str(tex2mathml(tex.replace(r"\dots", r"\ldots"), as_block=as_block))
    except MathError as error:
        raise ValueError(f"the formula {tex!r} cannot be shown: {error}") from None
