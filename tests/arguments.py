"""The public functions and classes with valid arguments.

`VALID` holds a call of each: the callable and its arguments by name. `test_arguments` puts what no
one expects (`hostile.py`) in the place of one argument at a time.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import tinygrad_neuron as tn
from tinygrad_neuron import Value, datasets, init, interpret, losses, nn, optim, training

# What is called and, made anew for each call, its arguments.
Call: TypeAlias = tuple[Callable[..., Any], Callable[[], dict[str, Any]]]


def _values(*numbers: float) -> list[Value]:
    return [Value(number) for number in numbers]


def square(x: Value) -> Value:
    return x * x


def product(x: Value, y: Value) -> Value:
    return x * y


def mlp() -> nn.MLP:
    return nn.MLP(2, [3, 1], seed=0)


def entered(name: Any) -> str:
    with tn.scope(name) as made:
        return str(made)


def adam() -> optim.Optimiser:
    return optim.Adam(_values(1.0), lr=0.1)


def on(make: Callable[[], Any], name: str = "__call__") -> Callable[..., Any]:
    """A method of an object that is made for each call, so that no call meets another's state."""
    return lambda **given: getattr(make(), name)(**given)


def by_place(make: Callable[[], Any]) -> Callable[..., Any]:
    """As `on`, for functions that do not tell the names of their arguments."""
    return lambda **given: make()(*given.values())


USUAL = object()  # an argument of `fit` that has to fit the others


def fit(**given: Any) -> Any:
    model = mlp()
    usual: dict[str, Any] = {"model": model, "loss": losses.hinge}
    usual["optimiser"] = optim.SGD(model.parameters(), lr=0.1)
    usual["progress"] = False
    return training.fit(**{name: usual.get(name) if x is USUAL else x for name, x in given.items()})


CSV = Path(__file__).parent / "datasets" / "three.csv"
SEQUENCE = [[0.5, 1.0], [1.0, -0.5]]
IMAGE = [[[1.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 1.0]]]
CHANNELS = {"in_channels": 1, "out_channels": 2, "kernel_size": 2, "stride": 1, "padding": 0}
POOL = {"kernel_size": 2, "stride": 1, "padding": 0}
SEEDED = {"init": "zeros", "seed": 0}
RECURRENT = {"input_size": 2, "hidden_size": 2, "bias": True, **SEEDED}
STACKED = {"input_size": 2, "hidden_size": 2, "num_layers": 1, "dropout": 0.0, "seed": 0}
LAYER = {"nonlin": True, "activation": "relu", "init": "zeros", "bias": 0.0, "bias_trick": False}
ATTENTION = {"query": SEQUENCE, "key": SEQUENCE, "value": SEQUENCE, "attn_mask": None}

