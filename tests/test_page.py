"""The page in a real browser: what a learner does, and what is seen then."""

import math
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tinygrad_neuron import Value, logsumexp, nn, select, topological_order
from tinygrad_neuron.walk import page

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
HOSTILE = "</script><img src=http://example.invalid/x onerror=alert(1)>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium on this machine: the page is not opened")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


class Opened:
    """A page in the browser, with what it asked for and what it complained about."""

    def __init__(self, browser: Any, folder: Path, root: Value, at: str = "", **options: Any):
        self.root = root
        self.path = page.write_page(root, folder / "page.html", title="Test")
        self.context = browser.new_context(
            **{"viewport": {"width": 1280, "height": 800}, **options}
        )
        self.tab = self.context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.tab.on("request", lambda request: self.requests.append(request.url))
        self.tab.on("console", lambda message: self.complaints.append(message.text))
        self.tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.tab.on("dialog", lambda dialog: self.complaints.append("dialog"))
        self.tab.goto(f"file://{self.path}{at}")

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.tab.keyboard.press(key)

    def text(self, selector: str) -> str:
        return str(self.tab.text_content(selector))

    @property
    def step(self) -> int:
        return int(self.text("#where").split("/")[0])

    def card(self, node: Value) -> str:
        return f"#n{topological_order(self.root).index(node)}"

    def shown(self, node: Value, what: str) -> str:
        return self.text(f'{self.card(node)} [data-shows="{what}"]')

    def number(self, node: Value, what: str) -> float | None:
        text = self.tab.get_attribute(f'{self.card(node)} [data-shows="{what}"]', "data-value")
        return float(text.replace("Infinity", "inf")) if text else None

    def type(self, name: str, text: str) -> None:
        field = self.tab.get_by_label(f"{name}, a number", exact=True)
        field.fill(text)
        field.press("Enter")

    def inspect(self) -> None:
        self.tab.click("#inspect summary")
        self.tab.wait_for_selector("#paths h3")  # the event of opening comes a moment later

    def until(self, condition: Callable[[], bool]) -> None:
        for _ in range(100):
            if condition():
                return
            self.tab.wait_for_timeout(50)
        raise AssertionError("it did not happen within 5 s")

    def agrees(self, tolerance: float = 1e-12) -> bool:
        """Whether every number shown at the end is the engine's."""
        order = topological_order(self.root)
        for node in order:
            node.grad = 0.0
        self.root.forward()
        self.root.backward()
        size = max(max(abs(node.data), abs(node.grad), 1.0) for node in order)
        for node in order:
            data = self.number(node, "data")
            if data is None or abs(data - node.data) > tolerance * size:
                return False
            grad = self.tab.query_selector(f'{self.card(node)} [data-shows="grad"]')
            shown = self.number(node, "grad") or 0.0 if grad else node.grad
            if abs(shown - node.grad) > tolerance * size:
                return False
        return True


@pytest.fixture
def open_page(browser: Any, tmp_path: Path) -> Iterator[Any]:
    made: list[Opened] = []

    def opened(root: Value, at: str = "", **options: Any) -> Opened:
        made.append(Opened(browser, tmp_path, root, at, **options))
        return made[-1]

    yield opened
    for one in made:
        assert [] == one.complaints
        assert [f"file://{one.path}"] == [url.partition("#")[0] for url in one.requests]
        one.context.close()


def square_plus() -> tuple[Value, Value, Value]:
    x = Value(3.0, label="x")
    w = Value(2.0, label="w")
    y = x * x + w * x
    y.label = "y"
    return x, w, y


def neuron() -> Value:
    random.seed(3)
    return nn.Neuron(2, activation="tanh")([Value(1.0, label="x0"), Value(-2.0, label="x1")])


def test_a_neurons_page_is_small() -> None:
    assert len(page.page_html(neuron()).encode()) < 200_000


