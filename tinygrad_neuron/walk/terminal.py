"""A walkthrough as text: the graph, the arithmetic, and what changed, a screen at a step, or all.

`session` steps through it.
"""

import re
import unicodedata
from collections.abc import Mapping

from ..console import WIDTH
from ..draw.text import number, visible
from ..interface import say
from .honest import product, total
from .records import Node, Step, StepList

_COLOURS = {"current": "1;36", "target": "1;33", "faint": "2", "strong": "1"}


def view(
    walk: StepList,
    at: int,
    width: int = WIDTH,
    height: int = 24,
    paint: "Paint | None" = None,
) -> str:
    """What the terminal shows at a step: a heading, the graph, and the step.

    The current node is marked with ▶, who receives something with ◀. A dot stands for what is not
    computed yet.

    >>> from tinygrad_neuron import Value
    >>> from .walking import walkthrough
    >>> x = Value(3.0, label="x")
    >>> print(view(walkthrough(x * x), 2, width=60))
    step 3 of 4 · backward
    <BLANKLINE>
       node   computed as                      value   gradient
     ◀ x      leaf                                 3          3
     ▶ n1     x * x                                9          1
    <BLANKLINE>
      local derivative of n1 for x: x = 3
      contribution: incoming × local = 1 × 3 = 3
      gradient of x: not computed yet, now 3
    <BLANKLINE>
      If x grows a little, n1 grows 3 times as much, so x receives
      1 × 3 = 3, the first to arrive.
    <BLANKLINE>
    """
    paint = paint or Paint(False)
    step = walk.steps[at]
    lines = [paint("strong", cut(_heading(walk, step), width)), ""]
    below = ["", *(f"  {line}" for line in _arithmetic(walk, step, width - 2))]
    below += ["", *(f"  {line}" for line in _wrapped(step.sentence, width - 2))]
    if step.line:
        below += [paint("faint", cut(f"  {step.line}", width))]
    room = max(4, height - len(lines) - len(below) - 1)  # the last line is the prompt's
    return _isolated("\n".join([*lines, *_table(walk, at, width, room, paint), *below, ""]))


def plain_text(walk: StepList) -> str:
    """Every step as text, at most 80 columns wide; source lines stand at the forward steps.

    >>> from tinygrad_neuron import Value
    >>> from .walking import walkthrough
    >>> print(plain_text(walkthrough(Value(3.0, label="x").tanh())), end="")
    step 1 of 3 · forward · n1
      n1 = tanh(x) = tanh(3) = 0.9951
      n1 is computed by tanh from x: the hyperbolic tangent, from -1 to 1.
    step 2 of 3 · backward · n1
      gradient of n1: not computed yet, now 1
      The gradient of n1 for itself is 1: here the backward pass begins.
    step 3 of 3 · backward · n1 to x
      local derivative of n1 for x: 1 - n1 * n1 = 1 - 0.99505 * 0.99505 ≈ 0.009866
      contribution: incoming × local = 1 × 0.009866 = 0.009866
      gradient of x: not computed yet, now 0.009866
      If x grows a little, n1 grows 0.009866 times as much, so x receives
      1 × 0.009866 = 0.009866, the first to arrive.
    """
    lines = []
    for step in walk.steps:
        names = step.name
        if step.target is not None and step.target != step.node:
            names += f" {say('to')} {step.target_name}"
        lines.append(cut(f"{_heading(walk, step)} · {names}", WIDTH))
        lines += [f"  {line}" for line in _arithmetic(walk, step, WIDTH - 2)]
        lines += [f"  {line}" for line in _wrapped(step.sentence, WIDTH - 2)]
        if step.line and step.phase == "forward":
            lines.append(cut(f"  {step.line}", WIDTH))
    return _isolated("\n".join(lines) + "\n")


_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+")


