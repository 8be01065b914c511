"""The operations of the table as JavaScript, translated through `ast`.

Nothing about an operation is written twice: its forward expression and its partials are the strings
of the table, and a kernel in Python's small subset is translated from its source. What no
translation can reach, because Python has it in C, stands in `arithmetic.js` under Python's own
name: `python.exp`, `python.erf`, `python.divide`.
"""

import ast
import math
import re
from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from . import kernels
from .operation import Operation
from .printing import COMPARISONS, OPERATORS
from .table import TABLE
from .translation import Kernel, Language

# Functions that `arithmetic.js` has by hand, with Python's behaviour at the edges of their domains.
BY_HAND: dict[Callable[..., Any], str] = {
    abs: "abs",
    kernels.power: "power",
    **{
        getattr(math, name): name
        for name in (
            "cos", "cosh", "erf", "erfc", "exp", "expm1", "fabs", "isfinite", "isinf", "isnan",
            "log", "log1p", "sin", "sinh", "sqrt", "tan", "tanh",
        )
    },
}  # fmt: skip

_BUILT_IN: dict[Any, str] = {abs: "abs", float: "float", int: "int", len: "len", range: "range"}
# What JavaScript has as Python has it; the rest are functions in `arithmetic.js`.
_PLAIN: dict[type[ast.operator], str] = {
    kind: OPERATORS[kind].sign for kind in (ast.Add, ast.Sub, ast.Mult)
}
_CALLED = {ast.Div: "divide", ast.Pow: "power", ast.Mod: "modulo", ast.FloorDiv: "floorDivide"}
_COMPARISONS = {**COMPARISONS, ast.Eq: "===", ast.NotEq: "!=="}

# Words that cannot be a name in JavaScript, or that the generated code uses itself.
RESERVED = frozenset({
    "arguments", "await", "break", "case", "catch", "class", "const", "continue", "debugger",
    "default", "delete", "do", "else", "enum", "eval", "export", "extends", "false", "finally",
    "for", "function", "if", "implements", "import", "in", "instanceof", "interface", "let",
    "new", "null", "package", "private", "protected", "public", "python", "return", "static",
    "super", "switch", "this", "throw", "true", "try", "typeof", "var", "void", "while", "with",
    "yield", "NaN", "Infinity", "undefined", "Math",
})  # fmt: skip


@cache
def arithmetic() -> str:
    """The text of `arithmetic.js`, which defines `python`, to stand in one script with others.

    >>> "const python = {" in arithmetic()
    True
    """
    text = files(__package__).joinpath("arithmetic.js").read_text("utf-8")  # zipped, too
    return re.sub(r"^export ", "", text, flags=re.MULTILINE)


def identifier(name: str) -> str:
    """A Python name as a JavaScript one.

    >>> identifier("a"), identifier("new")
    ('a', 'new_')
    """
    return name + "_" if name.rstrip("_") in RESERVED else name


