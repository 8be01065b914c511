"""The arithmetic of a node as text: the table's expressions, in names and then in numbers.

>>> w, x = Value(0.5, label="w"), Value(2.0, label="x")
>>> y = w * x
>>> texts = Formulas([w, x, y], digits=4)
>>> texts.forward(y)
('w * x', '0.5 * 2 = 1')
>>> texts.local(y, 0, 2.0)
('x', '2')
"""

import ast
import operator as operators
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from ..calculus.operation import Operation
from ..calculus.printing import ATOM, MINUS, OPERATORS, SIGN, SUM, Operator, operator_of
from ..calculus.table import TABLE
from ..draw.text import elided, number, shorten, visible
from ..engine import Value
from ..passes import evaluate, is_constant
from .honest import equation

_MOST_TERMS = 6
_LONGEST_NAME = 40

_BINARY: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operators.add,
    ast.Sub: operators.sub,
    ast.Mult: operators.mul,
    ast.Div: operators.truediv,
    ast.Pow: operators.pow,
    ast.Mod: operators.mod,
}

Piece = tuple[str, int]  # a text, and how tightly it binds


class Formulas:
    """Names, formulas and numbers of the nodes of one graph.

    **Arguments:** `order`, the nodes, operands before consumers; `digits`, the significant digits
    of a number in a text.

    `names` are one per node: its label where only one node has it, else with its scope, else with
    its number in the order; a node without a label is `n3`, its id in a picture; a constant is its
    number.
    """

    def __init__(self, order: Sequence[Value], digits: int) -> None:
        self.digits = digits
        self.position = {node: i for i, node in enumerate(order)}
        self.names = _names(order, digits)
        self._totals: dict[Value, dict[str, float]] = {}

    def name(self, node: Value) -> str:
        """What a node is called in texts."""
        return self.names[self.position[node]]

    def number(self, value: float) -> str:
        """A number, short enough to read."""
        return number(value, self.digits)

    def forward(self, node: Value) -> tuple[str, str]:
        """How a node is computed: in names, and in numbers with the result."""
        operation: Operation = node._operation
        operands = node._prev
        return (
            _forward_text(operation, [self._named(operand) for operand in operands]),
            equation(
                lambda texts: _forward_text(operation, [_number_piece(text) for text in texts]),
                lambda values: float(evaluate(operation, values)),
                [operand.data for operand in operands],
                node.data,
                self.digits,
            ),
        )

    def local(self, node: Value, place: int, slope: float) -> tuple[str, str]:
        """The derivative of a node for one of its operands: in names, and in numbers with what it
        is, `slope`.

        The second is only the number where there is nothing to compute.
        """
        operation: Operation = node._operation
        operands = node._prev
        if operation.variadic:
            chosen = {operation.operand_names[0]: operands[place]}
            tree, powers = _partial(operation, 0)
        else:
            chosen = dict(zip(operation.operand_names, operands, strict=True))
            tree, powers = _partial(operation, place)
        chosen["y"] = node
        constants = {name: v.data for name, v in chosen.items() if is_constant(v)}
        if powers and constants:
            tree = _with_plain_exponents(tree, constants)
        if operation.totals and node not in self._totals:
            self._totals = {node: _totals(operation, operands, node)}  # of the latest node only
        named = {name: self._named(v) for name, v in chosen.items()}
        numbers = {name: float(v.data) for name, v in chosen.items()}
        for name, total in self._totals.get(node, {}).items():
            named[name] = (name, ATOM)
            numbers[name] = total
        formula = _text(tree, named)[0]
        if isinstance(tree, ast.Name | ast.Constant):
            return formula, self.number(slope)
        return formula, equation(
            lambda texts: _text(tree, _pieces(numbers, texts))[0],
            lambda values: _evaluated(tree, dict(zip(numbers, values, strict=True))),
            list(numbers.values()),
            slope,
            self.digits,
        )

    def _named(self, node: Value) -> Piece:
        return _name_piece(self.name(node)) if not is_constant(node) else self._numbered(node)

    def _numbered(self, node: Value) -> Piece:
        return _number_piece(self.number(node.data))


