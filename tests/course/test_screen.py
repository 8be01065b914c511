"""What a lesson looks like in a terminal."""

import io
import re

import pytest

from tinygrad_neuron.course.screen import Screen


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


def test_a_fold_is_open_under_its_title():
    stream = io.StringIO()
    fold = "<details><summary>Why\nit is so</summary>\n\nBecause $w_0 > 0$.\n\n</details>\n\nOn."
    Screen(stream).markdown(fold)
    assert ["**Why", "it is so**", "", "Because w₀ > 0.", "", "On."] == [
        *stream.getvalue().splitlines()
    ]
