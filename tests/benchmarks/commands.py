"""Cold starts: how long each command of the command line takes to its first output.

    python tests/benchmarks/commands.py [TIMES]

prints, for each command in a new process, the least time of several until something can be read,
and beside it the time that the process was given a processor until then (on Linux): on a machine
that does other things too, that is the time to compare. As at a user's, Python keeps the package as
byte code, whatever PYTHONDONTWRITEBYTECODE says: without it each start compiles what it imports.
"""

import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NEURON = ("tanh(w*x + b)", "w=0.5", "x=2", "b=-1")
COMMANDS: dict[str, Sequence[str]] = {
    "(nothing)": [],
    "--version": ["--version"],
    "--help": ["--help"],
    "drow (misspelt)": ["drow"],
    "walk": ["walk", *NEURON],
    "walk -o steps.json": ["walk", *NEURON, "-o", "steps.json"],
    "draw -o graph.gv": ["draw", *NEURON, "-o", "graph.gv"],
    "draw": ["draw", *NEURON],
    "page": ["page", *NEURON],
    "learn": ["learn"],
    "learn 1": ["learn", "1"],
    "notebook 1": ["notebook", "1"],
    "book": ["book", "book"],
    "laboratory": ["laboratory", "laboratory"],
    "lesson new": ["lesson", "new", "thermostat"],
    "lesson check": ["lesson", "check", str(ROOT / "demos" / "lesson_1_mcculloch_pitts.py")],
    **{f"course {name}": ["course", name] for name in ("handout", "moodle", "slides", "notes")},
    "course judge": ["course", "judge", "nothing"],
    "course pdf": ["course", "pdf", "nothing"],
    **{
        f"{name} --help": [name, "--help"]
        for name in ("walk", "learn", "book", "laboratory", "lesson", "course")
    },
}


def first_output(command: Sequence[str], folder: str) -> tuple[float, float]:
    """Seconds from the start of a process until it has written something, and on a processor."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    begin = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    os.read(process.stdout.fileno(), 1)
    seconds = time.perf_counter() - begin
    try:
        scheduled = Path(f"/proc/{process.pid}/schedstat").read_text()
        on_processor = int(scheduled.split()[0]) / 1e9
    except OSError:
        on_processor = math.nan
    process.kill()
    process.wait()
    process.stdout.close()
    return seconds, on_processor


def main() -> None:
    """Print the table."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    module = [sys.executable, "-m", "tinygrad_neuron"]
    commands = {
        "python, nothing imported": [sys.executable, "-c", "print(1)"],
        **{name: [*module, *words] for name, words in COMMANDS.items()},
    }
    least = dict.fromkeys(commands, (math.inf, math.inf))
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(times):  # in turn, so that a busy machine is unfair to all
            for name, command in commands.items():
                wall, processor = first_output(command, folder)
                least[name] = min(least[name][0], wall), min(least[name][1], processor)
    print(f"{'to the first output, ms':<26}{'clock':>8}{'processor':>12}")
    for name, (wall, processor) in least.items():
        print(f"{name:<26}{1e3 * wall:8.0f}{1e3 * processor:12.0f}")


if __name__ == "__main__":
    main()
