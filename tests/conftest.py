"""What several test files share: the browser, the book, built once per session, and compiled
functions, which run for each target."""

import functools
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tinygrad_neuron import Value
from tinygrad_neuron.calculus.table import BUILT_IN, TABLE
from tinygrad_neuron.compiler import compile

COMPILERS = ("cc", "gcc", "clang")
needs_compiler = pytest.mark.skipif(
    not any(map(shutil.which, COMPILERS)), reason="no C compiler on this machine"
)


def pytest_generate_tests(metafunc):
    """A test marked `both_targets` runs with the module's `compile` making Python, then C,
    unless it is marked `only_python`, with the reason.

    Not those that hypothesis repeats a thousand times, for a C compiler takes longer than they do:
    tests/compiler/c/test_emitting.py has many graphs in one library.
    """
    if metafunc.definition.get_closest_marker("both_targets"):
        targets = ["python"]
        only_python = metafunc.definition.get_closest_marker("only_python")
        if not only_python and not hasattr(metafunc.function, "hypothesis"):
            targets.append(pytest.param("c", marks=[needs_compiler, pytest.mark.once]))
        metafunc.parametrize("code", targets, indirect=True)


# What takes seconds and not milliseconds: programs and the browser that they start, pictures of
# matplotlib, C compilers. `fast` is everything else.
NOT_FAST = ("compiler/c/", "course/", "demos/", "draw/figures", "test_page")
STARTED_ONCE = {"book", "browser", "browser_page"}
NOT_FAST_MARKS = ("once", "slow")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks `fast` what is neither marked slow or once, nor needs a browser, a book, a C compiler.

    Nor is a test fast that hypothesis repeats: its search is for the whole run.
    """
    for item in items:
        place = item.path.as_posix()
        if not (
            any(map(item.get_closest_marker, NOT_FAST_MARKS))
            or any(f"/{part}" in place for part in NOT_FAST)
            or STARTED_ONCE & set(getattr(item, "fixturenames", ()))
            or hasattr(getattr(item, "function", None), "hypothesis")
        ):
            item.add_marker(pytest.mark.fast)


@pytest.fixture(autouse=True)
def code(request):
    """What compiled functions are written in; None where a test does not ask."""
    target = getattr(request, "param", None)
    if target is not None:
        request.module.compile = functools.partial(compile, target=target)
    yield target
    if target is not None:
        request.module.compile = compile


@pytest.fixture(autouse=True)
def only_built_in_operations() -> None:
    """What a docstring's example has defined is gone: any test may share its process."""
    for name in TABLE.keys() - BUILT_IN:
        del TABLE[name]
        if name in vars(Value):
            delattr(Value, name)


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory, worker: str) -> Path:
    """The folder of the built book; with several workers the first to ask builds it.

    TINYGRAD_NEURON_BOOK names the folder of one that is built already, while tests are written.
    """
    if built := os.environ.get("TINYGRAD_NEURON_BOOK"):
        return Path(built).resolve()
    shared = tmp_path_factory.getbasetemp()
    if worker:
        shared = shared.parent
    folder, failed = shared / "book", shared / "book-failed"
    try:
        os.close(os.open(shared / "book-begun", os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        while not (folder.exists() or failed.exists()):
            time.sleep(0.2)
    else:
        from tinygrad_neuron.course.book import build

        try:
            build(folder)
        except BaseException as error:
            failed.write_text(str(error))
            raise
    if failed.exists():
        pytest.fail(f"the book was not built: {failed.read_text()}", pytrace=False)
    return folder


@pytest.fixture(scope="session")
def worker(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The name of this xdist worker; empty without one."""
    yield getattr(request.config, "workerinput", {}).get("workerid", "")
