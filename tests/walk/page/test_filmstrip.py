"""On paper."""

import io
from typing import Any

import pytest

from tests.walk.page.opened import neuron
from tests.walk.page.twelve import moons
from tinygrad_neuron import Value

pytestmark = pytest.mark.once  # what the browser computes does not depend on Python's version


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_printing_gives_a_filmstrip(open_page: Any, scheme: str) -> None:
    pypdf = pytest.importorskip("pypdf")
    root = Value(3.0, label="x") * Value(2.0, label="w")
    root.label = "y"
    tab = open_page(root, at="#step=2", color_scheme=scheme)
    printed = pypdf.PdfReader(io.BytesIO(tab.tab.pdf()))
    text = " ".join(" ".join(sheet.extract_text() for sheet in printed.pages).split())
    for step in range(1, 5):
        assert f"Step {step} of 4" in text
    assert "y is computed as x × w: 3 × 2 = 6." in text
    assert "so x receives 1 × 2 = 2" in text
    assert "grad 3" in text  # of w, in the pictures
    assert "Change a number" not in text and "Play" not in text
    assert 2 == tab.step and 0 == tab.tab.locator("#filmstrip figure").count()


def test_a_filmstrip_has_at_most_twelve_pictures_and_the_rest_in_words(open_page: Any) -> None:
    tab = open_page(neuron())
    steps = tab.steps
    tab.tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert 12 == tab.tab.locator("#filmstrip figure svg").count()
    assert steps + 1 - 12 == tab.tab.locator("#filmstrip > p").count()
    tab.tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert 0 == tab.step


def test_a_long_page_is_never_more_than_twenty_sheets(open_page: Any) -> None:
    pypdf = pytest.importorskip("pypdf")
    tab = open_page(moons(), at="#")
    tab.tab.wait_for_timeout(200)
    assert len(pypdf.PdfReader(io.BytesIO(tab.tab.pdf())).pages) <= 20
