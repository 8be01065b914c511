"""`detect_anomaly` stops at the first operation that makes a NaN or an infinity, and names it."""

import math
import threading

import pytest

from tinygrad_neuron import Value, define_operation, detect_anomaly, nn
from tinygrad_neuron import sum as add_up
from tinygrad_neuron.walk import AnomalyError


def test_the_operation_that_first_makes_an_infinity_stops_the_forward_pass() -> None:
    x = Value(1e200, label="x")
    with (
        pytest.raises(
            AnomalyError, match=r"^multiply of 1e\+200 \('x'\) and 1e\+200.*: y = x \* x"
        ),
        detect_anomaly(),
    ):
        y = x * x
        y.tanh()


def test_the_last_operation_is_looked_at_where_the_block_ends() -> None:
    x = Value(1e308, label="x")
    with pytest.raises(AnomalyError, match="gives inf"), detect_anomaly():
        add_up([x, x])


def test_a_leaf_that_holds_one_is_named() -> None:
    x = Value(math.nan, label="x")
    with detect_anomaly(), pytest.raises(AnomalyError, match="the leaf 'x' holds nan"):
        (x * 2.0).backward()


def test_a_contribution_that_is_one_stops_the_backward_pass() -> None:
    steep = define_operation("steep_here", "a", ["1e200 * 1e200"])
    x = Value(2.0, label="x")
    with detect_anomaly():
        y = steep(x) * 3.0
        with pytest.raises(
            AnomalyError, match=r"steep_here of 2\.0 \('x'\) to its operand 0 is inf"
        ):
            y.backward()
    assert 0.0 == x.grad


def test_data_that_was_changed_between_forward_and_backward_is_noticed() -> None:
    x = Value(3.0, label="x")
    y = x * x * x
    x.data = 2.0
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"gave 9\.0 and would give 4\.0 now"):
        y.backward()
    y.forward()
    with detect_anomaly():
        y.backward()
    assert 12.0 == x.grad


def test_what_is_right_runs_as_without_and_nothing_is_left_behind() -> None:
    model = nn.MLP(2, [3, 1], seed=0)
    backward, made = Value.backward, (Value(2.0) * 3.0).line
    with detect_anomaly(), detect_anomaly():
        model([1.0, 2.0]).backward()
    found = [p.grad for p in model.parameters()]
    model.zero_grad()
    model([1.0, 2.0]).backward()
    assert found == [p.grad for p in model.parameters()]
    assert Value.backward is backward
    assert (Value(2.0) * 3.0).line == made == ""


def test_a_node_made_by_hand_is_let_through() -> None:
    x = Value(2.0)
    y = Value(4.0, (x,), "square")
    y._backward = lambda: setattr(x, "grad", x.grad + 4.0 * y.grad)
    with detect_anomaly():
        y.backward()
    assert 4.0 == x.grad


def test_threads_are_looked_at_each_by_itself() -> None:
    errors: list[BaseException] = []

    def work() -> None:
        try:
            x = Value(1e200)
            (x * x) + 1.0
        except AnomalyError as error:
            errors.append(error)

    with detect_anomaly():
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert 4 == len(errors)
