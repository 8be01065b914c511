"""The engine against micrograd 0.1.0: speed, memory, depth, import time.

    python tests/benchmarks/engine.py

prints a table. Every figure is measured in a process of its own with the default garbage
collector; ours and the reference take turns, because a machine is not equally fast all the time.
Figures are medians over the rounds, and a ratio is the median of the rounds' ratios.
"""

import gc
import importlib
import importlib.util
import json
import os
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
OURS, REFERENCE = "tinygrad_neuron", "micrograd"
ROUNDS = 3
STEPS = 10
CHAIN = 1_000_000
RECORDED = 100_000


# What a measuring process does; each prints one JSON object.


def moons_step(package):
    """Processor seconds of a training step of micrograd's moons demo, as a plain loop of STEPS."""
    sys.path.insert(0, str(ROOT))
    from tinygrad_neuron.datasets import moons

    value = importlib.import_module(f"{package}.engine").Value
    network = importlib.import_module(f"{package}.nn").MLP
    data = moons(100, noise=0.1, seed=1337)
    targets = [2 * target - 1 for target in data.targets]
    model = network(2, [16, 16, 1])
    for i, p in enumerate(model.parameters()):  # the same first weights for both
        p.data = ((i * 0.6180339887) % 1.0) * 2 - 1
    seconds = []
    for k in range(STEPS):
        start = time.process_time()
        inputs = [list(map(value, row)) for row in data.inputs]
        scores = list(map(model, inputs))
        losses = [(1 + -y * score).relu() for y, score in zip(targets, scores, strict=True)]
        loss = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in model.parameters())
        model.zero_grad()
        loss.backward()
        rate = 1.0 - 0.9 * k / 100
        for p in model.parameters():
            p.data -= rate * p.grad
        seconds.append(time.process_time() - start)
    return {"seconds": median(seconds), "loss": loss.data}


