"""The rule of an optimiser: what a step does to one parameter, checked, and as a Python function.

A rule is a list of assignments in the language of the table (see `calculus.expressions`), over the
parameter p, its gradient g, the optimiser's state for it, and numbers that are the same for all:
`["velocity = momentum * velocity + g", "p = p - lr * velocity"]`. It runs in Python or in C; so
that both give the same, whatever the gradients are, nothing in it may raise an error.
"""

import ast
import functools
import keyword
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from . import source_text
from .calculus import expressions
from .calculus.table import BUILT_IN, TABLE
from .checking import unknown

Assignments: TypeAlias = list[tuple[str, ast.expr]]

# The signs that a number can have: some of -1, 0 and 1.
Signs: TypeAlias = frozenset[int]
ANY_SIGN: Signs = frozenset({-1, 0, 1})
NOT_NEGATIVE: Signs = frozenset({0, 1})


def assignments(rule: Iterable[str]) -> Assignments:
    """The names that a rule assigns, in order, each with the tree of the expression.

    >>> [(name, ast.unparse(tree)) for name, tree in assignments(["p = p - 2 * g"])]
    [('p', 'p - 2.0 * g')]
    """
    found = []
    for line in rule:
        try:
            body = ast.parse(line).body
        except (SyntaxError, TypeError, ValueError):
            body = []
        statement = body[0] if len(body) == 1 else None
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            raise ValueError(
                f"a rule is made of assignments such as 'p = p - lr * g', got {line!r}"
            )
        target = statement.targets[0]
        if not isinstance(target, ast.Name):
            raise ValueError(f"a rule assigns to names, as in 'p = p - lr * g', got {line!r}")
        tree = expressions.parse(ast.unparse(statement.value))
        found.append((target.id, _Floats(line).visit(tree)))
    return found


