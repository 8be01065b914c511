"""The scalar operations of the table as C functions, translated from the table and its kernels.

Nothing about an operation is written twice. What no translation can reach, because Python has it in
C, stands in `arithmetic.c` with Python's behaviour at the edges of the domain.

A function that can fail (that raises an error in Python for some operands) takes `int *bad` as its
last argument; `can_fail` says which do. It never clears `*bad`. An operation over any number of
operands takes them as `const double *a, py_index n_a`, side by side, before the others.
"""

import ctypes
import functools
import math
import random
from collections.abc import Callable, Iterable
from importlib.resources import files
from typing import Any

from ...calculus import expressions
from ...calculus.operation import Operation
from ...calculus.table import BUILT_IN, TABLE
from ...calculus.translation import Kernel
from .kernels import function
from .language import C
from .libraries import load
from .terms import BY_HAND, Term, encoded, identifier, literal, parameter_of

__all__ = ["call", "can_fail", "inline", "literal", "other_libm", "prelude", "same_libm", "source"]


@functools.cache
def prelude() -> str:
    """`arithmetic.c`: what every generated text begins with."""
    return files(__package__).joinpath("arithmetic.c").read_text("utf-8")


def source(operations: Iterable[Operation]) -> str:
    """The prelude, and one C function per operation with all that it calls, in order, each once.

    Raises a `ValueError` for an operation with a kernel that cannot be translated.

    >>> from tinygrad_neuron.calculus.operation import operation
    >>> text = source([operation("relu"), operation("sigmoid")])
    >>> print(text.removeprefix(prelude()))
    <BLANKLINE>
    static inline double op_relu(double a) {
      return a <= 0.0 ? 0.0 : a;
    }
    <BLANKLINE>
    static inline double kernel_sigmoid(double x) {
      if (x >= 0.0) {
        return 1.0/(1.0 + exp(-x));
      }
      double e = exp(x);
      return e/(1.0 + e);
    }
    <BLANKLINE>
    static inline double op_sigmoid(double a) {
      return kernel_sigmoid(a);
    }
    <BLANKLINE>
    """
    translation = _Translation()
    for operation in operations:
        translation.operation(operation)
    return prelude() + "".join(f"\n{text}\n" for text in translation.functions)


def call(operation: Operation) -> str:
    """The name of an operation's C function.

    >>> from tinygrad_neuron.calculus.operation import operation
    >>> call(operation("leaky_relu"))
    'op_leaky_relu'
    """
    return f"op_{encoded(operation.name)}"


@functools.lru_cache(maxsize=1024)
def can_fail(operation: Operation) -> bool:
    """Whether an operation's C function takes `int *bad`.

    >>> from tinygrad_neuron.calculus.operation import operation
    >>> can_fail(operation("divide")), can_fail(operation("sigmoid"))
    (True, False)
    """
    return _Translation().operation(operation)


def inline(operation: Operation, operands: list[str]) -> str | None:
    """An operation as a C expression of these operands (names, literals); None where it takes a
    call that can fail or of a generated function: `call` is the way then.

    The outermost operator is not in parentheses.

    >>> from tinygrad_neuron.calculus.operation import operation
    >>> inline(operation("multiply"), ["w0", "x0"]), inline(operation("step"), ["v3"])
    ('w0*x0', 'v3 > 0.0 ? 1.0 : v3 <= 0.0 ? 0.0 : v3')
    >>> inline(operation("divide"), ["1.0", "x"]) is None
    True
    """
    if operation.variadic:
        return None
    template = _template(operation)
    if template is None:
        return None
    return "".join(part if isinstance(part, str) else operands[part[0]] for part in template)


