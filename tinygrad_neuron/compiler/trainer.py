"""Training steps on numbers that stay in arrays from one step to the next."""

import math
from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, NoReturn

from ..checking import described
from ..engine import Value
from ..interruption import uninterrupted
from ..optim import Optimiser
from ..stored import FAILURES, raise_data_error
from .examples import Batch
from .variant import Variant
from .variants import Variants


class NotFiniteError(ArithmeticError):
    """A training step that was not taken: its loss, its gradients or what it would have made of the
    parameters are infinite or NaN. `loss` is the mean over the examples, `what` is not finite.

    >>> from tinygrad_neuron import Value, compile, optim
    >>> p = Value(1e200)
    >>> loss = compile(lambda x: p * p * x)
    >>> with loss.trainer(optim.SGD([p], lr=0.1), only_finite=True) as trainer:
    ...     trainer.step([(1.0,)])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    tinygrad_neuron.compiler.trainer.NotFiniteError: ...
    """

    def __init__(self, loss: float, what: str) -> None:
        super().__init__(
            f"step: {what}; the step was not taken, and the parameters are as before it"
        )
        self.loss, self.what = loss, what

    def __reduce__(self) -> tuple[type["NotFiniteError"], tuple[float, str]]:
        return type(self), (self.loss, self.what)  # a pool of processes hangs on one that cannot


