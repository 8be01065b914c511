"""Modules of PyTorch as modules of ours, and the other way, number by number."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from .. import nn
from ..checking import described
from ..init import Seed, generator_of
from ..public import named_options
from ..reflexes import PYTORCH, is_of_torch
from . import kinds
from .description import Description, describe


@named_options
def from_torch(module: Any, seed: Seed = None) -> nn.Module:
    """A module of PyTorch as the same module here: its numbers, its layers, its mode.

    What it computes for one example is what PyTorch's computes, with its gradients, in double
    precision; `draw_dot(model, example=[0.5, -1.0])` and `walkthrough(model, [0.5, -1.0])` then
    show it number by number.

    **Arguments:** `module`: one of PyTorch's layers that this package has too, or a Sequential of
    them, nested or not (of a class of your own, bring the layers over one by one, and call them in
    the `forward` of an `nn.Module` here); `seed`: for the masks of dropout, as for `nn.Dropout`.

    **Returns** the module of ours. Here a call takes one example, so `Flatten(1)`, which leaves
    the axis of PyTorch's batch, becomes `Flatten()`. Whether a parameter is frozen is not kept.
    PyTorch itself is less exact in two places: beyond its threshold (20) its `Softplus` is a
    straight line, 2.1e-9 away, and on a CPU the gradient of its `Hardsigmoid` is off by 3e-8.

    Raises a `TypeError` for a module that is not here, a `ValueError` for an option that is not
    (a dilation, groups, bidirectional): both say which and what is; a `ModuleNotFoundError`
    without PyTorch.

    >>> import torch  # doctest: +SKIP
    >>> theirs = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh())  # doctest: +SKIP
    >>> from_torch(theirs)  # doctest: +SKIP
    Sequential(Linear(2, 3), Tanh())
    """
    torch = _pytorch("from_torch")
    if not isinstance(module, torch.nn.Module):
        state = isinstance(module, Mapping)  # of a state_dict() or a file
        hint = "; a state goes into a module first: module.load_state_dict(state)" if state else ""
        if isinstance(module, nn.Module):
            hint = "; it is a module of this package already: use it as it is"
        raise TypeError(
            f"from_torch: module must be a torch.nn.Module, got {described(module)}{hint}"
        )
    return _Reading(generator_of(seed)).module(module, "")


def to_torch(model: Any) -> Any:
    """A model of ours as the same module of PyTorch, in double precision (float64).

    `MLP`, `Layer` and `Neuron` become a Sequential of Linear layers and activations. It takes one
    example or a batch of them as its first axis (recurrent layers and attention are made with
    `batch_first`), save where there is a `Flatten`, which needs the batch. Where ours gives one
    number, PyTorch's gives a vector of one.

    **Arguments:** `model`: a layer that PyTorch has too, under the same name, a network of
    neurons, or a `Sequential` of them.

    **Returns** a `torch.nn.Module` with the same numbers, in the same mode. PyTorch's own random
    generator is left as it is.

    Raises a `TypeError` or a `ValueError` for what has no counterpart, a `ModuleNotFoundError`
    without PyTorch.

    >>> to_torch(nn.MLP(2, [3, 1], "tanh", seed=0))  # doctest: +SKIP
    Sequential(
      (0): Linear(in_features=2, out_features=3, bias=True)
      (1): Tanh()
      (2): Linear(in_features=3, out_features=1, bias=True)
    )
    """
    torch = _pytorch("to_torch")
    description = describe("to_torch", model)
    with torch.random.fork_rng(devices=[]):  # what the layers draw to start with is not kept
        return _written(torch, description, {})


def _pytorch(where: str) -> Any:
    """The module `torch`; an error that says how to get it where there is none."""
    try:
        return import_module("torch")
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            f'{where} needs PyTorch: pip install "tinygrad_neuron[torch]"; '
            "torch_source writes a program without it"
        ) from None


class _Reading:
    """One walk through a module of PyTorch; what stands in two places is made once."""

    def __init__(self, generator: Any) -> None:
        self.generator = generator
        self.known: dict[int, nn.Module] = {}
        self.owners: dict[int, str] = {}
        self.open: set[int] = set()

    def module(self, module: Any, path: str) -> nn.Module:
        """Our module for the one that stands at a path."""
        if id(module) in self.open:
            raise ValueError(f"from_torch: the Sequential (at {path!r}) holds itself")
        found = self.known.get(id(module))
        if found is None:
            self.open.add(id(module))
            found = self.known[id(module)] = self._made(module, path)
            self.open.discard(id(module))
        return found

    def _made(self, module: Any, path: str) -> nn.Module:
        """The same of what was not met yet."""
        name, at = type(module).__name__, f" (at {path!r})" if path else ""
        row = name == "Sequential" and type(module).__module__.startswith("torch.nn.modules.")
        kind = None if row else kinds.kind_of_torch(module)
        if kind is None and not row:
            raise TypeError(
                f"from_torch: {name}{at} is not supported{_way_out(module)}; what is: "
                f"{kinds.supported_of_torch()}"
            )
        if module._forward_hooks or module._forward_pre_hooks or "forward" in vars(module):
            raise ValueError(
                f"from_torch: {name}{at} has hooks or a forward of its own, which change what it "
                "computes and cannot be brought over; remove them (for a weight's norm: "
                "remove_weight_norm)"
            )
        if kind is None:
            parts = [self.module(part, f"{path}.{key}".lstrip(".")) for key, part in _parts(module)]
            made: nn.Module = nn.Sequential(*parts)
            made.training = module.training
            return made
        try:
            arguments = kinds.of_torch(kind, module)
        except ValueError as error:
            raise ValueError(f"from_torch: {name}{at} with {error}") from None
        if kind.drawn:
            arguments["seed"] = self.generator
        try:
            made = getattr(nn, kind.name)(**arguments)
        except ValueError as error:  # the layer says what it cannot be
            raise ValueError(f"from_torch{at}: {error}") from None
        self._load(made, module, f"{name}{at}")
        return made.train(module.training)

    def _load(self, made: nn.Module, module: Any, owner: str) -> None:
        """Take over the numbers; refuse a parameter that another layer has too."""
        for _, parameter in module.named_parameters():
            other = self.owners.setdefault(id(parameter), owner)
            if other != owner:
                raise ValueError(
                    f"from_torch: {owner} shares a parameter with {other}; only whole layers can "
                    "stand in two places"
                )
            if parameter.is_complex() or parameter.is_meta:
                what = "complex numbers" if parameter.is_complex() else "no numbers (device 'meta')"
                raise ValueError(f"from_torch: {owner} has {what}; here they are real numbers")
        numbers = module.state_dict()
        made.load_state_dict({n: t.detach().cpu().double().tolist() for n, t in numbers.items()})


# What holds the module that one means, and how to get at it.
_HELD_BY = {
    "OptimizedModule": "bring over what torch.compile was given, module._orig_mod",
    "DataParallel": "bring over what it holds, module.module",
    "DistributedDataParallel": "bring over what it holds, module.module",
}
_TRANSFORMER = (
    "no transformer's block can be brought over whole: its forward is a program; its parts can, as "
    "in from_torch(block.linear1), from_torch(block.norm1), from_torch(block.self_attn), to be "
    "called in the forward of an nn.Module here"
)


def _way_out(module: Any) -> str:
    """What to do instead with a module that cannot be brought over, where there is a way."""
    name, theirs = type(module).__name__, is_of_torch(module)
    if theirs and name in _HELD_BY:
        return f" ({_HELD_BY[name]})"
    if "parametrizations" in module._modules:
        return (
            " (its numbers are computed of others; make them plain ones first: "
            'torch.nn.utils.parametrize.remove_parametrizations(module, "weight"))'
        )
    if theirs and name.startswith("Transformer"):
        return f" ({_TRANSFORMER})"
    if not theirs:
        return (
            " (its forward is a program of your own: bring its layers over one by one, as in "
            "from_torch(module.layer), and call them in the forward of an nn.Module here)"
        )
    advice = PYTORCH["nn"].get(name)
    return f" ({advice})" if advice else ""


def _parts(module: Any) -> list[tuple[str, Any]]:
    """The parts of a Sequential of PyTorch; one that stands there twice is there twice."""
    return list(module._modules.items())


def _written(torch: Any, description: Description, known: dict[int, Any]) -> Any:
    """The module of PyTorch for a description; the same one for the same."""
    if id(description) in known:
        return known[id(description)]
    made: Any
    if description.kind is None:
        made = torch.nn.Sequential(*(_written(torch, p, known) for p in description.parts))
    else:
        made = getattr(torch.nn, description.torch_class)(**description.arguments).double()
        numbers = {
            name: torch.tensor(given, dtype=torch.float64)
            for name, given in description.state.items()
        }
        made.load_state_dict(numbers)
        made.train(description.training)
    made.training = description.training
    known[id(description)] = made
    return made
