"""The training loop, for when one has written it oneself often enough."""

import math
import random
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias

from ..checking import (
    a_function,
    called,
    described,
    flag,
    listed,
    positive_integer,
    to_float,
)
from ..compiler import Compiled, NotFiniteError, TracingError, Trainer, compile
from ..console import is_terminal
from ..engine import Value
from ..init import Seed, generator_of
from ..interruption import uninterrupted
from ..nn import Module
from ..nn.shapes import lists
from ..optim import Optimiser
from ..public import named_options
from ..reflexes import is_of_torch
from .diagnose import diagnose as diagnosed
from .record import TrainingRecord

Example: TypeAlias = tuple[Any, Any]
ENOUGH = 100  # examples, for a diagnosis
Metric: TypeAlias = Callable[[list[Any], list[Any]], float]


@named_options
def fit(
    model: Module,
    loss: Callable[[Any, Any], Value],
    data: Iterable[Sequence[Any]],
    optimiser: Optimiser,
    epochs: int = 10,
    *,
    batch_size: int = 32,
    target: str = "python",
    seed: Seed = 0,
    validation: Iterable[Sequence[Any]] | None = None,
    metrics: Iterable[Metric] | Mapping[str, Metric] = (),
    patience: int | None = None,
    progress: bool = True,
    diagnose: bool = False,
    each_epoch: Callable[[TrainingRecord], Any] | None = None,
) -> TrainingRecord:
    """Train a model: shuffled batches, epoch by epoch, with the loss compiled.

    In short, and to the same numbers:

        compiled = compile(lambda x, t: loss(model(x), t), target=target)
        with compiled.trainer(optimiser) as trainer:
            for epoch in range(epochs):
                generator.shuffle(examples)
                for start in range(0, len(examples), batch_size):
                    trainer.step(examples[start : start + batch_size])

    **Arguments:**

    - `model`, `loss`: a module, and a function of its output and a target, as those of `losses`.
    - `data`: a `Dataset`, or pairs (input, target); inputs may be lists, arrays or a frame's rows.
    - `optimiser`: over `model.parameters()`.
    - `epochs`: how often each example is seen; `batch_size`: how many examples make a step.
    - `target`: "python" or "c"; `seed`: of the order of the examples.
    - `validation`: other data, on which the model in `eval()` is measured after each epoch.
    - `metrics`: functions of all outputs and all targets of the validation data, as `accuracy`;
      with names of one's own in a dictionary (needed where two have the same, as two lambdas do).
    - `patience`: stop after so many epochs without a smaller loss; None never does.
    - `progress`: show a bar in a terminal or a notebook, where the package tqdm is installed.
    - `diagnose`: at the end, run `training.diagnose` over a hundred of the examples (fewer where
      there are fewer), with the model in `eval()`; the record shows what it warns of.
    - `each_epoch`: a function that is called after each epoch with the record so far, when the
      parameters have their new numbers; it may set `optimiser.lr` and assign parameters' `data`.
      It returns True to stop, False or None (nothing) to go on.

    **Returns** a `TrainingRecord`. Where there are validation data, the parameters are afterwards
    those of the best epoch. Ctrl-C ends the training after the steps that were taken; nothing is
    lost, and the record says so. A step whose loss, gradients or new parameters are not finite is
    not taken, and ends it too: the parameters are those from before it, the record says in which
    epoch and batch, and that batch is diagnosed.

    >>> from tinygrad_neuron import datasets, losses, nn, optim
    >>> model = nn.MLP(2, [4, 1], "tanh", seed=0)
    >>> optimiser = optim.Adam(model.parameters(), lr=0.05)
    >>> loss = losses.binary_cross_entropy_with_logits
    >>> record = fit(model, loss, datasets.xor(), optimiser, epochs=50, progress=False)
    >>> len(record.loss), record.loss[-1] < record.loss[0], record.stopped
    (50, True, 'all epochs')
    """
    a_function("fit", "loss", loss)
    examples, held_out = _examples("data", data), None
    if validation is not None:
        held_out = _examples("validation", validation)
    epochs = positive_integer("fit", "epochs", epochs)
    batch_size = positive_integer("fit", "batch_size", batch_size)
    if patience is not None:
        patience = positive_integer("fit", "patience", patience)
    if not isinstance(optimiser, Optimiser):
        raise TypeError(
            "fit: optimiser must be one of optim, such as optim.Adam(model.parameters()), "
            f"got {described(optimiser)}"
        )
    if not isinstance(model, Module):
        raise TypeError(f"fit: model must be a Module, got {described(model)}")
    if not set(model.parameters()) & set(optimiser.parameters):
        raise ValueError(
            "fit: the optimiser moves none of the model's parameters; make it with "
            "model.parameters()"
        )
    progress, diagnose = flag("fit", "progress", progress), flag("fit", "diagnose", diagnose)
    if each_epoch is not None:
        a_function("fit", "each_epoch", each_epoch)
    named = _named(metrics)
    if validation is None and named:
        raise ValueError("fit: metrics are measured on validation data; give validation=... too")
    run = _Run(model, loss, optimiser, target, held_out, named, generator_of(seed))
    run.each_epoch = each_epoch
    run.train(examples, epochs, batch_size, patience, progress)
    if diagnose and run.record.diagnosis is None:
        run.diagnose(examples[:ENOUGH])  # in the order of the last epoch: chosen at random
    return run.record


