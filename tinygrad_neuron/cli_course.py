"""The course's commands on the command line: `learn`, `notebook`, `book`, `lesson`."""

import argparse
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from .checking import unknown
from .console import PROGRAM, FailedError, UsageError, say, told
from .files import replace_file, writable

if TYPE_CHECKING:
    from .course.chosen import Course
    from .course.lessons import Lesson

Command = Callable[[Callable[[Namespace], None], str, int, str], argparse.ArgumentParser]


def add_commands(command: Command) -> None:
    """Add the commands to the parser; `command` makes one from what runs it and its texts."""
    learn = command(
        _learn, "[N] [--reset] [--lessons FOLDER] [--draft]", 1,
        "list the lessons of the course and how far you are; with a number, step through that "
        "lesson here in the terminal",
    )  # fmt: skip
    learn.add_argument(
        "--reset", action="store_true", help="forget how far you are, in one lesson or in all"
    )
    _may_choose(learn, drafts=True)
    notebook = command(
        _notebook, "N [FOLDER] [--lessons FOLDER]", 2,
        "write a lesson as a notebook (default: into this folder)",
    )  # fmt: skip
    _may_choose(notebook)
    book = command(
        _book, "[FOLDER] [--lessons FOLDER] [--draft] [--address URL] [--github URL] "
        "[--laboratory] [--npm FOLDER]", 1,
        "build the web book of all lessons (default: into out/book)",
    )  # fmt: skip
    _may_choose(book, drafts=True)
    book.add_argument(
        "--address", metavar="URL", default="",
        help="where the book will be read: its notebooks install the package from there",
    )  # fmt: skip
    book.add_argument(
        "--github", metavar="URL", default="",
        help="the folder of the built book on GitHub: Colab opens its notebooks from there",
    )  # fmt: skip
    book.add_argument(
        "--laboratory", action="store_true",
        help="let a reader change and run each cell and write each task, in the browser",
    )  # fmt: skip
    book.add_argument(
        "--npm", metavar="FOLDER", type=a_folder,
        help="where what the laboratory takes from npm is, as `npm pack` wrote it",
    )  # fmt: skip
    command(
        _lesson, "new NAME [FOLDER] | check FILE ...", sys.maxsize,
        "write a lesson of your own to begin with (default: into this folder), or run lessons and "
        "say what a learner would stumble over",
    )  # fmt: skip

    course = command(
        _course, "ACTION ... [--lessons FOLDER]", 3, "hand out, judge, export, present",
    )  # fmt: skip
    course.epilog = "actions:\n" + "".join(
        f"  {name + ' ' + arguments:22}{text}\n" for name, (_, arguments, text) in _ACTIONS.items()
    )
    _may_choose(course)
    course.add_argument(
        "--address", metavar="URL", default="",
        help="handout: where the book is read: notebooks install the package from there",
    )  # fmt: skip
    course.add_argument(
        "--seconds", metavar="N", type=_positive, default=120,
        help="judge: how long a cell may run, a notebook five times as long (default %(default)s)",
    )  # fmt: skip
    course.add_argument(
        "--megabytes", metavar="N", type=_positive, default=2000,
        help="judge: how much memory a notebook may have (default %(default)s)",
    )  # fmt: skip


def _may_choose(parser: argparse.ArgumentParser, drafts: bool = False) -> None:
    """The options of commands that take a teacher's lessons; some take drafts."""
    parser.add_argument(
        "--lessons", metavar="FOLDER", type=a_folder,
        help="your own lessons, and which of the course's come in which order (course.txt there)",
    )  # fmt: skip
    if drafts:
        parser.add_argument(
            "--draft", action="store_true",
            help="go on where a lesson's assertion fails, and say what does not hold",
        )  # fmt: skip


def a_folder(text: str) -> Path:
    """The folder that an option names."""
    if not text:
        raise argparse.ArgumentTypeError("needs the name of a folder, such as my-course")
    return Path(text)


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) < 1_000_000):
        raise argparse.ArgumentTypeError(f"must be a whole number above 0, got {text!r}")
    return int(text)


