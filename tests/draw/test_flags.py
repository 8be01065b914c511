"""What is wrong in a graph is marked, with the factor that did it."""

import math

import pytest

from tests.draw.graphs import edge_lines, node_lines
from tinygrad_neuron import Value, draw_dot, nn, select
from tinygrad_neuron.draw.themes import THEMES
from tinygrad_neuron.scope import scope


def flagged(picture):
    return {node: [flag.name for flag in flags] for node, flags in picture.flags.items()}


def test_one_example_that_a_relu_does_not_pass_is_inactive_in_grey():
    z = Value(-2.0, label="z")
    y = z.relu()
    picture = draw_dot(y)
    assert flagged(picture) == {y: ["inactive"]}
    line = node_lines(picture)["n1"]
    light = THEMES["light"]
    assert f'<FONT COLOR="{light.muted}">○ inactive</FONT>' in line
    assert 'class="output inactive not-computed"' in line
    assert light.alarm not in picture.source
    assert "relu passes no gradient on: its local derivative for z = -2 is 0" in line
    assert 'class="zero"' in edge_lines(picture)["e1-0"]
    assert 'style="dotted"' in edge_lines(picture)["e1-0"]
    assert flagged(draw_dot(y, flags=False)) == {}


def unit_with(*inputs, activation="relu", weight=1.0):
    neuron = nn.Neuron(1, activation=activation, weights=[weight], bias=0.0)
    return [neuron([Value(x, label="x")]) for x in inputs]


def test_a_unit_that_passes_none_of_two_examples_is_dead():
    units = unit_with(-1.0, -2.0)
    picture = draw_dot(units[0] + units[1])
    assert flagged(picture) == {unit: ["dead"] for unit in units}
    assert "<B>Ø dead</B>" in picture.source
    assert f'color="{THEMES["light"].alarm}"' in node_lines(picture)[picture.ids[units[0]]]
    assert picture.flags[units[0]][0].reason.endswith("is 0; it is flat for each of 2 examples")


def test_a_unit_that_passes_one_of_its_examples_is_not():
    units = unit_with(-1.0, 2.0)
    picture = draw_dot(units[0] + units[1])
    assert flagged(picture) == {units[0]: ["inactive"]}
    assert THEMES["light"].alarm not in picture.source


def test_a_layers_module_of_activations_has_a_unit_for_each_output():
    model = nn.Sequential(nn.Linear(1, 2, seed=0), nn.ReLU())
    model[0].weight[0][0].data, model[0].weight[1][0].data = 1.0, -1.0
    model[0].bias[0].data = model[0].bias[1].data = 0.0
    outputs = [model([Value(-1.0)]), model([Value(-2.0)])]
    flags = flagged(draw_dot(sum(y for row in outputs for y in row)))
    assert flags == {row[0]: ["dead"] for row in outputs}


def test_step_and_sign_are_never_dead():
    units = unit_with(-1.0, -2.0, activation="step")
    assert flagged(draw_dot(units[0] + units[1] + Value(-3.0).sign())) == {}


def test_what_is_flat_by_rounding_only_is_saturated():
    first, second = unit_with(800.0, 900.0, activation="sigmoid")
    picture = draw_dot(first + second)
    assert flagged(picture) == {first: ["saturated"], second: ["saturated"]}
    assert picture.flags[first][0].alarm
    assert not draw_dot(first).flags[first][0].alarm


def test_the_first_nan_and_the_first_infinity_are_marked_with_what_made_them():
    x = Value(1e300, label="x")
    with scope("overflow"):
        big = x * 1e300
    big.label = "big"
    y = big - big
    z = y * 2.0 + y
    picture = draw_dot(z)
    assert flagged(picture) == {big: ["infinity"], y: ["nan"]}
    assert picture.flags[big][0].reason == "multiply of x = 1e+300, 1e+300 = 1e+300 is inf"
    assert "of big = inf, " in picture.flags[y][0].reason
    assert "<B>≠ first NaN</B>" in picture.source and "<B>∞ first infinity</B>" in picture.source
    assert "<B>∞ first infinity</B>" in draw_dot(z, fold=lambda _: True).source


