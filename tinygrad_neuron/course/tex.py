"""Formulas as text, for terminals: TeX becomes what Unicode can show of it.

The words of TeX are those of `pylatexenc` (extra `learn`); without it formulas stay as they are.
"""

import re
from functools import cache
from typing import Any

_SUBSCRIPTS = str.maketrans("0123456789+-=()aeijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_SUPERSCRIPTS = str.maketrans(
    "0123456789+-=()abcdefghijklmnoprstuvwxyzT", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀ"
)
FORMULA = re.compile(
    r"(?P<code>```.*?```|`[^`\n]*`)|\$\$(?P<block>.+?)\$\$|(?<![\\$])\$(?P<inline>[^$\n]+(?:\n[^$\n]+)?)\$",
    re.DOTALL,
)
_SPACED = re.compile(r"\s*([=≤≥≠≈∈→←·])\s*")
_LOW, _HIGH = "\ue000", "\ue001"  # a mark that stays a mark
_SCRIPT = re.compile(r"([_^])(?:\{([^{}]*)\}|(\\[a-zA-Z]+|[^\s\\{}]))")


def readable(markdown: str, *, marks: bool = False) -> str:
    """Markdown whose formulas are Unicode text; with `marks`, what in a formula Markdown would take
    for a mark of its own is kept from that by a backslash.

    >>> readable(r"with $w_1 x_1 + b$ and $x^{12}$, not `$x$`")
    'with w₁ x₁ + b and x¹², not `$x$`'
    """

    def replaced(match: "re.Match[str]") -> str:
        if match["code"]:
            return match["code"]
        if match["block"]:
            lines = as_text(match["block"]).splitlines()
            return (
                "\n\n" + "\n".join(f"    {line.strip()}" for line in lines if line.strip()) + "\n\n"
            )
        text = " ".join(as_text(match["inline"]).split())
        return re.sub(r"([*_])", r"\\\1", text) if marks else text

    return re.sub(r"\n{3,}", "\n\n", FORMULA.sub(replaced, markdown))


def as_text(tex: str) -> str:
    """One formula as text.

    >>> as_text(r"\\frac{a + b}{2} \\le \\sum_{i=1}^{n} x_i^2")
    '(a + b)/2 ≤ ∑ᵢ₌₁ⁿ xᵢ²'
    """
    converter = _converter()
    if converter is None:
        return tex.strip()
    before, tex = "", tex.replace(r"^\top", r"^T")
    while before != tex:  # from the inside out
        before, tex = tex, _SCRIPT.sub(_script, tex)
    text = str(converter.latex_to_text(tex.replace(r"\|", r"\Vert ")))
    text = text.replace(_LOW, "_").replace(_HIGH, "^")
    lines = [_SPACED.sub(r" \1 ", " ".join(line.split())).strip() for line in text.splitlines()]
    return "\n".join(line for line in lines if line)


def _script(match: "re.Match[str]") -> str:
    mark, inside = match[1], match[2] if match[2] is not None else match[3]
    table = _SUBSCRIPTS if mark == "_" else _SUPERSCRIPTS
    if inside in ("\\prime", "'"):
        return "′"
    text = inside.replace(" ", "")
    small = text.translate(table)
    if text and not any(a == b for a, b in zip(text, small, strict=True)):
        return f"{{}}{small}"  # what stands before may be the name of a macro
    plain = _converter().latex_to_text(inside) if "\\" in inside else inside
    raised = _LOW if mark == "_" else _HIGH
    return raised + (plain if len(plain) == 1 else f"({plain})")


def _argument(node: Any, l2tobj: Any) -> str:
    return str(l2tobj.nodelist_to_text([node.nodeargs[-1]])) if node.nodeargs else ""


@cache
def _converter() -> Any:
    """What turns TeX into text, with fractions and norms as we write them; None without it."""
    try:
        from pylatexenc import latex2text
    except ModuleNotFoundError:
        return None

    def fraction(node: Any, l2tobj: Any) -> str:
        over, under = (l2tobj.nodelist_to_text([n]).strip() for n in node.nodeargs)
        return f"{_grouped(over)}/{_grouped(under)}"

    texts = latex2text.get_default_latex_context_db()
    texts.add_context_category(
        "own",
        macros=[
            latex2text.MacroTextSpec("frac", simplify_repl=fraction),
            latex2text.MacroTextSpec("tfrac", simplify_repl=fraction),
            latex2text.MacroTextSpec("dfrac", simplify_repl=fraction),
            latex2text.MacroTextSpec("Vert", simplify_repl="‖"),
            latex2text.MacroTextSpec("lVert", simplify_repl="‖"),
            latex2text.MacroTextSpec("rVert", simplify_repl="‖"),
            latex2text.MacroTextSpec("lvert", simplify_repl="|"),
            latex2text.MacroTextSpec("rvert", simplify_repl="|"),
            latex2text.MacroTextSpec("operatorname", simplify_repl=_argument),
        ],
        prepend=True,
    )
    return latex2text.LatexNodes2Text(math_mode="text", latex_context=texts)


def _grouped(text: str) -> str:
    return f"({text})" if re.search(r"[-+·*/= ≤≥]", text) else text
