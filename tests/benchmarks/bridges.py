"""How long it takes to bring a network over, and to train one with scikit-learn's habits.

    python tests/benchmarks/bridges.py

Times are the least of several rounds, in turn; those of one thread are processor time, which other
programs on the machine do not stretch. What is not installed (the extras torch, sklearn) is
named and left out.
"""

import time
import warnings
from collections.abc import Callable
from typing import Any

from tinygrad_neuron import datasets, from_torch, losses, nn, optim, to_torch, torch_source

ROUNDS = 15


def least(
    *functions: Callable[[], Any],
    rounds: int = ROUNDS,
    clock: Callable[[], float] = time.perf_counter,
) -> list[float]:
    """The least time of each function, in seconds, called in turn."""
    found: list[list[float]] = [[] for _ in functions]
    for _ in range(rounds):
        for times, function in zip(found, functions, strict=True):
            start = clock()
            function()
            times.append(clock() - start)
    return [min(times) for times in found]


def conversions() -> None:
    """A 64-32-10 network, each way."""
    ours = nn.MLP(64, [32, 10], "tanh", seed=0)
    optimiser = optim.Adam(ours.parameters())
    ways: dict[str, Callable[[], Any]] = {
        "torch_source": lambda: torch_source(ours, losses.cross_entropy, optimiser)
    }
    try:
        theirs = to_torch(ours)
    except ModuleNotFoundError as error:
        print(error)
    else:
        ways |= {"to_torch": lambda: to_torch(ours), "from_torch": lambda: from_torch(theirs)}
    times = least(*ways.values(), clock=time.process_time)
    for name, seconds in zip(ways, times, strict=True):
        print(f"{name} of 64-32-10 ({len(ours.parameters()):,} parameters): {1e3 * seconds:.1f} ms")


def estimators() -> None:
    """Digits, 20 epochs, as scikit-learn's own network trains them and as ours does."""
    try:
        from sklearn import neural_network

        from tinygrad_neuron.bridges import MLPClassifier
    except ModuleNotFoundError as error:
        print(error)
        return
    warnings.simplefilter("ignore")  # 20 epochs are not the end
    data = datasets.digits()
    images = [[pixel / 16.0 for pixel in image] for image in data.inputs]
    labels = list(data.targets)
    for sizes, batch in (((32,), 32), ((100,), 200)):
        options: dict[str, Any] = {"max_iter": 20, "random_state": 0, "batch_size": batch}
        their = neural_network.MLPClassifier(sizes, **options)
        our = MLPClassifier(sizes, **options)
        start = time.perf_counter()
        our.fit(images, labels)
        first = time.perf_counter() - start
        ours, theirs = least(
            lambda our=our: our.fit(images, labels),
            lambda their=their: their.fit(images, labels),
            rounds=3,
        )
        print(
            f"digits, 64-{sizes[0]}-10, batches of {batch}, 20 epochs ({our._target()}): "
            f"{ours:.2f} s (the first time {first:.2f}), scikit-learn's own {theirs:.2f} s"
        )


if __name__ == "__main__":
    conversions()
    estimators()
