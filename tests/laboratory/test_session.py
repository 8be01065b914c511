"""Programs as the worker runs them, here."""

import re
from base64 import b64decode

import pytest

from tinygrad_neuron.draw.themes import THEMES
from tinygrad_neuron.laboratory.session import Session


class Listened(Session):
    """A session whose events are kept."""

    def __init__(self):
        self.events = []
        super().__init__(self.events.append)


@pytest.fixture
def session():
    return Listened()


def test_what_is_printed_stands_before_what_is_shown(session):
    assert session.run("print('a')\nprint('b')\ndisplay(3)\nprint('c', end='')\n'd'")
    told = [(event["kind"], event["text"]) for event in session.events]
    lines = [("stdout", "a\n"), ("stdout", "b\n"), ("text", "3"), ("stdout", "c"), ("text", "'d'")]
    assert lines == told


def test_ten_thousand_lines_are_few_events(session):
    assert session.run("for i in range(10_000): print(i)")
    assert "".join(event["text"] for event in session.events).endswith("9999\n")
    assert len(session.events) < 2000


def test_an_error_has_its_line_and_our_message(session):
    assert not session.run("from tinygrad_neuron import Value\n\nx = Value(-1.0, label='p').log()")
    [error] = session.events
    assert 3 == error["line"]
    assert "ValueError: log of -1.0 ('p')" in error["message"]
    assert error["text"].startswith("Traceback") and "session.py" not in error["text"]


def test_what_is_not_python_has_its_line(session):
    assert not session.run("x = 1\ny = (")
    [error] = session.events
    assert (2, "SyntaxError: '(' was never closed") == (error["line"], error["message"])


def test_names_stay_until_they_are_forgotten(session):
    assert session.run("x = 2") and session.run("x")
    assert [{"kind": "text", "text": "2"}] == session.events
    assert not session.run("x", fresh=True)
    assert "NameError" in session.events[-1]["message"]


def test_what_is_printed_without_end_is_cut(session):
    session.run("print('x' * 300_000); print('more')")
    told = "".join(event["text"] for event in session.events)
    assert 200_000 < len(told) < 201_000 and told.endswith("is not shown)\n")


def test_a_walkthrough_is_shown_as_its_page(session):
    session.run("from tinygrad_neuron import Value, walkthrough\nwalkthrough(Value(2.0) * 3.0)")
    [event] = session.events
    assert "html" == event["kind"] and event["html"].startswith("<!DOCTYPE html>")


def test_a_picture_has_the_theme_of_the_page_where_the_program_chose_none(session):
    def background(program, theme):
        session.events.clear()
        assert session.run(program, theme=theme), session.events
        [event] = session.events
        return re.search(r'<polygon fill="(#\w+)"', b64decode(event["data"]).decode())[1]

    shown = "from tinygrad_neuron import Value, draw_dot\nx = Value(2.0, label='x')\n"
    try:
        assert THEMES["dark"].background == background(f"{shown}x * x", "dark")
        assert THEMES["dark"].background == background(f"{shown}draw_dot(x * x)", "dark")
        chosen = background(f"{shown}draw_dot(x * x, theme='light')", "dark")
        assert THEMES["light"].background == chosen
    finally:
        assert THEMES["light"].background == background(f"{shown}x * x", "light")


def test_a_module_that_is_not_there_is_told_with_what_there_is(session):
    assert not session.run("import no_such_module")
    message = session.events[-1]["message"]
    assert message.startswith("ModuleNotFoundError: No module named 'no_such_module'; here are")
    needed = "raise ImportError('this needs matplotlib: pip install \"tinygrad_neuron[demos]\"')"
    assert not session.run(needed)
    assert session.events[-1]["message"].endswith("if the laboratory was built with --packages")


def test_a_program_may_end_itself(session):
    assert session.run("print('before')\nimport sys\nsys.exit()\nprint('after')")
    assert ["before\n"] == [event["text"] for event in session.events]
    assert not session.run("raise SystemExit(1)")
