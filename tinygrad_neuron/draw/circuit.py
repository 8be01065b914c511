"""A McCulloch-Pitts unit, or a circuit of them: what is active, what fires, what is vetoed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..checking import as_text, described, flag, listed, text
from ..nn import Circuit, McCullochPitts
from ..public import named_options
from . import legend as legends
from .rendering import Digraph
from .text import html_text, table, tooltip_text
from .themes import FONT, Theme, find_theme


@named_options
def draw_circuit(
    circuit: Any,
    format: str = "svg",
    *,
    inputs: Sequence[int] | None = None,
    input_names: Sequence[str] = (),
    legend: bool = True,
    title: str = "",
    theme: str | Theme | None = None,
) -> Digraph:
    """Draw threshold units: an arrow for an excitatory input, a line with a ring at its end for an
    inhibitory one, and in each unit its threshold θ.

    **Arguments:**

    - `circuit`: an `nn.McCullochPitts`, or what `nn.boolean_function` returns.
    - `inputs`: a bit per input, to show which inputs are active (drawn bold) and which units fire.
    - `input_names`: one per input; default x0, x1, ...
    - `legend`: whether to explain the picture below it; `title`: a line below the picture; `theme`:
      light, dark, high contrast, paper.

    **Returns** a `graphviz.Digraph`. Ids: `input0`, `unit0` and so on (the detectors, then
    the unit that gives the output), `output`, and of an edge `input0-unit0`.

    Raises a `TypeError` for anything else, a `ValueError` for inputs that are no bits or too few.

    >>> from tinygrad_neuron import nn
    >>> picture = draw_circuit(nn.AND(), inputs=(1, 1), legend=False)
    >>> "2 ≥ 2: fires" in picture.source
    True
    """
    units = _units(circuit)
    legend = flag("draw_circuit", "legend", legend)
    text("draw_circuit", "title", title)
    given = listed("draw_circuit", "input_names", input_names, "a list of strings")
    names = [as_text(name) for name in given] or [f"x{i}" for i in range(circuit.inputs)]
    if len(names) != circuit.inputs:
        raise ValueError(
            f"draw_circuit: input_names must have {circuit.inputs} names, one per input, "
            f"got {len(names)}"
        )
    if inputs is not None:
        inputs = listed("draw_circuit", "inputs", inputs, "a list of bits")
        circuit(*inputs)  # says what is wrong with them
    picture = Digraph("circuit", format=text("draw_circuit", "format", format))
    _Drawing(picture, find_theme(theme), names, inputs).draw(units, circuit, title, legend)
    return picture


def _units(circuit: Any) -> list[McCullochPitts]:
    """The detectors of a circuit, if it has any, and then the unit that gives the output."""
    if isinstance(circuit, McCullochPitts):
        return [circuit]
    if not isinstance(circuit, Circuit):
        raise TypeError(
            "draw_circuit: it draws an nn.McCullochPitts or what nn.boolean_function returns, got "
            f"{described(circuit)}"
        )
    return [*circuit.detectors, circuit.output]


@dataclass
class _Drawing:
    """A circuit drawn into a picture, for given inputs or for any."""

    picture: Digraph
    theme: Theme
    names: list[str]
    inputs: Sequence[int] | None

    def draw(self, units: list[McCullochPitts], circuit: Any, title: str, legend: bool) -> None:
        """Write everything down: the inputs, the units, the output."""
        theme = self.theme
        self.picture.attr(
            "graph",
            rankdir="LR",
            bgcolor=theme.background,
            fontname=FONT,
            fontcolor=theme.ink,
            nodesep="0.22",
            ranksep="0.7",
            pad="0.12",
            id="circuit",
            tooltip=tooltip_text(repr(circuit)),
            label=self._below(title, any(unit.inhibitory for unit in units), legend),
            labelloc="b",
            labeljust="l",
            splines="line",
        )
        self.picture.attr("node", fontname=FONT, fontsize="12", fontcolor=theme.ink, tooltip=" ")
        self.picture.attr("edge", tooltip=" ", arrowsize="0.8")
        bits: Sequence[int | None] = self.inputs or [None] * len(self.names)
        for i, (name, bit) in enumerate(zip(self.names, bits, strict=True)):
            self._input(i, name, bit)
        sources = [f"input{i}" for i in range(len(self.names))]
        *detectors, output = units
        fired = [self._unit(f"unit{k}", unit, sources, bits) for k, unit in enumerate(detectors)]
        if len(units) > 1:
            sources, bits = [f"unit{k}" for k in range(len(detectors))], fired
        elif not isinstance(circuit, McCullochPitts):  # no row of the truth table gives 1
            sources, bits = [], [0]
        last = f"unit{len(detectors)}"
        result = self._unit(last, output, sources, bits)
        self.picture.node(
            "output",
            label=f"<{self._text('y' if result is None else f'y = {result}', bool(result))}>",
            shape="box",
            style="rounded,filled",
            fillcolor=theme.output,
            color=theme.ink if result else theme.rim,
            penwidth="2.4" if result else "1.2",
            id="output",
        )
        self._edge(last, "output", result, inhibitory=False)

    def _input(self, i: int, name: str, bit: int | None) -> None:
        text = name if bit is None else f"{name} = {int(bit)}"
        self.picture.node(
            f"input{i}",
            label=f"<{self._text(text, bool(bit))}>",
            shape="box",
            style="rounded,filled",
            fillcolor=self.theme.leaf,
            color=self.theme.ink if bit else self.theme.rim,
            penwidth="2.4" if bit else "1.2",
            id=f"input{i}",
            **{"class": "input active" if bit else "input"},
        )

    def _unit(
        self, name: str, unit: McCullochPitts, sources: list[str], bits: Sequence[int | None]
    ) -> int | None:
        """Draw a unit with its inputs, and say whether it fires (None where nothing is given)."""
        known = [bit for bit in bits if bit is not None]
        result = unit(*known) if known else None
        rows = [f"<B>θ = {unit.threshold}</B>"]
        kind = "unit"
        if result is not None:
            active = sum(known[i] for i in unit.excitatory)
            if any(known[i] for i in unit.inhibitory):
                rows.append("veto: silent")
                kind = "unit vetoed"
            elif result:
                rows.append(f"{active} ≥ {unit.threshold}: fires")
                kind = "unit firing"
            else:
                rows.append(f"{active} &lt; {unit.threshold}: silent")
        cells = "".join(f"<TR><TD>{row}</TD></TR>" for row in rows)
        self.picture.node(
            name,
            label=f"<{table(cells)}>",
            shape="circle",
            margin="0.02",
            style="filled",
            fillcolor=self.theme.output if result else self.theme.operation,
            color=self.theme.ink if result else self.theme.rim,
            penwidth="2.6" if result else "1.2",
            id=name,
            **{"class": kind},
        )
        for i, source in enumerate(sources):
            self._edge(source, name, bits[i], inhibitory=i in unit.inhibitory)
        return result

    def _edge(self, source: str, target: str, bit: int | None, inhibitory: bool) -> None:
        theme = self.theme
        colour = theme.negative if inhibitory else theme.positive
        self.picture.edge(
            source,
            target,
            arrowhead="odot" if inhibitory else "normal",
            color=colour if bit or bit is None else theme.muted,
            penwidth="2.4" if bit else "1.2",
            id=f"{source}-{target}",
            **{"class": "inhibitory" if inhibitory else "excitatory"},
        )

    def _text(self, text: str, strong: bool) -> str:
        written = html_text(text)
        return f"<B>{written}</B>" if strong else written

    def _below(self, title: str, inhibitory: bool, legend: bool) -> str:
        """What stands below the picture, as a label: shapes and widths say it, so words do."""
        words = ["→ excitatory input"] * legend
        if legend and inhibitory:
            words.append("—○ inhibitory input: a veto while it is active")
        if legend:
            words.append("θ: how many excitatory inputs it takes")
        if legend and self.inputs is not None:
            words.append("bold: active, or firing")
        rows = (("", self.theme.muted, word) for word in words)
        return legends.caption(
            [legends.title_line(title), legends.lines(rows, self.theme, size=10)]
        )
