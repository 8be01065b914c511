"""Packages that are installed here as wheels, which Pyodide unpacks: this one, and graphviz."""

import importlib.metadata
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..course import lessons

_PACKAGE = Path(__file__).parent.parent
# What the browser's Python needs not: the pages themselves, declarations for type checkers.
_LEFT_OUT = ("__pycache__", "laboratory/page/", "laboratory/licences/", "compiler/c/arithmetic.c")
# The same bytes run after run; a zip begins in 1980.
_DATE = (1980, 1, 1, 0, 0, 0)


def own_wheel() -> tuple[str, bytes]:
    """The name of this package's wheel, and the wheel, made of the files that run here.

    The lessons are in it, as they are in an installed package.

    >>> name, content = own_wheel()
    >>> name.startswith("tinygrad_neuron-"), "tinygrad_neuron/engine.py" in _names(content)
    (True, True)
    """
    files = {f"tinygrad_neuron/{name}": content for name, content in _files(_PACKAGE)}
    files |= {
        f"tinygrad_neuron/demos/{path.name}": path.read_bytes()
        for path in sorted(lessons.folder().glob("*"))
        if path.suffix in (".py", ".txt")
    }
    version = _version()
    information = f"tinygrad_neuron-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: tinygrad_neuron\nVersion: {version}\n"
    files[f"{information}/METADATA"] = metadata.encode()
    return f"tinygrad_neuron-{version}-py3-none-any.whl", _zip(files)


def installed_wheel(name: str) -> tuple[str, bytes]:
    """The same of a package of pure Python that is installed here.

    >>> installed_wheel("graphviz")[0].endswith("-py3-none-any.whl")
    True
    """
    distribution = importlib.metadata.distribution(name)
    files = {
        str(path).replace("\\", "/"): Path(str(path.locate())).read_bytes()
        for path in distribution.files or ()
        if path.suffix != ".pyc" and not str(path).startswith("..")
    }
    return f"{name}-{distribution.version}-py3-none-any.whl", _zip(files)


def _version() -> str:
    """The version that the face of the package states, which is above this room."""
    stated = re.search(r'__version__ = "(.*?)"', (_PACKAGE / "__init__.py").read_text("utf-8"))
    assert stated is not None
    return stated[1]


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a package, by their path in it, in order."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not any(part in name for part in _LEFT_OUT):
            yield name, path.read_bytes()


def _zip(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(name, _DATE), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _names(wheel: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(wheel)) as packed:
        return packed.namelist()
