"""Training a model over epochs, measuring it, and finding what is wrong with it.

>>> from tinygrad_neuron import datasets, losses, nn, optim, training
>>> model = nn.MLP(2, [8, 1], "tanh", seed=0)
>>> loss = losses.binary_cross_entropy_with_logits
>>> optimiser = optim.Adam(model.parameters(), lr=0.05)
>>> record = training.fit(model, loss, datasets.xor(), optimiser, epochs=100, progress=False)
>>> training.accuracy([model(x).data for x, _ in datasets.xor()], datasets.xor().targets)
1.0
"""

from typing import TYPE_CHECKING

from ..public import on_demand
from .diagnose import Diagnosis, LayerReport, diagnose
from .fit import fit
from .gradients import gradient_norms
from .metrics import accuracy, confusion_matrix, precision, predicted_class, r_squared, recall
from .record import TrainingRecord

if not TYPE_CHECKING:
    __getattr__, __dir__ = on_demand(__name__)

__all__ = [
    "fit",
    "TrainingRecord",
    "accuracy",
    "confusion_matrix",
    "precision",
    "recall",
    "r_squared",
    "predicted_class",
    "diagnose",
    "Diagnosis",
    "LayerReport",
    "gradient_norms",
]
