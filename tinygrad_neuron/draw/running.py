"""The layout engine as a process: started, waited for only so long, its complaints put in words."""

import math
import re
import subprocess
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, NoReturn

from .. import processes

# Said of every Greek letter and of every list of fonts; the text is drawn all the same.
_HARMLESS = re.compile(r"(Warning: )+no (value for width of|hard-coded metrics for) ")
_NOT_WRITTEN = re.compile(r'Format: "[^"]*" not recognized. Use one of: (?P<formats>.*)')


class RenderingError(RuntimeError):
    """The layout engine failed, or it ended without a picture."""


class RenderingTimeoutError(RenderingError, TimeoutError):
    """The layout engine took longer than `graph.timeout` seconds and was stopped."""


# What stands in for a process where there are none: arguments and source in; code, output, remarks.
Layout = Callable[[list[str], bytes], tuple[int, bytes, str]]
_within: list[Layout] = []


def draw_within(layout: Layout) -> None:
    """Draw all pictures by a function of this process, which a browser's worker has: it gets the
    engine's arguments and the source, and returns exit code, output and remarks."""
    _within[:] = [layout]


def is_within() -> bool:
    """Whether pictures are drawn in this process."""
    return bool(_within)


def at_once(draw: Callable[[Any], Any], things: Iterable[Any], threads: int) -> list[Any]:
    """What a function that draws returns for each thing; engines that are processes draw at once.

    >>> at_once(abs, [-1, 2], threads=2)
    [1, 2]
    """
    if _within:
        return [draw(thing) for thing in things]
    return list(processes.at_once(draw, things, threads))


class Engine(NamedTuple):
    """A program that makes pictures from DOT source: its name and its absolute path."""

    name: str
    path: str

    @property
    def is_pure(self) -> bool:
        """Whether this is graphviz-pure, which writes fewer formats than Graphviz does."""
        return self.name == "graphviz-pure"


def run(
    engine: Engine, arguments: list[str], source: bytes, *, timeout: float, cwd: str | None
) -> tuple[bytes, str]:
    """Send DOT source through the engine; return its output and what is worth saying of stderr."""
    if not 0 < timeout < math.inf:
        raise ValueError(f"timeout must be a positive number of seconds, got {timeout!r}")
    if _within:
        code, output, remarks = _within[0](arguments, source)
        return _picture(engine, arguments, source, code, output, remarks)
    try:
        ended = processes.run([engine.path, *arguments], seconds=timeout, data=source, cwd=cwd)
    except subprocess.TimeoutExpired:
        raise RenderingTimeoutError(
            f"{_described(engine)} did not finish within {timeout:g} seconds and was stopped. "
            "Draw fewer nodes (fold the graph), or allow more time: graph.timeout = "
            f"{2 * timeout:g}"
        ) from None
    except OSError as error:
        raise RenderingError(f"{_described(engine)} could not be started: {error}") from error
    remarks = ended.stderr.decode("utf-8", errors="replace")
    return _picture(engine, arguments, source, ended.returncode, ended.stdout, remarks)


def _picture(
    engine: Engine, arguments: list[str], source: bytes, code: int, output: bytes, remarks: str
) -> tuple[bytes, str]:
    """What the engine wrote, and what is worth saying of its remarks; raises where it failed."""
    lines = remarks.splitlines()
    said = "\n".join(line for line in lines if not _HARMLESS.match(line)).strip()
    if code != 0:
        _raise_failure(engine, code, arguments, said)
    if not output:
        raise RenderingError(
            f"{_described(engine)} ended without an error and without a picture. "
            f"It was asked for {arguments[1]} of a source of {len(source):,} bytes. {said}".rstrip()
        )
    return output, said


def _raise_failure(engine: Engine, code: int, arguments: list[str], said: str) -> NoReturn:
    """Say why there is no picture: a format that is not written, a signal, or what was said."""
    refused = _NOT_WRITTEN.search(said)
    if refused is not None:
        message = (
            f"{_described(engine)} cannot write {arguments[1][2:]!r}. "
            f"It writes: {', '.join(refused['formats'].split())}."
        )
        if engine.is_pure:
            message += (
                " Choose svg, or get Graphviz itself, which writes more: "
                "`apt install graphviz` or `brew install graphviz`."
            )
        raise RenderingError(message)
    end = f"was ended by signal {-code}" if code < 0 else f"failed with exit code {code}"
    last = "\n".join(line[:500] for line in said.splitlines()[-10:])
    raise RenderingError(f"{_described(engine)} {end}" + (f":\n{last}" if last else ""))


def _described(engine: Engine) -> str:
    return f"{engine.name} ({engine.path})"
