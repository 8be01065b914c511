"""How precise every operation and its derivatives up to the third are, against mpmath.

    python -m tests.accuracy            # 200 points for each
    python -m tests.accuracy 10000      # all that the project promises (an hour)

Prints, for each operation and order, the largest error relative to max(1, |true|), which is at most
1e-12, and beside it the largest error relative to the true value, which is more where a formula
that is taught loses digits (1 - tanh² far out). Points are of ordinary size and extreme ones in the
operation's domain; points next to a kink are left out, for there mpmath has no derivative.
"""

import math
import random
import sys
from typing import Any

from mpmath import mp, mpf

from tests.calculus.test_table import REFERENCES
from tinygrad_neuron import Value, gradients
from tinygrad_neuron.calculus.table import TABLE
from tinygrad_neuron.passes import DOMAIN_ERRORS

ORDERS = range(4)
LIMIT = 1e-12
NAMES = [name for name in REFERENCES if not TABLE[name].variadic and name != "constant_power"]


def points(name: str, count: int, generator: random.Random) -> list[tuple[float, ...]]:
    """Points in the domain: a third each near 1, of any size, and of ordinary size."""
    reference, operands = REFERENCES[name], len(TABLE[name].operands)
    found: list[tuple[float, ...]] = []
    while len(found) < count:
        point = []
        for _ in range(operands):
            kind = generator.randrange(3)
            if kind == 0:
                x = generator.uniform(-2.0, 2.0)
            elif kind == 1:
                x = generator.choice((-1.0, 1.0)) * 10.0 ** generator.uniform(-30.0, 3.0)
            else:
                x = generator.uniform(-40.0, 40.0)
            point.append(abs(x) + reference.low if reference.low > -math.inf else x)
        if reference.distance(*point) > 1e-3:
            found.append(tuple(point))
    return found


def computed(name: str, point: tuple[float, ...], place: int, order: int) -> float | None:
    """The derivative of an order for one operand, by the table; None where there is an error."""
    values = [Value(x) for x in point]
    try:
        result = TABLE[name].function(*values)
        for _ in range(order):
            [result] = gradients(result, [values[place]])
        return float(result.data)
    except DOMAIN_ERRORS:
        return None


def true(name: str, point: tuple[float, ...], place: int, order: int) -> Any:
    """The same by mpmath; None where there is none."""
    exact = [mpf(x) for x in point]
    value = REFERENCES[name].value
    try:
        if order == 0:
            return value(*exact)

        def along(t: Any) -> Any:
            return value(*exact[:place], t, *exact[place + 1 :])

        step = mpf(2) ** -80 * min(mpf(1), abs(exact[place]) or mpf(1))
        return mp.diff(along, exact[place], order, h=step)
    except (ValueError, ZeroDivisionError, TypeError, OverflowError):
        return None


def main(count: int) -> int:
    mp.prec = 600
    generator = random.Random(0)
    print(f"{count} points each; errors relative to max(1, |true|), and to the true value")
    print(f"{'operation':14}{'operand':>8}" + "".join(f"{f'order {k}':>22}" for k in ORDERS))
    worst = 0.0
    for name in NAMES:
        chosen = points(name, count, generator)
        for place, operand in enumerate(TABLE[name].operand_names):
            cells = []
            for order in ORDERS:
                bounded, relative = mpf(0), mpf(0)
                for point in chosen:
                    found, expected = (
                        computed(name, point, place, order),
                        true(name, point, place, order),
                    )
                    if found is None or expected is None or not mp.isfinite(expected):
                        continue
                    if abs(expected) > sys.float_info.max or math.isinf(found):
                        continue
                    error = abs(mpf(found) - expected)
                    bounded = max(bounded, error / max(mpf(1), abs(expected)))
                    if abs(expected) > 1e-300:
                        relative = max(relative, error / abs(expected))
                worst = max(worst, float(bounded))
                cells.append(f"{float(bounded):>11.1e}{float(relative):>11.1e}")
            print(f"{name:14}{operand:>8}" + "".join(cells), flush=True)
    print(f"largest: {worst:.1e}, allowed {LIMIT:.0e}")
    return int(worst > LIMIT)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