def test_steps_forward_then_contributions_one_by_one_and_back(open_page: Any) -> None:
    x, w, y = square_plus()
    tab = open_page(y)
    assert (0, "not yet", "3") == (tab.step, tab.shown(y, "data"), tab.shown(x, "data"))
    tab.press("ArrowRight", 3)
    assert ("15", "not yet") == (tab.shown(y, "data"), tab.shown(y, "grad"))
    tab.press("ArrowRight", 5)  # the seed, two through the sum, two through w * x
    assert ("1", "2") == (tab.shown(y, "grad"), tab.shown(x, "grad"))
    tab.press("ArrowRight")
    assert "Step 9 of 10 · backward" == tab.text("#now-title")
    assert "2 + 3 = 5" in tab.text("#arithmetic")
    assert "∂(x × x)/∂x = x = 3" in tab.text("#arithmetic")
    assert 5.0 == tab.number(x, "grad")
    tab.press("ArrowLeft")
    assert 2.0 == tab.number(x, "grad")
    tab.press("End")
    assert (8.0, 3.0) == (tab.number(x, "grad"), tab.number(w, "grad"))
    tab.press("Home")
    assert (0, "not yet") == (tab.step, tab.shown(x, "grad"))


def test_an_edge_carries_incoming_times_local_equals_contribution(open_page: Any) -> None:
    _, _, y = square_plus()
    tab = open_page(y)
    tab.press("End")
    last = len(topological_order(y)) - 1
    products = {tab.text(f"#e{last}-{position}").strip() for position in (0, 1)}
    assert {"1 × 1= 1"} == products


def test_not_computed_yet_looks_different_from_zero(open_page: Any) -> None:
    x = Value(-1.0, label="x")
    y = x.relu()
    tab = open_page(y)
    style = f"getComputedStyle(document.querySelector('{tab.card(x)} [data-shows=grad]')).fontStyle"
    assert ("not yet", "italic") == (tab.shown(x, "grad"), tab.tab.evaluate(style))
    tab.press("End")
    assert ("0", "normal") == (tab.shown(x, "grad"), tab.tab.evaluate(style))


def test_a_link_opens_at_its_step_and_stepping_changes_the_address(open_page: Any) -> None:
    tab = open_page(neuron(), at="#step=7")
    assert 7 == tab.step
    tab.press("ArrowRight")
    assert tab.tab.url.endswith("#step=8")
    tab.tab.evaluate("location.hash = '#step=2'")
    tab.until(lambda: tab.step == 2)


def test_play_and_pause(open_page: Any) -> None:
    tab = open_page(neuron())
    tab.tab.select_option("#speed", "500")
    tab.tab.focus("#pictures")
    tab.press(" ")
    tab.until(lambda: tab.step >= 2)
    tab.tab.click("#play")
    at = tab.step
    tab.tab.wait_for_timeout(700)
    assert (at, "false") == (tab.step, tab.tab.get_attribute("#play", "aria-pressed"))


def test_the_scrubber_goes_to_any_step(open_page: Any) -> None:
    tab = open_page(neuron())
    tab.tab.locator("#scrubber").fill("5")
    assert 5 == tab.step


def test_a_slider_recomputes_everything_at_the_same_step_and_shows_ghosts(open_page: Any) -> None:
    root = neuron()
    tab = open_page(root)
    tab.press("End")
    before = tab.shown(root, "data")
    end = tab.step
    w0 = next(node for node in topological_order(root) if node.label == "w0")
    tab.tab.evaluate(
        """() => { const slider = document.querySelector('[aria-label="w0, slider"]');
        slider.value = "0.25"; slider.dispatchEvent(new Event("input", {bubbles: true})); }"""
    )
    w0.data = 0.25
    assert end == tab.step
    assert tab.agrees()
    assert f"was {before}" == tab.text(f"{tab.card(root)} .ghost")
    tab.tab.evaluate(
        """document.querySelector('[aria-label="w0, slider"]').dispatchEvent(new Event("change"))"""
    )
    assert 0 == tab.tab.locator(".ghost").count()


def test_typed_numbers_are_parsed_strictly_and_reset_brings_the_old_ones_back(
    open_page: Any,
) -> None:
    root = neuron()
    tab = open_page(root)
    tab.press("End")
    before = tab.number(root, "data")
    for wrong in ("1,5", "0x10", "alert(1)", "", "Infinity", "1e999"):
        tab.type("x1", wrong)
        assert "is not a number" in tab.text("#leaf-list")
        assert before == tab.number(root, "data")
    tab.type("x1", "-1.5e0")
    assert before != tab.number(root, "data")
    tab.tab.click("#reset")
    assert before == tab.number(root, "data")


