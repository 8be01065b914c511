"""Expressions over arrays as C text."""

from collections.abc import Callable, Sequence

from ...calculus.operation import Operation
from ..python.templates import template
from . import operations
from .rolling import SUM, Access, Apply, Constant, Tree
from .terms import literal

PLAIN = frozenset({"add", "subtract", "multiply", "negate"})  # what vectors can do


def texts(
    trees: Sequence[Tree], place: Callable[[Access], str], names: str = "s"
) -> tuple[list[str], list[str]]:
    """Trees as C: the statements that come before, and the expressions."""
    before: list[str] = []

    def write(tree: Tree) -> str:
        if isinstance(tree, Constant):
            return literal(tree.number)
        if isinstance(tree, Access):
            return place(tree)
        operands = []
        for k, operand in enumerate(tree.operands):
            text = write(operand)
            if isinstance(operand, Apply) and _repeats(tree.operation, k):
                name = f"{names}{len(before)}"
                before.append(f"const double {name} = {text};")
                text = name
            operands.append(text)
        return _applied(tree, operands)

    return before, [write(tree) for tree in trees]


def plain_text(tree: Tree, place: Callable[[Access], str]) -> str:
    """The text of plain arithmetic, for which nothing has to come before."""
    _, (text,) = texts([tree], place)
    return text


def term(tree: Tree, text: str) -> str:
    """The text of an expression, as it stands behind a plus."""
    return f"({text})" if _looser(tree, "add", first=False) else text


def is_plain(tree: Tree) -> bool:
    """Whether vectors can compute an expression: arithmetic that reads an array."""
    if isinstance(tree, Apply):
        known = tree.operation.name in PLAIN or tree.operation is SUM
        return known and all(
            isinstance(operand, Constant) or is_plain(operand) for operand in tree.operands
        )
    return isinstance(tree, Access)


def call(operation: Operation, operands: Sequence[str]) -> str:
    """The call of an operation's C function."""
    arguments = [*operands, "bad"] if operations.can_fail(operation) else operands
    return f"{operations.call(operation)}({', '.join(arguments)})"


def _repeats(operation: Operation, k: int) -> bool:
    """Whether an operation's expression has its operand more than once, or perhaps not at all: in
    one branch of a choice, where an error of the operand would not be noticed."""
    inline = (
        None if operation is SUM else operations.inline(operation, ["a"] * len(operation.operands))
    )
    return inline is not None and ("?" in inline or template(operation).uses[k] > 1)


def _applied(tree: Apply, operands: list[str]) -> str:
    """An operation on the texts of its operands."""
    operation = tree.operation
    if operation is SUM:
        return (
            " + ".join(
                f"({text})" if _looser(operand, "add", first=k == 0) else text
                for k, (text, operand) in enumerate(zip(operands, tree.operands, strict=True))
            )
            or "0.0"
        )
    if operation.name in PLAIN:
        operands = [
            f"({text})" if _looser(operand, operation.name, first=k == 0) else text
            for k, (text, operand) in enumerate(zip(operands, tree.operands, strict=True))
        ]
        return operations.inline(operation, operands) or ""
    inside = [f"({text})" if " " in text or text[0] == "-" else text for text in operands]
    inline = operations.inline(operation, inside)
    if inline is None:
        return call(operation, operands)
    for text in operands:  # the argument of a function
        inline = inline.replace(f"(({text}))", f"({text})")
    return inline


# How tightly an expression binds, as an operand.
_TIGHT = {"add": 1, "subtract": 1, "multiply": 2, "negate": 3}


def _looser(operand: Tree, outer: str, first: bool) -> bool:
    """Whether an operand needs parentheses inside an operation."""
    if not isinstance(operand, Apply):
        return False
    operation = operand.operation
    if operation is SUM:
        tightness = 1
    elif operation.name in PLAIN:
        tightness = _TIGHT[operation.name]
    elif operations.inline(operation, ["a"] * len(operand.operands)) is None:
        return False  # a call
    else:
        tightness = 0
    needed = _TIGHT[outer]
    return tightness < needed or (tightness == needed and not first) or tightness == 3
