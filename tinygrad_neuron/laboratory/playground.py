"""A training that is looked at while it runs: what the playground page asks for.

A playground runs the program that it shows: the first part of its text makes data, model, optimiser
and loss. So what is trained on the page and what its code does cannot differ.
"""

import base64
import math
import time
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, NamedTuple

from ..compiler import Compiled, compile
from ..engine import Value
from ..health import can_be_flat, condition
from ..higher_derivatives import gradients
from ..losses import binary_cross_entropy_with_logits
from ..passes import DOMAIN_ERRORS
from ..scope import scope
from ..source_text import load
from ..state import checked_random_state, random_state
from .configuration import Configuration

if TYPE_CHECKING:
    from ..walk import Walkthrough

CELLS = 33  # places a side of the plane at which every neuron is asked
MOST_KEPT = 1000  # steps to go back to, an even number; then every second one is dropped
KEPT_AWAY = 200  # of them, when the page is left


class Moment(NamedTuple):
    """The training after some steps.

    `losses` and `right`, the mean loss (without a penalty) and the share of right answers, of the
    examples to train on and of those to test on; `parameters`, their numbers; `conditions`, of each
    hidden neuron over the examples to train on, as `health.condition` has it.
    """

    step: int
    losses: tuple[float, float]
    right: tuple[float, float]
    parameters: "array[float]"
    conditions: tuple[str, ...]


