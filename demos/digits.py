"""A network learns handwritten digits in a few seconds, one number at a time.

    python demos/digits.py [folder]

Trains 64 inputs, 32 hidden neurons and 10 outputs on the UCI digits, compiled to straight-line
Python. Prints the accuracy on digits it has not seen, and writes what its hidden neurons look for
into the folder (default: out).
"""

import argparse
import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from tinygrad_neuron import Value, compile, datasets, losses, nn, optim
from tinygrad_neuron.console import as_program
from tinygrad_neuron.draw import figures

if TYPE_CHECKING:
    from matplotlib.figure import Figure

EPOCHS, BATCH = 20, 32
FULL_INK = 16.0


def main(folder: Path, seed: int = 0) -> None:
    """Train, print the accuracy, and write the pictures."""
    start = time.perf_counter()
    train, test = datasets.train_test_split(datasets.digits(), test_fraction=0.2, seed=seed)
    examples, unseen = (
        [([pixel / FULL_INK for pixel in image], digit) for image, digit in part]
        for part in (train, test)
    )
    model = nn.MLP(64, [32, 10], activation="sigmoid", init="xavier_uniform", seed=seed)
    steps = EPOCHS * -(-len(examples) // BATCH)  # a last, smaller batch counts
    optimiser = optim.SGD(
        model.parameters(), optim.cosine_decay(1.0, steps), momentum=0.9, weight_decay=3e-4
    )
    print(f"{model}: {len(model.parameters())} parameters, {len(examples)} digits to learn from")

    @compile
    def loss(image: list[float], digit: int) -> Value:
        return losses.cross_entropy(model(image), digit)

    generator = random.Random(seed)
    progress = tqdm(range(EPOCHS), desc="training", unit="epoch", file=sys.stdout, disable=None)
    for _ in progress:
        generator.shuffle(examples)
        total = 0.0
        for first in range(0, len(examples), BATCH):
            batch = examples[first : first + BATCH]
            batch_loss = loss.mean(batch)
            optimiser.zero_grad()
            batch_loss.backward()
            optimiser.step()
            total += batch_loss.data * len(batch)
        progress.set_postfix(loss=f"{total / len(examples):.4f}")

    scores = compile(model).map([(image,) for image, _ in unseen])
    right = 0
    for logits, (_, digit) in zip(scores, unseen, strict=True):
        right += logits.index(max(logits)) == digit
    print(f"test accuracy {right / len(unseen):.1%} ({right} of {len(unseen)} digits)")
    print(f"{time.perf_counter() - start:.1f} s from data to answers")

    figure = hidden_neurons(model)
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(folder / "digits.svg")
    print("picture:", folder / "digits.svg")


def hidden_neurons(model: nn.MLP) -> "Figure":
    """The weights of each hidden neuron as an image, sorted by the digit it speaks for most."""
    hidden, output = model.layers
    images = []
    for i, neuron in enumerate(hidden.neurons):
        votes = [other.w[i].data for other in output.neurons]
        images.append((votes.index(max(votes)), [w.data for w in neuron.w]))
    images.sort(key=lambda pair: pair[0])
    return figures.weight_images(
        [weights for _, weights in images],
        width=8,
        names=[f"for {digit}" for digit, _ in images],
        title="What the hidden neurons look for: ink on blue excites, ink on red inhibits\n"
        "“for 3”: when excited, it speaks for a 3 more than for any other digit",
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=Path("out"), help="to write into")
    sys.exit(as_program(lambda: main(parser.parse_args().folder)))
