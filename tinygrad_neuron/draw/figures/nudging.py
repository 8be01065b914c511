"""How a nudge of a leaf travels through a graph."""

from typing import TYPE_CHECKING

from ...checking import positive_integer
from ...engine import Value
from ...higher_derivatives import nudge
from ..text import number
from ..themes import Theme, find_theme
from .arguments import checked
from .style import blank, dress, name_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LARGEST = 1e300  # an axis goes a little further


@checked()
def nudges(
    output: Value,
    leaf: Value,
    by: float = 0.01,
    *,
    reached: int | None = None,
    title: str = "",
    theme: str | Theme | None = None,
) -> "Figure":
    """How a nudge of a leaf travels to the output: a bar per node, as long as its change.

    Where a node has one operand that changes, the factor between both changes stands beside the
    arrow: nearly the local derivative.

    **Arguments:** `output`, `leaf`, `by`: as for `tinygrad_neuron.nudge`; `reached`, at how many
    nodes the nudge has arrived (default: at all).

    >>> from tinygrad_neuron import Value
    >>> x = Value(2.0, label="x")
    >>> figure = nudges(3 * x + 1, x, by=0.1)
    >>> [text.get_text() for text in figure.axes[0].texts if text.get_text()]
    ['+0.1    2 → 2.1', '× 3', '+0.3    6 → 6.3', '× 1', '+0.3    7 → 7.3']
    """
    house = find_theme(theme)
    travelled = nudge(output, leaf, by)
    arrived = len(travelled) if reached is None else reached
    if not 1 <= positive_integer("nudges", "reached", arrived) <= len(travelled):
        raise ValueError(
            f"nudges: reached must be from 1 to {len(travelled)} (the nodes that the nudge "
            f"passes), got {reached}"
        )
    if not all(abs(x) < _LARGEST for _, *numbers in travelled for x in numbers):
        raise ValueError(f"nudges: {by:g} moves a number too far to be drawn; take a smaller one")
    figure = blank(6.4, 0.62 * len(travelled) + 0.9, house)
    axes = figure.add_subplot()
    change = {node: after - before for node, before, after in travelled}
    largest = max(map(abs, change.values())) or 1.0
    for row, (node, before, after) in enumerate(travelled[:arrived]):
        sources = [operand for operand in node._prev if operand in change]
        if len(sources) == 1 and change[sources[0]]:
            _draw_factor(axes, house, row, change[node] / change[sources[0]])
        _draw_change(axes, house, row, before, after)
    low, high = min(0.0, *change.values()), max(0.0, *change.values())
    axes.set_xlim(low - 0.06 * largest, high + 0.7 * max(high - low, largest))
    axes.set_ylim(len(travelled) - 0.5, -0.6)
    axes.set_yticks(range(len(travelled)), [node.label or node._op for node, *_ in travelled])
    axes.set_xlabel("change")
    axes.axvline(0, color=house.muted, linewidth=0.8, zorder=1)
    dress(axes, house, grid=False)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0, labelsize=12)
    name_figure(axes, house, title)
    return figure


def _draw_factor(axes: "Axes", theme: Theme, row: int, factor: float) -> None:
    """An arrow from the row above, and the factor between both changes beside it."""
    axes.annotate(
        f"× {number(factor, 3)}",
        (0, row - 0.5),
        (10, 0),
        textcoords="offset points",
        va="center",
        color=theme.accent,
        fontweight="bold",
    )
    axes.annotate(
        "",
        (0, row - 0.27),
        (0, row - 0.73),
        arrowprops={"arrowstyle": "-|>", "color": theme.accent, "linewidth": 1.6},
    )


def _draw_change(axes: "Axes", theme: Theme, row: int, before: float, after: float) -> None:
    """A bar as long as a node's change, with the numbers beside its end."""
    change = after - before
    axes.barh([row], [change], height=0.42, color=theme.positive if change >= 0 else theme.negative)
    moved = number(change, 3)
    sign = "" if moved.startswith("-") else "+"
    axes.annotate(
        f"{sign}{moved}    {number(before, 5)} → {number(after, 5)}",
        (max(change, 0.0), row),
        (8, 0),
        textcoords="offset points",
        va="center",
        color=theme.ink,
    )
