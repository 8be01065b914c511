"""An entry of the table of operations: its expressions, what they compute on floats, its checks."""

import ast
import inspect
import keyword
import math
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..checking import a_function, described, flag, listed, several, unknown
from ..checking import shown as begun
from ..checking import text as checked_text
from . import expressions
from .kernels import KERNELS

if TYPE_CHECKING:
    from ..engine import Value

# The names that the code generated from an entry uses itself (see `eager`), and how its names
# of functions begin: no operation, operand or intermediate result can have these.
RESERVED = frozenset({
    "CONSTANT", "FAILURES", "NOT_COMPUTED", "Value", "all", "apply", "constant", "data",
    "exception", "float", "here", "int", "map", "new", "node", "only_values", "operation", "pull",
    "raise_named", "recompute", "sequence", "total", "type", "y",
})  # fmt: skip
PREFIXES = ("_", "data_of_", "forward_", "partial_")


# The table itself: `table` fills it, `define_operation` adds to it. It stands here because an entry
# refers to others.
TABLE: dict[str, "Operation"] = {}


class _Recording:
    """What `function` of an operation is until it is generated, when it is first asked for."""

    def __get__(self, operation: Any, kind: type) -> Any:
        generate = Operation.generate
        return operation.record if generate is None else generate(operation)


