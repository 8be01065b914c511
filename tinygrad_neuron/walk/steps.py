"""Both passes of a graph as a list of plain records, one *contribution* per backward step.

A walkthrough computes nothing of its own: values are the graph's, local derivatives those of
`local_derivatives`, and contributions are added in the order in which `backward()` adds them. So
the gradients at its end are those of `backward()` to the last bit. No `grad` is changed.
"""

import contextlib
import importlib
import json
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from html import escape
from types import MappingProxyType
from typing import Any, TextIO

from ..calculus.operation import Operation
from ..checking import described, positive_integer
from ..draw.text import number
from ..engine import Value, topological_order
from ..optim import SGD, Schedule
from ..passes import DOMAIN_ERRORS, is_constant, local_derivatives, refuse_made_by_hand
from .formulas import Formulas

PHASES = ("forward", "backward", "update")
_FORMAT = "tinygrad_neuron walkthrough, version 1"


class _Record:
    """What Step and Node share: equality that takes NaN for equal to NaN, and strict JSON."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The fields, as strict JSON can hold them: NaN and infinities are strings."""
        found = {}
        for field in fields(self):  # type: ignore[arg-type]  # every subclass is a dataclass
            value = getattr(self, field.name)
            if isinstance(value, float) and not math.isfinite(value):
                value = "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
            found[field.name] = list(value) if isinstance(value, tuple) else value
        return found

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Any:
        """The record that `to_dict` wrote. Raises a ValueError that names what is wrong."""
        known = {field.name: field.type for field in fields(cls)}  # type: ignore[arg-type]
        if not isinstance(values, Mapping) or values.keys() != known.keys():
            got = sorted(values) if isinstance(values, Mapping) else values
            raise ValueError(f"a {cls.__name__} must have the fields {sorted(known)}, got {got}")
        found: dict[str, Any] = {}
        for name, value in values.items():
            allowed = _ALLOWED[str(getattr(known[name], "__name__", known[name]))]
            if allowed[0] is float:
                if type(value) is int or value in ("NaN", "Infinity", "-Infinity"):
                    value = float(value)
            elif allowed[0] is tuple and isinstance(value, list):
                value = tuple(value)
            if type(value) not in allowed:
                raise ValueError(f"{cls.__name__}: {name} cannot be {value!r}")
            found[name] = value
        return cls(**found)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self) or not isinstance(other, _Record):
            return NotImplemented
        return self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash(str(self.to_dict()))


_ALLOWED: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "bool": (bool,),
    "int | None": (int, type(None)),
    "float": (float,),
    "float | None": (float, type(None)),
    "tuple[int, ...]": (tuple,),
}


@dataclass(frozen=True, eq=False)
class Node(_Record):
    """A node of the graph as a plain record: what it is, before any step.

    `operands` are the positions of its operands; `operation` is "leaf" or "constant" where there
    is none. `data` is its number; that of an operation is known from its forward step on.
    """

    position: int
    name: str
    label: str
    operation: str
    operands: "tuple[int, ...]"
    formula: str
    data: float
    line: str


@dataclass(frozen=True, eq=False)
class Step(_Record):
    """One step as a plain record; what does not belong to its phase is empty or None.

    - `phase`: forward, backward or update; `number`: counted from 1; `iteration`: of training.
    - `node`: the position in the topological order of the node that is computed, that hands its
      gradient on, or that is updated; `name`, `label`, `operation`: of that node.
    - `formula`, `numbers`: how the node is computed, in names and in numbers; `value`: its number.
    - backward: `local_formula`, `local_numbers`, `local`: the local derivative for the operand at
      place `operand`; `incoming`: the node's gradient; `contribution`: incoming × local; `target`,
      `target_name`: who receives it; `before`, `after`: the target's gradient, None while nothing
      has arrived.
    - update: `incoming` is the gradient, `rate` the learning rate; `before`, `after`: the data.
    - `line`: the source line that made the node, where it was recorded (see `record_lines`).
    - `sentence`: the step in plain English.
    """

    phase: str
    number: int
    iteration: int
    node: int
    name: str
    label: str
    operation: str
    formula: str
    numbers: str
    value: float
    local_formula: str
    local_numbers: str
    local: "float | None"
    incoming: "float | None"
    contribution: "float | None"
    operand: "int | None"
    target: "int | None"
    target_name: str
    before: "float | None"
    after: "float | None"
    rate: "float | None"
    line: str
    sentence: str


