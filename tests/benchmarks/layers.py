"""Training steps of layers beside PyTorch's, in float64 on one thread; how large their code is.

    python tests/benchmarks/layers.py              # everything
    python tests/benchmarks/layers.py gradients    # one part: steps, sizes, gradients

Whole steps: loss of the batch, gradients, SGD update. Every figure is the least of alternating
rounds. `gradients` is no speed: it is how much smaller the gradient of a recurrent layer is at step
1 than at step 20, at the start, over 20 seeds. Optional: `pip install torch==2.13.0`.
"""

import importlib.util
import os
import random
import statistics
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

from tinygrad_neuron import compile, losses, nn, optim, sum, training  # noqa: E402  # after that

RATE, ROUNDS = 0.01, 40
STEPS, LENGTH, WIDTH = 20, 8, 8  # of the LSTM's sequences; of the transformer's, and their vectors


def numbers(*lengths):
    draw = random.Random(0)

    def nested(rest):
        return [nested(rest[1:]) for _ in range(rest[0])] if rest else draw.uniform(-1, 1)

    return nested(lengths)


class Last(nn.Module):
    """A linear layer on the last state of an LSTM, or of another recurrent layer."""

    def __init__(self, kind="LSTM"):
        self.layer, self.output = getattr(nn, kind)(1, 8, seed=0), nn.Linear(8, 2, seed=1)

    def __call__(self, x):
        return self.output(self.layer(x)[0][-1])


def convolution():
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, seed=0), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 10)
    )


def block():
    return nn.Sequential(
        nn.TransformerEncoderLayer(WIDTH, 2, 32, 0.0, seed=0), nn.Flatten(), nn.Linear(64, 2)
    )


