"""A walkthrough of training: forward, backward and update, iteration after iteration.

Where there are examples beside the graph, each iteration takes a batch of them: the gradients are
those of the batch's mean loss, and the graph shows one example. Else the graph is the whole loss.
"""

import contextlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..checking import described, positive_integer
from ..engine import Value, topological_order
from ..interruption import uninterrupted
from ..optim import SGD, Optimiser, Schedule
from ..passes import DOMAIN_ERRORS
from ..public import named_options
from .descents import descent_of, descents
from .explaining import Explanation
from .names import called
from .plane import DataPlane
from .records import Made, Node, Step, Trained


@named_options
@dataclass(frozen=True)
class Training:
    """How a walkthrough of training goes.

    **Arguments:** `parameters`, the leaves to move, such as `model.parameters()`, by plain gradient
    descent, p - lr * gradient; or an optimiser, such as `optim.Adam(model.parameters(), lr=0.05)`,
    whose own rule and learning rate are used; on the page one can choose the package's others.
    `lr`, the learning rate, a number or a schedule (for parameters alone); `iterations`, how often;
    `keep`, whether the parameters (and the optimiser) stay where the training took them: by default
    they are put back, so nothing is changed. `batch`, with `data`: how many examples each iteration
    takes, in their order and then from the first again; by default all.

    >>> from tinygrad_neuron import walkthrough
    >>> p = Value(1.0, label="p")
    >>> steps = walkthrough(lambda: p * p, training=Training([p], lr=0.1, iterations=2))
    >>> [step.after for step in steps.steps if step.phase == "update"], p.data
    ([0.8, 0.64], 1.0)
    """

    parameters: Iterable[Value] | Optimiser
    lr: "float | Schedule" = 0.1
    iterations: int = 3
    keep: bool = False
    batch: "int | None" = None

    def optimiser(self) -> Optimiser:
        """What moves the parameters; it checks them, and the learning rate."""
        if isinstance(self.parameters, Optimiser):
            return self.parameters
        return SGD(self.parameters, self.lr)


class Run(NamedTuple):
    """A training that is set up: what a `StepList` is made of."""

    root: Value
    plane: DataPlane | None
    trained: Trained
    later: Callable[[], Made]


def trained(
    loss: "Value | Callable[..., Value]",
    arguments: Sequence[Value],
    digits: int,
    training: Training,
    plane_of: "Callable[[Value], DataPlane] | None",
) -> Run:
    """Set up a training of a function that computes the loss.

    With `plane_of`, which finds the plane of the examples in the graph, the function is called once
    with the `arguments`, and batches of the examples are trained on; the steps are made when they
    are asked for. Else it has no arguments and is called at each iteration.
    """
    if not callable(loss) or isinstance(loss, Value):
        raise TypeError(
            "walkthrough: with training=..., give a function that computes the loss anew each "
            f"time, got {described(loss)}"
        )
    iterations = positive_integer("Training", "iterations", training.iterations)
    optimiser = training.optimiser()
    if plane_of is None:
        if training.batch is not None:
            raise ValueError("Training: batch is for examples; give them as data=...")
        first = _Iterations(optimiser, digits, iterations, lambda: called(loss, []), None, 0)
        made = first.run(training.keep)
        return Run(first.root, None, first.trained(), lambda: made)
    root = called(loss, arguments)
    plane = plane_of(root)
    count = len(plane.examples)
    batch = positive_integer("Training", "batch", training.batch or count)

    def again() -> Value:
        root.forward()
        return root

    all_ = _Iterations(optimiser, digits, iterations, again, plane, min(batch, count))
    all_.root = root
    if training.keep:
        kept = all_.run(True)
        return Run(root, plane, all_.trained(), lambda: kept)
    return Run(root, plane, all_.trained(), lambda: all_.run(False))


class _Iterations:
    """The iterations of one training, from the numbers that there are when it is made."""

    root: Value

    def __init__(
        self,
        optimiser: Optimiser,
        digits: int,
        iterations: int,
        make: Callable[[], Value],
        plane: DataPlane | None,
        batch: int,
    ) -> None:
        self.optimiser, self.digits, self.iterations = optimiser, digits, iterations
        self.make, self.plane, self.batch = make, plane, batch
        self.start = [p.data for p in optimiser.parameters]
        self.state = [list(numbers) for numbers in optimiser.get_state()]
        self.taken = optimiser.steps
        self.others: dict[Value, float] = {}  # every other leaf of the graph, where it is one

    def trained(self) -> Trained:
        """How it goes, for what runs it again."""
        leaves = [leaf for leaf in topological_order(self.root) if not leaf._prev]
        start = dict(zip(self.optimiser.parameters, self.start, strict=True))
        if self.plane is not None:
            self.others = {leaf: leaf.data for leaf in leaves if leaf not in start}
        return Trained(
            tuple(self.optimiser.parameters),
            descents(self.optimiser, self.iterations),
            self.batch,
            {leaf: leaf.data for leaf in leaves} | start,
        )

    def run(self, keep: bool) -> Made:
        """The steps and the graphs; the numbers are put back, unless it is to keep them."""
        parameters, optimiser = self.optimiser.parameters, self.optimiser
        moves = descent_of(optimiser, "", self.iterations)
        before = {leaf: leaf.data for leaf in (*parameters, *self.others)}
        steps: list[Step] = []
        graphs: list[Sequence[Node]] = []
        data, state = list(self.start), self.state
        done = False
        try:
            for leaf, number in self.others.items():
                leaf.data = number
            for k, (rate, numbers) in enumerate(zip(moves.rates, moves.numbers, strict=True)):
                for p, number in zip(parameters, data, strict=True):
                    p.data = number
                self.root = self.make()
                made = Explanation(self.root, self.digits, k + 1, len(steps) + 1)
                found = [made.gradient.get(p, 0.0) for p in parameters]
                if self.plane is not None:
                    found = self._of_batch(k)
                updated, *after = optimiser.updated(data, found, state, numbers)
                held = [
                    dict(zip(optimiser.state, each, strict=True))
                    for each in zip(*state, strict=True)
                ]
                made.update(optimiser, found, rate, numbers, held or [{} for _ in data], updated)
                steps += made.steps
                graphs.append(made.nodes)
                data, state = updated, after
            for p, number in zip(parameters, data, strict=True):
                p.data = number
            done = True
        finally:
            with uninterrupted():
                if done and keep:
                    optimiser.set_state([list(numbers) for numbers in state])
                    optimiser.steps = self.taken + self.iterations
                else:
                    for leaf, number in before.items():
                        leaf.data = number
        with contextlib.suppress(*DOMAIN_ERRORS):
            self.root.forward()  # its leaves are elsewhere now
        return steps, graphs

    def _of_batch(self, k: int) -> list[float]:
        """The gradients of the mean loss over a batch, for the parameters."""
        plane, parameters = self.plane, self.optimiser.parameters
        assert plane is not None
        inputs = [*plane.inputs, *([] if plane.target is None else [plane.target])]
        from ..compiler.graphs import graph_function  # only where something is trained

        function, leaves = graph_function([self.root], inputs)
        count = len(plane.examples)
        picked = [plane.examples[(k * self.batch + j) % count] for j in range(self.batch)]
        rows = [list(example[: len(inputs)]) for example in picked]
        zeros = [0.0] * len(leaves)
        _, found, _ = function(rows, [v.data for v in leaves], zeros, (1.0 / self.batch,), 0.0)
        gradients = dict(zip(leaves, found, strict=True))
        return [gradients.get(p, 0.0) for p in parameters]
