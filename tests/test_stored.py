"""What is assigned to `data` or `grad` and is no number is named where something fails with it: the
operation, the Value, what is there, and the way out. Nothing is checked at the assignment."""

import math
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_neuron as tn
from tests.conftest import needs_compiler
from tinygrad_neuron import Value, compile, nn, optim
from tinygrad_neuron.engine import plain
from tinygrad_neuron.stored import data_error

# What is assigned, and the beginning of what is told of it, the end too where it is another one.
ASSIGNED: dict[str, tuple[Any, str, str]] = {
    "a Value": (Value(2.0), "Value Value(data=2.0)", "as in v.{} = other.data"),
    "a text": ("x", "str 'x'", "as in v.{} = 0.5"),
    "None": (None, "NoneType None", "as in v.{} = 0.5"),
    "an array": (np.array([1.0, 2.0]), "ndarray array([1., 2.])", "a Value of each of these"),
    "a list": ([1.0], "list [1.0]", "a Value of each of these"),
    "a complex number": (1j, "complex 1j", "as in v.{} = 0.5"),
    "a large integer": (10**400, "int 1000", "no float is as large, so assign a number"),
}
every = pytest.mark.parametrize("name", ASSIGNED)


def refused(name: str, what: str, run: Callable[[], object], slot: str = "data") -> None:
    """Run what fails: the error is ours, and not one of Python's with another above it."""
    _, shown, way_out = ASSIGNED[name]
    with pytest.raises(TypeError) as error:
        run()
    text = str(error.value)
    assert text.startswith(f"{what}: the {slot} of 'w' is {shown}"), text
    assert way_out.format(slot) in text
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__ or error.value.__context__ is None


def wrong(name: str, slot: str = "data") -> Value:
    w = Value(0.5, label="w")
    setattr(w, slot, ASSIGNED[name][0])
    return w


def graph() -> tuple[Value, Value]:
    """A leaf, and what is computed from it."""
    w = Value(0.5, label="w")
    return w, (w * Value(2.0, label="u")).tanh()


def network(name: str, slot: str = "data") -> nn.MLP:
    model = nn.MLP(2, [2, 1], activation="tanh", seed=0)
    model.parameters()[0].label = "w"
    setattr(model.parameters()[0], slot, ASSIGNED[name][0])
    return model


OPERATIONS: dict[str, Callable[[Value], Value]] = {
    "tanh": lambda w: w.tanh(),
    "log": lambda w: w.log(),
    "power": lambda w: w**3,
    "logsumexp": lambda w: tn.logsumexp([w, Value(1.0)]),
    "select": lambda w: tn.select([Value(1.0), Value(2.0)], w),
}


@every
@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_names_what_is_stored(name: str, operation: str) -> None:
    refused(name, operation, lambda: OPERATIONS[operation](wrong(name)))
    with plain():
        refused(name, operation, lambda: OPERATIONS[operation](wrong(name)))


@pytest.mark.parametrize("name", ["a text", "None", "a list", "a large integer"])
def test_also_one_that_cannot_fail_on_numbers(name: str) -> None:
    refused(name, "multiply", lambda: wrong(name) * 2.0)
    refused(name, "add", lambda: Value(1.0) + wrong(name))
    refused(name, "sum", lambda: tn.sum([Value(1.0), wrong(name)]))


@every
def test_forward_names_it_and_changes_nothing(name: str) -> None:
    w, y = graph()
    before = y.data
    w.data = ASSIGNED[name][0]
    with pytest.raises(TypeError, match=r"(multiply|tanh): the data of 'w' is "):
        y.forward()
    assert y.data == before


@pytest.mark.parametrize("name", ["a text", "None", "a list", "a large integer"])
def test_backward_names_it_and_changes_nothing(name: str) -> None:
    w, y = graph()
    w.data = ASSIGNED[name][0]
    refused(name, "derivative of multiply", y.backward)
    assert [v.grad for v in (w, y)] == [0.0, 0.0]


@pytest.mark.parametrize("name", ["a Value", "an array", "a complex number"])  # Python adds these
def test_backward_from_what_was_computed_with_no_number_names_it(name: str) -> None:
    y = (wrong(name) + Value(1.0)) * 2.0
    refused(name, "backward", y.backward)


@pytest.mark.parametrize("name", ["a text", "a list", "a large integer"])
def test_backward_names_a_gradient_that_it_cannot_add_to(name: str) -> None:
    w, y = graph()
    w.grad = ASSIGNED[name][0]
    refused(name, "backward", y.backward, "grad")
    assert w.grad is ASSIGNED[name][0]


def test_what_was_computed_from_it_is_not_what_is_named() -> None:
    w = wrong("a Value")
    z = (w + 1.0) * 2.0  # its data is a Value too
    with pytest.raises(TypeError, match=r"^tanh: the data of 'w' is Value"):
        z.tanh()


def test_a_node_without_a_label_is_named_by_its_operation() -> None:
    z = Value(1.0) * Value(2.0)
    y = z * z
    z.data = "x"  # type: ignore[assignment]
    with pytest.raises(TypeError, match=r"the data of a Value without a label \(\*\) is str 'x'"):
        y.backward()


def test_an_error_of_another_kind_stays_as_it_is() -> None:
    def kernel(a: float) -> float:
        raise TypeError("of my own") from KeyError("the cause")

    own = tn.define_operation("own_kernel", "k(a)", ["1"], kernels={"k": kernel})
    with pytest.raises(TypeError, match=r"^of my own$") as error:
        own(Value(1.0))
    assert isinstance(error.value.__cause__, KeyError)
    with pytest.raises(ValueError, match=r"log of -1.0 \('w'\)"):
        Value(-1.0, label="w").log()
    with pytest.raises(ValueError, match="theme"):
        tn.draw_dot(graph()[1], theme="no theme")


