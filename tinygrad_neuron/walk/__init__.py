"""Walkthroughs: both passes of a graph as explained steps, in a terminal, a notebook or a page."""

from .lines import record_lines
from .steps import Node, Step, Training, Walkthrough, walkthrough

__all__ = ["Node", "Step", "Training", "Walkthrough", "record_lines", "walkthrough"]
