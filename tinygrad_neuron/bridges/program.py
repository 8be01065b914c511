"""A model and its training as the text of a PyTorch program."""

import math
from functools import partial
from typing import Any

from .. import losses, nn, optim
from ..checking import described
from .description import Description, describe
from .kinds import ONE_OUTPUT

_WHERE = "torch_source"
# The same loss in PyTorch, with what it takes besides predictions and targets.
_LOSSES = {
    "mean_squared_error": "F.mse_loss(predictions, targets)",
    "mean_absolute_error": "F.l1_loss(predictions, targets)",
    "huber": "F.huber_loss(predictions, targets, delta={delta})",
    "binary_cross_entropy": "F.binary_cross_entropy(predictions, targets)",
    "binary_cross_entropy_with_logits": (
        "F.binary_cross_entropy_with_logits(predictions, targets)"
    ),
    # Here the classes are the last axis, of sequences too; F.cross_entropy takes axis 1.
    "cross_entropy": (
        "F.cross_entropy(\n        predictions.flatten(0, -2), "
        "targets.flatten(0, predictions.ndim - 2)\n    )"
    ),
    "hinge": "torch.relu(1 - targets * predictions).mean()",
}

_PROGRAM = '''\
"""A model of tinygrad_neuron and its training, in PyTorch.

    python program.py data.json

The file holds two lists, [inputs, targets], with an item for each example.
"""

import json
{math}import sys

import torch
from torch import nn
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)  # the numbers of Python

model = {model}

weights = {weights}
model.load_state_dict({{name: torch.tensor(numbers) for name, numbers in weights.items()}})

optimiser = {optimiser}
{schedule}

def loss_function(predictions, targets):
    return {loss}


def train(inputs, targets, steps):
    """The losses before each of some steps; a step sees all examples."""
    inputs = torch.tensor(inputs, dtype={dtype})
    targets = torch.tensor(targets{target_dtype})
    model.train()
    found = []
    for _ in range(steps):
        predictions = model(inputs)
        loss = loss_function(predictions, {targets})
        optimiser.zero_grad()
        loss.backward()
        optimiser.step(){scheduled}
        found.append(loss.item())
    return found


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"The file with the examples is missing.\\n\\n{{__doc__}}")
    try:
        with open(sys.argv[1], encoding="utf-8") as file:
            inputs, targets = json.load(file)
    except (OSError, TypeError, ValueError) as error:
        sys.exit(f"{{sys.argv[1]}} cannot be read as [inputs, targets]: {{error}}")
    for step, loss in enumerate(train(inputs, targets, steps=100)):
        print(step, loss)
'''


def torch_source(model: Any, loss: Any, optimiser: Any) -> str:
    """The text of a PyTorch program with the same model, numbers, loss and optimiser.

    PyTorch is not needed to write it. Its weights stand in it, under the names of PyTorch's
    `state_dict`; its function `train(inputs, targets, steps)` returns the losses, which are those
    of the same steps here on all examples at once, in double precision (with dropout, of other
    masks).

    **Arguments:** `model`: as for `to_torch`, and of layers that give one array (no sequences of
    states); `loss`: a function of `losses`, or its name (`functools.partial(losses.huber,
    delta=0.5)` too); `optimiser`: a new one of `optim`, for the parameters of the model, with a
    learning rate or one of the schedules there.

    Raises a `TypeError` or a `ValueError` for what has no counterpart in PyTorch, with what has.

    >>> from tinygrad_neuron import losses, optim
    >>> model = nn.Sequential(nn.Linear(2, 3, seed=0), nn.Tanh(), nn.Linear(3, 1, seed=1))
    >>> sgd = optim.SGD(model.parameters(), lr=0.1)
    >>> text = torch_source(model, losses.mean_squared_error, sgd)
    >>> print(text[text.index("model = ") : text.index("weights = ")])
    model = nn.Sequential(
        nn.Linear(in_features=2, out_features=3, bias=True),
        nn.Tanh(),
        nn.Linear(in_features=3, out_features=1, bias=True),
    )
    <BLANKLINE>
    <BLANKLINE>
    >>> print(text[text.index("optimiser = ") :].splitlines()[0])
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    """
    description = describe(_WHERE, model)
    leaves = _trainable(description)
    name, loss_text = _loss(loss)
    rate, schedule = _optimiser(model, optimiser)
    whole_numbers = any(leaf.torch_class == "Embedding" for leaf in leaves)
    classes = name == "cross_entropy"  # whole numbers, or distributions
    return _PROGRAM.format(
        model=_module(description, ""),
        weights=_weights(description.state_dict()),
        optimiser=rate,
        schedule=schedule,
        math="import math\n" if "math." in schedule else "",
        scheduled="\n        scheduler.step()" if schedule else "",
        loss=loss_text,
        dtype="torch.long" if whole_numbers else "torch.float64",
        target_dtype="" if classes else ", dtype=torch.float64",
        # A last layer of one unit gives a list of one for each example.
        targets="targets" if classes else "targets.view_as(predictions)",
    )


