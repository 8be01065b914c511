"""Where everything in the picture of a graph stands: computed here, the same with every engine.

Cards lie in boxes, boxes in each other. Each box is laid out by itself, the innermost first, as
columns in the direction of reading: what feeds something stands in a column before it, and in a
column everything has the model's order from top to bottom. A line is horizontal where it passes a
column, in a lane of its own, and bends only between columns: it never runs through a card.
"""

from .arrange import Arrangement, arrange
from .parts import Box, Card, Item, Look, Wire

__all__ = ["Arrangement", "Box", "Card", "Item", "Look", "Wire", "arrange"]
