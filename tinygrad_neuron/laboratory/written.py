"""Files that a program writes, as events of a session: in a browser nobody sees its folder."""

import base64
import mimetypes
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

_MOST = 40  # files of one run that are handed over
_LARGEST = 50_000_000  # bytes of one of them
Files: TypeAlias = Mapping[Path, tuple[int, ...]]


def files(folder: Path) -> Files:
    """The files below a folder, each with what changes when it is written; hidden ones are not
    the program's own.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as name:
    ...     folder = Path(name)
    ...     _, _ = (folder / "y.svg").write_text("<svg/>"), (folder / ".kept").write_text("")
    ...     [path.name for path in files(folder)]
    ['y.svg']
    """
    found: dict[Path, tuple[int, ...]] = {}
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name[0] not in "._"]
        for path in (Path(place, name) for name in names if name[0] != "."):
            try:
                told = path.stat()
            except OSError:
                continue  # a link to nothing
            found[path] = (told.st_mtime_ns, told.st_size, told.st_ino)
    return found


def written(folder: Path, before: Files) -> Iterator[dict[str, Any]]:
    """An event for each file that was written since `files` told what was there before.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as name:
    ...     _ = Path(name, "y.svg").write_text("<svg/>")
    ...     list(written(Path(name), {}))
    [{'kind': 'file', 'name': 'y.svg', 'type': 'image/svg+xml', 'data': 'PHN2Zy8+'}]
    """
    new = sorted(path for path, told in files(folder).items() if before.get(path) != told)
    for path in new[:_MOST]:
        name = path.relative_to(folder).as_posix()
        if path.stat().st_size > _LARGEST:
            told = f"{name} has more than {_LARGEST // 10**6} MB: it is not handed over\n"
            yield {"kind": "stderr", "text": told}
            continue
        type_ = mimetypes.guess_type(name)[0] or "application/octet-stream"
        data = base64.b64encode(path.read_bytes()).decode()
        yield {"kind": "file", "name": name, "type": type_, "data": data}
    if len(new) > _MOST:
        told = f"({len(new)} files were written: {_MOST} of them are shown)\n"
        yield {"kind": "stderr", "text": told}
