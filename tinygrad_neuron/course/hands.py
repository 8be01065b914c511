"""Figures that answer to the hand: what is dragged or chosen, and the programs that answer.

A figure stands in the place of a slider on a page, `slider(..., live=line(...))`; on paper, in a
terminal and where scripts do not run, the slider's frames are shown. What is computed on the page
is JavaScript that the compiler made of the recorded graph.
"""

import hashlib
import html
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .. import losses, nn
from ..calculus import javascript
from ..compiler.javascript import graph_text
from ..datasets import Dataset
from ..engine import Value
from ..functions import softmax, sum
from ..interface import script
from .marking import asset

_SCRIPTS = ("plane", "line", "neuron", "network", "logits", "pad", "attention", "element")


@dataclass(frozen=True)
class Hand:
    """A figure for the hand: its data, and an expression in JavaScript that makes its programs."""

    data: Mapping[str, Any]
    programs: str

    def _repr_html_(self) -> str:
        return self.to_html("")

    def to_html(self, frames: str) -> str:
        """The figure, with what stands in for it where it cannot be moved."""
        key = hashlib.sha256(self.programs.encode()).hexdigest()[:12]
        data = html.escape(json.dumps(self.data, ensure_ascii=False))
        scripts = "\n".join(asset(f"hand/{name}.js") for name in _SCRIPTS)
        return (
            f"<script>(window.tnPrograms ??= {{}})['{key}'] ??= (() => {{\n"
            f"{javascript.arithmetic()}\n{self.programs}\n}})();</script>\n"
            f"<script>if (!customElements.get('tn-hand')) {script(scripts)}</script>"
            f'<tn-hand data-programs="{key}" data-hand="{data}">{frames}</tn-hand>'
        )


def line(
    points: Sequence[tuple[Sequence[float], int]],
    weights: Sequence[float],
    bias: float,
    low: float,
    high: float,
    *,
    learns: bool = False,
    chosen: int = 0,
) -> Hand:
    """A neuron with two inputs, whose line, weight vector and points are dragged.

    **Arguments:** `points`, each with its target, which is more than 0 for yes; `weights` and
    `bias` to begin with; `low` and `high`, the ends of both axes; `learns`, whether there are
    buttons for the perceptron's corrections; `chosen`, the point whose numbers are told first.

    >>> figure = line([((0.0, 1.0), 1)], [3.0, 4.0], -5.0, -2.5, 3.5)
    >>> figure.data["points"], "w0 * x0 + w1 * x1 + b" in figure.programs
    ([[0.0, 1.0, 1]], True)
    """
    data = {
        "kind": "line",
        "points": [[*map(float, x), int(target)] for x, target in points],
        "weights": list(weights),
        "bias": bias,
        "low": low,
        "high": high,
        "learns": learns,
        "chosen": chosen,
    }
    w0, w1, b, x0, x1 = (Value(0.0, label=name) for name in ("w0", "w1", "b", "x0", "x1"))
    return Hand(data, _program(w0 * x0 + w1 * x1 + b, [w0, w1, b, x0, x1]))


def neuron(
    w: float, b: float, x: float, activation: Callable[[Value], Value], low: float, high: float
) -> Hand:
    """A neuron with one input and a curve like sigmoid's, whose place and slope are dragged.

    **Arguments:** the weight, the bias and the input to begin with; `activation`, sigmoid; `low`
    and `high`, the ends of the axis of the input.

    >>> from tinygrad_neuron import sigmoid
    >>> "w * x + b" in neuron(4.0, -2.0, 1.0, sigmoid, -4.0, 4.0).programs
    True
    """
    data = {"kind": "neuron", "w": w, "b": b, "x": x, "low": low, "high": high}
    given = [Value(0.0, label=name) for name in ("w", "b", "x")]
    return Hand(data, _program(activation(given[0] * given[2] + given[1]), given))


