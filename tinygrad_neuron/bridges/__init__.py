"""Ways to and from other libraries: PyTorch's modules and programs, scikit-learn's estimators.

>>> from tinygrad_neuron import bridges, losses, nn, optim
>>> model = nn.MLP(2, [3, 1], "tanh", seed=0)
>>> optimiser = optim.SGD(model.parameters(), lr=0.1)
>>> text = bridges.torch_source(model, losses.mean_squared_error, optimiser)
>>> "nn.Linear(in_features=2, out_features=3, bias=True)" in text
True
"""

from typing import TYPE_CHECKING

from ..public import on_demand

if TYPE_CHECKING:
    from .program import torch_source
    from .sklearn import MLPClassifier as MLPClassifier
    from .sklearn import MLPRegressor as MLPRegressor
    from .torch import from_torch, to_torch
else:
    __getattr__, __dir__ = on_demand(__name__)

__all__ = ["from_torch", "to_torch", "torch_source"]
