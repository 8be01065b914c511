"""Writing to a terminal, or to what stands in its place: a file, a pipe, an old code page; and
how a command says that it could not do what was asked."""

import atexit
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NoReturn, TextIO

PROGRAM = "tinygrad-neuron"
WIDTH = 80  # columns, where nothing says how many there are
# What stands in for a character that the stream's encoding does not have.
_PLAIN = str.maketrans(
    {
        "·": ".",
        "×": "*",
        "…": "~",
        "≈": "~",
        "\u2068": "",
        "\u2069": "",
        "▶": ">",
        "◀": "<",
        "←": "<-",
    }
)


class UsageError(ValueError):
    """What is wrong with the arguments of a command."""


class FailedError(Exception):
    """What could not be done though the arguments were fine."""


def told(error: BaseException) -> str:
    """An error in a line: of a file, its name and why.

    >>> told(FileNotFoundError(2, "No such file or directory", "a.txt")), told(ValueError("no"))
    ('a.txt: No such file or directory', 'no')
    """
    if isinstance(error, OSError) and error.strerror:
        where = "cannot write" if error.filename is None else os.fspath(error.filename)
        return f"{where}: {error.strerror}"
    return str(error)


class Writer:
    """Writes to a stream in the characters that its encoding has.

    >>> import sys
    >>> Writer(sys.stdout)("w · x = 6\\n")
    w · x = 6
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.encoding = getattr(stream, "encoding", None) or "utf-8"

    def __call__(self, text: str) -> None:
        if self.stream is None:  # closed before we began: what is written goes nowhere
            return
        try:
            text.encode(self.encoding)
        except UnicodeEncodeError:
            text = text.translate(_PLAIN).encode(self.encoding, "replace").decode(self.encoding)
        self.stream.write(text)
        self.stream.flush()


def in_columns(rows: Sequence[Sequence[str]], texts: int) -> str:
    """Rows as a table: the first columns, so many as are `texts`, to the left, the others to the
    right.

    >>> print(in_columns([("layer", "units"), ("hidden", "16")], texts=1))
    layer   units
    hidden     16
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if k < texts else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def is_terminal(stream: TextIO) -> bool:
    """Whether somebody sits at a stream."""
    try:
        return stream.isatty()
    except (AttributeError, ValueError):  # not a stream, or a closed one
        return False


def say(text: str) -> None:
    """Tell, beside what is asked for, what a command is doing; before it imports what that takes.

    >>> say("running every lesson")
    """
    tell(f"{PROGRAM}: {text}")


def tell(line: str) -> None:
    """Write a line to the standard error; where that is closed or full, nobody can be told.

    >>> tell("cannot write: No space left on device")
    """
    try:
        print(line, file=sys.stderr, flush=True)
    except (OSError, ValueError):
        _write_no_more(sys.stderr)


def as_program(
    main: Callable[..., object], *arguments: object, name: str = "", files: bool = True
) -> int:
    """Run the main part of a program; returns its exit code, which is what `main` returns, or 0.

    What can befall any program ends it in order, without a traceback, for nothing in it is wrong: a
    full disk is told in a line, and so is a file that cannot be written or read, unless `files` is
    False; a reader that has seen enough (`head`) and Ctrl-C need not be told. `name` begins the
    line: by default it is that of the script.

    >>> as_program(print, "done")
    done
    0
    """
    try:
        code = main(*arguments)
        if sys.stdout is not None:
            sys.stdout.flush()  # what is not written yet can fail too
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        if error.filename is not None and not files:
            raise
        if not isinstance(error, BrokenPipeError):
            tell(f"{name or os.path.basename(sys.argv[0])}: {told(error)}")
        _write_no_more(sys.stdout)
        return 1
    return code if isinstance(code, int) else 0


def script_as_program() -> None:
    """From now on the script that runs ends as by `as_program`, for one that has no main part."""
    usual = sys.excepthook

    def end(kind: type[BaseException], error: BaseException, at: Any) -> None:
        def again() -> NoReturn:
            raise error

        if isinstance(error, KeyboardInterrupt | OSError) and not getattr(error, "filename", None):
            as_program(again)
        else:
            usual(kind, error, at)

    def flush() -> None:
        if as_program(lambda: None):  # what was printed last
            os._exit(1)

    sys.excepthook = end
    atexit.register(flush)


def _write_no_more(stream: TextIO) -> None:
    """Let what is still to be written to a stream go nowhere: Python tries again at its end."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
