"""This package as a wheel, made of the files that run, for a book or a laboratory to carry."""

import base64
import hashlib
import importlib.metadata
import io
import zipfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from .lessons import folder

_PACKAGE = Path(__file__).resolve().parent.parent
_DATE = (1980, 1, 1, 0, 0, 0)  # the same bytes run after run; a zip begins then
_WHEEL = """\
Wheel-Version: 1.0
Generator: tinygrad_neuron
Root-Is-Purelib: true
Tag: py3-none-any
"""


def name() -> str:
    """The wheel's name, which has the version.

    >>> name().startswith("tinygrad_neuron-"), name().endswith("-py3-none-any.whl")
    (True, True)
    """
    return f"tinygrad_neuron-{importlib.metadata.version('tinygrad_neuron')}-py3-none-any.whl"


def own_wheel(left_out: Collection[str] = ()) -> bytes:
    """The wheel; the lessons are in it, as they are in an installed package. `left_out`: files and
    folders that are not needed, by their paths in it."""
    distribution = importlib.metadata.distribution("tinygrad_neuron")
    described = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
    information = f"tinygrad_neuron-{distribution.version}.dist-info"
    files = dict(_files(_PACKAGE, "tinygrad_neuron"))
    files.update(_files(folder(), "tinygrad_neuron/demos"))
    files = {path: content for path, content in files.items() if not _below(path, left_out)}
    files[f"{information}/METADATA"] = described.encode()
    files[f"{information}/WHEEL"] = _WHEEL.encode()
    files[f"{information}/entry_points.txt"] = (
        distribution.read_text("entry_points.txt") or ""
    ).encode()
    record = f"{information}/RECORD"
    files[record] = "".join([*map(_recorded, files, files.values()), f"{record},,\n"]).encode()
    return zipped(files)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Files as one archive, the same bytes run after run.

    >>> zipped({"a": b"1"})[:2]
    b'PK'
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, content in files.items():
            packed.writestr(zipfile.ZipInfo(path, _DATE), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _below(path: str, places: Collection[str]) -> bool:
    """Whether a path is one of the places, or lies in one."""
    return any(path == place or path.startswith(f"{place}/") for place in places)


def _files(place: Path, at: str) -> Iterator[tuple[str, bytes]]:
    """The files of a folder, by their paths in the wheel, in order."""
    for path in sorted(place.rglob("*")):
        parts = path.relative_to(place).parts
        left_out = any(p == "__pycache__" or p.startswith(".") for p in parts)
        if path.is_file() and not left_out and parts[0] not in ("images", "out"):
            yield f"{at}/{'/'.join(parts)}", path.read_bytes()


def _recorded(path: str, content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(content)}\n"
