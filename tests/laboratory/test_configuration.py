"""What one chooses in the playground, and its program."""

import contextlib
import io

import pytest

from tinygrad_neuron.laboratory.configuration import CHOICES, Configuration


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"data": "moon"}, "data 'moon': unknown, did you mean 'moons'"),
        ({"layers": [8, 17]}, "Configuration: a layer must be of at most 16 neurons, got 17"),
        ({"layers": [2] * 7}, "Configuration: layers must be at most 6, got 7"),
        ({"samples": 3}, "Configuration: samples must be an integer of 4 or more, got 3"),
        ({"samples": 10**6}, "Configuration: samples must be at most 2000, got 1000000"),
        ({"lr": 0}, "Configuration: lr must be greater than 0, got 0"),
        ({"batch": -1}, "Configuration: batch must be an integer of 0 or more, got -1"),
        ({"colour": "red"}, "a choice 'colour': unknown"),
    ],
)
def test_what_cannot_be_built_is_refused_with_the_way_out(given, message):
    with pytest.raises(ValueError) as caught:
        Configuration.of(given)
    assert str(caught.value).startswith(message)


def test_a_configuration_comes_back_from_its_mapping():
    one = Configuration(data="spirals", layers=(3, 2), batch=0, penalty="l1", seed=7)
    assert one == Configuration.of(one.to_dict())


def test_all_examples_lie_in_the_plane():
    for data in CHOICES["data"]:
        for noise in (0.0, 0.5):
            one = Configuration(data=data, noise=noise)
            (left, right), (low, high) = one.plane
            places = [x for part in one.parts for x in part.inputs]
            assert all(left < x0 < right and low < x1 < high for x0, x1 in places)


@pytest.mark.parametrize("penalty", CHOICES["penalty"])
@pytest.mark.parametrize("batch", [0, 5])
def test_the_program_is_a_dozen_lines_that_run(penalty, batch):
    one = Configuration(layers=(2,), samples=20, batch=batch, penalty=penalty)
    text = one.program(steps=20)
    lines = [line for line in text.splitlines() if line]
    assert len(lines) <= 16 and max(map(len, lines)) <= 100
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(text, {})
    assert 10 == len(printed.getvalue().splitlines())
