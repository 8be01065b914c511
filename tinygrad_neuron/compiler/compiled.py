"""`compile`: from a function to one that runs straight-line code."""

import contextlib
import functools
import inspect
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, overload

from ..engine import DOMAIN_ERRORS, Value, recording
from ..functions import mean
from ..functions import sum as add_up
from .batch import Batch, Runs
from .nodes import Call, Total, arrival, make_node
from .program import Program
from .recorded import Recording
from .structure import Key, flatten, refill
from .targets import target_named

if TYPE_CHECKING:
    from ..optim import Optimiser
    from .training import Trainer

CACHE_SIZE = 64


@overload
def compile(function: Callable[..., Any], *, target: str = "python") -> "Compiled": ...


@overload
def compile(*, target: str = "python") -> Callable[[Callable[..., Any]], "Compiled"]: ...


def compile(function: Callable[..., Any] | None = None, *, target: str = "python") -> Any:
    """Turn a function of numbers and Values into straight-line Python, or C; also a decorator.

    The function runs once per structure of its arguments, to record what it does; after that the
    generated code runs. It returns Values as before, so `loss.backward()`, optimisers and
    everything around stay as they are.

    **Arguments:** `function`, whose arguments are made of numbers, Values, lists, tuples and
    dictionaries, and which returns a Value, or lists, tuples and dictionaries of Values. Values
    that it closes over (a model's parameters) stay live: their data is read at each call. `target`,
    "python" or "c": C needs a compiler on the machine, takes a moment longer to be made, and runs
    many times faster.

    **Returns** a `Compiled`: call it like the function; `.sum(examples)` and `.mean(examples)` run
    all examples forward and backward in one loop, `.map(examples)` forward only;
    `.bind(examples)` checks examples once for many calls, `.trainer(optimiser)` takes whole
    training steps; `.source` is the generated code, `.program` the list of operations behind it.

    What depends on a number while recording (`if v > 0`, `float(v)`, `max(a, b)`, `v.data`) is
    refused with a `TracingError`, a `TypeError`, that names the line. What the function finds in
    Python is as it was when it was recorded: `.data` of a parameter, numbers that it closes over,
    which objects a model is made of (compile again after replacing one). Side effects (printing,
    appending to a list) happen only then; an argument that the function changes is a copy;
    operations whose results are not returned are not run; a loss cannot check its targets.

    A single call gives the bits that the function itself would, and so do the gradients from one
    output. `backward()` uses the numbers of the call, also where data was changed in between.

    >>> w = Value(3.0, label="w")
    >>> @compile
    ... def loss(x, target):
    ...     return (w * x - target) ** 2
    >>> result = loss(2.0, 5.0)
    >>> result.backward()
    >>> result.data, w.grad
    (1.0, 4.0)
    >>> print(loss.source)
    # loss: outputs
    def map_rows(rows, leaves):
        w, = leaves
        results = []
        for (x, target) in rows:
            t = w * x - target
            out = t ** 2.0
            results.append((out,))
        return results
    <BLANKLINE>
    # loss: outputs and gradients
    def add_up(rows, leaves, totals, seeds, total):
        w, = leaves
        g_w, = totals
        seed, = seeds
        for (x, target) in rows:
            t = w * x - target
            out = t ** 2.0
            # backward
            g_w += seed * (2.0 * t ** 1.0) * x
            total += out
        return total, [g_w], []
    <BLANKLINE>
    """
    if function is None:
        return functools.partial(Compiled, target=target)
    return Compiled(function, target)


