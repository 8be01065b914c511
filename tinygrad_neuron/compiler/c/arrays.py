"""tanh, exp, sigmoid, softplus, erfc of many numbers at once, with the bits of the C library.

`arrays.c` has each function twice, with and without fused multiply-add. Which of them has the
library's bits is a property of the machine that runs (the library chooses its own variant when a
program starts), so both are compared with it, once in a process, before one is used. Where none
fits, the library is called for each number, as anywhere else.

A generated text has a pointer for each function it wants, `each_tanh`, which points at a plain loop
of its own; `connect` makes it point at the fast one.
"""

import contextlib
import ctypes
import functools
import math
import random
import struct
import threading
from array import array
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from importlib.resources import files
from typing import Any, NamedTuple

from ...calculus.operation import Operation
from ...calculus.table import BUILT_IN, TABLE
from . import operations
from .compiler import Compiler, find_compiler
from .errors import CompilerFailedError
from .libraries import load
from .places import wrapped

_LN2 = math.log(2.0)


class _Function(NamedTuple):
    """One of the functions: the scale of what is tried over all its range, where its way of
    computing changes, and which other one it calls, if nothing else in it depends on the variant:
    then what fits it fits that."""

    scales: tuple[float, ...]
    thresholds: tuple[float, ...]
    calls: str = ""


_FUNCTIONS = {
    "tanh": _Function(
        (0.3, 1.1, 7.0, 25.0),
        (2.0**-55, _LN2 / 4, 3 * _LN2 / 4, 1.0, 39 * _LN2 / 4, 113 * _LN2 / 4, 22.0),
    ),
    "exp": _Function((0.3, 20.0, 512.0, 800.0), (2.0**-54, 512.0, 709.78, 745.13)),
    "sigmoid": _Function((0.3, 20.0, 512.0, 800.0), (2.0**-54, 512.0, 709.78, 745.13), "exp"),
    # where e^-|x| is near 1, the square root of 2 less 1, and 2^-29
    "softplus": _Function(
        (0.3, 20.0, 512.0, 800.0), (2.0**-54, 2.9e-6, 0.88137, 20.1, 512.0, 709.78, 745.13)
    ),
    "erfc": _Function(
        (0.3, 1.3, 7.0, 30.0), (2.0**-56, 0.25, 0.84375, 1.25, 1 / 0.35, 6.0, 22.0), "exp"
    ),
}


def over_arrays(operation: object) -> bool:
    """Whether an operation can be computed for many numbers at once.

    >>> from tinygrad_neuron.calculus.operation import operation
    >>> over_arrays(operation("tanh")), over_arrays(operation("sin"))
    (True, False)
    """
    name = operation.name if isinstance(operation, Operation) else ""
    return name in _FUNCTIONS and name in BUILT_IN and TABLE.get(name) is operation


def call(operation: Operation, numbers: str, count: str) -> str:
    """The C statement that puts what an operation makes of them in the place of `count` numbers.

    >>> from tinygrad_neuron.calculus.operation import operation
    >>> call(operation("tanh"), "v->y", "16")
    'each_tanh(v->y, 16, bad);'
    """
    return f"each_{operation.name}({numbers}, {count}, bad);"


def source(used: Iterable[Operation]) -> str:
    """What a generated text has of these functions: a pointer to each, and a loop to begin with.

    >>> from tinygrad_neuron.calculus.operation import operation
    >>> print(source([operation("tanh")]))
    /* tanh of each of n numbers, until a faster function with the same bits takes its place. */
    static void one_by_one_tanh(double *x, long n, int *bad)
    {
        for (long i = 0; i < n; i++)
            x[i] = op_tanh(x[i]);
        (void)bad;
    }
    void (*each_tanh)(double *, long, int *) = one_by_one_tanh;
    <BLANKLINE>
    """
    lines = []
    for operation in used:
        name = operation.name
        bad = ", bad" if operations.can_fail(operation) else ""
        lines += [
            f"/* {name} of each of n numbers, until a faster function with the same bits takes its "
            "place. */",
            f"static void one_by_one_{name}(double *x, long n, int *bad)",
            "{",
            "    for (long i = 0; i < n; i++)",
            f"        x[i] = {operations.call(operation)}(x[i]{bad});",
            "    (void)bad;",
            "}",
            f"void (*each_{name})(double *, long, int *) = one_by_one_{name};",
            "",
        ]
    return "\n".join(lines)


def prepare(used: Sequence[Operation]) -> None:
    """Begin to compile the fast functions, where some are wanted, while the text that wants them
    is compiled too."""
    if used and not _fastest.cache_info().currsize:
        threading.Thread(target=_compiled, daemon=True).start()


def _compiled() -> None:
    with contextlib.suppress(Exception):  # whatever it is, `connect` meets it again
        loaded()


