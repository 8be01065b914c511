"""Which nodes are one unit, so that it can be told whether it is dead."""

import pytest

from tinygrad_neuron import Value, draw_dot, sum
from tinygrad_neuron.health import units_of


def sizes(nodes):
    return [len(unit) for unit in units_of(nodes)]


def leaves(*numbers):
    return [Value(number) for number in numbers]


def test_an_activation_by_hand_is_one_unit_over_its_examples():
    w, b = leaves(0.5, -1.0)
    assert [3] == sizes([(w * x + b).relu() for x in (1.0, 2.0, 3.0)])
    assert [3] == sizes([(w * x + b).relu() for x in leaves(1.0, 2.0, 3.0)])
    assert [3] == sizes([(w * x).relu() for x in (1.0, 2.0, 3.0)])
    hidden = [(w * x + b).tanh() for x in leaves(1.0, 2.0)]
    u, c = leaves(2.0, 0.1)
    assert [2] == sizes([(u * h + c).relu() for h in hidden])


def test_units_beside_each_other_stay_apart():
    w0, w1, b0, b1 = leaves(0.5, -1.0, 0.1, 0.2)
    examples = leaves(1.0, 2.0, 3.0)
    of_each = [unit for x in examples for unit in ((w0 * x + b0).relu(), (w1 * x + b1).relu())]
    assert [3, 3] == sizes(of_each)
    assert [1, 1] == sizes(of_each[:2])  # of one example
    one_bias = [(w0 * examples[0] + b0).relu(), (w1 * examples[1] + b0).relu()]
    assert [1, 1] == sizes(one_bias)


def test_where_a_weight_cannot_be_told_from_an_input_each_is_a_unit_by_itself():
    a, b, w = leaves(-4.0, 2.0, 0.5)
    assert [1, 1] == sizes([(b + a).relu(), (b - a).relu()])
    assert [1, 1] == sizes([(a - b).relu(), (a - w).relu()])
    assert [1, 1] == sizes([(w * x).relu() for x in leaves(1.0, 2.0)])
    assert [1, 1] == sizes([(1.0 - y * s.tanh()).relu() for y, s in ((1.0, a), (-1.0, b))])


@pytest.mark.parametrize(
    ("inputs", "flag"),
    [((-1.0, -2.0), "Ø dead"), ((-1.0,), "○ inactive"), ((-1.0, 9.0), "○ inactive")],
)
def test_by_hand_what_passes_nothing_for_every_one_of_several_examples_is_dead(inputs, flag):
    w, b = Value(0.5, label="w"), Value(-1.0, label="b")
    flags = draw_dot(sum([(w * x + b).relu() for x in inputs])).flags
    assert {flag} == {one.text for found in flags.values() for one in found}
