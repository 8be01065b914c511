"""Vectors in C: neighbouring numbers as one operand of + - and *."""

NAMES = {8: "eight", 4: "four", 2: "two", 1: "double"}  # by how many numbers they hold


def definitions(widest: int) -> list[str]:
    """The types of vectors, and how neighbouring numbers are read as one."""
    widths = [width for width in NAMES if 1 < width <= widest]
    lines = ["/* Neighbouring numbers, as one operand of + - and *. */"] if widths else []
    for width in widths:
        name = NAMES[width]
        lines += [
            f"typedef double {name} "
            f"__attribute__((vector_size({8 * width}), aligned(8), may_alias));",
            f"#define {name.upper()}(number) (*({name} *)&(number))",
        ]
    return [*lines, ""]


def in_vector(text: str, width: int) -> str:
    """The text of a number, as that of the vector that begins there.

    >>> in_vector("w[3]", 4), in_vector("w[3]", 1)
    ('FOUR(w[3])', 'w[3]')
    """
    return f"{NAMES[width].upper()}({text})" if width > 1 else text


def nothing(width: int) -> str:
    """The text of a vector to which a sum's first addend is added: -0.0, which changes no number.

    >>> nothing(4), nothing(1)
    ('-(four){0.0}', '-0.0')
    """
    return f"-({NAMES[width]}){{0.0}}" if width > 1 else "-0.0"
