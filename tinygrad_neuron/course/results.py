"""What the lessons of a course show, run once for all exports: slides, notes, questions.

Each lesson runs in a process of its own, `python -m tinygrad_neuron.course.results`, several beside
one another. What its cells show is kept in the user's cache folder (with `platformdirs`, of the
extra `learn`) under a name made of all that it depends on: the lesson and what lies beside it, this
package, the words of the interface, and the libraries that draw.
"""

import ast
import hashlib
import importlib.metadata
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from ..files import replace_file
from ..interface import spoken
from ..processes import at_once, run
from .chosen import Course
from .lessons import Lesson, LessonError, folder, read
from .questions import Question
from .records import Shown, Slider
from .running import Failed, Printed, environment, straight_through
from .tasks import Task
from .tex import readable

_PACKAGE = Path(__file__).resolve().parent.parent
_SECONDS = 3600.0  # for one lesson
_KEPT = 30 * 86400  # seconds for which a result is kept that nobody asks for
_DRAWING = ("docutils", "graphviz", "graphviz-pure", "matplotlib")
_LEFT_OUT = ("cases", "given")  # of a task: with them it is judged
_KINDS = {"Question": Question, "Task": Task}


@dataclass(frozen=True)
class Picture:
    """What `show` or `slider` put on a page: a piece of HTML; and what is said of it, as text."""

    html: str
    said: str = ""


Result: TypeAlias = "Printed | Picture | Question | Task"
Results: TypeAlias = "list[list[Result]]"  # of each cell, in order


def results(
    course: Course, told: "Callable[[Lesson], object]" = lambda lesson: None
) -> list[tuple[Lesson, Results]]:
    """Each lesson of a course with what its cells show; it is run where that is not known yet.

    `told` is called with each lesson that has to run. Questions and tasks come without what judges
    them in Python. Raises a `LessonError` for a lesson that fails.
    """

    def known_or_run(lesson: Lesson) -> Results:
        name = _name(course, lesson)
        text = _kept(name)
        if text is None:
            told(lesson)
            text = _run(course, lesson)
            _keep(name, text)
        return _read(text)

    lessons = list(course.checked())
    found = at_once(known_or_run, lessons, os.cpu_count() or 1)
    return list(zip(lessons, found, strict=True))


def _run(course: Course, lesson: Lesson) -> str:
    """Run a lesson in a process, where what lies beside it is found."""
    with tempfile.TemporaryDirectory() as temporary:
        made = Path(temporary, "results")
        beside = [course.folder] if course.folder is not None else []
        found = environment(*beside, folder(), _PACKAGE.parent)
        drawing = {**found, "MPLBACKEND": "Agg"}  # there is no screen to draw on
        done = run(
            [sys.executable, "-m", __name__, str(lesson.path), str(made)],
            seconds=_SECONDS,
            cwd=str(lesson.path.parent) if course.is_own(lesson) else temporary,
            environment=drawing,
            folder=temporary,
        )
        if not made.exists():
            said = done.stderr.decode("utf-8", "replace").strip()[-2000:]
            raise LessonError(f"{lesson.path.name} ended its process:\n{said}")
        text = made.read_text("utf-8")
    if not text.startswith("["):
        raise LessonError(text)
    return text


def run_here(lesson: Lesson) -> Results:
    """What a lesson's cells show, which is run in this process; raises a `LessonError` if it fails.

    >>> from .lessons import lesson
    >>> len(asked(run_here(lesson(1)))) == lesson(1).questions
    True
    """
    return _read(_written(lesson))


def _written(lesson: Lesson) -> str:
    """The same as the text that is kept."""
    from .pages import to_html

    cells: list[list[tuple[str, ...]]] = []

    def present(at: int, events: list[Any]) -> None:
        """Keep what one cell shows."""
        cells.append([])
        for event in events:
            if isinstance(event, Failed):
                kind, _, reason = event.text.strip().splitlines()[-1].partition(": ")
                if kind == "ModuleNotFoundError" and "pip install" in reason:  # an extra is missing
                    raise LessonError(f"{lesson.path.name}: {reason}")
                raise LessonError(f"{lesson.path.name} fails:\n{event.text.strip()}")
            if isinstance(event, Printed):
                cells[-1].append(("Printed", event.text))
            elif isinstance(event, Shown | Slider):
                said = readable(event.text) if isinstance(event, Shown) else event.name
                cells[-1].append(("Picture", to_html(event), said))
            elif isinstance(event, Question | Task):
                own = {field.name: getattr(event, field.name) for field in fields(event)}
                own.update({name: () for name in _LEFT_OUT if name in own})
                cells[-1].append((type(event).__name__, repr(_literal(own))))

    straight_through(lesson, present)
    return json.dumps(cells, ensure_ascii=False)


