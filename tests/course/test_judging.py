"""What students hand in is judged, and nothing in it harms the machine that judges."""

import csv
import json
import math
import os
import re
import shutil
import sys
from typing import Any

import pytest

from tinygrad_neuron import course as package
from tinygrad_neuron.cli import main
from tinygrad_neuron.course.chosen import course
from tinygrad_neuron.course.handing_out import hand_out
from tinygrad_neuron.course.judging import judge
from tinygrad_neuron.course.lessons import LessonError
from tinygrad_neuron.course.writing import new


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """A course of one own lesson, and what was handed out of it."""
    folder = tmp_path_factory.mktemp("teacher")
    new("thermostat", folder / "own")
    (folder / "own" / "course.txt").write_text("16\n")
    hand_out(folder / "out", course(folder / "own"))
    return folder


def notebook(given, edition="solutions"):
    return json.loads((given / "out" / edition / "lesson_16_thermostat.ipynb").read_text("utf-8"))


def code(source):
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "id": "new"}


def judged(given, tmp_path, *cells, before=1, **limits):
    """The paper of a notebook with all answers right, and these cells before the last answers."""
    made = notebook(given)
    made["cells"][-before:-before] = [code(source) for source in cells]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "lesson_16_thermostat-anna.ipynb").write_text(json.dumps(made), "utf-8")
    [paper] = judge(tmp_path / "in", tmp_path / "out", course(given / "own"), **limits)
    return paper


def kinds_of(paper):
    """Of which kind each error is."""
    return [re.findall(r": (\w+(?:Error|Exit))\b|$", fault)[0] for fault in paper.faults]