class Operation:
    """One entry of the table.

    **Arguments:**

    - `name`: the public name, a Python identifier; `symbol`: what is drawn (default: the name).
    - `forward`: the expression of the result.
    - `partials`: one expression per operand.
    - `operands`: the names of the operands, separated by commas; `*a` for any number.
    - `defaults`: numbers for trailing operands that may be left out (`leaky_relu`'s slope).
    - `where`: named intermediate expressions over the operands.
    - `domain`: in words, where the operation or a partial is defined, if not everywhere;
      `overflow`: where its result is too large, if that is another thing.
    - `chosen`: the operand that holds the position of the only operand with a derivative
      (`select`).
    - `constant`: `{operand: name}`, the operation recorded instead when that operand is a constant.
    - `operator`: the Python operator it implements, as in the method name `__mul__`.
    - `kernels`: further scalar functions that `forward` may call by name.
    - `activation`: whether it serves as one; `flat`: whether it is flat somewhere as those are, and
      so can be dead or saturated.
    - `summary`, `source`, `example`: for the docstring.

    Of every operation the engine has `record` (makes a node), `pull` (hands a node's gradient on to
    its operands) and `recompute` (evaluates a node again). `eager` generates the three anew, to be
    faster; `function` is then the generated one that records. `methods` are those of Value.
    """

    methods: Mapping[str, Callable[..., Any]] = {}  # as the engine has them

    # Set by the engine; `pull` and `recompute` of one operation by `eager`.
    record: Callable[..., "Value"]
    pull: Callable[["Value"], None]
    recompute: Callable[["Value"], None]
    generate: Callable[["Operation"], Callable[..., "Value"]] | None = None

    function: Callable[..., "Value"] = _Recording()  # type: ignore[assignment]

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
        overflow: str = "",
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
        if several(partials):
            partials = list(partials)  # a generator gives them once
        _check_types(name, forward, operands, partials, defaults, where, constant, kernels)
        texts = {"symbol": symbol, "domain": domain, "overflow": overflow, "chosen": chosen}
        texts |= {"operator": operator, "summary": summary, "source": source, "example": example}
        for what, given in texts.items():
            _plain_text(name, what, given)
        if example and example.count(" -> ") != 1:
            raise ValueError(
                f"{name}: example must be a call and its result, as in "
                f"'{name}(2.0) -> Value(data=4.0)', got {example!r}"
            )
        self.name = name
        self.symbol = symbol or name
        self.operands = tuple(operand.strip() for operand in operands.split(","))
        self.forward = forward
        self.partials = tuple(partials)
        self.defaults = tuple(defaults)
        self.where = dict(where or {})
        self.domain = domain
        self.overflow = overflow or domain
        self.chosen = chosen
        self.constant = dict(constant or {})
        self.operator = operator
        self.kernels = {**KERNELS, **(kernels or {})}
        self.activation = flag(name, "activation", activation)
        self.flat = flag(name, "flat", flat)
        self.summary = summary
        self.source = source
        self.example = example
        self.variadic = self.operands[0].startswith("*")
        # How a node keeps its operands: 1 and 2 in two slots, any other number as a tuple.
        self.arity = len(self.operands) if not self.variadic and len(self.operands) < 3 else -1

    def __repr__(self) -> str:
        return f"<operation {self.name}: {self.forward}>"

    def __reduce__(self) -> tuple[Callable[[str], "Operation"], tuple[str]]:
        return operation, (self.name,)  # a copied or pickled node keeps the table's own entry

    @property
    def operand_names(self) -> tuple[str, ...]:
        """The names of the operands, without stars."""
        return (self.operands[0].removeprefix("*"), *self.operands[1:])

    @property
    def written(self) -> str:
        """The name, in an error: powers are all written alike."""
        return "power" if self.symbol == "**" else self.name

    def taken(self, operands: Sequence[Any], options: Mapping[str, Any]) -> tuple[Any, ...]:
        """The operands of a call, one after another, defaults filled in.

        Raises a `TypeError`, as any Python function does, where one is missing or too much.

        >>> operation("leaky_relu").taken([3.0], {})
        (3.0, 0.01)
        >>> operation("select").taken([[5, 7], 0], {})
        (5, 7, 0)
        """
        names, given = self.operand_names, dict(options)
        found = list(operands)
        for place in range(len(found), len(names)):
            default = place - len(names) + len(self.defaults)
            if names[place] in given:
                found.append(given.pop(names[place]))
            elif default >= 0:
                found.append(self.defaults[default])
            else:
                raise TypeError(f"{self.name}() is missing the operand {names[place]!r}")
        if given or len(found) > len(names):
            raise TypeError(f"{self.name}() takes {', '.join(names)}, got more than these")
        if self.variadic:
            return (*listed_operands(self.name, found[0]), *found[1:])
        return tuple(found)

    def name_of(self, place: int, count: int) -> str:
        """What the operand at a place, of `count`, is called in an error."""
        if not self.variadic:
            return self.operand_names[place]
        return self.chosen if self.chosen and place == count - 1 else f"operand {place}"

    def forward_tree(self) -> ast.expr:
        """The forward expression, intermediate names written out."""
        return expressions.as_float(
            self._written_out(expressions.parse(self.forward, choices=True))
        )

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
        one = self._function(
            self.partial_tree(0), (self.operand_names[0], "y", *self.totals), meaning
        )
        totals = self.totals_with(meaning)

        def for_all(operands: Sequence[Any], y: Any) -> Callable[[Any], Any]:
            found = totals(operands, y)
            return lambda a: one(a, y, *found)

        return (for_all,)

    def totals_with(
        self, meaning: Callable[[str], Callable[..., Any]]
    ) -> Callable[[Sequence[Any], Any], list[Any]]:
        """The `totals`, in order, as a function of all operands and `y`; `meaning` as above."""
        names = (self.operand_names[0], "y", *self.totals)
        terms = [
            self._function(term, names[: 2 + i], meaning)
            for i, term in enumerate(self.totals.values())
        ]

        def for_all(operands: Sequence[Any], y: Any) -> list[Any]:
            found: list[Any] = []
            for term in terms:
                found.append(meaning("sum")([term(a, y, *found) for a in operands]))
            return found

        return for_all

    def _function(
        self, tree: ast.expr, names: Iterable[str], meaning: Callable[[str], Callable[..., Any]]
    ) -> Callable[..., Any]:
        tree = self.real(tree)
        globals_ = {f"call_{name}": meaning(name) for name in expressions.called(tree)}
        text = f"lambda {', '.join(names)}: {expressions.with_prefix(tree, 'call_')}"
        made: Callable[..., Any] = eval(text, globals_)
        return made

    def real(self, tree: ast.expr) -> ast.expr:
        """An expression of this operation that is never complex; a power is not to call itself."""
        own = self.name in ("power", "constant_power")
        if own or self.kernels.get("power") is not KERNELS["power"]:
            return tree
        return expressions.with_real_powers(tree)

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
            f"{value}" + (f" ({begun(label)})" if label else "")
            for value, label in zip(values, labels, strict=True)
        ]
        if len(shown) > 5:
            shown[2:-2] = [f"{len(shown) - 4} more"]
        # Of an operation that a derivative was computed with, only what went wrong.
        last = error.args[-1] if error.args else type(error).__name__
        reason = getattr(error, "reason", last)
        text = f"{self.written} of {' and '.join(shown) or 'nothing'}: {reason}"
        if derivative:
            text = "derivative of " + text
        needs = self.overflow if isinstance(error, OverflowError) else self.domain
        if not derivative:
            needs = needs.partition("; its derivative")[0]
        made = type(error)(f"{text}; it needs {needs}" if needs else text)
        made.reason = reason  # type: ignore[attr-defined]
        return made

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
        if self.variadic:
            self._check_list(tree)

    def _check_list(self, tree: ast.expr) -> None:
        """Refuse a forward expression in which the list of all operands stands for a number."""
        first = self.operand_names[0]
        numbers_only = {name for name, entry in TABLE.items() if not entry.variadic}
        own = {name for name, kernel in self.kernels.items() if KERNELS.get(name) is not kernel}
        takers = (TABLE.keys() | self.kernels.keys()) - (numbers_only - own)
        calls = [call for name, call in expressions.calls(tree) if name in takers]
        passed = [id(argument) for call in calls for argument in call.args]
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id == first and id(node) not in passed:
                raise ValueError(
                    f"{self.name}: {first!r} in {ast.unparse(tree)!r} is the list of operands: it "
                    f"stands only in a call of what takes a list, as in sum({first})"
                )

    def _check_names(self) -> None:
        """Refuse names that generated code could not use, and operands that do not fit together."""
        after_star = self.operands[1:] if self.variadic else ()
        if after_star != ((self.chosen,) if self.chosen else ()):
            raise ValueError(
                f"{self.name}: '*a' must be the only operand, or the one before that which is "
                f"`chosen`, got {', '.join(self.operands)!r}"
            )
        names = [*self.operand_names, *self.where]
        for name in (self.name, *names):
            if unicodedata.normalize("NFKC", name) != name:  # Python would read another name
                raise ValueError(
                    f"{self.name}: {name!r} is written in compatibility characters; Python reads "
                    f"them as {unicodedata.normalize('NFKC', name)!r}, so write that"
                )
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


