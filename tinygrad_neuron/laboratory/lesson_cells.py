"""A lesson's cells in the browser: one is changed and run after those before it; a task judged."""

import ast
import contextlib
import io
import sys
from collections.abc import Callable, Iterator
from typing import Any

from ..course.lessons import Cell, parse
from ..course.marking import marked_up
from ..course.tasks import Task
from ..course.words import presented_by
from ..interface import say
from .session import Session, failure

# What only shows or asks is left out where a cell runs for the names that it makes.
_SHOWING = ("show", "slider", "predict", "exercise", "task", "print")


class LessonRun:
    """One reader's run of a lesson, by the numbers of its cells of code, counted from 0.

    **Arguments:** `text`, of the lesson's file; `emit`, called with each event, as a `Session`'s;
    events of another cell than the one that was asked for have its number as `cell`; `folder`, as a
    `Session`'s.

    >>> events = []
    >>> lesson = LessonRun("# %%\\nx = 2\\n# %%\\nprint(x)\\n", events.append)
    >>> lesson.run(1, "x + 1"), events[-1]
    (True, {'kind': 'text', 'text': '3'})
    """

    def __init__(
        self, text: str, emit: Callable[[dict[str, Any]], None], folder: "str | None" = None
    ) -> None:
        self.cells = [cell for cell in parse(text) if cell.kind == "code"]
        self._emit = emit
        self.session = Session(emit, folder)
        self._done = 0
        self._tasks: dict[int, list[Task]] = {}

    def run(self, index: int, source: str) -> bool:
        """Run a cell as it was changed; those before it run first, once, and the figures that
        follow it are drawn again. Returns whether all went well."""
        if not self._prepare(index):
            return False
        well = self.session.run(source)
        self._done = max(self._done, index + 1)
        if well:
            self._follow(index + 1)
        return well

    def judge(self, index: int, which: int, code: str) -> dict[str, Any]:
        """Judge the code for one of a cell's tasks: whether it is `right`, and what is said."""
        if not self._prepare(index):
            return {"right": False, "message": say("cell before fails")}
        if index not in self._tasks:
            records: list[Any] = []
            with self._quietly(), presented_by(records.append):
                for statement in _statements(self.cells[index]):
                    exec(statement, self.session.names)
            self._tasks[index] = [record for record in records if isinstance(record, Task)]
        said = self._tasks[index][which].check(code)
        return {"right": said.right, "message": marked_up(said.message)}

    def _prepare(self, index: int) -> bool:
        """Run the cells before one for the names that they make."""
        while self._done < index:
            told = say("cells before", done=self._done + 1, all=index)
            self._emit({"kind": "progress", "share": self._done / index, "text": told})
            try:
                with self._quietly(), presented_by(lambda record: None):
                    self._make_names(self.cells[self._done])
            except BaseException as error:
                self._emit(failure(error))
                return False
            self._done += 1
        return True

    def _make_names(self, cell: Cell) -> None:
        for statement in _statements(cell, showing=False):
            try:
                exec(statement, self.session.names)
            except ImportError as error:
                if "matplotlib" not in str(error):
                    raise  # else it only makes a figure

    def _follow(self, index: int) -> None:
        """Draw again what is shown right below a cell, by code that is out of sight."""
        for number, cell in enumerate(self.cells[index:], index):
            if not cell.is_hidden or cell.questions:
                return
            events: list[dict[str, Any]] = []
            self.session.emit = events.append
            try:
                with self._quietly(), presented_by(self.session.show):
                    for statement in _statements(cell, asserting=False):
                        exec(statement, self.session.names)
            except Exception:
                events.clear()  # what the book shows stays
            finally:
                self.session.emit = self._emit
            for event in events:
                self._emit({**event, "cell": number})
            self._done = max(self._done, number + 1)

    @contextlib.contextmanager
    def _quietly(self) -> Iterator[None]:
        """Within this block, what is printed goes nowhere, and names are those of a script."""
        before = sys.modules["__main__"]
        sys.modules["__main__"] = self.session.module
        try:
            with (
                contextlib.redirect_stdout(io.StringIO()),
                contextlib.redirect_stderr(io.StringIO()),
            ):
                yield
        finally:
            sys.modules["__main__"] = before


def _statements(cell: Cell, *, showing: bool = True, asserting: bool = True) -> Iterator[Any]:
    """The statements of a cell as code, without those that are not wanted."""
    for statement in ast.parse(cell.source).body:
        if isinstance(statement, ast.Assert) and not (asserting and showing):
            continue
        call = statement.value if isinstance(statement, ast.Expr) else None
        name = call.func if isinstance(call, ast.Call) else None
        if not showing and isinstance(name, ast.Name) and name.id in _SHOWING:
            continue
        code = ast.Module([statement], [])
        yield compile(code, "<lesson>", "exec", dont_inherit=True)
