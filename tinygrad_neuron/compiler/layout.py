"""Lines of source: names and terms over as many lines as they need, labels inside comments."""

from collections.abc import Sequence

WIDTH = 92


def wrapped(head: str, items: Sequence[str], tail: str, joint: str = ", ") -> list[str]:
    """Items with a joint between them, on one line or on as many as they need."""
    text = joint.join(items)
    if len(head) + len(text) + len(tail) <= WIDTH:
        return [head + text + tail]
    lines, line, room = [head] if head else [], "", WIDTH - 4
    indent = "    " if head else ""
    after, before = (joint.rstrip(), "") if joint == ", " else ("", joint.lstrip())
    for i, item in enumerate(items):
        piece = f"{before if i else ''}{item}{after if i < len(items) - 1 else ''}"
        if line and len(line) + len(piece) >= room:
            lines.append(indent + line)
            line = piece
        else:
            line = f"{line} {piece}" if line else piece
    lines.append(indent + line)
    if head:
        lines.append(tail)
    else:
        lines[-1] += tail
    return lines


def one_line(text: str) -> str:
    r"""Text that stays inside a comment, and in its direction: what cannot be seen is a space.

    >>> one_line("a\nimport os \u202eb")
    'a import os  b'
    """
    return "".join(c if c.isprintable() else " " for c in text)
