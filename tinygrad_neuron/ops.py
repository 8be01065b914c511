"""The calculus: one table of operations, closed under differentiation.

Each operation stands here once: its name and symbol, its forward expression, and one partial
derivative per operand. A partial is written in terms of the operands, the result `y`, and *other
operations of this table*. So the derivative of every expression over the table is again an
expression over the table, and everything else reads the table instead of repeating it: eager
execution, backpropagation, compilation, higher derivatives, explanations, the web page, the tests.

Rules of the language (see `expressions`):

- operands have the names in `operands`; a name with a star, `*a`, stands for any number of
  operands: in the forward expression `a` is then all of them, in the partial it is the one in
  question;
- `where` names intermediate results that the forward expression and the partials share; one may
  use those before it, and `y` if only partials need it. Where there are any number of operands it
  may be `total(expression)`, the sum of the expression over all of them, in the partials again;
- a function called in a forward expression is a scalar kernel or another operation; a function
  called in a partial is another operation;
- a partial has no conditional: it multiplies with `step`, `sign` or `share`, or clamps with
  `minimum` and `maximum`. The values at kinks follow: step(0) = sign(0) = relu'(0) = 0,
  leaky_relu'(0) = slope, and maximum and minimum share a tie half and half.
"""

import ast
import difflib
import inspect
import keyword
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from . import expressions
from .kernels import KERNELS

if TYPE_CHECKING:
    from .engine import Value

# The names that the code generated from an entry uses itself (see `recording`), and how its names
# of functions begin: no operation, operand or intermediate result can have these.
RESERVED = frozenset({
    "CONSTANT", "DOMAIN", "Value", "all", "apply", "constant", "data", "exception", "int", "map",
    "new", "node", "only_values", "operation", "operation_error", "pull", "recompute", "sequence",
    "total", "type", "y",
})  # fmt: skip
PREFIXES = ("_", "forward_", "partial_")


