"""The variants of a compiled function: one for each structure of inputs, in a bounded cache."""

import contextlib
import inspect
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from ..checking import described
from ..engine import Value
from ..locks import Lock
from ..passes import DOMAIN_ERRORS
from .structure import Key, flatten
from .targets import Target
from .variant import Variant

CACHE_SIZE = 64

# Examples in a row that share a structure: their variant, the numbers of each, and the Values
# among the arguments of each, if there are any.
Runs: TypeAlias = list[tuple[Variant, Any, list[list[Value]]]]


class Variants:
    """What was recorded of a function so far; finds the variant for some arguments, or makes it.

    **Attributes:** `function`, `title` (its name), `target`; `latest`, the variant that was used
    last, or None.
    """

    def __init__(self, function: Callable[..., Any], target: Target) -> None:
        self.function = function
        self.target = target
        self.title = getattr(function, "__name__", type(function).__name__)
        self.latest: Variant | None = None
        self._kept: OrderedDict[Key, list[Variant]] = OrderedDict()
        self._live: frozenset[Value] = frozenset()
        self._lock = Lock()

    def __repr__(self) -> str:
        return f"<compiled {getattr(self.function, '__qualname__', self.function)}>"

    def find(self, arguments: Sequence[Any], options: dict[str, Any]) -> tuple[Variant, list[Any]]:
        """The variant for the structure of some arguments, and what goes into it."""
        key, leaves = self._flatten(arguments, options)
        found = self._find(key)
        if found is not None:
            self.latest = found
            with contextlib.suppress(KeyError):  # dropped by another thread just now
                self._kept.move_to_end(key)
            return found, leaves
        with self._lock:
            found = self._find(key)
            if found is not None:  # another thread was faster
                return found, leaves
            try:
                made = self._record(key)
            except DOMAIN_ERRORS:
                # Something computed from parameters alone; if the inputs fail before it, say that.
                self.function(*arguments, **options)
                raise
            if made.leaves and not self._live.issuperset(made.leaves):
                # A Value that is passed and also read as a parameter is one leaf, not two.
                self._live = self._live.union(made.leaves)
                again, leaves = self._flatten(arguments, options)
                if again != key:
                    key, made = again, self._record(again)
            # One for each way in which the modules' modes (training or not) were seen.
            self._kept.setdefault(key, []).insert(0, made)
            self.latest = made
            while len(self._kept) > CACHE_SIZE:
                self._kept.popitem(last=False)
        return made, leaves

    def runs(self, examples: Sequence[Sequence[Any]], gradients: bool = False) -> Runs:
        """Examples in a row that share a structure: their variant, the numbers of each, and (if
        there are any) the Values among the arguments of each.

        With `gradients`, which will be asked for, each backward pass is lowered at once: the graph
        it needs is gone before the next structure is recorded.
        """
        last = self.latest
        if last is not None and last.still_holds():
            numbers = last.read(examples)
            if numbers is not None:  # as nearly always: all have the structure of the last call
                if last.forward.draws:
                    numbers = [last.with_draws(row) for row in numbers]
                return [(last, numbers, [])]
        runs: Runs = []
        for place, example in enumerate(examples):
            if not isinstance(example, list | tuple):
                raise TypeError(
                    "an example must be the tuple of the function's arguments, as in "
                    f"[(x, target), ...], got {described(example)}"
                )
            if runs:
                variant, rows, values = runs[-1]
                numbers = variant.read([example])
                if numbers is not None:
                    rows.append(variant.with_draws(numbers[0]))
                    continue
            try:
                variant, leaves = self.find(example, {})
            except TypeError:
                self._refuse_count(place, example)
                raise
            if gradients and variant.returns_one_value:
                variant.program((0,))
            if not runs or variant is not runs[-1][0]:
                runs.append((variant, [], []))
            _, rows, values = runs[-1]
            if variant.varying:
                values.append([leaf for leaf in leaves if isinstance(leaf, Value)])
            rows.append(variant.row(leaves))
        return runs

    def _refuse_count(self, place: int, example: Sequence[Any]) -> None:
        """Refuse an example that has not as many arguments as the function takes."""
        try:
            inspect.signature(self.function).bind(*example)
        except TypeError as error:
            raise TypeError(
                f"{self.title}: example {place}: {error}; an example must be the tuple of the "
                f"function's arguments, of a single one (x,), got {described(example)}"
            ) from None
        except ValueError:
            pass  # a function written in C need not tell its arguments

    def _find(self, key: Key) -> Variant | None:
        kept = self._kept.get(key, ())
        return next((variant for variant in kept if variant.still_holds()), None)

    def _flatten(self, arguments: Sequence[Any], options: dict[str, Any]) -> tuple[Key, list[Any]]:
        """The structure of some arguments, and the numbers and Values in it."""
        leaves: list[Any] = []
        seen: dict[Value, int] = {}
        live = self._live
        options = dict(sorted(options.items()))
        try:
            key = tuple(flatten(x, live, leaves, seen, f"{i}") for i, x in enumerate(arguments))
            named = tuple((k, flatten(x, live, leaves, seen, k)) for k, x in options.items())
        except RecursionError:
            raise ValueError(
                f"{self.title}: an argument is nested too deeply, or a list in it holds itself"
            ) from None
        return (key, named), leaves

    def _record(self, key: Key) -> Variant:
        names = self._names(len(key[0]))
        return Variant(self.function, self.title, key, names, self.target)

    def _names(self, count: int) -> list[str]:
        """The names of the positional parameters, for the generated code."""
        names: list[str] = []
        try:
            for parameter in inspect.signature(self.function).parameters.values():
                if parameter.kind is parameter.VAR_POSITIONAL:
                    names += [f"{parameter.name}{i}_" for i in range(count - len(names))]
                elif parameter.kind is not parameter.VAR_KEYWORD:
                    names.append(parameter.name)
        except (TypeError, ValueError):
            pass
        return (names + [f"x{i}" for i in range(len(names), count)])[:count]
