"""tinygrad_neuron: a scalar autodiff engine for people who learn and teach neural networks.

>>> from tinygrad_neuron import Value
>>> x, w, b = Value(2.0, label="x"), Value(0.5, label="w"), Value(-1.0, label="b")
>>> y = (w * x + b).tanh()
>>> y.backward()
>>> w.grad
2.0

This file is the whole public surface. `compile`, `sum`, `abs` and their like are public too but not
in `__all__`, so that a star import shadows no builtin.
"""

from typing import TYPE_CHECKING, Any

from . import datasets, init, losses, nn, optim
from .compiler import Compiled, TracingError
from .compiler import compile as compile
from .derivatives import check_gradients, grad, gradients, local_derivatives
from .engine import Value, topological_order
from .functions import (
    abs as abs,
)
from .functions import (
    add,
    constant_power,
    cos,
    divide,
    elu,
    erf,
    exp,
    expm1,
    gelu,
    gelu_tanh,
    hard_sigmoid,
    hard_tanh,
    identity,
    leaky_relu,
    log,
    logsumexp,
    maximum,
    maxout,
    mean,
    minimum,
    mish,
    multiply,
    negate,
    power,
    relu,
    select,
    selu,
    share,
    sigmoid,
    sign,
    sin,
    softmax,
    softplus,
    softsign,
    sqrt,
    step,
    subtract,
    swish,
    tanh,
)
from .functions import (
    sum as sum,
)
from .recording import define_operation

if TYPE_CHECKING:
    from .draw import draw_dot

__all__ = [
    # the engine
    "Value",
    "topological_order",
    "define_operation",
    # derivatives of any order
    "grad",
    "gradients",
    "local_derivatives",
    "check_gradients",
    # compilation (`compile` itself is left out: it would shadow the builtin)
    "Compiled",
    "TracingError",
    # rooms
    "nn",
    "losses",
    "init",
    "optim",
    "datasets",
    # pictures
    "draw_dot",
    # operations of the table
    "add",
    "subtract",
    "multiply",
    "divide",
    "power",
    "constant_power",
    "negate",
    "exp",
    "expm1",
    "log",
    "sqrt",
    "sin",
    "cos",
    "erf",
    "sign",
    "step",
    "share",
    "maximum",
    "minimum",
    "identity",
    "sigmoid",
    "tanh",
    "relu",
    "leaky_relu",
    "elu",
    "selu",
    "softplus",
    "softsign",
    "swish",
    "gelu",
    "gelu_tanh",
    "mish",
    "hard_sigmoid",
    "hard_tanh",
    "logsumexp",
    "select",
    # on top of it
    "mean",
    "softmax",
    "maxout",
]


def __getattr__(name: str) -> Any:
    if name == "draw_dot":  # graphviz is imported only when something is drawn
        from .draw import draw_dot

        return draw_dot
    raise AttributeError(f"module 'tinygrad_neuron' has no attribute {name!r}")
