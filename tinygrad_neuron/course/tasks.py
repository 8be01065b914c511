"""Tasks in code as records: what is to be written, and what is said to what was written.

A task is judged by running it: on cases, whose results are compared, or by a function that tries
out what was written. Like a question, it shows nothing itself.
"""

import ast
import math
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..checking import POSITIVE, a_function, described, listed, mapped, number, several, shown, text
from ..interface import say
from .questions import Verdict, key_of

_FILE = "<your code>"
_FAILURES = (Exception, KeyboardInterrupt, SystemExit)
_SHOWN = 60  # characters of a value in a message


@dataclass(frozen=True)
class Task:
    """One function or class to write, judged by running it.

    **Arguments:** `text`, what is asked for; `start`, the code to begin with, which defines the
    function or class and is not right yet; `solution`, code that is right; `cases`, pairs of
    arguments and the result that is right for them; `judge`, which gets the function or class and
    returns None, or what is wrong with it (of cases and a judge one or both); `wrong`, anticipated
    wrong code, each with its own hint, recognised by its results on the cases; `hint`, on request;
    `explanation`, said when it is right; `given`, by name, what the code may use that the lesson
    has made; `seconds`, how long it may run.

    Raises a `ValueError` for a task whose solution is not right, or whose start is.

    >>> task = Task("Write `double`.", "def double(x):\\n    return x",
    ...             "def double(x):\\n    return 2 * x", cases=[((3,), 6), ((-1,), -2)])
    >>> task.check("def double(x):\\n    return x + 3").message
    'double(-1) gives 2; it should give -2.'
    """

    text: str
    start: str
    solution: str
    cases: Sequence[tuple[tuple[Any, ...], Any]] = ()
    judge: "Callable[[Any], str | None] | None" = None
    wrong: Mapping[str, str] = field(default_factory=dict)
    hint: str = ""
    explanation: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 10.0

    def __post_init__(self) -> None:
        """Refuse what cannot be judged: each code that is given here is judged once."""
        where = f"task {shown(text('a task', 'the text', self.text))}"
        for name in ("start", "solution", "hint", "explanation"):
            text(where, name, getattr(self, name))
        for name in ("start", "solution"):
            object.__setattr__(self, name, getattr(self, name).strip("\n").rstrip())
        way_out = "pairs of arguments and a result, as in [((1, 2), 3)]"
        cases = listed(where, "cases", self.cases, way_out)
        for case in cases:
            if not (isinstance(case, tuple | list) and len(case) == 2 and several(case[0])):
                raise TypeError(f"{where}: cases must be {way_out}, got {described(case)}")
        object.__setattr__(self, "cases", cases)
        mapped(where, "wrong", self.wrong, "a hint for each wrong code")
        mapped(where, "given", self.given, "what the code may use, by name")
        if self.judge is not None:
            a_function(where, "judge", self.judge)
        number(where, "seconds", self.seconds, POSITIVE)
        if not self.cases and self.judge is None:
            raise ValueError(f"task {self.text!r}: it needs cases=[...] or judge=...")
        if not (verdict := self.check(self.solution)).right:
            raise ValueError(
                f"task {self.text!r}: its own solution is not right: {verdict.message}"
            )
        verdict = self.check(self.start)
        if verdict.right or verdict.message in self.wrong.values():
            raise ValueError(
                f"task {self.text!r}: the code to begin with is right already, or gets a hint for "
                f"other code: {verdict.message}"
            )
        for code, hint in self.wrong.items():
            if (verdict := self.check(code)).right or verdict.message != hint:
                raise ValueError(
                    f"task {self.text!r}: the anticipated code {code!r} does not get its hint, "
                    f"but {verdict.message!r}"
                )

    @cached_property
    def name(self) -> str:
        """What is to be written: the last function or class of `start`."""
        return defined(self.start)

    @property
    def key(self) -> str:
        """A short name of the task that stays the same from run to run."""
        return key_of(self.text)

    def check(self, code: str) -> Verdict:
        """Run what a learner wrote and judge it; it never raises for what stands in it."""
        try:
            with limited(self.seconds):
                written = self._written(code)
        except SyntaxError as error:
            return Verdict(False, say("no python", line=error.lineno or 1, error=error.msg))
        except _FAILURES as error:
            return Verdict(False, say("cannot run", error=_told(error)))
        if written is None:
            return Verdict(False, say("not defined", name=self.name))
        return self.check_thing(written)

    def check_thing(self, written: Any) -> Verdict:
        """Judge a function or a class that is there already, as it is in a notebook."""
        try:
            with limited(self.seconds):
                fault = self._fault(written)
        except _FAILURES as error:
            fault = say("task fails", name=self.name, error=_told(error))
        return Verdict(False, fault) if fault else Verdict(True, self.explanation or say("right"))

    def _ipython_display_(self) -> None:
        """Nothing: it was presented when it was asked, and a cell may end with it."""

    def _written(self, code: str) -> Any:
        """What the code defines under the name of the task; None if it does not."""
        names: dict[str, Any] = {"__name__": "__main__", **self.given}
        before = self.given.get(self.name)
        exec(compile(code, _FILE, "exec", dont_inherit=True, optimize=0), names)
        written = names.get(self.name)
        return None if written is before else written

    def _fault(self, written: Any) -> "str | None":
        """What is wrong with it: an anticipated mistake, the first wrong case, or the judge's."""
        if not callable(written):
            return say("not callable", name=self.name, value=_shown(written))
        results = []
        for arguments, _ in self.cases:
            try:
                results.append(written(*arguments))
            except _FAILURES as error:
                return say("call fails", call=_call(self.name, arguments), error=_told(error))
        expected = [right for _, right in self.cases]
        if not _same(results, expected):
            for code, hint in self.wrong.items():
                other = self._written(code)
                if _same(results, [other(*arguments) for arguments, _ in self.cases]):
                    return hint
        for (arguments, right), result in zip(self.cases, results, strict=True):
            if not _same(result, right):
                call, shown = _call(self.name, arguments), _shown(result)
                return say("call gives", call=call, result=shown, right=_shown(right))
        return self.judge(written) if self.judge is not None else None


