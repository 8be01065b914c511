"""Arithmetic in printed digits that is true: `=` where the printed numbers give the printed result.

>>> product(2.0, 3.0, 6.0, 4)
'2 × 3 = 6'
>>> product(1 / 3, 1 / 7, 1 / 21, 4)
'0.3333 × 0.1429 ≈ 0.04762'
>>> total(1006.6, -333.3, 673.3, 4)
'1007 + (-333.3) ≈ 673.3'
>>> total(1.00001, -1.0, 1e-5, 4)
'1.00001 + (-1) = 1e-05'
"""

import math
from collections.abc import Callable, Sequence

from ..draw.text import number
from ..passes import DOMAIN_ERRORS

_MOST_DIGITS = 15
_NEAR = 0.001  # a result that is off by less is called approximate, beyond it more digits are shown


def equation(
    write: Callable[[Sequence[str]], str],
    compute: Callable[[Sequence[float]], float],
    values: Sequence[float],
    result: float,
    digits: int,
) -> str:
    """`write` of the numbers as texts, then `=` and the result.

    Where `compute` of the numbers as printed is not the result as printed: with more digits, if it
    is far from it (as after a cancellation), else with `≈`.
    """
    for shown in range(digits, max(_MOST_DIGITS, digits) + 1):
        texts = [number(value, shown) for value in values]
        try:
            found = compute([float(text) for text in texts])
        except DOMAIN_ERRORS:
            found = math.nan
        if number(found, shown) == number(result, shown):
            return f"{write(texts)} = {number(result, shown)}"
        if abs(found - result) <= _NEAR * abs(result):
            return f"{write(texts)} ≈ {number(result, digits)}"
    texts = [number(value, digits) for value in values]
    return f"{write(texts)} ≈ {number(result, digits)}"


def in_brackets(text: str) -> str:
    """A number as a factor, or as what is added: a negative one in brackets."""
    return f"({text})" if text.startswith("-") else text


def product(incoming: float, local: float, amount: float, digits: int) -> str:
    """Incoming × local = contribution."""
    return equation(
        lambda texts: " × ".join(map(in_brackets, texts)),
        lambda values: values[0] * values[1],
        (incoming, local),
        amount,
        digits,
    )


def total(before: float, amount: float, after: float, digits: int) -> str:
    """What a gradient was, plus what arrives, and what it is then."""
    return equation(
        lambda texts: f"{texts[0]} + {in_brackets(texts[1])}",
        lambda values: values[0] + values[1],
        (before, amount),
        after,
        digits,
    )
