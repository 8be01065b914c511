"""A recurrent layer rolled, as one cell with its loop, and unrolled, as the steps that it takes."""

from typing import TYPE_CHECKING

from ...checking import described, positive_integer
from ...nn import GRU, LSTM, RNN, GRUCell, LSTMCell, RNNCell
from ...public import named_options
from ..themes import Theme, find_theme
from .style import blank

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_KINDS = (RNN, LSTM, GRU, RNNCell, LSTMCell, GRUCell)
_FORMULAS = {
    "RNN": r"$h' = \mathrm{tanh}(W_{ih}\,x + b_{ih} + W_{hh}\,h + b_{hh})$",
    "LSTM": r"$c' = f\,c + i\,g,\quad h' = o\,\mathrm{tanh}(c')$",
    "GRU": r"$h' = (1 - z)\,n + z\,h$",
}
_WIDTH, _HEIGHT = 1.3, 0.62  # of a cell's box
_ACROSS, _UP = 2.3, 1.5  # from step to step, from layer to layer


@named_options
def recurrence(
    model: RNN | LSTM | GRU | RNNCell | LSTMCell | GRUCell,
    steps: int = 3,
    *,
    theme: str | Theme | None = None,
) -> "Figure":
    """A recurrent layer as one cell whose state goes round a loop, and beside it the same unrolled.

    Unrolled, each step is a copy of the cell with the same parameters, and the loop is the way from
    a step to the next: the graph that backpropagation goes through, which `draw_dot` draws of a
    loss, operation by operation.

    **Arguments:** `model`: an `nn.RNN`, `nn.LSTM`, `nn.GRU`, or one of their cells; `steps`: how
    many are drawn side by side.

    >>> from tinygrad_neuron import nn
    >>> figure = recurrence(nn.LSTM(2, 3, seed=0))
    >>> [axes.get_title(loc="left") for axes in figure.axes]
    ['rolled', 'unrolled over 3 steps']
    """
    house = find_theme(theme)
    if not isinstance(model, _KINDS):
        raise TypeError(
            "recurrence: the model must be an nn.RNN, nn.LSTM or nn.GRU, or one of their cells, "
            f"got {described(model)}"
        )
    steps = positive_integer("recurrence", "steps", steps)
    layers = 1 if isinstance(model, RNNCell | LSTMCell | GRUCell) else model.num_layers
    kind = type(model).__name__.removesuffix("Cell")
    states = "hc" if kind == "LSTM" else "h"
    tall, wide = _UP * (layers - 1) + 3.0, _ACROSS * steps + 1.0
    figure = blank(0.72 * (wide + 4.0), 0.72 * tall + 1.0, house)
    rolled, unrolled = figure.subplots(1, 2, width_ratios=[3.6, wide])
    _Drawn(rolled, house, kind, layers, states).rolled()
    _Drawn(unrolled, house, kind, layers, states).unrolled(steps)
    for axes, left, right, title in (
        (rolled, -0.9, 2.7, "rolled"),
        (unrolled, -1.7, wide - 1.7, f"unrolled over {steps} step{'s' * (steps > 1)}"),
    ):
        axes.set_xlim(left, right)
        axes.set_ylim(-1.5, tall - 1.5)
        axes.set_anchor("W")
        axes.set_aspect("equal")
        axes.set_axis_off()
        axes.set_title(title, loc="left", fontweight="bold", color=house.ink)
    formula = _FORMULAS[kind].replace("tanh", getattr(model, "nonlinearity", "tanh"))
    if getattr(model, "bias_ih", getattr(model, "bias_ih_l0", None)) is None:
        formula = formula.replace(" + b_{ih}", "").replace(" + b_{hh}", "")
    words = f"the same {len(model.parameters()):,} parameters at every step"
    figure.supxlabel(f"{formula}   ·   {words}", fontsize=10.5, color=house.ink)
    return figure


