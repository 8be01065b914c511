"""A model as a table, and what its neurons can see."""

import pytest

from tinygrad_neuron import Value, nn
from tinygrad_neuron.nn.shapes import flat


def test_parameters_and_operations_are_counted():
    model = nn.Sequential(nn.Linear(3, 2), nn.Tanh(), nn.Linear(2, 1))
    found = nn.summary(model, [0.0] * 3)
    assert found.parameters == len(model.parameters()) == 11
    assert [row.parameters for row in found.rows] == [11, 8, 0, 3]
    # Multiplies, sums, bias additions; activations.
    assert [row.operations for row in found.rows] == [16, 6 + 2 + 2, 2, 2 + 1 + 1]
    assert [row.output for row in found.rows] == ["(1,)", "(2,)", "(2,)", "(1,)"]


def test_shared_parameters_count_once_and_each_call_counts_its_operations():
    linear = nn.Linear(2, 2)
    found = nn.summary(nn.Sequential(linear, linear), [0.0] * 2)
    assert [row.parameters for row in found.rows] == [6, 6]
    assert [row.operations for row in found.rows] == [16, 16]


def test_without_an_example_only_parameters_are_counted():
    found = nn.summary(nn.MLP(2, [3, 1]))
    assert [(row.name, row.parameters, row.operations) for row in found.rows] == [
        ("", 13, None),
        ("layers[0]", 9, None),
        ("layers[1]", 4, None),
    ]


def test_the_model_is_as_it_was_afterwards():
    model = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    kinds = [type(model), *map(type, model)]
    nn.summary(model, [1.0, 2.0])
    assert kinds == [type(model), *map(type, model)]
    with pytest.raises(ValueError, match="must have the shape"):
        nn.summary(model, [1.0])
    assert kinds == [type(model), *map(type, model)]


def test_results_of_several_parts_and_whole_numbers_are_taken():
    found = nn.summary(nn.LSTM(2, 3), [[0.0] * 2] * 4)
    assert found.rows[0].output == "(4, 3), (1, 3), (1, 3)"
    assert nn.summary(nn.Embedding(5, 2), [0, 1, 2]).rows[0].output == "(3, 2)"


def test_in_a_notebook_it_is_a_table():
    text = nn.summary(nn.Linear(2, 1), [0.0, 0.0])._repr_html_()
    assert text.startswith("<table>")
    assert "<td>(model)</td><td>Linear(2, 1)</td><td>(1,)</td><td>3</td><td>4</td>" in text


# What a neuron sees


def image(*lengths):
    if not lengths:
        return Value(0.5)
    return [image(*lengths[1:]) for _ in range(lengths[0])]


@pytest.mark.parametrize(
    ("model", "lengths"),
    [
        (nn.Conv2d(1, 1, 3, seed=0), (1, 5, 5)),
        (nn.Conv2d(2, 1, (2, 3), stride=2, padding=1, seed=0), (2, 5, 6)),
        (nn.Sequential(nn.Conv2d(1, 2, 2, seed=0), nn.AvgPool2d(2)), (1, 5, 5)),
        (nn.Sequential(nn.Conv1d(1, 2, 3, seed=0), nn.Conv1d(2, 1, 2, seed=1)), (1, 7)),
        (lambda x: nn.RNN(2, 2, seed=0)(x)[0], (3, 2)),
        (lambda x: nn.MultiheadAttention(2, 1, seed=0)(x, x, x, is_causal=True)[0], (3, 2)),
    ],
)
def test_the_receptive_field_is_what_changes_the_neuron(model, lengths):
    """Brute force: change each input, look at each output."""
    x = image(*lengths)
    for k, pixel in enumerate(flat(x)):
        pixel.data = 0.1 * k - 0.3
    units, pixels = flat(model(x)), flat(x)
    before = [unit.data for unit in units]
    seen = [set() for _ in units]
    places = nn.receptive_field(units[0], x)
    everywhere = _all_places(x)
    for place, pixel in zip(everywhere, pixels, strict=True):
        number, pixel.data = pixel.data, pixel.data + 0.37
        for k, unit in enumerate(flat(model(x))):
            if unit.data != before[k]:
                seen[k].add(place)
        pixel.data = number
    assert [set(nn.receptive_field(unit, x)) for unit in units] == seen
    assert places == sorted(places)


def _all_places(x, place=()):
    if isinstance(x, list):
        return [p for k, item in enumerate(x) for p in _all_places(item, (*place, k))]
    return [place]


def test_a_receptive_field_needs_values():
    conv = nn.Conv1d(1, 1, 2)
    with pytest.raises(TypeError, match="inputs must be Values"):
        nn.receptive_field(conv([[1.0, 2.0]])[0][0], [[1.0, 2.0]])
    with pytest.raises(TypeError, match="unit must be a Value"):
        nn.receptive_field(1.0, [[Value(1.0)]])
