"""Pictures of graphs and networks, drawn by Graphviz."""

from .graph import draw_dot
from .rendering import Digraph

__all__ = ["Digraph", "draw_dot"]
