"""Derivatives of any order as Values, and the check of gradients by difference quotients."""

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import tinygrad_neuron as tn
from tinygrad_neuron import Value, check_gradients, grad, gradients, topological_order
from tinygrad_neuron.engine import constant
from tinygrad_neuron.operators import stored_gradient
from tinygrad_neuron.passes import is_constant


def derivative(function, order):
    for _ in range(order):
        function = grad(function)
    return function


def close(expected):
    return pytest.approx(expected, rel=1e-12, abs=1e-12)


# grad, of any order, against closed forms


@pytest.mark.parametrize("order", range(1, 6))
@pytest.mark.parametrize("x", [-2.0, 0.0, 0.7, 3.0])
def test_derivatives_of_sin_turn_by_a_quarter(order, x):
    assert close(math.sin(x + order * math.pi / 2)) == derivative(tn.sin, order)(x).data


@pytest.mark.parametrize("order", range(1, 6))
def test_every_derivative_of_exp_is_exp(order):
    assert math.exp(0.7) == derivative(tn.exp, order)(0.7).data


@pytest.mark.parametrize("x", [-1.3, 0.0, 2.0])
def test_derivatives_of_a_power_end_at_its_degree(x):
    expected = [5 * x**4, 20 * x**3, 60 * x**2, 120 * x, 120.0, 0.0, 0.0]
    actual = [derivative(lambda v: v**5, order)(x).data for order in range(1, 8)]
    assert [close(number) for number in expected] == actual


@pytest.mark.parametrize(("base", "exponent"), [(0.0, 3), (-3.0, 2), (0.0, 1), (0.0, 0)])
def test_a_whole_power_has_all_its_derivatives_everywhere(base, exponent):
    for order in range(1, 6):
        expected = math.perm(exponent, order) * base ** max(exponent - order, 0)
        assert expected == derivative(lambda v: v**exponent, order)(base).data


@pytest.mark.parametrize("x", [-1.5, 0.0, 0.4])
def test_the_third_derivative_of_tanh(x):
    t = math.tanh(x)
    assert close(-2 * (1 - t * t) * (1 - 3 * t * t)) == derivative(tn.tanh, 3)(x).data


def test_derivatives_of_the_reciprocal_and_the_logarithm():
    assert close(24 / 2.0**5) == derivative(lambda v: 1 / v, 4)(2.0).data
    assert close(-6 / 2.0**4) == derivative(tn.log, 4)(2.0).data
    assert close(-0.25 * 2.0**-1.5) == derivative(tn.sqrt, 2)(2.0).data


def test_the_second_derivative_of_sigmoid():
    s = 1 / (1 + math.exp(-0.8))
    assert close(s * (1 - s) * (1 - 2 * s)) == derivative(tn.sigmoid, 2)(0.8).data


def test_the_second_derivative_of_a_piecewise_linear_function_is_zero():
    for function in (tn.relu, tn.abs, tn.hard_tanh, tn.leaky_relu):
        for x in (-0.5, 0.0, 0.5):
            assert 0.0 == derivative(function, 2)(x).data


def test_the_mixed_derivative_of_a_power_at_exponent_zero():
    x, b = Value(2.0), Value(0.0)
    [by_b] = gradients(x**b, [b])
    [by_x] = gradients(x**b, [x])
    assert close(0.5) == gradients(by_b, [x])[0].data
    assert close(0.5) == gradients(by_x, [b])[0].data


def test_the_second_derivatives_of_logsumexp_are_those_of_softmax():
    points = [0.5, -1.0, 2.0]
    values = [Value(x) for x in points]
    weights = [math.exp(x) / sum(map(math.exp, points)) for x in points]
    rows = [gradients(first, values) for first in gradients(tn.logsumexp(values), values)]
    for i, row in enumerate(rows):
        for j, second in enumerate(row):
            assert close(weights[i] * ((i == j) - weights[j])) == second.data


# grad as a function


def test_grad_differentiates_for_the_argument_it_is_told():
    def f(a, b, scale=1.0):
        return a * a * b * scale

    assert 12.0 == grad(f)(2.0, 3.0).data
    assert 4.0 == grad(f, argument=1)(2.0, 3.0).data
    assert 8.0 == grad(f, argument=-1)(2.0, 3.0, scale=2.0).data


def test_grad_of_a_nested_list_has_its_shape():
    def f(rows):
        return tn.sum([v * v for row in rows for v in row])

    [first, [third]] = grad(f)([[1.0, 2.0], (3.0,)])
    assert [2.0, 4.0, 6.0] == [v.data for v in (*first, third)]