def _literal(thing: Any) -> Any:
    """A thing as it is written in Python: what judges becomes True."""
    if thing is None or isinstance(thing, bool | str):
        return thing
    if isinstance(thing, int | float):
        return int(thing) if isinstance(thing, int) else float(thing)
    if isinstance(thing, Mapping):
        return {_literal(key): _literal(value) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return tuple(map(_literal, thing))
    return True if callable(thing) else str(thing)


def _read(text: str) -> Results:
    """The results that a text keeps."""
    return [[_result(*kept) for kept in cell] for cell in json.loads(text)]


def _result(kind: str, text: str, said: str = "") -> Result:
    """One result; a question was judged when it was asked, so that is not done again."""
    if kind == "Printed":
        return Printed(text)
    if kind == "Picture":
        return Picture(text, said)
    made: Any = object.__new__(_KINDS[kind])
    for name, value in ast.literal_eval(text).items():
        object.__setattr__(made, name, value)
    return made  # type: ignore[no-any-return]  # one of the kinds


def asked(of: Results) -> "list[Question | Task]":
    """The questions and tasks among what was shown."""
    return [result for cell in of for result in cell if isinstance(result, Question | Task)]


def _name(course: Course, lesson: Lesson) -> str:
    """A name for what a lesson shows, made of all that it depends on."""
    said = [_of_package(), json.dumps(spoken()), sys.version, str(shutil.which("dot"))]
    made = hashlib.sha256("\0".join([*said, lesson.path.name]).encode())
    made.update(lesson.path.read_bytes())
    for path in course.files if course.is_own(lesson) else ():
        made.update(f"\0{path}\0".encode() + path.read_bytes())
    return f"{lesson.name}-{made.hexdigest()[:32]}.json"


@cache
def _of_package() -> str:
    """A digest of this package, its programs, and the libraries that draw."""
    made = hashlib.sha256()
    places = [_PACKAGE.rglob("*"), folder().glob("*.py")]
    for path in sorted(path for place in places for path in place):
        if path.suffix in (".py", ".js", ".css", ".html", ".c", ".json", ".gz"):
            made.update(path.read_bytes())
    for name in _DRAWING:
        with suppress(importlib.metadata.PackageNotFoundError):
            made.update(f"{name} {importlib.metadata.version(name)}".encode())
    return made.hexdigest()


def _place() -> "Path | None":
    """The user's folder for what can be made again; None without `platformdirs`, or a home."""
    try:
        from platformdirs import user_cache_path

        return user_cache_path("tinygrad_neuron", appauthor=False) / "lessons"
    except (ModuleNotFoundError, RuntimeError):
        return None


def _kept(name: str) -> "str | None":
    """What is kept under a name, if anything is, and can be read."""
    if (place := _place()) is None:
        return None
    try:
        text = (place / name).read_text("utf-8")
        os.utime(place / name)
        _read(text)
    except (OSError, ValueError, KeyError, TypeError, SyntaxError):
        return None
    return text


def _keep(name: str, text: str) -> None:
    """Keep a text, and no others that are old; that it cannot be kept is no error."""
    if (place := _place()) is None:
        return
    with suppress(OSError):
        place.mkdir(parents=True, exist_ok=True)
        replace_file(place / name, text.encode())
        for path in place.glob("*.json"):
            if time.time() - path.stat().st_mtime > _KEPT:
                path.unlink()


def main() -> None:
    """Run the lesson of a path, and write what it shows into a file, both given as arguments."""
    path, made = map(Path, sys.argv[1:])
    try:
        text = _written(read(path))
    except LessonError as error:
        text = str(error)
    replace_file(made, text.encode())


if __name__ == "__main__":
    main()
