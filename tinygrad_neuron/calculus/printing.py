"""The operators of the language, and how tightly they bind: for all text written from trees.

Formulas in walkthroughs, the page's script and generated code read it here.
"""

import ast
from collections.abc import Mapping
from typing import NamedTuple

# How tightly the outermost operator of an expression binds: a looser one needs brackets inside a
# tighter one. (So it is in Python; in C and JavaScript too, where a power is a call.)
CHOICE, OR, AND, COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = range(9)


class Operator(NamedTuple):
    """An operator between operands.

    - `sign`: as it is written; `operations`: the operations of the table that are written with it,
      first the one that it stands for where somebody types it.
    - `tightness`: of the whole; `left`, `right`: what an operand on that side must have to stand
      without brackets. This is for reading: `a + (b + c)` may be written `a + b + c`. Code that has
      to compute in the order of the tree asks of its right operand more than `tightness`.
    """

    sign: str
    operations: tuple[str, ...]
    tightness: int
    left: int
    right: int


OPERATORS: Mapping[type[ast.operator], Operator] = {
    ast.Add: Operator("+", ("add", "sum"), SUM, SUM, SUM),
    ast.Sub: Operator("-", ("subtract",), SUM, SUM, PRODUCT),  # a - (b - c)
    ast.Mult: Operator("*", ("multiply",), PRODUCT, PRODUCT, PRODUCT),
    ast.Div: Operator("/", ("divide",), PRODUCT, PRODUCT, POWER),  # a / (b / c), a / (-b)
    # (a ** b) ** c, a ** (b ** c)
    ast.Pow: Operator("**", ("power", "constant_power"), POWER, ATOM, ATOM),
}
MINUS = Operator("-", ("negate",), SIGN, PRODUCT, PRODUCT)  # before its one operand
COMPARISONS: Mapping[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
TYPESET = {"*": "×", "-": "−"}  # signs as they are printed, not typed
_BY_OPERATION = {name: operator for operator in OPERATORS.values() for name in operator.operations}


def operator_of(operation: str) -> Operator | None:
    """The operator that an operation of the table is written with; None where it is not.

    >>> [operator_of(name).sign for name in ("multiply", "constant_power", "sum")]
    ['*', '**', '+']
    >>> operator_of("tanh"), operator_of("negate")
    (None, None)
    """
    return _BY_OPERATION.get(operation)
