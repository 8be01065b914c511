"""How fast compiled C is, beside JAX, PyTorch and compiled Python, as ratios measured in one run.

    python tests/benchmarks/c.py            # everything
    python tests/benchmarks/c.py steps      # one part: steps, first, dense, gpt

One thread each and one processor for all (JAX hands its work to another thread, which would run on
a second one), float64, whole training steps: loss of the batch, gradients, SGD update. Optional:
`pip install jax jaxlib torch==2.13.0`. The machines are shared and noisy: rounds alternate, the
ratios are those of the least times, and the median stands behind the least.
"""

import contextlib
import importlib.util
import itertools
import os
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path

os.environ["XLA_FLAGS"] = (
    "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1 "
    + os.environ.get("XLA_FLAGS", "")
)
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

from compile import MOONS, NETWORKS, row, seconds, side_by_side, verdict  # noqa: E402  # after that

import tinygrad_neuron as tn  # noqa: E402
from tinygrad_neuron import datasets, losses, nn, optim  # noqa: E402
from tinygrad_neuron.compiler.c import compiler, operations  # noqa: E402

RATE = 0.01


def digits():
    return [([x / 16 for x in pixels], t) for pixels, t in datasets.digits()][:32]


def as_floats(data):
    return [(list(map(float, x)), t) for x, t in data]


def noise(count):
    draw = random.Random(0)
    return [([draw.uniform(-1, 1) for _ in range(784)], draw.randrange(10)) for _ in range(count)]


WIDE = compiler.find_compiler().vector == 8
# name, inputs, sizes, hidden activation, loss, examples, targets against JAX and PyTorch
CASES = (
    ("AND: one neuron, 4 examples", 2, [1], "tanh", "gate", as_floats(datasets.gate("and")), 4, 10),
    ("XOR: 2-4-1, 4 examples", 2, [4, 1], "tanh", "gate", as_floats(datasets.xor()), 4, 10),
    ("moons: 2-16-16-1 relu, 100 examples", 2, [16, 16, 1], "relu", "hinge", MOONS, 2, 5),
    ("moons with tanh", 2, [16, 16, 1], "tanh", "hinge", MOONS, 1.8, 4),
    ("digits: 64-32-10 tanh, 32 examples", 64, [32, 10], "tanh", "classes", digits(), 1.8, 4),
    (
        "wide: 784-64-10 relu, 256 examples",
        784,
        [64, 10],
        "relu",
        "classes",
        noise(256),
        1.3 if WIDE else 0.9,
        None,
    ),
)
OURS = {
    "gate": losses.binary_cross_entropy_with_logits,
    "hinge": losses.hinge,
    "classes": losses.cross_entropy,
}


def our_step(target, inputs, sizes, activation, kind, examples):
    model = nn.MLP(inputs, sizes, activation=activation, seed=0)
    loss = OURS[kind]
    compiled = tn.compile(lambda x, t: loss(model(x), t), target=target)
    trainer = compiled.trainer(optim.SGD(model.parameters(), lr=RATE))
    batch = compiled.bind(examples)
    return repeated(lambda: trainer.step(batch))


def repeated(step):
    def steps(count):
        for _ in range(count):
            step()

    return steps


def torch_step(inputs, sizes, activation, kind, examples):
    import torch

    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    hidden = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}[activation]
    layers = []
    for i, (a, b) in enumerate(zip([inputs, *sizes], sizes, strict=False)):
        layers += [hidden()] * bool(i) + [torch.nn.Linear(a, b)]
    model = torch.nn.Sequential(*layers)
    optimiser = torch.optim.SGD(model.parameters(), lr=RATE)
    x = torch.tensor([x for x, _ in examples])
    if kind == "classes":
        t, criterion = torch.tensor([t for _, t in examples]), torch.nn.CrossEntropyLoss()
    else:
        t = torch.tensor([[float(t)] for _, t in examples])
        criterion = torch.nn.BCEWithLogitsLoss()
        if kind == "hinge":
            criterion = lambda s, t: (1 - t * s).relu().mean()  # noqa: E731

    def step():
        result = criterion(model(x), t)
        optimiser.zero_grad()
        result.backward()
        optimiser.step()

    return repeated(step)


