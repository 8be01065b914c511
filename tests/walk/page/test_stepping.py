"""From step to step, with buttons, links and time."""

from typing import Any

import pytest

from tests.walk.page.opened import neuron, square_plus, training
from tests.walk.page.twelve import moons
from tinygrad_neuron import Value, topological_order

pytestmark = pytest.mark.once  # what the browser computes does not depend on Python's version


def test_steps_forward_then_contributions_one_by_one_and_back(open_page: Any) -> None:
    x, w, y = square_plus()
    tab = open_page(y)
    assert (0, "not yet", "3") == (tab.step, tab.shown(y, "data"), tab.shown(x, "data"))
    tab.press("ArrowRight", 3)
    assert ("15", "not yet") == (tab.shown(y, "data"), tab.shown(y, "grad"))
    tab.press("ArrowRight", 5)  # the seed, two through the sum, two through w * x
    assert ("1", "2") == (tab.shown(y, "grad"), tab.shown(x, "grad"))
    tab.press("ArrowRight")
    assert "Step 9 of 10 · backward" == tab.text("#now-title")
    assert "2 + 3 = 5" in tab.text("#arithmetic")
    assert "∂n1/∂x = x = 3" in tab.text("#arithmetic")
    assert 5.0 == tab.number(x, "grad")
    tab.press("ArrowLeft")
    assert 2.0 == tab.number(x, "grad")
    tab.press("End")
    assert (8.0, 3.0) == (tab.number(x, "grad"), tab.number(w, "grad"))
    tab.press("Home")
    assert (0, "not yet") == (tab.step, tab.shown(x, "grad"))


def test_an_edge_carries_incoming_times_local_equals_contribution(open_page: Any) -> None:
    _, _, y = square_plus()
    tab = open_page(y)
    tab.press("End")
    last = len(topological_order(y)) - 1
    products = {tab.text(f"#e{last}-{position}").strip() for position in (0, 1)}
    assert {"1× 1= 1"} == products


def test_not_computed_yet_looks_different_from_zero(open_page: Any) -> None:
    x = Value(-1.0, label="x")
    y = x.relu()
    tab = open_page(y)
    style = f"getComputedStyle(document.querySelector('{tab.card(x)} [data-shows=grad]')).fontStyle"
    assert ("not yet", "italic") == (tab.shown(x, "grad"), tab.tab.evaluate(style))
    tab.press("End")
    assert ("0", "normal") == (tab.shown(x, "grad"), tab.tab.evaluate(style))


def test_a_link_opens_at_its_step_and_stepping_changes_the_address(open_page: Any) -> None:
    tab = open_page(neuron(), at="#step=7")
    assert 7 == tab.step
    tab.press("ArrowRight")
    tab.until(lambda: tab.tab.url.endswith("#step=8"))
    tab.tab.evaluate("location.hash = '#step=2'")
    tab.until(lambda: tab.step == 2)


def test_play_and_pause(open_page: Any) -> None:
    tab = open_page(neuron())
    tab.tab.select_option("#speed", "500")
    tab.tab.focus("#pictures")
    tab.press(" ")
    tab.until(lambda: tab.step >= 2)
    tab.tab.click("#play")
    at = tab.step
    tab.tab.wait_for_timeout(550)
    assert (at, "false") == (tab.step, tab.tab.get_attribute("#play", "aria-pressed"))


def test_the_scrubber_goes_to_any_step(open_page: Any) -> None:
    tab = open_page(neuron())
    tab.tab.locator("#scrubber").fill("5")
    assert 5 == tab.step


def test_steps_are_announced(open_page: Any) -> None:
    tab = open_page(neuron())
    tab.press("ArrowRight")
    assert tab.text("#sentence") == tab.text("#announcement")
    assert "polite" == tab.tab.get_attribute("#announcement", "aria-live")


def test_steps_of_four_sizes(open_page: Any) -> None:
    tab = open_page(training())
    assert ["contribution", "node", "layer", "iteration"] == tab.tab.evaluate(
        "[...document.querySelector('#size').options].map((one) => one.value)"
    )
    tab.tab.select_option("#size", "iteration")
    ends = []
    for _ in range(3):
        tab.press("ArrowRight")
        ends.append(tab.step)
    assert [56, 112, 168] == ends
    tab.press("ArrowLeft")
    assert 112 == tab.step
    tab.tab.select_option("#size", "layer")
    tab.tab.locator("#scrubber").fill("60")
    tab.press("Home")
    tab.press("ArrowRight")
    first = tab.numbers()
    tab.press("ArrowRight")
    assert first != tab.numbers()


def test_a_network_of_moons_takes_a_dozen_steps_by_layer(open_page: Any) -> None:
    tab = open_page(moons(), at="#")
    tab.tab.select_option("#size", "layer")
    steps = 0
    while tab.tab.is_enabled("#next"):
        tab.tab.click("#next")
        steps += 1
    assert 6 <= steps <= 14
    assert tab.text("#where").split(" / ")[0] == tab.text("#where").split(" / ")[1]
