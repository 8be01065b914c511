"""What lessons 5 to 8 ask of questions, pictures and the terminal."""

import io
import re

import pytest

pytest.importorskip("matplotlib", reason="the extra demos is not installed")

from tests.course.test_lessons_questions import questions
from tinygrad_neuron import Value, draw_dot
from tinygrad_neuron.course import Beside
from tinygrad_neuron.course.screen import Screen


def test_an_open_answer_that_is_wrong_is_told_what_it_leads_to():
    flat = questions("lesson_5_chain_rule")[10]
    assert "2 · (4) · (1) = 8" in flat.check("1, 2").message  # 2 · (2a + b) · a
    line = questions("lesson_8_networks")[7]
    assert "(1, 0) gets the score -0.5" in line.check("0, -2, -0.5").message
    assert "(2, 1) gets the score 0.5" in line.check("1, -1, -0.5").message


def test_things_stand_beside_each_other_each_under_its_name():
    both = Beside({"x < 1": draw_dot(Value(1.0)), "after": "a text"})
    html = both._repr_html_()
    assert html.index("x &lt; 1") < html.index("<img") < html.index("after") < html.index("a text")
    with pytest.raises(ValueError, match="two things or more"):
        Beside({"alone": draw_dot(Value(1.0))})


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self):
        return True


def test_a_long_line_of_code_is_shown_to_its_end_in_a_terminal(monkeypatch):
    pytest.importorskip("rich", reason="the extra learn is not installed")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    Screen(stream, width=40).code(f"total = {' + '.join(['number'] * 10)} + the_end")
    text = re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue())
    assert "the_end" in text
    assert max(map(len, text.splitlines())) <= 40


def test_no_link_stands_inside_a_longer_term_that_was_linked_before():
    linking = pytest.importorskip(
        "tinygrad_neuron.course.linking", reason="the extra book is not installed"
    )
    terms = {name: name for name in ("hidden", "hidden layer")}
    left = dict(terms)
    first = linking._linked("a hidden layer", terms, left)
    assert ["a ", "hidden layer"] == [piece.astext() for piece in first]
    assert [] == linking._linked("another hidden layer", terms, left)
    third = linking._linked("a hidden neuron", terms, left)
    assert ["a ", "hidden", " neuron"] == [piece.astext() for piece in third]