@functools.lru_cache(maxsize=1024)
def _template(operation: Operation) -> list[Any] | None:
    """The text of an inlined operation, with (position,) in place of each operand."""
    names = operation.operand_names
    # A mark that no text contains, so that operands are put in without another translation.
    marks = {name: Term(f"\0{position}\0") for position, name in enumerate(names)}

    def by_hand(name: str, arguments: list[Term], c: C) -> Term:
        kernel = operation.kernels.get(name)
        if kernel not in BY_HAND:
            c.fails = True
            return Term("")
        return _by_hand(kernel, arguments, c)

    tree = expressions.inline(operation.forward_tree(), operation.definition)
    c = C(by_hand, marks, _total(operation))
    try:
        text = c.expression(tree).real().text
    except ValueError:
        return None
    if c.fails:
        return None
    parts = text.split("\0")
    return [(int(part),) if i % 2 else part for i, part in enumerate(parts)]


def _total(operation: Operation) -> bool:
    """Whether an operation never fails: a built-in one without a `domain`. The tests hold it to
    that; so its expression needs no checks, and its loops stay free of branches."""
    mine = TABLE.get(operation.name) is operation
    return mine and operation.name in BUILT_IN and not operation.domain


@functools.cache
def _total_kernels() -> frozenset[Callable[..., Any]]:
    """The kernels that are the whole of an operation that never fails, such as `sigmoid`."""
    found = set()
    for name in BUILT_IN:
        operation = TABLE[name]
        for called in expressions.called(operation.forward_tree()) & operation.kernels.keys():
            alone = operation.forward == f"{called}({', '.join(operation.operand_names)})"
            if alone and _total(operation):
                found.add(operation.kernels[called])
    return frozenset(found)


def _by_hand(kernel: Callable[..., Any], arguments: list[Term], c: C) -> Term:
    by_hand = BY_HAND[kernel]
    if len(arguments) != 1 or arguments[0].kind == "array":
        raise ValueError(f"{kernel.__name__} takes one number")
    kind = "bool" if by_hand.boolean else "double"
    argument = arguments[0].real().text
    if by_hand.fails and not (c.total and by_hand.plain):
        return c.failing(f"{by_hand.name}({argument}, bad)", kind)
    name = by_hand.plain if by_hand.fails else by_hand.name
    return Term(f"{name}({argument})", kind)


@functools.cache
def other_libm() -> tuple[str, ...]:
    """The functions of `math` for which the compiled C gives other last digits than this Python.

    They are compared, once per process, at 400 operands each. Where there are such functions, a
    result in C is within 2 units in the last place of Python's, per operation.
    """
    generator = random.Random(1)
    scales = [1e-8, 1e-3, 0.5, 3.0, 30.0, 300.0]
    points = [generator.gauss(0.0, scale) for scale in scales for _ in range(70)][:400]
    functions = {**{f: f.__name__ for f in BY_HAND if f.__module__ == "math"}, math.pow: "pow"}
    text = "#include <math.h>\n"
    for name in functions.values():
        arguments = "x[i], x[n - 1 - i]" if name == "pow" else "x[i]"
        text += f"void many_{name}(const double *x, long n, double *y)\n"
        text += f"{{ for (long i = 0; i < n; i++) y[i] = {name}({arguments}); }}\n"
    library = load(text)
    numbers = ctypes.c_double * len(points)
    found = []
    for function_, name in functions.items():
        results = numbers()
        library[f"many_{name}"](numbers(*points), ctypes.c_long(len(points)), results)
        for i, result in enumerate(results):
            operands = (points[i], points[-1 - i]) if name == "pow" else (points[i],)
            try:
                expected = function_(*operands)
            except (ValueError, OverflowError):
                continue
            if expected != result:
                found.append(name)
                break
    return tuple(found)


def same_libm() -> bool:
    """Whether compiled C and this Python compute `exp`, `tanh` and the others to the same bits."""
    return not other_libm()


