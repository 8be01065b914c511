"""A file is replaced whole or not at all."""

import os
from pathlib import Path

import pytest

from tinygrad_neuron.files import replace_file


def test_the_folders_are_made_and_nothing_else_is_left_there(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "notes.txt"
    replace_file(path, b"first")
    replace_file(str(path), b"second")
    assert path.read_bytes() == b"second"
    assert [p.name for p in path.parent.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failure_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(OSError, match="the disk is full"):
        replace_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_content_is_on_the_disk_before_it_takes_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(b"old")
    seen = []

    def watch(handle: int) -> None:
        seen.append((path.read_bytes(), os.fstat(handle).st_size))

    monkeypatch.setattr(os, "fsync", watch)
    replace_file(path, b"12345")
    assert seen == [(b"old", 5)]


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target.txt", tmp_path / "link.txt"
    target.write_bytes(b"old")
    link.symlink_to(target)
    replace_file(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_folder_in_the_place_of_the_file_is_said_so(tmp_path):
    with pytest.raises(IsADirectoryError, match="is a folder; name a file in it"):
        replace_file(tmp_path, b"text")
    assert [] == list(tmp_path.iterdir())
