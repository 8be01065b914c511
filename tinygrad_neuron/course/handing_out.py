"""What is handed out: the notebooks of a course without answers, and the same with solutions."""

from pathlib import Path

from . import wheel
from .chosen import Course
from .hosting import Hosting
from .notebooks import write_notebook

EDITIONS = ("students", "solutions")


def hand_out(folder: Path, course: Course, hosting: Hosting = Hosting()) -> list[Path]:  # noqa: B008
    """Write each lesson twice: into `students` without answers, with a cell to write in after each
    question; into `solutions` with the answers in those cells.

    What lies beside a teacher's lessons goes with them; where the package is missing, their first
    cell installs it from the `hosting`'s address. **Returns** the notebooks; raises a
    `FileExistsError` for one that is there and has been changed.
    """
    requirement = hosting.requirement(wheel.name())
    written = []
    for edition in EDITIONS:
        place = folder / edition
        for lesson in course.checked():
            written.append(write_notebook(lesson, place, edition, requirement))
        course.put_files(place)
    return written