def _names(order: Sequence[Value], digits: int) -> list[str]:
    """What each node is called; no two nodes alike, save constants.

    Where one name needs the scope's before it, every name of that scope has it: `layers[0].w0` and
    `layers[0].w1`, though there may be no other `w1`.
    """
    labels = [shorten(" ".join(undirected(v.label).split()), _LONGEST_NAME) for v in order]
    names = [label or f"n{i}" for i, label in enumerate(labels)]
    constants = [is_constant(node) and not node.label for node in order]
    counts = Counter(name for name, plain in zip(names, constants, strict=True) if not plain)
    placed = [
        bool(label) and node.scope is not None for node, label in zip(order, labels, strict=True)
    ]
    told = {
        str(node.scope)
        for i, node in enumerate(order)
        if placed[i] and not constants[i] and counts[names[i]] > 1
    }
    for i, node in enumerate(order):
        if constants[i]:
            names[i] = number(node.data, digits)
        elif placed[i] and str(node.scope) in told:
            names[i] = f"{' '.join(visible(str(node.scope)).split())}.{labels[i]}"
    counts = Counter(name for name, plain in zip(names, constants, strict=True) if not plain)
    return [
        f"{name} (n{i})" if not constants[i] and labels[i] and counts[name] > 1 else name
        for i, name in enumerate(names)
    ]


_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def undirected(label: str) -> str:
    """A label in which everything is seen, also what would turn the direction of the text after it.

    >>> undirected("a\\u202eb 3.25")
    'a�b 3.25'
    """
    return _TURNING.sub("\N{REPLACEMENT CHARACTER}", visible(label))


def plain_partials(node: Value) -> list[str]:
    """The partials of an operation with constant operands, exponents made of these as numbers.

    Empty where nothing changes by that.

    >>> plain_partials(Value(3.0) ** 4)
    ['b * a ** 3', 'xlogy(y, a)']
    """
    operation: Operation = node._operation
    if operation.variadic or not any(map(is_constant, node._prev)):
        return []
    operands = zip(operation.operand_names, node._prev, strict=True)
    constants = {name: operand.data for name, operand in operands if is_constant(operand)}
    found = [_partial(operation, place) for place in range(len(node._prev))]
    if not any(powers for _, powers in found):
        return []
    return [ast.unparse(_with_plain_exponents(tree, constants)) for tree, _ in found]


def _name_piece(name: str) -> Piece:
    """A name that is no single word stands in brackets where an operator is beside it."""
    word = all(character.isalnum() or character in "_.[]'₀₁₂₃₄₅₆₇₈₉" for character in name)
    return name, ATOM if word else SUM


def _number_piece(text: str) -> Piece:
    return text, SIGN if text.startswith("-") else ATOM


def _pieces(names: Iterable[str], texts: Iterable[str]) -> dict[str, Piece]:
    return {name: _number_piece(text) for name, text in zip(names, texts, strict=True)}


def _evaluated(tree: ast.expr, names: Mapping[str, float]) -> float:
    """An expression of the table on numbers, with a step for each of its parts."""
    if isinstance(tree, ast.Name):
        return names[tree.id]
    if isinstance(tree, ast.Constant):
        assert isinstance(tree.value, int | float)
        return tree.value
    if isinstance(tree, ast.UnaryOp):
        operand = _evaluated(tree.operand, names)
        return operand if isinstance(tree.op, ast.UAdd) else -operand
    if isinstance(tree, ast.BinOp):
        left, right = _evaluated(tree.left, names), _evaluated(tree.right, names)
        return float(_BINARY[type(tree.op)](left, right))
    assert isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name)
    return float(TABLE[tree.func.id].on_floats(*(_evaluated(a, names) for a in tree.args)))


def _forward_text(operation: Operation, pieces: Sequence[Piece]) -> str:
    """How an operation is written: with its operator, else as the arithmetic of its expression,
    else as a call."""
    texts = [text for text, _ in pieces]
    if operation.variadic:
        *listed, last = texts if operation.chosen else [*texts, ""]
        operator = operator_of(operation.name)
        if operator is not None and pieces:
            terms = [_operand(piece, operator.left, right=i > 0) for i, piece in enumerate(pieces)]
            return f" {operator.sign} ".join(elided(terms, _MOST_TERMS))
        inside = f"[{', '.join(elided(listed, _MOST_TERMS))}]"
        return f"{operation.name}({inside}{', ' + last if operation.chosen else ''})"
    operator = operator_of(operation.name)
    if operator is not None:
        return _joined(pieces[0], operator, pieces[1])[0]
    tree = _forward_tree(operation)
    if tree is None:
        return f"{operation.name}({', '.join(texts)})"
    return _text(tree, dict(zip(operation.operand_names, pieces, strict=True)))[0]


