"""The licences of what the laboratory's folder holds, which stand in the folder."""

import importlib.metadata
from collections.abc import Mapping
from pathlib import Path

from .npm import GRAPHVIZ, PYODIDE, Package

_TEXTS = Path(__file__).parent / "licences"
_MIT = """\
Permission is hereby granted, free of charge, to any person obtaining a copy of this software and \
associated documentation files (the "Software"), to deal in the Software without restriction, \
including without limitation the rights to use, copy, modify, merge, publish, distribute, \
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is \
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or \
substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT \
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND \
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, \
DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT \
OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""
_README = """\
What this folder holds, and under which licence
================================================

pyodide/      Pyodide {pyodide}, https://github.com/pyodide/pyodide (there is its source): Mozilla
              Public License 2.0 (MPL-2.0.txt). In it CPython, https://github.com/python/cpython:
              the licence of the Python Software Foundation (Python.txt).
graphviz/     Viz.js {viz}, https://github.com/mdaines/viz-js, by Michael Daines: MIT (MIT.txt).
              In it Graphviz, https://gitlab.com/graphviz/graphviz (there is its source): Eclipse
              Public License 2.0 (EPL-2.0.txt); and Expat, https://github.com/libexpat: MIT.
codemirror/   CodeMirror and Lezer, https://codemirror.net, by Marijn Haverbeke and others: MIT;
              each module's own text is in this folder under its name.
wheels/       tinygrad_neuron and these pages: MIT (MIT.txt). graphviz, by Sebastian Bank: MIT
              (graphviz.txt).
"""


def licences(packages: Mapping[Package, Mapping[str, bytes]]) -> dict[str, bytes]:
    """The folder's files of licences, by path: a table of what is under which, and the texts."""
    table = _README.format(pyodide=PYODIDE.version, viz=GRAPHVIZ.version)
    files = {"README.txt": table.encode(), "MIT.txt": _MIT.encode()}
    for path in sorted(_TEXTS.glob("*.txt")):
        files[path.name] = path.read_bytes()
    for package, content in packages.items():
        if "LICENSE" in content:
            files[f"{package.archive.rpartition('-')[0]}.txt"] = content["LICENSE"]
    for entry in importlib.metadata.distribution("graphviz").files or ():
        if entry.name.startswith("LICENSE"):
            files["graphviz.txt"] = Path(str(entry.locate())).read_bytes()
    return {f"licences/{name}": text for name, text in files.items()}
