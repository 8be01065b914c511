"""What the book needs of Sphinx beside the usual: links to the glossary, and formulas as MathML.

The first use of each glossary term in a lesson becomes a link, so that lessons are written in plain
words. Formulas are turned into MathML when the book is built, so that a page fetches no script.
"""

import html
import re
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from ..interface import script
from .marking import asset, each_once, mathml

_logger = logging.getLogger(__name__)

_UNTOUCHED = (
    nodes.literal, nodes.literal_block, nodes.raw, nodes.reference, nodes.title, nodes.math,
    nodes.math_block, nodes.comment, nodes.rubric, addnodes.pending_xref,
    addnodes.download_reference,
)  # fmt: skip


# Words of every day that are a term only behind one of these.
_MEANT_BEHIND = {
    "example": ("an ", "each ", "every ", "the "),
    "step": ("the ", "of the "),
    "dead": ("is ", "a "),
    "temperature": ("the ",),
}
# Parts of other terms: the hyperbolic tangent, a rectified linear unit, in units of something.
_NOT_MEANT_BEHIND = {"tangent": ("hyperbolic ",), "unit": ("linear ", "in ")}


_LONG = 50  # characters of TeX


class GlossaryLinks(SphinxPostTransform):
    """Links the first use of each term in a lesson to the glossary."""

    default_priority = 5  # before references are resolved
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Put the links into the document at hand."""
        if not re.match(r"lesson_\d+_", self.env.docname):
            return
        objects = self.env.domains["std"].objects
        terms = {name.lower(): name for kind, name in objects if kind == "term"}
        if not terms:
            return
        left = dict(terms)
        _join(self.document)
        for text in list(_prose(self.document)):
            if parts := _linked(text.astext(), terms, left):
                text.parent.replace(text, parts)


def _join(document: nodes.document) -> None:
    """Puts together what the parser has cut at the ends of lines: a term may go across one."""
    for parent in list(document.findall(nodes.TextElement)):
        pieces: list[nodes.Node] = []
        for piece in parent.children:
            if pieces and isinstance(piece, nodes.Text) and isinstance(pieces[-1], nodes.Text):
                piece = nodes.Text(pieces.pop().astext() + piece.astext())
            pieces.append(piece)
        if len(pieces) < len(parent):
            parent.clear()
            parent += pieces


def _prose(document: nodes.document) -> Iterator[nodes.Text]:
    for text in document.findall(nodes.Text):
        parent = text.parent
        while parent is not None and not isinstance(parent, _UNTOUCHED):
            if "cell_output" in getattr(parent, "get", lambda *_: [])("classes", []):
                break
            if isinstance(parent, nodes.section) and parent[0].astext() == "Sources":
                break  # titles of books, in their own words
            parent = parent.parent
        if parent is None:
            yield text


def _linked(text: str, terms: dict[str, str], left: dict[str, str]) -> list[nodes.Node]:
    """The pieces of a text with links for the terms in it; what was linked leaves `left`."""
    pieces: list[nodes.Node] = []
    end = 0
    # Of all terms, lest "hidden" be linked in a "hidden layer" that was linked before.
    pattern = "|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True))
    pattern = pattern.replace(r"\ ", r"\s+")  # a line may end inside a term
    for match in re.finditer(rf"(?<![\w-])({pattern})(?:s|es)?(?![\w-])", text, re.IGNORECASE):
        term = " ".join(match[1].lower().split())
        behind = _MEANT_BEHIND.get(term, ("",))
        before = " ".join(text[: match.start()].lower().rsplit("\n", 1))
        if text != match[0] and not before.endswith(behind):
            continue
        if before.endswith(_NOT_MEANT_BEHIND.get(term, ())):
            continue
        name = left.pop(term, None)
        if name is None:
            continue
        if match.start() > end:
            pieces.append(nodes.Text(text[end : match.start()]))
        link = addnodes.pending_xref(
            "", refdomain="std", reftype="term", reftarget=name, refexplicit=True, refwarn=True
        )
        link += nodes.inline(match[0], match[0], classes=["term"])
        pieces.append(link)
        end = match.end()
    if pieces and end < len(text):
        pieces.append(nodes.Text(text[end:]))
    return pieces


def _formula(translator: Any, node: nodes.Element) -> None:
    translator.body.append(_mathml(node, as_block=False))
    raise nodes.SkipNode


def _mathml(node: nodes.Element, as_block: bool) -> str:
    """A formula; one that cannot be shown is a warning, and so stops the build.

    Raised while pages are written in parallel, an error may be swallowed, with the pages.
    """
    try:
        return mathml(node.astext(), as_block)
    except ValueError as error:
        _logger.warning("%s", error, location=node)
        return html.escape(node.astext())


def _displayed_formula(translator: Any, node: nodes.Element) -> None:
    # A long one is moved sideways on a narrow screen, with the keyboard too.
    reached = ' tabindex="0"' if len(node.astext()) > _LONG else ""
    translator.body.append(f'<div class="formula"{reached}>')
    translator.body.append(_mathml(node, as_block=True))
    translator.body.append("</div>")
    raise nodes.SkipNode


def _plain_bars(app: Sphinx, what: str, name: str, object_: Any, options: Any, lines: Any) -> None:
    """In our docstrings |a| is the absolute value of a, not a substitution."""
    for i, line in enumerate(lines):
        if "|" in line and not line.lstrip().startswith((">>>", "...")):
            pieces = re.split(r"(`[^`]*`)", line)
            pieces[::2] = [re.sub(r"(?<!\\)\|", r"\|", piece) for piece in pieces[::2]]
            lines[i] = "".join(pieces)


def _levels_of_captions(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """A heading that says its level: screen readers need it, the theme leaves it out."""
    for part in ("furo_navigation_tree", "body"):
        if part in context:
            context[part] = context[part].replace(
                'role="heading">', 'role="heading" aria-level="2">'
            )


def _each_once(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Scripts and styles that pieces of a lesson bring along are kept once for the page. Tables,
    which are moved sideways where they are too wide, are reached with the keyboard.
    """
    if "body" in context:
        context["body"] = each_once(context["body"]).replace(
            '<div class="table-wrapper', '<div tabindex="0" class="table-wrapper'
        )


def _scripts(app: Sphinx) -> None:
    """The book's own script: progress, what was missed, the switch for who only reads."""
    app.add_js_file(None, body=script(f"{asset('memory.js')}\n{asset('book.js')}"), priority=900)


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_post_transform(GlossaryLinks)
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("builder-inited", _scripts)
    app.connect("autodoc-process-docstring", _plain_bars)
    app.connect("html-page-context", _levels_of_captions, priority=900)  # after the theme
    app.connect("html-page-context", _each_once)
    app.add_html_math_renderer("mathml", (_formula, None), (_displayed_formula, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
