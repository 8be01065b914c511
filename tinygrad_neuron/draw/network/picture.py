"""A network as circles in layers: what each weight, bias and activation is, seen at once.

Every place is computed (see `placing`), not found by the layout engine, and every line is straight.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from ...checking import a_function, as_text, flag, listed, positive_integer, text
from ...engine import Value
from ...interface import say
from ...public import named_options
from ...stored import naming_data
from .. import legend as legends
from ..observing import Loss, Plane, checked_plane, layers_of, observe, titles
from ..placing import LINE, Column, columns
from ..rendering import Digraph
from ..text import html_text, number, tooltip_text
from ..themes import FONT, Theme, find_theme
from .canvas import Canvas, font
from .lines import Lines, weight_style
from .subject import Subject, plain
from .units import Units, circle_size

_MAP, _LARGE_MAP = 50.0, 98.0  # points a side; the large ones for the output

_ROOM = (1200.0, 675.0)  # points: 1,600 by 900 pixels
_SIDES = 110.0  # of the room, for names and margins at the left and the right
_HEADERS, _LEGEND = 90.0, 125.0  # what stands above the columns, and below them
_FEWEST = 3  # neurons of a layer, however high they are


@naming_data
@named_options
def draw_network(
    model: Any,
    format: str = "svg",
    *,
    example: Sequence[Any] | None = None,
    target: Any = None,
    loss: Loss | None = None,
    heat_maps: bool = False,
    plane: Plane = ((-1.0, 1.0), (-1.0, 1.0)),
    data: Iterable[tuple[Sequence[Any], Any]] = (),
    input_names: Sequence[str] = (),
    output_names: Sequence[str] = (),
    max_neurons: int | None = None,
    weights: bool | None = None,
    flags: bool = True,
    legend: bool = True,
    title: str = "",
    theme: str | Theme | None = None,
    digits: int = 3,
) -> Digraph:
    """Draw a network: neurons as circles in layers, weights as lines between them.

    A line is the wider the larger |weight| is; a negative weight is dashed, and orange instead of
    blue. A tooltip has the full number. The model stays as it is: no `grad`, no mode, no random
    state changes.

    **Arguments:**

    - `model`: an `nn.MLP`, `nn.Layer`, `nn.Neuron` or `nn.Perceptron`, an `nn.Linear` with a
      module of an activation behind it, or a list or `nn.Sequential` of these (an `nn.Dropout` may
      stand between them); `format`: the picture's format (svg, png, ...).
    - `example`: an input vector, to show each neuron's activation; with a `target` or a `loss` also
      its gradient. `loss` is a function of the output and the target (without a target: of the
      output) that returns a Value; by default `losses.mean_squared_error`.
    - `heat_maps`: for a model with two inputs, draw in each neuron its activation over the `plane`,
      given as the smallest and the largest number of both inputs, and the line where it is 0;
      `data`, pairs of an input vector and its class, drawn as points there.
    - `input_names`, `output_names`: one per input and per neuron of the last layer.
    - `max_neurons`: how many circles a layer has at most; the rest is counted, not drawn. By
      default 10, or fewer where the picture would be larger than 1,600 × 900 pixels, if not all
      `weights` are asked for.
    - `weights`: whether to write each weight at its line; by default where there is room.
    - `flags`: whether a neuron that passes no gradient on for the example is marked as inactive, as
      in `draw_dot`.
    - `legend`: whether to explain the picture below it; `title`: a line there; `theme`: light,
      dark, high contrast, paper; `digits`: significant digits.

    **Returns** a `graphviz.Digraph`: `.source` is its text, `.render("network.svg")` writes it, in
    a notebook it shows itself. The id of a neuron is `layer0-neuron2`, of a weight
    `layer0-neuron2-w1`.

    Raises a `TypeError` for what is not such a model, a `ValueError` for a wrong number of names or
    inputs.

    >>> from tinygrad_neuron import nn
    >>> picture = draw_network(nn.MLP(2, [3, 1], seed=0), legend=False)
    >>> picture.source.count("->")  # 2 * 3 + 3 * 1 weights
    9
    >>> draw_network(nn.MLP(4, [1], seed=0), heat_maps=True)
    Traceback (most recent call last):
    ...
    ValueError: draw_network: heat_maps needs a model with 2 inputs, got one with 4
    """
    for name, option in {"heat_maps": heat_maps, "flags": flags, "legend": legend}.items():
        flag("draw_network", name, option)
    if weights is not None:
        flag("draw_network", "weights", weights)
    text("draw_network", "title", title)
    text("draw_network", "format", format)
    if loss is not None:
        a_function("draw_network", "loss", loss)
    layers = layers_of(model)
    nin = layers[0].neurons[0].nin
    if heat_maps and nin != 2:
        raise ValueError(f"draw_network: heat_maps needs a model with 2 inputs, got one with {nin}")
    if example is None and not (target is None and loss is None):
        raise ValueError("draw_network: a target or a loss needs an example to be computed for")
    observation = None if example is None else observe(layers, example, target, loss)
    subject = Subject(
        model=model,
        layers=layers,
        observation=observation,
        plane=checked_plane(plane, "draw_network") if heat_maps else None,
        input_names=_names("input_names", input_names, nin, "input"),
        output_names=_names("output_names", output_names, len(layers[-1].neurons), "output"),
        most=10
        if max_neurons is None
        else positive_integer("draw_network", "max_neurons", max_neurons),
        theme=find_theme(theme),
        digits=positive_integer("draw_network", "digits", digits),
        flags=flags,
        data=_data(data, heat_maps),
    )
    graph = Digraph("network", format=format, engine="neato")
    if max_neurons is None and not weights:
        _fit(subject, legend)
        graph.attr(size=f"{_ROOM[0] / 72:.2f},{_ROOM[1] / 72:.2f}")  # of dozens of layers
    _draw(subject, Canvas(graph, subject.theme), weights, legend, title)
    return graph


def _fit(subject: Subject, legend: bool) -> None:
    """Show so many neurons of each layer that the picture is not too high."""
    while subject.most > _FEWEST:
        places = _columns(subject, wide=False)
        sides = [y + k * column.size / 2 for column in places for y in column.places.values()
                 for k in (-1, 1)]  # fmt: skip
        if max(sides) - min(sides) + _HEADERS + _LEGEND * legend <= _ROOM[1]:
            break
        subject.most -= 1


def _names(what: str, names: Any, count: int, of: str) -> list[str]:
    given = listed("draw_network", what, names, "a list of strings")
    if given and len(given) != count:
        raise ValueError(
            f"draw_network: {what} must have {count} names, one per {of}, got {len(given)}"
        )
    return [as_text(name) for name in given]


def _data(data: Any, heat_maps: bool) -> list[tuple[list[float], Any]]:
    """Points of the plane as plain numbers, each with its class."""
    pairs = []
    for example in listed("draw_network", "data", data, "pairs of two inputs and a class"):
        pair = listed("draw_network", "data", example, "pairs of two inputs and a class")
        if len(pair) != 2:
            raise ValueError(
                f"draw_network: data must be pairs of two inputs and a class, got {example!r}"
            )
        x, label = pair
        point = listed("draw_network", "data", x, "pairs of two inputs and a class")
        if len(point) != 2:
            raise ValueError(f"draw_network: data must have 2 inputs each, got {len(point)}")
        pairs.append(([plain(v.data if isinstance(v, Value) else v) for v in point], label))
    if pairs and not heat_maps:
        raise ValueError("draw_network: data is drawn in heat maps; pass heat_maps=True")
    return pairs


def _draw(subject: Subject, canvas: Canvas, weights: bool | None, legend: bool, title: str) -> None:
    """Draw everything, numbers at the lines where they are wanted and there is room."""
    canvas.prepare(tooltip_text(repr(subject.model)))
    places = _columns(subject, wide=weights is not False)
    numbers = None
    if weights is not False:
        numbers = Lines(subject, places).number_places(must=bool(weights))
    if numbers is None:
        places = _columns(subject, wide=False)
    drawn = Lines(subject, places).draw(canvas, numbers or ())
    Units(subject, places, canvas).draw()
    _draw_headers(subject, canvas, places)
    parts = [legends.title_line(title), *(_legend(subject, places, drawn) if legend else ())]
    if below := legends.caption(parts):
        ink = subject.theme.ink
        canvas.graph.attr(
            "graph", label=below, labelloc="b", labeljust="l", fontname=FONT, fontcolor=ink
        )
    canvas.finish()


def _columns(subject: Subject, wide: bool) -> list[Column]:
    """Where everything stands; `wide`, whether numbers are to stand between the columns."""
    counts = subject.counts
    sizes = [42.0, *[circle_size(subject)] * len(subject.layers)]
    captions = 0.0
    if subject.maps is not None:
        captions = LINE * subject.lines_of_text + 4
        sizes = [_MAP] * len(counts)
        if counts[-1] <= 2:
            sizes[-1] = _LARGE_MAP
    return columns(counts, sizes, captions, subject.most, wide, _ROOM[0] - _SIDES)


def _draw_headers(subject: Subject, canvas: Canvas, places: Sequence[Column]) -> None:
    """The name of each column above it, with its activation and how many stand there."""
    theme, counts = subject.theme, subject.counts
    top = max(y + column.size / 2 for column in places for y in column.places.values())
    for k, (column, title) in enumerate(
        zip(places, ["Inputs", *titles(subject.layers)], strict=True)
    ):
        rows = [f"<B>{font(html_text(title), 12, theme.ink)}</B>"]
        if k:
            layer = subject.layers[k - 1]
            names = list(dict.fromkeys(n.activation_name for n in layer.neurons))
            about = names[0] if len(names) == 1 else "several activations"
            rows.append(font(html_text(about), 11, theme.ink))
            count = _counted(counts[k], "neuron")
            if layer.dropout:
                count += f", dropout {layer.dropout:g}"
        else:
            count = _counted(counts[0], "input")
        rows.append(font(html_text(count), 10, theme.muted))
        rows += [font("&#160;", 11, theme.ink)] * (3 - len(rows))
        canvas.text(
            "inputs" if k == 0 else f"layer{k - 1}",
            (column.x, top + 36),
            rows,
            kind="header",
            tooltip=tooltip_text("inputs" if k == 0 else subject.layers[k - 1].path),
        )


def _legend(subject: Subject, places: Sequence[Column], drawn: int) -> list[str]:
    """What width, colour and dash of a line mean, what colours mean, what stands where."""
    theme, largest = subject.theme, subject.largest
    inactive = any(
        subject.is_inactive(k, j) for k, column in enumerate(places[1:]) for j in column.places
    )
    values = [weight.value for weight in Lines(subject, places).weights()]
    strokes = []
    for share, coloured, meaning, there in (
        (1.0, True, say("positive weight"), any(w > 0 for w in values)),
        (-1.0, True, say("negative weight"), any(w < 0 for w in values)),
        (1.0, False, say("largest weight", number=subject.short(largest)), largest > 0),
        (1 / 3, False, say("third of it", number=subject.short(largest / 3)), largest > 0),
    ):
        style = weight_style(subject, share * largest)
        colour = style["color"] if coloured else theme.muted
        if there:
            strokes.append((colour, round(float(style["penwidth"])), share < 0, meaning))
    colours = [theme.area(k / 4) for k in range(-4, 5)]
    parts = [legends.strokes(strokes, theme)]
    if subject.scale():
        parts.append(legends.fields(colours, subject.scale(), theme))
    parts += [
        legends.fields([colour], say("data of class", name=_written(label)), theme)
        for label, colour in zip(subject.classes, subject.theme.classes(), strict=False)
    ]
    remarks = subject.remarks(drawn, inactive)
    parts.append(legends.lines((("", theme.muted, text) for text in remarks), theme))
    return parts


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _written(label: Any) -> str:
    return number(label) if isinstance(label, float) else str(label)
