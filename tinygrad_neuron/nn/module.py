"""`Module`: anything that holds parameters, alone or nested."""

from collections.abc import Iterator
from typing import Any, TypeVar

from ..engine import LEAF, Scope, Value, forget_gradient

_Self = TypeVar("_Self", bound="Module")


class Module:
    """Base class of everything with parameters.

    Parameters are the leaf Values held in attributes: directly, in lists, tuples and dictionaries,
    and in other Modules. A Module gives each a place in the model, its scope, when it is assigned.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope = Value(2.0)
    ...         self.offset = Value(1.0)
    ...     def __call__(self, x):
    ...         return self.slope * x + self.offset
    >>> line = Line()
    >>> line(3.0).backward()
    >>> [(name, p.grad) for name, p in line.named_parameters()]
    [('slope', 3.0), ('offset', 1.0)]
    """

    training = True

    @property
    def scope(self) -> Scope:
        """The place of this module in the model: a record that its nodes refer to."""
        scope = self.__dict__.get("_scope")
        if scope is None:
            scope = self.__dict__["_scope"] = Scope(type(self).__name__)
        found: Scope = scope
        return found

    def __setattr__(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)
        self._adopt(name, value)

    def _adopt(self, name: str, value: object) -> None:
        """Tell what has been assigned where in the model it is."""
        if isinstance(value, Module):
            value.scope.name, value.scope.parent = name, self.scope
        elif isinstance(value, Value):
            if value._operation is LEAF and value.scope is None:
                value.scope = self.scope
                value.label = value.label or name
        elif isinstance(value, list | tuple):
            for position, item in enumerate(value):
                self._adopt(f"{name}[{position}]", item)
        elif isinstance(value, dict):
            for key, item in value.items():
                self._adopt(f"{name}[{key!r}]", item)

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Every parameter once, with the path to it, in the order of assignment.

        >>> from tinygrad_neuron import nn
        >>> [name for name, p in nn.Layer(2, 1).named_parameters()]
        ['neurons[0].w[0]', 'neurons[0].w[1]', 'neurons[0].b']
        """
        seen: set[Value] = set()
        for name, value in _held(self, ""):
            if value not in seen:
                seen.add(value)
                yield name, value

    def parameters(self) -> list[Value]:
        """Every parameter once."""
        return [value for _, value in self.named_parameters()]

    def zero_grad(self) -> None:
        """Set the gradient of every parameter back to 0.0, "not computed yet"."""
        for parameter in self.parameters():
            forget_gradient(parameter)

    def train(self: _Self, mode: bool = True) -> _Self:
        """Switch to training (dropout draws masks); returns the module."""
        for module in self._modules():
            module.__dict__["training"] = mode
        return self

    def eval(self: _Self) -> _Self:
        """Switch to evaluation (dropout lets everything pass); returns the module."""
        return self.train(False)

    def _modules(self) -> Iterator["Module"]:
        found: dict[Module, None] = {self: None}
        stack: list[object] = list(self.__dict__.values())
        while stack:
            item = stack.pop()
            if isinstance(item, Module):
                if item not in found:
                    found[item] = None
                    stack += item.__dict__.values()
            elif isinstance(item, list | tuple):
                stack += item
            elif isinstance(item, dict):
                stack += item.values()
        return iter(found)


def _held(item: Any, path: str) -> Iterator[tuple[str, Value]]:
    if isinstance(item, Value):
        if item._operation is LEAF:
            yield path, item
    elif isinstance(item, Module):
        for name, value in item.__dict__.items():
            yield from _held(value, f"{path}.{name}" if path else name)
    elif isinstance(item, list | tuple):
        for position, value in enumerate(item):
            yield from _held(value, f"{path}[{position}]")
    elif isinstance(item, dict):
        for key, value in item.items():
            yield from _held(value, f"{path}[{key!r}]")
