"""All of it with the keyboard alone."""

from typing import Any

import pytest

from tests.walk.page.opened import neuron, small_network
from tinygrad_neuron import topological_order

pytestmark = pytest.mark.once  # what the browser computes does not depend on Python's version


def test_nodes_are_reached_with_the_keyboard_alone(open_page: Any) -> None:
    tab = open_page(neuron())
    tab.tab.focus("#pictures")
    tab.press("Tab")
    tab.press("ArrowDown")
    tab.press("ArrowUp")
    tab.press("Enter")
    assert tab.tab.is_visible("#origin")


def test_a_whole_session_without_the_mouse(open_page: Any) -> None:
    """Step, predict, move a slider, verify, follow paths, fold and unfold: by keys alone."""
    root = small_network()
    tab = open_page(root)

    def focused() -> str:
        return str(
            tab.tab.evaluate(
                """() => { const at = document.activeElement; return at.id ||
                at.getAttribute("aria-label") || at.textContent; }"""
            )
        )

    def tab_to(wanted: str, key: str = "Tab") -> None:
        for _ in range(60):
            if focused().startswith(wanted):
                return
            tab.press(key)
        raise AssertionError(f"{wanted} is not reached, but {focused()}")

    tab.press("ArrowRight", 18)
    assert "the backward pass begins" in tab.text("#now-title")
    tab_to("predicting")
    tab.press(" ")
    tab.press("ArrowRight")
    tab_to("positive")
    tab_to("negative", "Shift+Tab")
    tab.press("Enter")
    contribution = tab.root.data / (tab.root._prev[0].data) * 2  # 2 (y - 1)
    truth = contribution if contribution < 0 else None
    assert truth is not None and "Right, it is negative" in tab.text("#prediction .reply")
    tab.tab.keyboard.type(f"{truth:.3g}")
    tab.press("Enter")
    assert "Right at once: 1 of 1" == tab.text("#score")
    tab_to("predicting", "Shift+Tab")
    tab.press(" ")
    tab.press("End")
    tab_to("a, slider")
    tab.press("ArrowLeft", 3)
    moved = float(tab.tab.get_by_label("a, a number", exact=True).input_value())
    a = next(node for node in topological_order(root) if node.label == "a")
    assert moved < 1.0
    a.data = moved
    assert tab.agrees()
    tab_to("a, a number")
    tab.press("Control+a")
    tab.tab.keyboard.type("-0.5")
    tab.press("Enter")
    a.data = -0.5
    assert tab.agrees()
    tab_to("Verify", "Shift+Tab")
    tab.press("Enter")
    tab_to("leaf")
    tab.press("ArrowDown")
    assert "They agree" in tab.text("#verify")
    tab_to("Paths", "Shift+Tab")
    tab.press("Enter")
    assert "paths from loss to b" in tab.text("#paths")
    tab_to("pictures", "Shift+Tab")
    tab.press("Tab")
    tab.press("Backspace")
    tab.until(lambda: len(tab.folded()) == 1)
    tab.press("Enter")
    tab.until(lambda: len(tab.folded()) == 0)


def test_a_question_mark_opens_the_help_and_stands_in_it(open_page: Any) -> None:
    tab = open_page(neuron())
    tab.press("?")
    assert "?these keys" in tab.text("#keys dl").replace("\n", "").replace("    ", "")
    assert tab.tab.is_visible("#keys")
    tab.press("Escape")
    assert not tab.tab.is_visible("#keys")
    assert "Keys (?)" == tab.tab.get_attribute("#help", "title")
