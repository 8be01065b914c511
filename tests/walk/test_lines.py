"""The source lines of nodes: noted on request only."""

import threading

import pytest

from tinygrad_neuron import (
    Value,
    compile,
    define_operation,
    exp,
    nn,
    tanh,
    topological_order,
    walkthrough,
)
from tinygrad_neuron.calculus.table import TABLE
from tinygrad_neuron.walk import record_lines


def test_lines_are_recorded_on_request_only():
    x = Value(1.0)
    assert "" == (x * x).line
    with record_lines():
        leaf = Value(2.0)
        y = exp(leaf * 3.0) + tanh(leaf)
        y = nn.Neuron(1)([y])
    assert leaf.line.endswith(": leaf = Value(2.0)")
    assert leaf.line.startswith("test_lines.py:")
    assert y.line.endswith(": y = nn.Neuron(1)([y])")
    assert all(node.line for node in topological_order(y))
    assert walkthrough(y)[0].line.endswith("exp(leaf * 3.0) + tanh(leaf)")
    assert "" == (x * x).line == tanh(x).line == Value(1.0).line == (x**2).line


def test_lines_are_no_longer_recorded_after_an_error():
    plain = Value.__init__, tanh.__globals__["new"]
    with pytest.raises(KeyError), record_lines(), record_lines():
        raise KeyError
    assert plain == (Value.__init__, tanh.__globals__["new"])
    with record_lines():
        made = define_operation("made_within", "2 * a", ["2"])
    try:
        assert "" == made(Value(1.0)).line
        with record_lines():
            assert made(Value(1.0)).line
    finally:
        del TABLE["made_within"], Value.made_within


def test_a_function_compiled_while_lines_are_recorded_works_afterwards():
    with record_lines():
        function = compile(lambda a: tanh(a * 2.0) + a)
        inside = function(Value(0.5)).data
    assert inside == function(Value(0.5)).data == (tanh(Value(0.5) * 2.0) + 0.5).data
    assert "" == function(Value(0.5)).line


def test_lines_in_several_threads():
    def work():
        with record_lines():
            for _ in range(50):
                found.append((Value(1.0) * 2.0).line)

    found = []
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 200 == len(found) and all(found)
    assert "" == (Value(1.0) * 2.0).line