def test_grad_takes_values_and_leaves_their_gradients_alone():
    x, w = Value(2.0), Value(5.0)
    w.grad = 7.0
    result = grad(lambda v: v**3 * w)(x)
    assert (60.0, None, 7.0) == (result.data, stored_gradient(x), w.grad)
    result.backward()
    assert (60.0, 19.0) == (x.grad, w.grad)


@pytest.mark.parametrize("point", [3, 3.0, Value(3.0), constant(3.0), tn.identity(3.0)], ids=repr)
def test_grad_is_the_same_whatever_holds_the_number(point):
    assert 6.0 == grad(lambda v: v * v)(point).data


def test_grad_at_a_computed_value_differentiates_further_back():
    x = Value(2.0)
    inner = x * 3
    result = grad(lambda v: v**2)(inner)
    assert 12.0 == result.data
    assert 6.0 == gradients(result, [x])[0].data


def test_grad_inside_a_function_that_is_differentiated():
    # d/dx (x * d/dy (x * y^2) at y = x) = d/dx 2 x^3
    assert 24.0 == grad(lambda x: x * grad(lambda y: x * y**2)(x * 1.0))(2.0).data


@pytest.mark.parametrize("result", [3.0, None, [Value(1.0)]], ids=["number", "None", "list"])
def test_grad_refuses_a_function_that_does_not_return_one_value(result):
    with pytest.raises(TypeError, match=f"one Value, got {type(result).__name__}"):
        grad(lambda v: result)(1.0)


def test_grad_refuses_a_missing_argument():
    with pytest.raises(TypeError, match="argument=1"):
        grad(lambda v: v, argument=1)(1.0)


# gradients


def test_gradients_can_be_taken_for_any_node():
    x = Value(2.0)
    inner = x * 3
    y = inner * inner
    assert [36.0, 12.0, 1.0] == [g.data for g in gradients(y, [x, inner, y])]


def test_gradients_for_what_the_output_does_not_depend_on_are_a_constant_zero():
    x, other = Value(2.0), Value(3.0)
    y = x * 2
    found = gradients(y, [other, y * other, x])
    assert [0.0, 0.0, 2.0] == [g.data for g in found]
    assert is_constant(found[0])


def test_gradients_for_the_same_input_twice():
    x = Value(3.0)
    assert [6.0, 6.0] == [g.data for g in gradients(x * x, [x, x])]
    assert [] == gradients(x * x, [])


def test_gradients_takes_any_iterable():
    leaves = [Value(1.0), Value(2.0)]
    assert [2.0, 1.0] == [g.data for g in gradients(leaves[0] * leaves[1], iter(leaves))]


@pytest.mark.parametrize("refused", [3.0, "x", None])
def test_gradients_refuses_an_input_that_is_not_a_value(refused):
    x = Value(3.0)
    with pytest.raises(TypeError, match=type(refused).__name__):
        gradients(x * x, [x, refused])


def test_the_gradient_given_to_gradients_multiplies_and_can_be_a_value():
    x, seed = Value(3.0), Value(0.5)
    [dy] = gradients(x * x, [x], seed)
    assert 3.0 == dy.data
    assert 6.0 == gradients(dy, [seed])[0].data
    assert 12.0 == gradients(x * x, [x], 2)[0].data


def test_gradients_leaves_every_grad_untouched():
    x, w = Value(3.0), Value(2.0)
    w.grad = 7.0
    y = (x * w).tanh()
    [dx, dw] = gradients(y, [x, w])
    gradients(dx, [x, w])
    assert [None, 7.0, None, None, None] == [stored_gradient(v) for v in (x, w, y, dx, dw)]


def test_gradients_of_a_choice_reach_only_what_was_chosen():
    a, b = Value(2.0), Value(3.0)
    chosen = tn.select([a * a, b**3], 1)
    assert [0.0, 27.0] == [g.data for g in gradients(chosen, [a, b])]
    [db] = gradients(chosen, [b])
    assert 18.0 == gradients(db, [b])[0].data


def test_gradients_of_a_node_made_by_hand_are_refused_only_where_they_are_needed():
    x, w = Value(2.0), Value(3.0)
    made = Value(4.0, (x,), "square", label="by hand")
    y = made * w
    with pytest.raises(TypeError, match="'by hand'"):
        gradients(y, [x])
    assert [4.0, 3.0] == [g.data for g in gradients(y, [w, made])]


@pytest.mark.parametrize("function", [lambda x: x.sqrt(), lambda x: x**0.5])
def test_a_derivative_that_does_not_exist_is_an_error_with_the_label(function):
    x = Value(0.0, label="x")
    with pytest.raises(ZeroDivisionError, match=r"derivative of .* of 0\.0 \('x'\)"):
        gradients(function(x), [x])


