"""The one function that writes the files of this package."""

import contextlib
import os
import secrets


def replace_file(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file whole or not at all: readers see the old content or the new one.

    It is written beside the target, flushed to the disk, and renamed; folders that are missing are
    made; a link stays a link. Raises an `OSError`, after which the old file is as it was.
    """
    target = os.path.realpath(os.fspath(path))
    folder, name = os.path.split(target)
    os.makedirs(folder, exist_ok=True)
    beside = os.path.join(folder, f".{name[:100]}.{secrets.token_hex(6)}.tmp")
    try:
        with open(beside, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.remove(beside)
        raise
