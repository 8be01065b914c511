"""Variables that Values are bound to give those their names, while somebody watches."""

import sys

from tinygrad_neuron import Value, nn, tanh
from tinygrad_neuron.walk import walkthrough, watch_names


def neuron(w, x, b):
    z = w * x + b
    return tanh(z)


def test_a_functions_variables_and_arguments_are_the_names_of_its_nodes():
    walk = walkthrough(neuron, 0.5, 2.0, -1.0)
    names = [node.name for node in walk.graphs[0]]
    assert ["w", "x", "n2", "b", "z", "neuron"] == names  # the function's own name for its result
    assert "z = w * x + b" == walk[1].line.partition(": ")[2]
    assert "z is computed by add from n2 and b" in walk[1].sentence


def test_ordinary_code_is_watched_and_what_it_calls():
    with watch_names():
        w = [Value(1.0), Value(2.0)]
        total = w[0] * 2.0 + w[1]
        y = neuron(total, Value(1.0), 0.0)
    assert ["w[0]", "w[1]", "total", "y"] == [v.label for v in (*w, total, y)]
    assert "z" == y._prev[0].label


def test_labels_that_are_there_stay_and_parameters_keep_theirs():
    with watch_names():
        a = Value(1.0, label="mine")
        model = nn.Neuron(1, seed=1)
        other = model.w[0]
    assert ("mine", "w0") == (a.label, other.label)


def test_outside_nothing_is_watched_and_a_tracer_is_put_back():
    seen = []

    def tracer(frame, event, argument):
        seen.append(event)

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        with watch_names():
            pass
        assert tracer is sys.gettrace()
    finally:
        sys.settrace(before)
    outside = Value(1.0)
    assert "" == outside.label == outside.line


def test_a_training_has_names_and_lines():
    from tinygrad_neuron.walk import Training

    w = Value(2.0, label="w")

    def loss():
        error = w - 1.0
        return error * error

    walk = walkthrough(loss, training=Training([w], 0.1, 2))
    assert ["w", "1", "error", "loss"] == [node.name for node in walk.graphs[1]]
