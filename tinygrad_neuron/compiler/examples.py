"""Examples of a compiled function, checked and turned into numbers once."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from ..engine import Value
from ..operators import tracing

if TYPE_CHECKING:
    from .compiled import Compiled
    from .variant import Variant

# Examples in a row that share a structure: their variant, the numbers of each, and the Values
# among the arguments of each, if there are any.
Runs: TypeAlias = "list[tuple[Variant, Any, list[list[Value]]]]"


class Batch:
    """Examples that were bound to a compiled function; made by its `bind`.

    Pass it in place of the examples. It holds their numbers as they were when it was bound (but
    reads the examples again at each use if they contain Values, or if the function draws numbers).
    """

    def __init__(self, compiled: "Compiled", examples: Iterable[Sequence[Any]]) -> None:
        if tracing.trace is not None:
            raise TypeError("bind examples outside of a function that is being traced")
        self.examples = tuple(examples)
        self._compiled = compiled
        if not self.examples:
            raise ValueError("bind of zero examples: it takes at least one")
        found = compiled._runs(self.examples)
        self._runs = found
        # With Values among the arguments or numbers to be drawn, there is nothing to keep.
        self._fixed = not any(values or variant.forward.draws for variant, _, values in found)
        if self._fixed:
            pack = compiled._target.pack
            self._runs = [(variant, pack(rows), values) for variant, rows, values in found]
        # Whether its runs stay as they are: no module's mode can change them either.
        self.settled = self._fixed and not any(variant.modes for variant, _, _ in found)

    def settled_for(self, compiled: "Compiled") -> bool:
        """Whether its runs for this compiled function stay as they are."""
        return self.settled and compiled is self._compiled

    def __len__(self) -> int:
        return len(self.examples)

    def __repr__(self) -> str:
        return f"<{len(self)} examples bound to {self._compiled!r}>"

    def __iter__(self) -> Any:
        return iter(self.examples)

    def runs(self, compiled: "Compiled") -> Runs:
        """The runs of its examples, for `Compiled`."""
        kept = compiled is self._compiled and self._fixed
        if kept and (self.settled or all(run[0].still_holds() for run in self._runs)):
            return self._runs
        return compiled._runs(self.examples)