def _readable(tree: ast.expr) -> bool:
    """Whether an expression is only arithmetic and calls of operations."""
    for node in ast.walk(tree):
        if isinstance(node, ast.IfExp):
            return False
        if isinstance(node, ast.Call):
            assert isinstance(node.func, ast.Name)
            if node.func.id not in TABLE:
                return False
    return True


def _text(tree: ast.expr, pieces: Mapping[str, Piece]) -> Piece:
    """An expression of the table with pieces of text in place of its names."""
    if isinstance(tree, ast.Name):
        return pieces[tree.id]
    if isinstance(tree, ast.Constant):
        assert isinstance(tree.value, int | float)
        return _number_piece(number(tree.value, 17))
    if isinstance(tree, ast.UnaryOp):
        piece = _text(tree.operand, pieces)
        if isinstance(tree.op, ast.UAdd):
            return piece
        return MINUS.sign + _operand(piece, MINUS.right, right=True), MINUS.tightness
    if isinstance(tree, ast.BinOp):
        left, right = _text(tree.left, pieces), _text(tree.right, pieces)
        return _joined(left, OPERATORS[type(tree.op)], right)
    assert isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name)
    arguments = ", ".join(_text(argument, pieces)[0] for argument in tree.args)
    return f"{tree.func.id}({arguments})", ATOM


def _joined(left: Piece, operator: Operator, right: Piece) -> Piece:
    # (-2) * 3, lest 1 - -2 * 3 come about; but -2 + 3.
    first = _operand(left, operator.left, right=operator.tightness != SUM)
    second = _operand(right, operator.right, right=True)
    return f"{first} {operator.sign} {second}", operator.tightness


def _operand(piece: Piece, needed: int, right: bool = False) -> str:
    text, holds = piece
    alone = holds >= needed and not (right and text.startswith("-"))
    return text if alone else f"({text})"


@lru_cache(maxsize=256)
def _partial(operation: Operation, place: int) -> tuple[ast.expr, bool]:
    """The partial for an operand, and whether there is a power in it. Not to be changed."""
    tree = operation.partial_tree(place)
    return tree, any(isinstance(node, ast.Pow) for node in ast.walk(tree))


@lru_cache(maxsize=256)
def _forward_tree(operation: Operation) -> "ast.expr | None":
    """The forward expression where it is only arithmetic and calls of operations."""
    tree = operation.forward_tree()
    return None if isinstance(tree, ast.Name) or not _readable(tree) else tree


def _with_plain_exponents(tree: ast.expr, constants: Mapping[str, float]) -> ast.expr:
    """Exponents that are constant as their number: the partial of x ** 3 as 3 * x ** 2."""

    class Plain(ast.NodeTransformer):
        """Evaluates exponents of which all names are known."""

        def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
            """A power with its exponent as a number; x ** 1 as x."""
            self.generic_visit(node)
            if not isinstance(node.op, ast.Pow):
                return node
            names = {v.id for v in ast.walk(node.right) if isinstance(v, ast.Name)}
            called = {
                v.func.id
                for v in ast.walk(node.right)
                if isinstance(v, ast.Call) and isinstance(v.func, ast.Name)
            }
            if not names - called <= constants.keys():
                return node
            functions: dict[str, Callable[..., Any]] = {n: TABLE[n].on_floats for n in called}
            code = compile(ast.Expression(node.right), "<exponent>", "eval")
            exponent = eval(code, {"__builtins__": {}}, {**constants, **functions})
            if exponent == 1:
                return node.left
            whole = exponent % 1 == 0
            return ast.BinOp(node.left, node.op, ast.Constant(int(exponent) if whole else exponent))

    fresh = ast.parse(ast.unparse(tree), mode="eval")
    plain: ast.expr = ast.fix_missing_locations(Plain().visit(fresh)).body
    return plain


def _totals(operation: Operation, operands: Sequence[Value], node: Value) -> dict[str, float]:
    """The numbers of what the partials sum over all operands (logsumexp's scale)."""
    totals = operation.totals_with(lambda name: TABLE[name].on_floats)
    found = totals([operand.data for operand in operands], node.data)
    return dict(zip(operation.totals, found, strict=True))
