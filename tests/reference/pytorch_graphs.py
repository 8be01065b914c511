"""Compares random graphs of all operations with PyTorch, in float64: the value, all first
derivatives, and second derivatives of each.

Run in an environment of its own, from the repository's root:

    pip install torch==2.13.0
    python -m tests.reference.pytorch_graphs          # 1,000 graphs
    python -m tests.reference.pytorch_graphs 10000

Prints how many numbers were compared and the largest difference, relative to the largest number of
its kind in the graph; the exit code is 1 where one is above 1e-9. At ordinary numbers, for at ties
and kinks PyTorch's choices are others, and far out some of its formulas lose digits that ours have.
"""

import math
import random
import sys
from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional

from tests.reference.graphs import Graph, arranged, random_graph
from tinygrad_neuron import Value, gradients
from tinygrad_neuron.passes import DOMAIN_ERRORS

LIMIT = 1e-9
torch.set_default_dtype(torch.float64)


def many(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of a tensor, given a list of its numbers."""
    return lambda values: function(torch.stack(values))


def share(a: Any, b: Any) -> Any:
    return torch.heaviside(a.detach() - b.detach(), torch.tensor(0.5))


# What PyTorch calls the operations; they take and give tensors of one number.
OPERATIONS: dict[str, Callable[..., Any]] = {
    "add": torch.add,
    "subtract": torch.sub,
    "multiply": torch.mul,
    "divide": torch.div,
    "power": torch.pow,
    "constant_power": torch.pow,
    "negate": torch.neg,
    "sum": many(torch.sum),
    "exp": torch.exp,
    "expm1": torch.expm1,
    "log": torch.log,
    "xlogy": torch.xlogy,
    "sqrt": torch.sqrt,
    "sin": torch.sin,
    "cos": torch.cos,
    "erf": torch.erf,
    "erfc": torch.erfc,
    "abs": torch.abs,
    "sign": torch.sign,
    "step": lambda a: torch.heaviside(a.detach(), torch.tensor(0.0)),
    "share": share,
    "maximum": torch.maximum,
    "minimum": torch.minimum,
    "identity": torch.nn.Identity(),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": lambda a, slope: torch.where(a > 0, a, slope * a),
    "elu": lambda a, alpha: torch.where(
        a > 0, a, alpha * torch.expm1(torch.minimum(a, torch.tensor(0.0)))
    ),
    "selu": functional.selu,
    "softplus": lambda a: torch.logaddexp(a, torch.tensor(0.0)),
    "softsign": functional.softsign,
    "swish": lambda a, beta: a * torch.sigmoid(beta * a),
    "gelu": functional.gelu,
    "gelu_tanh": lambda a: functional.gelu(a, approximate="tanh"),
    "mish": functional.mish,
    "hard_sigmoid": lambda a: torch.clamp(a / 6 + 0.5, 0.0, 1.0),  # its own has single precision
    "hard_tanh": functional.hardtanh,
    "logsumexp": many(lambda a: torch.logsumexp(a, 0)),
    "argmax": many(lambda a: torch.argmax(a).double()),
    "select": lambda values, index: values[int(index)],
}


def ours(graph: Graph) -> list[list[float]] | None:
    """The value, the gradients, and the gradients of each gradient; None where there is an
    error."""
    values = list(map(Value, graph.point))
    try:
        result = graph(*values)
        first = gradients(result, values)
        second = [x.data for slope in first for x in gradients(slope, values)]
    except DOMAIN_ERRORS:
        return None
    return [[result.data], [x.data for x in first], second]


def theirs(graph: Graph) -> list[list[float]]:
    """The same by PyTorch."""
    inputs = [torch.tensor(x, requires_grad=True) for x in graph.point]
    nodes: list[Any] = list(inputs)
    for name, chosen in graph.instructions:
        operands = [nodes[c] if isinstance(c, int) else torch.tensor(c) for c in chosen]
        nodes.append(OPERATIONS[name](*arranged(name, operands)))

    def slopes(of: Any) -> list[Any]:
        if not of.requires_grad:
            return [torch.tensor(0.0)] * len(inputs)
        found = torch.autograd.grad(of, inputs, create_graph=True, allow_unused=True)
        return [torch.tensor(0.0) if x is None else x for x in found]

    first = slopes(nodes[-1])
    second = [x.item() for slope in first for x in slopes(slope)]
    return [[nodes[-1].item()], [x.item() for x in first], second]


def main(count: int) -> int:
    """Compare graphs, print what was found, and say whether it is as promised."""
    generator = random.Random(0)
    kinds = ("values", "first derivatives", "second derivatives")
    worst, compared, without, unlike = [0.0] * 3, [0] * 3, 0, 0
    for _ in range(count):
        graph = random_graph(generator, special=False)
        mine = ours(graph)
        if mine is None:
            without += 1  # PyTorch gives NaN, or an infinity
            continue
        for kind, (a, b) in enumerate(zip(mine, theirs(graph), strict=True)):
            if not all(map(math.isfinite, a + b)):
                unlike += all(map(math.isfinite, a)) != all(map(math.isfinite, b))
                continue
            size = max(1.0, *map(abs, b))
            off = max(abs(x - y) for x, y in zip(a, b, strict=True)) / size
            compared[kind] += len(a)
            if off > LIMIT:
                print(f"{kinds[kind]} off by {off:.1e}: {graph}\n  ours {a}\n  theirs {b}")
            worst[kind] = max(worst[kind], off)
    print(f"{count} graphs, {without} of them with an error; {unlike} finite in one of both alone")
    for kind, number, off in zip(kinds, compared, worst, strict=True):
        print(f"{kind}: {number} compared, largest difference {off:.1e}")
    return int(max(worst) > LIMIT)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
