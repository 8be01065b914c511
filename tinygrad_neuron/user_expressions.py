"""Expressions that a user types, such as `tanh(w*x + b)`: from text to a graph, and nothing else.

The text is parsed with `ast` and evaluated against the table of operations: names are leaves,
numbers constants; `+ - * / **`, the unary minus and calls of the table's operations record nodes.
Nothing else can be called, no attribute be read, no code be run.
"""

import ast
import unicodedata
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import NoReturn

from .calculus.operation import Operation
from .calculus.printing import MINUS, OPERATORS
from .calculus.table import TABLE
from .checking import unknown
from .engine import Operand, Value, constant
from .passes import DOMAIN_ERRORS

MOST_CHARACTERS = 2000
MOST_DEPTH = 100
_LONGEST_LABEL = 24

_REFUSED = {
    ast.Attribute: "there are no attributes here: write tanh(x), not math.tanh(x) or x.tanh()",
    ast.Subscript: "there is no indexing here; give each number a name of its own",
    ast.List: "a list stands only in sum([a, b]), logsumexp([a, b]) and select([a, b], 0)",
    ast.Tuple: "a comma stands only between the operands of an operation",
    ast.Compare: "there are no comparisons here; step(x) is 1 above 0 and 0 below",
    ast.IfExp: "there are no conditionals here; multiply with step(x), or use maximum and minimum",
    ast.BoolOp: "there is no 'and' or 'or' here; multiply, or use maximum and minimum",
    ast.NamedExpr: "there are no assignments here; give numbers as name=value after the expression",
    ast.Lambda: "there are no functions of one's own here",
    ast.Starred: "there is no unpacking here",
    ast.JoinedStr: "there is no text here, only numbers and names",
}


class ExpressionError(ValueError):
    """What is wrong with an expression, and where: its text shows the place with a caret."""

    def __init__(self, text: str, column: int, length: int, reason: str) -> None:
        self.text, self.column, self.length, self.reason = text, column, length, reason
        start = max(column - 60, 0)
        shown = text[start : start + 100]
        before = "".join("  " if _wide(c) else " " for c in shown[: column - start])
        marks = "^" * max(1, min(length, len(shown) - (column - start)))
        super().__init__(f"column {column + 1}: {reason}\n  {shown}\n  {before}{marks}")

    def __reduce__(self) -> "tuple[type[ExpressionError], tuple[str, int, int, str]]":
        return type(self), (self.text, self.column, self.length, self.reason)


def _wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def evaluate(text: str, numbers: Mapping[str, float]) -> tuple[Value, dict[str, Value]]:
    """Record the graph of an expression.

    **Arguments:** `text`, the expression; `numbers`, what each of its names stands for.
    **Returns** the result and the leaves by name. Nodes are labelled with their own text where it
    is short, the result with `y` if that is free.

    Raises a `ExpressionError`, a ValueError, that points at the column.

    >>> y, leaves = evaluate("tanh(w*x + b)", {"w": 0.5, "x": 2.0, "b": -1.0})
    >>> y.backward()
    >>> y.data, leaves["w"].grad
    (0.0, 2.0)
    >>> try:
    ...     evaluate("2 * tanhh(x)", {"x": 1.0})
    ... except ExpressionError as error:
    ...     print(error)
    column 5: 'tanhh' is not an operation; did you mean 'tanh'?
      2 * tanhh(x)
          ^^^^^
    """
    reader = _Reader(text)
    tree = reader.parse()
    reader.check_depth(tree)
    reader.given = {_plain(name): number for name, number in numbers.items()}
    root = reader.value(tree)
    leaves = reader.leaves
    if unused := [name for name in reader.given if name not in leaves]:
        names = ", ".join(map(repr, unused))
        raise ValueError(f"the expression does not contain {names}; leave it out, or use it")
    result = root if isinstance(root, Value) else constant(root)
    if result.label != "y" and result._prev:
        result.label = "y" if "y" not in leaves else "output"
    return result, leaves


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name)  # as Python reads identifiers


