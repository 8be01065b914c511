"""Lessons as notebooks: the same cells, as the records of Jupyter's format 4.5."""

import ast
import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..files import replace_file
from ..interface import CHOSEN, NAME, say
from .drafts import lenient
from .hidden import packed
from .images import with_images
from .lessons import Cell, Lesson, folder
from .questions import key_of
from .tasks import defined

_INSTALL = """\
{told}
from importlib.util import find_spec

if find_spec("tinygrad_neuron") is None:
    %pip install -q "{requirement}"\
"""

_LINK = re.compile(r"\]\((lesson_\w+)\.py")  # to another lesson


INSTALLED = "tinygrad_neuron[learn]"  # what a notebook needs
_OURS = "tinygrad_neuron"  # in the metadata


@dataclass
class NotebookCell:
    """A cell of a notebook: `cell_type` is "code" or "markdown"."""

    cell_type: str
    id: str
    source: str
    metadata: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """What stands in the file; a cell of code has not been run."""
        run: dict[str, Any] = (
            {"execution_count": None, "outputs": []} if self.cell_type == "code" else {}
        )
        return dict(sorted({**vars(self), **run}.items()))


@dataclass
class Notebook:
    """A notebook: its cells, and what it says of itself."""

    cells: list[NotebookCell]
    metadata: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """The notebook as it stands in an `.ipynb` file.

        >>> Notebook([], {}).to_json()
        {'cells': [], 'metadata': {}, 'nbformat': 4, 'nbformat_minor': 5}
        """
        cells = [cell.to_json() for cell in self.cells]
        return {"cells": cells, "metadata": self.metadata, "nbformat": 4, "nbformat_minor": 5}


def to_notebook(lesson: Lesson, edition: str = "", requirement: str = INSTALLED) -> Notebook:
    """The lesson as a notebook for a learner. One that is not the package's is brought
    along, so that the notebook is all that a learner needs.

    Code that is out of sight is not in it, for it holds the answers, and a notebook can be
    exported: a line calls for it instead (`course.hidden`). So does one for the text that follows a
    prediction, up to the next heading. A task, and an exercise that Python has to judge, is
    followed by a cell to write in.

    **Arguments:** `edition`, "students": no answer is in it, and every question is followed by a
    cell to write in; "solutions": the same, with the answers written; else questions are answered
    where they are shown; `requirement`, what its first cell installs where the package is missing.
    """
    notebook = executable(lesson)
    if edition:
        notebook.metadata[_OURS] = {"lesson": lesson.number, "edition": edition}
    install = _INSTALL.format(told=say("installs"), requirement=requirement)
    cells = [_code(install, "install"), _code(_setup(lesson), "setup")]
    waits = False  # whether what is written here follows a prediction
    open_ended = False  # whether the last cell may run the next hidden one too
    for cell, own in zip(notebook.cells, lesson.cells, strict=True):
        if own.is_hidden:
            if open_ended and not (edition and own.questions):
                cells[-1].source = cells[-1].source[:-1] + f', "{own.key}")'
            else:
                asks = own.questions and edition == "students"
                word = "ask" if asks else "hidden"
                cells.append(_called(lesson, own, cell.id, cell.metadata, word))
            written = list(_to_write_in(own, edition))
            cells += [_code(source, f"{cell.id}-{i}") for i, source in enumerate(written, 1)]
            waits = waits or own.predicts
            open_ended = not (own.predicts or written)
            continue
        open_ended = False
        before, rest = own.split() if own.kind == "text" else (None, own)
        if waits and before is not None:
            cells.append(_called(lesson, before, f"{cell.id}-waits", {}))
            cell.source = _linked(rest.source) if rest is not None else ""
        if cell.source:
            cells.append(cell)
        waits = waits and (own.kind == "code" or rest is None)
    notebook.cells = [cells[2], *cells[:2], *cells[3:]]  # after the title
    return notebook


def _setup(lesson: Lesson) -> str:
    """The first cell of code: what all others need."""
    lines = ["from tinygrad_neuron import course"]
    if translation := os.environ.get(CHOSEN):
        lines.append(f'course.bring("{NAME}", {packed(Path(translation))!r})')
    if lesson.path.parent != folder():
        lines.append(f'course.bring("{lesson.path.name}", {packed(lesson.path)!r})')
    return "\n".join(lines)


