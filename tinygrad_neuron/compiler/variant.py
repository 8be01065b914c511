"""A function's variant for one structure of inputs: its programs and the functions made of them."""

import math
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from ..engine import Value
from ..locks import Lock
from ..operators import tracing
from ..passes import DOMAIN_ERRORS
from ..processes import at_once
from ..stored import FAILURES, data_error, raise_data_error
from .budget import check_length
from .lines import INPUT
from .lowering import Lowering
from .program import Program, Result
from .reached import Doubts
from .structure import Key, reader, rebuild, refill, values_in
from .targets import Target
from .tracing import Trace, Traced, traced_run

# What a backward pass over rows gives: the first seeded output and the gradients of the leaves, all
# added up, and for each row the gradients of its inputs (None: nothing arrived there).
Gradients: TypeAlias = tuple[float, list[float], list[Sequence[float | None]]]


class Variant:
    """One structure of inputs: the recorded graph, its programs and the functions made from
    them."""

    def __init__(
        self,
        function: Callable[..., Any],
        title: str,
        key: Key,
        names: Sequence[str],
        target: Target,
    ) -> None:
        """Trace the function on stand-ins for this structure, and lower what it recorded,
        forward."""
        self.title = title
        self.key = key
        self.target = target
        self._lock = Lock()
        # By the outputs at which gradients arrive; None: forward only.
        self._functions: dict[tuple[int, ...] | None, Callable[..., Any]] = {}
        self.sources: dict[tuple[int, ...] | None, str] = {}
        self.programs: dict[tuple[int, ...] | None, Program] = {}
        self.doubts: dict[tuple[int, ...], Doubts] = {}  # by the same, for their generated code
        stand_ins: list[Traced] = []

        def run() -> Any:
            trace: Trace = tracing.trace

            def fresh(kind: str, name: str) -> Traced:
                stand_ins.append(trace.input(kind, name))
                return stand_ins[-1]

            seen: list[Any] = []
            arguments = [
                rebuild(part, fresh, name, seen) for part, name in zip(key[0], names, strict=True)
            ]
            options = {k: rebuild(part, fresh, k, seen) for k, part in key[1]}
            return function(*arguments, **options)

        self.read = reader(key[0])
        result, trace = traced_run(run)
        outputs = list(dict.fromkeys(values_in(result)))
        self.modes = trace.modes
        self._graph: tuple[Trace, list[Traced], list[Value]] | None = trace, stand_ins, outputs
        self._unused: Lowering | None = Lowering(*self._graph)
        self.forward: Program = self._unused.program
        check_length(self.title, len(self.forward), outputs)
        # Others in the place of the outputs, which hold the graph.
        places = {output: Value(0.0) for output in outputs}
        self.result, self.outputs = refill(result, places), list(places.values())
        self.leaves = self.forward.leaves
        self.parents = tuple(self.leaves)
        self.zeros = [0.0] * len(self.leaves)
        self.returns_one_value = isinstance(self.result, Value)
        self.reached_inputs = {
            operands[0]
            for operation, operands in zip(
                self.forward.operations, self.forward.operands, strict=True
            )
            if operation == INPUT
        }
        self.varying = [i for i, node in enumerate(stand_ins) if node.receives]

    def program(self, seeded: tuple[int, ...]) -> Program:
        """The program with a backward pass from some of the outputs."""
        with self._lock:
            if seeded not in self.programs:
                # The first backward pass is appended to the forward pass that is there.
                lowering, self._unused = self._unused, None
                if lowering is None:
                    assert self._graph is not None
                    lowering = Lowering(*self._graph)
                program = lowering.backward(seeded)
                self.doubts[seeded] = program.doubts()
                self.programs[seeded] = program  # only then is it there
                if len(self.outputs) == 1:  # there is no other backward pass: the graph can go
                    self._graph = None
            return self.programs[seeded]

    def generated(self, seeded: tuple[int, ...] | None) -> Callable[..., Any]:
        """`map_rows` (None) or `add_up`, generated the first time it is needed."""
        with self._lock:
            if seeded not in self._functions:
                program = self.forward if seeded is None else self.program(seeded)
                what = "outputs" if seeded is None else "outputs and gradients"
                written = self.target.write(program, seeded, f"{self.title}: {what}")
                self.sources[seeded] = written.source
                self._functions[seeded] = written.function
        return self._functions[seeded]

    def row(self, leaves: list[Any]) -> list[float]:
        """The numbers that go in for one example: inputs, then what is drawn."""
        for i in self.varying:
            leaves[i] = leaves[i].data
        return self.with_draws(leaves)

    def with_draws(self, numbers: list[float]) -> list[float]:
        """The numbers of one example, and after them those that are drawn for it."""
        draws = self.forward.draws
        return numbers + [draw() for draw in draws] if draws else numbers

    def still_holds(self) -> bool:
        """Whether the modes (training or not) that the function asked for are as they were."""
        return not self.modes or all(module.training is mode for module, mode in self.modes)

    def check_returns_one_value(self, what: str) -> None:
        if not self.returns_one_value:
            raise TypeError(
                f"{what} needs a function that returns one Value, "
                f"{self.title} returns {type(self.result).__name__}"
            )

    def map_rows(
        self, rows: Any, values: list[list[Value]], leaves: list[float]
    ) -> list[tuple[float, ...]]:
        """The outputs of each row; `values` are the Values that were passed for each, if any."""
        function = self._functions.get(None) or self.generated(None)
        try:
            results: list[tuple[float, ...]] = function(rows, leaves)
        except FAILURES as error:
            self._refuse_data(values, error)
            self.explain(rows, values, leaves, None, ())
            raise
        return results

    def add_up(
        self,
        rows: Any,
        values: list[list[Value]],
        leaves: list[float],
        totals: list[float],
        seeded: tuple[int, ...],
        seeds: tuple[float, ...],
        total: float,
    ) -> Gradients:
        """The first of the `seeded` outputs and all gradients, added up over rows."""
        function = self._functions.get(seeded) or self.generated(seeded)
        doubts = self.doubts[seeded]
        if doubts.inputs and self._reaches_nodes(doubts.inputs, values):
            return self.interpreted(rows, values, leaves, totals, seeded, seeds, total)
        try:
            found: Gradients = function(rows, leaves, totals, seeds, total)
        except FAILURES as error:
            self._refuse_data(values, error)
            if doubts.branches:
                return self.interpreted(rows, values, leaves, totals, seeded, seeds, total)
            self.explain(rows, values, leaves, seeded, seeds)
            raise
        if doubts.branches and not all(map(all_finite, (found[1], *found[2]))):
            return self.interpreted(rows, values, leaves, totals, seeded, seeds, total)
        return found

    def _refuse_data(self, values: list[list[Value]], error: Exception) -> None:
        """Raise an error that names what is no number, where that made the other."""
        known = isinstance(error, DOMAIN_ERRORS)
        if not known or data_error(self.title, [self.leaves, values], error) is not error:
            raise_data_error(self.title, [self.leaves, values], error)

    def _reaches_nodes(self, inputs: frozenset[int], values: list[list[Value]]) -> bool:
        """Whether, for some of these inputs, a Value that was passed is computed: then it matters
        whether a contribution of 0.0 arrives there, or none."""
        places = [place for place, k in enumerate(self.varying) if k in inputs]
        return any(passed[place]._prev for passed in values for place in places)

    def interpreted(
        self,
        rows: Any,
        values: list[list[Value]],
        leaves: list[float],
        totals: list[float],
        seeded: tuple[int, ...],
        seeds: tuple[float, ...],
        total: float,
    ) -> Gradients:
        """As `add_up`, by the program's interpreter: slower, and it leaves out what nothing arrives
        at, which generated code does not, see `reached`."""
        program = self.program(seeded)
        sums = list(totals)
        inputs: list[Sequence[float | None]] = []
        for result in self._runs(rows, values, leaves, seeded, seeds):
            total += result.outputs[seeded[0]]
            for k, gradient in zip(program.leaf_gradients, result.leaves, strict=True):
                sums[k] += gradient
            inputs.append(result.inputs)
        return total, sums, inputs if program.input_gradients else []

    def explain(
        self,
        rows: Any,
        values: list[list[Value]],
        leaves: list[float],
        seeded: tuple[int, ...] | None,
        seeds: tuple[float, ...],
    ) -> None:
        """Raise the error of the first row that fails, as the eager engine words it."""
        for _ in self._runs(rows, values, leaves, seeded, seeds):
            pass

    def _runs(
        self,
        rows: Any,
        values: list[list[Value]],
        leaves: list[float],
        seeded: tuple[int, ...] | None,
        seeds: tuple[float, ...],
    ) -> Iterator[Result]:
        """What the interpreter gives for each row."""
        program, arriving = self.forward, None
        if seeded is not None:
            program, arriving = self.program(seeded), [0.0] * len(self.outputs)
            for k, seed in zip(seeded, seeds, strict=True):
                arriving[k] = seed
        count = program.inputs
        for i, row in enumerate(rows):
            labels = [""] * count
            if values:
                for k, value in zip(self.varying, values[i], strict=True):
                    labels[k] = value.label
            yield program.run(row[:count], row[count:], arriving, leaves, labels)


def all_finite(numbers: Iterable[Any]) -> bool:
    """Whether the sum of some numbers is finite: only if they all are.

    >>> all_finite([1.0, 2.0]), all_finite([1.0, float("inf"), float("-inf")])
    (True, False)
    """
    return math.isfinite(sum(numbers))


def generate(variants: Iterable[Variant], seeded: tuple[int, ...] | None) -> None:
    """Generate the functions of several variants side by side, where each waits for a compiler."""
    missing = [v for v in dict.fromkeys(variants) if seeded not in v.sources]
    if len(missing) < 2 or not missing[0].target.waits:
        return
    threads = min(len(missing), 1 + (os.cpu_count() or 1))
    list(at_once(lambda variant: variant.generated(seeded), missing, threads))
