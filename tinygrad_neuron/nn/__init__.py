"""Neurons, layers and networks, from McCulloch and Pitts' unit to the multilayer perceptron."""

from .dropout import Dropout
from .module import Module
from .networks import MLP, Layer
from .neuron import Hyperplane, Neuron, PReLU
from .perceptron import Perceptron, PerceptronRun
from .threshold import AND, NOT, OR, XOR, Circuit, McCullochPitts, boolean_function, truth_table

__all__ = [
    "AND",
    "MLP",
    "NOT",
    "OR",
    "XOR",
    "Circuit",
    "Dropout",
    "Hyperplane",
    "Layer",
    "McCullochPitts",
    "Module",
    "Neuron",
    "PReLU",
    "Perceptron",
    "PerceptronRun",
    "boolean_function",
    "truth_table",
]
