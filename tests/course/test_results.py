"""Lessons are run once, and what they show serves slides, notes and questions."""

import pytest

pytest.importorskip("platformdirs", reason="the extra learn is not installed")

from tinygrad_neuron.course import results as room
from tinygrad_neuron.course.chosen import course
from tinygrad_neuron.course.lessons import LessonError
from tinygrad_neuron.course.moodle import to_moodle
from tinygrad_neuron.course.notes import write_notes
from tinygrad_neuron.course.results import Picture, asked, results, run_here
from tinygrad_neuron.course.running import Printed
from tinygrad_neuron.course.writing import new

BESIDE = """
# %% tags=["remove-input"]
import beside

# %%
print(beside.NUMBER, open("beside.txt").read())
"""


@pytest.fixture
def own(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "own"
    path = new("thermostat", folder)
    path.write_text(path.read_text("utf-8") + BESIDE, "utf-8")
    (folder / "beside.py").write_text("NUMBER = 7\n")
    (folder / "beside.txt").write_text("seven")
    (folder / "course.txt").write_text("16\n")
    return folder


def told(own, runs):
    return next(shown for _, shown in results(course(own), runs.append))


def test_one_run_serves_all_until_something_changes(own, tmp_path, monkeypatch):
    runs = []
    first = told(own, runs)
    assert [16] == [lesson.number for lesson in runs]
    assert Printed("7 seven\n") in first[-1]  # what lies beside a lesson is found
    assert first == told(own, runs)
    write_notes(tmp_path / "notes", course(own), runs.append)
    to_moodle(course(own), runs.append)
    assert 1 == len(runs)
    (own / "beside.txt").write_text("sieben")
    assert Printed("7 sieben\n") in told(own, runs)[-1]
    assert 2 == len(runs)
    [*kept] = (tmp_path / "cache").rglob("*.json")
    for path in kept:  # what is spoilt is run again
        path.write_text('[[["Printed"]]]')
    assert Printed("7 sieben\n") in told(own, runs)[-1]
    assert 3 == len(runs)


def test_questions_are_as_they_were_asked(own):
    lesson = course(own).lesson(16)
    monkey = [one for one in asked(told(own, [])) if hasattr(one, "kind")]
    assert lesson.questions == len(asked(told(own, [])))
    number, choice, formula, several = monkey
    assert ("number", "2", {0.5, -0.5}) == (number.kind, number.answer_text, set(number.wrong))
    assert choice.check("down").right and not choice.check("up").right
    assert formula.check("b + x*w").right
    assert several.is_open and "w = 1, b = -2" == several.answer_text


def test_pictures_are_html_and_the_lesson_runs_here_too(tmp_path):
    path = new("thermostat", tmp_path)
    (tmp_path / "course.txt").write_text("16\n")
    cells = run_here(course(tmp_path).lesson(16))
    assert path.exists()
    assert 2 == sum(isinstance(one, Picture) and "<" in one.html for cell in cells for one in cell)


def test_a_lesson_that_fails_or_ends_its_process_is_told(own):
    path = own / "lesson_16_thermostat.py"
    text = path.read_text("utf-8")
    path.write_text(text.replace("assert y.data == 2", "1 / 0"), "utf-8")
    with pytest.raises(LessonError, match=r"(?s)lesson_16_thermostat.py fails:.*ZeroDivision"):
        told(own, [])
    missing = """raise ModuleNotFoundError('this needs it: pip install "x"')"""
    path.write_text(text.replace("assert y.data == 2", missing), "utf-8")
    with pytest.raises(LessonError) as caught:
        told(own, [])
    assert 'lesson_16_thermostat.py: this needs it: pip install "x"' == str(caught.value)
    path.write_text(text.replace("assert y.data == 2", "import os; os._exit(3)"), "utf-8")
    with pytest.raises(LessonError, match=r"lesson_16_thermostat.py ended its process"):
        told(own, [])


def test_without_a_place_to_keep_it_is_run_each_time(own, monkeypatch):
    monkeypatch.setattr(room, "_place", lambda: None)
    runs = []
    assert told(own, runs) == told(own, runs)
    assert 2 == len(runs)
