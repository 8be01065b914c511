"""The questions of all lessons: right answers, each anticipated wrong answer, and nonsense.

The right answers are written down here a second time, worked out by hand, in the order in which the
lessons ask; a question whose answer changes has to be changed in both places.
"""

import runpy
from functools import cache
from pathlib import Path

import pytest

pytest.importorskip("matplotlib", reason="the extra demos is not installed")

from tinygrad_neuron.course import Question, lessons
from tinygrad_neuron.course.words import presented_by

DEMOS = Path(__file__).resolve().parents[2] / "demos"

# For each lesson, question by question: answers that are right, as a learner may type them, and
# answers that are wrong.
ANSWERS = {
    "lesson_1_mcculloch_pitts": [
        (["0", 0, "0.0"], ["2", "-1"]),
        (["it fires", "A", "It Fires"], ["b"]),
        (["0"], ["5", "6"]),
        (["none of them", "d"], ["a", "b", "c"]),
        (["3", "3.0", 3], ["4", "0"]),
        (["1, 1", "threshold = 1, inhibitory = 1", (1, 1)], ["0, 0", "2, 0", "1, 2"]),
        (["NOR", "nor", "d"], ["AND", "OR", "NAND"]),
        (["3"], ["0", "5"]),
        (["no"], ["yes"]),
    ],
    "lesson_2_perceptron": [
        (["0"], ["-2", "3"]),
        (["1"], ["3", "0.5"]),
        (["no"], ["yes"]),
        (["10"], ["9", "11", "0"]),
        (["it never settles", "c"], ["a", "b"]),
        (["3, -1, 1", "w0=3 w1=-1 b=1"], ["3, -3, 1", "0, 0, 0"]),
        (["1, 1, -0.5", "2, 2, -1", "1, 1, 0", "5, 0.5, -0.25"], ["0, 0, 1", "1, 0, 0", "0, 1, 0"]),
        (["XNOR"], ["AND", "NAND", "NOR"]),
        (["9", "3**2", "(6/2)**2"], ["6", "8", "4"]),
    ],
    "lesson_3_neuron": [
        (["-0.4", "−0.4", "-2/5"], ["0.8", "-0.5"]),
        (["0"], ["0.02", "0.5"]),
        (["-0.5", "-1/2"], ["1", "-4"]),
        (["0.00003", "c"], ["a", "b"]),
        (["3"], ["10", "-3"]),
        (["0"], ["1", "-5"]),
        (["-6", "−6"], ["-5", "0.5"]),
        (["-1, 1", "-4, 4", "-0.5, 0.5"], ["4, -4", "0, 0", "-2, 1", "0, 1"]),
        (["identity"], ["sigmoid", "relu", "tanh"]),
    ],
    "lesson_4_geometry": [
        (["0"], ["7", "25"]),
        (["0.4", "2/5", "4/10"], ["1", "-0.4"]),
        (["5"], ["3", "-9"]),
        (["10", "sqrt(100)", "sqrt(36 + 64)"], ["28", "-10"]),
        (["-2"], ["-0.4", "4"]),
        (["1, 0, -2", "3, 0, -6", "0.5, 0, -1"], ["-2, 0, 4", "1, 1, -2", "1, 0, -1", "0, 0, 0"]),
        (["it moves towards the origin"], ["it stays", "it turns", "c"]),
        (["-8", "-7", "-8.5"], ["-6.9", "-9.5", "0", "7"]),
    ],
    "lesson_5_chain_rule": [
        (["0.12", "d", " 0.12 "], ["0.01", "b", "c"]),
        (["5", "5.0", "10/2", "(9 - 4) / 1"], ["6", "-5"]),
        (["-2", "−2", "2 * -1"], ["0", "-1"]),
        (["-6", "−6", "3 * 1 * -2"], ["-12", "0"]),
        (["0", "0.0", "3 * 0"], ["0.03", "2"]),
        (["0", "c"], ["a", "b", "d"]),
        (["-0.3", "-3/10", "0.1 * 2 * -3 * 0.5", "−0.3"], ["-0.03", "0.5"]),
        (["0.04", "4/100", "4 * 0.01"], ["0.4", "-0.08"]),
        (["6*(2*x + 1)**2", "24*x**2 + 24*x + 6", "3*2*(1 + 2*x)**2"], ["6*(2*x + 1)", "x", "6"]),
        (
            ["3*(1 - tanh(3*x)**2)", "3 - 3*tanh(3*x)**2", "3*(1-tanh(x*3)*tanh(x*3))"],
            ["tanh(3*x)", "3*(1 + tanh(3*x)**2)", "x"],
        ),
        (["1, -2", "a = -3, b = 6", "0.5, -1", "(2, -4)"], ["1, 2", "0, 5", "1, -3", "2, -2"]),
    ],
    "lesson_6_computation_graph": [
        (["1", "1.0"], ["2", "-1"]),
        (["0.42", "0.419974", "1 - 0.7616**2"], ["0.4", "1"]),
        (["0.42", "0.419974", "0.42 * 1"], ["0", "0.84"]),
        (["0.84", "0.42 * 2", "0.8399"], ["0.8", "-0.84"]),
        (["-0.21", "0.42 * -0.5", "−0.21"], ["-0.5", "0"]),
        (["w of B", "b"], ["a", "c"]),
        (["down", "B"], ["up", "c"]),
        (["2", "2.0"], ["0", "-1"]),
        (["0", "1 * 0 * 3"], ["-3", "1"]),
        (["12, 4, 4", "w = 12, x = 4, b = 4", (12, 4, 4)], ["4, 4, 12", "0, 0, 0"]),
        (["y*(1 - y)*x", "x*y - x*y**2", "x*(y - y*y)"], ["x*(1 - y)", "y", "1"]),
        (["2.3", "2 + 0.3", "2 - 0.1 * -3"], ["2", "-2.3"]),
    ],
    "lesson_7_sharing": [
        (["4", "3 + 1"], ["0", "6"]),
        (["4", "2 * 2"], ["3", "8"]),
        (["more than a million", "d"], ["a", "b", "c"]),
        (["-12", "−12", "-6 + -6"], ["12", "-3"]),
        (["12", "3 * 2**2"], ["16", "3"]),
        (["90", "3 * 30", "3 * 2 * 15"], ["60", "9"]),
        (["f, e, d", "b"], ["a", "c"]),
        (["4.5", "3 * 1.5", "9/2"], ["0", "6"]),
        (
            ["tanh(x) + x*(1 - tanh(x)**2)", "x + tanh(x) - x*tanh(x)**2"],
            ["tanh(x) + x", "x*tanh(x)", "2*tanh(x)"],
        ),
    ],
    "lesson_8_networks": [
        (["3"], ["0", "1"]),
        (["0", "2 - 2 * 1"], ["4", "3"]),
        (["no", "b"], ["yes"]),
        (["6, 7", "w = 6, b = 7", "w: 6 b: 7"], ["7, 6", "6, 8"]),
        (["1024", "2**10"], ["1000", "1023"]),
        (["17", "12 + 5"], ["15", "9"]),
        (["-1, 4", "w = −1, b = 4"], ["1, 4", "-1, -4"]),
        (
            ["1, -2, -0.5", "2, -5, -1", "w0 = 1, w1 = -3, b = -0.1", "10, -100, -1"],
            ["0, 0, 0", "1, -2, 0.5", "-1, 2, 0.5", "1, -1, -0.5", "0, 0, 1"],
        ),
        (["6", "5 + 1"], ["7", "1"]),
        (["a good network with one hidden layer exists", "b"], ["a", "c", "d"]),
    ],
    "lesson_9_losses": [
        (["-4", "2 * (3 - 5)"], ["0", "-8"]),
        (["4", "12/3"], ["3", "6"]),
        (["0.2231", "-log(0.8)", "0.223", "0.22"], ["0.8", "0.3"]),
        (["-0.1", "0.9 - 1", "−0.1", "-1/0.9 * 0.9 * 0.1"], ["-0.2", "1"]),
        (["cross-entropy", "b"], ["a", "c", "d"]),
        (["0.6931", "log(2)", "-log(0.5)", "0.69"], ["2", "0.7311"]),
        (["nothing", "c"], ["a", "b", "d"]),
        (["0.7, -0.8, 0.1", "g0 = 0.7, g1 = −0.8, g2 = 0.1"], ["0.7, 0.8, 0.1", "0, 0, 0"]),
        (["squared error", "a"], ["b", "c", "d"]),
        (["2.3026", "log(10)", "2.3", "-log(0.1)"], ["10", "-2.3"]),
        (["1.3863", "log(4)", "-log(0.25)", "1.39"], ["0.25", "4"]),
        (["0.25, 0.75", "1/4, 3/4", "p0 = 0.25, p1 = 0.75"], ["0.5, 0.5", "0.3, 0.7"]),
        (["-2.1972", "log(0.1 / 0.9)", "-log(9)", "-2.2"], ["-1", "0"]),
        (["5 sigmoids", "b"], ["a", "c", "d"]),
        (
            ["2*(p - t)*p*(1 - p)", "2*p*(p - t) - 2*p**2*(p - t)"],
            ["p*(1 - p)", "2*(p - t)*p", "p"],
        ),
    ],
    "lesson_10_training": [
        (["40", "39 + 1"], ["41", "1290"]),
        (["6.6", "0 - 1.1 * -6", "1.1 * 6"], ["1.1", "0"]),
        (["1"], ["2", "29"]),
        (["10", "sqrt(100)"], ["20", "0.1"]),
        (["0.125", "1/8", "sqrt(1/64)"], ["0.25", "8"]),
        (["10", "1/(1 - 0.9)"], ["5", "11"]),
        (["0.01", "1 * 0.01"], ["0.1", "0"]),
        (["600", "3 * 200"], ["100", "601"]),
        (["0.1", "sqrt(2/200)", "sqrt(0.01)"], ["1", "0.2"]),
        (["0.5", "1/2", "2/4"], ["0.1", "3"]),
        (["a smaller learning rate", "b"], ["a", "c", "d"]),
        (["0.76", "1 - 0.1 * 2.4"], ["0.5", "1"]),
    ],
    "lesson_11_dead_neurons": [
        (["0.0009765625", "0.25**5", "0.001", "1/1024"], ["0.5", "0.01"]),
        (["no: the last layers are thrown about", "b"], ["a", "c"]),
        (["0", "0.0"], ["2", "0.5"]),
        (["about half", "c"], ["a", "b", "d"]),
        (["-0.03, 0.01", "output = −0.03, slope = 0.01"], ["-3, 1", "0.01, -0.03"]),
        (["0.015625", "1/64", "0.25**3", "0.0156"], ["0.5", "0.02"]),
        (["-1", "−1"], ["-2", "0.5"]),
        (["0.5", "1/2"], ["0.25", "2"]),
        (
            ["sigmoid(z) + z*sigmoid(z)*(1 - sigmoid(z))", "sigmoid(z)*(1 + z*(1 - sigmoid(z)))"],
            ["z*sigmoid(z)", "1 - sigmoid(z)", "sigmoid(z) + z"],
        ),
        (["a smaller learning rate", "b"], ["a", "c", "d"]),
    ],
    "lesson_13_convolution": [
        (["fewer than half", "b"], ["a", "c"]),
        (["5", "3 * 2 - 1"], ["0", "-5"]),
        (["it moves one column to the right"], ["a", "c"]),
        (["9", "3 * 3"], ["0", "10"]),
        (["416", "16 * 26"], ["40", "0"]),
        (["0, 1, 0, 0", "a = 0, b = 1, c = 0, d = 0"], ["1, 0, 0, 0", "0, 0, 0, 0"]),
        (["only the fully connected one", "b"], ["a", "c", "d"]),
        (["676", "26**2"], ["900", "0"]),
        (["7, 14", "a = 7, b = 14"], ["0, 0", "8, 14"]),
        (["224", "8 * 28"], ["200", "0"]),
        (["b"], ["a", "c"]),
    ],
    "lesson_15_features": [
        (["nothing that we would recognise", "c"], ["a", "b"]),
        (["no"], ["yes"]),
        (["2"], ["3", "-2"]),
        (["5"], ["0", "6"]),
        (["no, it finds other directions", "b"], ["a"]),
        (["2", "4/2"], ["3", "16"]),
        (["0.309", "0.31", "cos(72 * 3.14159265 / 180)"], ["0.5", "0.95"]),
        (["dogs are among what excites it most", "c"], ["a", "b"]),
        (["3"], ["5", "0"]),
        (["that few of its units may be active at a time", "c"], ["a", "b"]),
    ],
    "lesson_12_overfitting": [
        (["about 70 of 100", "c"], ["a", "b", "d"]),
        (["where the validation loss is least", "b"], ["a"]),
        (["1", "2 / 2"], ["-1", "3"]),
        (["0"], ["3", "-3"]),
        (["2", "1 / (1 - 0.5)"], ["3", "0"]),
        (["2", "3 - 1"], ["-2", "2.5"]),
        (["3.75, 0, 5", "3.75 0 5"], ["0, 0, 0", "3.75, 1, 5"]),
        (["stop earlier, or more examples", "c"], ["a", "b", "d"]),
        (["probably a little less", "c"], ["a", "b"]),
    ],
    "lesson_14_memory": [
        (["0.001", "d"], ["a", "b", "c"]),
        (["0.12", "0.9**20", "0.1216"], ["0.5", "0"]),
        (["15", "0.5 * 10 + 0.5 * 20"], ["0", "25"]),
        (["it stays the same", "b"], ["a"]),
        (["0.512", "0.8**3"], ["0.1", "0"]),
        (["1", "0.5 * 4 - 1"], ["0", "5"]),
        (["the second", "b"], ["a", "c"]),
        (["4", "3 + 1"], ["2", "10"]),
    ],
}
CASES = [(lesson, i) for lesson, answers in ANSWERS.items() for i in range(len(answers))]
NONSENSE = [
    "",
    "   ",
    "?!",
    "yes please",
    "1,2,3,4,5,6,7",
    "import os",
    "1/0",
    "nan",
    "9" * 600,
    "x" * 20,
]


