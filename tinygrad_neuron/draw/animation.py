"""The backward pass as an animation: one contribution a step, in one layout, as SVG or GIF."""

import os
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from ..checking import flag, not_a_value, one_of, text, to_float, unknown
from ..engine import Value
from ..files import checked_path, replace_file
from ..public import named_options
from ..stored import naming_data
from .film import REST, Film
from .motion import drawn_frames, moving_svg
from .plan import DIRECTIONS
from .text import number
from .themes import Theme, find_theme


@naming_data
@named_options
def animate(
    root: Value,
    path: str | os.PathLike[str],
    *,
    seconds: float = 0.8,
    theme: str | Theme | None = None,
    rankdir: str = "LR",
    digits: int = 4,
    loop: bool = True,
) -> str:
    """Write the backward pass from a Value as an animation, contribution by contribution.

    At each step one edge is highlighted, with `incoming × local = contribution` at it; the node
    that it leads to adds up what arrives (`6`, then `6 + 2 = 8`). Before, its gradient
    reads "not yet". No `grad` changes, and none is shown that an earlier pass has left.

    **Arguments:**

    - `root`: the result, of a graph of at most 100,000 nodes; one that is too large for a slide
      folds, and a step is then all that goes along one of its lines; `path`: a file that ends in
      .svg or .gif. The SVG stands still, on the finished picture, for readers who ask their
      system for less motion, and while the pointer is on it. A GIF needs Pillow.
    - `seconds`: how long a step takes; the finished picture stays three times as long; `loop`:
      whether it starts again then.
    - `theme`: "light", "dark", "high contrast", "paper" or a `themes.Theme`; `rankdir`: the
      direction of reading, LR (left to right), TB, RL or BT; `digits`: significant digits.

    **Returns** the path. Its folders are made; the file is replaced whole or not at all.

    Raises a `TypeError` for what is not a Value, a `ValueError` for another suffix, an option that
    does not exist or a graph that is too large, an `ImportError` for a GIF without Pillow, a
    `graphviz.ExecutableNotFound` without a layout engine.

    >>> x = Value(3.0, label="x")
    >>> animate(x * x, "x.gfi")
    Traceback (most recent call last):
    ...
    ValueError: animate: the suffix of 'x.gfi' is 'gfi': unknown, did you mean 'gif'? \
    Known: gif, svg
    """
    if not isinstance(root, Value):
        raise TypeError(f"animate: the root must be a Value, got {not_a_value(root)}")
    target, loop = checked_path("animate", path), flag("animate", "loop", loop)
    suffix = Path(target).suffix[1:].lower()
    if suffix not in ("gif", "svg"):
        of = f"the suffix of {target!r} is {suffix!r}"
        raise ValueError(f"animate: {of}: {unknown(suffix, ('gif', 'svg'))}")
    one_of("animate: rankdir", text("animate", "rankdir", rankdir), DIRECTIONS)
    duration = to_float(seconds, "animate", "seconds")
    if not 0.02 <= duration <= 60:
        raise ValueError(f"animate: seconds must be from 0.02 to 60, got {seconds!r}")
    number(0.5, digits)  # says what is wrong with digits
    film = Film(root, find_theme(theme), rankdir, digits)
    written = (_gif if suffix == "gif" else moving_svg)(film, duration, loop)
    replace_file(target, written)
    return target


def _gif(film: Film, seconds: float, loop: bool) -> bytes:
    """One picture a moment, each drawn by the layout engine, all in one palette."""
    try:
        from PIL import Image
    except ImportError:
        raise ModuleNotFoundError(
            'an animated GIF needs Pillow: pip install "tinygrad_neuron[demos]"; '
            "an .svg needs nothing"
        ) from None

    images = [Image.open(BytesIO(png)).convert("RGB") for png in drawn_frames(film, "png")]
    # One palette for all, or colours would flicker: that of all frames' corners of colour.
    palette = _side_by_side(images).quantize(128)
    flat = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images]
    step = round(100 * seconds) * 10  # a GIF counts in hundredths of a second
    written = BytesIO()
    flat[0].save(
        written,
        format="GIF",
        save_all=True,
        append_images=flat[1:],
        duration=[step] * (len(flat) - 1) + [REST * step],
        optimize=False,
        **({"loop": 0} if loop else {}),
    )
    return written.getvalue()


def _side_by_side(images: Sequence[Any]) -> Any:
    """A few frames in one image, small: it has every colour that the film has."""
    from PIL import Image

    chosen = [images[0], images[min(2, len(images) - 1)], images[len(images) // 2], images[-1]]
    width, height = chosen[0].size
    sheet = Image.new("RGB", (width, height * len(chosen)))
    for i, image in enumerate(chosen):
        sheet.paste(image, (0, i * height))
    return sheet
