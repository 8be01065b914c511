"""Programs that are started for a moment, and end with us whatever happens.

A program leads a process group, which is ended when it has answered, took too long, or was
interrupted; where there are no groups, on Windows, the program alone is. Where there is a POSIX
shell, another process waits beside it for the end of ours: if that is terminated, or killed, the
group goes with it, and so does its temporary folder. On Linux the kernel, too, ends a program that
works for longer than it may.
"""

import contextlib
import importlib
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

# The program waits for the watch to be there: its first line of input is not its own.
_START = 'read -r go && exec "$@"'
# Told "done", it does nothing; at the end of its input, which is that of our process, it ends all.
_WATCH = 'read -r told; [ "$told" = done ] && exit; kill -KILL "-$1"; [ -z "$2" ] || rm -rf -- "$2"'
_RUNNING: "dict[subprocess.Popen[bytes], int]" = {}  # each with its thread


def run(
    command: Sequence[str],
    *,
    seconds: float,
    data: bytes = b"",
    cwd: str | None = None,
    environment: Mapping[str, str] | None = None,
    folder: str = "",
) -> "subprocess.CompletedProcess[bytes]":
    """Run a program on some input; its exit code, output and messages.

    `seconds` is how long it may take, by the clock; `folder` is removed if our process is killed
    meanwhile. Raises an `OSError` where it cannot be started, `subprocess.TimeoutExpired` where it
    took too long; then, and after any other exception, nothing of it is left running.

    >>> import sys
    >>> run([sys.executable, "-c", "print(input())"], seconds=60.0, data=b"hello").stdout.strip()
    b'hello'
    """
    shell = shutil.which("sh") if hasattr(os, "killpg") else None
    if shell is not None and os.access(command[0], os.X_OK):
        command, data = [shell, "-c", _START, "start", *command], b"go\n" + data
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=cwd,
        env=environment,
        start_new_session=True,  # its children are in its group
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    _RUNNING[process] = threading.get_ident()
    try:
        with _watched(shell, process.pid, folder):
            _limit(process.pid, seconds)
            output, messages = process.communicate(data, timeout=seconds)
    finally:
        _RUNNING.pop(process, None)
        _end(process)
    return subprocess.CompletedProcess(command, process.returncode, output, messages)


def at_once(
    function: Callable[[T], R], things: Iterable[T], threads: int
) -> Generator[R, None, None]:
    """What a function, which runs programs, returns for each thing, in order; in so many threads.

    After an error or an interrupt, or where no more is asked for, none of them is waited for: what
    they run is ended.

    >>> list(at_once(abs, [-1, 2], threads=2))
    [1, 2]
    """
    from concurrent.futures import ThreadPoolExecutor  # only for several at once

    ours: set[int] = set()

    def begin() -> None:
        ours.add(threading.get_ident())

    with ThreadPoolExecutor(threads, initializer=begin) as workers:
        begun = [workers.submit(function, thing) for thing in things]
        try:
            for one in begun:
                yield one.result()
        except BaseException:
            workers.shutdown(wait=False, cancel_futures=True)
            while not all(one.done() for one in begun):
                for process, thread in list(_RUNNING.items()):
                    if thread in ours:
                        _kill(process)
                time.sleep(0.01)  # one may be about to start another
            raise


@contextlib.contextmanager
def _watched(shell: str | None, group: int, folder: str) -> Iterator[None]:
    """A shell that ends the group if this process ends within."""
    if shell is None:
        yield
        return
    watch = subprocess.Popen(
        [shell, "-c", _WATCH, "watch", str(group), folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # it does not hear the Ctrl-C that ends us
    )
    try:
        yield
    finally:
        with contextlib.suppress(BrokenPipeError, subprocess.TimeoutExpired):
            watch.communicate(b"done\n", timeout=10)
        watch.kill()
        watch.wait()


def _limit(pid: int, seconds: float) -> None:
    """Let the kernel end a program that has used so much processor time (on all its threads)."""
    try:
        resource = importlib.import_module("resource")
    except ModuleNotFoundError:  # on Windows
        return
    if hasattr(resource, "prlimit") and seconds < 1e6:
        most = int(seconds) * (os.cpu_count() or 1) + 1
        with contextlib.suppress(OSError, ValueError):  # it has ended, or has a lower limit
            resource.prlimit(pid, resource.RLIMIT_CPU, (most, most))


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Nothing of a program is left running: not after an error, nor after an interrupt."""
    _kill(process)
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()


def _kill(process: "subprocess.Popen[bytes]") -> None:
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
