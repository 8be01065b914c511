"""The check of gradients: each route to a derivative against the others and differences."""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from .calculus.operation import Operation
from .checking import (
    POSITIVE,
    a_function,
    described,
    number,
    positive_integer,
    several,
    to_float,
)
from .compiler import TracingError, compile
from .engine import Number, Value, plain, topological_order
from .higher_derivatives import gradients
from .passes import DOMAIN_ERRORS, evaluate, local_derivatives, numbers_of, receivers
from .public import named_options

# Steps relative to the number, or to 1 where it is larger; the one with the least error counts.
_STEPS = [10.0**-k for k in range(2, 9)]
_EPSILON, _SMALLEST = 2.0**-52, 5e-324


class Difference(NamedTuple):
    """A derivative by differences: `slope`, and the `error` that two steps suggest it may have.

    `left` and `right` are the slopes on both sides; where they differ at every step there is a
    `kink`.
    """

    slope: float
    error: float
    left: float
    right: float
    kink: bool

    def allows(self, gradient: float, tolerance: float) -> bool:
        """Whether a gradient may be right: at a kink, any between the two slopes may."""
        margin = tolerance * max(1.0, abs(self.slope)) + 2.0 * self.error
        if self.kink:
            low, high = sorted((self.left, self.right))
            margin = tolerance * max(1.0, abs(low), abs(high))
            return low - margin <= gradient <= high + margin
        return abs(gradient - self.slope) <= margin


def difference(
    function: Callable[[float], float], at: float, noise: float = 0.0
) -> Difference | None:
    """The derivative of a function of one number by central differences, with an error estimate.

    Each of several steps h gives the quotients for h and h/2, their extrapolation (Richardson), and
    an error: what the two differ by, and what rounding of the function's values makes of h. The
    step with the least error counts. Steps that leave the function's domain do not. None where all
    of them do. `noise` is how far rounding within the function may move its values.

    >>> round(difference(math.sin, 1e8).slope - math.cos(1e8), 6)
    0.0
    """
    if not 1e-150 < abs(at) < 1.0:
        return _best(function, at, 1.0, noise)
    small = _best(function, at, abs(at), noise)
    # Where the function does not answer to such steps, they may be lost in its rounding.
    if small is None or small.slope == small.left == small.right == 0.0:
        return _best(function, at, 1.0, noise) or small
    if small.error > 1e-6 * max(1.0, abs(small.slope)):
        large = _best(function, at, 1.0, noise)
        if large is not None and (large.kink, large.error) < (small.kink, small.error):
            return large
    return small


def _best(
    function: Callable[[float], float], at: float, scale: float, noise: float
) -> Difference | None:
    """The best of the differences with steps relative to a scale."""
    best: Difference | None = None
    try:
        middle = function(at)
    except DOMAIN_ERRORS:
        return None
    for step in _STEPS:
        h = max(step * scale, 64.0 * math.ulp(at))
        points = [at - h, at - h / 2, at + h / 2, at + h]
        try:
            far_left, left, right, far_right = map(function, points)
        except DOMAIN_ERRORS:
            continue
        if not all(map(math.isfinite, (far_left, left, right, far_right, middle))):
            continue
        wide = (far_right - far_left) / (points[3] - points[0])
        narrow = (right - left) / (points[2] - points[1])
        size = max(abs(far_left), abs(far_right), abs(middle))
        rounding = 4.0 * (_EPSILON * size + noise + _SMALLEST) / h
        sides = (middle - left) / (at - points[1]), (right - middle) / (points[2] - at)
        wide_sides = (middle - far_left) / (at - points[0]), (far_right - middle) / (points[3] - at)
        jump, wide_jump = abs(sides[1] - sides[0]), abs(wide_sides[1] - wide_sides[0])
        # Of a smooth function the two slopes come closer with the step; at a kink they do not.
        kink = jump > 0.75 * wide_jump > 0.0 and jump > 100.0 * rounding + 1e-9 * abs(narrow)
        if abs(right - left) > 0.75 * abs(far_right - far_left) > 8.0 * _EPSILON * size:
            # The function itself jumps (step, share): what counts is its slope on either side.
            kink, sides = True, (2.0 * (left - far_left) / h, 2.0 * (far_right - right) / h)
        error = abs(wide - narrow) + rounding
        found = Difference(narrow + (narrow - wide) / 3.0, error, *sides, kink)
        if best is None or (found.kink, found.error) < (best.kink, best.error):
            best = found
    return best


