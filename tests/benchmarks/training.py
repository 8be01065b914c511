"""What `fit` costs over the compiled loop written by hand: `python tests/benchmarks/training.py`.

Processor time of both in turn in one process, the minimum of several, as a ratio.
"""

import random
import time
from collections.abc import Callable

from tinygrad_neuron import Value, compile, datasets, losses, nn, optim, training

ROUNDS = 12


def cross_entropy(logits: list[Value], target: int) -> Value:
    return losses.cross_entropy(logits, target)


def main() -> None:
    data = [([v / 16 for v in x], t) for x, t in list(datasets.digits())[:320]]
    for target, epochs in (("python", 10), ("c", 100)):
        model = nn.MLP(64, [16, 10], seed=0)

        def by_fit(model: nn.MLP = model, target: str = target, epochs: int = epochs) -> None:
            optimiser = optim.Adam(model.parameters(), 0.001)
            training.fit(
                model, cross_entropy, data, optimiser, epochs, progress=False, target=target
            )

        def by_loop(model: nn.MLP = model, target: str = target, epochs: int = epochs) -> None:
            optimiser, generator = optim.Adam(model.parameters(), 0.001), random.Random(0)
            loss = compile(lambda x, t: cross_entropy(model(x), t), target=target)
            examples = list(data)
            with loss.trainer(optimiser) as trainer:
                for _ in range(epochs):
                    generator.shuffle(examples)
                    for k in range(0, len(examples), 32):
                        trainer.step(examples[k : k + 32])

        times: dict[Callable[[], None], list[float]] = {by_fit: [], by_loop: []}
        for _ in range(ROUNDS):
            for run, seconds in times.items():
                start = time.process_time()
                run()
                seconds.append(time.process_time() - start)
        least = {run: min(seconds) for run, seconds in times.items()}
        print(
            f"{target}: fit {least[by_fit]:.3f} s, loop {least[by_loop]:.3f} s of processor time, "
            f"ratio {least[by_fit] / least[by_loop]:.3f}"
        )


if __name__ == "__main__":
    main()
