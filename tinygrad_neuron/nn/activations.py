"""The activations as modules, made from the table's entries, under PyTorch's names.

`ReLU()` is the table's `relu`, applied to every number of nested lists. What an activation takes
besides (the slope of `LeakyReLU`) is an argument of the module, with the table's default.
"""

import re
from typing import TYPE_CHECKING, Any, ClassVar

from ..calculus.operation import Operation
from ..calculus.table import TABLE
from ..checking import to_float
from ..public import unknown_option
from .module import Module
from .shapes import Array, each, values

# Where PyTorch's name is not the table's, written as one word for each capital.
_NAMES = {
    "relu": "ReLU",
    "leaky_relu": "LeakyReLU",
    "elu": "ELU",
    "selu": "SELU",
    "swish": "SiLU",
    "gelu": "GELU",
    "gelu_tanh": "GELUTanh",
    "hard_sigmoid": "Hardsigmoid",
    "hard_tanh": "Hardtanh",
}
_DIFFERENCES = {
    "leaky_relu": "PyTorch calls the argument `negative_slope`.",
    "swish": "PyTorch's has no `beta`.",
    "gelu": "PyTorch's GELU(approximate='tanh') is GELUTanh here.",
    "gelu_tanh": "In PyTorch it is GELU(approximate='tanh').",
    "hard_tanh": "PyTorch's takes bounds.",
    "softplus": "PyTorch's takes a `beta`.",
    "step": "PyTorch has no such module.",
    "identity": "It records a node, as the activation of a linear unit does; PyTorch's does not.",
}

_EXAMPLE = re.compile(r"\w+\(([^,]+)(?:, (.+))?\)\.data -> (.+)")  # of an entry


class ActivationModule(Module):
    """An activation of the table as a module; made by `activation_module`."""

    operation: ClassVar[Operation]

    def __init__(self, *arguments: float, **options: float) -> None:
        name, entry = type(self).__name__, self.operation
        further = entry.operands[1:]
        if len(arguments) > len(further) or options.keys() - set(further[len(arguments) :]):
            other = next((option for option in options if option not in further), None)
            if other is not None and len(arguments) <= len(further):
                raise unknown_option(name, other, further)
            takes = ", ".join(further) or "no argument"
            raise TypeError(f"{name} takes {takes}, got {arguments or ''}{options or ''}")
        given = dict(zip(further, entry.defaults, strict=True))
        given |= dict(zip(further, arguments, strict=False)) | options
        self.arguments = [to_float(number, name, what) for what, number in given.items()]

    def __call__(self, x: Array) -> Any:
        x = values(type(self).__name__, "the input", x, "...")
        return each(lambda z: self.operation.function(z, *self.arguments), x)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(str, self.arguments))})"


def activation_module(entry: Operation) -> type[ActivationModule]:
    """The class of modules for an activation of the table.

    >>> relu = activation_module(TABLE["relu"])
    >>> relu.__name__, [y.data for y in relu()([-1.0, 2.0])]
    ('ReLU', [0.0, 2.0])
    """
    name = _NAMES.get(entry.name, entry.name.title().replace("_", ""))
    parts = [entry.summary, _DIFFERENCES.get(entry.name, "")]
    if entry.source:
        parts.append(f"Source: {entry.source}")
    if shown := _EXAMPLE.fullmatch(entry.example):
        x, further, result = shown.groups(default="")
        parts.append(f">>> {name}({further})({x}).data\n{result}")
    text = "\n\n".join(part for part in parts if part)
    members = {"operation": entry, "__doc__": text, "__module__": __name__}
    return type(name, (ActivationModule,), members)


ACTIVATIONS = {
    made.__name__: made
    for made in (activation_module(entry) for entry in TABLE.values() if entry.activation)
}
globals().update(ACTIVATIONS)  # so that a pickle finds them

if TYPE_CHECKING:  # the same, for type checkers and editors (a test compares)

    class Step(ActivationModule): ...

    class Identity(ActivationModule): ...

    class Sigmoid(ActivationModule): ...

    class Tanh(ActivationModule): ...

    class ReLU(ActivationModule): ...

    class LeakyReLU(ActivationModule): ...

    class ELU(ActivationModule): ...

    class SELU(ActivationModule): ...

    class Softplus(ActivationModule): ...

    class Softsign(ActivationModule): ...

    class SiLU(ActivationModule): ...

    class GELU(ActivationModule): ...

    class GELUTanh(ActivationModule): ...

    class Mish(ActivationModule): ...

    class Hardsigmoid(ActivationModule): ...

    class Hardtanh(ActivationModule): ...
