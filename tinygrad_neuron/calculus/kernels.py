"""Scalar kernels: the functions on plain floats that the table of operations calls by name.

A kernel exists where a formula written out in the table would overflow, lose digits, or does not
exist in arithmetic alone. Each is either a function of `math` or written in a small subset of
Python (assignments, `if`, `for`, `return`), so that it can be translated to other languages.

Nothing here knows about Values. `KERNELS` maps the name used in the table to the function.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any


def sigmoid(x: float) -> float:
    """Logistic sigmoid 1 / (1 + e^-x), without overflow for large negative x.

    >>> sigmoid(0.0), sigmoid(-1000.0), sigmoid(1000.0)
    (0.5, 0.0, 1.0)
    """
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    e = math.exp(x)
    return e / (1.0 + e)


def softplus(x: float) -> float:
    """log(1 + e^x), without overflow for large x and without loss for very negative x.

    >>> softplus(1000.0), softplus(-1000.0)
    (1000.0, 0.0)
    """
    if x > 0.0:
        return x + math.log1p(math.exp(-x))
    return math.log1p(math.exp(x))


def power(a: float, b: float) -> float:
    """a ** b on floats. Never complex: a negative base with a non-integer exponent is refused.

    >>> power(2.0, -1.0)
    0.5
    """
    if a < 0.0 and a - a == 0.0 and b - b == 0.0 and b % 1.0 != 0.0:  # x - x == 0: x is finite
        raise ValueError("the result is not a real number")
    y: float = a**b
    return y


def xlogy(x: float, y: float) -> float:
    """x * log(y), and 0 where x is 0, as the limit is: 0 log 0 = 0.

    >>> xlogy(0.0, 0.0), xlogy(2.0, 1.0)
    (0.0, 0.0)
    """
    if x == 0.0 and y >= 0.0:
        return 0.0
    return x * math.log(y)


def argmax(values: Sequence[float]) -> float:
    """The position of the largest value, counted from 0; of equal ones the first.

    NaN counts as larger than any number.

    >>> argmax([1.0, 3.0, 3.0])
    1.0
    """
    if len(values) == 0:
        raise ValueError("no operands")
    best = 0.0
    largest = values[0]
    position = 0.0
    for value in values:
        if value > largest or (value != value and largest == largest):
            best = position
            largest = value
        position = position + 1.0
    return best


def running_sum(values: Sequence[float]) -> float:
    """Plain left-to-right addition, on every Python version; 0.0 for no values.

    It starts from the first value, so that of -0.0 alone it is -0.0: -0.0 + x is x to the bit.

    The built-in `sum` compensates rounding since Python 3.12, which gives other last digits:

    >>> running_sum([0.1] * 10)
    0.9999999999999999
    """
    if len(values) == 0:
        return 0.0
    total = -0.0
    for value in values:
        total = total + value
    return total


def logsumexp(values: Sequence[float]) -> float:
    """log(e^a0 + e^a1 + ...), with the largest operand taken out so that nothing overflows.

    >>> logsumexp([1000.0, 1000.0]) == 1000.0 + math.log(2.0)
    True
    """
    if len(values) == 0:
        raise ValueError("no operands")
    largest = values[0]
    for value in values:
        if value > largest or value != value:
            largest = value
    if (
        largest - largest != 0.0
    ):  # an infinity or NaN: the answer, where the formula gives inf - inf
        return largest
    total = 0.0
    for value in values:
        total = total + math.exp(value - largest)
    return largest + math.log(total)


def select(values: Sequence[float], index: float) -> float:
    """The value at a position. `index` counts from 0 and must be a whole number in range.

    >>> select([5.0, 7.0], 1.0)
    7.0
    """
    position = int(index)
    if position != index:
        raise IndexError("the index must be a whole number")
    if position < 0 or position >= len(values):
        raise IndexError("the index must be 0 or more and less than the number of values")
    return values[position]


KERNELS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "argmax": argmax,
    "cos": math.cos,
    "erf": math.erf,
    "erfc": math.erfc,
    "exp": math.exp,
    "expm1": math.expm1,
    "log": math.log,
    "logsumexp": logsumexp,
    "power": power,
    "running_sum": running_sum,
    "select": select,
    "sigmoid": sigmoid,
    "sin": math.sin,
    "softplus": softplus,
    "sqrt": math.sqrt,
    "tanh": math.tanh,
    "xlogy": xlogy,
}
