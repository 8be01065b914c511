"""The McCulloch-Pitts unit (1943): logic from threshold units, before learning."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import Any, TypeVar

from ..checking import a_function, described, integer, listed, positive_integer, whole
from ..notebook import Shown
from ..public import named_options

_Row = TypeVar("_Row", bound=Sequence[int])


class McCullochPitts(Shown):
    """A unit with binary inputs that fires (1) or not (0).

    It fires if no inhibitory input is active (absolute inhibition: one active inhibitory input is a
    veto) and at least `threshold` excitatory inputs are.

    **Arguments:** `inputs`, how many inputs there are; `threshold`, a whole number: at 0 or less it
    fires whenever nothing vetoes; `inhibitory`, the positions (from 0) of the inhibitory inputs;
    all others are excitatory.

    Source: W. McCulloch and W. Pitts, "A logical calculus of the ideas immanent in nervous
    activity" (1943).

    >>> and_gate = McCullochPitts(2, threshold=2)
    >>> [and_gate(a, b) for a, b in [(0, 0), (0, 1), (1, 0), (1, 1)]]
    [0, 0, 0, 1]
    >>> a_but_not_b = McCullochPitts(2, threshold=1, inhibitory=[1])
    >>> a_but_not_b(1, 0), a_but_not_b(1, 1)
    (1, 0)
    """

    def __init__(self, inputs: int, threshold: int, inhibitory: Iterable[int] = ()) -> None:
        self.inputs = positive_integer("McCullochPitts", "inputs", inputs)
        needed = whole(threshold)
        if needed is None:
            raise TypeError(f"McCullochPitts: threshold must be a whole number, got {threshold!r}")
        self.threshold = needed
        places = range(self.inputs)
        inhibitory = listed("McCullochPitts", "inhibitory", inhibitory, "a list of positions")
        for position in inhibitory:
            if whole(position) not in places:
                raise ValueError(
                    "McCullochPitts: an inhibitory position must be an integer from 0 to "
                    f"{places[-1]}, got {position!r}"
                )
        self.inhibitory = tuple(i for i in places if i in inhibitory)
        self.excitatory = tuple(i for i in places if i not in inhibitory)

    def __call__(self, *x: int) -> int:
        """1 if the unit fires for these inputs, else 0."""
        bits = _bits("McCullochPitts", self.inputs, x)
        if any(bits[i] for i in self.inhibitory):
            return 0
        return int(sum(bits[i] for i in self.excitatory) >= self.threshold)

    def __repr__(self) -> str:
        veto = f", inhibitory={list(self.inhibitory)}" if self.inhibitory else ""
        return f"McCullochPitts({self.inputs}, threshold={self.threshold}{veto})"


@named_options
def AND(inputs: int = 2) -> McCullochPitts:
    """The unit that fires if all its inputs are active.

    >>> AND(3)(1, 1, 1), AND(3)(1, 0, 1)
    (1, 0)
    """
    return McCullochPitts(inputs, threshold=inputs)


@named_options
def OR(inputs: int = 2) -> McCullochPitts:
    """The unit that fires if at least one of its inputs is active.

    >>> OR()(0, 1), OR()(0, 0)
    (1, 0)
    """
    return McCullochPitts(inputs, threshold=1)


def NOT() -> McCullochPitts:
    """The unit that fires unless its one, inhibitory, input is active.

    >>> NOT()(0), NOT()(1)
    (1, 0)
    """
    return McCullochPitts(1, threshold=0, inhibitory=[0])


class Circuit(Shown):
    """Units that detect one row of a truth table each, and an OR over them.

    `boolean_function` makes one. **Attributes:** `inputs`, how many there are; `detectors`, the
    units of the first layer; `output`, the OR over them.

    >>> from tinygrad_neuron.nn import boolean_function
    >>> circuit = boolean_function({(0, 1): 1, (1, 0): 1})
    >>> len(circuit.detectors), circuit(1, 0), circuit(1, 1)
    (2, 1, 0)
    """

    def __init__(self, inputs: int, detectors: Sequence[McCullochPitts]) -> None:
        self.inputs = positive_integer("Circuit", "inputs", inputs)
        self.detectors = tuple(listed("Circuit", "detectors", detectors, "a list of units"))
        for unit in self.detectors:
            if not isinstance(unit, McCullochPitts):
                raise TypeError(f"Circuit: a detector must be a unit, got {described(unit)}")
        self.output = OR(len(self.detectors)) if self.detectors else McCullochPitts(1, threshold=2)

    def __call__(self, *x: int) -> int:
        bits = _bits("boolean_function", self.inputs, x)
        fired = [detector(*bits) for detector in self.detectors]
        return self.output(*(fired or [0]))

    def __repr__(self) -> str:
        return f"<circuit: {self.output} over {list(self.detectors)}>"


def boolean_function(table: Mapping[_Row, int]) -> Circuit:
    """Any Boolean function from McCulloch-Pitts units in two layers.

    For each row of the truth table whose result is 1 there is one unit that fires for exactly that
    row: its 1s are excitatory inputs, all of them needed, its 0s inhibitory ones. An OR collects
    them.

    **Arguments:** `table`, from tuples of bits (all of one length, 1 or more) to 0 or 1; rows left
    out give 0. **Returns** a `Circuit`, called with that many bits; its units are in `.detectors`
    and `.output`.

    >>> majority = boolean_function({(1, 1, 0): 1, (1, 0, 1): 1, (0, 1, 1): 1, (1, 1, 1): 1})
    >>> majority(1, 0, 1), majority(0, 0, 1)
    (1, 0)
    """
    if not isinstance(table, Mapping):
        raise TypeError(
            "boolean_function: table must be a dictionary from tuples of bits to 0 or 1, got "
            f"{described(table)}"
        )
    by_length = {len(row) if isinstance(row, Sequence) else 0: row for row in table}
    if len(by_length) != 1 or 0 in by_length:
        raise ValueError(
            "boolean_function: the rows must be tuples of bits of one length, 1 or more, "
            f"got {list(by_length.values())}"
        )
    (inputs,) = by_length
    detectors = []
    for row, result in table.items():
        bits = _bits("boolean_function", inputs, row)
        if _bit("boolean_function", "a result", result):
            zeros = [i for i, bit in enumerate(bits) if not bit]
            detectors.append(McCullochPitts(inputs, threshold=sum(bits), inhibitory=zeros))
    return Circuit(inputs, detectors)


def XOR() -> Circuit:
    """Exclusive or. No single unit computes it; two detectors and an OR do.

    >>> XOR()(0, 1), XOR()(1, 1)
    (1, 0)
    """
    return boolean_function({(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 0})


def truth_table(function: Callable[..., int], inputs: int) -> dict[tuple[int, ...], int]:
    """What a function of bits gives for every row of its inputs.

    >>> from tinygrad_neuron.nn import AND
    >>> truth_table(AND(), 2)
    {(0, 0): 0, (0, 1): 0, (1, 0): 0, (1, 1): 1}
    """
    inputs = integer("truth_table", "inputs", inputs, 0)
    if inputs > 20:
        raise ValueError(f"truth_table: {inputs} inputs have more than a million rows; 20 at most")
    a_function("truth_table", "function", function)
    return {row: function(*row) for row in product((0, 1), repeat=inputs)}


def _bits(what: str, inputs: int, x: Sequence[object]) -> tuple[int, ...]:
    if len(x) != inputs:
        raise ValueError(f"{what}: expected {inputs} inputs, got {len(x)}")
    return tuple(_bit(what, "an input", bit) for bit in x)


def _bit(what: str, name: str, bit: Any) -> int:
    if isinstance(bit, bool) or whole(bit) in (0, 1):
        return int(bit)
    if isinstance(bit, float) and bit in (0.0, 1.0):
        return int(bit)
    raise ValueError(f"{what}: {name} must be 0 or 1, got {described(bit)}")
