"""What the layers are compared on, here and in PyTorch: arguments, inputs, parameters.

All numbers come from one formula, so that only what PyTorch found has to be stored.
"""

import itertools
import math
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    """One layer with its arguments and inputs.

    `inputs`: a shape for each argument of the call (a pair of shapes for a pair), or, in a list,
    whole numbers as they are. `torch` and `ours`: options that only one of the two takes. `causal`:
    with a causal mask. `ties`: numbers that are often equal.
    """

    layer: str
    arguments: tuple[Any, ...] = ()
    inputs: tuple[Any, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    torch: dict[str, Any] = field(default_factory=dict)
    ours: dict[str, Any] = field(default_factory=dict)
    call: dict[str, Any] = field(default_factory=dict)
    causal: bool = False
    ties: bool = False

    @property
    def name(self) -> str:
        parts = [*map(str, self.arguments), *(f"{k}={v}" for k, v in self.options.items())]
        marks = [*self.torch.values(), *(["causal"] if self.causal else []), *self.call]
        parts += [str(mark) for mark in [*marks, *(["ties"] if self.ties else [])]]
        return f"{self.layer}({', '.join(parts)}) of {self.inputs}"


def numbers(shape: tuple[int, ...], start: int, ties: bool = False) -> Any:
    """Nested lists of numbers without a pattern, from -2 to 2, all exact in binary."""
    places = itertools.count(start)

    def nested(lengths: tuple[int, ...]) -> Any:
        if lengths:
            return [nested(lengths[1:]) for _ in range(lengths[0])]
        k = next(places)
        mixed = (k * k * 7919 + k * 104729 + 12345) % 1009
        return mixed % 3 / 2 - 0.5 if ties else (mixed - 504) / 256

    return nested(shape)


def coefficient(k: int) -> float:
    """What the k-th output is multiplied with in the sum whose gradients are compared."""
    return (k * 5 % 11 - 5) / 4


# -inf hides, numbers are added.
_MASK = [[0.0, 0.5, -math.inf], [0.25, 0.0, 0.0], [-math.inf, -1.0, 0.0], [0.0, 0.0, 0.0]]

_PLAIN = [
    *("Sigmoid", "Tanh", "ReLU", "LeakyReLU", "ELU", "SELU", "Softplus", "Softsign", "SiLU"),
    *("GELU", "Mish", "Hardsigmoid", "Hardtanh"),
]

CASES = [
    *(Case(name, inputs=((3, 7),)) for name in _PLAIN),
    Case("LeakyReLU", (0.25,), ((9,),)),
    Case("ELU", (0.5,), ((9,),)),
    Case("ReLU", inputs=((2, 9),), ties=True),
    Case("Linear", (3, 2), ((3,),)),
    Case("Linear", (1, 1), ((1,),)),
    Case("Linear", (4, 3), ((2, 4),), {"bias": False}),
    Case("Linear", (2, 3), ((2, 3, 2),)),
    Case("Embedding", (5, 3), ([4, 0, 4, 1],)),
    Case("Embedding", (3, 2), ([[0, 2], [1, 1]],)),
    Case("Conv1d", (1, 1, 3), ((1, 7),)),
    Case("Conv1d", (2, 3, 2), ((2, 6),), {"stride": 2, "padding": 1}),
    Case("Conv1d", (3, 2, 1), ((3, 4),), {"bias": False}),
    Case("Conv2d", (1, 2, 3), ((1, 5, 6),)),
    Case("Conv2d", (2, 2, (2, 3)), ((2, 5, 4),), {"stride": (2, 1), "padding": (1, 2)}),
    Case("Conv2d", (2, 3, 2), ((2, 4, 4),), {"stride": 2, "bias": False}),
    Case("Conv2d", (1, 1, 3), ((1, 2, 2),), {"padding": 1}),
    *(
        Case(f"{kind}Pool{d}d", arguments, (shape,), options, ties=ties)
        for kind in ("Max", "Avg")
        for d, arguments, shape, options in [
            (1, (2,), (2, 7), {}),
            (1, (3,), (1, 8), {"stride": 1, "padding": 1}),
            (2, (2,), (2, 4, 5), {}),
            (2, ((3, 2),), (1, 5, 6), {"stride": (1, 2), "padding": (1, 1)}),
        ]
        for ties in (False, True)
    ),
    Case("RNNCell", (2, 3), ((2,), (3,))),
    Case("RNNCell", (3, 2), ((3,),), {"nonlinearity": "relu"}),
    Case("RNNCell", (1, 2), ((1,), (2,)), {"bias": False}),
    Case("LSTMCell", (2, 3), ((2,), ((3,), (3,)))),
    Case("LSTMCell", (3, 1), ((3,),), {"bias": False}),
    Case("GRUCell", (2, 3), ((2,), (3,))),
    Case("GRUCell", (3, 2), ((3,),), {"bias": False}),
    Case("RNN", (2, 3), ((4, 2),)),
    Case("RNN", (2, 2, 2), ((3, 2), (2, 2)), {"nonlinearity": "relu"}),
    Case("RNN", (1, 3), ((5, 1),), {"bias": False}),
    Case("LSTM", (2, 3), ((4, 2),)),
    Case("LSTM", (1, 2, 2), ((3, 1), ((2, 2), (2, 2)))),
    Case("LSTM", (3, 2), ((2, 3),), {"bias": False}),
    Case("GRU", (2, 3), ((4, 2),)),
    Case("GRU", (1, 2, 2), ((3, 1), (2, 2))),
    Case("GRU", (3, 2), ((2, 3),), {"bias": False}),
    Case("scaled_dot_product_attention", (), ((4, 3), (3, 3), (3, 2))),
    Case("scaled_dot_product_attention", (), ((3, 2), (3, 2), (3, 4)), call={"is_causal": True}),
    Case("scaled_dot_product_attention", (), ((2, 2), (3, 2), (3, 1)), call={"scale": 0.3}),
    Case("scaled_dot_product_attention", (), ((4, 2), (3, 2), (3, 1)), call={"attn_mask": _MASK}),
    Case(
        "scaled_dot_product_attention",
        (),
        ((2, 2), (3, 2), (3, 1)),
        call={"attn_mask": [[True, False, True], [False, True, False]]},
    ),
    Case("MultiheadAttention", (4, 2), ((3, 4), (3, 4), (3, 4))),
    Case("MultiheadAttention", (4, 1), ((4, 4), (3, 4), (3, 4)), call={"attn_mask": _MASK}),
    Case("MultiheadAttention", (6, 3), ((3, 6), (3, 6), (3, 6)), {"bias": False}, causal=True),
    Case(
        "MultiheadAttention",
        (4, 2),
        ((2, 4), (3, 4), (3, 4)),
        call={
            "attn_mask": [[True, False, False], [False, False, True]],
            "average_attn_weights": False,
        },
    ),
    Case("LayerNorm", (4,), ((4,),)),
    Case("LayerNorm", (3, 0.01), ((2, 3),), {"bias": False}),
    Case("LayerNorm", (5,), ((2, 2, 5),), {"elementwise_affine": False}),
    Case("RMSNorm", (4,), ((4,),)),
    Case("RMSNorm", (3, 0.01), ((2, 3),)),
    Case("RMSNorm", (5,), ((2, 2, 5),), {"elementwise_affine": False}),
    Case("TransformerEncoderLayer", (4, 2, 6, 0.0), ((3, 4),)),
    Case(
        "TransformerEncoderLayer",
        (4, 1, 5, 0.0, "gelu"),
        ((3, 4),),
        {"norm_first": True, "bias": False},
        causal=True,
    ),
]