class _Drawn:
    """The cells of all layers on one pair of axes; the first layer is at the bottom."""

    def __init__(self, axes: "Axes", theme: Theme, kind: str, layers: int, states: str) -> None:
        self.axes, self.theme, self.kind = axes, theme, kind
        self.layers, self.states = layers, states

    def rolled(self) -> None:
        """One cell a layer, its state going back into it."""
        self._column(0.0, "t")
        right = _WIDTH / 2
        for layer in range(self.layers):
            y = layer * _UP
            self._arrow((right, y + 0.14), (right, y - 0.14), loop=1.1, recurrent=True)
            self._text(right + 0.95, y, self._state(layer, "t"), align="left")

    def unrolled(self, steps: int) -> None:
        """A cell a step and layer, its state going on to the next step."""
        for step in range(steps):
            self._column(step * _ACROSS, str(step + 1))
        for layer in range(self.layers):
            for step in range(steps + 1):
                start = (step - 1) * _ACROSS + _WIDTH / 2
                end, y = step * _ACROSS - _WIDTH / 2, layer * _UP
                if step == steps:
                    end -= 0.2
                if step == 0:
                    start += 0.2
                self._arrow((start, y), (end, y), recurrent=True)
                self._text((start + end) / 2, y + 0.25, self._state(layer, str(step)))

    def _column(self, x: float, step: str) -> None:
        """The input of a step, the cell of each layer above it, and what comes out."""
        self._text(x, -1.2, f"$x_{{{step}}}$", box=self.theme.leaf)
        top = (self.layers - 1) * _UP
        for layer in range(self.layers):
            y = layer * _UP
            below = -0.95 if layer == 0 else y - _UP + _HEIGHT / 2
            self._arrow((x, below), (x, y - _HEIGHT / 2))
            self._cell(x, y, f"{self.kind} {layer + 1}" if self.layers > 1 else self.kind)
        self._arrow((x, top + _HEIGHT / 2), (x, top + 0.85))
        output = self._state(self.layers - 1, step).split(",")[0]
        self._text(x, top + 1.1, output, box=self.theme.output)

    def _state(self, layer: int, step: str) -> str:
        """What a cell hands on, in mathematics: h of a step, where there are layers of which."""
        of = f"^{{({layer + 1})}}" if self.layers > 1 else ""
        return ", ".join(f"${state}{of}_{{{step}}}$" for state in self.states)

    def _cell(self, x: float, y: float, name: str) -> None:
        from matplotlib.patches import FancyBboxPatch

        box = FancyBboxPatch(
            (x - _WIDTH / 2 + 0.08, y - _HEIGHT / 2 + 0.08),
            _WIDTH - 0.16,
            _HEIGHT - 0.16,
            boxstyle="round,pad=0.08",
            facecolor=self.theme.operation,
            edgecolor=self.theme.rim,
        )
        self.axes.add_patch(box)
        self._text(x, y, name, weight="bold")

    def _arrow(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        loop: float = 0.0,
        recurrent: bool = False,
    ) -> None:
        """A line to the right or up, or with a `loop` a bow that goes out that far."""
        from matplotlib.patches import FancyArrowPatch
        from matplotlib.path import Path

        (x0, y0), (x1, y1) = start, end
        bow = (x0 + loop, y0 + loop / 2), (x1 + loop, y1 - loop / 2)
        points = [start, *(bow if loop else ()), end]
        codes = [Path.MOVETO, *([Path.CURVE4] * 3 if loop else [Path.LINETO])]
        arrow = FancyArrowPatch(
            path=Path(points, codes),
            arrowstyle="-|>",
            mutation_scale=12,
            linewidth=2.0 if recurrent else 1.2,
            color=self.theme.positive if recurrent else self.theme.ink,
        )
        self.axes.add_patch(arrow)

    def _text(
        self,
        x: float,
        y: float,
        text: str,
        box: str = "",
        weight: str = "normal",
        align: str = "center",
    ) -> None:
        """A text around a place, or from it on; in a box of a colour."""
        frame = {"boxstyle": "round,pad=0.35", "facecolor": box, "edgecolor": self.theme.rim}
        self.axes.text(
            x,
            y,
            text,
            ha=align,
            va="center",
            color=self.theme.ink,
            fontweight=weight,
            bbox=frame if box else None,
        )
