"""`Value`: its numbers, its graph, its comparisons, its copies, and what it refuses."""

import copy
import math
import pickle
import subprocess
import sys
import weakref
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_neuron as tn
from tinygrad_neuron import Value, arrays
from tinygrad_neuron.calculus.table import TABLE
from tinygrad_neuron.engine import constant
from tinygrad_neuron.operators import stored_gradient
from tinygrad_neuron.passes import is_constant
from tinygrad_neuron.scope import Scope

REFUSED = [
    pytest.param("3", id="str"),
    pytest.param(b"3", id="bytes"),
    pytest.param(None, id="None"),
    pytest.param(2j, id="complex"),
    pytest.param([1.0], id="list"),
    pytest.param((1.0,), id="tuple"),
    pytest.param({1.0}, id="set"),
    pytest.param(Decimal(3), id="Decimal"),
    pytest.param(float, id="a type"),
    pytest.param(abs, id="a function"),
]
ARITHMETIC = [
    pytest.param("add", lambda a, b: a + b, id="+"),
    pytest.param("subtract", lambda a, b: a - b, id="-"),
    pytest.param("multiply", lambda a, b: a * b, id="*"),
    pytest.param("divide", lambda a, b: a / b, id="/"),
    pytest.param("power", lambda a, b: a**b, id="**"),
]


def call(name, operand):
    """An operation of the table by name, every operand the same."""
    operation = TABLE[name]
    if operation.chosen:
        return operation.function([operand, operand], 0)
    if operation.variadic:
        return operation.function([operand, operand])
    return operation.function(*[operand] * len(operation.operands))


