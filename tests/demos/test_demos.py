"""The demos do their job, from the command line, as a reader would start them."""

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

DEMOS = Path(__file__).parent.parent.parent / "demos"


def run(name: str, *arguments: str, stdin: str = "") -> str:
    result = subprocess.run(
        [sys.executable, "-X", "utf8", str(DEMOS / name), *arguments],
        capture_output=True,
        encoding="utf-8",
        input=stdin,
        timeout=400,  # where the machine is busy
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_quickstart_learns_iris_and_writes_three_pictures(tmp_path):
    pytest.importorskip("matplotlib", reason="the extra demos is not installed")
    pytest.importorskip("tqdm", reason="the extra demos is not installed")
    printed = run("quickstart.py", str(tmp_path))
    assert float(re.search(r"test accuracy ([\d.]+)%", printed).group(1)) >= 93
    before, after = map(float, re.search(r"loss ([\d.]+) -> ([\d.]+)", printed).groups())
    assert after < before / 5
    assert "sepal length" in (tmp_path / "neuron.svg").read_text()
    assert (tmp_path / "neuron.png").read_bytes().startswith(b"\x89PNG")
    assert ElementTree.parse(tmp_path / "loss.svg").getroot().tag.endswith("svg")
    assert all(str(tmp_path / name) in printed for name in ("neuron.svg", "neuron.png", "loss.svg"))


def test_moons_are_separated_and_drawn(tmp_path):
    pytest.importorskip("matplotlib", reason="the extra demos is not installed")
    printed = run("moons.py", str(tmp_path))
    assert "step 100" in printed
    assert int(re.findall(r"accuracy (\d+)%", printed)[-1]) >= 99
    assert ElementTree.parse(tmp_path / "moons.svg").getroot().tag.endswith("svg")
    assert 'id="plane"' in (tmp_path / "moons.html").read_text("utf-8")
    assert '"optimisers":' in (tmp_path / "moons_learning.html").read_text("utf-8")


@pytest.mark.parametrize(
    "name", ("moons", "quickstart", "digits", "gallery", "walkthrough", "growing_up", "names_gpt")
)
def test_help_is_printed_and_nothing_written(name, tmp_path):
    pytest.importorskip("matplotlib", reason="the extra demos is not installed")
    pytest.importorskip("tqdm", reason="the extra demos is not installed")
    if name == "growing_up":
        pytest.importorskip("torch", reason="PyTorch is not installed (extra torch)")
    for options, code in (("--help",), 0), (("--folder",), 2):
        ended = subprocess.run(
            [sys.executable, str(DEMOS / f"{name}.py"), *options],
            capture_output=True,
            encoding="utf-8",
            cwd=tmp_path,
            timeout=400,
        )
        assert (ended.returncode, f"usage: {name}.py" in ended.stdout + ended.stderr) == (
            code,
            True,
        )
    assert [] == list(tmp_path.iterdir())
