"""The page as a whole: small, safe, for everybody, offline."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.walk.page.opened import HOSTILE, large_network, neuron, small_network, training
from tinygrad_neuron import Value, nn, walkthrough
from tinygrad_neuron.walk import page

pytestmark = pytest.mark.once  # what the browser computes does not depend on Python's version


def test_a_neurons_page_is_small() -> None:
    assert len(page.page_html(neuron()).encode()) < 200_000


def test_labels_stay_text_wherever_they_are_shown(open_page: Any) -> None:
    scope = nn.Neuron(1, activation="tanh", seed=1)
    scope.w[0].label = HOSTILE
    x = Value(2.0, label="<script>alert(2)</script>")
    y = scope([x]) * x
    y.label = "<b>&amp;</b>\u2028-->"
    tab = open_page(y, title=f"<i>{HOSTILE}")
    assert "<i></script>" in tab.text("h1")
    tab.tab.check("#predicting")
    for _ in range(30):
        tab.press("ArrowRight")
        if tab.tab.is_visible("#prediction button"):
            tab.tab.get_by_role("button", name="Show me").click()
    tab.tab.uncheck("#predicting")
    tab.press("Home")
    assert "<b>&amp;</b>" in tab.text("#sentence")
    tab.press("End")
    tab.open_tab("verify")
    tab.tab.select_option("#leaf", label=HOSTILE[:39] + "…")
    tab.open_tab("paths")
    for place in ("#leaf-list", "#leaf", "#verify", "#paths", "svg.graph"):
        assert HOSTILE[:12] in tab.text(place), place
    tab.type("<script>alert(2)</script>", "1e999")
    tab.type("<script>alert(2)</script>", "-1")
    tab.fold_box("Neuron")
    tab.until(lambda: tab.folded() == ["Neuron"])
    tab.tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert 0 == tab.tab.locator("img, b script, i, #filmstrip script").count()
    assert 3 == tab.tab.locator("script").count()  # the page's own


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


def test_several_frames_in_one_notebook_do_not_touch_each_other(
    browser: Any, tmp_path: Path
) -> None:
    x, y = Value(2.0, label="x") * 3.0, Value(1.0, label="y").tanh()
    notebook = tmp_path / "notebook.html"
    frames = [walkthrough(x)._repr_html_(), page.frame_html(y, title="second")]
    frames += [walkthrough(small_network())._repr_html_(), training()._repr_html_()]
    notebook.write_text("<!DOCTYPE html><p>a notebook</p>" + "".join(frames), "utf-8")
    tab = browser.new_page()
    requests: list[str] = []
    tab.on("request", lambda request: requests.append(request.url))
    tab.goto(f"file://{notebook}#its-own-place")
    inside = tab.frames[1:]
    for frame in inside:
        frame.wait_for_selector("#where")
    inside[3].click("#last")
    assert "iteration 3 of 3 · update" in inside[3].text_content("#now-title")
    inside[0].click("#next")
    inside[2].select_option("#level", "scalar")
    inside[2].locator('g.title[aria-label="MLP, open: fold"]').click()
    inside[2].wait_for_selector('g.node[aria-label^="MLP, 24 nodes folded"]')
    inside[2].click("#last")
    assert ["1 / 3", "0 / 3"] == [frame.text_content("#where") for frame in inside[:2]]
    inside[1].fill('[aria-label="y, a number"]', "0")
    inside[1].press('[aria-label="y, a number"]', "Enter")
    assert "2" == inside[0].text_content('#n0 [data-shows="data"]')
    assert tab.url.endswith("#its-own-place")
    assert {"file", "about"} == {url.partition(":")[0] for url in requests} | {"about"}
    tab.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(open_page: Any, scheme: str) -> None:
    tab = open_page(training(), at="#step=30&folded=", color_scheme=scheme, bypass_csp=True)
    tab.fold_box("layers[0].neurons[0]")
    tab.until(lambda: len(tab.folded()) == 1)
    tab.tab.check("#predicting")
    tab.press("ArrowRight")
    tab.click_card("layers[0].neurons[1].z")
    for part in ("#prediction", "#origin"):
        assert tab.tab.is_visible(part)
    for name in ("numbers", "curve", "verify", "paths", "flags"):
        tab.open_tab(name)
        assert [] == tab.violations(), name
    tab.tab.click("#help")
    assert [] == tab.violations()
    tab.tab.get_by_role("button", name="Close").last.click()
    many = open_page(large_network(), color_scheme=scheme, bypass_csp=True)
    many.tab.fill("#leaf-search", "w1")
    assert many.tab.is_visible("#leaf-found input")
    assert [] == many.violations()


@pytest.mark.parametrize(("digits", "shown"), [(2, "0.67"), (8, "0.66666667")])
def test_the_page_has_the_walkthroughs_digits(open_page: Any, digits: int, shown: str) -> None:
    y = Value(2.0, label="a") / Value(3.0, label="b")
    tab = open_page(walkthrough(y, digits=digits))
    tab.press("End")
    assert shown == tab.shown(y, "data")
    assert f"= {shown}" in tab.text("#arithmetic")


def test_motion_is_reduced_where_asked(open_page: Any) -> None:
    moving = """() => [...document.querySelectorAll("svg.graph *, body *")].filter((one) => {
      const style = getComputedStyle(one);
      return style.transitionDuration !== "0s" || style.animationName !== "none";
    }).length"""
    still = open_page(neuron(), reduced_motion="reduce")
    assert 0 == still.tab.evaluate(moving)
    still.press("ArrowRight")
    assert 0 == still.tab.evaluate(moving)
    assert 0 < open_page(neuron()).tab.evaluate(moving)


def test_what_cannot_be_shown_is_refused() -> None:
    with pytest.raises(TypeError, match="the root must be a Value, got int 3"):
        page.page_html(3)  # type: ignore[arg-type]  # the mistake under test
    made = Value(1.0, (Value(2.0),), "mine")
    with pytest.raises(TypeError, match="made by hand"):
        page.page_html(made)


def test_each_script_imports_only_what_those_before_it_export() -> None:
    folder = Path(page.__file__).parent
    assert sorted(page.MODULES) == sorted(file.stem for file in folder.glob("*.js"))
    exported: dict[str, set[str]] = {}
    for name in page.MODULES:
        text = (folder / f"{name}.js").read_text("utf-8")
        for names, module in re.findall(r'^import \{([^}]*)\} from "\./(\w+)\.js";', text, re.M):
            missing = {one.strip() for one in names.split(",")} - exported.get(module, set())
            assert not missing, f"{name}.js imports {missing} from {module}.js"
        found = re.findall(r"^export (?:async )?(?:function\*?|const|class) (\w+)", text, re.M)
        for names in re.findall(r"^export const \{([^}]*)\}", text, re.M):
            found += [one.strip() for one in names.split(",")]
        exported[name] = set(found)


def test_no_two_scripts_have_a_name_in_common() -> None:
    """They stand in one scope in the page: a second `const` of a name would stop all of them."""
    folder = Path(page.__file__).parent
    names: list[str] = []
    for name in page.MODULES:
        text = (folder / f"{name}.js").read_text("utf-8")
        pattern = r"^(?:export )?(?:async )?(?:const|let|function\*?|class) (\w+)"
        names += re.findall(pattern, text, re.M)
    assert sorted(set(names)) == sorted(names)
