"""Figures of functions and of training, by matplotlib (extra `demos`).

Each function returns the `matplotlib.figure.Figure`; `figure.savefig("name.svg")` writes it. No
window is opened and no global state of matplotlib is touched. All take a `theme`: light, dark,
high contrast or paper. SVG has the same bytes run after run.

`plain` has four of them, the curve with its tangent, the boundary, the histogram and the training
curves, without matplotlib: smaller, and for where there is none, as in a browser.

>>> import os
>>> from tinygrad_neuron.draw import figures
>>> figure = figures.activation_curve("tanh", at=1.0)
>>> figure.savefig(os.devnull, format="svg")
"""

from typing import TYPE_CHECKING

from ...public import on_demand
from .descent import descent
from .recurrence import recurrence

if TYPE_CHECKING:
    from .curves import activation_curve, functions
    from .descent import steps_down
    from .grids import number_grids
    from .looking_inside import diagnosis_bars, feature_directions, gradients_by_step
    from .maps import attention_matrix, feature_maps, kernel_images, receptive_field_image
    from .nudging import nudges
    from .planes import decision_boundary, hidden_plane
    from .scores import softmax_bars
    from .training import activations_and_gradients, histograms, training_curves
    from .weights import weight_images
else:
    __getattr__, __dir__ = on_demand(__name__)

__all__ = [
    "activation_curve",
    "functions",
    "nudges",
    "decision_boundary",
    "hidden_plane",
    "training_curves",
    "activations_and_gradients",
    "histograms",
    "descent",
    "steps_down",
    "softmax_bars",
    "weight_images",
    "kernel_images",
    "feature_maps",
    "receptive_field_image",
    "attention_matrix",
    "number_grids",
    "gradients_by_step",
    "recurrence",
    "diagnosis_bars",
    "feature_directions",
]
