"""Tasks in code: what is right, and what is said to what is not."""

import runpy
import time

import pytest

from tinygrad_neuron.course import Task, exercise, lessons
from tinygrad_neuron.course.hidden import check
from tinygrad_neuron.course.words import presented_by, task

START = "def update(w, x, error, lr):\n    return w"
SOLUTION = "def update(w, x, error, lr):\n    return w + lr * error * x"
CASES = [((1.0, 2.0, -1, 0.5), 0.0), ((0.0, 3.0, 1, 1.0), 3.0)]


@pytest.fixture
def update() -> Task:
    return Task(
        "Write `update`.",
        START,
        SOLUTION,
        cases=CASES,
        wrong={"def update(w, x, error, lr): return w + lr * error": "And the input?"},
        explanation="That is the rule.",
        seconds=1,
    )


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (SOLUTION, "That is the rule."),
        (
            "def update(w, x, e, lr):\n    move = e * x\n    return w + move * lr",
            "That is the rule.",
        ),
        ("def update(w, x, error, lr): return w + error * lr", "And the input?"),
        (START, "update(1, 2, -1, 0.5) gives 1; it should give 0."),
        (
            "def update(w, x, error, lr): pass",
            "update(1, 2, -1, 0.5) gives None; it should give 0.",
        ),
        ("def update(w):\n    return w", "update(1, 2, -1, 0.5) fails: TypeError: "),
        ("def update(w, x, error, lr):\n    return eror", "NameError: name 'eror' is not defined"),
        ("def update(w, x, error, lr):\nreturn w", "Line 2 is not Python: "),
        ("def updat(w, x, error, lr): return w", "The code defines no `update`."),
        ("update = 3", "`update` is 3, which cannot be called."),
        ("1 / 0", "The code cannot be run: ZeroDivisionError: division by zero (line 1)."),
        ("raise SystemExit", "The code cannot be run: SystemExit (line 1)."),
        ("def update(*a):\n    while True: pass", "it has not ended after 1 seconds (line 2)."),
        ("", "The code defines no `update`."),
    ],
)
def test_what_is_written_is_run_and_answered(update, code, said):
    verdict = update.check(code)
    assert said in verdict.message
    assert verdict.right == (said == "That is the rule.")


def test_a_judge_tries_what_cases_cannot():
    def judge(counter):
        made = counter()
        made.add()
        return None if made.n == 1 else f"after one `add`, n is {made.n}"

    start = "class Counter:\n    n = 0\n    def add(self):\n        pass"
    made = Task("Write it.", start, start.replace("pass", "self.n += 1"), judge=judge)
    assert "after one `add`, n is 0" == made.check(start).message
    assert made.check(start.replace("pass", "self.n = self.n + 1")).right


def test_the_code_may_use_what_it_is_given_but_not_hand_that_in():
    given = {"half": lambda x: x / 2, "quarter": lambda x: 0.25 * x}
    solution = "def quarter(x):\n    return half(half(x))"
    made = Task(
        "Use `half`.", "def quarter(x):\n    return x", solution, cases=[((4,), 1)], given=given
    )
    assert made.check(solution).right
    assert "The code defines no `quarter`." == made.check("half(2)").message


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"cases": []}, "it needs cases"),
        ({"solution": START}, "its own solution is not right: update"),
        ({"start": SOLUTION}, "the code to begin with is right already"),
        ({"start": "x = 1"}, "a task begins with code that defines"),
        ({"wrong": {SOLUTION: "no"}}, "does not get its hint"),
        ({"wrong": {"def update(*a): return 7": "no", "x = 1": "no"}}, "does not get its hint"),
    ],
)
def test_a_task_that_cannot_be_judged_is_refused(changed, message):
    with pytest.raises(ValueError, match=message):
        Task(**{"text": "?", "start": START, "solution": SOLUTION, "cases": CASES, **changed})


def test_a_notebook_checks_what_stands_in_its_cells(capsys):
    def said(*answer, **named):
        capsys.readouterr()
        check(*answer, **named)
        return capsys.readouterr().out

    def twice(x):
        return x + x

    assert said(twice) == "Run the cell above first, the one that asks.\n"
    task("Write it.", "def twice(x): return x", "def twice(x): return 2 * x", cases=[((3,), 6)])
    assert said(twice) == "✓ Right.\n"

    twice = eval("lambda x: x")
    twice.__name__ = "twice"
    assert said(twice) == "✗ twice(3) gives 3; it should give 6.\n"


def test_a_notebook_checks_an_exercise_with_many_right_answers(capsys):
    asked = exercise(
        "w and b, please",
        answer=(1, -1),
        names=("w", "b"),
        judge=lambda w, b: None if w + b == 0 else f"w + b is {w + b:g}.",
        wrong={(1, 1): "Mind the sign."},
    )
    for given, named, said in [
        ((2, -2), {}, "✓ Right."),
        ((), {"b": -3, "w": 3}, "✓ Right."),
        ((1, 2), {}, "✗ w + b is 3."),
        ((), {"w": 1, "b": 1}, "✗ Mind the sign."),
        ((), {"w": ..., "b": ...}, "✗ The answer is 2 numbers (w, b), such as 1, -0.5"),
        ((1,), {}, "✗ The answer is 2 numbers (w, b), such as 1, -0.5"),
    ]:
        capsys.readouterr()
        check(asked.key, *given, **named)
        assert capsys.readouterr().out.startswith(said)


@pytest.fixture(scope="module")
def engine() -> Task:
    """The task of lesson 7: a whole engine."""
    shown = []
    path = next(lesson.path for lesson in lessons.lessons() if lesson.number == 7)
    with presented_by(shown.append):
        runpy.run_path(str(path), run_name="__main__")
    return next(record for record in shown if isinstance(record, Task) and record.name == "Number")


def test_the_engine_of_lesson_7_is_about_sixty_lines_and_trains_the_moons(engine):
    assert 30 <= len(engine.solution.splitlines()) <= 70
    assert engine.check(engine.solution).right


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("operand.grad +=", "operand.grad =", "the package's gradient check measures"),
        ("reversed(self.order())", "self.order()", "the package's gradient check measures"),
        ("(other.data, self.data))", "(self.data, other.data))", "the gradient of a is 0.7"),
        ("(1 - y * y,)", "(1 - y,)", "a.tanh(): after backward() the gradient of a is"),
        ("self.data + other.data", "self.data - other.data", "a + b at a = 0.7, b = -0.4 gives"),
        ("        self.grad = 1.0\n", "", "the gradient of a is 0;"),
        ("    def tanh(self):", "    def than(self):", "`Number` fails: AttributeError"),
    ],
)
def test_what_is_wrong_with_an_engine_is_found(engine, right, wrong, said):
    assert right in engine.solution
    verdict = engine.check(engine.solution.replace(right, wrong))
    assert not verdict.right
    assert said in verdict.message


def test_the_limit_ends_with_the_task(update):
    update.check(SOLUTION)
    time.sleep(1.1)  # no alarm is left