def test_an_error_of_the_domain_is_worded_as_the_engines(open_page: Any) -> None:
    p = Value(1.0, label="p")
    tab = open_page(p.log())
    tab.press("End")
    tab.type("p", "-1")
    p.data = -1.0
    with pytest.raises(ValueError) as caught:
        tab.root.forward()
    assert f"ValueError: {caught.value}" == tab.text("#problem")
    assert "not yet" == tab.shown(tab.root, "data")
    tab.type("p", "2")
    assert "0.6931" == tab.shown(tab.root, "data")
    assert not tab.tab.is_visible("#problem")


def test_verify_puts_the_finite_difference_beside_the_gradient(open_page: Any) -> None:
    tab = open_page(neuron())
    tab.inspect()
    for leaf in range(5):
        tab.tab.select_option("#leaf", index=leaf)
        quotient, gradient = float(tab.text("#quotient")), float(tab.text("#gradient"))
        assert math.isclose(quotient, gradient, rel_tol=1e-4, abs_tol=1e-6)
        assert "They agree" in tab.text("#verify")


def test_the_curve_has_a_tangent_at_the_current_point(open_page: Any) -> None:
    tab = open_page(neuron(), at="#step=5")
    assert "tanh at z" in tab.text("#curve figcaption")
    assert 1 == tab.tab.locator("#curve .tangent").count()


def test_paths_with_their_products_and_sum(open_page: Any) -> None:
    _, _, y = square_plus()
    tab = open_page(y)
    tab.inspect()
    assert "3 paths from y to x" in tab.text("#paths")
    assert 3 == tab.tab.locator("#paths .product").count()
    assert "8" == tab.text("#path-sum")
    assert tab.tab.locator(".edge.on-path").count() == 5


def test_a_dead_relu_is_flagged_with_its_factor_and_what_helps(open_page: Any) -> None:
    z = Value(-2.0, label="z")
    tab = open_page(z.relu())
    assert not tab.tab.is_visible("#flags")
    tab.press("End")
    text = tab.text("#flags")
    assert "Ø dead" in text and "for z = -2 is 0" in text and "leaky_relu" in text
    tab.type("z", "2")
    assert not tab.tab.is_visible("#flags")


def predicting(open_page: Any) -> Any:
    """A page that asks for the second contribution to x, in y = (x * w) + x."""
    x, w = Value(3.0, label="x"), Value(2.0, label="w")
    tab = open_page(x * w + x * 5.0, at="#step=7")
    tab.tab.check("#predicting")
    tab.press("ArrowRight")
    return tab


def answer(tab: Any, text: str) -> str:
    tab.tab.fill("#prediction input", text)
    tab.tab.press("#prediction input", "Enter")
    return str(tab.text("#prediction .reply"))


def test_predict_the_sign_then_the_number_and_mistakes_are_named(open_page: Any) -> None:
    tab = predicting(open_page)
    at = tab.step
    tab.tab.get_by_role("button", name="negative").click()
    assert "Not negative" in tab.text("#prediction .reply")
    tab.tab.get_by_role("button", name="positive").click()
    assert at == tab.step
    before = tab.number(topological_order(tab.root)[0], "grad")
    assert 5.0 == before
    assert "overwrites" in answer(tab, "2")
    assert "forgets the local factor" in answer(tab, "6")
    assert "wrong operand" in answer(tab, "8")
    assert "Right: 7" in answer(tab, "7")
    assert at + 1 == tab.step
    assert "Right at once: 0 of 1" == tab.text("#score")
    tab.press("ArrowRight")
    tab.tab.get_by_role("button", name="positive").click()
    answer(tab, "3")
    assert "Right at once: 1 of 2" == tab.text("#score")


def test_scopes_fold_and_unfold(open_page: Any) -> None:
    random.seed(1)
    root = nn.MLP(2, [2, 1])([Value(1.0, label="a"), Value(2.0, label="b")])
    tab = open_page(root)
    every = tab.tab.locator("svg.graph:not([hidden]) .node").count()
    tab.tab.select_option("#level", "neuron")
    folded = tab.tab.locator("svg.graph:not([hidden]) .node").count()
    assert folded < every
    assert f"drawn as {folded}" in tab.text("#folded")
    tab.tab.locator("svg.graph:not([hidden]) .node.folded").first.click()
    assert "scalar" == tab.tab.input_value("#level")


