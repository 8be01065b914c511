"""C as a language for kernels and expressions of the table: names, literals, types, errors.

A float of Python is a `double`; an int (a count, a position) a `py_index`; a sequence a pointer and
a count. What can raise an error in Python takes `int *bad` as its last argument, sets it and goes
on with NaN; `arithmetic.c` has what C does not have in this way.
"""

import ast
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ...calculus.translation import Kernel, Language


class ByHand(NamedTuple):
    """A function that needs no translation.

    - `name`: its name in C; it takes one double, and `int *bad` where it `fails`.
    - `plain`: its name in C's own library, for operands for which it is known not to fail.
    - `boolean`: whether it answers a question.
    """

    name: str
    fails: bool
    plain: str = ""
    boolean: bool = False


BY_HAND: dict[Callable[..., Any], ByHand] = {
    abs: ByHand("py_abs", False),
    math.fabs: ByHand("py_abs", False),
    math.erf: ByHand("erf", False),
    math.erfc: ByHand("erfc", False),
    math.tanh: ByHand("tanh", False),
    math.isnan: ByHand("py_isnan", False, boolean=True),
    math.isinf: ByHand("py_isinf", False, boolean=True),
    math.isfinite: ByHand("py_isfinite", False, boolean=True),
    math.sqrt: ByHand("py_sqrt", True),
    **{
        getattr(math, name): ByHand(f"py_{name}", True, name)
        for name in ("cos", "cosh", "exp", "expm1", "log", "log1p", "sin", "sinh", "tan")
    },
}

# Words that cannot be the name of a variable in C, or that the generated code uses itself.
TAKEN = frozenset({
    "asm", "auto", "bad", "bool", "break", "case", "char", "complex", "const", "continue",
    "default", "do", "double", "else", "enum", "errno", "extern", "false", "float", "for", "goto",
    "i386", "if", "inline", "int", "linux", "long", "register", "restrict", "return", "short",
    "signed", "sizeof", "static", "stderr", "stdin", "stdout", "struct", "switch", "true",
    "typedef", "typeof", "union", "unix", "unsigned", "void", "volatile", "while",
    *(name for by_hand in BY_HAND.values() for name in (by_hand.name, by_hand.plain)),
})  # fmt: skip
_PLAIN_NAME = re.compile(r"(?!(?:v|n|i|end|op|kernel|py)_)[a-z](?:[a-z0-9_]*[a-z0-9])?")


def encoded(name: str) -> str:
    """A Python identifier in the letters of C, different for different names.

    >>> encoded("leaky_relu"), encoded("größe"), encoded("a_x1")
    ('leaky_relu', 'gr_xf6__xdf_e', 'a_x5f_x1')
    """
    return re.sub(r"[^a-zA-Z0-9_]|_(?=x)", lambda found: f"_x{ord(found[0]):x}_", name)


def identifier(name: str) -> str:
    """The C name of a local variable: no keyword, no macro, no function of the generated code.

    >>> identifier("slope"), identifier("double"), identifier("NAN"), identifier("n_a")
    ('slope', 'v_double', 'v_NAN', 'v_n_a')
    """
    plain = _PLAIN_NAME.fullmatch(name) and name not in TAKEN and encoded(name) == name
    return name if plain else "v_" + encoded(name)


def literal(value: float) -> str:
    """A number as a C literal of exactly that double; a negative one in parentheses.

    >>> literal(0.1), literal(-2), literal(5e-324), literal(-math.inf), literal(math.nan)
    ('0.1', '(-2.0)', '5e-324', '(-INFINITY)', 'NAN')
    """
    number = float(value)
    if math.isnan(number):
        return "NAN"
    text = "INFINITY" if math.isinf(number) else repr(abs(number))
    return f"(-{text})" if math.copysign(1.0, number) < 0.0 else text


# How tightly the outermost operator of an expression binds.
CHOICE, OR, AND, COMPARISON, SUM, PRODUCT, SIGN, ATOM = range(8)


class Term(NamedTuple):
    """An expression in C.

    - `kind`: "bool", "int", "double", or "array"; `strength`: see above.
    - `value`: the number, where the expression is a literal.
    """

    text: str
    kind: str = "double"
    strength: int = ATOM
    value: float | None = None

    def within(self, strength: int) -> str:
        """The text as an operand of an operator, in parentheses where they are needed."""
        return self.text if self.strength >= strength else f"({self.text})"

    def real(self) -> "Term":
        """The same number as a double."""
        if self.kind == "double":
            return self
        if self.value is not None:
            return Term(literal(self.value), value=float(self.value))
        return Term(f"(double){self.within(ATOM)}", strength=SIGN)


_KINDS = ("bool", "int", "double")
_SIGNS = {ast.Add: ("+", SUM), ast.Sub: ("-", SUM), ast.Mult: ("*", PRODUCT)}
_INT = {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply"}
_INT_ONLY = {ast.FloorDiv: "floordiv", ast.Mod: "modulo"}
_CALLED = {ast.Pow: "power", **_INT_ONLY}
_COMPARISONS = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_LARGEST = 2**53


def joined(kinds: list[str]) -> str:
    """The kind that holds the numbers of all these kinds.

    >>> joined(["int", "double"]), joined(["bool", "int"])
    ('double', 'int')
    """
    return max(kinds, key=_KINDS.index)


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
            if type(operator) not in _COMPARISONS:
                self.refuse(node)
            between = _COMPARISONS[type(operator)]
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


TYPES = {"bool": "int", "int": "py_index", "double": "double"}


def function(kernel: Kernel, name: str, kinds: list[str], c: C) -> str:
    r"""A kernel as a C function, for arguments of these kinds; `c` was made for it.

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


def parameter_of(name: str, kind: str) -> list[str]:
    """How a parameter is declared.

    >>> parameter_of("x", "double"), parameter_of("a", "array")
    (['double x'], ['const double *a', 'py_index n_a'])
    """
    if kind == "array":
        return [f"const double *{name}", f"py_index n_{name}"]
    return [f"{TYPES[kind]} {name}"]


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
