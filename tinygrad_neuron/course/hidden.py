"""What a notebook calls: `hidden` runs what is out of sight, `check` judges what a learner wrote.

A notebook that held the source of its questions would hold their answers, and so would every
export of it. So where a lesson's file asks, its notebook has one line, which finds that cell in the
file by the key of its text, and runs it among the notebook's own names.
"""

import ast
import base64
import contextlib
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..interface import NAME, say, speak
from .lessons import Lesson, LessonError, lesson, made
from .questions import Verdict, key_of
from .records import Text, Tried
from .running import Run, compiled
from .tasks import Task, defined
from .words import asked, exercise, predict, present, show, slider, task, without_answers

_brought: dict[int, Lesson] = {}  # by number: lessons of a teacher's, which notebooks bring along
_trusted: dict[int, Lesson] = {}  # the judge's own
_tries: dict[str, list[bool]] = {}  # by question, in this notebook: whether each try was right


def packed(path: Path) -> str:
    """A file, a lesson's or that of a translation, as one word, to be carried by a notebook."""
    return base64.b85encode(zlib.compress(path.read_bytes(), 9)).decode()


def bring(name: str, carried: str) -> None:
    """Know a lesson that is not in the package: its notebook brings it along, with what is out of
    sight there. So it does with the words of a translation, `interface.json`.

    **Arguments:** `name`, of its file; `carried`, its text, packed.
    """
    if _trusted:
        return
    text = zlib.decompress(base64.b85decode(carried)).decode("utf-8-sig")
    if name == NAME:
        speak(text, name)
        return
    brought = made(Path(name), text)
    _brought[brought.number] = brought


def trust(lessons: Sequence[Lesson]) -> None:
    """From now on know these lessons and no others, whatever a notebook brings along."""
    _trusted.update({lesson.number: lesson for lesson in lessons})


def hidden(number: int, *keys: str) -> None:
    """Run cells of a lesson whose code is out of sight, among the caller's names; or show a text
    that waits for a prediction.

    **Arguments:** `number`, the lesson's; `keys`, of the cells. Raises a `LessonError` where the
    lesson is another than the one that the notebook was written from.
    """
    _run(number, keys, sys._getframe(1).f_globals)


def ask(number: int, *keys: str) -> None:
    """The same for a notebook that is handed out: what it asks is shown without the answers."""
    with without_answers():
        _run(number, keys, sys._getframe(1).f_globals)


def _run(number: int, keys: Sequence[str], names: dict[str, Any]) -> None:
    """Run cells among these names, or show texts."""
    known_lessons = _trusted or _brought
    found = known_lessons[number] if number in known_lessons else lesson(number)
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
            earlier = set(map(id, asked.values()))
            exec(compiled(found, known[key]), names)
            for record in asked.values():
                if isinstance(record, Task) and id(record) not in earlier:
                    for name, thing in record.given.items():  # which the task says are there
                        names.setdefault(name, thing)


def check(written: Any, *given: Any, **named: Any) -> None:
    """Judge what was written for a task, or the answer to a question.

    **Arguments:** `written`, the function or class of a task, or the key of a question; `given`,
    its answer: a number, a text, or several numbers, with or without their names. Prints what is to
    be said.

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
    if name not in asked:
        _ask_again(name, sys._getframe(1).f_globals)
    record = asked.get(name)
    if record is None:
        print(say("run above"))
    elif isinstance(record, Task):
        _say(record.key, record.check_thing(written), written)
    else:
        given = (*given, *(named[n] for n in record.names if n in named))
        if not given or ... in given or given == ("",):
            present(Verdict(False, say("not answered", form=record.expected)))
            return
        answer = given if record.kind == "numbers" and len(given) > 1 else given[0]
        verdict = record.check(answer)
        with contextlib.suppress(ValueError):  # no option at all
            answer = record.options[record.read(answer)] if record.options else answer
        _say(record.key, verdict, answer)


def _ask_again(name: str, names: dict[str, Any]) -> None:
    """Where a notebook is judged, run the cell that asks for a name, if it was deleted there; with
    the notebook's own names, or, where they do not suffice, after all cells before it."""
    for found in _trusted.values():
        for at, cell in enumerate(found.cells):
            if any(name == _asked_for(word, named) for word, named in cell.asked):
                with contextlib.suppress(Exception), without_answers():
                    exec(compiled(found, cell), {**_five_words(), **names})
                if name not in asked:
                    Run(found).events(at)


def _five_words() -> dict[str, Any]:
    return {word.__name__: word for word in (predict, exercise, task, slider, show)}


def _asked_for(word: str, named: dict[str, ast.expr]) -> str:
    """The name under which `check` finds what is asked."""
    with contextlib.suppress(ValueError, KeyError):
        if word == "task":
            return defined(ast.literal_eval(named["start"]))
        return key_of(ast.literal_eval(named["text"]))
    return ""


def _say(key: str, verdict: Verdict, given: Any) -> None:
    """Present a verdict, with the number of the try."""
    tries = _tries.setdefault(key, [])
    if True not in tries:
        tries.append(verdict.right)
    present(Tried(key, len(tries), verdict.right, verdict.message, given))
