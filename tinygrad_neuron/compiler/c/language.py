"""C as a language for kernels and expressions of the table: expressions, statements, errors.

What can raise an error in Python takes `int *bad` as its last argument, sets it and goes on with
NaN; `arithmetic.c` has what C does not have in this way.
"""

import ast
from collections.abc import Callable, Mapping

from ...calculus.printing import AND, ATOM, CHOICE, COMPARISON, COMPARISONS, OR, PRODUCT, SIGN, SUM
from ...calculus.translation import Kernel, Language
from .terms import TYPES, Term, encoded, identifier, joined, literal

_SIGNS = {ast.Add: ("+", SUM), ast.Sub: ("-", SUM), ast.Mult: ("*", PRODUCT)}
_INT = {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply"}
_INT_ONLY = {ast.FloorDiv: "floordiv", ast.Mod: "modulo"}
_CALLED = {ast.Pow: "power", **_INT_ONLY}
_LARGEST = 2**53


class C(Language[Term]):
    """C.

    **Arguments:**

    - `function`: the term of a call, from the function's name, the terms of its arguments, and
      this object; it sets `fails` where the call can fail.
    - `operands`: the terms of the operands or parameters.
    - `total`: whether the whole is known not to fail, so that nothing in it is checked.

    `fails` says afterwards whether something in the text can fail (and the text uses `bad`).
    """

    name = "C"

    def __init__(
        self,
        function: Callable[[str, list[Term], "C"], Term],
        operands: Mapping[str, Term],
        total: bool = False,
        kernel: Kernel | None = None,
    ) -> None:
        self.function, self.operands, self.total, self.kernel = function, operands, total, kernel
        self.fails = False
        self.kinds: dict[str, str] = {}  # of the variables, as far as they are known
        self.returns: list[str] = []
        self.drafting = False  # the kinds are not final: what does not fit now may fit later
        self.at_top: set[str] = set()  # variables that their first assignment declares
        self.in_loops: set[str] = set()  # variables that live in loops over them only
        self.declared: set[str] = set()

    # Expressions

    def number(self, value: float) -> Term:
        if isinstance(value, bool):
            return Term(str(int(value)), "bool", value=int(value))
        if isinstance(value, float):
            return Term(literal(value), value=value)
        if abs(value) >= _LARGEST:
            raise ValueError(f"{value} cannot be translated to C: an int of 2**53 or more")
        return Term(str(value) if value >= 0 else f"({value})", "int", value=value)

    def variable(self, name: str) -> Term:
        if name in self.operands and name not in self.kinds:
            return self.operands[name]
        return Term(identifier(name), self.kinds.get(name, "bool" if self.drafting else "double"))

    def scalar(self, node: ast.expr) -> Term:
        """An expression that is one number."""
        term = self.expression(node)
        if term.kind == "array":
            self.refuse(node, "a sequence where a number is needed")
        return term

    def binary(self, node: ast.BinOp) -> Term | None:
        """Arithmetic on two numbers; on ints as Python does it, or an error."""
        left, right = self.scalar(node.left), self.scalar(node.right)
        whole = "double" not in (left.kind, right.kind)
        if left.value is not None and right.value is not None:
            folded = self._folded(node.op, left, right)
            if folded is not None:
                return folded
        if type(node.op) in _SIGNS:
            if whole:
                return self._on_ints(_INT[type(node.op)], left, right)
            sign, strength = _SIGNS[type(node.op)]
            before, after = left.real(), right.real()
            between = f" {sign} " if strength == SUM else sign
            # The right operand of the same strength keeps its parentheses: rounding has an order.
            text = before.within(strength) + between + self._right(after, strength)
            return Term(text, strength=strength)
        if isinstance(node.op, ast.Div):
            before, after = left.real(), right.real()
            if self.total or right.value:
                text = f"{before.within(PRODUCT)}/{self._right(after, PRODUCT)}"
                return Term(text, strength=PRODUCT)
            return self.failing(f"py_divide({before.text}, {after.text}, bad)")
        if whole and type(node.op) in _INT_ONLY:
            return self._on_ints(_INT_ONLY[type(node.op)], left, right)
        if whole and isinstance(node.op, ast.Pow) and not self.drafting:
            self.refuse(node, "a power of ints; write one of them as a float")
        if type(node.op) in _CALLED:
            name = _CALLED[type(node.op)]
            return self.failing(f"py_{name}({left.real().text}, {right.real().text}, bad)")
        return None

    def _right(self, term: Term, strength: int) -> str:
        return term.text if term.strength > strength and term.strength != SIGN else f"({term.text})"

    def _folded(self, operator: ast.operator, left: Term, right: Term) -> Term | None:
        """What Python computes from two literals; None where that is an error."""
        if isinstance(operator, ast.Pow) and left.kind == right.kind == "int":
            return None  # may have any number of digits
        tree = ast.Expression(
            ast.BinOp(ast.Constant(left.value), operator, ast.Constant(right.value))
        )
        try:
            value = eval(compile(ast.fix_missing_locations(tree), "", "eval"))
        except ArithmeticError:
            return None
        if isinstance(value, complex) or (isinstance(value, int) and abs(value) >= _LARGEST):
            return None
        return self.number(value)

    def _on_ints(self, name: str, left: Term, right: Term) -> Term:
        return self.failing(f"py_int_{name}({left.text}, {right.text}, bad)", "int")

    def failing(self, text: str, kind: str = "double") -> Term:
        """A term that can fail."""
        self.fails = True
        return Term(text, kind)

    def unary(self, node: ast.UnaryOp) -> Term | None:
        if isinstance(node.op, ast.Not):
            return Term(self.test(node), "bool", SIGN)
        term = self.scalar(node.operand)
        if isinstance(node.op, ast.USub):
            if term.value is not None:
                return self.number(-term.value)
            text = f"-{term.within(ATOM)}"
            return Term(text, joined([term.kind, "int"]), SIGN)
        if isinstance(node.op, ast.UAdd):
            return term._replace(kind=joined([term.kind, "int"]))
        return None

    def comparison(self, node: ast.Compare) -> Term:
        terms = [self.scalar(part) for part in (node.left, *node.comparators)]
        if "double" in {term.kind for term in terms}:
            terms = [term.real() for term in terms]
        parts = []
        for left, operator, right in zip(terms, node.ops, terms[1:], strict=False):
            if type(operator) not in COMPARISONS:
                self.refuse(node)
            between = COMPARISONS[type(operator)]
            parts.append(f"{left.within(SUM)} {between} {right.within(SUM)}")
        return Term(" && ".join(parts), "bool", COMPARISON if len(parts) == 1 else AND)

    def connected(self, node: ast.BoolOp) -> Term:
        for value in node.values:  # Python's `a or b` is a or b; C's is 1 or 0
            if self.scalar(value).kind != "bool" and not self.drafting:
                self.refuse(node, "`and` and `or` between other than conditions")
        return self._condition(node)

    def choice(self, node: ast.IfExp) -> Term:
        body, orelse = self.scalar(node.body), self.scalar(node.orelse)
        kind = joined([body.kind, orelse.kind])
        if kind == "double":
            body, orelse = body.real(), orelse.real()
        test = self._condition(node.test).within(OR)
        return Term(f"{test} ? {body.within(OR)} : {orelse.within(CHOICE)}", kind, CHOICE)

    def item(self, node: ast.Subscript) -> Term:
        values, index = self.expression(node.value), self.scalar(node.slice)
        if values.kind != "array":
            self.refuse(node, "only a sequence has items")
        if index.kind == "double" and not self.drafting:
            self.refuse(node, "an index must be an int; write int(...)")
        return self.failing(f"py_item({values.text}, n_{values.text}, {index.text}, bad)")

    def call(self, name: str, node: ast.Call) -> Term:
        """A call: len, float, int and abs as the kinds of the arguments ask, others by
        `function`."""
        arguments = [self.expression(argument) for argument in node.args]
        meaning = self.kernel.meaning(name) if self.kernel else None
        if len(arguments) == 1:
            one = arguments[0]
            if meaning is len:
                if one.kind != "array":
                    self.refuse(node, "only a sequence has a length")
                return Term(f"n_{one.text}", "int")
            if meaning is float and one.kind != "array":
                return one.real()
            if meaning is int and one.kind != "array":
                if one.kind == "double":
                    return self.failing(f"py_int({one.text}, bad)", "int")
                return one._replace(kind="int")
            if meaning is abs and one.kind in ("bool", "int"):
                return Term(f"py_int_abs({one.text})", "int")
        return self.function(name, arguments, self)

    def test(self, node: ast.expr) -> str:
        return self._condition(node).text

    def _condition(self, node: ast.expr) -> Term:
        """Whether Python takes an expression as true (NaN is)."""
        if isinstance(node, ast.BoolOp):
            strength = OR if isinstance(node.op, ast.Or) else AND
            # A compiler warns of && beside || without parentheses.
            parts = [self._condition(value).within(COMPARISON) for value in node.values]
            return Term((" || " if strength == OR else " && ").join(parts), "bool", strength)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return Term(f"!{self._condition(node.operand).within(ATOM)}", "bool", SIGN)
        term = self.expression(node)
        if term.kind == "bool":
            return term
        if term.kind == "array":
            return Term(f"n_{term.text} != 0", "bool", COMPARISON)
        zero = "0.0" if term.kind == "double" else "0"
        return Term(f"{term.within(SUM)} != {zero}", "bool", COMPARISON)

    # Statements

    def assignment(self, name: str, value: Term) -> list[str]:
        if value.kind == "array" or self.operands.get(name, value).kind == "array":
            raise ValueError(f"{name} cannot be translated to C: a variable must be a number")
        before = self.kinds.get(name) or (
            self.operands[name].kind if name in self.operands else "bool"
        )
        self.kinds[name] = joined([before, value.kind])
        text = value.real().text if self.kinds[name] == "double" else value.text
        declared = ""
        if name in self.at_top and name not in self.declared:
            self.declared.add(name)
            declared = TYPES[self.kinds[name]] + " "
        return [f"{declared}{identifier(name)} = {text};"]

    def _next(self, name: str, value: Term) -> list[str]:
        """The first line of a loop's body, where its variable gets its next value."""
        (line,) = self.assignment(name, value)
        return [f"  {TYPES[self.kinds[name]] + ' ' if name in self.in_loops else ''}{line}"]

    def returned(self, value: Term) -> list[str]:
        if value.kind == "array":
            raise ValueError("a kernel must return one number, not a sequence")
        self.returns.append(value.kind)
        return [f"return {value.text};"]

    def raised(self, node: ast.Raise) -> list[str] | None:
        self.fails = True
        return ["*bad = 1;", "return NAN;"]

    def _body(self, statements: list[ast.stmt]) -> tuple[list[str], bool]:
        """The text of a loop's body, and whether something in it can fail."""
        before, self.fails = self.fails, False
        body, fails = self.block(statements), self.fails
        self.fails = before or fails
        return body, fails

    def repeat(self, node: ast.While) -> list[str]:
        # What Python would have left with an error must not go round for ever on NaN.
        test = self._condition(node.test)
        body, fails = self._body(node.body)
        if fails or self.fails:
            test = Term(f"{test.within(COMPARISON)} && !*bad")
        return [f"while ({test.text}) {{", *body, "}"]

    def loop(self, name: str, node: ast.For) -> list[str]:
        over = node.iter
        called = ast.unparse(over.func) if isinstance(over, ast.Call) and not over.keywords else ""
        if isinstance(over, ast.Call) and self.kernel and self.kernel.meaning(called) is range:
            return self._counting(name, node, [self.scalar(part) for part in over.args])
        values = self.expression(over)
        if values.kind != "array":
            self.refuse(over, "a loop goes over a sequence or a range")
        counter = f"i_{encoded(name)}"
        first = self._next(name, Term(f"{values.text}[{counter}]"))
        body, fails = self._body(node.body)
        go_on = f"{counter} < n_{values.text}" + (" && !*bad" if fails else "")
        head = f"for (py_index {counter} = 0; {go_on}; {counter}++) {{"
        return [head, *first, *body, "}"]

    def _counting(self, name: str, node: ast.For, parts: list[Term]) -> list[str]:
        """A loop over a range."""
        if not 1 <= len(parts) <= 3:
            self.refuse(node.iter)
        if "double" in {part.kind for part in parts} and not self.drafting:
            self.refuse(node.iter, "a range needs ints")
        step = parts[2].value if len(parts) == 3 else 1
        if not step:
            self.refuse(node.iter, "the step must be a number other than 0, written out")
        start = parts[0].text if len(parts) > 1 else "0"
        stop = (parts[1] if len(parts) > 1 else parts[0]).text
        counter, end = f"i_{encoded(name)}", f"end_{encoded(name)}"
        first = self._next(name, Term(counter, "int"))
        body, fails = self._body(node.body)
        go_on = f"{counter} {'<' if step > 0 else '>'} {end}" + (" && !*bad" if fails else "")
        head = f"for (py_index {counter} = {start}, {end} = {stop}; {go_on}; {counter} += {step})"
        return [head + " {", *first, *body, "}"]
