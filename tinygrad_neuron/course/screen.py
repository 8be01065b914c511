"""What a lesson looks like in a terminal: text, code, output and headings, 80 columns wide.

`rich` (extra `learn`) renders them; without it, or where the stream is no terminal, they are plain.
"""

import importlib.util
import os
import re
import textwrap
from typing import Any, ClassVar, TextIO

from ..console import WIDTH, Writer, is_terminal
from ..interface import say
from .questions import Question
from .records import Frame, Shown, Slider
from .running import Failed, Printed
from .tex import readable

# Readable on a dark and on a light ground: no ground of their own, no colour on running text.
_LOOKS = {
    "markdown.h1": "bold underline",
    "markdown.h2": "bold",
    "markdown.h3": "bold",
    "markdown.code": "cyan",
    "markdown.block_quote": "none",
    "markdown.item.bullet": "none",
    "markdown.item.number": "none",
    "markdown.table.header": "bold",
}


_FOLD = re.compile(r"<details><summary>(.*?)</summary>", re.DOTALL)


class Screen:
    """Writes the pieces of a lesson to a stream.

    >>> import sys
    >>> Screen(sys.stdout).markdown("# Lesson 1\\n\\nThe weight $w_1$.")
    # Lesson 1
    <BLANKLINE>
    The weight w₁.
    """

    def __init__(self, stream: TextIO, width: int = WIDTH) -> None:
        """A screen on a stream; a terminal gets a console of `rich` where that is installed."""
        self.stream, self.width = stream, width
        self.write = Writer(stream)
        self.console: Any = None
        dumb = os.environ.get("TERM", "dumb") == "dumb"
        if is_terminal(stream) and not dumb and importlib.util.find_spec("rich"):
            from rich.console import Console
            from rich.theme import Theme

            self.console = Console(
                file=stream,
                width=width,
                force_terminal=True,
                legacy_windows=False,
                no_color=bool(os.environ.get("NO_COLOR")),
                highlight=False,
                theme=Theme(_LOOKS),
            )

    def line(self, text: str = "", style: str = "") -> None:
        """One line or several, wrapped at the width."""
        for paragraph in text.split("\n"):
            wrapped = textwrap.fill(
                paragraph, self.width, subsequent_indent=_indent(paragraph), break_on_hyphens=False
            )
            self._styled(wrapped, style)

    def _styled(self, text: str, style: str) -> None:
        if self.console is None:
            self.write(text + "\n")
        else:
            self.console.print(text, style=style or None, markup=False, soft_wrap=True)

    def rule(self, title: str) -> None:
        """A line across with a title in it."""
        dash = "-" if self.console is None else "─"
        self._styled(f"\n{2 * dash} {title} {dash * max(self.width - len(title) - 4, 3)}", "dim")

    def markdown(self, text: str) -> None:
        """Text in Markdown, formulas in Unicode; without `rich` it stands as it is written.

        A fold is open here, and its title stands above it.
        """
        text = _FOLD.sub(r"**\1**", text).replace("</details>", "")
        if self.console is None:
            self.write(readable(text).strip("\n") + "\n")
            return
        from rich.markdown import Heading, Markdown

        class Left(Heading):
            """A heading that stands where the text begins, without a frame."""

            def __rich_console__(self, console: Any, options: Any) -> Any:
                self.text.justify = "left"
                yield self.text

        class Text(Markdown):
            """Markdown with such headings."""

            elements: ClassVar[dict[str, Any]] = {**Markdown.elements, "heading_open": Left}

        self.console.print(
            Text(readable(text, marks=True), code_theme="ansi_dark", hyperlinks=False)
        )

    def code(self, source: str) -> None:
        """Python code."""
        if self.console is None:
            self.write(textwrap.indent(source, "    ") + "\n")
            return
        from rich.padding import Padding
        from rich.syntax import Syntax

        # Wrapped: a line that is cut off at the edge cannot be read at all.
        syntax = Syntax(
            source, "python", theme="ansi_dark", background_color="default", word_wrap=True
        )
        self.console.print(Padding(syntax, (0, 0, 0, 2)))

    def event(self, event: Any) -> None:
        """What a cell showed, a question excepted."""
        if isinstance(event, Printed):
            self.write(event.text if event.text.endswith("\n") else event.text + "\n")
        elif isinstance(event, Failed):
            self._styled(event.text.rstrip("\n"), "red")
        elif isinstance(event, Shown):
            self.line(f"{say('picture opens')} {readable(event.text)}".rstrip(), "italic")
        elif isinstance(event, Slider):
            for frame in event.frames:
                self.frame(event, frame)

    def frame(self, slider: Slider, frame: Frame) -> None:
        """A slider at one of its values."""
        at = slider.frames.index(frame)
        count = len(slider.frames)
        place = say("place of", place=at + 1, count=count)
        self._styled(f"{slider.name} = {frame.value}   {place}", "bold")
        text = readable(frame.text) if frame.text else say("picture opens")
        self.write(textwrap.indent(text.rstrip("\n"), "  ") + "\n")

    def question(self, question: Question) -> None:
        """What is asked, and what there is to choose from."""
        self.line(readable(question.text), "bold")
        for letter, option in zip("abcdefghijklmnopqrstuvwxyz", question.options, strict=False):
            self.line(f"  {letter}) {readable(str(option))}")

    def verdict(self, right: bool, message: str) -> None:
        """What is said to an answer."""
        mark, style = ("✓", "green") if right else ("✗", "yellow")
        self.line(f"{mark} {readable(message)}", style)


def _indent(paragraph: str) -> str:
    return " " * (len(paragraph) - len(paragraph.lstrip(" ")))
