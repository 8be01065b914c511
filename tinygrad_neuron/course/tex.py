"""Formulas as text, for terminals: TeX becomes what Unicode can show of it.

It knows what lessons are written with; of any other word of TeX the name is shown.
"""

import re
import unicodedata

_SUBSCRIPTS = str.maketrans("0123456789+-=()aeijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_SUPERSCRIPTS = str.maketrans(
    "0123456789+-=()abcdefghijklmnoprstuvwxyzT", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀ"
)
FORMULA = re.compile(
    r"(?P<code>```.*?```|`[^`\n]*`)|\$\$(?P<block>.+?)\$\$|(?<![\\$])\$(?P<inline>[^$\n]+(?:\n[^$\n]+)?)\$",
    re.DOTALL,
)
_SPACED = re.compile(r"\s*([=≤≥≠≈∈→←·])\s*")
_TOKEN = re.compile(r"\\[a-zA-Z]+\s*|\\?.", re.DOTALL)
_ACCENTS = {"hat": "\u0302", "bar": "\u0304", "vec": "\u20d7", "tilde": "\u0303", "dot": "\u0307"}
_UPRIGHT = ("mathrm", "mathbf", "mathit", "mathsf", "text", "textbf", "operatorname")
_WORDS = {
    "approx": "≈", "cdot": "·", "cdots": "⋯", "circ": "∘", "dots": "…", "ell": "ℓ", "equiv": "≡",
    "exists": "∃", "forall": "∀", "ge": "≥", "geq": "≥", "gets": "←", "in": "∈", "infty": "∞",
    "int": "∫", "land": "∧", "langle": "⟨", "ldots": "…", "le": "≤", "left": "", "leftarrow": "←",
    "leq": "≤", "lor": "∨", "lvert": "|", "mapsto": "↦", "mid": "|", "nabla": "∇", "ne": "≠",
    "neg": "¬", "neq": "≠", "odot": "⊙", "oplus": "⊕", "partial": "∂", "pm": "±", "prime": "′",
    "prod": "∏", "propto": "∝", "qquad": "  ", "quad": " ", "rangle": "⟩", "right": "",
    "rightarrow": "→", "Rightarrow": "⇒", "rvert": "|", "setminus": "∖", "sim": "∼", "subset": "⊂",
    "sum": "∑", "times": "×", "to": "→", "top": "⊤", "vert": "|", "cap": "∩", "cup": "∪",
    "Vert": "‖", "lVert": "‖", "rVert": "‖", "|": "‖", "\\": "\n", ",": " ", ";": " ", ":": " ",
    " ": " ", "!": "",
}  # fmt: skip
# What stands at the next sign without a space, as all of Greek does.
_CLOSE = ("langle", "lvert", "lVert", "nabla", "neg", "partial")


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
    reader, text = _Reader(tex), ""
    while reader.tokens:  # once, but for a brace that closes nothing
        text += reader.group()
    lines = [_SPACED.sub(r" \1 ", " ".join(line.split())).strip() for line in text.splitlines()]
    return "\n".join(line for line in lines if line)


class _Reader:
    """One formula, read from left to right, groups within groups."""

    def __init__(self, tex: str) -> None:
        self.tokens = _TOKEN.findall(tex)[::-1]

    def group(self) -> str:
        """The text up to the brace that closes the group, or to the end."""
        texts = []
        while self.tokens and self.tokens[-1] != "}":
            texts.append(self.one())
        if self.tokens:
            self.tokens.pop()
        return "".join(texts)

    def one(self) -> str:
        """The text of one sign, word or group, with what it applies to."""
        token = self.tokens.pop() if self.tokens else ""
        if token == "{":
            return self.group()
        if token in ("_", "^"):
            return _raised(token, self.argument())
        return self.word(token) if token[:1] == "\\" else token

    def argument(self) -> str:
        """What stands next, a group or a single sign."""
        while self.tokens and self.tokens[-1].isspace():
            self.tokens.pop()
        return self.one().strip()

    def word(self, token: str) -> str:
        """The text of a word of TeX; of one that is not known, its name."""
        name = token[1:].rstrip() or " "
        space = " " if len(token) > 1 + len(name) else ""
        if name in ("frac", "dfrac", "tfrac"):
            over, under = self.argument(), self.argument()
            return f"{_grouped(over)}/{_grouped(under)}{space}"
        if name == "sqrt":
            return f"√({self.argument()})"
        if name in _ACCENTS:
            return self.argument() + _ACCENTS[name]
        if name in _UPRIGHT:
            return self.argument()
        if name == "mathbb":
            letter = self.argument()
            return _letter(f"DOUBLE-STRUCK CAPITAL {letter}", letter)
        after = self.tokens[-1][:1] if self.tokens else ""
        if name in _WORDS:
            return _WORDS[name] + (space if name not in _CLOSE else "")
        if not name.isalpha():
            return name
        size = "CAPITAL" if name[0].isupper() else "SMALL"
        greek = _letter(f"GREEK {size} LETTER {name.upper().replace('LAMBDA', 'LAMDA')}", "")
        if greek:
            return greek + (space if not (after.isalnum() or after in ("\\", "|")) else "")
        return name + ("" if after in ("", "(", ")", "_", "^", ",", ".") else " ")


def _letter(name: str, otherwise: str) -> str:
    """A letter by Unicode's name for it, where there is one."""
    try:
        return unicodedata.lookup(name)
    except KeyError:
        return otherwise


def _raised(mark: str, inside: str) -> str:
    """A subscript or superscript in small letters; after a mark where there are none."""
    if inside in ("′", "'"):
        return "′"
    if mark == "^" and inside == "⊤":
        return "ᵀ"
    text = inside.replace(" ", "")
    small = text.translate(_SUBSCRIPTS if mark == "_" else _SUPERSCRIPTS)
    if text and not any(a == b for a, b in zip(text, small, strict=True)):
        return small
    return mark + (inside if len(inside) == 1 else f"({inside})")


def _grouped(text: str) -> str:
    return f"({text})" if re.search(r"[-+·*/= ≤≥]", text) else text