def _check_types(
    name: Any,
    forward: Any,
    operands: Any,
    partials: Any,
    defaults: Any,
    where: Any,
    constant: Any,
    kernels: Any,
) -> None:
    """Refuse arguments of the wrong kind, before anything is done with them."""
    for what, given in {"name": name, "forward": forward, "operands": operands}.items():
        _plain_text("define_operation" if what == "name" else name, what, given)
    for text in listed(name, "partials", partials, "a list of strings"):
        _plain_text(name, "a partial", text)
    listed(name, "defaults", defaults, "a list of numbers")
    for what, given in {"where": where, "constant": constant, "kernels": kernels}.items():
        if given is not None and not isinstance(given, Mapping):
            raise TypeError(f"{name}: {what} must be a dictionary, got {described(given)}")
        for key, value in (given or {}).items():
            _plain_text(name, f"a name in {what}", key)
            if what == "kernels":
                a_function(name, f"kernels[{key!r}]", value)
                if not key.isidentifier():
                    raise ValueError(f"{name}: a name in kernels must be an identifier: {key!r}")
            else:
                _plain_text(name, f"{what}[{key!r}]", value)


def _plain_text(name: str, what: str, given: Any) -> None:
    """Refuse what is no text, or one that cannot stand in a source file."""
    checked_text(name, what, given)
    hidden = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}  # turn the direction of what follows
    if any(
        (ord(c) < 32 and c != "\n") or "\ud800" <= c <= "\udfff" or ord(c) in hidden for c in given
    ):
        raise ValueError(f"{name}: {what} holds characters that cannot be written, {given!r}")


def listed_operands(name: str, values: Iterable[Any]) -> tuple[Any, ...]:
    """The operands of an operation on any number of them; `name` is for the error."""
    if type(values) is list or several(values):
        return tuple(values)
    raise TypeError(f"{name} takes a list of values, as in {name}([a, b]), got {described(values)}")


def operation(name: str) -> Operation:
    """The entry of the table with this name; a ValueError names the nearest one.

    >>> operation("multiply")
    <operation multiply: a * b>
    """
    try:
        return TABLE[name]
    except KeyError:
        raise ValueError(f"operation {name!r}: {unknown(name, TABLE)}") from None
