"""The page opened in the browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.walk.page.opened import USED, Opened
from tinygrad_neuron import Value
from tinygrad_neuron.walk import Walkthrough


@pytest.fixture(autouse=True, scope="module")
def of_one_browser() -> Iterator[None]:
    """What is kept of a browser goes with it."""
    yield
    USED.clear()


@pytest.fixture
def open_page(browser: Any, tmp_path: Path) -> Iterator[Any]:
    made: list[Opened] = []

    def opened(root: "Value | Walkthrough", at: str = "", **options: Any) -> Opened:
        made.append(Opened(browser, tmp_path, root, at, **options))
        return made[-1]

    yield opened
    for one in made:
        one.close()
