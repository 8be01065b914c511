"""A graph read once: its nodes in order, and the facts about them that a picture shows."""

import re
from dataclasses import dataclass
from functools import cached_property

from ..engine import Value, topological_order
from ..operators import stored_gradient
from ..passes import is_constant
from ..scope import Scope

_NUMBERS = re.compile(r"\d+")
KINDS = ("constant", "input", "parameter", "operation", "output")


@dataclass(frozen=True, eq=False)
class GraphFacts:
    """The graph of a root: `order` has operands before consumers, the root last.

    A leaf keeps gradients of other graphs too, so the gradients count (`reached`) only if a
    backward pass has started from this root or gone through it.

    >>> x = Value(3.0, label="x")
    >>> graph = read(x * 2.0)
    >>> [graph.kind(node) for node in graph.order]
    ['input', 'constant', 'output']
    """

    root: Value
    order: list[Value]
    reached: bool

    @cached_property
    def position(self) -> dict[Value, int]:
        """Where each node stands in the order; it is the number in the node's id."""
        return {node: i for i, node in enumerate(self.order)}

    @cached_property
    def written(self) -> dict[Value, Value]:
        """The numbers that are written into the operation that takes them, each with this one.

        Not those that stand where an input would: several operations take them, or a module
        multiplies them with its parameter.
        """
        takers = self.takers
        return {
            number: takers[number]
            for number in filter(is_constant, takers)
            if number not in self.shared and not number.label and not _weighted(takers[number])
        }

    @cached_property
    def takers(self) -> dict[Value, Value]:
        """The first operation that takes each leaf."""
        return self._leaves[0]

    @cached_property
    def shared(self) -> set[Value]:
        """The leaves that are taken more than once."""
        return self._leaves[1]

    @cached_property
    def _leaves(self) -> tuple[dict[Value, Value], set[Value]]:
        first: dict[Value, Value] = {}
        several: set[Value] = set()
        for node in self.order:
            for operand in node._prev:
                if not operand._operation.arity:
                    if operand in first:
                        several.add(operand)
                    else:
                        first[operand] = node
        return first, several

    @cached_property
    def input_names(self) -> dict[Value, str]:
        """What a plain number is called that a module multiplies with its parameter: `x0`."""
        names: dict[Value, str] = {}
        for number, taker in self.takers.items():
            if is_constant(number) and "*" in taker.label and _weighted(taker):
                names[number] = taker.label.rpartition("*")[2]
        return names

    def gradient(self, node: Value) -> float | None:
        """The node's gradient, or None where it is not computed yet."""
        return stored_gradient(node) if self.reached else None

    def kind(self, node: Value) -> str:
        """One of `KINDS`."""
        if is_constant(node):
            return "constant"
        if node._operation.arity != 0 or node._prev:
            return "output" if node is self.root else "operation"
        return "input" if node.scope is None else "parameter"


def read(root: Value) -> GraphFacts:
    """The graph that a Value was computed from."""
    return GraphFacts(root, topological_order(root), stored_gradient(root) is not None)


def _weighted(node: Value) -> bool:
    """Whether a module multiplies an input with its parameter here."""
    within = node.within
    if within is None or within.module is None or len(node._prev) != 2:
        return False
    return node._op == "*" and any(
        operand.within is within.module and not operand._prev for operand in node._prev
    )


def name_of(node: Value) -> str:
    """What a node is called in a sentence: its label, else its operation, else its number."""
    return node.label or node._op or str(node.data)


def full_name(scope: Scope) -> str:
    """A scope's place in the model and what it is: `layers[0].neurons[1] (Neuron)`."""
    path = str(scope)
    return path if path == scope.kind else f"{path} ({scope.kind})"


def stem(label: str) -> str:
    """A name without its numbers, which a row of equal things has in common.

    >>> stem("x12"), stem("step 3")
    ('x#', 'step #')
    """
    return _NUMBERS.sub("#", label)
