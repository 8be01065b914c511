"""Predict, then reveal."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.walk.page.opened import Opened, large_network
from tinygrad_neuron import Value, topological_order

pytestmark = pytest.mark.once  # what the browser computes does not depend on Python's version


def predicting(open_page: Any) -> Any:
    """A page that asks for the second contribution to x, in y = (x * w) + x."""
    x, w = Value(3.0, label="x"), Value(2.0, label="w")
    tab = open_page(x * w + x * 5.0, at="#step=7")
    tab.tab.check("#predicting")
    tab.press("ArrowRight")
    return tab


def answer(tab: Any, text: str) -> str:
    tab.tab.fill("#prediction input", text)
    tab.tab.press("#prediction input", "Enter")
    return str(tab.text("#prediction .reply"))


def test_predict_the_sign_then_the_number_and_mistakes_are_named(open_page: Any) -> None:
    tab = predicting(open_page)
    at = tab.step
    tab.tab.get_by_role("button", name="negative").click()
    assert "Not negative" in tab.text("#prediction .reply")
    tab.tab.get_by_role("button", name="positive").click()
    assert at == tab.step
    before = tab.number(topological_order(tab.root)[0], "grad")
    assert 5.0 == before
    assert "overwrites" in answer(tab, "2")
    assert "forgets the local factor" in answer(tab, "6")
    assert "wrong operand" in answer(tab, "8")
    assert "Right: 7" in answer(tab, "7")
    assert at + 1 == tab.step
    assert "Right at once: 0 of 1" == tab.text("#score")
    tab.press("ArrowRight")
    tab.tab.get_by_role("button", name="positive").click()
    answer(tab, "3")
    assert "Right at once: 1 of 2" == tab.text("#score")


MISTAKES = {  # of the contribution 3 × 2 = 6 to w, which has 5 already (its other local: 4)
    "6": "overwrites",
    "8": "forgets the local factor",
    "3": "forgets the local factor",
    "17": "wrong operand",
    "12": "wrong operand",
    "-11": "the sign is not",
    "2": "local derivative alone",
    "100": "Not yet",
    "a hundred": "not a number",
}


@pytest.mark.parametrize("typed", MISTAKES)
def test_every_mistake_of_a_prediction_has_its_name(mistakes: Any, typed: str) -> None:
    assert MISTAKES[typed] in answer(mistakes, typed)


@pytest.fixture(scope="module")
def mistakes(browser: Any, tmp_path_factory: Any) -> Iterator[Any]:
    """A page that asks for the second contribution to w."""
    w, x = Value(4.0, label="w"), Value(2.0, label="x")
    tab = Opened(browser, tmp_path_factory.mktemp("mistakes"), w * x * 3.0 + w * 5.0)
    tab.tab.locator("#scrubber").fill("9")
    assert (5.0, 3.0) == (tab.number(w, "grad"), tab.number(tab.root._prev[0]._prev[0], "grad"))
    tab.tab.check("#predicting")
    tab.tab.click("#next")
    tab.tab.get_by_role("button", name="positive").click()
    yield tab
    assert "Right: 11" in answer(tab, "11")
    tab.close()


def test_going_forward_the_value_is_asked_and_at_the_end_mistakes_are_counted(
    open_page: Any,
) -> None:
    w, x = Value(4.0, label="w"), Value(2.0, label="x")
    tab = open_page((w * x).tanh())
    tab.tab.check("#predicting")
    tab.press("ArrowRight")
    assert "n2 = w × x = 4 × 2. What is n2?" in tab.text("#prediction")
    assert 0 == tab.step
    assert "That adds" in answer(tab, "6")
    answer(tab, "8")
    assert 1 == tab.step
    tab.press("ArrowRight")
    assert "what goes in" in answer(tab, "8")
    answer(tab, "1")
    tab.press("ArrowRight", 2)  # the seed is told
    for _ in range(3):
        tab.tab.get_by_role("button", name="Show me").click()
        tab.press("ArrowRight")
    assert "another operation (1)" in tab.text("#review")
    assert "not answered (3)" in tab.text("#review")
    assert "Look again at the value of n2" in tab.text("#review")


def test_nothing_says_the_answer_before_it_is_asked(open_page: Any) -> None:
    w, x = Value(4.0, label="w"), Value(2.0, label="x")
    y = (w * x).sigmoid()
    tab = open_page(y, at="#step=2&folded=")
    tab.open_tab("curve")
    assert "slope" in tab.text("#curve") and 1 == tab.tab.locator("#curve .tangent").count()
    tab.tab.check("#predicting")
    assert "slope" not in tab.text("#curve") and 0 == tab.tab.locator("#curve .tangent").count()
    for name in ("verify", "paths"):
        tab.open_tab(name)
        assert "is what you predict" in tab.text(f"#{name}")
    assert "× 0." not in tab.text("svg.graph")
    tab.tab.locator("#scrubber").fill("5")
    tab.open_tab("verify")
    assert "They agree" in tab.text("#verify")


def test_zero_is_not_right_for_a_small_number(open_page: Any) -> None:
    w, x = Value(7.0, label="w"), Value(1.0, label="x")
    tab = open_page((w * x).tanh() * 1.0, at="#step=4&folded=")
    tab.tab.check("#predicting")
    tab.press("ArrowRight")
    tab.tab.get_by_role("button", name="positive").click()
    answer(tab, "1")
    tab.press("ArrowRight")
    tab.tab.get_by_role("button", name="positive").click()
    assert "Right" not in answer(tab, "0")


def test_whoever_predicts_is_asked_about_one_contribution_after_the_other(open_page: Any) -> None:
    tab = open_page(large_network())
    assert "layer" == tab.tab.input_value("#size")
    tab.tab.check("#predicting")
    assert "contribution" == tab.tab.input_value("#size")
    tab.press("ArrowRight")
    assert tab.tab.is_visible("#prediction")
