"""Records as plain text: what a lesson prints when it runs as a script."""

from textwrap import indent
from typing import Any

from ..interface import say
from .questions import Question, Verdict
from .records import Bare, Shown, Slider, Text, Tried
from .tasks import Task


def text(record: Any) -> str:
    """The text of a question with its answer, of a slider's frames, of a picture's caption.

    >>> print(text(Question("1 + 1?", 2, explanation="One and one.")), end="")
    Exercise: 1 + 1?
      Answer: 2
      One and one.
    """
    if isinstance(record, Question):
        return _question(record)
    if isinstance(record, Task):
        solution = f"{say('solution')}:\n{indent(record.solution, '  ')}"
        asked = f"{say('a task')}: {record.text}\n"
        return asked + _indented(solution) + _indented(record.explanation)
    if isinstance(record, Slider):
        return "".join(
            f"{record.name} = {frame.value}\n" + _indented(frame.text or say("a picture"))
            for frame in record.frames
        )
    if isinstance(record, Text):
        return record.text + "\n"
    if isinstance(record, Shown):
        return say("picture") + (f": {record.text}\n" if record.text else "\n")
    if isinstance(record, Bare):
        return f"{record.asked.text}\n"
    if isinstance(record, Verdict | Tried):
        return f"{'✓' if record.right else '✗'} {record.message}\n"
    raise TypeError(f"there is no text for {record!r}")


def _question(question: Question) -> str:
    lines = [f"{say('predict' if question.before else 'exercise')}: {question.text}"]
    if question.options:
        lines += [f"  - {option}" for option in question.options]
    open_ = f" {say('one of many')}" if question.is_open else ""
    lines.append(f"  {say('answer')}: {question.answer_text}{open_}")
    return "\n".join(lines) + "\n" + _indented(question.explanation)


def _indented(text: str) -> str:
    return indent(text.rstrip("\n") + "\n", "  ") if text else ""
