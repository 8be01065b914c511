"""How an operation of the table is written in a language, around the texts of its operands."""

from typing import NamedTuple

# How tightly an expression binds; a looser one inside a tighter one needs parentheses.
CHOICE, SUM, PRODUCT, SIGN, POWER, ATOM = range(6)


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