def defined(code: str) -> str:
    """The name of the last function or class that some code defines.

    >>> defined("def one(): ...\\nclass Two: ...")
    'Two'
    """
    kinds = ast.FunctionDef | ast.ClassDef
    named = [node.name for node in ast.parse(code).body if isinstance(node, kinds)]
    if not named:
        raise ValueError(
            f"a task begins with code that defines a function or a class, not {code!r}"
        )
    return named[-1]


def _same(one: Any, other: Any) -> bool:
    """Whether two results are equal, numbers up to rounding."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)


def _call(name: str, arguments: tuple[Any, ...]) -> str:
    return f"{name}({', '.join(map(_shown, arguments))})"


def _shown(value: Any) -> str:
    text = f"{value:g}" if isinstance(value, float) else repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def _told(error: BaseException) -> str:
    """An error in a clause, with the line of the learner's code where it happened."""
    if isinstance(error, KeyboardInterrupt):
        return say("was stopped")
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == _FILE:
            line = trace.tb_lineno
        trace = trace.tb_next
    at = say("at line", line=line) if line else ""
    return f"{type(error).__name__}: {error}".rstrip(": ").rstrip(".") + at


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Within this block the program may run so long; then a `TimeoutError` is raised.

    Where that cannot be (outside the main thread; Windows has no such alarm) there is no limit.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if not (is_main and hasattr(signal, "setitimer")):
        yield
        return

    def stop(*_: Any) -> None:
        raise TimeoutError(say("too long", seconds=f"{seconds:g}"))

    before = signal.signal(signal.SIGALRM, stop)
    began = time.monotonic()
    outer, _ = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        left = max(outer - (time.monotonic() - began), 1e-3) if outer else 0  # of a block around it
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, left)
