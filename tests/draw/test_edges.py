"""What stands at an edge."""

from tests.draw.graphs import edge_lines
from tinygrad_neuron import Value, draw_dot, select


def test_the_edges_of_a_square_are_two():
    x = Value(3.0, label="x")
    y = x * x
    y.backward()
    picture = draw_dot(y, edges="contribution", legend=False)
    tip = "x → *&#10;local derivative 3.0&#10;incoming × local = 1.0 × 3.0 = 3.0"
    assert [
        f'\tn0 -> n1 [id="e1-{i}" label="1 × 3 = 3" labeltooltip="{tip}" tooltip="{tip}"]'
        for i in range(2)
    ] == list(edge_lines(picture).values())


def test_nodes_made_by_hand_have_no_local_derivative():
    out = Value(1.0, (Value(2.0, label="a"),), "mine")
    assert 'class="unknown"' in edge_lines(draw_dot(out))["e1-0"]
    root = Value(0.0, label="a").sqrt()  # not differentiable there
    assert 'class="unknown"' in edge_lines(draw_dot(root))["e1-0"]


def test_the_operand_that_select_chose_has_the_derivative_1():
    a, b = Value(1.0, label="a"), Value(2.0, label="b")
    lines = edge_lines(draw_dot(select([a, b], 1)))
    assert 'label="× 0"' in lines["e3-0"]
    assert 'label="× 1"' in lines["e3-1"]
    assert 'class="constant"' in lines["e3-2"]


def test_labels_of_edges_stop_where_they_would_take_the_layout_too_long():
    x = Value(0.5)
    for _ in range(400):
        x = x.tanh()
    assert ' label="×' not in draw_dot(x).source
    assert ' label="×' in draw_dot(x, edges="local").source
