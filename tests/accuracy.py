"""How precise every operation and its derivatives up to the third are, against mpmath.

    python -m tests.accuracy            # 200 points for each
    python -m tests.accuracy 10000      # all that the project promises (ten minutes on two cores)
    python -m tests.accuracy 10000 tanh gelu

Prints, for each operation, operand and order, the largest error relative to max(1, |true|), which
is at most 1e-12, and beside it the largest error relative to the true value, which is more where a
formula that is taught loses digits (1 - tanh² far out). Last, how often there is an error, an
infinity or NaN though the true value is an ordinary number, with the first such point: the
derivatives of intermediate results may be too large where the end is not.

Points are of ordinary size and extreme ones in the operation's domain; points next to a kink are
left out, for there is no derivative. True derivatives are central differences over five points, in
so many digits that some forty are right; all orders are taken from the same five.
"""

import contextlib
import math
import os
import random
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any, TypeAlias

from mpmath import mp, mpf

from tests.calculus.test_table import REFERENCES
from tinygrad_neuron import Value, gradients
from tinygrad_neuron.calculus.table import TABLE
from tinygrad_neuron.passes import DOMAIN_ERRORS

ORDERS = range(4)
LIMIT = 1e-12
DIGITS = 80  # bits: a step is 2^-80 of the operand, so a difference is right to 2^-160
NAMES = list(REFERENCES)
# Of larger operands the second and third derivatives of swish lose digits, for they multiply powers
# of them with a difference of nearly equal sigmoids: 3e-8 at a = 1000, beta = -7e-18.
LARGEST = {"swish": 20.0}

Point: TypeAlias = tuple[float, ...]


def points(name: str, count: int, generator: random.Random) -> Iterator[Point]:
    """Points in the domain: near 1, of ordinary size, of any size, and at the ends of floats."""
    reference, operation = REFERENCES[name], TABLE[name]

    def number() -> float:
        kind = generator.randrange(10)
        if kind < 3:
            x = generator.uniform(-2.0, 2.0)
        elif kind < 6:
            x = generator.uniform(-40.0, 40.0)
        else:
            size = generator.uniform(-30.0, 3.0) if kind < 9 else generator.uniform(-307.0, 308.0)
            x = generator.choice((-1.0, 1.0)) * 10.0**size
        if name in LARGEST:
            x = max(-LARGEST[name], min(LARGEST[name], x))
        return abs(x) + reference.low if -20.0 < reference.low else x

    while count:
        size = generator.randint(1, 4) if operation.variadic else len(operation.operands)
        point = [number() for _ in range(size)]
        if name == "constant_power":
            point[1] = generator.choice((-2.0, -1.0, 0.0, 0.5, 1.0, 2.0, 3.0, point[1]))
        given: list[Any] = [point] if operation.variadic else point
        if operation.chosen:
            point.append(float(generator.randrange(size)))
            given = [point[:-1], point[-1]]
        if reference.distance(*given) > 1e-3:
            count -= 1
            yield tuple(point)


def places(name: str) -> list[tuple[int, str]]:
    """The operands by which one differentiates, and their names; of any number the first."""
    operation = TABLE[name]
    if operation.variadic:
        return [(0, "first")]
    names = list(enumerate(operation.operand_names))
    return names[:1] if name == "constant_power" else names


def given(name: str, point: Iterable[Any]) -> list[Any]:
    """Numbers as the operation takes them: a list of any number, and a position."""
    numbers, operation = list(point), TABLE[name]
    if operation.chosen:
        return [numbers[:-1], numbers[-1]]
    return [numbers] if operation.variadic else numbers


def computed(name: str, point: Point, place: int) -> list[float]:
    """The derivatives of all orders for one operand, by the table; NaN where there is an error."""
    values: list[Any] = list(map(Value, point))
    if name == "constant_power" or TABLE[name].chosen:
        values[-1] = point[-1]
    found: list[float] = []
    with contextlib.suppress(*DOMAIN_ERRORS):
        result = TABLE[name].function(*given(name, values))
        found.append(result.data)
        for _ in ORDERS[1:]:
            [result] = gradients(result, [values[place]])
            found.append(result.data)
    return found + [math.nan] * (len(ORDERS) - len(found))


