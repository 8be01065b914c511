"""What the laboratory takes from npm: pinned packages, each compared with its digest."""

import base64
import hashlib
import io
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..processes import run

_SECONDS = 300.0


class PackageError(RuntimeError):
    """Why a package of npm is not there."""


@dataclass(frozen=True)
class Package:
    """One package: its name, its version, npm's digest of its archive, and the licence."""

    name: str
    version: str
    integrity: str
    licence: str = "MIT"

    @property
    def archive(self) -> str:
        """The name of the file that `npm pack` writes.

        >>> Package("@viz-js/viz", "3.31.0", "").archive
        'viz-js-viz-3.31.0.tgz'
        """
        return f"{self.name.lstrip('@').replace('/', '-')}-{self.version}.tgz"

    def files(self, archive: bytes) -> dict[str, bytes]:
        """What the archive holds, by path; a `PackageError` if it is another archive."""
        digest = "sha512-" + base64.b64encode(hashlib.sha512(archive).digest()).decode()
        if digest != self.integrity:
            raise PackageError(
                f"{self.archive} is not the archive that was pinned: its digest is {digest}, "
                f"expected {self.integrity}; remove it and try again"
            )
        files = {}
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as packed:
            for member in packed:
                if member.isfile() and (content := packed.extractfile(member)) is not None:
                    files[member.name.partition("/")[2]] = content.read()
        return files


PYODIDE = Package(
    "pyodide", "314.0.7",
    "sha512-0YvXxEhfEdpLfb/XkM2BFAeMROq0iMUX2bzzH9pOttyMcWkwq+HbE5uyuGD82LN7y2q+SNvi/6V5JEsOlD2R1A==",
    "MPL-2.0",
)  # fmt: skip
GRAPHVIZ = Package(
    "@viz-js/viz", "3.31.0",
    "sha512-r7zlQdRvcwvIpjHGgs+KNWHeE/P5/Dq7k8ZAKaMCbZqomxCBJV78gVuQYaHzFVca+kB0mX0fMW9UFevCOBG50A==",
)  # fmt: skip
# The editor is CodeMirror; what it imports comes as modules that a browser reads as they are.
EDITOR = {
    Package(name, version, f"sha512-{digest}"): module
    for name, version, module, digest in (
        ("@codemirror/state", "6.7.6", "dist/index.js",
         "kAz+AncRtKuIknedxT1bq4XwXv4UowhbkHU1myPrtVb/jZtImWuV5BXzv5vK6i3kYACsdiZiQKFQQ5Mq7elW8w=="),
        ("@codemirror/view", "6.43.15", "dist/index.js",
         "HHsfpqFeHyXLs983pSRe38Xajs0vFWZQ2BuX0m7Ki8w3jZ5iD8cuR3lBz2/5/X53Dhf32SBHKh6rtSTB6tKeGw=="),
        ("@codemirror/language", "6.13.1", "dist/index.js",
         "zfvU2r3TyylQLMj/te+5CnQ0rSqZi8B1oTCBbQkagcLW4Xc6imab6qN+pEJhsuNOLaJqiRyBXp9UhWA1DhVvDw=="),
        ("@codemirror/streamparser", "6.0.0", "dist/index.js",
         "JTFPF6xrfjt0mnfGPgzcLiMwYmvIyNaoizp8BYzv8FE8KrT6GBGDZ190rtt+O7Wke3gG/MFHyiY9YGNeimof4w=="),
        ("@codemirror/commands", "6.11.1", "dist/index.js",
         "O/4hG3SC1YwcmQ0d2UVNDs+AsaNWd1iHVxbTeEBuqH+6bExAiPK3iS/BvpY6rZGURALv4ZD3sIgcCmRvw3ehBg=="),
        ("@codemirror/autocomplete", "6.20.4", "dist/index.js",
         "yF8RhOf2SXlg00+qtupzLhrglcas61boqaONiNcbPIebHCpJocpqTBA6dyrtUrQO47hqyTdeob/3XnYilT7TaQ=="),
        ("@codemirror/lint", "6.9.8", "dist/index.js",
         "qNvtcE73xUto/D1RvtgSRI4A1Hg8ekxlvtZpjHpdpisLBnhyu82EUEJMEgaxkjuQCA8vqnrylENWKOsEDCOHcw=="),
        ("@codemirror/lang-python", "6.2.1", "dist/index.js",
         "IRjC8RUBhn9mGR9ywecNhB51yePWCGgvHfY1lWN/Mrp3cKuHr0isDKia+9HnvhiWNnMpbGhWrkhuWOc09exRyw=="),
        ("@lezer/common", "1.5.5", "dist/index.js",
         "Pw7PVCndruF1pb3ebCxpSVpkMHSDjwRCLcTRw+RizUKco5QbWylwq2g4lnG/RYN7yTTQDXE9F77MwtkAyphrjg=="),
        ("@lezer/lr", "1.4.12", "dist/index.js",
         "On9HU4oMMiHPMkQDgoTnGahjgG5n/MkN38CgG77sMraKLL+3JBbeQNi1FcCXV9QRqwF9/BUXP3caHyJC1fBOTQ=="),
        ("@lezer/highlight", "1.2.5", "dist/index.js",
         "O1GMVKgtf5YspFaRzpmqkVgMtIk2HG9uMAbH6wdAIdNh3TVzCsch/+cRi+6l2//UGDKe6NB9BW3cvuR5ezMQ0w=="),
        ("@lezer/python", "1.1.19", "dist/index.js",
         "MhQIURHRytsNzP/YXnqpYKW6la6voAH3kyplTOOiCdjyFY6cWWGFVmYVdHIPrElqSDf4iCDktQCockB9FxuhzQ=="),
        ("style-mod", "4.1.5", "src/style-mod.js",
         "WQ2llCZa9sZSkJA+aOwpg5DkfbAXFKGh//t3MRTBeruFiSBC+GXUmbBzrw3bXyboCWAbtCW9InDfBsXrRD/rAg=="),
        ("w3c-keyname", "2.2.8", "index.js",
         "dpojBhNsCNN7T82Tm7k26A6G9ML3NkhDsnw9n/eoxSRlVBB4CEtIQ/KTCLI2Fwf3ataSXRhYFkQi3SlnFwPvPQ=="),
        ("crelt", "1.0.7", "index.js",
         "aK6BbWfhf4U/wCcLHKPJl/xa6VkVstRaPywWtMKGwuOLc/wZTyQYuoxgvZnNsBvv7Kg3YTBQYYBCggcviQczuA=="),
        ("@marijn/find-cluster-break", "1.0.4", "src/index.js",
         "Wy0V7+SGUjnF9/TkiM1hKVDPj7jKXduPNboMVtHTA8dySMURWqfg/JZ9E2Sq8JgSJmkl7k7Qe9FLeMSrSraWmQ=="),
    )
}  # fmt: skip
ALL = (PYODIDE, GRAPHVIZ, *EDITOR)


