"""Whatever ends us ends the programs that we started, with their temporary folders."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tinygrad_neuron import processes

KILLS = int(os.environ.get("TINYGRAD_NEURON_KILLS", "6"))
pytestmark = pytest.mark.skipif(os.name != "posix", reason="process groups are POSIX's")

# A program that starts another, as gcc does; both would run for an hour.
STARTS = """
import sys, tempfile
from tinygrad_neuron import processes
folder = tempfile.mkdtemp(prefix="tinygrad_neuron_test_", dir=sys.argv[1])
print(folder, flush=True)
processes.run(
    ["/bin/sh", "-c", "sleep 3600 & echo $$ > $0/group; wait", folder], seconds=3600, folder=folder
)
"""


def alive(group: int) -> bool:
    """Whether a process of a group runs (not one that has ended and is only not waited for)."""
    found = subprocess.run(["ps", "-eo", "pgid=,stat="], capture_output=True, text=True, check=True)
    rows = [line.split() for line in found.stdout.splitlines()]
    return any(int(pgid) == group and not stat.startswith("Z") for pgid, stat in rows)


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_killed_at_any_moment_we_leave_nothing(ending: signal.Signals, tmp_path: Path) -> None:
    generator = random.Random(ending)
    groups = []
    for _ in range(-(-KILLS // 3)):  # of each of three endings
        process = subprocess.Popen(
            [sys.executable, "-c", STARTS, str(tmp_path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        until = time.monotonic() + 20
        group = ""
        while not group and time.monotonic() < until:
            time.sleep(0.01)
            with contextlib.suppress(FileNotFoundError):
                group = (folder / "group").read_text()
        groups.append(int(group))
        time.sleep(generator.random() * 0.05)
        process.send_signal(ending)
        process.wait()
        process.stdout.close()
    until = time.monotonic() + 20
    while any(map(alive, groups)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(alive, groups))
    if ending is not signal.SIGINT:  # Python's own code removes it there
        while list(tmp_path.iterdir()) and time.monotonic() < until:
            time.sleep(0.05)
        assert [] == list(tmp_path.iterdir())


def test_one_that_ends_is_left_no_watch_over(tmp_path: Path) -> None:
    done = processes.run(
        ["/bin/sh", "-c", "cat; exit 3"], seconds=60, data=b"text", folder=str(tmp_path)
    )
    assert (done.returncode, done.stdout) == (3, b"text")
    assert tmp_path.exists()


def test_one_that_takes_too_long_is_ended() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        processes.run(["/bin/sh", "-c", "sleep 3600 & wait"], seconds=0.2)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's limit is set on Linux")
def test_the_kernel_ends_one_that_works_too_long() -> None:
    limit = "import resource; print(resource.getrlimit(resource.RLIMIT_CPU))"
    program = f"import time; time.sleep(0.5); {limit}"
    done = processes.run([sys.executable, "-c", program], seconds=10)
    most = 10 * (os.cpu_count() or 1) + 1
    assert done.stdout.decode().strip() == str((most, most))


def test_without_a_shell_there_is_no_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    done = processes.run([sys.executable, "-c", "print(1)"], seconds=60)
    assert done.stdout.strip() == b"1"
