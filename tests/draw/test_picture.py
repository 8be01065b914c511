"""The picture of a graph as an object: what it does where an engine hangs."""

import os
import pickle
import shutil
import sys

import pytest

from tests.draw.twelve import network_of_the_lecture
from tinygrad_neuron import Value, draw_dot
from tinygrad_neuron.draw.rendering import RenderingTimeoutError

HANGS_AT_FIRST = """#!{python}
import os, subprocess, sys, time
if not os.path.exists({mark!r}):
    open({mark!r}, "w").close()
    time.sleep(600)
sys.exit(subprocess.run([{dot!r}, *sys.argv[1:]]).returncode)
"""
HANGS = "#!{python}\nimport time\ntime.sleep(600)\n"

needs_dot = pytest.mark.skipif(
    shutil.which("dot") is None or os.name == "nt", reason="an engine to be slow in front of"
)


@pytest.fixture
def engine(tmp_path):
    def written(text):
        path = tmp_path / "dot"
        facts = {"python": sys.executable, "mark": str(tmp_path / "mark")}
        path.write_text(text.format(dot=shutil.which("dot"), **facts))
        path.chmod(0o755)
        return str(path)

    return written


@needs_dot
def test_an_engine_that_hangs_is_asked_once_more_with_the_next_fold(engine):
    picture = draw_dot(network_of_the_lecture(1))
    before = picture.folding.drawn
    picture.layout_command, picture.timeout = engine(HANGS_AT_FIRST), 2
    svg = picture.pipe(format="svg", encoding="utf-8")
    assert picture.folding.drawn < before
    assert "the layout engine was stopped after 2 seconds" in svg.replace("\xa0", " ")
    assert f"drawn as {picture.folding.drawn}:" in svg.replace("\xa0", " ")


@pytest.mark.skipif(os.name == "nt", reason="a script as an engine")
def test_in_a_notebook_an_engine_that_hangs_is_no_exception(engine, capsys):
    picture = draw_dot(network_of_the_lecture(1))
    picture.layout_command, picture.timeout = engine(HANGS), 0.2
    assert picture._repr_mimebundle_() == {"text/plain": picture.source}
    assert "did not finish within 0.2 seconds" in capsys.readouterr().err
    with pytest.raises(RenderingTimeoutError):
        picture.pipe()


def test_the_room_of_a_picture_can_be_chosen():
    root = network_of_the_lecture(1)
    drawn = [
        draw_dot(root, budget=room).folding.drawn
        for room in ((4000, 2500), (1600, 900), (700, 500))
    ]
    assert drawn == sorted(drawn, reverse=True)
    assert drawn[0] > drawn[1] > drawn[2]


def test_a_picture_goes_from_one_process_to_another():
    picture = draw_dot((Value(2.0, label="x") * 3.0).tanh())
    other = pickle.loads(pickle.dumps(picture))
    assert (other.source, other.coarser) == (picture.source, None)
    assert picture.coarser is not None
