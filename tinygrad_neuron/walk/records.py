"""What a walkthrough is, as plain data: the nodes, the steps, and the list of them.

No `Value` is needed to read them; `to_json` writes them for other programs.
"""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, TypeAlias

from ..checking import integer
from ..engine import Value
from ..public import Answering
from .plane import DataPlane

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

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self) or not isinstance(other, _Record):
            return NotImplemented
        return self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash(str(self.to_dict()))


@dataclass(frozen=True, eq=False)
class Node(_Record):
    """A node of the graph as a plain record: what it is, before any step.

    `operands` are the positions of its operands; `operation` is "leaf" or "constant" where there
    is none. `data` is its number; that of an operation is known from its forward step on.

    >>> from tinygrad_neuron import walkthrough
    >>> node = walkthrough(Value(2.0, label="x") * 3.0).graphs[0][-1]
    >>> node.operation, node.operands
    ('multiply', (0, 1))
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

    >>> from tinygrad_neuron import walkthrough
    >>> step = walkthrough(Value(2.0, label="x") * 3.0).steps[-1]
    >>> step.target_name, step.incoming, step.local, step.contribution
    ('x', 1.0, 3.0, 3.0)
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
    local_formula: str = ""
    local_numbers: str = ""
    local: "float | None" = None
    incoming: "float | None" = None
    contribution: "float | None" = None
    operand: "int | None" = None
    target: "int | None" = None
    target_name: str = ""
    before: "float | None" = None
    after: "float | None" = None
    rate: "float | None" = None
    line: str = ""
    sentence: str = ""


# The steps, and per iteration the nodes.
Made: TypeAlias = "tuple[Sequence[Step], Sequence[Sequence[Node]]]"


@dataclass(frozen=True)
class Descent:
    """What an optimiser does over the iterations of a training.

    - `name`, as it is offered; `rule`, see `optim.Optimiser`; `state`: what it has for each
      parameter before the first iteration, by name.
    - `numbers`, `rates`: per iteration, those in the rule, and the learning rate.
    """

    name: str
    rule: tuple[str, ...]
    state: Mapping[str, Sequence[float]]
    numbers: tuple[Mapping[str, float], ...]
    rates: tuple[float, ...]


@dataclass(frozen=True)
class Trained:
    """How a training goes, for what runs it again.

    - `parameters`: the leaves that move; `descents`: the optimiser that moves them, and after it
      others that could.
    - `batch`: how many examples of the plane's each iteration takes, in their order and then from
      the first again; 0 where the graph itself is the loss.
    - `start`: the number of every leaf of the graph before.
    """

    parameters: tuple[Value, ...]
    descents: tuple[Descent, ...]
    batch: int
    start: Mapping[Value, float]


class StepList(Answering):
    """The steps of a graph in order, and the nodes they go through.

    **Attributes:** `steps`, all steps; `graphs`, per iteration the nodes as records; `root`, the
    Value (of training: the last iteration's, evaluated again on the parameters as they then are);
    `digits`, of numbers in texts; `plane`, the examples beside the graph, or None; `trained`, how a
    training goes, or None. Where steps are many, `later` makes them, and the graphs, when they are
    asked for.

    >>> from tinygrad_neuron import walkthrough
    >>> [step.phase for step in walkthrough(Value(2.0) * 3.0).steps]
    ['forward', 'backward', 'backward']
    """

    def __init__(
        self,
        steps: Sequence[Step],
        graphs: Sequence[Sequence[Node]],
        digits: int,
        root: Value,
        plane: DataPlane | None = None,
        trained: Trained | None = None,
        later: "Callable[[], Made] | None" = None,
    ) -> None:
        self._made: Made | None = (steps, graphs) if later is None else None
        self._later = later
        self.trained = trained
        self.digits = digits
        self.root = root
        self.plane = plane

    def _all(self) -> "Made":
        if self._made is None:
            assert self._later is not None
            self._made = self._later()
        return self._made

    @property
    def steps(self) -> Sequence[Step]:
        """All steps."""
        return self._all()[0]

    @property
    def graphs(self) -> Sequence[Sequence[Node]]:
        """Per iteration the nodes as records."""
        return self._all()[1]

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __getitem__(self, index: int) -> Step:
        return self.steps[index]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, StepList):
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

        >>> from .walking import walkthrough
        >>> x = Value(3.0, label="x")
        >>> dict(walkthrough(x * x).gradients())
        {0: 6.0, 1: 1.0}
        """
        iteration = integer("gradients", "the iteration", iteration, 1)
        if iteration > len(self.graphs):
            raise ValueError(
                f"gradients: the iteration must be from 1 to {len(self.graphs)}, got {iteration}"
            )
        graph = self.graphs[iteration - 1]
        found = {node.position: 0.0 for node in graph if node.operation != "constant"}
        for step in self.steps:
            if step.phase == "backward" and step.iteration == iteration:
                assert step.target is not None and step.after is not None
                found[step.target] = step.after
        return MappingProxyType(found)

    def to_json(self, indent: "int | None" = None) -> str:
        """The nodes and the steps as strict JSON, for another program to read.

        `graphs` holds, per iteration, the fields of each `Node`, `steps` those of each `Step`; NaN
        and infinities are the strings "NaN", "Infinity", "-Infinity".

        >>> from .walking import walkthrough
        >>> whole = json.loads(walkthrough(Value(3.0, label="x").tanh()).to_json())
        >>> whole["format"], [node["name"] for node in whole["graphs"][0]]
        ('tinygrad_neuron walkthrough, version 1', ['x', 'n1'])
        >>> [step["phase"] for step in whole["steps"]]
        ['forward', 'backward', 'backward']
        """
        if indent is not None:
            indent = integer("to_json", "indent", indent, 0)
        whole = {
            "format": _FORMAT,
            "digits": self.digits,
            "graphs": [[node.to_dict() for node in graph] for graph in self.graphs],
            "steps": [step.to_dict() for step in self.steps],
        }
        return json.dumps(whole, allow_nan=False, indent=indent)
