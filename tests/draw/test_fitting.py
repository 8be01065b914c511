"""What fits: the twelve graphs by which pictures are judged, measured in each engine's SVG."""

import re
from xml.etree import ElementTree

import pytest

from tests.draw.measuring import measured
from tests.draw.twelve import TWELVE, network_of_the_lecture
from tinygrad_neuron import Value, draw_dot, nn, scope


@pytest.fixture(scope="module", params=TWELVE)
def picture(request):
    root = TWELVE[request.param]()
    root.backward()
    return draw_dot(root)


@pytest.fixture(scope="module")
def facts(engine, picture):
    picture.layout_command = engine
    return measured(picture.pipe(format="svg"))


def test_a_default_picture_fits_a_slide_in_letters_of_13_pixels(facts):
    width, height = facts.size
    assert width <= 1600
    assert height <= 900
    assert facts.type >= 13


def test_no_line_runs_through_a_card_and_no_card_lies_on_another(facts):
    assert facts.crossings == []
    assert facts.covered == []


def test_each_label_stands_at_its_own_line(facts):
    assert facts.strayed == []


def test_no_line_runs_through_a_title(facts):
    assert facts.titled == []


@pytest.mark.parametrize("rankdir", ["TB", "BT", "RL"])
@pytest.mark.parametrize(("examples", "budget"), [(1, (1600, 900)), (4, (1600, 900)), (1, None)])
def test_no_line_runs_through_a_title_in_any_direction(rankdir, examples, budget):
    root = network_of_the_lecture(examples)
    facts = measured(draw_dot(root, rankdir=rankdir, budget=budget).pipe(format="svg"))
    assert facts.titled == []
    assert facts.crossings == []


def test_neurons_weights_and_inputs_stand_in_the_order_of_the_model(facts, picture):
    """Of what stands in one column, what comes first in the model is above."""
    places = {}
    for group in picture.folding.groups:
        left, top, right, bottom = facts.boxes[group.id]
        scope = group.scope or group.within
        if group.scope is not None or not group.node._prev:
            key = (scope.parent if group.scope else scope, round((left + right) / 8))
            name = group.scope.name if group.scope else group.node.label
            places.setdefault(key, []).append(((top + bottom) / 2, name))
    for column in places.values():
        names = [name for _, name in sorted(column)]
        numbered = [name for name in names if re.fullmatch(r"(neurons\[\d+\]|[wx]\d+)", name)]
        by_stem = {}
        for name in numbered:
            by_stem.setdefault(re.sub(r"\d+", "#", name), []).append(
                int(re.search(r"\d+", name)[0])
            )
        for numbers in by_stem.values():
            assert numbers == sorted(numbers)


def test_what_is_asked_for_is_drawn_whatever_room_it_takes():
    root = TWELVE["LSTM by hand, 3 steps"]()
    everything = draw_dot(root, budget=None)
    assert everything.folding.text == ""
    assert "left out" not in everything.source
    assert measured(everything.pipe(format="svg")).size[0] > 1600
    assert draw_dot(root, level="scalar").folding.drawn == everything.folding.drawn


HOSTILE = ['"><script>alert(1)</script>', "<b>bold</b>", '\\N"|{}', "&amp;]]>", "w" * 5000, "a\nb"]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_inert_and_leave_a_picture_its_size(name):
    """In boxes, calls, meshes, inputs, the title; a name may be as long as it likes."""

    class Odd(nn.Module):
        def __init__(self):
            self.parts = {name: nn.MLP(2, [8, 8, 1], seed=0)}

        def __call__(self, x):
            return self.parts[name](x)

    odd, y = Odd(), Value(0.5, label=name)
    for step in range(3):
        with scope(f"{name}{step}"):
            y = odd([y, 2.0]) * 3 + Value(1.0, label=f"{name}{step}")
    for options in ({}, {"budget": 12}, {"title": name}, {"rankdir": "TB"}):
        svg = draw_dot(y, **options).pipe(format="svg")
        tags = {element.tag.partition("}")[2] for element in ElementTree.fromstring(svg).iter()}
        assert tags <= {"svg", "g", "title", "path", "polygon", "polyline", "text", "a", "ellipse"}
        width, height = measured(svg).size
        assert width <= 1600
        assert height <= 900


@pytest.mark.parametrize("steps", [3, 5, 12])
def test_the_calls_of_a_shared_cell_stand_by_themselves_where_they_fit(steps):
    cell = nn.RNNCell(1, 1, seed=0)
    h = [Value(0.0, label="h")]
    for t in range(steps):
        h = cell([Value(0.1 * t, label=f"x{t}")], h)
    picture = draw_dot(h[0])
    assert all(f"call {k} of {steps}" in picture.source for k in range(1, steps + 1))
    if steps > 3:
        assert "each call is one node" == picture.folding.how
        assert steps == sum(group.scope is not None for group in picture.folding.groups)


def test_calls_that_do_not_fit_roll_up():
    cell = nn.RNNCell(1, 1, seed=0)
    h = [Value(0.0, label="h")]
    for t in range(60):
        h = cell([Value(0.1 * t, label=f"x{t}")], h)
    picture = draw_dot(h[0])
    assert "equal calls are one" == picture.folding.how
    assert "× 60 calls" in picture.source


@pytest.mark.parametrize("steps", [3, 8, 40])
def test_the_inputs_of_the_steps_of_a_recurrent_network_stand_in_its_box(steps):
    rnn = nn.RNN(1, 1, seed=0)
    outputs, _ = rnn([[Value(0.1 * t, label=f"x{t}")] for t in range(steps)])
    picture = draw_dot(outputs[-1][0])
    inputs = [g for g in picture.folding.groups if g.node.label.startswith("x")]
    assert [1] * steps == [len(g.members) for g in inputs] or [steps] == [
        len(g.members) for g in inputs
    ]
    assert {"RNN"} == {str(group.within) for group in inputs}
