"""The browser that the tests of the page share."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.walk.page.opened import FLAGS, USED, Opened
from tinygrad_neuron import Value
from tinygrad_neuron.walk import Walkthrough


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium on this machine: the page is not opened")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        USED.clear()
        opened.close()


@pytest.fixture
def open_page(browser: Any, tmp_path: Path) -> Iterator[Any]:
    made: list[Opened] = []

    def opened(root: "Value | Walkthrough", at: str = "", **options: Any) -> Opened:
        made.append(Opened(browser, tmp_path, root, at, **options))
        return made[-1]

    yield opened
    for one in made:
        one.close()