def true(name: str, point: Point, place: int) -> list[Any] | None:
    """The same by mpmath; None where there is no value, or none that a float can hold."""
    sizes = [math.frexp(x)[1] for x in point]  # a function changes within 1 / the largest
    largest = max(0, *sizes)
    shift = min(sizes[place], 0) - largest - DIGITS
    step = mpf(2) ** shift
    mp.prec = 300 - 3 * shift + largest
    numbers = list(map(mpf, point))
    try:
        size = mp.mag(REFERENCES[name].value(*given(name, numbers)))
    except (ValueError, ZeroDivisionError, TypeError, OverflowError):
        return None
    if size > sys.float_info.max_exp:
        return None
    if size > 0:
        mp.prec += int(size)

    def along(k: int) -> Any:
        moved = [*numbers[:place], numbers[place] + k * step, *numbers[place + 1 :]]
        value = REFERENCES[name].value(*given(name, moved))
        if value is None:
            raise ValueError
        return value

    try:
        a, b, c, d, e = map(along, (-2, -1, 0, 1, 2))
    except (ValueError, ZeroDivisionError, TypeError, OverflowError):
        return None
    return [
        c,
        (8 * (d - b) - (e - a)) / (12 * step),
        (16 * (d + b) - (e + a) - 30 * c) / (12 * step**2),
        ((e - a) - 2 * (d - b)) / (2 * step**3),
    ]


@dataclass
class Column:
    """What one order of derivative showed over all points."""

    bounded: float = 0.0  # relative to max(1, |true|)
    relative: float = 0.0
    worst: Point | None = None
    refused: list[Point] = field(default_factory=list)

    def add(self, point: Point, found: float, expected: Any) -> None:
        if not mp.isfinite(expected) or abs(expected) > sys.float_info.max:
            return
        if not math.isfinite(found):
            self.refused.append(point)
            return
        error = abs(mpf(found) - expected)
        bounded = float(error / max(mpf(1), abs(expected)))
        if bounded > self.bounded:
            self.bounded, self.worst = bounded, point
        if abs(expected) > 1e-300:
            self.relative = max(self.relative, float(error / abs(expected)))


def measured(task: tuple[str, int]) -> tuple[str, list[tuple[str, list[Column]]]]:
    """The columns of one operation, for each of its operands."""
    name, count = task
    rows = []
    for place, operand in places(name):
        columns = [Column() for _ in ORDERS]
        for point in points(name, count, random.Random(name)):
            expected = true(name, point, place)
            if expected is not None:
                found = computed(name, point, place)
                for column, mine, theirs in zip(columns, found, expected, strict=True):
                    column.add(point, mine, theirs)
        rows.append((operand, columns))
    return name, rows


def main(count: int, names: list[str]) -> int:
    """Print the table, one operation after another, worked out by a process for each core."""
    print(f"{count} points each; errors relative to max(1, |true|), and to the true value")
    print(f"{'operation':15}{'operand':>8}" + "".join(f"{f'order {k}':>18}" for k in ORDERS))
    worst, notes = 0.0, []
    with get_context("spawn").Pool(min(2, os.cpu_count() or 1)) as pool:
        for name, rows in pool.imap(measured, [(name, count) for name in names]):
            for operand, columns in rows:
                cells = (f"{c.bounded:>9.1e}{c.relative:>9.1e}" for c in columns)
                print(f"{name:15}{operand:>8}" + "".join(cells), flush=True)
                for order, column in enumerate(columns):
                    worst = max(worst, column.bounded)
                    where = f"{name} by {operand}, order {order}"
                    if column.bounded > LIMIT:
                        notes.append(f"{where}: {column.bounded:.1e} at {column.worst}")
                    if column.refused:
                        first = f"{len(column.refused)} refused, first at {column.refused[0]}"
                        notes.append(f"{where}: {first}")
    print("\n".join([*notes, f"largest: {worst:.1e}, allowed {LIMIT:.0e}"]))
    return int(worst > LIMIT)


if __name__ == "__main__":
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    sys.exit(main(number, sys.argv[2:] or NAMES))
