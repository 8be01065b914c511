"""The web book: the lessons, executed, as one static site that asks the network for nothing.

The pages are gathered in a folder of their own: the lessons as notebooks, and what lies in
`demos/book`. Sphinx (extra `book`) builds them with the configuration there; a warning is an error.
"""

import errno
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..files import replace_folder
from . import lessons as places
from .marking import asset
from .notebooks import executable, to_notebook

_NEEDED = ("sphinx", "myst_nb", "furo", "jupytext", "ipykernel")
_LESSONS = "<!-- lessons -->"
_MARK = ".tinygrad-neuron-book"


class BookError(RuntimeError):
    """Why the book was not built."""


def build(folder: Path) -> int:
    """Build the book into a folder; returns the number of its pages.

    A book that is there already is replaced once the new one is complete, and stays if that fails;
    a folder that holds anything else is left alone.

    Raises a `BookError` with Sphinx's warnings, or where the folder is not a book's; a
    `ModuleNotFoundError` that names the extra; an `OSError` where it cannot be written.
    """
    _refuse_missing()
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise BookError(f"{folder} holds something that is not the book; name another folder")
    with tempfile.TemporaryDirectory() as temporary:
        source, made = Path(temporary, "source"), Path(temporary, "made")
        gather(source)
        _run_sphinx(source, made, Path(temporary, "doctrees"))
        _refuse_incomplete(source, made)
        (made / _MARK).write_text("built by `tinygrad-neuron book`, which replaces it\n", "utf-8")
        replace_folder(folder, made)
    return len(list(folder.rglob("*.html")))


def _refuse_incomplete(source: Path, made: Path) -> None:
    """Sphinx may lose pages without a word when one of its processes fails."""
    pages = [path for kind in ("*.md", "lesson_*.ipynb") for path in source.glob(kind)]
    lost = [page.stem for page in pages if not (made / f"{page.stem}.html").exists()]
    if lost:
        raise BookError(f"the book was not built: {', '.join(sorted(lost))} were not written")


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
    glossary = folder / "glossary.md"
    glossary.write_text(with_ways_back(glossary.read_text("utf-8"), places.lessons()), "utf-8")
    (folder / "scorer.js").write_text(_scorer(places.lessons(), glossary), "utf-8")
    programs = folder / "programs"
    programs.mkdir()
    for page in folder.glob("*.md"):  # the program that a page shows is in the demos
        for name in re.findall(r"programs/(\w+\.py)", page.read_text("utf-8")):
            shutil.copy(places.folder() / name, programs)
    index = folder / "index.md"
    index.write_text(index.read_text("utf-8").replace(_LESSONS, "\n".join(entries)), "utf-8")


_ENTRY = re.compile(r"^(?P<term>[^\s`{].*)\n(?P<text>(?:  .+\n?)+)", re.MULTILINE)


def defined_in(term: str, every: Sequence[places.Lesson]) -> "places.Lesson | None":
    """The lesson that introduces a term: that has it in bold, else the first that uses it."""
    word = rf"(?<![\w-]){re.escape(term)}(?:s|es)?(?![\w-])"
    for pattern in (rf"\*\*{word}", word):
        for lesson in every:
            prose = "\n".join(cell.source for cell in lesson.cells if cell.kind == "text")
            if re.search(pattern, prose, re.IGNORECASE):
                return lesson
    return None


def with_ways_back(glossary: str, every: Sequence[places.Lesson]) -> str:
    """The glossary with, at each entry, the lesson in which its term is introduced.

    >>> print(with_ways_back("bias\\n  A number that is added.\\n", places.lessons()).strip())
    bias
      A number that is added. {doc}`Lesson 2 <lesson_2_perceptron>`
    """

    def entry(match: "re.Match[str]") -> str:
        lesson = defined_in(match["term"], every)
        if lesson is None:
            return match[0]
        way = f" {{doc}}`Lesson {lesson.number} <{lesson.name}>`"
        return f"{match['term']}\n{match['text'].rstrip()}{way}\n"

    return _ENTRY.sub(entry, glossary)


def _scorer(every: Sequence[places.Lesson], glossary: Path) -> str:
    """How search orders what it finds: the lesson that introduces the word, the glossary, the other
    lessons, the reference."""
    terms = [match["term"] for match in _ENTRY.finditer(glossary.read_text("utf-8"))]
    found = {term: defined_in(term, every) for term in terms}
    homes = {term.lower(): lesson.name for term, lesson in found.items() if lesson is not None}
    return f"const HOMES = {json.dumps(homes, ensure_ascii=False)};\n{asset('scorer.js')}"


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
    run = subprocess.run(
        command, env=_environment(), capture_output=True, encoding="utf-8", errors="replace"
    )
    if run.returncode:
        told = (run.stdout + run.stderr).replace(f"{source}{os.sep}", "")
        if (full := os.strerror(errno.ENOSPC)) in told:
            raise BookError(f"the book was not built: {full}: {tempfile.gettempdir()}")
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
