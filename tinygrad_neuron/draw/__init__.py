"""Pictures of graphs and networks, drawn by Graphviz.

>>> from tinygrad_neuron import Value, draw_dot
>>> draw_dot(Value(2.0, label="x") * 3.0).source.splitlines()[0]
'digraph "graph" {'
"""

from typing import TYPE_CHECKING

from ..public import on_demand

if TYPE_CHECKING:
    from .animation import animate
    from .circuit import draw_circuit
    from .graph import draw_dot
    from .network import draw_network
    from .rendering import Digraph
else:
    __getattr__, __dir__ = on_demand(__name__)

__all__ = ["Digraph", "animate", "draw_circuit", "draw_dot", "draw_network"]
