"""The web book: the lessons, executed, as one static site that asks the network for nothing.

The pages are gathered in a folder of their own: the lessons as notebooks, and what lies in
`demos/book`. Sphinx (extra `book`) builds them with the configuration there; a warning is an error.
"""

import contextlib
import io
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import lessons as places
from .notebooks import asks, to_notebook

_NEEDED = ("sphinx", "myst_nb", "furo", "jupytext", "ipykernel")
_LESSONS = "<!-- lessons -->"
_MARK = ".tinygrad-neuron-book"


class BookError(RuntimeError):
    """Why the book was not built."""


def build(folder: Path) -> int:
    """Build the book into a folder; returns the number of its pages.

    A book that is there already is replaced once the new one is complete; a folder that holds
    anything else is left alone.

    Raises a `BookError` with Sphinx's warnings, or where the folder is not a book's; a
    `ModuleNotFoundError` that names the extra.
    """
    _refuse_missing()
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise BookError(f"{folder} holds something that is not the book; name another folder")
    with tempfile.TemporaryDirectory() as temporary:
        source, made = Path(temporary, "source"), Path(temporary, "made")
        gather(source)
        _run_sphinx(source, made, Path(temporary, "doctrees"))
        (made / _MARK).write_text("built by `tinygrad-neuron book`, which replaces it\n")
        if folder.exists():
            shutil.rmtree(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, folder)
    return len(list(folder.rglob("*.html")))


def _refuse_missing() -> None:
    for name in _NEEDED:
        try:
            __import__(name)
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(
                f'the book is built with {name}; pip install "tinygrad_neuron[book]" brings it'
            ) from error


def gather(folder: Path) -> None:
    """Write what Sphinx builds from: the lessons as notebooks, and the pages around them."""
    shutil.copytree(places.folder() / "book", folder)
    notebooks = folder / "notebooks"
    notebooks.mkdir()
    entries = []
    for lesson in places.lessons():
        notebook = to_notebook(lesson)
        _write(notebooks / f"{lesson.name}.ipynb", notebook)
        for cell in notebook.cells:
            if cell.cell_type == "code" and asks(cell.source):
                cell.metadata["tags"] = [*cell.metadata.get("tags", []), "remove-input"]
        notebook.cells.insert(1, _ways_to_run(lesson))
        _write(folder / f"{lesson.name}.ipynb", notebook)
        entries.append(lesson.name)
    programs = folder / "programs"
    programs.mkdir()
    for page in folder.glob("*.md"):  # the program that a page shows is in the demos
        for name in re.findall(r"programs/(\w+\.py)", page.read_text("utf-8")):
            shutil.copy(places.folder() / name, programs)
    index = folder / "index.md"
    index.write_text(index.read_text("utf-8").replace(_LESSONS, "\n".join(entries)), "utf-8")


def _ways_to_run(lesson: places.Lesson) -> Any:
    from nbformat.v4 import new_markdown_cell

    text = (
        f"{{download}}`As a notebook <notebooks/{lesson.name}.ipynb>` · in the terminal: "
        f"`python -m tinygrad_neuron learn {lesson.number}`"
    )
    return new_markdown_cell(f":::{{div}} ways\n{text}\n:::", id="ways")  # type: ignore[no-untyped-call]


def _write(path: Path, notebook: Any) -> None:
    path.write_text(json.dumps(notebook, ensure_ascii=False), "utf-8")


def _run_sphinx(source: Path, made: Path, doctrees: Path) -> None:
    from sphinx.cmd.build import build_main

    complaints = io.StringIO()
    arguments = ["-W", "--keep-going", "-q", "-j", "auto", "-d", os.fspath(doctrees)]
    with _surroundings(), contextlib.redirect_stderr(complaints):
        code = build_main([*arguments, os.fspath(source), os.fspath(made)])
    if code:
        told = re.sub(re.escape(f"{source}{os.sep}"), "", complaints.getvalue()).strip()
        raise BookError(f"the book was not built:\n{told}")


@contextlib.contextmanager
def _surroundings() -> Iterator[None]:
    """What the kernels find: this Python, the demos as modules, and no progress bars."""
    added = {
        "PYTHONPATH": os.pathsep.join(
            [os.fspath(places.folder()), *filter(None, [os.environ.get("PYTHONPATH")])]
        ),
        "TQDM_DISABLE": "1",
        "PATH": os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")]),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    before = {name: os.environ.get(name) for name in added}
    os.environ.update(added)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
