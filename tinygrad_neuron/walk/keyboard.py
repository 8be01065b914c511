"""What somebody types: a whole line, or an arrow key, which needs no Enter."""

import codecs
import contextlib
import os
from collections.abc import Iterator
from typing import TextIO

from ..console import Writer

try:
    import termios
    import tty
except ImportError:  # Windows: lines alone
    termios = tty = None  # type: ignore[assignment]

_ARROWS = {"C": "next", "D": "back", "H": "first", "F": "last", "B": "next", "A": "back"}


class Keyboard:
    """Reads answers from a terminal.

    **Arguments:** `stdin`, the terminal; `write`, to show what is typed. Where it cannot be read
    key by key, every answer is a line.
    """

    def __init__(self, stdin: TextIO, write: Writer) -> None:
        self.stdin, self.write = stdin, write
        self.decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self.raw = False

    @contextlib.contextmanager
    def key_by_key(self) -> Iterator[None]:
        """Within it keys are read one by one; Ctrl+C works as ever, and all is put back."""
        if termios is None:
            yield
            return
        try:
            terminal = self.stdin.fileno()
            before = termios.tcgetattr(terminal)
        except (OSError, ValueError, termios.error):
            yield
            return
        tty.setcbreak(terminal)
        self.raw = True
        try:
            yield
        finally:
            self.raw = False
            termios.tcsetattr(terminal, termios.TCSADRAIN, before)

    def answer(self) -> "str | None":
        """A line without its end, or the word for an arrow key; None at the end of input."""
        if not self.raw:
            line = self.stdin.readline()
            return line.strip() if line else None
        typed = ""
        while True:
            key = self._key()
            if key in ("", "\x04"):
                return typed.strip() if typed and not key else None
            if key in "\r\n":
                self.write("\n")
                return typed.strip()
            if key == "\x1b":
                word = self._arrow()
                if word and not typed:
                    self.write("\n")
                    return word
            elif key in "\x7f\b":
                self.write("\b \b" if typed else "")
                typed = typed[:-1]
            elif key.isprintable():
                typed += key
                self.write(key)

    def _key(self) -> str:
        """One character; empty at the end."""
        while True:
            byte = os.read(self.stdin.fileno(), 1)
            if not byte:
                return ""
            if character := self.decode(byte):
                return character

    def _arrow(self) -> str:
        """The word for what follows an escape character: `[C`, `OC`, `[1;2C`, `[1~`."""
        if self._key() not in ("[", "O"):
            return ""
        parameters = ""
        while (key := self._key()) and not (key.isalpha() or key == "~"):
            parameters += key
        if key == "~":
            return {"1": "first", "7": "first", "4": "last", "8": "last"}.get(parameters, "")
        return _ARROWS.get(key, "")
