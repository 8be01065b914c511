"""A model as a table: its layers, what they return, their parameters, what they compute."""

import html
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ..checking import described
from ..console import in_columns
from ..engine import Value, topological_order
from .module import Module
from .neuron import Neuron
from .shapes import each, flat, lists, shape, written


@dataclass(frozen=True)
class Row:
    """One module of a model.

    **Attributes:** `name`: the path to it, empty for the model itself; `module`: its repr;
    `output`: the shape of what it returned at its first call, as text; `parameters`: how many it
    holds, with those of the modules in it; `operations`: how many nodes its calls record for one
    example, with those inside (None where it was not run).
    """

    name: str
    module: str
    output: str
    parameters: int
    operations: int | None


@dataclass(frozen=True)
class Summary:
    """What `summary` found: `rows`, the model itself first. It prints as a table.

    >>> from tinygrad_neuron.nn import summary
    >>> from tinygrad_neuron import nn
    >>> found = summary(nn.MLP(2, [3, 1]), [0.0, 0.0])
    >>> found.rows[0].parameters
    13
    """

    rows: tuple[Row, ...]

    @property
    def parameters(self) -> int:
        """Of the whole model, shared ones counted once."""
        return self.rows[0].parameters

    @property
    def operations(self) -> int | None:
        """For one example, without leaves."""
        return self.rows[0].operations

    def _cells(self) -> list[tuple[str, ...]]:
        head = ("layer", "module", "output", "parameters", "operations")
        found: list[tuple[str, ...]] = [head]
        for row in self.rows:
            operations = "" if row.operations is None else f"{row.operations:,}"
            name = row.name or "(model)"
            found.append((name, row.module, row.output, f"{row.parameters:,}", operations))
        return found

    def __repr__(self) -> str:
        return in_columns(self._cells(), texts=3)

    def _repr_html_(self) -> str:
        """In a notebook, a table."""

        def line(row: tuple[str, ...], tag: str) -> str:
            return f"<tr>{''.join(f'<{tag}>{html.escape(cell)}</{tag}>' for cell in row)}</tr>"

        head, *rows = self._cells()
        body = "".join(line(row, "td") for row in rows)
        return f"<table><thead>{line(head, 'th')}</thead><tbody>{body}</tbody></table>"


def summary(model: Module, *example: Any) -> Summary:
    """The modules of a model in a table: shapes, parameters, operations for one example.

    **Arguments:** `example`: what a call of the model takes, of which only the shape matters; left
    out, only the parameters are counted. A parameter or a module that stands in several places is
    counted once.

    >>> from tinygrad_neuron import nn
    >>> model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8, 2))
    >>> summary(model, [[[0.0] * 4] * 4])
    layer      module           output     parameters  operations
    (model)    Sequential       (2,)               38         116
    layers[0]  Conv2d(1, 2, 3)  (2, 2, 2)          20          88
    layers[1]  ReLU()           (2, 2, 2)           0           8
    layers[2]  Flatten()        (8,)                0           0
    layers[3]  Linear(8, 2)     (2,)               18          20
    """
    if not isinstance(model, Module):
        raise TypeError(f"summary: model must be a Module, got {described(model)}")
    modules = {"": model}
    modules |= {
        name: item
        for name, item in model._walk()
        if isinstance(item, Module) and not isinstance(item, Neuron)  # a layer's stand in its row
    }
    returned: dict[int, Any] = {}
    operations: dict[int, int] = {}
    if example:
        leaves = [
            each(lambda v: Value(v) if isinstance(v, float) else v, lists(x)) for x in example
        ]
        with model.undisturbed(), _watched(list(modules.values()), returned):
            output = model(*leaves)
        operations = _counted([v for v in flat(_nested(output)) if isinstance(v, Value)])
    rows = []
    for name, module in modules.items():
        ran = id(module) in returned
        inner = any(other != name and _inside(other, name) for other in modules)
        rows.append(
            Row(
                name,
                type(module).__name__ if inner else repr(module),
                _shapes(returned[id(module)]) if ran else "",
                len(module.parameters()),
                operations.get(id(module.scope), 0) if ran else None,
            )
        )
    return Summary(tuple(rows))


def _inside(name: str, outer: str) -> bool:
    return not outer or name.startswith((f"{outer}.", f"{outer}["))


@contextmanager
def _watched(modules: list[Module], returned: dict[int, Any]) -> Iterator[None]:
    """Note what the first call of each module returns, by the module's identity.

    For as long as it lasts each has a class of its own below its class, since Python looks up a
    call in the class.
    """
    kinds = [type(module) for module in modules]
    try:
        for module, kind in zip(modules, kinds, strict=True):

            def call(self: Any, *arguments: Any, _kind: Any = kind, **options: Any) -> Any:
                found = _kind.__call__(self, *arguments, **options)
                returned.setdefault(id(self), found)
                return found

            members = {"__call__": call, "__slots__": (), "__module__": kind.__module__}
            module.__class__ = type(kind.__name__, (kind,), members)
        yield
    finally:
        for module, kind in zip(modules, kinds, strict=True):
            module.__class__ = kind


def _counted(outputs: list[Value]) -> dict[int, int]:
    """How many operations stand within calls of each module, by the identity of its place."""
    counts: dict[int, int] = {}
    for node in topological_order(*outputs):
        if node._prev and node.within is not None:
            for place in {id(scope.place) for scope in node.within.path}:
                counts[place] = counts.get(place, 0) + 1
    return counts


def _nested(output: Any) -> Any:
    """Whatever a module returns, as lists."""
    if isinstance(output, dict):
        return [_nested(part) for part in output.values()]
    return [_nested(part) for part in output] if isinstance(output, list | tuple) else output


def _shapes(output: Any) -> str:
    """The shape of what was returned; of a tuple, the shapes of its parts."""
    if isinstance(output, tuple):
        return ", ".join(_shapes(part) for part in output if part is not None)
    try:
        return written(shape(output))
    except ValueError:  # lists of different shapes
        return "?"
