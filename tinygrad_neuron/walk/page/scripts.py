"""The scripts that a page has of its own: of the plane of its examples, and of its training."""

import ast
import json
import math
import re
from collections.abc import Sequence
from typing import Any

from ...calculus import expressions, javascript
from ...draw.facts import GraphFacts
from ...engine import Value
from ..explaining import PLAIN
from ..records import Descent, StepList


def plane_script(shown: Value | StepList, graph: GraphFacts, data: dict[str, Any]) -> str:
    """The script that computes the plane of the data; what else it needs is put into `data`."""
    plane = shown.plane if isinstance(shown, StepList) else None
    if plane is None:
        return "const PLANE = null;\n"
    from ...compiler.javascript import graph_text  # only where there is a plane

    source, leaves = graph_text(
        "PLANE", [plane.output], plane.inputs, gradients=False, arithmetic=False
    )
    data["plane"] = {
        "examples": plane.examples,
        "inputs": [graph.position[leaf] for leaf in plane.inputs],
        "target": None if plane.target is None else graph.position[plane.target],
        "output": graph.position[plane.output],
        "leaves": [graph.position[leaf] for leaf in leaves],
        "level": plane.level,
        "reach": plane.reach,
        "judged": plane.judged,
    }
    return source


def training_script(shown: Value | StepList, graph: GraphFacts, data: dict[str, Any]) -> str:
    """The script that moves the parameters of a training, and gets their gradients; what else the
    page has to know of the training is put into `data`."""
    trained = shown.trained if isinstance(shown, StepList) else None
    if trained is None or not isinstance(shown, StepList):
        return "const RULES = [];\n"
    for node, entry in zip(graph.order, data["nodes"], strict=True):
        if not node._prev:
            entry["data"] = as_number(trained.start.get(node, node.data))
    moving = [k for k, leaf in enumerate(trained.parameters) if leaf in graph.position]
    data["training"] = {
        "parameters": [graph.position[trained.parameters[k]] for k in moving],
        "optimisers": [_descent(one, moving) for one in trained.descents],
        "given": _given(shown, set(trained.parameters), graph),
        "batch": trained.batch,
    }
    rules = ",\n".join(map(_rule, trained.descents))
    script = f"const RULES = [\n{rules}\n];\n"
    if not trained.batch or shown.plane is None:
        return script
    from ...compiler.javascript import graph_text

    plane = shown.plane
    inputs = [*plane.inputs, *([] if plane.target is None else [plane.target])]
    source, leaves = graph_text("BATCH", [graph.order[-1]], inputs, arithmetic=False)
    data["training"]["leaves"] = [graph.position[leaf] for leaf in leaves]
    return script + source


def _descent(one: Descent, moving: Sequence[int]) -> dict[str, Any]:
    """What the page has to know of an optimiser beside its rule."""
    numbers = {}
    for name in one.numbers[0]:
        all_ = [as_number(each[name]) for each in one.numbers]
        numbers[name] = all_ if len(set(all_)) > 1 else all_[0]
    return {
        "name": one.name,
        "plain": list(one.rule) == PLAIN,
        "state": {name: [all_[k] for k in moving] for name, all_ in one.state.items()},
        "numbers": numbers,
        "rates": [as_number(rate) for rate in one.rates],
    }


def _rule(one: Descent) -> str:
    """The assignments of an optimiser's rule: the name, the expression, and what it computes."""
    from ...rule_language import assignments  # only where something is trained

    given = ["p", "g", *one.state, *one.numbers[0]]
    lines = []
    for target, tree in assignments(one.rule):
        names = sorted(set(given) & expressions.names(tree))
        taken = ", ".join(f"{name}: {javascript.identifier(name)}" for name in names)
        computed = javascript.expression(tree, _called)
        given.append(target)
        lines.append(
            f"  [{as_json(target)}, {as_json(ast.unparse(tree))}, ({{ {taken} }}) => {computed}],"
        )
    return "\n".join(["[", *lines, "]"])


def _called(name: str) -> str:
    return "python.sqrt" if name == "sqrt" else f"OPERATIONS.{javascript.identifier(name)}.forward"


def called_by_rule(shown: Value | StepList) -> set[str]:
    """The operations that the rules of a training's optimisers call."""
    trained = shown.trained if isinstance(shown, StepList) else None
    if trained is None:
        return set()
    from ...rule_language import assignments

    rules = [one.rule for one in trained.descents]
    trees = [tree for rule in rules for _, tree in assignments(rule)]
    return set().union(*map(expressions.called, trees)) - {"sqrt"}


def _given(
    shown: StepList, parameters: set[Value], graph: GraphFacts
) -> list[dict[str, "float | str"]]:
    """Per iteration the leaves that are not parameters and that vary, by their place."""
    if shown.trained is not None and shown.trained.batch:
        return [{} for _ in shown.trained.descents[0].rates]
    first = shown.graphs[0]
    shape = [(node.operation, node.operands) for node in first]
    for iteration, nodes in enumerate(shown.graphs, 1):
        if [(node.operation, node.operands) for node in nodes] != shape:
            raise ValueError(
                f"page: the graph of iteration {iteration} is not that of iteration 1, and the "
                "page shows one graph; .terminal() steps through both, or make a page of each"
            )
    fixed = [i for i, v in enumerate(graph.order) if not v._prev and v not in parameters]
    varying = [i for i in fixed if len({repr(nodes[i].data) for nodes in shown.graphs}) > 1]
    return [{str(i): as_number(nodes[i].data) for i in varying} for nodes in shown.graphs]


def as_json(data: object) -> str:
    """JSON that can stand in a script element: nothing in it can end the element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def as_number(value: float) -> "float | str":
    """A number as JSON can hold it."""
    value = float(value)
    return value if math.isfinite(value) else str(value)
