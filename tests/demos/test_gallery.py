"""demos/gallery.py writes one of each picture, and a page that links them all."""

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

GALLERY = Path(__file__).parent.parent.parent / "demos/gallery.py"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    pytest.importorskip("matplotlib", reason="the extra demos is not installed")
    folder = tmp_path_factory.mktemp("gallery") / "new"
    command = [sys.executable, "-X", "utf8", str(GALLERY), str(folder)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=200)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return folder


def test_every_picture_is_linked_once_and_every_link_leads_to_one(folder):
    page = (folder / "index.html").read_text(encoding="utf-8")
    linked = re.findall(r'<img src="([^"]+)"', page)
    assert len(linked) == len(set(linked)) > 20
    assert set(linked) == {path.name for path in folder.iterdir()} - {"index.html"}
    assert linked == re.findall(r'<a href="([^"]+)"', page)


def test_every_picture_can_be_read(folder):
    for path in folder.iterdir():
        if path.suffix == ".svg":
            assert ElementTree.parse(path).getroot().tag == "{http://www.w3.org/2000/svg}svg"
    assert (folder / "backward.gif").read_bytes().startswith(b"GIF89a")


def test_the_page_needs_nothing_from_outside(folder):
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "http" not in page
    assert page.count("<h1>") == 1 and page.count("<figure") == page.count("<h3>")
    assert "<script" not in page
