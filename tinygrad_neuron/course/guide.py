"""The guided run: a lesson in the terminal, cell by cell, with its questions and the progress.

Keys are lines: Enter goes on, `b` back, a number jumps there, `?` helps, `q` ends. Without a
terminal the lesson is printed from beginning to end.
"""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import webbrowser
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TextIO

from ..console import WIDTH, is_terminal
from ..draw.text import visible
from ..interface import say
from . import plain
from .lessons import Lesson
from .progress import ANSWERED, REVEALED, Store
from .questions import Question
from .records import Shown, Slider
from .running import Event, Failed, Run, straight_through
from .screen import Screen
from .tasks import Task
from .tex import readable


@dataclass(frozen=True)
class Move:
    """Where to go from a cell: to another one, or, with None, out of the lesson."""

    to: "int | None"


def overview(store: Store, found: Sequence[Lesson]) -> str:
    """The lessons, and how far each is.

    **Returns** lines, one for each lesson.
    """
    widest = max(len(lesson.title) for lesson in found)
    lines = [
        f"  {lesson.number:2}  {lesson.title:{widest}}  {_state(lesson, store)}".rstrip()
        for lesson in found
    ]
    return "\n".join(lines) + "\n"


def _state(lesson: Lesson, store: Store) -> str:
    progress = store.of(lesson.number)
    if not progress.begun:
        return ""
    counted = say("counted", right=progress.count(ANSWERED), total=lesson.questions)
    if progress.finished:
        return say("finished", counted=counted)
    cell, cells = lesson.number_of(progress.cell), len(lesson.counted)
    return say("at cell", cell=cell, cells=cells, counted=counted)


def printed(lesson: Lesson, stdout: TextIO, draft: bool = False) -> bool:
    """Print a lesson from beginning to end, questions with their answers; whether all went well."""
    screen = Screen(stdout)
    count = len(lesson.counted)

    def present(index: int, events: list[Event]) -> None:
        """Print one cell."""
        cell = lesson.cells[index]
        if cell.is_hidden and not events:
            return
        screen.rule(
            say("lesson cell", number=lesson.number, cell=lesson.number_of(index), cells=count)
        )
        if cell.kind == "text":
            screen.markdown(cell.source)
        elif cell.visible_source:
            screen.code(cell.visible_source)
        for event in events:
            if isinstance(event, Question | Task):
                screen.write(plain.text(event))
            else:
                screen.event(event)

    return straight_through(lesson, present, draft)


