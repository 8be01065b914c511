"""Replacing a file, or a folder, whole: whoever reads it sees what was there or what is new, never
a part."""

import contextlib
import errno
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from .checking import described
from .interruption import uninterrupted


def checked_path(where: str, path: str | os.PathLike[str]) -> str:
    """A path as a text, of a file that there can be.

    >>> checked_path("save", 3)
    Traceback (most recent call last):
    ...
    TypeError: save: the path must be a str or an os.PathLike, got int 3
    """
    try:
        found = os.fspath(path)
        if not isinstance(found, str):
            raise TypeError
    except TypeError:
        raise TypeError(
            f"{where}: the path must be a str or an os.PathLike, got {described(path)}"
        ) from None
    try:
        written = os.fsencode(found)
    except UnicodeEncodeError:
        written = b"\0"
    if b"\0" in written or not written:
        raise ValueError(f"{where}: {found!r} can be no path of a file")
    return found


# What no file of Windows may be called, whatever its suffix.
_RESERVED = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}


def file_names(titles: Iterable[str]) -> list[str]:
    """Names, without a suffix, for files of these titles: each can be one on every system, and no
    two are the same, nor on a system that knows no capital letters.

    >>> file_names(["Anna B", "anna/b", "con", "?"])
    ['Anna_B', 'anna_b_2', 'con_2', 'unnamed']
    """
    taken, names = set(_RESERVED), []
    for title in titles:
        wish = re.sub(r"[^\w-]+", "_", title[:60]).strip("_") or "unnamed"
        name, count = wish, 1
        while name.lower() in taken:
            count += 1
            name = f"{wish}_{count}"
        taken.add(name.lower())
        names.append(name)
    return names


def replace_file(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file whole or not at all; its folders are made.

    The content goes to a temporary file beside the target, is on the disk before that takes the
    target's name, and is removed if anything fails: the old file is then as it was. A link stays a
    link, and who may read the old file may read the new one. What is no file and no folder, a pipe
    or a device such as /dev/stdout, is written to.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "new", "notes.txt")
    ...     replace_file(path, b"first")
    ...     replace_file(path, b"second")
    ...     print(open(path, "rb").read(), os.listdir(os.path.dirname(path)))
    b'second' ['notes.txt']
    """
    target = os.path.realpath(checked_path("a file to write", path))
    if os.path.isdir(target):
        raise IsADirectoryError(errno.EISDIR, "is a folder; name a file in it", os.fspath(path))
    if os.path.exists(path) and not os.path.isfile(path):
        with _named(path), open(path, "wb") as stream:
            stream.write(content)
        return
    with _named(path):
        beside = _beside(target)
    try:
        with _named(path):
            with open(beside, "xb") as file:
                file.write(content)
                file.flush()
                # Without this, a power cut after the renaming can leave the name with no content.
                os.fsync(file.fileno())
            with contextlib.suppress(OSError):  # there was none, or it is another user's
                shutil.copymode(target, beside)
            os.replace(beside, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.remove(beside)
        raise


def writable(path: Path) -> Path:
    """The path of a file or folder that shall be written after long work, if it can be: else the
    `OSError` that writing would end in is raised now. The folders on the way are made.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = writable(Path(folder, "new", "notes.txt"))
    ...     path.name, os.listdir(path.parent)
    ('notes.txt', [])
    """
    with _named(path):
        beside = _beside(os.path.realpath(path))
        open(beside, "xb").close()
        os.remove(beside)
    return path


@contextlib.contextmanager
def _named(path: str | os.PathLike[str]) -> Iterator[None]:
    """Within it an error has the name that was asked for, not one that only we know."""
    try:
        yield
    except OSError as error:
        if not error.errno:
            raise
        raise OSError(error.errno, error.strerror, os.fspath(path)) from None


def replace_folder(path: str | os.PathLike[str], made: str | os.PathLike[str]) -> None:
    """Let a folder have the content of another, `made`, whole or not at all.

    What is `made` is copied beside the target, for it may lie on another disk, and then the two
    change names; if anything fails (the disk is full), the old folder is as it was. A program that
    is killed between two renamings leaves the old one beside, under a name that begins with a dot.

    Raises an `OSError` whose text says in one line what could not be done.
    """
    target = os.path.realpath(path)
    with _named(path):
        beside, old = _beside(target), _beside(target)
    try:
        with _named(path):
            shutil.copytree(made, beside)
        with _named(path), uninterrupted():
            if os.path.lexists(target):
                os.rename(target, old)
            try:
                os.rename(beside, target)
            except OSError:
                if os.path.lexists(old):
                    os.rename(old, target)
                raise
    except shutil.Error as error:  # it lists every file that was not copied
        reason = f"{error.args[0][0][-1]}".partition("] ")[2].partition(": ")[0]
        raise OSError(f"{os.fspath(path)} was not written: {reason}") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        if os.path.lexists(target):  # where it could not be put back, it is kept
            shutil.rmtree(old, ignore_errors=True)


def _beside(target: str) -> str:
    """A name that nothing has yet, in the same folder, which is made."""
    folder, name = os.path.split(target)
    try:
        os.makedirs(folder, exist_ok=True)
    except FileExistsError:
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), folder) from None
    return os.path.join(folder, f".{name[:50]}.{os.urandom(6).hex()}.tmp")
