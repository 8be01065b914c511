"""A GPT of 4,192 parameters learns, letter by letter, what names look like, and makes up new ones.

    python demos/names_gpt.py [--steps 1000] [--longest 9] [--seed 0] [--target python]

The loss of one name is an ordinary function of its letters. `compile` turns it into straight-line
Python, or with `--target c` into C, once for each length of name; a training step takes the mean
over eight names. Prints how long compiling took, how much faster a compiled step is than an eager
one, how the loss falls, and made-up names.

The sizes and the settings of Adam are those of A. Karpathy's microgpt (2026), a GPT in one file of
plain Python.

The names in names.txt were written down for this demo; the list is in the public domain (CC0 1.0).
"""

import argparse
import functools
import itertools
import math
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import TypeAlias

from tqdm import tqdm

from tinygrad_neuron import Value, compile, init, losses, mean, nn, optim, relu
from tinygrad_neuron.console import as_program

NAMES = Path(__file__).parent / "names.txt"
ALPHABET = (
    ".abcdefghijklmnopqrstuvwxyz"  # the dot stands before the first letter and after the last
)
WIDTH, HEADS, CONTEXT = 16, 4, 16
BATCH = 8
COMPARED = 4  # steps that run eagerly too, to compare
TEMPERATURE = 0.6  # below 1: likely letters become likelier still
SAMPLES = 20

Matrix: TypeAlias = list[list[Value]]
Tokens: TypeAlias = Sequence[int]
Example: TypeAlias = tuple[Tokens]


class GPT(nn.Module):
    """A transformer of one block: GPT-2 (A. Radford et al., 2019) with RMSNorm (B. Zhang and
    R. Sennrich, 2019) for LayerNorm, relu for GELU, and no biases."""

    def __init__(self, seed: int) -> None:
        draw, generator = init.small_normal(0.08), random.Random(seed)
        linear = functools.partial(nn.Linear, bias=False, init=draw, seed=generator)
        self.letters = nn.Embedding(len(ALPHABET), WIDTH, init=draw, seed=generator)
        self.positions = nn.PositionalEmbedding(WIDTH, CONTEXT, init=draw, seed=generator)
        self.norm = nn.RMSNorm(WIDTH, eps=1e-5, elementwise_affine=False)
        self.attention = nn.MultiheadAttention(WIDTH, HEADS, bias=False, init=draw, seed=generator)
        self.widen, self.narrow = linear(WIDTH, 4 * WIDTH), linear(4 * WIDTH, WIDTH)
        self.output = linear(WIDTH, len(ALPHABET))

    def __call__(self, tokens: Tokens) -> Matrix:
        """For each letter, as its place in the alphabet, the logits of the one that follows."""
        x = self.positions(self.letters(tokens))
        normal = self.norm(x)
        attended, _ = self.attention(normal, normal, normal, need_weights=False, is_causal=True)
        x = add(x, attended)
        hidden = [[relu(z) for z in row] for row in self.widen(self.norm(x))]
        logits: Matrix = self.output(add(x, self.narrow(hidden)))
        return logits

    def loss(self, tokens: Tokens) -> Value:
        """How badly each letter of a name is foreseen, on average, in nats; both ends are dots."""
        return losses.cross_entropy(self(tokens[:-1]), tokens[1:])


def add(a: Matrix, b: Matrix) -> Matrix:
    """What a part of the block finds is added to what came in."""
    return [[p + q for p, q in zip(*rows, strict=True)] for rows in zip(a, b, strict=True)]


def read_names(path: Path = NAMES) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def tokens_of(name: str) -> Tokens:
    """The letters' places in the alphabet, between two dots.

    >>> tokens_of("abe")
    [0, 1, 2, 5, 0]
    """
    return [ALPHABET.index(letter) for letter in f".{name}."]


def batches(names: Sequence[str], generator: random.Random) -> Iterator[list[Example]]:
    """Batches of names for ever; names of one length stand together, so that one loop runs them."""
    while True:
        yield [(tokens_of(name),) for name in sorted(generator.sample(names, BATCH), key=len)]


def eager_step(model: GPT, batch: list[Example], optimiser: optim.Optimiser) -> float:
    """One step of training without compilation; returns the loss before it."""
    loss = mean([model.loss(*example) for example in batch])
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.data


def made_up(model: GPT, count: int, generator: random.Random) -> Iterator[str]:
    """Names, letter by letter: each letter is drawn from what the model expects next."""
    run = compile(model)
    for _ in range(count):
        tokens = [0]
        while len(tokens) <= CONTEXT:
            [logits] = run.map([(tokens,)])
            weights = [math.exp(z / TEMPERATURE) for z in logits[-1]]
            tokens += generator.choices(range(len(ALPHABET)), weights)
            if tokens[-1] == 0:
                break
        yield "".join(ALPHABET[token] for token in tokens).strip(".")


def main(steps: int, longest: int, seed: int, target: str = "python") -> None:
    """Train on names of up to a length, print the loss, and make up new ones."""
    names = [name for name in read_names() if len(name) <= longest]
    model = GPT(seed)
    print(f"{len(model.parameters())} parameters, {len(names)} names to learn from")

    loss = compile(model.loss, target=target)
    one_of_each = {len(name): (tokens_of(name),) for name in names}
    start = time.perf_counter()
    for length in tqdm(
        sorted(one_of_each), desc="compiling", unit="length", file=sys.stdout, disable=None
    ):
        loss.mean([one_of_each[length]])
    print(f"compiled {len(one_of_each)} lengths of name in {time.perf_counter() - start:.1f} s")

    generator = random.Random(seed)
    learning_rate = optim.cosine_decay(0.01, steps + 2 * COMPARED)
    optimiser = optim.Adam(model.parameters(), learning_rate, betas=(0.85, 0.99))

    # The same batches one way and the other; the model learns from both.
    few = list(itertools.islice(batches(names, generator), COMPARED))
    start = time.perf_counter()
    curve = [eager_step(model, batch, optimiser) for batch in few]
    eager = time.perf_counter() - start

    with loss.trainer(optimiser) as trainer:
        start = time.perf_counter()
        curve += [trainer.step(batch) for batch in few]
        compiled = time.perf_counter() - start
        print(
            f"eager {COMPARED / eager:.2f} steps/s, compiled {COMPARED / compiled:.1f} steps/s: "
            f"{eager / compiled:.0f} times faster"
        )
        progress = tqdm(range(steps), desc="training", unit="step", file=sys.stdout, disable=None)
        for _, batch in zip(progress, batches(names, generator), strict=False):
            curve.append(trainer.step(batch))
            progress.set_postfix(loss=f"{fmean(curve[-50:]):.3f}", refresh=False)
    print(f"loss {curve[0]:.3f} -> {fmean(curve[-50:]):.3f}")

    known = set(names)
    samples = list(made_up(model, SAMPLES, generator))
    print("made up:", *[name for name in samples if name not in known])
    print("in the list:", *[name for name in samples if name in known])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Train a small GPT on names.")
    parser.add_argument("--steps", type=int, default=1000, help="how many steps to train")
    parser.add_argument("--longest", type=int, default=9, help="leave out longer names")
    parser.add_argument("--seed", type=int, default=0, help="for the weights and the choices")
    parser.add_argument("--target", default="python", choices=("python", "c"))
    sys.exit(as_program(lambda: main(**vars(parser.parse_args()))))