def _called(
    lesson: Lesson, cell: Cell, id: str, metadata: dict[str, Any], word: str = "hidden"
) -> NotebookCell:
    """The line that stands for a cell which is out of sight."""
    line = f'course.{word}({lesson.number}, "{cell.key}")'
    return _code(line, id, {**metadata, "jupyter": {"source_hidden": True}})


def _linked(text: str) -> str:
    """Markdown whose links to lessons lead to their notebooks."""
    return _LINK.sub(r"](\1.ipynb", text)


def executable(lesson: Lesson, draft: bool = False) -> Notebook:
    """The lesson as a notebook with all its code, for the book to execute."""
    cells = []
    for number, own in enumerate(lesson.cells, 1):
        source = _linked(own.source).strip("\n")
        if draft and own.kind == "code":
            source = lenient(source, lesson.path.name, own.line)
        kind = "code" if own.kind == "code" else "markdown"
        tags = {"tags": list(own.tags)} if own.tags else {}
        cells.append(NotebookCell(kind, f"cell-{number}", source, tags))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return Notebook(cells, {"kernelspec": kernel})


def _code(source: str, id: str, metadata: "dict[str, Any] | None" = None) -> NotebookCell:
    return NotebookCell("code", id, source, metadata or {})


def _to_write_in(cell: Cell, edition: str) -> Iterator[str]:
    """For each task or open exercise of a cell, and in an edition for each question, the code that
    a learner changes."""
    solved = edition == "solutions"
    for word, named in cell.asked:
        if word == "task":
            start = ast.literal_eval(named["start"]).strip()
            written = ast.literal_eval(named["solution"]).strip() if solved else start
            yield f"{written}\n\n\ncourse.check({defined(start)})"
        elif edition or "judge" in named:
            told, given = _answer(named, solved)
            key = key_of(ast.literal_eval(named["text"]))
            yield f'{told}\ncourse.check("{key}", {given})'


def _answer(named: "dict[str, ast.expr]", solved: bool) -> tuple[str, str]:
    """Where an answer is written, or what it is, and a word on that."""
    names = ast.literal_eval(named["names"]) if "names" in named else ()
    if solved:
        answer = named["answer"]
        if names and isinstance(answer, ast.Tuple | ast.List):
            pairs = zip(names, answer.elts, strict=True)
            return say("the answer"), ", ".join(f"{n}={ast.unparse(a)}" for n, a in pairs)
        return say("the answer"), ast.unparse(answer)
    if "options" in named:
        return say("write letter"), '""'
    if "variables" in named:
        return say("write formula"), '""'
    return say("write answer"), ", ".join(f"{n}=..." for n in names) or "..."


def write_notebook(
    lesson: Lesson, place: Path, edition: str = "", requirement: str = INSTALLED
) -> Path:
    """Write a lesson into a folder as `.ipynb`; returns the file's path.

    A file that is there already is only replaced if it is as it was written, run or not, though
    the lesson may have changed since: what a learner changed is never overwritten.

    Raises a `FileExistsError` that says so.
    """
    notebook = to_notebook(lesson, edition, requirement)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":  # its pictures go with it, wherever it is opened
            cell.source = with_images(cell.source, lesson.path.parent)
    path = place / f"{lesson.name}.ipynb"
    if path.exists() and not _is_untouched(path):
        raise FileExistsError(
            f"{path} is there and has been changed, so it is left as it is; move it away, or "
            "name another folder"
        )
    written = _digest([cell.source for cell in notebook.cells])
    notebook.metadata[_OURS] = {**notebook.metadata.get(_OURS, {}), "written": written}
    replace_file(
        path, (json.dumps(notebook.to_json(), indent=1, ensure_ascii=False) + "\n").encode()
    )
    return path


def _is_untouched(path: Path) -> bool:
    """Whether the cells are those that were written: their digest stands beside them."""
    try:
        there = json.loads(path.read_text("utf-8"))
        sources = [_text(cell["source"]) for cell in there["cells"]]
        return bool(there["metadata"][_OURS]["written"] == _digest(sources))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False


def _digest(sources: list[str]) -> str:
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()


def _text(source: "str | list[str]") -> str:
    return source if isinstance(source, str) else "".join(source)
