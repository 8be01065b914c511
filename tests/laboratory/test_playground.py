"""The playground trains what its program says, and shows what is there."""

import json
import random

import pytest

from tinygrad_neuron import Value, losses, training
from tinygrad_neuron.laboratory.configuration import CHOICES, Configuration
from tinygrad_neuron.laboratory.playground import Playground

SMALL = {"samples": 40, "layers": (3, 2), "batch": 5}


def losses_of_the_program(configuration, steps):
    """The losses of all steps of the shown text, which prints some of them; it draws nothing."""
    text = configuration.program(steps).replace(f"step % {max(1, steps // 10)}", "step % 1")
    *lines, drawing = text.splitlines()
    assert drawing.startswith("draw_network(")
    printed = []
    exec("\n".join(lines), {"print": lambda *words: printed.append(words)})
    return [words[-1] for words in printed]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"batch": 0, "optimiser": "momentum", "activation": "relu", "init": "he_normal"},
        {"penalty": "l1", "strength": 0.01, "optimiser": "SGD", "lr": 0.3},
        {"penalty": "l2", "strength": 0.1, "data": "noisy_xor", "layers": ()},
    ],
)
def test_the_program_gives_the_losses_of_the_session(given):
    configuration = Configuration.of(SMALL | given)
    one = Playground(configuration)
    one.train(steps=10)
    one.moment()  # looking changes nothing
    one.train(steps=10)
    assert 20 == len(one.losses)
    assert losses_of_the_program(configuration, 20) == one.losses


def test_it_learns_moons():
    one = Playground(Configuration())
    one.train(steps=400)
    assert min(one.moment().right) >= 0.95


@pytest.mark.parametrize("activation", CHOICES["activation"])
def test_a_moment_has_what_the_model_itself_gives(activation):
    one = Playground(Configuration.of(SMALL | {"activation": activation}))
    one.train(steps=5)
    moment = one.moment()
    train, _ = one.examples
    outputs = [one.model(x) for x, _ in train]
    assert training.accuracy([y.data for y in outputs], [t for _, t in train]) == moment.right[0]
    loss = losses.binary_cross_entropy_with_logits(outputs, [t for _, t in train]).data
    assert pytest.approx(loss, rel=1e-12) == moment.losses[0]


@pytest.mark.parametrize("bias", [-10.0, 10.0])
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_dead_and_saturated_are_those_of_the_diagnosis(activation, bias):
    one = Playground(Configuration.of(SMALL | {"activation": activation}))
    one.model.layers[0].neurons[1].b.data = bias
    conditions = one.moment().conditions
    found = training.diagnose(one.model, one.examples[0]).layers
    assert [one.dead for one in found[:2]] == [
        part.count("dead") for part in (conditions[:3], conditions[3:])
    ]
    assert [one.saturated for one in found[:2]] == [
        part.count("saturated") for part in (conditions[:3], conditions[3:])
    ]
    assert conditions[1] == ("dead" if (activation, bias) == ("relu", -10.0) else "saturated") or (
        activation == "relu" and bias > 0
    )


def test_the_planes_begin_at_the_upper_left():
    one = Playground(Configuration.of(SMALL))
    one.train(steps=3)
    moment = one.moment()
    planes = one.planes(moment, cells=5)
    (left, right), (low, high) = one.configuration.plane
    corner, units = (right - left) / 10, 3 + 2 + 1
    assert 25 * units == len(planes)
    for place, x in (
        (0, [left + corner, high - corner]),
        (4, [right - corner, high - corner]),
        (24, [right - corner, low + corner]),
    ):
        assert pytest.approx(one.model(x).data, rel=1e-6) == planes[place * units + 5]
        first = one.model.layers[0](x)[0].data
        assert pytest.approx(first, rel=1e-6) == planes[place * units]


def test_one_goes_back_to_a_moment_and_training_goes_on_unchanged():
    one, other = Playground(Configuration.of(SMALL)), Playground(Configuration.of(SMALL))
    one.train(steps=2)
    early = one.moment()
    expected = list(one.planes(early, cells=3))
    one.train(steps=20)
    assert list(one.planes(early, cells=3)) == expected
    walk = one.walkthrough(1, 0, (0.5, -0.5, 1.0), early)
    leaves = {node.data for node in walk.graphs[0] if node.operation == "leaf"}
    assert {0.5, -0.5} == leaves - set(early.parameters)
    one.train(steps=10)
    other.train(steps=32)
    assert other.losses == one.losses


