"""How an operation of the table is written in Python, around the texts of its operands."""

import ast
from functools import cache

from ...calculus import expressions
from ...calculus.operation import Operation
from ...calculus.printing import ATOM, CHOICE, PRODUCT, SIGN, SUM
from ..templates import Template, marked, pieces_of

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
    fresh = marked(tree, names)
    for name, call in expressions.calls(fresh):
        call.func = ast.Name(f"function_{name}_")
    uses = tuple(nodes.count(name) - (name in called) for name in names)
    return Template(pieces_of(ast.unparse(fresh)), infix, tightness, needs, uses)
