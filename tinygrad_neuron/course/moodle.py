"""The questions of a course for Moodle: its XML (docs.moodle.org: "Moodle XML format").

A choice becomes a multiple choice, a number a numerical question, several numbers one with gaps
(cloze). Moodle computes with no formulas, so one is asked for its value at a point. What Python has
to judge (a task, an exercise with many right answers) becomes an essay, with a solution for the
teacher. A picture that was shown just before goes along as a file. Anticipated wrong answers bring
their hints along.
"""

import hashlib
import html
import math
import re
from collections.abc import Callable, Iterator
from xml.etree import ElementTree

from .chosen import Course
from .images import figures
from .lessons import Lesson, LessonError
from .marking import marked_up
from .questions import Question, value_at
from .results import Picture, Results, results
from .tasks import Task
from .telling import parts
from .tex import FORMULA, readable

_NONE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # what XML has no sign for
_SHOWN = 1e-3  # of a number that is typed: relative
_POINTS = (1.5, 2.0, 0.5, 3.0, -1.0, 2.5, -2.0, 0.25)


def to_moodle(course: Course, told: "Callable[[Lesson], object]" = lambda lesson: None) -> str:
    """The questions of all lessons, each lesson a category; `told` is called with each lesson that
    has to be run for them.

    Raises a `LessonError` for a lesson that fails.
    """
    quiz = ElementTree.Element("quiz")
    for lesson, shown in results(course, told):
        category = _add(quiz, "question", type="category")
        name = f"Lesson {lesson.number}. {lesson.title}".replace("/", "//")  # a slash parts levels
        title = course.title.replace("/", "//")
        _text(category, "category", f"$course$/top/{title}/{name}")
        for number, (record, picture) in enumerate(_with_pictures(lesson, shown), 1):
            _question(quiz, f"{lesson.number}.{number:02}", record, picture)
    ElementTree.indent(quiz, " ")
    text = _NONE.sub("\ufffd", ElementTree.tostring(quiz, "unicode"))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _with_pictures(
    lesson: Lesson, shown: Results
) -> Iterator[tuple["Question | Task", "Picture | None"]]:
    """Each question, with the picture last shown before it under the same heading, for it may be
    asked about that."""
    picture = None
    for cell, found in zip(lesson.cells, shown, strict=True):
        for part in parts(cell) if cell.kind == "text" else ():
            if part.heading:
                picture = None
            if own := figures(part.text, lesson.path.parent):
                picture = Picture(*own[-1])
        for result in found:
            if isinstance(result, Picture):
                picture = result
            elif isinstance(result, Question | Task):
                yield result, picture


def _question(
    quiz: ElementTree.Element, number: str, asked: "Question | Task", picture: "Picture | None"
) -> None:
    """Add one question; a drawn picture goes along as a file of its text."""
    kind = "essay" if isinstance(asked, Task) or asked.is_open else _TYPES[asked.kind]
    made = _add(quiz, "question", type=kind)
    _text(made, "name", f"{number} {_short(asked.text)}")
    text = _html(asked.text)
    if kind == "cloze":
        text += f"<p>{_gaps(asked)}</p>"
    point = None
    if not isinstance(asked, Task) and asked.kind == "expression":
        point = _point(asked)
        at = ", ".join(f"{name} = {value:g}" for name, value in point.items())
        text += f"<p>Give the value of your formula at {at}, to four digits.</p>"
    file = _file(picture) if picture is not None else None
    if file is not None and picture is not None:
        said = html.escape(picture.said)
        text = f'<p><img src="@@PLUGINFILE@@/{file[0]}" alt="{said}"/></p>{text}'
    questiontext = _text(made, "questiontext", text, "html")
    if file is not None:
        name, content = file
        _add(questiontext, "file", name=name, path="/", encoding="base64").text = content
    _text(made, "generalfeedback", _html(asked.explanation), "html")
    for tag, value in (("defaultgrade", "1"), ("penalty", "0.3333333"), ("hidden", "0")):
        _add(made, tag).text = value
    if isinstance(asked, Task) or kind == "essay":
        _essay(made, asked)
    elif kind == "multichoice":
        _choice(made, asked)
    elif kind == "numerical":
        _number(made, asked, point)
    if asked.hint and kind != "essay":
        _text(made, "hint", _html(asked.hint), "html")


_TYPES = {
    "choice": "multichoice", "number": "numerical", "numbers": "cloze", "expression": "numerical",
}  # fmt: skip


def _choice(made: ElementTree.Element, asked: Question) -> None:
    for tag, value in (
        ("single", "true"), ("shuffleanswers", "false"), ("answernumbering", "abc"),
    ):  # fmt: skip
        _add(made, tag).text = value
    right = asked.read(asked.answer)
    hints = {asked.read(wrong): hint for wrong, hint in asked.wrong.items()}
    for place, option in enumerate(asked.options):
        said = "" if place == right else hints.get(place, "")
        _answer(made, 100 if place == right else 0, _html(str(option)), said, "html")


def _number(made: ElementTree.Element, asked: Question, point: "dict[str, float] | None") -> None:
    """The right number and the anticipated wrong ones, each within its tolerance."""
    for given, hint, share in _values(asked, point):
        answer = _answer(made, share, f"{given:.10g}", hint, "moodle_auto_format")
        tolerance = max(asked.tolerance, _SHOWN if point or not float(given).is_integer() else 0)
        _add(answer, "tolerance").text = f"{abs(given) * tolerance:.3g}"
    for tag, value in (("unitgradingtype", "0"), ("unitpenalty", "0.1"), ("showunits", "3")):
        _add(made, tag).text = value
    _add(made, "unitsleft").text = "0"