def table(folder):
    with open(folder / "results.csv", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_solutions_are_all_right_and_what_is_handed_out_holds_no_answer(given, tmp_path):
    paper = judged(given, tmp_path)
    assert (5, []) == (paper.right, paper.faults)
    handed = "".join("".join(cell["source"]) for cell in notebook(given, "students")["cells"])
    assert "course.ask(16," in handed
    for told in ("explanation", "answer=", "w * x + b\n\n\ncourse", '"down"', "w=1"):
        assert told not in handed
    assert 4 == handed.count('course.check("')


def test_the_table_and_the_reports_say_who_which_question_and_what(given, tmp_path, capsys):
    for who in ("Anna B", "ben"):
        made = notebook(given, "solutions" if who == "Anna B" else "students")
        for cell in made["cells"]:
            text = "".join(cell["source"])
            if who == "ben" and "quotes.\n" in text and "letter" in text:
                cell["source"] = text.replace('""', '"up"')
            if who == "Anna B" and "The answer:\ncourse.check" in text and ", 2)" in text:
                cell["outputs"] = [{"data": {"text/html": (
                    f'<p class="tn-said right" data-key="{text.split(chr(34))[1]}" data-try="3">'
                )}}]  # fmt: skip
        (tmp_path / "in" / who).mkdir(parents=True)
        (tmp_path / "in" / who / "lesson_16_thermostat.ipynb").write_text(json.dumps(made), "utf-8")
    own, out = str(given / "own"), str(tmp_path / "out")
    assert 0 == main(["course", "judge", str(tmp_path / "in"), out, "--lessons", own])
    assert (
        "Anna B, lesson 16: 5 of 5 right\nben, lesson 16: 0 of 5 right, 4 not answered\n"
        in capsys.readouterr().out
    )
    rows = table(tmp_path / "out")
    assert [("Anna B", "16", str(n)) for n in range(1, 6)] == [
        (row["student"], row["lesson"], row["question"]) for row in rows[:5]
    ]
    assert ("right", "later", "3", "2") == tuple(
        rows[0][name] for name in ("result", "try", "tries", "answer")
    )
    up = rows[5 + 2]
    assert ("wrong", "up", "Then y grows by as much.") == tuple(
        up[name] for name in ("result", "answer", "said")
    )
    assert "missing" == rows[5]["result"]
    report = (tmp_path / "out" / "ben.html").read_text("utf-8")
    assert "0 of 5 answers are right" in report and "Then y grows by as much." in report


DOUBLE = "def neuron(w, x, b):\n    return {}\n\n\ncourse.check(neuron)"


def of_tasks(given, tmp_path, **sources):
    """For each student the answer to the task, with this in place of its cell."""
    for who, source in sources.items():
        made = notebook(given, "students")
        for cell in made["cells"]:
            if "course.check(neuron)" in "".join(cell["source"]):
                cell["source"] = source or cell["source"]
        (tmp_path / "in").mkdir(exist_ok=True)
        path = tmp_path / "in" / f"lesson_16_thermostat-{who}.ipynb"
        path.write_text(json.dumps(made), "utf-8")
    papers = judge(tmp_path / "in", tmp_path / "out", course(given / "own"))
    return papers, [next(a for a in p.answers if a.asked.word == "task") for p in papers]


def test_a_task_that_was_not_touched_is_missing_and_else_its_code_is_in_the_report(given, tmp_path):
    papers, (untouched, commented, half, right, broken) = of_tasks(
        given, tmp_path, anna="", ben="# hm\n" + DOUBLE.format("w * x  # what?"),
        carla=f"# mine\n{DOUBLE.format('w * x - b')}", dora=DOUBLE.format("w * x + b"),
        emil=DOUBLE.format("w * x +"),
    )  # fmt: skip
    assert ["missing", "missing"] == [untouched.result, commented.result]
    assert ("wrong", "# mine\ndef neuron(w, x, b):\n    return w * x - b") == (
        half.result, half.given
    )  # fmt: skip
    assert ("right", "def neuron(w, x, b):\n    return w * x + b") == (right.result, right.given)
    assert "wrong" == broken.result and "w * x +" in broken.given
    assert "The code cannot be run: SyntaxError: invalid syntax, line 2." == broken.said
    cell = "cell “def neuron(w, x, b):” under “Exercises”"
    assert [f"{cell}: SyntaxError: invalid syntax, line 2"] == papers[4].faults
    report = (tmp_path / "out" / "carla.html").read_text("utf-8")
    assert "<pre># mine\ndef neuron(w, x, b):\n    return w * x - b</pre>" in report
    [row] = [r for r in table(tmp_path / "out") if (r["student"], r["kind"]) == ("carla", "task")]
    assert half.given == row["answer"]


def test_the_code_of_a_class_and_of_what_was_written_in_an_earlier_cell_is_found(given, tmp_path):
    split = "\n".join(DOUBLE.format("w * x").splitlines()[:2])
    made = notebook(given, "students")
    at = next(
        i for i, c in enumerate(made["cells"]) if "check(neuron)" in "".join(c["source"])
    )  # fmt: skip
    made["cells"][at : at + 1] = [
        code("class neuron:\n    def __new__(cls, w, x, b):\n        return b"),
        code("course.check(neuron)"), code(split), code("neuron(1, 2, 3)"),
        code("course.check(neuron)"),
    ]  # fmt: skip
    (tmp_path / "in").mkdir()
    for who, cells in (("anna", made["cells"]), ("ben", made["cells"][: at + 2])):
        text = json.dumps({**made, "cells": cells})
        (tmp_path / "in" / f"lesson_16_thermostat-{who}.ipynb").write_text(text)
    papers = judge(tmp_path / "in", tmp_path / "out", course(given / "own"))
    anna, ben = (next(a for a in p.answers if a.asked.word == "task") for p in papers)
    assert "missing" == anna.result  # it ends as it began
    assert ben.given.startswith("class neuron:")


def test_an_answer_whose_cell_fails_was_tried(given, tmp_path):
    made = notebook(given, "students")
    for cell in made["cells"]:
        text = "".join(cell["source"])
        if "letter" in text:
            cell["source"] = text.replace('""', "down")  # without quotes
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "lesson_16_thermostat-ben.ipynb").write_text(json.dumps(made))
    [paper] = judge(tmp_path / "in", tmp_path / "out", course(given / "own"))
    [answer] = [a for a in paper.answers if a.result == "wrong"]
    assert answer.given.endswith(", down)") and "NameError" in answer.said


def test_a_cell_that_loops_for_ever_is_stopped_and_the_rest_is_judged(given, tmp_path):
    paper = judged(given, tmp_path, "while True: pass", seconds=3)
    assert 5 == paper.right
    assert "TimeoutError: it has not ended after 3 seconds" in paper.faults[0]


def test_a_notebook_that_will_not_be_stopped_is(given, tmp_path):
    loop = "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass"
    paper = judged(given, tmp_path, loop, seconds=2)
    assert 4 == paper.right  # what was answered before counts
    assert ["it was stopped after 10 seconds"] == paper.faults


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process")
def test_a_notebook_that_eats_memory_is_refused_it(given, tmp_path):
    paper = judged(given, tmp_path, "eaten = []\nwhile True: eaten.append(bytearray(10**8))",
                   "eaten = None", megabytes=1000)  # fmt: skip
    assert "MemoryError" in paper.faults[0]
    assert 5 == paper.right


