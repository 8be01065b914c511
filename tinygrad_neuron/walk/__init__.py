"""Walkthroughs: both passes of a graph as explained steps, in a terminal, a notebook or a page."""

from .lines import record_lines
from .records import Node, Step, StepList, Training
from .walking import Walkthrough, walkthrough

__all__ = ["Node", "Step", "StepList", "Training", "Walkthrough", "record_lines", "walkthrough"]
