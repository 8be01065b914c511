"""A lesson to begin with passes the check; what a learner would stumble over does not."""

import subprocess
import sys

import pytest

from tinygrad_neuron.cli import main
from tinygrad_neuron.course.chosen import TITLE, course
from tinygrad_neuron.course.lessons import LessonError
from tinygrad_neuron.course.writing import check, new


def test_a_new_lesson_runs_as_a_script_and_passes_the_check(tmp_path):
    path = new("My thermostat", tmp_path)
    assert "lesson_16_my_thermostat.py" == path.name
    assert path.read_text("utf-8").startswith("# %% [markdown]\n# # Lesson 16. My thermostat\n")
    assert [] == check(path)
    run = subprocess.run([sys.executable, path], capture_output=True, encoding="utf-8")
    assert (0, "") == (run.returncode, run.stderr)
    assert "lesson_17_oven.py" == new("oven", tmp_path).name


def test_a_new_lesson_is_in_the_index_which_is_as_it_was_but_for_that(tmp_path):
    first = new("My thermostat", tmp_path)
    made = course(tmp_path)
    assert [*range(1, 16), 16] == [lesson.number for lesson in made.lessons]
    assert TITLE == made.title
    index = tmp_path / "course.txt"
    index.write_text(f"title: In a day\n2\n{first.name}")
    new("oven", tmp_path)
    assert f"title: In a day\n2\n{first.name}\nlesson_17_oven.py\n" == index.read_text()
    index.unlink()
    (tmp_path / "lesson_3_mine.py").write_text("# %% [markdown]\n# # Lesson 3. Mine\n")
    new("fridge", tmp_path)
    numbers = [lesson.number for lesson in course(tmp_path).lessons]
    assert [*range(1, 16), 16, 17, 18] == numbers
    assert tmp_path == course(tmp_path).lesson(3).path.parent


def test_a_name_no_file_can_have_or_that_is_taken_is_refused(tmp_path):
    new("oven", tmp_path)
    with pytest.raises(LessonError, match=r"lesson_16_oven.py is there already; give the new"):
        new("Oven", tmp_path)
    with pytest.raises(LessonError, match="begins with a letter, such as thermostat; got '1st'"):
        new("1st", tmp_path)


@pytest.mark.parametrize(
    ("changed", "to", "said"),
    [
        ("assert y.data == 0.5", "assert y.data == 0.6", "line 32: `y.data == 0.6` does not hold"),
        ("answer=2,", "answer=0.5,", "question 'The bias b becomes 1"),
        ("$y = w x + b$", r"$\begin{x} y$", "cannot be shown"),
        ("The product first,", r"The $\frac{1}{2}$ first,", "was read by Python: write r"),
        ('print("y =", y.data)', "assert y.data", "line 24: an assertion in code that a learner"),
        ("predict(", "exercise(", "asks for no prediction"),
        ("y = w * x + b\n", "y = w * x + c\n", "NameError: name 'c' is not defined"),
    ],
)
def test_what_a_learner_would_stumble_over_is_said(tmp_path, changed, to, said):
    path = new("thermostat", tmp_path)
    text = path.read_text("utf-8")
    assert changed in text
    path.write_text(text.replace(changed, to), "utf-8")
    assert any(said in fault for fault in check(path)), check(path)


def test_of_a_cell_that_fails_what_follows_from_it_is_not_told(tmp_path):
    path = new("thermostat", tmp_path)
    text = path.read_text("utf-8").replace("import Value\n", "import Values\n")
    path.write_text(text, "utf-8")
    [fault] = check(path)
    assert "line 24: Traceback" in fault and "Values" in fault


def test_a_lesson_finds_what_lies_beside_it(tmp_path, capsys):
    path = new("thermostat", tmp_path / "own")
    beside = "# %%\nimport heating_of_mine\n\nprint(heating_of_mine.T, open('rooms.csv').read())\n"
    path.write_text(f"{path.read_text('utf-8')}\n{beside}", "utf-8")
    (path.parent / "heating_of_mine.py").write_text("T = 21\n")
    (path.parent / "rooms.csv").write_text("18")
    assert [] == check(path)
    assert 0 == main(["learn", "16", "--lessons", str(path.parent)])
    assert "21 18" in capsys.readouterr().out


def test_the_commands_write_and_check(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert 0 == main(["lesson", "new", "thermostat"])
    assert 0 == main(["lesson", "check", "lesson_16_thermostat.py"])
    assert "all is well" in capsys.readouterr().out
    assert 2 == main(["lesson", "nwe", "x"])
    assert "'nwe' is unknown, did you mean 'new'?" in capsys.readouterr().err
    assert 2 == main(["lesson", "check", "elsewhere.py"])
    assert "there is no file 'elsewhere.py'" in capsys.readouterr().err


ASSERTING = """
import sys
from pathlib import Path
from tinygrad_neuron.course.lessons import read
from tinygrad_neuron.course.running import Failed, straight_through

straight_through(
    read(Path(sys.argv[1])),
    lambda _, events: print(*(event.text for event in events if isinstance(event, Failed))),
)
"""


def test_assertions_of_a_lesson_count_where_python_is_told_to_leave_them_out(tmp_path):
    path = new("thermostat", tmp_path)
    text = path.read_text("utf-8").replace("assert y.data == 0.5", "assert y.data == 0.6")
    path.write_text(text, "utf-8")
    ran = subprocess.run(
        [sys.executable, "-O", "-c", ASSERTING, path], capture_output=True, encoding="utf-8"
    )
    assert ("AssertionError" in ran.stdout, ran.stderr) == (True, "")
