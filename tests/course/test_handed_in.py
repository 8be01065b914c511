"""Notebooks as students hand them in: of every program, in folders, archives and encodings."""

import io
import json
import zipfile
from pathlib import PurePosixPath

import pytest

from tinygrad_neuron.course.chosen import course
from tinygrad_neuron.course.handed_in import Handed, handed, opened, students
from tinygrad_neuron.course.handing_out import hand_out
from tinygrad_neuron.course.hosting import Hosting
from tinygrad_neuron.course.writing import new

ASK = 'course.ask(3, "12345678")'
TOLD = '<p class="tn-said right" data-key="abc" data-try="2">'


def bare(*sources, **more):
    """A notebook as bytes."""
    cells = [
        {"cell_type": "code", "source": source, "metadata": {}, "outputs": [],
         "execution_count": None}
        for source in sources
    ]  # fmt: skip
    return json.dumps({"cells": cells, "nbformat": 4, "metadata": {}, **more}).encode()


def read(content, name="x.ipynb"):
    return opened(Handed(PurePosixPath(name), content))


def archive(entries):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for name, content in entries.items():
            packed.writestr(name, content)
    return made.getvalue()


def test_what_each_program_writes_is_read():
    lines = ["import x\r\n", ASK, "\r\n"]
    output = {"output_type": "display_data", "data": {"text/html": [TOLD]}, "metadata": {}}
    cell = {"cell_type": "code", "source": lines, "outputs": [output], "execution_count": 7}
    lab = {"cells": [{**cell, "id": "a", "metadata": {"trusted": True}}], "nbformat_minor": 5}
    colab = {
        "cells": [{**cell, "metadata": {"id": "Xy", "outputId": "1"}}],
        "metadata": {"colab": {"provenance": []}, "kernelspec": {"name": "python3"}},
    }
    code = {"cells": [{**cell, "metadata": {"vscode": {"languageId": "python"}}}]}
    for program in (lab, colab, code):
        text = json.dumps({"nbformat": 4, **program}, indent=1)
        for encoded in (
            text.encode(),
            text.replace("\n", "\r\n").encode(),
            text.encode("utf-8-sig"),
            text.encode("utf-16"),
        ):
            found = read(encoded)
            assert ["import x\r\n" + ASK + "\r\n"] == found.cells
            assert (3, {"abc": 2}, [7]) == (found.lesson, found.tries, found.order)


def test_the_older_format_is_read():
    sheet = {"cells": [
        {"cell_type": "heading", "source": "Lesson", "level": 1},
        {"cell_type": "code", "input": [ASK], "prompt_number": 2, "language": "python",
         "outputs": [{"output_type": "display_data", "html": [TOLD]}]},
    ]}  # fmt: skip
    found = read(json.dumps({"nbformat": 3, "worksheets": [sheet], "metadata": {}}).encode())
    assert ([ASK], 3, {"abc": 2}) == (found.cells, found.lesson, found.tries)


def test_the_lesson_is_known_where_the_cells_that_call_for_it_are_gone():
    assert 3 == read(bare("course.check('abc', 1)", f"if 1:\n    {ASK}")).lesson
    assert 5 == read(bare("x = 1", metadata={"tinygrad_neuron": {"lesson": 5}})).lesson
    assert 7 == read(bare("x = 1"), "Kopie von lesson_7_sharing (2).ipynb").lesson
    with pytest.raises(ValueError, match="it calls for no lesson"):
        read(bare("x = 1", metadata={"tinygrad_neuron": ["junk"]}))


@pytest.mark.parametrize(
    "junk", [b"no", b"[]", b'{"cells": [{}]}', b'{"nbformat": 3}', b"null", b'{"cells": 3}',
             b"\xff", b'{"cells": [', b"", b"[" * 100_000, b'{"worksheets": 5}']
)  # fmt: skip
def test_what_is_no_notebook_is_said(junk):
    with pytest.raises(ValueError, match="it is no notebook"):
        read(junk)


def test_cells_that_were_run_in_another_order_are_noticed():
    def run(*counts):
        made = json.loads(bare(*[ASK] * len(counts)))
        for cell, count in zip(made["cells"], counts, strict=True):
            cell["execution_count"] = count
        return read(json.dumps(made).encode()).was_run_in_order

    assert run(1, 2, None, 5) and run(None, None)
    assert not run(4, 2, 3)


