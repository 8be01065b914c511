"""Walkthroughs: both passes of a graph as explained steps, in a terminal, a notebook or a page."""

from .anomaly import AnomalyError, detect_anomaly
from .lines import record_lines
from .names import watch_names
from .records import Node, Step, StepList
from .training import Training
from .walking import Walkthrough, walkthrough

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
