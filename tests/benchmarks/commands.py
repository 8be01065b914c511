"""Cold starts: how long each command of the command line takes to its first output.

    python tests/benchmarks/commands.py [TIMES]

prints, for each command in a new process, the least time of several until something can be read,
and how much of it Python itself takes to start.
"""

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
}


def first_output(command: Sequence[str], folder: str) -> float:
    """Seconds from the start of a process until it has written something."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    begin = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    os.read(process.stdout.fileno(), 1)
    seconds = time.perf_counter() - begin
    process.kill()
    process.wait()
    process.stdout.close()
    return seconds


def main() -> None:
    """Print the table."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    with tempfile.TemporaryDirectory() as folder:
        python = [sys.executable, "-c", "print(1)"]
        commands = {name: [sys.executable, "-m", "tinygrad_neuron", *words]
                    for name, words in COMMANDS.items()}  # fmt: skip
        least = dict.fromkeys(["python", *commands], float("inf"))
        for _ in range(times):  # in turn, so that a busy machine is unfair to all
            for name, command in {"python": python, **commands}.items():
                least[name] = min(least[name], first_output(command, folder))
    for name, seconds in least.items():
        print(f"{name:<24}{1e3 * seconds:6.0f} ms")


if __name__ == "__main__":
    main()
