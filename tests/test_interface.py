"""The words of the interface stand in one file, and a translation is one file."""

import ast
import html
import io
import json
import re

import pytest

from tinygrad_neuron import Value, draw_dot, draw_network, interface, nn, walkthrough
from tinygrad_neuron.cli import main
from tinygrad_neuron.course import pages
from tinygrad_neuron.course.chosen import course
from tinygrad_neuron.course.guide import overview, printed
from tinygrad_neuron.course.hidden import bring, packed
from tinygrad_neuron.course.lessons import folder
from tinygrad_neuron.course.progress import Store
from tinygrad_neuron.course.questions import Question
from tinygrad_neuron.course.tasks import Task
from tinygrad_neuron.course.writing import new
from tinygrad_neuron.draw.legend import styles
from tinygrad_neuron.draw.themes import find_theme
from tinygrad_neuron.interface import CHOSEN, FILE, say, speaking, words
from tinygrad_neuron.walk.page import page_html
from tinygrad_neuron.walk.terminal import view

COURSE = FILE.parent / "course"
# Where what a learner reads is made, and what looks there like words to be read and is none.
SEEN = [
    "commands", "gathering", "guide", "hidden", "notebooks", "notes", "pages", "plain", "progress",
    "question_pages", "questions", "reports", "screen", "slides", "tasks", "telling",
]  # fmt: skip
NO_WORDS = re.compile(
    r".* [|] None|dict\[.*|re\.Match.*|Exercises|Sources|.* brings it|from .*|.*\nfrom .*|Python 3"
    r"|.*python -m tinygrad_neuron learn .*|.*<script.*|bold .*|Callable.*|Reveal.*|max-width.*"
    r"|Date|\w+ \| \w+",
    re.DOTALL,
)
FAR = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "абцдефгхийклмнопярстувщхызАБЦДЕФГХИЙКЛМНОПЯРСТУВЩХЫЗ",
)


LESSON = """\
# %% [markdown]
# # Теплота
#
# - Тепло

# %% tags=["remove-input"]
from tinygrad_neuron.course import exercise, predict, show, slider, task

# %%
predict("Сколько?", answer=2, wrong={3: "Много."}, hint="Мало.", explanation="Два.")

# %%
show("теплота", "Тепло и свет.")
slider("b", [1, 2], lambda b: (f"тепло {b}", "свет"))

# %%
task("Сделай.", start="def f():\\n    return 1", solution="def f():\\n    return 2",
     cases=[((), 2)])
exercise("Куда?", options=["вниз", "вверх"], answer="вниз", wrong={"вверх": "Нет."})
exercise("Что?", answer="x + 1", variables=("x",))
exercise("Сколько?!", answer=(1, 2), names=("w", "b"), judge=lambda w, b: None)
"""


def far(text):
    """A text in letters of another script, so that one which is not translated is seen; what is put
    in, what is code and what is a key stays."""
    kept = re.compile(r"\{\w*\}|`[^`]*`|<[^>]*>|&\w+;|VISUAL|EDITOR|w / 4|:q|:7|:b| [bqeos] ")
    pieces = zip(kept.split(text), [*kept.findall(text), ""], strict=True)
    return "".join(piece.translate(FAR) + own for piece, own in pieces)


@pytest.fixture
def translated(tmp_path, monkeypatch):
    """Every word in brackets, so that one which is not from the file is seen."""
    own = {name: f"[{text}]" for name, text in words().items()}
    path = tmp_path / "interface.json"
    path.write_text(json.dumps({**own, "language": "de"}), "utf-8")
    monkeypatch.setenv(CHOSEN, str(path))
    return path


