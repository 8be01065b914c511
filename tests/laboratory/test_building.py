"""The folder of the laboratory, and the programs in it."""

import mimetypes
import socket
import struct
import threading
from urllib.request import urlopen

import pytest

from tinygrad_neuron.cli import main
from tinygrad_neuron.laboratory.building import LaboratoryError, build, examples
from tinygrad_neuron.laboratory.serving import server
from tinygrad_neuron.laboratory.session import Session


@pytest.fixture
def quick(monkeypatch):
    """Builds without bytecode, which takes node some seconds."""
    monkeypatch.setattr("tinygrad_neuron.laboratory.building.with_bytecode", lambda files: {})


def test_it_is_not_larger_than_25_mb_and_says_so(archives, tmp_path):
    size = build(tmp_path / "made", archives=archives)
    found = sum(path.stat().st_size for path in (tmp_path / "made").rglob("*") if path.is_file())
    assert size == found
    assert size < 25e6


def test_it_replaces_itself_and_leaves_another_folder_alone(archives, tmp_path, quick):
    build(tmp_path / "made", archives=archives)
    (tmp_path / "made" / "old").write_text("from an earlier version")
    build(tmp_path / "made", archives=archives)
    assert not (tmp_path / "made" / "old").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(LaboratoryError, match="holds something that is not the laboratory"):
        build(tmp_path / "mine", archives=archives)
    assert ["thesis.txt"] == [path.name for path in (tmp_path / "mine").iterdir()]


def test_without_the_packages_of_npm_nothing_is_written(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(LaboratoryError, match="npm pack"):
        build(tmp_path / "made", archives=tmp_path / "empty")
    assert ["empty"] == [path.name for path in tmp_path.iterdir()]


def test_a_book_with_it_says_what_is_missing_before_the_lessons_run(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    words = ["book", str(tmp_path / "book"), "--laboratory", "--npm", str(tmp_path / "empty")]
    assert 1 == main(words)
    assert "npm pack pyodide@" in capsys.readouterr().err
    assert not (tmp_path / "book").exists()


@pytest.mark.parametrize("example", examples(), ids=lambda example: example["name"])
def test_an_example_runs_and_shows_something(example):
    events = []
    assert Session(events.append).run(example["text"]), events[-1]
    assert len(events) >= 2


def test_the_folder_has_the_licences_of_what_is_in_it(laboratory):
    told = (laboratory / "licences" / "README.txt").read_text("utf-8")
    for path in laboratory.iterdir():
        if path.is_dir() and path.name != "licences":
            assert f"{path.name}/" in told
    for name in ("MIT", "MPL-2.0", "EPL-2.0", "Python", "graphviz", "codemirror-view"):
        assert (laboratory / "licences" / f"{name}.txt").stat().st_size > 500, name


def test_the_command_writes_it_or_says_what_is_missing(archives, tmp_path, capsys, quick):
    assert 0 == main(["laboratory", str(tmp_path / "made"), "--npm", str(archives)])
    assert "index.html" in capsys.readouterr().out
    (tmp_path / "empty").mkdir()
    assert 1 == main(["laboratory", str(tmp_path / "other"), "--npm", str(tmp_path / "empty")])
    assert "npm pack pyodide@" in capsys.readouterr().err


def test_it_is_served_on_this_machine_alone_with_what_interrupting_needs(laboratory):
    with server(laboratory) as running:
        assert "127.0.0.1" == running.server_address[0]
        threading.Thread(target=running.serve_forever, daemon=True).start()
        with urlopen(f"http://127.0.0.1:{running.server_port}/pyodide/pyodide.mjs") as answer:
            assert "text/javascript" == answer.headers["Content-Type"]
            assert "require-corp" == answer.headers["Cross-Origin-Embedder-Policy"]
        running.shutdown()


def test_a_browser_that_has_gone_is_no_error_and_no_machine_decides_what_a_file_is(
    tmp_path, monkeypatch, capfd
):
    (tmp_path / "large.bin").write_bytes(b"0" * 20_000_000)
    (tmp_path / "page.css").write_text("p {}")
    monkeypatch.setitem(mimetypes.types_map, ".css", "application/x-css")  # as some Windows have it
    with server(tmp_path) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{running.server_port}"
        assert "text/css" == urlopen(f"{address}/page.css").headers["Content-Type"]
        with socket.create_connection(("127.0.0.1", running.server_port)) as gone:
            gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            gone.sendall(b"GET /large.bin HTTP/1.0\r\n\r\n")
            gone.recv(1000)
        assert 200 == urlopen(f"{address}/page.css").status
        running.shutdown()
    assert ("", "") == capfd.readouterr()


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_built(tmp_path, capsys):
    (tmp_path / "file").write_text("no folder")
    assert main(["laboratory", str(tmp_path / "file" / "laboratory")]) == 1
    said = capsys.readouterr().err.splitlines()[1:]
    assert said == [f"tinygrad-neuron: {tmp_path / 'file' / 'laboratory'}: Not a directory"]


def test_a_port_that_another_program_has_is_told_before_anything_is_built(tmp_path, capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        folder = tmp_path / "laboratory"
        assert main(["laboratory", str(folder), "--serve", "--port", port]) == 1
    (_, said) = capsys.readouterr().err.splitlines()
    assert said.startswith(f"tinygrad-neuron: port {port} cannot be had: ")
    assert said.endswith("; name another one with --port, or let the system choose: --port 0")
    assert not folder.exists()
