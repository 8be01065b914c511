"""Many threads, many steps, many compilations: the same numbers, and no memory that grows.

`TINYGRAD_NEURON_TIMES=10` does ten times as much.
"""

import gc
import os
import random
import sys
import threading
import tracemalloc

import pytest

from tinygrad_neuron import Value, compile, nn, optim

TIMES = int(os.environ.get("TINYGRAD_NEURON_TIMES", "1"))
THREADS, GRAPHS = 8, 100 * TIMES


def numbers(seed: int) -> list[float]:
    """Data and gradients of a random graph, in scopes of its own."""
    generator = random.Random(seed)
    model = nn.MLP(2, [3, 1], activation="tanh", seed=seed)
    x = [Value(generator.uniform(-1, 1)) for _ in range(2)]
    y = model(x) * x[0] + x[1].sigmoid()
    y.backward()
    return [y.data, *(v.grad for v in [*x, *model.parameters()])]


def test_threads_get_the_numbers_that_one_gets() -> None:
    wanted = [numbers(seed) for seed in range(GRAPHS)]
    found: dict[int, list[list[float]]] = {}

    def work(k: int) -> None:
        found[k] = [numbers(seed) for seed in range(GRAPHS)]

    threads = [threading.Thread(target=work, args=(k,)) for k in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(found[k] == wanted for k in range(THREADS))


def grown(work: object, times: int) -> int:
    """By how many bytes memory has grown from one half of the runs to the end."""
    tracemalloc.start()
    try:
        for k in range(times):
            if k == times // 2:
                gc.collect()
                before = tracemalloc.get_traced_memory()[0]
            work()  # type: ignore[operator]
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


def test_steps_leave_no_memory_behind() -> None:
    model = nn.MLP(2, [2, 1], seed=0)
    optimiser = optim.Adam(model.parameters(), lr=0.01)
    compiled = compile(lambda x, t: (model(x) - t) ** 2)
    examples = [([0.5, 1.0], 1.0), ([1.0, -0.5], -1.0)]

    def eager() -> None:
        optimiser.zero_grad()
        loss = (model([0.5, 1.0]) - 1.0) ** 2
        loss.backward()
        optimiser.step()

    with compiled.trainer(optimiser) as trainer:
        batch = compiled.bind(examples)
        assert grown(lambda: trainer.step(batch), 1000 * TIMES) < 20_000
    assert grown(eager, 200 * TIMES) < 20_000


@pytest.mark.skipif(
    not getattr(sys, "_is_gil_enabled", lambda: True)(),
    reason="free-threaded Python 3.13 itself keeps all code that was ever made",
)
def test_compilations_leave_no_memory_behind() -> None:
    def compiled() -> None:
        model = nn.Neuron(2, seed=0)
        compile(lambda x: model(x))([1.0, 2.0])

    for _ in range(300):  # the scopes of the last texts are kept, see `compiler.naming`
        compiled()
    assert grown(compiled, 100 * TIMES) < 200_000
