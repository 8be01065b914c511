"""Calls of what shows: figures, pictures, animations, walkthroughs; and of what reads and writes
files. As `arguments.VALID`."""

import io
import random
from typing import Any

import tinygrad_neuron as tn
from tinygrad_neuron import Value, datasets, interpret, nn, optim, training
from tinygrad_neuron.draw import figures
from tinygrad_neuron.draw.figures import plain

from .arguments import IMAGE, SEQUENCE, Call, mlp, on, square

PAIRS = [([0.0, 0.0], 0), ([1.0, 1.0], 1), ([0.0, 1.0], 1)]
PLANE = ((-1.0, 1.0), (-1.0, 1.0))
LOOK: dict[str, Any] = {"title": "", "theme": "light"}
CURVE = {"at": 0.5, "low": -1.0, "high": 1.0, "points": 11, **LOOK}


def score(x: Any) -> Any:
    return x[0] + x[1]


def height(a: Any, b: Any) -> Any:
    return a * a + b * b


def product_graph() -> Value:
    return square(Value(2.0, label="x"))


def trained() -> tuple[nn.MLP, optim.Optimiser]:
    model = mlp()
    return model, optim.SGD(model.parameters(), lr=0.1)


def with_nudge(**given: Any) -> Any:
    x = Value(2.0)
    usual = {"output": square(x), "leaf": x}
    return figures.nudges(
        **{n: usual[n] if v is None and n in usual else v for n, v in given.items()}
    )


def walked() -> Any:
    return tn.walkthrough(product_graph())


def saved(**given: Any) -> Any:
    model = mlp()
    model.save(**given)


def loaded(path: Any, **given: Any) -> Any:
    model = mlp()
    model.save("there.json")
    model.load("there.json" if path is None else path, **given)


FIGURES: dict[str, Call] = {
    "activation_curve": (figures.activation_curve, lambda: {"activation": "tanh", **CURVE}),
    "plain.activation_curve": (plain.activation_curve, lambda: {"activation": "tanh", **CURVE}),
    "functions": (
        figures.functions,
        lambda: {
            "curves": {"f": abs}, "low": -1.0, "high": 1.0, "marks": [(0.5, 0.5)], "name": "x",
            "points": 5, **LOOK,
        },
    ),
    "nudges": (
        with_nudge,
        lambda: {"output": None, "leaf": None, "by": 0.5, "reached": None, **LOOK},
    ),
    "decision_boundary": (
        figures.decision_boundary,
        lambda: {
            "score": score, "examples": PAIRS, "names": ["a", "b"], "resolution": 5, "normal": None,
            "distances": False, "plane": PLANE, "largest": None, **LOOK,
        },
    ),
    "plain.decision_boundary": (
        plain.decision_boundary,
        lambda: {
            "score": score, "examples": PAIRS, "names": ["a", "b"], "resolution": 5, "plane": PLANE,
            **LOOK,
        },
    ),
    "hidden_plane": (
        figures.hidden_plane,
        lambda: {
            "model": nn.MLP(2, [2, 1], seed=0), "examples": PAIRS, "names": (), "grid": None,
            "lines": 3, "plane": None, **LOOK,
        },
    ),
    "training_curves": (
        figures.training_curves,
        lambda: {"curves": {"loss": [1.0, 0.5]}, "steps": "step", "notes": (), "theme": "light"},
    ),
    "plain.training_curves": (
        plain.training_curves,
        lambda: {"curves": {"loss": [1.0, 0.5]}, "steps": "step", **LOOK},
    ),
    "activations_and_gradients": (
        figures.activations_and_gradients,
        lambda: {"model": mlp(), "examples": PAIRS, "loss": None},
    ),
    "histograms": (
        figures.histograms,
        lambda: {"activations": {"a": [1.0, 2.0]}, "gradients": None, "bins": 4, **LOOK},
    ),
    "plain.histogram": (plain.histogram, lambda: {"numbers": [1.0, 2.0], "bins": 4, **LOOK}),
    "descent": (
        figures.descent,
        lambda: {
            "loss": height, "paths": {"SGD": [(0.0, 0.5)]}, "plane": PLANE, "names": ("a", "b"),
            **LOOK,
        },
    ),
    "steps_down": (
        figures.steps_down,
        lambda: {
            "loss": abs, "path": [1.0, 0.5], "low": -1.0, "high": 2.0, "name": "w", **LOOK,
        },
    ),
    "softmax_bars": (
        figures.softmax_bars,
        lambda: {"logits": [1.0, 2.0], "target": 0, "names": ("a", "b"), **LOOK},
    ),
    "weight_images": (
        figures.weight_images,
        lambda: {
            "images": [[1.0, 2.0]], "width": 2, "names": ("a",), "columns": 1, "label": "weight",
            **LOOK,
        },
    ),
    "kernel_images": (figures.kernel_images, lambda: {"convolution": nn.Conv2d(1, 1, 2), **LOOK}),
    "feature_maps": (figures.feature_maps, lambda: {"maps": IMAGE, "names": ("a",), **LOOK}),
    "receptive_field_image": (
        figures.receptive_field_image,
        lambda: {"image": IMAGE, "places": [(0, 0, 1)], **LOOK},
    ),
    "attention_matrix": (
        figures.attention_matrix,
        lambda: {"weights": SEQUENCE, "queries": ("a", "b"), "keys": ("a", "b"), **LOOK},
    ),
    "number_grids": (
        figures.number_grids,
        lambda: {
            "grids": {"a": SEQUENCE}, "framed": {"a": [(0, 0)]}, "hidden": None, "between": (),
            **LOOK,
        },
    ),
    "gradients_by_step": (
        figures.gradients_by_step,
        lambda: {"norms": {"RNN": [0.5, 1.0]}, "steps": "step", "theme": "light"},
    ),
    "recurrence": (
        figures.recurrence,
        lambda: {"model": nn.RNNCell(1, 1, seed=0), "steps": 2, "theme": "light"},
    ),
    "diagnosis_bars": (
        figures.diagnosis_bars,
        lambda: {"found": training.diagnose(mlp(), PAIRS), "theme": "light"},
    ),
    "feature_directions": (
        figures.feature_directions,
        lambda: {"found": interpret.superposition(4, 2, steps=1), "theme": "light"},
    ),
}  # fmt: skip

