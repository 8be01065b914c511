"""The weights of neurons as small pictures."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..themes import Theme, find_theme
from .arguments import checked
from .style import blank, dress_bar, signed_colours

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@checked()
def weight_images(
    images: Sequence[Sequence[float]],
    width: int,
    *,
    names: Sequence[str] = (),
    columns: int = 8,
    title: str = "",
    label: str = "weight",
    theme: str | Theme | None = None,
) -> "Figure":
    """The weights of several neurons as small pictures, all on one scale with 0 in its middle.

    **Arguments:** `images`, for each neuron its weights, row by row from the top left; `width`, how
    many weights a row; `names`, what is written above each; `columns`, how many pictures stand side
    by side; `label`, what the numbers are.

    >>> figure = weight_images([[0.0, 1.0, -1.0, 0.5]], 2, names=["a neuron"])
    >>> figure.axes[0].get_title()
    'a neuron'
    """
    house = find_theme(theme)
    lengths = {len(image) for image in images}
    if len(lengths) != 1 or lengths.pop() % width:
        raise ValueError(
            f"weight_images: each image must have the same number of weights, a multiple of the "
            f"width {width}, got {[len(image) for image in images]}"
        )
    shapes = [[image[i : i + width] for i in range(0, len(image), width)] for image in images]
    columns = min(columns, len(shapes))
    rows = -(-len(shapes) // columns)
    tall = len(shapes[0]) / width
    figure = blank(0.8 * columns + 0.9, rows * (0.75 * tall + 0.2 * bool(names)) + 0.4, house)
    figure.suptitle(title, fontsize="medium", color=house.ink)
    grid = figure.subplots(rows, columns, squeeze=False)
    largest = max(abs(w) for image in images for w in image) or 1.0
    colours = signed_colours(house)
    for k, axes in enumerate(grid.flat):
        axes.set_xticks([])
        axes.set_yticks([])
        if k >= len(shapes):
            axes.set_visible(False)
            continue
        shown = axes.imshow(shapes[k], cmap=colours, vmin=-largest, vmax=largest)
        axes.spines[:].set_color(house.muted)
        if k < len(names):
            axes.set_title(names[k], fontsize="small", pad=2, color=house.ink)
    bar = figure.colorbar(shown, ax=grid, label=label, shrink=0.6, aspect=25)
    if min(w for image in images for w in image) >= 0:
        bar.ax.set_ylim(0, largest)  # ink and the like is never negative
    dress_bar(bar, house)
    return figure