def jax_step(inputs, sizes, activation, kind, examples):
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_platforms", "cpu")
    hidden = {"tanh": jnp.tanh, "relu": jax.nn.relu}[activation]
    x = jnp.array([x for x, _ in examples])
    t = jnp.array([t if kind == "classes" else float(t) for _, t in examples])
    draw = random.Random(0)
    parameters = [
        (
            jnp.array([[draw.uniform(-1, 1) / a**0.5 for _ in range(b)] for _ in range(a)]),
            jnp.zeros(b),
        )
        for a, b in zip([inputs, *sizes], sizes, strict=False)
    ]

    def loss(parameters):
        y = x
        for k, (w, b) in enumerate(parameters):
            y = y @ w + b
            if k < len(parameters) - 1:
                y = hidden(y)
        if kind == "classes":
            chosen = jnp.take_along_axis(y, t[:, None], 1)[:, 0]
            return jnp.mean(jax.nn.logsumexp(y, axis=1) - chosen)
        s = y[:, 0]
        if kind == "hinge":
            return jnp.mean(jnp.maximum(1 - t * s, 0))
        return jnp.mean(jnp.maximum(s, 0) - s * t + jnp.log1p(jnp.exp(-jnp.abs(s))))

    def stepped(parameters):
        value, gradients = jax.value_and_grad(loss)(parameters)
        return value, jax.tree.map(lambda p, g: p - RATE * g, parameters, gradients)

    run = jax.jit(stepped, donate_argnums=0)
    state = [parameters]

    def steps(count):  # waits at the end only, as a program that does not look at each loss
        for _ in range(count):
            value, state[0] = run(state[0])
        jax.block_until_ready((value, state))

    return steps


def alternating(runs, counts, rounds):
    """The least and the median time of a step of each, the rounds in turn."""
    times = {name: [] for name in runs}
    for name, run in runs.items():  # warm up
        run(counts[name])
    for _ in range(rounds):
        for name, run in runs.items():
            times[name].append(seconds(lambda: run(counts[name])) / counts[name])  # noqa: B023
    return {name: (min(spent), statistics.median(spent)) for name, spent in times.items()}


@contextlib.contextmanager
def one_processor():
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@one_processor()
def steps():
    print("\na whole training step, float64, one thread; times faster than")
    makers = {"C": lambda *case: our_step("c", *case)}
    if importlib.util.find_spec("jax"):
        makers["JAX"] = jax_step
    else:
        print("JAX is not installed: pip install jax jaxlib")
    if importlib.util.find_spec("torch"):
        makers["PyTorch"] = torch_step
    else:
        print("PyTorch is not installed: pip install torch==2.13.0")
    makers["Python"] = lambda *case: our_step("python", *case)
    row("", "C, us (median)", *(f"{name}, us" for name in list(makers)[1:]))
    ratios = []
    for name, *case, jax_target, torch_target in CASES:
        size = len(case[-1]) * sum(
            a * b for a, b in zip([case[0], *case[1]], case[1], strict=False)
        )
        # Rounds as short as a turn on a busy processor, so that some run undisturbed.
        many = 100 if size < 1e3 else 20 if size < 1e6 else 1
        counts = dict.fromkeys(makers, many) | {"Python": 100 if size < 100 else 1}
        runs = {maker: make(*case) for maker, make in makers.items()}
        slow = {"Python": runs.pop("Python")}
        times = alternating(runs, counts, 201 if size < 1e6 else 101)
        times |= alternating(slow, counts, 15 if size < 1e6 else 1)
        row(name, *("{:.2f} ({:.2f})".format(*(t * 1e6 for t in times[m])) for m in makers))
        for other, target in (("JAX", jax_target), ("PyTorch", torch_target)):
            if other in times and target:
                ratio = times[other][0] / times["C"][0]
                ratios.append((f"{name}: {other} / C", f"{ratio:.2f}", f">= {target}",
                               verdict(ratio >= target)))  # fmt: skip
    row("", "x faster", "target", "reached")
    for cells in ratios:
        row(*cells)


FIRST = """
import sys, time
sys.path.insert(0, {folder!r})
import c
from tinygrad_neuron import nn, optim
import tinygrad_neuron as tn
name, inputs, sizes, activation, kind, examples, *_ = c.CASES[{case}]
model = nn.MLP(inputs, sizes, activation=activation, seed=0)
start = time.perf_counter()
loss = c.OURS[kind]
compiled = tn.compile(lambda x, t: loss(model(x), t), target={target!r})
compiled.trainer(optim.SGD(model.parameters(), lr=0.01)).step(examples)
print(time.perf_counter() - start)
"""


