"""The page in Firefox: the same numbers, the same keys, the same plane."""

import math
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.walk.page.firefox import NAMES, Firefox, firefox
from tests.walk.page.opened import square_plus
from tests.walk.page.test_page_plane import correct, network
from tests.walk.page.twelve import TWELVE
from tinygrad_neuron import topological_order
from tinygrad_neuron.walk import page

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(not any(map(shutil.which, NAMES)), reason="no Firefox on this machine"),
]

RIGHT = "\ue014"  # the arrow key, in WebDriver's letters

NUMBERS = """return Object.fromEntries([...document.querySelectorAll("svg.graph g.node")].map(
  (g) => [g.id, Object.fromEntries([...g.querySelectorAll("[data-shows]")].map(
    (t) => [t.dataset.shows, t.dataset.value]))]))"""
COMPLAINTS = """window.complaints = [];
addEventListener("error", (event) => window.complaints.push(event.message));"""


@pytest.fixture(scope="module")
def fox(tmp_path_factory: Any) -> Iterator[Firefox]:
    with firefox(tmp_path_factory.mktemp("firefox")) as running:
        yield running


def test_a_graph_is_stepped_through_by_keys_with_the_engines_numbers(
    fox: Firefox, tmp_path: Path
) -> None:
    _, _, y = square_plus()
    fox.open(f"file://{page.write_page(y, tmp_path / 'page.html')}")
    count = int(fox.text("#where").split(" / ")[1])
    for step in range(1, count + 1):
        fox.press(RIGHT)
        assert f"{step} / {count}" == fox.text("#where")
    y.backward()
    shown = fox.run(NUMBERS)
    for i, node in enumerate(topological_order(y)):
        assert math.isclose(node.data, float(shown[f"n{i}"]["data"]), rel_tol=1e-12)
        assert math.isclose(node.grad, float(shown[f"n{i}"]["grad"]), rel_tol=1e-12)


def test_the_plane_is_drawn_and_takes_a_click(fox: Firefox, tmp_path: Path) -> None:
    walk, model, data = network()
    fox.open(f"file://{page.write_page(walk, tmp_path / 'page.html')}")
    assert correct(model, data) == fox.text("#plane-score")
    fox.click("#plane-points .example:nth-of-type(2)")
    assert "– / 20" != fox.text("#example")


@pytest.mark.parametrize("name", TWELVE)
def test_every_page_opens_and_goes_to_its_end(fox: Firefox, tmp_path: Path, name: str) -> None:
    fox.open(f"file://{page.write_page(TWELVE[name](), tmp_path / 'page.html')}")
    fox.run(COMPLAINTS)
    fox.click("#last")
    end = fox.run("const s = document.querySelector('#scrubber'); return [s.value, s.max]")
    assert end[0] == end[1] != "0"
    assert [] == fox.run("return window.complaints")
