"""What tests share: those of compiled functions run for each target."""

import functools
import shutil

import pytest

from tinygrad_neuron.compiler import compile

COMPILERS = ("cc", "gcc", "clang")
needs_compiler = pytest.mark.skipif(
    not any(map(shutil.which, COMPILERS)), reason="no C compiler on this machine"
)


def pytest_generate_tests(metafunc):
    """A test marked `both_targets` runs with the module's `compile` making Python, then C,
    unless it is marked `only_python`, with the reason.

    Not those that hypothesis repeats a thousand times, for a C compiler takes longer than they do:
    tests/test_c_random_graphs.py has many graphs in one library.
    """
    if metafunc.definition.get_closest_marker("both_targets"):
        targets = ["python"]
        only_python = metafunc.definition.get_closest_marker("only_python")
        if not only_python and not hasattr(metafunc.function, "hypothesis"):
            targets.append(pytest.param("c", marks=needs_compiler))
        metafunc.parametrize("code", targets, indirect=True)


@pytest.fixture(autouse=True)
def code(request, monkeypatch):
    """What compiled functions are written in; None where a test does not ask."""
    target = getattr(request, "param", None)
    if target is not None:
        monkeypatch.setattr(request.module, "compile", functools.partial(compile, target=target))
    return target
