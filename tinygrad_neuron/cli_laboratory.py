"""The command line's `laboratory`."""

from argparse import ArgumentTypeError, Namespace
from contextlib import nullcontext
from pathlib import Path

from .cli_course import Command, a_folder
from .console import FailedError, say, told
from .files import writable


def add_commands(command: Command) -> None:
    """Add the command to the parser; `command` makes one from what runs it and its texts."""
    made = command(
        _laboratory, "[FOLDER] [--serve] [--port N] [--npm FOLDER] [--packages FOLDER]", 1,
        "write the laboratory, in which a browser runs one's own programs (default: into "
        "out/laboratory)",
    )  # fmt: skip
    made.add_argument("--serve", action="store_true", help="serve it on this machine")
    made.add_argument(
        "--port", metavar="N", type=_port, default=8000,
        help="where --serve serves it (default %(default)s; 0 for any that is free)",
    )  # fmt: skip
    made.add_argument(
        "--npm", metavar="FOLDER", type=a_folder,
        help="a folder with what `npm pack` wrote, to use instead of npm",
    )  # fmt: skip
    made.add_argument(
        "--packages", metavar="FOLDER", type=a_folder,
        help="a folder with wheels of Pyodide's, such as numpy's and matplotlib's, to have besides",
    )  # fmt: skip


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:9]) < 65536):
        raise ArgumentTypeError(f"must be from 0 to 65535, got {text!r}")
    return int(text)


def _laboratory(asked: Namespace) -> None:
    """Build the laboratory, and serve it where that is asked for."""
    say("getting what it needs, and putting it together; this takes a minute")
    from .course.lessons import LessonError
    from .laboratory.building import LaboratoryError, build
    from .laboratory.serving import serve, server

    folder = Path(*asked.words or ["out/laboratory"])
    try:
        writable(folder)
        # The port is had first: building takes a minute, and another program may have it.
        with server(folder, asked.port) if asked.serve else nullcontext() as running:
            size = build(folder, archives=asked.npm, packages=asked.packages, tell=say)
            print(f"wrote {folder / 'index.html'} ({size / 1e6:.1f} MB)", flush=True)
            if running is not None:
                serve(running)
    except (LaboratoryError, LessonError, OSError) as error:
        raise FailedError(told(error)) from None
