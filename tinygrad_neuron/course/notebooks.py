"""Lessons as notebooks: the same cells, written with `jupytext` (extra `learn`)."""

import json
import re
from pathlib import Path
from typing import Any

from ..files import replace_file
from .lessons import Lesson

_NEEDED = 'notebooks are written with jupytext; pip install "tinygrad_neuron[learn]" brings it'

_LINK = re.compile(r"\]\((lesson_\w+)\.py")  # to another lesson


def to_notebook(lesson: Lesson) -> Any:
    """The lesson as a notebook (`nbformat`); cells that ask questions have their source folded,
    because it holds the answers.

    Raises a `ModuleNotFoundError` that names the extra where `jupytext` is missing.
    """
    try:
        import jupytext
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(_NEEDED) from error
    notebook = jupytext.read(lesson.path, fmt="py:percent")
    notebook.metadata.pop("jupytext", None)
    notebook.metadata["kernelspec"] = {
        "name": "python3", "display_name": "Python 3", "language": "python",
    }  # fmt: skip
    for i, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{i + 1}"  # the same at every writing
        cell.source = _LINK.sub(r"](\1.ipynb", cell.source)
        if cell.cell_type == "code" and asks(cell.source):
            cell.metadata["jupyter"] = {"source_hidden": True}
    return notebook


def asks(source: str) -> bool:
    """Whether a cell's code asks a question, and so holds its answer."""
    from .lessons import Cell

    return Cell("code", source, 1).questions > 0


def write_notebook(lesson: Lesson, folder: Path) -> Path:
    """Write a lesson into a folder as `.ipynb`; returns the file's path.

    A file that is there already is only replaced if it is the lesson, run or not, as it was
    written: what a learner changed is never overwritten.

    Raises a `FileExistsError` that says so.
    """
    notebook = to_notebook(lesson)
    path = folder / f"{lesson.name}.ipynb"
    if path.exists() and not _is_untouched(path, notebook):
        raise FileExistsError(
            f"{path} is there and has been changed, so it is left as it is; move it away, or "
            f"name another folder: tinygrad-neuron notebook {lesson.number} FOLDER"
        )
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(path, (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode())
    return path


def _is_untouched(path: Path, notebook: Any) -> bool:
    try:
        there = json.loads(path.read_text("utf-8"))
        sources = [_text(cell["source"]) for cell in there["cells"]]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return sources == [cell.source for cell in notebook.cells]


def _text(source: "str | list[str]") -> str:
    return source if isinstance(source, str) else "".join(source)
