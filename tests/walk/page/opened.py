"""A page opened in a real browser: what a learner does there, and what is seen then."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tinygrad_neuron import Value, nn, topological_order, walkthrough
from tinygrad_neuron.walk import Training, Walkthrough, page

HOSTILE = "</script><img src=http://example.invalid/x onerror=alert(1)>"


# What is wrong with the screen: what must be wholly on it and is not, and too small letters.
SCREEN = """(least) => {
  const wrong = [];
  const box = (one) => one.getBoundingClientRect();
  const inside = (one, outer) => one.left >= outer.left - 1 && one.top >= outer.top - 1 &&
    one.right <= outer.right + 1 && one.bottom <= outer.bottom + 1;
  const screen = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  const now = box(document.querySelector("#now"));
  const sentence = box(document.querySelector("#sentence"));
  if (!inside(sentence, screen) || !inside(sentence, now)) wrong.push("sentence");
  if (!inside(box(document.querySelector("#transport")), screen)) wrong.push("transport");
  const pane = box(document.querySelector("#pictures"));
  const left = (card) => box(card).left;
  const ends = [...document.querySelectorAll(".graph .given, .graph .root")];
  const card = document.querySelector(".graph .current") ??
    ends.sort((a, b) => left(a) - left(b))[0];
  const shape = box(card.querySelector("polygon, path, ellipse, rect"));
  if (!inside(shape, pane)) wrong.push(`card ${card.id}`);
  if (document.documentElement.scrollWidth > innerWidth) wrong.push("wider than the screen");
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    const hidden = one.closest(".quiet, script, style, option, #announcement");
    const text = walker.currentNode.data.trim().slice(0, 20);
    if (!text || hidden || !one.getClientRects().length) continue;
    const scale = one.getScreenCTM ? one.getScreenCTM().a : 1;
    const size = parseFloat(getComputedStyle(one).fontSize) * scale;
    if (size < least - 0.01) wrong.push(`${size.toFixed(1)} px: ${text}`);
  }
  return [...new Set(wrong)];
}"""
FIRST_SLIDER = """() => {
  const slider = document.querySelector("#leaf-list input, #leaf-list summary");
  return slider ? slider.getBoundingClientRect().top : 0;
}"""
SIZES = {"laptop": (1280, 800), "phone": (390, 844), "large": (1920, 1080)}

USED: list[Any] = []  # tabs to be used again: a new one takes the browser longer than a page does


EVERY_NUMBER = "#step=0&folded="  # nothing is folded, however large the picture


class Opened:
    """A page in the browser, with what it asked for and what it complained about."""

    def __init__(
        self,
        browser: Any,
        folder: Path,
        root: "Value | Walkthrough",
        at: str = "",
        title: str = "Test",
        **options: Any,
    ):
        self.root: Any = root.root if isinstance(root, Walkthrough) else root
        self.path = page.write_page(root, folder / "page.html", title=title)
        self.plain = not options
        if self.plain and USED:
            self.tab = USED.pop()
        else:
            options = {"viewport": {"width": 1280, "height": 800}, **options}
            self.tab = browser.new_context(**options).new_page()
        at = at or EVERY_NUMBER
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.listeners = {
            "request": lambda request: self.requests.append(request.url),
            "console": lambda message: self.complaints.append(message.text),
            "pageerror": lambda error: self.complaints.append(str(error)),
            "dialog": lambda dialog: self.complaints.append("dialog"),
        }
        for event, listener in self.listeners.items():
            self.tab.on(event, listener)
        self.tab.goto(f"file://{self.path}{at}")

    def close(self) -> None:
        """Check what the page did, and put the tab aside."""
        assert [] == self.complaints
        assert [f"file://{self.path}"] == [url.partition("#")[0] for url in self.requests]
        for event, listener in self.listeners.items():
            self.tab.remove_listener(event, listener)
        if self.plain:
            self.tab.mouse.move(0, 0)
            self.tab.goto("about:blank")
            USED.append(self.tab)
        else:
            self.tab.context.close()

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.tab.keyboard.press(key)

    def text(self, selector: str) -> str:
        return str(self.tab.text_content(selector))

    @property
    def step(self) -> int:
        return int(self.tab.input_value("#scrubber"))

    @property
    def steps(self) -> int:
        """How many contributions there are."""
        return int(self.tab.get_attribute("#scrubber", "max"))

    def card(self, node: Value) -> str:
        return f"#n{topological_order(self.root).index(node)}"

    def shown(self, node: Value, what: str) -> str:
        return self.text(f'{self.card(node)} [data-shows="{what}"]')

    def number(self, node: Value, what: str) -> float | None:
        text = self.tab.get_attribute(f'{self.card(node)} [data-shows="{what}"]', "data-value")
        return float(text.replace("Infinity", "inf")) if text else None

    def type(self, name: str, text: str) -> None:
        self.open_tab("numbers")
        field = self.tab.get_by_label(f"{name}, a number", exact=True)
        field.fill(text)
        field.press("Enter")

    def open_tab(self, name: str) -> None:
        self.tab.click(f'#tabs [data-tab="{name}"]')

    def until(self, condition: Callable[[], bool]) -> None:
        for _ in range(100):
            if condition():
                return
            self.tab.wait_for_timeout(50)
        raise AssertionError("it did not happen within 5 s")

    def numbers(self) -> dict[str, dict[str, str]]:
        """Every number in the picture, in full, by the id of its card."""
        found: dict[str, dict[str, str]] = self.tab.evaluate(
            """() => Object.fromEntries([...document.querySelectorAll("svg.graph g.node")].map(
            (g) => [g.id, Object.fromEntries([...g.querySelectorAll("[data-shows]")].map(
            (t) => [t.dataset.shows, t.dataset.value]))]))"""
        )
        return found

    def agrees(self, tolerance: float = 1e-12) -> bool:
        """Whether every number shown at the end is the engine's."""
        order = topological_order(self.root)
        for node in order:
            node.grad = 0.0
        self.root.forward()
        self.root.backward()
        size = max(max(abs(node.data), abs(node.grad)) for node in order)
        all_ = self.numbers()
        for i, node in enumerate(order):
            shown = all_.get(f"n{i}")
            if shown is None:  # folded
                continue
            pairs = [(node.data, shown["data"])]
            if "grad" in shown:
                pairs.append((node.grad, shown["grad"] or "0"))
            for expected, text in pairs:
                if not abs(expected - float(text or "nan")) <= tolerance * size:
                    return False
        return True

    def cards(self) -> list[str]:
        """What a screen reader says of each card, up to the colon."""
        found: list[str] = self.tab.evaluate(
            """() => [...document.querySelectorAll("svg.graph g.node")].map(
            (g) => g.getAttribute("aria-label").split(":")[0])"""
        )
        return found

    def folded(self) -> list[str]:
        return sorted(c.split(",")[0] for c in self.cards() if c.endswith("nodes folded"))

    def click_card(self, name: str) -> None:
        self.tab.locator(f'g.node[aria-label^="{name}"]').click()

    def fold_box(self, name: str) -> None:
        self.tab.locator(f'g.title[aria-label="{name}, open: fold"]').click()

    def violations(self) -> list[Any]:
        """Whatever axe-core finds, with the elements concerned."""
        axe = pytest.importorskip("axe_playwright_python.sync_playwright")
        found = axe.Axe().run(self.tab).response["violations"]
        bad = found
        return [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in bad]


