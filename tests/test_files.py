"""A file, or a folder, is replaced whole or not at all."""

import errno
import os
import shutil
import threading
from pathlib import Path

import pytest

from tinygrad_neuron.files import file_names, replace_file, replace_folder


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


# Folders ------------------------------------------------------------------------------------------


def folder(path: Path, **files: str) -> Path:
    for name, text in files.items():
        file = path / f"{name}.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return path


def content(path: Path) -> dict[str, str]:
    return {file.stem: file.read_text() for file in path.rglob("*.html")}


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_folder_is_there_as_it_was_made_and_nothing_beside_it(tmp_path: Path) -> None:
    made = folder(tmp_path / "made", index="first")
    replace_folder(tmp_path / "a" / "book", made)
    assert content(tmp_path / "a" / "book") == {"index": "first"}
    made = folder(tmp_path / "other", page="second")
    replace_folder(str(tmp_path / "a" / "book"), str(made))
    assert content(tmp_path / "a" / "book") == {"page": "second"}
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["book"]


@pytest.mark.parametrize("step", ["copying", "taking the old away", "giving the name"])
def test_what_fails_leaves_the_old_folder_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    made = folder(tmp_path / "made", index="new", more="new")
    book = folder(tmp_path / "there" / "book", index="old")
    rename, renamed = os.rename, []

    def failing(one: str, other: str) -> None:
        renamed.append(one)
        if len(renamed) == {"taking the old away": 1, "giving the name": 2}[step]:
            full()
        rename(one, other)

    if step == "copying":
        monkeypatch.setattr(shutil, "copyfile", full)
    else:
        monkeypatch.setattr(os, "rename", failing)
    with pytest.raises(OSError, match="No space left on device") as refused:
        replace_folder(book, made)
    assert len(str(refused.value).splitlines()) == 1
    assert content(book) == {"index": "old"}
    assert [p.name for p in book.parent.iterdir()] == ["book"]


def test_where_no_folder_can_be_the_error_names_what_was_asked_for(
    tmp_path: Path, monkeypatch
) -> None:
    (tmp_path / "file").write_text("")
    made = folder(tmp_path / "made", index="new")
    with pytest.raises(NotADirectoryError) as refused:
        replace_folder(tmp_path / "file" / "book", made)
    assert refused.value.filename == str(tmp_path / "file" / "book")
    monkeypatch.setattr(os, "rename", full)
    with pytest.raises(OSError, match="No space left on device") as refused:
        replace_folder(tmp_path / "book", made)
    assert refused.value.filename == str(tmp_path / "book")


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_to_a_folder_stays_a_link(tmp_path: Path) -> None:
    made, book = folder(tmp_path / "made", index="new"), folder(tmp_path / "book", index="old")
    (tmp_path / "link").symlink_to(book)
    replace_folder(tmp_path / "link", made)
    assert (tmp_path / "link").is_symlink()
    assert content(book) == {"index": "new"}


# What is no usual file ----------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are POSIX's")
def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    replace_file(pipe, b"text")
    reader.join(10)
    assert read == [b"text"]
    assert pipe.is_fifo()


@pytest.mark.skipif(os.name == "nt", reason="rights are others on Windows")
def test_who_may_read_a_file_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "private.json"
    path.write_bytes(b"old")
    path.chmod(0o600)
    replace_file(path, b"new")
    assert path.stat().st_mode & 0o777 == 0o600


def test_an_error_names_the_file_that_was_asked_for(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left on device") as refused:
        replace_file(tmp_path / "notes.txt", b"text")
    assert refused.value.filename == str(tmp_path / "notes.txt")
    assert str(refused.value).endswith(f"left on device: {str(tmp_path / 'notes.txt')!r}")
    assert list(tmp_path.iterdir()) == []


def test_the_longest_name_that_a_file_can_have_is_one(tmp_path: Path) -> None:
    path = tmp_path / ("ä" * 125 + ".json")
    try:
        path.write_bytes(b"old")
    except OSError:
        pytest.skip("this file system has no such names")
    replace_file(path, b"new")
    assert path.read_bytes() == b"new"


def test_every_title_gives_a_name_that_each_system_has_and_no_two_the_same(tmp_path: Path) -> None:
    titles = ["Anna B", "anna b", "A/B", "CON", "com1", "a.b", "..", "", "\udcff", "ä" * 300, "\n"]
    names = file_names([*titles, *titles])
    assert len({name.lower() for name in names}) == 2 * len(titles)
    for name in names:
        assert name.lower().partition(".")[0] not in ("con", "com1")
        (tmp_path / f"{name}.html").write_bytes(b"")
