"""Small grids of numbers beside one another, for arithmetic that one can follow with a finger."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...nn.shapes import each, flat, lists, shape
from ..text import number
from ..themes import Theme, find_theme
from .arguments import checked
from .style import blank, plain, signed_colours

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Place = tuple[int, int]


@checked()
def number_grids(
    grids: Mapping[str, Any],
    *,
    framed: Mapping[str, Iterable[Place]] | None = None,
    hidden: Mapping[str, Iterable[Place]] | None = None,
    between: Sequence[str] = (),
    title: str = "",
    theme: str | Theme | None = None,
) -> "Figure":
    """Grids of numbers side by side, each number written in its cell, coloured by sign and size.

    **Arguments:** `grids`, by name, each of shape (height, width); each has its own scale;
    `framed`: by a grid's name the places (row, column) that get a frame; `hidden`: those that are
    left empty, as not computed yet; `between`: what stands between neighbours, as "×" and "=".

    >>> figure = number_grids({"w": [[1.0, -2.0]], "x": [[3.0, 4.0]]}, between=["×"])
    >>> [text.get_text() for axes in figure.axes for text in axes.texts]
    ['1', '-2', '×', '3', '4']
    """
    house = find_theme(theme)
    rows = {name: each(plain, lists(grid)) for name, grid in grids.items()}
    shapes = [shape(grid) for grid in rows.values()]
    if not shapes or any(len(lengths) != 2 for lengths in shapes):
        raise ValueError(
            f"number_grids: each grid must have the shape (height, width), got {shapes}"
        )
    if between and len(between) != len(rows) - 1:
        raise ValueError(
            f"number_grids: between must have one sign for each gap, {len(rows) - 1}, got "
            f"{len(between)}"
        )
    tallest = max(height for height, _ in shapes)
    widths = [width for _, width in shapes]
    figure = blank(0.42 * sum(widths) + 0.5 * len(widths) + 0.3, 0.42 * tallest + 0.75, house)
    drawn = figure.subplots(1, len(rows), width_ratios=widths, squeeze=False)[0]
    for k, (axes, (name, grid)) in enumerate(zip(drawn, rows.items(), strict=True)):
        left_out = set((hidden or {}).get(name, ()))
        _draw_grid(axes, house, grid, set((framed or {}).get(name, ())), left_out)
        axes.set_title(name, fontsize="medium", color=house.ink)
        axes.set_ylim(tallest - 0.5, -0.5)
        if k < len(between):
            place = len(grid[0]) - 0.02, len(grid) / 2 - 0.5
            axes.text(*place, between[k], ha="center", va="center", fontsize=15, color=house.ink)
    if title:
        figure.suptitle(title, color=house.ink, fontweight="bold")
    return figure


def _draw_grid(
    axes: "Axes", house: Theme, grid: list[list[float]], framed: set[Place], hidden: set[Place]
) -> None:
    """One grid: coloured cells, the numbers in them, and the frames."""
    from matplotlib.patches import Rectangle

    largest = max(abs(v) for v in flat(grid)) or 1.0
    colours = signed_colours(house)
    for i, row in enumerate(grid):
        for j, v in enumerate(row):
            empty = (i, j) in hidden
            colour = house.background if empty else colours(0.5 + v / largest / 2)
            corner = j - 0.5, i - 0.5
            axes.add_patch(Rectangle(corner, 1, 1, fc=colour, ec=house.muted, lw=0.6))
            if not empty:
                ink = house.background if abs(v) > 0.6 * largest else house.ink
                axes.text(j, i, number(v, 2), ha="center", va="center", fontsize=9, color=ink)
    for i, j in framed:
        corner = j - 0.5, i - 0.5
        axes.add_patch(Rectangle(corner, 1, 1, fill=False, ec=house.ink, lw=2.2, zorder=3))
    axes.set_xlim(-0.5, len(grid[0]) - 0.5)
    axes.set_aspect("equal")
    axes.set_anchor("N")
    axes.set_axis_off()