def fetched(packages: Iterable[Package], folder: "Path | None" = None) -> dict[Package, bytes]:
    """The archives of packages: out of a folder of those that `npm pack` wrote, else from npm.

    Raises a `PackageError` that says how to get what is missing.
    """
    wanted = list(packages)
    if folder is not None:
        missing = [package for package in wanted if not (folder / package.archive).is_file()]
        if missing:
            raise PackageError(
                f"{folder} has no {', '.join(package.archive for package in missing)}; where npm "
                f"is, in that folder: {_command(missing)}"
            )
        return {package: (folder / package.archive).read_bytes() for package in wanted}
    npm = shutil.which("npm")
    if npm is None:
        raise PackageError(
            "npm is not on this machine (`apt install npm`); or run this where it is, and name "
            f"the folder with --npm FOLDER: {_command(wanted)}"
        )
    with tempfile.TemporaryDirectory() as temporary:
        command = [npm, "pack", "--loglevel=error", *(f"{p.name}@{p.version}" for p in wanted)]
        try:
            ended = run(command, seconds=_SECONDS, cwd=temporary, folder=temporary)
        except subprocess.TimeoutExpired:
            raise PackageError(f"npm did not finish within {_SECONDS:g} seconds") from None
        if ended.returncode:
            said = ended.stderr.decode("utf-8", "replace").strip()[-1000:]
            raise PackageError(f"npm could not get the packages: {said}")
        return fetched(wanted, Path(temporary))


def _command(packages: Iterable[Package]) -> str:
    return "npm pack " + " ".join(f"{package.name}@{package.version}" for package in packages)


def linked(module: bytes, names: Mapping[str, str]) -> bytes:
    """A module's text, with the names of packages that it imports as paths.

    Raises a `PackageError` for a package that has no path.

    >>> linked(b"import { a } from '@x/y';", {"@x/y": "./y.js"})
    b"import { a } from './y.js';"
    """

    def path(match: "re.Match[str]") -> str:
        if match["name"] not in names:
            raise PackageError(f"a module imports {match['name']!r}, which is not pinned")
        return f"{match['before']}{names[match['name']]}{match['after']}"

    pattern = (
        r"(?P<before>^(?:import|export)\b[^'\"\n]*['\"])(?P<name>[^.'\"][^'\"]*)(?P<after>['\"])"
    )
    return re.sub(pattern, path, module.decode(), flags=re.MULTILINE).encode()
