"""`Module`: anything that holds parameters, alone or nested."""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, TypeVar

from ..calculus.primitive import LEAF
from ..engine import Value
from ..notebook import Shown
from ..operators import forget_gradient, tracing
from ..scope import Scope, call_of, enter, here

_Self = TypeVar("_Self", bound="Module")
_Method = TypeVar("_Method", bound=Callable[..., Any])


def in_own_scope(method: _Method) -> _Method:
    """A method of a Module whose operations are recorded in a scope of this call.

    `__call__` is one by itself. Within a call of the same module there is no second scope.
    """

    @wraps(method)
    def run(self: "Module", /, *arguments: Any, **options: Any) -> Any:
        place, outer = self.__dict__.get("_scope") or self.scope, here.scope
        if outer is not None and outer.module is place:
            return method(self, *arguments, **options)
        enter(call_of(place, outer))
        try:
            return method(self, *arguments, **options)
        finally:
            here.scope = outer

    return run  # type: ignore[return-value]  # the same signature


class Module(Shown):
    """Base class of everything with parameters.

    Parameters are the leaf Values held in attributes: directly, in lists, tuples and dictionaries,
    and in other Modules. A Module gives each a place in the model, its scope, when it is assigned
    (what is appended to a list later gets it when the parameters are next listed). Parameters and
    Modules that stand in several places keep the first.

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

    def __init_subclass__(cls, **options: Any) -> None:
        """Let every call of the module record in a scope of its own."""
        super().__init_subclass__(**options)
        if "__call__" in vars(cls):
            cls.__call__ = in_own_scope(cls.__call__)  # type: ignore[method-assign]

    @property
    def training(self) -> bool:
        """Whether the module is being trained (from the start) or evaluated."""
        mode: bool = self.__dict__.get("_training", True)
        if tracing.trace is not None:  # a branch on it is valid for this mode only
            tracing.trace.mode(self, mode)
        return mode

    @training.setter
    def training(self, mode: bool) -> None:
        self.__dict__["_training"] = mode

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
        for path, item in _held(value, name):
            self._adopt(path, item)

    def _adopt(self, name: str, item: "Value | Module") -> None:
        """Tell a parameter or a module that has no place yet that it is here."""
        if isinstance(item, Value):
            if item.scope is None:
                item.scope = self.scope
                item.label = item.label or name
        elif item.scope.parent is None and item.scope not in self.scope.path:
            # Not a module around this one, to which it refers back: scopes form a tree.
            item.scope.name, item.scope.parent = name, self.scope

    def _walk(self, path: str, seen: set[int]) -> Iterator[tuple[str, "Value | Module"]]:
        """The parameters and modules below this one, each once, with the path to it.

        `seen` has identities, because a subclass may define equality (a dataclass does).
        """
        seen.add(id(self))
        for attribute, value in list(self.__dict__.items()):
            for name, item in _held(value, attribute):
                if id(item) not in seen:
                    seen.add(id(item))
                    self._adopt(name, item)
                    yield path + name, item
                    if isinstance(item, Module):
                        yield from item._walk(f"{path}{name}.", seen)

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Every parameter once, with the path to it, in the order of assignment.

        >>> from tinygrad_neuron import nn
        >>> [name for name, p in nn.Layer(2, 1).named_parameters()]
        ['neurons[0].w[0]', 'neurons[0].w[1]', 'neurons[0].b']
        """
        for path, item in self._walk("", set()):
            if isinstance(item, Value):
                yield path, item

    def parameters(self) -> list[Value]:
        """Every parameter once."""
        return [value for _, value in self.named_parameters()]

    def zero_grad(self) -> None:
        """Set the gradient of every parameter back to 0.0, "not computed yet"."""
        for parameter in self.parameters():
            forget_gradient(parameter)

    def train(self: _Self, mode: bool = True) -> _Self:
        """Switch to training (dropout draws masks); returns the module."""
        self.training = mode
        for _, item in self._walk("", set()):
            if isinstance(item, Module):
                item.training = mode
        return self

    def eval(self: _Self) -> _Self:
        """Switch to evaluation (dropout lets everything pass); returns the module."""
        return self.train(False)


def _held(item: Any, name: str) -> Iterator[tuple[str, Value | Module]]:
    """The leaf Values and the Modules that an attribute holds, alone or in containers."""
    if isinstance(item, Value):
        if item._operation is LEAF:
            yield name, item
    elif isinstance(item, Module):
        yield name, item
    elif isinstance(item, _CONTAINERS):
        for key, value in item.items() if isinstance(item, dict) else enumerate(item):
            if isinstance(value, _HOLDERS):
                yield from _held(value, f"{name}[{key!r}]")


_CONTAINERS = (list, tuple, dict)
_HOLDERS = (Value, Module, *_CONTAINERS)
