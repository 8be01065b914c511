"""How fast the playground's page trains: steps and pictures a second, in Chromium, while it draws.

python tests/benchmarks/playground.py [seconds]
"""

import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.conftest import FLAGS
from tinygrad_neuron.laboratory.building import build
from tinygrad_neuron.laboratory.serving import server

SETTINGS = {
    "2-8-8-1, 200 examples, 100 of them to train on, batches of 20": "",
    "all 100 in each step": "#batch=0",
    "180 to train on, all in each step": "#batch=0&test=0.1",
    "relu, all 100 in each step": "#batch=0&activation=relu&init=he_normal",
}


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as api:
        folder = Path(temporary, "laboratory")
        build(folder)
        chromium = shutil.which("chromium")
        browser = api.chromium.launch(executable_path=chromium, args=FLAGS)
        with server(folder) as running:
            threading.Thread(target=running.serve_forever, daemon=True).start()
            address = f"http://127.0.0.1:{running.server_port}/playground.html"
            for name, fragment in SETTINGS.items():
                page = browser.new_page(viewport={"width": 1280, "height": 800})
                page.goto(address + fragment)
                page.click("#step")
                page.locator("#count", has_text="1").wait_for(timeout=90_000)
                page.click("#train")
                page.wait_for_timeout(1000)
                before, began = counts(page), time.perf_counter()
                page.wait_for_timeout(1000 * seconds)
                after, passed = counts(page), time.perf_counter() - began
                steps, pictures = ((b - a) / passed for a, b in zip(before, after, strict=True))
                print(f"{name}: {steps:.0f} steps and {pictures:.1f} pictures a second", flush=True)
                page.close()
            running.shutdown()
        browser.close()


def counts(page) -> tuple[int, int]:
    """Steps and pictures so far."""
    step = int(page.inner_text("#count").replace(",", ""))
    return step, page.evaluate("window.playground.pictures")


if __name__ == "__main__":
    main()
