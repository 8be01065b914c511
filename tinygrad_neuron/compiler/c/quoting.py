"""Text from outside in C: whatever a label is, it stays text."""


def comment(text: str) -> str:
    r"""Any text as a C comment on one line: what cannot be seen (line ends, NUL, marks that turn
    the direction of writing) stands as its number.

    >>> print(comment("w0"), comment("a */ b /*"), comment("größe \\\n??/\0"))
    /* w0 */ /* a * / b / * */ /* größe \\u000a??/\u0000 */
    """
    text = text.replace("*/", "* /").replace("/*", "/ *")
    seen = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
    return f"/* {seen} */"
