"""Replacing a file whole: whoever reads it sees the old content or the new one, never a part."""

import contextlib
import errno
import os
import secrets


def replace_file(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file whole or not at all; its folders are made.

    The content goes to a temporary file beside the target, is on the disk before that takes the
    target's name, and is removed if anything fails: the old file is then as it was. A link stays a
    link.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "new", "notes.txt")
    ...     replace_file(path, b"first")
    ...     replace_file(path, b"second")
    ...     print(open(path, "rb").read(), os.listdir(os.path.dirname(path)))
    b'second' ['notes.txt']
    """
    target = os.path.realpath(path)
    if os.path.isdir(target):
        raise IsADirectoryError(errno.EISDIR, "is a folder; name a file in it", os.fspath(path))
    folder, name = os.path.split(target)
    os.makedirs(folder, exist_ok=True)
    beside = os.path.join(folder, f".{name[:100]}.{secrets.token_hex(6)}.tmp")
    try:
        with open(beside, "xb") as file:
            file.write(content)
            file.flush()
            # Without this, a power cut after the renaming can leave the name with no content.
            os.fsync(file.fileno())
        os.replace(beside, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.remove(beside)
        raise
