"""Bytecode for what an opening imports, so that a browser need not compile it: made by the same
Python, Pyodide, in node, when the folder is built.

Of Python's own library the text of those modules is left out, for a visitor downloads either; of
ours it stays, for tracebacks.
"""

import importlib.util
import io
import py_compile
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..course.wheel import zipped
from ..processes import run

STDLIB = "pyodide/python_stdlib.zip"
_SCRIPT = Path(__file__).with_name("bytecode.mjs")
_SECONDS = 120.0


class BytecodeError(RuntimeError):
    """Why there is no bytecode; the folder works without it."""


def with_bytecode(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The library and the wheels of a laboratory's files, with bytecode.

    **Arguments:** `files`, by their paths in the folder: Pyodide, Graphviz, the wheels, and the
    examples, of which the first is run.

    Raises a `BytecodeError` where there is no node, or one that Pyodide does not run in.
    """
    node = shutil.which("node")
    if node is None:
        raise BytecodeError("node is not on this machine")
    needed = ("pyodide/", "wheels/", "graphviz/", "examples.json")
    with tempfile.TemporaryDirectory() as temporary:
        for name, content in files.items():
            if name.startswith(needed):
                path = Path(temporary, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        try:
            ended = run(
                [node, str(_SCRIPT), temporary], seconds=_SECONDS, cwd=temporary, folder=temporary
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise BytecodeError(f"node did not do it: {error}") from None
        if ended.returncode:
            raise BytecodeError(f"node did not do it: {ended.stderr.decode(errors='replace')}")
        made = [name for name in files if name == STDLIB or name.startswith("wheels/")]
        return {name: Path(temporary, name).read_bytes() for name in made}


def compiled(packed: bytes, place: str, loaded: Iterable[str]) -> bytes:
    """An archive of Python files, with bytecode of some of its modules.

    **Arguments:** `packed`, the archive; `place`, where its modules are imported from: a folder
    that it was unpacked into, which looks for bytecode in `__pycache__`, or an archive, where it
    takes the place of the text; `loaded`, the origins of the modules to compile, below `place`.

    >>> found = compiled(zipped({"a.py": b"1", "b.py": b"2"}), "/lib/z.zip", ["/lib/z.zip/b.py"])
    >>> zipfile.ZipFile(io.BytesIO(found)).namelist()
    ['a.py', 'b.pyc']
    """
    wanted = set(loaded)
    in_folder = Path(place).is_dir()
    files: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        for name in archive.namelist():
            if name.endswith("/"):
                continue
            content = archive.read(name)
            origin = f"{place}/{name}"
            if origin not in wanted:
                files[name] = content
            elif in_folder:
                files[name] = content
                files[importlib.util.cache_from_source(name)] = _code(content, origin)
            else:
                files[f"{name}c"] = _code(content, origin)
    return zipped(files)


def _code(content: bytes, origin: str) -> bytes:
    """The bytecode of a module, that is not compared with the date of its text."""
    with tempfile.TemporaryDirectory() as temporary:
        text, code = Path(temporary, "text"), Path(temporary, "code")
        text.write_bytes(content)
        mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
        py_compile.compile(str(text), str(code), origin, doraise=True, invalidation_mode=mode)
        return code.read_bytes()
