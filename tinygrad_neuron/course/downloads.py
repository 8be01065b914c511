"""What a book has to download, at addresses that stay, and the page of it."""

import gzip
import shutil
from pathlib import Path

from . import lessons, wheel

FILES = "files"  # its content is put beside the pages as it is
_DATA = Path(__file__).resolve().parent.parent / "datasets" / "data"


def link(path: str, text: str) -> str:
    """A link to something to be downloaded, in a page."""
    return f'<a href="{path}" download>{text}</a>'


def write(folder: Path, requirement: str) -> None:
    """Put the package, the programs and the data into a folder for Sphinx, and the lists of them
    and what pip is told into its page `downloads.md`."""
    files = folder / FILES
    install, programs, data = files / "install", files / "programs", files / "data"
    for place in (install, programs, data):
        place.mkdir(parents=True, exist_ok=True)
    (install / wheel.name()).write_bytes(wheel.own_wheel())
    for path in sorted(lessons.folder().glob("*.py")):
        if not path.name.startswith("lesson_"):
            shutil.copy(path, programs)
    for path in sorted(lessons.folder().glob("*.txt")):
        shutil.copy(path, programs)  # what a program reads lies beside it
    for path in sorted(_DATA.glob("*.csv.gz")):
        (data / path.stem).write_bytes(gzip.decompress(path.read_bytes()))
    page = folder / "downloads.md"
    text = page.read_text("utf-8").replace("<!-- install -->", _install(requirement))
    for place in (programs, data):
        rows = [f"- {link(f'{place.name}/{path.name}', path.name)}" for path in _listed(place)]
        text = text.replace(f"<!-- {place.name} -->", "\n".join(rows))
    page.write_text(text, "utf-8")


def _listed(place: Path) -> list[Path]:
    return sorted(place.iterdir())


def _install(requirement: str) -> str:
    """How to install: from the book's address, or, where that is not known, from its file."""
    name = wheel.name()
    command = f'python -m pip install "{requirement}"'
    before = ""
    if "@" not in requirement:
        command = f'python -m pip install "./{name}[learn]"'
        before = f"Download {link(f'install/{name}', name)}. In the folder where it is:\n\n"
    return f"{before}```sh\n{command}\n```"
