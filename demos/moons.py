"""micrograd's demo: two interleaved half moons, a network of 337 parameters, a max-margin loss.

    python demos/moons.py [folder]

Prints loss and accuracy as it goes and writes into the folder (default: out) the decision boundary,
a page on which to step through the network, with the plane beside it, and one on which to watch it
learn, with this optimiser or another.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tinygrad_neuron import Value, compile, datasets, losses, nn, optim, walkthrough
from tinygrad_neuron.console import as_program
from tinygrad_neuron.draw import figures
from tinygrad_neuron.draw.rendering import EngineNotFoundError
from tinygrad_neuron.walk import Training, Walkthrough


def main(folder: Path) -> None:
    """Train as micrograd's demo does, and draw where the network draws the line."""
    moons = datasets.moons(100, noise=0.1, seed=1337)
    targets = [2 * target - 1 for target in moons.targets]
    model = nn.MLP(2, [16, 16, 1], seed=1337)
    optimiser = optim.SGD(model.parameters(), lr=lambda step: 1.0 - 0.009 * step)
    print(f"{model}: {len(model.parameters())} parameters")

    score = compile(model)
    margin_loss = compile(lambda x, target: losses.hinge(model(x), target))
    penalty = compile(lambda: losses.l2_penalty(model.parameters(), 1e-4))
    examples = list(zip(moons.inputs, targets, strict=True))
    for step in range(100):
        loss = margin_loss.mean(examples) + penalty()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 10 == 9:
            scores = score.map([(x,) for x in moons.inputs])
            right = sum((s > 0) == (t > 0) for s, t in zip(scores, targets, strict=True))
            print(f"step {step + 1:3}  loss {loss.data:.4f}  accuracy {right}%")

    figure = figures.decision_boundary(
        lambda point: score.map([(point,)])[0], moons, names=moons.target_names
    )
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(folder / "moons.svg")
    print("picture:", folder / "moons.svg")
    walk = walkthrough(lambda x0, x1: model([x0, x1]), *moons.inputs[0], data=examples)
    try:
        print("page:", walk.page(folder / "moons.html", title="Moons"))
        print("page:", learning(examples).page(folder / "moons_learning.html", title="Learning"))
    except EngineNotFoundError as error:  # the training needs no Graphviz
        print(error)


def learning(examples: Sequence[tuple[Sequence[float], int]]) -> Walkthrough:
    """The same training, to be stepped through."""
    model = nn.MLP(2, [16, 16, 1], seed=1337)
    optimiser = optim.SGD(model.parameters(), lr=lambda step: 1.0 - 0.009 * step)

    def loss(x0: Value, x1: Value, target: Value) -> Value:
        score: Value = model([x0, x1])
        return (1.0 - target * score).relu()

    point, target = examples[0]
    training = Training(optimiser, iterations=100)
    return walkthrough(loss, *point, target, data=examples, training=training)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=Path("out"), help="to write into")
    sys.exit(as_program(lambda: main(parser.parse_args().folder)))
