"""What students hand in, judged: a table of all answers, and a page for each student.

A folder has notebooks, `anna-lesson_1_mcculloch_pitts.ipynb`, or a folder of them for each student,
as learning platforms write. Each is run in a process of its own (`judged.py`) with limits on time
and memory.
"""

import csv
import io
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ..files import file_names, replace_file
from ..processes import at_once, run
from .chosen import Course
from .lessons import LessonError, folder
from .papers import Answer, Asked, Paper
from .questions import key_of
from .reports import report

_MOST_BYTES = 50_000_000  # of a notebook
_KEPT = (
    "PATH",
    "PYTHONPATH",
    "LANG",
    "LC_ALL",
    "SYSTEMROOT",
    "VIRTUAL_ENV",
    "COVERAGE_PROCESS_START",
)
_WHOLE = 5  # times the seconds of a cell
_CALLS = re.compile(r"^course\.(?:ask|hidden)\((\d+),", re.MULTILINE)
_TRY = re.compile(r'data-key="(\w+)" data-try="(\d+)"')


def judge(
    handed_in: Path, made: Path, course: Course, seconds: float = 120, megabytes: int = 2000
) -> list[Paper]:
    """Judge the notebooks of a folder; writes `results.csv` and a report for each student.

    **Arguments:** `handed_in`, the folder, or one with a folder for each student; `made`, where the
    table and the reports go; `seconds`, how long a cell may run (a notebook: five times as long);
    `megabytes`, how much memory a notebook may have.

    **Returns** what became of each notebook. Raises a `LessonError` where there are none.
    """
    paths = sorted(p for p in handed_in.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)
    if not paths:
        raise LessonError(
            f"there is no notebook in {str(handed_in)!r}, no file that ends in .ipynb"
        )

    def judged(path: Path) -> Paper:
        return _judged(path, handed_in, course, seconds, megabytes)

    papers = at_once(judged, paths, os.cpu_count() or 1)
    papers.sort(key=lambda paper: (paper.student, paper.lesson))
    replace_file(made / "results.csv", _table(papers).encode("utf-8-sig", "backslashreplace"))
    students = sorted({paper.student for paper in papers})
    for student, name in zip(students, file_names(students), strict=True):
        own = [paper for paper in papers if paper.student == student]
        page = report(student, own).encode("utf-8", "backslashreplace")  # of any text
        replace_file(made / f"{name}.html", page)
    return papers


def asked(course: Course, number: int) -> list[Asked]:
    """The questions of a lesson, as they follow one another."""
    found: list[Asked] = []
    for cell in course.lesson(number).cells:
        for word, named in cell.asked:
            text = getattr(named["text"], "value", "")  # a lesson's questions are plain texts
            found.append(Asked(len(found) + 1, key_of(text), word, text))
    return found


def _judged(path: Path, top: Path, course: Course, seconds: float, megabytes: int) -> Paper:
    """Judge one notebook."""
    names = [lesson.name for lesson in course.lessons]
    paper = Paper(_student(path, top, names), path)
    try:
        cells, outputs = _read(path)
        paper.lesson = _lesson(cells)
        paper.title = course.lesson(paper.lesson).title
    except (OSError, ValueError) as error:
        paper.faults.append(f"it cannot be judged: {error}")
        return paper
    lines, ending = _run(cells, course, seconds, megabytes)
    tries: dict[str, int] = {}
    for key, count in _TRY.findall(outputs):
        tries[key] = max(int(count), tries.get(key, 0))
    said = {line["key"]: line for line in lines if "key" in line}  # the last answer counts
    for question in asked(course, paper.lesson):
        line = said.get(question.key)
        if line is None:
            paper.answers.append(Answer(question, "missing"))
            continue
        result = "right" if line["right"] else "wrong"
        count = tries.get(question.key, 0)
        paper.answers.append(Answer(question, result, count, line["given"], line["said"]))
    paper.faults += [f"cell {line['cell']}: {line['failed']}" for line in lines if "failed" in line]
    if ending:
        paper.faults.append(ending)
    return paper


def _student(path: Path, top: Path, lessons: Sequence[str]) -> str:
    """Whose notebook it is: the name of its folder, else what its name has beside the lesson's.
    Of a folder of Moodle's, the number stays: two may have one name.

    >>> _student(Path("in/Anna B_17_file/lesson_1_x.ipynb"), Path("in"), ["lesson_1_x"])
    'Anna B_17_file'
    >>> _student(Path("in/lesson_1_x_anna.ipynb"), Path("in"), ["lesson_1_x"])
    'anna'
    >>> folder = "Ben Müller_123_assignsubmission_file"
    >>> _student(Path(f"in/{folder}/lesson_1_x.ipynb"), Path("in"), ["lesson_1_x"])
    'Ben Müller (123)'
    """
    folders = path.relative_to(top).parts[:-1]
    if folders:
        return re.sub(r"_(\d+)_assignsubmission_\w+$", r" (\1)", folders[0])
    rest = path.stem
    for name in sorted(lessons, key=len, reverse=True):
        rest = rest.replace(name, "", 1)
    rest = rest.strip(" _-.()")
    return rest or path.stem


