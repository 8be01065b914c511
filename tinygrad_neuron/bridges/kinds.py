"""The layers that PyTorch and this package both have: their arguments, and what differs.

Most arguments have one name, and the modules of both sides keep them in attributes of one name, so
that one function reads them from either.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, TypeAlias

from .. import nn
from ..calculus.operation import Operation
from ..nn.activations import ACTIVATIONS

Reader: TypeAlias = Callable[[Any], Any]


@dataclass(frozen=True)
class Kind:
    """One kind of layer.

    `same`: how to read, from a module of either side, the arguments that both constructors take;
    `ours`: how to read, from PyTorch's module, further arguments of ours; `theirs`: from our
    module, further arguments of PyTorch's; `only`: for options of PyTorch's that are not here, the
    one value that can be brought over; `only_ours`: the same the other way; `drawn`: whether ours
    takes a `seed`; `one_output`: whether a call returns one array.
    """

    name: str
    same: Mapping[str, Reader] = field(default_factory=dict)
    ours: Mapping[str, Reader] = field(default_factory=dict)
    theirs: Mapping[str, Reader] = field(default_factory=dict)
    only: Mapping[str, Any] = field(default_factory=dict)
    only_ours: Mapping[str, Any] = field(default_factory=dict)
    drawn: bool = False
    one_output: bool = True
    their_name: str = ""

    @property
    def of_torch(self) -> str:
        """The name of PyTorch's class."""
        return self.their_name or self.name


def _attributes(*names: str) -> dict[str, Reader]:
    return {name: attrgetter(name) for name in names}


def _given(attribute: str) -> Reader:
    """Whether a parameter is there; PyTorch's recurrent layers leave the attribute out."""
    return lambda module: getattr(module, attribute, None) is not None


def _rate(module: Any) -> float:
    """The rate of a dropout inside: PyTorch keeps the number, this package a module or None."""
    inside = module.dropout
    rate: float = 0.0 if inside is None else getattr(inside, "p", inside)
    return rate


def _always(value: Any) -> Reader:
    return lambda _: value


def _only_length(module: Any) -> int:
    """The length of the vectors that a norm takes, from PyTorch's."""
    lengths = tuple(module.normalized_shape)
    if len(lengths) != 1:
        raise ValueError(f"normalized_shape={lengths}; here it must be one length")
    return int(lengths[0])


def _eps_of_rms(module: Any) -> float | None:
    """PyTorch's default is that of the type of its numbers; here they are of double precision."""
    if module.eps is not None or module.weight is None:
        eps: float | None = module.eps
        return eps
    smallest = 1.0
    one = module.weight.detach().new_ones(())
    while bool((one + smallest / 2) != one):
        smallest /= 2
    return smallest