def run(program, **environment):
    """What a program prints in a new interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment or None
    )
    assert (0, "") == (done.returncode, done.stderr)
    return done.stdout


# Numbers


@pytest.mark.parametrize(
    "number",
    [3, 3.0, True, Fraction(7, 2), -(2**70)],
    ids=["int", "float", "bool", "Fraction", "big"],
)
def test_a_real_number_of_any_kind_becomes_a_plain_float(number):
    value = Value(number)
    assert (float, float(number)) == (type(value.data), value.data)


@pytest.mark.parametrize(("name", "operate"), ARITHMETIC)
@pytest.mark.parametrize("number", [2, True, Fraction(1, 2)], ids=["int", "bool", "Fraction"])
def test_a_real_number_of_any_kind_can_stand_on_either_side(name, operate, number):
    right, left = operate(Value(3.0), number), operate(number, Value(3.0))
    assert (Value, float) == (type(right), type(right.data))
    assert (Value, float) == (type(left), type(left.data))
    assert operate(3.0, float(number)) == right.data
    assert operate(float(number), 3.0) == left.data


@pytest.mark.parametrize(
    "kind", ["float64", "float32", "float16", "int64", "int8", "uint8", "bool_"]
)
def test_a_numpy_scalar_becomes_a_plain_float(kind):
    numpy = pytest.importorskip("numpy")
    value = Value(getattr(numpy, kind)(1))
    assert (float, 1.0) == (type(value.data), value.data)


def test_a_numpy_array_without_dimensions_becomes_a_plain_float():
    numpy = pytest.importorskip("numpy")
    value = Value(numpy.array(2.5))
    assert (float, 2.5) == (type(value.data), value.data)


@pytest.mark.parametrize(("name", "operate"), ARITHMETIC)
@pytest.mark.parametrize("kind", ["float64", "float32", "int64"])
def test_a_numpy_scalar_can_be_the_left_operand(name, operate, kind):
    numpy = pytest.importorskip("numpy")
    v = Value(3.0)
    result = operate(getattr(numpy, kind)(2), v)
    assert (Value, float) == (type(result), type(result.data))
    assert operate(2.0, 3.0) == result.data
    result.backward()
    assert stored_gradient(v) is not None


@pytest.mark.parametrize(("name", "operate"), ARITHMETIC)
def test_a_numpy_array_without_dimensions_can_be_the_left_operand(name, operate):
    numpy = pytest.importorskip("numpy")
    result = operate(numpy.array(2.0), Value(3.0))
    assert (Value, operate(2.0, 3.0)) == (type(result), result.data)


def test_a_numpy_scalar_on_the_left_is_compared_by_data():
    numpy = pytest.importorskip("numpy")
    v = Value(3.0)
    assert [True, False] == [numpy.float64(2) < v, numpy.float32(2) >= v]
    assert [False, True] == [numpy.float64(3) == v, numpy.float64(3) != v]


@pytest.mark.parametrize("refused", REFUSED)
def test_data_that_is_not_a_real_number_is_refused(refused):
    kind = "the type float" if refused is float else type(refused).__name__
    with pytest.raises(TypeError, match=rf"^Value: data must be a real number, got {kind}"):
        Value(refused)


@pytest.mark.parametrize(("name", "operate"), ARITHMETIC)
@pytest.mark.parametrize("refused", REFUSED)
def test_an_operand_that_is_not_a_real_number_is_refused_on_either_side(name, operate, refused):
    kind = "the type float" if refused is float else type(refused).__name__
    with pytest.raises(TypeError, match=rf"^{name}: b must be a real number, got {kind}"):
        operate(Value(3.0), refused)
    with pytest.raises(TypeError, match=rf"^{name}: a must be a real number, got {kind}"):
        operate(refused, Value(3.0))


@pytest.mark.parametrize("name", TABLE)
def test_every_function_refuses_a_string_and_names_itself(name):
    with pytest.raises(TypeError, match=rf"^{name}: .* must be a real number, got str '3'"):
        call(name, "3")


def test_an_operand_in_a_list_is_named_by_its_position():
    with pytest.raises(TypeError, match=r"^sum: operand 1 must be a real number, got NoneType"):
        tn.sum([Value(1.0), None])


def test_the_index_of_select_is_named_where_it_is_refused():
    with pytest.raises(TypeError, match=r"^select: index must be a real number, got NoneType"):
        tn.select([Value(1.0), Value(2.0)], None)


@pytest.mark.parametrize("function", [tn.sum, tn.logsumexp])
@pytest.mark.parametrize("refused", [3.0, Value(3.0)], ids=["number", "Value"])
def test_a_function_of_a_list_refuses_a_single_operand(function, refused):
    with pytest.raises(TypeError, match="takes a list of values"):
        function(refused)


@pytest.mark.parametrize(("name", "operate"), ARITHMETIC)
def test_a_numpy_array_meets_a_value_element_by_element(name, operate):
    numpy = pytest.importorskip("numpy")
    v = Value(3.0)
    for array in (numpy.array([1.0, 2.0]), numpy.array([[1.0], [2.0]])):
        for left, right in ((v, array), (array, v)):
            made = operate(left, right)
            assert made.shape == array.shape
            numbers = [3.0] * 2, [1.0, 2.0]
            pairs = zip(*(numbers if left is v else numbers[::-1]), strict=True)
            assert [operate(a, b) for a, b in pairs] == [y.data for y in made.flat]
            assert {type(y) for y in made.flat} == {Value}


def test_every_universal_function_of_numpy_with_an_operation_is_that_operation():
    numpy = pytest.importorskip("numpy")
    for name in arrays.known():
        ufunc = getattr(numpy, name)
        numbers = [0.5, 2.0][: ufunc.nin]
        for operands in (list(map(Value, numbers)), [Value(numbers[0]), *numbers[1:]]):
            found = ufunc(*operands)
            if not name.startswith(("less", "greater", "equal", "not_equal")):
                assert type(found) is Value
                assert float(ufunc(*numbers)) == pytest.approx(found.data, rel=1e-15), name
    assert numpy.less(numpy.float64(1.0), Value(2.0))
    objects = numpy.array([Value(1.0), Value(2.0)], dtype=object)
    assert [3.0, 4.0] == [y.data for y in objects + Value(2.0)]
    assert [3.0, 3.0] == [y.data for y in numpy.ones((2, 2)) @ objects]


@pytest.mark.parametrize(
    "asked", ["arctan(v)", "modf(v)", "exp(v, out=numpy.zeros(1))", "add.outer(v, v)"]
)
def test_another_function_of_numpy_is_refused_with_those_that_there_are(asked):
    numpy = pytest.importorskip("numpy")
    with pytest.raises(TypeError, match="these functions do: absolute, add, cos"):
        eval(f"numpy.{asked}", {"numpy": numpy, "v": Value(1.0)})


@pytest.mark.parametrize("fails", [lambda v: 1 / v, lambda v: v**-1, lambda v: v.log()])
def test_an_operation_fails_with_our_error_whatever_the_data_is(fails):
    numpy = pytest.importorskip("numpy")
    v = Value(1.0, label="v")
    y = fails(v)
    v.data = numpy.float64(0.0)
    with pytest.raises((ZeroDivisionError, ValueError), match=r"0\.0 \('v'\)"):
        fails(v)
    with pytest.raises((ZeroDivisionError, ValueError), match=r"0\.0 \('v'\)"):
        y.forward()
    with pytest.raises((ZeroDivisionError, ValueError), match="derivative of"):
        y.backward()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("str_('3')", "str_"),
        ("bytes_(b'3')", "bytes_"),
        ("array('3')", "ndarray"),
        ("array(1j)", "ndarray"),
        ("array(None)", "ndarray"),
        ("complex64(1)", "complex64"),
        ("timedelta64(3)", "timedelta64"),
        ("datetime64('2020-01-01')", "datetime64"),
    ],
)
def test_a_numpy_object_that_is_not_a_real_number_is_refused(text, kind):
    numpy = pytest.importorskip("numpy")
    refused = eval(text, vars(numpy))
    with pytest.raises(TypeError, match=f"^Value: data must be a real number, got {kind}"):
        Value(refused)
    with pytest.raises(TypeError, match=f"^multiply: b must be a real number, got {kind}"):
        Value(1.0) * refused


def test_a_value_as_data_is_refused():
    with pytest.raises(TypeError, match=r"^Value: data .* got Value .*\.data"):
        Value(Value(1.0))


def test_an_int_too_large_for_a_float_is_refused_by_name():
    with pytest.raises(OverflowError, match="Value"):
        Value(10**400)
    with pytest.raises(OverflowError, match="multiply"):
        Value(1.0) * 10**400


@pytest.mark.parametrize("child", [1.0, "x", None])
def test_a_child_that_is_not_a_value_is_refused(child):
    with pytest.raises(TypeError, match="child must be a Value"):
        Value(1.0, (child,))


def test_assigned_data_and_gradients_are_stored_as_given():
    value, data, grad = Value(1.0), object(), object()
    value.data, value.grad = data, grad
    assert value.data is data
    assert value.grad is grad
    value.data = 3
    assert int is type(value.data)


@pytest.mark.parametrize(
    ("error", "message", "compute"),
    [
        (ValueError, r"log of -1\.0 \('p'\)", lambda p: p.log()),
        (ValueError, r"sqrt of -1\.0 \('p'\)", lambda p: p.sqrt()),
        (ZeroDivisionError, r"divide of -1\.0 \('p'\) and 0\.0", lambda p: p / 0),
        (ZeroDivisionError, r"divide of 2\.0 and 0\.0", lambda p: 2 / (p + 1)),
        (ZeroDivisionError, r"power of 0\.0 and -1\.0 \('p'\)", lambda p: 0**p),
        (OverflowError, r"exp of 1000\.0", lambda p: (p * -1000).exp()),
        (OverflowError, r"power of -1e\+300 and 2\.0", lambda p: (p * 1e300) ** 2),
        (ValueError, r"power of -1\.0 \('p'\) and 0\.5", lambda p: p**0.5),
        (ValueError, r"power of -2\.0 and -0\.5", lambda p: (-2) ** (p / 2)),
        (IndexError, r"select of -1\.0 \('p'\) and 1\.0", lambda p: tn.select([p], 1)),
    ],
)
def test_an_operation_out_of_its_domain_raises_pythons_error_with_operation_and_label(
    error, message, compute
):
    with pytest.raises(error, match=message):
        compute(Value(-1.0, label="p"))


def test_a_non_integer_power_of_a_negative_base_is_an_error_not_a_complex_number():
    assert complex is type((-8.0) ** (1 / 3))
    with pytest.raises(ValueError, match=r"-8\.0"):
        Value(-8.0) ** (1 / 3)


# Constants


def test_a_plain_number_becomes_a_constant_leaf():
    x = Value(3.0)
    number = (x * 2)._prev[1]
    assert (2.0, "", ()) == (number.data, number._op, number._prev)
    assert is_constant(number)
    assert not is_constant(x)


def test_a_constant_gets_no_gradient():
    y = Value(3.0) * 2
    y.backward()
    assert None is stored_gradient(y._prev[1])
    assert 0.0 == y._prev[1].grad


@pytest.mark.parametrize("name", TABLE)
def test_an_operation_on_constants_alone_gives_a_constant(name):
    for result in (call(name, 0.5), call(name, constant(0.5))):
        assert is_constant(result)
        assert ((), "") == (result._prev, result._op)


def test_backward_from_a_constant_does_nothing():
    c = tn.exp(1.0)
    c.backward()
    assert None is stored_gradient(c)


def test_the_partial_for_a_constant_exponent_is_never_evaluated():
    x = Value(-3.0)
    (x**2).backward()
    assert -6.0 == x.grad


def test_numbers_on_either_side_of_an_expression_need_no_derivative():
    x = Value(2.0)
    y = 0.0 * (x - 5) ** 3  # for the exponent it would be -27 * log(-3)
    y.backward()
    assert (0.0, 0.0) == (y.data, x.grad)


@pytest.fixture
def picky():
    """An operation of one's own whose partial for b exists for positive b only."""
    yield tn.define_operation("picky", "a + b", ["1", "log(b)"], operands="a, b")
    del TABLE["picky"], Value.picky