@pytest.fixture
def foreign(tmp_path, monkeypatch):
    """A folder with a lesson and an interface that have no word in our letters."""
    own = tmp_path / "own"
    own.mkdir()
    (own / "lesson_16_thermostat.py").write_text(LESSON, "utf-8")
    (own / "course.txt").write_text(f"title: {far('Neurons')}\n16\n", "utf-8")
    made = {name: far(text) for name, text in words().items()}
    (own / "interface.json").write_text(json.dumps({**made, "language": "ru"}), "utf-8")
    monkeypatch.setenv(CHOSEN, "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return own


def ours(text):
    """The words in our letters that a text has, without code, tags and what is out of sight."""
    text = re.sub(r"<(style|script|code|pre|svg|math|title)\b.*?</\1>", " ", text, flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", " ", text)
    text = re.sub(r"`[^`]*`", " ", html.unescape(text))
    return set(re.findall(r"[A-Za-z]{3,}", text))


def test_every_word_that_is_said_is_in_the_file_and_every_one_there_is_said():
    sources = [(folder() / "book" / "conf.py").read_text("utf-8")]
    sources += [
        path.read_text("utf-8")
        for room in ("course", "walk", "draw")
        for kind in ("*.py", "*.js", "*.html")
        for path in (FILE.parent / room).rglob(kind)
    ]
    cells = FILE.parent / "laboratory"  # of lessons: its other pages are in English
    sources += [path.read_text("utf-8") for path in cells.glob("*.py")]
    for name in ("lesson", "outputs", "python", "worker"):
        script = (cells / "page" / f"{name}.js").read_text("utf-8")
        sources.append(re.sub(r"\bsay\(", "tell(", script))
    said = {
        name
        for source in sources
        for name in re.findall(r"""\b(?:say|word)\(\s*["']([^"'{]+)["'][,)]""", source)
    }
    assert set() == said - set(words())
    said |= {f"kind {kind}" for kind in styles(find_theme(None))}  # which the legend puts together
    said |= {name for source in sources for name in re.findall(r"\{\{say ([^}]+)\}\}", source)}
    assert set() == said - set(words())
    named = "\n".join(sources)
    quoted = [name for name in words() if f'"{name}"' in named or f"'{name}'" in named]
    assert set() == set(words()) - said - set(quoted)


def test_a_script_has_the_words_that_it_says():
    for path in [*COURSE.rglob("*.js"), *(FILE.parent / "walk").rglob("*.js")]:
        source = path.read_text("utf-8")
        has = json.loads(speaking(source).split("const WORDS = ")[1].split(";\n")[0])
        assert set() == set(re.findall(r'\bword\("([^"]+)"', source)) - set(has), path.name


def test_no_word_that_a_learner_reads_stands_outside_of_the_file():
    """Two words in a row, or one with a capital, in a text that is no docstring and no error."""
    found = []
    for name in SEEN:
        tree = ast.parse((COURSE / f"{name}.py").read_text("utf-8"))
        left_out = {
            id(part) for node in ast.walk(tree) if _is_unseen(node) for part in ast.walk(node)
        }
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
                continue
            text = re.sub(r"<[^>]*>?|\{[^}]*\}|[\w-]+=\"[^\"]*\"?", " ", node.value)
            is_read = re.search(r"[A-Za-z]{2,},? [a-z]{2,}|\b[A-Z][a-z]{3,}\b", text)
            known = node.value in words() or NO_WORDS.fullmatch(node.value)
            if is_read and not known and id(node) not in left_out:
                found.append(f"{name}.py:{node.lineno} {node.value!r}")
    for path in [*COURSE.rglob("*.js"), *(FILE.parent / "walk").rglob("*.js")]:
        text = re.sub(r"^ *//.*", "", path.read_text("utf-8"), flags=re.MULTILINE)
        found += [
            f"{path.name} {one!r}" for one in re.findall(r'["`][A-Z][a-z]+ [a-z][^"`]*', text)
        ]
    assert not found, "\n".join(found)


def _is_unseen(node):
    """Whether it is an error, one of who writes a lesson too, a docstring, or what is said."""
    if isinstance(node, ast.FunctionDef):
        return node.name == "__post_init__"
    if isinstance(node, ast.Call):
        return getattr(node.func, "id", "") == "say"
    is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_docstring or isinstance(node, ast.Raise)


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
    assert "[f() gives 1; it should give 2.]" == task.check("def f(): return 1").message


def test_the_words_of_a_folder_are_those_of_its_course(translated, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(CHOSEN, "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
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
    (own / "interface.json").write_text('{"expected": "{answer}!"}')
    words.cache_clear()
    assert 2 == main(["learn", "--lessons", str(own)])
    assert "'expected' is '{answer}!'; in braces stands what stands" in capsys.readouterr().err


def test_notes_slides_terminal_and_notebooks_speak_it(foreign, tmp_path, capsys):
    pytest.importorskip("sphinx_revealjs", reason="the extra teach is not installed")
    for action in ("notes", "slides", "handout"):
        assert 0 == main(["course", action, str(tmp_path / action), "--lessons", str(foreign)])
    capsys.readouterr()
    for path in [*tmp_path.glob("notes/*.html"), *tmp_path.glob("slides/*.html")]:
        assert set() == ours(path.read_text("utf-8")), path
        assert 'lang="ru"' in path.read_text("utf-8")
    assert 0 == main(["learn", "--lessons", str(foreign)])
    screen = io.StringIO()
    assert printed(course(foreign).lesson(16), screen)
    for line in (capsys.readouterr().out + screen.getvalue()).splitlines():
        is_code = line.startswith("    ") or re.match(r"\s*(?:def|return|draft)\b", line)
        assert is_code or set() == ours(line) - {"sin", "forth"}, line
    assert set() == ours(overview(Store(None), course(foreign).lessons))
    notebook = json.loads(next(tmp_path.glob("handout/students/*.ipynb")).read_text("utf-8"))
    told = [
        line
        for cell in notebook["cells"]
        for line in "".join(cell["source"]).splitlines()
        if cell["cell_type"] == "markdown" or line.startswith("# ")
    ]
    assert [] == [line for line in told if ours(line)]
    assert 'course.bring("interface.json", ' in json.dumps(notebook).replace('\\"', '"')


def test_a_notebook_brings_its_words_along(foreign, tmp_path, monkeypatch):
    monkeypatch.setattr(interface, "_brought", {})
    bring("interface.json", packed(foreign / "interface.json"))
    assert far("Right.") == say("right")


def test_reports_speak_it(foreign, tmp_path, capsys):
    assert 0 == main(["course", "handout", str(tmp_path / "out"), "--lessons", str(foreign)])
    path = next(tmp_path.glob("out/students/*.ipynb"))
    made = json.loads(path.read_text("utf-8"))
    made["cells"].append({"cell_type": "code", "source": "course.check('x', 1)\n1 / 0"})
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / f"{path.stem}-{far('Anna')}.ipynb").write_text(json.dumps(made), "utf-8")
    out = tmp_path / "judged"
    assert 0 == main(["course", "judge", str(tmp_path / "in"), str(out), "--lessons", str(foreign)])
    [report] = out.glob("*.html")
    told = ours(report.read_text("utf-8"))
    assert {
        "course",
        "check",
        "ZeroDivisionError",
        "division",
        "zero",
    } == told  # a cell, and its error


def test_legends_of_pictures_speak_it(translated):
    x, w = Value(5.0, label="x"), Value(-1.0, label="w")
    y = (w * x).relu() + (w * x).tanh()
    y.backward()
    told = draw_dot(y).source.replace("&#93;", "]")
    for name in ("input", "operation", "output"):
        assert f">[{name}]<" in told and f">{name}<" not in told
    assert "[local derivative, the factor on the way back]" in told
    assert "[saturated: local derivative below 0.01 for this example]" in told
    network = draw_network(nn.MLP(2, [2, 1], seed=0)).source.replace("&#93;", "]")
    assert "[positive weight]" in network and "[a third of it: " in network


def test_a_walkthrough_in_a_terminal_speaks_it(foreign, monkeypatch):
    """What stands in the table of operations, and in the flags of pictures, is English."""
    monkeypatch.setenv(CHOSEN, str(foreign / "interface.json"))
    w, x = Value(0.5, label="w"), Value(2.0, label="x")
    walk = walkthrough((w * x + 1.0).tanh())
    told = walk.text() + "".join(view(walk, at) for at in range(len(walk.steps)))
    sentences = [re.sub(r": [^:]*$", "", step.sentence) for step in walk.steps]
    assert far("The gradient of") in told and far("computed as") in told
    names = {"tanh", "add", "multiply"}
    assert set() == set(re.findall(r"[A-Za-z]{3,}", " ".join(sentences))) - names


@pytest.mark.once
def test_a_walkthrough_page_speaks_it(foreign, monkeypatch, browser, tmp_path):
    """All that is seen, told to a screen reader, or said on the way through both passes."""
    monkeypatch.setenv(CHOSEN, str(foreign / "interface.json"))
    w, x = Value(0.5, label="w"), Value(2.0, label="x")
    path = tmp_path / "walk.html"
    path.write_text(page_html((w * x + 1.0).tanh(), title="т"), "utf-8")
    tab = browser.new_page()
    complaints = []
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto(path.as_uri())
    tab.locator("#predicting").check()
    told = []
    for _ in range(12):
        told.append(tab.locator("body").inner_text())
        for part in ("aria-label", "title", "placeholder"):
            named = (
                f"[...document.querySelectorAll('[{part}]')].map(one => one.getAttribute('{part}'))"
            )
            told += tab.evaluate(named)
        for name in ("curve", "verify", "paths", "flags"):
            tab.locator(f"#tabs [data-tab={name}]").click()
            told.append(tab.locator("#panels").inner_text())
        tab.locator("#next").click()
        if tab.locator("#prediction input").count():
            tab.locator("#prediction input").fill("77")
            tab.locator("#prediction [type=submit]").click()
    operations = {
        "tanh",
        "data",
        "grad",
        "add",
        "mul",
        "multiply",
        "Home",
        "End",
        "Tab",
        "NaN",
        "nan",
    }
    left = set(re.findall(r"[A-Za-z]{3,}", " ".join(told))) - operations
    tab.close()
    assert [] == complaints
    assert far("Before the first step") in told[0]
    assert far("The size is right") in " ".join(told) or far("Not yet.") in " ".join(told)
    assert set() == left


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
    "text",
    [
        "{gegeben}",
        "{given",
        "}",
        "{given.__class__}",
        "{given!r}",
        "{given:>99999999999}",
        "{{given}}",
    ],
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


def test_a_translation_that_is_no_text_is_none(tmp_path):
    path = tmp_path / "interface.json"
    path.write_bytes(b'{"right": "\xff"}')
    with pytest.raises(ValueError, match=r"interface\.json is not written in UTF-8: invalid start"):
        words(str(path))