def test_cells_that_look_where_answers_are_are_noticed():
    plain = ["from tinygrad_neuron import course", ASK, 'course.check("k", 3)', "x = course"]
    assert [] == read(bare(*plain)).looks_behind
    behind = [
        "from tinygrad_neuron.course.words import asked",
        "answers = course.hidden_things.asked",
        "import tinygrad_neuron.demos",
        "from tinygrad_neuron import course as c, nn",
    ]
    assert [f"cell “{line}”" for line in behind[:3]] == read(bare(ASK, *behind)).looks_behind
    [long] = read(bare(ASK, f"x = 1  # {'long ' * 20}\n{behind[0]}")).looks_behind
    assert f"cell “x = 1  # {'long ' * 8}…”" == long


def test_folders_and_archives_as_platforms_make_them(tmp_path):
    name = "lesson_3_neuron.ipynb"
    moodle = {
        f"Übung 1/Anna Müller_101_assignsubmission_file_/{name}": bare(ASK),
        f"Übung 1/Anna Müller_102_assignsubmission_file_/deep/{name}": bare(ASK),
        f"__MACOSX/Übung 1/._{name}": b"junk",
        "Übung 1/notes.txt": b"",
    }
    (tmp_path / "all.zip").write_bytes(archive(moodle))
    expected = ["Anna Müller (101)", "Anna Müller (102)"]
    assert expected == students(handed(tmp_path / "all.zip"), [])
    assert expected == students(handed(tmp_path), [])  # the archive in a folder
    (tmp_path / "all.zip").unlink()
    for path, content in moodle.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    copy = tmp_path / "Übung 1" / "Anna Müller_101_assignsubmission_file_" / ".ipynb_checkpoints"
    copy.mkdir()
    (copy / name).write_bytes(b"old")
    assert expected == students(handed(tmp_path), [])
    ben = tmp_path / "Übung 1" / "Ben_103_assignsubmission_file_"
    ben.mkdir()
    (ben / "mine.zip").write_bytes(archive({f"../../{name}": bare(ASK)}))
    (ben / "other.zip").write_bytes(b"PK junk")
    assert [*expected, "Ben (103)"] == students(handed(tmp_path), [])


def test_names_in_files_and_folders():
    def whose(*places):
        return students(
            [Handed(PurePosixPath(place), b"") for place in places], ["lesson_3_neuron"]
        )

    assert ["Zoë K", "zoë"] == whose("Zoe\u0308 K/a.ipynb", "zoe\u0308/b.ipynb")
    assert ["Jürgen  O'Hara"] == whose("lesson_3_neuron - Jürgen  O'Hara.ipynb")
    assert ["lesson_3_neuron"] == whose("lesson_3_neuron.ipynb")
    assert ["Anna"] == whose("Anna/lesson_3_neuron.ipynb")
    assert ["a", "b"] == whose("in/all/a/x.ipynb", "in/all/b/x.ipynb")


def test_nothing_that_is_handed_out_looks_behind(tmp_path):
    hand_out(tmp_path, course())
    found = [opened(one) for one in handed(tmp_path)]
    assert 30 == len(found)
    assert [] == [notebook.lesson for notebook in found if notebook.looks_behind]


def test_a_lesson_that_was_changed_is_handed_out_again_and_installs_from_the_books_address(
    tmp_path,
):
    new("thermostat", tmp_path / "own")
    (tmp_path / "own" / "course.txt").write_text("16\n")
    (tmp_path / "own" / "heater.svg").write_text("<svg/>")
    hosting = Hosting("https://me.github.io/course")
    first = hand_out(tmp_path / "out", course(tmp_path / "own"), hosting)[0]
    assert "tinygrad_neuron[learn] @ https://me.github.io/course/install/" in first.read_text()
    lesson = tmp_path / "own" / "lesson_16_thermostat.py"
    lesson.write_text(
        lesson.read_text("utf-8") + "\n# %% [markdown]\n# One word more. ![h](heater.svg)\n",
        "utf-8",
    )
    hand_out(tmp_path / "out", course(tmp_path / "own"), hosting)
    made = first.read_text("utf-8")
    assert "One word more. ![h](data:image/svg+xml;base64,PHN2Zy8+)" in made
    assert {"lesson": 16, "edition": "students"}.items() <= (
        json.loads(made)["metadata"]["tinygrad_neuron"].items()
    )
    first.write_text(first.read_text("utf-8").replace("One word more.", "A student's."), "utf-8")
    with pytest.raises(FileExistsError, match="has been changed, so it is left as it is"):
        hand_out(tmp_path / "out", course(tmp_path / "own"), hosting)
    assert "A student's." in first.read_text("utf-8")