def test_labels_stay_text(open_page: Any) -> None:
    x = Value(2.0, label=HOSTILE)
    y = x * 3.0
    y.label = "<b>&amp;</b>\u2028-->"
    tab = open_page(y)
    tab.press("End")
    assert 0 == tab.tab.locator("img").count()
    assert HOSTILE[:20] in tab.text("#leaf-list")
    assert "<b>&amp;</b>" in tab.text("#sentence")


def test_every_operation_of_a_mixed_graph_agrees_with_the_engine(open_page: Any) -> None:
    a, b, c = (Value(v, label=n) for v, n in ((0.7, "a"), (1.9, "b"), (-0.4, "c")))
    parts = [a**b, a / b, (b * b).log(), c.gelu(), c.mish(), c.swish(b), logsumexp([a, b, c])]
    parts += [select([a, b, c], 1), c.leaky_relu(), c.elu(), abs(c), b**3, c.erf(), a.sqrt()]
    root = sum(parts, Value(0.0, label="zero"))
    tab = open_page(root)
    tab.press("End")
    assert tab.agrees()
    for name, text, leaf in (("a", "1.25", a), ("c", "2.5", c)):
        tab.type(name, text)
        leaf.data = float(text)
        assert tab.agrees()


def test_it_works_at_390_pixels_and_in_the_dark(open_page: Any) -> None:
    options = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
    tab = open_page(neuron(), **options)
    assert tab.tab.evaluate("document.documentElement.scrollWidth") <= 390
    background = "getComputedStyle(document.body).backgroundColor"
    assert "rgb(20, 24, 31)" == tab.tab.evaluate(background)
    tab.tab.click("#next")
    assert 1 == tab.step
    tab.tab.click("#theme")
    assert "rgb(255, 255, 255)" == tab.tab.evaluate(background)


def test_steps_are_announced(open_page: Any) -> None:
    tab = open_page(neuron())
    tab.press("ArrowRight")
    assert tab.text("#sentence") == tab.text("#announcement")
    assert "polite" == tab.tab.get_attribute("#announcement", "aria-live")


def test_nodes_are_reached_with_the_keyboard_alone(open_page: Any) -> None:
    tab = open_page(neuron())
    tab.tab.focus("#pictures")
    tab.press("Tab")
    tab.press("ArrowDown")
    tab.press("ArrowUp")
    tab.press("Enter")
    assert tab.tab.evaluate("document.querySelector('#inspect').open")


def test_printing_gives_a_filmstrip(open_page: Any) -> None:
    tab = open_page(neuron())
    steps = int(tab.text("#where").split("/")[1])
    tab.tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert steps + 1 == tab.tab.locator("#filmstrip figure svg").count()
    tab.tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert tab.tab.pdf().count(b"/Type /Page\n") > 1
    assert 0 == tab.step


def test_several_frames_in_one_notebook_do_not_touch_each_other(browser: Any) -> None:
    tab = browser.new_page()
    x, y = Value(2.0, label="x") * 3.0, Value(1.0, label="y").tanh()
    tab.set_content(page.frame_html(x) + page.frame_html(y, title="second"))
    frames = tab.frames[1:]
    for frame in frames:
        frame.wait_for_selector("#where")
    frames[0].click("#next")
    assert ["1 / 3", "0 / 3"] == [frame.text_content("#where") for frame in frames]
    tab.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_violation(open_page: Any, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    tab = open_page(neuron(), at="#step=8", color_scheme=scheme, bypass_csp=True)
    tab.inspect()
    found = axe.Axe().run(tab.tab).response["violations"]
    serious = [v for v in found if v["impact"] in ("serious", "critical")]
    nodes = [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in serious]
    assert [] == nodes


def test_what_cannot_be_shown_is_refused() -> None:
    with pytest.raises(TypeError, match="the root must be a Value, got int 3"):
        page.page_html(3)  # type: ignore[arg-type]  # the mistake under test
    made = Value(1.0, (Value(2.0),), "mine")
    with pytest.raises(TypeError, match="made by hand"):
        page.page_html(made)
