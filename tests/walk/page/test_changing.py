"""Numbers that are changed run both passes again."""

import math
from typing import Any

import pytest

from tests.walk.page.opened import large_network, neuron, vanishing
from tinygrad_neuron import Value, topological_order

pytestmark = pytest.mark.once  # what the browser computes does not depend on Python's version


def test_a_slider_recomputes_everything_at_the_same_step_and_shows_ghosts(open_page: Any) -> None:
    root = neuron()
    tab = open_page(root)
    tab.press("End")
    before = tab.shown(root, "data")
    end = tab.step
    w0 = next(node for node in topological_order(root) if node.label == "w0")
    tab.tab.evaluate(
        """() => { const slider = document.querySelector('[aria-label="w0, slider"]');
        slider.value = "0.25"; slider.dispatchEvent(new Event("input", {bubbles: true})); }"""
    )
    w0.data = 0.25
    assert end == tab.step
    assert tab.agrees()
    assert f"was {before}" == tab.text(f"{tab.card(root)} .ghost")
    tab.tab.evaluate(
        """document.querySelector('[aria-label="w0, slider"]').dispatchEvent(new Event("change"))"""
    )
    assert 0 == tab.tab.locator(".ghost").count()


def test_ghosts_stay_while_a_slider_is_held_and_go_on_release(open_page: Any) -> None:
    root = neuron()
    tab = open_page(root)
    tab.press("End")
    before = tab.shown(root, "data")
    slider = tab.tab.get_by_label("w0, slider", exact=True)
    box = slider.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.tab.mouse.move(x, y)
    tab.tab.mouse.down()
    tab.tab.mouse.move(x + 20, y)
    tab.tab.mouse.move(x + 30, y)
    assert before in tab.text(f"{tab.card(root)} .ghost")
    w0 = next(node for node in topological_order(root) if node.label == "w0")
    assert f"was {w0.data:.4g}" == tab.text(f"{tab.card(w0)} .ghost").split(",")[0]
    tab.tab.mouse.up()
    assert 0 == tab.tab.locator(".ghost").count()
    assert before != tab.shown(root, "data")


def test_typed_numbers_are_parsed_strictly_and_reset_brings_the_old_ones_back(
    open_page: Any,
) -> None:
    root = neuron()
    tab = open_page(root)
    tab.press("End")
    before = tab.number(root, "data")
    for wrong in ("1,5", "0x10", "alert(1)", "", "Infinity", "1e999"):
        tab.type("x1", wrong)
        assert "is not a number" in tab.text("#leaf-list")
        assert before == tab.number(root, "data")
    tab.type("x1", "-1.5e0")
    assert before != tab.number(root, "data")
    tab.tab.click("#reset")
    assert before == tab.number(root, "data")


def test_many_leaves_are_found_by_name_or_in_their_scopes(open_page: Any) -> None:
    root = large_network()
    tab = open_page(root)
    tab.press("End")
    visible = "#leaf-list input[type=range]:visible"
    assert 4 == tab.tab.locator(visible).count()  # a and b, and the two numbers of the loss
    tab.tab.fill("#leaf-search", "layers[1].neurons[3].w")
    assert 8 == tab.tab.locator(visible).count()
    assert "8 of 109 match" in tab.text("#leaf-list [role=status]")
    tab.type("layers[1].neurons[3].w0", "1.5")
    w0 = next(
        v
        for v in topological_order(root)
        if v.label == "w0" and str(v.scope) == "layers[1].neurons[3]"
    )
    w0.data = 1.5
    tab.tab.select_option("#level", "scalar")
    tab.until(lambda: tab.folded() == [])
    assert tab.agrees()
    tab.tab.fill("#leaf-search", "")
    for name in ("MLP", "layers[1]", "neurons[3]"):
        tab.tab.locator("#leaf-groups summary:visible", has_text=f"{name} (").click()
    field = tab.tab.get_by_label("layers[1].neurons[3].w0, a number", exact=True)
    field.wait_for()
    assert "1.5" == field.input_value()
    assert 13 == tab.tab.locator(visible).count()


def test_many_constants_do_not_hide_the_few_leaves(open_page: Any) -> None:
    root = vanishing()
    tab = open_page(root)
    visible = "#leaf-list input[type=range]:visible"
    assert 1 == tab.tab.locator(visible).count()
    tab.tab.locator("#leaf-list summary", has_text="constants (16)").click()
    tab.until(lambda: tab.tab.locator(visible).count() == 17)


def test_choosing_a_leaf_in_the_picture_shows_its_controls(open_page: Any) -> None:
    tab = open_page(large_network(), at="#")
    tab.until(lambda: len(tab.folded()) > 0)
    tab.tab.select_option("#level", "neuron")
    tab.until(lambda: len(tab.folded()) == 17)
    tab.click_card("layers[0].neurons[2], ")
    tab.until(lambda: "layers[0].neurons[2]" not in tab.folded())
    tab.click_card("layers[0].neurons[2].b")
    assert tab.tab.get_by_label("layers[0].neurons[2].b, slider", exact=True).is_visible()


@pytest.mark.parametrize("given", [math.nan, math.inf])
def test_a_number_that_is_none_is_named_moved_and_comes_back(open_page: Any, given: float) -> None:
    x = Value(given, label="x")
    y = (Value(2.0, label="w") * x - x).tanh()
    y.label = "y"
    tab = open_page(y)
    tab.press("End")
    field = tab.tab.get_by_label("x, a number", exact=True)
    assert str(given) == field.input_value()
    assert f"{given} to start with: move it, or write a number" in tab.text("#leaf-list")
    assert "first NaN, at" in tab.text("#problem")
    slider = tab.tab.get_by_label("x, slider", exact=True)
    assert ("-2", "2") == (slider.get_attribute("min"), slider.get_attribute("max"))
    slider.focus()
    tab.press("ArrowRight")
    assert math.isfinite(float(field.input_value()))
    assert not tab.tab.is_visible("#problem")
    x.data = float(field.input_value())
    assert tab.agrees()
    tab.tab.click("#reset")
    assert str(given) == field.input_value()
    assert tab.tab.is_visible("#problem")