def memory(package):
    """Bytes per recorded binary operation, before and after backward(), and what is left over."""
    value = importlib.import_module(f"{package}.engine").Value
    sys.setrecursionlimit(10_000)

    def chains():
        # Chains of 400, because micrograd's backward() is recursive.
        x = value(1.0)
        ends = []
        for _ in range(RECORDED // 400):
            v = x
            for _ in range(400):
                v = v * x
            ends.append(v)
        return ends

    chains()[0].backward()  # whatever is made at the first call
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    ends = chains()
    recorded = tracemalloc.get_traced_memory()[0] - before
    for end in ends:
        end.backward()
    differentiated = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    gc.collect()
    gc.disable()
    loss = chains()[0]
    loss.backward()
    del loss, end, ends
    left = gc.collect()
    return {
        "recorded": recorded / RECORDED,
        "differentiated": differentiated / RECORDED,
        "left": left,
    }


def constants(package):
    """Bytes per recorded operation on a Value and a plain number."""
    value = importlib.import_module(f"{package}.engine").Value
    (value(1.0) * 0.5).backward()
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    v = value(1.0)
    for _ in range(RECORDED):
        v = v * 0.999
    used = tracemalloc.get_traced_memory()[0] - before
    nodes = []  # taken apart from the end, because deletion may be recursive
    while v._prev:
        nodes.append(v)
        v = next(child for child in v._prev if child._prev or child.data == 1.0)
    while nodes:
        nodes.pop()
    return {"bytes": used / RECORDED}


def chain(package):
    """Seconds to build, differentiate and delete a chain of a million operations."""
    value = importlib.import_module(f"{package}.engine").Value
    limit = sys.getrecursionlimit()
    x, factor = value(1.0), value(1.0000001)
    start = time.perf_counter()
    v = x
    for _ in range(CHAIN):
        v = v * factor
    built = time.perf_counter()
    v.backward()
    differentiated = time.perf_counter()
    del v
    deleted = time.perf_counter()
    assert x.grad > 1.0 and sys.getrecursionlimit() == limit
    return {
        "build": built - start,
        "backward": differentiated - built,
        "delete": deleted - differentiated,
    }


MEASURES = {measure.__name__: measure for measure in (moons_step, memory, constants, chain)}


def measured(measure, package):
    """What a measure prints in a new process, or None where it does not come to an end."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, __file__, measure, package],
        capture_output=True,
        text=True,
        env=environment,
    )
    if done.returncode != 0:
        return None, (done.stderr.strip().splitlines() or ["stopped"])[-1]
    return json.loads(done.stdout), ""


def import_seconds(module):
    """Seconds of one import in a new interpreter that has only what every interpreter has."""
    program = (
        f"import os, sys, time; sys.path.insert(0, {str(ROOT)!r}); start = time.perf_counter(); "
        f"import {module}; print(time.perf_counter() - start)"
    )
    # Without site: what an installation's .pth files import is not counted as already there.
    done = subprocess.run(
        [sys.executable, "-S", "-c", program], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


# The table


def compared(measure, references, rounds=ROUNDS):
    """The results of some rounds, ours and the reference's in turn: two lists."""
    ours, theirs = [], []
    for _ in range(rounds):
        for package, results in ((OURS, ours), (REFERENCE, theirs)):
            if package == OURS or references:
                result, error = measured(measure, package)
                if result is None and package == OURS:
                    sys.exit(f"{measure}: {error}")
                results.append(result if result is not None else {"error": error})
    return ours, theirs


def column(results, key):
    return [result[key] for result in results]


def row(what, ours, theirs, target, reached, form, ratio=None):
    def text(number):
        return "-" if number is None else form.format(number)

    shown = "-" if ratio is None else f"{ratio:.2f}"
    verdict = {True: "yes", False: "NO", None: "?"}[reached]
    return (what, text(ours), text(theirs), shown, target, verdict)


def rows(references):
    ours, theirs = compared("moons_step", references)
    pairs = zip(column(ours, "seconds"), column(theirs, "seconds"), strict=bool(theirs))
    ratio = median(their / our for our, their in pairs) if theirs else None
    if theirs:
        losses = {round(loss, 6) for loss in (*column(ours, "loss"), *column(theirs, "loss"))}
        assert len(losses) == 1, f"both must have computed the same, got losses {losses}"
    yield row(
        "moons demo, one training step, ms",
        1e3 * median(column(ours, "seconds")),
        1e3 * median(column(theirs, "seconds")) if theirs else None,
        ">= 20 x faster",
        ratio >= 20 if theirs else None,
        "{:.1f}",
        ratio,
    )

    ours, theirs = compared("memory", references, rounds=1)
    for key, what in (
        ("recorded", "one v * x recorded, bytes"),
        ("differentiated", "the same after backward(), bytes"),
    ):
        our = ours[0][key]
        their = theirs[0][key] if theirs else None
        yield row(what, our, their, "<= 250", our <= 250, "{:.0f}", their and their / our)
    left, their_left = ours[0]["left"], theirs[0]["left"] if theirs else None
    ours, theirs = compared("constants", references, rounds=1)
    our, their = ours[0]["bytes"], theirs[0]["bytes"] if theirs else None
    yield row(
        "one v * 0.999 recorded (two nodes), bytes",
        our,
        their,
        "<= 250 a node",
        our <= 500,
        "{:.0f}",
        their and their / our,
    )
    yield row(
        "found by the collector after letting go", left, their_left, "0", left == 0, "{:,} objects"
    )

    ours, _ = compared("chain", references=False)
    total = median(sum(result.values()) for result in ours)
    for key in ("build", "backward", "delete"):
        part = median(column(ours, key))
        yield (f"  a million chained operations: {key}, s", f"{part:.2f}", "-", "-", "", "")
    yield row("a million chained operations, s", total, None, "<= 5", total <= 5, "{:.2f}")

    ours, theirs = [], []
    for _ in range(15):
        ours.append(import_seconds(OURS))
        theirs.append(import_seconds("asyncio"))
    our, their = min(ours), min(theirs)
    yield row(
        "import, ms (reference: asyncio)",
        1e3 * our,
        1e3 * their,
        "<= asyncio",
        our <= their,
        "{:.1f}",
        their / our,
    )


def main():
    references = importlib.util.find_spec(REFERENCE) is not None
    if not references:
        print("micrograd is not installed, so only our columns are printed; to compare:")
        print("    pip install micrograd==0.1.0")
    head = ("what", "ours", "reference", "ratio", "target", "reached?")
    widths = (44, 12, 15, 7, 24, 8)
    line = "  ".join(f"{{:{'<' if i in (0, 4, 5) else '>'}{w}}}" for i, w in enumerate(widths))
    print(f"Python {sys.version.split()[0]}; reference: micrograd 0.1.0 where not said otherwise")
    print(line.format(*head))
    for cells in rows(references):
        print(line.format(*cells), flush=True)
    if references:
        _, error = measured("chain", REFERENCE)
        print(f"micrograd on a million chained operations: {error or 'came to an end'}")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(MEASURES[sys.argv[1]](sys.argv[2])))
    else:
        main()
