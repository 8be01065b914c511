"""Checks of arguments that several functions share."""

import random
from collections.abc import Callable
from numbers import Integral
from typing import Any


def check(argument: str, value: Any, kind: type, allowed: Callable[[Any], bool], rule: str) -> None:
    """Refuse a value that is not of `kind` (TypeError) or not `allowed` (ValueError).

    `kind` is an abstract class of `numbers`, so that NumPy's scalars pass too.

    >>> from numbers import Real
    >>> check("noise", -1, Real, lambda noise: noise >= 0, "a number of at least 0")
    Traceback (most recent call last):
    ValueError: noise is -1; it must be a number of at least 0
    """
    if isinstance(value, kind) and allowed(value):
        return
    error = ValueError if isinstance(value, kind) else TypeError
    raise error(f"{argument} is {value!r}; it must be {rule}")


def random_generator(seed: int | random.Random) -> random.Random:
    """Return `seed` itself if it is a generator, else a new generator seeded with it.

    >>> random_generator(3).random() == random_generator(3).random()
    True
    """
    if isinstance(seed, random.Random):
        return seed
    # random.Random(None) would seed itself from the clock, and no run could be repeated.
    if not isinstance(seed, Integral):
        raise TypeError(
            f"seed is {seed!r}; it must be an int (the same int gives the same result) or a "
            "random.Random"
        )
    return random.Random(int(seed))
