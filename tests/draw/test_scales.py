"""Nodes are coloured by a number."""

import re

import pytest

from tests.draw.graphs import classifier, neuron_by_hand, node_lines
from tinygrad_neuron import Value, draw_dot
from tinygrad_neuron.draw.themes import THEMES


@pytest.mark.parametrize("theme", THEMES)
def test_a_theme_colours_everything(theme):
    _, loss = classifier(1, hidden=(2,))
    loss.backward()
    source = draw_dot(loss, theme=theme, color="gradient", edges="contribution").source
    colours = {*re.findall(r"#[0-9a-f]{6}", source)}
    assert THEMES[theme].background in colours
    others = {name: other.ink for name, other in THEMES.items() if name in ("light", "dark")}
    assert not colours & {ink for name, ink in others.items() if name != theme}
    assert not re.search(r'color="(?!#[0-9a-f]{6}")', source)


def test_colours_go_from_the_most_negative_to_the_most_positive():
    a, b = Value(-2.0, label="a"), Value(1.0, label="b")
    lines = node_lines(draw_dot(a + b, color="value"))
    light = THEMES["light"]
    assert f'fillcolor="{light.negative}"' in lines["n0"]
    assert f'fillcolor="{light.signed(0.5)}"' in lines["n1"]


def test_colours_by_a_function_and_none_stay_plain():
    def depth(node):
        return None if node.label == "b" else 3.0 * (node.label == "a")

    a, b = Value(-2.0, label="a"), Value(1.0, label="b")
    picture = draw_dot(a + b, color=depth)
    lines = node_lines(picture)
    assert f'fillcolor="{THEMES["light"].high}"' in lines["n0"]
    assert f'fillcolor="{THEMES["light"].background}"' in lines["n1"]
    assert ">depth<" in picture.source
    assert ">3<" in picture.source


def test_magnitudes_are_logarithmic():
    _, _, _, y = neuron_by_hand()
    assert "logarithmic" in draw_dot(y, color="magnitude").source
    y.backward()
    draw_dot(y, color="magnitude")
