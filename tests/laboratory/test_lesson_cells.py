"""A reader's run of a lesson, cell by cell."""

from ast import literal_eval

import pytest

from tinygrad_neuron.course.lessons import lesson
from tinygrad_neuron.laboratory.lesson_cells import LessonRun

TEXT = """\
# %% [markdown]
# # Lesson 1. A test
# %%
from tinygrad_neuron import Value
x = Value(2.0, label="x")
# %%
y = x * 3.0
print("y", y.data)
# %% tags=["hide-input"]
show_it = True
from tinygrad_neuron.course import show, task
show(y, "The product.")
# %% tags=["remove-input"]
assert y.data == 6.0
# %%
print(y.data)
# %%
task("Write `double`.", start="def double(x): return x", solution="def double(x): return 2 * x",
     cases=[((3,), 6)])
"""


@pytest.fixture
def events():
    return []


def told(events, kind):
    return [event for event in events if event["kind"] == kind]


def test_the_cells_before_run_first_without_a_word_and_what_is_below_is_shown_anew(events):
    run = LessonRun(TEXT, events.append)
    assert run.run(1, "y = x * 5.0\nprint('changed', y.data)")
    assert ["changed 10.0\n"] == [event["text"] for event in told(events, "stdout")]
    [image] = told(events, "image")
    assert 2 == image["cell"]
    assert ["The product."] == [event["text"] for event in told(events, "caption")]
    assert not told(events, "error"), "an assertion of the lesson's is none of the reader's"


def test_a_later_cell_sees_what_was_changed(events):
    run = LessonRun(TEXT, events.append)
    run.run(1, "y = x * 5.0")
    run.run(4, "print(y.data)")
    assert "10.0\n" == told(events, "stdout")[-1]["text"]


def test_a_picture_below_stays_where_it_cannot_be_drawn(events):
    run = LessonRun(TEXT, events.append)
    assert run.run(1, "y = None; del y")
    assert not told(events, "image") and not told(events, "error")


def test_a_task_is_judged(events):
    run = LessonRun(TEXT, events.append)
    wrong = run.judge(5, 0, "def double(x): return x + 1")
    assert not wrong["right"] and "it should give 6" in wrong["message"]
    assert run.judge(5, 0, "def double(x): return x + x")["right"]


def test_the_lessons_tasks_are_judged_as_in_the_notebook(events):
    for number in (2, 6):
        run = LessonRun(lesson(number).path.read_text("utf-8"), events.append)
        for index, cell in enumerate(run.cells):
            tasks = [given for word, given in cell.asked if word == "task"]
            for which, given in enumerate(tasks):
                assert run.judge(index, which, literal_eval(given["solution"]))["right"]
                assert not run.judge(index, which, literal_eval(given["start"]))["right"]
