"""A network moves to PyTorch and goes on there, on one process and on two."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parent.parent.parent / "demos" / "growing_up.py"


@pytest.mark.once
@pytest.mark.slow  # four processes import PyTorch
def test_a_network_goes_on_in_pytorch_on_one_process_and_on_two():
    pytest.importorskip("torch", reason="PyTorch is not installed (extra torch)")
    command = [sys.executable, str(PROGRAM), "2"]
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=400)
    assert ended.returncode == 0, ended.stderr
    here, moved, one, two = ended.stdout.splitlines()
    accuracies = [float(a) for a in re.findall(r"accuracy ([\d.]+)%", f"{here} {one} {two}")]
    assert accuracies[0] > 80
    assert min(accuracies[1:]) >= accuracies[0] - 2
    apart = [float(line.split("by at most ")[1]) for line in (moved, two)]
    assert max(apart) < 1e-12


def test_without_pytorch_it_says_what_to_install():
    code = f"import runpy, sys; sys.modules['torch'] = None; runpy.run_path({str(PROGRAM)!r})"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    assert ended.returncode == 1
    assert 'growing_up.py needs PyTorch: pip install -e ".[torch]"\n' == ended.stderr


def test_a_wrong_number_of_epochs_is_refused():
    pytest.importorskip("torch", reason="PyTorch is not installed (extra torch)")
    for wrong in ("foo", "0", "1.5"):
        command = [sys.executable, str(PROGRAM), wrong]
        ended = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=400)
        assert ended.returncode == 2
        assert f"must be a whole number from 1 on, got {wrong!r}" in ended.stderr
