"""What a notebook shows of Values, models and circuits: SVG, or nothing without a layout engine."""

import importlib.util
import io
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


def training_record(record: Any) -> str | None:
    """The curves of a training run with what its diagnosis warns of; where no epoch was finished
    the diagnosis, if there is one. Without matplotlib the losses alone."""
    from .figures import plain, training_curves

    if not record.loss:
        return None if record.diagnosis is None else diagnosis(record.diagnosis)
    if importlib.util.find_spec("matplotlib") is None:
        losses = {name: y for name, y in record.curves.items() if "accuracy" not in name}
        return plain.training_curves(losses, "epoch")
    return _figure(lambda: training_curves(record.curves, "epoch", notes=record.warnings))


def diagnosis(found: Any) -> str | None:
    """The bars of a diagnosis."""
    from .figures import diagnosis_bars

    return _figure(lambda: diagnosis_bars(found)) if found.layers else None


def superposition(found: Any) -> str | None:
    """The directions of features, where there are two neurons."""
    from .figures import feature_directions

    return _figure(lambda: feature_directions(found)) if found.model.neurons == 2 else None


def _figure(draw: Callable[[], Any]) -> str | None:
    """The SVG text of a figure; without matplotlib there is none, and stderr says why."""
    text = io.StringIO()
    try:
        draw().savefig(text, format="svg")
    except ImportError as error:
        print(error, file=sys.stderr)
        return None
    return text.getvalue()[text.getvalue().index("<svg") :]


def _svg(draw: Callable[[], Digraph]) -> str | None:
    """The text of a picture; where it cannot be drawn, what was wrong goes to stderr."""
    try:
        return draw().pipe(format="svg", encoding="utf-8")
    except (EngineNotFoundError, RenderingError) as error:
        print(error, file=sys.stderr)
        return None
