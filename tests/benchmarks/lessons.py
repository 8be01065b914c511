"""How long each lesson takes as a script, in seconds of the processor and of the clock.

    python tests/benchmarks/lessons.py

At most 30 seconds each are wanted; the processor's count wherever others work on the machine.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

DEMOS = Path(__file__).resolve().parents[2] / "demos"


def main() -> None:
    """Runs the lessons one after the other, in a folder of their own."""
    lessons = sorted(DEMOS.glob("lesson_*.py"), key=lambda path: int(path.stem.split("_")[1]))
    print(f"{'lesson':<30}{'processor':>12}{'clock':>12}")
    with tempfile.TemporaryDirectory() as folder:
        for lesson in lessons:
            before = os.times()
            subprocess.run(
                [sys.executable, lesson],
                check=True,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
            after = os.times()
            processor = sum(after[2:4]) - sum(before[2:4])
            print(f"{lesson.stem:<30}{processor:>12.1f}{after.elapsed - before.elapsed:>12.1f}")


if __name__ == "__main__":
    main()
