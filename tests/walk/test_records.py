"""Steps as plain data, and as JSON for other programs."""

import json
import math

import pytest

from tinygrad_neuron import (
    Value,
    walkthrough,
)
from tinygrad_neuron.walk import Step


def test_the_json_is_strict_and_holds_every_field():
    for data in (math.nan, math.inf, -math.inf, -0.0, 5e-324, 1e308):
        walk = walkthrough(Value(data, label="x") * 2.0 + Value(1.0))
        whole = json.loads(walk.to_json(), parse_constant=pytest.fail)
        assert walk.digits == whole["digits"]
        assert [[node.to_dict() for node in walk.graphs[0]]] == whole["graphs"]
        assert [step.to_dict() for step in walk] == whole["steps"]
        shown = whole["graphs"][0][0]["data"]
        assert repr(data) == repr(float(shown))
        assert isinstance(shown, float) == math.isfinite(data)


def test_walkthroughs_are_equal_where_their_steps_are():
    x = Value(math.nan, label="x")
    assert walkthrough(x * 2.0) == walkthrough(x * 2.0)
    assert walkthrough(Value(1.0) * 2.0) != walkthrough(Value(1.5) * 2.0)


def test_steps_are_frozen_and_hashable():
    first = walkthrough(Value(1.0).tanh())[0]
    assert isinstance(first, Step)
    with pytest.raises(AttributeError):
        first.value = 3.0
    assert {first} == {Step(**first.to_dict())}