class Operation:
    """One entry of the table.

    **Arguments:**

    - `name`: the public name, a Python identifier; `symbol`: what is drawn (default: the name).
    - `forward`: the expression of the result.
    - `partials`: one expression per operand.
    - `operands`: the names of the operands, separated by commas; `*a` for any number.
    - `defaults`: numbers for trailing operands that may be left out (`leaky_relu`'s slope).
    - `where`: named intermediate expressions over the operands.
    - `domain`: in words, where the operation or a partial is defined, if not everywhere.
    - `chosen`: the operand that holds the position of the only operand with a derivative
      (`select`).
    - `constant`: `{operand: name}`, the operation recorded instead when that operand is a constant.
    - `operator`: the Python operator it implements, as in the method name `__mul__`.
    - `kernels`: further scalar functions that `forward` may call by name.
    - `activation`: whether it serves as one; `flat`: whether it is flat somewhere as those are, and
      so can be dead or saturated.
    - `summary`, `source`, `example`: for the docstring.

    On first use the engine generates from these expressions `function` (records a node), `pull`
    (hands a node's gradient on to its operands) and `recompute` (evaluates a node again); `methods`
    are the names that the function has as a method of Value.
    """

    generate: Callable[["Operation"], object]  # set by the engine
    methods: tuple[str, ...] = ()

    function: Callable[..., "Value"]
    pull: Callable[["Value"], None]
    recompute: Callable[["Value"], None]

    def __init__(
        self,
        name: str,
        forward: str,
        partials: Sequence[str],
        *,
        symbol: str = "",
        operands: str = "a",
        defaults: Sequence[float] = (),
        where: Mapping[str, str] | None = None,
        domain: str = "",
        chosen: str = "",
        constant: Mapping[str, str] | None = None,
        operator: str = "",
        kernels: Mapping[str, Callable[..., float]] | None = None,
        activation: bool = False,
        flat: bool = False,
        summary: str = "",
        source: str = "",
        example: str = "",
    ) -> None:
        for what, text in {"name": name, "forward": forward, "operands": operands}.items():
            if not isinstance(text, str):
                raise TypeError(f"the {what} of an operation must be a string, got {text!r}")
        if isinstance(partials, str):
            raise TypeError(f"{name}: partials must be a list of strings, got {partials!r}")
        self.name = name
        self.symbol = symbol or name
        self.operands = tuple(operand.strip() for operand in operands.split(","))
        self.forward = forward
        self.partials = tuple(partials)
        self.defaults = tuple(defaults)
        self.where = dict(where or {})
        self.domain = domain
        self.chosen = chosen
        self.constant = dict(constant or {})
        self.operator = operator
        self.kernels = {**KERNELS, **(kernels or {})}
        self.activation = activation
        self.flat = flat
        self.summary = summary
        self.source = source
        self.example = example
        self.variadic = self.operands[0].startswith("*")
        # How a node keeps its operands: 1 and 2 in two slots, any other number as a tuple.
        self.arity = len(self.operands) if not self.variadic and len(self.operands) < 3 else -1

    def __getattr__(self, name: str) -> Any:
        if name in ("function", "pull", "recompute"):
            type(self).generate(self)
            return self.__dict__[name]
        raise AttributeError(f"an operation has no attribute {name!r}")

    def __repr__(self) -> str:
        return f"<operation {self.name}: {self.forward}>"

    def __reduce__(self) -> tuple[Callable[[str], "Operation"], tuple[str]]:
        return operation, (self.name,)  # a copied or pickled node keeps the table's own entry

    @property
    def operand_names(self) -> tuple[str, ...]:
        """The names of the operands, without stars."""
        return (self.operands[0].removeprefix("*"), *self.operands[1:])

    def forward_tree(self) -> ast.expr:
        """The forward expression, intermediate names written out."""
        return self._written_out(expressions.parse(self.forward, choices=True))

    def partial_tree(self, position: int) -> ast.expr:
        """The partial derivative for the operand at a position, intermediate names written out
        (except those in `totals`)."""
        return self._written_out(expressions.parse(self.partials[0 if self.variadic else position]))

    @cached_property
    def totals(self) -> dict[str, ast.expr]:
        """The names in `where` that stand for a `total(expression)`, in order, each with the
        expression that is summed over all operands: evaluated once per node, before the partials.
        """
        terms = {k: expressions.summed(expressions.parse(v)) for k, v in self.where.items()}
        return {name: self._written_out(term) for name, term in terms.items() if term is not None}

    def _written_out(self, tree: ast.expr) -> ast.expr:
        for name, text in reversed(self.where.items()):
            meaning = expressions.parse(text)
            if expressions.summed(meaning) is None:
                tree = expressions.substitute(tree, {name: meaning})
        return tree

    @cached_property
    def on_floats(self) -> Callable[..., float]:
        """The forward expression as a function of plain numbers (a sequence, where variadic)."""
        return self._function(self.forward_tree(), self.operand_names, self.meaning)

    @cached_property
    def partials_on_floats(self) -> tuple[Callable[..., float], ...]:
        """The partials on plain numbers, as `partials_with` describes them."""
        return self.partials_with(lambda name: TABLE[name].on_floats)

    def partials_with(self, meaning: Callable[[str], Callable[..., Any]]) -> tuple[Any, ...]:
        """The partials as functions of the operands and then `y`; `meaning` says what each function
        name in them stands for, and so on what kind of number they work.

        The one of a variadic operation takes a list of all operands, and `y`; it returns the
        partial as a function of the one in question.
        """
        names = (*self.operand_names, "y")
        if not self.variadic:
            positions = range(len(self.partials))
            return tuple(self._function(self.partial_tree(i), names, meaning) for i in positions)
        names = (self.operand_names[0], "y", *self.totals)
        one = self._function(self.partial_tree(0), names, meaning)
        terms = [
            self._function(term, names[: 2 + i], meaning)
            for i, term in enumerate(self.totals.values())
        ]

        def for_all(operands: Sequence[Any], y: Any) -> Callable[[Any], Any]:
            totals: list[Any] = []
            for term in terms:
                totals.append(meaning("sum")([term(a, y, *totals) for a in operands]))
            return lambda a: one(a, y, *totals)

        return (for_all,)

    def _function(
        self, tree: ast.expr, names: Iterable[str], meaning: Callable[[str], Callable[..., Any]]
    ) -> Callable[..., Any]:
        globals_ = {f"call_{name}": meaning(name) for name in expressions.called(tree)}
        text = f"lambda {', '.join(names)}: {expressions.with_prefix(tree, 'call_')}"
        made: Callable[..., Any] = eval(text, globals_)
        return made

    def meaning(self, name: str, partial: bool = False) -> Callable[..., float]:
        """What a function name in the forward expression (or in a partial) computes on floats."""
        if partial or name not in self.kernels:
            return TABLE[name].on_floats
        return self.kernels[name]

    def definition(self, name: str) -> tuple[tuple[str, ...], ast.expr] | None:
        """For `expressions.inline`: what a call may be replaced by; None where it stays a call."""
        other = TABLE.get(name)
        if name in self.kernels or other is None or other.variadic:
            return None
        tree = other.forward_tree()
        for function in expressions.called(tree):  # is it here what it is there?
            if function not in TABLE or other.kernels.get(function) is not KERNELS.get(function):
                return None
        return other.operand_names, tree

    def error(
        self,
        error: Exception,
        values: Sequence[float],
        labels: Sequence[str],
        derivative: bool = False,
    ) -> Exception:
        """An error of the same type that says which operation on which values failed."""
        shown = [
            f"{value}" + (f" ({label!r})" if label else "")
            for value, label in zip(values, labels, strict=True)
        ]
        if len(shown) > 5:
            shown[2:-2] = [f"{len(shown) - 4} more"]
        reason = error.args[-1] if error.args else type(error).__name__
        text = f"{self.name} of {' and '.join(shown) or 'nothing'}: {reason}"
        if derivative:
            text = "derivative of " + text
        if self.domain:
            text += f"; it needs {self.domain}"
        return type(error)(text)

    def check(self) -> None:
        """Refuse what cannot be computed or differentiated; a ValueError says what is wrong."""
        self._check_names()
        count = 1 if self.variadic else len(self.operands)
        if len(self.partials) != count:
            raise ValueError(
                f"{self.name}: expected {count} partials, one per operand, "
                f"got {len(self.partials)}: {list(self.partials)}"
            )
        if self.chosen and self.partials != ("1",):
            raise ValueError(
                f"{self.name}: where one operand is chosen, its partial must be '1', "
                f"got {list(self.partials)}"
            )
        if len(self.defaults) > len(self.operands) - self.variadic:
            raise ValueError(
                f"{self.name}: more defaults than operands that can have one: {self.defaults}"
            )
        for default in self.defaults:
            if not isinstance(default, int | float) or not math.isfinite(default):
                raise ValueError(f"{self.name}: a default must be a finite number, got {default!r}")
        known = [*self.operand_names, "y"]
        for name, text in self.where.items():
            tree = expressions.parse(text)
            term = expressions.summed(tree) if self.variadic else None
            self._check_expression(term or tree, known, partial=True)
            known.append(name)
        for text in self.partials:
            self._check_expression(expressions.parse(text), known, partial=True)
        tree, values = expressions.parse(self.forward, choices=True), {*known} - {"y"}
        self._check_expression(tree, values, partial=False)
        tree = self.forward_tree()
        for name in expressions.names(tree).difference(self.operand_names):
            raise ValueError(f"{self.name}: its forward expression cannot depend on {name!r}")
        if self.name in expressions.called(tree) - self.kernels.keys():
            raise ValueError(f"{self.name}: its forward expression cannot call {self.name} itself")

    def _check_names(self) -> None:
        after_star = self.operands[1:] if self.variadic else ()
        if after_star != ((self.chosen,) if self.chosen else ()):
            raise ValueError(
                f"{self.name}: '*a' must be the only operand, or the one before that which is "
                f"`chosen`, got {', '.join(self.operands)!r}"
            )
        names = [*self.operand_names, *self.where]
        for name in (self.name, *names):
            if not name.isidentifier() or keyword.iskeyword(name) or name.startswith(PREFIXES):
                raise ValueError(
                    f"{self.name}: a name must be an identifier that does not begin with "
                    f"{' or '.join(PREFIXES)}, got {name!r}"
                )
            if name in RESERVED:
                raise ValueError(
                    f"{self.name}: {name!r} is among the names that generated code uses itself, "
                    f"{', '.join(sorted(RESERVED))}; choose another"
                )
            if names.count(name) > 1:
                raise ValueError(f"{self.name}: {name!r} is the name of two things; rename one")

    def _check_expression(self, tree: ast.expr, values: Iterable[str], partial: bool) -> None:
        """Refuse a value, a function or a number of operands that is not known where it stands."""
        for name in sorted(expressions.names(tree).difference(values)):
            reason = f"is {unknown(name, values)}"
            if name in self.where:
                reason = "stands later: an intermediate result may use only those before it"
            raise ValueError(f"{self.name}: {name!r} in {ast.unparse(tree)!r} {reason}")
        for name, call in expressions.calls(tree):
            if reason := self._call_refused(name, call, partial):
                raise ValueError(f"{self.name}: {name!r} in {ast.unparse(tree)!r} {reason}")

    def _call_refused(self, name: str, call: ast.Call, partial: bool) -> str:
        """Why an expression cannot contain a call; empty if it can."""
        if name == "total":
            return (
                "sums one expression over any number of operands, and must be the whole of an "
                "intermediate result (`where`)"
            )
        if name in self.kernels and not partial:
            try:
                inspect.signature(self.kernels[name]).bind(*call.args)
            except TypeError as error:
                return f"cannot be called so: {error}"
            except ValueError:
                pass  # a function written in C need not tell its arguments
            return ""
        if name not in TABLE:
            return f"is {unknown(name, TABLE if partial else [*TABLE, *self.kernels])}"
        if TABLE[name].variadic and (partial or not self.variadic):
            return "takes a list of values, not single ones"
        count = len(TABLE[name].operands)
        return f"takes {count} operands, got {len(call.args)}" if len(call.args) != count else ""


