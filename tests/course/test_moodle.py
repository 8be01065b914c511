"""The questions as Moodle's XML: checked against its format, and parsed back."""

import base64
import re
from xml.etree import ElementTree

import pytest

from tinygrad_neuron.cli import main
from tinygrad_neuron.course.chosen import course
from tinygrad_neuron.course.moodle import to_moodle
from tinygrad_neuron.course.questions import Question
from tinygrad_neuron.course.results import asked as records
from tinygrad_neuron.course.results import run_here
from tinygrad_neuron.course.writing import new

MORE = """
# %% [markdown]
# ## More

# %% tags=["hide-input"]
show(draw_dot(y), "The neuron, $w_0 < 1$.")

# %%
predict("Two numbers, with $a < b$ & **bold**: ]]> ?", answer=(1, -0.5), names=("a", "b"),
        wrong={(1, 2): "No."})

# %%
exercise("A third, $\\\\frac{1}{3}$, of `x`?", answer=1/3, hint="Divide.",
         wrong={3: "The other way round."})

# %% [markdown]
# ## Beside
#
# ![An oven "on"](oven.svg)

# %%
exercise("Say it.", answer="3*x**2 + y", variables=("x", "y"),
         wrong={"x**3 + y": "Slope.", "3*x + y": "Power."})
"""
# Of every type: what stands in it once, and what may stand in it several times.
COMMON = {"name", "questiontext", "generalfeedback", "defaultgrade", "penalty", "hidden"}
NEEDED = {
    "category": {"category"},
    "multichoice": COMMON | {"single", "shuffleanswers", "answernumbering", "answer"},
    "numerical": COMMON | {"unitgradingtype", "unitpenalty", "showunits", "unitsleft", "answer"},
    "cloze": COMMON,
    "essay": COMMON
    | {"responseformat", "responserequired", "responsefieldlines", "attachments"}
    | {"attachmentsrequired", "graderinfo", "responsetemplate"},
}
GAP = re.compile(r"\{1:NUMERICAL:=(-?[\d.e-]+):([\d.e-]+)\}")


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    path = new("thermostat", folder)
    path.write_text(path.read_text("utf-8") + MORE, "utf-8")
    (folder / "oven.svg").write_text("<svg/>")
    (folder / "course.txt").write_text("title: In a day / two\n16\n")
    return folder


@pytest.fixture(scope="module")
def quiz(own):
    return ElementTree.fromstring(to_moodle(course(own)).encode())


def questions(quiz):
    return [question for question in quiz if question.get("type") != "category"]


def test_names_are_text_and_pictures_say_what_they_show(quiz):
    told = {
        question.findtext("name/text"): re.findall(r'<img [^>]*alt="([^"]*)"', text)
        for question in questions(quiz)
        if (text := question.findtext("questiontext/text"))
    }
    assert ["The neuron, w₀ &lt; 1."] == told["16.07 A third, 1/3, of x?"]
    assert ["An oven &quot;on&quot;"] == told["16.08 Say it."]
    assert not [name for name in told if "\\" in name or "$" in name]


def test_what_xml_has_no_sign_for_is_left_out(tmp_path):
    """A text that is not raw makes a form feed of the first letters of a fraction."""
    path = new("thermostat", tmp_path)
    text = path.read_text("utf-8")
    path.write_text(text.replace("Which way", "Is \\frac \\x00 which way"), "utf-8")
    (tmp_path / "course.txt").write_text("16\n")
    assert "Is \ufffdrac \ufffd which way" in to_moodle(course(tmp_path))


def test_every_element_is_one_of_the_format_and_none_is_missing(quiz):
    assert "quiz" == quiz.tag
    for question in quiz:
        assert "question" == question.tag
        kind = question.get("type")
        tags = [part.tag for part in question]
        assert NEEDED[kind] <= set(tags) <= NEEDED[kind] | {"hint"}
        assert all(tags.count(tag) == 1 for tag in set(tags) - {"answer", "hint"})
        for part in question:
            if part.tag in ("name", "category", "questiontext", "generalfeedback", "hint"):
                assert part.find("text") is not None
        for answer in question.findall("answer"):
            assert 0 <= float(answer.get("fraction")) <= 100
            assert answer.find("text").text and answer.find("feedback/text") is not None
        if kind in ("multichoice", "numerical"):
            shares = [answer.get("fraction") for answer in question.findall("answer")]
            assert 1 == shares.count("100")
        if kind == "numerical":
            for answer in question.findall("answer"):
                assert float(answer.find("tolerance").text) >= 0 or float(answer.find("text").text)


