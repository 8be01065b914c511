"""`compile`: from a function to one that runs straight-line code."""

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, overload

from ..checking import a_function, listed
from ..engine import Value
from ..functions import mean
from ..functions import sum as add_up
from ..operators import tracing
from ..optim import Optimiser
from ..public import Answering, named_options
from .examples import Batch
from .javascript import writing
from .nodes import Call, Total, arrival, make_node
from .program import Program
from .structure import refill
from .targets import target_named
from .trainer import Trainer
from .variant import Variant, generate
from .variants import Runs, Variants


@overload
def compile(function: Callable[..., Any], *, target: str = "python") -> "Compiled": ...


@overload
def compile(*, target: str = "python") -> Callable[[Callable[..., Any]], "Compiled"]: ...


@named_options
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
    training steps; `.source` is the generated code, `.program` the list of operations behind it,
    `.javascript(...)` the text for a page.

    What depends on a number while tracing (`if v > 0`, `float(v)`, `max(a, b)`, `v.data`) is
    refused with a `TracingError`, a `TypeError`, that names the line. What the function finds in
    Python is as it was when it was variant: `.data` of a parameter, numbers that it closes over,
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


class Compiled(Answering):
    """A compiled function; made by `compile`.

    >>> square = compile(lambda x: x * x)
    >>> square(3.0).data, square.mean([(1.0,), (3.0,)]).data
    (9.0, 5.0)
    """

    __name__: str

    def __init__(self, function: Callable[..., Any], target: str = "python") -> None:
        self.target = target
        found = target_named(target)
        if isinstance(function, Compiled):
            function = function.function
        self.function: Callable[..., Any] = a_function("compile", "the function", function)
        self._variants = Variants(function, found)
        functools.update_wrapper(self, function, updated=())
        self.__name__ = self._variants.title

    def __repr__(self) -> str:
        return repr(self._variants)

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
        if tracing.trace is not None:  # part of another function that is being traced
            return self.function(*arguments, **options)
        variant, leaves = self._variants.find(arguments, options)
        values = [leaf for leaf in leaves if isinstance(leaf, Value)]
        row = variant.row(leaves)
        data = [leaf.data for leaf in variant.leaves]
        (outputs,) = variant.map_rows([row], [values], data)
        return self._result(variant, row, values, data, outputs)

    def _result(
        self,
        variant: Variant,
        row: list[float],
        values: list[Value],
        data: list[float],
        outputs: tuple[float, ...],
    ) -> Any:
        """The outputs as nodes whose gradients reach the leaves and the Values that were passed."""
        reached = variant.reached_inputs
        used = [v for i, v in zip(variant.varying, values, strict=True) if i in reached]
        parents = (*variant.leaves, *used)

        def hand_on(seeds: dict[int, float]) -> None:
            seeded, arriving = tuple(seeds), tuple(seeds.values())
            _, gradients, inputs = variant.add_up(
                [row], [values], data, variant.zeros, seeded, arriving, 0.0
            )
            program = variant.programs[seeded]
            for k in program.leaf_gradients:
                variant.leaves[k].grad += gradients[k]
            if inputs:
                places = dict(zip(variant.varying, values, strict=True))
                for k, gradient in zip(program.input_gradients, inputs[0], strict=True):
                    if gradient is not None:
                        places[k].grad += gradient

        if len(outputs) == 1:
            call = Call(variant.title, lambda node: hand_on({0: node.grad}))
            nodes = [make_node(call, parents, outputs[0])]
        else:
            # The outputs wait for one another: a node behind them collects what arrives at each.
            arrived: dict[int, float] = {}

            def all_arrived(node: Value) -> None:
                seeds = dict(reversed(arrived.items()))  # the order of the outputs in the graph
                arrived.clear()
                hand_on(seeds)

            behind = (make_node(Call(variant.title, all_arrived), parents, 0.0),) if parents else ()
            nodes = [
                make_node(arrival(f"{variant.title}[{k}]", arrived, k), behind, number)
                for k, number in enumerate(outputs)
            ]
        return refill(variant.result, dict(zip(variant.outputs, nodes, strict=True)))

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
        return self._over(_rows("sum", examples), 1.0, "sum")

    def mean(self, examples: Iterable[Sequence[Any]]) -> Value:
        """The mean of the function over examples; otherwise as `sum`."""
        rows = _rows("mean", examples)
        return self._over(rows, 1.0 / len(rows) if rows else 1.0, "mean")

    def map(self, examples: Iterable[Sequence[Any]]) -> list[Any]:
        """What the function returns for each example, as plain floats: forward only, no gradients.

        >>> w = Value(3.0)
        >>> compile(lambda x: w * x).map([(1.0,), (2.0,)])
        [3.0, 6.0]
        """
        if tracing.trace is not None:  # part of another function that is being traced
            return [self.function(*example) for example in examples]
        results: list[Any] = []
        batch = _rows("map", examples)
        for variant, rows, values in self._runs(batch):
            data = [leaf.data for leaf in variant.leaves]
            for outputs in variant.map_rows(rows, values, data):
                numbers = dict(zip(variant.outputs, map(float, outputs), strict=True))
                results.append(refill(variant.result, numbers))
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
        return Batch(self._variants, examples)

    def trainer(self, optimiser: Optimiser, *, only_finite: bool = False) -> Trainer:
        """Whole training steps, on numbers that stay in arrays from one to the next.

        `trainer.step(examples)` does what these four lines do, with the same numbers to the last
        bit, and returns `loss.data`:

            loss = compiled.mean(examples)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()

        The Values get their numbers back where the `with` ends, or by `trainer.write_back()`.
        With `only_finite`, a step whose loss or gradients are infinite or NaN, or that would make a
        parameter so, is not taken: it raises a `NotFiniteError`, an `ArithmeticError`.

        >>> from tinygrad_neuron.optim import SGD
        >>> w = Value(3.0)
        >>> f = compile(lambda x, t: (w * x - t) ** 2)
        >>> with f.trainer(SGD([w], lr=0.1)) as trainer:
        ...     losses = [trainer.step([(1.0, 2.0), (2.0, 4.0)]) for _ in range(3)]
        >>> losses, w.data
        ([2.5, 0.625, 0.15625], 2.125)
        """
        made: Trainer = self._variants.target.trainer(self._variants, optimiser, only_finite)
        return made

    def javascript(self, *arguments: Any, gradients: bool = True, **options: Any) -> str:
        """The function as JavaScript, for arguments like these: text for a page to run.

        The text defines one constant, named after the function, and needs nothing else. With `f`
        for its name, `f.outputs(rows, f.data)` gives a list of the outputs for each row, and
        `f.gradients(rows, f.data, seeds)`, unless `gradients` is False, an object: `total`, the
        first output added up over the rows; `leaves`, the gradients of the leaves (the parameters)
        added up; `inputs`, for each row those of the Values among the arguments. A row is a list of
        the numbers in the arguments; `f.inputs` and `f.leaves` are the names, `f.data` the leaves'
        numbers as they are now. `seeds` has the gradient that arrives at each output, by default 1.
        What is drawn at each call (dropout) is read from the row, after the inputs.

        The numbers are Python's, save the last digit of what JavaScript's functions round
        otherwise; where Python raises an error, so does the text, with its name (`error.name`).

        Raises a `ValueError` for an operation whose kernel cannot be translated.

        >>> w = Value(3.0, label="w")
        >>> def loss(x, target):
        ...     return (w * x - target) ** 2
        >>> text = compile(loss).javascript(2.0, 5.0)
        >>> print(text[text.index("// loss: outputs and"):])
        // loss: outputs and gradients
        function gradients(rows, leaves, seeds = [1]) {
          const [w] = leaves;
          const [seed] = seeds;
          let total = 0;
          let g_w = 0;
          for (const [x, target] of rows) {
            const t = w * x - target;
            const out = power(t, 2.0);
            // backward
            g_w += seed * (2.0 * power(t, 1.0)) * x;
            total += out;
          }
          return { total, inputs: [], leaves: [g_w] };
        }
        <BLANKLINE>
        const data = [3.0];
        return { inputs: ["x", "target"], leaves: ["w"], data, outputs, gradients };
        })();
        <BLANKLINE>
        """
        variant, _ = self._variants.find(arguments, options)
        seeded = tuple(range(len(variant.outputs))) if gradients else None
        program = variant.forward if seeded is None else variant.program(seeded)
        return writing.text(variant.title, program, seeded)

    def _over(self, examples: Sequence[Sequence[Any]] | Batch, seed: float, what: str) -> Value:
        """The total over examples, forward and backward, structure by structure; `seed` is the
        gradient that arrives at each."""
        if not examples:
            raise ValueError(f"{what} of zero examples: it takes at least one")
        if tracing.trace is not None:  # part of another function that is being traced
            terms = [self.function(*example) for example in examples]
            result: Value = add_up(terms) if what == "sum" else mean(terms)
            return result
        total = -0.0  # -0.0 + x is x to the bit
        gradients: dict[Value, float] = {}
        parents: tuple[Value, ...] = ()
        found: list[float] = []
        runs = self._runs(examples, gradients=True)
        if len(runs) > 1:
            generate([variant for variant, _, _ in runs], (0,))
        for variant, rows, values in runs:
            variant.check_returns_one_value(what)
            if parents:  # a second structure: go on from what those before gave
                gradients.update(zip(parents, found, strict=True))
            leaves = variant.leaves
            data = [leaf.data for leaf in leaves]
            start = [gradients.get(leaf, 0.0) for leaf in leaves] if gradients else variant.zeros
            total, found, inputs = variant.add_up(rows, values, data, start, (0,), (seed,), total)
            parents = variant.parents
            if inputs:
                order = variant.programs[0,].input_gradients
                for passed, arrived in zip(values, inputs, strict=True):
                    places = dict(zip(variant.varying, passed, strict=True))
                    for k, gradient in zip(order, arrived, strict=True):
                        if gradient is not None:
                            gradients[places[k]] = gradients.get(places[k], -0.0) + gradient
        if gradients:
            gradients.update(zip(parents, found, strict=True))
            parents, found = tuple(gradients), list(gradients.values())
        number = total if what == "sum" else total / len(examples)
        return make_node(Total(what, found), parents, number)

    def _runs(self, examples: Sequence[Sequence[Any]] | Batch, gradients: bool = False) -> Runs:
        if isinstance(examples, Batch):
            return examples.runs(self._variants, gradients)
        return self._variants.runs(examples, gradients)

    # What was recorded

    @property
    def variant(self) -> Variant:
        """The latest variant; raises a ValueError before the first call."""
        if self._variants.latest is None:
            raise ValueError(
                f"{self!r} has not traced anything yet: it does when it is first called"
            )
        return self._variants.latest

    @property
    def source(self) -> str:
        """The text generated so far for the latest structure of inputs."""
        return "\n".join(self.variant.sources.values())

    @property
    def program(self) -> Program:
        """The flat list of the latest structure of inputs, forward and backward."""
        variant = self.variant
        return variant.program(tuple(range(len(variant.outputs))))


def _rows(name: str, examples: Any) -> Any:
    """Examples as a list, or the batch that they were bound to."""
    if isinstance(examples, list | tuple | Batch):
        return examples
    return listed(name, "examples", examples, "a list with the tuple of arguments of each")