def network(
    sets: Mapping[str, Dataset[Any]],
    *,
    widths: Sequence[int] = (1, 2, 3, 4, 8),
    activations: Sequence[str] = ("tanh", "relu", "sigmoid", "identity"),
    rates: Sequence[float] = (0.01, 0.05, 0.1, 0.2, 0.5),
    seeds: int = 5,
    start: "Mapping[str, Any] | None" = None,
) -> Hand:
    """A network with two inputs, one hidden layer and one output, which trains on the page.

    Its loss is the mean of (y - t)² with targets of 1 and -1; data, width, activation, learning
    rate and start are chosen from what is given; `start` has the first choices.

    >>> from tinygrad_neuron import datasets
    >>> figure = network({"xor": datasets.xor()}, widths=[2], activations=["tanh"], seeds=1)
    >>> figure.data["start"]["width"], len(figure.data["parameters"]["tanh 2"][0])
    (2, 9)
    """
    programs, parameters = [], {}
    for activation in activations:
        for width in widths:
            name = f"{activation} {width}"
            models = [
                nn.MLP(2, [width, 1], activation=activation, seed=seed) for seed in range(seeds)
            ]
            parameters[name] = [[p.data for p in model.parameters()] for model in models]
            programs.append(f"{json.dumps(name)}: {_networks_programs(models[0])}")
    choices: dict[str, list[Any]] = {
        "data": list(sets),
        "width": list(widths),
        "activation": list(activations),
        "rate": list(rates),
        "seed": list(range(seeds)),
    }
    data: dict[str, Any] = {
        "kind": "network",
        "sets": {
            name: [[round(x0, 3), round(x1, 3), 1 if t else -1] for (x0, x1), t in examples]
            for name, examples in sets.items()
        },
        "choices": choices,
        "start": {**{name: values[0] for name, values in choices.items()}, **(start or {})},
        "parameters": parameters,
    }
    return Hand(data, f"{_ORDERED}\nreturn {{\n{','.join(programs)}\n}};")


def pad(
    readers: Mapping[str, Callable[[list[Value]], Sequence[Value]]],
    images: Sequence[Sequence[float]],
    names: Sequence[str],
    *,
    start: int = 0,
    how: str = "",
) -> Hand:
    """A pad of square pixels to draw on, and beside it what networks read there.

    **Arguments:** `readers`, by name, functions of all pixels, row by row, that return one share
    for each of the `names`; `images`, one example for each name, with ink from 0 to 1; `start`,
    which of them is there first; `how`, a sentence on what to try.

    >>> from tinygrad_neuron import nn, softmax
    >>> model = nn.MLP(4, [2], seed=0)
    >>> figure = pad({"network": lambda x: softmax(model(x))}, [[0, 0, 0, 1], [1, 0, 0, 0]], "ab")
    >>> figure.data["size"], figure.data["start"]
    (2, [0.0, 0.0, 0.0, 1.0])
    """
    shown = [[round(float(ink), 4) for ink in image] for image in images]
    programs = []
    for name, reader in readers.items():
        pixels = [Value(0.0, label=f"x{k}") for k in range(len(shown[0]))]
        text, _ = graph_text(
            "reader", list(reader(pixels)), pixels, gradients=False, arithmetic=False
        )
        programs.append(f"{json.dumps(name)}: (() => {{ {text} return reader; }})()")
    data = {
        "kind": "pad",
        "size": math.isqrt(len(shown[0])),
        "images": shown,
        "names": list(names),
        "start": shown[start],
        "how": how,
    }
    return Hand(data, f"return {{\n{','.join(programs)}\n}};")