def square_plus() -> tuple[Value, Value, Value]:
    x = Value(3.0, label="x")
    w = Value(2.0, label="w")
    y = x * x + w * x
    y.label = "y"
    return x, w, y


def neuron() -> Value:
    random.seed(3)
    return nn.Neuron(2, activation="tanh")([Value(1.0, label="x0"), Value(-2.0, label="x1")])


def saturated() -> Value:
    return (Value(2.5, label="w") * Value(2.0, label="x")).tanh()


def small_network() -> Value:
    model = nn.MLP(2, [2, 1], activation="tanh", seed=1)
    loss = (model([Value(1.0, label="a"), Value(-2.0, label="b")]) - 1.0) ** 2
    loss.label = "loss"
    return loss


def large_network() -> Value:
    model = nn.MLP(2, [8, 8, 1], activation="tanh", seed=1)
    loss = (model([Value(1.0, label="a"), Value(-2.0, label="b")]) - 1.0) ** 2
    loss.label = "loss"
    return loss


def vanishing() -> Value:
    value = Value(2.0, label="x")
    for _ in range(8):
        value = (value * 3.0).sigmoid() * 4.0
    return value


def training(lr: float = 0.3, iterations: int = 3) -> Walkthrough:
    model = nn.MLP(2, [2, 1], activation="tanh", seed=1)

    def loss() -> Value:
        result = (model([Value(1.0, label="a"), Value(-2.0, label="b")]) - 1.0) ** 2
        result.label = "loss"
        return result

    return walkthrough(loss, training=Training(model.parameters(), lr, iterations))
