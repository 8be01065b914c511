"""Each layout engine that there is, and a network's picture drawn by it."""

from xml.etree import ElementTree

import pytest

from tests.draw.engines import path_of
from tests.draw.network.drawn import Drawn


@pytest.fixture(params=["dot", "graphviz-pure"], scope="module")
def engine(request):
    """The path of the one, then of the other."""
    return path_of(request.param) or pytest.skip(f"no {request.param} on this machine")


@pytest.fixture(scope="module")
def draw(engine):
    def to_svg(graph):
        graph.layout_command = engine
        return Drawn(ElementTree.fromstring(graph.pipe(format="svg")))

    return to_svg