def test_a_list_that_holds_itself_is_searched_once() -> None:
    endless: list[Any] = []
    endless.append(endless)
    error = TypeError("came")
    assert data_error("f", endless, error) is error


def test_numbers_of_any_kind_are_taken_as_before() -> None:
    for number in (3, True, np.float32(3.0), np.int64(3), np.array(3.0)):
        w, y = graph()
        w.data = number
        w.grad = None
        assert y.forward() == math.tanh(2.0 * float(number))
        y.backward()
        optim.SGD([w], lr=0.1).step()


@every
@pytest.mark.parametrize("kind", [optim.SGD, optim.Adam])
def test_a_step_of_an_optimiser_names_it_and_changes_nothing(name: str, kind: Any) -> None:
    for slot in ("data", "grad"):
        if (name, slot) == ("None", "grad"):
            continue  # PyTorch's habit: no gradient
        w, other = wrong(name, slot), Value(1.0)
        other.grad = 1.0
        optimiser = kind([other, w], lr=0.1)
        refused(name, "step", optimiser.step, slot)
        assert (other.data, optimiser.steps) == (1.0, 0)


def test_clipping_takes_no_gradient_as_zero() -> None:
    w, other = Value(1.0), Value(1.0)
    w.grad, other.grad = None, 3.0
    assert optim.clip_gradient_norm([w, other], 1.0) == 3.0
    assert (w.grad, other.grad) == (None, 1.0)


@every
def test_whatever_reads_a_graph_or_a_model_names_it(name: str, tmp_path: Path) -> None:
    w, y = graph()
    w.data = ASSIGNED[name][0]
    if name != "a text":  # a picture shows it
        refused(name, "draw_dot", lambda: tn.draw_dot(y))
        refused(name, "animate", lambda: tn.animate(y, tmp_path / "y.svg"))
    refused(name, "walkthrough", lambda: tn.walkthrough(y))
    with pytest.raises(TypeError, match="the data of 'w' is "):
        tn.nudge(y, w)
    with tn.detect_anomaly(), pytest.raises(TypeError, match="the data of 'w' is "):
        y.backward()
    model = network(name)
    refused(name, "state_dict", model.state_dict)
    refused(name, "state_dict", lambda: model.save(tmp_path / "model.json"))
    refused(name, "draw_network", lambda: tn.draw_network(model))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a text", "None", "a list", "a complex number"])
def test_a_comparison_names_it(name: str) -> None:
    for compare in (lambda w: w > 1.0, lambda w: w <= Value(1.0), lambda w: 1.0 < w):
        with pytest.raises(TypeError, match=r"^(>|<=): the data of 'w' is "):
            compare(wrong(name))


TARGETS = ["python", pytest.param("c", marks=needs_compiler)]


@every
@pytest.mark.parametrize("target", TARGETS)
def test_what_is_compiled_names_it(name: str, target: str) -> None:
    w = Value(0.5, label="w")

    @compile(target=target)
    def curve(x: Any) -> Any:
        return (w * x).tanh()

    curve(2.0)
    curve.mean([(2.0,), (3.0,)])
    w.data = ASSIGNED[name][0]
    for run in (
        lambda: curve(2.0),
        lambda: curve.map([(2.0,), (3.0,)]),
        lambda: curve.mean([(2.0,), (3.0,)]),
        lambda: curve.sum([(2.0,)]),
    ):
        refused(name, "curve", run)
    w.data, given = 0.5, wrong(name)
    refused(name, "curve", lambda: curve(given))


@every
@pytest.mark.parametrize("target", TARGETS)
def test_a_trainer_names_it_and_takes_no_step(name: str, target: str) -> None:
    model = nn.Neuron(1, seed=0)
    w = Value(0.5, label="w")
    loss = compile(lambda x: (model([x]) * w) ** 2, target=target)
    optimiser = optim.SGD(model.parameters(), lr=0.1)
    with loss.trainer(optimiser) as trainer:
        trainer.step([(1.0,)])
        w.data = ASSIGNED[name][0]
        refused(name, "step", lambda: trainer.step([(1.0,)]))
        w.data = 0.5
        trainer.step([(1.0,)])
    assert optimiser.steps == 2
    refused(name, "trainer", lambda: loss.trainer(optim.SGD([wrong(name)], lr=0.1)))


@every
def test_javascript_names_it(name: str) -> None:
    w = Value(0.5, label="w")
    compiled = compile(lambda x: w * x)
    w.data = ASSIGNED[name][0]
    with pytest.raises(TypeError, match=re.escape(f"the data of 'w' is {ASSIGNED[name][1]}")):
        compiled.javascript(2.0)


def test_what_was_deleted_is_named():
    v, w = Value(1.0, label="v"), Value(2.0, label="w")
    del v.data
    for use in (lambda: v + 1, lambda: v * w, lambda: v > 0.0, v.backward, lambda: sum([v, w])):
        with pytest.raises(TypeError, match="the data of 'v' was deleted; assign a number, as in"):
            use()
    v.data = 2.0
    assert (v + 1).data == 3.0
    del w.grad
    with pytest.raises(AttributeError, match="grad"):
        (v * w).backward()
    assert v.grad == 0.0


@pytest.mark.skipif(sys.version_info < (3, 12), reason="Python itself says what is not there")
@pytest.mark.parametrize("name", ["data", "grad"])
def test_what_was_deleted_is_said_where_it_is_read(name: str) -> None:
    v = Value(1.0)
    delattr(v, name)
    with pytest.raises(AttributeError, match=f"a Value's {name} was deleted; assign a number"):
        getattr(v, name)
