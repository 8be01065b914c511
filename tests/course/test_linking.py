"""Links from the lessons to the glossary."""

import io
import re

import pytest


def test_no_link_stands_inside_a_longer_term_that_was_linked_before():
    linking = pytest.importorskip(
        "tinygrad_neuron.course.linking", reason="the extra book is not installed"
    )
    terms = {name: name for name in ("hidden", "hidden layer")}
    left = dict(terms)
    first = linking._linked("a hidden layer", terms, left)
    assert ["a ", "hidden layer"] == [piece.astext() for piece in first]
    assert [] == linking._linked("another hidden layer", terms, left)
    third = linking._linked("a hidden neuron", terms, left)
    assert ["a ", "hidden", " neuron"] == [piece.astext() for piece in third]


def test_a_word_of_every_day_is_linked_only_where_it_is_the_term():
    linking = pytest.importorskip(
        "tinygrad_neuron.course.linking", reason="the extra book is not installed"
    )
    terms = {"temperature": "temperature"}
    assert [] == linking._linked("tomorrow's temperature", terms, dict(terms))
    assert linking._linked("divided by the temperature", terms, dict(terms))
    assert linking._linked("temperature", terms, dict(terms))  # printed bold, where it is defined


def test_a_word_inside_another_term_is_not_linked():
    linking = pytest.importorskip(
        "tinygrad_neuron.course.linking", reason="the extra book is not installed"
    )
    terms = {"tangent": "tangent", "unit": "unit"}
    for text in ("the hyperbolic tangent", "the rectified linear unit", "in units of length"):
        assert [] == linking._linked(text, terms, dict(terms))
    assert linking._linked("the tangent", terms, dict(terms))
    assert linking._linked("a unit", terms, dict(terms))


def test_a_term_is_found_across_the_end_of_a_line():
    linking = pytest.importorskip(
        "tinygrad_neuron.course.linking", reason="the extra book is not installed"
    )
    terms = {name: name for name in ("derivative", "local derivative", "step")}
    pieces = linking._linked("their local\nderivatives", terms, dict(terms))
    assert ["their ", "local\nderivatives"] == [piece.astext() for piece in pieces]
    assert "local derivative" == pieces[1]["reftarget"]
    assert linking._linked("in the\nstep", terms, dict(terms))  # what stands before it, too


def test_what_the_parser_cut_at_the_end_of_a_line_is_put_together():
    linking = pytest.importorskip(
        "tinygrad_neuron.course.linking", reason="the extra book is not installed"
    )
    from docutils import nodes

    cut = nodes.paragraph("", "", nodes.Text("a hidden"), nodes.Text("\n"), nodes.Text("layer of "))
    cut += nodes.emphasis("", "three")
    document = nodes.document(None, None)
    document += cut
    linking._join(document)
    assert ["a hidden\nlayer of ", "three"] == [piece.astext() for piece in cut]


LESSON = """\
# A lesson

The derivative of $x^2$ is $2x$; a derivative once more. `derivative` as code.

$$
y = x_1 + x_2 + x_3 + x_4 + x_5 + x_6 + x_7 + x_8 + x_9 + x_{10}
$$

| a | b |
|---|---|
| 1 | 2 |

## Sources

A book about the gradient.
"""
MODULE = '''
def size(x):
    """The size |x| of a number, `|x|` as code."""
'''
GLOSSARY = """\
# Glossary

```{glossary}
derivative
  A slope.

gradient
  More of them.
```
"""
INDEX = """\
# Start

A derivative.

```{toctree}
:caption: Pages
lesson_1_one
glossary
reference
```
"""
REFERENCE = """\
# Reference

```{eval-rst}
.. autofunction:: own_sizes.size
```
"""
PAGES = {
    "lesson_1_one.md": LESSON,
    "glossary.md": GLOSSARY,
    "index.md": INDEX,
    "reference.md": REFERENCE,
}


def test_a_small_book_has_links_formulas_and_tables_for_the_keyboard(tmp_path, monkeypatch):
    application = pytest.importorskip(
        "sphinx.application", reason="the extra book is not installed"
    )
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "own_sizes.py").write_text(MODULE, "utf-8")
    for name, text in PAGES.items():
        (tmp_path / name).write_text(text, "utf-8")
    settings = {
        "extensions": ["myst_parser", "tinygrad_neuron.course.linking"],
        "myst_enable_extensions": ["dollarmath"],
        "html_math_renderer": "mathml",
        "html_theme": "furo",
        "default_role": "code",
    }
    made, trees = tmp_path / "made", tmp_path / "trees"
    status, told = io.StringIO(), io.StringIO()
    application.Sphinx(
        tmp_path, None, made, trees, "html", settings, status=status, warning=told
    ).build()
    assert told.getvalue() == ""
    lesson = (made / "lesson_1_one.html").read_text("utf-8")
    prose, sources = lesson.split('id="sources"')
    links = re.findall(r'href="glossary.html#term-(\w+)"[^>]*><span class="term">(\w+)<', prose)
    assert [("derivative", "derivative")] == links  # the first in prose alone
    assert "#term-gradient" not in sources  # the title of a book stays as it is
    assert re.search(r"<math[^>]*>\s*<msup>\s*<mi>x</mi>\s*<mn>2</mn>\s*</msup>\s*</math>", prose)
    assert '<div class="formula" tabindex="0">' in prose  # a long one
    assert '<div tabindex="0" class="table-wrapper' in prose
    assert 'role="heading" aria-level="2">' in lesson
    index = (made / "index.html").read_text("utf-8")
    assert "#term-derivative" not in index  # not a lesson
    reference = (made / "reference.html").read_text("utf-8")
    assert "The size |x| of a number" in reference
    assert '<span class="pre">|x|</span>' in reference
