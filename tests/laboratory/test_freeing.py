"""Letting go of deep graphs by a loop."""

import gc
import sys
import weakref

import pytest

from tinygrad_neuron import Value
from tinygrad_neuron.laboratory import freeing


@pytest.fixture(autouse=True)
def in_a_loop(monkeypatch):
    """Graphs die by the loop, in this file only."""
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    freeing.free_in_a_loop()
    yield
    delattr(Value, "__del__")


def test_a_graph_dies_at_once_and_whole():
    x = y = Value(1.0)
    nodes = []
    for _ in range(1000):
        y = y * 1.0001
        nodes.append(weakref.ref(y))
    gc.disable()
    y = None
    gc.enable()
    assert [] == [node for node in nodes if node() is not None]
    assert 1.0 == x.data


def test_what_a_node_hands_over_dies_before_it_and_not_inside_it():
    y = Value(1.0) * 2.0 * 3.0
    operand = weakref.ref(y._a)
    freeing._hand_over(y)
    assert operand() is None


def test_what_is_still_referred_to_stays():
    x = Value(1.0)
    kept = [y := x * 2.0]
    for _ in range(1000):
        kept.append(y := y * 1.0)
    y = kept[-1]
    del kept
    y.backward()
    assert 2.0 == x.grad


def test_a_stop_in_a_finalizer_says_nothing_and_other_errors_are_told(capsys):
    class Stopped:
        def __del__(self):
            raise KeyboardInterrupt

    class Failing:
        def __del__(self):
            raise ValueError("a fault")

    Stopped()
    assert "" == capsys.readouterr().err
    Failing()
    assert "a fault" in capsys.readouterr().err
