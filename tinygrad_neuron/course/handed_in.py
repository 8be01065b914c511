"""What students hand in: the notebooks of a folder or an archive, whose they are, and what is in
them, as the programs and platforms that students use write them."""

import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from unicodedata import normalize

from ..interface import say

_MOST_BYTES = 50_000_000  # of a notebook
_MOST_IN_ALL = 2_000_000_000  # of the notebooks in an archive
_CALLS = re.compile(r"^[ \t]*course\.(?:ask|hidden)\((\d+),", re.MULTILINE)
_TRY = re.compile(r'data-key="(\w+)" data-try="(\d+)"')
_LONGEST = 50  # letters of a line that names its cell
_HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
_MOODLE = re.compile(r"_(\d+)_assignsubmission_\w+$")
# What a notebook that is handed out says of this room, and no more.
_OWN = re.compile(r"\bcourse\.(?:ask|hidden|check|bring)\(|^from tinygrad_neuron import course$")
_ROOM = re.compile(r"\bcourse\.[a-z]\w*|tinygrad_neuron[./]course|\btinygrad_neuron[./]demos")


@dataclass(frozen=True)
class Handed:
    """A notebook that was handed in: where it lay, and its bytes; None where they are too many."""

    place: PurePosixPath
    content: "bytes | None"


@dataclass(frozen=True)
class Notebook:
    """What is in a notebook: its code cells, and by what one finds each; the HTML of their outputs,
    of which lesson it says it is, and in which order its cells were run."""

    cells: list[str]
    names: list[str]
    outputs: str
    lesson: int
    order: list[int]

    @property
    def tries(self) -> dict[str, int]:
        """By question, the number of the try that its output tells."""
        tries: dict[str, int] = {}
        for key, count in _TRY.findall(self.outputs):
            tries[key] = max(int(count), tries.get(key, 0))
        return tries

    @property
    def was_run_in_order(self) -> bool:
        """Whether its cells were run from top to bottom, as far as it says."""
        return self.order == sorted(self.order)

    @property
    def looks_behind(self) -> list[str]:
        """The cells that use more of the course than a notebook needs, from which answers may be
        read, by their names."""
        return [
            name
            for name, source in zip(self.names, self.cells, strict=True)
            if any(_ROOM.search(_OWN.sub("", line)) for line in source.splitlines())
        ]


def handed(place: Path) -> list[Handed]:
    """The notebooks of a folder, or of an archive as Moodle makes it; archives in it are opened.

    Copies that programs keep (`.ipynb_checkpoints`, `__MACOSX`) are left out.
    """
    if place.is_file():
        return sorted(_unpacked(place.read_bytes(), PurePosixPath()), key=lambda one: one.place)
    found = []
    for path in sorted(place.rglob("*")):
        within = PurePosixPath(path.relative_to(place).as_posix())
        if not path.is_file() or _is_copy(within):
            continue
        if path.suffix.lower() == ".ipynb":
            size = path.stat().st_size
            found.append(Handed(within, path.read_bytes() if size <= _MOST_BYTES else None))
        elif path.suffix.lower() == ".zip":
            found += _unpacked(path.read_bytes(), within.parent)
    return found