def test_a_partial_is_evaluated_only_for_what_varies(picky):
    x = Value(2.0)
    picky(x, -1.0).backward()
    picky(x, tn.identity(-1.0)).backward()
    assert 2.0 == x.grad
    assert 1.0 == tn.gradients(picky(x, -1.0), [x])[0].data
    with pytest.raises(ValueError, match="derivative of picky"):
        picky(x, Value(-1.0)).backward()


@pytest.mark.parametrize("name", TABLE)
def test_every_result_is_exactly_a_value(name):
    class Special(Value):
        pass

    assert Value is type(call(name, Value(0.5)))
    assert Value is type(call(name, 0.5))
    assert Value is type(call(name, Special(0.5)))


# The graph


def test_a_leaf_has_no_operands_and_no_symbol():
    x = Value(3.0, label="x")
    assert (3.0, 0.0, "x", (), "") == (x.data, x.grad, x.label, x._prev, x._op)


def test_operands_stand_in_order():
    a, b = Value(3.0), Value(2.0)
    assert ((a, b), (b, a)) == ((a - b)._prev, (b - a)._prev)
    assert (a, b, a) == tn.sum([a, b, a])._prev
    assert (a,) == a.tanh()._prev
    difference = 2 - a
    assert (2.0, a) == (difference._prev[0].data, difference._prev[1])


