"""What fits: the twelve graphs by which pictures are judged, measured in each engine's SVG."""

import re

import pytest

from tests.draw.measuring import measured
from tests.draw.twelve import TWELVE
from tinygrad_neuron import draw_dot
from tinygrad_neuron.draw.rendering import EngineNotFoundError, find_engine


@pytest.fixture(scope="module", params=TWELVE)
def picture(request):
    root = TWELVE[request.param]()
    root.backward()
    return draw_dot(root)


@pytest.fixture(params=["dot", "graphviz-pure"])
def facts(request, picture):
    try:
        picture.layout_command = find_engine(request.param).path
    except EngineNotFoundError:
        pytest.skip(f"no {request.param} on this machine")
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


def test_neurons_weights_and_inputs_stand_in_the_order_of_the_model(picture, facts):
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