class _Translation:
    """Operations and kernels as C functions, each translated when it is first called for."""

    def __init__(self) -> None:
        self.functions: list[str] = []
        self.operations: dict[str, tuple[Operation, bool]] = {}  # and whether it can fail
        self.kernels: dict[tuple[Any, ...], tuple[str, bool] | None] = {}
        self.taken: set[str] = set()

    def operation(self, operation: Operation) -> bool:
        """Translate an operation; whether it can fail."""
        if operation.name in self.operations:
            other, fails = self.operations[operation.name]
            if other is not operation:
                raise ValueError(f"two operations have the name {operation.name}")
            return fails
        kinds = ["double"] * len(operation.operands)
        if operation.variadic:
            kinds[0] = "array"
        names = [identifier(name) for name in operation.operand_names]
        operands = {
            operand: Term(name, kind)
            for operand, name, kind in zip(operation.operand_names, names, kinds, strict=True)
        }

        def called(name: str, arguments: list[Term], c: C) -> Term:
            if name in operation.kernels:
                return self.kernel(operation.kernels[name], name, arguments, c)
            return self.called(TABLE[name], arguments, c)

        c = C(called, operands, _total(operation))
        try:
            result = c.expression(operation.forward_tree())
            if result.kind == "array":
                raise ValueError("its result is not one number")
        except (ValueError, TypeError) as error:
            raise ValueError(
                f"{operation.name} cannot be translated to C: {error}. Write its kernels with "
                'assignments, if, for, while, return and functions of math; target="python" runs '
                "it as it is"
            ) from None
        parameters = [
            text
            for name, kind in zip(names, kinds, strict=True)
            for text in parameter_of(name, kind)
        ]
        if c.fails:
            parameters.append("int *bad")
        self.functions.append(
            f"static inline double {call(operation)}({', '.join(parameters)}) {{\n"
            f"  return {result.text};\n}}"
        )
        self.operations[operation.name] = (operation, c.fails)
        return c.fails

    def called(self, operation: Operation, arguments: list[Term], c: C) -> Term:
        """How an operation is called."""
        return self.term(call(operation), self.operation(operation), arguments, c)

    def term(self, name: str, fails: bool, arguments: list[Term], c: C) -> Term:
        texts = []
        for argument in arguments:
            texts.append(argument.text)
            if argument.kind == "array":
                texts.append(f"n_{argument.text}")
        if fails:
            return c.failing(f"{name}({', '.join([*texts, 'bad'])})")
        return Term(f"{name}({', '.join(texts)})")

    def kernel(self, kernel: Callable[..., Any], name: str, arguments: list[Term], c: C) -> Term:
        """How a kernel is called on arguments of these kinds."""
        if kernel in BY_HAND:
            return _by_hand(kernel, arguments, c)
        total = c.total or kernel in _total_kernels()
        read = Kernel.of(kernel, name)
        for parameter in read.parameters[len(arguments) :]:
            default = read.defaults.get(parameter)
            if not isinstance(default, int | float):
                raise ValueError(f"its kernel {name} is called without a number for {parameter}")
            arguments = [*arguments, c.number(default)]
        if len(arguments) > len(read.parameters):
            raise ValueError(f"its kernel {name} is called with {len(arguments)} arguments")
        kinds = [argument.kind for argument in arguments]
        key = (kernel, total, *kinds)
        if key not in self.kernels:
            self.kernels[key] = None  # until it is done
            self.kernels[key] = self.translated(read, name, kinds, total)
        done = self.kernels[key]
        if done is None:
            raise ValueError(f"its kernel {name} calls itself")
        return self.term(*done, arguments, c)

    def translated(
        self, read: Kernel, name: str, kinds: list[str], total: bool
    ) -> tuple[str, bool]:
        """Translate a kernel; its C name, and whether it can fail."""

        def called(function_name: str, arguments: list[Term], c: C) -> Term:
            found = read.meaning(function_name)
            if not callable(found):
                raise ValueError(f"its kernel {name} calls {function_name}")
            return self.kernel(found, function_name.rpartition(".")[2], arguments, c)

        operands = {
            parameter: Term(identifier(parameter), kind)
            for parameter, kind in zip(read.parameters, kinds, strict=True)
        }
        c = C(called, operands, total, read)
        chosen = f"kernel_{encoded(name)}"
        while chosen in self.taken:
            chosen += "_"
        self.taken.add(chosen)
        self.functions.append(function(read, chosen, kinds, c))
        return chosen, c.fails
