"""Kernels and expressions in other languages, read through `ast`.

A kernel is written in a small subset of Python: assignments, `if`, `for`, `while`, `return`,
`raise`, arithmetic, comparisons, and calls of other kernels and of functions of `math`. Here the
subset is walked once; what each piece looks like is what a `Language` says: JavaScript for the page
(`calculus.javascript`), C for the machine's compiler (`compiler.c`).
"""

import ast
import inspect
import textwrap
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, Generic, NoReturn, TypeVar

Term = TypeVar("Term")  # a translated expression: its text, or its text and what is known about it


class Kernel:
    """The source of a function in the subset, and what the names in it mean.

    - `parameters`, `body`: of the definition; `assigned`: the names that the body assigns.
    - `defaults`: numbers for parameters that may be left out.
    """

    def __init__(
        self, source: str, name: str, known: Mapping[str, Any] | None = None, defaults: Any = ()
    ) -> None:
        """Parse the text of one function; a `ValueError` says what is not in the subset."""
        parsed = ast.parse(textwrap.dedent(source)).body
        if len(parsed) != 1 or not isinstance(parsed[0], ast.FunctionDef):
            raise ValueError(f"{name} is not one function")
        definition = parsed[0]
        if definition.decorator_list:
            raise ValueError(f"{name} is decorated, and what the decorator does is not in its text")
        arguments = definition.args
        if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.posonlyargs:
            raise ValueError(f"{name} takes other than plain positional parameters")
        self.name = name
        self.known = known or {}
        self.parameters = [argument.arg for argument in arguments.args]
        self.body = definition.body
        optional = self.parameters[len(self.parameters) - len(defaults) :]
        self.defaults: dict[str, Any] = dict(zip(optional, defaults, strict=True))
        self.assigned = {
            node.id: None
            for node in _in_order(definition)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }

    @classmethod
    def of(cls, function: Callable[..., Any], name: str) -> "Kernel":
        """Read a function; a ValueError says why it cannot be read."""
        if not inspect.isfunction(function) or hasattr(function, "__wrapped__"):
            raise ValueError(f"its kernel {name} is not a Python function")
        names = inspect.getclosurevars(function)
        known = {**names.builtins, **names.globals, **names.nonlocals}
        try:
            source = inspect.getsource(function)
            return cls(source, name, known, function.__defaults__ or ())
        except (OSError, SyntaxError):
            raise ValueError(f"the source of its kernel {name} cannot be read") from None

    def meaning(self, name: str) -> Any:
        """What a name such as `math.exp` means inside the kernel; None if it means nothing."""
        first, *attributes = name.split(".")
        found = None if first in self.assigned else self.known.get(first)
        for attribute in attributes:
            found = getattr(found, attribute, None)
        return found

    def local(self, name: str) -> bool:
        """Whether a name is a parameter or assigned in the body."""
        return name in self.assigned or name in self.parameters


def _in_order(tree: ast.AST) -> Any:
    """The nodes of a tree in the order in which they are written."""
    yield tree
    for child in ast.iter_child_nodes(tree):
        yield from _in_order(child)


