"""Programs as one JavaScript constant: what a page needs to compute what Python computes."""

import json
from collections.abc import Sequence

from ...calculus import javascript
from ...engine import Value
from ...stored import FAILURES, raise_data_error
from ..graphs import graph_program
from ..layout import wrapped
from ..naming import Names
from ..program import Program
from .emitting import Helpers, emit


def text(
    name: str, program: Program, seeded: Sequence[int] | None, *, arithmetic: bool = True
) -> str:
    """The text that defines a constant with the functions of a program.

    **Arguments:** `name`, from which the constant gets its name; `program`, with a backward pass
    from the outputs `seeded`; None for a text without gradients; `arithmetic`, whether the text
    brings `calculus/arithmetic.js` along, which a page may have already.

    Raises a `ValueError` where an operation cannot be translated.
    """
    helpers = Helpers()
    constant = Names(javascript.RESERVED).new(name)
    first, inputs, leaves = emit(program, None, f"{name}: outputs", helpers)
    functions = {"outputs": first}
    if seeded is not None:
        title = f"{name}: outputs and gradients"
        functions["gradients"] = emit(program, seeded, title, helpers)[0]
    data = [javascript.number(number) for number in _data(name, program.leaves)]
    members = [f"inputs: {json.dumps(inputs)}", f"leaves: {json.dumps(leaves)}"]
    parts = [
        f"const {constant} = (() => {{",
        *([javascript.arithmetic()] if arithmetic else []),
        helpers.source(),
        "",
        *(f"{function}\n" for function in functions.values()),
        *wrapped("const data = [", data, "];"),
        f"return {{ {', '.join([*members, 'data', *functions])} }};",
        "})();",
        "",
    ]
    return "\n".join(parts).replace("</", "<\\/")  # only in comments: no end of a script element


def _data(name: str, leaves: Sequence[Value]) -> list[float]:
    try:
        return [float(leaf.data) for leaf in leaves]
    except FAILURES as error:
        raise_data_error(name, leaves, error)


def graph_text(
    name: str,
    outputs: Sequence[Value],
    inputs: Sequence[Value],
    *,
    gradients: bool = True,
    arithmetic: bool = True,
) -> tuple[str, list[Value]]:
    """The text for a graph that is recorded already, and the leaves that it reads.

    **Arguments:** as `text`; `inputs`, those leaves of the graph that are given anew for each row.
    Gradients are those of the first output.

    >>> w, x = Value(2.0, label="w"), Value(3.0, label="x")
    >>> source, leaves = graph_text("product", [w * x], [x])
    >>> leaves == [w], "g_w += seed * x;" in source
    (True, True)
    """
    program = graph_program(outputs, inputs, gradients)
    source = text(name, program, (0,) if gradients else None, arithmetic=arithmetic)
    return source, program.leaves
