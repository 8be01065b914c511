"""A course: which lessons, in which order. A teacher's folder chooses them, and adds lessons.

In the folder lie lessons of the teacher's own, `lesson_16_name.py`, and, where some of the course's
lessons are left out or the order is another, an index, `course.txt`: a line for each lesson.

    title: Neurons in four weeks
    1
    3-5
    lesson_16_thermostat.py   # ours
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..interface import NAME
from .lessons import Lesson, LessonError, lessons, paths, read, text_of

INDEX = "course.txt"
TITLE = "Neurons, number by number"


@dataclass(frozen=True)
class Course:
    """Lessons in their order; `folder` is the teacher's, where one has chosen them."""

    title: str
    lessons: tuple[Lesson, ...]
    folder: "Path | None" = None

    def lesson(self, number: int) -> Lesson:
        """The lesson of a number; a `LessonError` says which there are."""
        for lesson in self.lessons:
            if lesson.number == number:
                return read(lesson.path)
        known = ", ".join(str(lesson.number) for lesson in self.lessons)
        raise LessonError(f"there is no lesson {number}; there are {known}")

    def checked(self) -> Iterator[Lesson]:
        """The lessons, each read with the checks of `read`."""
        return (read(lesson.path) for lesson in self.lessons)

    @property
    def words(self) -> str:
        """The file of the teacher's translation of the interface, or ""."""
        own = self.folder / NAME if self.folder is not None else None
        return str(own) if own is not None and own.exists() else ""

    @property
    def is_whole(self) -> bool:
        """Whether it is the course as it comes."""
        return self.folder is None

    @property
    def own(self) -> tuple[Lesson, ...]:
        """The lessons that are the teacher's."""
        return tuple(lesson for lesson in self.lessons if self.is_own(lesson))

    def is_own(self, lesson: Lesson) -> bool:
        """Whether a lesson is the teacher's."""
        return lesson.path.parent == self.folder

    @property
    def files(self) -> Iterator[Path]:
        """What lies in the teacher's folder beside lessons and index: pictures, data, pages."""
        if self.folder is None:
            return
        ours = [*paths(self.folder), self.folder / INDEX, self.folder / NAME]
        for path in sorted(self.folder.rglob("*")):
            hidden = any(p.startswith((".", "__")) for p in path.relative_to(self.folder).parts)
            if path.is_file() and not hidden and path not in ours:
                yield path

    def put_files(self, place: Path) -> None:
        """Copy what lessons use that lies beside them into a folder; pages of the book are left."""
        for path in self.files:
            if self.folder is not None and path.suffix != ".md":
                target = place / path.relative_to(self.folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target)


def course(folder: "Path | None" = None) -> Course:
    """The course, or what the index of a folder makes of it.

    Without an index these are all lessons of the course and those of the folder. A lesson of the
    folder with the number of another takes its place.

    Raises a `LessonError` that names the line of the index which cannot be followed.

    >>> len(course().lessons)
    15
    """
    if folder is None:
        return Course(TITLE, tuple(lessons(check=False)))
    if not folder.is_dir():
        raise LessonError(f"there is no folder {str(folder)!r} with lessons")
    folder = folder.resolve()
    known = {lesson.number: lesson for lesson in lessons(check=False)}
    own = [read(path) for path in paths(folder)]
    numbers = [lesson.number for lesson in own]
    if twice := next((n for n in numbers if numbers.count(n) > 1), None):
        names = " and ".join(lesson.path.name for lesson in own if lesson.number == twice)
        raise LessonError(f"{names} have the same number; give one of them another")
    known.update({lesson.number: lesson for lesson in own})
    index = folder / INDEX
    if not index.exists():
        if not own:
            raise LessonError(
                f"{folder} has neither a lesson, lesson_16_name.py, nor an index, {INDEX}; "
                "`tinygrad-neuron lesson new NAME` writes a lesson to begin with"
            )
        return Course(TITLE, tuple(known[number] for number in sorted(known)), folder)
    return _indexed(index, known)


_LINE = re.compile(r"(?P<first>\d{1,5})(?:\s*-\s*(?P<last>\d{1,5}))?|(?P<file>lesson_\w+\.py)")


def _indexed(index: Path, known: dict[int, Lesson]) -> Course:
    """The course of an index: its title, and the lessons its lines name."""
    title, chosen = TITLE, list[Lesson]()
    by_name = {lesson.path.name: number for number, lesson in known.items()}
    for at, line in enumerate(text_of(index).splitlines(), 1):
        words = line.partition("#")[0].strip()
        if words.startswith("title:"):
            title = words.removeprefix("title:").strip()
            continue
        if not words:
            continue
        found = _LINE.fullmatch(words)
        if found is None:
            raise LessonError(
                f"{index}, line {at}: {words!r} is none of: a lesson's number, 3; several, 3-5; a "
                "file of this folder, lesson_16_name.py; title: Neurons in four weeks"
            )
        if found["file"]:
            numbers = [by_name.get(found["file"], -1)]
        else:
            numbers = list(range(int(found["first"]), int(found["last"] or found["first"]) + 1))
        for number in numbers:
            if number not in known:
                what = found["file"] or f"lesson {number}"
                raise LessonError(
                    f"{index}, line {at}: there is no {what}; there are "
                    f"{', '.join(map(str, sorted(known)))}"
                )
            if known[number] in chosen:
                raise LessonError(f"{index}, line {at}: lesson {number} is there already")
            chosen.append(known[number])
    if not chosen:
        raise LessonError(f"{index} names no lesson; write a line for each, such as 3")
    return Course(title, tuple(chosen), index.parent)
