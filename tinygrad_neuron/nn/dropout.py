"""Dropout: while training, each number is let through or not at random."""

from typing import Any

from ..checking import BELOW_ONE, number
from ..engine import Value
from ..functions import drawn
from ..init import Seed, generator_of
from .module import Module
from .shapes import Array, each, lists


class Dropout(Module):
    """Multiplies each of its inputs by a mask that is 0 with probability p, else 1 / (1 - p).

    The mask is drawn anew for every input at every call, in a compiled function too. On average it
    is 1, and after `eval()` it is always 1, so that everything passes unchanged.

    **Arguments:** `p`, from 0 to less than 1; `seed`, an int or a `random.Random`.

    A call takes Values or numbers in lists, nested or not, and returns Values in lists of the same
    shape, or one for one.

    Source: N. Srivastava et al. (2014).

    >>> dropout = Dropout(0.5, seed=1)
    >>> [y.data for y in dropout([1.0, 2.0, 3.0, 4.0])]
    [0.0, 4.0, 6.0, 0.0]
    >>> [y.data for y in dropout.eval()([1.0, 2.0, 3.0, 4.0])]
    [1.0, 2.0, 3.0, 4.0]
    """

    def __init__(self, p: float = 0.5, seed: Seed = None) -> None:
        self.p = p
        self.generator = generator_of(seed)

    @property
    def p(self) -> float:
        """The probability with which a number becomes 0."""
        return self._p

    @p.setter
    def p(self, p: float) -> None:
        self._p = number("Dropout", "p", p, BELOW_ONE)

    def __call__(self, x: Array) -> Any:
        return each(self._masked, lists(x))

    def _masked(self, x: Any) -> Value:
        mask = drawn(self.mask)
        mask.label = "mask"
        y: Value = x * mask
        return y

    def mask(self) -> float:
        """Draw the factor for one number: 0 or 1 / (1 - p) while training, else 1."""
        if not self.training:
            return 1.0
        return 0.0 if self.generator.random() < self.p else 1.0 / (1.0 - self.p)

    def __repr__(self) -> str:
        return f"Dropout({self.p})"
