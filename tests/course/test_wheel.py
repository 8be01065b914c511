"""The wheel that a book carries along is one that pip installs, with the course in it."""

import subprocess
import sys
import zipfile

import pytest

from tinygrad_neuron.course import wheel


@pytest.mark.once
def test_pip_installs_it_and_the_course_is_there(tmp_path):
    path = tmp_path / wheel.name()
    path.write_bytes(wheel.own_wheel())
    target = tmp_path / "there"
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index"]
    done = subprocess.run([*pip, "--target", target, path], capture_output=True, encoding="utf-8")
    assert 0 == done.returncode, done.stderr
    code = (
        "import tinygrad_neuron; from tinygrad_neuron.course.chosen import course; "
        "from importlib.metadata import metadata; "
        "print(tinygrad_neuron.__file__, len(course().lessons), "
        "metadata('tinygrad_neuron').get_all('Provides-Extra'))"
    )
    run = [sys.executable, "-P" if sys.version_info >= (3, 11) else "-s", "-c", code]
    environment = {"PYTHONPATH": str(target)}
    said = subprocess.run(run, capture_output=True, encoding="utf-8", cwd=tmp_path, env=environment)
    assert said.stdout.startswith(str(target)), said.stderr
    assert " 15 [" in said.stdout and "'learn'" in said.stdout


def test_the_same_files_make_the_same_bytes():
    made = wheel.own_wheel()
    assert made == wheel.own_wheel()
    with zipfile.ZipFile(__import__("io").BytesIO(made)) as packed:
        names = packed.namelist()
    assert not [name for name in names if "__pycache__" in name]
    assert "tinygrad_neuron/demos/book/index.md" in names
    assert len(set(names)) == len(names)
