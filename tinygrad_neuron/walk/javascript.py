"""The operations of the table as JavaScript, translated through `ast`.

Nothing about an operation is written twice: its forward expression and its partials are the strings
of the table, and a kernel in Python's small subset is translated from its source. What no
translation can reach, because Python has it in C, stands in the page's `arithmetic.js` under
Python's own name: `python.exp`, `python.erf`, `python.divide`.
"""

import ast
import inspect
import math
import textwrap
from collections.abc import Callable, Iterable
from typing import Any

from ..ops import TABLE, Operation

# Functions that `arithmetic.js` has by hand, with Python's behaviour at the edges of their domains.
BY_HAND: dict[Callable[..., Any], str] = {
    abs: "abs",
    **{
        getattr(math, name): name
        for name in (
            "cos", "cosh", "erf", "erfc", "exp", "expm1", "fabs", "isfinite", "isinf", "isnan",
            "log", "log1p", "sin", "sinh", "sqrt", "tan", "tanh",
        )
    },
}  # fmt: skip

_BUILT_IN = {"abs": "abs", "float": "float", "int": "int", "len": "len", "range": "range"}
_CONSTANTS = {f"math.{name}": getattr(math, name) for name in ("e", "inf", "nan", "pi", "tau")}
_PLAIN = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
_CALLED = {ast.Div: "divide", ast.Pow: "power", ast.Mod: "modulo", ast.FloorDiv: "floorDivide"}
_COMPARISONS = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "===",
    ast.NotEq: "!==",
}

# Words that cannot be a name in JavaScript, or that the generated code uses itself.
_TAKEN = frozenset({
    "arguments", "await", "break", "case", "catch", "class", "const", "continue", "debugger",
    "default", "delete", "do", "else", "enum", "eval", "export", "extends", "false", "finally",
    "for", "function", "if", "implements", "import", "in", "instanceof", "interface", "let",
    "new", "null", "package", "private", "protected", "public", "python", "return", "static",
    "super", "switch", "this", "throw", "true", "try", "typeof", "var", "void", "while", "with",
    "yield", "NaN", "Infinity", "undefined", "Math",
})  # fmt: skip


def identifier(name: str) -> str:
    """A Python name as a JavaScript one.

    >>> identifier("a"), identifier("new")
    ('a', 'new_')
    """
    return name + "_" if name.rstrip("_") in _TAKEN else name


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

    def write(node: ast.expr) -> str:
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            return number(node.value)
        if isinstance(node, ast.Name):
            return identifier(node.id)
        if isinstance(node, ast.BinOp):
            left, right = write(node.left), write(node.right)
            if type(node.op) in _PLAIN:
                return f"({left} {_PLAIN[type(node.op)]} {right})"
            if type(node.op) in _CALLED:
                return f"python.{_CALLED[type(node.op)]}({left}, {right})"
        if isinstance(node, ast.UnaryOp):
            sign = {ast.USub: "-", ast.UAdd: "+", ast.Not: "!"}.get(type(node.op))
            if sign is not None:
                return f"({sign}{write(node.operand)})"
        if isinstance(node, ast.Compare):
            return _comparison([node.left, *node.comparators], node.ops, write)
        if isinstance(node, ast.BoolOp):
            word = " || " if isinstance(node.op, ast.Or) else " && "
            return word.join(write(value) for value in node.values)
        if isinstance(node, ast.IfExp):
            return f"({write(node.test)} ? {write(node.body)} : {write(node.orelse)})"
        if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice):
            return f"python.item({write(node.value)}, {write(node.slice)})"
        if ast.unparse(node) in _CONSTANTS:
            return number(_CONSTANTS[ast.unparse(node)])
        if isinstance(node, ast.Call) and not node.keywords:
            arguments = ", ".join(write(argument) for argument in node.args)
            return f"{call(ast.unparse(node.func))}({arguments})"
        raise ValueError(f"{ast.unparse(node)!r} cannot be translated to JavaScript")

    return write(tree)


def _comparison(
    terms: list[ast.expr], operators: list[ast.cmpop], write: Callable[[ast.expr], str]
) -> str:
    parts = []
    for left, operator, right in zip(terms, operators, terms[1:], strict=False):
        if type(operator) not in _COMPARISONS:
            raise ValueError(f"{ast.unparse(left)!r}: this comparison cannot be translated")
        parts.append(f"({write(left)} {_COMPARISONS[type(operator)]} {write(right)})")
    return parts[0] if len(parts) == 1 else f"({' && '.join(parts)})"


