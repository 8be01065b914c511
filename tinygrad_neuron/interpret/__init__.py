"""A look inside: what excites a neuron, what it answers to, and what neurons share.

>>> from tinygrad_neuron import interpret
>>> found = interpret.superposition(5, 2, sparsity=0.9, steps=1000)
>>> len(found.represented), [round(angle / 10) for angle in found.angles]
(5, [7, 7, 7, 7, 7])
"""

from typing import TYPE_CHECKING

from ..public import on_demand
from .autoencoder import SparseAutoencoder, random_direction, recovered
from .examples import Excitation, Responses, responses, top_examples
from .maximisation import Maximised, maximise
from .superposition import Superposition, ToyModel, sparse_features, superposition

if not TYPE_CHECKING:
    __getattr__, __dir__ = on_demand(__name__)

__all__ = [
    "maximise",
    "Maximised",
    "top_examples",
    "Excitation",
    "responses",
    "Responses",
    "superposition",
    "Superposition",
    "ToyModel",
    "sparse_features",
    "SparseAutoencoder",
    "recovered",
    "random_direction",
]