def unknown(name: str, known: Iterable[str]) -> str:
    """The text of an error for a name that is not known: the nearest match, and what is known.

    >>> unknown("tanhh", ["relu", "tanh"])
    "unknown, did you mean 'tanh'? Known: relu, tanh"
    """
    wanted = str(name).lower()
    known = {other.lower(): other for other in sorted(known)}
    near = [other for other in known if wanted and other.startswith(wanted)]
    near += difflib.get_close_matches(wanted, known, n=1)
    hint = f", did you mean {known[near[0]]!r}?" if near else "."
    return f"unknown{hint} Known: {', '.join(known.values())}"


def operation(name: str) -> Operation:
    """The entry of the table with this name; a ValueError names the nearest one.

    >>> operation("multiply")
    <operation multiply: a * b>
    """
    try:
        return TABLE[name]
    except KeyError:
        raise ValueError(f"operation {name!r}: {unknown(name, TABLE)}") from None


_ENTRIES = (
    # Arithmetic
    Operation(
        "add",
        "a + b",
        ["1", "1"],
        symbol="+",
        operands="a, b",
        operator="add",
        summary="The sum of two operands; `add` is also what adds a bias.",
        example="add(2.0, 3.0).data -> 5.0",
    ),
    Operation(
        "subtract",
        "a - b",
        ["1", "-1"],
        symbol="-",
        operands="a, b",
        operator="sub",
        summary="The difference of two operands.",
        example="subtract(2.0, 3.0).data -> -1.0",
    ),
    Operation(
        "multiply",
        "a * b",
        ["b", "a"],
        symbol="*",
        operands="a, b",
        operator="mul",
        summary="The product of two operands; its local derivative is the other operand.",
        example="multiply(2.0, 3.0).data -> 6.0",
    ),
    Operation(
        "divide",
        "a / b",
        ["1 / b", "-y / b"],
        symbol="/",
        operands="a, b",
        operator="truediv",
        domain="a divisor other than 0",
        summary="The quotient of two operands.",
        example="divide(1.0, 4.0).data -> 0.25",
    ),
    Operation(
        "power",
        "power(a, b)",
        ["b * a ** (b - 1)", "y * log(a)"],
        symbol="**",
        operands="a, b",
        operator="pow",
        constant={"b": "constant_power"},
        domain="a positive base, or an integer exponent (a base of 0: one above 0); its derivative "
        "for the exponent: a positive base",
        summary="a to the power b.",
        example="power(2.0, 3.0).data -> 8.0",
    ),
    Operation(
        # The exponent b - 1, except that it stays 0 at b = 0: so the derivative of a ** 0 is 0 even
        # at a = 0, and x**3 has all its derivatives there. An exponent that can vary must not be
        # treated so (the mixed derivative at b = 0 is 1/a), hence two operations.
        "constant_power",
        "power(a, b)",
        ["b * a ** (b - abs(sign(b)))", "y * log(a)"],
        symbol="**",
        operands="a, b",
        domain="a positive base, or an integer exponent (a base of 0: one above 0); its derivative "
        "for the exponent: a positive base",
        summary="a to the power of a constant b; `power` records it where b is a number.",
        example="constant_power(2.0, 3.0).data -> 8.0",
    ),
    Operation(
        "negate",
        "-a",
        ["-1"],
        symbol="-",
        operator="neg",
        summary="The operand with its sign turned.",
        example="negate(2.0).data -> -2.0",
    ),
    Operation(
        "sum",
        "running_sum(a)",
        ["1"],
        symbol="sum",
        operands="*a",
        summary="The sum of any number of operands, added from left to right.",
        example="sum([1.0, 2.0, 3.0]).data -> 6.0",
    ),
    # Elementary functions
    Operation(
        "exp",
        "exp(a)",
        ["y"],
        domain="an operand of at most about 709.78",
        summary="The exponential function e^a.",
        example="exp(0.0).data -> 1.0",
    ),
    Operation(
        "expm1",
        "expm1(a)",
        ["exp(a)"],
        domain="an operand of at most about 709.78",
        summary="e^a - 1, accurate near 0.",
        example="expm1(0.0).data -> 0.0",
    ),
    Operation(
        "log",
        "log(a)",
        ["1 / a"],
        domain="an operand greater than 0",
        summary="The natural logarithm.",
        example="log(1.0).data -> 0.0",
    ),
    Operation(
        "sqrt",
        "sqrt(a)",
        ["0.5 / y"],
        domain="an operand of 0 or more (its derivative: greater than 0)",
        summary="The square root.",
        example="sqrt(9.0).data -> 3.0",
    ),
    Operation(
        "sin",
        "sin(a)",
        ["cos(a)"],
        domain="a finite operand",
        summary="The sine of an angle in radians.",
        example="sin(0.0).data -> 0.0",
    ),
    Operation(
        "cos",
        "cos(a)",
        ["-sin(a)"],
        domain="a finite operand",
        summary="The cosine of an angle in radians.",
        example="cos(0.0).data -> 1.0",
    ),
    Operation(
        "erf",
        "erf(a)",
        ["1.1283791670955126 * exp(-(a * a))"],
        flat=True,
        summary="The error function, 2/sqrt(pi) times the integral of exp(-t^2) from 0 to a.",
        example="erf(0.0).data -> 0.0",
    ),
    # Pieces of piecewise functions
    Operation(
        "abs",
        "abs(a)",
        ["sign(a)"],
        operator="abs",
        summary="The absolute value. Its derivative at 0 is taken to be 0.",
        example="abs(-2.0).data -> 2.0",
    ),
    Operation(
        "sign",
        "1.0 if a > 0 else -1.0 if a < 0 else a",
        ["0"],
        flat=True,
        summary="1 above 0, -1 below, 0 at 0. Its derivative is 0 everywhere.",
        example="sign(-2.0).data -> -1.0",
    ),
    Operation(
        "step",
        "1.0 if a > 0 else 0.0 if a <= 0 else a",
        ["0"],
        activation=True,
        summary="The Heaviside step: 1 above 0, otherwise 0. Its derivative is 0 everywhere, so "
        "nothing is learned through it.",
        source="The threshold unit of W. McCulloch and W. Pitts (1943) and F. Rosenblatt (1958).",
        example="step(0.5).data -> 1.0",
    ),
    Operation(
        "share",
        "1.0 if a > b else 0.0 if a < b else 0.5 if a == b else a + b",
        ["0", "0"],
        operands="a, b",
        summary="1 if a is the larger, 0 if b is, half at a tie: the derivative of maximum(a, b).",
        example="share(2.0, 2.0).data -> 0.5",
    ),
    Operation(
        "maximum",
        "a if a >= b or a != a else b",
        ["share(a, b)", "share(b, a)"],
        symbol="max",
        operands="a, b",
        flat=True,
        summary="The larger of two operands. At a tie each gets half of the gradient.",
        example="maximum(2.0, 3.0).data -> 3.0",
    ),
    Operation(
        "minimum",
        "a if a <= b or a != a else b",
        ["share(b, a)", "share(a, b)"],
        symbol="min",
        operands="a, b",
        flat=True,
        summary="The smaller of two operands. At a tie each gets half of the gradient.",
        example="minimum(2.0, 3.0).data -> 2.0",
    ),
    # Activations
    Operation(
        "identity",
        "a",
        ["1"],
        activation=True,
        summary="The operand itself: the activation of a linear unit.",
        example="identity(2.0).data -> 2.0",
    ),
    Operation(
        "sigmoid",
        "sigmoid(a)",
        ["y * (1 - y)"],
        activation=True,
        summary="The logistic sigmoid 1 / (1 + e^-a), from 0 to 1.",
        source="P.-F. Verhulst (1845).",
        example="sigmoid(0.0).data -> 0.5",
    ),
    Operation(
        "tanh",
        "tanh(a)",
        ["1 - y * y"],
        activation=True,
        summary="The hyperbolic tangent, from -1 to 1.",
        example="tanh(0.0).data -> 0.0",
    ),
    Operation(
        "relu",
        "0.0 if a <= 0 else a",
        ["step(a)"],
        activation=True,
        summary="The rectified linear unit max(0, a). Its derivative at 0 is taken to be 0.",
        source="K. Fukushima (1969); V. Nair and G. Hinton (2010).",
        example="relu(-2.0).data -> 0.0",
    ),
    Operation(
        "leaky_relu",
        "slope * a if a <= 0 else a if slope == slope else slope",  # a NaN is not equal to itself
        ["step(a) + slope * (1 - step(a))", "minimum(a, 0)"],
        operands="a, slope",
        defaults=[0.01],
        activation=True,
        summary="a above 0, slope * a below; at 0 its derivative is the slope. With a Value as "
        "slope it is PReLU.",
        source="A. Maas, A. Hannun and A. Ng (2013); PReLU: K. He et al. (2015).",
        example="leaky_relu(-2.0, 0.1).data -> -0.2",
    ),
    Operation(
        "elu",
        "alpha * expm1(a) if a <= 0 else a if alpha == alpha else alpha",
        ["step(a) + (1 - step(a)) * (alpha * exp(minimum(a, 0)))", "expm1(minimum(a, 0))"],
        operands="a, alpha",
        defaults=[1.0],
        activation=True,
        summary="The exponential linear unit: a above 0, alpha * (e^a - 1) below. At 0 its "
        "derivative is alpha.",
        source="D.-A. Clevert, T. Unterthiner and S. Hochreiter (2015).",
        example="elu(2.0).data -> 2.0",
    ),
    Operation(
        "selu",
        "1.0507009873554805 * a if a > 0 else 1.7580993408473766 * expm1(a)",
        ["1.0507009873554805 * step(a) + (1 - step(a)) * e"],
        where={"e": "1.7580993408473766 * exp(minimum(a, 0))"},
        activation=True,
        summary="The scaled exponential linear unit: elu with alpha = 1.6732632423543772, times "
        "1.0507009873554805. At 0 its derivative is that of the lower side, 1.7580993408473766.",
        source="G. Klambauer et al. (2017).",
        example="selu(1.0).data -> 1.0507009873554805",
    ),
    Operation(
        "softplus",
        "softplus(a)",
        ["sigmoid(a)"],
        activation=True,
        summary="log(1 + e^a), a smooth relu.",
        source="C. Dugas et al. (2001).",
        example="softplus(1000.0).data -> 1000.0",
    ),
    Operation(
        "softsign",
        "a / (1 + abs(a))",
        ["(1 - abs(y)) * (1 - abs(y))"],
        activation=True,
        summary="a / (1 + |a|), from -1 to 1, with tails slower than tanh's.",
        source="J. Bergstra et al. (2009).",
        example="softsign(1.0).data -> 0.5",
    ),
    Operation(
        "swish",
        "a * s",
        ["s + beta * (a * (s * t))", "a * (a * (s * t))"],
        operands="a, beta",
        defaults=[1.0],
        where={"s": "sigmoid(beta * a)", "t": "sigmoid(-(beta * a))"},  # t: 1 - s in all digits
        activation=True,
        summary="a * sigmoid(beta * a); with beta = 1 also called SiLU.",
        source="P. Ramachandran, B. Zoph and Q. Le (2017); S. Elfwing et al. (2017).",
        example="swish(0.0).data -> 0.0",
    ),
    Operation(
        "gelu",
        "0.5 * a * erfc(-0.7071067811865476 * a)",
        [
            "0.5 * (1 + erf(0.7071067811865476 * a)) "
            "+ a * (0.3989422804014327 * exp(-0.5 * (a * a)))"
        ],
        activation=True,
        summary="The Gaussian error linear unit: a times the normal distribution function at a.",
        source="D. Hendrycks and K. Gimpel (2016).",
        example="gelu(0.0).data -> 0.0",
    ),
    Operation(
        "gelu_tanh",
        "a * s",
        ["s + c * (s * (1 - s)) * 1.5957691216057308 * (1 + 0.134145 * c * c)"],
        where={
            "s": "sigmoid(1.5957691216057308 * (a + 0.044715 * a * a * a))",
            "c": "minimum(maximum(a, -40), 40)",  # where s * (1 - s) is 0 long since
        },
        activation=True,
        summary="The tanh approximation of gelu: "
        "a/2 * (1 + tanh(sqrt(2/pi) * (a + 0.044715 a^3))).",
        source="D. Hendrycks and K. Gimpel (2016).",
        example="gelu_tanh(0.0).data -> 0.0",
    ),
    Operation(
        "mish",
        "a * t",
        ["t + a * ((1 - t * t) * sigmoid(a))"],
        where={"t": "tanh(softplus(a))"},
        activation=True,
        summary="a * tanh(softplus(a)).",
        source="D. Misra (2019).",
        example="mish(0.0).data -> 0.0",
    ),
    Operation(
        "hard_sigmoid",
        "minimum(maximum(a / 6 + 0.5, 0.0), 1.0)",
        ["step(a + 3) * step(3 - a) / 6"],
        activation=True,
        summary="a / 6 + 1/2, cut off at 0 and 1. At both kinks its derivative is taken to be 0.",
        source="The form of A. Howard et al. (2019); an earlier one: M. Courbariaux et al. (2015).",
        example="hard_sigmoid(0.0).data -> 0.5",
    ),
    Operation(
        "hard_tanh",
        "minimum(maximum(a, -1.0), 1.0)",
        ["step(a + 1) * step(1 - a)"],
        activation=True,
        summary="a, cut off at -1 and 1. At both kinks its derivative is taken to be 0.",
        source="R. Collobert (2004).",
        example="hard_tanh(3.0).data -> 1.0",
    ),
    # Any number of operands
    Operation(
        "logsumexp",
        "logsumexp(a)",
        # The sum of the e^(a - y) is 1, save that y is rounded: much, where it is large.
        ["exp(a - y) / scale"],
        operands="*a",
        where={"scale": "total(exp(a - y))"},
        domain="at least one operand",
        summary="log(e^a0 + e^a1 + ...), a smooth maximum; its partials are the softmax.",
        example="logsumexp([0.0, 0.0]).data -> 0.6931471805599453",
    ),
    Operation(
        "select",
        "select(a, index)",
        ["1"],
        operands="*a, index",
        chosen="index",
        domain="a whole number as index, from 0 to one less than the number of values",
        summary="The value at a position (counted from 0); only that one gets a gradient.",
        example="select([5.0, 7.0], 1).data -> 7.0",
    ),
)
TABLE: dict[str, Operation] = {entry.name: entry for entry in _ENTRIES}
BUILT_IN = frozenset(TABLE)  # what is not in it was added with `define_operation`
