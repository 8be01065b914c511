"""What a notebook calls: `hidden` runs what is out of sight, `check` judges what a learner wrote.

A notebook that held the source of its questions would hold their answers, and so would every
export of it. So where a lesson's file asks, its notebook has one line, which finds that cell in the
file by the key of its text, and runs it among the notebook's own names.
"""

import base64
import sys
import zlib
from pathlib import Path
from typing import Any

from .lessons import Lesson, LessonError, lesson, made
from .records import Text
from .running import compiled
from .tasks import Task
from .words import asked, present

_brought: dict[int, Lesson] = {}  # by number: lessons of a teacher's, which notebooks bring along


def packed(lesson: Lesson) -> str:
    """A lesson as one word, to be carried by a notebook."""
    return base64.b85encode(zlib.compress(lesson.path.read_bytes(), 9)).decode()


def bring(name: str, carried: str) -> None:
    """Know a lesson that is not in the package: its notebook brings it along, with what is out of
    sight there.

    **Arguments:** `name`, of its file; `carried`, its text, packed.
    """
    brought = made(Path(name), zlib.decompress(base64.b85decode(carried)).decode())
    _brought[brought.number] = brought


def hidden(number: int, *keys: str) -> None:
    """Run cells of a lesson whose code is out of sight, among the caller's names; or show a text
    that waits for a prediction.

    **Arguments:** `number`, the lesson's; `keys`, of the cells. Raises a `LessonError` where the
    lesson is another than the one that the notebook was written from.
    """
    found = _brought[number] if number in _brought else lesson(number)
    known = {}
    for cell in found.cells:
        before = cell.split()[0] if cell.kind == "text" else cell
        if before is not None:
            known[before.key] = before
    for key in keys:
        if key not in known:
            raise LessonError(
                f"lesson {number} has changed since this notebook was written; write it again: "
                f"python -m tinygrad_neuron notebook {number}"
            )
        if known[key].kind == "text":
            present(Text(known[key].source))
        else:
            exec(compiled(found, known[key]), sys._getframe(1).f_globals)


def check(written: Any, *numbers: Any, **named: Any) -> None:
    """Judge what was written for a task, or the numbers for an exercise with many right answers.

    **Arguments:** `written`, the function or class of a task, or the key of an exercise; `numbers`,
    with or without their names, its answer. Prints what is to be said.

    >>> from tinygrad_neuron.course import task
    >>> record = task("Write `double`.", "def double(x): return x", "def double(x): return 2 * x",
    ...               cases=[((3,), 6)])
    Task: Write `double`.
      A solution:
        def double(x): return 2 * x
    >>> def double(x):
    ...     return x + x
    >>> check(double)
    ✓ Right.
    """
    name = written if isinstance(written, str) else getattr(written, "__name__", "")
    record = asked.get(name)
    if record is None:
        print("Run the cell above first, the one that asks.")
    elif isinstance(record, Task):
        present(record.check_thing(written))
    else:
        given = (*numbers, *(named[n] for n in record.names if n in named))
        if ... in given:
            given = ()
        single = record.kind == "number" and len(given) == 1
        present(record.check(given[0] if single else given))
