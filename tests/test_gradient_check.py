"""The check of gradients: no false alarm, and a wrong derivative is named with its operation."""

import math

import pytest

import tinygrad_neuron as tn
from tinygrad_neuron import Value, check_gradients, define_operation
from tinygrad_neuron.gradient_check import difference


def test_check_gradients_returns_the_largest_error():
    assert 0.0 <= check_gradients(lambda a, b: a * b + b.tanh(), [0.5, -1.0]) < 1e-6
    assert 0.0 == check_gradients(lambda a: tn.identity(3.0), [0.5])


def test_check_gradients_catches_a_wrong_derivative():
    cube = define_operation("wrong_cube", "a * a * a", ["2 * a * a"])
    with pytest.raises(
        AssertionError, match=r"input 0 = 2\.0: backward\(\) gives 8\.0, .* 1[12]\."
    ):
        check_gradients(cube, [2.0])


def test_check_gradients_catches_an_error_of_one_in_a_hundred_thousand():
    nearly = define_operation("nearly_sine", "sin(a)", ["1.00001 * cos(a)"])
    with pytest.raises(AssertionError):
        check_gradients(nearly, [0.3])


def test_check_gradients_catches_a_wrong_partial_of_a_later_operand():
    wrong = define_operation("swapped", "a - 2 * b", ["1", "2"], operands="a, b")
    with pytest.raises(AssertionError, match=r"^input 1"):
        check_gradients(wrong, [1.0, 2.0])


def test_check_gradients_catches_nan():
    wrong = define_operation("undefined", "a + 1", ["exp(1000 * a) * 0"])
    with pytest.raises((AssertionError, OverflowError)):
        check_gradients(wrong, [1.0])
    with pytest.raises(AssertionError):
        check_gradients(lambda a: a * math.nan, [1.0])


def test_check_gradients_catches_a_wrong_closure():
    def square(x):
        out = Value(x.data**2, (x,), "square")

        def backward():
            x.grad += x.data * out.grad

        out._backward = backward
        return out

    with pytest.raises(AssertionError, match="backward"):
        check_gradients(square, [3.0])


def test_check_gradients_refuses_an_input_that_is_not_a_number():
    with pytest.raises(
        TypeError, match=r"^check_gradients: input 1 must be a real number, got str"
    ):
        check_gradients(lambda a, b: a * b, [1.0, "2"])


@pytest.mark.parametrize("x", [1e6, -1e6, 1e-9, 0.0])
def test_check_gradients_fits_its_step_to_the_input(x):
    assert check_gradients(lambda v: v * v / 2 + v, [x]) < 1e-6


@pytest.mark.parametrize(
    ("function", "inputs"),
    [
        (tn.sin, [1e8]),
        (tn.log, [1e-8]),
        (tn.sqrt, [1e-12]),
        (tn.exp, [700.0]),
        (tn.gelu, [-8.43]),
        (tn.tanh, [25.0]),
        (lambda x: 1 / x, [1e-5]),
        (lambda x: x * 1e200, [1e100]),
        (lambda x: x - 1e6, [1e6 + 1e-3]),
        (lambda x: x**3, [0.0]),
        (tn.relu, [0.0]),
        (tn.relu, [1e-9]),
        (tn.relu, [-1e-12]),
        (abs, [1e-15]),
        (tn.step, [0.0]),
        (tn.maximum, [1.0, 1.0]),
        (tn.hard_tanh, [1.0]),
    ],
)
def test_there_is_no_false_alarm_at_any_order(function, inputs):
    assert check_gradients(function, inputs, order=2) < 1e-6


def test_a_kink_is_called_one_where_the_gradient_is_not_between_the_slopes():
    wrong = define_operation("steep", "abs(a)", ["2 * sign(a) + 3 * (1 - abs(sign(a)))"])
    with pytest.raises(AssertionError, match=r"a kink, on the left -1\.0.*, on the right 1\.0"):
        check_gradients(wrong, [0.0])


def test_the_first_operation_with_a_wrong_derivative_is_named():
    wrong = define_operation("wrong_square", "a * a", ["3 * a"])
    with pytest.raises(AssertionError, match=r"first suspect is wrong_square of \[0\.46"):
        check_gradients(lambda x: (wrong(x.tanh()) * 2).exp(), [0.5])


def test_a_wrong_second_derivative_is_found_by_order_2():
    # Its first derivative is right and written so that its own derivative is not.
    define_operation("frozen", "cos(a)", ["0"])
    wrong = define_operation("sine_once", "sin(a)", ["frozen(a)"])
    check_gradients(wrong, [0.3])
    with pytest.raises(AssertionError, match="frozen"):
        check_gradients(wrong, [0.3], order=2)


def test_a_route_that_differs_is_named(monkeypatch):
    from tinygrad_neuron import gradient_check

    monkeypatch.setattr(gradient_check, "compile", lambda function: lambda x: function(x) + x)
    with pytest.raises(
        AssertionError, match=r"backward\(\) gives 6\.0, the compiled function 7\.0"
    ):
        check_gradients(lambda x: x * x, [3.0])


def test_a_single_number_is_told_what_is_taken():
    with pytest.raises(TypeError, match=r"check_gradients\(f, \[0\.0\]\), got float 0\.0"):
        check_gradients(lambda x: x, 0.0)


@pytest.mark.parametrize(
    ("function", "at", "true"),
    [(math.sin, 1e8, math.cos(1e8)), (math.log, 1e-8, 1e8), (math.exp, 5.0, math.exp(5.0))],
)
def test_the_error_estimate_holds(function, at, true):
    found = difference(function, at)
    assert abs(found.slope - true) <= 2.0 * found.error
    assert found.error < 1e-5 * abs(true)


@pytest.mark.parametrize("b", [1e-5, 1e-9, 1e-12, 1e-30, 1.0861093014909987e-112])
def test_what_rounding_within_the_function_swallows_is_no_false_alarm(b):
    """Steps as small as b are lost where b is added to 1, though the result is small again."""

    def swallows(b, c):
        return -tn.sum([c, b + b, -c, b])

    assert check_gradients(swallows, [b, 1.0]) < 1e-6
    values = Value(b), Value(1.0)
    swallows(*values).backward()
    assert (-3.0, 0.0) == (values[0].grad, values[1].grad)


def test_a_wrong_derivative_is_found_where_rounding_swallows_small_steps():
    wrong = define_operation("wrong_triple", "3 * a", ["2"])
    with pytest.raises(AssertionError, match="the first suspect is wrong_triple"):
        check_gradients(lambda b, c: (c + wrong(b)) - c, [1e-12, 1.0])