class _Floats(ast.NodeTransformer):
    """Ints become floats, as they do when they meet one; what a rule cannot do is refused."""

    def __init__(self, line: str) -> None:
        self.line = line

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant(float(node.value))  # type: ignore[arg-type]  # `parse` saw to it

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        if not isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div):
            raise ValueError(
                f"{self.line!r}: {ast.unparse(node)!r} may fail; compute with + - * / and sqrt, as "
                "in g * g"
            )
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Refuse what is not to be called in a rule."""
        name = node.func.id  # type: ignore[attr-defined]  # `parse` saw to it
        if name not in callable_in_rules():
            reason = f"is {unknown(name, callable_in_rules())}"
            if name in TABLE:
                reason = "fails for some numbers, or takes a list"
            hint = {"max": "; write maximum(a, b)", "min": "; write minimum(a, b)"}.get(name, "")
            raise ValueError(
                f"{self.line!r}: {name} {reason}{hint}. A rule may call sqrt and the operations of "
                "the table that never fail: abs, maximum, minimum, sign, tanh, ..."
            )
        count = len(TABLE[name].operands)
        if len(node.args) != count:
            raise ValueError(f"{self.line!r}: {name} takes {count} operands, got {len(node.args)}")
        node.args = [self.visit(argument) for argument in node.args]
        return node


@functools.cache
def callable_in_rules() -> tuple[str, ...]:
    """What a rule may call: operations that never fail, and sqrt, whose operand is checked."""
    never = [name for name in BUILT_IN if not (TABLE[name].domain or TABLE[name].variadic)]
    return ("sqrt", *never)


def signs_of(numbers: Sequence[float]) -> Signs:
    """The signs that occur among some numbers, or more (NaN has none).

    >>> sorted(signs_of([0.5, 2.0])), sorted(signs_of([0.0])), sorted(signs_of([-1.0, 1.0]))
    ([1], [0], [-1, 0, 1])
    """
    if not numbers:
        return frozenset()
    low, high = min(numbers), max(numbers)
    return frozenset(s for s, is_ in ((-1, low < 0), (0, low <= 0 <= high), (1, high > 0)) if is_)


@functools.lru_cache(maxsize=256)
def check(
    rule: tuple[str, ...],
    state: tuple[tuple[str, Signs], ...],
    numbers: tuple[tuple[str, Signs], ...],
) -> None:
    """Raise a ValueError for a rule that cannot be computed, or that may raise an error.

    **Arguments:** the rule; the names of the state and of the numbers, each with the signs that
    there are now. The state may get others by the rule itself.
    """
    given = dict([("p", ANY_SIGN), ("g", ANY_SIGN), *state, *numbers])
    if len(given) < 2 + len(state) + len(numbers):
        raise ValueError(
            "p, g, what is in the state and the numbers need names of their own, got "
            f"{', '.join(['p', 'g', *dict(state), *dict(numbers)])}"
        )
    found = assignments(rule)
    for name in (*given, *(name for name, _ in found)):
        if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
            raise ValueError(
                f"a name in a rule must be an identifier without _ before it: {name!r}"
            )
    known = set(given)
    for (name, tree), line in zip(found, rule, strict=True):
        for missing in sorted(expressions.names(tree) - known):
            raise ValueError(
                f"{line!r}: {missing!r} is {unknown(missing, known)}; it must be among the numbers "
                "or the state, or be assigned before"
            )
        if name in dict(numbers):
            raise ValueError(f"{line!r}: {name} is the same for all parameters; use another name")
        known.add(name)
    while True:  # until the signs that the state can have are all there
        signs = dict(given)
        for (name, tree), line in zip(found, rule, strict=True):
            signs[name] = _Signs(signs, line).of(tree)
        after = {name: given[name] | signs[name] for name in dict(state)}
        if all(given[name] == after[name] for name in after):
            return
        given |= after


class _Signs:
    """The signs that expressions can have, for those of the names in them.

    Products and quotients of numbers other than 0 can be 0, by underflow.
    """

    def __init__(self, names: Mapping[str, Signs], line: str) -> None:
        self.names, self.line = names, line

    def of(self, tree: ast.expr) -> Signs:
        """The signs of an expression; refuses what may raise an error."""
        if isinstance(tree, ast.Constant):
            return signs_of([tree.value])  # type: ignore[list-item]  # it is a float
        if isinstance(tree, ast.Name):
            return self.names[tree.id]
        if isinstance(tree, ast.UnaryOp):
            signs = self.of(tree.operand)
            return _negated(signs) if isinstance(tree.op, ast.USub) else signs
        if isinstance(tree, ast.Call):
            return self._of_call(tree)
        assert isinstance(tree, ast.BinOp)
        if isinstance(tree.op, ast.Mult):
            return self._of_product(tree)
        left, right = self.of(tree.left), self.of(tree.right)
        if isinstance(tree.op, ast.Add | ast.Sub):
            right = _negated(right) if isinstance(tree.op, ast.Sub) else right
            sums = [{a or b} if a * b >= 0 else ANY_SIGN for a in left for b in right]
            return frozenset().union(*sums)
        if 0 in right:
            raise ValueError(
                f"{self.line!r}: {ast.unparse(tree.right)!r} can be 0, and is divided by; add a "
                "number greater than 0, as in g / (sqrt(square) + eps)"
            )
        return frozenset({0, *(a * b for a in left for b in right)})

    def _of_product(self, tree: ast.expr) -> Signs:
        """Equal factors in pairs are squares."""
        factors = _factors(tree)
        single: dict[str, ast.expr] = {}
        squares = 0
        for factor in factors:
            self.of(factor)
            text = ast.dump(factor)
            if single.pop(text, None) is None:
                single[text] = factor
            else:
                squares += 1
        signs: Signs = NOT_NEGATIVE if squares else frozenset({1})
        for factor in single.values():
            signs = frozenset(a * b for a in signs for b in self.of(factor))
        return signs | {0}

    def _of_call(self, call: ast.Call) -> Signs:
        """The signs of a call."""
        name = call.func.id  # type: ignore[attr-defined]  # `expressions.parse` saw to it
        signs = [self.of(argument) for argument in call.args]
        if name == "sqrt":
            if -1 in signs[0]:
                raise ValueError(
                    f"{self.line!r}: {ast.unparse(call.args[0])!r} can be negative, and has no "
                    "square root then; take sqrt of a square, or of maximum(a, 0)"
                )
            return signs[0]
        if name in ("abs", "step"):
            return frozenset(map(abs, signs[0])) if name == "abs" else NOT_NEGATIVE
        if name in ("maximum", "minimum"):
            larger = max if name == "maximum" else min
            return frozenset(larger(a, b) for a in signs[0] for b in signs[1])
        return ANY_SIGN


def _factors(tree: ast.expr) -> list[ast.expr]:
    """`a * b * c` as its factors."""
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Mult):
        return [*_factors(tree.left), *_factors(tree.right)]
    return [tree]


def _negated(signs: Signs) -> Signs:
    return frozenset(-sign for sign in signs)


def value_of(tree: ast.expr, numbers: Mapping[str, float]) -> float:
    """What an expression of a rule gives for numbers by name.

    >>> value_of(assignments(["p = p - lr * sqrt(g)"])[0][1], {"p": 1.0, "lr": 0.5, "g": 4.0})
    0.0
    """
    value: float = eval(expressions.with_prefix(tree, "_"), _functions(tree), dict(numbers))
    return value


def _functions(tree: ast.expr) -> dict[str, Any]:
    """What an expression with prefix `_` calls, by name."""
    return {
        f"_{name}": math.sqrt if name == "sqrt" else TABLE[name].on_floats
        for name in expressions.called(tree)
    }


@functools.cache
def function_of(
    rule: tuple[str, ...], state: tuple[str, ...], numbers: tuple[str, ...]
) -> Callable[..., list[list[float]]]:
    """A rule as a function of lists: the data, the gradients and the state, then the numbers.

    It returns the new data and the new state, each a list for all parameters.

    >>> function_of(("p = p - lr * g",), (), ("lr",))([1.0, 2.0], [0.5, 0.0], 0.1)
    [[0.95, 2.0]]
    """
    names = ["p", *state]
    each = ", ".join(["p", "g", *state])
    lists = ", ".join(f"_all_{name}" for name in ["p", "g", *state])
    trees = assignments(rule)
    globals_: dict[str, Any] = {"_zip": zip}
    for _, tree in trees:
        globals_ |= _functions(tree)
    texts = [(name, expressions.with_prefix(tree, "_")) for name, tree in trees]
    lines = [f"def update({', '.join([lists, *numbers])}):"]
    if len(rule) == 1 and not state and texts[0][0] == "p":  # plain descent: twice as fast so
        lines += [f"    return [[{texts[0][1]} for {each} in _zip({lists})]]", ""]
    else:
        lines += [f"    _new_{name} = []" for name in names]
        lines += [f"    for {each} in _zip({lists}):"]
        lines += [f"        {name} = {text}" for name, text in texts]
        lines += [f"        _new_{name}.append({name})" for name in names]
        lines += [f"    return [{', '.join(f'_new_{name}' for name in names)}]", ""]
    title = f"optimiser {list(rule)}"
    made: Callable[..., list[list[float]]]
    made = source_text.load("\n".join(lines), globals_, title)["update"]
    return made
