"""Walkthroughs: both passes of a graph as explained steps, in a terminal, a notebook or a page.

>>> from tinygrad_neuron import Value, walkthrough
>>> steps = walkthrough(Value(2.0, label="x") * Value(3.0, label="w"))
>>> [step.phase for step in steps.steps]
['forward', 'backward', 'backward', 'backward']
"""

from typing import TYPE_CHECKING

from ..public import on_demand

if TYPE_CHECKING:
    from .anomaly import AnomalyError, detect_anomaly
    from .lines import record_lines
    from .names import watch_names
    from .records import Node, Step, StepList
    from .training import Training
    from .walking import Walkthrough, walkthrough
else:
    __getattr__, __dir__ = on_demand(__name__)

__all__ = [
    "AnomalyError",
    "detect_anomaly",
    "Node",
    "Step",
    "StepList",
    "Training",
    "Walkthrough",
    "record_lines",
    "walkthrough",
    "watch_names",
]
