"""The commands of the course: `learn`, `notebook` and `book`."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from ..checking import unknown

USAGE = """\
usage: tinygrad-neuron learn [N]
       tinygrad-neuron learn --reset [N]
       tinygrad-neuron notebook N [FOLDER]
       tinygrad-neuron book [FOLDER]

  learn      list the lessons and how far you are; with a number, step
             through that lesson here in the terminal
  --reset    forget how far you are, in one lesson or in all
  notebook   write a lesson as a notebook (default: into this folder)
  book       build the web book of all lessons (default: into out/book)

examples:
  tinygrad-neuron learn 1
  tinygrad-neuron notebook 6 my-notebooks
"""


class CommandError(ValueError):
    """What is wrong with the arguments."""


def main(given: Sequence[str]) -> int:
    """Run one of the commands; returns the exit code."""
    from .lessons import LessonError

    command, *words = given
    if any(word in ("-h", "--help") for word in words):
        print(USAGE, end="")
        return 0
    try:
        return COMMANDS[command](words)
    except (CommandError, LessonError) as error:
        print(f"tinygrad-neuron: {error}", file=sys.stderr)
        return 2


def _learn(words: list[str]) -> int:
    from .guide import Guide, overview
    from .lessons import lesson
    from .progress import Store, default_path

    reset = "--reset" in words
    words = [word for word in words if word != "--reset"]
    _no_options(words)
    if len(words) > 1:
        raise CommandError(f"learn takes one number, the lesson's, got {' '.join(words)!r}")
    path = default_path()
    store = Store(path)
    if store.trouble:
        print(f"tinygrad-neuron: {store.trouble}", file=sys.stderr)
    number = _number(words[0]) if words else None
    if reset:
        if number is not None:
            lesson(number)
        store.reset(number)
        print("forgot the progress of " + (f"lesson {number}" if words else "all lessons"))
        return 0
    if number is None:
        print("The course: open a lesson with its number, as in `tinygrad-neuron learn 1`\n")
        print(overview(store), end="")
        if path is None:
            print(
                "\nprogress is not kept: that needs the package platformdirs; "
                'pip install "tinygrad_neuron[learn]" brings it'
            )
        return 0
    return 0 if Guide(lesson(number), store).start() else 1


def _notebook(words: list[str]) -> int:
    from .lessons import lesson
    from .notebooks import write_notebook

    _no_options(words)
    if not words:
        raise CommandError("the lesson's number is missing, as in: tinygrad-neuron notebook 6")
    if len(words) > 2:
        raise CommandError(f"notebook takes a number and a folder, got {' '.join(words)!r}")
    folder = Path(words[1] if len(words) == 2 else ".")
    try:
        print(f"wrote {write_notebook(lesson(_number(words[0])), folder)}")
    except (FileExistsError, OSError, ModuleNotFoundError) as error:
        print(f"tinygrad-neuron: {error}", file=sys.stderr)
        return 1
    return 0


def _book(words: list[str]) -> int:
    from .book import BookError, build

    _no_options(words)
    if len(words) > 1:
        raise CommandError(f"book takes one folder, got {' '.join(words)!r}")
    folder = Path(words[0] if words else "out/book")
    try:
        pages = build(folder)
    except (BookError, OSError, ModuleNotFoundError) as error:
        print(f"tinygrad-neuron: {error}", file=sys.stderr)
        return 1
    print(f"wrote {folder / 'index.html'} ({pages} pages)")
    return 0


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "learn": _learn,
    "notebook": _notebook,
    "book": _book,
}


def _no_options(words: Sequence[str]) -> None:
    for word in words:
        if word.startswith("-") and not word[1:].isdigit():
            raise CommandError(f"option {word!r} is {unknown(word, ('--reset', '--help'))}")


def _number(word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) < 6):
        raise CommandError(f"a lesson has a number, such as 6, got {word!r}")
    return int(word)