def first():
    print("\nfrom the call of compile to the end of the first step, in a new process, ms")
    row("", "Python", "C")
    for k, (name, *_) in enumerate(CASES[:5]):
        cells = []
        for target in ("python", "c"):
            text = FIRST.format(folder=str(Path(__file__).parent), case=k, target=target)
            runs = [
                subprocess.run([sys.executable, "-c", text], capture_output=True, check=True)
                for _ in range(3)
            ]
            cells.append(f"{min(float(run.stdout) for run in runs) * 1e3:.0f}")
        row(name, *cells)


def dense():
    print("\ndense networks in C: a training step, per weight and example; the first call")
    row("", "weights", "ns", "target", "reached", "compile, s", "ms a weight", "target", "reached")
    for inputs, sizes in NETWORKS:
        model = nn.MLP(inputs, sizes, activation="relu", seed=0)
        many = sizes[-1] > 1
        loss = losses.cross_entropy if many else losses.hinge
        draw = random.Random(0)
        examples = [
            ([draw.uniform(-1, 1) for _ in range(inputs)], draw.randrange(sizes[-1]) if many else 1)
            for _ in range(100)
        ]
        weights = sum(neuron.nin for layer in model.layers for neuron in layer.neurons)
        compiled = tn.compile(lambda x, t: loss(model(x), t), target="c")  # noqa: B023  # run at once
        compiled.__name__ = "dense"  # a text that no part before has compiled
        spent = seconds(lambda: compiled.mean(examples[:1]))  # noqa: B023
        trainer = compiled.trainer(optim.SGD(model.parameters(), lr=1e-4))
        batch = compiled.bind(examples)
        run = lambda: trainer.step(batch)  # noqa: B023, E731
        each = side_by_side({"": run}, rounds=25, repeats={"": 5})[""] / 100 / weights
        limit = {2368: 1.0, 25408: 0.5}.get(weights)
        per_weight = spent / weights * 1e3
        row(
            "-".join(map(str, [inputs, *sizes])), weights, f"{each * 1e9:.3f}", "<= 2",
            verdict(each <= 2e-9), f"{spent:.2f}", f"{per_weight:.3f}",
            f"<= {limit}" if limit else "", verdict(per_weight <= limit) if limit else "",
        )  # fmt: skip


def gpt():
    sys.path.insert(0, str(Path(__file__).parent.parent.parent / "demos"))
    import names_gpt

    print("\nthe names GPT, batches of 8 names of up to 9 letters, Adam: one step")
    names = [name for name in names_gpt.read_names() if len(name) <= 9]
    one_of_each = {len(name): (names_gpt.tokens_of(name),) for name in names}
    batches = list(itertools.islice(names_gpt.batches(names, random.Random(1)), 5))
    runs, compiling = {}, {}
    for target in ("c", "python"):
        model = names_gpt.GPT(0)
        loss = tn.compile(model.loss, target=target)
        start = time.perf_counter()
        loss.mean(list(one_of_each.values()))  # all lengths known: side by side
        compiling[target] = time.perf_counter() - start
        trainer = loss.trainer(optim.Adam(model.parameters(), lr=1e-4))
        runs[target] = lambda t=trainer: [t.step(batch) for batch in batches]
    runs = {target: repeated(run) for target, run in runs.items()}
    times = alternating(runs, {"c": 5, "python": 1}, rounds=7)
    c, python = times["c"][0] / len(batches), times["python"][0] / len(batches)
    row("", "ms", "x faster", "target", "reached", "compiling, s")
    row("Python", f"{python * 1e3:.2f}", "", "", "", f"{compiling['python']:.1f}")
    ratio = python / c
    row("C", f"{c * 1e3:.3f}", f"{ratio:.0f}", ">= 20", verdict(ratio >= 20),
        f"{compiling['c']:.1f}")  # fmt: skip
    pays = (compiling["c"] - compiling["python"]) / (python - c)
    print(f"compiling {len(one_of_each)} lengths to C has paid for itself after {pays:.0f} steps")


PARTS = {"steps": steps, "first": first, "dense": dense, "gpt": gpt}

if __name__ == "__main__":
    print(f"Python {sys.version.split()[0]}, {compiler.find_compiler().version.splitlines()[0]}")
    different = ", ".join(operations.other_libm()) or "none"
    print(f"functions of math that C's library rounds otherwise than Python's: {different}")
    if unknown := set(sys.argv[1:]) - set(PARTS):
        sys.exit(f"{', '.join(sorted(unknown))}: the parts are {', '.join(PARTS)}")
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()
        print(f"the machine's load, over 1, 5 and 15 minutes: {os.getloadavg()}")