def _near(name: str, known: Iterable[str]) -> str:
    text = unknown(name, known)
    hint = text.partition("did you mean ")[2].partition("?")[0]
    return f"; did you mean {hint}?" if hint else ""


class _Reader:
    """One text, and how it becomes a graph."""

    def __init__(self, text: str) -> None:
        # One line: the columns stay, and a line break inside is as good as a space.
        self.text = "".join(" " if c in "\t\r\n\f\v" else c for c in text)
        self.leading = len(self.text) - len(self.text.lstrip(" "))
        self.given: dict[str, float] = {}
        self.leaves: dict[str, Value] = {}

    def parse(self) -> ast.expr:
        """The tree of the text; an error shows the place that Python could not read."""
        if not self.text.strip():
            raise ExpressionError(self.text, 0, 1, "there is no expression")
        if len(self.text) > MOST_CHARACTERS:
            raise ExpressionError(
                self.text,
                MOST_CHARACTERS,
                1,
                f"the expression has {len(self.text):,} characters; up to {MOST_CHARACTERS:,} can "
                "be read. Write a larger graph in Python, and give module:function",
            )
        for i, character in enumerate(self.text):
            if character == "#":
                raise ExpressionError(
                    self.text, i, 1, "the character # cannot stand in an expression"
                )
            if not character.isprintable():
                shown = "".join(c if c.isprintable() else "\N{WHITE SQUARE}" for c in self.text)
                reason = f"the character {character!a} cannot stand in an expression"
                raise ExpressionError(shown, i, 1, reason)
        stripped = self.text[self.leading :]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(stripped, mode="eval").body
        except SyntaxError as error:
            # At the end of the text Python gives no place.
            at_end = not error.offset or error.lineno != 1
            column = len(stripped.rstrip()) if at_end else (error.offset or 1) - 1
            column = min(column + self.leading, len(self.text))
            reason = f"this is not an expression ({error.msg})"
            if "decimal literal" in (error.msg or ""):
                reason = "a number and a name stand side by side; a product is written 2*x"
            raise ExpressionError(self.text, column, 1, reason) from None
        except (MemoryError, RecursionError, ValueError, OverflowError):
            self.too_deep()

    def too_deep(self) -> NoReturn:
        raise ExpressionError(
            self.text, self.leading, 1,
            f"the expression is nested too deeply; up to {MOST_DEPTH} levels can be read. Add many "
            "terms with sum([a, b, c])",
        )  # fmt: skip

    def check_depth(self, tree: ast.expr) -> None:
        level: list[ast.AST] = [tree]
        for _ in range(MOST_DEPTH):
            level = [c for node in level for c in ast.iter_child_nodes(node)]
            if not level:
                return
        self.too_deep()

    def place(self, node: ast.expr) -> tuple[int, int]:
        """Where a node begins, in characters (`ast` counts bytes), and how long it is."""
        line = self.text[self.leading :].encode()
        start = len(line[: node.col_offset].decode())
        end = len(line[: node.end_col_offset].decode())
        return start + self.leading, end - start

    def refuse(self, node: ast.expr, reason: str) -> NoReturn:
        raise ExpressionError(self.text, *self.place(node), reason)

    def value(self, node: ast.expr) -> Operand:
        """The Value of a name or an operation, the number of a number."""
        if isinstance(node, ast.Name):
            return self.leaf(node)
        if isinstance(node, ast.Constant):
            return self.number(node)
        if isinstance(node, ast.BinOp):
            operator = OPERATORS.get(type(node.op))
            if operator is None:
                hint = "; a power is written x**2" if isinstance(node.op, ast.BitXor) else ""
                self.refuse(node, f"only + - * / and ** stand between operands{hint}")
            operands = [self.value(node.left), self.value(node.right)]
            return self.record(node, TABLE[operator.operations[0]], operands)
        if isinstance(node, ast.UnaryOp):
            operand = self.value(node.operand)
            if isinstance(node.op, ast.UAdd):
                return operand
            if not isinstance(node.op, ast.USub):
                self.refuse(node, "only + and - stand before an operand")
            if not isinstance(operand, Value):
                return -operand
            return self.record(node, TABLE[MINUS.operations[0]], [operand])
        if isinstance(node, ast.Call):
            return self.call(node)
        for kind, reason in _REFUSED.items():
            if isinstance(node, kind):
                self.refuse(node, reason)
        reason = "this is not part of the language: names, numbers, + - * / ** and calls"
        raise ExpressionError(self.text, *self.place(node), reason)

    def leaf(self, node: ast.Name) -> Value:
        name = node.id
        if name not in self.leaves:
            if name in TABLE:
                self.refuse(node, f"{name!r} is an operation: call it, as in {_usage(TABLE[name])}")
            if name not in self.given:
                near = _near(name, self.given.keys() - self.leaves.keys())
                self.refuse(node, f"{name!r} has no value; give it one, as in {name}=1.0{near}")
            self.leaves[name] = Value(self.given[name], label=name)
        return self.leaves[name]

    def number(self, node: ast.Constant) -> float:
        if type(node.value) not in (int, float):
            self.refuse(node, f"{node.value!r} is not a real number")
        assert isinstance(node.value, int | float)
        try:
            number = float(node.value)
        except OverflowError:
            number = float("inf")
        if number in (float("inf"), float("-inf")):
            self.refuse(node, "this number is too large for a float (about 1.8e308)")
        return number

    def call(self, node: ast.Call) -> Value:
        """The Value of a call: of an operation of the table, with as many operands as it takes."""
        if not isinstance(node.func, ast.Name):
            reason = _REFUSED[ast.Attribute] if isinstance(node.func, ast.Attribute) else ""
            self.refuse(node.func, reason or "only an operation can be called, as in tanh(x)")
        operation = TABLE.get(node.func.id)
        if operation is None:
            if node.func.id in self.given:
                reason = f"{node.func.id!r} is a number here: write {node.func.id} * (...)"
            else:
                hint = _near(node.func.id, TABLE) or "; known: " + ", ".join(sorted(TABLE))
                reason = f"{node.func.id!r} is not an operation{hint}"
            self.refuse(node.func, reason)
        if node.keywords:
            self.refuse(
                node.keywords[0].value,
                f"operands are given in order, without names: {_usage(operation)}",
            )
        usage = f"it is written {_usage(operation)}"
        count, most = len(node.args), len(operation.operands)
        if not most - len(operation.defaults) <= count <= most:
            self.refuse(node, f"{operation.name} got {count} operands; {usage}")
        operands: list[Operand] = []
        for i, argument in enumerate(node.args):
            if operation.variadic and i == 0:
                if not isinstance(argument, ast.List):
                    self.refuse(argument, f"{operation.name} takes a list; {usage}")
                operands += [self.value(item) for item in argument.elts]
            else:
                operands.append(self.value(argument))
        operands += operation.defaults[len(operation.defaults) - (most - count) :]
        return self.record(node, operation, operands)

    def record(self, node: ast.expr, operation: Operation, operands: list[Operand]) -> Value:
        """Record an operation; its node remembers the text it stands for."""
        function: Callable[..., Value] = operation.function
        try:
            if operation.chosen:
                made = function(operands[:-1], operands[-1])
            elif operation.variadic:
                made = function(operands)
            else:
                made = function(*operands)
        except DOMAIN_ERRORS as error:
            self.refuse(node, str(error))
        column, length = self.place(node)
        own = " ".join(self.text[column : column + length].split())
        if made._prev:
            if len(own) <= _LONGEST_LABEL:
                made.label = own
            made.line = f"column {column + 1}: {own}"
        return made


def _usage(operation: Operation) -> str:
    first, *others = operation.operand_names
    names = ["[a, b]" if operation.variadic else first, *others]
    return f"{operation.name}({', '.join(names)})"