def test_an_operand_used_twice_stands_there_twice():
    a = Value(3.0)
    product = a * a
    assert tuple is type(product._prev)
    assert (a, a) == product._prev


@pytest.mark.parametrize(
    ("symbol", "compute"),
    [
        ("+", lambda v: v + 1),
        ("-", lambda v: 1 - v),
        ("*", lambda v: 2 * v),
        ("/", lambda v: v / 2),
        ("**", lambda v: v**2),
        ("**", lambda v: 2**v),
        ("-", lambda v: -v),
        ("abs", abs),
        ("tanh", lambda v: v.tanh()),
        ("sum", lambda v: tn.sum([v, v])),
    ],
)
def test_a_node_shows_the_symbol_of_its_operation(symbol, compute):
    assert symbol == compute(Value(3.0))._op


def test_methods_functions_and_operators_record_the_same():
    a, b = Value(3.0), Value(2.0)
    for same in (a * b, a.multiply(b), tn.multiply(a, b)):
        assert (6.0, "*", (a, b)) == (same.data, same._op, same._prev)


def test_functions_take_plain_numbers_too():
    assert (math.tanh(0.5), 5.0) == (tn.tanh(0.5).data, tn.add(2, 3).data)


def test_the_n_ary_sum_is_plain_addition_from_left_to_right():
    assert 0.9999999999999999 == tn.sum([Value(0.1) for _ in range(10)]).data
    assert 0.0 == tn.sum([Value(1e100), Value(1.0), Value(-1e100)]).data


