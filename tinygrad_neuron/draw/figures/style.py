"""The house style of figures: colours, frames, titles, names at curves."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...checking import to_float
from ...engine import Value
from ..themes import Theme, mix

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colorbar import Colorbar
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

MARKERS = ("o", "s", "^", "D", "v", "P", "X")
DASHES = ("-", "--", "-.", ":")


def blank(width: float, height: float, theme: Theme) -> "Figure":
    """An empty figure of a size in inches, whose SVG has the same bytes run after run; says how to
    get matplotlib where it is missing."""
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
        from matplotlib.layout_engine import ConstrainedLayoutEngine
    except ImportError:
        raise ModuleNotFoundError(
            'this figure needs matplotlib: pip install "tinygrad_neuron[demos]"'
        ) from None

    class Reproducible(Figure):
        """A figure that is written without the date, and with ids that its content makes."""

        def savefig(self, fname: Any, *, transparent: Any = None, **options: Any) -> None:
            kind = str(options.get("format") or getattr(fname, "suffix", "") or fname).lower()
            if kind.endswith(("svg", "svgz")):
                options["metadata"] = {"Date": None} | dict(options.get("metadata") or {})
            with rc_context({"svg.hashsalt": "tinygrad_neuron"}):
                super().savefig(fname, transparent=transparent, **options)

    layout = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.1)
    return Reproducible(figsize=(width, height), layout=layout, facecolor=theme.background)


def dress(axes: "Axes", theme: Theme, grid: bool = True) -> None:
    """Give axes the colours of a theme."""
    axes.set_facecolor(theme.background)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[:].set_color(theme.muted)
    axes.tick_params(colors=theme.muted, labelcolor=theme.ink)
    for text in (axes.xaxis.label, axes.yaxis.label, axes.title):
        text.set_color(theme.ink)
    if grid:
        axes.grid(color=theme.muted, alpha=0.2)
        axes.set_axisbelow(True)


def signed_colours(theme: Theme, strength: float = 1.0) -> "Colormap":
    """Negative to positive, as in every picture."""
    from matplotlib.colors import LinearSegmentedColormap

    softened = [mix(theme.background, theme.area(share), strength) for share in (-1, 0, 1)]
    return LinearSegmentedColormap.from_list("signed", softened)


def colours_of(theme: Theme) -> tuple[str, ...]:
    """The colours of curves, one after another."""
    return (theme.positive, theme.negative, *theme.further, theme.ink)


def name_at_end(axes: "Axes", theme: Theme, ends: Mapping[str, tuple[float, float, str]]) -> None:
    """Write each curve's name beside its last point, moved apart where they would overlap.

    **Arguments:** `ends`, for each name the last point and the colour.
    """
    low, high = axes.get_ylim()
    height = axes.get_window_extent().height * 72 / axes.figure.dpi
    apart = 14 * (high - low) / height
    places: list[float] = []
    for _, y, _ in sorted(ends.values(), key=lambda end: end[1]):
        places.append(max(y, places[-1] + apart) if places else y)
    for i in range(len(places) - 1, -1, -1):  # not above the top
        ceiling = high if i == len(places) - 1 else places[i + 1] - apart
        places[i] = min(places[i], ceiling)
    ordered = sorted(ends.items(), key=lambda item: item[1][1])
    for (name, (x, _, colour)), place in zip(ordered, places, strict=True):
        axes.annotate(
            name,
            (x, place),
            (6, 0),
            textcoords="offset points",
            va="center",
            color=colour if theme.name != "paper" else theme.ink,
            fontweight="bold",
            annotation_clip=False,
        )


def write(
    axes: "Axes",
    theme: Theme,
    text: str,
    place: tuple[float, float],
    offset: tuple[float, float],
    color: str = "",
    weight: str = "normal",
) -> None:
    """A text near a point, with a rim in the colour of the background."""
    from matplotlib.patheffects import withStroke

    axes.annotate(
        text,
        place,
        offset,
        textcoords="offset points",
        ha="center",
        va="bottom" if offset[1] >= 0 else "top",
        color=color or theme.ink,
        fontweight=weight,
        path_effects=[withStroke(linewidth=3, foreground=theme.background)],
        zorder=6,
    )


def plain(x: Any) -> float:
    """A number or the data of a Value, as a plain number."""
    return x.data if isinstance(x, Value) else to_float(x, "figures", "a number of a curve")


def name_figure(axes: "Axes", theme: Theme, title: str, pad: float | None = None) -> None:
    """Write a title, if there is one, above the left end of the axes."""
    if title:
        axes.set_title(title, loc="left", fontweight="bold", color=theme.ink, pad=pad)


def dress_bar(bar: "Colorbar", theme: Theme) -> None:
    """Give the scale of colours beside a figure the colours of a theme."""
    bar.ax.yaxis.label.set_color(theme.ink)
    bar.ax.tick_params(colors=theme.muted, labelcolor=theme.ink)


def interval(where: str, low: float, high: float) -> tuple[float, float]:
    """The ends of an axis as plain numbers; a ValueError if they are none."""
    low, high = to_float(low, where, "low"), to_float(high, where, "high")
    if not (low < high and math.isfinite(high - low)):
        raise ValueError(f"{where}: low must be less than high, both finite, got {low} and {high}")
    return low, high


def spread(low: float, high: float, count: int) -> list[float]:
    """So many numbers, evenly spaced, from low to high."""
    return [low + (high - low) * k / max(count - 1, 1) for k in range(count)]