@dataclass(frozen=True)
class Training:
    """How a walkthrough of training goes: plain gradient descent, p - lr * gradient.

    **Arguments:** `parameters`, the leaves to move, such as `model.parameters()`; `lr`, the
    learning rate, a number or a schedule; `iterations`, how often; `keep`, whether the parameters
    stay where the training took them. By default they are put back, so nothing is changed.
    """

    parameters: Iterable[Value]
    lr: "float | Schedule" = 0.1
    iterations: int = 3
    keep: bool = False


class Walkthrough:
    """The steps of a graph; `walkthrough` makes one.

    **Attributes:** `steps`, all steps; `graphs`, per iteration the nodes as records; `root`, the
    Value (of training: the last iteration's, evaluated again on the parameters as they then are;
    None where it was read from JSON); `digits`, of numbers in texts.
    """

    def __init__(
        self,
        steps: Sequence[Step],
        graphs: Sequence[Sequence[Node]],
        digits: int = 4,
        root: "Value | None" = None,
    ) -> None:
        self.steps = list(steps)
        self.graphs = [tuple(graph) for graph in graphs]
        self.digits = digits
        self.root = root

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __getitem__(self, index: int) -> Step:
        return self.steps[index]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Walkthrough):
            return NotImplemented
        return (self.steps, self.graphs, self.digits) == (other.steps, other.graphs, other.digits)

    __hash__ = None  # type: ignore[assignment]  # holds lists

    def __repr__(self) -> str:
        counts = [f"{sum(s.phase == phase for s in self.steps)} {phase}" for phase in PHASES]
        return f"<walkthrough of {len(self.steps)} steps: {', '.join(counts)}>"

    def gradients(self, iteration: int = 1) -> Mapping[int, float]:
        """The gradient of every node by position at the end, as `backward()` gives it.

        Where no contribution arrives (what `select` does not choose) it is 0.0; constants have
        none.

        >>> x = Value(3.0, label="x")
        >>> dict(walkthrough(x * x).gradients())
        {0: 6.0, 1: 1.0}
        """
        graph = self.graphs[iteration - 1]
        found = {node.position: 0.0 for node in graph if node.operation != "constant"}
        for step in self.steps:
            if step.phase == "backward" and step.iteration == iteration:
                assert step.target is not None and step.after is not None
                found[step.target] = step.after
        return MappingProxyType(found)

    def to_json(self, indent: "int | None" = None) -> str:
        """The walkthrough as strict JSON; NaN and infinities are the strings of those names."""
        whole = {
            "format": _FORMAT,
            "digits": self.digits,
            "graphs": [[node.to_dict() for node in graph] for graph in self.graphs],
            "steps": [step.to_dict() for step in self.steps],
        }
        return json.dumps(whole, allow_nan=False, indent=indent)

    @classmethod
    def from_json(cls, text: str) -> "Walkthrough":
        """Read back what `to_json` wrote: equal to it, without the Value itself.

        Raises a `ValueError` for anything else.

        >>> steps = walkthrough(Value(2.0, label="x").tanh())
        >>> Walkthrough.from_json(steps.to_json()) == steps
        True
        """
        whole = json.loads(text, parse_constant=_refuse_constant)
        if not isinstance(whole, dict) or whole.get("format") != _FORMAT:
            raise ValueError(f"this is not JSON of a walkthrough: its format must be {_FORMAT!r}")
        try:
            graphs = [[Node.from_dict(node) for node in graph] for graph in whole["graphs"]]
            steps = [Step.from_dict(step) for step in whole["steps"]]
            digits = positive_integer("from_json", "digits", whole["digits"])
        except (KeyError, TypeError, OverflowError) as error:
            raise ValueError(f"this JSON of a walkthrough is not complete: {error!r}") from None
        for step in steps:
            if not 1 <= step.iteration <= len(graphs):
                raise ValueError(f"step {step.number}: there is no iteration {step.iteration}")
            positions = (step.node, step.node if step.target is None else step.target)
            if not all(0 <= position < len(graphs[step.iteration - 1]) for position in positions):
                raise ValueError(f"step {step.number}: there is no such node: {positions}")
        return cls(steps, graphs, digits)

    def text(self) -> str:
        """All steps as plain text, at most 80 columns wide."""
        from .terminal import plain_text

        return plain_text(self)

    def terminal(
        self, stdin: "TextIO | None" = None, stdout: "TextIO | None" = None, start: int = 1
    ) -> None:
        """Step through in a terminal: Enter goes on, b back, a number jumps, q ends, ? helps.

        **Arguments:** `stdin`, `stdout`: other streams than those of the program; `start`: the
        number of the first step shown. Where they are no terminal, all steps are printed.
        """
        from .terminal import run

        run(self, stdin, stdout, start)

    def page(self, path: "str | os.PathLike[str]", **options: Any) -> Any:
        """Write one self-contained web page on which to step through; returns its path.

        It has the walkthrough's digits, and of a training all iterations: there, moving a leaf or
        the learning rate runs the training again, in the browser. `title="..."` is its heading.
        Raises what `page.page_html` raises.
        """
        return importlib.import_module(".page", __package__).write_page(self, path, **options)

    def _repr_html_(self) -> str:
        """In a notebook: the page in a frame of its own, or the steps as text."""
        try:
            page = importlib.import_module(".page", __package__)
            frame_html: Callable[[Walkthrough], str] = page.frame_html
            return frame_html(self)
        except (ImportError, AttributeError, ValueError):  # no page here, or none of these steps
            return f"<pre>{escape(self.text())}</pre>"

    def _repr_mimebundle_(
        self, include: "Iterable[str] | None" = None, exclude: "Iterable[str] | None" = None
    ) -> dict[str, str]:
        without = set(exclude or ())
        wanted = {"text/plain", "text/html"} if include is None else set(include)
        bundle = {}
        if "text/plain" in wanted - without:
            bundle["text/plain"] = repr(self)
        if "text/html" in wanted - without:
            bundle["text/html"] = self._repr_html_()
        return bundle