def test_an_infinite_constant_is_meant_and_a_nan_that_was_given_is_named():
    masked = Value(0.5, label="score") + -math.inf
    assert flagged(draw_dot(masked)) == {}
    a, b = Value(math.nan, label="a"), Value(math.nan, label="b")
    picture = draw_dot(a * b)
    assert flagged(picture) == {a: ["nan"]}
    assert picture.flags[a][0].reason == "a was given as nan; 1 more arises elsewhere"


def test_a_label_in_the_reason_of_the_first_nan_is_text():
    x = Value(math.inf, label='"]<b>\\N')
    picture = draw_dot(x - x)
    assert "<b>" not in picture.source and "&lt;b&gt;" in picture.source


def test_a_saturated_tanh_is_marked_beyond_the_threshold():
    y = Value(4.0, label="z").tanh()
    assert flagged(draw_dot(y)) == {y: ["saturated"]}
    assert flagged(draw_dot(y, flags={"saturated": 1e-3})) == {}
    assert "▬ saturated" in draw_dot(y).source
    assert "tanh is nearly flat" in draw_dot(y).source


def test_a_factor_of_zero_does_not_make_a_product_dead():
    assert flagged(draw_dot(Value(0.0) * Value(0.0))) == {}
    assert flagged(draw_dot(Value(0.0) ** 2)) == {}


def test_vanishing_is_marked_once_the_gradients_are_there():
    x = Value(0.3, label="x")
    y = x
    for _ in range(14):
        y = y.sigmoid()
    assert flagged(draw_dot(y)) == {}
    y.backward()
    picture = draw_dot(y)
    assert picture.flags[x][0].name == "vanishing"
    assert "the smallest factor on the way is 0.2" in picture.flags[x][0].reason
    assert "▼ vanishing" in picture.source
    assert flagged(draw_dot(y, flags={"vanishing": 1e-12})) == {}


def test_exploding_is_marked_and_names_the_largest_factor():
    x = Value(1.0, label="x")
    y = x
    for factor in (9.0, 90.0, 30.0):
        y = y * factor
    y.label = "y"
    y.backward()
    picture = draw_dot(y)
    assert flagged(picture) == {x: ["exploding"]}
    assert "the gradient is 24300 of the output's" in picture.flags[x][0].reason
    assert "the largest factor on the way is 90" in picture.flags[x][0].reason
    assert "▲ exploding" in picture.source


def test_an_operation_without_a_result_is_marked_and_says_why():
    a, b, i = Value(1.0, label="a"), Value(2.0, label="b"), Value(0.0, label="i")
    with scope("choice"):
        y = select([a, b], i)
    z = y * 2.0
    i.data = 5.0
    picture = draw_dot(z)
    assert flagged(picture) == {y: ["failing"]}
    with pytest.raises(IndexError) as raised:
        z.forward()
    assert str(raised.value) == picture.flags[y][0].reason
    line = node_lines(picture)[picture.ids[y]]
    assert f'color="{THEMES["light"].alarm}"' in line
    assert "<B>✗ failing</B>" in line
    assert "✗" in picture.source.split("subgraph")[0]  # in the legend
    i.data = 1.0
    assert flagged(draw_dot(z)) == {}
    i.data = 5.0
    folded = draw_dot(z, fold=lambda _: True)
    assert "✗ failing 1 of 1 operation<" in folded.source


def test_a_folded_node_counts_its_flags_and_is_red_where_one_of_its_units_is_dead():
    layer = nn.Layer(1, 3, activation="relu", init="zeros", bias=[-1.0, 1.0, -1.0])

    def folded(examples):
        y = sum(unit for _ in range(examples) for unit in layer([Value(1.0)]))
        return next(t for t in node_lines(draw_dot(y, level="layer")).values() if "Layer" in t)

    assert "○ inactive 2 of 3 relu" in folded(1) and 'class="folded inactive"' in folded(1)
    assert THEMES["light"].alarm not in folded(1)
    # Each call is a card of its own.
    assert "<B>Ø dead 2 of 3 relu</B>" in folded(2) and 'class="folded dead"' in folded(2)
