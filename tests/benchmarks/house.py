"""The house in numbers: how much code there is, and whether it keeps its order.

    python tests/benchmarks/house.py

prints lines, the largest file, function and class, circles, imports upward and of private names,
and two times: `import tinygrad_neuron` against `import asyncio` (new interpreters in turn, the
minimum of each), and an eager step of micrograd's moons demo against micrograd (the same).
"""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests import house  # noqa: E402  # the path first: this file is run as a program
from tests.benchmarks import engine  # noqa: E402

IMPORTS = 20
ROUNDS = 3


def longest(found):
    """The longest of some definitions, as its length and where it stands."""
    return max((house.length(node), where) for where, node in found)


def sizes():
    """Rows about length."""
    python = {
        path.relative_to(ROOT / house.PACKAGE).as_posix(): len(path.read_text("utf-8").splitlines())
        for path in (ROOT / house.PACKAGE).rglob("*.py")
    }
    yield "lines of Python in the package", f"{sum(python.values()):,} in {len(python)} files"
    lines, name = max((n, name) for name, n in house.file_lengths().items())
    yield "largest file, tables of data left out", f"{lines} lines, {name}"
    above = [name for name, n in house.file_lengths().items() if n > house.LONGEST_FILE]
    yield f"files above {house.LONGEST_FILE} lines", ", ".join(above) or "none"
    for kind, found in (("function", house.functions()), ("class", house.classes())):
        lines, where = longest(found)
        yield f"largest {kind}", f"{lines} lines, {where}"
    yield "without a docstring that should have one", str(len(house.without_docstring()))


def order():
    """Rows about imports."""
    circles = [" ".join(m.removeprefix(f"{house.PACKAGE}.") for m in c) for c in house.circles()]
    yield "circles among modules", "; ".join(circles) or "none"
    yield "private names taken across rooms", "; ".join(house.private_imports()) or "none"
    command = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    if command is None:
        yield "imports upward", "not checked: import-linter is not installed"
        return
    done = subprocess.run([command], cwd=ROOT, capture_output=True, encoding="utf-8")
    broken = [line for line in done.stdout.splitlines() if "not allowed to import" in line]
    yield "imports upward", "; ".join(broken) or ("none" if done.returncode == 0 else done.stdout)


def times():
    """Rows about time: each in processes of their own, in turn."""
    ours, theirs = [], []
    for _ in range(IMPORTS):
        ours.append(engine.import_seconds(engine.OURS))
        theirs.append(engine.import_seconds("asyncio"))
    our, their = min(ours), min(theirs)
    told = f"{1e3 * our:.1f} ms; asyncio {1e3 * their:.1f} ms; ours / asyncio {our / their:.2f}"
    yield "import tinygrad_neuron", told
    if importlib.util.find_spec(engine.REFERENCE) is None:
        yield "eager moons step", "not compared: micrograd is not installed"
        return
    ours, theirs = engine.compared("moons_step", references=True, rounds=ROUNDS)
    our, their = (min(engine.column(results, "seconds")) for results in (ours, theirs))
    told = f"{1e3 * our:.1f} ms; micrograd {1e3 * their:.0f} ms; {their / our:.1f} times as fast"
    yield "eager moons step", told


def main():
    """Print every row as it is known."""
    for rows in (sizes, order, times):
        for what, told in rows():
            print(f"{what:42}  {told}", flush=True)


if __name__ == "__main__":
    main()
