"""What is handed out: the notebooks of a course without answers, and the same with solutions."""

from pathlib import Path

from .chosen import Course
from .notebooks import write_notebook

EDITIONS = ("students", "solutions")


def hand_out(folder: Path, course: Course) -> list[Path]:
    """Write each lesson twice: into `students` without answers, with a cell to write in after each
    question; into `solutions` with the answers in those cells.

    What lies beside a teacher's lessons goes with them. **Returns** the notebooks; raises a
    `FileExistsError` for one that is there and has been changed.
    """
    written = []
    for edition in EDITIONS:
        place = folder / edition
        written += [write_notebook(lesson, place, edition) for lesson in course.checked()]
        course.put_files(place)
    return written
