"""What the columns of a box hold, and the pieces of wires between them."""

from __future__ import annotations

from dataclasses import dataclass, field

from .parts import Item


@dataclass(eq=False)
class Spot:
    """What takes room in a column: an item, a lane, a label, a gate in the box's side."""

    height: float
    width: float = 0.0
    item: Item | None = None
    order: float = 0.0
    column: int = 0
    place: int = 0
    y: float = 0.0  # its centre
    line: float = 0.0  # where lines pass, from the centre
    labels: bool = False  # whether it is a label
    ins: list[Link] = field(default_factory=list)
    outs: list[Link] = field(default_factory=list)


@dataclass(eq=False)
class Link:
    """A piece of a wire from one column to the next; offsets are from the centres of its ends."""

    tail: Spot
    head: Spot
    weight: float
    leave: float = 0.0
    arrive: float = 0.0
    direct: bool = False  # whether it ends at the wire's own end, where an arrowhead is
