"""What a classifier says of one example: logits, probabilities, and what the loss sends back."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...checking import listed, whole
from ..text import number
from ..themes import Theme, find_theme
from .arguments import checked
from .style import blank, dress, name_figure, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@checked()
def softmax_bars(
    logits: Sequence[Any],
    target: int,
    *,
    names: Sequence[str] = (),
    title: str = "",
    theme: str | Theme | None = None,
) -> "Figure":
    """Logits, their softmax, and the gradient of the cross-entropy for each: p − y.

    A row for each class; that of the right one is marked. The scales do not change with the
    numbers, so that figures under a slider can be compared: probabilities go from 0 to 1, gradients
    from −1 to 1.

    **Arguments:** `logits`, one number per class, two or more; `target`, the right class, counted
    from 0; `names`, of the classes, by default their numbers.

    >>> figure = softmax_bars([2.0, 1.0, 0.0], target=1)
    >>> [text.get_text() for text in figure.axes[1].texts]
    ['0.665', '0.245', '0.090']
    """
    house = find_theme(theme)
    zs = [plain(z) for z in listed("softmax_bars", "logits", logits, "one per class")]
    right = whole(target)
    if len(zs) < 2 or right is None or right not in range(len(zs)):
        raise ValueError(
            "softmax_bars: expected two logits or more and as target one of their places, counted "
            f"from 0, got {len(zs)} logits and the target {target!r}"
        )
    if names and len(names) != len(zs):
        raise ValueError(f"softmax_bars: expected {len(zs)} names, got {len(names)}")
    largest = max(zs)
    parts = [math.exp(z - largest) for z in zs]
    shares = [part / math.fsum(parts) for part in parts]
    gradients = [p - (k == right) for k, p in enumerate(shares)]
    labels = [str(name) for name in names] or [str(k) for k in range(len(zs))]
    labels[right] += "  ← right"
    figure = blank(7.2, 0.42 * len(zs) + 1.1, house)
    grid = figure.subplots(1, 3, sharey=True)
    widest = max(6.0, *(abs(z) for z in zs))
    for axes, what, numbers, low, high in (
        (grid[0], "logits z", zs, -widest, widest),
        (grid[1], "probabilities p", shares, 0.0, 1.0),
        (grid[2], "gradients p − y", gradients, -1.0, 1.0),
    ):
        _bars(axes, house, what, numbers, (low, high))
    grid[0].set_yticks(range(len(zs)), labels)
    grid[0].invert_yaxis()
    if title:
        figure.suptitle(title, color=house.ink, fontweight="bold", x=0.02, ha="left")
    return figure


def _bars(
    axes: "Axes", theme: Theme, what: str, numbers: Sequence[float], ends: tuple[float, float]
) -> None:
    """One number per row, with room for what is written at the end of its bar."""
    low, high = ends
    room = 0.34 * (high - low)
    colours = [theme.positive if x >= 0 else theme.negative for x in numbers]
    hatches = ["" if x >= 0 else "///" for x in numbers]
    axes.barh(
        range(len(numbers)),
        numbers,
        height=0.62,
        color=colours,
        hatch=hatches,
        edgecolor=theme.background,
    )
    for row, x in enumerate(numbers):
        axes.annotate(
            f"{x:.3f}" if high == 1 else number(x, 3),
            (x, row),
            (4 if x >= 0 else -4, 0),
            textcoords="offset points",
            ha="left" if x >= 0 else "right",
            va="center",
            fontsize=9,
            color=theme.ink,
        )
    axes.set_xlim(low - room if low < 0 else low, high + room)
    axes.set_xticks([low, 0.0, high] if low < 0 else [low, high])
    axes.axvline(0, color=theme.muted, linewidth=0.8)
    dress(axes, theme, grid=False)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    name_figure(axes, theme, what)
