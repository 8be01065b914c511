"""The teacher's notes on a lesson are made of the lesson."""

import html
import re

import pytest

from tinygrad_neuron.cli import main
from tinygrad_neuron.course.chosen import course
from tinygrad_neuron.course.notes import needs, notes
from tinygrad_neuron.course.results import asked as questions
from tinygrad_neuron.course.results import run_here
from tinygrad_neuron.course.writing import new

pytest.importorskip("markdown_it", reason="the extra learn is not installed")


@pytest.fixture
def own(tmp_path):
    path = new("thermostat", tmp_path)
    text = path.read_text("utf-8").replace("## In short\n", "## In short\n#\n# As in lesson 3.\n")
    path.write_text(text, "utf-8")
    (tmp_path / "course.txt").write_text("16\n")
    return tmp_path


def test_every_question_is_there_with_its_answer_and_what_each_mistake_shows(own):
    lesson = course(own).lesson(16)
    told = html.unescape(re.sub("<[^>]*>", "", notes(lesson, run_here(lesson))))
    for asked in questions(run_here(lesson)):
        assert asked.text.replace("`", "") in told
        assert getattr(asked, "answer_text", getattr(asked, "solution", "")) in told
        assert all(hint in told for hint in [*asked.wrong.values(), asked.hint])
    assert re.search(r"About \d+ minutes in class, and \d+ for the exercises", told)
    assert [3] == needs(lesson)
    assert "It builds on lesson 3." in told


def test_the_command_writes_a_page_for_each_lesson(own, tmp_path, capsys):
    out = tmp_path / "out"
    assert 0 == main(["course", "notes", str(out), "--lessons", str(own)])
    assert "notes on 1 lessons" in capsys.readouterr().out
    assert 'href="lesson_16_thermostat.html"' in (out / "index.html").read_text("utf-8")
    assert (out / "lesson_16_thermostat.html").exists()
