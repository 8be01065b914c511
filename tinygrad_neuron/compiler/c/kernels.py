"""Kernels, written in Python, as C functions."""

import ast

from ...calculus.translation import Kernel
from .language import C
from .terms import TYPES, identifier, parameter_of


def function(kernel: Kernel, name: str, kinds: list[str], c: C) -> str:
    r"""A kernel as a C function, for arguments of these kinds; `c` was made for it.

    >>> from .terms import Term
    >>> kernel = Kernel("def half(x):\n    y = x / 2.0\n    return y", "half")
    >>> c = C(lambda name, arguments, c: Term(name), {"x": Term("x")}, kernel=kernel)
    >>> print(function(kernel, "kernel_half", ["double"], c))
    static inline double kernel_half(double x) {
      double y = x/2.0;
      return y;
    }
    """
    if not _ends(kernel.body):
        raise ValueError(f"{kernel.name} may end without a return; add one at its end")
    _place_declarations(kernel, c)
    c.drafting = True
    known: dict[str, str] | None = None
    while known != c.kinds:
        known = dict(c.kinds)
        c.block(kernel.body)
    c.drafting, c.fails, c.returns = False, False, []
    c.declared = set()
    body = c.block(kernel.body)
    parameters = []
    for parameter, kind in zip(kernel.parameters, kinds, strict=False):
        parameters += parameter_of(identifier(parameter), c.kinds.get(parameter, kind))
    if c.fails:
        parameters.append("int *bad")
    before = [
        f"  {TYPES[c.kinds[variable]]} {identifier(variable)} = 0;"
        for variable in kernel.assigned
        if variable not in {*c.at_top, *c.in_loops, *kernel.parameters}
    ]
    head = f"static inline double {name}({', '.join(parameters) or 'void'}) {{"
    return "\n".join([head, *before, *body, "}"])


def _names(tree: ast.AST, name: str) -> int:
    return sum(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree))


def _place_declarations(kernel: Kernel, c: C) -> None:
    """Find out which variables are declared where they get their value."""
    whole = ast.Module(kernel.body, [])
    loops = [node for node in ast.walk(whole) if isinstance(node, ast.For)]
    seen: set[str] = set(kernel.parameters)
    for statement in kernel.body:
        found: ast.expr | None = None
        if isinstance(statement, ast.Assign):
            found = statement.targets[0]
        elif isinstance(statement, ast.AnnAssign):
            found = statement.target
        # Once in the statement: where it is assigned, not also in the value.
        if isinstance(found, ast.Name) and _names(statement, found.id) == 1:
            c.at_top |= {found.id} - seen
        seen |= {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
    for name in kernel.assigned:
        over = [n for n in loops if isinstance(n.target, ast.Name) and n.target.id == name]
        bodies = [ast.Module(node.body, []) for node in over]
        inside = sum(_names(body, name) + 1 for body in bodies)
        nested = any(inner in ast.walk(body) for body in bodies for inner in over)
        if over and inside == _names(whole, name) and not nested and name not in kernel.parameters:
            c.in_loops.add(name)


def _ends(body: list[ast.stmt]) -> bool:
    """Whether control never leaves these statements at their end.

    >>> _ends(ast.parse("if a:\\n    x = 1\\nelse:\\n    raise E").body)
    False
    """
    last = body[-1]
    if isinstance(last, ast.If):
        return bool(last.orelse) and _ends(last.body) and _ends(last.orelse)
    if isinstance(last, ast.While):
        endless = isinstance(last.test, ast.Constant) and bool(last.test.value)
        return endless and not any(isinstance(node, ast.Break) for node in ast.walk(last))
    return isinstance(last, ast.Return | ast.Raise)
