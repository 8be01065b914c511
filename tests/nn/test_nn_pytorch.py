"""Every layer gives what PyTorch's gives, outputs and gradients, in float64.

PyTorch's numbers are stored; tests/reference/pytorch_layers.py writes them.
"""

import functools
import json
import operator
from pathlib import Path

import pytest

from tests.reference.cases import CASES, coefficient, numbers
from tinygrad_neuron import Value, nn, sum
from tinygrad_neuron.nn.shapes import each, flat, shape

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "layers.json").read_text(encoding="utf-8")
)
pytestmark = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


def argument(wanted, place, case):
    """One argument of a call, as lists of numbers, or a pair of them."""
    if isinstance(wanted, list):
        return wanted
    if isinstance(wanted[0], tuple):
        return tuple(argument(part, place + 1 + k, case) for k, part in enumerate(wanted))
    return numbers(wanted, 1000 * place, case.ties)


def made(case):
    """The layer, and its parameters under PyTorch's names, with the case's numbers."""
    if not hasattr(nn, case.layer) or not isinstance(getattr(nn, case.layer), type):
        return getattr(nn, case.layer), {}
    layer = getattr(nn, case.layer)(*case.arguments, **case.options, **case.ours)
    parameters = {
        name: operator.attrgetter(name)(layer) for name in REFERENCE[case.name]["parameters"]
    }
    for place, nested in enumerate(parameters.values()):
        given = flat(numbers(shape(nested), 10000 + 1000 * place))
        for parameter, number in zip(flat(nested), given, strict=True):
            parameter.data = number / 2
    return layer, parameters


def results(found):
    return [v for v in flat(found) if v is not None]


def close(numbers, to=1e-12):
    """To 1e-12 of the number, or of the largest beside it where terms cancel."""
    return pytest.approx(numbers, rel=to, abs=to * max(map(abs, numbers), default=0.0))


def test_outputs_and_gradients_are_those_of_pytorch(case):
    expected = REFERENCE[case.name]
    layer, parameters = made(case)
    given = [
        x if isinstance(case.inputs[k], list) else each(Value, x)
        for k, x in enumerate(argument(s, place, case) for place, s in enumerate(case.inputs))
    ]
    options = case.call | ({"is_causal": True} if case.causal else {})
    outputs = results(layer(*given, **options))
    assert [v.data for v in outputs] == close(expected["outputs"])

    sum([coefficient(k) * v for k, v in enumerate(outputs)]).backward()
    leaves = [part for x in given for part in (x if isinstance(x, tuple | list) else [x])]
    found = [v.grad for x in leaves for v in flat(x) if isinstance(v, Value)]
    # PyTorch's derivative of Hardsigmoid is 1/6 in single precision, whatever the type.
    to = 1e-7 if case.layer == "Hardsigmoid" else 1e-12
    assert found == close(functools.reduce(operator.add, expected["inputs"], []), to)
    for name, nested in parameters.items():
        assert [p.grad for p in flat(nested)] == close(expected["parameters"][name]), name
    # No parameter that PyTorch does not have.
    ours = len(layer.parameters()) if parameters else 0
    assert ours == len(results(list(parameters.values())))
