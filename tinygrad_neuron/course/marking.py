"""Text of a lesson as HTML: formulas, `code` and **bold**; and the files that pages are made of."""

import html
import re
from functools import cache
from pathlib import Path

from .tex import readable

_FOLDER = Path(__file__).parent


@cache
def asset(name: str) -> str:
    """The text of a file of this room, a script or a style sheet."""
    return (_FOLDER / name).read_text("utf-8")


def marked_up(text: str) -> str:
    """A text with formulas, `code` and **bold** as HTML.

    >>> marked_up("Is `a < b` for $w_1$?")
    'Is <code>a &lt; b</code> for w₁?'
    """
    text = html.escape(readable(text).strip(), quote=False)
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", text)
    return re.sub(r"\*\*([^*\s][^*]*)\*\*", r"<strong>\1</strong>", text)