class _Run:
    """One call of `fit`: what is compiled, and what was found so far."""

    def __init__(
        self,
        model: Module,
        loss: Callable[[Any, Any], Value],
        optimiser: Optimiser,
        target: str,
        validation: list[Example] | None,
        metrics: dict[str, Metric],
        generator: random.Random,
    ) -> None:
        self.model, self.loss, self.optimiser = model, loss, optimiser
        self.validation, self.metrics, self.generator = validation, metrics, generator

        def of_example(x: Any, t: Any) -> Value:
            return self._loss_of(model(x), t)

        def with_output(x: Any, t: Any) -> tuple[Value, Any]:
            output = model(x)
            return self._loss_of(output, t), output

        self.compiled: Compiled = compile(of_example, target=target)
        self.measured: Compiled = compile(with_output, target=target)
        self.record = TrainingRecord(metrics={name: [] for name in metrics})
        self.least, self.best = math.inf, list[float]()
        self.each_epoch: Callable[[TrainingRecord], Any] | None = None
        self.trainer: Trainer | None = None

    def _loss_of(self, output: Any, target: Any) -> Value:
        """The loss of an output; one that would take the input is told how it is called."""
        try:
            return self.loss(output, target)
        except TracingError:  # it says itself what is wrong
            raise
        except TypeError as error:
            raise TypeError(
                f"{error}. (fit calls the loss with the model's output and the target, as in "
                "lambda output, target: (output - target) ** 2)"
            ) from error

    def train(
        self,
        examples: list[Example],
        epochs: int,
        size: int,
        patience: int | None,
        progress: bool,
    ) -> None:
        """All epochs, until something ends them; a Ctrl-C ends no more than these."""
        record, start = self.record, time.perf_counter()
        shown = _bar(epochs) if progress else None
        modes = [(module, module.training) for module in self.model.modules()]
        with uninterrupted() as held:
            try:
                held.let(partial(self._epochs, examples, epochs, size, patience, shown))
            except KeyboardInterrupt:
                record.stopped = "interrupted"
            finally:
                try:
                    if self.trainer is not None:
                        self.trainer.write_back()
                finally:
                    for module, mode in modes:
                        module.training = mode
                    if self.best:
                        moved = self.optimiser.parameters
                        for parameter, number in zip(moved, self.best, strict=True):
                            parameter.data = number
                    record.seconds = time.perf_counter() - start
                    if shown is not None:
                        shown.close()

    def _epochs(
        self, examples: list[Example], epochs: int, size: int, patience: int | None, shown: Any
    ) -> None:
        """Steps of a trainer, which keeps the numbers: `train` hands them over."""
        record = self.record
        trainer = self.trainer = self.compiled.trainer(self.optimiser, only_finite=True)
        self.model.train()
        for epoch in range(1, epochs + 1):
            self.generator.shuffle(examples)
            sums = 0.0
            for k in range(0, len(examples), size):
                batch = examples[k : k + size]
                try:
                    sums += trainer.step(batch) * len(batch)
                except (NotFiniteError, OverflowError) as error:  # a power, an exp
                    trainer.write_back()
                    self._not_finite(error, f"epoch {epoch}, batch {k // size + 1}", batch)
                    return
            record.loss.append(sums / len(examples))
            if self.validation is not None or self.each_epoch is not None:
                trainer.write_back()
            if self.validation is not None:
                self._validate(self.validation)
            self._judge(epoch)
            if shown is not None:
                shown.set_postfix({k: f"{v[-1]:.4g}" for k, v in record.curves.items()})
                shown.update()
            if self.each_epoch is not None and self._asked(self.each_epoch, trainer):
                record.stopped = "asked to"
                return
            if patience is not None and epoch - record.best_epoch >= patience:
                record.stopped = "no improvement"
                return

    def _validate(self, validation: list[Example]) -> None:
        """The loss and the metrics of the validation data, with the parameters as they are."""
        record = self.record
        self.model.eval()
        try:
            found = self.measured.map(validation)
        finally:
            self.model.train()
        record.validation_loss.append(math.fsum(loss for loss, _ in found) / len(found))
        outputs, targets = [output for _, output in found], [t for _, t in validation]
        for name, metric in self.metrics.items():
            where = f"fit: the metric {name}"
            takes = "all outputs and all targets, as in lambda outputs, targets: 1.0"
            measure = called(where, takes, metric, outputs, targets)
            if isinstance(measure, Value):
                measure = measure.data
            record.metrics[name].append(to_float(measure, where, "what it returns"))

    def _asked(self, each_epoch: Callable[[TrainingRecord], Any], trainer: Trainer) -> bool:
        """Whether the user's function wants to stop; what it assigned to parameters is taken."""
        before = [parameter.data for parameter in trainer.parameters]
        takes = "the record, as in lambda record: record.loss[-1] < 0.1"
        asked = called("fit: each_epoch", takes, each_epoch, self.record)
        pairs = zip(trainer.parameters, before, strict=True)
        if any(parameter.data is not number for parameter, number in pairs):
            trainer.read()
        return asked is not None and flag("fit", "what each_epoch returns", asked)

    def _judge(self, epoch: int) -> None:
        """Note whether an epoch was the best; what is best on validation data is kept."""
        judged = (self.record.validation_loss or self.record.loss)[-1]
        if judged < self.least:
            with uninterrupted():
                self.least, self.record.best_epoch = judged, epoch
                if self.validation is not None:
                    self.best = [parameter.data for parameter in self.optimiser.parameters]

    def _not_finite(self, error: ArithmeticError, place: str, batch: list[Example]) -> None:
        """Say where a step was not taken, why, and what helps."""
        self.record.stopped = "not finite"
        try:
            found = diagnosed(self.model, batch, self.loss)
        except OverflowError:  # the loss is too large for a float
            found = diagnosed(self.model, batch)
        what = error.what if isinstance(error, NotFiniteError) else str(error)
        words = (
            f"{place}: {what}. That step was not taken, the parameters are those from before "
            f"it; scaled inputs or a smaller lr ({self.optimiser.current_lr():g} now) help"
        )
        self.record.diagnosis = replace(found, warnings=(words, *found.warnings))

    def diagnose(self, examples: list[Example]) -> None:
        """Look for what is wrong after training, with all units taking part."""

        def look() -> None:
            self.model.eval()
            self.record.diagnosis = diagnosed(self.model, examples, self.loss)

        with uninterrupted() as held, self.model.undisturbed():
            held.let(look)


