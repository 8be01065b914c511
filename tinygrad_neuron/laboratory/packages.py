"""Packages of Pyodide's that the laboratory may have besides: numpy, matplotlib, what they need."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .npm import PackageError


def chosen(
    lock: Mapping[str, Any], folder: "Path | None"
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Those of Pyodide's packages whose wheels are in a folder.

    **Arguments:** `lock`, Pyodide's list of packages; `folder`, where wheels are, or None.

    **Returns** the list with these alone, and their files by name.

    Raises a `PackageError` for a wheel that is not the one in the list, for one that needs another
    which is not there, and for a folder with none.
    """
    packages: dict[str, Any] = {}
    files: dict[str, bytes] = {}
    for name, entry in lock["packages"].items() if folder is not None else ():
        path = Path(folder or "", entry["file_name"])
        if not path.is_file():
            continue
        files[path.name] = path.read_bytes()
        digest = hashlib.sha256(files[path.name]).hexdigest()
        if digest != entry["sha256"]:
            raise PackageError(
                f"{path} is not the wheel of this Pyodide: its SHA-256 is {digest}, expected "
                f"{entry['sha256']}"
            )
        packages[name] = entry
    if folder is not None and not packages:
        raise PackageError(
            f"{folder} has no wheel of this Pyodide, such as "
            f"{lock['packages']['numpy']['file_name']}; its release on GitHub has them all"
        )
    for name, entry in packages.items():
        for needed in entry["depends"]:
            if needed not in packages:
                wheel = lock["packages"][needed]["file_name"]
                raise PackageError(f"{name} needs {needed}, and {folder} has no {wheel}")
    return {**lock, "packages": packages}, files
