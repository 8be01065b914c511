"""One screen that fits: what must be seen is on it, at every step and at three sizes."""

from typing import Any

import pytest

from tests.draw.twelve import readme_of_micrograd
from tests.walk.page.opened import (
    FIRST_SLIDER,
    SCREEN,
    SIZES,
    large_network,
    neuron,
    small_network,
)
from tests.walk.page.twelve import TWELVE
from tinygrad_neuron import nn, topological_order, walkthrough
from tinygrad_neuron.datasets import moons
from tinygrad_neuron.walk import Training

pytestmark = pytest.mark.once  # what the browser computes does not depend on Python's version
SCALE = "() => document.querySelector('svg.graph').getScreenCTM().a"


@pytest.mark.parametrize("name", TWELVE)
def test_output_or_current_card_sentence_and_transport_are_on_the_screen(
    open_page: Any, name: str
) -> None:
    page = open_page(TWELVE[name](), at="#")
    for size, (width, height) in SIZES.items():
        page.tab.set_viewport_size({"width": width, "height": height})
        page.tab.reload()
        page.requests.pop()
        page.tab.wait_for_timeout(150)  # the picture of the level that fits is unpacked
        least = 12 if size == "phone" else 11
        assert [] == page.tab.evaluate(SCREEN, least), (size, "at load")
        place = page.tab.evaluate(FIRST_SLIDER)
        count = page.steps
        for step in range(10, count + 1, 10 if count < 300 else 50):
            page.tab.locator("#scrubber").fill(str(step))
            assert [] == page.tab.evaluate(SCREEN, least), (size, step)
            assert place == page.tab.evaluate(FIRST_SLIDER), (size, step)
    page.tab.set_viewport_size({"width": 1280, "height": 800})


def test_the_picture_is_zoomed_by_buttons_keys_and_wheel_and_fits_again(open_page: Any) -> None:
    tab = open_page(readme_of_micrograd())
    start = tab.tab.evaluate(SCALE)
    assert start == pytest.approx(1.2, rel=1e-3)  # 12 pixels
    assert tab.tab.is_visible("#overview")
    tab.tab.click("#larger")
    assert tab.tab.evaluate(SCALE) == pytest.approx(1.25 * start, rel=1e-3)
    tab.press("-", 2)
    assert tab.tab.evaluate(SCALE) == pytest.approx(start / 1.25, rel=1e-3)
    tab.press("0")
    fits = tab.tab.evaluate(SCALE)
    assert fits < start and not tab.tab.is_visible("#overview")
    box = tab.tab.locator("g.root").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.tab.mouse.move(x, y)
    under = f"document.elementFromPoint({x}, {y}).closest('g').id"
    before = tab.tab.evaluate(under)
    tab.tab.mouse.wheel(0, -400)
    tab.until(lambda: tab.tab.evaluate(SCALE) > fits)
    assert before == tab.tab.evaluate(under)


def test_a_picture_that_is_larger_than_its_pane_is_dragged_and_moved_in_the_overview(
    open_page: Any,
) -> None:
    tab = open_page(readme_of_micrograd())
    left = "document.querySelector('#pictures').scrollLeft"
    tab.tab.evaluate("document.querySelector('#pictures').scrollLeft = 0")
    tab.tab.mouse.move(400, 120)
    tab.tab.mouse.down()
    tab.tab.mouse.move(300, 120, steps=4)
    tab.tab.mouse.up()
    assert 100 == tab.tab.evaluate(left)
    box = tab.tab.locator("#overview").bounding_box()
    tab.tab.mouse.click(box["x"] + box["width"] - 5, box["y"] + box["height"] / 2)
    assert tab.tab.evaluate(left) > 500


def test_a_pinch_makes_the_picture_larger(open_page: Any) -> None:
    options = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    tab = open_page(neuron(), at="#", **options)
    tab.tab.wait_for_timeout(150)
    before = tab.tab.evaluate(SCALE)
    session = tab.tab.context.new_cdp_session(tab.tab)
    for kind, apart in (("Start", 40), ("Move", 60), ("Move", 80), ("End", 0)):
        points = [{"x": 200 - apart, "y": 200}, {"x": 200 + apart, "y": 200}] if apart else []
        session.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})
    tab.until(lambda: tab.tab.evaluate(SCALE) == pytest.approx(2 * before, rel=0.02))


