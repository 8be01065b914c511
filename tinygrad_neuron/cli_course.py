"""The course's commands on the command line: `learn`, `notebook`, `book`, `laboratory`."""

import argparse
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .console import PROGRAM, FailedError, UsageError

WITH_VALUE = ("--npm",)
COMMANDS = ("learn", "notebook", "book", "laboratory")
Command = Callable[[Callable[[Namespace], None], str, int, str], argparse.ArgumentParser]


def add_commands(command: Command) -> None:
    """Add the commands to the parser; `command` makes one from what runs it and its texts."""
    learn = command(
        _learn, "[N] [--reset]", 1, "list the lessons of the course and how far you are; with a "
        "number, step through that lesson here in the terminal",
    )  # fmt: skip
    learn.set_defaults(options=["--help", "--reset"])
    learn.add_argument(
        "--reset", action="store_true", help="forget how far you are, in one lesson or in all"
    )
    command(_notebook, "N [FOLDER]", 2, "write a lesson as a notebook (default: into this folder)")
    command(_book, "[FOLDER]", 1, "build the web book of all lessons (default: into out/book)")
    laboratory = command(
        _laboratory, "[FOLDER] [--serve] [--npm FOLDER]", 1, "write the laboratory, in which a "
        "browser runs one's own programs (default: into out/laboratory)",
    )  # fmt: skip
    laboratory.set_defaults(options=["--help", "--serve", "--npm"])
    laboratory.add_argument("--serve", action="store_true", help="serve it on this machine")
    laboratory.add_argument(
        "--npm", metavar="FOLDER", type=Path, help="a folder with what `npm pack` wrote, to use "
        "instead of npm",
    )  # fmt: skip


def _learn(asked: Namespace) -> None:
    """List the lessons, step through one, or forget how far the learner is."""
    from .course import commands

    number = _lesson(asked.words[0]) if asked.words else None
    with _course_errors():
        if asked.reset:
            commands.reset(number)
        elif number is None:
            commands.overview()
        elif not commands.learn(number):
            raise FailedError  # the lesson has shown why


def _notebook(asked: Namespace) -> None:
    """Write a lesson as a notebook."""
    from .course.lessons import lesson
    from .course.notebooks import write_notebook

    if not asked.words:
        raise UsageError(f"the lesson's number is missing, as in: {PROGRAM} notebook 6")
    with _course_errors():
        path = write_notebook(lesson(_lesson(asked.words[0])), Path(*asked.words[1:]))
    print(f"wrote {path}")


def _book(asked: Namespace) -> None:
    """Build the web book."""
    from .course.book import build

    folder = Path(*asked.words or ["out/book"])
    with _course_errors():
        pages = build(folder)
    print(f"wrote {folder / 'index.html'} ({pages} pages)")


def _laboratory(asked: Namespace) -> None:
    """Build the laboratory, and serve it where that is asked for."""
    from .laboratory.building import LaboratoryError, build
    from .laboratory.serving import serve

    folder = Path(*asked.words or ["out/laboratory"])
    try:
        size = build(folder, archives=asked.npm)
        print(f"wrote {folder / 'index.html'} ({size / 1e6:.1f} MB)", flush=True)
        if asked.serve:
            serve(folder)
    except (LaboratoryError, OSError) as error:
        raise FailedError(str(error)) from None


@contextmanager
def _course_errors() -> Iterator[None]:
    """The errors of the course as those of the command line."""
    from .course.book import BookError
    from .course.lessons import LessonError

    try:
        yield
    except LessonError as error:
        raise UsageError(str(error)) from None
    except BrokenPipeError:
        raise
    except (BookError, OSError, ModuleNotFoundError) as error:
        raise FailedError(str(error)) from None


def _lesson(word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) < 6):
        raise UsageError(f"a lesson has a number, such as 6, got {word!r}")
    return int(word)
