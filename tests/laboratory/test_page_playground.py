"""The playground's page, in Chromium."""

import re

import pytest

from tests.laboratory.conftest import Opened
from tinygrad_neuron.laboratory.configuration import Configuration


class OpenedPlayground(Opened):
    """The playground, and what one does there."""

    def open(self, address, fragment=""):
        self.page.goto("about:blank")
        self.page.goto(f"{address}playground.html{fragment}")
        self.page.locator("#columns .cell").first.wait_for()
        return self

    @property
    def step(self):
        return int(self.page.inner_text("#count").replace(",", ""))

    def share(self, name):
        """The share of right answers, in per cent."""
        return float(self.page.inner_text(f"#right-{name}").removesuffix(" %"))

    def train_until(self, reached):
        """Trains until something holds, and still does where it has come to rest."""
        self.page.click("#train")
        for _ in range(900):
            if reached():
                self.pause()
                if reached():
                    return
                self.page.click("#train")
            self.page.wait_for_timeout(100)
        pytest.fail(f"not reached in {self.step} steps")

    def pause(self):
        """Pauses, and waits until what is under way is drawn."""
        self.page.click("#train")
        self.page.locator("#train", has_text="Train").wait_for()
        drawn = -1
        while drawn != (drawn := self.page.evaluate("window.playground.pictures")):
            self.page.wait_for_timeout(500)

    def call(self, name, given="{}"):
        """What the page's Python returns: a module of the page is the same each time."""
        return self.page.evaluate(f"window.playground.call('{name}', {given})")

    def program(self):
        self.page.click("#code")
        self.page.locator("#text", has_text="draw_network").wait_for()
        text = self.page.inner_text("#text")
        self.page.click("#program-close")
        return text


@pytest.fixture(scope="module")
def one(browser, address):
    """The playground; the tests of this file share it, and its Python once it has started."""
    page = OpenedPlayground(browser.new_page(viewport={"width": 1280, "height": 800}))
    yield page.open(address)
    assert [] == page.wrong
    page.page.close()


def losses_of(program, count):
    """The first losses of a program as CPython computes them."""
    every = re.search(r"step % (\d+)", program).group(1)
    lines = program.replace(f"step % {every} ", "step % 1 ").splitlines()
    lines = [line for line in lines if not line.startswith("draw_network(")]
    text = re.sub(r"range\(\d+\)", f"range({count})", "\n".join(lines))
    printed = []
    exec(text, {"print": lambda *words: printed.append(words[-1])})
    return printed


def test_nothing_runs_before_a_press(one):
    assert 0 == one.step
    assert "Train" in one.page.inner_text("#train")
    assert [] == [url for url in one.asked if "pyodide" in url or "worker" in url]


def test_it_learns_moons_and_its_code_does_the_same(one, address):
    one.train_until(lambda: one.share("train") >= 95 and one.share("test") >= 95)
    assert one.step > 20
    assert one.page.locator("#boundary").get_attribute("d").startswith("M")
    assert one.page.locator("#curve-train").get_attribute("d").startswith("M")
    program = one.program()
    found = one.call("losses", "{ count: 20 }")
    assert losses_of(program, 20) == pytest.approx(found, rel=1e-9)
    link = one.page.locator("#open").get_attribute("href")
    read = "(at) => import('./links.js').then(({ linked }) => linked(at))"
    assert program.strip() == one.page.evaluate(read, link.removeprefix("index.html")).strip()
    assert [] == [url for url in one.asked if not url.startswith((address, "data:", "blob:"))]


def test_one_step_is_one_step_and_one_can_go_back(one):
    before = one.step
    one.page.click("#step")
    one.page.locator("#count", has_text=f"{before + 1:,}").wait_for()
    latest = one.page.inner_text("#loss-train")
    one.page.focus("#moment")
    one.page.keyboard.press("Home")
    one.page.locator("#count", has_text=re.compile("^0$")).wait_for()
    assert latest != one.page.inner_text("#loss-train")
    one.page.get_by_role("button", name="Hidden 1, neuron 1").click()
    early = one.page.frame_locator("#walk iframe").locator("h1")
    assert early.inner_text().endswith("after 0 steps")
    one.page.click("#walk-close")
    one.page.focus("#moment")
    one.page.keyboard.press("End")
    one.page.locator("#count", has_text=f"{before + 1:,}").wait_for()
    assert latest == one.page.inner_text("#loss-train")