def in_torch():
    """The same three in PyTorch, over batches."""
    import torch

    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)

    class TorchLast(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = torch.nn.LSTM(1, 8, batch_first=True)
            self.output = torch.nn.Linear(8, 2)

        def forward(self, x):
            return self.output(self.lstm(x)[0][:, -1])

    return {
        "convolution": lambda: torch.nn.Sequential(
            torch.nn.Conv2d(1, 4, 3),
            torch.nn.ReLU(),
            torch.nn.MaxPool2d(2),
            torch.nn.Flatten(),
            torch.nn.Linear(36, 10),
        ),
        "LSTM, 20 steps": TorchLast,
        "transformer block": lambda: torch.nn.Sequential(
            torch.nn.TransformerEncoderLayer(WIDTH, 2, 32, 0.0, batch_first=True),
            torch.nn.Flatten(),
            torch.nn.Linear(64, 2),
        ),
    }


def torch_step(make, inputs, targets):
    import torch

    model, loss = make(), torch.nn.functional.cross_entropy
    optimiser = torch.optim.SGD(model.parameters(), lr=RATE)
    x, t = torch.tensor(inputs), torch.tensor(targets)

    def step():
        optimiser.zero_grad()
        loss(model(x), t).backward()
        optimiser.step()

    return step


def our_step(make, inputs, targets, target):
    model = make()
    compiled = compile(lambda x, t: losses.cross_entropy(model(x), t), target=target)
    trainer = compiled.trainer(optim.SGD(model.parameters(), lr=RATE))
    batch = compiled.bind(list(zip(inputs, targets, strict=True)))
    start = time.perf_counter()
    trainer.step(batch)
    return lambda: trainer.step(batch), time.perf_counter() - start, compiled


def least(steps):
    """The least time of each step, called in turn."""
    best = dict.fromkeys(steps, float("inf"))
    for step in steps.values():
        step()
    for _ in range(ROUNDS):
        for name, step in steps.items():
            for _ in range(10):
                start = time.perf_counter()
                step()
                best[name] = min(best[name], time.perf_counter() - start)
    return best


def compare():
    cases = {
        "convolution": (convolution, (1, 8, 8), 10),
        "LSTM, 20 steps": (Last, (STEPS, 1), 2),
        "transformer block": (block, (LENGTH, WIDTH), 2),
    }
    theirs = in_torch() if importlib.util.find_spec("torch") else {}
    print("one training step, microseconds; C over PyTorch should be 5 or more at batch 1")
    head = ("", "batch", "Python", "C", "PyTorch", "C faster", "compile, s", "lines of code")
    print("  ".join(f"{cell:>18}" if k == 0 else f"{cell:>13}" for k, cell in enumerate(head)))
    for name, (make, shape, classes) in cases.items():
        for batch in (1, 32):
            inputs = numbers(batch, *shape)
            targets = [k % classes for k in range(batch)]
            steps, seconds, lines = {}, {}, {}
            for target in ("python", "c"):
                step, taken, compiled = our_step(make, inputs, targets, target)
                steps[target], seconds[target] = step, taken
                lines[target] = compiled.source.count("\n")
            if theirs:
                steps["torch"] = torch_step(theirs[name], inputs, targets)
            found = least(steps)
            torch, c = found.get("torch", float("nan")), found["c"]
            cells = [str(batch), *(f"{1e6 * found[t]:.1f}" for t in ("python", "c"))]
            cells += [f"{1e6 * torch:.1f}", f"{torch / c:.1f}"]
            cells += [f"{seconds['python']:.1f} / {seconds['c']:.1f}"]
            cells += [f"{lines['python']} / {lines['c']}"]
            print(f"{name:>18}  " + "  ".join(f"{cell:>13}" for cell in cells), flush=True)


def sizes():
    print("\na convolution of 4 channels 3x3, a pool, 10 outputs: how large its code is")
    print(
        f"{'image':>8}{'operations':>12}{'Python, lines':>15}{'C, lines':>10}{'compiling, s':>16}"
    )
    for side in (8, 16, 28):
        pooled = (side - 2) // 2
        model = nn.Sequential(
            nn.Conv2d(1, 4, 3, seed=0),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(4 * pooled * pooled, 10),
        )
        inputs, lines, seconds = numbers(1, 1, side, side), [], []
        for target in ("python", "c"):
            _, taken, compiled = our_step(lambda m=model: m, inputs, [1], target)
            lines.append(compiled.source.count("\n"))
            seconds.append(taken)
        operations = nn.summary(model, inputs[0]).operations
        both = f"{seconds[0]:.1f} / {seconds[1]:.1f}"
        print(f"{side:>8}{operations:>12}{lines[0]:>15}{lines[1]:>10}{both:>16}", flush=True)

    print("\n8 units over steps, a linear layer on the last state: C, lines (compiling, s)")
    lengths = (5, 20, 80)
    print(f"{'steps':>8}" + "".join(f"{steps:>16}" for steps in lengths))
    for kind in ("RNN", "LSTM", "GRU"):
        cells = []
        for steps in lengths:
            _, taken, compiled = our_step(lambda k=kind: Last(k), numbers(1, steps, 1), [1], "c")
            lines = compiled.source.count("\n")
            cells.append(f"{lines} ({taken:.1f})")
        print(f"{kind:>8}" + "".join(f"{cell:>16}" for cell in cells), flush=True)


def gradients():
    print("\nthe norm of the gradient at step 1 over that at step 20, at the start, 20 seeds")
    print(f"{'':>24}{'least':>10}{'median':>10}{'largest':>10}")
    layers = {
        "RNN": nn.RNN,
        "LSTM": nn.LSTM,
        "LSTM, forget_bias=1": lambda *sizes, seed: nn.LSTM(*sizes, forget_bias=1.0, seed=seed),
        "GRU": nn.GRU,
    }
    for name, make in layers.items():
        ratios = []
        for seed in range(20):
            draw = random.Random(seed)
            outputs, _ = make(1, 8, seed=draw)([[draw.gauss(0, 1)] for _ in range(STEPS)])
            sum(outputs[-1]).backward()
            norms = training.gradient_norms(outputs)
            ratios.append(norms[0] / norms[-1])
        found = min(ratios), statistics.median(ratios), max(ratios)
        print(f"{name:>24}" + "".join(f"{ratio:>10.1e}" for ratio in found))


PARTS = {"steps": compare, "sizes": sizes, "gradients": gradients}

if __name__ == "__main__":
    if unknown := set(sys.argv[1:]) - set(PARTS):
        sys.exit(f"{', '.join(sorted(unknown))}: the parts are {', '.join(PARTS)}")
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()
