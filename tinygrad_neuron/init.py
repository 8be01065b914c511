"""Initial weights: where learning starts from.

An initialiser is a function `(generator, fan_in, fan_out) -> float`: it draws one weight with a
`random.Random` of the caller's, given how many inputs the neuron has (fan-in) and how many outputs
its layer has (fan-out). The functions here make initialisers; `init="he_normal"` in a layer means
`he_normal()`. Python's global random state is never touched.

>>> from tinygrad_neuron import init, nn
>>> layer = nn.Layer(100, 100, activation="relu", init="he_normal", seed=0)
>>> weights = [w.data for neuron in layer.neurons for w in neuron.w]
>>> round(sum(w * w for w in weights) / len(weights), 2)  # 2 / fan-in
0.02
"""

import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from .checking import POSITIVE, Rule, listed, named, number, positive_integer, to_float, whole
from .checking import Seed as Seed
from .checking import generator_of as generator_of
from .public import named_options, on_demand

__all__ = [
    "Initialiser",
    "uniform",
    "small_normal",
    "xavier_uniform",
    "xavier_normal",
    "he_uniform",
    "he_normal",
    "constant",
    "zeros",
    "initialiser",
    "class_prior_biases",
    "prior_bias",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = on_demand(__name__)

Initialiser: TypeAlias = Callable[[random.Random, int, int], float]
"""Draws one weight: a function of the generator and of how many inputs and outputs there are."""


@named_options
def small_normal(deviation: float = 0.01) -> Initialiser:
    """Normal with mean 0 and a small standard deviation: breaks the symmetry, little more.

    >>> import random
    >>> abs(small_normal()(random.Random(0), 4, 4)) < 0.1
    True
    """
    deviation = number("small_normal", "deviation", deviation, POSITIVE)
    return lambda generator, fan_in, fan_out: generator.gauss(0.0, deviation)


@named_options
def uniform(low: float = -1.0, high: float = 1.0) -> Initialiser:
    """Uniform between two bounds; the default is micrograd's.

    >>> import random
    >>> -1 <= uniform()(random.Random(0), 4, 4) <= 1
    True
    """
    low, high = to_float(low, "uniform", "low"), to_float(high, "uniform", "high")
    if not low <= high:
        raise ValueError(f"uniform: low must be at most high, got low={low}, high={high}")
    return lambda generator, fan_in, fan_out: generator.uniform(low, high)


@named_options
def xavier_uniform(gain: float = 1.0) -> Initialiser:
    """Uniform within ± gain * sqrt(6 / (fan_in + fan_out)), for tanh and sigmoid.

    Source: X. Glorot and Y. Bengio (2010).

    >>> import random
    >>> abs(xavier_uniform()(random.Random(0), 3, 3)) <= 1
    True
    """
    gain = number("xavier_uniform", "gain", gain, POSITIVE)

    def draw(generator: random.Random, fan_in: int, fan_out: int) -> float:
        bound = gain * math.sqrt(6.0 / (fan_in + fan_out))
        return generator.uniform(-bound, bound)

    return draw


@named_options
def xavier_normal(gain: float = 1.0) -> Initialiser:
    """Normal with deviation gain * sqrt(2 / (fan_in + fan_out)), for tanh and sigmoid.

    Source: X. Glorot and Y. Bengio (2010).

    >>> import random
    >>> abs(xavier_normal()(random.Random(0), 3, 3)) < 6
    True
    """
    gain = number("xavier_normal", "gain", gain, POSITIVE)
    return lambda generator, fan_in, fan_out: generator.gauss(
        0.0, gain * math.sqrt(2.0 / (fan_in + fan_out))
    )


@named_options
def he_uniform(gain: float = math.sqrt(2.0)) -> Initialiser:
    """Uniform within ± gain * sqrt(3 / fan_in), for relu.

    Source: K. He et al. (2015).

    >>> import random
    >>> abs(he_uniform()(random.Random(0), 6, 3)) <= 1
    True
    """
    gain = number("he_uniform", "gain", gain, POSITIVE)

    def draw(generator: random.Random, fan_in: int, fan_out: int) -> float:
        bound = gain * math.sqrt(3.0 / fan_in)
        return generator.uniform(-bound, bound)

    return draw


@named_options
def he_normal(gain: float = math.sqrt(2.0)) -> Initialiser:
    """Normal with deviation gain / sqrt(fan_in), for relu.

    Source: K. He et al. (2015).

    >>> import random
    >>> abs(he_normal()(random.Random(0), 6, 3)) < 6
    True
    """
    gain = number("he_normal", "gain", gain, POSITIVE)
    return lambda generator, fan_in, fan_out: generator.gauss(0.0, gain / math.sqrt(fan_in))


def constant(value: float) -> Initialiser:
    """The same number for every weight: all neurons of a layer then stay alike.

    >>> import random
    >>> constant(0.5)(random.Random(0), 4, 4)
    0.5
    """
    value = to_float(value, "constant", "value")
    return lambda generator, fan_in, fan_out: value


def zeros() -> Initialiser:
    """0 for every weight.

    >>> import random
    >>> zeros()(random.Random(0), 4, 4)
    0.0
    """
    return constant(0.0)


INITIALISERS: dict[str, Callable[[], Initialiser]] = {
    "small_normal": small_normal,
    "uniform": uniform,
    "xavier_uniform": xavier_uniform,
    "xavier_normal": xavier_normal,
    "he_uniform": he_uniform,
    "he_normal": he_normal,
    "zeros": zeros,
}


def initialiser(init: str | Initialiser) -> Initialiser:
    """The initialiser of a name (with its defaults), or the given function itself.

    >>> initialiser("he")
    Traceback (most recent call last):
    ...
    ValueError: initialiser 'he': unknown, did you mean 'he_normal'? Known: he_normal, he_uniform, \
small_normal, uniform, xavier_normal, xavier_uniform, zeros
    """
    if any(init is maker for maker in (*INITIALISERS.values(), constant)):
        made = f"{getattr(init, '__name__', init)}()"
        raise TypeError(f"initialiser: got a function that makes one; call it first: {made}")
    return init if callable(init) else named("initialiser", init, INITIALISERS)()


def class_prior_biases(labels: Iterable[int], classes: int) -> list[float]:
    """Output biases log(p_k) that make a softmax start at the classes' frequencies p_k.

    **Arguments:** `labels`, the class integers of the training examples, from 0; `classes`, how
    many classes there are. A class without example counts as one half. **Returns** `classes`
    floats.

    >>> [round(b, 3) for b in class_prior_biases([0, 0, 0, 1], 2)]
    [-0.288, -1.386]
    """
    classes = positive_integer("class_prior_biases", "classes", classes)
    found = listed("class_prior_biases", "labels", labels, "a list of class integers")
    for label in found:
        if whole(label) not in range(classes):
            raise ValueError(
                f"class_prior_biases: a label must be an integer from 0 to {classes - 1}, "
                f"got {label!r}"
            )
    counts = Counter(map(whole, found))
    if not counts:
        raise ValueError("class_prior_biases of no labels: it takes at least one")
    weights: Sequence[float] = [counts[k] or 0.5 for k in range(classes)]
    total = math.fsum(weights)
    return [math.log(weight / total) for weight in weights]


def prior_bias(probability: float) -> float:
    """The output bias log(p / (1 - p)) that makes a sigmoid start at the probability p.

    >>> prior_bias(0.5)
    0.0
    """
    inside: Rule = ("between 0 and 1, both excluded", lambda p: 0 < p < 1)
    probability = number("prior_bias", "the probability", probability, inside)
    return math.log(probability / (1.0 - probability))
