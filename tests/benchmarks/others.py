"""micrograd's demo in HIPS autograd and in PyTorch, in turn: a training step of each, the ratio.

    pip install autograd==1.9.1 torch==2.13.0; python tests/benchmarks/others.py

The README's entry for autograd is PyTorch's (`c.py`), times this ratio: on a busy machine both are
slower alike.
"""

import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tinygrad_neuron import datasets

SIZES, RATE, DECAY, ROUNDS, REPEATS = [2, 16, 16, 1], 0.01, 1e-4, 200, 5
MOONS = [(list(x), 2 * t - 1) for x, t in datasets.moons(100, noise=0.1, seed=1337)]


def autograd_step() -> Any:
    """A step that moves arrays by their gradients."""
    import autograd.numpy as np
    from autograd import grad

    x = np.array([x for x, _ in MOONS])
    targets = np.array([[float(t)] for _, t in MOONS])
    draw = np.random.RandomState(0).randn
    layers = [(0.3 * draw(a, b), np.zeros(b)) for a, b in pairwise(SIZES)]

    def loss(layers: Any) -> Any:
        out = x
        for weights, biases in layers[:-1]:
            out = np.maximum(np.dot(out, weights) + biases, 0)
        scores = np.dot(out, layers[-1][0]) + layers[-1][1]
        penalty = sum(np.sum(w * w) + np.sum(b * b) for w, b in layers)
        return np.mean(np.maximum(1 - targets * scores, 0)) + DECAY * penalty

    gradient = grad(loss)

    def step() -> None:
        found = gradient(layers)
        moved = [
            (w - RATE * dw, b - RATE * db) for (w, b), (dw, db) in zip(layers, found, strict=True)
        ]
        layers[:] = moved

    return step


def pytorch_step() -> Any:
    """The same in PyTorch."""
    import torch

    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    parts: list[Any] = []
    for a, b in pairwise(SIZES):
        parts += [torch.nn.Linear(a, b), torch.nn.ReLU()]
    model = torch.nn.Sequential(*parts[:-1])
    optimiser = torch.optim.SGD(model.parameters(), lr=RATE)
    x = torch.tensor([x for x, _ in MOONS])
    targets = torch.tensor([[float(t)] for _, t in MOONS])

    def step() -> None:
        penalty = sum((p * p).sum() for p in model.parameters())
        loss = (1 - targets * model(x)).relu().mean() + DECAY * penalty
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    return step


def main() -> None:
    """Print the least of each, and the ratio."""
    steps = {"autograd": autograd_step(), "PyTorch": pytorch_step()}
    least = dict.fromkeys(steps, float("inf"))
    for _ in range(ROUNDS):
        for name, step in steps.items():
            begin = time.perf_counter()
            for _ in range(REPEATS):
                step()
            least[name] = min(least[name], (time.perf_counter() - begin) / REPEATS)
    for name, seconds in least.items():
        print(f"{name}: {1e3 * seconds:.2f} ms")
    print(f"ratio: {least['autograd'] / least['PyTorch']:.1f}")


if __name__ == "__main__":
    main()
