"""Lessons as files and records: where they are, and what cells they have.

A lesson is a Python file in percent format: `# %% [markdown]` begins a cell of text, `# %%` one of
code. A cell of code may carry a tag: `# %% tags=["remove-input"]` runs out of sight, for assertions
and plumbing, and `# %% tags=["hide-input"]` as well, but the book lets one open it, for the code of
figures. A cell that asks (`predict`, `exercise`, `task`) is out of sight whole, for its source
holds the answer; each question is a statement of its own, outside all others.
"""

import ast
import hashlib
import json
import re
import textwrap
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

_FILE = re.compile(r"lesson_(\d+)_\w+\.py")
_MARKER = re.compile(r"# %%(?P<rest>.*)")
_HEADING = re.compile(r"#{1,6} ")
_QUESTIONS = ("predict", "exercise", "task")
_SHOWS = re.compile(r"^ *(?:show|slider|print)\(", re.MULTILINE)
_HIDDEN = ("hide-input", "remove-input", "hide-cell", "remove-cell")


@dataclass(frozen=True)
class Cell:
    """One cell: text in Markdown, or code; `line` is that of its first line in the file."""

    kind: str
    source: str
    line: int
    tags: tuple[str, ...] = ()

    @cached_property
    def questions(self) -> int:
        """How many questions the cell asks."""
        return len(self._asking)

    @cached_property
    def is_hidden(self) -> bool:
        """Whether its code is out of sight: it asks, or it is tagged so.

        >>> Cell("code", "predict('3 * 3?', answer=9)", 1).is_hidden
        True
        """
        return self.questions > 0 or bool(set(self.tags) & set(_HIDDEN))

    @property
    def visible_source(self) -> str:
        """The code that a learner may read."""
        return "" if self.is_hidden else self.source

    @property
    def is_counted(self) -> bool:
        """Whether a learner sees something of it, as not of one that only checks or prepares.

        >>> Cell("code", "assert y == 2", 1, ("remove-input",)).is_counted
        False
        """
        return not self.is_hidden or self.questions > 0 or bool(_SHOWS.search(self.source))

    @property
    def predicts(self) -> bool:
        """Whether it asks for a prediction, so that what follows waits."""
        return any(word == "predict" for word, _ in self.asked)

    def split(self) -> "tuple[Cell | None, Cell | None]":
        """A cell of text in two: what stands before its first heading, and the rest.

        >>> [part and part.source for part in Cell("text", "So it is 9.\\n\\n## Next", 1).split()]
        ['So it is 9.', '## Next']
        """
        lines = self.source.splitlines()
        at = next((i for i, line in enumerate(lines) if _HEADING.match(line)), len(lines))
        before, rest = "\n".join(lines[:at]).strip(), "\n".join(lines[at:]).strip()
        return (
            Cell("text", before, self.line) if before else None,
            Cell("text", rest, self.line + at) if rest else None,
        )

    @property
    def key(self) -> str:
        """A short name for what it says, under which a notebook asks for it."""
        return hashlib.sha256(self.source.encode()).hexdigest()[:8]

    @property
    def asked(self) -> Iterator[tuple[str, dict[str, ast.expr]]]:
        """Each question and task of the cell: the word, and what it is given, by name."""
        for statement in self._asking:
            call = statement.value
            named = {keyword.arg: keyword.value for keyword in call.keywords}
            yield call.func.id, {**dict(zip(("text",), call.args, strict=False)), **named}

    @cached_property
    def misplaced(self) -> "int | None":
        """The line in the file of a question that is no statement of its own, if there is one.

        Its source, with the answer, could not be hidden.

        >>> Cell("code", "for i in range(3):\\n    exercise('i?', answer=i)", 10).misplaced
        11
        """
        asking = [statement.value.func for statement in self._asking]
        for tree in self._tree:
            node: Any
            for node in ast.walk(tree):
                if node not in asking and _names_a_question(node):
                    return self.line + int(node.lineno) - 1
        return None

    @cached_property
    def _tree(self) -> list[ast.stmt]:
        return ast.parse(self.source).body if self.kind == "code" else []

    @cached_property
    def _asking(self) -> list[Any]:
        return [
            statement
            for statement in self._tree
            if isinstance(statement, ast.Expr | ast.Assign)
            and isinstance(statement.value, ast.Call)
            and isinstance(statement.value.func, ast.Name)
            and statement.value.func.id in _QUESTIONS
        ]


