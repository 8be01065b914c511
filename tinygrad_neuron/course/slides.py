"""Slides of a lesson: its pictures, its predictions, and what of its text is short.

They are shown by reveal.js, which comes with `sphinx-revealjs` (extra `teach`) and is copied beside
them, so that they need no network. The text that a slide leaves out is in its notes for the speaker
(press S). An answer appears with the next press.
"""

import ast
import html
import importlib.util
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..files import replace_file
from ..interface import say
from .chosen import Course
from .images import PICTURE, figures
from .lessons import Cell, Lesson
from .marking import asset, each_once, marked_up, opening
from .questions import Question
from .results import Picture, Result, Results, results
from .running import Printed
from .telling import as_html, essence, index, parts, titled

_NEEDED = 'slides are shown by reveal.js; pip install "tinygrad_neuron[teach]" brings it'
_FILES = ("dist/reveal.js", "dist/reveal.css", "dist/reset.css", "plugin/notes/notes.js",
          "plugin/notes/speaker-view.html")  # fmt: skip
_ENDS = ("Exercises", "Sources")  # headings after which there are no slides
_SHORT = 5  # lines of code, with what it prints, that stand above the picture which follows


@dataclass
class Slide:
    """One slide: its heading, what is seen, and what is only said."""

    heading: str
    inside: str = ""
    notes: str = ""
    kind: str = ""


def write_slides(
    folder: Path, course: Course, told: "Callable[[Lesson], object]" = lambda lesson: None
) -> list[Path]:
    """Write the slides of each lesson into a folder, with an index; returns their files. `told` is
    called with each lesson that has to be run for them.

    Raises a `LessonError` for a lesson that fails, a `ModuleNotFoundError` that names the extra.
    """
    reveal = _reveal()
    for name in _FILES:
        target = folder / "reveal" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(reveal / name, target)
    written = []
    for lesson, shown in results(course, told):
        path = folder / f"{lesson.name}.html"
        replace_file(path, page(lesson, shown).encode())
        written.append(path)
    keys = f"<p>{say('keys of slides')}</p>"
    replace_file(folder / "index.html", index(course, keys).encode())
    return written


def _reveal() -> Path:
    found = importlib.util.find_spec("sphinx_revealjs")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(_NEEDED)
    return Path(found.submodule_search_locations[0], "_static", "revealjs")


def page(lesson: Lesson, shown: Results) -> str:
    """The slides of a lesson as a page, which needs the folder `reveal` beside it."""
    sections = "\n".join(map(_section, slides(lesson, shown)))
    settings = {
        "hash": True, "width": 1280, "height": 720, "margin": 0.07, "center": False,
        "transition": "none", "display": "flex", "slideNumber": "c/t",
        "pdfSeparateFragments": False, "scrollActivationWidth": None,
    }  # fmt: skip
    return each_once(
        f"{opening(titled(lesson))}"
        '<link rel="stylesheet" href="reveal/dist/reset.css">'
        '<link rel="stylesheet" href="reveal/dist/reveal.css">'
        f"<style>{asset('slides.css')}</style>"
        '<body data-theme="auto"><div class="reveal"><div class="slides">'
        f"\n{sections}\n</div></div>"
        '<script src="reveal/dist/reveal.js"></script>'
        '<script src="reveal/plugin/notes/notes.js"></script>'
        f"<script>{asset('slides.js')}"
        f"Reveal.initialize({{...{json.dumps(settings)}, plugins: [RevealNotes]}});</script>"
        "</body></html>\n"
    )


def _section(slide: Slide) -> str:
    heading = f"<h2>{marked_up(slide.heading)}</h2>" if slide.heading else ""
    notes = f'<aside class="notes">{slide.notes}</aside>' if slide.notes else ""
    return f'<section class="{slide.kind}">{heading}{slide.inside}{notes}</section>'


def slides(lesson: Lesson, shown: Results) -> list[Slide]:
    """The slides of a lesson, of which this was shown, up to its exercises."""
    made: list[Slide] = []
    untold: list[str] = []  # what was written since the last slide, for the notes of the next
    heading, ended = "", False

    def add(inside: str, kind: str = "") -> None:
        before = made[-1] if made else None
        if kind == "picture" and before is not None and _goes_with(before, heading):
            before.inside, before.kind = before.inside + inside, "picture"
            before.notes += "".join(untold)
            untold.clear()
            return
        made.append(Slide(heading, inside, "".join(untold), kind))
        untold.clear()

    for at, (cell, events) in enumerate(zip(lesson.cells, shown, strict=True)):
        for part in parts(cell) if cell.kind == "text" else ():
            ended = (
                ended or part.heading in _ENDS or part.heading in map(say, ("exercises", "sources"))
            )
            if ended:
                return made
            if part.heading:
                heading = part.heading
            said = PICTURE.sub("", part.text).strip()
            if said:
                untold.append(as_html(said))
            if at == 0 and part.heading:
                add(as_html(essence(said)), "title")
            elif short := essence(said):
                add(as_html(short))
            for figure, _ in figures(part.text, lesson.path.parent):
                add(figure, "picture")
        if cell.kind == "code" and not ended:
            for inside, kind in _of_code(cell, events):
                add(inside, kind)

    return made


def _goes_with(code: Slide, heading: str) -> bool:
    """Whether a slide is a short piece of code, below which the next picture is shown."""
    lines = code.inside.count("\n") + code.inside.count("<pre")
    return code.kind == "code" and code.heading == heading and lines <= _SHORT


def _of_code(cell: Cell, events: list[Result]) -> Iterator[tuple[str, str]]:
    """What a cell of code puts on slides: itself with what it prints, pictures, predictions."""
    printed = "".join(event.text for event in events if isinstance(event, Printed)).rstrip()
    code = cell.visible_source
    if code and (printed or not _only_imports(code)):
        code = re.sub(r"\n{3,}", "\n\n", code)  # a slide has no room for two empty lines
        inside = f"<pre><code>{html.escape(code)}</code></pre>"
        if printed:
            inside += f'<pre class="printed">{html.escape(printed)}</pre>'
        yield inside, "code"
    for event in events:
        if isinstance(event, Question) and event.before:
            yield _prediction(event), "predict"
        elif isinstance(event, Picture):
            yield event.html, "picture"


def _only_imports(code: str) -> bool:
    """Whether there is nothing to see in a piece of code.

    >>> _only_imports("import math"), _only_imports("import math\\n\\nmath.pi")
    (True, False)
    """
    return all(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.parse(code).body)


def _prediction(asked: Question) -> str:
    """A question, and its answer with the next press."""
    items = "".join(f"<li>{marked_up(str(option))}</li>" for option in asked.options)
    options = f'<ol type="A">{items}</ol>' if items else ""
    why = f"<p>{marked_up(asked.explanation)}</p>" if asked.explanation else ""
    answer = f"<p><strong>{marked_up(asked.answer_text)}</strong></p>{why}"
    return (
        f'<p class="asks">{marked_up(asked.text)}</p>{options}'
        f'<div class="fragment answer">{answer}</div>'
    )
