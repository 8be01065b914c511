"""Compiled libraries, kept on disk for other processes: only where nobody else can write.

The environment variable `TINYGRAD_NEURON_CACHE` names the folder, or is `1` for the one that the
system has for such things. Without it nothing is kept.
"""

import contextlib
import hashlib
import os
import stat
import sys
import tempfile
import warnings
from pathlib import Path


def cache_folder() -> Path | None:
    """The folder in which libraries are kept, if `TINYGRAD_NEURON_CACHE` asks for one.

    It must be a real folder (no symbolic link) that is the user's own and that nobody else can
    write to; one that is not is left alone, with a `RuntimeWarning`: whoever can write there could
    make this process run code.
    """
    asked = os.environ.get("TINYGRAD_NEURON_CACHE", "")
    if asked in ("", "0"):
        return None
    folder = Path(asked)
    try:
        folder = _users_folder() if asked == "1" else folder.expanduser().absolute()
        folder.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        reason = _not_safe(os.lstat(folder), stat.S_IFDIR)
        if not reason and not os.access(folder, os.W_OK | os.X_OK):
            reason = "it cannot be written"
    except OSError as error:
        reason = error.strerror or str(error)
    except (RuntimeError, ValueError) as error:  # no home folder; a zero byte in the name
        reason = str(error).rstrip(".")
    if reason:
        warnings.warn(
            f"TINYGRAD_NEURON_CACHE: {folder} is not used: {reason}. It must be your own folder "
            "that nobody else can write to (chmod 700)",
            RuntimeWarning,
            stacklevel=2,
        )
        return None
    return folder


def _users_folder() -> Path:
    given = os.environ.get("XDG_CACHE_HOME", "")
    if given and os.path.isabs(given):
        return Path(given) / "tinygrad_neuron"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "tinygrad_neuron"
    return Path.home() / ".cache" / "tinygrad_neuron"


def _not_safe(found: os.stat_result, kind: int) -> str:
    """Why a file or folder is not to be trusted; empty if it is."""
    if stat.S_ISLNK(found.st_mode):
        return "it is a symbolic link"
    if stat.S_IFMT(found.st_mode) != kind:
        return "it is something else"
    if found.st_uid != os.geteuid():
        return "it belongs to another user"
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return "others can write to it"
    return ""


def _file(folder: Path, key: str) -> Path:
    return folder / f"{key}.library"


def _digest(key: str, library: bytes) -> bytes:
    return hashlib.sha256(key.encode() + library).digest()


def read(folder: Path, key: str) -> bytes | None:
    """A library from the cache: None where there is none, or not one that can be trusted."""
    try:
        # No link is followed, and a pipe does not block.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        number = os.open(_file(folder, key), flags)
    except OSError:
        return None
    with open(number, "rb") as opened:
        if _not_safe(os.fstat(number), stat.S_IFREG):
            return None
        try:
            content = opened.read()
        except OSError:
            return None
    digest, library = content[:32], content[32:]
    return library if _digest(key, library) == digest else None


def write(folder: Path, key: str, library: bytes) -> None:
    """Keep a library: whole or not at all. That it cannot be kept is no error: it was compiled."""
    temporary = ""
    try:
        number, temporary = tempfile.mkstemp(dir=folder, prefix=".new_")  # mode 0600
        with open(number, "wb") as opened:
            opened.write(_digest(key, library) + library)
        os.replace(temporary, _file(folder, key))
    except BaseException as error:
        with contextlib.suppress(OSError):
            if temporary:
                os.unlink(temporary)
        if not isinstance(error, OSError):
            raise
