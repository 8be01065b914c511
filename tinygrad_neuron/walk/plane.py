"""The plane of a graph's two inputs: the examples in it, and what the graph computes everywhere."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..checking import described, several, shown, to_float
from ..engine import Value, topological_order
from ..health import goes_from_0_to_1
from ..passes import is_constant


@dataclass(frozen=True)
class DataPlane:
    """Examples, and where they go into a graph.

    - `examples`: the two numbers and the label of each; `inputs`: the two leaves that take the
      numbers; `target`: the leaf that takes the label, if there is one.
    - `output`: the node that is shown at each place; `level`: where it changes sides, which is the
      boundary; `reach`: how far from there it is as far on one side as a label is.
    - `judged`: whether being on a label's side is right, as it is not for a hidden neuron.
    """

    examples: tuple[tuple[float, float, float], ...]
    inputs: tuple[Value, Value]
    target: Value | None
    output: Value
    level: float
    reach: float
    judged: bool = True


def data_plane(
    root: Value, data: Iterable[Any], inputs: Iterable["Value | str"], output: Any
) -> DataPlane:
    """The plane of a graph, from what `walkthrough` was given; it says there what that may be."""
    order = topological_order(root)
    leaves = [_leaf(order, one) for one in _listed("inputs", inputs)]
    if len(leaves) not in (2, 3) or len(set(leaves)) < len(leaves):
        raise ValueError(
            "walkthrough: inputs must be the two leaves that an example's numbers go into, and a "
            f"third for its label where the graph has one, got {len(leaves)} leaves, "
            f"{len(set(leaves))} of them different"
        )
    target = leaves[2] if len(leaves) == 3 else None
    examples = tuple(_example(one, k) for k, one in enumerate(_listed("data", data)))
    if not examples:
        raise ValueError("walkthrough: data has no example; leave data out where there is none")
    if output is None:
        output = _prediction(order, leaves[:2], target)
    elif not isinstance(output, Value) or output not in order:
        raise ValueError(f"walkthrough: the output {described(output)} is not in the graph")
    labels = sorted({label for _, _, label in examples})
    level = _level(order, output, target, labels)
    reach = max(abs(label - level) for label in labels) or 1.0
    return DataPlane(examples, (leaves[0], leaves[1]), target, output, level, reach)


def _listed(what: str, found: Any) -> list[Any]:
    if not several(found):
        raise TypeError(f"walkthrough: {what} must be a list, got {described(found)}")
    return list(found)


def _leaf(order: Sequence[Value], one: "Value | str") -> Value:
    """A leaf of the graph, by itself or by its label."""
    leaves = [node for node in order if not node._prev and not is_constant(node)]
    found = [leaf for leaf in leaves if leaf is one or (isinstance(one, str) and leaf.label == one)]
    if len(found) == 1:
        return found[0]
    known = ", ".join(leaf.label for leaf in leaves[:8] if leaf.label)
    raise ValueError(
        f"walkthrough: the input {shown(one)} is {'several leaves' if found else 'no leaf'} of the "
        f"graph; give the leaf itself, a Value(number), or its label"
        + (f", such as {known}" if known else "")
    )


def _example(one: Any, k: int) -> tuple[float, float, float]:
    """The numbers of an example: ((x0, x1), label), or (x0, x1, label)."""
    parts = list(one) if several(one) else []
    if len(parts) == 2 and several(parts[0]):
        parts = [*parts[0], parts[1]]
    if len(parts) != 3:
        raise ValueError(
            f"walkthrough: data[{k}] must be an example such as ((0.5, -1.0), 1), two numbers and "
            f"a label, got {one!r}"
        )
    x0, x1, label = (to_float(x, "walkthrough", f"data[{k}]") for x in parts)
    if not all(map(math.isfinite, (x0, x1, label))):
        raise ValueError(f"walkthrough: data[{k}] must be finite, got {one!r}")
    return x0, x1, label


def _prediction(order: Sequence[Value], inputs: Sequence[Value], target: Value | None) -> Value:
    """What is computed of the inputs before the target comes in: the last such node."""
    of_inputs, of_target = set(inputs), {target} - {None}
    found = order[-1]
    for node in order:
        if any(operand in of_inputs for operand in node._prev):
            of_inputs.add(node)
        if any(operand in of_target for operand in node._prev):
            of_target.add(node)
    if not of_target:
        return found
    return next((n for n in reversed(order) if n in of_inputs and n not in of_target), found)


def _level(
    order: Sequence[Value], output: Value, target: Value | None, labels: Sequence[float]
) -> float:
    """Where the output changes sides: half-way between the labels, but 0 for what a loss (or what
    else comes after it) takes without comparing it, as before a sigmoid or a softmax."""
    middle = (labels[0] + labels[-1]) / 2.0
    compared = target is not None and any(
        node._operation.name == "subtract" and output in node._prev and target in node._prev
        for node in order
    )
    between = labels[0] == 0.0 and labels[-1] == 1.0
    result = target is None and output is order[-1]  # nothing comes after it, so no loss
    if compared or result or not between:
        return middle
    return 0.5 if goes_from_0_to_1(output) else 0.0
