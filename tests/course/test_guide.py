"""The guided run in a real terminal, to the end of a lesson and back."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pexpect = pytest.importorskip("pexpect", reason="pexpect is not installed")

PILOT = r"""\
# %% [markdown]
# # Lesson 7. A pilot
#
# The **sum** of $w_1$ and $w_2$ is $\frac{w_1 + w_2}{1}$.

# %%
from tinygrad_neuron.course import exercise, predict, show, slider, task

total = 1 + 1

# %%
predict("What is one and one?", answer=2, wrong={11: "That is writing, not adding."},
        hint="Count your thumbs.", explanation="Two ones make two.")

# %%
print("the total is", total)
show(object(), "A picture of two thumbs.")

# %%
slider("w", [1, 2, 3], lambda w: f"slope {w}")

# %%
exercise("Which gate?", options=["AND", "OR"], answer="OR", hint="One is enough.")
exercise("And the square of 3?", answer=9)

# %% tags=["remove-input"]
assert total == 2

# %%
task("Write `double`.", start="def double(x):\n    return x", hint="Two of them.",
     solution="def double(x):\n    return 2 * x", cases=[((3,), 6)])

# %% [markdown]
# ## In short
#
# | gate | threshold |
# |------|-----------|
# | OR   | 1         |
"""
EDITOR = """
import sys
from pathlib import Path
path = Path(sys.argv[1])
good = "def double(x):\\n    return 2 * x\\n"
path.write_text(good if "def def" in path.read_text() else "def def")
"""
RUN = """
import sys
from pathlib import Path
from tinygrad_neuron.course.guide import Guide
from tinygrad_neuron.course.lessons import read
from tinygrad_neuron.course.progress import Store
sys.exit(not Guide(read(Path(sys.argv[1])), Store(Path(sys.argv[2]))).start())
"""
TASK = "Enter a solution.* > "
NEXT, ANSWER, SLIDE = "q quit > ", "reveals.* > ", "s goes on > "


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    path = tmp_path / "lesson_7_pilot.py"
    path.write_text(PILOT, "utf-8")
    return path


@pytest.fixture
def learn(tmp_path: Path, pilot: Path) -> Iterator[Callable[..., Any]]:
    """Starts the guided run of the pilot lesson in a terminal of its own."""
    started = []
    editor = tmp_path / "editor.py"  # at its first visit it spoils the code, then it mends it
    editor.write_text(EDITOR, "utf-8")

    def start(*arguments: str, **environment: str) -> Any:
        command = list(arguments) or ["-c", RUN, str(pilot), str(tmp_path / "progress.json")]
        terminal = pexpect.spawn(
            sys.executable,
            command,
            encoding="utf-8",
            timeout=20,
            dimensions=(40, 100),
            env={
                **{k: v for k, v in os.environ.items() if k != "NO_COLOR"},
                "TERM": "xterm-256color",
                "PYTHONUTF8": "1",
                "BROWSER": "true",  # a program that opens nothing
                "TMPDIR": str(tmp_path),
                "VISUAL": f"{sys.executable} {editor}",
                "XDG_DATA_HOME": str(tmp_path / "data"),
                **environment,
            },
            echo=False,
            # A test command in the background of a shell ignores it, and hands that on.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        started.append(terminal)
        return terminal

    yield start
    for terminal in started:
        terminal.kill(signal.SIGTERM)  # and coverage writes down what it saw
        terminal.close(force=True)


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text).replace("\r", "")


def say(terminal: Any, line: str, until: str) -> str:
    """Type a line; returns what is shown before the next prompt."""
    terminal.sendline(line)
    terminal.expect(until)
    return plain(terminal.before)


def kept(tmp_path: Path) -> Any:
    return json.loads((tmp_path / "progress.json").read_text())["lessons"]["7"]


def test_a_lesson_to_its_end_with_every_kind_of_answer(learn, tmp_path):
    terminal = learn()
    terminal.expect(NEXT)
    assert "The sum of w₁ and w₂ is (w₁ + w₂)/1." in plain(terminal.before)
    assert "total = 1 + 1" in say(terminal, "", NEXT)
    shown = say(terminal, "", ANSWER)
    assert "What is one and one?" in shown
    assert "answer=2" not in shown  # the code would give it away
    assert "That is writing, not adding." in say(terminal, "11", ANSWER)
    assert "Count your thumbs." in say(terminal, "3", ANSWER)
    assert "a number, such as" in say(terminal, "two", ANSWER)
    assert "Count your thumbs." in say(terminal, "?", ANSWER)
    assert "Two ones make two." in say(terminal, "2", NEXT)
    shown = say(terminal, "", NEXT)
    assert "the total is 2" in shown
    assert "A picture of two thumbs." in shown
    assert "o opens it" in shown
    opened = re.search(r"opened (\S+\.html)", say(terminal, "o", NEXT))
    assert "A picture of two thumbs." in Path(opened[1]).read_text("utf-8")
    assert "slope 1" in say(terminal, "", SLIDE)
    assert "slope 2" in say(terminal, ">", SLIDE)
    assert "slope 1" in say(terminal, "<", SLIDE)
    assert "slope 3" in say(terminal, "3", SLIDE)
    say(terminal, "s", NEXT)
    assert "b) OR" in say(terminal, "", ANSWER)
    assert "One is enough." in say(terminal, "a", ANSWER)
    assert "And the square of 3?" in say(terminal, "b", ANSWER)
    assert "Answer: 9" in say(terminal, "", NEXT)
    shown = say(terminal, "", TASK)  # the cell that only checks is passed over
    assert "Lesson 7 · 7 of 8" in shown  # and not counted
    assert "Write double." in shown.replace("`", "")
    assert "def double(x)" in shown
    assert "assert" not in shown
    assert "Two of them." in say(terminal, "?", TASK)
    terminal.sendline("def double(x):")
    terminal.sendline("    return x ** 2")
    assert "double(3) gives 9; it should give 6." in say(terminal, ".", TASK)
    assert "Line 1 is not Python" in say(terminal, "e", TASK)
    assert "Right." in say(terminal, "e", NEXT)  # the editor is given what it left
    assert re.search(r"OR\s+│?\s*1", say(terminal, "", NEXT))
    terminal.sendline("")
    terminal.expect(pexpect.EOF)
    assert "3 of 4 questions answered, 1 revealed." in plain(terminal.before)
    assert {"answered": 3, "revealed": 1} == {
        how: list(kept(tmp_path)["questions"].values()).count(how)
        for how in ("answered", "revealed")
    }
    assert kept(tmp_path)["finished"]


def test_back_jump_help_quit_and_resume(learn, tmp_path):
    terminal = learn()
    terminal.expect(NEXT)
    assert "This is the first cell." in say(terminal, "b", NEXT)
    assert "the cell before" in say(terminal, "?", NEXT)
    assert "neither a key" in say(terminal, "99", NEXT)
    assert "the total is 2" in say(terminal, "4", NEXT)  # the cells before it have run
    assert "What is one and one?" in say(terminal, "b", ANSWER)
    assert "total = 1 + 1" in say(terminal, ":b", NEXT)
    say(terminal, "4", NEXT)
    terminal.sendline("q")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert 0 == terminal.exitstatus
    assert 3 == kept(tmp_path)["cell"]
    again = learn()
    again.expect(NEXT)
    assert "You go on at cell 4 of 8" in plain(again.before)
    assert "the total is 2" in plain(again.before)
    say(again, "3", ANSWER)
    again.sendline("q")
    again.expect(pexpect.EOF)
    assert 2 == kept(tmp_path)["cell"]


@pytest.mark.parametrize("key", ["\x03", "\x04"])
def test_an_interrupt_ends_the_lesson_and_keeps_the_place(learn, tmp_path, key):
    terminal = learn()
    terminal.expect(NEXT)
    say(terminal, "3", ANSWER)
    terminal.send(key)
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert 0 == terminal.exitstatus
    assert "Traceback" not in plain(terminal.before)
    assert 2 == kept(tmp_path)["cell"]


def test_colours_are_left_out_where_they_are_not_wanted(learn):
    coloured, plain_one = learn(), learn(NO_COLOR="1")
    for terminal in (coloured, plain_one):
        terminal.expect(NEXT)
        say(terminal, "2", NEXT)
    colours = r"\x1b\[[0-9;]*[39][0-7]"
    assert re.search(colours, coloured.before)
    assert not re.search(colours, plain_one.before)


def test_a_cell_that_fails_shows_the_lessons_line_and_ends(learn, pilot):
    pilot.write_text(PILOT.replace("total = 1 + 1", "total = 1 / 0"), "utf-8")
    terminal = learn()
    terminal.expect(NEXT)
    terminal.sendline("")
    terminal.expect(pexpect.EOF)
    terminal.close()
    shown = plain(terminal.before)
    assert "lesson_7_pilot.py" in shown
    assert "total = 1 / 0" in shown.split("Traceback")[1]
    assert "ZeroDivisionError" in shown
    assert "running.py" not in shown
    assert 1 == terminal.exitstatus


def test_without_rich_the_lesson_stands_as_it_is_written(learn, tmp_path):
    code = "import sys; sys.modules['rich'] = None\n" + RUN
    store = str(tmp_path / "p.json")
    terminal = learn("-c", code, str(tmp_path / "lesson_7_pilot.py"), store)
    terminal.expect(NEXT)
    assert "\x1b" not in terminal.before
    text = "# Lesson 7. A pilot\n\nThe **sum** of w₁ and w₂ is (w₁ + w₂)/1.\n"
    assert text in plain(terminal.before)


def test_the_real_first_lesson_to_its_end_by_the_command_line(learn):
    terminal = learn("-m", "tinygrad_neuron", "learn", "1")
    for _ in range(400):
        at = terminal.expect([NEXT, ANSWER, SLIDE, TASK, pexpect.EOF])
        assert "Traceback" not in terminal.before
        widths = [len(line) for line in plain(terminal.before).splitlines() if "    " not in line]
        assert max(widths, default=0) <= 80
        if at == 4:
            break
        terminal.sendline("")
    terminal.close()
    assert 0 == terminal.exitstatus
    listed = command(terminal.env, "learn").stdout
    assert re.search(r"^ +1 .* finished, 0 of \d+ questions answered$", listed, re.MULTILINE)
    assert "forgot" in command(terminal.env, "learn", "--reset", "1").stdout
    assert "finished" not in command(terminal.env, "learn").stdout


def command(environment: Any, *arguments: str) -> "subprocess.CompletedProcess[str]":
    run = [sys.executable, "-m", "tinygrad_neuron", *arguments]
    return subprocess.run(
        run, capture_output=True, encoding="utf-8", env=environment, stdin=subprocess.DEVNULL
    )
