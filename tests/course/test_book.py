"""The web book, built once and opened in a real browser, from files, without a network."""

import errno
import functools
import http.server
import inspect
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
import urllib.request
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from tests.course.test_pages import ANSWERED
from tinygrad_neuron.calculus.table import TABLE
from tinygrad_neuron.cli import main
from tinygrad_neuron.course import book as book_module
from tinygrad_neuron.course import lessons
from tinygrad_neuron.course.book import BookError, build

pytestmark = pytest.mark.once
LESSONS = [lesson.name for lesson in lessons.lessons()]
BY_LESSON = pytest.mark.parametrize("name", LESSONS)


class Links(HTMLParser):
    """What a page links to and asks for, and the places in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.found: list[str] = []
        self.asked: list[str] = []
        self.ids: set[str] = set()
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attributes: list[Any]) -> None:
        for name, value in attributes:
            if name in ("id", "name"):
                self.ids.add(value)
            elif name == "href":
                (self.asked if tag == "link" else self.found).append(value)
            elif name in ("src", "srcset", "data"):
                self.asked.append(value)


def test_every_lesson_program_and_reference_has_its_page(book):
    pages = {path.relative_to(book).as_posix() for path in book.rglob("*.html")}
    expected = {f"{name}.html" for name in LESSONS}
    expected |= {"index.html", "glossary.html", "search.html", "quickstart.html", "names_gpt.html"}
    expected |= {"pytorch.html"}
    assert set() == expected - pages


def test_no_link_is_broken_and_nothing_is_asked_of_the_network(book):
    pages = {path: Links(path) for path in book.rglob("*.html")}
    broken = []
    for path, links in pages.items():
        for link in links.found + links.asked:
            parts = urlsplit(link)
            if parts.scheme in ("http", "https") and link in links.found:
                continue  # for the reader to follow
            if parts.scheme == "data":
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            at = unquote(parts.fragment)
            if (
                parts.scheme
                or not target.exists()
                or (at and target.suffix == ".html" and at not in pages[target].ids)
            ):
                broken.append((path.name, link))
    assert [] == broken[:10]


def test_the_whole_public_surface_is_in_the_reference(book):
    import tinygrad_neuron

    ids = set().union(*(Links(path).ids for path in (book / "reference").glob("*.html")))
    rooms = ("nn", "datasets", "draw", "walk", "compiler", "course")
    modules = {f"tinygrad_neuron.{room}": getattr(tinygrad_neuron, room) for room in rooms[:-1]}
    expected = {
        f"{name}.{word}"
        for name, module in modules.items()
        for word in module.__all__
        if not inspect.ismodule(getattr(module, word))
    }
    expected |= {f"tinygrad_neuron.{name}" for name in TABLE if name in tinygrad_neuron.__all__}
    expected |= {f"tinygrad_neuron.course.{w}" for w in ("predict", "exercise", "slider", "show")}
    expected |= {"tinygrad_neuron.optim.Adam", "tinygrad_neuron.losses.cross_entropy"}
    expected |= {"tinygrad_neuron.init.xavier_uniform", "tinygrad_neuron.Value.backward"}
    shown = {name for name in expected if name in ids or _home(name) in ids}
    assert set() == expected - shown


def _home(name: str) -> str:
    """The name under which a thing stands where it is defined."""
    import importlib

    module, _, word = name.rpartition(".")
    thing = getattr(importlib.import_module(module), word) if "Value" not in name else None
    return f"{getattr(thing, '__module__', '')}.{getattr(thing, '__qualname__', '')}"


@BY_LESSON
def test_the_first_use_of_a_term_leads_to_the_glossary(book, name):
    page = (book / f"{name}.html").read_text("utf-8")
    assert page.count('href="glossary.html#term-') >= 3
    terms = [link for link in Links(book / f"{name}.html").found if "#term-" in link]
    assert sorted(set(terms)) == sorted(terms)  # each only once


@BY_LESSON
def test_a_lesson_is_readable_on_a_phone_and_in_the_dark(visit, name):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    tab = visit(f"{name}.html", viewport={"width": 390, "height": 800}, color_scheme="dark")
    assert 390 == tab.evaluate("document.documentElement.scrollWidth")
    small = """[...document.querySelectorAll('article p, article li')].filter(
        (e) => parseFloat(getComputedStyle(e).fontSize) < 13).length"""
    assert 0 == tab.evaluate(small)
    assert [] == serious(axe, tab)


@BY_LESSON
def test_a_lesson_on_a_wide_screen_has_no_serious_barrier(visit, name):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    assert [] == serious(axe, visit(f"{name}.html"))


def serious(axe: Any, tab: Any) -> list[Any]:
    # The pages in frames are tested with the walkthrough; axe cannot look into a sandbox.
    context = {"exclude": [["iframe"], [".highlight"]]}
    found = axe.Axe().run(tab, context, {"preload": False}).response["violations"]
    return [
        (v["id"], [node["html"][:160] for node in v["nodes"]][:3])
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


@BY_LESSON
def test_every_question_of_a_lesson_is_judged_on_the_page(visit, name):
    tab = visit(f"{name}.html")
    questions = tab.locator("tn-question").all()
    assert len(questions) >= 3
    for question in questions:
        asked = json.loads(question.get_attribute("data-question"))
        right, wrong = typed(asked, asked["answer"]), [typed(asked, w) for w, _ in asked["wrong"]]
        if asked["kind"] == "expression":  # the page knows what it gives, not how it is written
            right, wrong = re.sub("<[^>]*>", "", asked["shown"]), []
        said = question.evaluate(ANSWERED, [[right], wrong])
        assert all(text.startswith("✓") for text in said["right"])
        assert all(text.startswith("✗ ") and len(text) > 4 for text in said["wrong"])
        assert all(text.startswith("The answer is") for text in said["nonsense"])
        assert not asked["hint"] or said["hint"]
        assert said["answer"].startswith("Answer: ")


def typed(asked: Any, answer: Any) -> Any:
    return ", ".join(map(str, answer)) if asked["kind"] == "numbers" else answer


def test_a_question_is_answered_with_the_keyboard(visit):
    tab = visit(f"{LESSONS[0]}.html")
    question = tab.locator("tn-question:has(input)").first
    field = question.get_by_role("textbox")
    field.focus()
    tab.keyboard.type(str(json.loads(question.get_attribute("data-question"))["answer"]))
    tab.keyboard.press("Enter")
    assert question.get_by_role("status").text_content().startswith("✓")
    choice = tab.locator("tn-question:has(.row)").first
    choice.get_by_role("button").first.focus()
    tab.keyboard.press("Enter")
    assert choice.get_by_role("status").text_content()[0] in "✓✗"


def read_only(tab: Any) -> None:
    """Nothing waits for an answer."""
    switch = tab.get_by_label("I only read")
    if switch.count():
        switch.check()


@BY_LESSON
def test_every_slider_moves_with_the_keys_and_shows_one_frame(visit, name):
    tab = visit(f"{name}.html")
    read_only(tab)
    sliders = tab.locator("tn-slider:not(tn-hand *)")  # those in figures for the hand are for paper
    for i in range(sliders.count()):
        slider = sliders.nth(i)
        values = slider.locator(".tn-frame").evaluate_all("all => all.map((e) => e.dataset.value)")
        slider.locator("input").focus()
        tab.keyboard.press("Home")
        seen = [slider.locator("output").text_content()]
        for _ in values[1:]:
            tab.keyboard.press("ArrowRight")
            seen.append(slider.locator("output").text_content())
            assert 1 == slider.locator(".tn-frame:not([data-off])").count()
        assert values == seen
        tab.keyboard.press("Home")
        assert values[0] == slider.locator("output").text_content()


@BY_LESSON
def test_every_embedded_walkthrough_steps(visit, name):
    tab = visit(f"{name}.html")
    read_only(tab)
    for frame in tab.frames[1:]:
        frame.wait_for_selector("#where")
        count = frame.text_content("#where").split("/")[1].strip()
        frame.click("#next")
        assert f"1 / {count}" == frame.text_content("#where")


def test_lessons_embed_walkthroughs_that_follow_the_pages_theme(visit):
    tab = visit("lesson_6_computation_graph.html", color_scheme="light")
    read_only(tab)
    assert len(tab.frames) > 1
    for theme in ("dark", "light"):
        tab.evaluate(f"document.body.dataset.theme = '{theme}'")
        dark = "getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0] < 100"
        tab.frames[1].wait_for_function(f"({dark}) === {json.dumps(theme == 'dark')}", timeout=9000)


HOMES = {  # in which lesson one looks for a word
    "veto": 1, "threshold": 1, "perceptron": 2, "bias": 2, "activation function": 3, "tanh": 3,
    "hyperplane": 4, "derivative": 3, "gradient": 5, "topological order": 7,
}  # fmt: skip


@pytest.mark.parametrize("word", HOMES)
def test_search_finds_first_the_lesson_that_introduces_a_word_then_the_glossary(visit, word):
    tab = visit(f"search.html?q={word}")
    tab.wait_for_selector("#search-results li a")
    tab.wait_for_timeout(600)  # results come one by one
    found = [
        item.locator("a").first.inner_text()
        for item in tab.locator("#search-results li").all()
        if item.is_visible()
    ]
    assert found[0].startswith(f"Lesson {HOMES[word]}.")
    assert found.index("Glossary") <= 2
    assert 1 == sum("Glossary" in text for text in found)


def test_a_page_is_at_most_three_megabytes(book):
    sizes = {path.name: path.stat().st_size for path in book.glob("*.html")}
    assert {} == {name: size for name, size in sizes.items() if size > 3_000_000}


@BY_LESSON
def test_on_paper_a_lesson_is_whole_and_nothing_covers_it(visit, name, tmp_path):
    """Read back from the PDF: the text behind predictions, the folds, all frames; no skip link."""
    pdftotext = shutil.which("pdftotext")
    if pdftotext is None:
        pytest.skip("no pdftotext on this machine")
    tab = visit(f"{name}.html")
    tab.pdf(path=tmp_path / "page.pdf", format="A4")
    read = subprocess.run(
        [pdftotext, "-layout", tmp_path / "page.pdf", "-"], capture_output=True, encoding="utf-8"
    ).stdout
    words = " ".join(read.split())
    assert "Skip to content" not in words
    assert "The text goes on when you have answered" not in words
    lesson = next(lesson for lesson in lessons.lessons() if lesson.name == name)
    waiting, missing = False, []
    for cell in lesson.cells:
        before, rest = cell.split() if cell.kind == "text" else (None, None)
        if waiting and before is not None:
            start = re.split(r"[$`*\[\]()|<>&\n\"'-]|\d\.", before.source.strip())[0].strip()
            if " ".join(start.split()) not in words:
                missing.append(start)
        waiting = (waiting and not rest) or cell.predicts
    assert [] == missing
    pages = read.split("\f")[:-1]
    assert all(page.strip() for page in pages)


@BY_LESSON
def test_on_paper_no_page_is_left_half_empty(visit, name):
    """Frames of sliders are broken across pages, each whole."""
    tab = visit(f"{name}.html")
    tab.emulate_media(media="print")
    kept = """[...document.querySelectorAll('.cell_output')].filter((e) =>
        getComputedStyle(e).breakInside === 'avoid' && e.offsetHeight > 700).length"""
    assert 0 == tab.evaluate(kept)


def test_one_goes_through_all_lessons_with_next(visit):
    tab = visit("index.html")
    for name in LESSONS:
        tab.locator("a.next-page").click()
        assert name in tab.url
    tab.locator("a.prev-page").click()
    assert LESSONS[-2] in tab.url


def test_the_other_pages_open_on_a_phone_without_a_complaint(visit, book):
    pages = [path for path in book.rglob("*.html") if "_modules" not in path.parts]
    others = [p.relative_to(book).as_posix() for p in pages if p.stem not in LESSONS]
    assert len(others) > 10
    tab = visit("index.html", viewport={"width": 390, "height": 800})
    for name in others:
        tab.goto(f"file://{book}/{name}")
        assert 390 == tab.evaluate("document.documentElement.scrollWidth"), name


def test_any_static_host_serves_it_under_a_path_of_its_own(browser, book, tmp_path):
    """Every link is relative: the book lies two folders below the host's root."""
    (tmp_path / "me").mkdir()
    (tmp_path / "me" / "course").symlink_to(book, target_is_directory=True)
    handler = functools.partial(Quiet, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        root = f"http://127.0.0.1:{server.server_port}/me/course"
        tab = browser.new_page()
        failed: list[str] = []
        tab.on("response", lambda r: failed.append(f"{r.status} {r.url}") if not r.ok else None)
        inside = (root, "data:", "about:", "blob:")
        tab.on("request", lambda r: failed.append(r.url) if not r.url.startswith(inside) else None)
        tab.goto(f"{root}/")
        tab.get_by_role("link", name="Install and download").first.click()
        for link in tab.locator("article a[download]").all():
            address = tab.evaluate("e => e.href", link.element_handle())
            assert address.startswith(root), address
            with urllib.request.urlopen(address) as answer:
                assert 200 == answer.status
        tab.locator(".sidebar-tree a", has_text="Lesson 1.").first.click()
        notebook = tab.get_by_role("link", name="As a notebook").get_attribute("href")
        assert "notebooks/lesson_1_mcculloch_pitts.ipynb" == notebook
        tab.goto(f"{root}/search.html?q=veto")
        tab.wait_for_selector("#search-results li a")
        assert "CC BY 4.0" in tab.locator("footer").inner_text()
        server.shutdown()
    assert [] == [url for url in failed if "favicon" not in url]


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A static host that writes no log."""

    def log_message(self, *arguments: Any) -> None:
        """Nothing."""


def test_the_programs_have_run_in_the_book(book):
    assert "test accuracy" in (book / "quickstart.html").read_text("utf-8")
    assert "made up:" in (book / "names_gpt.html").read_text("utf-8")


def test_on_paper_a_slider_shows_all_its_frames_and_a_walkthrough_its_steps(visit):
    tab = visit("lesson_6_computation_graph.html")
    tab.emulate_media(media="print")
    frames = tab.locator("tn-slider .tn-frame")
    assert frames.count() > 1
    assert all(frames.nth(i).is_visible() for i in range(frames.count()))
    assert tab.locator(".tn-printed").first.is_visible()
    assert not tab.locator(".tn-picture iframe").first.is_visible()


def test_a_book_of_which_pages_were_lost_is_none(tmp_path, monkeypatch):
    monkeypatch.setattr(book_module, "_run_sphinx", lambda source, made, *_: made.mkdir() or [])
    with pytest.raises(BookError, match=r"changelog, .*lesson_1_mcculloch_pitts, .* not written"):
        build(tmp_path / "book")
    assert [] == list(tmp_path.iterdir())


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(BookError, match="holds something that is not the book"):
        build(tmp_path)
    assert ["mine.txt"] == [path.name for path in tmp_path.iterdir()]


def test_on_a_full_disk_the_old_book_stays_and_one_line_says_why(tmp_path, monkeypatch, capsys):
    def make(source: Path, made: Path, *_: object) -> list[str]:
        made.mkdir()
        (made / "index.html").write_text("new")
        return []

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(book_module, "_run_sphinx", make)
    monkeypatch.setattr(book_module, "_refuse_incomplete", lambda *_: None)
    old = tmp_path / "book"
    old.mkdir()
    for name in ("index.html", book_module._MARK):
        (old / name).write_text("old")
    monkeypatch.setattr(shutil, "copyfile", full)
    monkeypatch.setattr(book_module, "gather", lambda *_: None)
    assert main(["book", str(old)]) == 1
    out, error = capsys.readouterr()
    assert out == ""
    assert error.splitlines()[1:] == [  # the first says that it takes some minutes
        f"tinygrad-neuron: {old} was not written: No space left on device"
    ]
    assert (old / "index.html").read_text() == "old"
    assert [old] == list(tmp_path.iterdir())


SPHINX = """Sphinx parallel build error!
Versions
========
* Platform:         linux

Traceback
=========

      File "parallel.py", line 137, in _join_one
        raise SphinxParallelError(*result)
    sphinx.errors.SphinxParallelError: {}


The full traceback has been saved in:
/tmp/sphinx-err-o5awu4j4.log
"""


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            f"OSError: [Errno {errno.EFBIG}] {os.strerror(errno.EFBIG)}",
            f"{os.strerror(errno.EFBIG)}: {tempfile.gettempdir()}",
        ),
        ("KeyError: 'a'", "Sphinx stopped: sphinx.errors.SphinxParallelError: KeyError: 'a'"),
    ],
)
def test_where_sphinx_stops_one_line_says_why(error, line, tmp_path, monkeypatch, capsys):
    ended = subprocess.CompletedProcess([], 1, b"", SPHINX.format(error).encode())
    monkeypatch.setattr(book_module, "gather", lambda *_: None)
    monkeypatch.setattr(book_module, "run", lambda *_, **__: ended)
    assert main(["book", str(tmp_path / "book")]) == 1
    assert capsys.readouterr().err.splitlines()[1:] == [
        f"tinygrad-neuron: the book was not built: {line}"
    ]


def test_a_write_that_fails_on_the_way_to_the_book_is_told_with_its_folder(
    tmp_path, monkeypatch, capsys
):
    def full(*_):
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))  # of a write: no file is named

    monkeypatch.setattr(book_module, "gather", full)
    assert main(["book", str(tmp_path / "book")]) == 1
    line = capsys.readouterr().err.splitlines()[-1]
    assert line.startswith(f"tinygrad-neuron: {tempfile.gettempdir()}{os.sep}")
    assert line.endswith(f": {os.strerror(errno.EFBIG)}")