def number(value: float) -> str:
    """A number as a JavaScript literal.

    >>> number(0.1), number(float("inf")), number(float("nan"))
    ('0.1', 'Infinity', 'NaN')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    number = float(value)
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return repr(value) if abs(number) < 2**53 else repr(number)


def expression(tree: ast.expr, call: Callable[[str], str]) -> str:
    """An expression as JavaScript; `call` gives the JavaScript name of a function.

    Python's meaning is kept: a division by zero and a power that does not exist raise errors.

    >>> expression(ast.parse("1 - y * y", mode="eval").body, str)
    '(1 - (y * y))'
    >>> expression(ast.parse("a / b ** 2", mode="eval").body, str)
    'python.divide(a, python.power(b, 2))'
    >>> expression(ast.parse("a if a >= b or a != a else b", mode="eval").body, str)
    '((a >= b) || (a !== a) ? a : b)'
    """

    return _JavaScript(call).expression(tree)


class _JavaScript(Language[str]):
    """Expressions and kernels as JavaScript.

    `function_name` gives the JavaScript name of a function.
    """

    name = "JavaScript"

    def __init__(self, function_name: Callable[[str], str], kernel: Kernel | None = None) -> None:
        self.function_name, self.kernel = function_name, kernel

    def number(self, value: float) -> str:
        return number(value)

    def variable(self, name: str) -> str:
        return identifier(name)

    def binary(self, node: ast.BinOp) -> str | None:
        left, right = self.expression(node.left), self.expression(node.right)
        if type(node.op) in _PLAIN:
            return f"({left} {_PLAIN[type(node.op)]} {right})"
        if type(node.op) in _CALLED:
            return f"python.{_CALLED[type(node.op)]}({left}, {right})"
        return None

    def unary(self, node: ast.UnaryOp) -> str | None:
        sign = {ast.USub: "-", ast.UAdd: "+", ast.Not: "!"}.get(type(node.op))
        return None if sign is None else f"({sign}{self.expression(node.operand)})"

    def comparison(self, node: ast.Compare) -> str:
        parts, left = [], node.left
        for operator, right in zip(node.ops, node.comparators, strict=True):
            if type(operator) not in _COMPARISONS:
                self.refuse(node)
            between = _COMPARISONS[type(operator)]
            parts.append(f"({self.expression(left)} {between} {self.expression(right)})")
            left = right
        return parts[0] if len(parts) == 1 else f"({' && '.join(parts)})"

    def connected(self, node: ast.BoolOp) -> str:
        word = " || " if isinstance(node.op, ast.Or) else " && "
        parts = [self.expression(value) for value in node.values]
        # `a and (b or c)`: && binds more tightly than ||
        inner = [isinstance(value, ast.BoolOp | ast.IfExp) for value in node.values]
        return word.join(f"({p})" if i else p for p, i in zip(parts, inner, strict=True))

    def choice(self, node: ast.IfExp) -> str:
        test, body, orelse = map(self.expression, (node.test, node.body, node.orelse))
        return f"({test} ? {body} : {orelse})"

    def item(self, node: ast.Subscript) -> str:
        return f"python.item({self.expression(node.value)}, {self.expression(node.slice)})"

    def call(self, name: str, node: ast.Call) -> str:
        arguments = ", ".join(map(self.expression, node.args))
        return f"{self.function_name(name)}({arguments})"

    def test(self, node: ast.expr) -> str:
        return self.expression(node)

    def assignment(self, name: str, value: str) -> list[str]:
        return [f"{identifier(name)} = {value};"]

    def returned(self, value: str) -> list[str]:
        return [f"return {value};"]

    def raised(self, node: ast.Raise) -> list[str] | None:
        if not isinstance(node.exc, ast.Call):
            return None
        kind, arguments = ast.unparse(node.exc.func), node.exc.args
        if len(arguments) != 1 or not isinstance(arguments[0], ast.Constant):
            return None
        return [f"throw python.error({_string(kind)}, {_string(str(arguments[0].value))});"]

    def repeat(self, node: ast.While) -> list[str]:
        return [f"while ({self.test(node.test)}) {{", *self.block(node.body), "}"]

    def loop(self, name: str, node: ast.For) -> list[str]:
        head = f"for ({identifier(name)} of {self.expression(node.iter)}) {{"
        return [head, *self.block(node.body), "}"]


def function(kernel: Kernel, name: str, call: Callable[[str], str]) -> str:
    r"""A kernel as a JavaScript function.

    >>> half = Kernel("def half(x):\n    y = x / 2.0\n    return y", "half")
    >>> print(function(half, "half", str))
    function half(x) {
      let y;
      y = python.divide(x, 2.0);
      return y;
    }
    """
    local = [
        identifier(variable) for variable in kernel.assigned if variable not in kernel.parameters
    ]
    parameters = [
        identifier(p) + (f" = {number(kernel.defaults[p])}" if p in kernel.defaults else "")
        for p in kernel.parameters
    ]
    lines = [f"function {name}({', '.join(parameters)}) {{"]
    if local:
        lines.append(f"  let {', '.join(local)};")
    return "\n".join([*lines, *_JavaScript(call, kernel).block(kernel.body), "}"])


def _string(text: str) -> str:
    inside = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + inside.replace("<", "\\u003c") + '"'


def source(names: Iterable[str], *, partials: bool = True) -> str:
    """The JavaScript of the named operations and of all that they call; nothing else.

    It defines `OPERATIONS`, which maps each name to `forward` and `partials`: functions of the
    operands, and of the operands and `y`. Those of a variadic operation take an array first, and
    its `partials` are one function that returns the partial as a function of the operand in
    question. Without `partials` it only computes.

    Raises a `ValueError` for an operation with a kernel that cannot be translated.

    >>> print(source(["multiply"]))
    const OPERATIONS = {
      multiply: {
        forward: (a, b) => (a * b),
        partials: [(a, b, y) => b, (a, b, y) => a],
      },
    };
    """
    translation = Translation(partials)
    for name in names:
        translation.operation(TABLE[name])
    entries = "".join(translation.operations.values())
    before = "".join(text + "\n" for text in translation.functions)
    return f"{before}const OPERATIONS = {{\n{entries}}};"


class Translation:
    """Operations and kernels, each translated when it is first called for.

    `operations` holds the text of each entry by name, `kernels` the name of each function's
    translation, `functions` these translations, those before that the later ones call. `prefix`
    stands before the names of kernels; `taken` are names that they may not have.
    """

    def __init__(
        self, with_partials: bool, prefix: str = "kernel_", taken: Iterable[str] = ()
    ) -> None:
        self.with_partials = with_partials
        self.prefix, self.taken = prefix, frozenset(taken)
        self.operations: dict[str, str] = {}
        self.kernels: dict[Callable[..., Any], str] = {}
        self.functions: list[str] = []

    def operation(self, operation: Operation) -> None:
        """Translate an operation, and first all that it calls."""
        if operation.name in self.operations:
            return
        self.operations[operation.name] = ""  # a partial may call the operation itself
        names = [identifier(name) for name in operation.operand_names]

        def forward_call(name: str) -> str:
            if name in operation.kernels:
                return self.kernel(operation.kernels[name], name)
            return self.called(name)

        def partial(tree: ast.expr) -> str:
            return expression(tree, self.called)

        try:
            forward = expression(operation.forward_tree(), forward_call)
            if not self.with_partials:
                partials = ""
            elif operation.variadic:
                partials = self.variadic(operation, partial)
            else:
                all_ = f"({', '.join([*names, 'y'])}) => "
                texts = [partial(operation.partial_tree(i)) for i in range(len(names))]
                partials = f"[{', '.join(all_ + text for text in texts)}]"
        except (ValueError, OSError, TypeError) as error:
            raise ValueError(
                f"the page cannot compute {operation.name}: {error}. Write its kernels with "
                "assignments, if, for, while, return and functions of math"
            ) from None
        entry = f"    forward: ({', '.join(names)}) => {forward},\n"
        if partials:
            entry += f"    partials: {partials},\n"
        self.operations[operation.name] = f"  {identifier(operation.name)}: {{\n{entry}  }},\n"

    def variadic(self, operation: Operation, partial: Callable[[ast.expr], str]) -> str:
        """The partial of an operation on any number of operands, as a function of them all."""
        one = identifier(operation.operand_names[0])
        totals = ""
        for name, term in operation.totals.items():
            adding = f"{self.called('sum')}(operands.map(({one}) => {partial(term)}))"
            totals += f"const {identifier(name)} = {adding}; "
        each = f"({one}) => {partial(operation.partial_tree(0))}"
        return f"(operands, y) => {{ {totals}return {each}; }}"

    def called(self, name: str) -> str:
        """How another operation is called on plain numbers."""
        self.operation(TABLE[name])
        return f"OPERATIONS.{identifier(name)}.forward"

    def kernel(self, kernel: Callable[..., Any], name: str) -> str:
        """How a scalar function is called in JavaScript; it is translated if it has to be."""
        if kernel in BY_HAND:
            return f"python.{BY_HAND[kernel]}"
        if kernel not in self.kernels:
            read = Kernel.of(kernel, name)
            chosen = identifier(self.prefix + name)
            while chosen in self.taken or chosen in self.kernels.values():
                chosen += "_"
            self.kernels[kernel] = chosen

            def inner(function_name: str) -> str:
                found = read.meaning(function_name)
                if found in _BUILT_IN:
                    return f"python.{_BUILT_IN[found]}"
                if not callable(found):
                    raise ValueError(f"its kernel {name} calls {function_name}")
                return self.kernel(found, function_name.rpartition(".")[2])

            self.functions.append(function(read, chosen, inner))
        return self.kernels[kernel]
