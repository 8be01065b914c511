"""Questions: right answers, anticipated wrong ones, nonsense; and how a script prints them."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_neuron import Value, draw_dot, walkthrough
from tinygrad_neuron.course import Question, Verdict, exercise, predict, show, slider
from tinygrad_neuron.course.pages import to_html
from tinygrad_neuron.course.plain import text
from tinygrad_neuron.course.words import presented_by

NUMBER = Question(
    "Threshold 2, inputs 1 and 1?", 1, wrong={0: "1 + 1 reaches 2."}, hint="Add the inputs."
)
CHOICE = Question("Which gate?", "OR", options=("AND", "OR", "NOT"), wrong={"AND": "Both?"})
DIGITS = Question("How many?", 2, options=(1, 2, 3))
NUMBERS = Question("w and b?", (1, -0.5), names=("w", "b"), hint="Solve for b.")
DERIVATIVE = Question(
    "d(x**3)/dx", "3*x**2", variables=("x",), wrong={"x**2": "The exponent comes down."}
)
LOGARITHM = Question("d(x*log(x) - x)/dx", "log(x)", variables=("x",))
CONSTANT = Question("d(2*x)/dx", "2", variables=("x",))


def nand(w1: float, w2: float, t: float) -> "str | None":
    fires = [w1 * a + w2 * b >= t for a, b in ((0, 0), (0, 1), (1, 0), (1, 1))]
    return None if fires == [True, True, True, False] else f"It fires for {sum(fires)} inputs."


OPEN = Question("A NAND?", (-1, -1, -1), names=("w1", "w2", "threshold"), judge=nand)


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        (NUMBER, [1, 1.0, "1", " 1.0 ", "2/2", "+1", True, "1e0", "sqrt(1)", 1 + 1e-9]),
        (CHOICE, ["OR", "or", " Or ", "b", "b)", "(B)"]),
        (DIGITS, [2, "2", "b"]),
        (NUMBERS, [(1, -0.5), [1, -0.5], "1, -0.5", "(1 -1/2)", "1; −0.5", "w = 1, b = -0.5"]),
        (DERIVATIVE, ["3*x**2", "3 * x * x", "x**2*3", "(3*x)*x + 0", "x·x·3"]),
        (LOGARITHM, ["log(x)", "log(x*x)/2"]),
        (CONSTANT, ["2", 2, 2.0]),
        (OPEN, ["-1 -1 -1", (-2, -2, -3), "w1=-1, w2=-1, threshold=-1.5"]),
    ],
)
def test_right_answers(question, answers):
    for answer in answers:
        assert question.check(answer).right, (answer, question.check(answer))


@pytest.mark.parametrize(
    ("question", "answer", "said"),
    [
        (NUMBER, "0", "1 + 1 reaches 2."),
        (NUMBER, -0.0, "1 + 1 reaches 2."),
        (NUMBER, "3", "Add the inputs."),
        (CHOICE, "a", "Both?"),
        (CHOICE, "NOT", "That is not it."),
        (DIGITS, "3", "That is not it."),
        (NUMBERS, "1, 0.5", "Solve for b."),
        (DERIVATIVE, "x*x", "The exponent comes down."),
        (DERIVATIVE, "5", "That is not it."),
        (DERIVATIVE, "3*x**2 + 0.001", "That is not it."),
        (OPEN, "1 1 1", "It fires for 3 inputs."),
    ],
)
def test_a_wrong_answer_gets_its_hint(question, answer, said):
    assert question.check(answer) == Verdict(False, said)


@pytest.mark.parametrize(
    ("question", "answer", "said"),
    [
        (NUMBER, "one", "a number, such as 0.5, -2 or 1/3; 'one' is not one"),
        (NUMBER, "", "a number"),
        (NUMBER, "1 2", "'1 2' is not one"),
        (NUMBER, "nan", "is not one"),
        (NUMBER, "1e999", "is not one"),
        (NUMBER, "1/0", "is not one"),
        (NUMBER, float("nan"), "is not one"),
        (NUMBER, None, "is not one"),
        (NUMBER, "0,5", "decimal point: 0.5"),
        (NUMBER, "__import__('os')", "is not one"),
        (NUMBER, "9**9**9**9", "is not one"),
        (CHOICE, "XOR", "one of AND, OR, NOT; 'XOR' is not one"),
        (CHOICE, "d", "one of AND, OR, NOT"),
        (NUMBERS, "1", r"2 numbers \(w, b\), such as 1, -0.5; '1' is not one"),
        (NUMBERS, (1, "x"), "is not one"),
        (NUMBERS, 1, "is not one"),
        (DERIVATIVE, "3x^", r"an expression in x, such as 2\*x"),
        (DERIVATIVE, "3*y", "'y' has no value"),
        (DERIVATIVE, "", "an expression in x"),
        (DERIVATIVE, "x" * 10_000, "an expression in x"),
        (DERIVATIVE, "open('x')", "an expression in x"),
        (DERIVATIVE, None, "an expression in x"),
        (DERIVATIVE, Value(2.0), r'in quotes, such as "2\*x".* is Value\(data=2.0\)'),
        (DERIVATIVE, 2.0, r'in quotes, such as "2\*x".* is 2.0'),
        (LOGARITHM, "log(-x*x)", "cannot be computed|That is not it|expression"),
        (OPEN, "x", "3 numbers"),
    ],
)
def test_nonsense_is_told_what_form_an_answer_has(question, answer, said):
    verdict = question.check(answer)
    assert not verdict.right
    assert re.search(said, verdict.message), verdict.message


@given(st.one_of(st.text(max_size=40), st.none(), st.floats(), st.lists(st.integers())))
def test_whatever_a_learner_types_a_verdict_comes_back(answer):
    for question in (NUMBER, CHOICE, NUMBERS, DERIVATIVE, LOGARITHM, OPEN):
        right, message = question.check(answer)
        assert right in (True, False)
        assert message


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_a_number_printed_in_full_is_right(number):
    assert Question("What?", number).check(repr(number)).right


@pytest.mark.parametrize(
    ("answer", "typed"),
    [
        ("6*(2*x + 1)**2", "6(2x+1)^2"),
        ("3*(1 - tanh(3*x)**2)", "3/cosh(3*x)**2"),
        ("3*(1 - tanh(3*x)**2)", "3 / cosh(3x)²"),
        ("x**2*log(x)", "x^2 log(x)"),
        ("x*(x + 1)", "x(x+1)"),
        ("exp(x) - exp(-x)", "2sinh(x)"),
    ],
)
def test_a_formula_may_be_written_as_by_hand(answer, typed):
    assert Question("f?", answer, variables=("x",)).check(typed).right
    assert not Question("f?", f"1 + {answer}", variables=("x",)).check(typed).right
    assert Question("n?", 1 - 0.7616**2).check("1-0.7616^2").right


def test_a_judge_that_cannot_compute_is_no_answers_fault():
    question = Question(
        "An x with sqrt(x) = 2", 4, judge=lambda x: "" if math.sqrt(x) == 2 else "?"
    )
    assert "cannot be computed" in question.check(-1).message


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"text": " ", "answer": 1}, "needs a text"),
        ({"text": "Why?", "answer": "because"}, r"options=\[...\]"),
        ({"text": "Which?", "answer": "C", "options": ("A", "B")}, "is not right"),
        ({"text": "Which?", "answer": "A", "options": ("A", "a")}, "the same"),
        ({"text": "1?", "answer": 1, "wrong": {1: "no"}}, "does not get its hint|is not right"),
        ({"text": "1?", "answer": 1, "wrong": {"x": "no"}}, "anticipated answer 'x'"),
        ({"text": "1?", "answer": math.inf}, "finite"),
        ({"text": "f?", "answer": "x*", "variables": ("x",)}, "not an expression|is not right"),
        ({"text": "w?", "answer": (1, 2), "names": ("w",)}, "name the numbers"),
        ({"text": "w?", "answer": 5, "judge": lambda x: "no"}, "is not right"),
        ({"text": "w?", "answer": "A", "options": ("A", "B"), "judge": print}, "is for numbers"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(arguments, said):
    with pytest.raises(ValueError, match=said):
        Question(**arguments)


def test_a_script_prints_questions_with_their_answers(capsys):
    predict("1 + 1?", answer=2, explanation="Two ones.")
    exercise("Which?", options=["AND", "OR"], answer="OR")
    exercise("A NAND?", answer=(-1, -1, -1), judge=nand, names=("w1", "w2", "t"))
    assert capsys.readouterr().out == (
        "Predict: 1 + 1?\n  Answer: 2\n  Two ones.\n"
        "Exercise: Which?\n  - AND\n  - OR\n  Answer: OR\n"
        "Exercise: A NAND?\n  Answer: w1 = -1, w2 = -1, t = -1 (one of many)\n"
    )


def test_a_slider_prints_its_texts_and_refuses_a_single_value(capsys):
    slider("w", [1, 2], lambda w: (f"slope {w}", draw_dot(Value(w))))
    assert capsys.readouterr().out == "w = 1\n  slope 1\nw = 2\n  slope 2\n"
    with pytest.raises(ValueError, match="two values or more"):
        slider("w", [1], str)


def test_what_is_shown_has_its_caption_as_text_and_its_picture_as_html():
    records = []
    y = (Value(2.0, label="w") * 3.0).tanh()
    with presented_by(records.append):
        show(y, "A product, squashed.")
        show(walkthrough(y), "Step through it.")
        slider("w", [1, 2], lambda w: draw_dot(Value(w, label="w")))
    assert "Picture: A product, squashed.\n" == text(records[0])
    value, walk, slid = map(to_html, records)
    assert 'src="data:image/svg+xml;base64,' in value
    assert "<figcaption>A product, squashed.</figcaption>" in value
    assert "<iframe" in walk
    assert "step 1 of" in walk  # on paper
    assert 2 == slid.count("<img")
    assert not any("http://" in html.replace("http://www.w3.org", "") for html in (value, slid))
