"""How the steps are made, and the sentence that explains each.

Nothing is computed here: values are the graph's, and the backward steps are the contributions of
`passes`, in the order in which `backward()` adds them. So the gradients at the end are those of
`backward()` to the last bit. No `grad` is changed.
"""

from collections.abc import Sequence

from ..calculus.operation import Operation
from ..draw.flags import first_not_finite
from ..engine import Value, topological_order
from ..health import HELP
from ..passes import (
    DOMAIN_ERRORS,
    Contribution,
    contributions,
    evaluate,
    is_constant,
    refuse_made_by_hand,
)
from .formulas import Formulas
from .honest import equation, in_brackets, product
from .ordering import reading_order
from .records import Node, Step


class Explanation:
    """The nodes and the steps of one graph, as records.

    **Arguments:** `root`, the result; `digits`, of numbers in texts; `iteration`, of a training;
    `first`, the number of the first step.
    """

    def __init__(self, root: Value, digits: int, iteration: int = 1, first: int = 1) -> None:
        """Make all steps; raises what `backward()` raises, and refuses a node made by hand."""
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

    def update(self, parameters: Sequence[Value], rate: float) -> list[float]:
        """Add one step per parameter: down its gradient, as plain SGD moves it; returns the new
        data."""
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
            numbers = equation(
                lambda texts: f"{texts[0]} - {texts[1]} * {in_brackets(texts[2])}",
                lambda values: values[0] - values[1] * values[2],
                (p.data, rate, gradient or 0.0),
                after,
                self.texts.digits,
            )
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
                numbers=numbers,
                incoming=gradient,
                target=p,
                before=float(p.data),
                after=float(after),
                rate=rate,
            )
        return moved

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
        marked = dict(first_not_finite(self.order))
        for node in reading_order(self.order):
            if node in self.formulas:
                sentence = self._computation(node)
                for met in (*node._prev, node):
                    if met in marked and (met is node or not met._prev):
                        flag = marked.pop(met)
                        sentence += f" {flag.text}: {flag.reason}. {HELP[flag.name]}"
                if not _is_up_to_date(node):
                    sentence += (
                        " This number is older than those of its operands: call forward() on the "
                        "output to compute it again."
                    )
                self._add("forward", node, sentence)

    def _computation(self, node: Value) -> str:
        """What a forward step says: by which operation, from what, and what that means."""
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
        """The seed, then one step per contribution."""
        self.gradient[root] = 1.0
        name = self.texts.name(root)
        self._add(
            "backward",
            root,
            f"The gradient of {name} for itself is 1: here the backward pass begins.",
            target=root,
            after=1.0,
        )
        for step in contributions(self.order):
            self.gradient[step.operand] = step.after
            formula, numbers = self.texts.local(step.node, step.place, step.local)
            self._add(
                "backward",
                step.node,
                self._handing_on(step),
                local_formula=formula,
                local_numbers=numbers,
                local=step.local,
                incoming=step.incoming,
                contribution=step.amount,
                operand=step.place,
                target=step.operand,
                before=step.before,
                after=step.after,
            )

    def _handing_on(self, step: Contribution) -> str:
        """What a contribution says: how the node reacts, and so what its operand receives."""
        name, target = self.texts.name(step.node), self.texts.name(step.operand)
        local, shown = step.local, self.texts.number
        times = f"{shown(abs(local))} times as much"
        if local == 0:
            reaction = "does not change"
        elif local > 0:
            reaction = "grows just as much" if local == 1 else f"grows {times}"
        elif local < 0:
            reaction = "falls just as much" if local == -1 else f"falls {times}"
        else:
            reaction = "changes by what is not a number"
        digits = self.texts.digits
        arrives = f"{target} receives {product(step.incoming, local, step.amount, digits)}"
        if step.before is None:
            added = ", the first to arrive"
        else:
            added = f"; with the {shown(step.before)} it had, {shown(step.after)}"
        return f"If {target} grows a little, {name} {reaction}, so {arrives}{added}."

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
        """Add a step; what is not given does not belong to its phase."""
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


def _is_up_to_date(node: Value) -> bool:
    """Whether a node's number is what its operation gives for its operands as they are now."""
    try:
        now = float(evaluate(node._operation, [operand.data for operand in node._prev]))
    except DOMAIN_ERRORS:
        return False
    return node.data == now or (node.data != node.data and now != now)
