"""Values, neurons and networks show themselves in a real notebook; without an engine as text."""

import subprocess
import sys
from xml.etree import ElementTree

import pytest

from tinygrad_neuron import Value, nn
from tinygrad_neuron.draw import rendering

CODE = """\
from tinygrad_neuron import Value, nn
x = Value(2.0, label="x")
y = x * x
y.backward()
"""

WITHOUT_ENGINE = """\
import os
from tinygrad_neuron.draw import rendering
os.environ["PATH"] = ""
rendering._script_folders = list
"""

SHOWN = ["y", "nn.Neuron(2, seed=0)", "nn.MLP(2, [3, 1], seed=0)", "nn.Module()"]


@pytest.fixture(scope="module")
def outputs():
    nbclient = pytest.importorskip("nbclient", reason="the extra test is not installed")
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    cells = [CODE, *SHOWN, WITHOUT_ENGINE, *SHOWN]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    results = [
        [output["data"] for output in cell.outputs if output.output_type == "execute_result"]
        for cell in notebook.cells
    ]
    with_engine, without = results[1 : len(SHOWN) + 1], results[len(SHOWN) + 2 :]
    return [data for [data] in with_engine], [data for [data] in without]


@pytest.mark.parametrize("i", range(3))
def test_a_cell_holds_the_picture_and_the_text(outputs, i):
    data = outputs[0][i]
    root = ElementTree.fromstring(data["image/svg+xml"])
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "max-width: 100%" in root.get("style")  # never cut off
    assert data["text/plain"].startswith(("Value(", "Neuron", "MLP"))


def test_a_module_without_a_picture_is_shown_as_text(outputs):
    assert set(outputs[0][3]) == {"text/plain"}


@pytest.mark.parametrize("i", range(len(SHOWN)))
def test_without_a_layout_engine_a_cell_holds_the_text(outputs, i):
    assert set(outputs[1][i]) == {"text/plain"}
    if i < 3:
        assert outputs[1][i]["text/plain"] == outputs[0][i]["text/plain"]


@pytest.mark.parametrize("subject", [nn.MLP(2, [2, 1], seed=0), nn.Module(), Value(1.0)])
def test_what_is_excluded_is_left_out(subject):
    assert "text/plain" not in subject._repr_mimebundle_(exclude=["text/plain"])
    assert set(subject._repr_mimebundle_(include=["text/plain"])) == {"text/plain"}


def test_a_model_without_an_engine_says_on_stderr_what_is_missing(monkeypatch, capsys):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(rendering, "_script_folders", list)
    model = nn.MLP(2, [2, 1], seed=0)
    assert model._repr_mimebundle_() == {"text/plain": repr(model)}
    assert "graphviz" in capsys.readouterr().err


def test_importing_the_models_does_not_import_graphviz():
    code = (
        "import sys, tinygrad_neuron, tinygrad_neuron.nn as nn; nn.MLP(2, [1]); "
        "assert not {'graphviz', 'matplotlib', 'PIL'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