def _isolated(text: str) -> str:
    """Letters that run from right to left, kept from turning round the numbers beside them."""
    return _RIGHT_TO_LEFT.sub("\u2068\\g<0>\u2069", text)


def _heading(walk: StepList, step: Step) -> str:
    place = say("step in terminal", at=step.number, of=len(walk.steps))
    heading = f"{place} · {say(step.phase)}"
    if len(walk.graphs) > 1:
        heading += " · " + say("iteration of", at=step.iteration, of=len(walk.graphs))
    return heading


def _arithmetic(walk: StepList, step: Step, width: int) -> list[str]:
    """The sums of a step, and what changed."""

    def shown(value: "float | None") -> str:
        return say("not computed yet") if value is None else number(value, walk.digits)

    lines = []
    if step.phase == "forward":
        own = step.name.replace(" ", "") == step.formula.replace(" ", "")
        formula = "" if own else f"{step.formula} = "
        lines.append(f"{step.name} = {formula}{step.numbers}")
    elif step.phase == "update":
        lines.append(f"{step.formula} = {step.numbers}")
        told = {"name": step.target_name, "before": shown(step.before)}
        lines.append(say("was and is", after=shown(step.after), **told))
    else:
        if step.local is not None:
            assert step.incoming is not None and step.contribution is not None
            numbers = step.local_numbers
            derivative = f"{step.local_formula} = {numbers}"
            if step.local_formula == numbers:
                derivative = numbers
            told = {"name": step.name, "target": step.target_name, "derivative": derivative}
            lines.append(say("local derivative of", **told))
            arithmetic = product(step.incoming, step.local, step.contribution, walk.digits)
            lines.append(say("contribution is", arithmetic=arithmetic))
        gradient = say("gradient of row", name=step.target_name) + ": "
        if step.before is None:
            gradient += say("now computed", after=shown(step.after))
        else:
            assert step.contribution is not None and step.after is not None
            gradient += total(step.before, step.contribution, step.after, walk.digits)
        lines.append(gradient)
    return [part for line in lines for part in _wrapped(line, width)]


