"""Slides: pictures and predictions, shown without a network."""

import re

import pytest

from tinygrad_neuron.cli import main
from tinygrad_neuron.course import slides
from tinygrad_neuron.course.chosen import course
from tinygrad_neuron.course.lessons import LessonError
from tinygrad_neuron.course.results import run_here
from tinygrad_neuron.course.writing import new

pytest.importorskip("markdown_it", reason="the extra learn is not installed")


@pytest.fixture
def own(tmp_path):
    new("thermostat", tmp_path / "own")
    (tmp_path / "own" / "course.txt").write_text("title: In a day\n16\n")
    return tmp_path / "own"


def ran(own):
    lesson = course(own).lesson(16)
    return lesson, run_here(lesson)


def test_a_slide_for_each_picture_slider_prediction_and_code(own):
    made = slides.slides(*ran(own))
    assert ["title", "code", "picture", "predict", "code", "picture", ""] == [s.kind for s in made]
    assert "Lesson 16. Thermostat" == made[0].heading
    assert "After this lesson you can" in made[0].inside
    assert "y = 0.5" in made[1].inside and "assert" not in "".join(s.inside for s in made)
    assert "In short" == made[-1].heading  # the exercises are not on slides
    assert "<math" in made[1].notes  # what the text says is for the speaker


def test_a_picture_stands_below_the_short_code_before_it(own):
    path = own / "lesson_16_thermostat.py"
    short = (
        '# %%\nprint("y", 1)\n\n# %% tags=["hide-input"]\nshow("y", "A word.")\n\n# %% [markdown]'
    )
    text = path.read_text("utf-8").replace("# %% [markdown]\n# So", f"{short}\n# So")
    path.write_text(text, "utf-8")
    made = slides.slides(*ran(own))
    [both] = [slide for slide in made if "A word." in slide.inside]
    assert "picture" == both.kind
    assert both.inside.index('class="printed">y 1') < both.inside.index("A word.")


def test_a_picture_beside_the_lesson_is_on_a_slide_of_its_own(own):
    path = own / "lesson_16_thermostat.py"
    told = "# Text in Markdown"
    text = path.read_text("utf-8").replace(told, f"# ![An oven <3](my%20oven.svg)\n#\n{told}")
    path.write_text(text.replace("# So the", "# ![gone](not_there.png)\n#\n# So the"), "utf-8")
    (own / "my oven.svg").write_text("<svg/>")
    made = slides.slides(*ran(own))
    [picture] = [slide for slide in made if 'class="own"' in slide.inside]
    assert ("picture", "A number, and where it comes from") == (picture.kind, picture.heading)
    assert picture.inside.count("An oven &lt;3") == 2  # to be read, and for who cannot see it
    assert "Text in Markdown" in picture.notes
    assert not [s for s in made if "my%20oven" in s.notes + s.inside or "not_there" in s.inside]


def test_the_answer_of_a_prediction_waits(own):
    predict = slides.slides(*ran(own))[3].inside
    before, fragment, after = predict.partition('<div class="fragment answer">')
    assert fragment and "1 + 1 = 2" in after and "1 + 1 = 2" not in before


def test_a_lesson_that_fails_has_no_slides(own):
    path = own / "lesson_16_thermostat.py"
    path.write_text(path.read_text("utf-8").replace("assert y.data == 2", "1 / 0"), "utf-8")
    with pytest.raises(LessonError, match=r"(?s)lesson_16_thermostat.py fails:.*ZeroDivision"):
        slides.slides(*ran(own))


def test_without_the_extra_it_is_named(own, tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match=r"tinygrad_neuron\[teach\]"):
        slides.write_slides(tmp_path / "out", course(own))


@pytest.mark.once
def test_they_open_and_step_without_a_network_and_fit(browser, own, tmp_path):
    pytest.importorskip("sphinx_revealjs", reason="the extra teach is not installed")
    out = tmp_path / "out"
    assert 0 == main(["course", "slides", str(out), "--lessons", str(own)])
    tab = browser.new_page(viewport={"width": 1280, "height": 720})
    asked, complaints = [], []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto((out / "index.html").as_uri())
    tab.get_by_role("link", name="Lesson 16. Thermostat").click()
    tab.wait_for_function("window.Reveal?.isReady()")
    assert 7 == tab.evaluate("Reveal.getTotalSlides()")
    for _ in range(3):
        tab.keyboard.press("ArrowRight")
    answer = tab.locator(".answer").first
    assert not tab.evaluate("document.querySelector('.answer').classList.contains('visible')")
    tab.keyboard.press("ArrowRight")
    answer.wait_for(state="visible")  # it fades in
    tall = """[...document.querySelectorAll('.slides > section')].filter((one, i) => {
        Reveal.slide(i, 0, 9); return one.scrollHeight > 721 || one.scrollWidth > 1281;}).length"""
    assert 0 == tab.evaluate(tall)
    sizes = "[...document.querySelectorAll('.slides > section')].map(one => %s)"
    letters = tab.evaluate(sizes % "Number(one.style.getPropertyValue('--fit') || 0)")
    assert all(size > 1.1 for size in letters if size), letters  # short texts are set large
    tab.evaluate("Reveal.slide(2)")
    picture = tab.locator("section.present img").bounding_box()
    assert picture["width"] * picture["height"] > 0.5 * 1280 * 720 * 0.86**2  # it has a margin
    assert [] == complaints
    assert [] == [url for url in asked if not re.match("file:|data:|about:|blob:", url)]
    tab.close()


@pytest.mark.once
def test_on_an_upright_phone_pictures_are_seen_and_letters_can_be_read(browser, own, tmp_path):
    pytest.importorskip("sphinx_revealjs", reason="the extra teach is not installed")
    slides.write_slides(tmp_path / "out", course(own))
    tab = browser.new_page(viewport={"width": 390, "height": 800})
    tab.goto((tmp_path / "out" / "lesson_16_thermostat.html").as_uri())
    tab.wait_for_function("window.Reveal?.isReady()")
    tab.evaluate("Reveal.slide(2)")
    picture = tab.locator("section.present img").bounding_box()
    assert picture["width"] > 300 and picture["height"] > 100
    assert 13 < 24 * tab.evaluate("Reveal.getScale()")  # the smallest letters, of a caption
    tab.set_viewport_size({"width": 800, "height": 390})
    tab.wait_for_function("1280 === Reveal.getConfig().width")
    tab.close()
