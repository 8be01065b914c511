"""The pages on which what the issue asks of a page is measured: twelve graphs of every kind."""

import math
from collections.abc import Callable

from tests.draw.twelve import readme_of_micrograd
from tests.walk.page.opened import HOSTILE, neuron, training
from tinygrad_neuron import Value, nn, scope
from tinygrad_neuron.datasets import moons as moons_of
from tinygrad_neuron.losses import cross_entropy
from tinygrad_neuron.walk import Walkthrough


def one_leaf() -> Value:
    return Value(2.0, label="x")


def xor() -> Value:
    model = nn.MLP(2, [2, 1], activation="tanh", seed=1)
    examples = [(0.0, 0.0, -1.0), (0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, -1.0)]
    losses = [(model([Value(a), Value(b)]) - wanted) ** 2 for a, b, wanted in examples]
    loss = sum(losses[1:], losses[0])
    loss.label = "loss"
    return loss


def moons() -> Value:
    model = nn.MLP(2, [8, 8, 1], activation="tanh", seed=1)
    examples = moons_of(2, seed=1)
    losses = [(model(list(point)) - (2.0 * label - 1.0)) ** 2 for point, label in examples]
    loss = sum(losses[1:], losses[0])
    loss.label = "loss"
    return loss


def dead_and_saturated() -> Value:
    x = Value(2.0, label="x")
    dead = (Value(-3.0, label="w1") * x).relu()
    saturated = (Value(4.0, label="w2") * x).tanh()
    y = dead + saturated
    y.label = "y"
    return y


def softmax() -> Value:
    logits = [Value(z, label=f"z{i}") for i, z in enumerate((2.0, 1.0, 0.1))]
    loss = cross_entropy(logits, 0)
    loss.label = "loss"
    return loss


def recurrent() -> Value:
    w, u, b = Value(0.5, label="w"), Value(-1.2, label="u"), Value(0.1, label="b")
    hidden = Value(0.0, label="h0")
    for t, number in enumerate((1.0, -0.5, 0.25)):
        with scope(f"time {t}"):
            hidden = (w * hidden + u * Value(number, label=f"x{t}") + b).tanh()
            hidden.label = f"h{t + 1}"
    return hidden


def without_modules() -> Value:
    """About 500 nodes that no scope holds."""
    total = Value(0.0)
    inputs = [Value(0.1 * i, label=f"x{i}") for i in range(12)]
    for k in range(12):
        total = (
            total
            + sum(
                (Value(math.sin(i + 3 * k), label=f"w{k}_{i}") * x for i, x in enumerate(inputs)),
                Value(0.0),
            ).tanh()
        )
    return total


def hostile() -> Value:
    x, w = Value(2.0, label="<script>alert(2)</script>"), Value(3.0, label=HOSTILE)
    y = (w * x + Value(1.0, label="a\u202eb" + "very long " * 8)).tanh()
    y.label = "<b>&amp;</b>\u2028-->"
    return y


def right_to_left() -> Value:
    w, x = Value(3.25, label="משקל"), Value(2.0, label="قيمة")
    y = w * x + Value(0.5, label="הטיה")
    y.label = "פלט"
    return y


TWELVE: dict[str, Callable[[], "Value | Walkthrough"]] = {
    "one leaf": one_leaf,
    "neuron": neuron,
    "README of micrograd": readme_of_micrograd,
    "XOR with loss": xor,
    "moons": moons,
    "training": training,
    "dead and saturated": dead_and_saturated,
    "softmax": softmax,
    "RNN with scopes": recurrent,
    "500 nodes without modules": without_modules,
    "hostile labels": hostile,
    "right to left": right_to_left,
}
