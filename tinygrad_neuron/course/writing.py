"""Writing lessons: one to begin with, and the check of what a learner would stumble over."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from ..files import replace_file
from .chosen import INDEX, TITLE
from .drafts import collected
from .lessons import Cell, LessonError, lessons, paths, read, text_of
from .marking import asset, mathml
from .running import Event, Failed, straight_through
from .tex import FORMULA

_UNKNOWN = "NameError: "  # once a cell has failed, of a name that it would have made
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")  # what "\frac" begins with in a text that is not raw
_NAME = re.compile(r"[^\W\d_]\w*")
# What has no place in the code that a learner reads, each with a pattern that finds it.
PLUMBING = {
    "an assertion": r"^\s*assert\b",
    "strict=": r"\bstrict=",
    "a pragma": r"#\s*(fmt|noqa|type):",
    "a private name": r"(?<![\w.])_[a-z]\w*|\._[a-z]\w*",
    "a caption": r"^\s*(show|slider)\(",
}


def new(name: str, folder: Path) -> Path:
    """Write a lesson to begin with into a folder, with the next number that is free, and put it
    into the folder's index, which is made where there is none.

    **Arguments:** `name`, what it is about, such as "thermostat" or "My thermostat".

    **Returns** its file, which is complete: it runs, and `check` finds nothing in it. Raises a
    `LessonError` for a name that no file can have, or that a lesson there has already.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = new("My thermostat", Path(folder))
    ...     path.name, check(path)
    ('lesson_16_my_thermostat.py', [])
    """
    word = re.sub(r"\W+", "_", name.strip().lower()).strip("_")
    if not _NAME.fullmatch(word):
        raise LessonError(f"a lesson's name begins with a letter, such as thermostat; got {name!r}")
    for path in paths(folder):
        if re.fullmatch(rf"lesson_\d+_{word}", path.stem):
            raise LessonError(f"{path} is there already; give the new lesson another name")
    there = [*lessons(check=False), *(read(path, check=False) for path in paths(folder))]
    number = max(lesson.number for lesson in there) + 1
    title = " ".join(name.replace("_", " ").split())
    text = asset("template.txt").replace("NUMBER", str(number))
    path = folder / f"lesson_{number}_{word}.py"
    replace_file(path, text.replace("TITLE", title[0].upper() + title[1:]).encode())
    _put_into_index(path)
    return path


def _put_into_index(path: Path) -> None:
    """Name a lesson in the index of its folder, as the last of the course."""
    index = path.parent / INDEX
    numbers = [lesson.number for lesson in lessons(check=False)]
    if index.exists():
        text = text_of(index)
        if path.name in text:
            return
        text += "" if text.endswith("\n") or not text else "\n"
    else:
        before = [one for one in paths(path.parent) if one != path]
        own = [one.name for one in before if read(one, check=False).number not in numbers]
        text = asset("index.txt").replace("TITLE", TITLE)
        text += "\n".join([f"{min(numbers)}-{max(numbers)}", *own, ""])
    replace_file(index, f"{text}{path.name}\n".encode())


def check(path: Path) -> list[str]:
    """What is wrong with a lesson, a sentence each: it runs, its formulas can be shown, it asks for
    a prediction, and the code that a learner reads has no plumbing."""
    if not path.is_file():
        raise LessonError(f"there is no file {str(path)!r}")
    lesson = read(path)
    name = path.name
    words = [word for cell in lesson.cells for word, _ in cell.asked]
    faults = [] if "predict" in words else [f"{name}: it asks for no prediction; add predict(...)"]
    for cell in lesson.cells:
        faults += [
            f"{name}, line {cell.line}: {what} in code that a learner reads; put it into a cell of "
            'its own, # %% tags=["remove-input"]'
            for what in plumbing(cell)
        ]
        faults += [f"{name}, line {cell.line}: {fault}" for fault in _formulas(cell)]

    failed: list[str] = []

    def told(index: int, events: list[Event]) -> None:
        at = f"{name}, line {lesson.cells[index].line}"
        for text in (event.text.strip() for event in events if isinstance(event, Failed)):
            if not (failed and text.splitlines()[-1].startswith(_UNKNOWN)):
                failed.append(f"{at}: {text}")

    with collected() as doubts:
        straight_through(lesson, told, draft=True)
    doubts = [doubt for doubt in doubts if not (failed and _UNKNOWN in doubt)]
    return faults + failed + doubts


def plumbing(cell: Cell) -> Iterator[str]:
    """What stands in a cell's visible code and has no place there."""
    if cell.kind == "code":
        for what, pattern in PLUMBING.items():
            if re.search(pattern, cell.visible_source, re.MULTILINE):
                yield what


def _formulas(cell: Cell) -> Iterator[str]:
    """Formulas that cannot be shown, in a text or in the strings of code."""
    texts = [cell.source]
    if cell.kind == "code":
        nodes = ast.walk(ast.parse(cell.source))
        texts = [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    for text in texts:
        for found in FORMULA.finditer(text):
            if not found["code"]:
                formula = found["block"] or found["inline"]
                if _CONTROL.search(formula):
                    yield f'a backslash of the formula {formula!r} was read by Python: write r"..."'
                    continue
                try:
                    mathml(formula)
                except ValueError as error:
                    yield str(error)
                except ModuleNotFoundError:  # without the extra book nothing shows them so
                    return