def quick_or_slow(lesson, *more):
    """Lessons 8 to 15 train networks, and run once in each worker: slow, but for their scripts."""
    trains = int(lesson.split("_")[1]) >= 8
    return pytest.param(lesson, *more, marks=[pytest.mark.slow] * trains)


@cache
def questions(lesson):
    """All questions of a lesson, in the order in which it asks them."""
    shown = []
    with presented_by(shown.append):
        runpy.run_path(str(DEMOS / f"{lesson}.py"), run_name="__main__")
    return [record for record in shown if isinstance(record, Question)]


def untested(lesson, asked, answers):
    """What is missing in the answers to a lesson's questions, in words; empty if nothing is."""
    where = f"write them into ANSWERS in {Path(__file__).name}"
    if len(asked) != len(answers):
        return f"{lesson} asks {len(asked)} questions, {len(answers)} have answers; {where}"
    for question, (right, wrong) in zip(asked, answers, strict=True):
        if not right or not wrong:
            return f"{lesson}: {question.text!r} has no right or no wrong answers; {where}"
    return ""


@pytest.mark.parametrize("lesson", [quick_or_slow(lesson.name) for lesson in lessons.lessons()])
def test_every_question_of_every_lesson_has_tested_answers(lesson):
    missing = untested(lesson, questions(lesson), ANSWERS.get(lesson, []))
    assert not missing, missing


