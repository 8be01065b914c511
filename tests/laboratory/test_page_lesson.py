"""Lessons of the book whose cells are changed and run, in Chromium."""

import json
import shutil
import threading
from ast import literal_eval

import pytest

from tests.laboratory.conftest import Opened
from tinygrad_neuron import interface
from tinygrad_neuron.course.lessons import lesson, read
from tinygrad_neuron.laboratory.beside_book import add_to_book
from tinygrad_neuron.laboratory.serving import server

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def address(book, archives, tmp_path_factory):
    """A server of a copy of the book, with the laboratory in two of its lessons."""
    folder = tmp_path_factory.mktemp("book") / "book"
    shutil.copytree(book, folder, ignore=shutil.ignore_patterns("laboratory"))
    add_to_book(folder, [lesson(2), lesson(6)], archives)
    with server(folder) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/"
        running.shutdown()


@pytest.fixture(scope="module")
def visit(browser, address):
    """Opens a lesson for one who only reads."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script("localStorage.setItem('tinygrad_neuron.course', '{\"reading\": true}')")

    def open_lesson(name):
        opened = Opened(context.new_page())
        opened.page.goto(f"{address}{name}.html")
        return opened

    yield open_lesson
    context.close()


def change(page, number, text):
    """Opens the cell with this number, writes, and presses Ctrl+Enter; returns the cell."""
    cell = page.locator("article .cell").nth(number)
    cell.get_by_role("button", name="Edit and run").click()
    cell.locator(".tn-lab-state", has_text="Ready").wait_for()
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(text)
    page.keyboard.press("Control+Enter")
    return cell


def test_a_changed_cell_gives_its_output_and_the_picture_below_it_anew(visit):
    opened = visit("lesson_6_computation_graph")
    page = opened.page
    below = page.locator("article .cell").nth(2)
    before = below.locator("img").get_attribute("src")
    assert not [url for url in opened.asked if "pyodide" in url]  # nothing before one asks
    cell = change(page, 1, "\ny = Value(3.0, label='three') * 2.0\nprint('six', y.data)\n")
    cell.locator(".tn-lab-state", has_text="Done").wait_for()
    assert "six 6.0" in cell.locator(".cell_output").inner_text()
    below.locator(f"img:not([src='{before}'])").wait_for()
    assert 1 == below.locator("img").count()
    assert 1 == below.locator("img.tn-drawn").count()  # which is dark where the book is


def test_the_page_about_it_leads_to_editor_and_playground(visit):
    page = visit("laboratory").page
    page.get_by_role("link", name="the playground", exact=True).click()
    page.locator("#columns .cell").first.wait_for()
    page.get_by_role("link", name="Course").click()
    page.get_by_role("link", name="Lesson 6.", exact=False).first.wait_for()


def test_a_changed_cell_shows_a_walkthrough_and_an_error(visit):
    page = visit("lesson_6_computation_graph").page
    cell = change(page, 3, "\nwalkthrough(neuron([1.0, 2.0]))")
    cell.frame_locator(".cell_output iframe").locator("#next").click()
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(" / 0")
    page.keyboard.press("Control+Enter")
    cell.locator(".cell_output .error", has_text="TypeError").wait_for()
    assert 0 == cell.locator(".cell_output iframe").count()


def test_a_task_is_judged_wrong_and_right(visit):
    page = visit("lesson_2_perceptron").page
    task = page.locator(".tn-asked.task").first
    task.get_by_role("button", name="Write it here").click()
    task.locator(".tn-lab-state", has_text="Ready").wait_for()
    task.get_by_role("button", name="Check").click()
    task.locator(".tn-said.wrong", has_text="it should give").wait_for()
    cells = lesson(2).cells
    solution = next(given for cell in cells for word, given in cell.asked if word == "task")
    task.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(literal_eval(solution["solution"]).strip())
    page.keyboard.press("Control+Enter")
    task.locator(".tn-said.right").wait_for()


def test_the_page_is_as_before_where_it_is_not_asked(visit):
    opened = visit("lesson_2_perceptron")
    assert opened.page.get_by_role("button", name="Edit and run").first.is_visible()
    icon = "Failed to load resource"  # which a book has not
    assert [] == [said for said in opened.wrong if icon not in said]
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    opened.page.get_by_role("button", name="Edit and run").first.click()
    opened.page.locator(".tn-lab .cm-content").wait_for()
    rules = {"include": [[".tn-lab"]]}
    opened.page.locator(".tn-lab-state", has_text="Ready").wait_for()
    for scheme in ("light", "dark"):
        opened.page.emulate_media(color_scheme=scheme)
        found = axe.Axe().run(opened.page, context=rules).response["violations"]
        assert [] == [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]


LESSON = """\
# %% [markdown]
# # Lesson 16. Теплота

# %%
x = 1

# %%
from tinygrad_neuron.course import task
task("Сделай.", start="def f():\\n    return 1", solution="def f():\\n    return 2",
     cases=[((), 2)])
"""
PAGE = """<!doctype html><head></head><body><article>
<div class="cell"><div class="cell_input"><div><pre>print(2 * 3)</pre></div></div></div>
<div class="cell"><div class="tn-asked task"><pre class="tn-in-book">def f():
    return 1</pre></div></div></article></body>"""


def test_cells_and_the_judge_speak_a_translation(browser, archives, tmp_path, monkeypatch):
    """Every word in brackets, so that one which is not from the file is seen."""
    own = {name: f"[{text}]" for name, text in interface.words().items()}
    (tmp_path / "interface.json").write_text(json.dumps(own), "utf-8")
    monkeypatch.setenv(interface.CHOSEN, str(tmp_path / "interface.json"))
    path = tmp_path / "lesson_16_heat.py"
    path.write_text(LESSON, "utf-8")
    book = tmp_path / "book"
    book.mkdir()
    (book / "lesson_16_heat.html").write_text(PAGE, "utf-8")
    add_to_book(book, [read(path)], archives)
    with server(book) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        opened = Opened(browser.new_page())
        page = opened.page
        page.goto(f"http://127.0.0.1:{running.server_port}/lesson_16_heat.html")
        page.get_by_role("button", name="[Edit and run]").click()
        cell = page.locator("article .cell").first
        cell.locator(".tn-lab-state", has_text="[Ready: press Ctrl+Enter]").wait_for()
        buttons = ["[Run]", "[Stop]", "[As it was]"]
        assert buttons == cell.locator(".bar button").all_inner_texts()
        cell.get_by_role("button", name="[Run]").click()
        cell.locator(".tn-lab-state", has_text="[Done]").wait_for()
        task = page.locator("article .cell").nth(1)
        task.get_by_role("button", name="[Write it here]").click()
        task.locator(".tn-lab-state", has_text="[Ready").wait_for()
        task.get_by_role("button", name="[Check]").click()
        task.locator(".tn-said.wrong", has_text="[f() gives 1; it should give 2.]").wait_for()
        page.close()
        running.shutdown()
