"""How fast the playground's page trains: steps and pictures a second, in Chromium, while it draws.

Also for each second of the worker's processor time (on Linux), which is what an idle machine gives.

python -m tests.benchmarks.playground [seconds]
"""

import os
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
    "2-8-8-1, 200 examples, 100 of them to train on, batches of 20": "#speed=fast",
    "all 100 in each step": "#speed=fast&batch=0",
    "180 to train on, all in each step": "#speed=fast&batch=0&test=0.1",
    "relu, all 100 in each step": "#speed=fast&batch=0&activation=relu&init=he_normal",
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
                before = counts(page)
                page.wait_for_timeout(1000 * seconds)
                steps, pictures, passed, worked = (
                    b - a for a, b in zip(before, counts(page), strict=True)
                )
                print(name, end=": ", flush=True)
                for what, time_ in (("a second", passed), ("a second of the worker", worked)):
                    if time_:
                        print(
                            f"{steps / time_:.0f} steps and {pictures / time_:.1f} pictures {what}"
                        )
                page.close()
            running.shutdown()
        browser.close()


def counts(page) -> tuple[float, ...]:
    """Steps and pictures so far, the time, and the processor time of the page's worker."""
    step = int(page.inner_text("#count").replace(",", ""))
    pictures = page.evaluate("window.playground.pictures")
    return step, pictures, time.perf_counter(), sum(map(processor_time, workers()))


def workers() -> list[Path]:
    """The threads of workers in the browser that this program has started."""
    found = Path("/proc").glob("[0-9]*/task/[0-9]*/comm")
    return [comm.parent for comm in found if "DedicatedWorker" in text(comm) and is_own(comm)]


def is_own(comm: Path) -> bool:
    """Whether a thread's process descends from this one."""
    process = int(comm.parts[2])
    while process > 1 and process != os.getpid():
        process = int(text(Path(f"/proc/{process}/stat")).rpartition(")")[2].split()[1] or 0)
    return process == os.getpid()


def processor_time(thread: Path) -> float:
    """What a thread has used so far, in seconds."""
    fields = text(thread / "stat").rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def text(path: Path) -> str:
    """A file's text, or of a process that has just ended one that says nothing."""
    try:
        return path.read_text()
    except OSError:
        return ")" + " 0" * 20


if __name__ == "__main__":
    main()
