"""One PDF of a book: the pages in the order of its contents, and links that lead within it."""

import shutil

import pytest

from tinygrad_neuron.course import lessons
from tinygrad_neuron.course.book import _MARK, BookError, _mark, course_pages
from tinygrad_neuron.course.chosen import course
from tinygrad_neuron.course.pdf import contents, to_pdf
from tinygrad_neuron.course.writing import new

pypdf = pytest.importorskip("pypdf", reason="the extra teach is not installed")
PAGE = """<!doctype html><title>t</title>
<link rel="stylesheet" href="book.css"><nav class="sidebar-tree">
<a class="current reference internal" href="#">Home</a>
<a class="reference internal" href="two.html">Two &amp; <code>more</code></a>
<a class="reference internal" href="one.html">One</a>
<a class="reference internal" href="reference/index.html">Reference</a></nav></aside>
<h1>The book<a href="#">x</a></h1><p>{} <a href="one.html#x">to one</a> <a href="away.html">away</a>
<a href="https://example.org/">out</a></p><p style="break-before: page">The end</p>"""


@pytest.fixture
def book(tmp_path):
    folder = tmp_path / "book"
    folder.mkdir()
    shutil.copy(lessons.folder() / "book" / "_static" / "book.css", folder)
    for name in ("index", "one", "two"):
        (folder / f"{name}.html").write_text(PAGE.format(f"This is {name}."), "utf-8")
    return folder


def test_the_contents_are_those_of_the_sidebar_without_the_reference(book):
    expected = [("index.html", "The book"), ("two.html", "Two & more"), ("one.html", "One")]
    assert expected == contents(book)


def test_of_a_teachers_course_they_are_the_course(book):
    mark = "built by `tinygrad-neuron book`, which replaces it\nthe course: index one away\n"
    (book / ".tinygrad-neuron-book").write_text(mark)
    assert [("index.html", "The book"), ("one.html", "One")] == contents(book)


def test_a_built_course_says_which_pages_it_has(tmp_path):
    path = new("thermostat", tmp_path)
    (tmp_path / "course.txt").write_text("title: In a day\n2\n16\n")
    (tmp_path / "oven.md").write_text("# The oven\n")
    (tmp_path / "index.md").write_text("# Ours\n")
    (tmp_path / _MARK).write_text(_mark(course(path.parent)))
    names = ["index", "lesson_2_perceptron", "lesson_16_thermostat", "oven", "glossary"]
    assert [f"{name}.html" for name in names] == course_pages(tmp_path)
    (tmp_path / _MARK).write_text(_mark(course()))
    assert course_pages(tmp_path) is None


@pytest.mark.once
@pytest.mark.skipif(not shutil.which("chromium"), reason="no Chromium on this machine")
def test_all_pages_are_there_in_order_and_links_lead_within(book, tmp_path):
    path = tmp_path / "new" / "book.pdf"
    assert 6 == to_pdf(book, path)
    read = pypdf.PdfReader(path)
    found = [page.extract_text() for page in read.pages]
    assert ["index", "two", "one"] == [
        found[i].split("This is ")[1].split(".")[0] for i in (0, 2, 4)
    ]
    assert ["The book", "Two & more", "One"] == [entry.title for entry in read.outline]
    assert "The book" == read.metadata.title
    assert [595, 842] == [round(float(side)) for side in read.pages[0].mediabox[2:]]  # A4
    links = [link.get_object() for link in read.pages[0]["/Annots"]]
    uris = [link["/A"]["/URI"] for link in links if "/A" in link and "/URI" in link["/A"]]
    assert ["https://example.org/"] == uris
    [inside] = [link["/Dest"] for link in links if "/Dest" in link and "/A" not in link][-1:]
    assert read.get_page_number(inside[0].get_object()) == 4


def test_without_a_book_or_a_browser_it_is_said(tmp_path, book, monkeypatch):
    with pytest.raises(BookError, match="build it first: tinygrad-neuron book"):
        to_pdf(tmp_path, tmp_path / "x.pdf")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(BookError, match=r"none of chromium, .* is here"):
        to_pdf(book, tmp_path / "x.pdf")