def test_a_derivative_that_is_not_asked_for_is_not_evaluated():
    x, w = Value(0.0), Value(3.0)
    assert 0.0 == gradients(x.sqrt() * w, [w])[0].data
    base, exponent = Value(-3.0), Value(2.0)  # for the exponent it would be 9 * log(-3)
    assert -6.0 == gradients(base**exponent, [base])[0].data


def test_gradients_of_a_deep_chain():
    x = Value(1.0)
    v = x
    for _ in range(20_000):
        v = v * 1.0 + x
    assert 20_001.0 == gradients(v, [x])[0].data


# Random functions

UNARY = [tn.tanh, tn.sin, tn.cos, tn.sigmoid, tn.softplus, tn.gelu, lambda v: v**3]
BINARY = [tn.add, tn.subtract, tn.multiply, lambda a, b: a / (b * b + 1)]
N_ARY = [tn.sum, tn.logsumexp]


@st.composite
def functions(draw):
    """A function of three Values: instructions on what has been computed so far."""
    instructions = []
    for position in range(3, 3 + draw(st.integers(2, 7))):
        table, arity = draw(st.sampled_from([(UNARY, 1), (BINARY, 2), (N_ARY, 3)]))
        index = draw(st.integers(0, len(table) - 1))
        operands = [draw(st.integers(max(0, position - 4), position - 1)) for _ in range(arity)]
        instructions.append((table, index, operands))

    def function(*inputs):
        nodes = list(inputs)
        for table, index, operands in instructions:
            chosen = [nodes[i] for i in operands]
            nodes.append(table[index](chosen) if table is N_ARY else table[index](*chosen))
        return tn.sum(nodes[3:])

    return function


POINTS = st.lists(st.floats(-1.5, 1.5), min_size=3, max_size=3)


def near(expected):
    return pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(functions(), POINTS)
@settings(max_examples=60, deadline=None)
def test_derivatives_as_values_agree_with_backward(function, point):
    values = [Value(x) for x in point]
    output = function(*values)
    assume(abs(output.data) < 1e3)
    found = gradients(output, values)
    output.backward()
    assert [near(v.grad) for v in values] == [g.data for g in found]


@given(functions(), POINTS)
@settings(max_examples=60, deadline=None)
def test_second_derivatives_are_symmetric_and_agree_with_backward(function, point):
    values = [Value(x) for x in point]
    output = function(*values)
    assume(abs(output.data) < 1e3)
    first = gradients(output, values)
    hessian = [[second.data for second in gradients(row, values)] for row in first]
    assume(all(abs(second) < 1e6 for row in hessian for second in row))
    for i in range(3):
        assert [near(hessian[j][i]) for j in range(3)] == hessian[i]
        for value in values:
            value.grad = 0.0
        first[i].backward()
        assert [near(value.grad) for value in values] == hessian[i]


@given(functions(), POINTS)
@settings(max_examples=30, deadline=None)
def test_second_derivatives_agree_with_difference_quotients(function, point):
    values = [Value(x) for x in point]
    output = function(*values)
    assume(abs(output.data) < 50)
    first = gradients(output, values)
    second = [g.data for row in first for g in gradients(row, values)]
    assume(all(abs(s) < 1e2 for s in second))
    for i in range(3):
        check_gradients(
            lambda *inputs, i=i: gradients(function(*inputs), inputs)[i],
            point,
            tolerance=1e-4,
        )


def test_a_registered_operation_has_derivatives_of_every_order():
    cube = tn.define_operation("cubed", "a * a * a", ["3 * a * a"])
    assert [12.0, 12.0, 6.0, 0.0] == [derivative(cube, order)(2.0).data for order in range(1, 5)]


def chain():
    """y = (3x - 4)² at x = 2, with its stages."""
    x = Value(2.0, label="x")
    u = 3 * x
    v = u - 4
    y = v**2
    return x, u, v, y


def test_a_nudge_shows_every_node_on_the_way_with_its_number_before_and_after():
    x, u, v, y = chain()
    assert [(x, 2.0, 2.5), (u, 6.0, 7.5), (v, 2.0, 3.5), (y, 4.0, 12.25)] == tn.nudge(y, x, by=0.5)
    assert [0.5, 1.5, 1.5, 8.25] == [step.change for step in tn.nudge(y, x, by=0.5)]


def test_a_nudge_leaves_numbers_and_gradients_as_they_were():
    x, u, v, y = chain()
    y.backward()
    u.data = -7.0  # assigned by hand: not the 6 that forward() would make of it
    expected = [(node.data, node.grad) for node in (x, u, v, y)]
    tn.nudge(y, x)
    assert expected == [(node.data, node.grad) for node in (x, u, v, y)]


