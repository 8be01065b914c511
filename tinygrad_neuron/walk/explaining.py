"""How the steps are made, and the sentence that explains each.

Nothing is computed here: values are the graph's, and the backward steps are the contributions of
`passes`, in the order in which `backward()` adds them. So the gradients at the end are those of
`backward()` to the last bit. No `grad` is changed.
"""

import ast
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..calculus import expressions
from ..calculus.operation import Operation
from ..draw.flags import first_not_finite
from ..engine import Value, topological_order
from ..health import HELP
from ..interface import say
from ..passes import (
    DOMAIN_ERRORS,
    Contribution,
    contributions,
    evaluate,
    is_constant,
    refuse_made_by_hand,
)
from .formulas import Formulas
from .honest import equation, product
from .ordering import reading_order
from .records import Node, Step

if TYPE_CHECKING:
    from ..optim import Optimiser  # only where something is trained
    from ..rule_language import Assignments

_AS_TYPED = str.maketrans("−×", "-*")  # as the formulas beside it are
PLAIN = ["p = p - lr * g"]  # the rule of plain gradient descent


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

    def update(
        self,
        optimiser: "Optimiser",
        gradients: Sequence[float],
        rate: float,
        numbers: Mapping[str, float],
        state: Sequence[Mapping[str, float]],
        updated: Sequence[float],
    ) -> None:
        """Add one step per parameter, by the optimiser's rule.

        **Arguments:** the gradients that the rule takes; the learning rate and the numbers of the
        rule; the state of each parameter before; the new data.
        """
        from ..rule_language import assignments

        shown = self.texts.number
        rule = assignments(optimiser.rule())
        parameters = zip(optimiser.parameters, gradients, state, updated, strict=True)
        for i, (p, gradient, own, after) in enumerate(parameters):
            if p not in self.texts.position:
                continue  # the loss of this iteration does not depend on it
            name = self.texts.name(p) or say("parameter", number=i)
            values = {**numbers, **own, "p": float(p.data), "g": gradient}
            formula, texts = self._by_rule(rule, values)
            if optimiser.rule() == PLAIN:
                formula = say("plain rule", name=name).translate(_AS_TYPED)
            moves = "moves against" if optimiser.rule() == PLAIN else "moves"
            told = {"name": name, "before": shown(p.data), "after": shown(after)}
            sentence = say("stays" if after == p.data else moves, gradient=shown(gradient), **told)
            self._add(
                "update",
                p,
                sentence,
                formula=formula,
                numbers=texts,
                incoming=gradient,
                target=p,
                before=float(p.data),
                after=float(after),
                rate=rate,
            )

    def _by_rule(self, rule: "Assignments", values: dict[str, float]) -> tuple[str, str]:
        """The assignments of a rule in names, and with the numbers."""
        from ..rule_language import value_of

        formulas, lines = [], []
        for target, tree in rule:
            used = sorted(expressions.names(tree))
            result = value_of(tree, values)

            def written(texts: Sequence[str], tree: ast.expr = tree, used: Any = used) -> str:
                filled = expressions.substitute(tree, dict(zip(used, texts, strict=True)))
                return ast.unparse(filled)

            def computed(found: Sequence[float], tree: ast.expr = tree, used: Any = used) -> float:
                return value_of(tree, dict(zip(used, found, strict=True)))

            numbers = [values[one] for one in used]
            lines.append(equation(written, computed, numbers, result, self.texts.digits))
            formulas.append(ast.unparse(tree))
            values[target] = result
        prefix = [f"{target} = " if len(rule) > 1 else "" for target, _ in rule]
        joined = [f"{a}{b}" for a, b in zip(prefix, lines, strict=True)]
        named = [f"{a}{b}" for a, b in zip(prefix, formulas, strict=True)]
        return "; ".join(named), "; ".join(joined)

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
                    sentence += f" {say('is older')}"
                self._add("forward", node, sentence)

    def _computation(self, node: Value) -> str:
        """What a forward step says: by which operation, from what, and what that means."""
        operation: Operation = node._operation
        names = list(dict.fromkeys(self.texts.name(operand) for operand in node._prev))
        if len(names) > 4:
            names = [*names[:2], say("so many more", count=f"{len(names) - 2:,}")]
        ends = [", ".join(names[:-1]), names[-1]] if names[1:] else names
        listed = f" {say('and')} ".join(ends)
        meaning = operation.summary.partition(". ")[0].removesuffix(".") or operation.forward
        meaning = meaning[:1].lower() + meaning[1:].replace("`", "")
        told = {"name": self.texts.name(node), "operation": operation.name, "meaning": meaning}
        return say("is computed from" if names else "is computed by", names=listed, **told)

    def _backward(self, root: Value) -> None:
        """The seed, then one step per contribution."""
        self.gradient[root] = 1.0
        name = self.texts.name(root)
        self._add(
            "backward",
            root,
            say("here it begins", name=name),
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
        if local == 0:
            reaction = say("does not change")
        elif local != local:
            reaction = say("changes by nan")
        elif abs(local) == 1:
            reaction = say("grows as much" if local > 0 else "falls as much")
        else:
            reaction = say("grows times" if local > 0 else "falls times", size=shown(abs(local)))
        digits = self.texts.digits
        arrives = product(step.incoming, local, step.amount, digits)
        if step.before is None:
            added = say("first to arrive")
        else:
            added = say("with what it had", before=shown(step.before), after=shown(step.after))
        told = {"to": target, "name": name, "reaction": reaction, "arrives": arrives}
        return say("if it grows", added=added, **told)

    def _add(
        self, phase: str, node: Value, sentence: str, target: Value | None = None, **given: Any
    ) -> None:
        """Add a step; what is not `given` does not belong to its phase."""
        position, name = self.texts.position, self.texts.name
        formula, numbers = self.formulas.get(node, ("", "")) if phase == "forward" else ("", "")
        if target is not None:
            given |= {"target": position[target], "target_name": name(target)}
        given = {"formula": formula, "numbers": numbers} | given
        self.steps.append(
            Step(
                phase=phase,
                number=self.first + len(self.steps),
                iteration=self.iteration,
                node=position[node],
                name=name(node),
                label=node.label,
                operation=node._operation.name,
                value=float(node.data),
                line=node.line,
                sentence=sentence,
                **given,
            )
        )


def _is_up_to_date(node: Value) -> bool:
    """Whether a node's number is what its operation gives for its operands as they are now."""
    try:
        now = float(evaluate(node._operation, [operand.data for operand in node._prev]))
    except DOMAIN_ERRORS:
        return False
    return node.data == now or (node.data != node.data and now != now)
