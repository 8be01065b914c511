"""Wheels that the laboratory may have besides."""

import hashlib

import pytest

from tinygrad_neuron.laboratory.npm import PackageError
from tinygrad_neuron.laboratory.packages import chosen


def entry(content, *depends, file_name):
    digest = hashlib.sha256(content).hexdigest()
    return {"file_name": file_name, "sha256": digest, "depends": list(depends)}


LOCK = {
    "info": {"python": "3.14.2"},
    "packages": {
        "numpy": entry(b"arrays", file_name="numpy-2.whl"),
        "matplotlib": entry(b"figures", "numpy", file_name="matplotlib-3.whl"),
    },
}


def test_without_a_folder_there_are_none():
    assert ({**LOCK, "packages": {}}, {}) == chosen(LOCK, None)


def test_those_of_a_folder_are_taken(tmp_path):
    (tmp_path / "numpy-2.whl").write_bytes(b"arrays")
    lock, files = chosen(LOCK, tmp_path)
    assert ["numpy"] == list(lock["packages"])
    assert {"numpy-2.whl": b"arrays"} == files


def test_another_wheel_of_that_name_is_refused(tmp_path):
    (tmp_path / "numpy-2.whl").write_bytes(b"other arrays")
    with pytest.raises(PackageError, match="is not the wheel of this Pyodide"):
        chosen(LOCK, tmp_path)


def test_what_a_package_needs_is_named(tmp_path):
    (tmp_path / "matplotlib-3.whl").write_bytes(b"figures")
    with pytest.raises(PackageError, match=r"matplotlib needs numpy, .* no numpy-2\.whl"):
        chosen(LOCK, tmp_path)


def test_a_folder_without_any_is_refused(tmp_path):
    with pytest.raises(PackageError, match=r"has no wheel of this Pyodide, such as numpy-2\.whl"):
        chosen(LOCK, tmp_path)
