"""Drafts: what a lesson claims and does not hold any more is told, and the lesson goes on.

A lesson's assertions hold its numbers; one that fails ends it. While a teacher writes, that is in
the way: in a draft each assertion becomes a call of `claim`, on the same lines.
"""

import ast
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

COLLECTED = "TINYGRAD_NEURON_DRAFT"  # names a file to which what does not hold is added
_CLAIM = '__import__("tinygrad_neuron.course.drafts", fromlist=["claim"]).claim'
_collections: list[list[str]] = []


def lenient(source: str, name: str, first: int = 1) -> str:
    """Code in which assertions are claims; `name` and `first`, of its file and first line.

    >>> print(lenient("x = 3\\nassert x * 2 == 7", "lesson_16_own.py")[:16])
    x = 3
    __import__
    >>> exec(lenient("x = 3\\nassert x * 2 == 7", "lesson_16_own.py"))
    draft: lesson_16_own.py, line 2: `x * 2 == 7` does not hold: x * 2 is 6
    """
    lines = source.split("\n")
    asserted = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Assert)]
    for node in sorted(asserted, key=lambda node: (-node.lineno, -node.col_offset)):
        top, end = node.lineno - 1, node.end_lineno or node.lineno
        code = lines[top:end]
        before = code[0].encode()[: node.col_offset].decode()
        after = code[-1].encode()[node.end_col_offset :].decode()
        told = [f"{name}, line {first + top}", ast.unparse(node.test), ""]
        value, test = ast.unparse(node.test), "bool(_it)"
        if isinstance(node.test, ast.Compare) and not isinstance(node.test.left, ast.Constant):
            compared = ast.Compare(ast.Name("_it"), node.test.ops, node.test.comparators)
            value = told[2] = ast.unparse(node.test.left)  # computed once, compared, and shown
            test = ast.unparse(compared)
        call = f"{_CLAIM}(lambda: ({value}), lambda _it: {test}, *{told!r})"
        missing = "\n" * (end - top - 1 - call.count("\n"))
        lines[top:end] = f"{before}{call}{missing}{after}".split("\n")
    return "\n".join(lines)


def claim(
    value: Callable[[], Any], holds: Callable[[Any], Any], where: str, text: str, what: str
) -> None:
    """Say where a claim does not hold, and what its left side, `what`, is instead."""
    try:
        found = value()
        if holds(found):
            return
        said = f"does not hold: {what} is {found!r}" if what else "does not hold"
    except Exception as error:  # the claim's own, whatever it computes
        said = f"cannot be checked: {type(error).__name__}: {error}"
    told = f"{where}: `{text}` {said}"
    print(f"draft: {told}")
    for doubts in _collections:
        doubts.append(told)
    if path := os.environ.get(COLLECTED):
        with open(path, "a", encoding="utf-8") as file:
            file.write(told + "\n")


@contextmanager
def collected() -> Iterator[list[str]]:
    """Within this block, what does not hold is added to the list."""
    doubts: list[str] = []
    _collections.append(doubts)
    try:
        yield doubts
    finally:
        _collections.remove(doubts)
