"""Operators and how tightly they bind: as Python reads them."""

import ast
import itertools
import math

import pytest

import tinygrad_neuron  # the table is complete once it is imported
from tinygrad_neuron.calculus.printing import MINUS, OPERATORS, operator_of
from tinygrad_neuron.calculus.table import BUILT_IN, TABLE

assert tinygrad_neuron


def value(text: str) -> float:
    return float(eval(text, {"a": 1.7, "b": 0.6, "c": 2.3}))


@pytest.mark.parametrize(("outer", "inner"), [*itertools.product(OPERATORS.values(), repeat=2)])
def test_what_may_stand_without_brackets_means_the_same(outer, inner):
    text = f"a {inner.sign} b"
    if inner.tightness >= outer.left:
        with_brackets = value(f"({text}) {outer.sign} c")
        assert math.isclose(with_brackets, value(f"{text} {outer.sign} c"))
    if inner.tightness >= outer.right:
        with_brackets = value(f"c {outer.sign} ({text})")
        assert math.isclose(with_brackets, value(f"c {outer.sign} {text}"))
    if inner.tightness >= MINUS.right:
        assert math.isclose(value(f"-({text})"), value(f"-{text}"))


def test_brackets_are_left_out_where_one_does_not_write_them():
    add, subtract, multiply = (OPERATORS[kind] for kind in (ast.Add, ast.Sub, ast.Mult))
    assert multiply.tightness >= add.left and multiply.tightness >= subtract.right
    assert add.tightness >= add.right and multiply.tightness >= multiply.right
    assert add.tightness < multiply.left


def test_the_signs_are_the_tables_symbols():
    for operator in (*OPERATORS.values(), MINUS):
        for name in operator.operations:
            assert operator.sign == TABLE[name].symbol or name == "sum"
    # And no operation of the table with such a symbol is forgotten.
    signs = {operator.sign for operator in OPERATORS.values()}
    for name in BUILT_IN:
        if TABLE[name].symbol in signs:
            hint = f"add {name!r} to its operator in tinygrad_neuron/calculus/printing.py"
            assert operator_of(name) or name in MINUS.operations, hint
