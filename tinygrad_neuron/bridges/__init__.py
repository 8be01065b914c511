"""Ways to and from other libraries: PyTorch's modules and programs, scikit-learn's estimators.

>>> from tinygrad_neuron import bridges, losses, nn, optim
>>> model = nn.MLP(2, [3, 1], "tanh", seed=0)
>>> optimiser = optim.SGD(model.parameters(), lr=0.1)
>>> text = bridges.torch_source(model, losses.mean_squared_error, optimiser)
>>> "nn.Linear(in_features=2, out_features=3, bias=True)" in text
True
"""

from typing import TYPE_CHECKING, Any

from .program import torch_source
from .torch import from_torch, to_torch

if TYPE_CHECKING:  # at run time imported when they are first asked for: scikit-learn takes a second
    from .sklearn import MLPClassifier as MLPClassifier
    from .sklearn import MLPRegressor as MLPRegressor

__all__ = ["from_torch", "to_torch", "torch_source"]

_ESTIMATORS = ("MLPClassifier", "MLPRegressor")


def __getattr__(name: str) -> Any:
    if name not in _ESTIMATORS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        from . import sklearn
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f'{name} needs scikit-learn: pip install "tinygrad_neuron[sklearn]"'
        ) from error
    return getattr(sklearn, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_ESTIMATORS})
