"""One PDF of a book that is built: each page printed by Chromium, put together by `pypdf`."""

import html
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from ..files import replace_file
from ..processes import run
from .book import BookError, course_pages

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
_SECONDS = 300.0  # for one page
_NEEDED = 'a PDF is put together by pypdf; pip install "tinygrad_neuron[teach]" brings it'
_ENTRY = re.compile(
    r'<a class="(?:current )?reference internal" href="([\w./-]*\.html|#)">(.*?)</a>', re.DOTALL
)


def to_pdf(book: Path, path: Path) -> int:
    """Write all pages of a book as one PDF, in the order of its contents; returns how many it has.

    **Arguments:** `book`, the folder; `path`, the file. It is on A4 and has the course's title; the
    contents are its outline, and links from page to page lead within it. Of a teacher's course it
    has the first page, the lessons, the teacher's own pages and the glossary.

    Raises a `BookError` where there is no book or no Chromium, and a `ModuleNotFoundError` that
    names the extra.
    """
    try:
        import pypdf
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(_NEEDED) from error
    if not (book / "index.html").exists():
        raise BookError(f"{book} has no index.html; build it first: tinygrad-neuron book {book}")
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        raise BookError(f"a PDF is printed by Chromium, and none of {', '.join(_BROWSERS)} is here")
    writer: Any = pypdf.PdfWriter()
    starts: dict[str, int] = {}
    pages = contents(book)
    for name, title in pages:
        starts[name] = len(writer.pages)
        printed = pypdf.PdfReader(io.BytesIO(_printed(browser, book / name)))
        writer.append(printed, outline_item=title, import_outline=False)
    _lead_within(writer, starts)
    writer.add_metadata({"/Title": pages[0][1]})
    made = io.BytesIO()
    writer.write(made)
    replace_file(path, made.getvalue())
    return len(writer.pages)


def contents(book: Path) -> list[tuple[str, str]]:
    """The pages of a book, in the order of its contents, each with its title; of a teacher's course
    those that are the course."""
    page = (book / "index.html").read_text("utf-8")
    tree = page[page.index('class="sidebar-tree"') :]
    tree = tree[: tree.index("</aside>")]
    titles = {"index.html": _title(page)}
    for name, title in _ENTRY.findall(tree):
        if name != "#" and not name.startswith(
            "reference/"
        ):  # the reference is looked up, not read
            titles.setdefault(name, html.unescape(re.sub("<[^>]*>", "", title)))
    own = course_pages(book)
    return [(name, title) for name, title in titles.items() if own is None or name in own]


def _title(page: str) -> str:
    found = re.search(r"<h1>(.*?)<", page)
    return html.unescape(found[1]) if found else "Contents"


def _printed(browser: str, page: Path) -> bytes:
    """A page as Chromium prints it."""
    with tempfile.TemporaryDirectory() as temporary:
        made = Path(temporary, "page.pdf")
        options = [
            "--headless", "--disable-gpu", "--no-first-run", "--disable-sync",
            "--disable-background-networking", "--disable-component-update",
            f"--user-data-dir={temporary}/profile", "--no-pdf-header-footer",
            "--virtual-time-budget=10000", f"--print-to-pdf={made}",
        ]  # fmt: skip
        if sys.platform == "linux" and os.geteuid() == 0:
            options.append("--no-sandbox")  # which root cannot have
        try:
            done = run(
                [browser, *options, page.resolve().as_uri()], seconds=_SECONDS, folder=temporary
            )
        except subprocess.TimeoutExpired:
            raise BookError(f"{page.name} was not printed in {_SECONDS:g} seconds") from None
        if not made.exists():
            raise BookError(f"{page.name} was not printed: {done.stderr.decode()[-500:].strip()}")
        return made.read_bytes()


def _lead_within(writer: Any, starts: dict[str, int]) -> None:
    """Let links to the book's files lead to its pages in the PDF; what is no page leads nowhere."""
    from pypdf.generic import ArrayObject, NameObject, NullObject, NumberObject

    for page in writer.pages:
        kept = ArrayObject()
        for reference in page.get("/Annots") or ():
            link = reference.get_object()
            uri = str((link.get("/A") or {}).get("/URI", ""))
            if uri.startswith("file:"):
                name = uri.partition("#")[0].rpartition("/")[2]
                if name not in starts:
                    continue
                del link["/A"]
                target = writer.pages[starts[name]].indirect_reference
                link[NameObject("/Dest")] = ArrayObject(
                    [target, NameObject("/XYZ"), NullObject(), NullObject(), NumberObject(0)]
                )
            kept.append(reference)
        if "/Annots" in page:
            page[NameObject("/Annots")] = kept
