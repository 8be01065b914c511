"""Neurons, layers and networks, from McCulloch and Pitts' unit to the transformer's block.

>>> from tinygrad_neuron import nn
>>> model = nn.Sequential(nn.Linear(2, 3, seed=0), nn.ReLU(), nn.Linear(3, 1, seed=1))
>>> len(model.parameters()), len(model([1.0, 2.0]))
(13, 1)
"""

from typing import TYPE_CHECKING

from ..public import on_demand

if TYPE_CHECKING:
    from .activations import (
        ELU,
        GELU,
        SELU,
        GELUTanh,
        Hardsigmoid,
        Hardtanh,
        Identity,
        LeakyReLU,
        Mish,
        ReLU,
        Sigmoid,
        SiLU,
        Softplus,
        Softsign,
        Step,
        Tanh,
    )
    from .attention import MultiheadAttention, causal_mask, scaled_dot_product_attention
    from .containers import Flatten, Sequential, Unflatten
    from .convolution import Conv1d, Conv2d
    from .dropout import Dropout
    from .embedding import Embedding, PositionalEmbedding, PositionalEncoding
    from .linear import Linear
    from .module import Module
    from .networks import MLP, Layer
    from .neuron import Hyperplane, Neuron, PReLU
    from .normalisation import LayerNorm, RMSNorm
    from .perceptron import Perceptron, PerceptronRun
    from .pooling import AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d
    from .receptive import receptive_field
    from .recurrence import GRUCell, LSTMCell, RNNCell, detach
    from .sequences import GRU, LSTM, RNN
    from .summarising import Summary, summary
    from .threshold import AND, NOT, OR, XOR, Circuit, McCullochPitts, boolean_function, truth_table
    from .transformer import TransformerEncoderLayer
else:
    __getattr__, __dir__ = on_demand(__name__)

__all__ = [
    "AND",
    "AvgPool1d",
    "AvgPool2d",
    "Circuit",
    "Conv1d",
    "Conv2d",
    "Dropout",
    "ELU",
    "Embedding",
    "Flatten",
    "GELU",
    "GELUTanh",
    "GRU",
    "GRUCell",
    "Hardsigmoid",
    "Hardtanh",
    "Hyperplane",
    "Identity",
    "LSTM",
    "LSTMCell",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "MLP",
    "MaxPool1d",
    "MaxPool2d",
    "McCullochPitts",
    "Mish",
    "Module",
    "MultiheadAttention",
    "NOT",
    "Neuron",
    "OR",
    "PReLU",
    "Perceptron",
    "PerceptronRun",
    "PositionalEmbedding",
    "PositionalEncoding",
    "RMSNorm",
    "RNN",
    "RNNCell",
    "ReLU",
    "SELU",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softplus",
    "Softsign",
    "Step",
    "Summary",
    "Tanh",
    "TransformerEncoderLayer",
    "Unflatten",
    "XOR",
    "boolean_function",
    "causal_mask",
    "detach",
    "receptive_field",
    "scaled_dot_product_attention",
    "summary",
    "truth_table",
]