def connect(library: ctypes.CDLL, used: Iterable[Operation]) -> None:
    """Let the pointers of a generated text point at the fast functions, where there are some."""
    for operation in used:
        found = fastest().get(operation.name)
        if found is not None:
            pointer = ctypes.c_void_p.in_dll(library, f"each_{operation.name}")
            pointer.value = ctypes.cast(found, ctypes.c_void_p).value


# The choice of a variant


def fastest() -> dict[str, Any]:
    """The functions with the library's bits, each by the name of its operation."""
    return _fastest(find_compiler())


@functools.lru_cache(maxsize=16)
def _fastest(compiler: Compiler) -> dict[str, Any]:
    return chosen()


def chosen() -> dict[str, Any]:
    """The choice itself: none of a function of which no variant fits."""
    try:
        library = loaded()
    except CompilerFailedError:  # a compiler that does not know what GNU C knows
        return {}
    fitting: dict[str, str] = {}
    for name, function in _FUNCTIONS.items():
        possible = [fitting.get(function.calls, "")] if function.calls else variants(library)
        for variant in filter(None, possible):
            if differing(library, name, variant, tried(name)) == 0:
                fitting[name] = variant
                break
    return {name: library[f"each_{name}_{variant}"] for name, variant in fitting.items()}


def variants(library: ctypes.CDLL) -> tuple[str, ...]:
    """With and without fused multiply-add; without, where the machine has none."""
    return ("fused", "plain") if ctypes.c_int.in_dll(library, "has_fused").value else ("plain",)


def loaded() -> ctypes.CDLL:
    """All variants, compiled."""
    return load(text())


def differing(library: ctypes.CDLL, name: str, variant: str, points: "array[float]") -> int:
    """At how many points a variant's bits are not those of the library."""
    results = []
    for which in ("library", variant):
        numbers = array("d", points)
        bad = ctypes.c_int()
        function = library[f"each_{name}_{which}"]
        at = ctypes.c_void_p(numbers.buffer_info()[0])
        function(at, ctypes.c_long(len(numbers)), ctypes.byref(bad))
        results.append((numbers, bad.value))
    (expected, failed), (actual, failed_too) = results
    if failed != failed_too:
        return len(points)
    if expected.tobytes() == actual.tobytes():
        return 0
    pairs = zip(expected, actual, strict=True)
    return sum(struct.pack("d", a) != struct.pack("d", b) for a, b in pairs if a == a or b == b)


def tried(name: str, count: int = 20_000, seed: int = 0) -> "array[float]":
    """Points at which a variant shows what it is: most of them small, where the last bit of what
    is computed is the last bit of the result, and others nearer and nearer to each place where its
    way changes."""
    drawn = random.Random(f"{name} {seed}").random
    function = _FUNCTIONS[name]
    points = array("d", [0.0, -0.0, 5e-324, -5e-324, 1e-310, math.inf, -math.inf])
    for k, scale in enumerate(function.scales):
        number = count if k == 0 else count // 5
        points.extend([scale * (2.0 * drawn() - 1.0) for _ in range(number)])
    for threshold in function.thresholds:
        for away in [10.0 ** (9.0 * drawn() - 12.0) for _ in range(count // 40)]:
            below, above = threshold * (1.0 - away), threshold * (1.0 + away)
            points.extend((below, above, -below, -above))
    return points


# The text


@functools.cache
def text() -> str:
    """`arrays.c` with the table that it needs."""
    powers, rests = zip(*_powers_of_two(), strict=True)
    return "\n".join(
        [
            "#include <math.h>",
            "#include <stdint.h>",
            "",
            *wrapped("static const uint64_t two_to[128] = {", [f"{x:#x}" for x in powers], "};"),
            *wrapped("static const double rest_of[128] = {", [x.hex() for x in rests], "};"),
            "",
            files(__package__).joinpath("arrays.c").read_text("utf-8"),
        ]
    )


def _powers_of_two(count: int = 128, digits: int = 200) -> Iterator[tuple[int, float]]:
    """The bits of 2^(i/count) rounded, and the relative rest; in whole numbers with so many binary
    digits behind the point.

    >>> [struct.unpack("d", struct.pack("Q", bits))[0] for bits, _ in _powers_of_two(2)]
    [1.0, 1.4142135623730951]
    """
    one = 1 << digits
    root = 2 * one
    for _ in range(count.bit_length() - 1):  # square roots, down to 2^(1/count)
        root = math.isqrt(root << digits)
    power = one
    for _ in range(count):
        exact = Fraction(power, one)
        rounded = float(exact)
        (bits,) = struct.unpack("Q", struct.pack("d", rounded))
        yield bits, float(exact / Fraction(rounded) - 1)
        power = power * root >> digits
