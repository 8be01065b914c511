"""A walkthrough in a terminal, driven through a pseudo-terminal; and printed without one."""

import io
import os
import re
import select
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from tinygrad_neuron import Value, nn, walkthrough
from tinygrad_neuron.walk import Training, Walkthrough
from tinygrad_neuron.walk.terminal import view

pty = pytest.importorskip("pty", reason="pseudo-terminals are Unix's")

EXPRESSION = ["tanh(w*x + b)", "w=0.5", "x=2", "b=-0.5"]
PROMPT = ("q quit > ", "? q > ")


class Terminal:
    """A program in a pseudo-terminal: type, and read the screen that comes."""

    def __init__(self, arguments, columns=80, rows=24, **environment):
        import fcntl
        import struct
        import termios

        self.controller, inside = pty.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        surroundings = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")}
        surroundings.pop("NO_COLOR", None)
        self.process = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-m", "tinygrad_neuron", "walk", *arguments],
            stdin=inside,
            stdout=inside,
            stderr=inside,
            env={**surroundings, "TERM": "xterm", **environment},
            start_new_session=True,
        )
        os.close(inside)

    def screen(self, until=PROMPT):
        found = ""
        end = time.monotonic() + 20
        while not found.endswith(until):
            ready, _, _ = select.select([self.controller], [], [], max(end - time.monotonic(), 0))
            assert ready, f"nothing came after {found!r}"
            found += os.read(self.controller, 65536).decode()
        return found

    def type(self, text):
        os.write(self.controller, text.encode())
        return self.screen()

    def end(self, text):
        os.write(self.controller, text.encode())
        code = self.process.wait(timeout=20)
        os.close(self.controller)
        return code


@pytest.fixture
def terminal():
    made = []

    def start(*arguments, **options):
        made.append(Terminal(*arguments, **options))
        return made[-1]

    yield start
    for one in made:
        if one.process.poll() is None:
            one.process.terminate()  # and coverage writes down what it saw
            one.process.wait(timeout=20)


def plain(screen):
    return re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", screen).replace("\r\n", "\n")


def heading(screen):
    return re.findall(r"step \d+ of \d+ · \w+", plain(screen))[-1]


def test_enter_back_jump_help_and_quit(terminal):
    t = terminal(EXPRESSION)
    first = t.screen()
    assert "step 1 of 9 · forward" == heading(first)
    assert re.search(r"▶ w\*x +w \* x +1 +·", plain(first))
    assert re.search(r" y +tanh\(w\*x \+ b\) +· +·", plain(first))  # not computed yet
    assert "step 2 of 9 · forward" == heading(t.type("\n"))
    assert "step 1 of 9 · forward" == heading(t.type("b\n"))
    back = plain(t.type("b\n"))
    assert "This is the first step." in back and "step 1 of 9" in back
    jumped = plain(t.type("5\n"))
    assert "step 5 of 9 · backward" == heading(jumped)
    assert "gradient of w*x + b: not computed yet, now 0.7864" in jumped
    assert re.search(r"◀ w\*x \+ b +w\*x \+ b +0\.5 +0\.7864", jumped)
    assert re.search(r"▶ y +tanh\(w\*x \+ b\) +0\.4621 +1", jumped)
    assert re.search(r"  w +leaf +0\.5 +·", jumped)
    assert "jump to that step" in plain(t.type("?\n"))
    assert "neither a key" in plain(t.type("99\n"))
    assert "neither a key" in plain(t.type("nonsense\n"))
    assert "step 9 of 9 · backward" == heading(t.type("last\n"))
    assert "This is the last step." in plain(t.type("\n"))
    assert "step 1 of 9 · forward" == heading(t.type("first\n"))
    assert 0 == t.end("q\n")


def test_end_of_input_and_interruption_end_it(terminal):
    t = terminal(EXPRESSION)
    t.screen()
    assert 0 == t.end("\x04")
    t = terminal(EXPRESSION)
    t.screen()
    os.kill(t.process.pid, 2)
    assert t.end("") in (0, 130)


@pytest.mark.parametrize("columns", [40, 80, 132])
def test_no_line_is_wider_than_the_terminal(terminal, columns):
    t = terminal(["tanh(weight_one*x + weight_two*x + bias)", "weight_one=0.123456",
                  "weight_two=-5e-7", "x=123456", "bias=0.5"], columns=columns)  # fmt: skip
    for screen in [t.screen(), *(t.type("\n") for _ in range(10))]:
        assert max(map(len, plain(screen).split("\n"))) <= columns
    assert 0 == t.end("q\n")


def test_a_screen_fits_its_height(terminal):
    long = "+".join(f"x*{i}" for i in range(1, 30))
    t = terminal([long, "x=2"], rows=24)
    t.screen()
    for jump in (1, 40, 60, 100, 143):
        screen = plain(t.type(f"{jump}\n"))
        assert len(screen[screen.rindex(f"step {jump} ") :].split("\n")) <= 24
        assert " more)" in screen
        assert "▶" in screen and ("◀" in screen) == (jump > 58)
    assert 0 == t.end("q\n")