def _chosen(asked: Namespace) -> "Course":
    from .course.chosen import course
    from .interface import CHOSEN, words

    chosen = course(asked.lessons)
    if chosen.words:  # in the environment, for the processes of kernels too
        try:
            words(chosen.words)
        except ValueError as error:
            raise UsageError(str(error)) from None
        os.environ[CHOSEN] = chosen.words
    return chosen


def _learn(asked: Namespace) -> None:
    """List the lessons, step through one, or forget how far the learner is."""
    from .course import commands

    number = _number(asked.words[0]) if asked.words else None
    with _course_errors():
        course = _chosen(asked)
        if asked.reset:
            commands.reset(course, number)
        elif number is None:
            commands.overview(course)
        elif not commands.learn(course, number, asked.draft):
            raise FailedError  # the lesson has shown why


def _notebook(asked: Namespace) -> None:
    """Write a lesson as a notebook."""
    from .course.notebooks import write_notebook

    if not asked.words:
        raise UsageError(f"the lesson's number is missing, as in: {PROGRAM} notebook 6")
    with _course_errors():
        lesson = _chosen(asked).lesson(_number(asked.words[0]))
        path = write_notebook(lesson, Path(*asked.words[1:]))
    print(f"wrote {path}")


def _book(asked: Namespace) -> None:
    """Build the web book."""
    say("running every lesson; this takes some minutes")
    from .course.book import build
    from .course.hosting import Hosting

    folder = Path(*asked.words or ["out/book"])
    with _usage_errors():
        hosting = Hosting(asked.address, asked.github)
    with _course_errors(), _laboratory(asked) as add:
        built = build(writable(folder), _chosen(asked), asked.draft, hosting)
        add(folder)
    for said in built.doubts:
        say(said)
    print(f"wrote {folder / 'index.html'} ({built.pages} pages)")
    if asked.laboratory:
        print(f"to change and run cells, serve it: python -m http.server -d {folder}")


@contextmanager
def _laboratory(asked: Namespace) -> Iterator[Callable[[Path], object]]:
    """What lets the cells of a built book be changed and run, where that is asked for; what it
    needs is had before the lessons run, which takes minutes."""
    if not asked.laboratory:
        yield lambda book: None
        return
    from .laboratory.beside_book import add_to_book
    from .laboratory.building import LaboratoryError, archives

    try:
        with archives(asked.npm) as fetched:
            yield lambda book: add_to_book(book, _chosen(asked).lessons, fetched, say)
    except LaboratoryError as error:
        raise FailedError(str(error)) from None


def _lesson(asked: Namespace) -> None:
    """Write a lesson to begin with, or check lessons."""
    from .course.writing import check, new

    what, *words = asked.words or [""]
    with _course_errors():
        if what == "new" and 1 <= len(words) <= 2:
            path = new(words[0], Path(*words[1:]))
            print(f"wrote {path}; see it with: {PROGRAM} learn --lessons {path.parent}")
        elif what == "check" and words:
            say("running what is to be checked")
            faults = [fault for word in words for fault in check(Path(word))]
            print("\n".join(faults or ["all is well"]))
            if faults:
                raise FailedError
        else:
            actions = ("new", "check")
            hint = f"{what!r} is {unknown(what, actions)}; " if what and what not in actions else ""
            raise UsageError(f"{hint}say {PROGRAM} lesson new NAME, or lesson check FILE")


def _course(asked: Namespace) -> None:
    """What a teacher does with the course."""
    action, *words = asked.words or [""]
    if action not in _ACTIONS:
        hint = f"{action!r} is {unknown(action, _ACTIONS)}; " if action else ""
        raise UsageError(f"{hint}say {PROGRAM} course ACTION; course --help has them")
    paths = [Path(word) for word in words]
    with _course_errors():
        _ACTIONS[action][0](asked, paths)


def _hand_out(asked: Namespace, paths: list[Path]) -> None:
    say("writing two notebooks for each lesson")
    from .course.handing_out import hand_out
    from .course.hosting import Hosting

    folder = paths[0] if paths else Path("out/handout")
    with _usage_errors():
        hosting = Hosting(asked.address)
    written = hand_out(folder, _chosen(asked), hosting)
    print(f"wrote {len(written)} notebooks into {folder / 'students'} and {folder / 'solutions'}")


