"""How an operation of the table is written in JavaScript, around the texts of its operands."""

import ast
import re
from functools import cache

from ...calculus import expressions, javascript
from ...calculus.operation import Operation
from ...calculus.printing import ATOM, CHOICE, POWER, PRODUCT, SIGN, SUM
from ..templates import Template, marked, pieces_of

_INFIX: dict[type, tuple[str, int]] = {
    ast.Add: (" + ", SUM),
    ast.Sub: (" - ", SUM),
    ast.Mult: (" * ", PRODUCT),
}


@cache
def template(operation: Operation) -> Template:
    """The template of an operation with a fixed number of operands, from its forward expression.

    What JavaScript has not as Python has it is called: a quotient is `divide(a, b)`.

    >>> from ...calculus.table import TABLE
    >>> template(TABLE["divide"]).pieces, template(TABLE["relu"]).pieces
    (('', ('python.divide',), '(', 0, ', ', 1, ')'), ('(', 0, ' <= 0) ? 0.0 : ', 0, ''))
    """
    tree = expressions.inline(operation.forward_tree(), operation.definition)
    names, called = operation.operand_names, expressions.called(tree)
    nodes = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
    infix, tightness, needs = "", ATOM, ATOM
    sides = [tree.left, tree.right] if isinstance(tree, ast.BinOp) else []
    of_names = bool(sides) and all(isinstance(side, ast.Name) for side in sides)
    if isinstance(tree, ast.BinOp) and type(tree.op) in _INFIX:
        sign, tightness = _INFIX[type(tree.op)]
        infix = sign if of_names and nodes == list(names) else ""
    elif isinstance(tree, ast.BinOp):  # a call
        needs = CHOICE if of_names else ATOM
    elif isinstance(tree, ast.UnaryOp):
        tightness, needs = SIGN, POWER  # two signs in a row would be another operator
    elif isinstance(tree, ast.Call):
        needs = CHOICE if len(nodes) == len(names) + 1 else ATOM
    elif isinstance(tree, ast.IfExp):
        tightness = CHOICE
    text = javascript.expression(marked(tree, names), lambda name: f"function_{name}_")
    if tightness != ATOM:
        text = text[1:-1]
    pieces = pieces_of(re.sub(r"\bpython\.(\w+)", r"python_\1_", text))
    uses = tuple(nodes.count(name) - (name in called) for name in names)
    return Template(pieces, infix, tightness, needs, uses)
