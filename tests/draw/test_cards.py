"""What stands in a node."""

import re

import pytest

from tests.draw.graphs import neuron_by_hand, node_lines
from tinygrad_neuron import Value, draw_dot, nn


def test_kinds_are_told_apart_by_shape():
    model = nn.Neuron(1, activation="tanh", seed=0)
    picture = draw_dot(model([Value(2.0, label="x")]) * model([2.0]))
    shapes = {}
    for line in node_lines(picture).values():
        look = re.search(r'shape="(\w+)" style="([\w,]+)"', line).groups()
        double = "peripheries" in line
        shapes.setdefault((*look, double), set()).add(re.search(r'class="(\w+)', line)[1])
    assert shapes == {
        ("folder", "filled", False): {"parameter"},
        ("box", "filled", False): {"input"},
        ("box", "rounded,filled", False): {"operation"},
        ("box", "filled,dashed", False): {"constant"},
        ("box", "rounded,filled", True): {"output"},
    }


def test_not_computed_yet_is_not_zero():
    _, w, _, y = neuron_by_hand()
    assert node_lines(draw_dot(y))["n1"].count("not yet") == 1
    y.backward()
    w.grad = -0.0
    node = node_lines(draw_dot(y))["n0"]
    assert "not yet" not in node
    assert '<TD ALIGN="RIGHT">0</TD>' in node
    assert "grad = 0.0&" not in node
    assert 'grad = 0.0" pos=' in node


def test_gradients_of_another_graph_are_not_shown():
    x = Value(2.0, label="x")
    (x * 3).backward()
    assert "not yet" in node_lines(draw_dot(x * 5))["n0"]


def test_digits_and_no_negative_zero():
    y = Value(2 / 3) * Value(-0.0)
    y.backward()
    source = draw_dot(y, digits=2, edges="contribution").source
    assert ">0.67<" in source
    assert ">-0<" not in source
    assert "× -0" not in source
    with pytest.raises(ValueError, match="digits must be 1 or more, got 0"):
        draw_dot(y, digits=0)


def test_a_long_label_is_short_in_the_node_and_whole_in_the_tooltip():
    label = "pre-activation " * 6
    line = node_lines(draw_dot(Value(1.0, label=label)))["n0"]
    assert f"<B>{label[:39]}…</B>" in line
    assert label.strip() in line.split("tooltip=")[1]


def test_whatever_is_assigned_to_data_can_be_drawn():
    x = Value(1.0, label="x")
    y = x + 1
    x.data = "a <string>"
    y.grad = None
    assert "a &lt;string&gt;" in draw_dot(y).source
