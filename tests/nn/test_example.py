"""One call of a model with plain numbers: every kind of module is walked through and drawn."""

import pytest

from tinygrad_neuron import Value, draw_dot, nn, walkthrough
from tinygrad_neuron.nn.example import one_value
from tinygrad_neuron.nn.shapes import flat, leaves_of

SEQUENCE = [[0.5, -1.0], [2, 0.25]]
IMAGE = [[[0.5, -1.0, 0.0], [2.0, 0.25, 1.0], [1.0, 0.5, -0.5]]]
MODELS = {  # a model, what its call takes, and which output
    "neuron": (nn.Neuron(2, seed=0), [[0.5, -1.0]], None),
    "perceptron": (nn.Perceptron(2), [[0.5, -1.0]], None),
    "MLP": (nn.MLP(2, [3, 1], seed=0), [(0.5, -1.0)], None),
    "MLP, its first output": (nn.MLP(2, [3, 1], seed=0), [(0.5, -1.0)], 0),
    "MLP of three outputs": (nn.MLP(2, [3, 3], seed=0), [[1, 0]], 2),
    "Linear": (nn.Sequential(nn.Linear(2, 3, seed=0), nn.ReLU(), nn.Linear(3, 1)), [[1, 0]], None),
    "Linear of rows": (nn.Linear(2, 2, seed=0), [SEQUENCE], (1, 0)),
    "PReLU": (nn.PReLU(), [-2.0], None),
    "LayerNorm": (nn.LayerNorm(2), [[0.5, -1.0]], -1),
    "Dropout": (nn.Sequential(nn.Dropout(0.5, seed=0), nn.Linear(2, 1, seed=0)), [[1, 2]], None),
    "Conv1d": (nn.Conv1d(1, 1, 2, seed=0), [[[0.5, -1.0]]], None),
    "Conv2d": (nn.Conv2d(1, 2, 2, seed=0), [IMAGE], (1, 0, 1)),
    "MaxPool2d": (nn.MaxPool2d(3), [IMAGE], None),
    "LSTM": (nn.LSTM(2, 2, seed=0), [SEQUENCE], (0, 1, 0)),
    "GRUCell with a state": (nn.GRUCell(2, 2, seed=0), [[0.5, -1.0], [0.1, 0.2]], 0),
    "Embedding": (
        nn.Sequential(nn.Embedding(4, 2, seed=0), nn.Flatten(), nn.Linear(4, 1, seed=0)),
        [[3, 1]],
        None,
    ),
    "attention": (nn.MultiheadAttention(2, 1, seed=0), [SEQUENCE] * 3, (0, 1, 0)),
    "transformer": (nn.TransformerEncoderLayer(2, 1, 3, seed=0), [SEQUENCE], (1, 0)),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_call_of_a_model_is_walked_through_and_drawn(name):
    model, given, output = MODELS[name]
    with model.undisturbed():
        expected = one_value("test", model(*given), output)
    walk = walkthrough(model, *given, output=output)
    assert expected.data == walk.root.data
    assert all(p.grad == 0.0 for p in model.parameters())
    if len(given) == 1:
        picture = draw_dot(model, example=given[0], output=output, budget=None, digits=17)
        assert repr(expected.data).rstrip("0").rstrip(".").lstrip("-") in picture.source
    with model.undisturbed():  # the generators are as they were
        assert expected.data == one_value("test", model(*given), output).data


def test_numbers_become_leaves_with_the_names_of_the_call():
    class Net(nn.Module):
        def forward(self, x, features, *more, scale=1.0):
            return sum(x) * features[0][1] * scale + sum(more)

    walk = walkthrough(Net(), [1, 2.0], [[3, 4]], 5.0, Value(6.0, label="own"))
    leaves = {node.name for node in walk.graphs[0]}
    assert {"x0", "x1", "features[0][1]", "more[0]", "own"} <= leaves


def test_arrays_are_taken_and_keep_their_shape():
    np = pytest.importorskip("numpy")
    model = nn.Linear(2, 2, seed=0)
    for given in (np.array(SEQUENCE), tuple(map(tuple, SEQUENCE)), [np.array(r) for r in SEQUENCE]):
        assert model(SEQUENCE)[1][0].data == walkthrough(model, given, output=(1, 0)).root.data
    x = Value(2.0)
    assert [[x], [3.0]] == [[row[0] if row[0] is x else row[0].data]
                            for row in leaves_of("test", [[x], [3]])]  # fmt: skip
    assert {""} == {v.label for v in flat(leaves_of("test", [[1.0], [3]]))}


REFUSED = {
    "missing a required argument: 'x', in the call of MLP(": lambda f: f(nn.MLP(2, [1])),
    "too many positional arguments": lambda f: f(nn.MLP(2, [1]), 0.5, -1.0),
    "MLP: expected 2 inputs, got 1": lambda f: f(nn.MLP(2, [1]), [0.5]),
    "an argument must be a real number, got str 'a'": lambda f: f(nn.MLP(2, [1]), [0.5, "a"]),
    "Values of the shape (3,); give output=0": lambda f: f(nn.MLP(2, [3]), [1, 2]),
    "(2, 1, 1); give output=(0, 0, 0)": lambda f: f(nn.Conv2d(1, 2, 3), IMAGE),
    "several things, lists in lists; give output=(0, 0, 0)": lambda f: f(nn.RNN(2, 2), SEQUENCE),
    "there is no output 3; the model returned": lambda f: f(nn.MLP(2, [3]), [1, 2], output=3),
    "there is no output (0, 1); the": lambda f: f(nn.MLP(2, [3]), [1, 2], output=(0, 1)),
    "there is no output 1; the model returned one": lambda f: f(nn.Neuron(1), [1], output=1),
    "must return Values, got str 'text'": lambda f: f(Text(), 1.0),
    "a whole number from 0 to 3, got 9": lambda f: f(nn.Embedding(4, 2), [9]),  # it stays an index
}  # fmt: skip


class Text(nn.Module):
    def forward(self, x):
        return ["text"]


@pytest.mark.parametrize("message", REFUSED)
def test_what_cannot_be_called_or_shown_is_refused(message):
    with pytest.raises((TypeError, ValueError)) as caught:
        REFUSED[message](walkthrough)
    assert message in str(caught.value)


def test_a_picture_says_how_an_example_is_given():
    model = nn.MLP(2, [3], seed=0)
    for given in ((), ([0.5, -1.0],)):
        with pytest.raises(TypeError, match=r"of an example, draw_dot\(model, example=\[0\.5"):
            draw_dot(model, *given)
    for options in ({"example": [1.0]}, {"output": 0}):
        with pytest.raises(TypeError, match="example and output are for a model"):
            draw_dot(Value(1.0), **options)
    with pytest.raises(ValueError, match="draw_dot: it shows how one Value comes about"):
        draw_dot(model, example=[1.0, 2.0])


def test_the_plane_of_examples_takes_the_inputs_of_the_model():
    data = [((0.5, -1.0), 1), ((-1.0, 1.0), 0)]
    walk = walkthrough(nn.MLP(2, [3, 2], seed=0), [0.5, -1.0], output=1, data=data)
    assert ["x0", "x1"] == [leaf.label for leaf in walk.plane.inputs]
    assert walk.plane.output is walk.root
    three = nn.MLP(3, [1], seed=0), [0.5, -1.0, 2.0]
    with pytest.raises(ValueError, match="the plane of data is of two inputs, and the model has 3"):
        walkthrough(*three, data=data)
    walk = walkthrough(*three, data=data, inputs=["x0", "x2"])
    assert ["x0", "x2"] == [leaf.label for leaf in walk.plane.inputs]
