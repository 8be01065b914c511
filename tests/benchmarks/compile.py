"""How fast compiled functions are, as ratios measured side by side in one run.

    python tests/benchmarks/compile.py            # everything
    python tests/benchmarks/compile.py moons      # one part: moons, dense, overhead, build, torch

The machines are shared and noisy: every figure is the median of alternating rounds. Optional:
`pip install micrograd==0.1.0 torch==2.13.0`.
"""

import importlib.util
import json
import random
import statistics
import subprocess
import sys
import time
import timeit

import engine  # the benchmark beside this one

import tinygrad_neuron as tn
from tinygrad_neuron import Value, datasets, losses, nn
from tinygrad_neuron.compiler.compiled import Compiled


def seconds(run, repeats=1):
    """The time of one call, out of several in a row."""
    start = time.perf_counter()
    for _ in range(repeats):
        run()
    return (time.perf_counter() - start) / repeats


def side_by_side(runs, rounds=5, repeats=None):
    """The median time of each of several functions, called in turn."""
    times = {name: [] for name in runs}
    for run in runs.values():  # warm up
        run()
    for _ in range(rounds):
        for name, run in runs.items():
            times[name].append(seconds(run, (repeats or {}).get(name, 1)))
    return {name: statistics.median(values) for name, values in times.items()}


def row(*cells):
    print("  ".join(f"{cell:>14}" if i else f"{cell:<44}" for i, cell in enumerate(cells)))


def verdict(fine):
    return "yes" if fine else "NO"


# micrograd's moons demo: 100 samples, MLP 2-16-16-1, hinge loss + 1e-4 L2, one full-batch step.

MOONS = [(list(x), 2 * t - 1) for x, t in datasets.moons(100, noise=0.1, seed=1337)]


def moons_model():
    return nn.MLP(2, [16, 16, 1], seed=1337)


def compiled_moons():
    """Seconds of a compiled training step, the median of a running loop."""
    model = moons_model()
    parameters = model.parameters()
    loss = tn.compile(lambda x, y: losses.hinge(model(x), y))
    penalty = tn.compile(lambda: losses.l2_penalty(parameters, 1e-4))
    times = []
    for k in range(200):
        start = time.perf_counter()
        total = loss.mean(MOONS) + penalty()
        for p in parameters:
            p.grad = 0.0
        total.backward()
        rate = 1.0 - 0.9 * k / 200
        for p in parameters:
            p.data -= rate * p.grad
        times.append(time.perf_counter() - start)
    return {"seconds": statistics.median(times)}


def moons():
    print("\nmicrograd's moons demo, one whole training step in a running loop, each in a process")
    kinds = {"micrograd": "micrograd", "eager": "tinygrad_neuron"}
    if not importlib.util.find_spec("micrograd"):
        del kinds["micrograd"]
        print("micrograd is not installed: pip install micrograd==0.1.0")
    times = {name: [] for name in (*kinds, "compiled")}
    for _ in range(3):
        for name, package in kinds.items():
            times[name].append(engine.measured("moons_step", package)[0]["seconds"])
        done = subprocess.run(
            [sys.executable, __file__, "compiled_moons"], capture_output=True, text=True, check=True
        )
        times["compiled"].append(json.loads(done.stdout)["seconds"])
    row("", "ms", "x compiled", "target", "reached")
    for name, target in (("micrograd", 400), ("eager", 12), ("compiled", None)):
        if name in times:
            pairs = zip(times[name], times["compiled"], strict=True)
            ratio = statistics.median(other / ours for other, ours in pairs)
            goal = (f">= {target}", verdict(ratio >= target)) if target else ("", "")
            row(name, f"{statistics.median(times[name]) * 1e3:.3f}", f"{ratio:.1f}", *goal)


# Dense networks, in units of one statement on local floats.


