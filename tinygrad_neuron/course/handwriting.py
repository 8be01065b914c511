"""Formulas as one writes them by hand, in Python: `6(2x+1)^2` is `6*(2*x+1)**2`.

The page does the same, in `question.js`; tests compare the two.
"""

import re
from collections.abc import Container

_POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
# A name, before a bracket or not; a number before a name or a bracket; a bracket before either.
_PRODUCT = re.compile(
    r"([A-Za-z_]\w*)(?=(\s*\()?)"
    r"|\d+\.?\d*(?:[eE][+-]?\d+)?(?=(\s*[A-Za-z_(])?)|\)(?=(\s*[A-Za-z_0-9(])?)",
    re.ASCII,
)
_HYPERBOLIC = re.compile(r"\b(cosh|sinh)\s*\(", re.ASCII)


def as_python(text: str, variables: Container[str] = ()) -> str:
    """What was typed, with powers, products and hyperbolic functions as Python knows them.

    **Arguments:** `text`; `variables`, names that are numbers, so that x(x+1) is a product.

    >>> as_python("6(2x+1)^2"), as_python("x² + 2 x"), as_python("1e-3 + log2(x)")
    ('6*(2*x+1)**2', 'x**2 + 2* x', '1e-3 + log2(x)')
    >>> as_python("x(x+1)", ["x"])
    'x*(x+1)'
    >>> as_python("3/cosh(3x)^2")
    '3/((exp(3*x)+exp(-(3*x)))/2)**2'
    """
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: "**" + m[0].translate(_POWERS), text)
    text = text.replace("^", "**")

    def product(match: "re.Match[str]") -> str:
        called = match[2] is not None and match[1] in variables
        return match[0] + "*" if match[3] or match[4] or called else match[0]

    text = _PRODUCT.sub(product, text)
    while (found := _HYPERBOLIC.search(text)) is not None:
        end = _closed(text, found.end())
        if end is None:
            return text
        inner = text[found.end() : end]
        sign = "+" if found[1] == "cosh" else "-"
        whole = f"((exp({inner}){sign}exp(-({inner})))/2)"
        text = text[: found.start()] + whole + text[end + 1 :]
        if len(text) > 5000:
            return text
    return text


def _closed(text: str, start: int) -> "int | None":
    """The place of the bracket that closes what is open before `start`."""
    depth = 1
    for i in range(start, len(text)):
        depth += (text[i] == "(") - (text[i] == ")")
        if depth == 0:
            return i
    return None
