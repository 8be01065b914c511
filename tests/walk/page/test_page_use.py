"""What a learner does in passing: through invalid numbers, with keys, by links and by names."""

from typing import Any

import pytest

from tests.walk.page.opened import neuron, square_plus
from tinygrad_neuron import Value, topological_order

pytestmark = pytest.mark.once  # what the browser computes does not depend on Python's version


def test_a_number_outside_the_domain_marks_the_operation_and_the_step_comes_back(
    open_page: Any,
) -> None:
    x = Value(2.0, label="x")
    y = x.log() * x
    tab = open_page(y)
    tab.press("End")
    end = tab.step
    tab.type("x", "-1")
    assert "log of -1.0 ('x')" in tab.text("#problem")
    assert ["n1"] == tab.tab.evaluate(
        "[...document.querySelectorAll('.graph .failed')].map((one) => one.id)"
    )
    assert tab.step < end
    tab.type("x", "2")
    assert end == tab.step
    assert 0 == tab.tab.locator(".graph .failed").count()


def test_ghosts_stay_for_the_keyboard_too(open_page: Any) -> None:
    root = neuron()
    tab = open_page(root)
    tab.press("End")
    before = tab.shown(root, "data")
    tab.tab.get_by_label("w0, slider", exact=True).focus()
    tab.press("ArrowRight", 3)
    assert f"was {before}" in tab.text(f"{tab.card(root)} .ghost")
    tab.press("Tab")
    assert 0 == tab.tab.locator(".ghost").count()


def test_the_address_holds_changed_numbers(open_page: Any) -> None:
    root = neuron()
    tab = open_page(root)
    tab.press("ArrowRight", 6)
    tab.type("x0", "2.5")
    tab.until(lambda: tab.tab.url.endswith("&x0=2.5"))
    second = open_page(neuron(), at="#step=6&folded=&x0=2.5")
    x0 = next(node for node in topological_order(second.root) if node.label == "x0")
    assert (6, 2.5) == (second.step, second.number(x0, "data"))
    assert "2.5" == second.tab.get_by_label("x0, a number", exact=True).input_value()
    second.press("End")
    x0.data = 2.5
    assert second.agrees()


def test_names_in_flags_and_paths_lead_to_their_cards(open_page: Any) -> None:
    _, _, y = square_plus()
    tab = open_page(y)
    tab.open_tab("paths")
    tab.tab.locator("#paths .route .chip", has_text="n1").first.click()
    assert "Where n1 comes from" == tab.text("#origin-title")
    flagged = open_page(Value(-2.0, label="z").relu())
    flagged.press("End")
    flagged.open_tab("flags")
    flagged.tab.locator("#flags .chip").first.click()
    assert "Where n1 comes from" == flagged.text("#origin-title")
