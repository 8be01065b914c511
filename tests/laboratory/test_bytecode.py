"""Bytecode of what an opening imports."""

import importlib
import io
import sys
import zipfile

import pytest

from tinygrad_neuron.laboratory.building import build
from tinygrad_neuron.laboratory.bytecode import BytecodeError, compiled, with_bytecode


@pytest.fixture
def packed(monkeypatch):
    """An archive with a module, which no other test has loaded."""
    monkeypatch.delitem(sys.modules, "fresh_module", raising=False)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("fresh_module.py", "said = 'as compiled'\n")
        archive.writestr("other.py", "1 / 0\n")
    return made.getvalue()


def test_in_a_folder_the_bytecode_is_what_runs_and_the_text_is_there(packed, tmp_path, monkeypatch):
    file = tmp_path / "fresh_module.py"
    with zipfile.ZipFile(io.BytesIO(compiled(packed, str(tmp_path), [str(file)]))) as archive:
        archive.extractall(tmp_path)
    file.write_text("said = 'as written later'\n")
    monkeypatch.syspath_prepend(tmp_path)
    found = importlib.import_module("fresh_module")
    assert ("as compiled", str(file)) == (found.said, found.__file__)
    assert (tmp_path / "other.py").read_text() == "1 / 0\n"


def test_in_an_archive_the_bytecode_takes_the_place_of_the_text(packed, tmp_path, monkeypatch):
    place = tmp_path / "library.zip"
    place.write_bytes(compiled(packed, str(place), [f"{place}/fresh_module.py"]))
    with zipfile.ZipFile(place) as archive:
        assert ["fresh_module.pyc", "other.py"] == archive.namelist()
    monkeypatch.syspath_prepend(place)
    assert "as compiled" == importlib.import_module("fresh_module").said


def test_what_an_opening_imports_is_compiled_and_the_rest_is_not(laboratory):
    with zipfile.ZipFile(laboratory / "pyodide" / "python_stdlib.zip") as archive:
        library = set(archive.namelist())
    [wheel] = (laboratory / "wheels").glob("tinygrad_neuron*")
    with zipfile.ZipFile(wheel) as archive:
        own = set(archive.namelist())
    if "inspect.py" in library:
        pytest.skip("no node on this machine that Pyodide runs in: there is no bytecode")
    assert {"inspect.pyc", "mailbox.py"} <= library
    assert "tinygrad_neuron/__pycache__/engine.cpython-314.pyc" in own
    assert {"tinygrad_neuron/engine.py", "tinygrad_neuron/bridges/__init__.py"} <= own
    assert not [name for name in own if "bridges/__pycache__" in name]


def test_without_node_the_folder_is_built_and_says_what_is_slower(archives, tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(BytecodeError, match="node is not on this machine"):
        with_bytecode({})
    told = []
    build(tmp_path / "made", archives=archives, tell=told.append)
    [said] = told
    assert said.startswith("without bytecode, so Python starts some two seconds later: node is not")


def test_what_node_says_is_handed_on(tmp_path):
    with pytest.raises(BytecodeError, match=r"node (did not do it: loadPyodide|is not on)"):
        with_bytecode({"wheels/none.whl": b"", "pyodide/pyodide.mjs": b""})