def test_a_notebook_writes_in_its_own_folder_only(given, tmp_path):
    target, kept = tmp_path / "outside.txt", tmp_path / "kept.txt"
    kept.write_text("mine")
    paper = judged(
        given, tmp_path,
        "open('mine.txt', 'w').write('x')\nassert open('mine.txt').read() == 'x'",
        f"open({str(target)!r}, 'w')",
        f"import os\nos.remove({str(kept)!r})",
        f"import pathlib\npathlib.Path({str(target)!r}).mkdir()",
        "import os\nos.symlink('/', 'root')\nopen('root' + " + repr(str(target)) + ", 'w')",
        "open('large', 'wb').write(bytes(10**8))",
        "for i in range(10**6): open(f'{i}', 'w').close()",
    )  # fmt: skip
    assert not target.exists()
    assert "mine" == kept.read_text()
    kinds = kinds_of(paper)
    assert ["PermissionError"] * 4 + ["OSError", "PermissionError"] == kinds
    assert 5 == paper.right
    assert [tmp_path / "in"] == [p.parent for p in tmp_path.rglob("*.ipynb")]


@pytest.mark.skipif(sys.platform != "linux", reason="it forks by its C library")
def test_a_notebook_that_forks_leaves_nothing_running(given, tmp_path):
    """Not by Python, not by the C library, not by a library that Python loads for itself."""
    loop = "\n    while True: pass"
    paper = judged(
        given, tmp_path, f"import os\nif os.fork() == 0:{loop}",
        f"import ctypes\nif ctypes.CDLL(None).fork() == 0:{loop}",
        "import multiprocessing\nmultiprocessing.Process(target=print).start()",
        f"import _ctypes\nif _ctypes.dlopen(None, 0):{loop}",
    )  # fmt: skip
    assert ["PermissionError"] * 4 == kinds_of(paper)
    assert 5 == paper.right


def test_a_notebook_prints_as_much_as_it_likes_and_nothing_arrives(given, tmp_path, capfd):
    paper = judged(given, tmp_path, "print('x' * 10**6)",
                   "import os\nfor _ in range(100): os.write(1, b'y' * 10**6)")  # fmt: skip
    assert (5, []) == (paper.right, paper.faults)
    assert ("", "") == capfd.readouterr()
    assert (tmp_path / "out" / "anna.html").stat().st_size < 20_000


def test_programs_and_the_network_are_refused_and_an_end_is_told(given, tmp_path):
    paper = judged(
        given, tmp_path, "import subprocess\nsubprocess.run(['true'])",
        "import os\nos.system('true')", "import os, signal\nos.kill(os.getppid(), signal.SIGTERM)",
        "import socket\nsocket.create_connection(('127.0.0.1', 9))", "raise SystemExit",
        "%pip install x\n!ls", "import os\nos._exit(0)",
    )  # fmt: skip
    assert ["PermissionError"] * 4 + ["SystemExit"] == kinds_of(paper)[:5]
    assert ["it ended its process itself"] == paper.faults[5:]
    assert 4 == paper.right


def test_threads_do_not_keep_it_and_nothing_of_the_teachers_is_told(given, tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_TEACHER", "12345")
    paper = judged(
        given, tmp_path, "import os\nassert 'SECRET_OF_THE_TEACHER' not in os.environ",
        "import threading\nthreading.Thread(target=lambda: [0 for _ in iter(int, 1)]).start()",
    )  # fmt: skip
    assert (5, []) == (paper.right, paper.faults)


def test_cells_that_are_gone_moved_doubled_and_changed_count_as_they_can(given, tmp_path):
    """The answers stay where the cells that ask were deleted; the last answer counts."""
    made = notebook(given)
    cells = made["cells"]
    kept = [
        c for c in cells if not "".join(c["source"]).startswith(("course.ask", "course.hidden"))
    ]
    assert len(kept) < len(cells)
    first = next(c for c in kept if "course.check(" in "".join(c["source"]))
    wrong = code("".join(first["source"]).replace(", 2)", ", 0.5)"))
    left = code("".join(first["source"]).replace(", 2)", ", ...)"))
    for name, variant in (
        ("anna", kept),
        ("ben", [*cells, first, wrong]),
        ("carla", [*cells, wrong, first, left]),
        ("dora", [*cells[:3], *reversed(cells[3:])]),
        ("emil", [*cells, code("from tinygrad_neuron.course.words import asked")]),
    ):
        (tmp_path / "in" / name).mkdir(parents=True)
        text = json.dumps({**made, "cells": variant})
        (tmp_path / "in" / name / "lesson_16_thermostat.ipynb").write_text(text, "utf-8-sig")
    papers = judge(tmp_path / "in", tmp_path / "out", course(given / "own"))
    assert [5, 4, 5, 5, 5] == [paper.right for paper in papers]
    assert [[], [], []] == [papers[i].faults for i in (0, 1, 2)]
    assert "it uses more of the course than it was handed out with" in papers[4].faults[0]


def test_two_students_with_names_of_one_file_have_a_report_each(given, tmp_path):
    for name in ("Anna B", "anna_b", "results"):
        (tmp_path / "in" / name).mkdir(parents=True)
        text = json.dumps(notebook(given, "students"))
        (tmp_path / "in" / name / "lesson_16_thermostat.ipynb").write_text(text)
    judge(tmp_path / "in", tmp_path / "out", course(given / "own"))
    assert ["Anna_B.html", "anna_b_2.html", "results.csv", "results.html"] == sorted(
        path.name for path in (tmp_path / "out").iterdir()
    )


def test_a_student_whose_name_is_a_formula_is_none_in_a_spreadsheet(given, tmp_path):
    (tmp_path / "in" / "=cmd()").mkdir(parents=True)
    (tmp_path / "in" / "=cmd()" / "lesson_16_thermostat.ipynb").write_text("junk")
    judge(tmp_path / "in", tmp_path / "out", course(given / "own"))
    [row] = table(tmp_path / "out")
    assert ("'=cmd()", "'=cmd()/lesson_16_thermostat.ipynb") == (row["student"], row["file"])


def test_what_lies_beside_a_lesson_is_there(given, tmp_path):
    own = tmp_path / "own"
    shutil.copytree(given / "own", own)
    (own / "data").mkdir()
    (own / "data" / "rooms.csv").write_text("18")
    made = notebook(given)
    made["cells"].append(code("assert open('data/rooms.csv').read() == '18'"))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "anna.ipynb").write_text(json.dumps(made), "utf-8")
    [paper] = judge(tmp_path / "in", tmp_path / "out", course(own))
    assert (5, []) == (paper.right, paper.faults)