def walkthrough(
    root: "Value | Callable[[], Value]", *, digits: int = 4, training: "Training | None" = None
) -> Walkthrough:
    """Both passes of a Value's graph, step by step.

    **Arguments:**

    - `root`: the result; with `training`, a function without arguments that computes the loss.
    - `digits`: significant digits of the numbers in texts (the records hold the whole numbers).
    - `training`: a `walk.Training`: several iterations of forward, backward, update. The
      parameters are put back afterwards unless it says `keep=True`.

    **Returns** a `Walkthrough`: `.steps` is the list, `.terminal()` steps through it,
    `.to_json()` writes it down. The backward steps come in the order of `backward()`; the first is
    that the gradient of the output for itself is 1. No `grad` is changed. Gradients count from
    nothing: what a leaf has from earlier calls is left out.

    Raises a `TypeError` for a node made by hand, and what `backward()` raises where a derivative
    does not exist.

    >>> x = Value(3.0, label="x")
    >>> y = x * x
    >>> y.label = "y"
    >>> for step in walkthrough(y):
    ...     print(step.phase, step.numbers or step.local_numbers, step.before, step.after)
    forward 3 * 3 = 9 None None
    backward  None 1.0
    backward 3 None 3.0
    backward 3 3.0 6.0
    >>> walkthrough(y)[3].sentence
    'If x grows a little, y grows 3 times as much, so x receives 1 × 3 = 3; with the 3 it had, 6.'
    """
    number(0.5, digits)  # says what is wrong with digits
    if training is not None:
        return _training(root, digits, training)
    if not isinstance(root, Value):
        hint = "; a function needs training=Training(...)" if callable(root) else ""
        raise TypeError(f"walkthrough: the root must be a Value, got {described(root)}{hint}")
    passes = _Passes(root, digits, 1, 1)
    return Walkthrough(passes.steps, [passes.nodes], digits, root)


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} is not strict JSON; a walkthrough writes it as a string")