def test_a_neuron_says_what_it_computes_and_opens_as_a_walkthrough(one):
    neuron = one.page.get_by_role("button", name="Hidden 1, neuron 3")
    neuron.focus()
    said = one.page.inner_text("#told")
    assert re.match(r"Hidden 1, neuron 3 = tanh\(.*x0 [+−] .*x1 [+−] [\d.]+\)$", said)
    assert "Hidden 1, neuron 3" == one.page.inner_text("#output-title")
    one.page.keyboard.press("Enter")
    frame = one.page.frame_locator("#walk iframe")
    frame.locator("#next").click()
    assert re.search(r"w0\*x0", frame.locator("#sentence").inner_text())
    assert "● 1 ■ 0" in frame.locator("#plane-text").inner_text()
    assert "correct" not in frame.locator("#plane-text").inner_text()
    one.page.click("#walk-close")
    # a dialog says that it is closed a moment after
    one.page.locator("#walk iframe").wait_for(state="detached")


def test_escape_closes_a_walkthrough_from_inside_too(one):
    one.page.get_by_role("button", name="Hidden 1, neuron 3").click()
    frame = one.page.frame_locator("#walk iframe")
    frame.locator("#next").click()
    one.page.keyboard.press("?")
    one.page.keyboard.press("Escape")  # closes what explains the keys
    frame.locator("#keys").wait_for(state="hidden")
    assert one.page.locator("#walk").is_visible()
    frame.locator("#pictures .given").first.click()
    one.page.keyboard.press("Escape")  # lets go of the card
    one.page.wait_for_timeout(200)
    assert one.page.locator("#walk").is_visible()
    one.page.keyboard.press("Escape")
    one.page.locator("#walk").wait_for(state="hidden")
    assert "Hidden 1, neuron 3" == one.page.evaluate("document.activeElement.ariaLabel")


def test_the_output_opens_as_the_loss_of_the_example(one):
    one.page.click("#example-next")
    assert one.page.inner_text("#example").startswith("Example 2:")
    one.page.get_by_role("button", name="Output").click()
    frame = one.page.frame_locator("#walk iframe")
    assert "Output, example 2" in frame.locator("h1").inner_text()
    assert "100 correct" in frame.locator("#plane-score").inner_text()
    pane = frame.locator("#pictures").bounding_box()
    for card in frame.locator("#pictures .given, #pictures .root").all():
        box = card.bounding_box()
        assert pane["x"] <= box["x"] and box["x"] + box["width"] <= pane["x"] + pane["width"]
    one.page.click("#walk-close")


def test_a_walkthrough_has_the_theme_of_the_page(one):
    one.page.click("#theme")
    one.page.get_by_role("button", name="Hidden 2, neuron 1").click()
    frame = one.page.frame_locator("#walk iframe")
    frame.locator("html[data-theme=dark]").wait_for()
    one.page.click("#walk-close")
    one.page.click("#theme")


def test_the_address_has_the_choices_and_gives_them_back(one, address):
    one.page.select_option("#control-activation", "relu")
    one.page.click("[aria-label='One neuron less in hidden layer 2']")
    one.page.click("[aria-label='One hidden layer more']")
    one.page.check(".sets input[value=circles]", force=True)
    one.page.select_option("#pace", "fast")
    fragment = one.page.evaluate("location.hash")
    assert "#data=circles&layers=8,7,7&activation=relu&speed=fast" == fragment
    other = OpenedPlayground(one.page.context.browser.new_page()).open(address, fragment)
    assert "3 hidden layers" == other.page.inner_text("#depth")
    assert "relu" == other.page.input_value("#control-activation")
    assert other.page.is_checked(".sets input[value=circles]")
    assert "fast" == other.page.input_value("#pace")
    other.page.goto(f"{address}playground.html#activation=nonsense&layers=99&lr=-1&x=1")
    assert "tanh" == other.page.input_value("#control-activation")
    other.page.close()
    # Its Python has them too.
    chosen = Configuration(data="circles", layers=(8, 7, 7), activation="relu")
    one.page.locator("#figures").wait_for()
    assert chosen.setup() in one.program() + "\n"