def _values(asked: Question, point: "dict[str, float] | None") -> Iterator[tuple[float, str, int]]:
    """Each number, what is said to it, and its share of the grade in percent."""
    pairs = [(asked.answer, "", 100), *((wrong, hint, 0) for wrong, hint in asked.wrong.items())]
    for given, hint, share in pairs:
        if point is None:
            yield float(asked.read(given)), hint, share
        else:
            yield value_at(str(given), point), hint, share


def _gaps(asked: "Question | Task") -> str:
    """Several numbers as gaps with what is right in each.

    >>> _gaps(Question("w and b?", (1, -0.5), names=("w", "b")))
    'w = {1:NUMERICAL:=1:0} b = {1:NUMERICAL:=-0.5:0.0005}'
    """
    assert isinstance(asked, Question)
    gaps = []
    for place, number in enumerate(asked.read(asked.answer)):
        tolerance = 0 if float(number).is_integer() else abs(number) * _SHOWN
        name = f"{asked.names[place]} = " if asked.names else ""
        gaps.append(f"{name}{{1:NUMERICAL:={number:.10g}:{tolerance:.3g}}}")
    return " ".join(gaps)


def _essay(made: ElementTree.Element, asked: "Question | Task") -> None:
    """What a teacher reads: with the solution beside it, and for a task the code to begin with."""
    code = isinstance(asked, Task)
    for tag, value in (
        ("responseformat", "monospaced" if code else "plain"), ("responserequired", "1"),
        ("responsefieldlines", "20" if code else "5"), ("attachments", "0"),
        ("attachmentsrequired", "0"),
    ):  # fmt: skip
        _add(made, tag).text = value
    if isinstance(asked, Task):
        solution, start = f"<pre>{_escaped(asked.solution)}</pre>", asked.start
    else:
        solution, start = f"<p>One of many: {_escaped(asked.answer_text)}</p>", ""
    _text(made, "graderinfo", solution, "html")
    _text(made, "responsetemplate", start, "html")


def _point(asked: Question) -> dict[str, float]:
    """Where a formula is asked for its value: where it has one, and no anticipated wrong one has
    the same.

    >>> _point(Question("Slope of x**2", "2*x", variables=("x",), wrong={"x**2 + 0.75": "No."}))
    {'x': 2.0}
    """
    for first in range(len(_POINTS)):
        values = [_POINTS[(first + i) % len(_POINTS)] for i in range(len(asked.variables))]
        point = dict(zip(asked.variables, values, strict=True))
        try:
            right = value_at(str(asked.answer), point)
            others = [value_at(str(wrong), point) for wrong in asked.wrong]
        except ValueError:
            continue
        apart = [abs(other - right) > 0.01 * max(abs(right), 0.1) for other in others]
        if math.isfinite(right) and abs(right) > 1e-3 and all(apart):
            return point
    raise LessonError(f"question {asked.text!r}: no point tells its answers apart for Moodle")


def _answer(
    made: ElementTree.Element, share: int, text: str, said: str, form: str
) -> ElementTree.Element:
    answer = _add(made, "answer", fraction=str(share), format=form)
    _add(answer, "text").text = text
    _text(answer, "feedback", _html(said), "html")
    return answer


def _add(parent: ElementTree.Element, tag: str, **attributes: str) -> ElementTree.Element:
    return ElementTree.SubElement(parent, tag, attributes)


def _text(parent: ElementTree.Element, tag: str, text: str, form: str = "") -> ElementTree.Element:
    made = _add(parent, tag, **({"format": form} if form else {}))
    _add(made, "text").text = text
    return made


_DRAWN = re.compile(
    r'<img class="(?:tn-drawn|own)"[^>]* src="data:image/([a-z]+)[+a-z]*;base64,([^"]+)"'
)


def _file(picture: Picture) -> "tuple[str, str] | None":
    """A name for what was drawn, and its content in base64; None where it is no single picture (a
    slider has one for each of its values, and Moodle no slider)."""
    found = _DRAWN.findall(picture.html)
    if len(found) != 1:
        return None
    kind, content = found[0]
    digest = hashlib.sha256(content.encode()).hexdigest()[:8]
    return f"picture-{digest}.{kind}", content


def _html(text: str) -> str:
    r"""A text as Moodle shows it: HTML, and formulas for its MathJax.

    >>> _html("Is $w < 0$ **or** not?")
    '<p>Is \\(w &lt; 0\\) <strong>or</strong> not?</p>'
    """
    if not text:
        return ""
    formulas: list[str] = []

    def kept(match: "re.Match[str]") -> str:
        if match["code"]:
            return match[0]
        tex = _escaped(match["block"] or match["inline"])
        formulas.append(rf"\[{tex}\]" if match["block"] else rf"\({tex}\)")
        return f"\ue002{len(formulas) - 1}\ue003"

    marked = marked_up(FORMULA.sub(kept, text))
    marked = re.sub("\ue002(\\d+)\ue003", lambda found: formulas[int(found[1])], marked)
    return f"<p>{marked}</p>"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _short(text: str) -> str:
    r"""A text as a name: what Moodle lists.

    >>> _short("Is $w_0 \\le \\frac{1}{2}$ **or** `x * y` more?")
    'Is w₀ ≤ 1/2 or x * y more?'
    """
    plain = re.sub(r"(?<!\w)\*{1,2}(\S[^*]*)\*{1,2}(?!\w)|`", r"\1", readable(text))
    words = " ".join(plain.split())
    return words if len(words) <= 60 else words[:57].rsplit(" ", 1)[0] + " ..."
