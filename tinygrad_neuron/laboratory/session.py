"""What runs in the browser's worker: programs, what they print and show, and what is completed.

All of it is ordinary Python: a `Session` hands events to a function, which in the browser posts
them to the page.
"""

import ast
import builtins
import contextlib
import io
import json
import linecache
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from ..course.words import presented_by
from .completing import completions
from .showing import shown
from .written import files, written

FILE = "<program>"
_SECONDS = 0.05  # between two times that printed lines are handed on, where there are many
_FEW = 200  # lines, of which each is handed on at once
_MOST = 200_000  # characters that one run may print


class Session:
    """A notebook's kernel in small: it runs programs, one after another, in one namespace.

    **Arguments:** `emit`, called with each event, a dictionary of plain data: its `kind` is
    `stdout`, `stderr`, `text`, `image`, `html`, `file`, which a program has written, or `error`,
    which has the `line` and the `message`; `folder`, where what a program writes is looked for.

    >>> events = []
    >>> Session(events.append).run("x = 2\\nx * 3")
    True
    >>> events
    [{'kind': 'text', 'text': '6'}]
    """

    def __init__(
        self, emit: Callable[[dict[str, Any]], None], folder: "Path | str | None" = None
    ) -> None:
        self.emit = emit
        self.folder = None if folder is None else Path(folder)
        self.reset()

    def reset(self) -> None:
        """Forget all names."""
        self.module = ModuleType("__main__")
        self.module.__dict__.update(display=self.show, input=_no_input)

    @property
    def names(self) -> dict[str, Any]:
        """The namespace that programs run in."""
        return self.module.__dict__

    def run(self, source: str, *, fresh: bool = False, theme: str = "") -> bool:
        """Run a program and show its last expression's value; returns whether all went well.

        **Arguments:** `source`, of the program; `fresh`, whether earlier names are forgotten first;
        `theme`, of the pictures for which the program asks for none.
        """
        if fresh:
            self.reset()
        if theme:
            from ..draw.themes import use_theme  # a session without pictures begins sooner

            use_theme(theme)
        self._printed = 0
        before = {} if self.folder is None else files(self.folder)
        well = self._run(source)
        if self.folder is not None:
            for event in written(self.folder, before):
                self.emit(event)
        return well

    def _run(self, source: str) -> bool:
        """Run a program, with its output and its errors as events."""
        streams = [_Stream(kind, self._print) for kind in ("stdout", "stderr")]
        before = sys.modules["__main__"]
        sys.modules["__main__"] = self.module  # as a script has it: dataclasses look there
        try:
            with (
                contextlib.redirect_stdout(streams[0]),
                contextlib.redirect_stderr(streams[1]),
                presented_by(self.show),
            ):
                self._execute(source)
        except SystemExit as end:  # as a script ends
            return end.code in (None, 0)
        except BaseException as error:
            for stream in streams:
                stream.flush()
            self.emit(failure(error))
            return False
        finally:
            for stream in streams:
                stream.flush()
            sys.modules["__main__"] = before
        return True

    def show(self, *things: Any) -> None:
        """Show things as a notebook does: pictures, walkthroughs, models, or their text."""
        sys.stdout.flush()
        for thing in things:
            for event in shown(thing):
                self.emit(event)

    def complete(self, source: str, at: int) -> str:
        """What may stand at the cursor, as JSON."""
        return json.dumps(completions(source, at, self.names))

    def _execute(self, source: str) -> None:
        remember(FILE, source)
        for code, is_expression in compiled(source, FILE):
            if not is_expression:
                exec(code, self.names)
            elif (value := eval(code, self.names)) is not None:
                builtins._ = value  # type: ignore[attr-defined]  # as the prompt does
                self.show(value)

    def _print(self, kind: str, text: str) -> None:
        """Hand on what was printed, up to a limit: a page has to answer."""
        room = _MOST - self._printed
        self._printed += len(text)
        if room <= 0:
            return
        self.emit({"kind": kind, "text": text[:room]})
        if len(text) > room:
            told = f"\n(more than {_MOST:,} characters: the rest is not shown)\n"
            self.emit({"kind": "stderr", "text": told})


def _no_input(prompt: object = "") -> str:
    raise RuntimeError("input() has no keyboard here: write what is asked for into the program")


class _Stream(io.TextIOBase):
    """A stream that is handed on now and then, so that a million lines are not a million events."""

    def __init__(self, kind: str, hand_on: Callable[[str, str], None]) -> None:
        self._kind, self._hand_on = kind, hand_on
        self._kept: list[str] = []
        self._lines = 0
        self._last = 0.0

    def write(self, text: str) -> int:
        self._kept.append(text)
        if text.endswith("\n"):
            self._lines += 1
            if self._lines <= _FEW or time.monotonic() - self._last > _SECONDS:
                self.flush()
        return len(text)

    def flush(self) -> None:
        text = "".join(self._kept)
        self._kept.clear()
        self._last = time.monotonic()
        if text:
            self._hand_on(self._kind, text)

    def writable(self) -> bool:
        return True


def compiled(source: str, file: str) -> list[tuple[CodeType, bool]]:
    """A program as code: all of it but a last expression, and that, marked as one.

    A semicolon at the end keeps it quiet, as in a notebook.

    >>> [is_expression for _, is_expression in compiled("x = 1; x + 1", FILE)]
    [False, True]
    """
    tree = ast.parse(source, file)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr) or source.rstrip().endswith(";"):
        return [(compile(tree, file, "exec", dont_inherit=True), False)]
    rest = ast.Module(tree.body[:-1], tree.type_ignores)
    value = ast.Expression(last.value)
    return [
        (compile(rest, file, "exec", dont_inherit=True), False),
        (compile(value, file, "eval", dont_inherit=True), True),
    ]


def remember(file: str, source: str) -> None:
    """Keep a program's lines where tracebacks look for them."""
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)


def failure(error: BaseException) -> dict[str, Any]:
    """An error as an event: what to say, the line of the program, and the traceback from there on.

    >>> failure(ValueError("x must be positive"))["message"]
    'ValueError: x must be positive'
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != FILE:
        trace = trace.tb_next
    lines = [entry.lineno for entry in traceback.extract_tb(trace) if entry.filename == FILE]
    line = lines[-1] if lines else None
    if isinstance(error, SyntaxError) and error.filename == FILE:
        line = error.lineno
    if isinstance(error, KeyboardInterrupt):
        message = "Stopped."
    else:
        message = "".join(traceback.format_exception_only(error)).strip()
    if isinstance(error, SyntaxError):
        message = f"{type(error).__name__}: {error.msg}"
    if isinstance(error, ModuleNotFoundError):
        message += "; here are the modules of Python itself and tinygrad_neuron"
    elif isinstance(error, ImportError) and "pip install" in message:
        message += ". In the browser it is there if the laboratory was built with --packages"
    text = "".join(traceback.format_exception(type(error), error, trace)).strip()
    return {"kind": "error", "message": message, "line": line, "text": text}
