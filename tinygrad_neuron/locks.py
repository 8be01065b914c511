"""Locks that a forked child can take: there no thread is left that would release them."""

import os
import threading
import weakref
from types import TracebackType


class Lock:
    """A lock that the thread which has it may take again; for `with`.

    In a child of `os.fork` one that another thread had is free: that thread is not there.

    >>> lock = Lock()
    >>> with lock, lock:
    ...     print("one at a time")
    one at a time
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        _ALL.add(self)

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._lock.release()

    def renew(self) -> None:
        """In a child: be free, unless the thread that forked has it, and will release it."""
        if self._lock.acquire(blocking=False):
            self._lock.release()
        else:
            self._lock = threading.RLock()


_ALL: "weakref.WeakSet[Lock]" = weakref.WeakSet()


def _after_fork() -> None:
    for lock in list(_ALL):
        lock.renew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
