"""What it costs that a Ctrl-C finds a step taken or not: `python tests/benchmarks/interruption.py`.

A step in C of AND (one neuron, four examples, plain gradient descent) as it is; without what an
interrupt needs; and, for comparison, with the signal masked around each step. All three in turn in
one process, processor time, the least of many rounds, as ratios.
"""

import time
from collections.abc import Callable
from typing import Any

from tinygrad_neuron import Value, compile, datasets, nn, optim
from tinygrad_neuron.compiler.examples import Batch
from tinygrad_neuron.interruption import uninterrupted

ROUNDS, STEPS = 300, 1000


def main() -> None:
    neuron = nn.Neuron(2, activation="tanh", seed=0)

    @compile(target="c")
    def loss(x: list[Value], target: Value) -> Any:
        return (neuron(x) - target) ** 2

    examples = [([float(v) for v in x], float(t)) for x, t in datasets.gate("and")]
    optimiser = optim.SGD(neuron.parameters(), lr=0.1)
    with loss.trainer(optimiser) as trainer:
        batch = loss.bind(examples)

        def bare(given: Batch) -> float:
            """`Trainer.step` without its `try`, and what is counted in C besides."""
            numbers = optimiser.numbers(optimiser.current_lr())
            values = tuple(numbers.values())
            assert values == trainer._values
            mean = trainer._step(given, numbers)
            optimiser.steps += 1
            return mean

        def masked(given: Batch) -> float:
            with uninterrupted():
                return trainer.step(given)

        least: dict[Callable[[Batch], float], float] = {}
        for k in range(ROUNDS):
            steps = [trainer.step, bare, masked]
            for step in steps[k % 3 :] + steps[: k % 3]:
                start = time.process_time()
                for _ in range(STEPS):
                    step(batch)
                least[step] = min(least.get(step, 1e9), time.process_time() - start)
    now, without, mask = (least[step] / STEPS for step in (trainer.step, bare, masked))
    print(
        f"a step in C of AND: {1e6 * now:.2f} µs; without what an interrupt needs "
        f"{1e6 * without:.2f} µs, ratio {now / without:.3f}; masked {1e6 * mask:.2f} µs, "
        f"ratio {mask / without:.3f}"
    )


if __name__ == "__main__":
    main()
