"""How gradients fare on their way back through time."""

import math
from collections.abc import Iterable, Sequence

from ..checking import described, listed
from ..engine import Value
from ..operators import stored_gradient
from ..stored import naming_data


@naming_data
def gradient_norms(states: Iterable[Sequence[Value]]) -> list[float]:
    """The Euclidean norm of the gradient at every step, after a backward pass.

    **Arguments:** `states`: a vector of Values for each step, as the outputs of `nn.RNN`. A step
    that the pass did not reach has 0.

    >>> from tinygrad_neuron import nn
    >>> outputs, _ = nn.RNN(1, 2, seed=0)([[1.0], [0.5], [-1.0]])
    >>> sum(outputs[-1]).backward()
    >>> norms = gradient_norms(outputs)
    >>> round(norms[2] ** 2), norms[0] < norms[1] < norms[2]
    (2, True)
    """
    rows = listed("gradient_norms", "states", states, "one list of Values for each step")
    for row in rows:
        for v in listed("gradient_norms", "a state", row, "a list of Values"):
            if not isinstance(v, Value):
                raise TypeError(f"gradient_norms: a state holds Values, got {described(v)}")
    return [math.hypot(*(stored_gradient(v) or 0.0 for v in row)) for row in rows]
