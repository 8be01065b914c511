"""Highlighted paths: their products, their number, their sum."""

import math
import re

import pytest

from tests.draw.graphs import edge_lines, neuron_by_hand, node_lines
from tinygrad_neuron import Value, draw_dot, select, sqrt
from tinygrad_neuron.draw.paths import MANY
from tinygrad_neuron.draw.themes import THEMES


def test_the_products_of_all_paths_add_up_to_the_gradient():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    c, d = a * b, a + b
    e = c * d + a.tanh() * a
    e.backward()
    for node in (a, b, c, d):
        paths = draw_dot(e, highlight=node).paths
        assert paths.count == len(paths.listed)
        assert math.isclose(sum(path.product for path in paths.listed), node.grad)
        assert math.isclose(paths.sum, node.grad)
    source = draw_dot(e, highlight=a).source
    assert "4 paths from + to a" in source
    assert f'sum over all paths&#160;&#160;&#160;</TD><TD ALIGN="LEFT">= {a.grad:.4g}' in source


def test_exponentially_many_paths_are_counted_and_summed_but_not_listed():
    x = Value(1.0, label="x")
    y = x
    for _ in range(20):
        y = y + y
    picture = draw_dot(y, highlight=x)
    assert picture.paths.count == 2**20
    assert picture.paths.sum == 2.0**20
    assert len(picture.paths.listed) == 8
    assert "1,048,576 paths" in picture.source
    assert "and 1,048,568 more" in picture.source
    for _ in range(100):
        y = y + y
    assert draw_dot(y, highlight=x).paths.count == MANY
    assert "more than 1,000,000,000,000,000 paths" in draw_dot(y, highlight=x).source


def test_one_path_is_chosen_by_its_number():
    x = Value(3.0, label="x")
    y = x * x + x
    every = draw_dot(y, highlight=x).paths.listed
    for i, path in enumerate(every, 1):
        picture = draw_dot(y, highlight=x, path=i)
        [only] = picture.paths.listed
        assert (only.edges, only.product) == (path.edges, path.product)
        lines = edge_lines(picture)
        assert sum("on-path" in line for line in lines.values()) == len(path.edges)
    with pytest.raises(ValueError, match="there are 3 paths to this node, got path=4"):
        draw_dot(y, highlight=x, path=4)


@pytest.mark.parametrize(
    "made, expected",
    [
        (lambda x: select([x * Value(math.inf), x * 2.0], 1), 2.0),
        (lambda x: select([x, sqrt(x - 3.0)], 0), 1.0),
    ],
    ids=["infinite", "no derivative"],
)
def test_no_path_goes_where_select_did_not(made, expected):
    x = Value(3.0, label="x")
    y = made(x)
    paths = draw_dot(y, highlight=x).paths
    assert [expected] == [path.product for path in paths.listed]
    assert expected == paths.sum
    y.backward()
    assert expected == x.grad
    edges = edge_lines(draw_dot(y, highlight=x))
    on_path = [name for name, line in edges.items() if "on-path" in line]
    assert len(paths.listed[0].edges) == len(on_path)


def test_a_path_leads_to_what_backward_cannot_go_through():
    a = Value(1.0, label="a")
    by_hand = Value(2.0, (a,), "mine")
    assert draw_dot(by_hand * 3.0, highlight=by_hand).paths.sum == 3.0
    assert draw_dot(by_hand * a, highlight=a).paths.sum == 2.0


def test_what_a_node_was_computed_from_is_told_from_what_uses_it():
    *_, y = neuron_by_hand()
    product = y._prev[0]._prev[0]
    classes = {
        name: re.search(r'class="([^"]*)"', line)[1].split()[-1]
        for name, line in node_lines(draw_dot(y, highlight=product)).items()
    }
    assert classes == {
        "n0": "below",
        "n1": "below",
        "n2": "target",
        "n3": "not-computed",
        "n4": "on-path",
        "n5": "on-path",
    }


def test_a_highlighted_output_has_one_path_of_no_edges():
    _, _, _, y = neuron_by_hand()
    paths = draw_dot(y, highlight=y).paths
    assert (paths.count, paths.sum, paths.listed[0].product) == (1, 1.0, 1.0)


def test_a_constant_has_no_path():
    y = Value(2.0) * 3.0
    assert draw_dot(y, highlight=y._prev[1]).paths.count == 0


def test_paths_are_in_ink_where_cards_have_colours_that_mean_something_else():
    w, x = Value(0.5, label="w"), Value(2.0, label="x")
    y = (w * x + w).tanh()
    y.backward()
    theme = THEMES["light"]
    plain = draw_dot(y, highlight=w).source
    coloured = draw_dot(y, highlight=w, color="gradient").source
    assert theme.accent in plain
    assert theme.accent not in coloured
