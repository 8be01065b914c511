"""One handed-in notebook, run in a process of its own: `python -m tinygrad_neuron.course.judged`.

The process is given a job as JSON on its standard input. It limits its memory and the size of its
files, refuses what no lesson needs (writing outside its folder, other programs, the network), and
runs the cells in order, each for so long. What is said to each answer is written to a file at once,
a line each, so that it counts even if the process ends before its time.

This keeps mistakes and mischief away from the teacher's machine. It is no wall against an
attacker, who would find a way around a hook of Python: for that, judge in a container.
"""

import json
import os
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

from .. import processes
from .chosen import course
from .hidden import trust
from .records import Tried
from .tasks import limited
from .words import presented_by

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = (  # events of what changes files; their first arguments are paths
    "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate",
    "os.chmod", "os.chown", "os.utime", "shutil.rmtree", "shutil.move",
)  # fmt: skip
_REFUSED = (
    "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.kill",
    "os.killpg", "pty.spawn", "socket.connect", "socket.bind", "socket.getaddrinfo",
    "socket.sendto", "subprocess.Popen",
)  # fmt: skip
_MOST_FILES, _MOST_BYTES = 200, 10_000_000
_CELL = re.compile(r"<cell (\d+)>")
_MOST_TOLD = 2000  # characters of an answer or a message


def main() -> None:
    """Run the job on the standard input."""
    job = json.loads(sys.stdin.buffer.read())
    lessons = course(Path(job["lessons"]) if job["lessons"] else None).lessons
    results = open(job["results"], "a", encoding="utf-8")  # noqa: SIM115  # to the very end
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):  # however much is printed, and by whom
        os.dup2(nowhere, stream)
    _limit_memory(job["megabytes"] * 1_000_000)

    def tell(**what: Any) -> None:
        results.write(json.dumps(what) + "\n")
        results.flush()

    trust(lessons)
    _guard(os.path.realpath(job["folder"]))
    with presented_by(lambda record: _collect(record, job["cells"], tell)):
        _run(job["cells"], job["seconds"], tell)
    tell(ended=True)
    os._exit(0)  # threads that still run would keep the process


def _collect(record: Any, cells: list[str], tell: Callable[..., None]) -> None:
    """Keep what was said to an answer; pictures and questions are not looked at."""
    if not isinstance(record, Tried):
        return
    given = record.given
    if (cell := _written_in(given)) is not None:
        given = written(cells[cell - 1])
    given = "" if given is None else given if isinstance(given, str) else repr(given)
    tell(
        key=record.key, right=record.right, said=record.message[:_MOST_TOLD],
        given=given[:_MOST_TOLD],
    )  # fmt: skip


def _written_in(thing: Any) -> "int | None":
    """The number of the cell in which a function or class was written; None for what is neither, or
    comes from elsewhere."""
    for found in (thing, *(vars(thing).values() if isinstance(thing, type) else ())):
        function = getattr(found, "__func__", found)  # of a class method, say
        name = getattr(getattr(function, "__code__", None), "co_filename", "")
        if match := _CELL.fullmatch(name):
            return int(match[1])
    return None


def written(source: str) -> str:
    """What a student wrote into a cell: all but the line that has it judged.

    >>> written("def double(x):\\n    return x\\n\\n\\ncourse.check(double)")
    'def double(x):\\n    return x'
    """
    lines = [line for line in source.splitlines() if not line.startswith("course.check(")]
    return "\n".join(lines).strip("\n")


def _run(cells: list[str], seconds: float, tell: Callable[..., None]) -> None:
    """Run the cells in order; one that fails is told, and the next goes on."""
    module = ModuleType("__main__")
    sys.modules["__main__"] = module
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # to the very end
    for number, source in enumerate(cells, 1):
        try:
            code = _code(source, number)
            with limited(seconds):
                exec(code, module.__dict__)
        except BaseException as error:  # whatever stands in it, the next cell has its turn
            text = f"{type(error).__name__}: {error}".rstrip(": ")
            if isinstance(error, SyntaxError):  # its own words have the number of the cell
                text = f"{type(error).__name__}: {error.msg}, line {error.lineno or 1}"
            with suppress(Exception):
                tell(cell=number, failed=text[:_MOST_TOLD])


def _code(source: str, number: int) -> CodeType:
    """A cell compiled; what is no Python may be for the notebook."""
    name = f"<cell {number}>"
    try:
        return compile(source, name, "exec", dont_inherit=True)
    except SyntaxError:
        return compile(without_magic(source), name, "exec", dont_inherit=True)


def without_magic(source: str) -> str:
    """A cell as Python: lines for the notebook, such as `%pip install` and `print?`, do nothing.

    >>> print(without_magic("if new:\\n    %pip install x\\n!ls"))
    if new:
        pass
    pass
    """
    if source.lstrip().startswith("%%"):
        return ""
    return re.sub(r"^([ \t]*)(?:[%!?].*|[\w.]+\?+[ \t]*)$", r"\1pass", source, flags=re.MULTILINE)


def _limit_memory(most: int) -> None:
    """Let the system refuse more memory, and files above a size, where it can (not on Windows)."""
    try:
        import resource
    except ModuleNotFoundError:
        return
    limits = [(resource.RLIMIT_AS, most), (resource.RLIMIT_FSIZE, _MOST_BYTES)]
    for kind, limit in [*limits, (resource.RLIMIT_CORE, 0)]:
        with suppress(OSError, ValueError):  # macOS knows no limit of addresses
            resource.setrlimit(kind, (limit, limit))


def _guard(folder: str) -> None:
    """Refuse, from now on, what no lesson needs."""
    written = 0

    def inside(path: Any) -> bool:
        path = os.fsdecode(path)
        return bool(path == os.devnull or os.path.realpath(path).startswith(folder + os.sep))

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        """Called by Python before what the event names is done."""
        nonlocal written
        if event == "open":
            path, mode, flags = arguments
            writes = bool((flags or 0) & _WRITES) or any(c in str(mode or "") for c in "wax+")
            if isinstance(path, int) or not writes:
                return
            written += 1
            if not inside(path) or written > _MOST_FILES:
                raise PermissionError(f"a notebook that is judged may not write {path!r}")
        elif event in _CHANGES:
            paths = [part for part in arguments[:2] if isinstance(part, str | bytes | os.PathLike)]
            if not all(map(inside, paths)):
                raise PermissionError(f"a notebook that is judged may not call {event} there")
        elif event == "ctypes.dlopen" and _by_a_cell():  # the C library knows no such hook
            raise PermissionError("a notebook that is judged may not load libraries")
        elif event in _REFUSED and not _by_us():
            raise PermissionError(f"a notebook that is judged may not call {event}")

    sys.addaudithook(hook)


def _by_us() -> bool:
    """Whether the package itself runs a program: Graphviz, or a compiler."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_globals is vars(processes):
            return True
        frame = frame.f_back
    return False


def _by_a_cell() -> bool:
    """Whether a cell itself, and no library that it imports, asks for something of `ctypes`."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        inside = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if inside != "ctypes" and frame.f_globals is not globals():
            return frame.f_code.co_filename.startswith("<cell ")
        frame = frame.f_back
    return True


if __name__ == "__main__":
    main()
