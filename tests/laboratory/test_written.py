"""Files that a program writes, as events."""

from base64 import b64decode

from tinygrad_neuron.laboratory import written
from tinygrad_neuron.laboratory.session import Session


def ran(folder, monkeypatch, *programs):
    """The events of the last of the programs, run in the folder."""
    monkeypatch.chdir(folder)
    session = Session(print, folder)
    for program in programs:
        events = []
        session.emit = events.append
        session.run(program)
    return events


def test_what_this_run_wrote_is_told_and_what_was_there_is_not(tmp_path, monkeypatch):
    first = "open('a.txt', 'w').write('a'); open('b.txt', 'w').write('b');"
    events = ran(tmp_path, monkeypatch, first, "open('b.txt', 'w').write('new');")
    assert [("file", "b.txt", "text/plain")] == [(e["kind"], e["name"], e["type"]) for e in events]
    assert b"new" == b64decode(events[0]["data"])


def test_what_is_hidden_is_not_a_programs_own(tmp_path, monkeypatch):
    hidden = "for n in ('.kept', '__pycache__', 'own'): os.mkdir(n); open(f'{n}/a', 'w').close()"
    events = ran(tmp_path, monkeypatch, f"import os\n{hidden}\n")
    assert ["own/a"] == [event["name"] for event in events]


def test_files_of_a_program_that_fails_are_told_too(tmp_path, monkeypatch):
    events = ran(tmp_path, monkeypatch, "open('a.txt', 'w').write('a')\n1 / 0")
    assert ["error", "file"] == [event["kind"] for event in events]


def test_too_many_and_too_large_ones_are_said(tmp_path, monkeypatch):
    monkeypatch.setattr(written, "_MOST", 2)
    monkeypatch.setattr(written, "_LARGEST", 3_000_000)
    events = ran(tmp_path, monkeypatch, "open('0', 'wb').write(bytes(3_000_001));"
                 "open('1', 'w'), open('2', 'w');")  # fmt: skip
    assert ["stderr", "file", "stderr"] == [event["kind"] for event in events]
    assert "0 has more than 3 MB: it is not handed over\n" == events[0]["text"]
    assert "(3 files were written: 2 of them are shown)\n" == events[2]["text"]