class Guide:
    """One learner's way through one lesson; a draft goes on after a cell that failed."""

    def __init__(
        self,
        lesson: Lesson,
        store: Store,
        stdin: "TextIO | None" = None,
        stdout: "TextIO | None" = None,
        draft: bool = False,
    ) -> None:
        self.lesson, self.store = lesson, store
        self.stdin = sys.stdin if stdin is None else stdin
        self.stdout = sys.stdout if stdout is None else stdout
        self.run = Run(lesson, draft)
        columns = shutil.get_terminal_size((WIDTH, 24)).columns
        self.screen = Screen(self.stdout, max(min(columns, WIDTH), 20))

    def start(self) -> bool:
        """Go through the lesson; returns whether no cell failed."""
        if not (is_terminal(self.stdin) and is_terminal(self.stdout)):
            return printed(self.lesson, self.stdout, self.run.draft)
        count = len(self.lesson.cells)
        progress = self.store.of(self.lesson.number)
        at = 0 if progress.finished else min(progress.cell, count - 1)
        if at:
            cell, cells = self.lesson.number_of(at), len(self.lesson.counted)
            self.screen.line(say("go on at", cell=cell, cells=cells))
        try:
            while True:
                move = self._cell(at)
                if move.to is None:
                    return self._end(at)
                if move.to >= count:
                    with self.store.changing(self.lesson.number) as progress:
                        progress.finished, progress.cell = True, 0
                    self.screen.line()
                    self.screen.line(self._summary(), "bold")
                    return self._end(at)
                step, at = (1 if move.to >= at else -1), move.to
                while 0 < at < count - 1 and self._is_silent(at):
                    at += step
                with self.store.changing(self.lesson.number) as progress:
                    progress.cell = at
        except (KeyboardInterrupt, EOFError):
            self.screen.write("\n")
            return self._end(at)

    def _is_silent(self, at: int) -> bool:
        """Whether a cell has nothing to show: it checks the lesson, and all is right."""
        cell = self.lesson.cells[at]
        return cell.kind == "code" and not cell.visible_source and not self.run.events(at)

    def _place(self, words: str, at: int) -> str:
        """Where the learner is, in these words."""
        number, cell = self.lesson.number, self.lesson.number_of(at)
        return say(words, number=number, cell=cell, cells=len(self.lesson.counted))

    def _end(self, at: int) -> bool:
        if self.store.trouble:
            self.screen.line(say("note", trouble=self.store.trouble))
        return not (
            self.run.has_run(at) and any(isinstance(event, Failed) for event in self.run.events(at))
        )

    def _summary(self) -> str:
        progress = self.store.of(self.lesson.number)
        number = self.lesson.number
        counted = say("counted", right=progress.count(ANSWERED), total=self.lesson.questions)
        if shown := progress.count(REVEALED):
            return say("that was, some shown", number=number, counted=counted, shown=shown)
        return say("that was", number=number, counted=counted)

    def _cell(self, at: int) -> Move:
        """Show one cell, ask its questions, and read where to go from there."""
        cell = self.lesson.cells[at]
        self.screen.rule(self._place("lesson cell", at))
        self.screen.line()
        if cell.kind == "text":
            self.screen.markdown(cell.source)
        else:
            if cell.visible_source:
                self.screen.code(cell.visible_source)
                self.screen.line()
            for event in self._events(at):
                if isinstance(event, Question):
                    move = self._ask(event, at)
                elif isinstance(event, Task):
                    move = self._write(event, at)
                elif isinstance(event, Slider):
                    move = self._slide(event, at)
                else:
                    self.screen.event(event)
                    move = None
                if move is not None:
                    return move
            failed = any(isinstance(event, Failed) for event in self.run.events(at))
            if failed and not self.run.draft:
                self.screen.line(say("cell failed"), "bold")
                return Move(None)
        self.screen.line()
        while True:
            prompt = say("prompt")
            answer = self._read(prompt if self.screen.width > len(prompt) else say("short prompt"))
            if not answer:
                return Move(at + 1)
            if (move := self._command(answer, at)) is not None:
                return move

    def _events(self, at: int) -> list[Event]:
        if self.run.has_run(at):
            return self.run.events(at)
        said = say("running")
        self.screen.stream.write(said)
        self.screen.stream.flush()
        events = self.run.events(at)
        self.screen.write("\r" + " " * len(said) + "\r")
        return events

    def _read(self, prompt: str, whole: bool = False) -> str:
        self.screen.write(prompt)
        answer = self.stdin.readline()
        if not answer:
            raise EOFError
        return answer.rstrip("\r\n") if whole else answer.strip()

    def _command(self, answer: str, at: int) -> "Move | None":
        """The move that an answer asks for; None, after a word on it, if it asks for none."""
        word = answer.lower().removeprefix(":").strip()
        counted = self.lesson.counted
        if word in ("q", "quit", "exit"):
            return Move(None)
        if word in ("n", "next"):
            return Move(at + 1)
        if word in ("b", "back", "p"):
            if at:
                return Move(at - 1)
            self.screen.line(say("first cell"))
        elif word in ("o", "open"):
            self._open(at)
        elif word in ("?", "h", "help"):
            self.screen.write(say("keys"))
        elif word.isascii() and word.isdigit() and len(word) < 9 and 1 <= int(word) <= len(counted):
            return Move(counted[int(word) - 1])
        else:
            shown = visible(" ".join(answer.split()))[:20]
            self.screen.line(say("no key", given=repr(shown), cells=len(counted)))
        return None

    @cached_property
    def folder(self) -> "tempfile.TemporaryDirectory[str]":
        """For pages that a browser opens; it goes with this guide."""
        return tempfile.TemporaryDirectory(prefix="tinygrad_neuron_")

    def _open(self, at: int) -> None:
        """Open what a cell shows in the browser, as one page."""
        events = self.run.events(at) if self.lesson.cells[at].kind == "code" else []
        pictures = [event for event in events if isinstance(event, Shown | Slider)]
        if not pictures:
            self.screen.line(say("no picture"))
            return
        from .pages import to_page

        try:
            path = Path(self.folder.name) / f"{self.lesson.name}-{at + 1}.html"
            page = to_page(pictures, self._place("cell of lesson", at))
            path.write_text(page, "utf-8")
        except OSError as error:
            self.screen.line(say("page unwritten", error=error.strerror))
            return
        opened = webbrowser.open(path.as_uri())
        said = say("opened", path=path) if opened else say("no browser", path=path)
        self.screen.write(f"{said}\n")  # whole, to be clicked or copied

    def _ask(self, question: Question, at: int) -> "Move | None":
        """Ask until the answer is right or revealed (None), or the learner goes elsewhere."""
        self.screen.question(question)
        while True:
            answer = self._read(say("answer prompt"))
            if answer == "?":
                self.screen.line(question.hint or say("expected", form=question.expected), "yellow")
            elif answer.startswith(":") or (
                answer.lower() in ("q", "quit", "exit", "back")
                and answer not in (*question.options, *question.variables)
            ):
                if (move := self._command(answer, at)) is not None:
                    return move
            elif not answer:
                self.screen.line(f"{say('answer')}: {question.answer_text}", "bold")
                if question.explanation:
                    self.screen.line(question.explanation)
                self._keep(question, REVEALED)
                return None
            else:
                verdict = question.check(answer)
                self.screen.verdict(*verdict)
                if verdict.right:
                    self._keep(question, ANSWERED)
                    return None

    def _write(self, task: Task, at: int) -> "Move | None":
        """Let the learner write code until it is right or revealed (None), or elsewhere."""
        self.screen.line(readable(task.text), "bold")
        self.screen.code(task.start)
        code = task.start
        while True:
            first = self._read(say("task prompt"), whole=True)
            word = first.strip()
            if word == "?":
                self.screen.line(task.hint or say("write this", name=task.name), "yellow")
                continue
            if word.startswith(":"):
                if (move := self._command(word, at)) is not None:
                    return move
                continue
            if not word:
                self.screen.line(f"{say('solution')}:", "bold")
                self.screen.code(task.solution)
                if task.explanation:
                    self.screen.line(readable(task.explanation))
                self._keep(task, REVEALED)
                return None
            code = edited(code) if word == "e" else "\n".join([first, *self._lines()])
            verdict = task.check(code)
            self.screen.verdict(*verdict)
            if verdict.right:
                self._keep(task, ANSWERED)
                return None

    def _lines(self) -> Iterator[str]:
        """Lines of code, up to one with a dot."""
        while (line := self._read("", whole=True)).strip() != ".":
            yield line

    def _keep(self, record: "Question | Task", how: str) -> None:
        with self.store.changing(self.lesson.number) as progress:
            if progress.questions.get(record.key) != ANSWERED:
                progress.questions[record.key] = how

    def _slide(self, slider: Slider, at: int) -> "Move | None":
        """Move a slider until the learner goes on (None) or elsewhere."""
        i = slider.start
        last = len(slider.frames) - 1
        while True:
            self.screen.frame(slider, slider.frames[i])
            answer = self._read(say("slider prompt")).lower()
            if answer in ("s", "n", "next") or (not answer and i == last):
                return None
            if answer in ("", ">", "."):
                i = min(i + 1, last)
            elif answer in ("<", ","):
                i = max(i - 1, 0)
            elif answer.isascii() and answer.isdigit() and 1 <= int(answer[:9]) <= last + 1:
                i = int(answer) - 1
            elif (move := self._command(answer, at)) is not None:
                return move


def edited(code: str) -> str:
    """The code after a visit to the learner's editor; unchanged where there is none."""
    editors = [os.environ.get("VISUAL"), os.environ.get("EDITOR"), "nano", "vi", "notepad"]
    command = next(
        (words for e in editors if (words := _words(e)) and shutil.which(words[0])), None
    )
    if command is None:
        return code
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "task.py")
        path.write_text(code + "\n", "utf-8")
        try:
            subprocess.run([*command, str(path)], check=False)
            return path.read_text("utf-8")
        except (OSError, UnicodeDecodeError):  # it does not start; the file is gone, or no text
            return code


def _words(command: "str | None") -> list[str]:
    """A command as its words; none where there is none, or its quotes do not end.

    >>> _words("code --wait"), _words("'a b")
    (['code', '--wait'], [])
    """
    if command and shutil.which(command):  # a path, with spaces or not
        return [command]
    try:
        words = shlex.split(command or "", posix=os.sep == "/")  # C:\\bin has no escapes
    except ValueError:
        return []
    return [word.strip('"') for word in words]
