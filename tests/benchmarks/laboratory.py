"""How large the laboratory is, how fast it opens and runs: `python tests/benchmarks/laboratory.py
[FOLDER]` (about two minutes; FOLDER holds what `npm pack` wrote, instead of npm).

Measured in headless Chromium, everything on this machine, files compressed as hosts compress them.
The first result is the picture of a neuron, from the beginning of the navigation, with Run pressed
as soon as the page has the button: at most 4 s the first time, 3 s from the cache. Where the
machine does something else besides, the times are longer; so the load is printed, and the time that
the browser's processes had a processor.
"""

import contextlib
import functools
import gzip
import hashlib
import io
import os
import re
import shutil
import statistics
import sys
import tempfile
import threading
import time
from http.server import ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import sync_playwright

from tinygrad_neuron.laboratory.building import build
from tinygrad_neuron.laboratory.serving import Handler

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
TIMES = 3
SLOW = 10e6 / 8  # bytes a second
# The longest time between two frames while a program runs.
GAPS = """() => new Promise((done) => {
  let last = performance.now(), worst = 0;
  const until = last + 1500;
  const frame = (now) => {
    worst = Math.max(worst, now - last);
    last = now;
    if (now < until) requestAnimationFrame(frame);
    else done(worst);
  };
  requestAnimationFrame(frame);
})"""


class Host(Handler):
    """Serves compressed files, at a limited rate where one is set, and counts their bytes."""

    rate = 0.0
    sent = 0
    one_at_a_time = threading.Lock()

    @staticmethod
    @functools.cache
    def compressed(path):
        return gzip.compress(Path(path).read_bytes(), 9)

    def send_head(self):
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            return super().send_head()
        body = self.compressed(str(path))
        tag = f'"{hashlib.sha256(body).hexdigest()}"'
        is_known = self.headers["If-None-Match"] == tag
        self.send_response(304 if is_known else 200)
        self.send_header("ETag", tag)
        if is_known:
            self.end_headers()
            return None
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)

    def send_header(self, name, value):
        # as a host that lets a browser keep files for ten minutes
        super().send_header(name, "max-age=600" if name == "Cache-Control" else value)

    def copyfile(self, source, outputfile):
        while chunk := source.read(16384):
            Host.sent += len(chunk)
            if rate := Host.rate:
                with self.one_at_a_time:
                    time.sleep(len(chunk) / rate)
            outputfile.write(chunk)


def used():
    """Seconds of processors that all processes begun by this one have used until now."""
    parents, seconds = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            pid = int(path.parent.name)
            parents[pid] = int(fields[1])
            seconds[pid] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def is_ours(pid):
        while pid > 1 and pid != os.getpid():
            pid = parents.get(pid, 0)
        return pid == os.getpid()

    return sum(s for pid, s in seconds.items() if pid != os.getpid() and is_ours(pid))


def first_result(page, address):
    """Seconds from the navigation to the picture of the first example, and of processors."""
    start, before = time.perf_counter(), used()
    page.goto(address, wait_until="commit")
    page.locator("#programs option").first.wait_for(state="attached")
    page.get_by_role("button", name="Run", exact=True).click()
    page.locator("#shown img").first.wait_for()
    return time.perf_counter() - start, used() - before


def opening(browser, address):
    """The first time and, in the same browser, again: the least of a few."""
    first, again = [], []
    for _ in range(TIMES):
        context = browser.new_context()
        page = context.new_page()
        page.set_default_timeout(120_000)
        Host.sent = 0
        first.append(first_result(page, address))
        downloaded = Host.sent
        page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
        again.append(first_result(page, f"{address}?again"))
        context.close()
    return min(first), min(again), downloaded


def running(page):
    """Milliseconds from Ctrl+Enter to the end of a program of no work, and the longest wait of the
    page for a frame while another runs."""
    page.locator("#state", has_text="Done").wait_for()
    times = []
    for number in range(20):
        page.locator(".cm-content").click()
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(f"print('result', {number})")
        start = time.perf_counter()
        page.keyboard.press("Control+Enter")
        page.locator("#shown", has_text=re.compile(f"result {number}\\b")).wait_for()
        times.append(1000 * (time.perf_counter() - start))
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("import time\nend = time.time() + 2\nwhile time.time() < end: pass")
    page.keyboard.press("Control+Enter")
    return statistics.median(times), page.evaluate(GAPS)


def main():
    archives = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "laboratory")
        size = build(folder, archives=archives)
        for path in folder.rglob("*"):
            if path.is_file():
                Host.compressed(str(path))
        print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        print(f"the folder: {size / 1e6:.1f} MB (at most 25)")
        serving = functools.partial(Host, directory=folder)
        with ThreadingHTTPServer(("127.0.0.1", 0), serving) as host, sync_playwright() as api:
            threading.Thread(target=host.serve_forever, daemon=True).start()
            address = f"http://127.0.0.1:{host.server_port}/"
            chromium = shutil.which("chromium")
            browser = api.chromium.launch(executable_path=chromium, args=FLAGS)
            first, again, downloaded = opening(browser, address)
            print(f"a visitor downloads {downloaded / 1e6:.1f} MB until the first result")
            for (seconds, work), when in ((first, "the first time"), (again, "from the cache")):
                print(
                    f"opening to first result, {when}: {seconds:.1f} s, {work:.1f} s of processors"
                )
            page = browser.new_page()
            page.set_default_timeout(120_000)
            Host.rate = SLOW
            seconds, _ = first_result(page, address)
            print(f"opening to first result at 10 Mbit/s: {seconds:.1f} s")
            Host.rate = 0
            program, gap = running(page)
            print(f"a changed program: {program:.0f} ms beside its own work (at most 200)")
            print(f"the page's longest wait while Python runs: {gap:.0f} ms")
            browser.close()
            host.shutdown()


if __name__ == "__main__":
    main()