def _training(loss: "Value | Callable[[], Value]", digits: int, training: Training) -> Walkthrough:
    if not callable(loss):
        raise TypeError(
            "walkthrough: with training=..., give a function that computes the loss anew each "
            f"time, got {described(loss)}"
        )
    iterations = positive_integer("Training", "iterations", training.iterations)
    optimiser = SGD(training.parameters, training.lr)  # checks both
    start = [p.data for p in optimiser.parameters]
    steps: list[Step] = []
    graphs: list[Sequence[Node]] = []
    done = False
    try:
        for iteration in range(1, iterations + 1):
            root = loss()
            if not isinstance(root, Value):
                raise TypeError(
                    f"walkthrough: the function must return one Value, got {described(root)}"
                )
            passes = _Passes(root, digits, iteration, len(steps) + 1)
            rate = optimiser.current_lr()
            moved = passes.update(optimiser.parameters, rate)
            optimiser.steps += 1
            steps += passes.steps
            graphs.append(passes.nodes)
            for p, data in zip(optimiser.parameters, moved, strict=True):
                p.data = data
        done = True
    finally:
        if not (done and training.keep):
            for p, data in zip(optimiser.parameters, start, strict=True):
                p.data = data
    with contextlib.suppress(*DOMAIN_ERRORS):
        root.forward()  # its leaves are elsewhere now
    return Walkthrough(steps, graphs, digits, root)


