"""Whether an error is one of ours: a `raise` of the package, in words of its own."""

import ast
import contextlib
import functools
import linecache
import re
import signal
import traceback
from collections.abc import Iterator
from pathlib import Path

import tinygrad_neuron

PACKAGE = Path(tinygrad_neuron.__file__).parent
# The functions in these are a user's own.
USERS = [
    Path(__file__).with_name(f"{name}.py")
    for name in ("arguments", "arguments_rest", "arguments_shown", "hostile")
]


@functools.cache
def raises_of(file: str) -> list[tuple[int, int]]:
    """The first and the last line of every `raise` in a file."""
    tree = ast.parse("".join(linecache.getlines(file)))
    return [(n.lineno, n.end_lineno or 0) for n in ast.walk(tree) if isinstance(n, ast.Raise)]


def in_own_words(error: BaseException) -> bool:
    """Whether the error was raised by a `raise` of this package, or by a user's own function."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    if Path(last.filename) in USERS or isinstance(error, OSError):
        return True
    # a user's function, called by us; Python 3.13 says it so of a class
    if re.match(r"[\w.]+\(\) |\w+ expected at most ", str(error)):
        return True
    first = last.lineno or 0
    return any(start <= first <= end for start, end in raises_of(last.filename)) and (
        PACKAGE in Path(last.filename).parents or "tinygrad_neuron" in last.filename
    )


class TooLongError(BaseException):
    """A call takes seconds, which is wrong as well; nothing catches it on the way."""


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Within it a call that takes longer of the processor, or ten times as long by the clock, is
    ended, where the system has such alarms."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_: object) -> None:
        raise TooLongError(f"it takes more than {seconds} s")

    alarms = (
        (signal.ITIMER_PROF, signal.SIGPROF, seconds),
        (signal.ITIMER_REAL, signal.SIGALRM, 10 * seconds),
    )
    before = [signal.signal(number, stop) for _, number, _ in alarms]
    for timer, _, most in alarms:
        signal.setitimer(timer, most)
    try:
        yield
    finally:
        for timer, _, _ in alarms:
            signal.setitimer(timer, 0)
        for (_, number, _), handler in zip(alarms, before, strict=True):
            signal.signal(number, handler)
