"""The inputs and the neurons of a network, each in its place: circles, boxes or heat maps."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..flags import SIGNS
from ..metrics import text_width
from ..placing import LINE, Column, shown
from ..text import html_text, table, tooltip_text
from ..themes import readable_on
from .canvas import Canvas, at, font
from .maps import Area, data_points, heat_map
from .subject import Subject

_SHORT_NAME = 8  # characters of a name that fit into the box of an input


@dataclass
class Units:
    """What stands in the columns, drawn on the canvas."""

    subject: Subject
    columns: Sequence[Column]
    canvas: Canvas

    def draw(self) -> None:
        """Draw the inputs, then layer after layer."""
        self.draw_inputs()
        for k in range(len(self.subject.layers)):
            self.draw_layer(k)

    def draw_inputs(self) -> None:
        """The inputs, in boxes: their names, and what the example has there."""
        subject, theme, column = self.subject, self.canvas.theme, self.columns[0]
        for i, y in column.places.items():
            title = f"x{i}"
            tooltip = [f"input {i}"]
            if subject.input_names:
                tooltip = [f"input {i}: {subject.input_names[i]}"]
                if len(subject.input_names[i]) <= _SHORT_NAME and subject.maps is None:
                    title = subject.input_names[i]
                else:
                    self.canvas.text(
                        f"input{i}-name",
                        (column.x - column.size / 2 - 4, y),
                        [font(html_text(subject.input_names[i]), 10, theme.ink)],
                        align="RIGHT",
                        width=text_width(subject.input_names[i], 10),
                    )
            rows = [font(html_text(title), 10, theme.ink)]
            plain = [title]
            if subject.observation is not None:
                plain.append(subject.short(subject.observation.inputs[i]))
                rows.append(f"<B>{font(html_text(plain[-1]), 10, theme.ink)}</B>")
                tooltip += subject.tooltips(-1, i)
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
                    "fillcolor": theme.leaf,
                    "width": f"{width / 72:.4f}",
                    "height": f"{(16 + LINE * len(rows)) / 72:.4f}",
                },
            )
        self._draw_elided("inputs-elided", column, "inputs")

    def draw_layer(self, k: int) -> None:
        """The neurons of a layer, in circles: the colour is the activation."""
        subject, theme = self.subject, self.canvas.theme
        layer, column = subject.layers[k], self.columns[k + 1]
        last = k == len(subject.layers) - 1
        scale = 0.0
        if subject.observation is not None:
            finite = filter(math.isfinite, subject.observation.activations[k])
            scale = max(map(abs, finite), default=0.0)
        for j, y in column.places.items():
            neuron = layer.neurons[j]
            fill = theme.output if last else theme.operation
            ink = theme.ink
            bias = subject.bias(k, j)
            tooltip = [layer.paths[j], f"activation {neuron.activation_name}", f"b = {bias!r}"]
            tooltip += subject.tooltips(k, j)
            if subject.observation is not None and subject.maps is None:
                activation = subject.observation.activations[k][j]
                share = activation / scale if scale else 0.0
                fill = theme.area(share) if math.isfinite(share) else theme.alarm
                ink = readable_on(fill)
            kind = "neuron output" if last else "neuron"
            if subject.is_inactive(k, j):
                kind += " inactive"
                tooltip.append(f"{SIGNS['inactive']} inactive: no gradient passes for this example")
            name = f"layer{k}-neuron{j}"
            texts = []
            for text, size, strong in subject.rows(k, j):
                html = font(html_text(text), size, ink)
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
                    "fillcolor": fill,
                    "width": f"{column.size / 72:.4f}",
                    "penwidth": "2" if last else "1.2",
                    "style": "filled,dashed" if "inactive" in kind else "filled",
                },
            )
            if last and subject.output_names:
                self.canvas.text(
                    f"output{j}-name",
                    (column.x + column.size / 2 + 6, y),
                    [font(html_text(subject.output_names[j]), 11, theme.ink)],
                    align="LEFT",
                    width=text_width(subject.output_names[j], 11),
                )
        self._draw_elided(f"layer{k}-elided", column, f"neurons of {layer.path}")

    def _draw_elided(self, name: str, column: Column, what: str) -> None:
        if column.elided:
            self.canvas.text(
                name,
                (column.x, column.elided_place),
                [font(f"… {column.elided} more", 10, self.canvas.theme.muted)],
                background=self.canvas.theme.background,
                kind="elided",
                tooltip=tooltip_text(f"{column.elided} {what} are not drawn"),
            )

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
        common = {"id": name, "class": kind, "pos": at(*place)}
        if self.subject.maps is None:
            cells = "\n".join(["", *(f"<TR><TD>{row}</TD></TR>" for row in rows), ""])
            self.canvas.graph.node(
                name,
                label=f"<{table(cells, 0)}>",
                tooltip=tooltip_text("\n".join(tooltip)),
                **common,
                **shape,
            )
            return
        grid = self.subject.maps[column][position]
        size = self.columns[column].size
        finite = [v for row in grid for v in row if math.isfinite(v)]
        if finite:
            tooltip.append(f"over the plane from {min(finite)!r} to {max(finite)!r}")
        area, theme = Area(*place, size), self.subject.theme
        self.canvas.behind.extend(heat_map(theme, grid, area))
        if self.subject.points:
            radius = 2.5 if size > 60 else 1.5
            self.canvas.behind.extend(data_points(self.subject.points, theme, area, radius))
        self.canvas.graph.node(
            name,
            label="",
            tooltip=tooltip_text("\n".join(tooltip)),
            shape="box",
            width=f"{size / 72:.4f}",
            height=f"{size / 72:.4f}",
            penwidth="2" if "output" in kind else "1.2",
            **common,
        )
        height = LINE * len(rows)
        self.canvas.text(
            f"{name}-caption",
            (place[0], place[1] - size / 2 - 3 - height / 2),
            rows,
            background=self.canvas.theme.background,
        )


def circle_size(subject: Subject) -> float:
    """The size of all circles: that of the one with the longest text."""
    largest = 44.0
    for k, layer in enumerate(subject.layers):
        for j in shown(len(layer.neurons), subject.most):
            rows = subject.rows(k, j)
            height = 1.2 * sum(size for _, size, _ in rows)
            for i, (text, size, _) in enumerate(rows):
                # The corners of each line have to lie within.
                top = height / 2 - 1.2 * sum(s for _, s, _ in rows[:i])
                furthest = max(abs(top), abs(top - 1.2 * size))
                largest = max(largest, 2 * math.hypot(text_width(text, size) / 2, furthest) + 4)
    return math.ceil(largest / 2) * 2.0
