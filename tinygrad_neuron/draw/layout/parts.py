"""What is laid out: cards, boxes around them, and the wires between; and what a layout is to be."""

from __future__ import annotations

from dataclasses import dataclass, field

Point = tuple[float, float]
Run = tuple[float, float, float]  # where a line is horizontal: from x, to x, at y


@dataclass(eq=False)
class Item:
    """A card or a box: its size, and its place once it has one.

    Lengths are in points. In a layout `x` goes in the direction of reading and `y` across it,
    downwards; `x`, `y` are the corner where both are smallest. `order` is the place in the model.
    """

    width: float
    height: float
    order: float = 0.0
    parent: Box | None = None
    x: float = 0.0
    y: float = 0.0

    def path(self) -> list[Box]:
        """The boxes around it, the innermost first."""
        around = []
        box = self.parent
        while box is not None:
            around.append(box)
            box = box.parent
        return around


@dataclass(eq=False)
class Card(Item):
    """What is drawn as one node."""


@dataclass(eq=False)
class Box(Item):
    """A box around cards and other boxes; `title` is how long its title is, and `title_at` where
    along its upper side that begins."""

    title: float = 0.0
    title_at: float = 4.0
    items: list[Item] = field(default_factory=list)

    def add(self, item: Item) -> None:
        """Put an item into the box."""
        item.parent = self
        self.items.append(item)


@dataclass(eq=False)
class Wire:
    """An edge of the picture: from an item to an item; `label`, the size of what stands at it.

    `weight` says how much it is to be straight. Once laid out, `curve` has the points of its Bézier
    curves and `place` the centre of its label.
    """

    tail: Item
    head: Item
    label: tuple[float, float] | None = None
    weight: float = 1.0
    curve: list[Point] = field(default_factory=list)
    place: Point | None = None


@dataclass(frozen=True)
class Look:
    """How a layout is to be: the direction of reading, and how much room there is between things.

    `column` is the least room between columns, `row` that between what is above each other,
    `margin` that in a box around what it holds; `width` is how long a line of columns may be before
    it goes on below, 0 for any length.
    """

    direction: str = "LR"
    column: float = 26.0
    row: float = 10.0
    margin: float = 8.0
    width: float = 0.0

    @property
    def across(self) -> bool:
        """Whether the direction of reading is up or down."""
        return self.direction in ("TB", "BT")


HEADER = 16.0  # the height of a box's title