def _unpacked(archive: bytes, place: PurePosixPath) -> Iterator[Handed]:
    """The notebooks of an archive that lies at a place; of what is no archive, none."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            left = _MOST_IN_ALL
            for entry in opened.infolist():
                within = PurePosixPath(
                    *[p for p in PurePosixPath(entry.filename).parts if p != ".."]
                )
                if within.suffix.lower() != ".ipynb" or _is_copy(within):
                    continue
                fits = entry.file_size <= min(_MOST_BYTES, left)
                left -= entry.file_size if fits else 0
                yield Handed(place / within, opened.read(entry) if fits else None)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError):
        return  # no archive, one with a password, or of a kind that Python does not open


def _is_copy(within: PurePosixPath) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in within.parts)


def students(found: Sequence[Handed], lessons: Sequence[str]) -> list[str]:
    """Whose each notebook is: the name of its folder, else what its name has beside the lesson's.

    A folder that is around all others tells nobody. Of a folder of Moodle's the number stays: two
    may have one name.

    >>> moodle = "Ben Müller_123_assignsubmission_file"
    >>> places = [f"Homework/{moodle}/lesson_1_x.ipynb", "Homework/Anna B/more/lesson_1_x.ipynb"]
    >>> students([Handed(PurePosixPath(place), b"") for place in places], ["lesson_1_x"])
    ['Ben Müller (123)', 'Anna B']
    >>> students([Handed(PurePosixPath("lesson_1_x_anna.ipynb"), b"")], ["lesson_1_x"])
    ['anna']
    """
    folders = [one.place.parts[:-1] for one in found]
    around = 0
    while len({parts[: around + 1] for parts in folders}) == 1 and all(
        len(parts) > around + 1 for parts in folders
    ):
        around += 1
    return [
        normalize("NFC", _student(parts[around:], one.place.stem, lessons))
        for parts, one in zip(folders, found, strict=True)
    ]


def _student(folders: Sequence[str], name: str, lessons: Sequence[str]) -> str:
    for part in folders:
        if _MOODLE.search(part):
            return _MOODLE.sub(r" (\1)", part)
    if folders:
        return folders[0]
    rest = name
    for lesson in sorted(lessons, key=len, reverse=True):
        rest = rest.replace(lesson, "", 1)
    return rest.strip(" _-.()") or name


def opened(one: Handed) -> Notebook:
    """What is in a notebook, of the format 4 or the older 3, with or without a byte order mark.

    Raises a `ValueError` that says why it cannot be judged.
    """
    if one.content is None:
        raise ValueError(say("too large", megabytes=_MOST_BYTES // 1_000_000))
    try:
        there = json.loads(_text(one.content))
        sheets = there.get("worksheets", []) if isinstance(there, dict) else []
        all_cells = [
            cell for part in ([there] if "cells" in there else sheets) for cell in part["cells"]
        ]
        cells = [cell for cell in all_cells if cell["cell_type"] == "code"]
        sources = list(map(_source, cells))
        names = list(_names(all_cells))
        if not cells and "cells" not in there and not sheets:
            raise ValueError
        counts = [cell.get("execution_count", cell.get("prompt_number")) for cell in cells]
        html = [
            _joined(output.get("data", output).get(kind, ""))
            for cell in cells
            for output in cell.get("outputs") or []
            for kind in ("text/html", "html")
        ]
        told = (there.get("metadata") or {}).get("tinygrad_neuron") or {}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ValueError(say("no notebook")) from None
    order = [count for count in counts if isinstance(count, int)]
    return Notebook(sources, names, "\n".join(html), _lesson(sources, told, one.place.name), order)


def _source(cell: dict[str, Any]) -> str:
    return _joined(cell["source"] if "source" in cell else cell.get("input", ""))


def _names(cells: Sequence[dict[str, Any]]) -> Iterator[str]:
    """For each code cell, by what a reader finds it: its first line that does something, and the
    heading that it stands under. Numbers would count cells that are out of sight.

    >>> cells = [("markdown", "## Exercises"), ("code", "# Here.\\ncourse.check('a', 1)")]
    >>> list(_names([{"cell_type": kind, "source": text} for kind, text in cells]))
    ["cell “course.check('a', 1)” under “Exercises”"]
    """
    heading = ""
    for cell in cells:
        text = _source(cell)
        if cell["cell_type"] != "code":
            heading = ([heading, *_HEADING.findall(text)])[-1]
            continue
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        code = next((line for line in lines if line[0] != "#"), (lines or ["#"])[0])
        code = code if len(code) <= _LONGEST else f"{code[: _LONGEST - 1]}…"
        yield (
            say("a cell under", code=code, heading=heading) if heading else say("a cell", code=code)
        )


def _text(content: bytes) -> str:
    """The text of a file, in the encodings that editors choose."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    return content.decode("utf-8-sig")


def _joined(source: Any) -> str:
    return source if isinstance(source, str) else "".join(source)


def _lesson(cells: Sequence[str], told: Any, name: str) -> int:
    """Of which lesson a notebook is: the one that its cells call for, or that it says it is of, or
    that its name has."""
    for source in cells:
        if found := _CALLS.search(source):
            return int(found[1])
    if isinstance(told, dict) and isinstance(told.get("lesson"), int):
        return int(told["lesson"])
    if found := re.search(r"lesson_(\d{1,5})_", name):
        return int(found[1])
    raise ValueError(say("no lesson"))
