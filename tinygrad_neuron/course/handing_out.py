"""What is handed out: the notebooks of a course without answers, and the same with solutions."""

import shutil
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
        for path in course.files:
            if course.folder is not None and path.suffix != ".md":  # a page of the book
                target = place / path.relative_to(course.folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target)
    return written
