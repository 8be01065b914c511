"""Calls of what few write: methods, operators, every operation, a lesson's words. As
`arguments.VALID`."""

import functools
import operator
from typing import Any

import tinygrad_neuron as tn
from tinygrad_neuron import Value, course, init, interpret, nn, optim
from tinygrad_neuron.calculus.table import BUILT_IN, TABLE

from .arguments import Call, adam, by_place, mlp, on, product, square
from .conftest import forget_operations


def _operands(name: str) -> dict[str, Any]:
    """Arguments of an operation of the table."""
    operation = TABLE[name]
    if operation.variadic:
        return {"values": [Value(0.5), Value(2.0)]} | ({"index": 0} if operation.chosen else {})
    return {operand: Value(0.5) for operand in operation.operand_names}


def defined(**given: Any) -> Any:
    try:
        return tn.define_operation(**given)
    finally:
        forget_operations()


def stepped(**given: Any) -> Any:
    compiled = tn.compile(product)
    with compiled.trainer(adam()) as trainer:
        return trainer.step(**given)


def assigned(**given: Any) -> Any:
    value = Value(1.0)
    for name, x in given.items():
        setattr(value, name, x)
    return square(value).backward() if "label" in given else repr(value)


def lesson(**given: Any) -> Any:
    """A question, answered."""
    answers = given.pop("answers")
    return course.Question(**given).check(answers)


def coded(**given: Any) -> Any:
    code = given.pop("code")
    return course.Task(**given).check(code)


BINARY = ("add", "sub", "mul", "truediv", "pow", "lt", "ge", "eq")

REST: dict[str, Call] = {
    **{
        f"operation {name}": (
            by_place(lambda name=name: getattr(tn, name)),
            functools.partial(_operands, name),
        )
        for name in sorted(BUILT_IN)
        if hasattr(tn, name)
    },
    **{
        f"Value {name}": (
            by_place(lambda name=name: functools.partial(getattr(operator, name), Value(2.0))),
            lambda: {"other": 3.0},
        )
        for name in BINARY
    },
    "Value.power": (on(lambda: Value(2.0), "power"), lambda: {"b": 3.0}),
    "assigned": (assigned, lambda: {"label": "x"}),
    "define_operation": (
        defined,
        lambda: {
            "name": "cubed", "forward": "a * a * a", "partials": ["3 * a * a"], "operands": "a",
            "defaults": [], "where": {}, "kernels": {}, "symbol": "", "summary": "", "source": "",
            "domain": "", "example": "", "activation": False, "chosen": "",
        },
    ),
    "compiled.javascript": (
        by_place(lambda: tn.compile(product).javascript), lambda: {"x": 1.0, "y": 2.0}
    ),
    "compiled.trainer, only_finite": (
        on(lambda: tn.compile(product), "trainer"),
        lambda: {"optimiser": adam(), "only_finite": True},
    ),
    "trainer.step": (stepped, lambda: {"examples": [(1.0, 2.0)]}),
    "zero_grad": (on(mlp, "zero_grad"), lambda: {"set_to_none": True}),
    "optimiser.zero_grad": (on(adam, "zero_grad"), lambda: {"set_to_none": True}),
    "optimiser.differences": (on(adam, "differences"), lambda: {"given": adam().state_dict()}),
    "pre_activation": (
        on(lambda: nn.Neuron(2, seed=0), "pre_activation"), lambda: {"x": [1.0, 2.0]}
    ),
    "Perceptron.predict": (on(lambda: nn.Perceptron(2), "predict"), lambda: {"x": [1.0, 0.0]}),
    "OR": (nn.OR, lambda: {"inputs": 2}),
    **{
        f"nn.{name}": (by_place(lambda name=name: getattr(nn, name)), lambda: {"alpha": 0.5})
        for name in ("ELU", "LeakyReLU")
    },
    "xavier_normal": (init.xavier_normal, lambda: {"gain": 1.0}),
    "xavier_uniform": (init.xavier_uniform, lambda: {"gain": 1.0}),
    "he_uniform": (init.he_uniform, lambda: {"gain": 1.0}),
    "an initialiser's numbers": (
        lambda init: nn.Neuron(2, init=init, seed=0),
        lambda: {"init": lambda generator, fan_in, fan_out: 0.5},
    ),
    "a schedule's numbers": (
        lambda lr: optim.SGD([Value(1.0)], lr=lr).step(),
        lambda: {"lr": lambda step: 0.1},
    ),
    "ToyModel": (interpret.ToyModel, lambda: {"features": 3, "neurons": 2, "seed": 0}),
    **{
        f"ToyModel{'.hidden' * (name == 'hidden')}, called": (
            on(lambda: interpret.ToyModel(2, 1, seed=0), name), lambda: {"x": [1.0, 0.0]}
        )
        for name in ("hidden", "__call__")
    },
    "SparseAutoencoder.decoded": (
        on(lambda: interpret.SparseAutoencoder(2, 3, seed=0), "decoded"),
        lambda: {"features": [1.0, 0.0, 0.0]},
    ),
    "SparseAutoencoder.fit": (
        on(lambda: interpret.SparseAutoencoder(2, 3, seed=0), "fit"),
        lambda: {
            "activations": [[1.0, 0.0], [0.0, 1.0]], "sparsity": 0.1, "steps": 1, "batch_size": 1,
            "lr": 0.1, "seed": 0, "target": "python",
        },
    ),
    "Hyperplane": (nn.Hyperplane, lambda: {"normal": (1.0, 0.0), "bias": 0.0}),
    "Walkthrough.gradients": (
        lambda iteration: tn.walkthrough(square(Value(2.0))).gradients(iteration),
        lambda: {"iteration": 1},
    ),
    # a lesson's words, as a teacher writes them
    "Question": (
        lesson,
        lambda: {
            "text": "2 + 2?", "answer": 4, "options": (), "variables": (), "names": (),
            "wrong": {}, "hint": "", "explanation": "", "judge": None, "tolerance": 1e-6,
            "before": False, "answers": "4",
        },
    ),
    "Task": (
        coded,
        lambda: {
            "text": "Write it.", "start": "def f(x): ...", "solution": "def f(x): return x",
            "cases": [((1.0,), 1.0)], "judge": None, "wrong": {}, "hint": "", "explanation": "",
            "given": {}, "seconds": 5.0, "code": "def f(x): return x",
        },
    ),
    "slider": (
        course.slider,
        lambda: {
            "name": "w", "values": [1.0, 2.0], "show": lambda w: w, "start": None, "live": None,
        },
    ),
    "show": (course.show, lambda: {"thing": 1.0, "text": ""}),
    "Beside": (course.Beside, lambda: {"things": {"a": 1.0, "b": 2.0}}),
    "course.check": (by_place(lambda: course.check), lambda: {"written": "4"}),
}  # fmt: skip
