"""The operations as functions of Values and plain numbers, and what is built on top of them.

The first part comes from `calculus.table` when it is first asked for; the types, for type checkers
and editors, are in `declarations`.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from .calculus.operation import listed_operands
from .calculus.table import TABLE
from .engine import Operand, Value, constant
from .operators import tracing
from .public import named_options

if TYPE_CHECKING:
    from .declarations import *  # noqa: F403  # the operations
    from .declarations import abs as abs
    from .declarations import exp, identity, logsumexp, maximum
    from .declarations import sum as sum
else:
    _USED_HERE = ("exp", "identity", "logsumexp", "maximum", "sum")
    exp, identity, logsumexp, maximum, sum = (TABLE[name].function for name in _USED_HERE)

    def __getattr__(name: str) -> Callable[..., Value]:
        if name in TABLE:
            return TABLE[name].function
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@named_options
def mean(values: Iterable[Operand]) -> Value:
    """The arithmetic mean of at least one value.

    >>> mean([1.0, 2.0, 6.0]).data
    3.0
    """
    values = _at_least_one("mean", values)
    return sum(values) / len(values)


@named_options
def softmax(values: Iterable[Operand]) -> list[Value]:
    """The probabilities e^a_i / (e^a_0 + e^a_1 + ...) of a list of logits, without overflow.

    Takes at least one Value or number; returns as many Values, which sum to 1.

    >>> [round(p.data, 3) for p in softmax([2.0, 1.0, 0.5])]
    [0.629, 0.231, 0.14]
    """
    values = _at_least_one("softmax", values)
    shift = logsumexp(values)
    # Their sum is 1, save that the shift is rounded: much, where it is large.
    exponentials = [exp(value - shift) for value in values]
    total = sum(exponentials)
    return [exponential / total for exponential in exponentials]


@named_options
def maxout(values: Iterable[Operand]) -> Value:
    """The largest of several pre-activations (I. Goodfellow et al., 2013), by repeated maximum.

    >>> maxout([1.0, 3.0, 2.0]).data
    3.0
    """
    first, *others = _at_least_one("maxout", values)
    largest = identity(first)
    for value in others:
        largest = maximum(largest, value)
    return largest


def drawn(draw: Callable[[], float]) -> Value:
    """A constant whose number comes from a call: fresh at each call of a compiled function too.

    For what is random at each pass, as dropout's mask.

    >>> drawn(lambda: 2.0)
    Value(data=2.0)
    """
    if tracing.trace is not None:
        made: Value = tracing.trace.drawn(draw)
        return made
    return constant(draw())


def _at_least_one(name: str, values: Iterable[Operand]) -> tuple[Operand, ...]:
    found = listed_operands(name, values)
    if not found:
        raise ValueError(f"{name} of no values: it takes at least one")
    return found
