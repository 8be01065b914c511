"""A network as circles in layers: what each weight, bias and activation is, seen at once.

Every place is computed (see `placing`), not found by the layout engine, and every line is straight.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..checking import described, listed, positive_integer, to_float
from ..nn import Neuron
from .flags import SIGNS
from .observing import (
    Loss,
    NeuronLayer,
    Observation,
    Plane,
    checked_plane,
    layers_of,
    observe,
    responses,
    titles,
)
from .placing import LINE, Column, columns, number_places, shown, text_width
from .rendering import Digraph
from .text import html_text, number, tooltip_text
from .themes import FONT, Theme, find_theme, mix, readable_on

_CELLS = 12  # fields a side of a heat map
_CELL, _LARGE_CELL = 4, 8  # points; the large ones in a map of the output
_THINNEST, _THICKEST = 0.5, 4.5
_SHORT_NAME = 8  # characters of a name that fit into the box of an input


def draw_network(
    model: Any,
    format: str = "svg",
    *,
    example: Sequence[Any] | None = None,
    target: Any = None,
    loss: Loss | None = None,
    heat_maps: bool = False,
    plane: Plane = ((-1.0, 1.0), (-1.0, 1.0)),
    input_names: Sequence[str] = (),
    output_names: Sequence[str] = (),
    max_neurons: int = 10,
    weights: bool | None = None,
    legend: bool = True,
    theme: str | Theme = "light",
    digits: int = 3,
) -> Digraph:
    """Draw a network: neurons as circles in layers, weights as lines between them.

    A line is the wider the larger |weight| is; a negative weight is dashed, and orange instead of
    blue. A tooltip has the full number. The model stays as it is: no `grad`, no mode, no random
    state changes.

    **Arguments:**

    - `model`: an `nn.MLP`, `nn.Layer`, `nn.Neuron` or `nn.Perceptron`, or a list of these (an
      `nn.Dropout` may stand between them); `format`: the picture's format (svg, png, ...).
    - `example`: an input vector, to show each neuron's activation; with a `target` or a `loss` also
      its gradient. `loss` is a function of the output and the target (without a target: of the
      output) that returns a Value; by default `losses.mean_squared_error`.
    - `heat_maps`: for a model with two inputs, draw in each neuron its activation over the `plane`,
      given as the smallest and the largest number of both inputs.
    - `input_names`, `output_names`: one per input and per neuron of the last layer.
    - `max_neurons`: how many circles a layer has at most; the rest is counted, not drawn.
    - `weights`: whether to write each weight at its line; by default where there is room.
    - `legend`: whether to explain the picture below it; `theme`: light, dark, high contrast, paper;
      `digits`: significant digits.

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
    layers = layers_of(model)
    nin = layers[0].neurons[0].nin
    if heat_maps and nin != 2:
        raise ValueError(f"draw_network: heat_maps needs a model with 2 inputs, got one with {nin}")
    if example is None and not (target is None and loss is None):
        raise ValueError("draw_network: a target or a loss needs an example to be computed for")
    observation = None if example is None else observe(layers, example, target, loss)
    picture = _Picture(
        model=model,
        layers=layers,
        observation=observation,
        plane=checked_plane(plane, "draw_network") if heat_maps else None,
        input_names=_names("input_names", input_names, nin, "input"),
        output_names=_names("output_names", output_names, len(layers[-1].neurons), "output"),
        most=positive_integer("draw_network", "max_neurons", max_neurons),
        theme=find_theme(theme),
        digits=positive_integer("draw_network", "digits", digits),
        graph=Digraph("network", format=format, engine="neato"),
    )
    picture.draw(weights, legend)
    return picture.graph


def _names(what: str, names: Any, count: int, of: str) -> list[str]:
    given = listed("draw_network", what, names, "a list of strings")
    if given and len(given) != count:
        raise ValueError(
            f"draw_network: {what} must have {count} names, one per {of}, got {len(given)}"
        )
    return [str(name) for name in given]


@dataclass
class _Weight:
    """A line: from which place in the column before to which neuron."""

    layer: int
    source: int
    neuron: int
    value: float
    name: str