def _names_a_question(node: Any) -> bool:
    """Whether a node is `exercise`, `x.exercise(answer=...)` or an import under another name."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        told = {"answer", "solution"}  # not a model's predict
        named = any(keyword.arg in told for keyword in node.keywords)
        return named and node.func.attr in _QUESTIONS
    if isinstance(node, ast.alias):
        return node.asname is not None and node.name in _QUESTIONS
    return isinstance(node, ast.Name) and node.id in _QUESTIONS


@dataclass(frozen=True)
class Lesson:
    """One lesson, read from its file."""

    number: int
    title: str
    path: Path
    cells: tuple[Cell, ...]

    @property
    def name(self) -> str:
        """The name of its file, without the suffix."""
        return self.path.stem

    @cached_property
    def counted(self) -> list[int]:
        """The places of the cells that a learner counts; the first cell is always one."""
        return [at for at, cell in enumerate(self.cells) if not at or cell.is_counted]

    def number_of(self, at: int) -> int:
        """The number, from 1, that the cell at a place has for a learner: one that is not counted
        has that of the cell before it."""
        return bisect(self.counted, at)

    @property
    def questions(self) -> int:
        """How many questions it asks."""
        return sum(cell.questions for cell in self.cells)


class LessonError(ValueError):
    """A lesson that is not there, or cannot be read."""


def folder() -> Path:
    """Where the lessons are: in an installed package beside its rooms, else in the source tree."""
    package = Path(__file__).resolve().parent.parent
    for candidate in (package / "demos", package.parent / "demos"):
        if paths(candidate):
            return candidate
    if not package.is_dir():
        raise LessonError(
            f"the lessons are not read from {package.parent}, which is no folder; install it: "
            f"pip install {package.parent}"
        )
    raise LessonError(
        f"the lessons are not in this installation: neither {package / 'demos'} nor "
        f"{package.parent / 'demos'} has one"
    )


def lessons(check: bool = True) -> list[Lesson]:
    """All lessons, in their order; without the `check` of `read`, many times as fast."""
    return [read(path, check) for path in paths(folder())]


def lesson(number: int) -> Lesson:
    """One lesson; a `LessonError` says which there are."""
    known = {_number(path): path for path in paths(folder())}
    if number not in known:
        raise LessonError(f"there is no lesson {number}; there are {', '.join(map(str, known))}")
    return read(known[number])


def paths(place: Path) -> list[Path]:
    """The files of the lessons in a folder, in their order."""
    found = [path for path in place.glob("lesson_*.py") if _FILE.fullmatch(path.name)]
    return sorted(found, key=_number)


def _number(path: Path) -> int:
    matched = _FILE.fullmatch(path.name)
    return int(matched[1]) if matched else 0


def read(path: Path, check: bool = True) -> Lesson:
    """Read a lesson from its file; without `check`, its code is not looked at.

    Raises a `LessonError` that says which lesson is none, or which line of it asks a question whose
    answer could not be hidden.
    """
    return made(path, text_of(path), check)


def text_of(path: Path) -> str:
    """The text of a file that a teacher wrote; a `LessonError` where it is none."""
    try:
        return path.read_text("utf-8-sig")  # some editors begin a file with a mark
    except UnicodeDecodeError as error:
        raise LessonError(
            f"{path.name}: {error.reason} at byte {error.start}; save the file as UTF-8"
        ) from None


def made(path: Path, text: str, check: bool = True) -> Lesson:
    """The lesson that a text is, whether or not it stands in its file; errors as of `read`."""
    try:
        cells = tuple(parse(text))
    except LessonError as error:
        raise LessonError(f"{path.name}, {error}") from None
    matched = _FILE.fullmatch(path.name)
    title = re.match(r"# *(?:Lesson \d+\.? *)?(.+)", cells[0].source) if cells else None
    if matched is None or title is None or cells[0].kind != "text":
        raise LessonError(
            f"{path.name}: a lesson is called lesson_1_name.py and begins with a cell of text "
            "whose first line is '# Lesson 1. Title'"
        )
    for cell in cells if check else ():
        _refuse_misplaced(path, cell)
    return Lesson(int(matched[1]), title[1].strip().rstrip("."), path, cells)


def _refuse_misplaced(path: Path, cell: Cell) -> None:
    try:
        line = cell.misplaced
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = cell.line + (getattr(error, "lineno", None) or 1) - 1  # some are of no line
        reason = getattr(error, "msg", None) or str(error) or "nested too deeply"
        raise LessonError(f"{path.name}, line {line}: this is not Python ({reason})") from None
    if line is not None:
        raise LessonError(
            f"{path.name}, line {line}: a question inside another statement would show its answer "
            "with the source; write predict(...), exercise(...) or task(...), under that name, as "
            "a statement of its own outside loops, functions and conditions"
        )


def parse(text: str) -> Iterator[Cell]:
    """The cells of a file in percent format; empty ones are left out. Raises a `LessonError` that
    names the line of one that cannot be read.

    >>> [cell.kind for cell in parse("# %% [markdown]\\n# # One\\n\\n# %%\\nx = 1\\n")]
    ['text', 'code']
    """
    marker, start, lines = "", 1, list[str]()
    for number, line in enumerate([*text.splitlines(), "# %%"], 1):
        found = _MARKER.fullmatch(line)
        if found is None:
            lines.append(line)
            continue
        if marker and (cell := _cell(marker, lines, start)) is not None:
            yield cell
        marker, start, lines = found["rest"] or " ", number + 1, []


def _cell(marker: str, lines: list[str], start: int) -> "Cell | None":
    while lines and not lines[0].strip():
        lines, start = lines[1:], start + 1
    source = "\n".join(lines).rstrip()
    if not source:
        return None
    if "[markdown]" in marker:
        try:
            return Cell("text", _markdown(source), start)
        except (SyntaxError, ValueError):
            raise LessonError(f"line {start}: the text in quotes does not end with them") from None
    tags = re.search(r"tags=(\[.*?\])", marker)
    return Cell("code", source, start, _tags(tags[1], start - 1) if tags else ())


def _tags(text: str, line: int) -> tuple[str, ...]:
    try:
        found = json.loads(text)
    except ValueError:
        found = [None]
    if not all(isinstance(tag, str) for tag in found):
        raise LessonError(f'line {line}: tags are texts, as in tags=["hide-input"], got {text}')
    return tuple(found)


def _markdown(source: str) -> str:
    if source.startswith(('"""', 'r"""')):
        return textwrap.dedent(str(ast.literal_eval(source))).strip()
    return "\n".join(re.sub(r"^# ?", "", line) for line in source.splitlines())
