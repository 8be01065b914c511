"""Changes that a Ctrl-C leaves whole: done, or not begun."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Held:
    """What `uninterrupted` gives: the Ctrl-C that wait, and `let`, for long work within."""

    def __init__(self, usual: Any = None) -> None:
        self.usual, self.arrived = usual, list[tuple[int, Any]]()
        self._open = False

    def __call__(self, number: int, frame: Any) -> None:
        """What the signal calls: it waits, save for what may be ended now."""
        if not self._open:
            self.arrived.append((number, frame))
            return
        try:
            self.usual(number, frame)
        except BaseException:
            self._open = False  # from here on what comes waits: `let` has ended, wherever it is
            raise

    def let(self, run: Callable[[], None]) -> None:
        """Run what a Ctrl-C may end, once; what is after it is uninterrupted again.

        >>> with uninterrupted() as held:
        ...     held.let(lambda: print("long work"))
        long work
        """
        self._open = True
        if self.arrived:
            self(*self.arrived.pop())
        try:
            run()
        finally:
            self._open = False


@contextmanager
def uninterrupted() -> Iterator[Held]:
    """Within it a Ctrl-C waits until the end: what is changed is changed whole.

    For short work that assigns many things; for long work before it, see `Held.let`. In a thread
    beside the main one, where Python delivers no Ctrl-C, and where the signal is not handled by
    Python, it does nothing.

    >>> a, b = 0, 0
    >>> with uninterrupted():
    ...     a, b = 1, 1
    """
    usual = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(usual):
        yield Held()
        return
    held = Held(usual)
    try:
        # one that came before is delivered here, before the work
        signal.signal(signal.SIGINT, held)
    except ValueError:  # the main thread, but of an interpreter within another
        yield held
        return
    try:
        yield held
    finally:
        if signal.getsignal(signal.SIGINT) is held:  # what ran within may have set another
            signal.signal(signal.SIGINT, usual)
        if held.arrived:
            usual(*held.arrived[-1])


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
