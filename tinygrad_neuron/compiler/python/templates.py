"""How an operation of the table is written in Python, around the texts of its operands."""

import ast
import re
from functools import cache

from ...calculus import expressions
from ...calculus.operation import Operation
from ..templates import ATOM, CHOICE, PRODUCT, SIGN, SUM, Template

_INFIX: dict[type, tuple[str, int]] = {
    ast.Add: (" + ", SUM),
    ast.Sub: (" - ", SUM),
    ast.Mult: (" * ", PRODUCT),
    ast.Div: (" / ", PRODUCT),
}


@cache
def template(operation: Operation) -> Template:
    """The template of an operation with a fixed number of operands, from its forward expression."""
    tree = expressions.inline(operation.forward_tree(), operation.definition)
    names, called = operation.operand_names, expressions.called(tree)
    nodes = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
    infix, tightness, needs = "", SUM, ATOM
    sides = [tree.left, tree.right] if isinstance(tree, ast.BinOp) else []
    of_names = bool(sides) and all(isinstance(side, ast.Name) for side in sides)
    if (
        isinstance(tree, ast.BinOp)
        and of_names
        and nodes == list(names)
        and type(tree.op) in _INFIX
    ):
        infix, tightness = _INFIX[type(tree.op)]
    elif isinstance(tree, ast.UnaryOp):
        tightness, needs = SIGN, SIGN
    elif isinstance(tree, ast.Call):
        tightness, needs = ATOM, CHOICE if len(nodes) == len(names) + 1 else ATOM
    elif isinstance(tree, ast.IfExp):
        tightness = CHOICE
    marked = expressions.substitute(tree, {name: f"operand_{i}_" for i, name in enumerate(names)})
    for node in ast.walk(marked):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            node.func.id = f"function_{node.func.id}_"
    pieces: list[str | int | tuple[str]] = []
    for part in re.split(r"\b(operand_\d+_|function_\w+_)(?!\w)", ast.unparse(marked)):
        kind, _, rest = part.partition("_")
        if kind == "operand":
            pieces.append(int(rest[:-1]))
        else:
            pieces.append((rest[:-1],) if kind == "function" else part)
    uses = tuple(nodes.count(name) - (name in called) for name in names)
    return Template(tuple(pieces), infix, tightness, needs, uses)
