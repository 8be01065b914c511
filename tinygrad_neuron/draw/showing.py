"""What a notebook shows of Values, models and circuits: SVG, or nothing without a layout engine."""

import sys
from collections.abc import Callable
from typing import Any

from .circuit import draw_circuit
from .graph import draw_dot
from .network import draw_network
from .rendering import Digraph, EngineNotFoundError, RenderingError


def value(root: Any) -> str | None:
    """The graph behind a Value."""
    return _svg(lambda: draw_dot(root))


def model(module: Any) -> str | None:
    """A model of neurons in layers; None for any other."""
    try:
        picture = draw_network(module)
    except TypeError:  # not such a model
        return None
    return _svg(lambda: picture)


def circuit(units: Any) -> str | None:
    """A circuit of McCulloch-Pitts units."""
    return _svg(lambda: draw_circuit(units))


def _svg(draw: Callable[[], Digraph]) -> str | None:
    """The text of a picture; where it cannot be drawn, what was wrong goes to stderr."""
    try:
        return draw().pipe(format="svg", encoding="utf-8")
    except (EngineNotFoundError, RenderingError) as error:
        print(error, file=sys.stderr)
        return None
