"""The book opened in the browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def cache_of_lessons(tmp_path_factory: pytest.TempPathFactory, monkeypatch: Any) -> None:
    """What lessons show is kept for the tests of this run alone."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))


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
