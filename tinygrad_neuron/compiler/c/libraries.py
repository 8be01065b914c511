"""From C text to a loaded shared library: `load(source)` is the whole of it.

A text is compiled once in a process, whatever threads ask for it at the same time, and once for all
processes where there is a cache (see `cache`).
"""

import contextlib
import ctypes
import functools
import hashlib
import os
import platform
import re
import subprocess
import sys
import threading
from collections import OrderedDict
from pathlib import Path

from ...locks import Lock
from . import cache
from .compiler import ADVICE, Compiler, compile, find_compiler, scratch
from .errors import CompilerFailedError

_MOST = 256  # libraries known to this process; an older one stays loaded while something holds it


def load(source: str) -> ctypes.CDLL:
    """The shared library of a C text, compiled if this text was not compiled before: so that
    `load("int answer(void) { return 42; }").answer()` is 42.

    Raises a `CompilerNotFoundError` where there is no compiler, a `CompilerFailedError` where it
    fails.
    """
    compiler = find_compiler()
    key = _key(source, compiler)
    while True:
        with _LOCK:
            library = _LIBRARIES.get(key)
            if library is not None:
                _LIBRARIES.move_to_end(key)
                return library
            other = _UNDERWAY.get(key)
            if other is None:
                done = _UNDERWAY[key] = threading.Event()
                break
        other.wait()  # then it is there, or its error is ours to find
    try:
        library = _built(source, compiler, key)
        with _LOCK:
            _LIBRARIES[key] = library
            while len(_LIBRARIES) > _MOST:
                _LIBRARIES.popitem(last=False)
        return library
    finally:
        with _LOCK:
            _UNDERWAY.pop(key, None)
        done.set()


_LOCK = Lock()
_LIBRARIES: "OrderedDict[str, ctypes.CDLL]" = OrderedDict()
_UNDERWAY: dict[str, threading.Event] = {}

if hasattr(os, "register_at_fork"):  # in a child no thread is there to finish what it had begun
    os.register_at_fork(after_in_child=_UNDERWAY.clear)


def _built(source: str, compiler: Compiler, key: str) -> ctypes.CDLL:
    folder = cache.cache_folder()
    with scratch() as private:
        if folder is not None:
            kept = cache.read(folder, key)
            if kept is not None:
                return _open(kept, private)
        library = compile(source, compiler, private)
        if folder is not None:
            cache.write(folder, key, library)
        return _open(library, private)


def _open(library: bytes, folder: str) -> ctypes.CDLL:
    """Load a library; its file is not needed once it is loaded."""
    file = os.path.join(folder, "library.so")
    with open(file, "wb") as opened:
        opened.write(library)
    try:
        return ctypes.CDLL(file)
    except OSError as error:
        raise CompilerFailedError(
            f"what the C compiler made cannot be loaded: {error}. If programs may not run from the "
            f"temporary folder, set TMPDIR to another; or: {ADVICE}"
        ) from None


def _key(source: str, compiler: Compiler) -> str:
    parts = (source, *compiler.command, compiler.version, *compiler.flags_for(source), _processor())
    # Lengths first, so that no two lists of parts read the same.
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@functools.cache
def _processor() -> str:
    """What -march=native depends on: another machine may share the cache folder."""
    found = [platform.system(), platform.machine()]
    with contextlib.suppress(OSError):
        text = Path("/proc/cpuinfo").read_text("utf-8", "replace").split("\n\n")[0]
        lines = re.findall(r"^(?:model name|flags|Features|CPU part)\s*:.*$", text, re.MULTILINE)
        found += sorted(lines)
    if sys.platform == "darwin":
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            asked = ["sysctl", "machdep.cpu", "hw.optional"]
            found.append(subprocess.run(asked, capture_output=True, text=True, timeout=10).stdout)
    return "\n".join(found)
