"""The wheels, and a part of the package's own tests in them, as Pyodide runs it under Node."""

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.house import ROOT
from tinygrad_neuron.laboratory.wheels import installed_wheel, wheels

TESTS = (
    "tests/test_engine.py",
    "tests/compiler/test_program.py",
    "tests/compiler/test_reached.py",
    "tests/compiler/test_trainer.py",
    "tests/nn",
    "tests/test_losses.py",
    "tests/test_optim.py",
    "tests/training",
    "tests/walk/test_records.py",
    "tests/walk/test_walking.py",
)
# In a browser there are no threads and no processes.
# An error's text is that of the Python it comes from; and that much is enough.
NOT = (
    "threads",
    "imports_neither",
    "collector_recursion",
    "first_call",
    "in_a_notebook",
    "branch_taken_it_is",
    "refuses",
    "real_number",
    "lists_in_lists",
)
# What tests need that is pure Python, as it is installed here. Hypothesis is not.
NEEDED = ("pytest", "iniconfig", "packaging", "pluggy", "pygments")
HYPOTHESIS = """
import pytest

class _Anything:
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self
    def __or__(self, other): return self

strategies = _Anything()

def settings(*a, **k): return lambda test: test

def given(*a, **k):
    def skipped(test):
        def nothing(): pytest.skip("hypothesis is not pure Python")
        return nothing
    return skipped

assume = example = note = settings
"""
SETTINGS = """[pytest]
markers = once
    slow
    fast
    both_targets
    only_python
filterwarnings = error
"""


def test_a_wheel_is_the_same_each_time_and_has_the_lessons():
    made = wheels()
    assert made == wheels()
    with zipfile.ZipFile(io.BytesIO(next(iter(made.values())))) as packed:
        names = packed.namelist()
    assert {"tinygrad_neuron/demos/lesson_1_mcculloch_pitts.py"} < set(names)
    assert not [name for name in names if name.endswith((".pyc", ".wasm"))]
    assert not [name for name in names if "/page/playground" in name or "/demos/book/" in name]


def packed(path: Path) -> Path:
    """A zip of tests and of the packages that they need."""
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("pytest.ini", SETTINGS)
        made.writestr("hypothesis.py", HYPOTHESIS)
        for file in (*(ROOT / "tests").rglob("*.py"), *(ROOT / "tests").rglob("*.json")):
            made.write(file, file.relative_to(ROOT).as_posix())
        for name in NEEDED:
            with zipfile.ZipFile(io.BytesIO(installed_wheel(name)[1])) as wheel:
                for file in wheel.namelist():
                    made.writestr(file, wheel.read(file))
    return path


def test_tests_of_engine_compiler_layers_and_training_pass_in_pyodide(laboratory, tmp_path):
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on this machine: nothing runs in Pyodide here")
    archive = packed(tmp_path / "tests.zip")
    script = Path(__file__).with_name("node.mjs")
    words = ["-q", "-p", "no:cacheprovider", "-k", " and ".join(f"not {name}" for name in NOT)]
    command = [node, script, laboratory, archive, *words, *TESTS]
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=600)
    print(ended.stdout[-6000:], ended.stderr[-2000:])
    assert 0 == ended.returncode