def function(source: str, name: str, call: Callable[[str], str]) -> str:
    r"""A kernel written in Python's small subset, as a JavaScript function.

    The subset: assignments, `if`, `for`, `while`, `return`, `raise`, and expressions.

    >>> print(function("def half(x):\n    y = x / 2.0\n    return y", "half", str))
    function half(x) {
      let y;
      y = python.divide(x, 2.0);
      return y;
    }
    """
    parsed = ast.parse(textwrap.dedent(source)).body
    if len(parsed) != 1 or not isinstance(parsed[0], ast.FunctionDef):
        raise ValueError(f"{name} is not one function")
    definition = parsed[0]
    parameters = [argument.arg for argument in definition.args.args]
    assigned = {
        node.id: None
        for node in ast.walk(definition)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    local = [identifier(variable) for variable in assigned if variable not in parameters]
    lines = [f"function {name}({', '.join(map(identifier, parameters))}) {{"]
    if local:
        lines.append(f"  let {', '.join(local)};")
    for statement in definition.body:
        lines += ["  " + line for line in _statement(statement, call)]
    return "\n".join([*lines, "}"])


def _statement(statement: ast.stmt, call: Callable[[str], str]) -> list[str]:
    def block(head: str, body: list[ast.stmt]) -> list[str]:
        inside = [line for inner in body for line in _statement(inner, call)]
        return [head, *("  " + line for line in inside)]

    def text(tree: ast.expr) -> str:
        return expression(tree, call)

    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return []  # a docstring
    if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        if len(targets) == 1 and isinstance(targets[0], ast.Name):
            return [f"{identifier(targets[0].id)} = {text(statement.value)};"]
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        target = ast.Name(statement.target.id)
        value = ast.BinOp(target, statement.op, statement.value)
        return [f"{identifier(target.id)} = {text(value)};"]
    if isinstance(statement, ast.Return) and statement.value is not None:
        return [f"return {text(statement.value)};"]
    if isinstance(statement, ast.If):
        lines = block(f"if ({text(statement.test)}) {{", statement.body)
        if statement.orelse:
            lines += block("} else {", statement.orelse)
        return [*lines, "}"]
    if isinstance(statement, ast.While) and not statement.orelse:
        return [*block(f"while ({text(statement.test)}) {{", statement.body), "}"]
    if isinstance(statement, ast.For) and not statement.orelse:
        variable = statement.target
        if isinstance(variable, ast.Name):
            head = f"for ({identifier(variable.id)} of {text(statement.iter)}) {{"
            return [*block(head, statement.body), "}"]
    if isinstance(statement, ast.Break | ast.Continue):
        return ["break;" if isinstance(statement, ast.Break) else "continue;"]
    if isinstance(statement, ast.Raise) and isinstance(statement.exc, ast.Call):
        kind, arguments = ast.unparse(statement.exc.func), statement.exc.args
        if len(arguments) == 1 and isinstance(arguments[0], ast.Constant):
            return [f"throw python.error({_string(kind)}, {_string(str(arguments[0].value))});"]
    line = ast.unparse(statement).splitlines()[0]
    raise ValueError(f"{line!r} cannot be translated to JavaScript")


def _string(text: str) -> str:
    inside = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + inside.replace("<", "\\u003c") + '"'


def source(names: Iterable[str]) -> str:
    """The JavaScript of the named operations and of all that they call; nothing else.

    It defines `OPERATIONS`, which maps each name to `forward` and `partials`: functions of the
    operands, and of the operands and `y`. Those of a variadic operation take an array first, and
    its `partials` are one function that returns the partial as a function of the operand in
    question. Raises a `ValueError` for an operation with a kernel that cannot be translated.

    >>> print(source(["multiply"]))
    const OPERATIONS = {
      multiply: {
        forward: (a, b) => (a * b),
        partials: [(a, b, y) => b, (a, b, y) => a],
      },
    };
    """
    return _Translation().source(names)


class _Translation:
    """Operations and kernels, each translated when it is first called for."""

    def __init__(self) -> None:
        self.operations: dict[str, str] = {}
        self.kernels: dict[Callable[..., Any], str] = {}
        self.functions: list[str] = []

    def source(self, names: Iterable[str]) -> str:
        for name in names:
            self.operation(TABLE[name])
        entries = "".join(self.operations.values())
        before = "".join(text + "\n" for text in self.functions)
        return f"{before}const OPERATIONS = {{\n{entries}}};"

    def operation(self, operation: Operation) -> None:
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
            head = f"({', '.join(names)}) => "
            if operation.variadic:
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
        self.operations[operation.name] = (
            f"  {identifier(operation.name)}: {{\n"
            f"    forward: {head}{forward},\n"
            f"    partials: {partials},\n"
            "  },\n"
        )

    def variadic(self, operation: Operation, partial: Callable[[ast.expr], str]) -> str:
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
        if kernel in BY_HAND:
            return f"python.{BY_HAND[kernel]}"
        if kernel not in self.kernels:
            if not inspect.isfunction(kernel):
                raise ValueError(f"its kernel {name} is not a Python function")
            taken = set(self.kernels.values())
            chosen = next(
                candidate
                for i in range(len(taken) + 1)
                if (candidate := f"kernel_{name}" + "_" * i) not in taken
            )
            self.kernels[kernel] = chosen
            known = {**inspect.getclosurevars(kernel).globals}

            def inner(function_name: str) -> str:
                if function_name in _BUILT_IN and function_name not in known:
                    return f"python.{_BUILT_IN[function_name]}"
                module, _, attribute = function_name.rpartition(".")
                found = getattr(known.get(module), attribute) if module else known.get(attribute)
                if not callable(found):
                    raise ValueError(f"its kernel {name} calls {function_name}")
                return self.kernel(found, attribute)

            self.functions.append(function(inspect.getsource(kernel), chosen, inner))
        return self.kernels[kernel]