def unit():
    """The time of `g += d * x`: as a statement in timeit's loop, and written out 100 times."""
    setup = "g = 0.0; d = 1.1; x = 0.3"
    looped = min(timeit.repeat("g += d * x", setup, number=200_000, repeat=5)) / 200_000
    body = "; ".join(["g += d * x"] * 100)
    plain = min(timeit.repeat(body, setup, number=2_000, repeat=5)) / 200_000
    return looped, plain


def network(inputs, sizes, seed=0):
    """A compiled loss, its examples, and its number of weights."""
    model = nn.MLP(inputs, sizes, activation="tanh", seed=seed)
    draw = random.Random(seed)
    many = sizes[-1] > 1
    examples = []
    for _ in range(100 if inputs < 700 else 10):
        x = [draw.uniform(-1, 1) for _ in range(inputs)]
        examples.append((x, draw.randrange(sizes[-1]) if many else draw.choice([-1.0, 1.0])))

    def loss(x, y):
        return losses.cross_entropy(model(x), y) if many else losses.hinge(model(x), y)

    weights = sum(neuron.nin for layer in model.layers for neuron in layer.neurons)
    return Compiled(loss), examples, weights


def bare(compiled, examples):
    """The generated function alone, on arguments that are ready."""
    variant = compiled.variant
    function = variant.generated((0,))
    rows = variant.read(examples)
    data = [leaf.data for leaf in variant.leaves]
    zeros = [0.0] * len(data)
    return lambda: function(rows, data, zeros, (1.0 / len(rows),), 0.0)


NETWORKS = ((2, [16, 16, 1]), (16, [16, 4]), (64, [32, 10]), (784, [32, 10]))


def dense():
    print("\ndense networks: forward and backward, per weight and example")
    looped, plain = unit()
    print(f"one unit, g += d * x: {looped * 1e9:.1f} ns as timeit runs it in its loop, "
          f"{plain * 1e9:.1f} ns written out 100 times")  # fmt: skip
    row("", "weights", "ns", "units", "(written out)", "target", "reached")
    for inputs, sizes in NETWORKS:
        compiled, examples, weights = network(inputs, sizes)
        compiled.mean(examples)
        run = bare(compiled, examples)
        time_each = side_by_side({"": run}, rounds=9)[""] / len(examples) / weights
        looped, plain = unit()
        name = "-".join(map(str, [inputs, *sizes]))
        units = time_each / looped
        cells = f"{time_each * 1e9:.1f}", f"{units:.2f}", f"{time_each / plain:.2f}"
        row(name, weights, *cells, "<= 2.6", verdict(units <= 2.6))


def overhead():
    print("\nthe public call over the bare generated function, moons batch")
    model = moons_model()
    loss = Compiled(lambda x, y: losses.hinge(model(x), y))
    loss.mean(MOONS)
    runs = {
        "bare": bare(loss, MOONS),
        "mean(batch)": lambda: loss.mean(MOONS),
        "mean(batch).backward()": lambda: loss.mean(MOONS).backward(),
    }
    times = side_by_side(runs, rounds=25, repeats=dict.fromkeys(runs, 4))
    row("", "ms", "overhead", "target", "reached")
    for name, value in times.items():
        more = value / times["bare"] - 1
        row(name, f"{value * 1e3:.3f}", f"{more:.1%}", "<= 25 %", verdict(more <= 0.25))


