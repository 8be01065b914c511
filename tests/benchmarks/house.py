"""The house in numbers: how long its parts are, what imports what, how fast it starts and runs.

    python tests/benchmarks/house.py

prints a table. Lengths and imports are read from the source (`tests/house.py`); times are measured
by `engine.py` beside this file: ours and the reference's in turn, each in a process of its own.
"""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import engine  # the benchmark beside this one

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests import house

IMPORTS = 15  # processes each


def lengths() -> Iterator[tuple[str, str]]:
    """Lines in all, and the largest file, class and function."""
    modules = house.modules().values()
    largest = max(modules, key=lambda module: module.lines)
    yield "files of Python in the package", str(len(modules))
    yield "lines of Python in the package", f"{sum(module.lines for module in modules):,}"
    yield "the largest file, lines", f"{largest.lines} ({shown(largest)})"
    for what, kind in (("class", "ClassDef"), ("function", "FunctionDef")):
        lines, name = max(
            (lines, f"{node.name}, {shown(module)}")
            for module in modules
            for node, lines in module.definitions()
            if type(node).__name__ == kind
        )
        yield f"the largest {what}, lines", f"{lines} ({name})"
    tests = [path.read_text("utf-8") for path in (house.ROOT / "tests").rglob("*.py")]
    yield "lines of Python in the tests", f"{sum(text.count(chr(10)) for text in tests):,}"


def shown(module: house.Module) -> str:
    """A module's path in the package."""
    return module.path.relative_to(house.PACKAGE).as_posix()


def imports() -> Iterator[tuple[str, str]]:
    """What the contract forbids, counted."""
    modules = house.modules()
    edges = house.graph(modules)
    circles = [*house.circles(edges), *house.circles(house.between_rooms(edges))]
    for what, found in (
        ("circles of imports", [" ".join(circle) for circle in circles]),
        ("imports upward", house.upward_imports(modules)),
        ("private names taken from another room", house.private_imports(modules)),
    ):
        yield what, ": ".join([str(len(found)), *found[:1]])


def times() -> Iterator[tuple[str, str]]:
    """The import against that of asyncio, the eager step against micrograd's."""
    ours, theirs = [], []
    for _ in range(IMPORTS):
        ours.append(engine.import_seconds(engine.OURS))
        theirs.append(engine.import_seconds("asyncio"))
    our, their = min(ours), min(theirs)
    yield "import tinygrad_neuron, ms", f"{1e3 * our:.1f}"
    yield "import asyncio, ms", f"{1e3 * their:.1f} (ours is {our / their:.2f} of that)"
    with_reference = importlib.util.find_spec(engine.REFERENCE) is not None
    steps, reference = engine.compared("moons_step", with_reference)
    yield "micrograd's moons demo, an eager step, ms", f"{1e3 * median(_seconds(steps)):.1f}"
    if with_reference:
        pairs = zip(_seconds(steps), _seconds(reference), strict=True)
        yield "micrograd's time / ours", f"{median(their / our for our, their in pairs):.1f}"


def _seconds(results: list[dict[str, float]]) -> list[float]:
    return [float(result["seconds"]) for result in results]


def main() -> None:
    """Print the table."""
    for part in (lengths, imports, times):
        for what, number in part():
            print(f"{what:<44}{number}", flush=True)


if __name__ == "__main__":
    main()