def _examples(what: str, data: Iterable[Sequence[Any]]) -> list[Example]:
    """Pairs of an input and a target, as lists of numbers."""
    batches = getattr(data, "batch_size", None)
    if is_of_torch(data) and batches is not None:  # what gives batches already
        raise TypeError(f"fit: {what} must be single pairs (input, target), got {described(data)}")
    pairs = listed("fit", what, data, "a Dataset or pairs (input, target)")
    if not pairs:
        raise ValueError(f"fit: {what} has no examples; it takes at least one")
    for k, pair in enumerate(pairs):
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise TypeError(
                f"fit: {what} must be pairs (input, target), got {described(pair)} at position {k}"
                "; of arrays they are made by zip(inputs, targets)"
            )
    return [(x if _plain(x) else lists(x), t if _plain(t) else lists(t)) for x, t in pairs]


def _plain(x: Any) -> bool:
    """Whether this is a number or nested lists, as far as the first of each tells."""
    while type(x) is list or type(x) is tuple:
        if not x:
            return True
        x = x[0]
    return type(x) is float or type(x) is int


def _named(metrics: Iterable[Metric] | Mapping[str, Metric]) -> dict[str, Metric]:
    """The metrics by their names, no two of which are the same."""
    given = metrics.values() if isinstance(metrics, Mapping) else metrics
    given = listed("fit", "metrics", given, "a list of functions of outputs and targets")
    for metric in given:
        a_function("fit", "a metric", metric)
    if isinstance(metrics, Mapping):
        return dict(metrics)
    named: dict[str, Metric] = {}
    for metric in given:
        name = getattr(metric, "__name__", repr(metric))
        if name in named:
            raise ValueError(
                f"fit: two metrics have the name {name}; give each its own, as in "
                "metrics={'first': f, 'second': g}"
            )
        named[name] = metric
    return named


def _bar(epochs: int) -> Any:
    """A progress bar, where tqdm is installed and somebody looks at it."""
    if not (is_terminal(sys.stderr) or "ipykernel" in sys.modules):  # not into a file, nor a pipe
        return None
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return None
    return tqdm(total=epochs, desc="training", unit="epoch")
