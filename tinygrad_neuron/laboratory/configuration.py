"""What one chooses in the playground, and the program that does the same."""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import Any

from .. import datasets
from ..calculus.table import TABLE
from ..checking import INSIDE_ONE, NOT_NEGATIVE, POSITIVE, integer, listed, number, one_of
from ..datasets import Dataset
from ..init import INITIALISERS

# The data sets, each with the centre of the plane that is shown, and how far that reaches at least.
SETS: dict[str, tuple[Callable[..., Dataset[int]], tuple[float, float], float]] = {
    "moons": (datasets.moons, (0.5, 0.25), 1.8),
    "circles": (datasets.circles, (0.0, 0.0), 1.4),
    "noisy_xor": (datasets.noisy_xor, (0.5, 0.5), 1.0),
    "gaussians": (datasets.gaussians, (0.0, 0.0), 2.2),
    "spirals": (datasets.spirals, (0.0, 0.0), 1.3),
}
ACTIVATIONS = tuple(entry.name for entry in TABLE.values() if entry.activation)
OPTIMISERS = {
    "SGD": "optim.SGD(model.parameters(), lr={lr}{decay})",
    "momentum": "optim.SGD(model.parameters(), lr={lr}, momentum=0.9{decay})",
    "Adam": "optim.Adam(model.parameters(), lr={lr}{decay})",
}
PENALTIES = ("none", "l1", "l2")
MOST_LAYERS, MOST_NEURONS, MOST_SAMPLES = 6, 16, 2000


