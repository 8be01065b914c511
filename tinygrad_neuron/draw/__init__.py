"""Pictures of graphs and networks, drawn by Graphviz."""

from .animation import animate
from .circuit import draw_circuit
from .graph import draw_dot
from .network import draw_network
from .rendering import Digraph

__all__ = ["Digraph", "animate", "draw_circuit", "draw_dot", "draw_network"]
