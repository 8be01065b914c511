"""The forward pass is told layer by layer, or in the program's order where its lines are known."""

from tinygrad_neuron import Value, nn, topological_order, walkthrough
from tinygrad_neuron.walk.ordering import reading_order


def test_layer_by_layer_and_neuron_by_neuron():
    model = nn.MLP(2, [3, 2, 1], activation="tanh", seed=1)
    root = model([Value(1.0), Value(2.0)])
    told = [str(node.scope) for node in reading_order(topological_order(root)) if node._prev]
    changes = [name for name, before in zip(told, ["", *told], strict=False) if name != before]
    neurons = [f"layers[0].neurons[{i}]" for i in range(3)]
    neurons += [f"layers[1].neurons[{i}]" for i in range(2)]
    assert [*neurons, "layers[2].neurons[0]"] == changes


def test_the_programs_order_where_its_lines_are_known():
    def program(x):
        a = x * 2.0
        b = x * 3.0
        return b - a

    walk = walkthrough(program, 1.0)
    assert ["a", "b"] == [step.name for step in walk if step.phase == "forward"][:2]


def test_lines_that_do_not_tell_the_order_do_not_count():
    def program(x):
        for _ in range(2):
            y = x * 2.0
            x = y + 1.0
        return x

    walk = walkthrough(program, 1.0)
    forward = [step.operation for step in walk if step.phase == "forward"]
    assert ["multiply", "add", "multiply", "add"] == forward
