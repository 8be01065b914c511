"""What the README shows runs and prints what it says."""

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tinygrad_neuron import Value
from tinygrad_neuron.calculus.table import TABLE

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_python_block_prints_what_it_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^ *```python\n(.*?)^ *```$", README, re.DOTALL | re.MULTILINE)
    assert len(blocks) == README.count("```python")
    examples = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "README", None, 0)
    assert len(examples.examples) > 25
    try:
        results = doctest.DocTestRunner().run(examples)
    finally:
        TABLE.pop("bent", None)
        if hasattr(Value, "bent"):
            del Value.bent
    assert results.failed == 0
    assert (tmp_path / "out/y.svg").read_text().count("<svg") == 1


def test_the_walkthrough_prints_what_the_readme_shows():
    shown = re.search(r"```text\n(forward: .*?)```", README, re.DOTALL).group(1)
    command = [sys.executable, "-X", "utf8", str(ROOT / "demos/walkthrough.py")]
    printed = subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout
    assert shown == printed


def test_ci_runs_the_test_command_of_the_readme():
    if not (ROOT / ".ci/run").exists():
        pytest.skip("no .ci/run beside these tests")
    command = re.search(r"^python3 -m venv .*pytest.*$", README, re.MULTILINE).group()
    assert f"test_command='{command}'" in (ROOT / ".ci/run").read_text()


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)]+)\)", README))
def test_every_link_leads_somewhere(link):
    assert (ROOT / link).exists()


def test_powershells_commands_are_the_same():
    commands = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)
    here = [re.sub(r"\.venv/bin/(\w+)", r".venv\\Scripts\\\1", command) for command in commands]
    here = [command.replace("python3", "py", 1).replace(" &&", ";") for command in here]
    assert here == re.findall(r"^py -m venv .*$", README, re.MULTILINE)
    assert len(here) == 2