def _trainable(description: Description) -> list[Description]:
    """The layers, if they can stand in a program that trains."""
    leaves = [leaf for _, leaf in description.leaves()]
    seen: set[int] = set()
    for leaf in leaves:
        if leaf.kind is not None and not leaf.kind.one_output:
            raise TypeError(
                f"{_WHERE}: {leaf.torch_class} returns several things, and a loss takes one; "
                f"what can stand in the program: MLP, Layer, Neuron, {ONE_OUTPUT}"
            )
        if leaf.state and id(leaf) in seen:
            raise ValueError(
                f"{_WHERE}: a {leaf.torch_class} stands in two places of the model; in the program "
                "each layer with parameters stands in one (to_torch keeps it shared)"
            )
        seen.add(id(leaf))
    return leaves


def _module(description: Description, indent: str) -> str:
    """The expression that makes a module."""
    if description.kind is not None:
        options = ", ".join(f"{name}={value!r}" for name, value in description.arguments.items())
        return f"nn.{description.torch_class}({options})"
    inner = indent + "    "
    parts = [f"{inner}{_module(part, inner)},\n" for part in description.parts]
    return "nn.Sequential(\n" + "".join(parts) + indent + ")" if parts else "nn.Sequential()"


def _weights(state: dict[str, Any]) -> str:
    """The dictionary of all numbers, each as the shortest text that reads back to the same."""
    lines = [f'    "{name}": {_numbers(numbers, "    ")},\n' for name, numbers in state.items()]
    return "{\n" + "".join(lines) + "}" if lines else "{}"


def _numbers(numbers: Any, indent: str) -> str:
    if not isinstance(numbers, list):
        return repr(numbers) if math.isfinite(numbers) else f'float("{numbers}")'
    if not numbers or not isinstance(numbers[0], list):
        return f"[{', '.join(_numbers(n, '') for n in numbers)}]"
    inner = indent + "    "
    return "[\n" + "".join(f"{inner}{_numbers(n, inner)},\n" for n in numbers) + indent + "]"


def _loss(loss: Any) -> tuple[str, str]:
    """The name of a loss, and the expression in PyTorch."""
    function, options = loss, {}
    if isinstance(loss, partial) and not loss.args:
        function, options = loss.func, loss.keywords
    name = function if isinstance(function, str) else getattr(function, "__name__", "")
    known = name in _LOSSES and (isinstance(function, str) or function is getattr(losses, name))
    if not known or options.keys() - ({"delta"} if name == "huber" else set()):
        raise ValueError(
            f"{_WHERE}: the loss must be one of losses that PyTorch has: {', '.join(_LOSSES)}; "
            f"got {described(loss)}"
        )
    return name, _LOSSES[name].format(delta=float(options.get("delta", 1.0)))


def _optimiser(model: nn.Module, optimiser: Any) -> tuple[str, str]:
    """The expressions that make the optimiser and, where the learning rate has one, a schedule."""
    kind = type(optimiser)
    if kind not in (optim.SGD, optim.Adam, optim.AdamW):
        raise TypeError(
            f"{_WHERE}: the optimiser must be an optim.SGD, Adam or AdamW, "
            f"got {described(optimiser)}"
        )
    if {id(p) for p in optimiser.parameters} != {id(p) for p in model.parameters()}:
        raise ValueError(
            f"{_WHERE}: the optimiser must be made for all parameters of the model: "
            f"optim.{kind.__name__}(model.parameters(), ...)"
        )
    if optimiser.steps:
        raise ValueError(
            f"{_WHERE}: the optimiser has taken steps ({optimiser.steps}) and the program starts "
            f"with a new one; pass a new optim.{kind.__name__}(model.parameters(), ...)"
        )
    lr, factor = _rate(optimiser.lr)
    options: dict[str, Any] = {"lr": lr}
    if kind is optim.SGD:
        defaults = {"momentum": 0.0, "nesterov": False, "weight_decay": 0.0}
        options |= {n: getattr(optimiser, n) for n, v in defaults.items()}
        options = {n: v for n, v in options.items() if v != defaults.get(n)}
    else:
        options |= {n: getattr(optimiser, n) for n in ("betas", "eps", "weight_decay")}
    given = ", ".join(f"{name}={value!r}" for name, value in options.items())
    made = f"torch.optim.{kind.__name__}(model.parameters(), {given})"
    if not factor:
        return made, ""
    return made, f"scheduler = torch.optim.lr_scheduler.LambdaLR(optimiser, {factor})\n"


def _rate(lr: Any) -> tuple[float, str]:
    """The learning rate to start with, and the factor after some steps as the text of a lambda."""
    if not callable(lr):
        return float(lr), ""
    function, arguments = getattr(lr, "func", None), tuple(getattr(lr, "args", ()))
    if function is getattr(optim.step_decay(1.0, 1), "func", None):
        start, every, factor = arguments
        return start, f"lambda step: {factor!r} ** (step // {every!r})"
    if function is getattr(optim.cosine_decay(1.0, 1), "func", None):
        start, steps, final = arguments
        wave = f"0.5 * (1.0 + math.cos(math.pi * min(step / {steps!r}, 1.0)))"
        low = final / start
        return start, f"lambda step: {f'{low!r} + {1.0 - low!r} * ' if low else ''}{wave}"
    raise ValueError(
        f"{_WHERE}: the learning rate must be a number, optim.step_decay or optim.cosine_decay, "
        f"got {described(lr)}"
    )
