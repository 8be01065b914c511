"""What is wrong in a graph is marked, with the factor that did it."""

import pytest

from tests.draw.graphs import edge_lines, node_lines
from tinygrad_neuron import Value, draw_dot, nn, select
from tinygrad_neuron.draw.themes import THEMES
from tinygrad_neuron.scope import scope


def flagged(picture):
    return {node: [flag.name for flag in flags] for node, flags in picture.flags.items()}


def test_a_dead_relu_is_marked_and_names_the_factor():
    z = Value(-2.0, label="z")
    y = z.relu()
    picture = draw_dot(y)
    assert flagged(picture) == {y: ["dead"]}
    line = node_lines(picture)["n1"]
    assert "<B>Ø dead</B>" in line
    assert 'class="output dead not-computed"' in line
    assert "relu passes no gradient on: its local derivative for z = -2 is 0" in line
    assert 'class="zero"' in edge_lines(picture)["e1-0"]
    assert 'style="dotted"' in edge_lines(picture)["e1-0"]
    assert flagged(draw_dot(y, flags=False)) == {}


def test_a_saturated_tanh_is_marked_beyond_the_threshold():
    y = Value(4.0, label="z").tanh()
    assert flagged(draw_dot(y)) == {y: ["saturated"]}
    assert flagged(draw_dot(y, flags={"saturated": 1e-3})) == {}
    assert "▬ saturated" in draw_dot(y).source
    assert "tanh is nearly flat" in draw_dot(y).source


def test_a_factor_of_zero_does_not_make_a_product_dead():
    assert flagged(draw_dot(Value(0.0) * Value(0.0))) == {}
    assert flagged(draw_dot(Value(0.0) ** 2)) == {}


def test_vanishing_is_marked_once_the_gradients_are_there():
    x = Value(0.3, label="x")
    y = x
    for _ in range(14):
        y = y.sigmoid()
    assert flagged(draw_dot(y)) == {}
    y.backward()
    picture = draw_dot(y)
    assert picture.flags[x][0].name == "vanishing"
    assert "the smallest factor on the way is 0.2" in picture.flags[x][0].reason
    assert "▼ vanishing" in picture.source
    assert flagged(draw_dot(y, flags={"vanishing": 1e-12})) == {}


def test_exploding_is_marked_and_names_the_largest_factor():
    x = Value(1.0, label="x")
    y = x
    for factor in (9.0, 90.0, 30.0):
        y = y * factor
    y.label = "y"
    y.backward()
    picture = draw_dot(y)
    assert flagged(picture) == {x: ["exploding"]}
    assert "the gradient is 24300 of the output's" in picture.flags[x][0].reason
    assert "the largest factor on the way is 90" in picture.flags[x][0].reason
    assert "▲ exploding" in picture.source


def test_an_operation_without_a_result_is_marked_and_says_why():
    a, b, i = Value(1.0, label="a"), Value(2.0, label="b"), Value(0.0, label="i")
    with scope("choice"):
        y = select([a, b], i)
    z = y * 2.0
    i.data = 5.0
    picture = draw_dot(z)
    assert flagged(picture) == {y: ["failing"]}
    with pytest.raises(IndexError) as raised:
        z.forward()
    assert str(raised.value) == picture.flags[y][0].reason
    line = node_lines(picture)[picture.ids[y]]
    assert f'color="{THEMES["light"].alarm}"' in line
    assert "<B>✗ failing</B>" in line
    assert "✗" in picture.source.split("subgraph")[0]  # in the legend
    i.data = 1.0
    assert flagged(draw_dot(z)) == {}
    i.data = 5.0
    folded = draw_dot(z, fold=lambda _: True)
    assert "✗ failing 1 of 1 operation<" in folded.source


def test_a_folded_node_counts_its_flags():
    layer = nn.Layer(1, 3, activation="relu", init="zeros", bias=[-1.0, 1.0, -1.0])
    y = sum(layer([Value(1.0)]))
    line = node_lines(draw_dot(y, level="layer"))
    assert any(
        "Ø dead 2 of 3 relu" in text and 'class="folded dead"' in text for text in line.values()
    )
