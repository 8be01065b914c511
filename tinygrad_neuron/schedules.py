"""Learning-rate schedules: the rate of a step, given how many were taken before it."""

import functools
import math
from collections.abc import Callable
from typing import TypeAlias

from .checking import AT_LEAST_ONE, POSITIVE, Rule, number
from .public import named_options

Schedule: TypeAlias = Callable[[int], float]
"""The learning rate after some steps: a function of their number, as `step_decay` returns."""


@named_options
def step_decay(lr: float, every: int, factor: float = 0.1) -> Schedule:
    """lr, multiplied by `factor` after each `every` steps.

    >>> schedule = step_decay(1.0, every=10, factor=0.5)
    >>> schedule(0), schedule(9), schedule(10), schedule(25)
    (1.0, 1.0, 0.5, 0.25)
    """
    lr = number("step_decay", "lr", lr, POSITIVE)
    number("step_decay", "every", every, AT_LEAST_ONE)
    factor = number("step_decay", "factor", factor, POSITIVE)
    return functools.partial(_step_decay, lr, every, factor)


def _step_decay(lr: float, every: int, factor: float, step: int) -> float:
    return lr * factor ** (step // every)


@named_options
def cosine_decay(lr: float, steps: int, final: float = 0.0) -> Schedule:
    """From lr down to `final` along half a cosine over `steps` steps, then `final`.

    Source: I. Loshchilov and F. Hutter (2016), without restarts.

    >>> schedule = cosine_decay(1.0, steps=10)
    >>> schedule(0), round(schedule(5), 12), schedule(10), schedule(99)
    (1.0, 0.5, 0.0, 0.0)
    """
    lr = number("cosine_decay", "lr", lr, POSITIVE)
    number("cosine_decay", "steps", steps, AT_LEAST_ONE)
    up_to_lr: Rule = ("from 0 to lr", lambda x: 0 <= x <= lr)
    final = number("cosine_decay", "final", final, up_to_lr)
    return functools.partial(_cosine_decay, lr, steps, final)


def _cosine_decay(lr: float, steps: int, final: float, step: int) -> float:
    done = min(step / steps, 1.0)
    return final + 0.5 * (lr - final) * (1.0 + math.cos(math.pi * done))
