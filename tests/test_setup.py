"""What `setup.cfg` says is what lies in the folders: nothing is forgotten in a wheel."""

import configparser
import re
from fnmatch import fnmatch
from pathlib import Path

import tinygrad_neuron
from tinygrad_neuron.course.lessons import lessons

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "tinygrad_neuron"
SETUP = configparser.ConfigParser()
SETUP.read(ROOT / "setup.cfg")
# Where a package's files lie, if not in the folder of its name.
ELSEWHERE = {"tinygrad_neuron.demos": ROOT / "demos"}


def folder(package):
    return ELSEWHERE.get(package, ROOT / package.replace(".", "/"))


def listed():
    return SETUP["options"]["packages"].split()


def test_every_folder_with_code_is_a_listed_package():
    on_disk = {path.parent for path in PACKAGE.rglob("*.py")}
    names = {".".join(path.relative_to(ROOT).parts) for path in on_disk} | {*ELSEWHERE}
    assert sorted(names) == sorted(listed()), "packages, in setup.cfg"


def test_every_file_that_is_not_code_is_listed_as_data():
    patterns = {
        package: re.split(r"[,\s]+", globs.strip())
        for package, globs in SETUP["options.package_data"].items()
    }
    folders = {folder(package): package for package in listed()}
    forgotten = []
    for path in [*PACKAGE.rglob("*"), *(ROOT / "demos/book").rglob("*")]:
        if path.is_dir() or path.suffix == ".pyc":
            continue
        if path.suffix == ".py" and path.parent in folders:
            continue
        owner = next(parent for parent in path.parents if parent in folders)
        name = path.relative_to(owner).as_posix()
        globs = patterns.get(folders[owner], [])
        # In setuptools, as in a shell, a star does not cross a slash.
        if not any(g.count("/") == name.count("/") and fnmatch(name, g) for g in globs):
            forgotten.append(str(path.relative_to(ROOT)))
    assert [] == forgotten, "options.package_data, in setup.cfg"


def test_no_listed_data_is_missing():
    for package, globs in SETUP["options.package_data"].items():
        for pattern in re.split(r"[,\s]+", globs.strip()):
            assert list(folder(package).glob(pattern)), f"{package}: {pattern}, in setup.cfg"


def test_the_version_is_stated_once_and_is_the_newest_of_the_changelog():
    assert "attr: tinygrad_neuron.__version__" == SETUP["metadata"]["version"]
    changelog = (ROOT / "demos/book/changelog.md").read_text("utf-8")
    newest = re.search(r"^## \[?(\d+\.\d+\.\d+)", changelog, re.MULTILINE)
    assert newest, "the changelog has a heading for each version"
    assert tinygrad_neuron.__version__ == newest.group(1)


def test_lessons_lie_where_the_wheel_takes_them_from():
    assert {ROOT / "demos"} == {lesson.path.parent for lesson in lessons()}
