"""A rule that may fail is refused when its optimiser is made; others run the same everywhere."""

import math
import re

import pytest

from tests.conftest import needs_compiler
from tinygrad_neuron import Value, optim
from tinygrad_neuron.compiler import compile
from tinygrad_neuron.rule_language import NOT_NEGATIVE, check, signs_of

STEPS = ["eager", "python", pytest.param("c", marks=needs_compiler)]


def optimiser_with(rule, numbers=None, state=None):
    """An optimiser of two parameters with a rule of one's own."""

    class Own(optim.Optimiser):
        def __init__(self, parameters, lr=0.5):
            super().__init__(parameters, lr)
            self.lists = [0.0] * len(self.parameters)

        def rule(self):
            return rule

        def numbers(self, lr):
            return {"lr": lr, "k": 2.0, "zero": 0.0, **(numbers or {})}

    Own.state = dict.fromkeys(state or (), "lists")
    return Own([Value(1.0), Value(-2.0)])


def after_steps(optimiser, route, gradients=(0.3, -0.7)):
    """The parameters' data after three steps with these gradients."""
    w, v = optimiser.parameters
    compiled = compile(lambda a, b: w * a + v * b, target="python" if route == "eager" else route)
    if route == "eager":
        for _ in range(3):
            optimiser.zero_grad()
            compiled.mean([gradients]).backward()
            optimiser.step()
    else:
        with compiled.trainer(optimiser) as trainer:
            for _ in range(3):
                trainer.step([gradients])
    return [p.data.hex() for p in optimiser.parameters]


REFUSED = {
    "p -= lr * g": "made of assignments such as 'p = p - lr * g', got 'p -= lr * g'",
    "p = q = g": "made of assignments",
    "p[0] = g": "assigns to names",
    "if g: p = g": "made of assignments",
    "p = ": "made of assignments",
    "p = max(p, g)": "; write maximum(a, b)",
    "p = log(g)": "log fails for some numbers",
    "p = sum(g)": "sum fails for some numbers, or takes a list",
    "p = abs(p, g)": "abs takes 1 operands, got 2",
    "p = p - g * momentum": "must be among the numbers or the state, or be assigned before",
    "p = p - t": "'t' is unknown",
    "lr = lr * 0.5": "lr is the same for all parameters",
    "p = g ** 2": "'g ** 2' may fail; compute with",
    "p = g // 2": "is not part of the language",
    "p = g % 2": "is not part of the language",
    "p = g if g > 0 else p": "a conditional is not allowed",
    "p = 'g'": "is not a number",
    "p = g * 1j": "is not a number",
    "_p = g": "without _ before it",
    f"p = p * {10**400}": "too large",
    "p = p / g": "'g' can be 0, and is divided by",
    "p = p / abs(g)": "'abs(g)' can be 0",
    "p = p / (g * g)": "can be 0",
    "p = p / zero": "'zero' can be 0",
    "p = p / (k - k)": "can be 0",
    "p = p / (lr * k)": "can be 0",  # by underflow
    "p = p / 0": "'0.0' can be 0",
    "p = sqrt(g)": "'g' can be negative",
    "p = sqrt(g * p)": "can be negative",
    "p = sqrt(lr - k)": "can be negative",
}


@pytest.mark.parametrize("line", REFUSED)
def test_a_rule_that_may_fail_is_refused_when_the_optimiser_is_made(line):
    with pytest.raises(ValueError, match=r"^Own: ") as caught:
        optimiser_with([line])
    assert REFUSED[line] in str(caught.value)


ACCEPTED = [
    "p = p - lr * g / sqrt(g * g + 0.0625)",
    "p = p - lr * g / (abs(g) + k)",
    "p = p - lr * g / maximum(abs(g), k)",
    "p = p - lr * sign(g)",
    "p = p - lr * tanh(g) * 3 / 7",
    "p = p - sqrt(k * g * lr * g)",
    "p = minimum(maximum(p - lr * g, -1), k)",
    "p = p * -0.0 + -g",
    "p = +g",
]