class Playground:
    """A configuration in training.

    **Attributes:** `losses`, for each step that of its batch before it, as the program prints them;
    `kept`, the parameters after every `stride` steps, to go back to; `stopped`, why there is no
    further step, or "".

    >>> one = Playground(Configuration(layers=(2,), samples=20, batch=0))
    >>> one.train(steps=30)
    >>> one.losses[0] > one.losses[-1], one.moment().step, one.moment(12).step
    (True, 30, 12)
    """

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        made = load(configuration.setup(), {}, "playground")
        self.examples: tuple[list[Any], list[Any]] = list(made["train"]), list(made["test"])
        self.model = made["model"]
        self.parameters: list[Value] = self.model.parameters()
        self._generator = made.get("generator")
        self._loss = compile(made["loss"])
        self._trainer = self._loss.trainer(made["optimiser"], only_finite=True)
        self._all = self._loss.bind(self.examples[0])
        self._measure = _Rows(self._measured, 3, self.parameters)
        self._respond = _Rows(self._responses, 2, self.parameters)
        self._rows = [[[*x, float(t)] for x, t in part] for part in self.examples]
        self.losses: list[float] = []
        self.kept = [self._parameters_now()]
        self.stride = 1
        self.stopped = ""
        self._moment: Moment | None = None  # what was looked at last

    # Training

    def train(self, *, steps: int | None = None, seconds: float = 0.0) -> None:
        """Take so many steps, or else as many as so many seconds allow, at least one."""
        end = time.perf_counter() + seconds
        while not self.stopped and steps != 0:
            self._step()
            if steps is not None:
                steps -= 1
            elif time.perf_counter() >= end:
                break

    def _step(self) -> None:
        """One step, as in the program; one that is not finite is not taken, and ends it."""
        batch: Any = self._all
        if self._generator is not None:
            batch = self._generator.sample(self.examples[0], self.configuration.batch)
        try:
            self.losses.append(self._trainer.step(batch))
        except DOMAIN_ERRORS as error:
            self.stopped = f"{error}. A smaller learning rate or other first weights help."
            return
        if len(self.losses) % self.stride == 0:
            self._keep()

    def _keep(self) -> None:
        """Keep the parameters as they are; all steps at first, then ever fewer, evenly."""
        if len(self.kept) == MOST_KEPT:
            del self.kept[1::2]
            self.stride *= 2
        self.kept.append(self._parameters_now())

    def _parameters_now(self) -> "array[float]":
        self._trainer.write_back()
        return array("d", [parameter.data for parameter in self.parameters])

    # Looking

    def moment(self, step: "int | None" = None) -> Moment:
        """The training as it is now, or as it was after the step nearest to `step` that is kept."""
        at = len(self.losses)
        place = at if step is None else round(step / self.stride)
        if step is not None and step < at and place < len(self.kept):
            at, data = place * self.stride, self.kept[place]
        else:
            data = self._parameters_now()
        if self._moment is None or self._moment.step != at:
            self._moment = self._measured_at(at, data)
        return self._moment

    def _measured_at(self, step: int, data: "array[float]") -> Moment:
        losses, right = [0.0, 0.0], [0.0, 0.0]
        slopes: list[tuple[float, ...]] = []
        for k, rows in enumerate(self._rows):
            found = self._measure(rows, data)
            losses[k] = sum(row[0] for row in found) / len(found)
            fits = [
                (row[1] > 0.0) == (given[2] > 0.0) for row, given in zip(found, rows, strict=True)
            ]
            right[k] = sum(fits) / len(fits)
            slopes = slopes or [row[2:] for row in found]
        conditions = tuple(condition(map(abs, unit)) for unit in zip(*slopes, strict=True))
        return Moment(step, (losses[0], losses[1]), (right[0], right[1]), data, conditions)

    def planes(self, moment: Moment, cells: int = CELLS) -> "array[float]":
        """What each neuron, the output last, gives all over the plane.

        **Returns** `cells` rows of `cells` places, each in the middle of its cell, the first row
        that of the largest second input; of each place the numbers of all neurons, layer by layer.
        """
        (left, right), (low, high) = self.configuration.plane
        shares = [(k + 0.5) / cells for k in range(cells)]
        places = [
            [left + (right - left) * across, high - (high - low) * down]
            for down in shares
            for across in shares
        ]
        return array("f", chain.from_iterable(self._respond(places, moment.parameters)))

    def walkthrough(
        self, layer: int, neuron: int, example: Sequence[float], moment: Moment
    ) -> "Walkthrough":
        """Both passes of one neuron, from the inputs on, for an example at some moment.

        **Arguments:** `layer` and `neuron`, counted from 0, the output behind the hidden layers;
        `example`, the two inputs and the target. Of the output it is the loss that is explained.
        """
        from ..walk import walkthrough  # pictures and pages are loaded when they are asked for

        layers = self.model.layers
        names = ("x0", "x1", "target")
        given = [Value(number, label=name) for number, name in zip(example, names, strict=True)]
        with self._as_at(moment):
            if layer == len(layers) - 1:
                logit = self.model(given[:2])
                with scope("loss"):  # one card: it is the network that one looks at
                    loss = binary_cross_entropy_with_logits(logit, given[2])
                logit.label, loss.label = "logit", "loss"
                return walkthrough(loss, data=self.examples[0], inputs=given, output=logit)

            def response(x0: Value, x1: Value) -> Value:
                hidden: Any = [x0, x1]
                for before in layers[:layer]:
                    hidden = before(hidden)
                    hidden = hidden if isinstance(hidden, list) else [hidden]
                found: Value = layers[layer].neurons[neuron](hidden)
                return found

            walk = walkthrough(response, *given[:2], data=self.examples[0])
            # A hidden neuron changes sides at 0, and no side is an example's.
            walk.plane = walk.plane and replace(walk.plane, level=0.0, reach=1.0, judged=False)
            return walk

    @contextmanager
    def _as_at(self, moment: Moment) -> Iterator[None]:
        """The model with the parameters of a moment."""
        now = [parameter.data for parameter in self.parameters]
        try:
            for parameter, number in zip(self.parameters, moment.parameters, strict=True):
                parameter.data = number
            yield
        finally:
            for parameter, number in zip(self.parameters, now, strict=True):
                parameter.data = number

    # Leaving and coming back

    def state(self) -> dict[str, Any]:
        """All that training has made, as plain data, with a part of what is kept."""
        self._trainer.write_back()
        optimiser = self._trainer.optimiser
        every = -(-len(self.kept) // KEPT_AWAY)
        return {
            "configuration": self.configuration.to_dict(),
            "losses": _packed(self.losses),
            "stride": self.stride * every,
            "kept": [_packed(data) for data in self.kept[::every]],
            "parameters": _packed(self._parameters_now()),
            "optimiser": [_packed(numbers) for numbers in optimiser.get_state()],
            "generator": None if self._generator is None else random_state(self._generator),
            "stopped": self.stopped,
        }

    @classmethod
    def of_state(cls, state: Mapping[str, Any]) -> "Playground":
        """A playground that goes on where another was when its `state` was taken.

        >>> one = Playground(Configuration(layers=(2,), samples=20, batch=5))
        >>> one.train(steps=3)
        >>> other = Playground.of_state(one.state())
        >>> one.train(steps=2), other.train(steps=2), one.losses == other.losses
        (None, None, True)
        """
        made = cls(Configuration.of(state["configuration"]))
        made.losses = list(_unpacked(state["losses"]))
        made.stride = state["stride"]
        made.kept = [_unpacked(text) for text in state["kept"]]
        made.stopped = state["stopped"]
        optimiser = made._trainer.optimiser
        for parameter, data in zip(made.parameters, _unpacked(state["parameters"]), strict=True):
            parameter.data = data
        optimiser.set_state([list(_unpacked(text)) for text in state["optimiser"]])
        optimiser.steps = len(made.losses)
        made._trainer = made._loss.trainer(optimiser, only_finite=True)
        if made._generator is not None:
            made._generator.setstate(checked_random_state(state["generator"], "generator"))
        return made

    # What is computed of an example.

    def _outputs(self, x0: Value, x1: Value) -> list[list[Value]]:
        """Those of every layer."""
        found: list[list[Value]] = [[x0, x1]]
        for layer in self.model.layers:
            outputs = layer(found[-1])
            found.append(outputs if isinstance(outputs, list) else [outputs])
        return found[1:]

    def _responses(self, x0: Value, x1: Value) -> list[Value]:
        return list(chain.from_iterable(self._outputs(x0, x1)))

    def _measured(self, x0: Value, x1: Value, target: Value) -> list[Value]:
        """The loss without a penalty, the output, and the slopes of all hidden neurons."""
        *hidden, [logit] = self._outputs(x0, x1)
        ys = [y for layer in hidden for y in layer if can_be_flat(y)]
        slopes = [gradients(y, y._prev[:1])[0] for y in ys]
        return [binary_cross_entropy_with_logits(logit, target), logit, *slopes]

    # For a page

    def described(self) -> dict[str, Any]:
        """What does not change while it trains, as plain data."""
        plane = self.configuration.plane
        return {
            "chosen": self.configuration.to_dict(),
            "examples": [[[*x, t] for x, t in part] for part in self.examples],
            "plane": {"left": plane[0][0], "low": plane[1][0], "size": plane[0][1] - plane[0][0]},
        }

    def frame(self, moment: Moment) -> dict[str, Any]:
        """A moment as plain data: the weights by layer and neuron, the bias behind the others."""
        numbers = iter(moment.parameters)
        return {
            "step": moment.step,
            "stride": self.stride,
            "losses": [x if math.isfinite(x) else None for x in moment.losses],
            "right": moment.right,
            "conditions": moment.conditions,
            "weights": [
                [list(islice(numbers, neuron.nin + 1)) for neuron in layer.neurons]
                for layer in self.model.layers
            ],
            "stopped": self.stopped,
        }


def _packed(numbers: Iterable[float]) -> str:
    """Numbers as a short text."""
    return base64.b64encode(zlib.compress(array("d", numbers).tobytes())).decode()


def _unpacked(text: str) -> "array[float]":
    return array("d", zlib.decompress(base64.b64decode(text)))


class _Rows:
    """A compiled function of numbers, called for rows of them with any numbers in place of the
    parameters' own."""

    def __init__(
        self, function: Callable[..., list[Value]], count: int, parameters: Sequence[Value]
    ) -> None:
        compiled: Compiled = compile(function)
        compiled(*[0.5] * count)
        self.variant = compiled.variant
        places = {parameter: k for k, parameter in enumerate(parameters)}
        self.order = [places[leaf] for leaf in self.variant.leaves]

    def __call__(
        self, rows: Sequence[Sequence[float]], parameters: Sequence[float]
    ) -> list[tuple[float, ...]]:
        try:
            return self.variant.map_rows(rows, [], [parameters[k] for k in self.order])
        except DOMAIN_ERRORS:  # of numbers that have left all bounds
            return [(math.nan,) * len(self.variant.outputs)] * len(rows)