def test_the_built_in_sum_adds_values():
    values = [Value(1.0), Value(2.0), Value(3.0)]
    assert 6.0 == sum(values).data


def test_a_node_made_by_hand_keeps_children_operation_and_label():
    a, b = Value(1.0), Value(2.0)
    made = Value(2.0, (a, b, a), "mine", label="m")
    assert ((a, b, a), "mine", "m") == (made._prev, made._op, made.label)
    assert (a, b) == Value(2.0, [a, b])._prev


def test_a_node_has_room_for_scope_line_and_label_from_the_start():
    y = Value(1.0) + 1
    assert (None, "", "") == (y.scope, y.line, y.label)
    layer = Scope("Layer", "hidden")
    y.scope, y.line, y.label = Scope("Neuron", "first", layer), "model.py:3", "z"
    assert ("hidden.first", "model.py:3", "z") == (str(y.scope), y.line, y.label)
    assert (layer, y.scope) == y.scope.path


def test_other_attributes_can_be_added():
    p = Value(1.0)
    p.m = 0.0
    p.m += 0.5
    assert 0.5 == p.m
    with pytest.raises(AttributeError, match="velocity"):
        p.velocity  # noqa: B018  # the access is what fails
    assert not hasattr(p, "velocity")


def test_a_node_can_be_weakly_referenced_and_dies_when_let_go():
    x = Value(1.0)
    y = (x * x).tanh()
    inner = weakref.ref(y._prev[0])
    assert inner() is not None
    del y
    assert None is inner()


# Comparisons


@pytest.mark.parametrize("other", [Value, float, int, Fraction])
def test_order_is_that_of_the_data(other):
    two = Value(2.0)
    assert [True, True, False, False] == [
        two < other(3),
        two <= other(2),
        two > other(2),
        two >= other(3),
    ]
    assert [True, True, False, False] == [
        other(1) < two,
        other(2) <= two,
        other(2) > two,
        other(1) >= two,
    ]


def test_nothing_compares_with_nan():
    v, nan = Value(1.0), Value(math.nan)
    assert [False] * 4 == [v < nan, v <= nan, v > nan, v >= nan]


def test_values_can_be_sorted_by_data():
    values = [Value(x) for x in (3.0, 1.0, 2.0)]
    assert [1.0, 2.0, 3.0] == [v.data for v in sorted(values)]
    assert values[0] is max(values)


@pytest.mark.parametrize("refused", ["3", None, 1j, [1.0]])
def test_order_with_what_is_not_a_number_is_refused(refused):
    with pytest.raises(TypeError, match=rf"^<=: .* got {type(refused).__name__}"):
        Value(1.0) <= refused  # noqa: B015  # the comparison is what fails


def test_equality_and_hash_are_those_of_the_object():
    a, b = Value(1.0), Value(1.0)
    assert a == a
    assert a != b
    assert 1.0 != a
    assert not a == b  # noqa: SIM201
    assert 2 == len({a, b, a})
    before = hash(a)
    a.data = 5.0
    assert before == hash(a)


@pytest.mark.parametrize(
    "convert",
    [
        float,
        int,
        complex,
        round,
        math.exp,
        math.log,
        math.floor,
        lambda v: round(v, 2),
        lambda v: "%.2f" % v,  # noqa: UP031
    ],
)
def test_what_would_lose_the_graph_is_refused_and_names_the_way_out(convert):
    with pytest.raises(TypeError, match=r"\.data.*tinygrad_neuron\.exp"):
        convert(Value(2.0))


def test_a_number_format_is_refused_with_what_to_write():
    with pytest.raises(TypeError, match=r"f'\{v\.data:\.2f\}'"):
        f"{Value(2.0):.2f}"
    with pytest.raises(TypeError, match=r"v\.data:5"):
        "{:5}".format(Value(2.0))  # noqa: UP032


def test_a_value_in_a_text_is_its_repr():
    v = Value(2.0)
    assert repr(v) == f"{v}" == str(v)


