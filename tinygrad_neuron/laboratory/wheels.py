"""Packages that are installed here as wheels, which Pyodide unpacks: this one, and graphviz."""

import importlib.metadata
from pathlib import Path

from ..course import wheel

# What the browser's Python needs not: the pages themselves, the book, C.
_LEFT_OUT = (
    "tinygrad_neuron/laboratory/page",
    "tinygrad_neuron/laboratory/licences",
    "tinygrad_neuron/compiler/c/arithmetic.c",
    "tinygrad_neuron/demos/book",
    "tinygrad_neuron/demos/laboratory",
)


def wheels() -> dict[str, bytes]:
    """The wheels, by their names.

    >>> [name.partition("-")[0] for name in wheels()]
    ['tinygrad_neuron', 'graphviz']
    """
    return {wheel.name(): wheel.own_wheel(_LEFT_OUT)} | dict([installed_wheel("graphviz")])


def installed_wheel(name: str) -> tuple[str, bytes]:
    """The name of the wheel of a package of pure Python that is installed here, and the wheel.

    >>> installed_wheel("graphviz")[0].endswith("-py3-none-any.whl")
    True
    """
    distribution = importlib.metadata.distribution(name)
    files = {
        str(path).replace("\\", "/"): Path(str(path.locate())).read_bytes()
        for path in distribution.files or ()
        if path.suffix != ".pyc" and not str(path).startswith("..")
    }
    return f"{name}-{distribution.version}-py3-none-any.whl", wheel.zipped(files)
