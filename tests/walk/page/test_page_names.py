"""One language: a node has one name, on its card, in the sentence, in the formula, in the code."""

from typing import Any

import pytest

from tinygrad_neuron import Value, tanh, walkthrough

pytestmark = pytest.mark.once  # what the browser computes does not depend on Python's version


def neuron(w: Value, x: Value, b: Value) -> Value:
    z = w * x + b
    y = tanh(z)
    return y  # noqa: RET504  # the variable is what is tested


def test_a_name_is_the_same_on_the_card_and_in_sentence_and_formula(open_page: Any) -> None:
    tab = open_page(walkthrough(neuron, 0.5, 2.0, -1.0))
    assert "y = tanh(w × x + b) = ? Press → to compute it" in tab.text("#sentence")
    tab.press("ArrowRight")
    assert "n2 is computed as w × x: 0.5 × 2 = 1." == tab.text("#sentence")
    assert "n2" in tab.text("#n2")
    assert "w × x" == tab.text("#whole .at-work")
    tab.press("End")
    assert "∂y/∂x = ∂y/∂z × ∂z/∂n2 × ∂n2/∂x" == tab.text("#whole")
    assert "∂n2/∂x" == tab.text("#whole .at-work")


def test_the_line_at_work_is_lit_and_a_line_leads_to_its_step(open_page: Any) -> None:
    tab = open_page(walkthrough(neuron, 0.5, 2.0, -1.0))
    tab.open_tab("code")
    lit = "#code [aria-current]"
    tab.press("ArrowRight")
    assert "z = w * x + b" in tab.text(lit)
    tab.press("ArrowRight", 2)
    assert "y = tanh(z)" in tab.text(lit)
    tab.tab.locator("#code button", has_text="z = w * x + b").click()
    assert "z = w * x + b" in tab.text(lit) and tab.step > 3
    tab.press("ArrowLeft")
    assert tab.step > 2


def test_pointing_at_a_name_lights_card_edges_and_line(open_page: Any) -> None:
    tab = open_page(walkthrough(neuron, 0.5, 2.0, -1.0))
    tab.open_tab("code")
    tab.press("ArrowRight", 2)
    tab.tab.locator("#sentence .chip", has_text="n2").first.hover()
    assert "pointed" in tab.tab.get_attribute("#n2", "class")
    assert 3 == tab.tab.locator(".edge.pointed").count()
    assert "z = w * x + b" in tab.text("#code .pointed")
    tab.tab.locator("#n0").hover()
    assert "pointed" not in tab.tab.get_attribute("#n2", "class")


def test_right_to_left_names_leave_the_numbers_beside_them_as_they_are(open_page: Any) -> None:
    y = Value(3.25, label="משקל") * Value(2.0, label="قيمة")
    tab = open_page(y)
    tab.press("End")
    isolated = "getComputedStyle(document.querySelector('#sentence .chip')).unicodeBidi"
    assert "isolate" == tab.tab.evaluate(isolated)
    assert "\u2068قيمة\u2069 receives 1 × 3.25 = 3.25" in tab.text("#announcement")
