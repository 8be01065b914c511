"""Examples of a compiled function, checked and turned into numbers once."""

from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from ..checking import listed
from ..operators import tracing
from .variants import Runs, Variants


class Batch:
    """Examples that were bound to a compiled function; made by its `bind`.

    Pass it in place of the examples. It holds their numbers as they were when it was bound (but
    reads the examples again at each use if they contain Values, or if the function draws numbers).

    >>> from tinygrad_neuron import compile
    >>> square = compile(lambda x: x * x)
    >>> batch = square.bind([(1.0,), (3.0,)])
    >>> square.mean(batch).data
    5.0
    """

    def __init__(
        self, variants: Variants, examples: Iterable[Sequence[Any]], gradients: bool = False
    ) -> None:
        """Check the examples and keep their numbers; `gradients` as in `Variants.runs`."""
        if tracing.trace is not None:
            raise TypeError("bind examples outside of a function that is being traced")
        self.examples = tuple(
            listed("bind", "examples", examples, "a list with the tuple of arguments of each")
        )
        self._variants = variants
        if not self.examples:
            raise ValueError("bind of zero examples: it takes at least one")
        found = variants.runs(self.examples, gradients)
        self._runs = found
        # With Values among the arguments or numbers to be drawn, there is nothing to keep.
        self._fixed = not any(values or variant.forward.draws for variant, _, values in found)
        if self._fixed:
            pack = variants.target.pack
            self._runs = [(variant, pack(rows), values) for variant, rows, values in found]
        # Whether its runs stay as they are: no module's mode can change them either.
        self.settled = self._fixed and not any(variant.modes for variant, _, _ in found)

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "bound examples cannot be copied or pickled: they belong to the compiled function that "
            "they were bound to; pickle the examples (.examples), and bind them again"
        )

    def settled_for(self, variants: Variants) -> bool:
        """Whether its runs for this compiled function stay as they are."""
        return self.settled and variants is self._variants

    def __len__(self) -> int:
        return len(self.examples)

    def __repr__(self) -> str:
        return f"<{len(self)} examples bound to {self._variants!r}>"

    def __iter__(self) -> Any:
        return iter(self.examples)

    def runs(self, variants: Variants, gradients: bool = False) -> Runs:
        """The runs of its examples, for these variants; `gradients` as in `Variants.runs`."""
        kept = variants is self._variants and self._fixed
        if kept and (self.settled or all(run[0].still_holds() for run in self._runs)):
            return self._runs
        return variants.runs(self.examples, gradients)
