"""What the page shows of a step and of what was asked about."""

import math
from typing import Any

import pytest

from tests.walk.page.opened import neuron, square_plus

pytestmark = pytest.mark.once  # what the browser computes does not depend on Python's version


def test_verify_puts_the_finite_difference_beside_the_gradient(open_page: Any) -> None:
    tab = open_page(neuron())
    tab.open_tab("verify")
    for leaf in range(5):
        tab.tab.select_option("#leaf", index=leaf)
        quotient, gradient = float(tab.text("#quotient")), float(tab.text("#gradient"))
        assert math.isclose(quotient, gradient, rel_tol=1e-4, abs_tol=1e-6)
        assert "They agree" in tab.text("#verify")


def test_the_curve_has_a_tangent_at_the_current_point(open_page: Any) -> None:
    tab = open_page(neuron(), at="#step=5")
    tab.open_tab("curve")
    assert "tanh at z" in tab.text("#curve figcaption")
    assert 1 == tab.tab.locator("#curve .tangent").count()


def test_a_card_says_where_its_numbers_come_from(open_page: Any) -> None:
    *_, y = square_plus()
    tab = open_page(y)
    tab.click_card("x:")
    assert "Where x comes from" == tab.text("#origin-title")
    assert "a number that was given" in tab.text("#origin") and "not yet" in tab.text("#origin")
    tab.press("End")
    assert not tab.tab.is_visible("#origin")
    tab.click_card("x:")
    rows = tab.text("#origin-rows")
    for arrived in ("1 × 2 = 2", "1 × 3 = 3", "2 + 3 + 3 = 8"):
        assert arrived in rows
    tab.click_card("n3:")
    assert "w × x = 2 × 3 = 6" in tab.text("#origin-rows")
    tab.type("w", "4")
    assert "w × x = 4 × 3 = 12" in tab.text("#origin-rows")
    tab.press("Escape")
    assert not tab.tab.is_visible("#origin")


def test_paths_with_their_products_and_sum(open_page: Any) -> None:
    _, _, y = square_plus()
    tab = open_page(y)
    tab.open_tab("paths")
    assert "3 paths from y to x" in tab.text("#paths")
    assert 3 == tab.tab.locator("#paths .product").count()
    assert "8" == tab.text("#path-sum")
    assert tab.tab.locator(".edge.on-path").count() == 5
