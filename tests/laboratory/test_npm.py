"""What comes from npm is what was pinned."""

import shutil

import pytest

from tinygrad_neuron.laboratory import npm


def test_an_archive_that_is_not_the_pinned_one_is_refused():
    with pytest.raises(npm.PackageError, match="not the archive that was pinned"):
        npm.PYODIDE.files(b"another")


def test_what_a_folder_has_not_is_named_with_the_command_that_gets_it(tmp_path):
    with pytest.raises(npm.PackageError) as raised:
        npm.fetched([npm.PYODIDE], tmp_path)
    assert "pyodide-314.0.7.tgz" in str(raised.value)
    assert str(raised.value).endswith("npm pack pyodide@314.0.7")


def test_without_npm_it_says_how_to_get_on(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(npm.PackageError, match=r"--npm FOLDER: npm pack pyodide@314\.0\.7"):
        npm.fetched([npm.PYODIDE])


def test_a_module_that_is_not_pinned_is_refused():
    with pytest.raises(npm.PackageError, match="'left-pad', which is not pinned"):
        npm.linked(b"import pad from 'left-pad';\n", {})
