"""A teacher's folder: which lessons, in which order, and lessons of one's own."""

import sys

import pytest

from tinygrad_neuron.cli import main
from tinygrad_neuron.course.chosen import course
from tinygrad_neuron.course.hidden import bring, packed
from tinygrad_neuron.course.lessons import LessonError, lessons
from tinygrad_neuron.course.writing import new


def numbers(folder):
    return [lesson.number for lesson in course(folder).lessons]


def test_without_a_folder_it_is_the_whole_course():
    assert list(course().lessons) == lessons()
    assert course().is_whole
    assert () == course().own


def test_an_index_says_which_lessons_in_which_order_and_the_title(tmp_path):
    new("thermostat", tmp_path)
    (tmp_path / "course.txt").write_text(
        "title: In a day\n\n5\n1-3  # the beginning\nlesson_16_thermostat.py\n"
    )
    assert [5, 1, 2, 3, 16] == numbers(tmp_path)
    assert "In a day" == course(tmp_path).title
    assert [16] == [lesson.number for lesson in course(tmp_path).own]


def test_without_an_index_own_lessons_are_added_or_take_the_place_of_their_number(tmp_path):
    own = new("thermostat", tmp_path)
    assert [*range(1, 16), 16] == numbers(tmp_path)
    text = own.read_text("utf-8").replace("Lesson 16", "Lesson 3")
    (tmp_path / "lesson_3_ours.py").write_text(text, "utf-8")
    assert [*range(1, 17)] == numbers(tmp_path)
    assert "lesson_3_ours" == course(tmp_path).lesson(3).name


@pytest.mark.parametrize(
    ("index", "said"),
    [
        ("1\nfour\n", r"course.txt, line 2: 'four' is none of: a lesson's number, 3; several, 3-5"),
        ("99\n", "line 1: there is no lesson 99; there are 1, 2, 3"),
        ("lesson_9_x.py", "line 1: there is no lesson_9_x.py"),
        ("1\n1\n", "line 2: lesson 1 is there already"),
        ("# nothing\n", "names no lesson; write a line for each"),
    ],
)
def test_an_index_that_cannot_be_followed_is_named_with_its_line(tmp_path, index, said):
    (tmp_path / "course.txt").write_text(index)
    with pytest.raises(LessonError, match=said):
        course(tmp_path)


def test_a_folder_without_lessons_says_how_to_begin(tmp_path):
    with pytest.raises(LessonError, match="`tinygrad-neuron lesson new NAME` writes a lesson"):
        course(tmp_path)
    with pytest.raises(LessonError, match="there is no folder"):
        course(tmp_path / "elsewhere")


def test_two_lessons_with_one_number_are_named(tmp_path):
    text = new("thermostat", tmp_path).read_text("utf-8")
    (tmp_path / "lesson_16_oven.py").write_text(text, "utf-8")
    with pytest.raises(LessonError, match=r"lesson_16_\w+.py and lesson_16_\w+.py have"):
        course(tmp_path)


def test_learn_lists_and_runs_the_chosen_lessons(tmp_path, capsys):
    new("thermostat", tmp_path)
    (tmp_path / "course.txt").write_text("title: In a day\n3\n16\n")
    assert 0 == main(["learn", "--lessons", str(tmp_path)])
    listed = capsys.readouterr().out
    assert listed.startswith("In a day: open a lesson")
    assert ["3", "16"] == [line.split()[0] for line in listed.splitlines()[2:4]]
    assert 0 == main(["learn", "16", "--lessons", str(tmp_path)])
    assert "Predict: The bias b becomes 1" in capsys.readouterr().out
    assert 2 == main(["learn", "1", "--lessons", str(tmp_path)])
    assert "there is no lesson 1; there are 3, 16" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "course.txt",
            b"title: \xfcber\n1\n",
            "course.txt: invalid start byte at byte 7; save the",
        ),
        ("lesson_16_own.py", b"# %% [markdown]\n# \xff", "lesson_16_own.py: invalid start byte at"),
        (
            "lesson_16_own.py",
            b"# %% [markdown]\n# # Own\n# %% tags=[one]\nx = 1",
            'lesson_16_own.py, line 3: tags are texts, as in tags=["hide-input"], got [one]',
        ),
        (
            "lesson_16_own.py",
            b'# %% [markdown]\n"""# Own',
            "lesson_16_own.py, line 2: the text in quotes does not end with them",
        ),
        (
            "lesson_16_own.py",
            b"# %% [markdown]\n# # Own\n# %%\nx = '\0'",
            "lesson_16_own.py, line 4: this is not Python (source code string cannot contain null",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_its_place(tmp_path, capsys, name, content, said):
    (tmp_path / name).write_bytes(content)
    assert 2 == main(["learn", "--lessons", str(tmp_path)])
    error = capsys.readouterr().err
    assert said in error
    assert 1 == len(error.splitlines())


def test_a_mark_at_the_beginning_of_a_file_is_no_part_of_it(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[bring.__module__], "_brought", {})
    own = new("thermostat", tmp_path)
    own.write_bytes("\ufeff".encode() + own.read_bytes().replace(b"\n", b"\r\n"))
    [lesson] = course(tmp_path).own
    assert 16 == lesson.number
    bring(lesson.path.name, packed(lesson.path))  # as its notebook does
