"""The laboratory, built once for all processes of the tests, and served on loopback.

What npm gives is kept in the machine's folder for temporary files.
"""

import os
import re
import tempfile
import threading
from pathlib import Path

import pytest

from tests.conftest import built_once
from tinygrad_neuron.laboratory import npm
from tinygrad_neuron.laboratory.building import build
from tinygrad_neuron.laboratory.serving import server


@pytest.fixture(scope="session")
def archives() -> Path:
    """The folder with what `npm pack` gives; without npm, or its registry, tests are skipped."""
    kept = Path(tempfile.gettempdir(), f"tinygrad_neuron-npm-{os.getuid()}")
    missing = [package for package in npm.ALL if not (kept / package.archive).exists()]
    if missing:
        try:
            fetched = npm.fetched(missing)
        except npm.PackageError as error:
            pytest.skip(f"no laboratory: {error}")
        kept.mkdir(exist_ok=True)
        for package, content in fetched.items():
            new = kept / f"{package.archive}.{os.getpid()}"
            new.write_bytes(content)
            new.replace(kept / package.archive)
    return kept


@pytest.fixture(scope="session")
def laboratory(archives, tmp_path_factory, worker):
    """The folder of a built laboratory."""
    return built_once(
        "laboratory", lambda folder: build(folder, archives=archives), tmp_path_factory, worker
    )


@pytest.fixture(scope="module")
def address(laboratory):
    """Where a server on loopback has the laboratory."""
    with server(laboratory) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}/"
        running.shutdown()
        thread.join()


class Opened:
    """A page of the laboratory, with what it asked for and what went wrong there."""

    def __init__(self, page):
        self.page = page
        self.asked, self.wrong = [], []
        page.set_default_timeout(90_000)
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda m: m.type == "error" and self.wrong.append(m.text))

    def state(self, said):
        """Waits until the page says so."""
        self.page.locator("#state", has_text=re.compile(said)).wait_for()

    def write(self, program):
        """Replaces the program."""
        self.page.locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(program)

    def run(self, program, end="^Done"):
        """Runs a program, waits for its end, and returns what it shows as text."""
        self.write(program)
        self.page.keyboard.press("Control+Enter")
        self.state(end)
        return self.page.locator("#shown").inner_text()


@pytest.fixture(scope="module")
def opened(browser, address):
    """The editor page, with Python started; the tests of a file share it."""
    page = Opened(browser.new_page(viewport={"width": 1280, "height": 900}))
    page.page.goto(address)
    page.state("^Ready")
    yield page
    page.page.close()