@dataclass(frozen=True)
class Configuration:
    """A data set, a network and a way to train it.

    **Arguments:**

    - `data`: "moons", "circles", "noisy_xor", "gaussians" or "spirals"; `samples`, how many, from 4
      to 2000, and their `noise`, as in `datasets`; `test`: the share that is not trained on.
    - `layers`: the number of neurons of each hidden layer, none to six; the output is one more.
    - `activation`: of the hidden neurons; `init`: a name of `init`.
    - `optimiser`: "SGD", "momentum" (SGD with momentum 0.9) or "Adam"; `lr`.
    - `batch`: how many examples a step takes, drawn at random; 0 takes all.
    - `penalty`: "none", "l1" (added to the loss) or "l2" (weight decay, in the optimiser);
      `strength`, of the penalty.
    - `seed`: of data, split, weights and batches.

    Raises a `TypeError` or `ValueError` that names the argument and what is allowed.

    >>> print(Configuration(layers=[3], batch=0).program(100))
    from tinygrad_neuron import compile, datasets, draw_network, losses, nn, optim
    <BLANKLINE>
    data = datasets.moons(200, noise=0.15, seed=0)
    train, test = datasets.train_test_split(data, test_fraction=0.5, seed=0)
    model = nn.MLP(2, [3, 1], activation="tanh", init="xavier_uniform", seed=0)
    optimiser = optim.Adam(model.parameters(), lr=0.03)
    <BLANKLINE>
    def loss(x, target):
        return losses.binary_cross_entropy_with_logits(model(x), target)
    <BLANKLINE>
    with compile(loss).trainer(optimiser) as trainer:
        for step in range(100):
            error = trainer.step(train)
            if step % 10 == 0:
                print("step", step, "loss", error)
    draw_network(model, heat_maps=True, plane=((-1.4, 2.4), (-1.65, 2.15)), data=test)
    <BLANKLINE>
    """

    data: str = "moons"
    samples: int = 200
    noise: float = 0.15
    test: float = 0.5
    layers: tuple[int, ...] = (8, 8)
    activation: str = "tanh"
    init: str = "xavier_uniform"
    optimiser: str = "Adam"
    lr: float = 0.03
    batch: int = 20
    penalty: str = "none"
    strength: float = 0.001
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be built."""
        where = "Configuration"
        for name, known in CHOICES.items():
            one_of(name, getattr(self, name), known)
        sizes = listed(where, "layers", self.layers, "a list such as [8, 8]")
        if len(sizes) > MOST_LAYERS:
            raise ValueError(f"{where}: layers must be at most {MOST_LAYERS}, got {len(sizes)}")
        for size in sizes:
            if integer(where, "a layer", size, 1) > MOST_NEURONS:
                raise ValueError(
                    f"{where}: a layer must be of at most {MOST_NEURONS} neurons, got {size}"
                )
        if integer(where, "samples", self.samples, 4) > MOST_SAMPLES:
            raise ValueError(f"{where}: samples must be at most {MOST_SAMPLES}, got {self.samples}")
        exact: dict[str, Any] = {
            "layers": tuple(map(int, sizes)),
            "samples": int(self.samples),
            "noise": number(where, "noise", self.noise, NOT_NEGATIVE),
            "test": number(where, "test", self.test, INSIDE_ONE),
            "lr": number(where, "lr", self.lr, POSITIVE),
            "strength": number(where, "strength", self.strength, NOT_NEGATIVE),
            "batch": integer(where, "batch", self.batch, 0, "0 takes all examples"),
            "seed": integer(where, "seed", self.seed, 0),
        }
        for name, value in exact.items():
            object.__setattr__(self, name, value)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Configuration":
        """The configuration of a mapping, such as a page sends; what it does not have is as by
        default.

        >>> Configuration.of({"data": "circles", "layers": [4]}).layers
        (4,)
        """
        known = [field.name for field in fields(cls)]
        for name in given:
            one_of("a choice", name, known)
        return cls(**given)

    def to_dict(self) -> dict[str, Any]:
        """What `of` takes, for a page."""
        return asdict(self) | {"layers": list(self.layers)}

    @cached_property
    def parts(self) -> tuple[Dataset[int], Dataset[int]]:
        """The examples to train on, and those to test on."""
        made = SETS[self.data][0](self.samples, noise=self.noise, seed=self.seed)
        return datasets.train_test_split(made, self.test, self.seed)

    @cached_property
    def plane(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The part of the plane that is shown: a square with all examples in it."""
        _, centre, reach = SETS[self.data]
        for part in self.parts:
            for x in part.inputs:
                reach = max(reach, *(abs(a - c) + 0.1 for a, c in zip(x, centre, strict=True)))
        reach = math.ceil(10 * reach) / 10
        across, up = ((round(c - reach, 2), round(c + reach, 2)) for c in centre)
        return across, up

    @property
    def draws(self) -> bool:
        """Whether a step draws a batch; else it takes all examples."""
        return 0 < self.batch < len(self.parts[0])

    def setup(self) -> str:
        """The first part of the program: data, model, optimiser and loss."""
        penalty = self.penalty if self.strength else "none"
        decay = f", weight_decay={self.strength}" if penalty == "l2" else ""
        seed = f"seed={self.seed}"
        error = "losses.binary_cross_entropy_with_logits(model(x), target)"
        lines = [
            *(["import random", ""] if self.draws else []),
            "from tinygrad_neuron import compile, datasets, draw_network, losses, nn, optim",
            "",
            f"data = datasets.{self.data}({self.samples}, noise={self.noise}, {seed})",
            f"train, test = datasets.train_test_split(data, test_fraction={self.test}, {seed})",
            f'model = nn.MLP(2, {[*self.layers, 1]}, activation="{self.activation}", '
            f'init="{self.init}", {seed})',
            f"optimiser = {OPTIMISERS[self.optimiser].format(lr=self.lr, decay=decay)}",
            *([f"generator = random.Random({self.seed})"] if self.draws else []),
            "",
            "def loss(x, target):",
        ]
        if penalty == "l1":
            lines += [
                f"    error = {error}",
                f"    return error + losses.l1_penalty(model.parameters(), {self.strength})",
            ]
        else:
            lines += [f"    return {error}"]
        return "\n".join(lines) + "\n"

    def program(self, steps: int = 200) -> str:
        """The whole program: what the playground does in so many steps, and a picture."""
        batch = f"generator.sample(list(train), {self.batch})" if self.draws else "train"
        lines = [
            "",
            "with compile(loss).trainer(optimiser) as trainer:",
            f"    for step in range({steps}):",
            f"        error = trainer.step({batch})",
            f"        if step % {max(1, steps // 10)} == 0:",
            '            print("step", step, "loss", error)',
            f"draw_network(model, heat_maps=True, plane={self.plane}, data=test)",
        ]
        return self.setup() + "\n".join(lines) + "\n"


# What is chosen by name.
CHOICES: dict[str, tuple[str, ...]] = {
    "data": tuple(SETS),
    "activation": ACTIVATIONS,
    "init": tuple(INITIALISERS),
    "optimiser": tuple(OPTIMISERS),
    "penalty": PENALTIES,
}
