"""A draft goes on where a number has changed, and says which."""

import pytest

from tinygrad_neuron.cli import main
from tinygrad_neuron.course.drafts import collected, lenient
from tinygrad_neuron.course.writing import new


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("assert 1 + 1 == 2", []),
        ("assert 1 + 1 == 3", ["own.py, line 7: `1 + 1 == 3` does not hold: 1 + 1 is 2"]),
        ("assert not 5, 'why'", ["own.py, line 7: `not 5` does not hold"]),
        ("assert (\n    2 *\n    2 == 5\n)\nx = 1; assert x > 1; y = 2\nassert y == 2", [
            "own.py, line 7: `2 * 2 == 5` does not hold: 2 * 2 is 4",
            "own.py, line 11: `x > 1` does not hold: x is 1",
        ]),
        ("def f(z):\n    assert z < 0 < 1, z\n    return z\nassert f(3) == 4", [
            "own.py, line 8: `z < 0 < 1` does not hold: z is 3",
            "own.py, line 10: `f(3) == 4` does not hold: f(3) is 3",
        ]),
        ("assert 1 / 0", [
            "own.py, line 7: `1 / 0` cannot be checked: ZeroDivisionError: division by zero",
        ]),
    ],
)  # fmt: skip
def test_every_assertion_that_does_not_hold_is_told_with_its_line(source, told):
    with collected() as doubts:
        exec(lenient(source, "own.py", 7), {})
    assert told == doubts


def test_the_lines_of_a_draft_keep_their_numbers():
    source = "assert (\n    1 ==\n    2\n)\n1 / 0"
    with pytest.raises(ZeroDivisionError) as caught, collected():
        exec(compile(lenient(source, "own.py"), "own.py", "exec"), {})
    assert 5 == caught.tb.tb_next.tb_lineno


def test_a_changed_number_ends_a_lesson_but_not_its_draft(tmp_path, capsys):
    path = new("thermostat", tmp_path)
    text = path.read_text("utf-8")
    assert "assert y.data == 0.5\n" in text
    path.write_text(text.replace("assert y.data == 0.5\n", "assert y.data == 0.75\n"), "utf-8")
    learn = ["learn", "16", "--lessons", str(tmp_path)]
    assert 1 == main(learn)
    assert "AssertionError" in capsys.readouterr().out
    assert 0 == main([*learn, "--draft"])
    out = capsys.readouterr().out
    assert "line 32: `y.data == 0.75` does not hold: y.data is 0.5" in out
    assert "Exercise: Choose a weight" in out  # the last cell