def _padding(module: Any) -> Any:
    """PyTorch's padding in numbers; it may be a word."""
    padding = module.padding
    if padding == "valid":
        return 0
    if padding == "same":
        if any(size % 2 == 0 for size in module.kernel_size):
            raise ValueError("padding='same' with an even kernel_size; here both sides get as much")
        return tuple(size // 2 for size in module.kernel_size)
    return padding


def _axis(name: str) -> Reader:
    """PyTorch counts the axis of the batch, which is not here."""

    def read(module: Any) -> int:
        axis: int = getattr(module, name)
        if axis < 0:
            raise ValueError(f"{name}={axis}; here an axis is counted from the outermost, 0")
        return max(axis - 1, 0)

    return read


def _beyond_batch(name: str) -> Reader:
    return lambda module: getattr(module, name) + 1


def _check_threshold(module: Any) -> None:
    """Beyond it PyTorch's softplus is a straight line; from 20 on that is 2e-9 away or less."""
    if module.threshold < 20:
        raise ValueError(f"threshold={module.threshold}; here there is none: 20 or more")


_CONVOLUTION: dict[str, Any] = {
    "same": _attributes("in_channels", "out_channels", "kernel_size", "stride")
    | {"bias": _given("bias")},
    "ours": {"padding": _padding},
    "theirs": _attributes("padding"),
    "only": {"dilation": 1, "groups": 1, "padding_mode": "zeros"},
    "drawn": True,
}
_MAXIMA: dict[str, Any] = {
    "same": _attributes("kernel_size", "stride", "padding"),
    "only": {"dilation": 1, "return_indices": False, "ceil_mode": False},
}
_MEANS: dict[str, Any] = {
    "same": _attributes("kernel_size", "stride", "padding"),
    "only": {"ceil_mode": False, "count_include_pad": True},
}
_SEQUENCE: dict[str, Any] = {
    "same": _attributes("input_size", "hidden_size", "num_layers")
    | {"bias": _given("bias_ih_l0"), "dropout": _rate},
    "theirs": {"batch_first": _always(True)},  # one example may come alone all the same
    "only": {"bidirectional": False, "proj_size": 0},
    "drawn": True,
    "one_output": False,
}
_CELL: dict[str, Any] = {
    "same": _attributes("input_size", "hidden_size") | {"bias": _given("bias_ih")},
    "drawn": True,
}
_NONLINEARITY = _attributes("nonlinearity")
_NORM = _attributes("eps") | {"elementwise_affine": _given("weight")}

_LAYERS = [
    Kind(
        "Linear",
        _attributes("in_features", "out_features") | {"bias": _given("bias")},
        drawn=True,
    ),
    Kind("Dropout", _attributes("p"), drawn=True),
    Kind(
        "Flatten",
        ours={"start_dim": _axis("start_dim")},
        theirs={"start_dim": _beyond_batch("start_dim")},
        only={"end_dim": -1},
    ),
    Kind(
        "Unflatten",
        ours={"dim": _axis("dim"), "unflattened_size": attrgetter("unflattened_size")},
        theirs={"dim": _beyond_batch("dim"), "unflattened_size": attrgetter("unflattened_size")},
    ),
    Kind("Conv1d", **_CONVOLUTION),
    Kind("Conv2d", **_CONVOLUTION),
    Kind("MaxPool1d", **_MAXIMA),
    Kind("MaxPool2d", **_MAXIMA),
    Kind("AvgPool1d", **_MEANS),
    Kind("AvgPool2d", **_MEANS | {"only": _MEANS["only"] | {"divisor_override": None}}),
    Kind("RNN", **_SEQUENCE | {"same": _SEQUENCE["same"] | _NONLINEARITY}),
    Kind("LSTM", **_SEQUENCE),
    Kind("GRU", **_SEQUENCE),
    Kind("RNNCell", **_CELL | {"same": _CELL["same"] | _NONLINEARITY}),
    Kind("LSTMCell", **_CELL, one_output=False),
    Kind("GRUCell", **_CELL),
    Kind(
        "LayerNorm",
        _NORM | {"bias": _given("bias")},
        ours={"normalized_shape": _only_length},
        theirs={"normalized_shape": attrgetter("size")},
    ),
    Kind(
        "RMSNorm",
        {"elementwise_affine": _NORM["elementwise_affine"]},
        ours={"normalized_shape": _only_length, "eps": _eps_of_rms},
        theirs={"normalized_shape": attrgetter("size"), "eps": attrgetter("eps")},
    ),
    Kind(
        "Embedding",
        _attributes("num_embeddings", "embedding_dim"),
        only={"padding_idx": None, "max_norm": None, "scale_grad_by_freq": False},
        drawn=True,
    ),
    Kind(
        "MultiheadAttention",
        _attributes("embed_dim", "num_heads") | {"dropout": _rate, "bias": _given("in_proj_bias")},
        theirs={"batch_first": _always(True)},
        only={"_qkv_same_embed_dim": True, "bias_k": None, "add_zero_attn": False},
        drawn=True,
        one_output=False,
    ),
]

# The activations whose arguments or options are not the same on both sides.
_OPTIONS: dict[str, dict[str, Any]] = {
    "LeakyReLU": {
        "ours": {"slope": attrgetter("negative_slope")},
        "theirs": {"negative_slope": lambda module: module.arguments[0]},
    },
    "ELU": {
        "ours": _attributes("alpha"),
        "theirs": {"alpha": lambda module: module.arguments[0]},
    },
    "SiLU": {"only_ours": {"beta": 1.0}},
    "Softplus": {
        "theirs": {"threshold": _always(40.0)},  # beyond it the line is the curve, to the last bit
        "only": {"beta": 1.0},
    },
    "GELU": {"only": {"approximate": "none"}},
    "GELUTanh": {
        "their_name": "GELU",
        "theirs": {"approximate": _always("tanh")},
        "only": {"approximate": "tanh"},
    },
    "Hardtanh": {"only": {"min_val": -1.0, "max_val": 1.0}},
}
ABSENT = frozenset({"Step"})  # what PyTorch has no module for

KINDS: dict[str, Kind] = {kind.name: kind for kind in _LAYERS} | {
    name: Kind(name, **_OPTIONS.get(name, {})) for name in ACTIVATIONS if name not in ABSENT
}
SUPPORTED = ", ".join(["Sequential", *KINDS])
ONE_OUTPUT = ", ".join(["Sequential", *(name for name, kind in KINDS.items() if kind.one_output)])


def supported_of_torch() -> str:
    """The names of PyTorch's classes that can be brought here.

    >>> "GELU" in supported_of_torch(), "GELUTanh" in supported_of_torch()
    (True, False)
    """
    return ", ".join(dict.fromkeys(["Sequential", *(kind.of_torch for kind in KINDS.values())]))


def kind_of_torch(module: Any) -> Kind | None:
    """The kind that one of PyTorch's modules is of, by its class and, for GELU, its form."""
    name = type(module).__name__
    if not type(module).__module__.startswith("torch.nn.modules."):
        return None  # a class of the user's own, whatever its name
    if name == "GELU" and module.approximate == "tanh":
        name = "GELUTanh"
    kind = KINDS.get(name)
    return kind if kind is not None and kind.of_torch == type(module).__name__ else None


def of_torch(kind: Kind, module: Any) -> dict[str, Any]:
    """The arguments of our constructor that make what PyTorch's module is.

    Raises a `ValueError` that names the option which is not here.
    """
    for name, allowed in kind.only.items():
        got = getattr(module, name, allowed)
        if got == allowed or (isinstance(got, tuple) and set(got) == {allowed}):
            continue
        if name in _OPTION_NAMES:
            raise ValueError(f"{_OPTION_NAMES[name]}; here there is no such option")
        raise ValueError(f"{name}={got!r}; here it must be {allowed!r}")
    if kind.name == "Softplus":
        _check_threshold(module)
    return {name: read(module) for name, read in {**kind.same, **kind.ours}.items()}


_OPTION_NAMES = {"_qkv_same_embed_dim": "kdim or vdim", "bias_k": "add_bias_kv"}


def of_ours(kind: Kind, module: nn.Module) -> dict[str, Any]:
    """The arguments of PyTorch's constructor that make what our module is.

    >>> of_ours(KINDS["Flatten"], nn.Flatten())  # the batch is PyTorch's axis 0
    {'start_dim': 1}
    """
    for name, allowed in kind.only_ours.items():
        operation: Operation = module.operation  # type: ignore[attr-defined]  # an activation
        place = operation.operands[1:].index(name)
        got = module.arguments[place]  # type: ignore[attr-defined]  # the same
        if got != allowed:
            raise ValueError(f"{name}={got!r}; in PyTorch it must be {allowed!r}")
    found = {name: read(module) for name, read in {**kind.same, **kind.theirs}.items()}
    return {name: _short(v) if name in _SIZES else v for name, v in found.items()}


_SIZES = ("kernel_size", "stride", "padding")


def _short(sizes: tuple[int, ...]) -> int | tuple[int, ...]:
    """A size that is the same along every axis, as one number."""
    return sizes[0] if len(set(sizes)) == 1 else sizes