class Trainer:
    """Takes the training steps of one optimiser on one compiled loss; see `Compiled.trainer`.

    While it is open it holds the numbers of the optimiser's parameters; the Values themselves keep
    those from before. `write_back()` hands them over: data, the gradients of the last step, and
    the optimiser's state. To change a parameter or a setting of the optimiser in between, call
    `write_back()`, assign, and call `read()`; a changed learning rate is seen at once. Other Values
    that the loss reads stay live, and get no gradient.

    >>> from tinygrad_neuron import Value, compile, optim
    >>> p = Value(1.0)
    >>> loss = compile(lambda x: (p * x) ** 2)
    >>> with loss.trainer(optim.SGD([p], lr=0.1)) as trainer:
    ...     losses = [trainer.step([(1.0,)]) for _ in range(2)]
    >>> losses[0], round(p.data, 2)
    (1.0, 0.64)
    """

    def __init__(self, variants: Variants, optimiser: Optimiser, only_finite: bool = False) -> None:
        if not isinstance(optimiser, Optimiser):
            raise TypeError(
                "trainer takes an optimiser such as optim.SGD(model.parameters()), "
                f"got {described(optimiser)}"
            )
        optimiser.rule()
        self.variants = variants
        self.optimiser = optimiser
        self.only_finite = only_finite
        self.parameters = optimiser.parameters
        self._places = {parameter: k for k, parameter in enumerate(self.parameters)}
        self._orders: dict[Variant, list[int]] = {}
        self.others: list[Value] = []  # what the loss reads besides the parameters
        self._before = optimiser.steps  # of the optimiser, when the numbers were read
        self._written = 0  # how many steps since then the Values have
        self.read()

    def read(self) -> None:
        """Take the parameters' numbers as they are now; steps not written back are dropped."""
        self.optimiser.steps = self._before + self._written
        self._given: list[float] = [parameter.data for parameter in self.parameters]
        numbers = self.optimiser.numbers(self.optimiser.current_lr())
        self.optimiser.check_rule(numbers)
        self._values = tuple(numbers.values())
        self._signs = _signs(self._values)
        try:
            self._load([float(data) for data in self._given])
        except FAILURES as error:
            raise_data_error("trainer", self.parameters, error)

    def write_back(self) -> None:
        """Hand the numbers to the Values: data, gradients, and the optimiser's state.

        Raises a `RuntimeError` if a parameter was assigned since the trainer read it; then nothing
        is changed.
        """
        taken = self._taken()
        if taken == self._written:
            return
        for parameter, given in zip(self.parameters, self._given, strict=True):
            if parameter.data is not given:
                raise RuntimeError(
                    f"the parameter {parameter.label or 'without a label'!r} was assigned "
                    f"({parameter.data!r}) while a trainer held its number; call write_back() "
                    "before assigning, and read() after it (now, read() drops the trainer's "
                    "numbers)"
                )
        data, gradients, state = self._numbers()
        with uninterrupted():
            for parameter, number, gradient in zip(self.parameters, data, gradients, strict=True):
                parameter.data = number
                parameter.grad = gradient
            self.optimiser.set_state(state)
            self.optimiser.steps = self._before + taken
            self._given = [parameter.data for parameter in self.parameters]
            self._written = taken

    def step(self, examples: Iterable[Sequence[Any]] | Batch) -> float:
        """One training step on the mean over examples; returns that mean, before the step.

        If an operation fails, the error is the eager one, and the step has not been taken; so also
        after a `NotFiniteError`, of a trainer that takes only finite steps.
        """
        batch = examples if isinstance(examples, Batch) else Batch(self.variants, examples, True)
        optimiser = self.optimiser
        numbers = optimiser.numbers(optimiser.current_lr())
        values = tuple(numbers.values())
        if values != self._values:
            signs = _signs(values)
            if signs != self._signs:
                optimiser.check_rule(numbers)
            self._values, self._signs = values, signs
        try:
            mean = self._step(batch, numbers)
            optimiser.steps += 1
        except BaseException as error:  # a Ctrl-C may come before a step that is taken is counted
            optimiser.steps = self._before + self._taken()
            if isinstance(error, FAILURES):
                raise_data_error("step", self.others, error)
            raise
        return mean

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a trainer cannot be copied or pickled: it holds the numbers of its optimiser's "
            "parameters; call write_back() and copy the model and the optimiser"
        )

    def __enter__(self) -> "Trainer":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Hand the numbers over; a Ctrl-C waits for that, or comes before and it is done then."""
        try:
            with uninterrupted():
                self.write_back()
        except Exception:
            raise
        except BaseException:
            self.write_back()  # once more changes nothing
            raise

    def _order(self, variant: Variant) -> list[int]:
        """For each leaf of a variant where its number stands: among the parameters, or after
        them among the others."""
        order = self._orders.get(variant)
        if order is None:
            variant.check_returns_one_value("step")
            if variant.varying:
                raise TypeError(
                    "step: there is a Value among the arguments of an example; a trainer gives "
                    "gradients to the optimiser's parameters only, so pass its number (.data)"
                )
            for leaf in variant.leaves:
                if leaf not in self._places:
                    self._places[leaf] = len(self._places)
                    self.others.append(leaf)
            order = self._orders[variant] = [self._places[leaf] for leaf in variant.leaves]
        return order

    # What a target does in its own way.

    def _load(self, data: list[float]) -> None:
        """Take over the parameters' numbers, and the optimiser's state; then it has begun."""
        raise NotImplementedError

    def _begin(self) -> None:
        """Count steps from here on; in one go with what changes `_taken`."""
        self._before, self._written = self.optimiser.steps, 0

    def _taken(self) -> int:
        """How many steps the numbers have taken since they were loaded."""
        raise NotImplementedError

    def _numbers(self) -> tuple[list[float], list[float], list[list[float]]]:
        """The parameters' data, their gradients, and the optimiser's state."""
        raise NotImplementedError

    def _step(self, batch: Batch, numbers: Mapping[str, float]) -> float:
        """One step, with the numbers of the rule; returns the mean over the batch before it."""
        raise NotImplementedError


def finite(numbers: Sequence[float]) -> bool:
    """Whether all numbers are finite.

    >>> finite([1e308, 1e308]), finite([0.0, -math.inf]), finite([])
    (True, False, True)
    """
    total = sum(numbers)  # cheap, and NaN or infinite if one of them is
    return total - total == 0.0 or all(map(math.isfinite, numbers))


def not_finite(loss: float, gradients: Sequence[float]) -> NotFiniteError:
    """The error of a step that was not taken, by what came first."""
    if not math.isfinite(loss):
        return NotFiniteError(loss, f"the loss is {loss}")
    if finite(gradients):
        return NotFiniteError(loss, f"the loss is {loss:.4g}, but parameters would become infinite")
    return NotFiniteError(loss, f"the loss is {loss:.4g}, but gradients are not finite")


def _signs(numbers: tuple[float, ...]) -> list[int]:
    """What is asked of the numbers in a rule: where one of them is 0, it may not be a divisor."""
    return [(x > 0.0) - (x < 0.0) for x in numbers]
