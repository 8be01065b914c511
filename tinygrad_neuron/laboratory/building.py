"""The folder of the laboratory: static files that any host serves, and nothing from elsewhere."""

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ..course.lessons import Lesson
from ..course.lessons import folder as demos
from ..draw.themes import THEMES, custom_properties
from ..files import replace_folder
from ..interface import CHOSEN, speaking, spoken
from ..walk.page import module
from . import npm
from .bytecode import BytecodeError, with_bytecode
from .licences import licences
from .npm import ALL, EDITOR, GRAPHVIZ, PYODIDE
from .packages import chosen
from .playing import opening
from .wheels import wheels

_PAGE = Path(__file__).parent / "page"
_MARK = ".tinygrad-neuron-laboratory"
# Nothing leaves the folder. Scripts inside the page are those of walkthroughs, in frames that have
# its policy but not its origin; the worker is begun from a text, so that it has this policy too.
_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'"
)
_OWN = {  # the page's colours beside those of the themes of pictures
    "light": "--good: #17603a; --bad: #a3261b; --panel: #f6f7f9; --edge: #d5d9e0; --blue: #0b5fa5;",
    "dark": "--good: #7ddba3; --bad: #ff9d8f; --panel: #1b212b; --edge: #39414d; --blue: #7cc0ff;",
}
_PYODIDE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")


class LaboratoryError(RuntimeError):
    """Why the laboratory was not built."""


@contextmanager
def archives(folder: "Path | None") -> Iterator[Path]:
    """A folder with what is taken from npm: the one that is named, else a temporary one, filled.

    Raises a `LaboratoryError` where something is missing.
    """
    with tempfile.TemporaryDirectory() as temporary:
        try:
            fetched = npm.fetched(ALL, folder)
        except npm.PackageError as error:
            raise LaboratoryError(f"the laboratory was not built: {error}") from None
        for package, content in fetched.items():
            Path(temporary, package.archive).write_bytes(content)
        yield Path(temporary)


