"""A model of ours in PyTorch's words: the kinds of its layers, their arguments and numbers."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .. import nn
from ..calculus.table import TABLE
from ..checking import described
from ..engine import Value
from ..nn.activations import ACTIVATIONS, ActivationModule
from . import kinds

_BY_FUNCTION = {made.operation.function: made for made in ACTIVATIONS.values()}


@dataclass(frozen=True)
class Description:
    """One of PyTorch's modules: its class, the arguments that make it, its state and its parts.

    `kind` is None for a Sequential; `training`, the mode.
    """

    torch_class: str
    training: bool
    kind: kinds.Kind | None = None
    arguments: dict[str, Any] = field(default_factory=dict)
    state: dict[str, Any] = field(default_factory=dict)
    parts: "tuple[Description, ...]" = ()

    def leaves(self, prefix: str = "") -> "Iterator[tuple[str, Description]]":
        """Every layer with the prefix that the names of its parameters have in PyTorch."""
        if self.kind is not None:
            yield prefix, self
        for place, part in enumerate(self.parts):
            yield from part.leaves(f"{prefix}{place}.")

    def state_dict(self) -> dict[str, Any]:
        """All numbers under PyTorch's names."""
        return {
            prefix + name: numbers
            for prefix, leaf in self.leaves()
            for name, numbers in leaf.state.items()
        }


def describe(where: str, model: Any) -> Description:
    """A model of ours in PyTorch's words; `where` names the function that asks.

    A layer that stands in two places is one Description in both. Raises a `TypeError` for a model
    or a layer that has no counterpart, a `ValueError` for an option that has none.

    >>> found = describe("to_torch", nn.MLP(2, [3, 1], "tanh", seed=0))
    >>> [part.torch_class for part in found.parts], list(found.state_dict())
    (['Linear', 'Tanh', 'Linear'], ['0.weight', '0.bias', '2.weight', '2.bias'])
    """
    if not isinstance(model, nn.Module):
        estimator = hasattr(model, "get_params")
        hint = "; of an estimator pass the network that fit makes, .model_" if estimator else ""
        raise TypeError(f"{where}: the model must be an nn.Module, got {described(model)}{hint}")
    return _Describing(where).module(model, "")


class _Describing:
    """One walk through a model; what was met already is not described again."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.known: dict[int, Description] = {}
        self.owners: dict[int, str] = {}
        self.open: set[int] = set()

    def module(self, module: Any, path: str) -> Description:
        """The description of what stands at a path."""
        if id(module) in self.open:
            raise ValueError(f"{self.where}: the Sequential{_at(path)} holds itself")
        found = self.known.get(id(module))
        if found is None:
            self.open.add(id(module))
            found = self._described(module, path)
            self.open.discard(id(module))
            self.known[id(module)] = found
        return found

    def _described(self, module: Any, path: str) -> Description:
        """The same of what was not met yet."""
        name = type(module).__name__
        if type(module) is nn.Sequential:
            parts = [self.module(part, _under(path, k)) for k, part in enumerate(module)]
            return Description("Sequential", module.training, parts=tuple(parts))
        if type(module) is nn.MLP:
            return self._network(module, module.layers, path)
        if type(module) is nn.Layer or type(module) is nn.Neuron:
            return self._network(module, [module], path)
        kind = kinds.KINDS.get(name)
        if kind is None or type(module) is not getattr(nn, name):
            whole = isinstance(module, nn.Module)
            what, out = name if whole else f"the function {module!r}", ""
            if whole and not type(module).__module__.startswith(nn.__name__):
                out = "; write its class there, and bring its layers over one by one"
            raise TypeError(
                f"{self.where}: {what}{_at(path)} has no counterpart in PyTorch that is known "
                f"here; what has: MLP, Layer, Neuron, {kinds.SUPPORTED}{out}"
            )
        try:
            arguments = kinds.of_ours(kind, module)
        except ValueError as error:
            raise ValueError(f"{self.where}: {name}{_at(path)} with {error}") from None
        self._own(module.parameters(), f"{name}{_at(path)}")
        return Description(kind.of_torch, module.training, kind, arguments, module.state_dict())

    def _network(self, model: nn.Module, layers: Any, path: str) -> Description:
        """Neurons in layers, as linear layers and activations in a row."""
        parts: list[Description] = []
        for layer in layers:
            neurons = [layer] if type(layer) is nn.Neuron else layer.neurons
            activation: Any = neurons[0].activation
            after: Description | None = None
            if isinstance(activation, ActivationModule):
                after = self.module(activation, path)
            else:
                # By equality: where nothing is generated these are methods, made when asked for.
                found = isinstance(activation, Hashable)
                made = _BY_FUNCTION.get(activation) if found else None
                if made is not None and made.__name__ not in kinds.ABSENT:
                    after = self._described(made(), path)
            if after is None or any(n.activation != activation for n in neurons):
                names = sorted({neuron.activation_name for neuron in neurons})
                raise TypeError(
                    f"{self.where}: {layer!r}{_at(path)} has the activation {', '.join(names)}, "
                    "which PyTorch has no module for; it must be one of the table, the same for "
                    "the whole layer, and not a step"
                )
            self._own(layer.parameters(), f"{type(layer).__name__}{_at(path)}")
            parts.append(_linear(layer, neurons, model.training))
            if activation != TABLE["identity"].function:
                parts.append(after)
        return Description("Sequential", model.training, parts=tuple(parts))

    def _own(self, parameters: list[Value], owner: str) -> None:
        """Refuse a parameter that stands in two layers: they would be trained apart."""
        for parameter in parameters:
            other = self.owners.setdefault(id(parameter), owner)
            if other != owner:
                raise ValueError(
                    f"{self.where}: {owner} shares a parameter with {other}; only whole layers can "
                    "stand in two places"
                )


def _linear(layer: nn.Module, neurons: list[nn.Neuron], training: bool) -> Description:
    state = layer.state_dict()
    if type(layer) is nn.Neuron:  # as a layer of one
        state = {name: [numbers] for name, numbers in state.items()}
    sizes = {"in_features": neurons[0].nin, "out_features": len(neurons), "bias": True}
    return Description("Linear", training, kinds.KINDS["Linear"], sizes, state)


def _under(path: str, place: int) -> str:
    return f"{path}.{place}" if path else str(place)


def _at(path: str) -> str:
    """Where in the model something stands, for messages."""
    return f" (at {path!r})" if path else ""
