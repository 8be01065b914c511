"""Notes for the teacher on a lesson: how long it takes, what it needs, what each mistake shows.

They are made of the lesson: its questions say which wrong answers are to be expected, and why.
"""

import html
import re
from collections.abc import Callable
from pathlib import Path

from ..files import replace_file
from ..interface import say
from .chosen import Course
from .lessons import Lesson
from .marking import marked_up
from .questions import Question
from .results import Results, asked, results
from .tasks import Task
from .telling import as_html, document, essence, index, parts, titled

# Minutes: for a hundred words, and for each of what a lesson has. From trying, with a margin.
_WORDS, _PREDICTION, _SEEN, _CODE, _EXERCISE, _TASK = 0.8, 2, 1, 1, 3, 10


def write_notes(
    folder: Path, course: Course, told: "Callable[[Lesson], object]" = lambda lesson: None
) -> list[Path]:
    """Write the notes on each lesson into a folder, with an index; returns their files. `told` is
    called with each lesson that has to be run for them.

    Raises a `LessonError` for a lesson that fails.
    """
    written = []
    for lesson, shown in results(course, told):
        path = folder / f"{lesson.name}.html"
        replace_file(path, document(titled(lesson), notes(lesson, shown)).encode())
        written.append(path)
    replace_file(folder / "index.html", index(course, "").encode())
    return written


def notes(lesson: Lesson, shown: Results) -> str:
    """The notes on a lesson, of which this was shown, as HTML."""
    records = asked(shown)
    predictions = [r for r in records if isinstance(r, Question) and r.before]
    exercises = [r for r in records if not (isinstance(r, Question) and r.before)]
    in_class, alone = minutes(lesson)
    first = next(parts(lesson.cells[0]))
    facts = [say("minutes", minutes=in_class, alone=alone)]
    if needed := needs(lesson):
        several = "builds on several" if len(needed) > 1 else "builds on"
        facts.append(say(several, numbers=", ".join(map(str, needed))))
    facts.append(say("needs"))
    return (
        f'<div class="facts">{"".join(f"<p>{fact}</p>" for fact in facts)}</div>'
        + as_html(essence(first.text))
        + f"<h2>{say('predictions')}</h2>"
        + "".join(map(_question, predictions))
        + f"<h2>{say('exercises and tasks')}</h2>"
        + "".join(_task(r) if isinstance(r, Task) else _question(r) for r in exercises)
    )


def minutes(lesson: Lesson) -> tuple[int, int]:
    """About how long a lesson takes in class, and its exercises and tasks after it; to 5 minutes.

    >>> from .lessons import lesson
    >>> minutes(lesson(1))
    (30, 25)
    """
    words, seen, code, asked = 0, 0, 0, {"predict": 0, "exercise": 0, "task": 0}
    for cell in lesson.cells:
        for word, _ in cell.asked:
            asked[word] += 1
        if cell.kind == "text":
            words += len(cell.source.split())
        else:
            seen += len(re.findall(r"^(?:show|slider)\(", cell.source, re.MULTILINE))
            code += bool(cell.visible_source)
    in_class = words / 100 * _WORDS + asked["predict"] * _PREDICTION + seen * _SEEN + code * _CODE
    return _rounded(in_class), _rounded(asked["exercise"] * _EXERCISE + asked["task"] * _TASK)


def _rounded(number: float) -> int:
    return max(5, 5 * round(number / 5))


def needs(lesson: Lesson) -> list[int]:
    """The earlier lessons that a lesson speaks of.

    >>> from .lessons import lesson
    >>> needs(lesson(4))
    [1, 2, 3]
    """
    text = "\n".join(cell.source for cell in lesson.cells if cell.kind == "text")
    named = re.findall(r"\blessons? (\d+)(?: (?:and|to) (\d+))?", text, re.IGNORECASE)
    numbers = {int(number) for pair in named for number in pair if number}
    return sorted(number for number in numbers if number < lesson.number)


def _question(asked: Question) -> str:
    options = "".join(f"<li>{marked_up(str(option))}</li>" for option in asked.options)
    why = f" {marked_up(asked.explanation)}" if asked.explanation else ""
    many = f" {say('one of many')}" if asked.is_open else ""
    rows = [(f"✓ {marked_up(asked.answer_text)}{many}", why, "right")]
    for answer, hint in asked.wrong.items():
        shown = asked.shown(answer)
        rows.append((f"✗ {marked_up(shown)}", marked_up(hint), "wrong"))
    rows += _others(asked)
    return _asked(asked.text, f"<ul>{options}</ul>" if options else "", rows)


def _task(asked: Task) -> str:
    """A task with a solution, and the code that is expected of those who err."""
    rows = [(f"✓ <pre>{html.escape(asked.solution)}</pre>", marked_up(asked.explanation), "right")]
    for code, hint in asked.wrong.items():
        rows.append((f"✗ <pre>{html.escape(code)}</pre>", marked_up(hint), "wrong"))
    rows += _others(asked)
    return _asked(asked.text, "", rows)


def _others(asked: "Question | Task") -> list[tuple[str, str, str]]:
    """What is said to every other answer: the hint."""
    return [(f"✗ {say('any other')}", marked_up(asked.hint), "wrong")] if asked.hint else []


def _asked(text: str, options: str, rows: list[tuple[str, str, str]]) -> str:
    cells = "".join(
        f'<tr class="{kind}"><td class="given">{given}</td><td>{said}</td></tr>'
        for given, said, kind in rows
    )
    return f"<h3>{marked_up(text)}</h3>{options}<table>{cells}</table>"