def build(
    folder: Path,
    *,
    archives: "Path | None" = None,
    packages: "Path | None" = None,
    lessons: Iterable[Lesson] = (),
    tell: Callable[[str], object] = str,
) -> int:
    """Write the laboratory into a folder; returns how many bytes it has.

    A laboratory that is there already is replaced once the new one is complete; a folder that holds
    anything else is left alone.

    **Arguments:** `folder`, to be written; `archives`, a folder with what `npm pack` wrote, instead
    of npm; `packages`, a folder with wheels of Pyodide's, such as numpy's; `lessons`, those of a
    book whose cells are run; `tell`, called with what the builder should know.

    Raises a `LaboratoryError` where the folder is another thing's, or npm's packages are not had.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise LaboratoryError(
            f"{folder} holds something that is not the laboratory; name another folder"
        )
    try:
        own = {f"lessons/{lesson.name}.py": lesson.path.read_bytes() for lesson in lessons}
        files = _files(archives, packages, own, tell)
    except npm.PackageError as error:
        raise LaboratoryError(f"the laboratory was not built: {error}") from None
    with tempfile.TemporaryDirectory() as temporary:
        made = Path(temporary, "made")
        for name, content in files.items():
            path = made / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        replace_folder(folder, made)
    return sum(map(len, files.values()))


def _files(
    archives: "Path | None",
    wheels_of: "Path | None",
    own: Mapping[str, bytes],
    tell: Callable[[str], object],
) -> dict[str, bytes]:
    """Every file of the folder, by its path."""
    packages = {
        package: package.files(archive) for package, archive in npm.fetched(ALL, archives).items()
    }
    packed = wheels()
    files = {
        path.relative_to(_PAGE).as_posix(): _page_file(path, course=bool(own))
        for path in _page_files()
    }
    files["contour.js"] = f"{module('contour')}export {{ boundary }};\n".encode()
    files |= {f"pyodide/{name}": packages[PYODIDE][name] for name in _PYODIDE}
    lock, more = chosen(json.loads(packages[PYODIDE]["pyodide-lock.json"]), wheels_of)
    files |= {f"pyodide/{name}": content for name, content in more.items()}
    files["pyodide/pyodide-lock.json"] = json.dumps(lock).encode()
    files["graphviz/viz.js"] = packages[GRAPHVIZ]["dist/viz.js"]
    files |= _editor(packages)
    files |= {f"wheels/{name}": content for name, content in packed.items()}
    files["playground.json"] = json.dumps(opening(), separators=(",", ":")).encode()
    files |= licences(packages)
    files["examples.json"] = json.dumps(examples()).encode()
    try:
        files |= with_bytecode(files)
    except BytecodeError as error:
        tell(f"without bytecode, so Python starts some two seconds later: {error}")
    told = {"wheels": [f"wheels/{name}" for name in packed], "packages": list(lock["packages"])}
    files["wheels.json"] = json.dumps(told).encode()
    files |= own
    files["service_worker.js"] = _service_worker(files)
    files[_MARK] = b"built by `tinygrad-neuron laboratory`, which replaces it\n"
    return files


def examples() -> list[dict[str, str]]:
    """The programs to begin with, in order: for each its name, its title and its text.

    >>> [example["name"] for example in examples()]
    ['neuron', 'xor', 'moons', 'digits', 'rnn', 'gpt']
    """
    found = []
    for path in sorted((demos() / "laboratory").glob("*.py")):
        text = path.read_text("utf-8")
        title, _, rest = text.removeprefix('"""').partition('"""')
        program = f"# {title}\n{rest.lstrip()}"
        name = path.stem.partition("_")[2]
        found.append({"name": name, "title": re.split("[:.]", title)[0], "text": program})
    return found


def _page_files() -> list[Path]:
    return sorted(path for path in _PAGE.rglob("*") if path.is_file())


def _page_file(path: Path, course: bool) -> bytes:
    """A file of the pages; in those that are HTML or style sheets, what stands in braces is put
    in. Beside the book of a course they lead there."""
    if path.suffix == ".js":
        return _script(path.read_text("utf-8")).encode()
    if path.suffix not in (".html", ".css"):
        return path.read_bytes()
    text = path.read_text("utf-8")
    link = '\n  <a href="../index.html">Course</a>' if course else ""
    parts = {
        "policy": _POLICY,
        "course": link,
        **{n: f"{custom_properties(THEMES[n])} {_OWN[n]}" for n in _OWN},
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], text).encode()


def _script(text: str) -> str:
    """A script, with the words of the interface before it if it says any, and, where it hands them
    to Python, all words of the translation that was chosen."""
    if "SPOKEN" in text:
        translation = json.dumps(spoken()) if os.environ.get(CHOSEN) else ""
        text = f"const SPOKEN = {json.dumps(translation)};\n{text}"
    return f"{speaking(text)}\n{text}" if "word(" in text else text


def _editor(packages: "Mapping[npm.Package, Mapping[str, bytes]]") -> dict[str, bytes]:
    """The editor's modules, which import each other by path."""
    names = {package.name: package.archive.rpartition("-")[0] + ".js" for package in EDITOR}
    links = {name: f"./{file}" for name, file in names.items()}
    return {
        f"codemirror/{names[package.name]}": npm.linked(packages[package][module], links)
        for package, module in EDITOR.items()
    }


def _service_worker(files: Mapping[str, bytes]) -> bytes:
    """The service worker, told what it keeps: all that a page may ask for."""
    kept = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in files.items()
        if not name.startswith(("licences/", "service_worker"))
    }
    told = json.dumps({"version": digest(files), "files": kept})
    return f"const KEPT = {told};\n".encode() + files["service_worker.js"]


def digest(files: Mapping[str, bytes]) -> str:
    """A short name of the content of all files, which changes when one of them does."""
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(f"{name}\0{hashlib.sha256(files[name]).hexdigest()}\n".encode())
    return total.hexdigest()[:16]
