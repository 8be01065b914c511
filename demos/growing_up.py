"""A network outgrows scalars: it starts here, and goes on in PyTorch, on one process and on two.

    python demos/growing_up.py [epochs]

Learns handwritten digits here, moves over by `to_torch`, goes on there with `torch.utils.data`, and
once more on two processes of this machine, which differs in the three lines with a number. It needs
PyTorch: pip install -e ".[torch]".
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tinygrad_neuron import datasets, losses, nn, optim, to_torch, training
from tinygrad_neuron.console import as_program

try:
    import torch
    import torch.distributed as dist
    from torch.nn.functional import cross_entropy
    from torch.nn.parallel import DistributedDataParallel
    from torch.utils.data import DataLoader, DistributedSampler, TensorDataset
except ModuleNotFoundError:
    sys.exit('growing_up.py needs PyTorch: pip install -e ".[torch]"')

FULL_INK, BATCH = 16.0, 32


def digits() -> tuple[list[Any], list[Any]]:
    """Pairs of an image and its digit: those to learn from, in whole batches, and others."""
    found = datasets.train_test_split(datasets.digits(), test_fraction=0.2, seed=0)
    train, unseen = (
        [([pixel / FULL_INK for pixel in image], digit) for image, digit in part] for part in found
    )
    return train[: len(train) // BATCH * BATCH], unseen


def network(seed: int = 0) -> nn.MLP:
    """64 pixels, 32 hidden neurons, a score for each digit."""
    return nn.MLP(64, [32, 10], activation="tanh", init="xavier_uniform", seed=seed)


def as_tensors(examples: list[Any]) -> TensorDataset:
    """Images and digits as PyTorch takes them; double precision, as the numbers here are."""
    images, labels = zip(*examples, strict=True)
    return TensorDataset(torch.tensor(images, dtype=torch.float64), torch.tensor(labels))


def go_on(model: Any, data: TensorDataset, epochs: int) -> None:
    """Train in PyTorch."""
    loader = DataLoader(data, batch_size=BATCH)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for _ in range(epochs):
        for images, labels in loader:
            optimiser.zero_grad()
            cross_entropy(model(images), labels).backward()
            optimiser.step()


def go_on_together(model: Any, data: TensorDataset, epochs: int) -> None:
    """The same on two processes: each takes half of every batch, gradients are averaged."""
    dist.init_process_group("gloo")  # 1: find the others
    model = DistributedDataParallel(model)  # 2: after each backward(), average with them
    loader = DataLoader(data, BATCH // 2, sampler=DistributedSampler(data, shuffle=False))  # 3
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for _ in range(epochs):
        for images, labels in loader:
            optimiser.zero_grad()
            cross_entropy(model(images), labels).backward()
            optimiser.step()


def accuracy(model: Any, unseen: list[Any]) -> float:
    """The part of unseen digits that a module of PyTorch reads."""
    images, labels = as_tensors(unseen).tensors
    return float((model(images).argmax(1) == labels).double().mean())


def epochs_of(text: str) -> int:
    """How many epochs, from the command line."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 on, got {text!r}")
    return int(text)


def main(epochs: int) -> None:
    """Here, there, and there with another process."""
    torch.set_num_threads(1)  # for so small a network others only cost time
    examples, unseen = digits()
    ours = network()
    optimiser = optim.SGD(ours.parameters(), lr=0.1, momentum=0.9)
    record = training.fit(ours, losses.cross_entropy, examples, optimiser, epochs, progress=False)
    outputs = [[score.data for score in ours(image)] for image, _ in unseen]
    right = training.accuracy(outputs, [digit for _, digit in unseen])
    print(f"here: {ours}, {epochs} epochs, accuracy {right:.1%} ({record.seconds:.1f} s)")

    start = time.perf_counter()
    model = to_torch(ours)
    seconds = time.perf_counter() - start
    images, _ = as_tensors(unseen).tensors
    there = model(images).detach()
    apart = float((there - torch.tensor(outputs, dtype=torch.float64)).abs().max())
    print(f"moved to PyTorch in {1e3 * seconds:.0f} ms: outputs differ by at most {apart:.0e}")

    start = time.perf_counter()
    go_on(model, as_tensors(examples), epochs)
    seconds = time.perf_counter() - start
    print(f"one process: {epochs} more, accuracy {accuracy(model, unseen):.1%} ({seconds:.1f} s)")

    with tempfile.TemporaryDirectory() as folder:
        ours.save(Path(folder) / "ours.json")
        start = time.perf_counter()
        launch = ["torch.distributed.run", "--standalone", "--nproc-per-node=2"]
        command = [sys.executable, "-m", *launch, __file__, str(epochs), "--one-of-two", folder]
        subprocess.run(command, check=True, env=os.environ | {"OMP_NUM_THREADS": "1"})
        seconds = time.perf_counter() - start
        other = to_torch(ours)
        other.load_state_dict(torch.load(Path(folder) / "theirs.pt", weights_only=True))
    apart = max(
        float((p - q).detach().abs().max())
        for p, q in zip(model.parameters(), other.parameters(), strict=True)
    )
    print(
        f"two processes: {epochs} more, accuracy {accuracy(other, unseen):.1%} ({seconds:.1f} s "
        f"with their start); weights differ from those of one process by at most {apart:.0e}"
    )


def one_of_two(epochs: int, folder: Path) -> None:
    """What each of the two processes does, started by torchrun."""
    ours = network()
    ours.load(folder / "ours.json")
    model, (examples, _) = to_torch(ours), digits()
    go_on_together(model, as_tensors(examples), epochs)
    if dist.get_rank() == 0:  # both have the same numbers now
        torch.save(model.state_dict(), folder / "theirs.pt")
    dist.destroy_process_group()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("epochs", nargs="?", type=epochs_of, default=10, help="here, and there")
    parser.add_argument("--one-of-two", type=Path, help=argparse.SUPPRESS)  # for torchrun's
    given = parser.parse_args()
    if given.one_of_two:
        one_of_two(given.epochs, given.one_of_two)
    else:
        sys.exit(as_program(main, given.epochs))
