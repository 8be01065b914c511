"""Writing to a terminal, or to what stands in its place: a file, a pipe, an old code page; and
how a command says that it could not do what was asked."""

import os
import sys
from collections.abc import Sequence
from typing import TextIO

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
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        return f"{os.fspath(error.filename)}: {error.strerror}"
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
    print(f"{PROGRAM}: {text}", file=sys.stderr, flush=True)
