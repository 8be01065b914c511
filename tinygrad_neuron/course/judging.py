"""What students hand in, judged: a table of all answers, and a page for each student.

A folder, or an archive, has notebooks, `anna-lesson_1_mcculloch_pitts.ipynb`, or a folder of them
for each student, as learning platforms write (`handed_in.py`). Each is run in a process of its own
(`judged.py`) with limits on time and memory.
"""

import ast
import csv
import io
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..files import file_names, replace_file
from ..interface import CHOSEN, say
from ..processes import at_once, run
from .chosen import Course
from .handed_in import Handed, Notebook, handed, opened, students
from .judged import written
from .lessons import LessonError, folder
from .papers import Answer, Asked, Paper
from .questions import key_of
from .reports import report
from .tex import readable

_KEPT = (
    "PATH",
    "PYTHONPATH",
    "LANG",
    "LC_ALL",
    "SYSTEMROOT",
    "VIRTUAL_ENV",
    "COVERAGE_PROCESS_START",
    CHOSEN,
)
_WHOLE = 5  # times the seconds of a cell


def judge(
    handed_in: Path, made: Path, course: Course, seconds: float = 120, megabytes: int = 2000
) -> list[Paper]:
    """Judge the notebooks of a folder; writes `results.csv` and a report for each student.

    **Arguments:** `handed_in`, the folder or archive, or one with a folder for each student;
    `made`, where the table and the reports go; `seconds`, how long a cell may run (a notebook: five
    times as long); `megabytes`, how much memory a notebook may have.

    **Returns** what became of each notebook. Raises a `LessonError` where there are none.
    """
    found = handed(handed_in)
    if not found:
        raise LessonError(
            f"there is no notebook in {str(handed_in)!r}, no file that ends in .ipynb"
        )
    whose = students(found, [lesson.name for lesson in course.lessons])

    def judged(one: tuple[Handed, str]) -> Paper:
        return _judged(*one, course, seconds, megabytes)

    judging = at_once(judged, zip(found, whose, strict=True), os.cpu_count() or 1)
    papers = sorted(judging, key=lambda paper: (paper.student, paper.lesson))
    replace_file(made / "results.csv", _table(papers).encode("utf-8-sig", "backslashreplace"))
    named = sorted(set(whose))
    for student, name in zip(named, file_names(named), strict=True):
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
            start = ast.literal_eval(named["start"]) if word == "task" else ""
            found.append(Asked(len(found) + 1, key_of(text), word, text, start))
    return found


def _judged(one: Handed, student: str, course: Course, seconds: float, megabytes: int) -> Paper:
    """Judge one notebook."""
    paper = Paper(student, one.place)
    try:
        notebook = opened(one)
        paper.lesson = notebook.lesson
        paper.title = course.lesson(paper.lesson).title
    except ValueError as error:
        paper.faults.append(say("not judged", error=error))
        return paper
    lines, ending = _run(notebook.cells, course, seconds, megabytes)
    tries = notebook.tries
    said = {line["key"]: line for line in lines if "key" in line}  # the last answer counts
    failed = [line for line in lines if "failed" in line]
    for question in asked(course, paper.lesson):
        line = said.get(question.key) or _failed_at(question, notebook, failed)
        if line is None or (question.start and _is_same(line["given"], question.start)):
            paper.answers.append(Answer(question, "missing"))
            continue
        result = "right" if line["right"] else "wrong"
        count = tries.get(question.key, 0)
        paper.answers.append(Answer(question, result, count, line["given"], line["said"]))
    paper.faults += [
        say("of a cell", cell=notebook.names[line["cell"] - 1], error=line["failed"])
        for line in failed
    ]
    if failed and not notebook.was_run_in_order:
        paper.faults.append(say("other order"))
    if cells := notebook.looks_behind:
        paper.faults.append(say("looks behind", cells=", ".join(cells)))
    if ending:
        paper.faults.append(ending)
    return paper


def _failed_at(
    question: Asked, notebook: Notebook, failed: list[dict[str, Any]]
) -> "dict[str, Any] | None":
    """What is said to an answer whose cell failed, so that it was not judged: it was tried."""
    call = re.compile(rf"^course\.check\(\s*[\"']?{re.escape(question.name)}\b", re.MULTILINE)
    for line in reversed(failed):
        source = notebook.cells[line["cell"] - 1]
        if (found := call.search(source)) is not None:
            given = written(source) if question.start else source[found.start() :]
            said = say("cannot run", error=line["failed"])
            return {"right": False, "given": given, "said": said}
    return None


def _is_same(written: str, start: str) -> bool:
    """Whether what was written is the code to begin with, but for comments and empty lines.

    >>> _is_same("def f(x):  # what now?\\n    return x\\n", "def f(x):\\n\\n    return x")
    True
    """
    try:
        return ast.dump(ast.parse(written)) == ast.dump(ast.parse(start))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _run(
    cells: list[str], course: Course, seconds: float, megabytes: int
) -> tuple[list[dict[str, Any]], str]:
    """Run the cells in a process; what was told, and how it ended, if not well."""
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary, "here")
        place.mkdir()
        course.put_files(place)
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
                ending = say("process ended", code=done.returncode)
        except subprocess.TimeoutExpired:
            ending = say("stopped after", seconds=f"{_WHOLE * seconds:g}")
        lines = list(_lines(results))
        if not ending and not any("ended" in line for line in lines):
            ending = say("ended itself")
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
        file = str(paper.path)
        for fault in paper.faults:  # a cell that fails, too: its answers are missing below
            row = [paper.student, paper.lesson or "", *[""] * 7, fault, file]
            writer.writerow(map(_cell, row))
        for answer in paper.answers:
            question = answer.asked
            row = [
                paper.student, paper.lesson, question.number, question.word, answer.result,
                answer.when, answer.tries or "", answer.given, readable(question.text),
                readable(answer.said), file,
            ]  # fmt: skip
            writer.writerow(map(_cell, row))
    return made.getvalue()


def _cell(value: Any) -> Any:
    """A cell of the table; a spreadsheet would compute what begins with an equals sign.

    >>> _cell("=1+1"), _cell("-0.5")
    ("'=1+1", '-0.5')
    """
    text = str(value)
    if "\n" not in text.strip():  # of code the lines stay
        text = " ".join(text.split())
    if text[:1] in ("=", "+", "-", "@") and not re.fullmatch(r"-?[\d.]+", text):
        return f"'{text}"
    return text
