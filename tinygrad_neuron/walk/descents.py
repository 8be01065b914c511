"""The optimisers that a walkthrough of training can be run with, as plain data."""

from collections.abc import Sequence

from ..engine import Value
from ..optim import SGD, Adam, AdamW, Optimiser
from .records import Descent

MOMENTUM = 0.9
DECAY = 0.01


def descent_of(optimiser: Optimiser, name: str, iterations: int) -> Descent:
    """What an optimiser would do in the next iterations; it stays as it is.

    >>> found = descent_of(SGD([Value(1.0)], lr=0.5), "SGD", iterations=2)
    >>> found.rule, found.rates, found.numbers[0]["lr"]
    (('p = p - lr * g',), (0.5, 0.5), 0.5)
    """
    before = optimiser.steps
    rates, numbers = [], []
    try:
        for k in range(iterations):
            optimiser.steps = before + k
            rates.append(optimiser.current_lr())
            numbers.append(optimiser.numbers(rates[-1]))
    finally:
        optimiser.steps = before
    state = dict(zip(optimiser.state, map(tuple, optimiser.get_state()), strict=True))
    return Descent(name, tuple(optimiser.rule()), state, tuple(numbers), tuple(rates))


def descents(given: Optimiser, iterations: int) -> tuple[Descent, ...]:
    """The optimiser that was given, then those of the package that do something else.

    The others begin with a rate that is usual for each, and without a past.

    >>> [found.name for found in descents(Adam([Value(1.0)], lr=0.1), iterations=2)]
    ['Adam', 'SGD', 'SGD with momentum', 'AdamW']
    """
    first = descent_of(given, type(given).__name__, iterations)
    others = [
        descent_of(optimiser, name, iterations)
        for name, optimiser in _usual(given.parameters)
        if tuple(optimiser.rule()) != first.rule
    ]
    if any(other.name == first.name for other in others):  # as SGD with a decay, beside SGD
        first = descent_of(given, f"{first.name} as given", iterations)
    return first, *others


def _usual(parameters: Sequence[Value]) -> list[tuple[str, Optimiser]]:
    """The optimisers of the package, with rates that small networks learn with."""
    return [
        ("SGD", SGD(parameters, lr=0.1)),
        ("SGD with momentum", SGD(parameters, lr=0.03, momentum=MOMENTUM)),
        ("Adam", Adam(parameters, lr=0.02)),
        ("AdamW", AdamW(parameters, lr=0.02, weight_decay=DECAY)),
    ]