@pytest.mark.parametrize("line", ACCEPTED)
@pytest.mark.parametrize("route", STEPS[1:])
def test_a_rule_runs_the_same_everywhere(line, route):
    for gradients in ((0.3, -0.7), (0.0, -0.0), (math.inf, math.nan), (1e-200, 1e200)):
        expected = after_steps(optimiser_with([line]), "eager", gradients)
        assert expected == after_steps(optimiser_with([line]), route, gradients)


@pytest.mark.parametrize("route", STEPS)
def test_names_of_a_rule_do_not_clash_with_what_runs_it(route):
    rule = ["zip = g * sqrt", "update = zip / abs", "p = p - lr * update / sqrt(NAN)"]
    optimiser = optimiser_with(rule, {"sqrt": 3.0, "NAN": 4.0, "abs": 0.5})
    after_steps(optimiser, route)
    expected = [1.0 - 3 * 0.5 * 0.3 * 6 / 2, -2.0 + 3 * 0.5 * 0.7 * 6 / 2]
    assert pytest.approx(expected) == [p.data for p in optimiser.parameters]


# The state


def test_the_signs_of_the_state_are_those_that_the_rule_can_give_it():
    rule = ("square = k * square + g * g", "p = p / (sqrt(square) + k)")
    k, any_ = ("k", signs_of([0.5])), frozenset({-1, 0, 1})
    check(rule, (("square", signs_of([0.0])),), (k,))
    check(rule, (("square", NOT_NEGATIVE),), (k,))
    with pytest.raises(ValueError, match="can be negative"):
        check(rule, (("square", any_),), (k,))
    with pytest.raises(ValueError, match="can be 0, and is divided by"):
        check(rule, (("square", signs_of([0.0])),), (("k", signs_of([-0.5])),))
    with pytest.raises(ValueError, match="can be negative"):
        check(("p = sqrt(m)", "m = m + g"), (("m", signs_of([0.0])),), ())


def test_a_state_that_is_not_there_is_named():
    class Own(optim.Optimiser):
        state = {"mean": "means"}  # noqa: RUF012  # as in the package

        def rule(self):
            return ["mean = mean + g", "p = p - lr * mean"]

    with pytest.raises(ValueError, match="Own: the state 'mean' must be in the attribute 'means'"):
        Own([Value(1.0)], 0.1)


@pytest.mark.parametrize("name", ["p", "g", "lr"])
def test_names_that_mean_two_things_are_refused(name):
    with pytest.raises(ValueError, match=r"Own: .*need names of their own"):
        optimiser_with(["p = p - g"], state=[name])


# What is assigned later


@pytest.mark.parametrize("route", STEPS)
def test_a_number_that_becomes_0_is_refused_before_the_step(route):
    class Own(optim.Optimiser):
        def rule(self):
            return ["p = p - g / lr"]

    w, v = Value(1.0), Value(2.0)
    optimiser = Own([w, v], lambda step: 0.5 if step < 2 else 0.0)
    with pytest.raises(ValueError, match="Own: 'p = p - g / lr': 'lr' can be 0"):
        after_steps(optimiser, route)
    assert 2 == optimiser.steps


@pytest.mark.parametrize("route", STEPS)
def test_an_eps_of_zero_assigned_later_is_refused_as_one_given(route):
    optimiser = optim.Adam([Value(1.0), Value(2.0)])
    optimiser.eps = 0.0
    with pytest.raises(ValueError, match=re.escape("Adam: 'p = p - lr * (mean / correction1)")):
        after_steps(optimiser, route)


@pytest.mark.parametrize("route", STEPS)
def test_a_negative_state_assigned_later_is_refused(route):
    optimiser = optim.Adam([Value(1.0), Value(2.0)])
    optimiser.squares = [-1.0, 0.0]
    with pytest.raises(ValueError, match=r"Adam: .*can be negative"):
        after_steps(optimiser, route)


def test_an_optimiser_without_a_rule_can_step_in_its_own_way():
    class Own(optim.Optimiser):
        def step(self):
            for p in self.parameters:
                p.data -= 1.0

    w = Value(1.0)
    Own([w], 0.1).step()
    assert 0.0 == w.data
    with pytest.raises(NotImplementedError, match="Own has no rule"):
        compile(lambda: w * 1.0).trainer(Own([w], 0.1))
