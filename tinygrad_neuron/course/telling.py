"""Text of a lesson for those who teach: Markdown as HTML, and the parts of it that fit a slide."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..interface import say
from .chosen import Course
from .lessons import Cell, Lesson
from .marking import asset, mathml, opening
from .tex import FORMULA, readable

_SHORT = re.compile(r"([-*>|]|\d+\.) |\||\$\$|```")
_KEPT = re.compile("\ue002(\\d+)\ue003")


@dataclass(frozen=True)
class Part:
    """A heading, or "" before the first, with what stands under it."""

    heading: str
    text: str


def parts(cell: Cell) -> Iterator[Part]:
    """A cell of text in parts, each from a heading to the next.

    >>> list(parts(Cell("text", "So it is.\\n\\n## Next\\n\\nMore.", 1)))
    [Part(heading='', text='So it is.'), Part(heading='Next', text='More.')]
    """
    heading, lines = "", list[str]()
    for line in [*cell.source.splitlines(), "# "]:
        found = re.fullmatch(r"#{1,6} (.*)", line)
        if found is None:
            lines.append(line)
            continue
        text = "\n".join(lines).strip()
        if heading or text:
            yield Part(heading, text)
        heading, lines = found[1], []


def essence(text: str) -> str:
    """What of a text belongs on a slide: its lists, quotations, tables and formulas.

    >>> essence("A story.\\n\\nTwo:\\n\\n- one\\n- two\\n\\nIt ends.\\n\\n> The rule.")
    'Two:\\n\\n- one\\n- two\\n\\n> The rule.'
    """
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text)]
    kept = []
    for block, following in zip(blocks, [*blocks[1:], ""], strict=True):
        leads = len(block) < 60 and re.match(r"[-*] ", following)  # "After this lesson you can"
        if leads or _SHORT.match(block):
            kept.append(block)
    return "\n\n".join(kept)


def index(course: Course, told: str) -> str:
    """A page that leads to a page for each lesson, with something told below."""
    items = "".join(
        f'<li><a href="{lesson.name}.html">{html.escape(titled(lesson))}</a></li>'
        for lesson in course.lessons
    )
    return document(course.title, f"<ul>{items}</ul>{told}")


def titled(lesson: Lesson) -> str:
    """The title of a lesson, with its number."""
    return say("lesson", number=lesson.number, title=lesson.title)


def document(title: str, inside: str) -> str:
    """A page to read and to print, complete in itself."""
    return (
        f"{opening(title)}<style>{asset('paper.css')}</style>"
        f"<body><h1>{html.escape(title)}</h1>{inside}</body></html>\n"
    )


def as_html(text: str) -> str:
    """Markdown as HTML, its formulas as MathML; needs `markdown-it-py` (extra `learn`).

    >>> print(as_html("A *unit*."))
    <p>A <em>unit</em>.</p>
    """
    try:
        from markdown_it import MarkdownIt
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            'text is shown as HTML by markdown-it-py: pip install "tinygrad_neuron[learn]"'
        ) from error
    formulas: list[str] = []

    def kept(match: "re.Match[str]") -> str:
        if match["code"]:
            return match[0]
        formulas.append(_formula(match["block"] or match["inline"], bool(match["block"])))
        return f"\ue002{len(formulas) - 1}\ue003"

    marked = (
        MarkdownIt("commonmark", {"html": True}).enable("table").render(FORMULA.sub(kept, text))
    )
    return _KEPT.sub(lambda found: formulas[int(found[1])], marked).strip()


def _formula(tex: str, as_block: bool) -> str:
    try:
        return mathml(tex, as_block)
    except ModuleNotFoundError:  # without the extra book
        return readable(f"${tex}$")
