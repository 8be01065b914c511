"""The small language in which the table of operations is written, and what can be done with it.

An expression is a Python expression made of numbers, operand names, arithmetic, calls, and (in a
forward expression only) `x if condition else y`. It is parsed once with `ast`; every reader of the
table rewrites the tree instead of repeating the mathematics.
"""

import ast
import copy
import sys
from collections.abc import Callable, Iterable, Mapping

from .printing import COMPARISONS, OPERATORS

_ARITHMETIC: tuple[type, ...] = (*OPERATORS, ast.USub, ast.UAdd)
_COMPARISON: tuple[type, ...] = (ast.Compare, *COMPARISONS)
_CHOICE: tuple[type, ...] = (ast.IfExp, ast.BoolOp, ast.And, ast.Or, *_COMPARISON)
_PLAIN: tuple[type, ...] = (
    ast.Expression,
    ast.BinOp,
    ast.UnaryOp,
    ast.Call,
    ast.Name,
    ast.Load,
    ast.Constant,
)


def parse(text: str, choices: bool = False) -> ast.expr:
    """The tree of an expression; a ValueError says what is not part of the language.

    `choices`: whether `x if condition else y` is allowed (it is not in a derivative, which has to
    be evaluated on Values too).

    >>> ast.unparse(parse("1 - y*y"))
    '1 - y * y'
    >>> parse("a if a > 0 else 0")
    Traceback (most recent call last):
    ...
    ValueError: 'a if a > 0 else 0': a conditional is not allowed here; multiply with step(), sign()
    \
or share(), or clamp with minimum() and maximum()
    """
    if not isinstance(text, str):
        raise TypeError(f"an expression must be a string such as '2 * a', got {text!r}")
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError as error:
        shown = text if len(text) <= 80 else f"{text[:80]}..."
        raise ValueError(f"{shown!r} is not an expression: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError):  # a zero byte; thousands of brackets
        raise ValueError(f"{text[:80]!r} is not an expression that can be read") from None
    for node in ast.walk(tree):
        if isinstance(node, _CHOICE):
            if not choices:
                raise ValueError(
                    f"{text!r}: a conditional is not allowed here; multiply with step(), sign() or "
                    "share(), or clamp with minimum() and maximum()"
                )
        elif isinstance(node, ast.Call):
            if not isinstance(node.func, ast.Name) or node.keywords:
                raise ValueError(f"{text!r}: only calls such as tanh(a) are allowed")
        elif isinstance(node, ast.Constant):
            if type(node.value) not in (int, float):
                raise ValueError(f"{text!r}: {node.value!r} is not a number")
            if isinstance(node.value, int) and node.value > sys.float_info.max:
                raise ValueError(f"{text!r}: a number is too large for a float")
        elif not isinstance(node, _PLAIN + _ARITHMETIC):
            raise ValueError(f"{text!r}: {type(node).__name__} is not part of the language")
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            _check_power(text, node)
    return tree.body


def as_float(tree: ast.expr) -> ast.expr:
    """The same expression, whose result is a float: what it makes of whole numbers alone (a
    constant, one side of a choice) is computed with floats.

    >>> ast.unparse(as_float(parse("2 * a if a > 0 else 2**60", choices=True)))
    '2 * a if a > 0 else 2.0 ** 60.0'
    """
    if isinstance(tree, ast.IfExp):
        return ast.IfExp(tree.test, as_float(tree.body), as_float(tree.orelse))
    parts = list(ast.walk(tree))
    if any(isinstance(part, ast.Name) for part in parts):
        return tree
    for part in parts:
        if isinstance(part, ast.Constant) and isinstance(part.value, int):
            part.value = float(part.value)
    return tree


def _check_power(text: str, node: ast.BinOp) -> None:
    """Refuse a power of plain numbers that no float holds: of integers, as 9**9**9, it would take
    for ever to compute."""
    if names(node) or calls(node):
        return
    tree = ast.Expression(_Floats().visit(copy.deepcopy(node)))
    try:
        eval(compile(ast.fix_missing_locations(tree), "<a power>", "eval"), {"__builtins__": {}})
    except ZeroDivisionError:  # said where it is evaluated
        return
    except OverflowError:
        raise ValueError(
            f"{text!r}: {ast.unparse(node)} is too large a number; write another"
        ) from None


class _Floats(ast.NodeTransformer):
    """Numbers as floats."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return ast.Constant(float(node.value))  # type: ignore[arg-type]  # checked before


def called(tree: ast.expr) -> set[str]:
    """The names of the functions that an expression calls.

    >>> sorted(called(parse("exp(a) + sigmoid(exp(a))")))
    ['exp', 'sigmoid']
    """
    return {name for name, _ in calls(tree)}


def calls(tree: ast.expr) -> list[tuple[str, ast.Call]]:
    """The calls in an expression, with the name of the function; those in arguments included.

    >>> [(name, ast.unparse(call)) for name, call in calls(parse("exp(a) + tanh(exp(b))"))]
    [('exp', 'exp(a)'), ('tanh', 'tanh(exp(b))'), ('exp', 'exp(b)')]
    """
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [(call.func.id, call) for call in found if isinstance(call.func, ast.Name)]


def names(tree: ast.expr) -> set[str]:
    """The names of the values that an expression reads.

    >>> sorted(names(parse("b * a ** (b - 1)")))
    ['a', 'b']
    """
    found: set[str] = set()
    _Rewrite(lambda name: found.add(name), lambda call: None).visit(tree)
    return found


def summed(tree: ast.expr) -> ast.expr | None:
    """The expression in `total(expression)`; None for any other tree.

    >>> ast.unparse(summed(parse("total(exp(a - y))")))
    'exp(a - y)'
    """
    if isinstance(tree, ast.Call) and len(tree.args) == 1:
        return tree.args[0] if calls(tree)[0][0] == "total" else None
    return None


class _Rewrite(ast.NodeTransformer):
    """Replace names by what `name` returns and calls by what `call` returns; None keeps them."""

    def __init__(
        self,
        name: Callable[[str], ast.expr | None],
        call: Callable[[ast.Call], ast.expr | None],
    ) -> None:
        self.name, self.call = name, call

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.name(node.id) or node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        call = ast.Call(node.func, [self.visit(argument) for argument in node.args], [])
        return self.call(call) or call


def with_prefix(tree: ast.expr, prefix: str) -> str:
    """The text of an expression whose called functions have a prefix, so that no name clashes.

    >>> with_prefix(parse("a * exp(exp)"), "forward_")
    'a * forward_exp(exp)'
    """
    fresh = ast.parse(ast.unparse(tree), mode="eval").body
    for name, call in calls(fresh):
        call.func = ast.Name(prefix + name)
    return ast.unparse(fresh)


def with_real_powers(tree: ast.expr) -> ast.expr:
    """A copy in which a power is a call of `power`, which refuses what Python makes a complex
    number of; one with a whole exponent needs no such care.

    >>> ast.unparse(with_real_powers(parse("a ** 2 + b ** 0.5")))
    'a ** 2 + power(b, 0.5)'
    """
    fresh: ast.expr = _RealPowers().visit(copy.deepcopy(tree))
    return fresh


class _RealPowers(ast.NodeTransformer):
    """Powers as calls, innermost first."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        exponent = node.right.operand if isinstance(node.right, ast.UnaryOp) else node.right
        is_whole = isinstance(exponent, ast.Constant) and float(exponent.value).is_integer()  # type: ignore[arg-type]
        if not isinstance(node.op, ast.Pow) or is_whole:
            return node
        return ast.Call(ast.Name("power"), [node.left, node.right], [])


def substitute(tree: ast.expr, replacements: Mapping[str, str | ast.expr]) -> ast.expr:
    """A copy of an expression with names replaced by other expressions.

    >>> ast.unparse(substitute(parse("1 - y * y"), {"y": "node.data"}))
    '1 - node.data * node.data'
    """
    trees = {
        name: ast.parse(new, mode="eval").body if isinstance(new, str) else new
        for name, new in replacements.items()
    }
    fresh = ast.parse(ast.unparse(tree), mode="eval").body
    new: ast.expr = _Rewrite(trees.get, lambda call: None).visit(fresh)
    return new


def inline(
    tree: ast.expr, definition: Callable[[str], tuple[Iterable[str], ast.expr] | None]
) -> ast.expr:
    """A copy in which calls are replaced by what they compute, where that repeats no work.

    `definition(name)` gives the operand names and the forward tree of an operation, or None for a
    function that stays a call. A call stays too where an argument that is itself a computation
    would be written down more than once.

    >>> step = (["a"], parse("1 if a > 0 else 0", choices=True))
    >>> ast.unparse(inline(parse("g * step(x)"), {"step": step}.get))
    'g * (1 if x > 0 else 0)'
    """

    def expand(call: ast.Call) -> ast.expr | None:
        assert isinstance(call.func, ast.Name)
        found = definition(call.func.id)
        if found is None:
            return None
        operands, forward = list(found[0]), found[1]
        for operand, argument in zip(operands, call.args, strict=True):
            simple = isinstance(argument, ast.Name | ast.Constant | ast.Attribute)
            uses = sum(
                isinstance(node, ast.Name) and node.id == operand for node in ast.walk(forward)
            )
            if uses > 1 and not simple:
                return None
        replaced = substitute(forward, dict(zip(operands, call.args, strict=True)))
        return inline(replaced, definition)

    fresh = ast.parse(ast.unparse(tree), mode="eval").body
    new: ast.expr = _Rewrite(lambda name: None, expand).visit(fresh)
    return new