def test_repr_shows_data_and_label():
    assert "Value(data=2.0)" == repr(Value(2))
    assert "Value(data=2.0, label='x \"1\"')" == repr(Value(2.0, label='x "1"'))
    assert "Value(data=nan)" == repr(Value(math.nan))


def test_repr_shows_a_gradient_only_once_it_is_computed():
    x = Value(3.0)
    y = x * x
    assert "Value(data=9.0)" == repr(y)
    y.backward()
    assert "Value(data=9.0, grad=1.0)" == repr(y)
    assert "Value(data=3.0, grad=6.0)" == repr(x)


# Copies


def nodes_equal(a, b):
    return (a.data, stored_gradient(a), a.label, a._op, a._operation is b._operation) == (
        b.data,
        stored_gradient(b),
        b.label,
        b._op,
        True,
    )


COPIES = [
    pytest.param(copy.deepcopy, id="deepcopy"),
    *(
        pytest.param(
            lambda v, p=protocol: pickle.loads(pickle.dumps(v, p)), id=f"pickle {protocol}"
        )
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
    ),
]


@pytest.mark.parametrize("duplicate", [*COPIES, pytest.param(copy.copy, id="copy")])
def test_a_copied_leaf_is_independent_and_keeps_everything(duplicate):
    p = Value(3.0, label="p")
    p.m = 0.5
    copied = duplicate(p)
    assert copied is not p
    assert nodes_equal(p, copied)
    assert None is stored_gradient(copied)
    assert 0.5 == copied.m
    copied.data, copied.m = 7.0, 1.0
    (copied * 2).backward()
    assert (3.0, 0.5, None) == (p.data, p.m, stored_gradient(p))


@pytest.mark.parametrize("duplicate", COPIES)
@pytest.mark.parametrize("backward", [False, True], ids=["not computed yet", "after backward"])
def test_a_copied_graph_keeps_its_shape_operations_and_gradients(duplicate, backward):
    x, w = Value(0.5, label="x"), Value(-1.5, label="w")
    shared = w * x
    y = tn.sum([shared, shared, x**2, shared.tanh()]) * 2
    if backward:
        y.backward()
    copied = duplicate(y)
    total, two = copied._prev
    assert is_constant(two)
    assert nodes_equal(y, copied)
    assert total._prev[0] is total._prev[1] is total._prev[3]._prev[0]
    assert total._prev[0]._prev[1] is total._prev[2]._prev[0]
    for old, new in zip(y._prev[0]._prev, total._prev, strict=True):
        assert nodes_equal(old, new)
    for old, new in zip(shared._prev, total._prev[0]._prev, strict=True):
        assert old is not new
        assert nodes_equal(old, new)


@pytest.mark.parametrize("duplicate", COPIES)
def test_a_copied_graph_runs_forward_and_backward_by_itself(duplicate):
    x = Value(3.0)
    copied = duplicate(x * x * 2)
    copied.backward()
    leaf = copied._prev[0]._prev[0]
    assert (12.0, None) == (leaf.grad, stored_gradient(x))
    leaf.data = 5.0
    assert (50.0, 3.0) == (copied.forward(), x.data)


# What importing costs


def test_importing_the_package_imports_neither_graphviz_nor_matplotlib_nor_numpy():
    program = (
        "import sys; before = set(sys.modules); import tinygrad_neuron; "
        "heavy = {'graphviz', 'matplotlib', 'numpy', 'asyncio'}; "
        "print(sorted(heavy & (set(sys.modules) - before)))"
    )
    assert "[]\n" == run(program)


def test_importing_the_package_leaves_collector_recursion_limit_and_random_state_alone():
    program = (
        "import gc, random, sys; random.seed(1)\n"
        "def state():\n"
        "    return (gc.isenabled(), gc.get_threshold(), gc.get_freeze_count(),\n"
        "            sys.getrecursionlimit(), random.getstate())\n"
        "before = state(); import tinygrad_neuron as tn\n"
        "tn.nn.MLP(2, [2, 1])([1.0, 2.0]).backward(); print(before == state())"
    )
    assert "True\n" == run(program)


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_arithmetic_is_pythons_own(a, b):
    for operate in (lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b):
        expected, actual = operate(a, b), operate(Value(a), Value(b)).data
        assert expected == actual or (math.isnan(expected) and math.isnan(actual))