def test_a_walkthrough_ends_with_the_neurons_own_number():
    one = Playground(Configuration.of(SMALL))
    moment = one.moment()
    x, t = one.examples[0][0]
    hidden = one.model.layers[0](x)
    assert hidden[2].data == one.walkthrough(0, 2, (*x, t), moment).root.data
    assert one.model.layers[1](hidden)[1].data == (one.walkthrough(1, 1, (*x, t), moment).root.data)
    loss = losses.binary_cross_entropy_with_logits(one.model(x), t)
    assert loss.data == one.walkthrough(2, 0, (*x, t), moment).root.data
    assert isinstance(loss, Value)


def test_a_hidden_neuron_is_right_for_no_example_and_the_classes_have_the_same_names():
    one = Playground(Configuration.of(SMALL))
    example = (*one.examples[0][0][0], one.examples[0][0][1])
    hidden = one.walkthrough(0, 0, example, one.moment())
    output = one.walkthrough(2, 0, example, one.moment())
    assert (0.0, False) == (hidden.plane.level, hidden.plane.judged)
    assert (0.0, True) == (output.plane.level, output.plane.judged)
    for walk in (hidden, output):
        assert {0.0, 1.0} == {label for _, _, label in walk.plane.examples}
    assert "loss" == output.root.scope.name


def test_a_step_that_is_not_finite_ends_it_and_says_why():
    one = Playground(Configuration(lr=1000, optimiser="SGD", activation="identity", samples=20))
    one.train(steps=50)
    assert len(one.losses) < 50
    assert "smaller learning rate" in one.stopped
    taken = len(one.losses)
    one.train(steps=5)
    assert taken == len(one.losses)
    frame = one.frame(one.moment())
    json.dumps(frame, allow_nan=False)
    assert one.stopped == frame["stopped"] == Playground.of_state(one.state()).stopped


def test_training_for_a_time_takes_at_least_one_step():
    one = Playground(Configuration.of(SMALL))
    one.train(seconds=0.0)
    assert 1 == len(one.losses)


def test_every_step_can_be_gone_back_to_at_first_and_then_evenly_many(monkeypatch):
    monkeypatch.setattr("tinygrad_neuron.laboratory.playground.MOST_KEPT", 8)
    one = Playground(Configuration(layers=(2,), samples=20, batch=0))
    seen = []
    for _ in range(20):
        one.train(steps=1)
        seen.append(one.moment())
        assert len(one.kept) <= 8 and one.moment(0).step == 0
    assert 4 == one.stride
    assert [0, 4, 4, 8, 20, 20] == [one.moment(step).step for step in (1, 3, 5, 8, 20, 99)]
    assert seen[11] == one.moment(12)


def test_all_of_a_fast_second_can_be_gone_back_to():
    one = Playground(Configuration(layers=(2,), samples=20, batch=0))
    one.train(steps=94)  # at once, as between two pictures
    assert list(range(95)) == [one.moment(step).step for step in range(95)]


@pytest.mark.parametrize("optimiser", ["SGD", "momentum", "Adam"])
@pytest.mark.parametrize("batch", [0, 5])
def test_who_comes_back_goes_on_to_the_same_bits(optimiser, batch):
    one = Playground(Configuration(layers=(2,), samples=20, batch=batch, optimiser=optimiser))
    one.train(steps=7)
    other = Playground.of_state(json.loads(json.dumps(one.state())))
    assert one.moment() == other.moment() and one.moment(3) == other.moment(3)
    for playground in (one, other):
        playground.train(steps=5)
    assert one.losses == other.losses and one.moment() == other.moment()


def test_of_a_long_training_a_part_is_taken_along():
    one = Playground(Configuration(layers=(2,), samples=20, batch=0))
    one.train(steps=900)
    other = Playground.of_state(one.state())
    assert (181, 5) == (len(other.kept), other.stride)
    assert one.moment(450) == other.moment(450)
    other.train(steps=100)
    assert other.moment(1000).step == 1000 and 995 == other.moment(996).step


def test_the_global_random_state_is_not_touched():
    state = random.getstate()
    Playground(Configuration.of(SMALL)).train(steps=2)
    assert state == random.getstate()