def build():
    print("\nrecording, emitting and compiling, by weight")
    row("", "weights", "s", "us per weight", "target", "reached")
    for inputs, sizes in NETWORKS:
        times = []
        for seed in range(5 if inputs < 700 else 3):
            compiled, examples, weights = network(inputs, sizes, seed)
            times.append(seconds(lambda: compiled.mean(examples[:1])))  # noqa: B023  # run at once
        spent = statistics.median(times)
        name = "-".join(map(str, [inputs, *sizes]))
        each = spent / weights * 1e6
        row(name, weights, f"{spent:.3f}", f"{each:.1f}", "<= 40", verdict(each <= 40))
    import resource

    for operations in (50_000, 500_000):

        def chain(x, operations=operations):
            for _ in range(operations // 2):
                x = (x * 0.999).tanh()
            return x

        start = time.perf_counter()
        try:
            result = Compiled(chain)(Value(0.5))
            result.backward()
            outcome = f"{result.data:.6f}"
        except ValueError as error:
            outcome = f"refused: {error}"
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        spent = time.perf_counter() - start
        row(
            f"a chain of {operations:,} operations", "", f"{spent:.1f}", f"{memory:.0f} MB", outcome
        )


def torch_table():
    print("\na training step against PyTorch (CPU, float64, one thread, the batch as tensors)")
    if not importlib.util.find_spec("torch"):
        print("PyTorch is not installed: pip install torch==2.13.0")
        return
    import torch

    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    row("", "compiled, ms", "PyTorch, ms", "x faster", "target", "reached")
    digits = datasets.digits()
    scaled = [([x / 16 for x in pixels], t) for pixels, t in digits][:32]
    cases = (
        ("AND: one neuron, 4 examples", 2, [1], "gate", datasets.gate("and"), 10),
        ("XOR: 2-4-1, 4 examples", 2, [4, 1], "gate", datasets.xor(), 10),
        ("moons: 2-16-16-1, 100 examples", 2, [16, 16, 1], "hinge", MOONS, None),
        ("digits: 64-32-10, 32 examples", 64, [32, 10], "classes", scaled, None),
    )
    for name, inputs, sizes, kind, data, target in cases:
        examples = [(list(map(float, x)), t) for x, t in data]
        ours, theirs = (
            our_step(inputs, sizes, kind, examples),
            their_step(inputs, sizes, kind, examples),
        )
        fast = 1 if kind == "classes" else 20
        repeats = {"ours": fast, "theirs": fast}
        times = side_by_side({"ours": ours, "theirs": theirs}, rounds=15, repeats=repeats)
        ratio = times["theirs"] / times["ours"]
        goal = (f">= {target}", verdict(ratio >= target)) if target else ("", "")
        ms = [f"{times[key] * 1e3:.4f}" for key in ("ours", "theirs")]
        row(name, *ms, f"{ratio:.2f}", *goal)


def our_step(inputs, sizes, kind, examples):
    model = nn.MLP(inputs, sizes, activation="tanh", seed=0)
    optimiser = tn.optim.SGD(model.parameters(), lr=0.01)
    loss = {
        "gate": losses.binary_cross_entropy_with_logits,
        "hinge": losses.hinge,
        "classes": losses.cross_entropy,
    }[kind]
    compiled = Compiled(lambda x, t: loss(model(x), t))

    trainer, batch = compiled.trainer(optimiser), compiled.bind(examples)
    return lambda: trainer.step(batch)


def their_step(inputs, sizes, kind, examples):
    import torch

    layers = []
    for i, (a, b) in enumerate(zip([inputs, *sizes], sizes, strict=False)):
        layers += [torch.nn.Tanh()] * bool(i) + [torch.nn.Linear(a, b)]
    model = torch.nn.Sequential(*layers)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.01)
    x = torch.tensor([x for x, _ in examples])
    if kind == "classes":
        t = torch.tensor([t for _, t in examples])
        criterion = torch.nn.CrossEntropyLoss()
    else:
        t = torch.tensor([[float(t)] for _, t in examples])
        criterion = torch.nn.BCEWithLogitsLoss() if kind == "gate" else their_hinge

    def step():
        result = criterion(model(x), t)
        optimiser.zero_grad()
        result.backward()
        optimiser.step()

    return step


def their_hinge(scores, targets):
    return (1 - targets * scores).relu().mean()


PARTS = {"moons": moons, "dense": dense, "overhead": overhead, "build": build, "torch": torch_table}

if __name__ == "__main__" and sys.argv[1:] == ["compiled_moons"]:
    print(json.dumps(compiled_moons()))
elif __name__ == "__main__":
    print(f"Python {sys.version.split()[0]}")
    if unknown := set(sys.argv[1:]) - set(PARTS):
        sys.exit(f"{', '.join(sorted(unknown))}: the parts are {', '.join(PARTS)}")
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()