def test_a_method_takes_keywords_at_its_first_call_too():
    program = "from tinygrad_neuron import Value; print(Value(-1.0).leaky_relu(slope=0.5).data)"
    assert "-0.5\n" == run(program)


def test_a_method_kept_from_before_its_first_call_generates_nothing_twice():
    program = (
        "from tinygrad_neuron import Value; from tinygrad_neuron.calculus.table import TABLE\n"
        "kept = Value.tanh; kept(Value(0.5)); first = TABLE['tanh'].function; kept(Value(0.5))\n"
        "print(kept.__name__, first is TABLE['tanh'].function)"
    )
    assert "tanh True\n" == run(program)


def test_an_assigned_closure_may_call_the_one_that_was_there():
    a = Value(0.5)
    y = a.tanh() * a
    seen, before = [], y._backward
    y._backward = lambda: (seen.append(y.grad), before())
    y.backward()
    b = Value(0.5)
    (b.tanh() * b).backward()
    assert ([1.0], b.grad) == (seen, a.grad)


def test_a_constant_exponent_is_one_for_a_subclass_too():
    class Parameter(Value):
        pass

    p = Parameter(0.0)
    (p**0).backward()
    assert 0.0 == p.grad


def test_a_label_that_is_no_text_is_refused_where_it_is_assigned():
    a = Value(1.0, label="a")
    with pytest.raises(TypeError, match="Value: label must be a str, got int 5"):
        a.label = 5
    assert a.label == "a"
    del a.label
    assert a.label == ""


class Limited(Value):
    """Its gradient is a property, which reads what `__init__` sets first."""

    def __init__(self, data: float):
        self.limit = 1.0
        super().__init__(data)

    @property
    def grad(self):
        return self.kept

    @grad.setter
    def grad(self, number):
        self.kept = max(-self.limit, min(self.limit, number))


@pytest.mark.parametrize("duplicate", [*COPIES, pytest.param(copy.copy, id="copy")])
def test_a_property_of_a_subclass_in_the_place_of_a_slot_is_copied(duplicate):
    p = Limited(2.0)
    (p * 5.0).backward()
    assert (2.0, 1.0, 1.0) == (p.data, p.grad, duplicate(p).grad)


def test_a_copy_takes_down_only_what_was_given():
    v = Value(1.0)
    assert {"data", "_operation"} == v._state().keys()
    assert {"data", "_operation", "_a", "_b"} == (v * 2.0)._state().keys() - {"within"}


def test_a_subclass_may_have_its_own_label_and_line():
    class Named(Value):
        line = "made by hand"

        @property
        def label(self):  # type: ignore[override]  # it cannot be assigned
            return "w"

    class Slotted(Value):
        __slots__ = ("label", "line")

    for w in (Named(2.0), Slotted(2.0, label="w")):
        for v in (w, copy.copy(w), copy.deepcopy(w)):
            y = v * 3.0
            y.backward()
            assert "Value(data=2.0, grad=3.0, label='w')" == repr(v)
        compiled = tn.compile(lambda x, w=w: x * w)
        compiled(2.0)
        assert "w" == compiled.variant.forward.labels[0]
    assert "made by hand" == copy.copy(Named(2.0)).line
    with pytest.raises(TypeError, match="label must be a str"):
        w.label = 5
    w.line = "there"
    assert "there" == copy.copy(w).line
    del w.line
    assert "" == w.line


def test_what_a_subclass_sets_before_the_init_of_value_stays():
    place = Scope("place")

    class Weight(Value):
        def __init__(self, data, name):
            self.label = name
            self.scope = place
            super().__init__(data)

    class Made(Value):
        def __new__(cls, data):
            return object.__new__(cls)

    w = Weight(2.0, "w")
    assert ("w", place, 0.0, "") == (w.label, w.scope, w.grad, w.line)
    assert ("w", 3.0) == (w.label, (w + 1.0).data)
    for kind in (Made, Limited):
        assert ("", None, 0.0, "") == (lambda v: (v.label, v.scope, v.grad, v.line))(kind(1.0))