def test_a_question_without_tested_answers_is_named():
    asked = [Question("1 + 1?", 2), Question("1 + 2?", 3)]
    assert "lesson_9 asks 2 questions, 0 have answers" in untested("lesson_9", asked, [])
    half = untested("lesson_9", asked, [(["2"], ["3"]), (["3"], [])])
    assert "lesson_9: '1 + 2?' has no right or no wrong answers" in half
    assert "" == untested("lesson_9", asked, [(["2"], ["3"]), (["3"], ["4"])])


@pytest.mark.parametrize("lesson", list(map(quick_or_slow, ANSWERS)))
def test_a_lesson_asks_before_it_shows_and_ends_with_three_to_five_exercises(lesson):
    asked = questions(lesson)
    before = [question.before for question in asked]
    assert sorted(before, reverse=True) == before  # predictions first, then exercises
    assert 2 <= sum(before)
    assert 3 <= len(asked) - sum(before) <= 5


@pytest.mark.parametrize(("lesson", "i"), [quick_or_slow(*case) for case in CASES])
def test_right_answers_are_right_and_explained(lesson, i):
    question = questions(lesson)[i]
    for answer in ANSWERS[lesson][i][0]:
        verdict = question.check(answer)
        assert verdict.right, (answer, verdict.message)
        assert verdict.message == question.explanation != ""


