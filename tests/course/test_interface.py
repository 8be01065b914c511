"""The words of the interface stand in one file, and a translation is one file."""

import json
import re

import pytest

from tinygrad_neuron.cli import main
from tinygrad_neuron.course import pages
from tinygrad_neuron.course.interface import CHOSEN, FILE, say, words
from tinygrad_neuron.course.questions import Question
from tinygrad_neuron.course.tasks import Task
from tinygrad_neuron.course.writing import new

ROOM = FILE.parent


@pytest.fixture
def translated(tmp_path, monkeypatch):
    """Every word in brackets, so that one which is not from the file is seen."""
    own = {name: f"[{text}]" for name, text in words().items()}
    path = tmp_path / "interface.json"
    path.write_text(json.dumps({**own, "language": "de"}), "utf-8")
    monkeypatch.setenv(CHOSEN, str(path))
    return path


def test_every_word_that_is_said_is_in_the_file_and_every_one_there_is_said():
    said = {"language", "exercise", "right", "wrong"}
    for path in [*ROOM.glob("*.py"), *ROOM.glob("*.js")]:
        said |= set(re.findall(r"""\b(?:say|word)\(\s*["']([^"']+)["']""", path.read_text("utf-8")))
    unsaid = set(words()) - said - {"predict", "expected", "is not one", "shown earlier"}
    assert set() == unsaid  # those left out are one of two, chosen by a condition
    assert set() == said - set(words())


def test_a_question_is_shown_and_judged_in_the_words_of_a_translation(translated):
    asked = Question("1 + 1?", 2, hint="Count.")
    assert "[The answer is [a number, such as 0.5, -2 or 1/3]; 'x' is not one.]" == (
        asked.check("x").message
    )
    assert "[Right.]" == asked.check(2).message
    made = pages.to_html(asked)
    assert "<summary>[Hint]</summary>" in made and '"show me": "[Show me]"' in made
    assert ">Hint<" not in made and ">Exercise." not in made
    task = Task("Write it.", "def f(): return 1", "def f(): return 2", cases=[((), 2)])
    assert '<p class="kind">[Task in code]</p>' in pages.to_html(task)


def test_the_words_of_a_folder_are_those_of_its_course(translated, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(CHOSEN, "")
    own = tmp_path / "own"
    new("thermostat", own)
    (own / "course.txt").write_text("16\n")
    translated.rename(own / "interface.json")
    assert 0 == main(["course", "notes", str(tmp_path / "out"), "--lessons", str(own)])
    assert "[Right.]" == say("right")  # for what runs after it, kernels too
    (own / "interface.json").write_text('{"cheque": "x"}')
    words.cache_clear()
    assert 2 == main(["learn", "--lessons", str(own)])
    assert "interface.json has cheque; it has the names of" in capsys.readouterr().err


@pytest.mark.once
def test_a_page_speaks_it(translated, browser, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(pages.to_page([Question("1 + 1?", 2, hint="Count.")], "t"), "utf-8")
    tab = browser.new_page()
    tab.goto(path.as_uri())
    tab.get_by_role("button", name="[Hint]").click()
    tab.get_by_role("textbox").fill("x")
    tab.get_by_role("button", name="[Check]").click()
    assert '; "x" is not one.]' in tab.get_by_role("status").inner_text()
    tab.close()


@pytest.mark.parametrize(
    "text", ["{gegeben}", "{given", "}", "{given.__class__}", "{given!r}", "{given:>99999999999}"]
)
def test_a_translation_puts_in_what_is_put_in_there_and_nothing_else(tmp_path, text):
    path = tmp_path / "interface.json"
    path.write_text(json.dumps({"decimal point": text}), "utf-8")
    with pytest.raises(ValueError, match=r"'decimal point' is '.*'; in braces stands what stands"):
        words(str(path))


def test_a_translation_that_is_nested_without_end_is_none(tmp_path):
    path = tmp_path / "interface.json"
    path.write_text("[" * 100_000, "utf-8")
    with pytest.raises(ValueError, match=r"interface\.json is not JSON"):
        words(str(path))