def test_a_notebook_cannot_bring_its_own_questions(given, tmp_path):
    made = notebook(given, "students")
    setup = next(cell for cell in made["cells"] if "course.bring" in "".join(cell["source"]))
    setup["source"] = "from tinygrad_neuron import course\ncourse.bring('lesson_16_x.py', 'junk')"
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ben.ipynb").write_text(json.dumps(made), "utf-8")
    [paper] = judge(tmp_path / "in", tmp_path / "out", course(given / "own"))
    assert ("ben", 0, []) == (paper.student, paper.right, paper.faults)


def test_what_is_no_notebook_is_said_in_the_table(given, tmp_path):
    for name, text in (("a", "no"), ("b", "[]"), ("c", '{"cells": []}'), ("d", '{"cells": [{}]}')):
        (tmp_path / f"{name}.ipynb").write_text(text)
    judge(tmp_path, tmp_path / "out", course(given / "own"))
    said = [row["said"] for row in table(tmp_path / "out")]
    assert 3 == said.count("it cannot be judged: it is no notebook")
    assert "it calls for no lesson; hand out what `course handout` writes" in said[2]
    with pytest.raises(LessonError, match="there is no notebook in"):
        judge(tmp_path / "out", tmp_path / "out", course(given / "own"))


def test_a_formula_in_an_answer_is_no_formula_in_a_spreadsheet(given, tmp_path):
    made = notebook(given, "students")
    for cell in made["cells"]:
        text = "".join(cell["source"])
        if "formula" in text:
            cell["source"] = text.replace('""', '"=1+1"')
    (tmp_path / "ben.ipynb").write_text(json.dumps(made), "utf-8")
    judge(tmp_path, tmp_path / "out", course(given / "own"))
    assert any(row["answer"] == "'=1+1" for row in table(tmp_path / "out"))


def test_what_a_task_says_is_there_is_there_in_a_notebook():
    """`given` of a task: `exp` in lesson 9, say."""
    whole = course().lesson(9)
    cell = next(c for c in whole.cells if any("given" in named for _, named in c.asked))
    names: dict[str, Any] = {"math": math, "task": package.task, "course": package}
    exec(f"course.hidden(9, '{cell.key}')", names)
    assert 1.0 == names["exp"](0.0)


def test_a_name_and_an_answer_that_cannot_be_written_are_written_all_the_same(given, tmp_path):
    who = os.fsdecode(b"anna\xff")
    try:
        (tmp_path / "in" / who).mkdir(parents=True)
    except OSError:
        pytest.skip("this file system has no such names")
    broken = json.dumps({"cells": [code("course.ask(16, '\ud800')")]})
    (tmp_path / "in" / who / "lesson_16_thermostat.ipynb").write_text(broken)
    [paper] = judge(tmp_path / "in", tmp_path / "out", course(given / "own"))
    assert who == paper.student
    assert "anna\\udcff" == table(tmp_path / "out")[0]["student"]
    assert (tmp_path / "out" / "anna.html").exists()
