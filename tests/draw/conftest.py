"""A network's picture drawn by each layout engine that there is."""

from xml.etree import ElementTree

import pytest

from tests.draw.network.drawn import Drawn
from tinygrad_neuron.draw.rendering import EngineNotFoundError, find_engine


@pytest.fixture(params=["dot", "graphviz-pure"], scope="module")
def draw(request):
    try:
        engine = find_engine(request.param).path
    except EngineNotFoundError:
        pytest.skip(f"no {request.param} on this machine")

    def to_svg(graph):
        graph.layout_command = engine
        return Drawn(ElementTree.fromstring(graph.pipe(format="svg")))

    return to_svg