@pytest.mark.parametrize(("lesson", "i"), [quick_or_slow(*case) for case in CASES])
def test_each_anticipated_wrong_answer_gets_a_hint_of_its_own(lesson, i):
    question = questions(lesson)[i]
    assert question.wrong
    assert len(question.wrong) == len(set(question.wrong.values()))
    for answer, hint in question.wrong.items():
        typed = ", ".join(map(str, answer)) if isinstance(answer, tuple) else str(answer)
        for given in (answer, typed):
            verdict = question.check(given)
            assert not verdict.right, given
            assert hint == verdict.message
            # A hint does not give the answer away.
            assert question.kind != "expression" or question.answer not in hint


@pytest.mark.parametrize(("lesson", "i"), [quick_or_slow(*case) for case in CASES])
def test_other_wrong_answers_are_wrong_and_get_a_hint_too(lesson, i):
    question = questions(lesson)[i]
    for answer in ANSWERS[lesson][i][1]:
        verdict = question.check(answer)
        assert not verdict.right, answer
        assert "That is not it." != verdict.message  # a hint, not just "wrong"
        assert len(verdict.message) > 12


@pytest.mark.parametrize(("lesson", "i"), [quick_or_slow(*case) for case in CASES])
def test_nonsense_is_told_what_form_the_answer_has(lesson, i):
    question = questions(lesson)[i]
    for given in NONSENSE:
        verdict = question.check(given)
        assert not verdict.right, given
        told = question.expected in verdict.message or "cannot be computed" in verdict.message
        assert told, (given, verdict.message)


def test_an_open_answer_that_is_wrong_is_told_what_it_leads_to():
    flat = questions("lesson_5_chain_rule")[10]
    assert "2 · (4) · (1) = 8" in flat.check("1, 2").message  # 2 · (2a + b) · a
    line = questions("lesson_8_networks")[7]
    assert "(1, 0) gets the score -0.5" in line.check("0, -2, -0.5").message
    assert "(2, 1) gets the score 0.5" in line.check("1, -1, -0.5").message
