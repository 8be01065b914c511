"""Changes that a Ctrl-C leaves whole: done, or not begun."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Within it a Ctrl-C waits until the end: what is changed is changed whole.

    For short work that assigns many things. In a thread beside the main one, where Python delivers
    no Ctrl-C, and where the signal is not handled by Python, it does nothing.

    >>> a, b = 0, 0
    >>> with uninterrupted():
    ...     a, b = 1, 1
    """
    usual = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(usual):
        yield
        return
    arrived: list[tuple[int, Any]] = []

    def wait(number: int, frame: Any) -> None:
        arrived.append((number, frame))

    try:
        signal.signal(
            signal.SIGINT, wait
        )  # one that came before is delivered here, before the work
    except ValueError:  # the main thread, but of an interpreter within another
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
        if arrived:
            usual(*arrived[-1])


def or_undone(run: Callable[[], None], undo: Callable[[], None]) -> None:
    """Run; where that fails, undo what was done so far, and raise its error.

    Undone twice, for a Ctrl-C may come just before the first time. What runs is a function, for a
    call is within its caller's `try` whatever happens; in CPython 3.12 and 3.13 a loop's jump back
    to its head is not, and there a Ctrl-C comes.

    >>> done = []
    >>> or_undone(lambda: done.append(1), done.clear)
    >>> done
    [1]
    """
    try:
        try:
            run()
        except BaseException:
            undo()
            raise
    except BaseException:
        undo()
        raise
