"""Links from the lessons to the glossary."""

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
