"""How far a learner has come: one small file in the user's data folder."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..files import replace_file
from ..interface import say

VERSION = 1
ANSWERED, REVEALED = "answered", "revealed"


@dataclass
class Progress:
    """How far one lesson is: the cell reached, and how each question ended."""

    cell: int = 0
    finished: bool = False
    questions: dict[str, str] = field(default_factory=dict)

    @property
    def begun(self) -> bool:
        """Whether the lesson was ever opened beyond its first cell."""
        return bool(self.cell or self.finished or self.questions)

    def count(self, how: str) -> int:
        """How many questions ended this way."""
        return sum(end == how for end in self.questions.values())


class Store:
    """The file with the progress of all lessons; without a path nothing is kept.

    Every change is written at once, and the file is replaced whole or not at all. `trouble` says,
    in a sentence, what could not be read or written.
    """

    def __init__(self, path: "Path | None") -> None:
        self.path = path
        self.trouble = ""
        self._lessons = self._read()

    def of(self, lesson: int) -> Progress:
        """The progress of one lesson."""
        return self._lessons.setdefault(lesson, Progress())

    @contextmanager
    def changing(self, lesson: int) -> Iterator[Progress]:
        """Change the progress of a lesson, and write it if it is another then."""
        progress = self.of(lesson)
        before = repr(progress)
        yield progress
        if repr(progress) != before:
            self._write()

    def reset(self, lesson: "int | None" = None) -> None:
        """Forget the progress of one lesson, or of all."""
        if lesson is None:
            self._lessons.clear()
        else:
            self._lessons.pop(lesson, None)
        self._write()

    def _read(self) -> dict[int, Progress]:
        """What the file holds; one that is unreadable is set aside, and `trouble` says so."""
        if self.path is None:
            return {}
        try:
            stored = json.loads(self.path.read_text("utf-8"))
            return {int(number): _progress(entry) for number, entry in stored["lessons"].items()}
        except FileNotFoundError:
            return {}
        except OSError as error:
            self.trouble = say("progress unread", path=self.path, error=error.strerror)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            aside = self.path.with_suffix(".unreadable")
            self.trouble = say("progress unreadable", path=self.path)
            try:
                os.replace(self.path, aside)
                self.trouble += say("progress aside", path=aside)
            except OSError:
                pass
        return {}

    def _write(self) -> None:
        if self.path is None:
            return
        lessons = {str(n): asdict(p) for n, p in sorted(self._lessons.items()) if p.begun}
        text = json.dumps({"version": VERSION, "lessons": lessons}, indent=1) + "\n"
        try:
            replace_file(self.path, text.encode())
        except OSError as error:
            self.trouble = say("progress unwritten", path=self.path, error=error.strerror)


def _progress(entry: Any) -> Progress:
    cell, finished, questions = entry["cell"], entry["finished"], entry["questions"]
    if not isinstance(cell, int) or not isinstance(questions, dict):
        raise TypeError("not the progress of a lesson")
    return Progress(max(cell, 0), bool(finished), {str(k): str(v) for k, v in questions.items()})


def default_path() -> "Path | None":
    """Where progress is kept; None where `platformdirs` (extra `learn`) is not installed, or
    nobody has a home."""
    try:
        from platformdirs import user_data_path
    except ModuleNotFoundError:
        return None
    try:
        return user_data_path("tinygrad_neuron", appauthor=False) / "progress.json"
    except RuntimeError:  # there is no home folder
        return None