class Language(ABC, Generic[Term]):
    """What the pieces of the subset look like in a language whose blocks have braces.

    `kernel` is the function in question; None for an expression of the table.
    """

    name: str
    kernel: Kernel | None = None

    # What a language says.

    @abstractmethod
    def number(self, value: float) -> Term:
        """A literal."""

    @abstractmethod
    def variable(self, name: str) -> Term:
        """A local variable, a parameter or an operand."""

    @abstractmethod
    def binary(self, node: ast.BinOp) -> Term | None:
        """Arithmetic of two operands; None where the language has nothing for it."""

    @abstractmethod
    def unary(self, node: ast.UnaryOp) -> Term | None:
        """A sign, or `not`."""

    @abstractmethod
    def comparison(self, node: ast.Compare) -> Term:
        """A comparison, or a chain of them."""

    @abstractmethod
    def connected(self, node: ast.BoolOp) -> Term:
        """`and`, `or`."""

    @abstractmethod
    def choice(self, node: ast.IfExp) -> Term:
        """`a if test else b`."""

    @abstractmethod
    def item(self, node: ast.Subscript) -> Term:
        """`values[index]`."""

    @abstractmethod
    def call(self, name: str, node: ast.Call) -> Term:
        """A call of the function with this (dotted) name."""

    @abstractmethod
    def test(self, node: ast.expr) -> str:
        """The condition of an `if`."""

    @abstractmethod
    def assignment(self, name: str, value: Term) -> list[str]:
        """`name = value`."""

    @abstractmethod
    def returned(self, value: Term) -> list[str]:
        """`return value`."""

    @abstractmethod
    def raised(self, node: ast.Raise) -> list[str] | None:
        """`raise error`; None where the language has nothing for it."""

    @abstractmethod
    def repeat(self, node: ast.While) -> list[str]:
        """A `while` loop."""

    @abstractmethod
    def loop(self, name: str, node: ast.For) -> list[str]:
        """A `for` loop with one variable."""

    # What is the same in all of them.

    def refuse(self, node: ast.AST, why: str = "") -> NoReturn:
        """Raise the ValueError for what is not in the subset."""
        line = ast.unparse(node).splitlines()[0]
        raise ValueError(f"{line!r} cannot be translated to {self.name}{why and ': '}{why}")

    def expression(self, node: ast.expr) -> Term:
        """An expression."""
        found: Term | None = None
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            found = self.number(node.value)
        elif isinstance(node, ast.Name | ast.Attribute):
            found = self._named(node)
        elif isinstance(node, ast.BinOp):
            found = self.binary(node)
        elif isinstance(node, ast.UnaryOp):
            found = self.unary(node)
        elif isinstance(node, ast.Compare):
            found = self.comparison(node)
        elif isinstance(node, ast.BoolOp):
            found = self.connected(node)
        elif isinstance(node, ast.IfExp):
            found = self.choice(node)
        elif isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice):
            found = self.item(node)
        elif isinstance(node, ast.Call) and not node.keywords:
            found = self.call(ast.unparse(node.func), node)
        if found is None:
            self.refuse(node)
        return found

    def _named(self, node: ast.Name | ast.Attribute) -> Term | None:
        """A variable, or a number that the kernel reads from elsewhere, such as `math.pi`, as it
        is at the time of the translation."""
        if self.kernel is None or (isinstance(node, ast.Name) and self.kernel.local(node.id)):
            return self.variable(node.id) if isinstance(node, ast.Name) else None
        value = self.kernel.meaning(ast.unparse(node))
        return self.number(value) if isinstance(value, int | float) else None

    def block(self, body: list[ast.stmt]) -> list[str]:
        """Statements, indented."""
        return ["  " + line for statement in body for line in self.statement(statement)]

    def statement(self, statement: ast.stmt) -> list[str]:
        """A statement."""
        found: list[str] | None = None
        if isinstance(statement, ast.Pass):
            return []
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            return []  # a docstring
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            if len(targets) == 1 and isinstance(targets[0], ast.Name):
                found = self.assignment(targets[0].id, self.expression(statement.value))
        elif isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
            name = statement.target.id
            value = ast.BinOp(ast.Name(name), statement.op, statement.value)
            found = self.assignment(name, self.expression(value))
        elif isinstance(statement, ast.Return) and statement.value is not None:
            found = self.returned(self.expression(statement.value))
        elif isinstance(statement, ast.If):
            found = [f"if ({self.test(statement.test)}) {{", *self.block(statement.body)]
            if statement.orelse:
                found += ["} else {", *self.block(statement.orelse)]
            found.append("}")
        elif isinstance(statement, ast.While) and not statement.orelse:
            found = self.repeat(statement)
        elif isinstance(statement, ast.For) and not statement.orelse:
            if isinstance(statement.target, ast.Name):
                found = self.loop(statement.target.id, statement)
        elif isinstance(statement, ast.Break | ast.Continue):
            found = ["break;" if isinstance(statement, ast.Break) else "continue;"]
        elif isinstance(statement, ast.Raise):
            found = self.raised(statement)
        if found is None:
            self.refuse(statement)
        return found
