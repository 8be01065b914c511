"""The laboratory in the web book: its folder beside the pages, and in each lesson what opens it."""

from collections.abc import Callable, Iterable
from pathlib import Path

from ..course.lessons import Lesson
from ..files import replace_file
from .building import build

FOLDER = "laboratory"
_ABOUT = "laboratory.html"  # the book's page about it
_OPEN = (
    f'<p>It is here: <a href="{FOLDER}/index.html">the editor</a>, '
    f'<a href="{FOLDER}/playground.html">the playground</a>.</p>'
)
_ADDED = "".join(
    (
        *(
            f'<link rel="stylesheet" href="{FOLDER}/{name}.css">'
            for name in ("editor", "shown", "lesson")
        ),
        f'<script type="module" src="{FOLDER}/lesson.js"></script>',
    )
)


def add_to_book(
    book: Path,
    lessons: Iterable[Lesson],
    archives: "Path | None" = None,
    tell: Callable[[str], object] = str,
) -> int:
    """Build the laboratory into a built book, whose lessons' cells can then be changed and run.

    **Arguments:** `book`, the folder of the book; `lessons`, those in it; `archives` and
    `tell`, as for `build`. Returns how many bytes were added; raises what `build` raises.
    """
    lessons = list(lessons)
    size = build(book / FOLDER, archives=archives, lessons=lessons, tell=tell)
    for lesson in lessons:
        _put(book / f"{lesson.name}.html", "</head>", f"{_ADDED}</head>")
    if (book / _ABOUT).exists():
        _put(book / _ABOUT, "</h1>", f"</h1>{_OPEN}")
    return size


def _put(page: Path, tag: str, put: str) -> None:
    """Put something in the place of the first of a tag, once."""
    text = page.read_text("utf-8")
    if put not in text:
        replace_file(page, text.replace(tag, put, 1).encode())
