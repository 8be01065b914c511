"""What goes wrong in backpropagation is flagged as in the pictures."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from tests.walk.page.opened import saturated, vanishing
from tinygrad_neuron import Value, nn
from tinygrad_neuron.draw.facts import read
from tinygrad_neuron.draw.flags import THRESHOLDS, find_flags

pytestmark = pytest.mark.once  # what the browser computes does not depend on Python's version


def dead() -> Value:
    neuron = nn.Neuron(1, activation="relu", weights=[1.0], bias=0.0)
    return neuron([Value(-1.0, label="x0")]) + neuron([Value(-2.0, label="x1")])


def test_a_relu_that_one_example_does_not_pass_is_inactive_in_grey(open_page: Any) -> None:
    z = Value(-2.0, label="z")
    tab = open_page(z.relu())
    assert "Nothing is dead" in tab.text("#flags")
    tab.press("End")
    text = tab.text("#flags")
    assert "○ inactive" in text and "for z = -2 is 0" in text and "Nothing is wrong" in text
    assert tab.tab.locator("#flags b.harmless").count() == 1
    assert tab.tab.locator(".flag.harmless").count() == 1
    assert tab.tab.locator(".flagged").count() == 0
    tab.type("z", "2")
    assert "Nothing is dead" in tab.text("#flags")


def test_a_dead_unit_is_flagged_in_red_with_what_helps(open_page: Any) -> None:
    tab = open_page(dead())
    tab.press("End")
    text = tab.text("#flags")
    assert "Ø dead" in text and "for each of 2 examples" in text and "leaky_relu" in text
    assert tab.tab.locator(".flagged").count() == 2
    assert tab.tab.locator("#flags b.harmless").count() == 0


def exploding() -> Value:
    value = Value(0.5, label="x")
    for _ in range(6):
        value = value * Value(9.0, label="w")
    return value


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (saturated, {"▬ saturated"}),
        (vanishing, {"▬ saturated", "▼ vanishing"}),
        (exploding, {"▲ exploding"}),
        (dead, {"Ø dead"}),
        (lambda: (Value(-1.0, label="z") * 2.0).relu(), {"○ inactive"}),
        (lambda: Value(1.0, label="a").maximum(3.0), {"○ inactive"}),
        (lambda: Value(-1.0, label="a").step(), set()),
        (lambda: Value(math.inf, label="a") * 0.0 + 1.0, {"∞ first infinity", "≠ first NaN"}),
    ],
)
def test_flags_are_the_engines_with_its_reasons(
    open_page: Any, made: Callable[[], Value], expected: set[str]
) -> None:
    root = made()
    tab = open_page(root)
    tab.press("End")
    root.backward()
    graph = read(root)
    flags = find_flags(graph, THRESHOLDS)
    marked = tab.tab.evaluate(
        """() => [...document.querySelectorAll("svg.graph g.node")].flatMap((g) =>
        [...g.querySelectorAll(".flag")].map((flag) => [g.id, flag.textContent]))"""
    )
    named = {f"n{graph.position[v]}": " ".join(f.text for f in all_) for v, all_ in flags.items()}
    assert named == dict(marked)
    assert expected == {flag.text for all_ in flags.values() for flag in all_}
    words = tab.text("#flags")
    for flag in expected:
        assert flag in words
    # the engine's factor: "the smallest factor on the way is 0.0453", "is only 0.0002"
    first = sorted(flags, key=graph.position.__getitem__)[:3]  # the page lists the first few
    reasons = [flag.reason for node in first for flag in flags[node]]
    factors = [r.partition(", of")[0].rpartition(" is ")[2].removeprefix("only ") for r in reasons]
    assert all(factor in words for factor in factors), factors


def test_flags_go_and_come_while_a_number_moves(open_page: Any) -> None:
    tab = open_page(saturated())
    tab.press("End")
    assert "▬ saturated" in tab.text("#flags")
    tab.type("w", "0.2")
    assert "Nothing is dead" in tab.text("#flags")
    tab.type("w", "-4")
    assert "▬ saturated" in tab.text("#flags")
