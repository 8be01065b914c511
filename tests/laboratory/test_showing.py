"""What the editor shows of a thing is what a notebook shows of it."""

import base64
import io

import pytest

from tinygrad_neuron import Value, walkthrough
from tinygrad_neuron.course import Question
from tinygrad_neuron.course.records import Shown, Text
from tinygrad_neuron.laboratory.showing import shown


class Figure:
    """As matplotlib's: it saves itself."""

    def savefig(self, file: io.BytesIO, **options: object) -> None:
        file.write(f"<svg>{options['format']}</svg>".encode())


class Html:
    def __repr__(self) -> str:
        return "a table"

    def _repr_html_(self) -> str:
        return "<b>1</b>"


class Svg:
    def _repr_svg_(self) -> str:
        return "<svg/>"


class Png:
    def _repr_png_(self) -> bytes:
        return b"png"


class Bundle:
    def __init__(self, **offered: str) -> None:
        self.offered = offered

    def _repr_mimebundle_(self) -> dict[str, str]:
        kinds = {"svg": "image/svg+xml", "html": "text/html", "plain": "text/plain"}
        return {kinds[name]: text for name, text in self.offered.items()}


class ShowsItself:
    def _ipython_display_(self) -> None:
        pass


@pytest.mark.parametrize(
    ("thing", "kind", "content"),
    [
        (3, "text", "3"),
        (Text("Now *think*."), "text", "Now *think*."),
        (Question("2 + 2?", 4.0), "html", "2 + 2?"),
        (Question("2 + 2?", 4.0).check("4"), "html", "✓"),
        (Figure(), "image/svg+xml", "<svg>svg</svg>"),
        (Html(), "html", "<b>1</b>"),
        (Svg(), "image/svg+xml", "<svg/>"),
        (Png(), "image/png", "png"),
        (Bundle(svg="<svg/>", html="<i>no</i>", plain="digraph {}"), "image/svg+xml", "<svg/>"),
        (Bundle(html="<i>yes</i>", plain="a thing"), "html", "<i>yes</i>"),
        (Bundle(plain="a thing"), "text", "a thing"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else "",
)
def test_each_thing_is_shown_in_the_best_way_it_offers(thing, kind, content):
    [event] = shown(thing)
    if event["kind"] == "image":
        assert (event["type"], base64.b64decode(event["data"]).decode()) == (kind, content)
        assert event["alt"]
    else:
        assert event["kind"] == kind
        assert content in event["html" if kind == "html" else "text"]


def test_the_source_of_a_graph_is_not_read_aloud():
    [event] = shown(Bundle(svg="<svg/>", plain="digraph {a -> b}"))
    assert "A graph" == event["alt"]


def test_what_shows_itself_is_not_shown_again():
    assert [] == list(shown(ShowsItself()))


def test_a_caption_stands_below():
    x = Value(1.0, label="x")
    picture, caption = shown(Shown(x * 2.0, "Twice $x_1$."))
    assert ("image", "caption", "Twice x₁.") == (
        picture["kind"], caption["kind"], caption["text"]
    )  # fmt: skip


def test_a_walkthrough_is_its_page():
    x = Value(1.0, label="x")
    [event] = shown(walkthrough(x * 2.0))
    assert "html" == event["kind"] and event["html"].startswith("<!DOCTYPE html>")