VALID: dict[str, Call] = {
    # the engine, derivatives, the compiler
    "Value": (Value, lambda: {"data": 1.0, "_children": (), "_op": "", "label": "x"}),
    "backward": (on(lambda: square(Value(1.0)), "backward"), lambda: {"gradient": 1.0}),
    "grad": (tn.grad, lambda: {"function": square, "argument": 0}),
    "grad, called": (by_place(lambda: tn.grad(square)), lambda: {"x": 1.0}),
    "jacobian": (tn.jacobian, lambda: {"function": square, "argument": 0}),
    "jacobian, called": (by_place(lambda: tn.jacobian(lambda x: [x[0]])), lambda: {"x": [1.0]}),
    "hessian": (tn.hessian, lambda: {"function": square, "argument": 0}),
    "hessian, called": (by_place(lambda: tn.hessian(lambda x: x[0] ** 2)), lambda: {"x": [1.0]}),
    "hvp": (tn.hvp, lambda: {"function": square, "argument": 0}),
    "hvp, called": (
        by_place(lambda: tn.hvp(lambda x: x[0] ** 2)),
        lambda: {"x": [1.0], "vector": [1.0]},
    ),
    "gradients": (
        tn.gradients,
        lambda: {"output": square(x := Value(2.0)), "inputs": [x], "gradient": 1.0},
    ),
    "topological_order": (by_place(lambda: tn.topological_order), lambda: {"root": Value(1.0)}),
    "local_derivatives": (tn.local_derivatives, lambda: {"node": square(Value(1.0))}),
    "nudge": (tn.nudge, lambda: {"output": square(x := Value(2.0)), "leaf": x, "by": 0.01}),
    "check_gradients": (
        tn.check_gradients,
        lambda: {"function": square, "inputs": [1.0], "tolerance": 1e-6, "order": 1},
    ),
    "scope": (entered, lambda: {"name": "step 1"}),
    "compile": (tn.compile, lambda: {"function": square, "target": "python"}),
    "compiled, called": (by_place(lambda: tn.compile(product)), lambda: {"x": 1.0, "y": 2.0}),
    **{
        f"compiled.{name}": (
            on(lambda: tn.compile(product), name),
            lambda: {"examples": [(1.0, 2.0)]},
        )
        for name in ("mean", "sum", "map", "bind")
    },
    "compiled.trainer": (on(lambda: tn.compile(product), "trainer"), lambda: {"optimiser": adam()}),
    # functions and losses
    **{
        name: (by_place(lambda name=name: getattr(tn, name)), lambda: {"values": _values(1.0, 2.0)})
        for name in ("mean", "softmax", "maxout", "sum", "logsumexp", "argmax")
    },
    **{
        name: (by_place(lambda name=name: getattr(tn, name)), lambda: {"a": Value(0.5)})
        for name in ("tanh", "log", "gelu", "abs", "step")
    },
    **{
        name: (by_place(lambda name=name: getattr(tn, name)), lambda: {"a": 0.5, "b": 2.0})
        for name in ("add", "power", "maximum", "leaky_relu", "swish", "xlogy")
    },
    "select": (tn.select, lambda: {"a": _values(1.0, 2.0), "index": 0}),
    **{
        name: (
            by_place(lambda name=name: getattr(losses, name)),
            lambda: {"outputs": _values(0.5, 0.25), "targets": [1.0, 1.0]},
        )
        for name in (
            "mean_squared_error",
            "mean_absolute_error",
            "hinge",
            "binary_cross_entropy",
            "binary_cross_entropy_with_logits",
        )
    },
    "cross_entropy": (losses.cross_entropy, lambda: {"logits": _values(1.0, 2.0), "target": 0}),
    "huber": (
        losses.huber,
        lambda: {"predictions": _values(1.0), "targets": [0.0], "delta": 1.0},
    ),
    "l1_penalty": (losses.l1_penalty, lambda: {"parameters": _values(1.0), "strength": 0.1}),
    "l2_penalty": (losses.l2_penalty, lambda: {"parameters": _values(1.0), "strength": 0.1}),
    # initialisers and optimisers
    "prior_bias": (init.prior_bias, lambda: {"probability": 0.5}),
    "class_prior_biases": (init.class_prior_biases, lambda: {"labels": [0, 1], "classes": 2}),
    "init.constant": (init.constant, lambda: {"value": 1.0}),
    "init.uniform": (init.uniform, lambda: {"low": -1.0, "high": 1.0}),
    "small_normal": (init.small_normal, lambda: {"deviation": 0.1}),
    "initialiser": (init.initialiser, lambda: {"init": "zeros"}),
    "he_normal": (init.he_normal, lambda: {"gain": 1.0}),
    "SGD": (
        optim.SGD,
        lambda: {
            "parameters": _values(1.0),
            "lr": 0.1,
            "momentum": 0.0,
            "nesterov": False,
            "weight_decay": 0.0,
        },
    ),
    "Adam": (
        optim.Adam,
        lambda: {"parameters": _values(1.0), "lr": 0.1, "betas": (0.9, 0.99), "eps": 1e-8},
    ),
    "AdamW": (optim.AdamW, lambda: {"parameters": _values(1.0), "lr": 0.1, "weight_decay": 0.01}),
    "optimiser.load_state_dict": (
        on(adam, "load_state_dict"),
        lambda: {"given": adam().state_dict()},
    ),
    "clip_gradient_norm": (
        optim.clip_gradient_norm,
        lambda: {"parameters": _values(1.0), "largest": 1.0},
    ),
    "cosine_decay": (optim.cosine_decay, lambda: {"lr": 0.1, "steps": 10, "final": 0.0}),
    "step_decay": (optim.step_decay, lambda: {"lr": 0.1, "every": 10, "factor": 0.5}),
    # modules
    "Neuron": (nn.Neuron, lambda: {"nin": 2, **LAYER, "weights": [1.0, 2.0], "seed": 0}),
    "Layer": (nn.Layer, lambda: {"nin": 2, "nout": 3, **LAYER, "seed": 0}),
    "MLP": (
        nn.MLP,
        lambda: {
            "nin": 2,
            "nouts": [3, 1],
            "activation": "relu",
            "output_activation": None,
            "init": "zeros",
            "output_bias": 0.0,
            "bias_trick": False,
            "seed": 0,
        },
    ),
    "Neuron, called": (on(lambda: nn.Neuron(2, seed=0)), lambda: {"x": [1.0, 2.0]}),
    "Layer, called": (on(lambda: nn.Layer(2, 1, seed=0)), lambda: {"x": [1.0, 2.0]}),
    "MLP, called": (on(mlp), lambda: {"x": [1.0, 2.0]}),
    "signed_distance": (
        on(lambda: nn.Neuron(2, seed=0), "signed_distance"),
        lambda: {"x": [1.0, 2.0]},
    ),
    "load_state_dict": (on(mlp, "load_state_dict"), lambda: {"given": mlp().state_dict()}),
    "train": (on(mlp, "train"), lambda: {"mode": True}),
    "PReLU": (nn.PReLU, lambda: {"slope": 0.25}),
    "Linear": (nn.Linear, lambda: {"in_features": 2, "out_features": 3, "bias": True, **SEEDED}),
    "Linear, called": (on(lambda: nn.Linear(2, 1, seed=0)), lambda: {"x": [1.0, 2.0]}),
    "Sequential": (
        by_place(lambda: nn.Sequential),
        lambda: {"first": nn.ReLU(), "second": nn.Tanh()},
    ),
    "Sequential, called": (
        on(lambda: nn.Sequential(nn.Linear(2, 2, seed=0), nn.ReLU())),
        lambda: {"x": [1.0, 2.0]},
    ),
    "ReLU, called": (by_place(nn.ReLU), lambda: {"x": 1.0}),
    "LeakyReLU": (by_place(lambda: nn.LeakyReLU), lambda: {"slope": 0.1}),
    "Dropout": (nn.Dropout, lambda: {"p": 0.5, "seed": 0}),
    "Dropout, called": (by_place(lambda: nn.Dropout(seed=0)), lambda: {"x": [1.0, 2.0]}),
    "Flatten": (nn.Flatten, lambda: {"start_dim": 0}),
    "Flatten, called": (by_place(nn.Flatten), lambda: {"x": SEQUENCE}),
    "Unflatten": (nn.Unflatten, lambda: {"dim": 0, "unflattened_size": (2, 2)}),
    "Unflatten, called": (by_place(lambda: nn.Unflatten(0, (2, 2))), lambda: {"x": [1.0] * 4}),
    "Embedding": (nn.Embedding, lambda: {"num_embeddings": 3, "embedding_dim": 2, **SEEDED}),
    "Embedding, called": (by_place(lambda: nn.Embedding(3, 2, seed=0)), lambda: {"index": 1}),
    "Conv1d": (nn.Conv1d, lambda: {**CHANNELS, "bias": True, **SEEDED}),
    "Conv2d": (nn.Conv2d, lambda: {**CHANNELS, "bias": True, **SEEDED}),
    "Conv1d, called": (by_place(lambda: nn.Conv1d(1, 1, 2, seed=0)), lambda: {"x": [[1.0, 2.0]]}),
    "Conv2d, called": (by_place(lambda: nn.Conv2d(1, 1, 2, seed=0)), lambda: {"x": IMAGE}),
    "MaxPool1d": (nn.MaxPool1d, lambda: {**POOL}),
    "AvgPool2d": (nn.AvgPool2d, lambda: {**POOL}),
    "MaxPool2d, called": (by_place(lambda: nn.MaxPool2d(2)), lambda: {"x": IMAGE}),
    "AvgPool1d, called": (by_place(lambda: nn.AvgPool1d(1)), lambda: {"x": [[1.0, 2.0]]}),
    "RNNCell": (nn.RNNCell, lambda: {**RECURRENT, "nonlinearity": "tanh"}),
    "LSTMCell": (nn.LSTMCell, lambda: {**RECURRENT, "forget_bias": 1.0}),
    "GRUCell": (nn.GRUCell, lambda: {**RECURRENT}),
    "RNN": (nn.RNN, lambda: {**STACKED, "nonlinearity": "tanh"}),
    "LSTM": (nn.LSTM, lambda: {**STACKED, "forget_bias": 1.0}),
    "GRU": (nn.GRU, lambda: {**STACKED}),
    "RNNCell, called": (
        by_place(lambda: nn.RNNCell(2, 2, seed=0)),
        lambda: {"x": [1.0, 2.0], "state": [0.0, 0.0]},
    ),
    "LSTMCell, called": (
        by_place(lambda: nn.LSTMCell(2, 2, seed=0)),
        lambda: {"x": [1.0, 2.0], "state": ([0.0, 0.0], [0.0, 0.0])},
    ),
    "GRU, called": (
        by_place(lambda: nn.GRU(2, 2, seed=0)),
        lambda: {"x": SEQUENCE, "state": [[0.0, 0.0]]},
    ),
    "LSTM, called": (
        by_place(lambda: nn.LSTM(2, 2, seed=0)),
        lambda: {"x": SEQUENCE, "state": ([[0.0, 0.0]], [[0.0, 0.0]])},
    ),
    "detach": (nn.detach, lambda: {"state": _values(1.0)}),
    "LayerNorm": (
        nn.LayerNorm,
        lambda: {"normalized_shape": 2, "eps": 1e-5, "elementwise_affine": True, "bias": True},
    ),
    "LayerNorm, called": (by_place(lambda: nn.LayerNorm(2)), lambda: {"x": [1.0, 2.0]}),
    "RMSNorm": (
        nn.RMSNorm,
        lambda: {"normalized_shape": 2, "eps": 1e-5, "elementwise_affine": True},
    ),
    "RMSNorm, called": (by_place(lambda: nn.RMSNorm(2)), lambda: {"x": [1.0, 2.0]}),
    "MultiheadAttention": (
        nn.MultiheadAttention,
        lambda: {"embed_dim": 2, "num_heads": 1, "dropout": 0.0, "bias": True, **SEEDED},
    ),
    "MultiheadAttention, called": (
        by_place(lambda: nn.MultiheadAttention(2, 1, seed=0)),
        lambda: {"query": SEQUENCE, "key": SEQUENCE, "value": SEQUENCE},
    ),
    "scaled_dot_product_attention": (
        nn.scaled_dot_product_attention,
        lambda: {**ATTENTION, "dropout_p": 0.0, "is_causal": False, "scale": None, "seed": 0},
    ),
    "causal_mask": (nn.causal_mask, lambda: {"length": 3}),
    "PositionalEncoding": (nn.PositionalEncoding, lambda: {"d_model": 2, "max_len": 5}),
    "PositionalEmbedding": (nn.PositionalEmbedding, lambda: {"d_model": 2, "max_len": 5, **SEEDED}),
    "PositionalEncoding, called": (
        by_place(lambda: nn.PositionalEncoding(2)),
        lambda: {"x": SEQUENCE},
    ),
    "TransformerEncoderLayer": (
        nn.TransformerEncoderLayer,
        lambda: {
            "d_model": 2,
            "nhead": 1,
            "dim_feedforward": 2,
            "dropout": 0.0,
            "activation": "relu",
            "layer_norm_eps": 1e-5,
            "norm_first": False,
            "bias": True,
            "seed": 0,
        },
    ),
    "TransformerEncoderLayer, called": (
        by_place(lambda: nn.TransformerEncoderLayer(2, 1, 2, 0.0, seed=0)),
        lambda: {"src": SEQUENCE},
    ),
    "summary": (by_place(lambda: nn.summary), lambda: {"model": mlp(), "example": [1.0, 2.0]}),
    "receptive_field": (
        nn.receptive_field,
        lambda: {"unit": square(x := Value(1.0)), "inputs": [x]},
    ),
    # gates and perceptrons
    "McCullochPitts": (
        nn.McCullochPitts,
        lambda: {"inputs": 2, "threshold": 1, "inhibitory": (1,)},
    ),
    "McCullochPitts, called": (
        by_place(lambda: nn.McCullochPitts(2, 1)),
        lambda: {"x0": 1, "x1": 0},
    ),
    "AND": (nn.AND, lambda: {"inputs": 2}),
    "Circuit": (nn.Circuit, lambda: {"inputs": 2, "detectors": []}),
    "boolean_function": (nn.boolean_function, lambda: {"table": {(0,): 1, (1,): 0}}),
    "truth_table": (nn.truth_table, lambda: {"function": nn.AND(), "inputs": 2}),
    "Perceptron": (
        nn.Perceptron,
        lambda: {
            "nin": 2,
            "lr": 1.0,
            "init": "zeros",
            "weights": [0.0, 0.0],
            "bias": 0.0,
            "seed": 0,
        },
    ),
    "Perceptron, called": (by_place(lambda: nn.Perceptron(2)), lambda: {"x": [1.0, 0.0]}),
    "Perceptron.fit": (
        by_place(lambda: nn.Perceptron(2).fit),
        lambda: {"examples": [([1.0, 0.0], 1)], "epochs": 1},
    ),
    # data
    "Dataset": (
        datasets.Dataset,
        lambda: {
            "name": "two",
            "inputs": [[1.0], [2.0]],
            "targets": [0, 1],
            "feature_names": ("x",),
            "target_names": ("a", "b"),
        },
    ),
    "gate": (datasets.gate, lambda: {"name": "and"}),
    "moons": (datasets.moons, lambda: {"samples": 10, "noise": 0.1, "seed": 0}),
    "circles": (datasets.circles, lambda: {"samples": 10, "noise": 0.1, "factor": 0.5, "seed": 0}),
    "spirals": (
        datasets.spirals,
        lambda: {"samples": 10, "noise": 0.1, "turns": 1.0, "classes": 2, "seed": 0},
    ),
    "gaussians": (datasets.gaussians, lambda: {"samples": 10, "noise": 0.1, "seed": 0}),
    "noisy_xor": (datasets.noisy_xor, lambda: {"samples": 10, "noise": 0.1, "seed": 0}),
    "bars_and_crosses": (
        datasets.bars_and_crosses,
        lambda: {"samples": 6, "size": 5, "noise": 0.1, "seed": 0},
    ),
    "from_csv": (
        datasets.from_csv,
        lambda: {"path": CSV, "target": -1, "classes": None, "delimiter": ",", "encoding": "utf-8"},
    ),
    "from_arrays": (
        datasets.from_arrays,
        lambda: {"inputs": [[1.0], [2.0]], "targets": [0, 1], "name": "data", "classes": None},
    ),
    "train_test_split": (
        datasets.train_test_split,
        lambda: {"dataset": datasets.moons(12), "test_fraction": 0.25, "seed": 0, "stratify": True},
    ),
    "standardise": (
        by_place(lambda: datasets.standardise),
        lambda: {"train": datasets.moons(12), "other": datasets.moons(10)},
    ),
    # training
    "fit": (
        fit,
        lambda: {
            "model": USUAL,
            "loss": USUAL,
            "data": [([0.0, 1.0], 1.0)],
            "optimiser": USUAL,
            "epochs": 1,
            "batch_size": 2,
            "target": "python",
            "seed": 0,
            "validation": None,
            "metrics": (),
            "patience": None,
            "progress": USUAL,
            "diagnose": False,
        },
    ),
    **{
        name: (
            getattr(training, name),
            lambda: {"outputs": [0.5, -0.5], "targets": [1, 0], "threshold": 0.0},
        )
        for name in ("accuracy", "confusion_matrix", "precision", "recall")
    },
    "r_squared": (training.r_squared, lambda: {"outputs": [0.5, 1.0], "targets": [1.0, 2.0]}),
    "predicted_class": (training.predicted_class, lambda: {"output": 0.5, "threshold": 0.0}),
    "diagnose": (
        training.diagnose,
        lambda: {"model": mlp(), "examples": [([0.0, 1.0], 1), ([1.0, 0.0], 0)], "loss": None},
    ),
    "gradient_norms": (training.gradient_norms, lambda: {"states": [_values(1.0)]}),
    # looking inside
    "maximise": (
        interpret.maximise,
        lambda: {
            "unit": lambda x: x[0],
            "shape": 2,
            "steps": 2,
            "lr": 0.1,
            "norm": 0.1,
            "total_variation": 0.0,
            "bounds": None,
            "seed": 0,
            "target": "python",
        },
    ),
    "top_examples": (
        interpret.top_examples,
        lambda: {
            "unit": lambda x: x[0],
            "data": [([1.0], 0), ([2.0], 1)],
            "count": 1,
            "target": "python",
        },
    ),
    "responses": (
        interpret.responses,
        lambda: {
            "units": lambda x: [x[0]],
            "data": datasets.moons(12),
            "threshold": 0.5,
            "target": "python",
        },
    ),
    "superposition": (
        interpret.superposition,
        lambda: {
            "features": 3,
            "neurons": 2,
            "sparsity": 0.5,
            "importance": 1.0,
            "steps": 2,
            "batch_size": 2,
            "lr": 0.01,
            "seed": 0,
            "target": "python",
        },
    ),
    "sparse_features": (
        interpret.sparse_features,
        lambda: {"features": 2, "samples": 3, "sparsity": 0.5, "seed": 0},
    ),
    "SparseAutoencoder": (
        interpret.SparseAutoencoder,
        lambda: {"inputs": 2, "units": 3, "seed": 0},
    ),
    "recovered": (
        interpret.recovered,
        lambda: {"truth": [[1.0, 0.0]], "found": [[1.0, 0.0]], "cosine": 0.9},
    ),
    "torch_source": (
        tn.torch_source,
        lambda: {
            "model": (model := nn.Linear(2, 1)),
            "loss": losses.hinge,
            "optimiser": optim.SGD(model.parameters()),
        },
    ),
    # pictures and walkthroughs: their text, no engine
    "draw_dot": (
        tn.draw_dot,
        lambda: {
            "root": square(Value(1.0)),
            "format": "svg",
            "rankdir": "LR",
            "digits": 4,
            "edges": "auto",
            "level": "scalar",
            "fold": None,
            "budget": 1000,
            "clusters": True,
            "color": None,
            "theme": "light",
            "highlight": None,
            "path": None,
            "flags": True,
            "legend": True,
            "title": "",
        },
    ),
    "draw_dot of a model": (
        tn.draw_dot,
        lambda: {"root": mlp(), "example": [1.0, 2.0], "output": None, "theme": "light"},
    ),
    "draw_network": (
        tn.draw_network,
        lambda: {
            "model": mlp(),
            "format": "svg",
            "example": [1.0, 2.0],
            "target": None,
            "loss": None,
            "heat_maps": False,
            "plane": ((-1.0, 1.0), (-1.0, 1.0)),
            "input_names": (),
            "output_names": (),
            "max_neurons": 10,
            "weights": None,
            "flags": True,
            "legend": True,
            "theme": "light",
            "digits": 3,
        },
    ),
    "draw_circuit": (
        tn.draw_circuit,
        lambda: {
            "circuit": nn.AND(),
            "format": "svg",
            "inputs": None,
            "input_names": (),
            "legend": True,
            "title": "",
            "theme": "light",
        },
    ),
    "walkthrough": (
        by_place(lambda: tn.walkthrough),
        lambda: {"function": square, "argument": 1.0},
    ),
    "walkthrough of a model": (
        by_place(lambda: tn.walkthrough),
        lambda: {"model": mlp(), "argument": [1.0, 2.0]},
    ),
    "walkthrough of a graph": (tn.walkthrough, lambda: {"root": square(Value(1.0)), "digits": 4}),
}