def _read(path: Path) -> tuple[list[str], str]:
    """The code cells of a notebook, and the HTML of their outputs."""
    if path.stat().st_size > _MOST_BYTES:
        raise ValueError(f"it is larger than {_MOST_BYTES // 1_000_000} MB")
    try:
        there = json.loads(path.read_text("utf-8"))
        cells = [cell for cell in there["cells"] if cell["cell_type"] == "code"]
        sources = [_text(cell["source"]) for cell in cells]
        html = [
            _text(output.get("data", {}).get("text/html", ""))
            for cell in cells
            for output in cell.get("outputs", [])
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ValueError("it is no notebook") from None
    return sources, "\n".join(html)


def _text(source: Any) -> str:
    return source if isinstance(source, str) else "".join(source)


def _lesson(cells: list[str]) -> int:
    """Which lesson a notebook is of: the one that its cells call for."""
    for source in cells:
        if found := _CALLS.search(source):
            return int(found[1])
    raise ValueError("it calls for no lesson; hand out what `course handout` writes")


def _run(
    cells: list[str], course: Course, seconds: float, megabytes: int
) -> tuple[list[dict[str, Any]], str]:
    """Run the cells in a process; what was told, and how it ended, if not well."""
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary, "here")
        place.mkdir()
        results = Path(temporary, "results")
        job = {
            "lessons": str(course.folder or ""), "cells": cells, "seconds": seconds,
            "megabytes": megabytes, "results": str(results), "folder": str(place),
        }  # fmt: skip
        command = [sys.executable, "-m", "tinygrad_neuron.course.judged"]
        ending = ""
        try:
            done = run(
                command, seconds=_WHOLE * seconds, data=json.dumps(job).encode(), cwd=str(place),
                environment=_environment(place, course), folder=temporary,
            )  # fmt: skip
            if done.returncode:
                ending = f"its process ended with {done.returncode}"
        except subprocess.TimeoutExpired:
            ending = f"it was stopped after {_WHOLE * seconds:g} seconds"
        lines = list(_lines(results))
        if not ending and not any("ended" in line for line in lines):
            ending = "it ended its process itself"
        return lines, ending


def _environment(place: Path, course: Course) -> dict[str, str]:
    """What the process finds: nothing of the teacher's own but where programs are."""
    modules = [str(folder()), *([str(course.folder)] if course.folder else [])]
    own = {
        **dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP"), str(place)),
        "MPLCONFIGDIR": str(place),
        "MPLBACKEND": "Agg", "TQDM_DISABLE": "1", "PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    path = [*filter(None, [kept.get("PYTHONPATH")]), *modules]
    return {**kept, **own, "PYTHONPATH": os.pathsep.join(path)}


def _lines(results: Path) -> Iterator[dict[str, Any]]:
    """What a process told; a line that it did not finish, or that a student wrote, is left out."""
    if not results.exists():
        return
    for text in results.read_text("utf-8", "replace").splitlines():
        try:
            line = json.loads(text)
        except ValueError:
            continue
        if isinstance(line, dict):
            yield line


def _table(papers: list[Paper]) -> str:
    """All answers as CSV, a line each."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    heads = ["student", "lesson", "question", "kind", "result", "try", "tries", "answer", "asked"]
    writer.writerow([*heads, "said", "file"])
    for paper in papers:
        file = paper.path.name
        for fault in paper.faults:  # a cell that fails, too: its answers are missing below
            row = [paper.student, paper.lesson or "", *[""] * 7, fault, file]
            writer.writerow(map(_cell, row))
        for answer in paper.answers:
            question = answer.asked
            row = [
                paper.student, paper.lesson, question.number, question.word, answer.result,
                answer.when, answer.tries or "", answer.given, question.text, answer.said, file,
            ]  # fmt: skip
            writer.writerow(map(_cell, row))
    return made.getvalue()


def _cell(value: Any) -> Any:
    """A cell of the table; a spreadsheet would compute what begins with an equals sign.

    >>> _cell("=1+1"), _cell("-0.5")
    ("'=1+1", '-0.5')
    """
    text = " ".join(str(value).split())
    if text[:1] in ("=", "+", "-", "@") and not re.fullmatch(r"-?[\d.]+", text):
        return f"'{text}"
    return text
