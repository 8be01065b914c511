"""What stands at an edge."""

from tests.draw.graphs import edge_lines
from tests.draw.twelve import moons_of_micrograd, one_neuron, readme_of_micrograd
from tinygrad_neuron import Value, draw_dot, nn, select


def test_the_edges_of_a_square_are_two():
    x = Value(3.0, label="x")
    y = x * x
    y.backward()
    picture = draw_dot(y, edges="contribution", legend=False)
    tip = "x → *&#10;local derivative 3.0&#10;incoming × local = 1.0 × 3.0 = 3.0"
    assert [
        f'\tn0 -> n1 [id="e1-{i}" label="1 × 3 = 3" labeltooltip="{tip}" tooltip="{tip}"'
        for i in range(2)
    ] == [line.partition(" pos=")[0] for line in edge_lines(picture).values()]


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
    assert "e3-2" not in lines  # the index is written into the operation


def test_gradients_go_before_what_stands_at_edges_where_there_is_no_room():
    whole = draw_dot(one_neuron()).source
    fewer = draw_dot(readme_of_micrograd()).source
    least = draw_dot(moons_of_micrograd(), budget=(900, 500)).source
    assert ' label="×' in whole and ">grad" in whole and "left out" not in whole
    assert ' label="×' in fewer and ">grad" not in fewer
    assert "left out for want of room: gradients<" in fewer
    assert ">grad" not in least and "left out for want of room: gradients" in least
    every = draw_dot(readme_of_micrograd(), budget=None).source
    assert ' label="×' in every and ">grad" in every and "left out" not in every


def test_a_mesh_between_two_layers_is_one_line_with_its_count():
    model = nn.MLP(2, [8, 8, 1], seed=0)
    y = model([Value(1.0, label="x0"), Value(2.0, label="x1")])
    lines = edge_lines(draw_dot(y, level="neuron"))
    [mesh] = [line for line in lines.values() if 'label="8 × 8 = 64"' in line]
    assert 'class="folded mesh"' in mesh
    assert "layers&#91;0&#93;" not in mesh and "layers[0] (Layer) → layers[1] (Layer)" in mesh
    every = edge_lines(draw_dot(y, level="neuron", bundles=False))
    assert len(every) == 2 * 8 + 8 * 8 + 8