# What Moodle's import (question/format/xml/format.php) reads by these names, and of which values.
VALUES = {
    "penalty": r"0\.3333333", "defaultgrade": r"1", "hidden": r"0", "single": r"true",
    "shuffleanswers": r"false", "answernumbering": r"abc|ABC|123|none", "unitgradingtype": r"0",
    "unitpenalty": r"0\.1", "showunits": r"3", "unitsleft": r"0",
    "responseformat": r"editor|plain|monospaced|noinline|editorfilepicker",
    "responserequired": r"[01]", "responsefieldlines": r"\d+", "attachments": r"0",
    "attachmentsrequired": r"0", "tolerance": r"[\d.]+(?:e-?\d+)?",
}  # fmt: skip
FORMATS = {"html", "moodle_auto_format", "plain_text", "markdown"}


def test_every_value_is_one_that_moodle_reads(quiz):
    for element in quiz.iter():
        if element.tag in VALUES:
            assert re.fullmatch(VALUES[element.tag], element.text), element.tag
        assert element.get("format", "html") in FORMATS
        if element.tag in ("text", "tolerance", "file"):
            assert not list(element)  # HTML in it is text
    for question in questions(quiz):
        assert 0 < len(question.find("name/text").text) <= 255
        for answer in question.findall("answer"):
            if question.get("type") == "numerical":
                assert re.fullmatch(r"-?\d+(\.\d+)?(e[-+]?\d+)?", answer.find("text").text)
    for element in quiz.iter():  # HTML is well formed; code to begin with is no HTML
        if element.get("format") == "html" and element.tag != "responsetemplate":
            text = element.find("text").text or ""
            ElementTree.fromstring(f"<div>{text}</div>")


def test_the_picture_before_a_question_is_a_file_of_its_text(quiz):
    files = list(quiz.iter("file"))
    assert files
    for question in questions(quiz):
        text = question.find("questiontext")
        named = re.findall(r'src="@@PLUGINFILE@@/([^"]+)"', text.find("text").text)
        assert named == [file.get("name") for file in text.findall("file")]
        for file in text.findall("file"):
            assert ("base64", "/") == (file.get("encoding"), file.get("path"))
            content = base64.b64decode(file.text, validate=True)
            assert content.lstrip().startswith((b"<?xml", b"<svg")), content[:60]


def test_every_question_is_there_and_its_answer_parsed_back_is_right(own, quiz):
    lesson = course(own).lesson(16)
    found = questions(quiz)
    told = records(run_here(lesson))
    assert len(found) == lesson.questions == len(told)
    for element, asked in zip(found, told, strict=True):
        kind = element.get("type")
        right = [a for a in element.findall("answer") if a.get("fraction") == "100"]
        if kind == "multichoice":
            assert asked.check(re.sub("<[^>]*>", "", right[0].find("text").text)).right
        elif kind == "cloze":
            numbers = [float(n) for n, _ in GAP.findall(element.find("questiontext/text").text)]
            assert asked.check(tuple(numbers)).right
        elif kind == "numerical":
            text = element.find("questiontext/text").text
            at = dict(re.findall(r"(\w+) = (-?[\d.]+)", text.rpartition("formula at")[2]))
            number, within = (
                float(right[0].find("text").text),
                float(right[0].find("tolerance").text),
            )
            if at:
                expected = eval(asked.answer, {n: float(x) for n, x in at.items()})
                assert abs(expected - number) < 1e-6
            else:
                assert asked.check(number).right
            others = [a for a in element.findall("answer") if a.get("fraction") == "0"]
            assert len(asked.wrong) == len(others)
            assert all(abs(float(a.find("text").text) - number) > within for a in others)
            assert list(asked.wrong.values()) == [
                re.sub("<[^>]*>", "", a.find("feedback/text").text) for a in others
            ]


def test_texts_are_html_with_formulas_for_mathjax(quiz):
    text = (
        next(q for q in questions(quiz) if q.get("type") == "cloze").find("questiontext/text").text
    )
    assert r"\(a &lt; b\) &amp; <strong>bold</strong>: ]]&gt; ?" in text


def test_a_category_has_no_levels_but_ours(quiz):
    [category] = [q.find("category/text").text for q in quiz if q.get("type") == "category"]
    assert "$course$/top/In a day // two/Lesson 16. Thermostat" == category


def test_what_python_judges_is_an_essay_with_its_solution(quiz):
    essays = [q for q in questions(quiz) if q.get("type") == "essay"]
    assert 2 == len(essays)
    assert "return w * x + b" in essays[0].find("graderinfo/text").text
    assert "def neuron" in essays[0].find("responsetemplate/text").text
    assert "w = 1, b = -2" in essays[1].find("graderinfo/text").text


def test_the_command_writes_a_file(own, tmp_path, capsys):
    path = tmp_path / "new" / "questions.xml"
    assert 0 == main(["course", "moodle", str(path), "--lessons", str(own)])
    assert 9 == len(ElementTree.parse(path).getroot())


def test_a_formula_is_asked_where_wrong_ones_differ():
    from tinygrad_neuron.course import moodle

    asked = Question("f?", "2*x", variables=("x",), wrong={"x**2": "No.", "3*x - 1.5": "No."})
    values = list(moodle._values(asked, moodle._point(asked)))
    assert len({round(value, 6) for value, _, _ in values}) == 3
