"""How large and how fast a page is: `python tests/benchmarks/page.py` (some minutes).

Measured in headless Chromium, in milliseconds of processor of the page's own thread: its scripts,
style, layout and painting from the event of a button or slider to the end of the frame that shows
it (with about one for the measuring itself), so what else the machine does does not count. A row
has what is asked, the median of what was measured, the worst, and whether it is reached.
"""

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))  # the tests measure the same

from tests.conftest import FLAGS
from tests.walk.page.opened import FIRST_SLIDER, SCREEN, SIZES
from tests.walk.page.twelve import TWELVE
from tinygrad_neuron import Value, nn, topological_order, walkthrough
from tinygrad_neuron.datasets import moons
from tinygrad_neuron.walk import page

# The event comes at the beginning of a frame, and the message after the frame's scripts, style,
# layout and paint.
MEASURE = """({ selector, event, value }) => new Promise((done) => requestAnimationFrame(() => {
  const target = document.querySelector(selector);
  const channel = new MessageChannel();
  channel.port1.onmessage = () => done(null);
  if (event === "click") target.click();
  else {
    target.value = value;
    target.dispatchEvent(new Event(event, { bubbles: true }));
  }
  channel.port2.postMessage(null);
}))"""

# After the first frame that the page's script has made.
OPENED = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(null), 0)))"


def neuron():
    return nn.Neuron(2, activation="tanh", seed=3)([Value(1.0, label="x0"), Value(-2.0)])


def network(*sizes):
    """The loss of a network on one example."""
    model = nn.MLP(8, list(sizes), activation="tanh", seed=0)
    return (model([Value(0.1 * i) for i in range(8)]) - 1.0) ** 2


def row(what, measured, limit, unit, note=""):
    worst = max(measured)
    middle = statistics.median(measured)
    mark = "reached" if middle <= limit else "NOT REACHED"
    print(
        f"{what:<58}{limit:>9,} {unit:<3}{middle:>11,.1f}{worst:>11,.1f}  {mark}  {note}",
        flush=True,
    )
    return middle <= limit


def plane():
    """A network of 2-16-16-1 with 100 examples beside it."""
    model = nn.MLP(2, [16, 16, 1], activation="tanh", seed=1)
    return walkthrough(lambda x0, x1: model([x0, x1]), 0.1, 0.2, data=moons(100, seed=1))


class Measured:
    """A page written and opened, with how long that took."""

    def __init__(self, browser, folder, root):
        self.nodes = len(topological_order(root if isinstance(root, Value) else root.root))
        start = time.perf_counter()
        path = page.write_page(root, folder / "page.html", title="Benchmark")
        self.written = time.perf_counter() - start
        self.size = Path(path).stat().st_size
        self.opening = []
        for _ in range(3):
            self.tab = browser.new_page(viewport={"width": 1280, "height": 800})
            self.session = self.tab.context.new_cdp_session(self.tab)
            self.session.send("Performance.enable", {"timeDomain": "threadTicks"})
            before = self.processor()
            self.tab.goto(f"file://{path}")
            self.tab.evaluate(OPENED)
            self.opening.append(self.processor() - before)
        self.note = f"{self.nodes:,} nodes, written in {self.written:.1f} s"

    def level(self, name):
        """Show a level; returns how many cards there are."""
        if self.tab.input_value("#level") != name:
            self.tab.select_option("#level", name)
            self.tab.wait_for_timeout(1500)
        return self.tab.locator("svg.graph g.node").count()

    def steps(self, count=40):
        if self.tab.locator('#size option[value="contribution"]').count():
            self.tab.select_option("#size", "contribution")
        self.tab.locator("#scrubber").fill(str(self.nodes // 2))
        return self.times("#next", "click", [0] * count)

    def slider(self, count=20):
        self.tab.locator("#scrubber").fill(str(self.nodes))
        if self.tab.locator("#leaf-search").count():
            self.tab.fill("#leaf-search", "w0")
        slider = '#leaf-list input[type="range"]'
        return self.times(slider, "input", [0.01 * k for k in range(count)])

    def times(self, selector, event, values):
        found = []
        for value in values:
            before = self.processor()
            self.tab.evaluate(MEASURE, {"selector": selector, "event": event, "value": value})
            found.append(self.processor() - before)
        return found

    def processor(self):
        """The milliseconds that the page's thread has worked."""
        metrics = self.session.send("Performance.getMetrics")["metrics"]
        return 1000 * next(one["value"] for one in metrics if one["name"] == "TaskDuration")


def screens(browser, folder):
    """What is wrong on the screens of the twelve pages, at three sizes, at every tenth step."""
    good = True
    for name, make in TWELVE.items():
        path = page.write_page(make(), folder / "page.html", title=name)
        found, steps = [], 0
        for size, (width, height) in SIZES.items():
            tab = browser.new_page(viewport={"width": width, "height": height})
            tab.goto(f"file://{path}")
            tab.wait_for_timeout(200)
            count = int(tab.get_attribute("#scrubber", "max"))
            places = set()
            for step in range(0, count + 1, 10):
                tab.locator("#scrubber").fill(str(step))
                wrong = tab.evaluate(SCREEN, 12 if size == "phone" else 11)
                found += [f"{size} step {step}: {one}" for one in wrong]
                places.add(tab.evaluate(FIRST_SLIDER))
                steps += 1
            if len(places) > 1:
                found.append(f"{size}: the first slider has {len(places)} places")
            tab.close()
        mark = "reached" if not found else f"NOT REACHED {found[:3]}"
        print(f"{'one screen: ' + name:<58}{steps:>9,} steps at 3 sizes  {mark}", flush=True)
        good = good and not found
    return good


def main():
    print(f"{'':<58}{'asked':>9} {'':<3}{'measured':>11}{'worst':>11}")
    reached = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as temporary:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        folder = Path(temporary)
        small = Measured(browser, folder, neuron())
        reached.append(row("a neuron: size", [small.size / 1000], 200, "kB", small.note))
        reached.append(row("a neuron: opening", small.opening, 1000, "ms"))
        reached.append(row("a neuron: step", small.steps(12), 16, "ms"))
        reached.append(row("a neuron: slider", small.slider(), 50, "ms"))

        middle = Measured(browser, folder, network(10, 8, 4, 2, 1))
        folded = middle.level("neuron")
        note = f"{middle.note}, {folded} cards"
        reached.append(row("500 nodes, folded as it opens: step", middle.steps(), 16, "ms", note))
        drawn = middle.level("scalar")
        reached.append(
            row("500 nodes, each drawn: step", middle.steps(), 16, "ms", f"{drawn} cards")
        )

        large = Measured(browser, folder, network(24, 22, 10, 1))
        reached.append(row("2,000 nodes: size", [large.size / 1000], 2000, "kB", large.note))
        reached.append(row("2,000 nodes: opening", large.opening, 1000, "ms"))
        cards = large.level("neuron")
        reached.append(row("2,000 nodes: slider", large.slider(), 50, "ms", f"{cards} cards"))
        reached.append(row("2,000 nodes: step", large.steps(), 50, "ms", "not asked for"))
        data = Measured(browser, folder, plane())
        reached.append(
            row("data plane, 100 examples: slider", data.slider(40), 50, "ms", data.note)
        )
        if "screens" in sys.argv[1:] or len(sys.argv) < 2:
            reached.append(screens(browser, folder))
        browser.close()
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
