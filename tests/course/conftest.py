"""The browser that the tests of the course share, and the book opened in it."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.walk.page.opened import FLAGS


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium on this machine: the book is not opened")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: Any, book: Path) -> Iterator[Any]:
    """Opens a page of the book; afterwards nothing may have been asked for or complained about."""
    requests: list[str] = []
    complaints: list[str] = []
    contexts = []

    def opened(name: str, **options: Any) -> Any:
        options = {"viewport": {"width": 1280, "height": 800}, **options}
        contexts.append(browser.new_context(**options))
        tab = contexts[-1].new_page()
        tab.on("request", lambda request: requests.append(request.url))
        tab.on("console", lambda message: complaints.append(message.text))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.goto(f"file://{book}/{name}")
        return tab

    yield opened
    for context in contexts:
        context.close()
    assert [] == complaints
    inside = (f"file://{book}", "data:", "about:", "blob:")
    assert [] == [url for url in requests if not url.startswith(inside)]