def attention(
    keys: Mapping[str, Sequence[float]],
    values: Sequence[float],
    query: Sequence[float],
    reach: float,
) -> Hand:
    """A query in the plane that is dragged, keys around it, and the share that each of them gets.

    **Arguments:** `keys`, by name, each of two numbers; `values`, one number for each; `query` to
    begin with; `reach`, the ends of both axes.

    >>> figure = attention({"up": [0, 2], "right": [2, 0]}, [10, 20], [2, 0], reach=3)
    >>> figure.data["names"]
    ['up', 'right']
    """
    places = [[float(k) for k in key] for key in keys.values()]
    q0, q1 = Value(0.0, label="q0"), Value(0.0, label="q1")
    shares = softmax([(q0 * k0 + q1 * k1) / math.sqrt(2) for k0, k1 in places])
    mean = sum([share * v for share, v in zip(shares, values, strict=True)])
    text, _ = graph_text("shares", [*shares, mean], [q0, q1], gradients=False, arithmetic=False)
    data = {
        "kind": "attention",
        "names": list(keys),
        "keys": places,
        "values": list(values),
        "query": [float(q) for q in query],
        "reach": reach,
    }
    return Hand(data, f"{text}\nreturn shares;")


def logits(numbers: Sequence[float], target: int, names: Sequence[str]) -> Hand:
    """The logits of a classifier, which are moved: p, the loss and the gradients p - y follow.

    **Arguments:** `numbers`, the logits to begin with; `target`, the right class, counted from 0;
    `names`, one for each.

    >>> figure = logits([2.0, 1.0, 0.0], 1, ["3", "5", "8"])
    >>> figure.data["logits"], figure.programs.count("gradients(rows, leaves")
    ([2.0, 1.0, 0.0], 3)
    """
    zs = [Value(number, label=f"z{k}") for k, number in enumerate(numbers)]
    shares = _of_leaves(softmax(zs), zs, gradients=False)
    each = [_of_leaves([losses.cross_entropy(zs, k)], zs) for k in range(len(zs))]
    programs = f"shares: {shares}, losses: [{', '.join(each)}]"
    data = {
        "kind": "logits",
        "logits": [z.data for z in zs],
        "target": target,
        "names": list(names),
    }
    return Hand(data, f"{_ORDERED}\nreturn {{ {programs} }};")


def _of_leaves(
    outputs: Sequence[Value], parameters: Sequence[Value], gradients: bool = True
) -> str:
    """A program that reads its leaves in the order of the parameters."""
    text, leaves = graph_text("made", outputs, [], gradients=gradients, arithmetic=False)
    order = [next(i for i, p in enumerate(parameters) if p is leaf) for leaf in leaves]
    return f"ordered((() => {{ {text} return made; }})(), {order})"


# A program reads its leaves in an order of its own; `order` says where each stands in the list.
_ORDERED = """const ordered = (program, order) => ({
  outputs: (rows, p) => program.outputs(rows, order.map((i) => p[i])),
  gradients(rows, p) {
    const { total, leaves } = program.gradients(rows, order.map((i) => p[i]));
    const back = new Array(p.length).fill(0);
    order.forEach((i, k) => (back[i] = leaves[k]));
    return { total, leaves: back };
  },
});"""


def _networks_programs(model: Any) -> str:
    """The loss with its gradients, and the score with the first two hidden numbers."""
    parameters = model.parameters()
    x0, x1, t = (Value(0.0, label=name) for name in ("x0", "x1", "t"))
    hidden = model.layers[0]([x0, x1])
    hidden = hidden if isinstance(hidden, list) else [hidden]
    score = model.layers[1](hidden)
    score = score[0] if isinstance(score, list) else score
    made = {
        "loss": graph_text("loss", [(score - t) ** 2], [x0, x1, t], arithmetic=False),
        "score": graph_text(
            "score", [score, *hidden[:2]], [x0, x1], gradients=False, arithmetic=False
        ),
    }
    texts = []
    for name, (text, leaves) in made.items():
        order = [next(i for i, p in enumerate(parameters) if p is leaf) for leaf in leaves]
        texts.append(f"{name}: ordered((() => {{ {text} return {name}; }})(), {order})")
    return f"{{ {', '.join(texts)} }}"


def _program(output: Value, inputs: Sequence[Value]) -> str:
    text, _ = graph_text("neuron", [output], inputs, gradients=False, arithmetic=False)
    return f"{text}\nreturn neuron;"