class Compiled:
    """A compiled function; made by `compile`."""

    __name__: str

    def __init__(self, function: Callable[..., Any], target: str = "python") -> None:
        self.target = target
        self._target = target_named(target)
        if isinstance(function, Compiled):
            function = function.function
        if not callable(function):
            raise TypeError(f"compile takes a function, got {type(function).__name__} {function!r}")
        self.function: Callable[..., Any] = function
        self._recordings: OrderedDict[Key, list[Recording]] = OrderedDict()
        self._live: frozenset[Value] = frozenset()
        self._lock = threading.RLock()
        self._latest: Recording | None = None
        functools.update_wrapper(self, function, updated=())
        self.__name__ = getattr(function, "__name__", type(function).__name__)

    def __repr__(self) -> str:
        return f"<compiled {getattr(self.function, '__qualname__', self.function)}>"

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """A compiled method: compiled once for each instance."""
        if instance is None:
            return self
        method = self.function.__get__(instance, owner)
        kept = getattr(instance, "__dict__", None)
        if kept is None:
            return Compiled(method, self.target)
        name = f"_compiled_{id(self)}"
        if name not in kept:
            kept[name] = Compiled(method, self.target)
        return kept[name]

    def __reduce__(self) -> tuple[type["Compiled"], tuple[Callable[..., Any], str]]:
        return Compiled, (self.function, self.target)  # a copy (as of a whole model) records anew

    # Calling

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """What the function returns for these arguments."""
        if recording.recorder is not None:  # part of another function that is being recorded
            return self.function(*arguments, **options)
        recorded, leaves = self._recording(arguments, options)
        values = [leaf for leaf in leaves if isinstance(leaf, Value)]
        row = recorded.row(leaves)
        data = [leaf.data for leaf in recorded.leaves]
        (outputs,) = recorded.map_rows([row], [values], data)
        return self._result(recorded, row, values, data, outputs)

    def _result(
        self,
        recorded: Recording,
        row: list[float],
        values: list[Value],
        data: list[float],
        outputs: tuple[float, ...],
    ) -> Any:
        """The outputs as nodes whose gradients reach the leaves and the Values that were passed."""
        reached = recorded.reached_inputs
        used = [v for i, v in zip(recorded.varying, values, strict=True) if i in reached]
        parents = (*recorded.leaves, *used)

        def hand_on(seeds: dict[int, float]) -> None:
            seeded, arriving = tuple(seeds), tuple(seeds.values())
            _, gradients, inputs = recorded.add_up(
                [row], [values], data, recorded.zeros, seeded, arriving, 0.0
            )
            program = recorded.programs[seeded]
            for k in program.leaf_gradients:
                recorded.leaves[k].grad += gradients[k]
            if inputs:
                places = dict(zip(recorded.varying, values, strict=True))
                for k, gradient in zip(program.input_gradients, inputs[0], strict=True):
                    places[k].grad += gradient

        if len(outputs) == 1:
            call = Call(recorded.title, lambda node: hand_on({0: node.grad}))
            nodes = [make_node(call, parents, outputs[0])]
        else:
            # The outputs wait for one another: a node behind them collects what arrives at each.
            arrived: dict[int, float] = {}

            def all_arrived(node: Value) -> None:
                seeds = dict(reversed(arrived.items()))  # the order of the outputs in the graph
                arrived.clear()
                hand_on(seeds)

            behind = (
                (make_node(Call(recorded.title, all_arrived), parents, 0.0),) if parents else ()
            )
            nodes = [
                make_node(arrival(f"{recorded.title}[{k}]", arrived, k), behind, number)
                for k, number in enumerate(outputs)
            ]
        return refill(recorded.result, dict(zip(recorded.outputs, nodes, strict=True)))

    # Many examples

    def sum(self, examples: Iterable[Sequence[Any]]) -> Value:
        """The sum of the function over examples, each the tuple of its arguments.

        Runs forward and backward in one loop; `.backward()` on the result then hands out the
        gradients, which are those of `for e in examples: f(*e).backward()`.

        >>> w = Value(3.0)
        >>> f = compile(lambda x, t: (w * x - t) ** 2)
        >>> total = f.sum([(1.0, 2.0), (2.0, 5.0)])
        >>> total.backward()
        >>> total.data, w.grad
        (2.0, 6.0)
        """
        rows = examples if isinstance(examples, list | tuple | Batch) else list(examples)
        return self._over(rows, 1.0, "sum")

    def mean(self, examples: Iterable[Sequence[Any]]) -> Value:
        """The mean of the function over examples; otherwise as `sum`."""
        rows = examples if isinstance(examples, list | tuple | Batch) else list(examples)
        return self._over(rows, 1.0 / len(rows) if rows else 1.0, "mean")

    def map(self, examples: Iterable[Sequence[Any]]) -> list[Any]:
        """What the function returns for each example, as plain floats: forward only, no gradients.

        >>> w = Value(3.0)
        >>> compile(lambda x: w * x).map([(1.0,), (2.0,)])
        [3.0, 6.0]
        """
        if recording.recorder is not None:  # part of another function that is being recorded
            return [self.function(*example) for example in examples]
        results: list[Any] = []
        batch = examples if isinstance(examples, Batch) else list(examples)
        for recorded, rows, values in self._runs(batch):
            data = [leaf.data for leaf in recorded.leaves]
            for outputs in recorded.map_rows(rows, values, data):
                numbers = dict(zip(recorded.outputs, map(float, outputs), strict=True))
                results.append(refill(recorded.result, numbers))
        return results

    def bind(self, examples: Iterable[Sequence[Any]]) -> Batch:
        """Examples checked and turned into numbers once, to be passed in their place.

        **Returns** a `Batch`, which `sum`, `mean`, `map` and a trainer's `step` take as they take
        examples. Its numbers are those of this moment: bind again after changing an example.

        >>> w = Value(3.0)
        >>> f = compile(lambda x, t: (w * x - t) ** 2)
        >>> batch = f.bind([(1.0, 2.0), (2.0, 5.0)])
        >>> len(batch), f.sum(batch).data, f.mean(batch).data
        (2, 2.0, 1.0)
        """
        return Batch(self, examples)

    def trainer(self, optimiser: "Optimiser") -> "Trainer":
        """Whole training steps, on numbers that stay in arrays from one to the next.

        `trainer.step(examples)` does what these four lines do, with the same numbers to the last
        bit, and returns `loss.data`:

            loss = compiled.mean(examples)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()

        The Values get their numbers back where the `with` ends, or by `trainer.write_back()`.

        >>> from tinygrad_neuron.optim import SGD
        >>> w = Value(3.0)
        >>> f = compile(lambda x, t: (w * x - t) ** 2)
        >>> with f.trainer(SGD([w], lr=0.1)) as trainer:
        ...     losses = [trainer.step([(1.0, 2.0), (2.0, 4.0)]) for _ in range(3)]
        >>> losses, w.data
        ([2.5, 0.625, 0.15625], 2.125)
        """
        return self._target.trainer(self, optimiser)

    def _over(self, examples: "Sequence[Sequence[Any]] | Batch", seed: float, what: str) -> Value:
        if not examples:
            raise ValueError(f"{what} of zero examples: it takes at least one")
        if recording.recorder is not None:  # part of another function that is being recorded
            terms = [self.function(*example) for example in examples]
            result: Value = add_up(terms) if what == "sum" else mean(terms)
            return result
        total = 0.0
        gradients: dict[Value, float] = {}
        parents: tuple[Value, ...] = ()
        found: list[float] = []
        for recorded, rows, values in self._runs(examples):
            recorded.check_returns_one_value(what)
            if parents:  # a second structure: go on from what those before gave
                gradients.update(zip(parents, found, strict=True))
            leaves = recorded.leaves
            data = [leaf.data for leaf in leaves]
            start = [gradients.get(leaf, 0.0) for leaf in leaves] if gradients else recorded.zeros
            total, found, inputs = recorded.add_up(rows, values, data, start, (0,), (seed,), total)
            parents = recorded.parents
            if inputs:
                order = recorded.programs[0,].input_gradients
                for passed, arrived in zip(values, inputs, strict=True):
                    places = dict(zip(recorded.varying, passed, strict=True))
                    for k, gradient in zip(order, arrived, strict=True):
                        gradients[places[k]] = gradients.get(places[k], 0.0) + gradient
        if gradients:
            gradients.update(zip(parents, found, strict=True))
            parents, found = tuple(gradients), list(gradients.values())
        number = total if what == "sum" else total / len(examples)
        return make_node(Total(what, found), parents, number)

    def _runs(self, examples: "Sequence[Sequence[Any]] | Batch") -> Runs:
        """Examples in a row that share a structure: their recording, the numbers of each, and (if
        there are any) the Values among the arguments of each."""
        if isinstance(examples, Batch):
            return examples.runs(self)
        last = self._latest
        if last is not None and last.still_holds():
            numbers = last.read(examples)
            if numbers is not None:  # as nearly always: all have the structure of the last call
                if last.forward.draws:
                    numbers = [last.with_draws(row) for row in numbers]
                return [(last, numbers, [])]
        runs: Runs = []
        for example in examples:
            if not isinstance(example, list | tuple):
                raise TypeError(
                    "an example must be the tuple of the function's arguments, as in "
                    f"[(x, target), ...], got {type(example).__name__} {example!r}"
                )
            if runs:
                recorded, rows, values = runs[-1]
                numbers = recorded.read([example])
                if numbers is not None:
                    rows.append(recorded.with_draws(numbers[0]))
                    continue
            recorded, leaves = self._recording(example, {})
            if not runs or recorded is not runs[-1][0]:
                runs.append((recorded, [], []))
            _, rows, values = runs[-1]
            if recorded.varying:
                values.append([leaf for leaf in leaves if isinstance(leaf, Value)])
            rows.append(recorded.row(leaves))
        return runs

    # Recordings

    def _recording(
        self, arguments: Sequence[Any], options: dict[str, Any]
    ) -> tuple[Recording, list[Any]]:
        """The recording for the structure of some arguments, and what goes into it."""
        key, leaves = self._flatten(arguments, options)
        found = self._find(key)
        if found is not None:
            self._latest = found
            with contextlib.suppress(KeyError):  # dropped by another thread just now
                self._recordings.move_to_end(key)
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
            self._recordings.setdefault(key, []).insert(0, made)
            self._latest = made
            while len(self._recordings) > CACHE_SIZE:
                self._recordings.popitem(last=False)
        return made, leaves

    def _find(self, key: Key) -> Recording | None:
        kept = self._recordings.get(key, ())
        return next((recorded for recorded in kept if recorded.still_holds()), None)

    def _flatten(self, arguments: Sequence[Any], options: dict[str, Any]) -> tuple[Key, list[Any]]:
        leaves: list[Any] = []
        seen: dict[Value, int] = {}
        live = self._live
        options = dict(sorted(options.items()))
        key = tuple(flatten(x, live, leaves, seen, f"{i}") for i, x in enumerate(arguments))
        return (
            key,
            tuple((k, flatten(x, live, leaves, seen, k)) for k, x in options.items()),
        ), leaves

    def _record(self, key: Key) -> Recording:
        names = self._names(len(key[0]))
        return Recording(self.function, self.__name__, key, names, self._target)

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

    @property
    def recording(self) -> Recording:
        """The latest recording; raises a ValueError before the first call."""
        if self._latest is None:
            raise ValueError(
                f"{self!r} has not recorded anything yet: it does when it is first called"
            )
        return self._latest

    @property
    def source(self) -> str:
        """The text generated so far for the latest structure of inputs."""
        return "\n".join(self.recording.sources.values())

    @property
    def program(self) -> Program:
        """The flat list of the latest structure of inputs, forward and backward."""
        recorded = self.recording
        return recorded.program(tuple(range(len(recorded.outputs))))