def _table(walk: StepList, at: int, width: int, room: int, paint: "Paint") -> list[str]:
    """The graph, one node a line, as far as it is known at a step."""
    step = walk.steps[at]
    nodes = [
        n for n in walk.graphs[step.iteration - 1] if n.operation != "constant" or not n.position
    ]
    values, gradients = _known(walk, at)
    marked = [i for i, node in enumerate(nodes) if node.position in (step.node, step.target)]
    current = next((i for i in marked if nodes[i].position == step.node), 0)
    shown = _shown(len(nodes), current, marked, room - 1)
    cells = {i: _cells(walk, nodes[i], values, gradients) for i in shown}
    head = (say("a node"), say("computed as"), say("value"), say("gradient row"))
    widths = [max(_width(row[i]) for row in (head, *cells.values())) for i in range(4)]
    roomy = 10 if width >= 60 else 0
    widths[0] = min(max(widths[0] + 2, 6), max(6, width // 4))
    widths[2:] = [max(columns + 1, roomy) for columns in widths[2:]]
    widths[1] = max(width - 4 - widths[0] - widths[2] - widths[3], 4)
    lines = [paint("faint", cut(_row("", head, widths), width))]
    for before, i in zip([-1, *shown], shown, strict=False):
        if i > before + 1:
            lines.append(paint("faint", "   " + say("and more", count=f"{i - before - 1:,}")))
        position = nodes[i].position
        mark, colour = ("▶", "current") if position == step.node else ("", "")
        if position == step.target and not mark:
            mark, colour = "◀", "target"
        line = cut(_row(mark, cells[i], widths), width)
        lines.append(paint(colour, line) if colour else line)
    if shown[-1] < len(nodes) - 1:
        lines.append(
            paint("faint", "   " + say("and more", count=f"{len(nodes) - 1 - shown[-1]:,}"))
        )
    return lines


def _shown(count: int, current: int, marked: list[int], room: int) -> list[int]:
    """Which nodes have a line: all where there is room, else those around the current one, and
    the marked ones in any case. What is left out between them takes a line each time.

    >>> _shown(100, 50, [3, 50], 8)
    [3, 48, 49, 50, 51]
    """
    if count <= room:
        return list(range(count))
    most = max(room - 2, 1)
    first = min(max(current - most // 2, 0), count - most)
    window = range(first, first + most)
    if not all(i in window for i in marked):
        most = max(room - 4, 1)
        first = min(max(current - most // 2, 0), count - most)
        window = range(first, first + most)
    return sorted({*window, *marked})


def _cells(
    walk: StepList,
    node: Node,
    values: Mapping[int, float],
    gradients: Mapping[int, float],
) -> tuple[str, str, str, str]:
    texts = [
        number(known[node.position], walk.digits) if node.position in known else "·"
        for known in (values, gradients)
    ]
    return node.name, node.formula or node.operation, texts[0], texts[1]


def _known(walk: StepList, at: int) -> tuple[dict[int, float], dict[int, float]]:
    """The values and the gradients that are known after a step."""
    iteration = walk.steps[at].iteration
    graph = walk.graphs[iteration - 1]
    values = {node.position: node.data for node in graph if not node.operands}
    gradients: dict[int, float] = {}
    for step in walk.steps[: at + 1]:
        if step.iteration != iteration:
            continue
        if step.phase == "forward":
            values[step.node] = step.value
        elif step.target is not None and step.after is not None:
            (gradients if step.phase == "backward" else values)[step.target] = step.after
    return values, gradients


def _row(mark: str, cells: tuple[str, str, str, str], widths: list[int]) -> str:
    name, formula, value, gradient = cells
    left = f" {mark or ' '} {_padded(name, widths[0], name=True)} {_padded(formula, widths[1] - 1)}"
    return f"{left}{value:>{widths[2]}}{gradient:>{widths[3]}}"


class Paint:
    """Colours a piece of text, or leaves it as it is."""

    def __init__(self, colour: bool) -> None:
        self.colour = colour

    def __call__(self, what: str, text: str) -> str:
        return f"\x1b[{_COLOURS[what]}m{text}\x1b[0m" if self.colour else text


def _width(text: str) -> int:
    """How many columns a text takes: two for a wide character, none for a combining one."""
    if text.isascii():
        return len(text)
    columns = 0
    for character in text:
        if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
            continue
        columns += 1 + (unicodedata.east_asian_width(character) in "WF")
    return columns


def cut(text: str, columns: int) -> str:
    """A text in so many columns; what would steer the terminal is made visible."""
    if not text.isprintable():
        text = visible(text).replace("\n", " ")
    if _width(text) <= columns:
        return text
    while text and _width(text) > columns - 1:
        text = text[: max(len(text) - max((_width(text) - columns) // 2, 1), 0)]
    return text + "…"


def _cut_in_the_middle(name: str, columns: int) -> str:
    """A name in so many columns: its end tells it from others as its beginning does.

    >>> _cut_in_the_middle("layers[0].neurons[3].w0", 12)
    'layers…3].w0'
    """
    name = visible(name).replace("\n", " ")
    if _width(name) <= columns or columns < 5:
        return cut(name, columns)
    end = (columns - 1) // 2
    return f"{name[: columns - 1 - end]}…{name[len(name) - end :]}"


def _padded(text: str, columns: int, *, name: bool = False) -> str:
    text = _cut_in_the_middle(text, columns) if name else cut(text, columns)
    return text + " " * (columns - _width(text))


def _wrapped(text: str, columns: int) -> list[str]:
    """The lines of a text; a word too long for one is cut."""
    lines = [""]
    for word in text.split():
        word = cut(word, columns)
        if lines[-1] and _width(lines[-1]) + 1 + _width(word) > columns:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines
