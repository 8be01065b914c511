"""The main job: train a small network on real flowers, and look at what it learned.

    python demos/quickstart.py [folder]

Trains a multilayer perceptron on Iris, prints the loss and the accuracy on flowers it has not seen,
and writes three pictures into the folder (default: out).
"""

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

from tinygrad_neuron import Value, compile, datasets, draw_dot, losses, nn, optim
from tinygrad_neuron.console import as_program
from tinygrad_neuron.draw import figures


def main(folder: Path) -> None:
    """Train on flowers, print the accuracy, and draw what was learned."""
    train, test = datasets.train_test_split(datasets.iris(), test_fraction=0.3, seed=0)
    train, test = datasets.standardise(train, test)
    model = nn.MLP(4, [8, 3], activation="tanh", init="xavier_uniform", seed=0)
    optimiser = optim.Adam(model.parameters(), lr=optim.cosine_decay(0.05, steps=100))
    print(f"{model}: {len(model.parameters())} parameters, {len(train)} flowers to learn from")

    # One flower's loss, as straight-line code; `.mean` runs it over many, forward and backward.
    flower_loss = compile(lambda x, target: losses.cross_entropy(model(x), target))
    examples = list(train)
    curve = []
    progress = tqdm(range(100), desc="training", unit="epoch", file=sys.stdout, disable=None)
    for _ in progress:
        loss = flower_loss.mean(examples)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        curve.append(loss.data)
        progress.set_postfix(loss=f"{loss.data:.4f}")

    answers = compile(model).map([(x,) for x in test.inputs])
    right = sum(
        scores.index(max(scores)) == target
        for scores, target in zip(answers, test.targets, strict=True)
    )
    print(f"loss {curve[0]:.3f} -> {curve[-1]:.3f}")
    print(f"test accuracy {right / len(test):.1%} ({right} of {len(test)} flowers)")

    # One trained neuron, looking at one flower, whose measurements are standardised: no longer cm.
    names = [name.removesuffix(" (cm)") for name in test.feature_names]
    flower = [Value(x, label=name) for x, name in zip(test.inputs[0], names, strict=True)]
    y = model.layers[0].neurons[0](flower)
    model.zero_grad()  # forget the gradients of the training
    y.backward()
    picture = draw_dot(y)
    written = [picture.render(folder / "neuron.svg"), picture.render(folder / "neuron.png")]
    figures.training_curves({"loss": curve}, steps="epoch").savefig(folder / "loss.svg")
    print("pictures:", *written, folder / "loss.svg")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=Path("out"), help="to write into")
    sys.exit(as_program(lambda: main(parser.parse_args().folder)))