@dataclass
class _Picture:
    model: Any
    layers: list[NeuronLayer]
    observation: Observation | None
    plane: Plane | None
    input_names: list[str]
    output_names: list[str]
    most: int
    theme: Theme
    digits: int
    graph: Digraph

    def draw(self, weights: bool | None, legend: bool) -> None:
        theme = self.theme
        self.graph.attr(
            "graph",
            layout="neato",  # what `dot` reads from the source, too
            splines="line",
            outputorder="edgesfirst",
            bgcolor=theme.background,
            pad="0.15",
            id="network",
            tooltip=tooltip_text(repr(self.model)),
        )
        self.graph.attr(
            "node",
            fontname=FONT,
            fontsize="10",
            fontcolor=theme.ink,
            color=theme.rim,
            fixedsize="true",
            shape="plain",
            tooltip=" ",
        )
        self.graph.attr("edge", arrowhead="none", tooltip=" ")
        self.largest = max(
            (abs(w) for layer in self.layers for n in layer.neurons for w in n.hyperplane.normal
             if math.isfinite(w)),
            default=0.0,
        )  # fmt: skip
        self.maps = None if self.plane is None else responses(self.layers, self.plane, _CELLS)
        counts = [self.layers[0].neurons[0].nin, *(len(layer.neurons) for layer in self.layers)]
        self.circle = self._circle()
        self.columns = self._columns(counts, wide=weights is not False)
        lines = list(self._weights())
        places = None
        if weights is not False:
            texts = [self._weight_text(line) for line in lines]
            places = number_places(
                [self._ends(line) for line in lines], texts, 9, must=bool(weights)
            )
        if places is None:
            self.columns = self._columns(counts, wide=False)
        for line in lines:
            self._draw_weight(line)
        for line, place in zip(lines, places or (), strict=False):
            if place is None:
                continue
            self._text(
                f"{self._weight_id(line)}-number",
                place,
                [_font(html_text(self._weight_text(line)), 9, theme.ink)],
                background=theme.background,
                kind="number",
            )
        self._draw_inputs()
        for k in range(len(self.layers)):
            self._draw_layer(k)
        self._draw_headers(counts)
        if legend:
            self._draw_legend(len(lines))

    # Where everything stands

    def _rows(self, k: int, j: int) -> list[tuple[str, int, bool]]:
        """What is written in a neuron: texts, each with its size and whether it is bold."""
        bias = f"b = {self._short(_float(self.layers[k].neurons[j].hyperplane.bias))}"
        seen = self.observation
        if seen is None:
            return [(bias, 10, False)]
        activation = self._short(seen.activations[k][j])
        if self._is_dead(k, j):
            activation = f"{SIGNS['dead']} {activation}"
        rows = [(activation, 11, True), (bias, 9, False)]
        if seen.gradients is not None:
            gradient = seen.gradients[k + 1][j]
            rows.append((f"grad {'none' if gradient is None else self._short(gradient)}", 9, False))
        return rows

    def _is_dead(self, k: int, j: int) -> bool:
        """Whether a relu passes no gradient on for the example."""
        seen = self.observation
        if seen is None or self.layers[k].neurons[j].activation_name != "relu":
            return False
        return seen.activations[k][j] == 0.0

    @property
    def _lines_in_circle(self) -> int:
        return len(self._rows(0, 0))

    def _circle(self) -> float:
        """The size of all circles: that of the one with the longest text."""
        largest = 44.0
        for k, layer in enumerate(self.layers):
            for j in shown(len(layer.neurons), self.most):
                rows = self._rows(k, j)
                height = 1.2 * sum(size for _, size, _ in rows)
                for i, (text, size, _) in enumerate(rows):
                    # The corners of each line have to lie within.
                    top = height / 2 - 1.2 * sum(s for _, s, _ in rows[:i])
                    furthest = max(abs(top), abs(top - 1.2 * size))
                    largest = max(largest, 2 * math.hypot(text_width(text, size) / 2, furthest) + 4)
        return math.ceil(largest / 2) * 2.0

    def _columns(self, counts: list[int], wide: bool) -> list[Column]:
        sizes = [42.0, *[self.circle] * len(self.layers)]
        captions = 0.0
        if self.maps is not None:
            captions = LINE * self._lines_in_circle + 4
            sizes = [_CELLS * _CELL + 2.0] * len(counts)
            if counts[-1] <= 2:
                sizes[-1] = _CELLS * _LARGE_CELL + 2.0
        return columns(counts, sizes, captions, self.most, wide)

    def _weights(self) -> Iterator[_Weight]:
        """The weights between what is drawn, neuron by neuron."""
        for k, layer in enumerate(self.layers):
            for j in self.columns[k + 1].places:
                neuron = layer.neurons[j]
                for i in self.columns[k].places:
                    name = f"{layer.paths[j]}.w[{i}]"
                    yield _Weight(k, i, j, _float(neuron.w[i].data), name)

    def _ends(self, line: _Weight) -> tuple[tuple[float, float], tuple[float, float]]:
        before, after = self.columns[line.layer], self.columns[line.layer + 1]
        left, right = before.x + before.size / 2, after.x - after.size / 2
        start, end = before.places[line.source], after.places[line.neuron]
        slope = (end - start) / (after.x - before.x)  # lines go from middle to middle
        return (left, start + slope * (left - before.x)), (right, end - slope * (after.x - right))

    def _weight_text(self, line: _Weight) -> str:
        text = number(line.value, self.digits)
        return f"w{line.source} = {text}" if isinstance(self.model, Neuron) else text

    # What is drawn

    def _at(self, x: float, y: float) -> str:
        return f"{x / 72:.4f},{y / 72:.4f}!"

    def _text(
        self,
        name: str,
        place: tuple[float, float],
        rows: Sequence[str],
        *,
        align: str = "CENTER",
        width: float = 0.0,
        background: str = "",
        kind: str = "caption",
        tooltip: str = " ",
    ) -> None:
        """Rows of HTML-like text around a place; with a width, from its left or to its right."""
        x, y = place
        if align != "CENTER":
            x += width / 2 if align == "LEFT" else -width / 2
        cells = "\n".join(
            f'<TR><TD ALIGN="{align}" BALIGN="{align}" WIDTH="{width:.0f}">{row}</TD></TR>'
            for row in rows
        )
        colour = f' BGCOLOR="{background}"' if background else ""
        self.graph.node(
            name,
            label=f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1"{colour}>\n'
            f"{cells}\n</TABLE>>",
            pos=self._at(x, y),
            fixedsize="false",
            id=name,
            tooltip=tooltip,
            **{"class": kind},
        )

    def _weight_id(self, line: _Weight) -> str:
        return f"layer{line.layer}-neuron{line.neuron}-w{line.source}"

    def _draw_weight(self, line: _Weight) -> None:
        before = f"layer{line.layer - 1}-neuron" if line.layer else "input"
        tooltip = f"{line.name} = {line.value!r}"
        if self.observation is not None and self.observation.gradients is not None:
            weight = self.layers[line.layer].neurons[line.neuron].w[line.source]
            gradient = self.observation.parameter_gradients.get(weight)
            tooltip += "\nthe loss does not depend on it"
            if gradient is not None:
                tooltip = f"{line.name} = {line.value!r}\ngradient = {gradient!r}"
        self.graph.edge(
            f"{before}{line.source}",
            f"layer{line.layer}-neuron{line.neuron}",
            id=self._weight_id(line),
            tooltip=tooltip_text(tooltip),
            **self._weight_style(line.value),
        )

    def _weight_style(self, value: float) -> dict[str, str]:
        if not math.isfinite(value):
            return {
                "class": "weight not-finite",
                "style": "dotted",
                "color": self.theme.alarm,
                "penwidth": "2",
            }
        share = abs(value) / self.largest if self.largest else 0.0
        sign = "positive" if value > 0 else "negative" if value < 0 else "zero"
        end = {"positive": self.theme.positive, "negative": self.theme.negative}
        colour = mix(self.theme.background, end.get(sign, self.theme.muted), 0.5 + 0.5 * share)
        return {
            "class": f"weight {sign}",
            "style": "dashed" if value < 0 else "solid",
            "color": colour,
            "penwidth": f"{_THINNEST + (_THICKEST - _THINNEST) * share:.3f}",
        }

    def _draw_elided(self, name: str, column: Column, what: str) -> None:
        if column.elided:
            self._text(
                name,
                (column.x, column.elided_place),
                [_font(f"… {column.elided} more", 10, self.theme.muted)],
                background=self.theme.background,
                kind="elided",
                tooltip=tooltip_text(f"{column.elided} {what} are not drawn"),
            )

    def _draw_inputs(self) -> None:
        column = self.columns[0]
        for i, y in column.places.items():
            title = f"x{i}"
            tooltip = [f"input {i}"]
            if self.input_names:
                tooltip = [f"input {i}: {self.input_names[i]}"]
                if len(self.input_names[i]) <= _SHORT_NAME and self.maps is None:
                    title = self.input_names[i]
                else:
                    self._text(
                        f"input{i}-name",
                        (column.x - column.size / 2 - 4, y),
                        [_font(html_text(self.input_names[i]), 10, self.theme.ink)],
                        align="RIGHT",
                        width=text_width(self.input_names[i], 10),
                    )
            rows = [_font(html_text(title), 10, self.theme.ink)]
            plain = [title]
            if self.observation is not None:
                plain.append(self._short(self.observation.inputs[i]))
                rows.append(f"<B>{_font(html_text(plain[-1]), 10, self.theme.ink)}</B>")
                tooltip += self._tooltips(-1, i)
            width = max(column.size, max(text_width(text, 10) for text in plain) + 10)
            self._draw_unit(
                f"input{i}",
                (column.x, y),
                rows,
                tooltip,
                kind="input",
                column=0,
                position=i,
                shape={
                    "shape": "box",
                    "style": "rounded,filled",
                    "fillcolor": self.theme.leaf,
                    "width": f"{width / 72:.4f}",
                    "height": f"{(16 + LINE * len(rows)) / 72:.4f}",
                },
            )
        self._draw_elided("inputs-elided", column, "inputs")

    def _draw_layer(self, k: int) -> None:
        layer, column = self.layers[k], self.columns[k + 1]
        last = k == len(self.layers) - 1
        scale = 0.0
        if self.observation is not None:
            finite = filter(math.isfinite, self.observation.activations[k])
            scale = max(map(abs, finite), default=0.0)
        for j, y in column.places.items():
            neuron = layer.neurons[j]
            fill = self.theme.output if last else self.theme.operation
            ink = self.theme.ink
            bias = _float(neuron.hyperplane.bias)
            tooltip = [layer.paths[j], f"activation {neuron.activation_name}", f"b = {bias!r}"]
            tooltip += self._tooltips(k, j)
            if self.observation is not None and self.maps is None:
                activation = self.observation.activations[k][j]
                share = activation / scale if scale else 0.0
                fill = self.theme.area(share) if math.isfinite(share) else self.theme.alarm
                ink = readable_on(fill)
            kind = "neuron output" if last else "neuron"
            rim = {}
            if self._is_dead(k, j):
                kind += " dead"
                rim = {"color": self.theme.alarm}
                tooltip.append(f"{SIGNS['dead']} dead: no gradient passes for this example")
            name = f"layer{k}-neuron{j}"
            texts = []
            for text, size, strong in self._rows(k, j):
                html = _font(html_text(text), size, ink)
                texts.append(f"<B>{html}</B>" if strong else html)
            self._draw_unit(
                name,
                (column.x, y),
                texts,
                tooltip,
                kind=kind,
                column=k + 1,
                position=j,
                shape={
                    "shape": "circle",
                    "style": "filled",
                    "fillcolor": fill,
                    "width": f"{column.size / 72:.4f}",
                    "penwidth": "2" if last or rim else "1.2",
                    **rim,
                },
            )
            if last and self.output_names:
                self._text(
                    f"output{j}-name",
                    (column.x + column.size / 2 + 6, y),
                    [_font(html_text(self.output_names[j]), 11, self.theme.ink)],
                    align="LEFT",
                    width=text_width(self.output_names[j], 11),
                )
        self._draw_elided(f"layer{k}-elided", column, f"neurons of {layer.path}")

    def _draw_unit(
        self,
        name: str,
        place: tuple[float, float],
        rows: list[str],
        tooltip: list[str],
        *,
        kind: str,
        column: int,
        position: int,
        shape: dict[str, str],
    ) -> None:
        """An input or a neuron: its text inside; with heat maps, its map and the text below."""
        common = {"id": name, "class": kind, "pos": self._at(*place)}
        if self.maps is None:
            table = "\n".join(f"<TR><TD>{row}</TD></TR>" for row in rows)
            self.graph.node(
                name,
                label='<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">\n'
                f"{table}\n</TABLE>>",
                tooltip=tooltip_text("\n".join(tooltip)),
                **common,
                **shape,
            )
            return
        grid = self.maps[column][position]
        size = self.columns[column].size
        finite = [v for row in grid for v in row if math.isfinite(v)]
        if finite:
            tooltip.append(f"over the plane from {min(finite)!r} to {max(finite)!r}")
        self.graph.node(
            name,
            label=self._heat_map(grid, int(size) // _CELLS),
            tooltip=tooltip_text("\n".join(tooltip)),
            shape="box",
            margin="0",
            width=f"{size / 72:.4f}",
            height=f"{size / 72:.4f}",
            penwidth="2" if "output" in kind else "1.2",
            **common,
        )
        height = LINE * len(rows)
        self._text(
            f"{name}-caption",
            (place[0], place[1] - size / 2 - 3 - height / 2),
            rows,
            background=self.theme.background,
        )

    def _heat_map(self, grid: list[list[float]], cell: int) -> str:
        """A table of coloured fields, the largest in full colour; like neighbours join."""
        largest = max((abs(v) for row in grid for v in row if math.isfinite(v)), default=0.0)
        rows: list[str] = []
        for numbers in grid:
            colours = [self._field_colour(v, largest) for v in numbers]
            cells = []
            start = 0
            for end in range(1, len(colours) + 1):
                # In the first row nothing joins: it says how wide each column is.
                if not rows or end == len(colours) or colours[end] != colours[start]:
                    span = end - start
                    cells.append(
                        f'<TD FIXEDSIZE="TRUE" WIDTH="{span * cell + 1}" HEIGHT="{cell + 1}" '
                        f'COLSPAN="{span}" BGCOLOR="{colours[start]}"></TD>'
                    )
                    start = end
            rows.append(f"<TR>{''.join(cells)}</TR>")
        inside = "\n".join(rows)
        # Each field reaches one point over the next, or the background would shine through between.
        return (
            '<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="-1" CELLPADDING="0">\n'
            f"{inside}\n</TABLE>>"
        )

    def _field_colour(self, value: float, largest: float) -> str:
        if not math.isfinite(value):
            return self.theme.alarm
        return self.theme.area(round(8 * value / largest) / 8 if largest else 0.0)

    def _tooltips(self, k: int, position: int) -> list[str]:
        """What the example gave at an input (k = -1) or a neuron, in full."""
        seen = self.observation
        if seen is None:
            return []
        if k < 0:
            lines = [f"x = {seen.inputs[position]!r}"]
        else:
            lines = [f"z = {seen.pre_activations[k][position]!r}"]
            lines.append(f"y = {seen.activations[k][position]!r}")
        if seen.gradients is not None:
            gradient = seen.gradients[k + 1][position]
            lines.append(
                "the loss does not depend on it" if gradient is None else f"gradient = {gradient!r}"
            )
        return lines

    def _short(self, value: float) -> str:
        return number(value, self.digits)

    def _draw_headers(self, counts: list[int]) -> None:
        top = max(y + column.size / 2 for column in self.columns for y in column.places.values())
        for k, (column, title) in enumerate(
            zip(self.columns, ["Inputs", *titles(self.layers)], strict=True)
        ):
            rows = [f"<B>{_font(html_text(title), 12, self.theme.ink)}</B>"]
            if k:
                layer = self.layers[k - 1]
                names = list(dict.fromkeys(n.activation_name for n in layer.neurons))
                about = names[0] if len(names) == 1 else "several activations"
                rows.append(_font(html_text(about), 11, self.theme.ink))
                count = _counted(counts[k], "neuron")
                if layer.dropout:
                    count += f", dropout {layer.dropout:g}"
            else:
                count = _counted(counts[0], "input")
            rows.append(_font(html_text(count), 10, self.theme.muted))
            rows += [_font("&#160;", 11, self.theme.ink)] * (3 - len(rows))
            self._text(
                "inputs" if k == 0 else f"layer{k - 1}",
                (column.x, top + 36),
                rows,
                kind="header",
                tooltip=tooltip_text("inputs" if k == 0 else self.layers[k - 1].path),
            )

    def _draw_legend(self, drawn: int) -> None:
        below = LINE * self._lines_in_circle + 4 if self.maps is not None else 0.0
        bottom = min(
            min(min(column.places.values()) - column.size / 2 - below, column.elided_place - 8)
            for column in self.columns
        )
        left = self.columns[0].x - self.columns[0].size / 2
        total = sum(len(layer.neurons) * layer.neurons[0].nin for layer in self.layers)
        y = bottom - 30
        samples = [
            ("positive", self.largest, "positive weight"),
            ("negative", -self.largest, "negative weight"),
            ("largest", self.largest, f"the largest |weight|: {self._short(self.largest)}"),
            ("quarter", self.largest / 4, f"a quarter of it: {self._short(self.largest / 4)}"),
        ]
        remarks = self._remarks(drawn, total)
        width = max(
            text_width(text, 10) for text in [*(t for _, _, t in samples), *remarks, self._scale()]
        )
        for name, value, text in samples:
            style = self._weight_style(value) | {"class": "legend"}
            if name in ("largest", "quarter"):
                style["color"] = self.theme.muted
            for end, x in (("a", left), ("b", left + 36)):
                self.graph.node(
                    f"legend-{name}-{end}",
                    label="",
                    shape="point",
                    width="0.01",
                    style="invis",
                    pos=self._at(x, y),
                )
            self.graph.edge(f"legend-{name}-a", f"legend-{name}-b", id=f"legend-{name}", **style)
            self._legend_text(f"legend-{name}-text", (left + 44, y), text, width)
            y -= 16
        scale = self._scale()
        if scale:
            cells = [
                f'<TD FIXEDSIZE="TRUE" WIDTH="5" HEIGHT="9" BGCOLOR="{self.theme.area(k / 4)}">'
                "</TD>"
                for k in range(-4, 5)
            ]
            self.graph.node(
                "legend-scale",
                label='<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="-1" CELLPADDING="0">'
                f"<TR>{''.join(cells)}</TR></TABLE>>",
                pos=self._at(left + 18, y),
                fixedsize="false",
                id="legend-scale",
                **{"class": "legend"},
            )
            self._legend_text("legend-scale-text", (left + 44, y), scale, width)
            y -= 16
        for i, text in enumerate(remarks):
            self._legend_text(f"legend-remark{i}", (left, y), text, width)
            y -= 16

    def _legend_text(self, name: str, place: tuple[float, float], text: str, width: float) -> None:
        rows = [_font(html_text(text), 10, self.theme.ink)]
        self._text(name, place, rows, align="LEFT", width=width, kind="legend")

    def _scale(self) -> str:
        """What the colours of the maps or the circles mean; empty where they mean nothing."""
        if self.plane is not None:
            return "activation, from negative to positive; each map has its own scale"
        if self.observation is not None:
            return "activation, from negative to positive; each layer has its own scale"
        return ""

    def _remarks(self, drawn: int, total: int) -> list[str]:
        remarks = []
        if self.plane is not None:
            (left, right), (low, high) = self.plane
            remarks.append(
                f"maps: x0 from {left:g} to {right:g} to the right, x1 from {low:g} to {high:g} up"
            )
        written = "the bias b"
        if self.observation is not None:
            written = "activation for this example, bias b"
            if self.observation.gradients is not None:
                written += ", gradient of the loss for the activation"
        remarks.append(f"{'in each circle' if self.maps is None else 'below a map'}: {written}")
        if any(self._is_dead(k, j) for k, column in enumerate(self.columns[1:])
               for j in column.places):  # fmt: skip
            remarks.append(f"{SIGNS['dead']} dead: the relu passes no gradient for this example")
        if drawn < total:
            remarks.append(f"{drawn:,} of {total:,} weights are drawn")
        return remarks


def _font(html: str, size: int, colour: str) -> str:
    return f'<FONT POINT-SIZE="{size}" COLOR="{colour}">{html}</FONT>'


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _float(x: Any) -> float:
    """A parameter's data, which a user may have assigned, as a plain number."""
    try:
        return to_float(x, "draw_network", "a parameter")
    except TypeError:
        raise TypeError(
            f"draw_network: a parameter's data must be a number, got {described(x)}"
        ) from None
