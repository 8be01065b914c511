"""The package is built as the book says: rooms, imports, lengths, docstrings, tests' places.

That no import goes up is the contract of import-linter in pyproject.toml; here is what it cannot
say.
"""

import ast
import configparser
import fnmatch
import re
from functools import cache

import tinygrad_neuron
from tests import conftest, house, packages
from tests.house import PACKAGE, PICTURE, ROOT, Module

BOOK = ROOT / "demos" / "book"
TABLES_OF_DATA = {PACKAGE / "calculus" / "table.py"}
# Tests of the house as a whole, and of what stands outside of the package.
OF_NO_MODULE = {
    "test_arguments.py",
    "test_endurance.py",
    "test_fuzz.py",
    "test_house.py",
    "test_installations.py",
    "test_platforms.py",
    "test_readme.py",
    "test_routes.py",
    "test_typing.py",
}

modules = cache(house.modules)
edges = cache(lambda: house.graph(modules()))


def test_no_modules_import_one_another_in_a_circle():
    assert [] == house.circles(edges())


def test_no_rooms_import_one_another_in_a_circle():
    assert [] == house.circles(house.between_rooms(edges()))


def test_no_room_takes_a_private_name_of_another():
    assert [] == house.private_imports(modules())


def test_no_import_goes_up():
    assert [] == house.upward_imports(modules())


def test_the_engine_has_at_most_300_lines():
    """The README sends a reader there who wants to see all of it."""
    assert len((PACKAGE / "engine.py").read_text("utf-8").splitlines()) <= 300


def test_no_file_is_longer_than_500_lines():
    code = (path for path in PACKAGE.rglob("*.*") if path.suffix in (".py", ".js", ".css", ".c"))
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in code}
    long = {path: n for path, n in lengths.items() if n > 500 and path not in TABLES_OF_DATA}
    assert {} == {path.relative_to(ROOT).as_posix(): n for path, n in long.items()}


def test_every_class_and_every_long_function_says_what_it_is_for():
    """A class says it for its `__init__` too; declarations for type checkers are not code."""
    without = [
        f"{module.path.relative_to(ROOT)}:{node.lineno} {node.name}, {lines} lines"
        for module in modules().values()
        for node, lines in module.definitions()
        if ((isinstance(node, ast.ClassDef) and lines > 1) or lines > 15)
        and node.name != "__init__"
        and not ast.get_docstring(node)
    ]
    assert not without, "\n".join(["no docstring:", *without])


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


def test_every_name_in_the_tables_of_tiers_is_that_of_a_test():
    for name in [*conftest.SLOW, *conftest.NOT_FAST]:
        file, _, test = name.partition("::")
        files = list(ROOT.glob(f"{file}*"))
        assert files, name
        assert not test or f"def {test.partition('[')[0]}" in files[0].read_text("utf-8"), name


def setup() -> configparser.ConfigParser:
    read = configparser.ConfigParser()
    read.read(ROOT / "setup.cfg", encoding="utf-8")
    return read


def test_setup_lists_every_package():
    folders = {path.parent.relative_to(ROOT) for path in PACKAGE.rglob("__init__.py")}
    packages = {".".join(folder.parts) for folder in folders} | {"tinygrad_neuron.demos"}
    assert sorted(packages) == setup()["options"]["packages"].split()


def test_setup_lists_every_file_that_is_not_python():
    listed = {
        package: [pattern.strip() for pattern in patterns.split(",")]
        for package, patterns in setup()["options.package_data"].items()
    }
    at = {ROOT.joinpath(*package.split(".")): patterns for package, patterns in listed.items()}
    at[ROOT / "demos"] = at.pop(PACKAGE / "demos")
    forgotten = [
        path.relative_to(ROOT).as_posix()
        for start in (PACKAGE, BOOK)
        for path in start.rglob("*.*")
        if path.is_file() and path.suffix not in (".py", ".pyi")
        if path.parent.name != "__pycache__"  # what a Python that was killed left there too
        if not any(
            fnmatch.fnmatch(path.relative_to(folder).as_posix(), pattern)
            for folder, patterns in at.items()
            if folder in path.parents
            for pattern in patterns
        )
    ]
    assert [] == forgotten
    for folder, patterns in at.items():
        assert all(any(folder.glob(pattern)) for pattern in patterns), folder


def test_what_is_uploaded_is_tried_with_every_extra_and_on_every_python_it_names():
    assert [] == [name for name in packages.extras() if name not in packages.NEEDS]
    named = re.findall(r"Python :: (3\.\d+)", setup()["metadata"]["classifiers"])
    assert list(packages.PYTHONS) == named


def test_the_version_is_stated_once_and_the_changelog_ends_with_it():
    assert "attr: tinygrad_neuron.__version__" == setup()["metadata"]["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", tinygrad_neuron.__version__)
    text = (BOOK / "changelog.md").read_text("utf-8")
    titles = re.findall(r"^## (.*)$", text, re.MULTILINE)
    released = [re.fullmatch(r"\[?(\d+\.\d+\.\d+)\]? - \d{4}-\d\d-\d\d", t) for t in titles[1:]]
    assert "Unreleased" == titles[0]
    assert all(released), titles
    assert not released or released[0][1] == tinygrad_neuron.__version__


def test_the_picture_of_the_rooms_shows_the_imports_that_there_are():
    titles = re.findall(r"<title>(.*?)</title>", PICTURE.read_text("utf-8"))
    drawn = {tuple(t.split("&#45;&gt;")) for t in titles if "&gt;" in t}
    assert house.arrows(modules()) == drawn, "stale: run `python -m tests.house`"
    assert set(house.boxes(modules())) <= set(titles), "stale: run `python -m tests.house`"


def test_every_file_that_the_description_names_exists():
    text = (BOOK / "how_it_is_built.md").read_text("utf-8")
    names = re.findall(r"`([\w./]*(?:/|\.(?:py|js|css|toml|md)))`", text)
    assert len(names) > 50
    places = (PACKAGE, ROOT)
    assert [] == [name for name in names if not any((at / name).exists() for at in places)]


def test_the_program_of_the_description_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = (BOOK / "how_it_is_built.md").read_text("utf-8")
    programs = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    exec(programs[-1], {})
    assert {"y.svg", "y.html"} == {path.name for path in tmp_path.iterdir()}


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
    found = house.graph(known)
    assert {"house.a.c"} == found["house.a"]
    assert {"house.b", "house.a.e"} == found["house.a.c"]
    assert {"house.a.c", "house.b"} == found["house.a.e"]
    assert [["house.a.c", "house.a.e"]] == house.circles(found)
    lines = [text.split()[0] for text in house.private_imports(known)]
    assert ["house/a/c.py:1", "house/a/c.py:3"] == lines
