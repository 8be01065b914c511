"""The web book: the lessons, executed, as one static site that asks the network for nothing.

The pages are gathered in a folder of their own: the lessons as notebooks, and what lies in
`demos/book`. Sphinx (extra `book`) builds them with the configuration there; a warning is an error.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from . import lessons as places
from .notebooks import executable, to_notebook

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
        _write(notebooks / f"{lesson.name}.ipynb", to_notebook(lesson))
        notebook = executable(lesson)
        for cell, own in zip(notebook.cells, lesson.cells, strict=True):
            if own.questions:
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
    return new_markdown_cell(f"{{.ways}}\n{text}", id="ways")  # type: ignore[no-untyped-call]


def _write(path: Path, notebook: Any) -> None:
    path.write_text(json.dumps(notebook, ensure_ascii=False), "utf-8")


def _run_sphinx(source: Path, made: Path, doctrees: Path) -> None:
    options = ["-W", "--keep-going", "-q", "-j", "auto", "-d", str(doctrees)]
    command = [sys.executable, "-m", "sphinx", *options, str(source), str(made)]
    run = subprocess.run(command, env=_environment(), capture_output=True, encoding="utf-8")
    if run.returncode:
        told = (run.stdout + run.stderr).replace(f"{source}{os.sep}", "")
        lines = [line for line in told.splitlines() if not line.startswith("[IPKernelApp]")]
        raise BookError("the book was not built:\n" + "\n".join(lines).strip())


def _environment() -> dict[str, str]:
    """What Sphinx and the kernels find: the demos as modules, and no progress bars."""
    own = {
        "PYTHONPATH": os.fspath(places.folder()),
        "PYTHONUTF8": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "TQDM_DISABLE": "1",
    }
    if before := os.environ.get("PYTHONPATH"):
        own["PYTHONPATH"] += os.pathsep + before
    return {**os.environ, **own}
