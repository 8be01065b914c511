"""The web book: the lessons, executed, as one static site that asks the network for nothing.

The pages are gathered in a folder of their own: the lessons as notebooks, and what lies in
`demos/book`. Sphinx (extra `book`) builds them with the configuration there; a warning is an error.
"""

import errno
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..files import replace_folder
from ..interface import words
from ..processes import run
from . import lessons as places
from . import running
from .chosen import Course
from .chosen import course as chosen
from .drafts import COLLECTED
from .gathering import gather
from .hosting import Hosting

_NEEDED = ("sphinx", "myst_nb", "furo", "ipykernel")
_MARK = ".tinygrad-neuron-book"
_PAGES = "the course: "  # in it, before the names of the pages that are
_SECONDS = 7200.0
# What ends each program that writes much: no room, or no right to more of it.
_NO_ROOM = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENOMEM)
# Where Sphinx itself fails it writes forty lines; the error is the last of its traceback.
_CRASH = re.compile(r"^Traceback\n=+\n(?: .*\n)* +(?P<error>\S.*)$", re.MULTILINE)
_PLACE = re.compile(r"(?P<name>lesson_\w+)\.ipynb:(?P<line>\d+)")
_OURS = 2  # the cell of a notebook, from 1 on, that says how to run the lesson
_NOISE = re.compile(r"\[IPKernelApp\]|# \S+ \S+ INFO traitlets")


class BookError(RuntimeError):
    """Why the book was not built."""


@dataclass(frozen=True)
class Built:
    """What came of it: how many pages, and, of a draft, what its lessons claim and do not hold."""

    pages: int
    doubts: list[str]


def build(
    folder: Path,
    course: "Course | None" = None,
    draft: bool = False,
    hosting: "Hosting | None" = None,
) -> Built:
    """Build the book of a course into a folder, of the whole course if none is given; `hosting`
    says where it will stand, if that is known.

    A book that is there already is replaced once the new one is complete, and stays if that fails;
    a folder that holds anything else is left alone. In a draft an assertion of a lesson that fails
    is told, and so is a cell that fails, and a warning of Sphinx; the book is built all the same.

    Raises a `BookError` with Sphinx's warnings, or where the folder is not a book's; a
    `ModuleNotFoundError` that names the extra; an `OSError` where it cannot be written.
    """
    _refuse_missing()
    course = chosen() if course is None else course
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise BookError(f"{folder} holds something that is not the book; name another folder")
    with tempfile.TemporaryDirectory() as temporary, _told_where(temporary):
        source, made = Path(temporary, "source"), Path(temporary, "made")
        gather(source, course, draft, hosting)
        language = words(course.words)["language"]
        title = ["-D", f"html_title={course.title}", "-D", f"language={language}"]
        with _told_of(course):
            doubts = _run_sphinx(source, made, Path(temporary, "doctrees"), title, draft)
        doubts = [in_the_lesson(doubt, course) for doubt in doubts]
        _refuse_incomplete(source, made)
        (made / ".nojekyll").touch()  # GitHub Pages leaves out folders such as _static without it
        (made / _MARK).write_text(_mark(course), "utf-8")
        replace_folder(folder, made)
    return Built(len(list(folder.rglob("*.html"))), doubts)


def _mark(course: Course) -> str:
    """What says that a folder is a book: and, of a teacher's course, which pages are the course."""
    told = "built by `tinygrad-neuron book`, which replaces it\n"
    if course.is_whole:
        return told
    own = [path.stem for path in course.files if path.suffix == ".md" and path.stem != "index"]
    names = ["index", *(lesson.name for lesson in course.lessons), *own, "glossary"]
    return f"{told}{_PAGES}{' '.join(names)}\n"


def course_pages(book: Path) -> "list[str] | None":
    """Which pages of a built book are the course of a teacher's; None where it is the whole."""
    mark = book / _MARK
    for line in mark.read_text("utf-8").splitlines() if mark.exists() else ():
        if line.startswith(_PAGES):
            return [f"{name}.html" for name in line.removeprefix(_PAGES).split()]
    return None


@contextmanager
def _told_where(folder: str) -> Iterator[None]:
    """Within it an error of a write, which has no name of a file, has that of a folder."""
    try:
        yield
    except OSError as error:
        if error.filename is not None or not error.errno:
            raise
        raise OSError(error.errno, error.strerror, folder) from None


@contextmanager
def _told_of(course: Course) -> Iterator[None]:
    """Within it a fault of the book's is told with the place in the lesson's file."""
    try:
        yield
    except BookError as error:
        raise BookError(in_the_lesson(str(error), course)) from None


def in_the_lesson(told: str, course: Course) -> str:
    """What Sphinx says, with the line of the lesson's file in place of that of a notebook, which
    counts ten thousand for each cell, one of them ours.

    >>> in_the_lesson("lesson_2_perceptron.ipynb:10002: WARNING: oh", chosen())
    'lesson_2_perceptron.py, line 2: WARNING: oh'
    """
    lessons = {lesson.name: lesson for lesson in course.lessons}

    def place(found: "re.Match[str]") -> str:
        name, (cell, line) = found["name"], divmod(int(found["line"]), 10_000)
        if name not in lessons or cell == _OURS:
            return found[0]
        try:
            own = course.lesson(lessons[name].number).cells[cell - 1 - (cell > _OURS)]
        except IndexError:
            return found[0]
        return f"{name}.py, line {own.line + max(line, 2) - 2}"

    return _PLACE.sub(place, told)


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


def _run_sphinx(
    source: Path, made: Path, doctrees: Path, options: "list[str]", draft: bool
) -> list[str]:
    """Run Sphinx; of a draft, what was wrong, which else is an error."""
    options = [*options, "-q", "-j", "auto", "-d", str(doctrees)]
    options += ["-D", "nb_execution_allow_errors=1"] if draft else ["-W", "--keep-going"]
    command = [sys.executable, "-m", "sphinx", *options, str(source), str(made)]
    collected = doctrees.parent / "doubts"
    environment = {
        **running.environment(source, places.folder()),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "TMPDIR": str(doctrees.parent),  # what kernels leave there when they are ended goes too
        COLLECTED: str(collected),
    }
    try:
        ended = run(command, seconds=_SECONDS, environment=environment, folder=str(doctrees.parent))
    except subprocess.TimeoutExpired:
        raise BookError(f"the book was not built in {_SECONDS / 3600:g} hours") from None
    told = (ended.stdout + ended.stderr).decode("utf-8", "replace").replace(f"{source}{os.sep}", "")
    lines = [line for line in told.splitlines() if line.strip() and not _NOISE.match(line)]
    if ended.returncode:
        for reason in map(os.strerror, _NO_ROOM):
            if reason in told:
                raise BookError(f"the book was not built: {reason}: {tempfile.gettempdir()}")
        reports = sorted((made / "reports").glob("*.err.log"))
        if reports:  # a cell that fails; what Sphinx says of it is long, and says less
            lines = [text for path in reports for text in (path.stem, path.read_text("utf-8"))]
            lines.append("--draft builds it all the same")
        elif crash := _CRASH.search("\n".join(lines)):
            raise BookError(f"the book was not built: Sphinx stopped: {crash['error']}")
        raise BookError("the book was not built:\n" + "\n".join(lines).strip())
    if not draft:
        return []
    claims = collected.read_text("utf-8").splitlines() if collected.exists() else []
    failed = [
        f"{page.stem}: a cell fails; the page shows how"
        for page in sorted(made.glob("lesson_*.html"))
        if "output traceback" in page.read_text("utf-8")
    ]
    return [*claims, *failed, *lines]