def colours(screen):
    return re.findall(r"\x1b\[[0-9;]*m", screen)


def test_colour_only_where_it_is_wanted(terminal):
    t = terminal(EXPRESSION)
    assert colours(t.screen())
    assert 0 == t.end("q\n")
    t = terminal(EXPRESSION, NO_COLOR="1")
    assert [] == colours(t.screen())
    assert 0 == t.end("q\n")
    t = terminal(EXPRESSION, TERM="dumb")
    assert "\x1b" not in t.screen()
    assert 0 == t.end("q\n")


def test_a_terminal_without_unicode_gets_plain_signs(terminal):
    t = terminal(EXPRESSION, PYTHONIOENCODING="ascii")
    screen = plain(t.screen())
    assert "> w*x" in screen and screen.isascii()
    assert 0 == t.end("q\n")


def test_without_a_terminal_all_steps_are_printed():
    out = io.StringIO()
    walk = walkthrough(Value(3.0, label="x").tanh())
    walk.terminal(io.StringIO("q\n"), out)
    assert walk.text() == out.getvalue()
    assert "\x1b" not in out.getvalue()
    assert 3 == out.getvalue().count("\nstep ") + out.getvalue().startswith("step ")


def test_nothing_to_step_through_says_so():
    from tinygrad_neuron.engine import constant

    out = io.StringIO()
    walkthrough(constant(1.0)).terminal(io.StringIO(), out)
    assert "nothing to step through" in out.getvalue()
    with pytest.raises(ValueError, match="from 1 to 3"):
        walkthrough(Value(1.0).tanh()).terminal(io.StringIO(), out, start=4)


def test_plain_steps_fit_80_columns_for_a_network():
    walk = walkthrough(nn.MLP(3, [4, 1], seed=1)([1.0, 2.0, 3.0]))
    assert max(map(len, walk.text().splitlines())) <= 80
    for at in range(0, len(walk), 7):
        assert max(map(len, view(walk, at).splitlines())) <= 80


def test_training_shows_the_iteration_and_what_an_update_changed():
    p = Value(0.5, label="p")
    walk = walkthrough(lambda: p * p, training=Training([p], lr=0.1, iterations=2))
    at = next(i for i, step in enumerate(walk) if step.phase == "update")
    screen = view(walk, at)
    assert "step 5 of 10 · update · iteration 1 of 2" in screen
    assert "p: was 0.5, now 0.4" in screen
    assert re.search(r"▶ p +leaf +0\.4 +1", screen)
    assert re.search(r"  p +leaf +0\.4 +·", view(walk, at + 1))  # gradients begin anew


def test_what_would_steer_the_terminal_is_made_visible():
    walk = walkthrough(Value(2.0, label="x").tanh())
    nodes = [replace(node, name="\x1b[31mn\x07\n1") for node in walk.graphs[0]]
    steps = [replace(step, name="\x1b[31mn\x07\n1") for step in walk]
    walk = Walkthrough(steps, [nodes], walk.digits, walk.root)
    shown = walk.text() + view(walk, 2)
    assert "\x1b" not in shown and "\x07" not in shown
    assert "␛[31mn␇" in shown


def test_wide_characters_keep_the_columns_in_line():
    import unicodedata

    x = Value(2.0, label="日本語の長い長い長い長い長い名前です")
    lines = view(walkthrough(x * x), 2).splitlines()
    for line in lines:
        wide = [unicodedata.east_asian_width(c) in "WF" for c in line]
        assert len(line) + wide.count(True) <= 80


def test_arrow_keys_need_no_enter(terminal):
    walk = terminal(EXPRESSION)
    walk.screen()
    assert "step 2 of" in walk.type("\x1b[C")
    assert "step 1 of" in walk.type("\x1b[D")
    assert "step 9 of 9" in walk.type("\x1b[F")
    assert "step 1 of" in walk.type("\x1b[H")
    assert "step 3 of" in walk.type("33\x7f\n")


def test_a_number_is_changed_and_put_back(terminal):
    walk = terminal(EXPRESSION)
    walk.screen()
    assert "2 * 2 = 4" in walk.type("w=2\n")
    assert "No number is called 'v'" in walk.type("v=2\n")
    assert "could not convert" in walk.type("w=two\n")
    assert "0.5 * 2 = 1" in walk.type("reset\n")


def test_a_prediction_is_asked_and_judged(terminal):
    walk = terminal(EXPRESSION)
    walk.screen()
    assert "Predicting is on" in walk.type("p\n")
    os.write(walk.controller, b"\n")
    assert "Predict w*x + b = w*x + b = " in walk.screen(until=" = ")
    assert "Right: it is 0.5." in walk.type("0.5\n")


def test_names_are_cut_in_the_middle():
    x = Value(2.0, label="layers[0].neurons[3].weights[12]")
    assert "layers[0…ghts[12]" in view(walkthrough(x * x), 0, width=70)