def test_a_nudge_leaves_the_numbers_as_they_were_where_an_operation_fails_on_the_way():
    x = Value(0.5)
    y = x.log()
    with pytest.raises(ValueError, match="log of"):
        tn.nudge(y, x, by=-1.0)
    assert (0.5, math.log(0.5)) == (x.data, y.data)


def test_a_nudge_passes_by_what_does_not_depend_on_the_leaf():
    x, w = Value(2.0), Value(3.0)
    square = w * w
    y = x + square
    assert [x, y] == [node for node, *_ in tn.nudge(y, x)]


@pytest.mark.parametrize("which", ["another leaf", "an inner node", "a constant"])
def test_a_nudge_refuses_what_is_not_a_leaf_behind_the_output(which):
    _, u, _, y = chain()
    others = {"another leaf": Value(1.0), "an inner node": u, "a constant": u._prev[0]}
    with pytest.raises(ValueError, match="nudge: the leaf must be one that the output"):
        tn.nudge(y, others[which])


# The argument is a variable of its own --------------------------------------------------------


def test_the_same_value_elsewhere_is_another_variable() -> None:
    x = Value(5.0)
    assert 5.0 == grad(lambda y: x * y)(x).data
    assert 50.0 == grad(lambda a, b: a * a * b)(x, x).data
    assert 25.0 == grad(lambda a, b: a * a * b, argument=1)(x, x).data
    assert [25.0, 50.0] == [d.data for d in grad(lambda v: v[0] * v[1] ** 2)([x, x])]
    assert 1.0 == grad(lambda x: x * grad(lambda y: x + y)(x))(5.0).data


def test_the_derivative_is_a_graph_over_the_value_itself() -> None:
    x = Value(3.0, label="x")
    [derivative] = [grad(lambda y: y**3)(x)]
    assert "identity" not in {node._operation.name for node in topological_order(derivative)}
    assert x in topological_order(derivative)
    derivative.backward()
    assert (27.0, 18.0) == (derivative.data, x.grad)


def test_what_a_function_keeps_of_its_argument_still_reaches_the_value() -> None:
    x, kept = Value(3.0), []
    grad(lambda y: kept.append(y * 2) or y * y)(x)
    kept[0].backward()
    assert 2.0 == x.grad


# Several derivatives at once -------------------------------------------------------------------


def test_the_jacobian_has_a_row_for_each_result_and_zeros_where_nothing_depends() -> None:
    def results(v):
        return [v[0] * v[1], [tn.sin(v[0])], Value(3.0)]

    rows = tn.jacobian(results)([2.0, 5.0])
    assert [[5.0, 2.0], [[math.cos(2.0), 0.0]], [0.0, 0.0]] == [
        [d.data for d in rows[0]],
        [[d.data for d in rows[1][0]]],
        [d.data for d in rows[2]],
    ]
    with pytest.raises(TypeError, match="jacobian needs a function that returns Values"):
        tn.jacobian(lambda x: [x.data])(1.0)


def test_the_hessian_is_symmetric_and_its_product_with_a_vector_is_hvp() -> None:
    def function(v):
        return tn.exp(v[0] * v[1]) + v[1] ** 3 * v[2]

    point, vector = [0.3, -0.7, 1.2], [1.0, -2.0, 0.5]
    matrix = [[d.data for d in row] for row in tn.hessian(function)(point)]
    for i in range(3):
        for j in range(3):
            assert matrix[i][j] == close(matrix[j][i])
    assert 0.0 == matrix[2][2]
    products = [d.data for d in tn.hvp(function)(point, vector)]
    for row, product in zip(matrix, products, strict=True):
        assert product == close(math.fsum(a * b for a, b in zip(row, vector, strict=True)))
    with pytest.raises(ValueError, match="must have 3 numbers, as the argument has, got 2"):
        tn.hvp(function)(point, [1.0, 2.0])


def test_what_is_detached_has_the_number_and_no_history() -> None:
    x = Value(3.0)
    for function in (lambda v: v * v.detach(), tn.compile(lambda v: v * v.detach())):
        x.grad = 0.0
        y = function(x)
        y.backward()
        assert (9.0, 3.0) == (y.data, x.grad)


def test_a_parameter_that_is_detached_in_a_compiled_function_stays_live() -> None:
    w = Value(2.0)
    compiled = tn.compile(lambda x: w.detach() * x)
    assert 10.0 == compiled(Value(5.0)).data
    w.data = 3.0
    assert 15.0 == compiled(Value(5.0)).data


@pytest.mark.parametrize("name", ["grad", "hessian", "hvp"])
def test_numbers_in_the_place_of_the_argument_are_told_where_they_go(name):
    with pytest.raises(TypeError, match=rf"^{name}: argument must be .* as in {name}\(f\)\(x\)"):
        getattr(tn, name)(lambda v: v, [1.0, 2.0])
