"""The wheel that a book carries along is one that pip installs, with the course in it."""

import io
import os
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
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        names = packed.namelist()
    assert not [name for name in names if "__pycache__" in name]
    assert "tinygrad_neuron/demos/book/index.md" in names
    assert len(set(names)) == len(names)


@pytest.mark.once
def test_a_teacher_needs_no_more_than_the_wheel(tmp_path):
    """Each command for teachers, in a folder outside of the source tree. (The book has its own.)"""
    for needed in ("sphinx_revealjs", "markdown_it"):
        pytest.importorskip(needed, reason="the extra teach is not installed")
    with zipfile.ZipFile(io.BytesIO(wheel.own_wheel())) as packed:
        packed.extractall(tmp_path / "site")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site"), "PYTHONUTF8": "1"}
    desk = tmp_path / "desk"
    desk.mkdir()

    def said(*arguments: str) -> str:
        command = [sys.executable, "-m", "tinygrad_neuron", *arguments]
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", cwd=desk, env=environment
        )
        assert 0 == done.returncode, done.stderr
        return done.stdout

    own = ("--lessons", "own")
    said("lesson", "new", "thermostat", "own")
    (desk / "own" / "course.txt").write_text("title: In a day\n16\n")
    assert "all is well" in said("lesson", "check", "own/lesson_16_thermostat.py")
    assert "16  Thermostat" in said("learn", *own)
    assert "lesson_16_thermostat.ipynb" in said("notebook", "16", *own)
    said("course", "handout", "out", *own)
    assert "5 of 5 right" in said("course", "judge", "out/solutions", *own)
    said("course", "moodle", "out/questions.xml", *own)
    said("course", "notes", "out/notes", *own)
    said("course", "slides", "out/slides", *own)
    assert (desk / "out" / "slides" / "reveal" / "dist" / "reveal.js").exists()
    assert ["out", "own"] == sorted(path.name for path in desk.iterdir() if path.is_dir())