@pytest.mark.parametrize("touch", [False, True])
def test_a_number_is_changed_by_dragging_its_card(open_page: Any, touch: bool) -> None:
    root = neuron()
    tab = open_page(root, has_touch=touch)
    tab.press("End")
    before = tab.shown(root, "data")
    x0 = next(node for node in topological_order(root) if node.label == "x0")
    box = tab.tab.locator(tab.card(x0)).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    if touch:
        session = tab.tab.context.new_cdp_session(tab.tab)
        for kind, at in (("Start", x), ("Move", x + 30), ("Move", x + 60)):
            points = [{"x": at, "y": y}]
            event = {"type": f"touch{kind}", "touchPoints": points}
            session.send("Input.dispatchTouchEvent", event)
    else:
        tab.tab.mouse.move(x, y)
        tab.tab.mouse.down()
        tab.tab.mouse.move(x + 60, y, steps=3)
    tab.until(lambda: 2.0 == tab.number(x0, "data"))  # 60 of 240 pixels, of a range of 4
    assert f"was {before}" in tab.text(f"{tab.card(root)} .ghost")
    x0.data = 2.0
    assert tab.agrees()
    assert "2" == tab.tab.get_by_label("x0, a number", exact=True).input_value()
    if touch:
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    else:
        tab.tab.mouse.up()
    tab.until(lambda: 0 == tab.tab.locator(".ghost").count())
    assert not tab.tab.is_visible("#origin")


def test_fold_is_the_inverse_of_open(open_page: Any) -> None:
    tab = open_page(small_network(), at="#")
    tab.tab.wait_for_timeout(150)
    tab.tab.select_option("#level", "network")
    tab.until(lambda: tab.folded() == ["MLP"])
    tab.click_card("MLP, ")
    tab.until(lambda: tab.folded() == ["layers[0]", "layers[1]"])
    tab.fold_box("MLP")
    tab.until(lambda: tab.folded() == ["MLP"])


def test_on_a_phone_a_slider_and_the_picture_are_on_the_screen_together(open_page: Any) -> None:
    tab = open_page(neuron(), at="#step=5", viewport={"width": 390, "height": 844})
    slider = tab.tab.get_by_label("b, slider", exact=True)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box["y"] + box["height"] < 844
    assert [] == tab.tab.evaluate(SCREEN, 12)


def test_what_is_beside_the_picture_on_a_phone_covers_none_of_it(open_page: Any) -> None:
    model = nn.MLP(2, [4, 1], activation="tanh", seed=1)
    data = [(point, 2.0 * label - 1.0) for point, label in moons(10, seed=1)]
    walk = walkthrough(
        lambda x0, x1, target: (model([x0, x1]) - target) ** 2,
        0.1,
        0.2,
        1.0,
        data=data,
        training=Training(model.parameters(), iterations=3),
    )
    tab = open_page(walk, at="#", viewport={"width": 390, "height": 844})
    tab.press("ArrowRight", 2)
    pane, beside = (tab.tab.locator(one).bounding_box() for one in ("#pictures", "#beside"))
    assert 390 == pane["width"] and 130 < pane["height"]
    assert pane["y"] + pane["height"] <= beside["y"] + 1
    for one in ("#field", "#loss svg", "#iteration", "#loss-now"):
        box = tab.tab.locator(one).bounding_box()
        assert box["y"] + box["height"] <= beside["y"] + beside["height"] + 1, one
    assert [] == tab.tab.evaluate(SCREEN, 12)


LABELS_OVER_CARDS = """() => {
  const box = (one) => one.getBoundingClientRect();
  const cards = [...document.querySelectorAll("svg.graph g.node")].map((card) =>
    [card.id, box(card.querySelector("polygon, path, ellipse, rect"))]);
  const wrong = [];
  for (const text of document.querySelectorAll("svg.graph g.edge text")) {
    if (!text.textContent) continue;
    const own = box(text);
    for (const [id, card] of cards) {
      const across = Math.min(own.right, card.right) - Math.max(own.left, card.left);
      const down = Math.min(own.bottom, card.bottom) - Math.max(own.top, card.top);
      if (across > 2 && down > 3) wrong.push(`${text.textContent} over ${id}`);
    }
  }
  return wrong;
}"""


@pytest.mark.parametrize(
    ("make", "level"),
    [(large_network, "neuron"), (large_network, "layer"), (large_network, "network"),
     (TWELVE["XOR with loss"], "network")],
)  # fmt: skip
def test_the_sum_of_a_folded_edge_stands_over_no_card(
    open_page: Any, make: Any, level: str
) -> None:
    tab = open_page(make(), at="#")
    tab.tab.wait_for_timeout(150)
    tab.tab.select_option("#level", level)
    tab.until(lambda: tab.folded() != [])
    for step in range(0, tab.steps + 1, 20):
        tab.tab.locator("#scrubber").fill(str(step))
        assert [] == tab.tab.evaluate(LABELS_OVER_CARDS), step
    tab.press("End")
    sums = tab.tab.locator("svg.graph g.edge text").all_text_contents()
    assert any("Σ" in text for text in sums) or level == "neuron"
