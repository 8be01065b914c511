"""Small data sets for training: generated (gates, curves, small images), real, and one's own.

>>> from tinygrad_neuron import datasets
>>> train, test = datasets.train_test_split(datasets.iris(), test_fraction=0.2, seed=1)
>>> train, test = datasets.standardise(train, test)
>>> len(train), len(test)
(120, 30)
>>> for features, target in datasets.xor():
...     print(features, target)
(0.0, 0.0) 0
(0.0, 1.0) 1
(1.0, 0.0) 1
(1.0, 1.0) 0
"""

from typing import TYPE_CHECKING

from ..public import on_demand

if TYPE_CHECKING:
    from .dataset import Dataset
    from .images import bars_and_crosses
    from .own import from_arrays, from_csv
    from .real import breast_cancer, digits, iris
    from .splitting import standardise, train_test_split
    from .synthetic import circles, gate, gaussians, moons, noisy_xor, spirals, xor
else:
    __getattr__, __dir__ = on_demand(__name__)

__all__ = [
    "Dataset",
    "gate",
    "xor",
    "moons",
    "circles",
    "spirals",
    "gaussians",
    "noisy_xor",
    "bars_and_crosses",
    "iris",
    "digits",
    "breast_cancer",
    "from_csv",
    "from_arrays",
    "train_test_split",
    "standardise",
]