class _Passes:
    """The nodes and the steps of one graph."""

    def __init__(self, root: Value, digits: int, iteration: int, first: int) -> None:
        self.order = topological_order(root)
        for node in self.order:
            refuse_made_by_hand(node, "a walkthrough")
        self.texts = Formulas(self.order, digits)
        self.iteration, self.first = iteration, first
        self.steps: list[Step] = []
        self.formulas = {
            node: self.texts.forward(node)
            for node in self.order
            if isinstance(node._operation, Operation)
        }
        self.nodes = tuple(self._record(node) for node in self.order)
        self.gradient: dict[Value, float] = {}
        self._forward()
        if not is_constant(root):
            self._backward(root)

    def _record(self, node: Value) -> Node:
        position = self.texts.position
        return Node(
            position=position[node],
            name=self.texts.name(node),
            label=node.label,
            operation=node._operation.name,
            operands=tuple(position[operand] for operand in node._prev),
            formula=self.formulas.get(node, ("", ""))[0],
            data=float(node.data),
            line=node.line,
        )

    def _forward(self) -> None:
        for node in self.order:
            if node in self.formulas:
                sentence = self._computation(node)
                if not _same(node.data, _computed(node)):
                    sentence += (
                        " This number is older than those of its operands: call forward() on the "
                        "output to compute it again."
                    )
                self._add("forward", node, sentence)

    def _computation(self, node: Value) -> str:
        operation: Operation = node._operation
        names = list(dict.fromkeys(self.texts.name(operand) for operand in node._prev))
        if len(names) > 4:
            names = [*names[:2], f"{len(names) - 2:,} more"]
        listed = " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
        meaning = operation.summary.partition(". ")[0].removesuffix(".") or operation.forward
        meaning = meaning[:1].lower() + meaning[1:].replace("`", "")
        source = f" from {listed}" if names else ""
        return f"{self.texts.name(node)} is computed by {operation.name}{source}: {meaning}."

    def _backward(self, root: Value) -> None:
        self.gradient[root] = 1.0
        name = self.texts.name(root)
        self._add(
            "backward",
            root,
            f"The gradient of {name} for itself is 1: here the backward pass begins.",
            target=root,
            after=1.0,
        )
        for node in reversed(self.order):
            if node not in self.formulas:
                continue
            # Nothing arrives at what `select` leaves out; its gradient is known to be 0 then.
            incoming = self.gradient.get(node, 0.0)
            places = _places(node)
            for place, (operand, local) in zip(places, local_derivatives(node), strict=True):
                contribution = incoming * local
                before = self.gradient.get(operand)
                after = (0.0 if before is None else before) + contribution
                self.gradient[operand] = after
                formula, numbers = self.texts.local(node, place)
                shown = self.texts.number(local)
                self._add(
                    "backward",
                    node,
                    self._contribution(node, operand, local, incoming, before, after),
                    local_formula=formula,
                    local_numbers=numbers if numbers == shown else f"{numbers} = {shown}",
                    local=local,
                    incoming=incoming,
                    contribution=contribution,
                    operand=place,
                    target=operand,
                    before=before,
                    after=after,
                )

    def _contribution(
        self,
        node: Value,
        operand: Value,
        local: float,
        incoming: float,
        before: "float | None",
        after: float,
    ) -> str:
        name, target, shown = self.texts.name(node), self.texts.name(operand), self.texts.number
        times = f"{shown(abs(local))} times as much"
        if local == 0:
            reaction = "does not change"
        elif local > 0:
            reaction = "grows just as much" if local == 1 else f"grows {times}"
        elif local < 0:
            reaction = "falls just as much" if local == -1 else f"falls {times}"
        else:
            reaction = "changes by what is not a number"
        product = f"{_factor(shown(incoming))} × {_factor(shown(local))}"
        arrives = f"{target} receives {product} = {shown(incoming * local)}"
        if before is None:
            added = ", the first to arrive"
        else:
            added = f"; with the {shown(before)} it had, {shown(after)}"
        return f"If {target} grows a little, {name} {reaction}, so {arrives}{added}."

    def update(self, parameters: Sequence[Value], rate: float) -> list[float]:
        """Add one step per parameter; returns their new data."""
        shown = self.texts.number
        moved = []
        for i, p in enumerate(parameters):
            # As SGD computes it, to the last bit; what no gradient reaches has 0.0 there.
            after = p.data - rate * self.gradient.get(p, 0.0)
            moved.append(after)
            gradient = self.gradient.get(p)
            if p not in self.texts.position:
                continue  # the loss of this iteration does not depend on it
            name = self.texts.name(p) or f"parameter {i}"
            numbers = f"{shown(p.data)} - {shown(rate)} * {_factor(shown(gradient or 0.0))}"
            if after == p.data:
                sentence = (
                    f"{name} stays at {shown(after)}: its gradient is {shown(gradient or 0)}."
                )
            else:
                sentence = (
                    f"{name} moves against its gradient, from {shown(p.data)} to {shown(after)}."
                )
            self._add(
                "update",
                p,
                sentence,
                formula=f"{name} - learning rate * gradient",
                numbers=f"{numbers} = {shown(after)}",
                incoming=gradient,
                target=p,
                before=float(p.data),
                after=float(after),
                rate=rate,
            )
        return moved

    def _add(
        self,
        phase: str,
        node: Value,
        sentence: str,
        *,
        formula: "str | None" = None,
        numbers: "str | None" = None,
        local_formula: str = "",
        local_numbers: str = "",
        local: "float | None" = None,
        incoming: "float | None" = None,
        contribution: "float | None" = None,
        operand: "int | None" = None,
        target: "Value | None" = None,
        before: "float | None" = None,
        after: "float | None" = None,
        rate: "float | None" = None,
    ) -> None:
        own = self.formulas.get(node, ("", "")) if phase == "forward" else ("", "")
        self.steps.append(
            Step(
                phase=phase,
                number=self.first + len(self.steps),
                iteration=self.iteration,
                node=self.texts.position[node],
                name=self.texts.name(node),
                label=node.label,
                operation=node._operation.name,
                formula=own[0] if formula is None else formula,
                numbers=own[1] if numbers is None else numbers,
                value=float(node.data),
                local_formula=local_formula,
                local_numbers=local_numbers,
                local=local,
                incoming=incoming,
                contribution=contribution,
                operand=operand,
                target=None if target is None else self.texts.position[target],
                target_name="" if target is None else self.texts.name(target),
                before=before,
                after=after,
                rate=rate,
                line=node.line,
                sentence=sentence,
            )
        )


def _factor(text: str) -> str:
    return f"({text})" if text.startswith("-") else text


def _places(node: Value) -> list[int]:
    """The operands that `local_derivatives` gives, by their place."""
    operands = node._prev
    if node._operation.chosen:
        chosen = range(len(operands) - 1)[int(operands[-1].data)]
        return [] if is_constant(operands[chosen]) else [chosen]
    return [i for i, operand in enumerate(operands) if not is_constant(operand)]


def _computed(node: Value) -> "float | None":
    """What a node's operation gives for its operands as they are now; None where it fails."""
    operation: Operation = node._operation
    data = [operand.data for operand in node._prev]
    try:
        if operation.chosen:
            return float(operation.on_floats(data[:-1], data[-1]))
        return float(
            operation.on_floats(data) if operation.variadic else operation.on_floats(*data)
        )
    except (ArithmeticError, ValueError, IndexError):
        return None


def _same(a: float, b: "float | None") -> bool:
    return a == b or (a != a and b is not None and b != b)
