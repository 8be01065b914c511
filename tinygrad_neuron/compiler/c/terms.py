"""Names, literals and typed expressions of C.

A float of Python is a `double`; an int (a count, a position) a `py_index`; a sequence a pointer and
a count.
"""

import math
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from ...calculus.printing import ATOM, SIGN


class ByHand(NamedTuple):
    """A function that needs no translation.

    - `name`: its name in C; it takes one double, and `int *bad` where it `fails`.
    - `plain`: its name in C's own library, for operands for which it is known not to fail.
    - `boolean`: whether it answers a question.
    """

    name: str
    fails: bool
    plain: str = ""
    boolean: bool = False


BY_HAND: dict[Callable[..., Any], ByHand] = {
    abs: ByHand("py_abs", False),
    math.fabs: ByHand("py_abs", False),
    math.erf: ByHand("erf", False),
    math.erfc: ByHand("erfc", False),
    math.tanh: ByHand("tanh", False),
    math.isnan: ByHand("py_isnan", False, boolean=True),
    math.isinf: ByHand("py_isinf", False, boolean=True),
    math.isfinite: ByHand("py_isfinite", False, boolean=True),
    math.sqrt: ByHand("py_sqrt", True),
    **{
        getattr(math, name): ByHand(f"py_{name}", True, name)
        for name in ("cos", "cosh", "exp", "expm1", "log", "log1p", "sin", "sinh", "tan")
    },
}

# Words that cannot be the name of a variable in C, or that the generated code uses itself.
TAKEN = frozenset({
    "asm", "auto", "bad", "bool", "break", "case", "char", "complex", "const", "continue",
    "default", "do", "double", "else", "enum", "errno", "extern", "false", "float", "for", "goto",
    "i386", "if", "inline", "int", "linux", "long", "register", "restrict", "return", "short",
    "signed", "sizeof", "static", "stderr", "stdin", "stdout", "struct", "switch", "true",
    "typedef", "typeof", "union", "unix", "unsigned", "void", "volatile", "while",
    *(name for by_hand in BY_HAND.values() for name in (by_hand.name, by_hand.plain)),
})  # fmt: skip
_PLAIN_NAME = re.compile(r"(?!(?:v|n|i|end|op|kernel|py)_)[a-z](?:[a-z0-9_]*[a-z0-9])?")


def encoded(name: str) -> str:
    """A Python identifier in the letters of C, different for different names.

    >>> encoded("leaky_relu"), encoded("größe"), encoded("a_x1")
    ('leaky_relu', 'gr_xf6__xdf_e', 'a_x5f_x1')
    """
    return re.sub(r"[^a-zA-Z0-9_]|_(?=x)", lambda found: f"_x{ord(found[0]):x}_", name)


def identifier(name: str) -> str:
    """The C name of a local variable: no keyword, no macro, no function of the generated code.

    >>> identifier("slope"), identifier("double"), identifier("NAN"), identifier("n_a")
    ('slope', 'v_double', 'v_NAN', 'v_n_a')
    """
    plain = _PLAIN_NAME.fullmatch(name) and name not in TAKEN and encoded(name) == name
    return name if plain else "v_" + encoded(name)


def literal(value: float) -> str:
    """A number as a C literal of exactly that double; a negative one in parentheses.

    >>> literal(0.1), literal(-2), literal(5e-324), literal(-math.inf), literal(math.nan)
    ('0.1', '(-2.0)', '5e-324', '(-INFINITY)', 'NAN')
    """
    number = float(value)
    if math.isnan(number):
        return "NAN"
    text = "INFINITY" if math.isinf(number) else repr(abs(number))
    return f"(-{text})" if math.copysign(1.0, number) < 0.0 else text


class Term(NamedTuple):
    """An expression in C.

    - `kind`: "bool", "int", "double", or "array"; `strength`: how tightly
      its outermost operator binds, see `calculus.printing`.
    - `value`: the number, where the expression is a literal.
    """

    text: str
    kind: str = "double"
    strength: int = ATOM
    value: float | None = None

    def within(self, strength: int) -> str:
        """The text as an operand of an operator, in parentheses where they are needed."""
        return self.text if self.strength >= strength else f"({self.text})"

    def real(self) -> "Term":
        """The same number as a double."""
        if self.kind == "double":
            return self
        if self.value is not None:
            return Term(literal(self.value), value=float(self.value))
        return Term(f"(double){self.within(ATOM)}", strength=SIGN)


_KINDS = ("bool", "int", "double")
TYPES = {"bool": "int", "int": "py_index", "double": "double"}


def joined(kinds: list[str]) -> str:
    """The kind that holds the numbers of all these kinds.

    >>> joined(["int", "double"]), joined(["bool", "int"])
    ('double', 'int')
    """
    return max(kinds, key=_KINDS.index)


def parameter_of(name: str, kind: str) -> list[str]:
    """How a parameter is declared.

    >>> parameter_of("x", "double"), parameter_of("a", "array")
    (['double x'], ['const double *a', 'py_index n_a'])
    """
    if kind == "array":
        return [f"const double *{name}", f"py_index n_{name}"]
    return [f"{TYPES[kind]} {name}"]
