"""tinygrad_neuron: a scalar autodiff engine for people who learn and teach neural networks.

>>> from tinygrad_neuron import Value
>>> x, w, b = Value(2.0, label="x"), Value(0.5, label="w"), Value(-1.0, label="b")
>>> y = (w * x + b).tanh()
>>> y.backward()
>>> w.grad
2.0

This file is the whole public surface. `compile`, `sum`, `abs` and their like are public too but not
in `__all__`, so that a star import shadows no builtin.
"""

import signal
import sys

if (
    sys.argv[:1] == ["-m"]  # something is started so, and this first
    and __name__ in sys.orig_argv
    and signal.getsignal(signal.SIGINT) is signal.default_int_handler
):  # Ctrl-C ends it, without a traceback of imports, until `__main__` takes it back
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import declarations, notebook
from .eager import define_operation
from .engine import Value, topological_order
from .public import on_demand
from .scope import scope

__version__ = "0.1.0"  # stated here alone; setup.cfg reads it

if TYPE_CHECKING:  # at run time each of these is imported when it is first asked for
    from . import bridges, datasets, init, interpret, losses, nn, optim, training
    from . import compiler as compiler
    from . import draw as draw
    from . import walk as walk
    from .bridges import from_torch, to_torch, torch_source
    from .compiler import Compiled, TracingError
    from .compiler import compile as compile
    from .declarations import *  # noqa: F403  # the operations
    from .draw import animate, draw_circuit, draw_dot, draw_network
    from .functions import abs as abs
    from .functions import maxout, mean, softmax
    from .functions import sum as sum
    from .gradient_check import check_gradients
    from .higher_derivatives import grad, gradients, hessian, hvp, jacobian, nudge
    from .passes import local_derivatives
    from .walk import detect_anomaly, walkthrough

__all__ = [
    # the engine
    "Value",
    "topological_order",
    "define_operation",
    "scope",
    # derivatives of any order
    "grad",
    "gradients",
    "jacobian",
    "hessian",
    "hvp",
    "local_derivatives",
    "check_gradients",
    "detect_anomaly",
    "nudge",
    # compilation (`compile` itself is left out: it would shadow the builtin)
    "Compiled",
    "TracingError",
    # rooms
    "nn",
    "losses",
    "init",
    "optim",
    "datasets",
    "training",
    "interpret",
    "bridges",
    # pictures
    "draw_dot",
    "draw_network",
    "draw_circuit",
    "animate",
    # walkthroughs
    "walkthrough",
    # to and from PyTorch
    "from_torch",
    "to_torch",
    "torch_source",
    # on top of it
    "mean",
    "softmax",
    "maxout",
]
__all__ += declarations.__all__  # the operations of the table


def _picture(function: str) -> Callable[[Any], str | None]:
    """What a notebook shows of an object; `draw` is imported when it is first asked for."""

    def picture(subject: Any) -> str | None:
        drawn: str | None = getattr(import_module(".draw.showing", __name__), function)(subject)
        return drawn

    return picture


for _kind, _function in {
    "engine.Value": "value",
    "nn.module.Module": "model",
    "nn.threshold.McCullochPitts": "circuit",
    "nn.threshold.Circuit": "circuit",
    "training.record.TrainingRecord": "training_record",
    "training.diagnose.Diagnosis": "diagnosis",
    "interpret.superposition.Superposition": "superposition",
}.items():
    notebook.show_as(f"{__name__}.{_kind}", _picture(_function))


if not TYPE_CHECKING:
    # The operations of the table are functions of the module `functions`.
    __getattr__, __dir__ = on_demand(__name__, dict.fromkeys(declarations.__all__, "functions"))
