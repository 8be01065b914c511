"""Questions on a page: judged in a browser as the package judges them."""

import math
from typing import Any

import pytest

from tinygrad_neuron import define_operation
from tinygrad_neuron.calculus.operation import Operation
from tinygrad_neuron.calculus.table import BUILT_IN, TABLE
from tinygrad_neuron.course import Question
from tinygrad_neuron.course.pages import to_html
from tinygrad_neuron.user_expressions import evaluate

pytestmark = pytest.mark.once

# What a learner does, one after the other, and what is said to it.
ANSWERED = """(question, [right, wrong]) => {
    const asked = JSON.parse(question.dataset.question), root = question.shadowRoot;
    const say = (given) => {
        if (asked.options) root.querySelectorAll('[aria-pressed]')[given].click();
        else {
            root.querySelector('input').value = given;
            root.querySelector('form .check').click();
        }
        return root.querySelector('.said').textContent;
    };
    const press = (name) => {
        [...root.querySelectorAll('.quiet')].find((b) => b.textContent === name).click();
        return root.querySelector('.said').textContent;
    };
    return {
        right: right.map(say),
        wrong: wrong.map(say),
        nonsense: asked.options ? [] : ['zzz', '', '1 2 3 4 5 6 7 8', '1/0'].map(say),
        hint: asked.hint && press('Hint'),
        answer: press('Show me'),
    };
}"""


PARITY = [
    Question("d?", "3*x**2 - 1/x", variables=("x",), wrong={"3*x**2": "The second term."}),
    Question("d?", "y*(1 - y)*w", variables=("y", "w")),
    Question("s?", "-exp(-x)*sigmoid(x) + tanh(x)**2", variables=("x",)),
    Question("x?", 0.1, wrong={0: "Not nothing."}),
    Question("w?", (-1, 0.5), names=("w", "b")),
]
TYPED = [
    "3*x**2 - 1/x", "x*x*3 - x**-1", "3*x**2", "-1/x + 3 * (x ** 2)", "3x^2", "x", "x(2)", "",
    "zzz", "y*(1 - y)*w", "w*y - w*y*y", "y*w*1 - y**2*w", "-exp(-x)*sigmoid(x) + tanh(x)**2",
    "2 +", ")", "tanh(x)*tanh(x) - exp(-x)/(1 + exp(-x))", "0.1", "1/10", ".1", "1e-1", "−0.1",
    "0", "0,1", "1/0", "--0.1", "sqrt(0.01)", "0.1000000001", "-1, 0.5", "(-1 1/2)",
    "w = -1, b = .5", "-1", "2**-1 - 0.4", "constructor", "exp", "exp(1, 2", "1" * 400,
    "2**-1**2 * 0.1 * 2", "-2**2 + 4.1", "2**3**2 / 5120", "1 - 0.5 - 0.4", "0.4/2/2", "2*-0.05*-1",
    "3x² - 1/x", "3x^2 - x^(-1)", "3(x)(x) - 1/x", "3 x**2 - 1/x", "2x", "x 2", "(0.1)", "0.2(0.5)",
    "1e-1(1)", "2 e", "cosh(x", "1/cosh(0)*0.1", "cosh(x)^2 - sinh(x)^2 - 0.9", "sinh(cosh(0))*0",
    "1/(1/0)", "1/1e999", "0.1 + 0/0", "add(0.05, 0.05,)", "add(,)", "sum([.05, .05,])",
]  # fmt: skip


def test_the_page_judges_as_the_package_does(browser):
    tab = browser.new_page()
    for question, said in judged(tab, [(question, TYPED) for question in PARITY]):
        assert any(verdict.startswith("✓") for _, verdict in said)
        for text, verdict in said:
            assert question.check(text).right == verdict.startswith("✓"), (question, text, verdict)
    tab.close()


def judged(tab: Any, asked: list[tuple[Question, list[str]]]) -> Any:
    """Each question with what its page says to each of the answers."""
    tab.set_content("".join(to_html(question) for question, _ in asked))
    elements = tab.locator("tn-question").all()
    for (question, typed), element in zip(asked, elements, strict=True):
        yield (
            question,
            list(zip(typed, element.evaluate(ANSWERED, [typed, []])["right"], strict=True)),
        )


def calls(operation: Operation, first: str) -> list[str]:
    """An operation as one may call it: with as few operands as it takes, then with each further."""
    others = [f", {x}" for x in (["1"] if operation.chosen else ["0.3", "0.7"])]
    operands = f"[{first}, 2*{first}]" if operation.variadic else first
    most = len(operation.operands)
    least = most - len(operation.defaults)
    return [
        f"{operation.name}({operands}{''.join(others[: count - 1])})"
        for count in range(least, most + 1)
    ]


def test_an_answer_may_call_any_operation_of_the_table(browser):
    asked, wrong = [], []
    for name in sorted(BUILT_IN):
        operation = TABLE[name]
        for call, number in zip(calls(operation, "x"), calls(operation, "0.6"), strict=True):
            value = evaluate(number, {})[0].data
            question = Question("f?", call, variables=("x",))
            asked.append((question, [call, f"{call} + 0", f"{call}*1"]))
            asked.append((Question("f?", value), [number, f"({number})", repr(value)]))
        bad = [name, f"{name}()", f"{name}(x", f"{name}(x, x, x, x)", f"{name}([[x]])"]
        bad.append(f"1 + {call}")
        bad.append(f"{name}(x, 1)" if operation.variadic else f"{name}([x])")
        assert not any(question.check(text).right for text in bad)
        wrong.append((question, bad))
    tab = browser.new_page()
    for _, said in judged(tab, asked):
        assert [] == [(text, verdict) for text, verdict in said if not verdict.startswith("✓")]
    for _, said in judged(tab, wrong):
        assert [] == [(text, verdict) for text, verdict in said if verdict.startswith("✓")]
    tab.close()


def test_an_operation_of_ones_own_is_judged_too_unless_it_cannot_be_translated(browser):
    define_operation("twice", "a * 2", ["2"])
    define_operation("odd", "f(a)", ["1"], kernels={"f": math.gamma})
    question = Question("f?", "2*x", variables=("x",))
    tab = browser.new_page()
    [(_, said)] = judged(tab, [(question, ["twice(x)", "twice(x/2)", "odd(x)"])])
    assert ["✓", "✗", "T"] == [verdict[0] for _, verdict in said]
    tab.close()
