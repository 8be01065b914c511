"""Examples beside a graph: what `walkthrough` takes, and what it makes of it."""

import pytest

from tinygrad_neuron import Value, datasets, losses, nn, walkthrough
from tinygrad_neuron.walk.plane import data_plane

DATA = [((0.0, 1.0), 1), ((1.0, 0.0), 0)]


def neuron(activation="tanh"):
    x = [Value(0.5, label="x0"), Value(-1.0, label="x1")]
    return nn.Neuron(2, activation=activation, seed=1)(x), x


def test_the_arguments_of_a_function_are_the_inputs():
    model = nn.Neuron(2, activation="tanh", seed=1)
    plane = walkthrough(lambda a, b: model([a, b]), 0.5, -1.0, data=DATA).plane
    assert [0.5, -1.0] == [leaf.data for leaf in plane.inputs]
    assert ["a", "b"] == [leaf.label for leaf in plane.inputs]
    assert ((0.0, 1.0, 1.0), (1.0, 0.0, 0.0)) == plane.examples
    assert plane.target is None


def test_what_is_shown_is_what_is_computed_before_the_label_comes_in():
    model = nn.Neuron(2, activation="tanh", seed=1)

    def loss(x0, x1, target):
        y = model([x0, x1])
        y.label = "y"
        return (y - target) ** 2 + 0.1 * model.parameters()[0] ** 2

    walk = walkthrough(loss, 0.5, -1.0, 1.0, data=datasets.moons(10, seed=1))
    assert "y" == walk.plane.output.label
    assert "target" == walk.plane.target.label
    other = walk.plane.output._prev[0]
    assert (
        other is walkthrough(walk.root, data=DATA, inputs=["x0", "x1"], output=other).plane.output
    )


@pytest.mark.parametrize(
    "activation, labels, level, reach",
    [
        ("sigmoid", (0, 1), 0.5, 0.5),
        ("tanh", (0, 1), 0.5, 0.5),
        ("tanh", (-1, 1), 0.0, 1.0),
        ("identity", (0, 1), 0.5, 0.5),
        ("identity", (-1, 1), 0.0, 1.0),
        ("identity", (2, 6), 4.0, 2.0),
        ("identity", (3, 3), 3.0, 1.0),
    ],
)
def test_the_boundary_is_half_way_between_the_sides(activation, labels, level, reach):
    y, x = neuron(activation)
    plane = data_plane(y, [((0.0, 1.0), labels[0]), ((1.0, 0.0), labels[1])], x, None)
    assert (level, reach) == (plane.level, plane.reach)


def test_before_a_sigmoid_the_boundary_of_0_and_1_is_at_0():
    z, x = neuron("identity")
    target = Value(1.0, label="t")
    plane = data_plane(
        losses.binary_cross_entropy_with_logits([z], [target]), DATA, [*x, target], z
    )
    assert (0.0, 1.0) == (plane.level, plane.reach)
    assert 0.0 == data_plane(z.sigmoid(), DATA, x, z).level


def test_a_network_that_computes_xor_has_its_boundary_at_one_half():
    def xor(x0, x1):
        return (x0 + x1).relu() - 2.0 * (x0 + x1 - 1.0).relu()

    data = [((a, b), a ^ b) for a in (0, 1) for b in (0, 1)]
    level = walkthrough(xor, 0.0, 1.0, data=data).plane.level
    assert 0.5 == level
    assert all((xor(Value(a), Value(b)).data > level) == bool(label) for (a, b), label in data)


def test_a_label_that_is_subtracted_from_the_output_is_its_target():
    y, x = neuron("identity")
    target = Value(1.0, label="t")
    assert 0.5 == data_plane((y - target) ** 2, DATA, [*x, target], None).level


@pytest.mark.parametrize(
    "data, inputs, message",
    [
        (DATA, ["x0"], "inputs must be the two leaves .* got 1 leaves"),
        (DATA, ["x0", "x0"], "2 leaves, 1 of them different"),
        (DATA, ["x0", "z"], "the input 'z' is no leaf of the graph; .* such as"),
        (DATA, ["x0", Value(1.0)], "is no leaf of the graph"),
        ([], ["x0", "x1"], "data has no example"),
        ([(1.0, 2.0)], ["x0", "x1"], r"data\[0\] must be an example such as"),
        ([((1.0, 2.0), float("nan"))], ["x0", "x1"], r"data\[0\] must be finite"),
    ],
)
def test_what_does_not_fit_is_said(data, inputs, message):
    y, _ = neuron()
    with pytest.raises(ValueError, match=message):
        walkthrough(y, data=data, inputs=inputs)


def test_inputs_without_data_and_data_that_is_none():
    y, x = neuron()
    with pytest.raises(TypeError, match="inputs and output are for data"):
        walkthrough(y, inputs=x)
    with pytest.raises(TypeError, match="data must be a list"):
        walkthrough(y, data=3, inputs=x)
    with pytest.raises(ValueError, match=r"the output .* is not in the graph"):
        walkthrough(y, data=DATA, inputs=x, output=Value(1.0))