def _judge(asked: Namespace, paths: list[Path]) -> None:
    """Judge what students handed in, and say how each of them did."""
    if not paths:
        raise UsageError(f"the folder is missing, as in: {PROGRAM} course judge handed-in")
    say(f"judging {paths[0]}")
    from .course.judging import judge

    made = paths[1] if len(paths) > 1 else Path("out/judged")
    writable(made / "results.csv")
    papers = judge(paths[0], made, _chosen(asked), asked.seconds, asked.megabytes)
    for paper in papers:
        fault = f" ({paper.faults[0]})" if paper.faults else ""
        lesson = f"lesson {paper.lesson}: " if paper.lesson else ""
        left = sum(answer.result == "missing" for answer in paper.answers)
        rest = f", {left} not answered" if left else ""
        print(f"{paper.student}, {lesson}{paper.right} of {len(paper.answers)} right{rest}{fault}")
    print(f"wrote {made / 'results.csv'} and a report for each student")


def _slides(asked: Namespace, paths: list[Path]) -> None:
    say("asking what the lessons show; those that have changed are run")
    from .course.slides import write_slides

    folder = paths[0] if paths else Path("out/slides")
    written = write_slides(writable(folder), _chosen(asked), _running)
    print(f"wrote {folder / 'index.html'} (slides of {len(written)} lessons)")


def _moodle(asked: Namespace, paths: list[Path]) -> None:
    say("asking what the lessons show; those that have changed are run")
    from .course.moodle import to_moodle

    path = paths[0] if paths else Path("out/questions.xml")
    replace_file(writable(path), to_moodle(_chosen(asked), _running).encode())
    print(f"wrote {path}; in Moodle: question bank, import, Moodle XML format")


def _notes(asked: Namespace, paths: list[Path]) -> None:
    say("asking what the lessons show; those that have changed are run")
    from .course.notes import write_notes

    folder = paths[0] if paths else Path("out/notes")
    written = write_notes(writable(folder), _chosen(asked), _running)
    print(f"wrote {folder / 'index.html'} (notes on {len(written)} lessons)")


def _running(lesson: "Lesson") -> None:
    """Say that a lesson is run, for that may take half a minute."""
    say(f"running lesson {lesson.number}")


def _pdf(asked: Namespace, paths: list[Path]) -> None:
    book = paths[0] if paths else Path("out/book")
    say(f"printing {book}")
    from .course.pdf import to_pdf

    path = paths[1] if len(paths) > 1 else book.parent / f"{book.resolve().name or 'book'}.pdf"
    print(f"wrote {path} ({to_pdf(book, path)} pages)")


_ACTIONS: "dict[str, tuple[Callable[[Namespace, list[Path]], None], str, str]]" = {
    "handout": (_hand_out, "[FOLDER]", "notebooks without answers, and with solutions"),
    "judge": (
        _judge,
        "FOLDER [OUT]",
        "judge notebooks of a folder or zip: a table, reports",
    ),
    "moodle": (_moodle, "[FILE]", "the questions as Moodle's XML"),
    "slides": (_slides, "[FOLDER]", "slides of each lesson, with notes for the speaker"),
    "notes": (_notes, "[FOLDER]", "notes for the teacher: minutes, needs, mistakes, solutions"),
    "pdf": (_pdf, "[BOOK [FILE]]", "one PDF of a book that is built (default: out/book)"),
}


@contextmanager
def _usage_errors() -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise UsageError(str(error)) from None


@contextmanager
def _course_errors() -> Iterator[None]:
    """The errors of the course as those of the command line."""
    from .course.lessons import LessonError

    try:
        yield
    except LessonError as error:
        raise UsageError(str(error)) from None
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.errno and error.filename is None:  # of the standard output: `main` knows it
            raise
        raise FailedError(told(error)) from None
    except ModuleNotFoundError as error:
        raise FailedError(str(error)) from None
    except RuntimeError as error:
        from .course.book import BookError  # with it, all that builds a book

        if not isinstance(error, BookError):
            raise
        raise FailedError(str(error)) from None


def _number(word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) < 6):
        raise UsageError(f"a lesson has a number, such as 6, got {word!r}")
    return int(word)
