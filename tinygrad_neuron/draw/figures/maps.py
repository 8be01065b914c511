"""Convolution and attention as images: kernels, feature maps, receptive fields, weights."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ...nn import Conv1d, Conv2d
from ...nn.shapes import each, flat, lists, shape
from ..text import number
from ..themes import Theme, find_theme
from .arguments import an, checked
from .style import blank, name_figure, plain, signed_colours
from .weights import weight_images

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@checked(convolution=an(Conv1d, Conv2d))
def kernel_images(
    convolution: Conv1d | Conv2d, *, title: str = "", theme: str | Theme | None = None
) -> "Figure":
    """The kernels of a convolution, one for each output channel and input channel.

    >>> from tinygrad_neuron import nn
    >>> figure = kernel_images(nn.Conv2d(1, 3, 2, seed=0))
    >>> [axes.get_title() for axes in figure.axes[:3]]
    ['0', '1', '2']
    """
    kernels = [kernel for of_output in convolution.weight for kernel in of_output]
    one = convolution.in_channels == 1
    names = [
        str(o) if one else f"{i} to {o}"
        for o in range(convolution.out_channels)
        for i in range(convolution.in_channels)
    ]
    width = convolution.kernel_size[-1]
    columns = 8 if one else convolution.in_channels
    flattened = [[plain(w) for w in flat(kernel)] for kernel in kernels]
    return weight_images(flattened, width, names=names, columns=columns, title=title, theme=theme)


@checked()
def feature_maps(
    maps: Any, *, names: Sequence[str] = (), title: str = "", theme: str | Theme | None = None
) -> "Figure":
    """What a convolution or a pool returns, one image for each channel, all on one scale.

    **Arguments:** `maps`, of shape (channels, height, width); `names`, what is written above each,
    by default the channels' numbers.

    >>> from tinygrad_neuron import nn
    >>> figure = feature_maps(nn.Conv2d(1, 2, 2, seed=0)([[[0.0, 1.0, 0.0], [1.0, 0.0, 1.0]]]))
    >>> len(figure.axes)  # two maps and the scale
    3
    """
    found = lists(maps)
    lengths = shape(found)
    if len(lengths) != 3:
        raise ValueError(
            f"feature_maps: maps must have the shape (channels, height, width), got {lengths}"
        )
    flattened = [[plain(v) for v in flat(channel)] for channel in found]
    names = names or [str(k) for k in range(len(found))]
    options: Any = {"title": title, "theme": theme, "label": "activation"}
    return weight_images(flattened, lengths[2], names=names, **options)


@checked()
def receptive_field_image(
    image: Any,
    places: Iterable[Sequence[int]],
    *,
    title: str = "",
    theme: str | Theme | None = None,
) -> "Figure":
    """An image, with a frame around what a neuron sees of it.

    **Arguments:** `image`, of shape (height, width) or (1, height, width); `places`, as
    `nn.receptive_field` returns them.

    >>> figure = receptive_field_image([[0.0, 1.0], [1.0, 0.0]], [(0, 0), (0, 1)])
    >>> len(figure.axes[0].patches)
    2
    """
    from matplotlib.patches import Rectangle

    house = find_theme(theme)
    rows = each(plain, lists(image))
    if len(shape(rows)) == 3 and len(rows) == 1:
        rows = rows[0]
    if len(shape(rows)) != 2:
        raise ValueError(
            "receptive_field_image: image must have the shape (height, width) or (1, height, "
            f"width), got {shape(rows)}"
        )
    if any(len(tuple(place)) < 2 for place in places):
        raise ValueError(f"receptive_field_image: a place is (row, column), got {list(places)!r}")
    seen = {tuple(place)[-2:] for place in places}
    figure = blank(0.45 * len(rows[0]) + 0.6, 0.45 * len(rows) + 0.6, house)
    axes = figure.subplots()
    largest = max(abs(v) for v in flat(rows)) or 1.0
    axes.imshow(rows, cmap=signed_colours(house), vmin=-largest, vmax=largest)
    for i, j in sorted(seen):
        frame = Rectangle((j - 0.5, i - 0.5), 1, 1, fill=False, edgecolor=house.ink, linewidth=2)
        axes.add_patch(frame)
    _without_ticks(axes, house)
    name_figure(axes, house, title)
    return figure


@checked()
def attention_matrix(
    weights: Any,
    queries: Sequence[str] = (),
    keys: Sequence[str] = (),
    *,
    title: str = "",
    theme: str | Theme | None = None,
) -> "Figure":
    """How much each position looks at each other: a row for each query, a column for each key.

    **Arguments:** `weights`, of shape (queries, keys), as `nn.MultiheadAttention` returns them;
    `queries` and `keys`, what is written beside the rows and above the columns; `keys` by default
    as `queries`.

    >>> figure = attention_matrix([[1.0, 0.0], [0.3, 0.7]], "ab")
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['1', '0', '0.3', '0.7']
    """
    house = find_theme(theme)
    rows = each(plain, lists(weights))
    if len(shape(rows)) != 2:
        raise ValueError(
            f"attention_matrix: weights must have the shape (queries, keys), got {shape(rows)}; "
            "of several heads, pass one"
        )
    height, width = shape(rows)
    keys = keys or queries
    for name, given, length in (("queries", queries, height), ("keys", keys, width)):
        if given and len(given) != length:
            raise ValueError(f"attention_matrix: {name} must be {length}, got {len(given)}")
    figure = blank(0.6 * width + 1.6, 0.6 * height + 0.9, house)
    axes = figure.subplots()
    axes.imshow(rows, cmap=signed_colours(house), vmin=-1.0, vmax=1.0)
    for i, row in enumerate(rows):
        for j, weight in enumerate(row):
            # On a full colour the background's is easier to read.
            colour = house.background if abs(weight) > 0.6 else house.ink
            axes.text(j, i, number(weight, 2), ha="center", va="center", color=colour)
    axes.set_xticks(range(width), keys or [str(k) for k in range(width)])
    axes.set_yticks(range(height), queries or [str(k) for k in range(height)])
    axes.xaxis.set_ticks_position("top")
    axes.xaxis.set_label_position("top")
    axes.set_xlabel("looked at", color=house.ink)
    axes.set_ylabel("looking", color=house.ink)
    axes.set_facecolor(house.background)
    axes.tick_params(colors=house.muted, labelcolor=house.ink, length=0)
    axes.spines[:].set_visible(False)
    if title:
        figure.suptitle(title, fontsize="medium", color=house.ink)
    return figure


def _without_ticks(axes: Any, house: Theme) -> None:
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_facecolor(house.background)
    axes.spines[:].set_color(house.muted)
