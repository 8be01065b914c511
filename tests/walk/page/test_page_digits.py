"""The digits shown make true arithmetic: `=` stands where the printed numbers give the result."""

import re
from typing import Any

import pytest

from tests.draw.twelve import readme_of_micrograd
from tests.walk.page.opened import large_network
from tests.walk.page.twelve import dead_and_saturated
from tinygrad_neuron import Value

pytestmark = pytest.mark.once  # what the browser computes does not depend on Python's version
ARITHMETIC = re.compile(r"^[-\d.e+−×() ]+ = [-\d.e+]+$")


def is_true(equation: str) -> bool:
    """Whether what Python makes of the left side is printed like the right side."""
    left, _, right = equation.replace("×", "*").replace("−", "-").rpartition(" = ")
    digits = max(len(re.sub(r"e.*|^-?0\.0*|\D", "", right)), 4)
    return float(right) == float(f"{eval(left):.{digits}g}")


@pytest.mark.parametrize("root", [readme_of_micrograd, large_network, dead_and_saturated])
def test_every_equation_of_numbers_is_true_or_says_that_it_is_not(
    open_page: Any, root: Any
) -> None:
    tab = open_page(root())
    rows = tab.tab.evaluate(
        """() => { const found = []; const slider = document.querySelector("#scrubber");
        for (let step = 1; step <= Number(slider.max); step++) {
          slider.value = step; slider.dispatchEvent(new Event("input"));
          found.push(...[...document.querySelectorAll("#arithmetic dd")].map((d) => d.textContent));
        } return found; }"""
    )
    equations = [row for row in rows if ARITHMETIC.match(row)]
    assert 20 < len(equations)
    assert [] == [one for one in equations if not is_true(one)]
    assert any("≈" in row for row in rows) or root is dead_and_saturated


def test_after_a_cancellation_there_are_more_digits(open_page: Any) -> None:
    y = (Value(7.1, label="x")).tanh()
    tab = open_page(y)
    tab.press("End")
    assert "1 - 0.999998638 * 0.999998638 ≈ 2.723e-06" in tab.text("#arithmetic")


def test_what_turns_the_direction_of_text_is_made_visible(open_page: Any) -> None:
    x = Value(3.25, label="a\u202eb")
    tab = open_page(x * 2.0)
    tab.press("End")
    assert "\u202e" not in tab.tab.content()
    assert "a\ufffdb" in tab.text("#sentence")