def test_what_leaves_all_bounds_ends_with_a_word_on_what_helps(one, address):
    one.page.evaluate("location.hash = '#optimiser=SGD&lr=1000&activation=identity&layers=8,8'")
    one.page.click("#train")
    problem = one.page.locator("#problem", has_text="learning rate")
    problem.wait_for()
    one.page.locator("#train", has_text="Train").wait_for()
    one.page.evaluate("location.hash = '#layers=2'")
    problem.wait_for(state="hidden")


def test_another_choice_goes_on_training(one):
    one.page.evaluate("location.hash = '#layers=2,2'")
    one.page.click("#train")
    one.page.locator("#count", has_text=re.compile("^[1-9]")).wait_for()
    one.page.select_option("#control-activation", "relu")
    one.page.locator("#train", has_text="Pause").wait_for()
    one.page.locator("#count", has_text=re.compile("^[1-9]")).wait_for()
    one.pause()


def test_the_keyboard_trains_and_pauses(one):
    one.page.evaluate("location.hash = '#layers=3'")
    one.page.evaluate("document.activeElement.blur()")
    one.page.keyboard.press("s")
    one.page.locator("#count", has_text=re.compile("^1$")).wait_for()
    one.page.keyboard.press("Space")
    one.page.locator("#train", has_text="Pause").wait_for()
    one.page.locator("#count", has_text=re.compile(r"^([2-9]|\d[\d,]+)$")).wait_for()
    one.page.keyboard.press("Space")
    one.page.locator("#train", has_text="Train").wait_for()
    one.page.keyboard.press("r")
    one.page.locator("#count", has_text=re.compile("^0$")).wait_for()


def test_at_fast_one_can_go_back_nearly_step_by_step(one):
    one.page.evaluate("location.hash = '#layers=2&speed=fast'")
    one.page.click("#train")
    one.page.locator("#count", has_text=re.compile(r"^\d,?\d{3}$")).wait_for()
    one.pause()
    latest, places = one.step, int(one.page.get_attribute("#moment", "max"))
    assert 500 <= places <= 1000
    one.page.focus("#moment")
    one.page.keyboard.press("ArrowLeft")
    one.page.locator("#count", has_not_text=re.compile(f"^{latest:,}$")).wait_for()
    assert 0 < latest - one.step <= latest / places + 1


def test_training_is_there_when_one_comes_back_from_the_editor(one, address):
    one.page.evaluate("location.hash = '#layers=2,2&speed=fast'")
    one.page.click("#train")
    one.page.locator("#count", has_text=re.compile(r"^[\d,]{2,}$")).wait_for()
    one.page.get_by_role("link", name="Editor").click()  # while it trains
    one.page.locator("#state", has_text="Ready").wait_for()
    one.page.get_by_role("link", name="Playground", exact=True).click()
    one.page.locator("#count", has_text=re.compile(r"^[1-9]")).wait_for()
    before, loss = one.step, one.page.inner_text("#loss-train")
    program = one.program()
    one.page.click("#code")
    one.page.click("#open")
    one.page.locator("#state", has_text="Ready").wait_for()
    one.page.go_back()
    one.page.locator("#count", has_text=re.compile(r"^[1-9]")).wait_for()
    assert (before, loss) == (one.step, one.page.inner_text("#loss-train"))
    assert one.page.locator("#curve-train").get_attribute("d").startswith("M")
    assert f"range({before})" in program == one.program()
    one.page.click("#step")
    one.page.locator("#count", has_text=re.compile(f"^{before + 1:,}$")).wait_for()
    one.page.focus("#moment")
    one.page.keyboard.press("Home")
    one.page.locator("#count", has_text=re.compile("^0$")).wait_for()
    one.page.reload()  # begins anew
    one.page.locator("#columns .cell").first.wait_for()
    one.page.wait_for_timeout(300)
    assert 0 == one.step and one.page.locator("#starting").is_hidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(browser, address, width, theme):
    sync = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is missing")
    opened = browser.new_page(viewport={"width": width, "height": 844}, color_scheme=theme)
    page = OpenedPlayground(opened).open(address).page
    found = sync.Axe().run(page).response["violations"]
    assert [] == [(one["id"], one["nodes"][0]["html"][:200]) for one in found]
    assert width == page.evaluate("document.documentElement.scrollWidth")
    page.close()