@named_options
def check_gradients(
    function: Callable[..., Value],
    inputs: Sequence[Number],
    tolerance: float = 1e-6,
    order: int = 1,
) -> float:
    """Compare every route to a function's derivatives: they agree, or an error names the place.

    The routes are `backward()` as it runs, in the plain engine, compiled, and as Values
    (`gradients`); and differences of the function itself at several steps, with an error estimate.

    **Arguments:** `function` of as many Values as there are `inputs`, a list of numbers;
    `tolerance`, the error allowed beside the estimate, relative to max(1, |derivative|); `order`:
    2 checks the second derivatives too, and so on. **Returns** the largest error found, beyond what
    the estimate explains. Raises an `AssertionError` that names the input, both numbers, and the
    first operation whose local derivative is not that of its differences.

    At a kink (relu at 0) any gradient between the slopes on both sides is right.

    >>> check_gradients(lambda a, b: a * b + b.tanh(), [0.5, -1.0], order=2) < 1e-6
    True
    >>> check_gradients(lambda x: x.log(), [1e-8]) < 1e-6
    True
    """
    if not several(inputs):
        raise TypeError(
            "check_gradients takes a list with one number for each argument of the function, as in "
            f"check_gradients(f, [0.0]), got {described(inputs)}"
        )
    a_function("check_gradients", "function", function)
    tolerance = number("check_gradients", "tolerance", tolerance, POSITIVE)
    order = positive_integer("check_gradients", "order", order)
    numbers = [to_float(x, "check_gradients", f"input {i}") for i, x in enumerate(inputs)]
    worst = _check_first(function, numbers, tolerance)
    if order > 1:
        for place in range(len(numbers)):
            worst = max(
                worst, check_gradients(_derivative(function, place), numbers, tolerance, order - 1)
            )
    return worst


def _derivative(function: Callable[..., Value], place: int) -> Callable[..., Value]:
    def derivative(*values: Value) -> Value:
        return gradients(function(*values), [values[place]])[0]

    return derivative


def _check_first(
    function: Callable[..., Value], numbers: Sequence[float], tolerance: float
) -> float:
    """Compare the first derivatives of a function by every route; returns the largest error."""
    values = [Value(x, label=f"input {i}") for i, x in enumerate(numbers)]
    output = function(*values)
    if not isinstance(output, Value):
        raise TypeError(
            f"check_gradients needs a function that returns one Value, got {described(output)}"
        )
    if not math.isfinite(output.data):
        raise AssertionError(f"the function gives {output.data} there, which has no derivatives")
    found = _by_backward(output, values)
    for route, others in _other_routes(function, numbers).items():
        for i, (mine, other) in enumerate(zip(found, others, strict=True)):
            if mine != other and not (math.isnan(mine) and math.isnan(other)):
                raise AssertionError(
                    f"input {i} = {numbers[i]}: backward() gives {mine}, {route} {other}"
                )
    worst, noise = 0.0, _noise(output)
    for i, gradient in enumerate(found):

        def at(x: float, i: int = i) -> float:
            return float(function(*(Value(x if j == i else n) for j, n in enumerate(numbers))).data)

        expected = difference(at, numbers[i], noise)
        if expected is None:
            raise ValueError(
                f"input {i} = {numbers[i]}: the function cannot be evaluated on both sides of it, "
                "so there is no difference to compare with"
            )
        if not expected.allows(gradient, tolerance):
            sides = f"on the left {expected.left}, on the right {expected.right}"
            shown = f"a kink, {sides}" if expected.kink else f"{expected.slope} ± {expected.error}"
            raise AssertionError(
                f"input {i} = {numbers[i]}: backward() gives {gradient}, differences of the "
                f"function {shown}{_suspect(output)}"
            )
        if not expected.kink:
            beyond = max(0.0, abs(gradient - expected.slope) - 2.0 * expected.error)
            worst = max(worst, beyond / max(1.0, abs(expected.slope)))
    return worst


def _by_backward(output: Value, values: Sequence[Value]) -> list[float]:
    for value in values:
        value.grad = 0.0
    output.backward()
    return [value.grad for value in values]


def _noise(output: Value) -> float:
    """How far the rounding of each number on the way may move an output, after `backward()`: to
    first order, what each hands on of an error in its last bit."""
    nodes = [node for node in topological_order(output) if node._prev]
    moved = [abs(node.grad * node.data) for node in nodes]
    return _EPSILON * sum(filter(math.isfinite, moved))


def _other_routes(
    function: Callable[..., Value], numbers: Sequence[float]
) -> dict[str, list[float]]:
    """The gradients by the other routes that promise the same numbers."""
    routes: dict[str, list[float]] = {}
    with plain():
        values = [Value(x) for x in numbers]
        routes["the plain engine"] = _by_backward(function(*values), values)
    values = [Value(x) for x in numbers]
    try:
        routes["the compiled function"] = _by_backward(compile(function)(*values), values)
    except TracingError:
        pass  # it depends on numbers in a way that cannot be compiled
    return routes


def _suspect(output: Value) -> str:
    """Which operation's local derivative is not that of its own differences, if there is one."""
    for node in topological_order(output):
        if not isinstance(node._operation, Operation):
            continue
        operation = node._operation
        given = numbers_of(node)
        for place, (_, local) in zip(receivers(node), local_derivatives(node), strict=True):
            expected = difference(_along(operation, given, place), given[place])
            if expected is not None and not expected.allows(local, 1e-6):
                where = f" ({node.label!r})" if node.label else ""
                return (
                    f"; the first suspect is {operation.name}{where} of {given}: its derivative "
                    f"for operand {place} is {local}, by differences {expected.slope}"
                )
    return ""


def _along(operation: Any, given: list[float], place: int) -> Callable[[float], float]:
    """An operation as a function of one of its operands."""
    return lambda x: evaluate(operation, [*given[:place], x, *given[place + 1 :]])