SHOWN: dict[str, Call] = {
    "animate": (
        tn.animate,
        lambda: {
            "root": product_graph(), "path": "film.svg", "seconds": 0.5, "theme": "light",
            "rankdir": "LR", "digits": 4, "loop": True,
        },
    ),
    "Walkthrough.page": (on(walked, "page"), lambda: {"path": "page.html", "title": ""}),
    "Walkthrough.to_json": (on(walked, "to_json"), lambda: {"indent": None}),
    "Walkthrough.terminal": (
        on(walked, "terminal"),
        lambda: {"stdin": io.StringIO("q\n"), "stdout": io.StringIO(), "start": 1},
    ),
    "walkthrough, all": (
        lambda **given: tn.walkthrough(lambda x, y: x * y, 0.5, 2.0, **given),
        lambda: {"digits": 4, "training": None, "data": PAIRS, "inputs": None, "output": None},
    ),
    "picture.render": (
        lambda **given: tn.draw_dot(product_graph()).render(**given),
        lambda: {
            "filename": "y.svg", "directory": None, "format": None, "raise_if_result_exists": False,
        },
    ),
    "picture.pipe": (
        lambda **given: tn.draw_dot(product_graph()).pipe(**given),
        lambda: {"format": "svg"},
    ),
    "Module.save": (saved, lambda: {"path": "x.json", "optimiser": None, "generator": None}),
    "Module.load": (loaded, lambda: {"path": None, "optimiser": None, "generator": None}),
    "random_direction": (
        interpret.random_direction,
        lambda: {"size": 2, "generator": random.Random(0)},
    ),
    "datasets.from_csv": (
        datasets.from_csv,
        lambda: {"path": "there.csv", "target": -1},
    ),
    "Value.item": (on(lambda: Value(1.0), "backward"), lambda: {"retain_graph": True}),
}  # fmt: skip
