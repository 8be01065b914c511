"""The package is built as the book says: rooms, imports, lengths, docstrings, tests' places.

That no import goes up is the contract of import-linter in pyproject.toml; here is what it cannot say.
"""

import ast
import re

import pytest

from tests import house
from tests.house import PACKAGE, ROOT, Module

HOUSE = house.modules()
EDGES = house.graph(HOUSE)
TABLES_OF_DATA = {PACKAGE / "calculus" / "table.py"}
ASSETS = [path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".js", ".css", ".c", ".html")]


def test_no_modules_import_one_another_in_a_circle():
    assert [] == house.circles(EDGES)


def test_no_rooms_import_one_another_in_a_circle():
    assert [] == house.circles(house.between_rooms(EDGES))


def test_no_room_takes_a_private_name_of_another():
    assert [] == house.private_imports(HOUSE)


def test_no_import_goes_up():
    assert [] == house.upward_imports(HOUSE)


def test_every_room_has_its_row_in_the_contract():
    placed = [name for row in house.layers() for name in row]
    assert sorted({module.room for module in HOUSE.values()} - {""}) == sorted(placed)


def test_no_file_is_longer_than_500_lines():
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in ASSETS}
    long = {path: n for path, n in lengths.items() if n > 500 and path not in TABLES_OF_DATA}
    assert {} == {path.relative_to(ROOT).as_posix(): n for path, n in long.items()}


@pytest.mark.parametrize("module", HOUSE.values(), ids=HOUSE.keys())
def test_every_class_and_every_long_function_says_what_it_is_for(module):
    without = [
        f"{module.path.relative_to(ROOT)}:{node.lineno} {node.name}, {lines} lines"
        for node, lines in module.definitions()
        if (isinstance(node, ast.ClassDef) or lines > 15) and not ast.get_docstring(node)
    ]
    assert [] == without


# Tests of the house as a whole, and of what stands outside of the package.
OF_NO_MODULE = {"test_house.py", "test_readme.py"}


def test_tests_stand_where_the_code_stands_and_have_its_name():
    """`tests/draw/test_graph.py` and `test_graph_folded.py` test `draw/graph.py`; a test named for
    its folder tests what the modules there do together.
    """
    misplaced = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        folder = path.parent.relative_to(ROOT / "tests")
        at = ROOT / "demos" if folder.name == "demos" else PACKAGE / folder
        names = {entry.stem for entry in at.glob("*")} | {at.name}
        tested = path.stem.removeprefix("test_")
        if path.name not in OF_NO_MODULE and not any(
            re.fullmatch(rf"{re.escape(name)}(_\w+)?", tested) for name in names
        ):
            misplaced.append(path.relative_to(ROOT).as_posix())
    assert [] == misplaced


def test_reading_finds_imports_however_they_are_written(tmp_path, monkeypatch):
    package = tmp_path / "house"
    (package / "a").mkdir(parents=True)
    texts = {
        "__init__.py": "",
        "b.py": "_hidden = 1",
        "a/__init__.py": "from .c import d",
        "a/c.py": "from ..b import _hidden\nfrom .. import b\nb._hidden\nif TYPE_CHECKING:\n"
        "    from . import e\ndef f():\n    import_module('.e', __package__)",
        "a/e.py": "from . import c as other\nimport house.b",
    }
    for name, text in texts.items():
        (package / name).write_text(text)
    monkeypatch.setattr(house, "ROOT", tmp_path)
    known = {module.name: module for module in map(Module, sorted(package.rglob("*.py")))}
    edges = house.graph(known)
    assert {"house.a.c"} == edges["house.a"]
    assert {"house.b", "house.a.e"} == edges["house.a.c"]
    assert {"house.a.c", "house.b"} == edges["house.a.e"]
    assert [["house.a.c", "house.a.e"]] == house.circles(edges)
    lines = [text.split()[0] for text in house.private_imports(known)]
    assert ["house/a/c.py:1", "house/a/c.py:3"] == lines
