"""Running a lesson's cells, and keeping what each of them showed, in order."""

import contextlib
import io
import linecache
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType, ModuleType
from typing import Any, TypeAlias

from .drafts import lenient
from .lessons import Cell, Lesson, folder
from .words import Record, presented_by


@dataclass(frozen=True)
class Printed:
    """What a cell printed."""

    text: str


@dataclass(frozen=True)
class Failed:
    """How a cell failed: the traceback, from the lesson on."""

    text: str


Event: TypeAlias = "Printed | Failed | Record"


class Run:
    """One run of a lesson: each cell is executed once, in order, when it is first asked for.

    What the cells show stays, so that going back costs nothing and changes nothing.
    """

    def __init__(self, lesson: Lesson, draft: bool = False) -> None:
        self.lesson, self.draft = lesson, draft
        self._done: list[list[Event]] = []
        self._module = ModuleType("__main__")
        self._module.__file__ = str(lesson.path)
        linecache.checkcache(str(lesson.path))

    def events(self, index: int) -> list[Event]:
        """What a cell shows; the cells before it run first."""
        while len(self._done) <= index:
            self._done.append(self._execute(len(self._done)))
        return self._done[index]

    def has_run(self, index: int) -> bool:
        """Whether a cell has been executed."""
        return index < len(self._done)

    def _execute(self, index: int) -> list[Event]:
        """Run a cell as a script's lines run, and keep what it shows in the order of showing."""
        cell = self.lesson.cells[index]
        if cell.kind != "code":
            return []
        events: list[Event] = []
        printed = _Printed(events)
        before = sys.modules.get("__main__")
        sys.modules["__main__"] = self._module  # as a script has it: dataclasses look there
        try:
            code = compiled(self.lesson, cell, self.draft)
            with (
                _beside(self.lesson),
                presented_by(events.append),
                contextlib.redirect_stdout(printed),
            ):
                exec(code, self._module.__dict__)
        except Exception:
            events.append(Failed(_from_lesson(str(self.lesson.path))))
        finally:
            if before is not None:
                sys.modules["__main__"] = before
        return events


def compiled(lesson: Lesson, cell: Cell, draft: bool = False) -> CodeType:
    """The code of a cell; its lines keep their numbers in the file, for tracebacks to show them."""
    source = lenient(cell.source, lesson.path.name, cell.line) if draft else cell.source
    source = "\n" * (cell.line - 1) + source
    return compile(source, str(lesson.path), "exec", dont_inherit=True, optimize=0)


def straight_through(
    lesson: Lesson, present: Callable[[int, list[Event]], Any], draft: bool = False
) -> bool:
    """Run all cells, presenting each as it is done; returns whether all went well. A draft goes on
    after a cell that failed."""
    run, well = Run(lesson, draft), True
    for index in range(len(lesson.cells)):
        events = run.events(index)
        present(index, events)
        if any(isinstance(event, Failed) for event in events):
            well = False
            if not draft:
                break
    return well


@contextlib.contextmanager
def _beside(lesson: Lesson) -> Iterator[None]:
    """Within this block a teacher's lesson finds what lies beside it: modules, and files by their
    names."""
    place = str(lesson.path.resolve().parent)
    if lesson.path.resolve().parent == folder():
        yield
        return
    before = os.getcwd()
    sys.path.insert(0, place)
    os.chdir(place)
    try:
        yield
    finally:
        os.chdir(before)
        with contextlib.suppress(ValueError):  # a lesson may have changed it
            sys.path.remove(place)


def environment(*folders: "str | os.PathLike[str]") -> dict[str, str]:
    """What a process finds that runs lessons: these folders' modules, and no progress bars; its
    assertions and docstrings, too, which PYTHONOPTIMIZE would leave out."""
    paths = [os.fspath(place) for place in folders]
    if before := os.environ.get("PYTHONPATH"):
        paths.append(before)
    own = {"PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1", "TQDM_DISABLE": "1"}
    return {**os.environ, **own, "PYTHONOPTIMIZE": ""}


class _Printed(io.TextIOBase):
    """A stream that keeps what is printed between the other events."""

    def __init__(self, events: list[Event]) -> None:
        self._events = events

    def write(self, text: str) -> int:
        last = self._events[-1] if self._events else None
        if isinstance(last, Printed):
            self._events[-1] = Printed(last.text + text)
        elif text:
            self._events.append(Printed(text))
        return len(text)

    def writable(self) -> bool:
        return True


def _from_lesson(path: str) -> str:
    kind, error, trace = sys.exc_info()
    while trace is not None and trace.tb_frame.f_code.co_filename != path:
        trace = trace.tb_next
    return "".join(traceback.format_exception(kind, error, trace))
