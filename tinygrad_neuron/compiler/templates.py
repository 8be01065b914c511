"""How an operation of the table is written in a language, around the texts of its operands."""

import ast
import re
from collections.abc import Sequence
from typing import NamedTuple

from ..calculus import expressions


class Template(NamedTuple):
    """How an operation of the table is written: pieces of text around its operands.

    `pieces` are text, the positions of operands, and called functions, as tuples of their name;
    `infix` is the operator, where the whole is `a operator b`; `tightness` is that of the whole,
    `needs` that which each operand must have; `uses` says how often each operand is written down;
    `functions` are called.
    """

    pieces: tuple[str | int | tuple[str], ...]
    infix: str
    tightness: int
    needs: int
    uses: tuple[int, ...]


def marked(tree: ast.expr, names: Sequence[str]) -> ast.expr:
    """An expression in which the operands stand as marks, for `pieces_of`."""
    return expressions.substitute(tree, {name: f"operand_{i}_" for i, name in enumerate(names)})


def pieces_of(text: str) -> tuple[str | int | tuple[str], ...]:
    """The pieces of a template: the marks `operand_0_`, `function_exp_`, `python_divide_` as what
    they stand for.

    >>> pieces_of("1.0 - function_exp_(operand_0_)")
    ('1.0 - ', ('exp',), '(', 0, ')')
    """
    pieces: list[str | int | tuple[str]] = []
    for part in re.split(r"\b(operand_\d+_|(?:function|python)_\w+?_)(?!\w)", text):
        kind, _, rest = part.partition("_")
        if kind == "operand":
            pieces.append(int(rest[:-1]))
        elif kind == "python":
            pieces.append((f"python.{rest[:-1]}",))
        else:
            pieces.append((rest[:-1],) if kind == "function" else part)
    return tuple(pieces)
